"""Timetables as arrays: what goes in comes out, from a file and from several put together as well."""

import zipfile
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import PackError
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip, joined
from tests.geo.timetable.made import lists_of_trips, timetables

BUS = RouteLine("9", "", "bus", "published")
in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)


def same(one, other):
    """Whether two timetables have the same arrays, texts and days."""
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(Timetable)]
    pairs += [(getattr(one.calendar, field.name), getattr(other.calendar, field.name)) for field in fields(Calendar)]
    return all(
        np.array_equal(a, b) and a.dtype == b.dtype if isinstance(a, np.ndarray) else a == b
        for a, b in pairs
        if not isinstance(a, Calendar)
    )


def put(made):
    return Timetable.of_trips("abcd", "ABCD", np.zeros((4, 2)), [BUS, BUS], made, Calendar.always([[True] * 7] * 3))


@settings(deadline=None)
@given(lists_of_trips())
def test_trips_come_out_as_they_went_in(made):
    table = put(made)
    assert Counter(table.trips()) == Counter(made)
    assert table.n_trips == len(made)
    assert bool(table) == bool(made)
    assert len(table.pattern_route) == len({(trip.route, trip.stops, trip.board, trip.alight) for trip in made})


@settings(deadline=None)
@given(lists_of_trips())
def test_trips_are_sorted_by_pattern_and_start(made):
    table = put(made)
    order = list(zip(table.trip_pattern.tolist(), table.trip_start_s.tolist(), strict=True))
    assert order == sorted(order)


def test_trips_that_take_the_same_time_share_a_profile():
    made = [
        Trip(0, (0, 1), (at, at + 300), (at + 20, at + 300), 0, (True, True), (True, True)) for at in (0, 600, 7200)
    ]
    table = put([*made, Trip(1, (2, 3), (50, 350), (70, 350), 1, (True, False), (False, True))])
    assert len(table.pattern_route) == 2
    assert table.profile_start.tolist() == [0, 2]
    assert table.profile_arrive_s.tolist() == [-20, 280]
    assert table.profile_depart_s.tolist() == [0, 280]
    assert sorted(table.trip_start_s.tolist()) == [20, 70, 620, 7220]


@in_one_folder
@given(table=timetables())
def test_a_saved_timetable_is_read_back(tmp_path, table):
    table.save(tmp_path / "timetable.npz")
    read = Timetable.load(tmp_path / "timetable.npz")
    assert same(read, table)
    assert read.trips() == table.trips()
    read.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "timetable.npz").read_bytes()


def test_an_empty_timetable_is_saved_as_well(tmp_path):
    Timetable.empty().save(tmp_path / "timetable.npz")
    read = Timetable.load(tmp_path / "timetable.npz")
    assert not read
    assert same(read, Timetable.empty())


@pytest.mark.parametrize("fault", ["cut", "words", "no array", "missing"])
def test_a_damaged_file_is_refused(tmp_path, fault):
    path = tmp_path / "timetable.npz"
    put([]).save(path)
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    elif fault == "words":
        path.write_text("not a timetable")
    elif fault == "missing":
        path.unlink()
    else:
        with zipfile.ZipFile(path) as whole:
            kept = {name: whole.read(name) for name in whole.namelist() if name != "call_stop.npy"}
        with zipfile.ZipFile(path, "w") as less:
            for name, content in kept.items():
                less.writestr(name, content)
    with pytest.raises(PackError, match=r"timetable\.npz is damaged .*build the pack again"):
        Timetable.load(path)


def with_names(table):
    """Every trip with what its numbers stand for."""
    return Counter(
        (
            table.routes[trip.route],
            tuple((table.stop_ids[stop], table.stop_names[stop], *table.stop_xy[stop]) for stop in trip.stops),
            (trip.arrive_s, trip.depart_s, trip.board, trip.alight),
            tuple(table.calendar.weekdays[trip.service].tolist()),
        )
        for trip in table.trips()
    )


@settings(deadline=None, max_examples=50)
@given(st.lists(timetables(), max_size=3))
def test_joined_timetables_keep_every_trip(parts):
    whole = joined(parts)
    assert with_names(whole) == sum((with_names(part) for part in parts), Counter())
    assert whole.n_stops == sum(part.n_stops for part in parts)
    assert len(whole.routes) == sum(len(part.routes) for part in parts)


@settings(deadline=None)
@given(timetables(), st.lists(st.integers(0, 1), unique=True))
def test_trips_of_some_routes_alone(table, which):
    some = table.of_routes(which)
    assert some.trips() == [trip for trip in table.trips() if trip.route in which]
    assert (some.routes, some.stop_ids) == (table.routes, table.stop_ids)
