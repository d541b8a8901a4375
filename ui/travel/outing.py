"""There and back in the time that a family has: who can go, from which homes, and one family's way there and home."""

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st

from analysis.reach.outings import OutingReach, intervals_of, outing_reach, visit_date
from analysis.shown import made_of_shown, row_of
from analysis.travel.access import Access
from analysis.travel.itinerary import itinerary
from analysis.travel.there_and_back import FreeTime, outings
from analysis.travel.times import route
from drawing.legend import Legend, Swatch
from drawing.palette import CATEGORICAL, OUTSIDE_COLOUR
from geo.network.modes import mode_named
from geo.network.snapping import Snapped
from geo.pack import AreaPack
from geo.places import Place
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.timing import Timing, clock, minute_of
from ui.kit import controls, resources
from ui.kit.downloads import download_row
from ui.kit.finding import other_places, ward_code
from ui.kit.page import plain, plainly
from ui.kit.points import class_points_layer
from ui.kit.session import Session
from ui.kit.slots import Linked
from ui.kit.tables import show_table, show_words
from ui.travel.journeys import Here, ask_place, choose_place, named_home
from wording.columns import notes_of
from wording.dates import date_words
from wording.groups import all_wards, level_name
from wording.languages import english
from wording.numbers import minutes_of
from wording.outings import (
    Outing,
    hours_words,
    open_words,
    outing_columns,
    outing_sentences,
    outing_title,
    stay_words,
    ward_words,
)
from wording.particulars import by_postcode
from wording.transit import day_name, leg_words, on_day

_USUAL = FreeTime()
_STEP_MIN, _DAY_MIN = 15, 24 * 60
_SHORTEST_MIN, _LONGEST_MIN = 5, 240
_COLOURS = (CATEGORICAL[0], CATEGORICAL[3], OUTSIDE_COLOUR)
_CAN_GO, _ONLY_THERE, _NEITHER = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Shown:
    """What was asked and found, what is said of it, and the place that the reader asks about."""

    asked: Outing
    found: OutingReach
    day: date
    said: str
    here: Here | None


def outing_panel(pack: AreaPack, service: str, mode: str, measure: str, baseline: str) -> Shown:
    """Draw what a family has time for and who can go; :func:`outing_tables` belongs below the map.

    Parameters
    ----------
    pack
        The area.
    service, mode
        Category of the sites, and how families travel.
    measure, baseline
        Who is counted.
    """
    travel = mode_named(mode)
    timing, free = _time(travel.timing)
    asked = Outing(service, measure, travel.kind, timing, free)
    day = visit_date(None if travel.timing is None else pack.timetable, timing)
    found = _found(
        pack, mode, service, day.isoformat(), free.start_min, free.end_min, free.visit_min, measure, baseline
    )
    said, more = outing_sentences(asked, found)
    if more:
        st.markdown(f"**{said}** {more}")
    else:
        st.info(said, icon=":material/event_busy:")
    hours = english().say("outings.page.hours_of", date=date_words(day))
    st.caption(f"{hours_words(found.hours_known, found.closed)} {hours}")
    return Shown(asked, found, day, plainly(said), _place(pack, resources.access(pack, mode), asked, found))


def outing_layer(pack: AreaPack, shown: Shown) -> pdk.Layer:
    """Draw every home by whether a family can go from there; a click goes through it."""
    found = shown.found
    classes = np.where(found.can_go, _CAN_GO, np.where(found.there, _ONLY_THERE, _NEITHER))
    homes = gpd.GeoDataFrame({"c": classes}, geometry=gpd.points_from_xy(*pack.demand_xy.T, crs=pack.crs))
    # Where a home stands for an area, there are few of them and far apart.
    return class_points_layer(homes, _COLOURS, layer_id="outing-homes", radius_m=30 if by_postcode(pack) else 90)


def outing_legend() -> Legend:
    """Return the legend of the homes."""
    say = english().say
    names = (say("outings.page.can_go"), say("outings.page.only_there"), say("outings.page.neither"))
    entries = [Swatch("area", colour, words) for colour, words in zip(_COLOURS, names, strict=True)]
    return Legend(say("outings.page.map"), tuple(entries))


