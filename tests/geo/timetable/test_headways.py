"""Times that are made of how often something runs."""

import csv
import itertools
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sources.rail_patterns import read_calling_patterns, station_key
from geo.timetable.calendar import Calendar
from geo.timetable.headways import Run, evenly, seconds_along, timetable_of_runs, trains_of_counts
from geo.timetable.timetable import RouteLine, Timetable, Trip, joined

FIRST_S, LAST_S = int(5.5 * 3600), int(23.5 * 3600)
STATIONS = pd.DataFrame(
    {
        "id": ["naptan-9100A", "naptan-9100B", "naptan-9100C", "naptan-9100D"],
        "key": ["ash", "birch", "cedar", "dell"],
        "name": ["Ash station", "Birch station", "Cedar station", "Dell station"],
        "easting": [0.0, 3000.0, 3000.0, 9000.0],
        "northing": [0.0, 4000.0, 10000.0, 18000.0],
    }
)


def patterns(*rows):
    return pd.DataFrame(rows, columns=["operator", "trains", "one_way", "stations"])


def trains(*rows):
    return trains_of_counts(
        patterns(*rows),
        STATIONS,
        speed_kmh=36,
        first_s=FIRST_S,
        last_s=LAST_S,
        days=("monday", "tuesday"),
        source="rail",
    )


def departures(timetable):
    """How many trips leave each stop for which next stop."""
    found = Counter()
    for trip in timetable.trips():
        names = [timetable.stop_ids[stop] for stop in trip.stops]
        found.update(itertools.pairwise(names))
    return found


@given(st.integers(1, 400), st.integers(0, 12 * 60), st.integers(1, 12 * 60))
def test_departures_are_even_and_within_the_day(number, first_min, length_min):
    first, last = first_min * 60, (first_min + length_min) * 60
    starts = evenly(number, first, last)
    assert len(starts) == number
    assert starts.min() >= first
    assert starts.max() <= last
    assert not (starts % 60).any()
    gaps = np.diff(starts)
    assert (abs(gaps - (last - first) / number) <= 60).all()
    # As long before the first as after the last: half a gap at each end.
    assert abs((starts[0] - first) - (last - starts[-1])) <= 60


def test_no_departure_is_no_departure():
    assert not len(evenly(0, FIRST_S, LAST_S))


def test_seconds_are_distance_over_speed():
    xy = STATIONS[["easting", "northing"]].to_numpy()
    assert seconds_along(xy, 36).tolist() == [0, 500, 1100, 2100]
    assert seconds_along(xy[:2], 18).tolist() == [0, 1000]


def test_one_way_runs_as_written_and_both_ways_are_shared_out():
    made = trains(
        ("X", 10.0, True, ["ash", "birch", "cedar"]),
        ("X", 7.0, False, ["birch", "cedar"]),
    ).timetable
    assert departures(made) == {
        ("9100A", "9100B"): 10,
        ("9100B", "9100C"): 10 + 4,
        ("9100C", "9100B"): 4,
    }
    assert {route.status for route in made.routes} == {"modelled"}
    assert [route.source for route in made.routes] == ["rail"]


def test_patterns_are_cut_and_equal_ones_are_added_up_before_rounding():
    made = trains(
        ("X", 0.3, True, ["ash", "far", "birch"]),
        ("X", 0.3, True, ["far", "ash", "birch", "farther"]),
        ("Y", 0.4, True, ["ash", "birch"]),
        ("Y", 9.0, True, ["ash", "far"]),
    )
    assert departures(made.timetable) == {("9100A", "9100B"): 1}
    assert [route.name for route in made.timetable.routes] == ["X"]
    assert made.used == 2
    assert list(made.left_out.values()) == [1, 1]


def test_a_station_that_stands_on_both_sides_of_a_cut_is_called_at_once():
    made = trains(("X", 2.0, True, ["ash", "far", "ash", "birch"])).timetable
    assert made.trips()[0].stops == (0, 1)


def test_they_run_on_the_days_of_the_counts_whatever_the_week():
    calendar = trains(("X", 2.0, True, ["ash", "birch"])).timetable.calendar
    for week in (date(1999, 3, 1), date(2040, 1, 2)):
        running = [bool(calendar.runs(date.fromordinal(week.toordinal() + day))[0]) for day in range(7)]
        assert running == [True, True, False, False, False, False, False]
    assert calendar.known() is None


