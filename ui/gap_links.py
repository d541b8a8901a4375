"""Ways on from a ward or pocket: try a hub there, or see the journeys from there."""

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

HUB_PAGE = "pages/scenario_lab.py"
"""Page that tries a hub at a place (``?try=easting,northing``); no link is drawn while there is none."""

JOURNEYS_PAGE = "pages/travel_time.py"


def place_links(easting: float, northing: float, place: str) -> None:
    """Draw the links from a place.

    Parameters
    ----------
    easting, northing
        Metres, EPSG:27700; handed on to the whole metre.
    place
        What the travel time page looks up: a postcode, or a street with its ward.
    """
    with st.container(horizontal=True):
        if (Path(__file__).resolve().parent.parent / HUB_PAGE).is_file():
            _link(HUB_PAGE, "Try a hub here", ":material/add_location_alt:", {"try": f"{easting:.0f},{northing:.0f}"})
        _link(JOURNEYS_PAGE, "See the journeys from here", ":material/directions_walk:", {"place": place})


def _link(page: str, label: str, icon: str, query: dict[str, str]) -> None:
    try:
        st.page_link(page, label=label, icon=icon, query_params=query)
    except StreamlitAPIException:  # the file is there, but the app does not list the page
        return
