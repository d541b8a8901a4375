"""Changes of a timetable, held against its trips written out day by day."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError, UnknownNameError
from geo.timetable.calendar import WEEKDAYS, Calendar
from geo.timetable.changes import changed, route_keys, stops_along
from geo.timetable.day import day_of
from geo.timetable.planned import (
    Every,
    NewStop,
    RouteAdded,
    RouteCut,
    RouteEvery,
    RouteShortened,
    StopMoved,
)
from geo.timetable.timetable import RouteLine, Timetable, Trip

MONDAY = date(2024, 6, 3)
FIRST, LAST = MONDAY - timedelta(weeks=2), MONDAY + timedelta(weeks=4, days=-1)
HOLIDAY = MONDAY + timedelta(days=1)
WORKDAYS = WEEKDAYS[:5]
# Stops a … e along a road, each with one of the other side of the road 20 m away, and z far from all.
IDS = ("a", "b", "c", "d", "e", "A", "B", "C", "D", "E", "z")
XY = np.array([(1000.0 * n, side) for side in (0.0, 20.0) for n in range(5)] + [(0.0, 9000.0)])
ROUTES = (
    RouteLine("1", "", "bus", "published", "feed"),
    RouteLine("2", "", "bus", "assumed"),
    RouteLine("2", "of others", "bus", "published", "feed"),
)


def trip(route, stops, start_min, service, leg_min=3):
    times = tuple(60 * (start_min + leg_min * n) for n in range(len(stops)))
    yes = (True,) * len(stops)
    return Trip(route, tuple(IDS.index(stop) for stop in stops), times, times, service, yes, yes)


def calendar():
    """Services 0: Mondays to Fridays but not on the holiday; 1: Saturdays and the holiday; 2: any day at all."""
    ordinals = [day.toordinal() for day in (FIRST, LAST)]
    no, yes = [False] * 7, [True] * 7
    dated = Calendar(
        np.array([[True] * 5 + [False] * 2, [*no[:5], True, False]]),
        *(np.array([day] * 2, dtype=np.int32) for day in ordinals),
        np.array([0, 1], dtype=np.int32),
        np.array([HOLIDAY.toordinal()] * 2, dtype=np.int32),
        np.array([False, True]),
        *(np.array([day] * 2, dtype=np.int32) for day in ordinals),
    )
    return Calendar.joined([dated, Calendar.always([yes])])


def made():
    trips = [trip(0, "abcde", minute, 0) for minute in range(7 * 60, 19 * 60, 20)]
    trips += [trip(0, "EDCBA", minute, 0) for minute in range(7 * 60 + 5, 19 * 60, 20)]
    trips += [trip(0, "abcde", minute, 1) for minute in range(9 * 60, 17 * 60, 60)]
    trips += [trip(1, way, minute, 2) for way in ("abz", "zba") for minute in range(8 * 60, 12 * 60, 30)]
    trips += [trip(2, "ez", 600, 0)]
    return Timetable.of_trips(IDS, IDS, XY, ROUTES, trips, calendar())


def runs_of(timetable, when, route):
    """Stops, arrivals and departures of every trip of a route on a day."""
    running = timetable.calendar.runs(when)
    return Counter(run for run, service in written_out(timetable)[route] if running[service])


@lru_cache(maxsize=4)
def written_out(timetable):
    found = {route: [] for route in range(len(timetable.routes))}
    for one in timetable.trips():
        stops = tuple(timetable.stop_ids[stop] for stop in one.stops)
        found[one.route].append(((stops, one.arrive_s, one.depart_s), one.service))
    return found


def on_all_days():
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def same_but(before, after, route):
    return all(
        runs_of(before, when, other) == runs_of(after, when, other)
        for when in on_all_days()
        for other in range(3)
        if other != route
    )


windows = st.tuples(st.integers(0, 23 * 60), st.integers(1, 600)).map(lambda w: (w[0], min(w[0] + w[1], 24 * 60)))
clock = "{:02d}:{:02d}".format


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(WEEKDAYS), min_size=1), windows, st.integers(1, 120))
def test_a_route_runs_as_often_as_is_said_in_the_window_and_as_before_otherwise(days, window, minutes):
    before = made()
    start, end = window
    every = Every(tuple(day for day in WEEKDAYS if day in days), *(clock(*divmod(m, 60)) for m in window), minutes)
    after = changed(before, [RouteEvery("1", every)])
    ever = {0, 1, 2, 3, 4, 5}
    for when in on_all_days():
        was, now = runs_of(before, when, 0), runs_of(after, when, 0)
        if WEEKDAYS[when.weekday()] not in days:
            assert now == was
            continue
        outside = {run: n for run, n in was.items() if not start * 60 <= run[2][0] < end * 60}
        inside = {run: n for run, n in now.items() if start * 60 <= run[2][0] < end * 60}
        assert {run: n for run, n in now.items() if run not in inside} == outside
        runs = bool(was) or when.weekday() not in ever
        # Saturdays and the holiday have the way there alone, but another day's way back exists to follow.
        wanted = Counter({m * 60: 1 for m in range(start, end, minutes)}) if runs else Counter()
        for first in "aE":
            assert Counter(run[2][0] for run in inside if run[0][0] == first) == wanted
        assert all(np.diff(run[2]).tolist() == [180] * 4 for run in inside)
    assert same_but(before, after, 0)
    assert after.stop_ids == before.stop_ids


def test_departures_of_a_day_follow_the_way_and_day_that_is_nearest():
    every = Every(("sunday",), "10:00", "10:01", 5)
    after = changed(made(), [RouteEvery("1", every)])
    sunday = MONDAY + timedelta(days=6)
    assert {run[0] for run in runs_of(after, sunday, 0)} == {tuple("abcde"), tuple("EDCBA")}
    assert not runs_of(made(), sunday, 0)


def test_every_second_departure_ends_earlier_in_both_directions():
    before = made()
    after = changed(before, [RouteShortened("1", "a", "c", 2)])
    for service_day in (MONDAY, HOLIDAY):
        for first, whole, part in (("a", tuple("abcde"), tuple("abc")), ("E", tuple("EDCBA"), tuple("CBA"))):
            was = sorted(run for run in runs_of(before, service_day, 0) if run[0][0] == first)
            wanted = Counter()
            for number, (_, arrive, depart) in enumerate(was):
                cut = slice(0, 3) if first == "a" else slice(2, 5)
                wanted[(part, arrive[cut], depart[cut]) if number % 2 else (whole, arrive, depart)] += 1
            ways = (whole, part)
            assert Counter({r: n for r, n in runs_of(after, service_day, 0).items() if r[0] in ways}) == wanted
    assert same_but(before, after, 0)
    assert changed(before, [RouteShortened("1", "c", "a", 2)]).trips() == after.trips()


def test_a_short_trip_keeps_the_part_towards_the_other_end():
    before = made()
    extra = Timetable.of_trips(
        IDS, IDS, XY, ROUTES, [*before.trips(), trip(0, "bcde", 400, 0), trip(0, "EDC", 401, 0)], calendar()
    )
    after = changed(extra, [RouteShortened("1", "a", "d")])
    assert {run[0] for run in runs_of(after, MONDAY, 0)} == {tuple("abcd"), tuple("bcd"), tuple("DCBA"), tuple("DC")}


def test_a_route_that_is_cut_runs_on_no_day():
    before = made()
    after = changed(before, [RouteCut("1")])
    assert not any(runs_of(after, when, 0) for when in on_all_days())
    assert same_but(before, after, 0)
    assert set(route_keys(before)) == {"1", "2", "2 (of others)"}
    assert "1" not in route_keys(after)
    with pytest.raises(UnknownNameError, match="route"):
        changed(after, [RouteCut("1")])


def test_a_new_route_counts_whether_assumed_routes_do_or_not():
    before = made()
    new = NewStop("n", "New", 3000.0, 4000.0)
    every = (Every(WORKDAYS, "08:00", "09:00", 30), Every(("sunday",), "10:00", "11:00", 60))
    after = changed(before, [RouteAdded("9", "bus", ("a", new, "z"), every, 36.0)])
    assert after.stop_ids == (*IDS, "n")
    assert after.routes[-1].status == "planned"
    day = day_of(after, MONDAY, assumed=False)
    mine = after.pattern_route[after.trip_pattern[day.trip]] == 3
    assert mine.sum() == 2 * 2 * 3
    # 5000 m and 5831 m at 10 m/s.
    there, arrive = ("a", "n", "z"), (0, 500, 500 + round(np.hypot(3000, 5000) / 10))
    runs = runs_of(after, MONDAY, 3)
    for start in (8 * 3600, 8 * 3600 + 1800):
        times = tuple(start + s for s in arrive)
        assert runs[there, times, times] == 1
    assert {run[0] for run in runs_of(after, MONDAY + timedelta(days=6), 3)} == {there, there[::-1]}
    assert not runs_of(after, MONDAY + timedelta(days=5), 3)
    one_way = RouteAdded("9", "bus", ("a", new, "z"), every, 36.0, both_ways=False)
    assert {run[0] for run in runs_of(changed(before, [one_way]), MONDAY, 3)} == {there}
    assert same_but(before, after, 3)


def test_a_stop_moves_and_the_times_of_an_assumed_route_follow():
    before = made()
    after = changed(before, [StopMoved("b", 1000.0, -750.0)])
    assert after.stop_xy[1].tolist() == [1000.0, -750.0]
    assert runs_of(after, MONDAY, 0) == runs_of(before, MONDAY, 0)  # published times stay
    was = {run[2][0]: run for run in runs_of(before, MONDAY, 1) if run[0] == tuple("abz")}
    now = {run[2][0]: run for run in runs_of(after, MONDAY, 1) if run[0] == tuple("abz")}
    assert was.keys() == now.keys()
    to_z = np.hypot(1000, 9750) / np.hypot(1000, 9000)
    for start, (_, arrive, _) in now.items():
        assert arrive == (start, start + 225, start + round(225 + 180 * to_z))  # 1250 m where it was 1000 m
    back = changed(after, [StopMoved("b", 1000.0, 0.0)])
    assert all(runs_of(back, MONDAY, route) == runs_of(before, MONDAY, route) for route in range(3))


def test_nothing_changed_is_the_same_object_and_the_old_one_stays():
    before, copy = made(), made()
    assert changed(before, []) is before
    changed(before, [StopMoved("b", 0.0, 0.0), RouteCut("2"), RouteShortened("1", "a", "c")])
    assert before.trips() == copy.trips()
    assert (before.stop_xy == copy.stop_xy).all()


def test_stops_along_are_those_of_the_longest_way():
    assert [IDS[stop] for stop in stops_along(made(), "2")] == ["a", "b", "z"]


GOOD = Every(WORKDAYS, "08:00", "09:00", 30)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (RouteCut("7"), UnknownNameError, "7"),
        (RouteEvery("7", GOOD), UnknownNameError, "7"),
        (StopMoved("nowhere", 0.0, 0.0), UnknownNameError, "nowhere"),
        (RouteShortened("1", "a", "nowhere"), UnknownNameError, "nowhere"),
        (RouteShortened("1", "a", "e"), InputError, "goes beyond"),
        (RouteShortened("1", "a", "c", 0), InputError, "1 to 20"),
        (RouteAdded("1", "bus", ("a", "b"), (GOOD,), 20.0), InputError, "another name"),
        (RouteAdded("9", "sledge", ("a", "b"), (GOOD,), 20.0), UnknownNameError, "sledge"),
        (RouteAdded("9", "bus", ("a",), (GOOD,), 20.0), InputError, "two stops"),
        (RouteAdded("9", "bus", ("a", "b"), (), 20.0), InputError, "how often"),
        (RouteAdded("9", "bus", ("a", "b"), (GOOD,), 1.0), InputError, "3 to 300"),
        (RouteAdded("9", "bus", ("a", "nowhere"), (GOOD,), 20.0), UnknownNameError, "nowhere"),
    ],
)
def test_what_cannot_be_is_refused(change, error, words):
    with pytest.raises(error, match=words):
        changed(made(), [change])


@pytest.mark.parametrize(
    "wrong",
    [{"weekdays": ()}, {"weekdays": ("someday",)}, {"starts": "09:00"}, {"every_min": 0.5}, {"until": "25:00"}],
)
def test_how_often_is_refused_where_it_cannot_be(wrong):
    with pytest.raises(InputError):
        replace(GOOD, **wrong)


def test_a_route_is_added_to_a_timetable_in_which_nothing_runs():
    stops = (NewStop("n", "N", 0.0, 0.0), NewStop("m", "M", 1000.0, 0.0))
    after = changed(Timetable.empty(), [RouteAdded("9", "bus", stops, (GOOD,), 36.0)])
    assert runs_of(after, MONDAY, 0)[("n", "m"), (28800, 28900), (28800, 28900)] == 1
