"""Timetables made at random, for properties that every timetable has."""

import numpy as np
from hypothesis import strategies as st

from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip

STATUSES = st.sampled_from(["published", "modelled", "assumed"])
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)


@st.composite
def trips(draw, n_stops, n_routes, n_services):
    """A trip of two to five calls on a few fixed courses, so that many share a pattern and some overtake."""
    course = draw(st.integers(0, 2))
    stops = [(course + step * (course + 1)) % n_stops for step in range(2 + course)]
    flags = draw(st.sampled_from([(True,), (False, True)]))
    now = draw(st.integers(0, 29 * 60)) * 60
    arrive, depart = [], []
    for _ in stops:
        arrive.append(now)
        now += draw(st.sampled_from([0, 30]))
        depart.append(now)
        now += draw(st.sampled_from([0, 60, 600, 7200]))
    may = tuple(flags[place % len(flags)] for place in range(len(stops)))
    return Trip(
        draw(st.integers(0, n_routes - 1)),
        tuple(stops),
        tuple(arrive),
        tuple(depart),
        draw(st.integers(0, n_services - 1)),
        may,
        may[::-1],
    )


@st.composite
def lists_of_trips(draw, n_stops=4, n_routes=2, n_services=3):
    """Some trips, in any order."""
    return draw(st.lists(trips(n_stops, n_routes, n_services), min_size=0, max_size=14))


@st.composite
def timetables(draw):
    """A timetable of some trips; its positions are in whole centimetres, as a saved one's are."""
    n_stops = draw(st.integers(4, 6))
    cm = st.integers(-(10**8), 10**8)
    xy = [[draw(cm) / 100, draw(cm) / 100] for _ in range(n_stops)]
    routes = [RouteLine(draw(NAMES), draw(NAMES), "bus", draw(STATUSES), draw(NAMES)) for _ in range(2)]
    week = st.lists(st.booleans(), min_size=7, max_size=7)
    calendar = Calendar.always(draw(st.lists(week, min_size=3, max_size=3)))
    made = draw(lists_of_trips(n_stops))
    names = [draw(NAMES) for _ in range(n_stops)]
    return Timetable.of_trips([f"s{number}" for number in range(n_stops)], names, np.array(xy), routes, made, calendar)
