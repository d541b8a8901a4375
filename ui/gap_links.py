"""Ways on from a ward or pocket: try a hub there, or see the journeys from there."""

import streamlit as st

HUB_PAGE = "pages/scenario_lab.py"
"""Page that tries a hub at a place (``?try=easting,northing``)."""

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
        st.page_link(
            HUB_PAGE,
            label="Try a hub here",
            icon=":material/add_location_alt:",
            query_params={"try": f"{easting:.0f},{northing:.0f}"},
        )
        st.page_link(
            JOURNEYS_PAGE,
            label="See the journeys from here",
            icon=":material/directions_walk:",
            query_params={"place": place},
        )
