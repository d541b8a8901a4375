"""Journeys from one place that is typed or clicked: the time to every category of service, and a route."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.reach.wards import ward_times
from analysis.travel.access import Access, Journey, journeys
from geo.finder import Answer
from geo.measures import MEASURES
from geo.network.modes import LONGEST_WALK_MIN, Mode
from geo.pack import AreaPack
from geo.places import Place, place_at
from ui.kit import controls, resources
from ui.kit.deck import read_selection
from ui.kit.finding import ask_back, other_places, ward_code
from ui.kit.ground import LAYER as GROUND
from ui.kit.maps import selected_layers
from ui.kit.own_places import OwnPlaces
from ui.kit.page import plain
from ui.kit.points import point_layer
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.kit.streets import route_layers
from ui.kit.tables import show_words
from ui.travel.by_timetable import timed_panel
from ui.travel.kinds import forms, kinds_of, marked, way_choice
from wording.languages import Words, english
from wording.numbers import capital, distance, minutes_of, minutes_short, small
from wording.particulars import by_postcode, example_place
from wording.rounding import whole


@dataclass(frozen=True, eq=False)
class Here:
    """The place that the reader asks about, and its route on the map.

    Attributes
    ----------
    place
        The place, or the ward.
    line
        The route that is shown; None for a ward, and where no service is reached.
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


def take_postcode(postcode: str) -> None:
    """Let a postcode that was chosen on the map choose the place; called before anything is drawn."""
    session.place = postcode