def outing_tables(pack: AreaPack, shown: Shown) -> None:
    """Draw who can go by ward with its downloads, and when each site is open."""
    asked, found = shown.asked, shown.found
    columns = outing_columns(asked, level_name(pack, "ward"), grouped=bool(pack.target_wards))
    rows, groups = found.shown()
    names = all_wards(pack)
    groups = made_of_shown(groups.assign(name=[names[str(group)] for group in groups.index], group=""))
    title = outing_title(asked)
    st.header(english().say("outings.page.table", level=level_name(pack, "ward").lower()), anchor=False)
    show_table(made_of_shown(pd.concat([groups, rows])), columns, key="outing-table", alt=title, height=420)
    table = made_of_shown(rows.reset_index())
    hours = hours_words(found.hours_known, found.closed)
    download_row(
        f"{pack.code}-{asked.service}-{asked.kind}-there-and-back",
        table,
        {**notes_of(pack, title, found.baseline), "status": "modelled", "hours": hours, "day": shown.day.isoformat()},
        key="outing",
        layers={"wards": pack.wards[["geometry"]].reset_index().merge(table, on="code")},
    )
    say, status = english().say, english().named("outings.page.status")
    said = say("outings.page.hours_table", day=on_day(asked.timing))
    with st.expander(said, icon=":material/schedule:"):
        cells = {
            say("outings.page.place"): found.sites["name"].astype(str).to_numpy(),
            say("outings.page.open"): [open_words(one) for one in found.hours],
            say("outings.page.known"): [status[one.status] for one in found.hours],
        }
        show_words(pd.DataFrame(cells).sort_values(say("outings.page.place")), key="outing-hours", alt=said)


@st.cache_resource(
    show_spinner="Working out who can go there and back …",
    max_entries=32,
    hash_funcs={AreaPack: lambda pack: pack.digest},
)
def _found(
    pack: AreaPack,
    mode: str,
    service: str,
    day: str,
    start_min: float,
    end_min: float,
    visit_min: float,
    measure: str,
    baseline: str,
) -> OutingReach:
    """Find who can go once for all visitors."""
    return outing_reach(
        resources.access(pack, mode),
        pack.services_of(service),
        date.fromisoformat(day),
        FreeTime(start_min, end_min, visit_min),
        measure=measure,
        baseline=baseline,
    )


def _time(timing: Timing | None) -> tuple[Timing, FreeTime]:
    """Draw the choice of free time, visit and day; the day of a way by timetable, its `timing`, is chosen with it.

    Only what makes sense can be chosen: the time is long enough for the visit.
    """
    say, timed = english().say, timing is not None
    with st.popover(say("outings.page.asked"), icon=":material/schedule:"):
        if timing is None:
            names = {day: day_name(Timing(day=day)) for day in WEEKDAYS}
            usual = Timing().day
            day = controls.choice(
                say("outings.page.day"), list(names), key=Session.visit_day.key, default=usual, labels=names
            )
            timing = Timing(day=day)
        visit_min = controls.number(
            say("outings.page.visit"),
            _SHORTEST_MIN,
            _LONGEST_MIN,
            _USUAL.visit_min,
            key=Session.visit.key,
            step=_SHORTEST_MIN,
            unit=say("outings.page.unit"),
        )
        times = range(0, _DAY_MIN + 1, _STEP_MIN)
        left, right = st.columns(2)
        with left:
            starts = [clock(minute) for minute in times if minute + visit_min <= _DAY_MIN and minute < _DAY_MIN]
            start_min = minute_of(_clock_choice(say("outings.page.start"), starts, Session.free_from, _USUAL.start_min))
        with right:
            ends = [clock(minute) for minute in times if minute >= start_min + visit_min]
            end_min = minute_of(_clock_choice(say("outings.page.end"), ends, Session.free_until, _USUAL.end_min))
        st.caption(say("outings.page.help"))
        if timed:
            st.caption(say("outings.page.by_timetable"))
    return timing, FreeTime(start_min, end_min, visit_min)


def _clock_choice(label: str, clocks: list[str], control: Linked[str], usual_min: float) -> str:
    return controls.choice(label, clocks, key=control.key, default=clock(usual_min))


