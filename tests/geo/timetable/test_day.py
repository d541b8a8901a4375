"""The trips of one day: against each trip on its own, written out and looked at on the days around."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.sources.gtfs import read_gtfs
from geo.timetable.calendar import Calendar
from geo.timetable.day import DAY_S, LAST_S, day_of, example_date, routes_not_known
from geo.timetable.timetable import RouteLine, Timetable, Trip, joined
from geo.timetable.timing import Timing
from tests.geo.timetable.made import timetables

MONDAY = date(2024, 1, 1)
FEW_DAYS = st.integers(0, 6).map(lambda step: MONDAY + timedelta(days=step))


def written_out(day):
    """Line by line, trip by trip, the rows (trip, stops, arrive, depart, board, alight) of a day."""
    lines = []
    for start, end, size in zip(day.line_start[:-1], day.line_start[1:], day.line_stops, strict=True):
        rows = []
        for first in range(start, end, size):
            calls = slice(first, first + size)
            (trip,) = set(day.trip[calls].tolist())
            columns = (day.stop, day.arrive_s, day.depart_s, day.board, day.alight)
            rows.append((trip, *(tuple(column[calls].tolist()) for column in columns)))
        lines.append(rows)
    return lines


def expected(table, when, assumed):
    """The same rows, trip by trip by the rules alone."""
    found = Counter()
    for number, trip in enumerate(table.trips()):
        if table.routes[trip.route].status == "assumed" and not assumed:
            continue
        for days in (-1, 0, 1):
            move = days * DAY_S
            runs = table.calendar.runs(when + timedelta(days=days))[trip.service]
            if runs and trip.arrive_s[-1] + move >= 0 and trip.depart_s[0] + move < LAST_S:
                times = (tuple(second + move for second in all_) for all_ in (trip.arrive_s, trip.depart_s))
                found[(number, trip.stops, *times, trip.board, trip.alight)] += 1
    return found


@settings(deadline=None)
@given(timetables(), FEW_DAYS, st.booleans())
def test_every_trip_that_runs_is_there_once(table, when, assumed):
    day = day_of(table, when, assumed=assumed)
    assert Counter(row for rows in written_out(day) for row in rows) == expected(table, when, assumed)
    assert day.n_calls == len(day.stop) == day.line_start[-1]
    assert (day.n_lines, day.date, day.timetable) == (len(day.line_stops), when, table)


@settings(deadline=None)
@given(timetables(), FEW_DAYS)
def test_no_trip_overtakes_another_of_its_line(table, when):
    for rows in written_out(day_of(table, when)):
        assert len({table.trip_pattern[row[0]] for row in rows}) == 1
        for column in (2, 3):
            times = np.array([row[column] for row in rows])
            assert (np.diff(times, axis=0) >= 0).all()


def table_of(*runs, calendar=None, routes=(("9", "published"),)):
    """A timetable of trips between two stops, each (service, leave, arrive) in minutes."""
    made = [
        Trip(0, (0, 1), (leave * 60, arrive * 60), (leave * 60, arrive * 60), service, (True, True), (True, True))
        for service, leave, arrive in runs
    ]
    lines = [RouteLine(name, "", "bus", status) for name, status in routes]
    return Timetable.of_trips("ab", "AB", np.zeros((2, 2)), lines, made, calendar or Calendar.always([[True] * 7]))


def test_trips_that_overtake_are_on_lines_of_their_own():
    rows = written_out(day_of(table_of((0, 600, 660), (0, 610, 640), (0, 620, 680), (0, 630, 670)), MONDAY))
    today = [[row[2][0] // 60 for row in line if 0 <= row[2][0] < DAY_S] for line in rows]
    assert sorted(today) == [[600, 620], [610, 630]]


def test_trips_that_do_not_overtake_share_a_line_whatever_their_speed():
    rows = written_out(day_of(table_of((0, 900, 920), (0, 600, 660), (0, 800, 860), (0, 700, 720)), MONDAY))
    assert [[row[2][0] // 60 for row in line if 0 <= row[2][0] < DAY_S] for line in rows] == [[600, 700, 800, 900]]


def test_who_arrives_first_but_waits_longer_overtakes_as_well():
    """Both leave in the order in which they start, but the later one is at the stop in the middle first."""
    made = [
        Trip(0, (0, 1, 2), (start, arrive, end), (start, leave, end), 0, (True,) * 3, (True,) * 3)
        for start, arrive, leave, end in ((36000, 37000, 37100, 38000), (36100, 36900, 37200, 38100))
    ]
    week = Calendar.always([[day == 0 for day in range(7)]])
    line = RouteLine("9", "", "bus", "published")
    table = Timetable.of_trips("abc", "ABC", np.zeros((3, 2)), [line], made, week)
    assert [len(rows) for rows in written_out(day_of(table, MONDAY))] == [1, 1]


def test_a_trip_past_midnight_is_on_both_days():
    friday = Calendar.always([[day == 4 for day in range(7)]])
    table = table_of((0, 23 * 60 + 30, 25 * 60), calendar=friday)
    times = {
        step: [row[2] for line in written_out(day_of(table, MONDAY + timedelta(days=step))) for row in line]
        for step in range(7)
    }
    assert times == {0: [], 1: [], 2: [], 3: [], 4: [(84600, 90000)], 5: [(-1800, 3600)], 6: []}


def test_a_trip_of_the_small_hours_belongs_to_the_evening_before_as_well():
    tuesday = Calendar.always([[day == 1 for day in range(7)]])
    table = table_of((0, 3 * 60, 3 * 60 + 20), (0, 4 * 60, 4 * 60 + 20), calendar=tuesday)
    evening = [row[2][0] for line in written_out(day_of(table, MONDAY)) for row in line]
    assert evening == [27 * 3600]


def dated(first, last, weekdays=(True,) * 7, exceptions=()):
    """A calendar of one service from one day to another, with (day, runs)."""
    ends = [np.array([day.toordinal()], dtype=np.int32) for day in (first, last)]
    return Calendar(
        np.array([weekdays], dtype=bool),
        *ends,
        np.zeros(len(exceptions), dtype=np.int32),
        np.array([day.toordinal() for day, _ in exceptions], dtype=np.int32),
        np.array([runs for _, runs in exceptions], dtype=bool),
        *ends,
    )


def test_days_of_which_the_feed_does_not_speak_are_refused():
    table = table_of((0, 600, 620), calendar=dated(MONDAY, MONDAY + timedelta(days=6)))
    for step in (0, 6):
        assert day_of(table, MONDAY + timedelta(days=step)).n_calls
    for step in (-1, 7):
        with pytest.raises(InputError, match=r"does not cover .*: it is valid from 2024-01-01 to 2024-01-07"):
            day_of(table, MONDAY + timedelta(days=step))


def test_feeds_without_a_day_in_common_are_refused():
    week = timedelta(days=6)
    early = table_of((0, 600, 620), calendar=dated(MONDAY, MONDAY + week))
    late = table_of((0, 600, 620), calendar=dated(MONDAY + 3 * week, MONDAY + 4 * week))
    with pytest.raises(InputError, match="its feeds have no day in common"):
        day_of(joined([early, late]), MONDAY)
    with pytest.raises(InputError, match="no day in common"):
        example_date(joined([early, late]), Timing())


def test_the_example_is_a_usual_day_and_the_first():
    """The first two Tuesdays are holidays, the third is usual, and on the last there are more trips than ever."""
    tuesdays = [MONDAY + timedelta(days=1 + 7 * week) for week in range(6)]
    last = MONDAY + timedelta(days=45)
    usual = dated(MONDAY, last, exceptions=[(day, False) for day in tuesdays[:2]])
    extra = dated(MONDAY, last, weekdays=(False,) * 7, exceptions=[(tuesdays[5], True)])
    table = table_of((0, 600, 620), (0, 630, 650), (1, 640, 660), calendar=Calendar.joined([usual, extra]))
    assert example_date(table, Timing(day="tuesday")) == tuesdays[2]
    assert example_date(table, Timing(day="monday")) == MONDAY
    assert example_date(table, Timing(day=tuesdays[5].isoformat())) == tuesdays[5]


@pytest.mark.parametrize("step", range(7))
def test_without_dates_any_week_will_do(step):
    name = (MONDAY + timedelta(days=step)).strftime("%A").lower()
    table = table_of((0, 600, 620))
    found = example_date(table, Timing(day=name))
    assert found.strftime("%A").lower() == name
    assert day_of(table, found).n_calls


def test_a_weekday_that_is_not_in_the_timetable_is_refused():
    table = table_of((0, 600, 620), calendar=dated(MONDAY, MONDAY + timedelta(days=2)))
    with pytest.raises(InputError, match="the timetable has no Sunday: it is valid from 2024-01-01 to 2024-01-03"):
        example_date(table, Timing(day="sunday"))


def test_an_empty_timetable_has_empty_days():
    day = day_of(Timetable.empty(), MONDAY)
    assert (day.n_calls, day.n_lines, day.line_start.tolist()) == (0, 0, [0])


@pytest.mark.parametrize("name", ["newport/gtfs_2023-06-13.zip", "chester/gtfs_2023-08-16.zip"])
def test_days_of_real_feeds(sources_dir, name):
    table = read_gtfs(
        sources_dir / name, source="buses", vintage="2023", crs="EPSG:27700", extent=shapely.box(100, 100, 1e6, 1e6)
    ).timetable
    for weekday in ("tuesday", "saturday", "sunday"):
        when = example_date(table, Timing(day=weekday))
        lines = written_out(day_of(table, when))
        assert Counter(row for rows in lines for row in rows) == expected(table, when, True)
        for rows in lines:
            assert (np.diff(np.array([row[2] for row in rows]), axis=0) >= 0).all()


def test_a_day_of_which_only_other_days_are_counted_is_refused():
    """Counts of weekdays say nothing of a Saturday: that is no Saturday without trains."""
    line = RouteLine("T", "", "train", "modelled")
    trip = Trip(0, (0, 1), (0, 60), (0, 60), 0, (True, True), (True, True))
    calendar = Calendar.always([[True] * 5 + [False] * 2])
    timetable = Timetable.of_trips(["a", "b"], ["A", "B"], [(0, 0), (9, 9)], [line], [trip], calendar)
    assert day_of(timetable, example_date(timetable, Timing("friday"))).n_calls == 2
    for saturday in ("saturday", "2024-01-06"):
        with pytest.raises(InputError, match="says nothing of a Saturday"):
            example_date(timetable, Timing(saturday))
    assert example_date(timetable, Timing("2024-01-05")) == date(2024, 1, 5)


def test_the_routes_of_which_a_day_is_not_known_are_those_made_of_counts_of_other_days():
    """A day on which a published route has no trip is known; so is one on which another route of the counts runs."""
    lines = [
        RouteLine("T", "", "train", "modelled", "counts"),
        RouteLine("S", "", "train", "modelled", "counts"),
        RouteLine("U", "", "tram", "modelled", "other counts"),
        RouteLine("9", "", "bus", "published", "feed"),
        RouteLine("8", "", "bus", "assumed"),
    ]
    weekdays, saturdays, every = [True] * 5 + [False] * 2, [day == 5 for day in range(7)], [True] * 7
    yes = (True, True)
    trips = [
        Trip(route, (0, 1), (600, 660), (600, 660), service, yes, yes)
        for route, service in ((0, 0), (1, 1), (2, 0), (3, 0), (4, 2))
    ]
    table = Timetable.of_trips(
        "ab", "AB", np.zeros((2, 2)), lines, trips, Calendar.always([weekdays, saturdays, every])
    )
    asked = {day: Timing(day, assumed=True) for day in ("monday", "saturday", "sunday", "2024-01-06")}
    found = {day: [route.name for route in routes_not_known(table, timing)] for day, timing in asked.items()}
    assert found == {"monday": [], "saturday": ["U"], "sunday": ["T", "S", "U"], "2024-01-06": ["U"]}