def journey_panel(
    pack: AreaPack,
    access: Access,
    service: str,
    how: str,
    measure: str | None = None,
    baseline: str | None = None,
    words: Words | None = None,
    more: DeltaGenerator | None = None,
    own: OwnPlaces | None = None,
    within: float | None = None,
    picture: DeltaGenerator | None = None,
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
    words
        The language; English when None.
    more
        Where the way and the other services go, such as below a phone's map; right below the answer when None.
    own
        One's own places, where `service` is their name.
    within
        Threshold in minutes, for journeys by timetable; None where the page has none.
    picture
        Where the picture of such a journey over the day goes; with the way and the other services when None.

    Returns
    -------
    The place with the route that is shown, or None while it is not clear which place is meant.
    """
    words = words or english()
    say = words.say
    answer = ask_place(pack, words)
    if answer is None:
        with st.container(key="on-screen-start"):
            st.info(say("journeys.start" if by_postcode(pack) else "journeys.start_without"), icon=":material/home:")
        return None
    if answer.kind == "ward":
        baseline = baseline or pack.baselines[0]
        measure = measure or pack.measure_names(baseline)[0]
        _ward_panel(pack, access, answer.places[0], service, how, measure, baseline, words, own)
        other_places(answer, key="place", choose=choose_place, words=words)
        return Here(answer.places[0])
    if answer.kind != "place":
        return None
    place = answer.places[0]
    kinds = kinds_of(pack, service)
    if access.transit is not None:
        place = named_home(pack, place)
        how = words.named("travelling")[access.mode.kind]
        line = timed_panel(
            pack, access, place, kinds, how, within=within, words=words, more=more, own=own, picture=picture
        )
        other_places(answer, key="place", choose=choose_place, words=words)
        return Here(place, line)
    rows = None if own is None else {own.name: own.rows}
    found = journeys(access, (place.easting, place.northing), kinds, own=rows)
    place = named_home(pack, place)
    here = say("journeys.here", place=plain(place.name), way=how)
    st.markdown(f"{here} {_headline(pack, found[0], access.mode, words, own)}")
    other_places(answer, key="place", choose=choose_place, words=words)
    with st.container() if more is None else more:
        way = _way(pack, found, service, words, own)
        alt = say("journeys.table", place=place.name)
        show_words(_table(pack, found, words, own), key="journeys", height=300, alt=alt)
    line = None if way.route is None else gpd.GeoSeries([shapely.LineString(way.route.xy)], crs=pack.crs)
    return Here(place, line)


def ask_place(pack: AreaPack, words: Words) -> Answer | None:
    """Draw the box for a place, and ask back where it is not clear which is meant; None while nothing is typed."""
    postcode, street = example_place(pack)
    say, coded = words.say, by_postcode(pack)
    typed = controls.text(
        say("journeys.place") if coded else say("journeys.place_without"),
        key=Session.place.key,
        placeholder=say("journeys.place_example", postcode=postcode, street=street) if coded else street,
        help=say("journeys.place_help") if coded else say("journeys.place_help_without"),
    )
    if not typed:
        return None
    answer = resources.finder(pack).find(typed)
    ask_back(answer, key="place", choose=choose_place, words=words)
    return answer


def choose_place(place: Place) -> None:
    """Let a place that is offered be the one that is asked about; called before anything is drawn."""
    session.place = place.name


def named_home(pack: AreaPack, place: Place) -> Place:
    """Name a place; a home that is an area by its street, since nobody knows its code."""
    return replace(place, name=place_at(pack, place.easting, place.northing).name) if place.kind == "home" else place


def _way(pack: AreaPack, found: list[Journey], service: str, words: Words, own: OwnPlaces | None) -> Journey:
    """Draw the choice of where to go, and the way there, street by street; return the journey."""
    say = words.say
    shown = way_choice([journey.category for journey in found], service, words, own)
    way = next(journey for journey in found if journey.category == shown)
    if way.route is not None:
        name = _site_name(pack, way, own)
        with st.expander(plain(say("journeys.by_street", name=name))):
            unnamed = say("journeys.unnamed")
            steps = [
                plain(say("journeys.step", street=street or unnamed, distance=distance(metres, words)))
                for street, metres in way.route.legs
            ]
            st.markdown("\n".join(f"1. {step}" for step in steps))
    return way


def here_layers(pack: AreaPack, here: Here, radius_px: float = 8, words: Words | None = None) -> list[pdk.Layer]:
    """Draw the outline of a ward, or the place with its route; in English without `words`."""
    if here.place.kind == "ward":
        return selected_layers(pack.code, pack.wards.loc[[ward_code(pack, here.place)]])
    way = [] if here.line is None else route_layers(here.line)
    return [*way, point_layer(place_point(pack, here.place, words), layer_id="here", radius_px=radius_px)]


def place_point(pack: AreaPack, place: Place, words: Words | None = None) -> gpd.GeoDataFrame:
    """Return the place as a point to draw, with its tip in a language."""
    tip = (words or english()).say("journeys.here_tip")
    geometry = gpd.points_from_xy([place.easting], [place.northing], crs=pack.crs)
    return gpd.GeoDataFrame({"id": ["here"], "title": [place.name], "tip": [tip]}, geometry=geometry)


def _ward_panel(
    pack: AreaPack,
    access: Access,
    place: Place,
    service: str,
    how: str,
    measure: str,
    baseline: str,
    words: Words,
    own: OwnPlaces | None,
) -> None:
    """Draw how long the people of a ward need to the nearest service, and the table for every category."""
    code, people = ward_code(pack, place), pack.measure(measure, baseline)
    kinds = kinds_of(pack, service)
    mode = access.mode.name
    found = {
        kind: ward_times(pack, resources.times_to(pack, mode, kind).nearest_s, code, people)
        for kind in kinds
        if own is None or kind != own.name
        if len(pack.services_of(kind))
    }
    if own is not None:
        found = {own.name: ward_times(pack, own.times(pack, mode).nearest_s, code, people), **found}
    say, first = words.say, found.get(service)
    named = marked(forms(service, words, own))
    if first is None or np.isnan(first.median_s):
        said = say("journeys.ward.none", **named)
    else:
        said = say(
            "journeys.ward.times",
            who=words.find(f"journeys.who.{measure}") or small(MEASURES[measure].label),
            half=minutes_of(first.median_s, words),
            low=minutes_of(first.low_s, words),
            high=minutes_of(first.high_s, words),
            **named,
        )
    st.markdown(f"{say('journeys.ward.here', place=plain(place.name), way=how)} {said}")
    st.caption(say("journeys.ward.hint"))
    rows = [
        {
            say("journeys.kind"): capital(forms(kind, words, own)["one"]),
            say("journeys.ward.half"): minutes_short(times.median_s, words),
            say("journeys.ward.most"): say(
                "journeys.ward.between",
                low=minutes_short(times.low_s, words),
                high=minutes_short(times.high_s, words),
            ),
        }
        for kind, times in found.items()
    ]
    alt = say("journeys.ward.table", place=place.name)
    show_words(pd.DataFrame(rows), key="ward-times", height=300, alt=alt)


def _site_name(pack: AreaPack, journey: Journey, own: OwnPlaces | None) -> str:
    """Return the name of the place that a journey ends at."""
    sites = pack.services if own is None or journey.category != own.name else own.rows
    return str(sites.loc[journey.service_id, "name"])


def _headline(pack: AreaPack, journey: Journey, mode: Mode, words: Words, own: OwnPlaces | None) -> str:
    named = marked(forms(journey.category, words, own))
    if journey.route is None:
        return words.say("journeys.none", **named)
    said = words.say(
        "journeys.nearest",
        name=plain(_site_name(pack, journey, own)),
        minutes=minutes_of(journey.route.time_s, words),
        distance=distance(journey.route.length_m, words),
        **named,
    )
    too_far = mode.on_foot and journey.route.time_s > LONGEST_WALK_MIN * 60
    return f"{said} {words.say('journeys.too_far')}" if too_far else said


def _table(pack: AreaPack, found: list[Journey], words: Words, own: OwnPlaces | None) -> pd.DataFrame:
    say = words.say
    rows: list[tuple[object, ...]] = []
    for journey in found:
        kind = capital(forms(journey.category, words, own)["one"])
        if journey.route is None:
            rows.append((kind, np.nan, None, say("journeys.none_reached")))
        else:
            name = _site_name(pack, journey, own)
            took, far = whole(journey.route.time_s / 60), distance(journey.route.length_m, words)
            rows.append((kind, took, far, name))
    # The name is last, because it is what may be cut off.
    columns = [say("journeys.kind"), say("journeys.minutes"), say("journeys.distance"), say("journeys.nearest_place")]
    return pd.DataFrame(rows, columns=columns)
