"""The search by timetable against every possible journey of small timetables."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.travel.rides import (
    MOST_SITES,
    NEVER,
    Footpaths,
    Rides,
    label_of,
    reversed_day,
    seconds_of,
    site_of,
)
from analysis.travel.transit import catching
from geo.timetable.day import Day, day_of
from geo.timetable.timetable import Trip
from tests.analysis.travel.timetables import (
    TUESDAY,
    Limits,
    Ride,
    earliest,
    latest,
    rides_on_tuesday,
    timetable_of,
    trips_by_chance,
    walks_by_chance,
)

seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=200, deadline=None, derandomize=True)
MINUTES = 21
WALK_S = 600


@dataclass(frozen=True, eq=False)
class Small:
    """A small timetable with its walks, two homes and three sites, and limits."""

    start_s: int
    trips: list[Trip]
    to_stop_s: np.ndarray
    between_s: np.ndarray
    to_site_s: np.ndarray
    limits: Limits

    @classmethod
    def by_chance(cls, seed: int) -> "Small":
        rng = np.random.default_rng(seed)
        n_stops = int(rng.integers(2, 7))
        start_s = int(rng.choice([0, 9 * 3600, 24 * 3600 - 60 * (MINUTES - 1)]))
        between_s = walks_by_chance(rng, (n_stops, n_stops), 0.3, WALK_S)
        np.fill_diagonal(between_s, 0.0)
        wait_s = float(rng.choice([0.0, 300.0, 1200.0, 1e5]))
        return cls(
            start_s,
            trips_by_chance(rng, n_stops, start_s),
            walks_by_chance(rng, (2, n_stops), 0.4, WALK_S),
            between_s,
            walks_by_chance(rng, (n_stops, 3), 0.4, WALK_S),
            Limits(int(rng.integers(1, 4)), float(rng.choice([0.0, 60.0, 90.0])), wait_s),
        )

    @cached_property
    def rides(self) -> list[Ride]:
        return rides_on_tuesday(self.trips)

    @cached_property
    def day(self) -> Day:
        return day_of(timetable_of(self.trips, len(self.between_s)), TUESDAY)

    def search(self, *, back: bool = False) -> Rides:
        between_s = self.between_s.T if back else self.between_s
        return search(reversed_day(self.day) if back else self.day, between_s, self.limits)

    def arrivals(self) -> np.ndarray:
        """By home, minute and site, as the program finds them."""
        rides = self.search()
        aboard = rides.labels(label_of(self.to_site_s), self.limits.boardings)
        return by_minute(rides, aboard, self.to_stop_s, float(self.start_s), MINUTES)

    def brute(self, home: int, minute: int, site: int) -> float:
        leave_s = self.start_s + 60.0 * minute
        return earliest(self.rides, self.to_stop_s[home], self.between_s, self.to_site_s[:, site], leave_s, self.limits)


def search(day: Day, between_s: np.ndarray, limits: Limits) -> Rides:
    """The rides of a day with these walks between stops."""
    footpaths = Footpaths.of_matrix(between_s, WALK_S)
    return Rides.of(day, footpaths, change_s=limits.change_s, longest_wait_s=limits.wait_s)


def by_minute(rides: Rides, aboard: np.ndarray, to_stop_s: np.ndarray, start_s: float, minutes: int) -> np.ndarray:
    """The earliest arrival by home, minute and site, from what can be caught."""
    caught = catching(rides, Footpaths.of_matrix(to_stop_s, WALK_S), start_s, minutes)
    best = np.full((len(to_stop_s) * minutes, aboard.shape[1]), NEVER)
    if len(caught.slot):
        best[caught.slot] = np.minimum.reduceat(aboard[caught.call], caught.start, axis=0)
    shaped = best.reshape(len(to_stop_s), minutes, -1)
    return seconds_of(np.minimum.accumulate(shaped[:, ::-1], axis=1)[:, ::-1])


@pytest.mark.slow
@many
@given(seed=seeds)
def test_every_minute_equals_the_best_of_all_journeys(seed):
    small = Small.by_chance(seed)
    got = small.arrivals()
    want = np.array([[[small.brute(home, k, site) for site in range(3)] for k in range(MINUTES)] for home in range(2)])
    assert np.array_equal(got, want)


def test_the_small_timetables_are_rich():
    """They would be no test if nobody arrived, changed, waited for a later trip, or if no trip overtook another."""
    pairs = [(home, site) for home in range(2) for site in range(3)]
    reached, changed, waited, overtaken, yesterday = 0, 0, 0, 0, 0
    for seed in range(150):
        small = Small.by_chance(seed)
        one, two, patient = (
            np.array([replace(small, limits=limits).brute(home, 0, site) for home, site in pairs])
            for limits in (Limits(1, 60.0, 600.0), Limits(2, 60.0, 600.0), Limits(2, 60.0, 9e9))
        )
        reached += np.isfinite(one).any()
        changed += (two < one).any()
        waited += (patient < two).any()
        yesterday += any(ride.depart_s[0] < 0 <= ride.arrive_s[-1] for ride in small.rides)
        overtaken += any(
            a.stops == b.stops and a.depart_s[0] < b.depart_s[0] and a.arrive_s[-1] > b.arrive_s[-1]
            for a, b in permutations(small.rides, 2)
        )
    assert min(reached, overtaken) > 20
    assert min(changed, waited, yesterday) > 5


@pytest.mark.slow
@many
@given(seed=seeds)
def test_the_latest_departure_equals_the_best_of_all_journeys(seed):
    """With time turned round, from the sites to the homes."""
    small = Small.by_chance(seed)
    rides = small.search(back=True)
    aboard = rides.labels(label_of(small.to_stop_s.T), small.limits.boardings)
    last_s = small.start_s + 60.0 * 60
    some = [0, 1, 9, 20]
    found = -by_minute(rides, aboard, small.to_site_s.T, -last_s, MINUTES)
    want = np.array(
        [
            [
                [
                    latest(
                        small.rides,
                        small.to_stop_s[home],
                        small.between_s,
                        small.to_site_s[:, site],
                        last_s - 60.0 * k,
                        small.limits,
                    )
                    for home in range(2)
                ]
                for k in some
            ]
            for site in range(3)
        ]
    )
    assert np.array_equal(found[:, some], want)


@pytest.mark.slow
@many
@given(seed=seeds)
def test_each_round_equals_the_best_of_all_journeys_with_so_many_vehicles(seed):
    small = Small.by_chance(seed)
    rides = small.search()
    found = [rides.waiting(aboard) for aboard in rides.rounds(label_of(small.to_site_s), 3)]
    for vehicles in (1, 2, 3):
        aboard = found[min(vehicles, len(found)) - 1]
        got = by_minute(rides, aboard, small.to_stop_s, float(small.start_s), 1)[:, 0]
        limits = Limits(vehicles, small.limits.change_s, small.limits.wait_s)
        want = [
            [
                earliest(small.rides, walk_s, small.between_s, site_s, small.start_s, limits)
                for site_s in small.to_site_s.T
            ]
            for walk_s in small.to_stop_s
        ]
        assert np.array_equal(got, want)


@pytest.mark.slow
@many
@given(seed=seeds)
def test_the_nearest_site_is_the_first_of_all_sites(seed):
    """One search with the walk to the nearest site of each stop finds what a search for each site finds."""
    small = Small.by_chance(seed)
    rides = small.search()
    nearest = small.to_site_s.argmin(axis=1)
    egress = label_of(small.to_site_s.min(axis=1), nearest)[:, None]
    aboard = rides.labels(egress, small.limits.boardings)
    each = rides.labels(label_of(small.to_site_s), small.limits.boardings)
    assert np.array_equal(seconds_of(aboard[:, 0]), seconds_of(each).min(axis=1))
    site = site_of(aboard[:, 0])
    assert np.array_equal(site >= 0, np.isfinite(seconds_of(aboard[:, 0])))
    reached = np.flatnonzero(site >= 0)
    assert np.array_equal(seconds_of(each)[reached, site[reached]], seconds_of(each)[reached].min(axis=1))


def trip(stops: str, *times: int) -> Trip:
    """A trip that calls at stops named by digits at whole minutes."""
    seconds = tuple(60 * minute for minute in times)
    all_ = (True,) * len(stops)
    return Trip(0, tuple(int(stop) for stop in stops), seconds, seconds, 0, all_, all_)


def first_there(trips: list[Trip], between: dict[tuple[int, int], float], limits: Limits, goal: int) -> float:
    """Minutes after midnight at stop `goal` for who stands at stop 0 at midnight."""
    n_stops = 1 + max(stop for one in trips for stop in one.stops)
    between_s = np.full((n_stops, n_stops), np.inf)
    np.fill_diagonal(between_s, 0.0)
    for (a, b), minutes in between.items():
        between_s[a, b] = 60.0 * minutes
    rides = search(day_of(timetable_of(trips, n_stops), TUESDAY), between_s, limits)
    here, there = np.full((2, n_stops), np.inf)
    here[0], there[goal] = 0.0, 0.0
    aboard = rides.labels(label_of(there)[:, None], limits.boardings)
    return float(by_minute(rides, aboard, here[None], 0.0, 1)[0, 0, 0]) / 60


def test_an_earlier_trip_of_the_same_line_can_be_caught_on_foot():
    """The line goes from 1 a long way round to 3, which is five minutes' walk from 1: so one overtakes the bus."""
    trips = [trip("01234", -1, 9, 19, 39, 49), trip("01234", 20, 30, 40, 60, 70)]
    limits = Limits(2, 60.0, 1800.0)
    assert first_there(trips, {(1, 3): 5.0}, limits, 4) == 49
    assert first_there(trips, {}, limits, 4) == 70