def _place(pack: AreaPack, access: Access, asked: Outing, found: OutingReach) -> Here | None:
    """Draw the box for a place and what is possible from there: for a ward how many can go, else one family's way."""
    answer = ask_place(pack, english())
    if answer is None or answer.kind not in ("place", "ward"):
        return None
    place, line = answer.places[0], None
    if answer.kind == "ward":
        rows, _ = found.shown()
        st.markdown(ward_words(asked, plain(place.name), row_of(rows, ward_code(pack, place))))
    else:
        place = named_home(pack, place)
        line = _from_place(access, asked, found, place)
    other_places(answer, key="place", choose=choose_place)
    return Here(place, line)


def _from_place(access: Access, asked: Outing, found: OutingReach, place: Place) -> gpd.GeoSeries | None:
    """Draw the way of one family there and home, step by step; return its lines, None where there is none."""
    say, free, name = english().say, asked.free, plain(place.name)
    home = access.snap([[place.easting, place.northing]])
    sites = access.snap(found.sites[["easting", "northing"]].to_numpy(np.float64))
    possible = outings(access, home, sites, [intervals_of(one) for one in found.hours], free)
    here = replace(found, outings=possible)
    if not here.can_go[0]:
        kind = "late" if here.there[0] else "none"
        st.markdown(say(f"outings.page.{kind}", place=name, **asked.parts))
        return None
    # The visit that is the first to start; of several, that which leaves the most time.
    site = int(np.lexsort((-possible.spare_s[0], possible.start_s[0]))[0])
    at = sites.take(np.array([site]))
    named, hours = plain(str(found.sites["name"].iloc[site])), found.hours[site]
    begin_s = float(possible.start_s[0, site])
    until_s = begin_s + free.visit_min * 60.0
    arrive_s = float(possible.arrive_s[0, site])
    start_s = free.start_min * 60.0
    # By timetable one waits at the door for it to open; who goes by no timetable sets out later.
    leave_s = start_s if access.transit is not None else start_s + begin_s - arrive_s
    out, back = _trip(access, asked, home, at, named, leave_s), _trip(access, asked, at, home, name, until_s)
    if out is None or back is None:  # it was found above
        return None
    said = [
        say(
            "outings.page.from_home",
            place=name,
            leave=clock(out.depart_s / 60),
            name=named,
            arrive=clock(out.arrive_s / 60),
            begin=clock(begin_s / 60),
            until=clock(until_s / 60),
            home=clock(back.arrive_s / 60),
        )
    ]
    if begin_s > arrive_s + 60.0:
        said.append(say("outings.page.opens", begin=clock(begin_s / 60)))
    latest = clock(float(possible.leave_s[0, site]) / 60)
    said.append(say("outings.page.latest", end=asked.parts["end"], leave=latest))
    st.markdown(" ".join(said))
    with st.expander(say("outings.page.way")):
        steps = [*out.steps, stay_words(named, hours, begin_s, until_s), *back.steps]
        st.markdown("\n".join(f"- {step}" for step in steps))
    lines = [shapely.LineString(xy) for xy in (*out.lines, *back.lines) if len(xy) > 1]
    return gpd.GeoSeries(lines, crs=access.pack.crs) if lines else None


@dataclass(frozen=True, eq=False)
class _Trip:
    """One way: when one sets out and arrives (seconds after midnight), its steps in words, and what to draw."""

    depart_s: float
    arrive_s: float
    steps: list[str]
    lines: list[npt.NDArray[np.float64]]


def _trip(access: Access, asked: Outing, start: Snapped, end: Snapped, name: str, leave_s: float) -> _Trip | None:
    """Find the way from one point to another, leaving at a time at the earliest; `name` is safe as markdown."""
    if access.transit is not None:
        found = itinerary(access, start, end, leave_s)
        if found is None:
            return None
        steps = [leg_words(leg, name, plain) for leg in found.legs]
        return _Trip(found.depart_s, found.arrive_s, steps, [leg.xy for leg in found.legs])
    way = route(access.streets, start, end)
    if way is None:
        return None
    arrive_s = leave_s + way.time_s
    step = english().say(
        "outings.page.set_out",
        time=clock(leave_s / 60),
        name=name,
        way=asked.parts["way"],
        minutes=minutes_of(way.time_s),
        arrive=clock(arrive_s / 60),
    )
    return _Trip(leave_s, arrive_s, [step], [way.xy])
