"""From one place: type or click it, and see the time to every kind of service, and a route."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import streamlit as st

from analysis.access import Access, Journey, journeys
from analysis.rounding import whole
from geo.errors import UnknownNameError
from geo.pack import AreaPack
from geo.places import Place, find_place
from geo.services import CATEGORIES
from ui import session, state
from ui.deck import read_selection
from ui.format import distance, minutes_of
from ui.page import plain
from ui.sentences import capital

GRID = "EPSG:27700"


def take_place_click(map_key: str) -> None:
    """Let a new click on a postcode or service of the map name the place; call it before the panel is drawn."""
    selection = read_selection(st.session_state.get(map_key), among=["homes", "services"])
    clicked = str(selection.properties.get("title", "")) if selection else ""
    if clicked and clicked != st.session_state.get("place_clicked"):
        state.put("place", clicked)
    st.session_state["place_clicked"] = clicked


def journey_panel(pack: AreaPack, access: Access, service: str, how: str) -> tuple[Place, gpd.GeoSeries | None] | None:
    """Draw the box for a place and its journeys.

    Parameters
    ----------
    pack, access
        The area, and its streets for the mode.
    service
        Category that the page is about; its journey comes first.
    how
        How the family travels, in words.

    Returns
    -------
    The place and the line of the route that is shown (EPSG:27700), or None when there is no place yet.
    """
    typed = state.text(
        "Postcode, street or name",
        key="place",
        placeholder="SS3 9PD, or Ness Road",
        help="Or click a postcode dot or a service on the map.",
    )
    if not typed:
        st.info(
            "Type a postcode or street, or click a dot on the map, to see the way from there.", icon=":material/home:"
        )
        return None
    try:
        place = find_place(session.place_names(pack), typed)
    except UnknownNameError as error:
        hint = f" Did you mean {', '.join(error.valid)}?" if error.valid else ""
        told = f"“{typed}” was not found in or around {pack.name}.{hint}"
        st.warning(plain(told), icon=":material/search_off:")
        return None
    kinds = [service, *(name for name, kind in CATEGORIES.items() if kind.shown and name != service)]
    found = journeys(access, (place.easting, place.northing), kinds)
    st.markdown(f"**From {plain(place.name)}**, {how}. {_headline(pack, found[0])}")
    shown = state.choice(
        "Show the way to",
        kinds,
        key="way",
        default=service,
        labels={name: f"the nearest {kind.label}" for name, kind in CATEGORIES.items()},
    )
    way = next(journey for journey in found if journey.category == shown)
    if way.route is not None:
        name = str(pack.services.loc[way.service_id, "name"])
        with st.expander(plain(f"The way to {name}, street by street")):
            legs = way.route.legs
            steps = [plain(f"{street or 'a path without a name'}, {distance(metres)}") for street, metres in legs]
            st.markdown("\n".join(f"1. {step}" for step in steps))
    st.dataframe(_table(pack, found), hide_index=True, key="journeys", height=300, alt=f"Journeys from {place.name}")
    line = None if way.route is None else gpd.GeoSeries([shapely.LineString(way.route.xy)], crs=GRID)
    return place, line


def place_point(place: Place) -> gpd.GeoDataFrame:
    """Return the place as a point to draw."""
    geometry = gpd.points_from_xy([place.easting], [place.northing], crs=GRID)
    return gpd.GeoDataFrame({"id": ["here"], "title": [place.name], "tip": ["from here"]}, geometry=geometry)


def _headline(pack: AreaPack, journey: Journey) -> str:
    label = CATEGORIES[journey.category].label
    if journey.route is None:
        return f"No {label} can be reached."
    name = str(pack.services.loc[journey.service_id, "name"])
    minutes, metres = minutes_of(journey.route.time_s), distance(journey.route.length_m)
    return f"The nearest {label} is {plain(name)}: **{minutes}**, {metres}."


def _table(pack: AreaPack, found: list[Journey]) -> pd.DataFrame:
    rows = []
    for journey in found:
        label = CATEGORIES[journey.category].label
        if journey.route is None:
            rows.append({"Kind": capital(label), "Nearest": "none can be reached", "Minutes": np.nan})
            continue
        rows.append(
            {
                "Kind": capital(label),
                "Nearest": pack.services.loc[journey.service_id, "name"],
                "Minutes": whole(journey.route.time_s / 60),
                "Distance": distance(journey.route.length_m),
            }
        )
    return pd.DataFrame(rows, columns=["Kind", "Minutes", "Nearest", "Distance"])
