"""Buses and trains of a plan: its changes of the timetable, worked out for an area."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from analysis.scenario.scenario import (
    MOST_CALLS,
    AddRoute,
    CutRoute,
    MoveStop,
    RouteChange,
    RunRoute,
    ShortenRoute,
    Spot,
    Stop,
    Venue,
)
from geo.errors import InputError, UnknownNameError
from geo.network.modes import Mode
from geo.pack import AreaPack
from geo.timetable.changes import changed, route_keys
from geo.timetable.planned import (
    NewStop,
    RouteAdded,
    RouteCut,
    RouteEvery,
    RouteShortened,
    StopMoved,
    TimetableChange,
)
from geo.timetable.timetable import Timetable

Routes = tuple[TimetableChange, ...]
_PREFIX = "naptan-"


def with_route(
    pack: AreaPack, routes: Routes, change: RouteChange, mode: Mode, position: Callable[[Spot], tuple[float, float]]
) -> Routes:
    """Return the changes of the timetable with one more, after trying it.

    Parameters
    ----------
    pack, mode
        The area, and how families travel.
    routes
        The changes before it.
    change
        The change of the plan.
    position
        Finds easting and northing of a spot.

    Raises
    ------
    UnknownNameError
        When there is no such route, stop or place.
    InputError
        When the area has no timetable, the change cannot be made, the route is assumed and the mode does not count
        such routes, or the plan would add more than `MOST_CALLS`.
    """
    if not pack.timetable:
        raise InputError(f"there is no timetable in the data of {pack.name}: no bus or train is known to be changed")
    if isinstance(change, AddRoute):
        _check_calls(change.calls)  # before it is made: one route can be as large as all that run in a city
    if isinstance(change, RunRoute | ShortenRoute | CutRoute):
        _check_counts(planned_timetable(pack, routes), change.route, mode)
    made = (*routes, _resolved(pack, routes, change, position))
    _check_calls(_calls(planned_timetable(pack, made)) - _calls(pack.timetable))
    return made


@lru_cache(maxsize=32)
def planned_timetable(pack: AreaPack, routes: Routes) -> Timetable:
    """Return the timetable of an area after changes; errors as for :func:`geo.timetable.changes.changed`."""
    return changed(planned_timetable(pack, routes[:-1]), routes[-1:]) if routes else pack.timetable


def stop_position(timetable: Timetable, stop: str) -> tuple[float, float]:
    """Return easting and northing of a stop; `UnknownNameError` when the timetable has none with that id."""
    if stop not in timetable.stop_ids:
        raise UnknownNameError("stop", stop[:100], [])
    easting, northing = timetable.stop_xy[timetable.stop_ids.index(stop)]
    return float(easting), float(northing)


def _calls(timetable: Timetable) -> int:
    """Return how many calls at stops all trips of a timetable make."""
    return int(np.diff(timetable.pattern_start)[timetable.trip_pattern].sum())


def _check_calls(calls: int) -> None:
    if calls > MOST_CALLS:
        raise InputError(
            f"the plan adds {calls:,} calls at stops; at most {MOST_CALLS:,} can be worked out: "
            "let routes run less often, or call at fewer stops"
        )


def _check_counts(timetable: Timetable, route: str, mode: Mode) -> None:
    number = route_keys(timetable).get(route)
    if number is None or mode.timing is None or mode.timing.assumed:
        return
    if timetable.routes[number].status == "assumed":
        raise InputError(
            f"the times of the route {route!r} are assumed, and {mode.name} does not count such routes: choose to "
            f"count them ({mode.kind}@{mode.timing.text()},assumed)"
        )


def _resolved(
    pack: AreaPack, routes: Routes, change: RouteChange, position: Callable[[Spot], tuple[float, float]]
) -> TimetableChange:
    match change:
        case AddRoute():
            known = set(planned_timetable(pack, routes).stop_ids)
            stops = tuple(_stop(pack, spot, known, position) for spot in change.stops)
            return RouteAdded(
                change.name, change.vehicle, stops, change.every, float(change.speed_kmh), change.both_ways
            )
        case RunRoute():
            return RouteEvery(change.route, change.every)
        case ShortenRoute():
            return RouteShortened(change.route, change.first, change.last, change.of_every)
        case CutRoute():
            return RouteCut(change.route)
        case MoveStop():
            return StopMoved(change.stop, *position(change.at))


def _stop(
    pack: AreaPack, spot: Spot, known: set[str], position: Callable[[Spot], tuple[float, float]]
) -> str | NewStop:
    """Return the id of a stop of the timetable, or a new stop at any other place."""
    match spot:
        case Stop(stop):
            return stop
        case Venue(service) if (stop := service.removeprefix(_PREFIX)) in known:
            return stop
    easting, northing = position(spot)
    stop = f"{easting:.1f},{northing:.1f}"
    name = str(pack.services["name"].get(spot.service, stop)) if isinstance(spot, Venue) else stop
    return stop if stop in known else NewStop(stop, name, easting, northing)