def test_the_trains_of_each_station_are_those_that_are_counted(sources_dir):
    """Against the publisher's file, read with nothing of the project's but the name of a station."""
    path = sources_dir / "southend" / "publishers" / "rail_weekday_patterns_2019-01.csv"
    stations = ["Shoeburyness", "Thorpe Bay", "Southend East", "Southend Central", "Westcliff-on-Sea", "Chalkwell"]
    stations += ["Leigh-on-Sea", "Southend Victoria", "Prittlewell", "Southend Airport", "Rochford"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sums = Counter()
    for row in rows:
        called = tuple(name for name in row["calling_points"].split(" > ") if name in stations)
        ways = [called] if row["directional_flag_d"] else [called, called[::-1]]
        if len(called) > 1:
            sums.update({(row["operator"], way): 0 for way in ways})
            for way in ways:
                sums[row["operator"], way] += float(row["services_per_weekday"]) / len(ways)
    wanted, exact = Counter(), Counter()
    for (_, way), count in sums.items():
        for pair in itertools.pairwise(way):
            wanted[pair] += int(count + 0.5)
            exact[pair] += count
    table = pd.DataFrame({"id": stations, "name": stations, "key": [station_key(name) for name in stations]})
    table = table.assign(easting=np.arange(11) * 1000.0, northing=0.0)
    made = trains_of_counts(
        read_calling_patterns(path), table, speed_kmh=36, first_s=FIRST_S, last_s=LAST_S, days=["monday"], source="r"
    )
    found = departures(made.timetable)
    assert found == +wanted
    assert sum(found.values()) == pytest.approx(sum(exact.values()), rel=0.01), "rounding may move a train or two"
    assert found["Southend East", "Southend Central"] > 80
    assert made.used + sum(made.left_out.values()) == len(rows)


# --- the same as with every trip written out --------------------------------------------------------------------------

RUNS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 1),
        st.lists(st.integers(0, 3), min_size=2, max_size=4),
        st.integers(0, 300),
        st.lists(st.integers(0, 90000), max_size=4),
    ),
    max_size=5,
)
ROUTES = [RouteLine("1", "One", "bus", "assumed"), RouteLine("2", "", "train", "modelled", "rail")]
XY = STATIONS[["easting", "northing"]].to_numpy()
CALENDAR = Calendar.always([[True] * 7, [False] * 7])


def of_runs(rows):
    runs = [
        Run(route, service, tuple(stops), np.arange(len(stops)) * step, np.array(starts, dtype=np.int32))
        for route, service, stops, step, starts in rows
    ]
    return timetable_of_runs(STATIONS["id"], STATIONS["name"], XY, ROUTES, runs, CALENDAR)


def of_trips(rows):
    trips = []
    for route, service, stops, step, starts in rows:
        may = (True,) * len(stops)
        for start in starts:
            times = tuple(start + step * place for place in range(len(stops)))
            trips.append(Trip(route, tuple(stops), times, times, service, may, may))
    return Timetable.of_trips(STATIONS["id"], STATIONS["name"], XY, ROUTES, trips, CALENDAR)


def in_order(timetable):
    return sorted(timetable.trips(), key=lambda trip: (trip.route, trip.stops, trip.arrive_s, trip.service))


@given(RUNS)
def test_runs_are_the_trips_written_out(rows):
    made, wanted = of_runs(rows), of_trips(rows)
    assert in_order(made) == in_order(wanted)
    assert made.routes == wanted.routes
    assert made.stop_ids == wanted.stop_ids
    by_pattern = list(zip(made.trip_pattern.tolist(), made.trip_start_s.tolist(), strict=True))
    assert by_pattern == sorted(by_pattern)
    assert len(made.pattern_start) == len(wanted.pattern_start)


@given(st.lists(RUNS, max_size=3))
def test_timetables_that_are_joined_keep_their_trips(many):
    """Each trip of a part is there, on its own stops, its own route and its own service."""
    parts = [of_runs(rows) for rows in many]
    whole = joined(parts)
    wanted = []
    for number, part in enumerate(parts):
        for trip in part.trips():
            stops = tuple(stop + 4 * number for stop in trip.stops)
            moved = (trip.route + 2 * number, stops, trip.arrive_s, trip.depart_s, trip.service + 2 * number)
            wanted.append(Trip(*moved, trip.board, trip.alight))
    assert whole.trips() == wanted
    assert whole.n_stops == 4 * len(parts)
    assert whole.stop_ids == tuple(STATIONS["id"]) * len(parts)
    assert whole.routes == tuple(ROUTES) * len(parts)
    assert len(whole.calendar) == 2 * len(parts)


@given(RUNS)
def test_what_is_written_is_read_again(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("kept") / "timetable.npz"
    made = of_runs(rows)
    made.save(path)
    again = Timetable.load(path)
    assert again.trips() == made.trips()
    assert again.routes == made.routes
    assert np.array_equal(again.stop_xy, made.stop_xy)
