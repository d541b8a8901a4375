"""Questions about a place that was typed: a choice between several, suggestions, and the view of the map."""

from collections.abc import Callable

import geopandas as gpd
import streamlit as st

from geo.finder import Answer
from geo.pack import AreaPack
from geo.places import Place
from ui.kit.page import plain
from ui.kit.view import Bounds, View, area_view
from wording.languages import Words, english

_MARGIN_M, _STREETS_M = 150.0, 500.0


def ask_back(answer: Answer, *, key: str, choose: Callable[[Place], None], words: Words | None = None) -> None:
    """Show the message for a typed text, and let the reader choose a place where it is not clear which is meant.

    Parameters
    ----------
    answer
        The result of the search.
    key
        Start of the buttons' keys.
    choose
        Called with the place whose button is pressed, before the page is drawn again.
    words
        The language, English when None. What is known of a place that was found is told in English.
    """
    if answer.kind in ("place", "ward"):
        if answer.said:
            st.info(plain(answer.said), icon=":material/info:")
        return
    kind = answer.kind.replace(" ", "_")
    said = (words or english()).say(f"journeys.asked_back.{kind}", said=answer.said, text=answer.text)
    with st.container(key=f"{key}-asked", gap="small"):
        if answer.kind == "several":
            st.info(plain(said), icon=":material/help:")
        else:
            st.warning(plain(said), icon=":material/search_off:")
        for number, place in enumerate(answer.places or answer.suggestions):
            st.button(plain(place.label), key=f"{key}-{number}", on_click=choose, args=(place,), width="stretch")


def other_places(answer: Answer, *, key: str, choose: Callable[[Place], None], words: Words | None = None) -> None:
    """Offer the other places with the same name below the answer for the one that was found; see :func:`ask_back`."""
    if answer.kind not in ("place", "ward") or not answer.suggestions:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{key}-others"):
        st.caption((words or english()).say("journeys.others"), width="content")
        for number, place in enumerate(answer.suggestions):
            st.button(plain(place.name), key=f"{key}-{number}", on_click=choose, args=(place,))


def place_bounds(pack: AreaPack, place: Place, line: gpd.GeoSeries | None = None) -> Bounds:
    """Return the bounds of the map for a place, in degrees: its route, the whole ward, or the streets around it."""
    if place.kind == "ward":
        shape = pack.wards.loc[[ward_code(pack, place)]].geometry
    elif line is not None:
        shape = line.buffer(_MARGIN_M)
    else:
        shape = gpd.GeoSeries(gpd.points_from_xy([place.easting], [place.northing], crs=pack.crs)).buffer(_STREETS_M)
    west, south, east, north = shape.to_crs(4326).total_bounds
    return float(west), float(south), float(east), float(north)


def place_view(pack: AreaPack, place: Place, line: gpd.GeoSeries | None = None) -> View:
    """Return the view that fits :func:`place_bounds` in a map of this browser, above its legend."""
    return area_view(place_bounds(pack, place, line))


def ward_code(pack: AreaPack, place: Place) -> str:
    """Return the code of a ward that was found."""
    return str(pack.wards.index[pack.wards["name"] == place.name][0])
