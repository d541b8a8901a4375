"""A timetable as arrays: stops, routes, patterns (the stops of a trip in order), trips and their times.

Trips that call at the same stops share a pattern, and trips that take the same time from stop to stop share a profile,
so that a trip costs a few bytes: its pattern, its profile, its days and when it starts.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import PackError
from geo.timetable.calendar import Calendar

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
RouteStatus = Literal["published", "modelled", "assumed", "planned"]
STATUSES: tuple[RouteStatus, ...] = ("published", "modelled", "assumed", "planned")


@dataclass(frozen=True)
class RouteLine:
    """A route as passengers know it.

    Attributes
    ----------
    name
        Its number or short name, such as ``"9"``.
    title
        What its publisher calls it in full; may be empty.
    vehicle
        ``bus``, ``train``, ``tram``, ``metro``, ``ferry`` or ``coach``.
    status
        ``published``: times of a timetable. ``modelled``: made from counts of services. ``assumed``: of a table that
        says what somebody takes for granted. ``planned``: added by a plan; it counts within that plan, always.
    source
        Key of the source in the recipe; empty for an assumed route.
    """

    name: str
    title: str
    vehicle: str
    status: RouteStatus
    source: str = ""


@dataclass(frozen=True, eq=False)
class Timetable:
    """What runs, on which days and when.

    Attributes
    ----------
    stop_ids, stop_names
        ``n_stops`` each.
    stop_xy
        ``(n_stops, 2)`` metres on the grid of the pack.
    routes
        ``n_routes``.
    pattern_route
        ``(n_patterns,)`` the route of each.
    pattern_start
        ``(n_patterns + 1,)`` where the calls of each pattern begin in the arrays of calls.
    call_stop, call_board, call_alight
        ``(n_calls,)`` the stop of each call, and whether one may get on and off there.
    profile_start
        ``(n_profiles + 1,)`` where the times of each profile begin.
    profile_arrive_s, profile_depart_s
        Seconds after the trip's start at each of its calls; never falling along a trip.
    trip_pattern, trip_profile, trip_service, trip_start_s
        ``(n_trips,)`` pattern, profile, service of `calendar`, and seconds from the start of the service day (noon less
        twelve hours) to the departure from the first stop; more than 24 hours for a trip after midnight.
    calendar
        On which days each service runs.
    """

    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    stop_xy: Floats
    routes: tuple[RouteLine, ...]
    pattern_route: Ints
    pattern_start: Ints
    call_stop: Ints
    call_board: Bools
    call_alight: Bools
    profile_start: Ints
    profile_arrive_s: Ints
    profile_depart_s: Ints
    trip_pattern: Ints
    trip_profile: Ints
    trip_service: Ints
    trip_start_s: Ints
    calendar: Calendar

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.stop_ids)

    @property
    def n_trips(self) -> int:
        """Number of trips."""
        return len(self.trip_pattern)

    def __bool__(self) -> bool:
        return self.n_trips > 0

    @classmethod
    def empty(cls) -> "Timetable":
        """Return a timetable in which nothing runs."""
        return cls.of_trips((), (), np.zeros((0, 2)), (), (), Calendar.always(()))

    @classmethod
    def of_trips(
        cls,
        stop_ids: Sequence[str],
        stop_names: Sequence[str],
        stop_xy: npt.ArrayLike,
        routes: Sequence[RouteLine],
        trips: Sequence["Trip"],
        calendar: Calendar,
    ) -> "Timetable":
        """Compile trips that are written out in full; parameters as for the attributes of the same name.

        Trips may come in any order; in the result they are sorted by pattern and start.
        """
        patterns: dict[tuple[int, tuple[int, ...], tuple[bool, ...], tuple[bool, ...]], int] = {}
        profiles: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        rows = []
        for trip in trips:
            calls = (trip.route, tuple(trip.stops), tuple(trip.board), tuple(trip.alight))
            start = trip.depart_s[0]
            times = (tuple(t - start for t in trip.arrive_s), tuple(t - start for t in trip.depart_s))
            pattern = patterns.setdefault(calls, len(patterns))
            profile = profiles.setdefault(times, len(profiles))
            rows.append((pattern, start, profile, trip.service))
        table = np.array(sorted(rows), dtype=np.int32).reshape(-1, 4)
        sizes = [len(calls[1]) for calls in patterns]
        lengths = [len(arrive) for arrive, _ in profiles]
        return cls(
            tuple(stop_ids),
            tuple(stop_names),
            np.asarray(stop_xy, dtype=np.float64).reshape(-1, 2),
            tuple(routes),
            _ints([calls[0] for calls in patterns]),
            _ints(np.cumsum([0, *sizes])),
            _ints([stop for calls in patterns for stop in calls[1]]),
            _bools(calls[2] for calls in patterns),
            _bools(calls[3] for calls in patterns),
            _ints(np.cumsum([0, *lengths])),
            _ints([t for arrive, _ in profiles for t in arrive]),
            _ints([t for _, depart in profiles for t in depart]),
            table[:, 0].copy(),
            table[:, 2].copy(),
            table[:, 3].copy(),
            table[:, 1].copy(),
            calendar,
        )

    def trips(self) -> list["Trip"]:
        """Write every trip out in full, in order."""
        found = []
        for pattern, profile, service, start in zip(
            *(a.tolist() for a in (self.trip_pattern, self.trip_profile, self.trip_service, self.trip_start_s)),
            strict=True,
        ):
            calls = slice(*self.pattern_start[pattern : pattern + 2].tolist())
            times = slice(*self.profile_start[profile : profile + 2].tolist())
            found.append(
                Trip(
                    int(self.pattern_route[pattern]),
                    tuple(self.call_stop[calls].tolist()),
                    tuple((self.profile_arrive_s[times] + start).tolist()),
                    tuple((self.profile_depart_s[times] + start).tolist()),
                    service,
                    tuple(self.call_board[calls].tolist()),
                    tuple(self.call_alight[calls].tolist()),
                )
            )
        return found

    def of_routes(self, which: Sequence[int] | npt.NDArray[np.integer]) -> "Timetable":
        """Return the timetable with the trips of some routes alone; stops and routes keep their numbers."""
        kept = np.isin(self.pattern_route[self.trip_pattern], np.asarray(which, dtype=np.int64))
        changed = {name: getattr(self, name)[kept] for name in _TRIP}
        return Timetable(**{one.name: changed.get(one.name, getattr(self, one.name)) for one in fields(self)})

    def save(self, path: Path) -> None:
        """Write it to a ``.npz`` file; the same timetable gives the same bytes."""
        arrays: dict[str, Any] = {name: _smallest(getattr(self, name)) for name in _ARRAYS}
        arrays["stop_xy"] = np.rint(self.stop_xy * 100).astype(np.int32)
        arrays |= {f"calendar_{one.name}": getattr(self.calendar, one.name) for one in fields(Calendar)}
        routes = [list(vars(route).values()) for route in self.routes]
        texts = {"stop_ids": self.stop_ids, "stop_names": self.stop_names, "routes": routes}
        arrays["texts"] = np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), dtype=np.uint8)
        with path.open("wb") as handle:
            np.savez_compressed(handle, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Timetable":
        """Read what :meth:`save` wrote; `PackError` when it cannot be read."""
        try:
            # numpy leaves a damaged file open that it has opened itself
            with path.open("rb") as handle, np.load(handle, allow_pickle=False) as stored:
                arrays: dict[str, Any] = {name: stored[name] for name in stored.files}
            texts = json.loads(arrays["texts"].tobytes())
            calendar = Calendar(**{one.name: arrays[f"calendar_{one.name}"] for one in fields(Calendar)})
            whole: dict[str, Any] = {
                name: arrays[name] if arrays[name].dtype == bool else _ints(arrays[name]) for name in _ARRAYS
            }
            return cls(
                stop_ids=tuple(texts["stop_ids"]),
                stop_names=tuple(texts["stop_names"]),
                stop_xy=arrays["stop_xy"] / 100.0,
                routes=tuple(RouteLine(*route) for route in texts["routes"]),
                calendar=calendar,
                **whole,
            )
        except Exception as error:  # zipfile.BadZipFile, zlib.error and the rest share no root
            raise PackError(f"the timetable {path.name} is damaged ({error}); build the pack again") from error


@dataclass(frozen=True)
class Trip:
    """One trip, written out in full.

    Attributes
    ----------
    route
        Index of its route.
    stops
        Indices of its stops, in order.
    arrive_s, depart_s
        Seconds from the start of the service day, as many as stops.
    service
        Index of its service in the calendar.
    board, alight
        Whether one may get on and off at each stop.
    """

    route: int
    stops: tuple[int, ...]
    arrive_s: tuple[int, ...]
    depart_s: tuple[int, ...]
    service: int
    board: tuple[bool, ...]
    alight: tuple[bool, ...]


def joined(parts: Sequence[Timetable]) -> Timetable:
    """Put timetables together; each keeps its own stops, even where two have the same one."""
    parts = [part for part in parts if part.n_stops]
    if not parts:
        return Timetable.empty()
    if len(parts) == 1:
        return parts[0]
    return Timetable(
        tuple(one for part in parts for one in part.stop_ids),
        tuple(one for part in parts for one in part.stop_names),
        np.concatenate([part.stop_xy for part in parts]),
        tuple(one for part in parts for one in part.routes),
        _shifted([part.pattern_route for part in parts], [len(part.routes) for part in parts]),
        _starts([part.pattern_start for part in parts]),
        _shifted([part.call_stop for part in parts], [part.n_stops for part in parts]),
        np.concatenate([part.call_board for part in parts]),
        np.concatenate([part.call_alight for part in parts]),
        _starts([part.profile_start for part in parts]),
        np.concatenate([part.profile_arrive_s for part in parts]),
        np.concatenate([part.profile_depart_s for part in parts]),
        _shifted([part.trip_pattern for part in parts], [len(part.pattern_route) for part in parts]),
        _shifted([part.trip_profile for part in parts], [len(part.profile_start) - 1 for part in parts]),
        _shifted([part.trip_service for part in parts], [len(part.calendar) for part in parts]),
        np.concatenate([part.trip_start_s for part in parts]),
        Calendar.joined([part.calendar for part in parts]),
    )


def _shifted(indices: Sequence[Ints], sizes: Sequence[int]) -> Ints:
    """Put indices one after another, each raised by the sizes of what comes before it."""
    before = np.cumsum([0, *sizes])
    return np.concatenate([part + start for part, start in zip(indices, before, strict=False)]).astype(np.int32)


def _starts(parts: Sequence[Ints]) -> Ints:
    """Return where each piece begins when those of several arrays stand one after another."""
    sizes = np.concatenate([np.diff(part) for part in parts])
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)


_TRIP = ("trip_pattern", "trip_profile", "trip_service", "trip_start_s")
_ARRAYS = (
    "pattern_route",
    "pattern_start",
    "call_stop",
    "call_board",
    "call_alight",
    "profile_start",
    "profile_arrive_s",
    "profile_depart_s",
    *_TRIP,
)


def _ints(values: npt.ArrayLike | Sequence[Any]) -> Ints:
    return np.asarray(values, dtype=np.int32).reshape(-1)


def _bools(parts: Iterable[tuple[bool, ...]]) -> Bools:
    return np.array([may for part in parts for may in part], dtype=np.bool_)


def _smallest(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return whole numbers in the smallest type that holds them."""
    if values.dtype == bool or not len(values):
        return values
    return values.astype(np.promote_types(np.min_scalar_type(values.min()), np.min_scalar_type(values.max())))
