"""A small made-up area with a few buses, and a search for journeys that shares no code with the program."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from geo.pack import AreaPack
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip
from tests.samples import ELSEWHERE, write_elsewhere

NEVER_S = float("inf")
# Metres from the corner of the area; all lie on its streets.
STOPS = [(0, 250), (1000, 250), (2000, 250), (1750, 1250), (500, 1500), (0, 2000)]
WEEKDAY = [True] * 5 + [False] * 2


def trip(route: int, stops: Sequence[int], start_min: float, *, ride_min: float = 3.0) -> Trip:
    """A trip that takes the same time from stop to stop, waits half a minute at each, and lets everybody on and off."""
    arrive = tuple(int(60 * (start_min + ride_min * n)) for n in range(len(stops)))
    depart = tuple(second + (30 if 0 < n < len(stops) - 1 else 0) for n, second in enumerate(arrive))
    every = tuple(True for _ in stops)
    return Trip(route, tuple(stops), arrive, depart, 0, every, every)


def small_timetable(*, seed: int | None = None) -> Timetable:
    """Four routes over a morning; with a seed the times are by chance."""
    rng = np.random.default_rng(seed)
    lines = [(0, (0, 1, 2)), (0, (2, 1, 0)), (1, (2, 3)), (1, (3, 2)), (2, (5, 4, 1)), (2, (1, 4, 5)), (3, (4, 3))]
    trips = []
    for route, stops in lines:
        for number in range(9):
            start = 8 * 60 + 20 * number + (7 * route) % 20
            if seed is not None:
                start = int(rng.integers(8 * 60, 11 * 60))
            trips.append(trip(route, stops, start))
    routes = [
        RouteLine("1", "Along the south", "bus", "published", "buses"),
        RouteLine("2", "To the east", "bus", "modelled", "buses"),
        RouteLine("3", "To the north", "bus", "published", "buses"),
        RouteLine("4", "Across", "bus", "assumed"),
    ]
    names = [f"Stop {letter}" for letter in "ABCDEF"]
    xy = np.array(STOPS, dtype=float) + ELSEWHERE
    return Timetable.of_trips(
        [f"s{n}" for n in range(len(names))], names, xy, routes, trips, Calendar.always([WEEKDAY])
    )


def with_buses(folder: Path, *, seed: int | None = None) -> AreaPack:
    """Make the small area with its timetable and opening hours."""
    pack = write_elsewhere(folder)
    hours = {"gp-1": "Mo-Fr 08:30-12:00", "gp-2": "Mo-Fr 09:30-10:00", "ph-1": ""}
    services = pack.services.assign(opening_hours=[hours[str(one)] for one in pack.services.index])
    return replace(pack, services=services, timetable=small_timetable(seed=seed))