def test_a_later_trip_of_the_same_line_goes_to_stops_behind():
    """One rides from 0 to 3, walks to 1, which the line calls at before, and rides on to 2."""
    trips = [trip("1203", 0, 5, 10, 20), trip("1203", 30, 35, 40, 50)]
    assert first_there(trips, {(3, 1): 5.0}, Limits(2, 60.0, 1800.0), 2) == 35
    assert first_there(trips, {}, Limits(2, 60.0, 1800.0), 2) == np.inf


def test_the_first_trip_is_left_where_the_wait_after_it_is_too_long():
    trips = [trip("01", 5, 10), trip("01", 25, 30), trip("12", 45, 50)]
    assert first_there(trips, {}, Limits(2, 60.0, 1200.0), 2) == 50
    assert first_there(trips, {}, Limits(2, 60.0, 840.0), 2) == np.inf


def test_a_later_trip_is_taken_at_a_change_for_the_same_reason():
    trips = [trip("01", 0, 5), trip("12", 8, 10), trip("12", 20, 25), trip("23", 40, 45)]
    assert first_there(trips, {}, Limits(3, 60.0, 1200.0), 3) == 45
    assert first_there(trips, {}, Limits(2, 60.0, 1200.0), 3) == np.inf


def test_labels_keep_seconds_and_site():
    seconds = np.array([0.0, 1 / 1024, 12.5, 28 * 3600.0, -3600.25, np.inf])
    site = np.array([0, 1, MOST_SITES - 1, 7, 3, 5])
    labels = label_of(seconds, site)
    assert np.array_equal(seconds_of(labels), seconds)
    assert np.array_equal(site_of(labels), [0, 1, MOST_SITES - 1, 7, 3, -1])
    assert (np.diff(labels[np.argsort(seconds)]) > 0).all()


def test_a_day_without_trips_has_no_rides():
    small = Small.by_chance(1)
    empty = day_of(timetable_of([], len(small.between_s)), TUESDAY)
    rides = search(empty, small.between_s, small.limits)
    aboard = rides.labels(label_of(small.to_site_s), 3)
    assert aboard.shape == (0, 3)
    assert np.isinf(by_minute(rides, aboard, small.to_stop_s, 0.0, 3)).all()
