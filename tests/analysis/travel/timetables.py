"""Small timetables by chance, and every possible journey by them: an oracle that shares no code with the search."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip

DAY_S = 24 * 3600
TUESDAY = date(2001, 1, 2)
WEEKS = [[True] * 7, [False, True] + [False] * 5, [True] + [False] * 6, [False, False, True] + [False] * 4]
"""Services that run every day, on Tuesdays, on Mondays and on Wednesdays."""


@dataclass(frozen=True)
class Limits:
    """The limits of a journey."""

    boardings: int = 3
    change_s: float = 60.0
    wait_s: float = 1200.0


@dataclass(frozen=True)
class Ride:
    """One trip on one day, in seconds after that day's midnight."""

    stops: tuple[int, ...]
    arrive_s: tuple[int, ...]
    depart_s: tuple[int, ...]
    board: tuple[bool, ...]
    alight: tuple[bool, ...]


def timetable_of(trips: list[Trip], n_stops: int, xy: np.ndarray | None = None) -> Timetable:
    """A timetable of two routes with the services of `WEEKS`."""
    return Timetable.of_trips(
        [f"stop-{i}" for i in range(n_stops)],
        [f"Stop {i}" for i in range(n_stops)],
        np.zeros((n_stops, 2)) if xy is None else xy,
        [RouteLine(name, "", "bus", "published", "feed") for name in ("1", "2")],
        trips,
        Calendar.always(WEEKS),
    )


def trips_by_chance(
    rng: np.random.Generator, n_stops: int, around_s: int, most: int = 8, *, hop_min: int = 12
) -> list[Trip]:
    """Trips that start within an hour of a second; several share their stops, and some of these overtake others."""
    trips: list[Trip] = []
    while len(trips) < rng.integers(most // 4, most + 1):
        stops = tuple(rng.integers(0, n_stops, rng.integers(2, 6)).tolist())
        board = tuple((rng.random(len(stops)) < 0.9).tolist())
        alight = tuple((rng.random(len(stops)) < 0.9).tolist())
        route = int(rng.integers(0, 2))
        for _ in range(int(rng.integers(1, 5))):
            service = int(rng.choice([0, 0, 1, 2, 3]))
            start = around_s + int(rng.integers(-20, 60)) * 60 + int(rng.choice([0, 0, 30]))
            start += {2: DAY_S, 3: -DAY_S}.get(service, 0)
            gaps = rng.integers(0, hop_min, len(stops)) * 60 + rng.choice([0, 0, 20], len(stops))
            waits = rng.choice([0, 0, 0, 60, 240], len(stops))
            arrive = start + np.cumsum(gaps) - gaps[0] + np.cumsum(waits) - waits
            trip = Trip(
                route,
                stops,
                tuple(arrive.tolist()),
                tuple((arrive + waits).tolist()),
                service,
                board,
                alight,
            )
            trips.append(trip)
    return trips[:most]


def rides_on_tuesday(trips: list[Trip]) -> list[Ride]:
    """The trips that run on a Tuesday, with those of the days beside it that reach into it."""
    found = []
    for trip in trips:
        for days in (-1, 0, 1):
            arrive = tuple(s + days * DAY_S for s in trip.arrive_s)
            depart = tuple(s + days * DAY_S for s in trip.depart_s)
            if WEEKS[trip.service][1 + days] and arrive[-1] >= 0 and depart[0] < 28 * 3600:
                found.append(Ride(trip.stops, arrive, depart, trip.board, trip.alight))
    return found


def earliest(
    rides: list[Ride],
    to_stop_s: np.ndarray,
    between_s: np.ndarray,
    to_site_s: np.ndarray,
    leave_s: float,
    limits: Limits,
) -> float:
    """When the earliest of all journeys by a vehicle arrives; ``inf`` where there is none.

    Parameters
    ----------
    rides
        What runs.
    to_stop_s, between_s, to_site_s
        ``(n_stops,)``, ``(n_stops, n_stops)`` and ``(n_stops,)`` seconds of every walk; ``inf`` where there is none.
    leave_s
        Second of leaving.
    limits
        The limits of a journey.
    """
    best = np.inf

    def sit(ride: Ride, at: int, left: int) -> None:
        nonlocal best
        for off in range(at + 1, len(ride.stops)):
            if not ride.alight[off]:
                continue
            best = min(best, ride.arrive_s[off] + to_site_s[ride.stops[off]])
            if left:
                for other in rides:
                    for on in range(len(other.stops) - 1):
                        there_s = ride.arrive_s[off] + between_s[ride.stops[off], other.stops[on]]
                        wait_s = other.depart_s[on] - there_s
                        in_time = limits.change_s <= wait_s <= max(limits.wait_s, limits.change_s)
                        if other.board[on] and in_time:
                            sit(other, on, left - 1)

    for ride in rides:
        for on in range(len(ride.stops) - 1):
            if ride.board[on] and leave_s + to_stop_s[ride.stops[on]] <= ride.depart_s[on]:
                sit(ride, on, limits.boardings - 1)
    return best


def latest(
    rides: list[Ride],
    to_stop_s: np.ndarray,
    between_s: np.ndarray,
    to_site_s: np.ndarray,
    there_by_s: float,
    limits: Limits,
) -> float:
    """When one can leave at the latest and be there in time; ``-inf`` where one never can. See :func:`earliest`."""
    best = -np.inf

    def sit(ride: Ride, at: int, left: int, leave_s: float) -> None:
        nonlocal best
        for off in range(at + 1, len(ride.stops)):
            if not ride.alight[off]:
                continue
            if ride.arrive_s[off] + to_site_s[ride.stops[off]] <= there_by_s:
                best = max(best, leave_s)
            if left:
                for other in rides:
                    for on in range(len(other.stops) - 1):
                        there_s = ride.arrive_s[off] + between_s[ride.stops[off], other.stops[on]]
                        wait_s = other.depart_s[on] - there_s
                        in_time = limits.change_s <= wait_s <= max(limits.wait_s, limits.change_s)
                        if other.board[on] and in_time:
                            sit(other, on, left - 1, leave_s)

    for ride in rides:
        for on in range(len(ride.stops) - 1):
            if ride.board[on]:
                sit(ride, on, limits.boardings - 1, ride.depart_s[on] - to_stop_s[ride.stops[on]])
    return best


def walks_by_chance(rng: np.random.Generator, shape: tuple[int, ...], share: float, longest: int) -> np.ndarray:
    """Walks in whole 1/1024 s, ``inf`` where one may not go that way."""
    seconds = np.rint(rng.uniform(0, longest, shape) * 1024) / 1024
    return np.where(rng.random(shape) < share, seconds, np.inf)
