"""Timetables made of how often something runs, where no times are published.

Two things are known of such a service: where it calls, and how many run, or how many minutes lie between two. Its times
are made from that: departures evenly spaced, and one speed in a straight line from stop to stop, time at the stops
included. What follows for results: a wait is that of an even service, which is the shortest on average for the number
of departures, and a connection between two such services is neither held nor missed on purpose. The time of a single
departure means nothing; a median over two hours of leaving is of use.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.timetable.calendar import WEEKDAYS, Calendar
from geo.timetable.timetable import RouteLine, Timetable

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_LEAST_TRAINS = 0.5
_MINUTE_S = 60


@dataclass(frozen=True, eq=False)
class Run:
    """Departures that call at the same stops in the same time.

    Attributes
    ----------
    route, service
        Indices of the route and of the service of the calendar.
    stops
        Indices of the stops, in order.
    after_s
        Seconds from the first stop to each, as many as stops; never falling.
    starts_s
        ``(n_departures,)`` seconds after midnight at the first stop.
    """

    route: int
    service: int
    stops: tuple[int, ...]
    after_s: Ints
    starts_s: Ints


@dataclass(frozen=True, eq=False)
class Trains:
    """A timetable made of counts of trains, and what became of the rows.

    Attributes
    ----------
    timetable
        What was made.
    used
        Rows of which trains were made.
    left_out
        Rows of which none was made, by reason.
    """

    timetable: Timetable
    used: int
    left_out: dict[str, int] = field(default_factory=dict)


def evenly(number: int, first_s: int, last_s: int) -> Ints:
    """Return departures that divide a day evenly, ``(number,)`` seconds after midnight, on whole minutes.

    The time from `first_s` to `last_s` is divided into as many equal parts as there are departures, and one leaves in
    the middle of each part: so a single one leaves at midday, and patterns that share a station do not all leave
    together at the ends of the day.
    """
    part = (last_s - first_s) / max(number, 1)
    middles = first_s + (np.arange(number) + 0.5) * part
    return (np.rint(middles / _MINUTE_S) * _MINUTE_S).astype(np.int32)


def seconds_along(xy: Floats, speed_kmh: float) -> Ints:
    """Return whole seconds from the first of ``(n, 2)`` positions to each, in straight lines from one to the next."""
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return np.rint(metres / (speed_kmh / 3.6)).astype(np.int32)


def runs_on(days: Sequence[str]) -> list[bool]:
    """Tell for each day of a week, Monday first, whether it is among some."""
    return [day in days for day in WEEKDAYS]


def timetable_of_runs(
    stop_ids: Sequence[str],
    stop_names: Sequence[str],
    stop_xy: Floats,
    routes: Sequence[RouteLine],
    runs: Sequence[Run],
    calendar: Calendar,
) -> Timetable:
    """Compile runs; the same as `Timetable.of_trips` with each departure written out, in a fraction of the time."""
    runs = [run for run in runs if len(run.starts_s)]
    patterns: dict[tuple[int, tuple[int, ...]], int] = {}
    pattern = [patterns.setdefault((run.route, run.stops), len(patterns)) for run in runs]
    profiles: dict[bytes, int] = {}
    profile = [profiles.setdefault(run.after_s.astype(np.int32).tobytes(), len(profiles)) for run in runs]
    number = [len(run.starts_s) for run in runs]
    trip_pattern, trip_profile, trip_service = (
        np.repeat(np.array(values, dtype=np.int32), number)
        for values in (pattern, profile, [run.service for run in runs])
    )
    starts = np.concatenate([np.zeros(0, dtype=np.int32), *(run.starts_s for run in runs)]).astype(np.int32)
    order = np.lexsort((trip_service, trip_profile, starts, trip_pattern))
    call_stop = np.array([stop for _, stops in patterns for stop in stops], dtype=np.int32)
    times = np.frombuffer(b"".join(profiles), dtype=np.int32)
    anywhere = np.ones(len(call_stop), dtype=np.bool_)
    return Timetable(
        tuple(stop_ids),
        tuple(stop_names),
        np.asarray(stop_xy, dtype=np.float64).reshape(-1, 2),
        tuple(routes),
        np.array([route for route, _ in patterns], dtype=np.int32),
        np.cumsum([0, *(len(stops) for _, stops in patterns)], dtype=np.int32),
        call_stop,
        anywhere,
        anywhere,
        np.cumsum([0, *(len(one) // 4 for one in profiles)], dtype=np.int32),
        times,
        times,
        trip_pattern[order],
        trip_profile[order],
        trip_service[order],
        starts[order],
        calendar,
    )


def trains_of_counts(
    patterns: pd.DataFrame,
    stations: pd.DataFrame,
    *,
    speed_kmh: float,
    first_s: int,
    last_s: int,
    days: Sequence[str],
    source: str,
) -> Trains:
    """Make a timetable of counts of trains by calling pattern.

    Every pattern is cut to the stations of the area. Cut patterns of one operator and one direction that are equal are
    added up, and the sum is rounded: that many trains leave, evenly spaced over the operating day. The times are made
    up (see the module): only the number, the order of the stations and the direction are published.

    Parameters
    ----------
    patterns
        ``operator``, ``trains`` a day, ``one_way`` (otherwise half of them run the other way) and ``stations``, a list
        of keys in order.
    stations
        The stations of the area: ``id``, ``key``, ``name``, ``easting``, ``northing``, a key each once.
    speed_kmh
        In a straight line from station to station, time at the stations included.
    first_s, last_s
        Beginning and end of the operating day, seconds after midnight.
    days
        The weekdays that the counts are of.
    source
        Key of the source.
    """
    place = {key: number for number, key in enumerate(stations["key"])}
    sums: dict[tuple[str, tuple[int, ...]], float] = {}
    rows: list[list[tuple[str, tuple[int, ...]]]] = []
    short = 0
    for operator, trains, one_way, keys in patterns[["operator", "trains", "one_way", "stations"]].itertuples(
        index=False, name=None
    ):
        called = [place[key] for key in keys if key in place]
        stops = tuple(stop for stop, before in zip(called, [-1, *called], strict=False) if stop != before)
        if len(stops) < 2:
            short += 1
            continue
        ways = [stops] if one_way else [stops, stops[::-1]]
        for way in ways:
            sums[operator, way] = sums.get((operator, way), 0.0) + trains / len(ways)
        rows.append([(operator, way) for way in ways])
    number = {way: int(np.floor(total + 0.5)) for way, total in sums.items() if total >= _LEAST_TRAINS}
    operators = sorted({operator for operator, _ in number})
    xy = stations[["easting", "northing"]].to_numpy(np.float64)
    runs = [
        Run(operators.index(operator), 0, stops, seconds_along(xy[list(stops)], speed_kmh), evenly(n, first_s, last_s))
        for (operator, stops), n in sorted(number.items())
    ]
    used = sum(any(way in number for way in ways) for ways in rows)
    return Trains(
        timetable_of_runs(
            [str(one).removeprefix("naptan-") for one in stations["id"]],
            [str(one) for one in stations["name"]],
            xy,
            [RouteLine(operator, "", "train", "modelled", source) for operator in operators],
            runs,
            Calendar.always([runs_on(days)]),
        ),
        used,
        {
            "call at fewer than two stations of the area": short,
            "fewer than half a train a day": len(rows) - used,
        },
    )
