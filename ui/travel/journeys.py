"""Journeys from one place that is typed or clicked: the time to every category of service, and a route."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st

from analysis.reach.wards import ward_times
from analysis.travel.access import Access, Journey, journeys
from geo.measures import MEASURES
from geo.network.modes import LONGEST_WALK_MIN, Mode
from geo.pack import AreaPack
from geo.places import Place
from geo.services import CATEGORIES
from ui.kit import controls, resources
from ui.kit.deck import read_selection
from ui.kit.finding import ask_back, other_places, ward_code
from ui.kit.ground import LAYER as GROUND
from ui.kit.maps import point_layer, route_layers, selected_layers
from ui.kit.page import plain
from ui.kit.session import Session, Slot, session
from wording.numbers import capital, distance, minutes_of, small
from wording.rounding import whole

GRID = "EPSG:27700"


@dataclass(frozen=True, eq=False)
class Here:
    """The place that the reader asks about, and its route on the map.

    Attributes
    ----------
    place
        The place, or the ward.
    line
        The route that is shown, EPSG:27700; None for a ward, and where no service is reached.
    """

    place: Place
    line: gpd.GeoSeries | None = None


def take_place_click(pack: AreaPack, drawn: Slot[object]) -> None:
    """Let a new click on a postcode or service of a map choose the place; call it before the panel is drawn."""
    selection = read_selection(drawn.get(), among=["services", "homes", GROUND])
    clicked = ""
    if selection is not None:
        by_id = resources.finder(pack).service_name(selection.id) if selection.layer == "services" else ""
        clicked = by_id or (selection.id if selection.layer == GROUND else str(selection.properties.get("title", "")))
    if clicked and clicked != session.place_clicked:
        session.place = clicked
    session.place_clicked = clicked


def journey_panel(
    pack: AreaPack, access: Access, service: str, how: str, measure: str | None = None, baseline: str | None = None
) -> Here | None:
    """Draw the box for a place and its journeys, or a ward's times.

    Parameters
    ----------
    pack, access
        The area, and its streets for the mode.
    service
        Category that the page is about; its journey comes first.
    how
        How the family travels, in words.
    measure, baseline
        Who is counted in a ward's times; the area's first when None.

    Returns
    -------
    The place with the route that is shown, or None while it is not clear which place is meant.
    """
    typed = controls.text(
        "Postcode, street, ward or venue",
        key=Session.place.key,
        placeholder="SS3 9PD, or Ness Road",
        help="Or click a postcode dot or a service on the map.",
    )
    if not typed:
        st.info(
            "Type a postcode, street, ward or venue, or click a dot on the map, to see the way from there.",
            icon=":material/home:",
        )
        return None
    answer = resources.finder(pack).find(typed)

    def choose(place: Place) -> None:
        session.place = place.name

    ask_back(answer, key="place", choose=choose)
    if answer.kind == "ward":
        baseline = baseline or pack.baselines[0]
        measure = measure or pack.measure_names(baseline)[0]
        _ward_panel(pack, access, answer.places[0], service, how, measure, baseline)
        other_places(answer, key="place", choose=choose)
        return Here(answer.places[0])
    if answer.kind != "place":
        return None
    place = answer.places[0]
    kinds = [service, *(name for name, kind in CATEGORIES.items() if kind.shown and name != service)]
    found = journeys(access, (place.easting, place.northing), kinds)
    st.markdown(f"**From {plain(place.name)}**, {how}. {_headline(pack, found[0], access.streets.mode)}")
    other_places(answer, key="place", choose=choose)
    shown = controls.choice(
        "Show the way to",
        kinds,
        key=Session.way.key,
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
    return Here(place, line)


def here_layers(pack: AreaPack, here: Here, radius_px: float = 8) -> list[pdk.Layer]:
    """Draw the outline of a ward, or the place with its route."""
    if here.place.kind == "ward":
        return selected_layers(pack.code, pack.wards.loc[[ward_code(pack, here.place)]])
    way = [] if here.line is None else route_layers(here.line)
    return [*way, point_layer(place_point(here.place), layer_id="here", radius_px=radius_px)]


def place_point(place: Place) -> gpd.GeoDataFrame:
    """Return the place as a point to draw."""
    geometry = gpd.points_from_xy([place.easting], [place.northing], crs=GRID)
    return gpd.GeoDataFrame({"id": ["here"], "title": [place.name], "tip": ["from here"]}, geometry=geometry)


def _ward_panel(
    pack: AreaPack, access: Access, place: Place, service: str, how: str, measure: str, baseline: str
) -> None:
    """Draw how long the people of a ward need to the nearest service, and the table for every category."""
    code, people = ward_code(pack, place), pack.measure(measure, baseline)
    kinds = [service, *(name for name, kind in CATEGORIES.items() if kind.shown and name != service)]
    mode = access.streets.mode.name
    found = {
        kind: ward_times(pack, resources.times_to(pack, mode, kind).nearest_s, code, people)
        for kind in kinds
        if len(pack.services_of(kind))
    }
    who, label = MEASURES[measure].label, CATEGORIES[service].label
    who = small(who)
    first = found.get(service)
    if first is None or np.isnan(first.median_s):
        said = f"There is no figure for the nearest {label}."
    else:
        said = (
            f"To the nearest {label}: half of the {who} live within **{minutes_of(first.median_s)}**; 8 in 10 "
            f"between {minutes_of(first.low_s)} and {minutes_of(first.high_s)} (from the nearest 1 in 10 to the "
            "furthest 1 in 10, counting people)."
        )
    st.markdown(f"**From {plain(place.name)} ward**, {how}. {said}")
    st.caption("Type a street or a postcode in it to see one family's way.")
    rows = [
        {
            "Kind": capital(CATEGORIES[kind].label),
            "Half": _short(times.median_s),
            "8 in 10": f"{_short(times.low_s)} to {_short(times.high_s)}",
        }
        for kind, times in found.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="ward-times", height=300, alt=f"Times from {place.name} ward")


def _short(seconds: float) -> str:
    """Write a time for a narrow column."""
    return minutes_of(seconds).replace("minutes", "min").replace("minute", "min")


def _headline(pack: AreaPack, journey: Journey, mode: Mode) -> str:
    label = CATEGORIES[journey.category].label
    if journey.route is None:
        return f"No {label} can be reached."
    name = str(pack.services.loc[journey.service_id, "name"])
    minutes, metres = minutes_of(journey.route.time_s), distance(journey.route.length_m)
    said = f"The nearest {label} is {plain(name)}: **{minutes}**, {metres}."
    too_far = mode.on_foot and journey.route.time_s > LONGEST_WALK_MIN * 60
    return f"{said} That is too far to walk." if too_far else said


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
