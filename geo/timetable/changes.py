"""Changes of a timetable that a plan makes: routes added, run more or less often, shortened or cut, and stops moved.

Every change makes a new timetable; the old one stays as it is. A route that a plan adds has the status ``planned``, so
that it counts whether assumed routes count or not. A route that a plan changes keeps its own status: otherwise a route
that does not count before the plan would count after it, and be a gain that the plan does not make.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InputError, UnknownNameError
from geo.timetable.calendar import ANY_DATE, Calendar
from geo.timetable.headways import Run, runs_on, seconds_along, timetable_of_runs
from geo.timetable.planned import (
    OPPOSITE_M,
    VEHICLES,
    Every,
    NewStop,
    RouteAdded,
    RouteCut,
    RouteEvery,
    RouteShortened,
    StopMoved,
    TimetableChange,
)
from geo.timetable.timetable import RouteLine, Timetable, Trip, joined

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_NAMED_ROUTES = 60


def route_keys(timetable: Timetable) -> dict[str, int]:
    """Return the routes that run, by the name by which a plan calls them: with its title where two have one name."""
    keys: dict[str, int] = {}
    names = [route.name or route.title for route in timetable.routes]
    for number, route in enumerate(timetable.routes):
        key = names[number]
        if names.count(key) > 1 and route.title:
            key = f"{route.name} ({route.title})"
        tries = 1
        while (taken := key if tries == 1 else f"{key} [{tries}]") in keys:
            tries += 1
        keys[taken] = number
    running = set(timetable.pattern_route[timetable.trip_pattern].tolist())
    return {key: number for key, number in keys.items() if number in running}


def stops_along(timetable: Timetable, route: str) -> list[int]:
    """Return the stops of the longest way of a route, in order; `UnknownNameError` when there is no such route."""
    trips = timetable.of_routes([_route(timetable, route)])
    used = np.unique(trips.trip_pattern)
    longest = int(used[np.argmax(np.diff(timetable.pattern_start)[used])])
    return [int(one) for one in timetable.call_stop[slice(*timetable.pattern_start[longest : longest + 2])]]


def changed(timetable: Timetable, changes: Sequence[TimetableChange]) -> Timetable:
    """Make changes, in their order; without any it is the same object.

    Raises
    ------
    UnknownNameError
        When there is no such route or stop.
    InputError
        When a change cannot be made, or would change nothing.
    """
    for change in changes:
        match change:
            case RouteAdded():
                timetable = _added(timetable, change)
            case RouteEvery(route, every):
                timetable = _run_every(timetable, _route(timetable, route), every)
            case RouteShortened():
                timetable = _shortened(timetable, change)
            case RouteCut(route):
                timetable = _with(timetable, ~_of_route(timetable, _route(timetable, route)), ())
            case StopMoved():
                timetable = _moved(timetable, change)
    return timetable


def _route(timetable: Timetable, key: str) -> int:
    keys = route_keys(timetable)
    if key not in keys:
        raise UnknownNameError("route", key[:100], list(keys)[:_NAMED_ROUTES])
    return keys[key]


def _stops(timetable: Timetable, stop: str) -> list[int]:
    """Return every stop with an id: timetables that were put together may share one."""
    found = [number for number, one in enumerate(timetable.stop_ids) if one == stop]
    if not found:
        raise UnknownNameError("stop", stop[:100], list(timetable.stop_ids)[:_NAMED_ROUTES])
    return found


def _of_route(timetable: Timetable, route: int) -> Bools:
    mine: Bools = timetable.pattern_route[timetable.trip_pattern] == route
    return mine


def _with(timetable: Timetable, kept: Bools, trips: Sequence[Trip], calendar: Calendar | None = None) -> Timetable:
    """Return a timetable with some of its trips and others beside them, which may use services of another calendar.

    The services of `calendar` begin with those of the timetable.
    """
    calendar = timetable.calendar if calendar is None else calendar
    names = [field.name for field in fields(Timetable) if field.name.startswith("trip_")]
    rest = replace(timetable, calendar=calendar, **{name: getattr(timetable, name)[kept] for name in names})
    if not trips:
        return rest
    stops = (timetable.stop_ids, timetable.stop_names, timetable.stop_xy)
    # Put together with the same stops, routes and services twice; the second set of each is then that of the first.
    both = joined([rest, Timetable.of_trips(*stops, timetable.routes, trips, calendar)])
    return replace(
        both,
        stop_ids=timetable.stop_ids,
        stop_names=timetable.stop_names,
        stop_xy=timetable.stop_xy,
        routes=timetable.routes,
        calendar=calendar,
        pattern_route=both.pattern_route % np.int32(len(timetable.routes)),
        call_stop=both.call_stop % np.int32(timetable.n_stops),
        trip_service=both.trip_service % np.int32(len(calendar)),
    )


def _added(timetable: Timetable, change: RouteAdded) -> Timetable:
    if change.name in {route.name for route in timetable.routes}:
        raise InputError(f"there is a route {change.name!r} already; give the new one another name")
    if change.vehicle not in VEHICLES:
        raise UnknownNameError("vehicle", change.vehicle, list(VEHICLES))
    if not 3 <= change.speed_kmh <= 300:
        raise InputError(f"a speed of {change.speed_kmh} km/h from stop to stop is out of range: give 3 to 300")
    if len(change.stops) < 2 or not change.every:
        raise InputError(f"the route {change.name!r} needs two stops or more, and how often it runs")
    new = [stop for stop in dict.fromkeys(change.stops) if isinstance(stop, NewStop)]
    ids = [*timetable.stop_ids, *(stop.stop for stop in new)]
    xy = np.concatenate(
        [timetable.stop_xy, np.array([(stop.easting, stop.northing) for stop in new], dtype=np.float64).reshape(-1, 2)]
    )
    places = [
        timetable.n_stops + new.index(stop) if isinstance(stop, NewStop) else _stops(timetable, stop)[0]
        for stop in change.stops
    ]
    ways = [places, places[::-1]] if change.both_ways else [places]
    runs = [
        Run(
            len(timetable.routes),
            len(timetable.calendar) + number,
            tuple(way),
            seconds_along(xy[way], change.speed_kmh),
            one.starts_s,
        )
        for number, one in enumerate(change.every)
        for way in ways
    ]
    calendar = Calendar.joined([timetable.calendar, Calendar.always([runs_on(one.weekdays) for one in change.every])])
    names = [*timetable.stop_names, *(stop.name for stop in new)]
    routes = [*timetable.routes, RouteLine(change.name, "", change.vehicle, "planned")]
    whole = replace(
        timetable,
        stop_ids=tuple(ids),
        stop_names=tuple(names),
        stop_xy=xy,
        routes=tuple(routes),
        calendar=calendar,
    )
    added = timetable_of_runs(ids, names, xy, routes, runs, calendar)
    return _with(whole, np.ones(whole.n_trips, dtype=bool), added.trips(), calendar)


def _ways(trips: Sequence[Trip]) -> list[int]:
    """Return the way of each trip: two run the same way when they call at two stops in the same order."""
    patterns = list(dict.fromkeys(trip.stops for trip in trips))
    pairs: dict[tuple[int, int], int] = {}
    rows, columns = [], []
    for number, stops in enumerate(patterns):
        for pair in {(one, other) for place, one in enumerate(stops) for other in stops[place + 1 :]}:
            rows.append(number)
            columns.append(len(patterns) + pairs.setdefault(pair, len(pairs)))
    size = len(patterns) + len(pairs)
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    way = dict(zip(patterns, connected_components(graph, directed=False)[1].tolist(), strict=False))
    return [way[trip.stops] for trip in trips]


def _run_every(timetable: Timetable, route: int, every: Every) -> Timetable:
    """Give the ways of a route other departures in a window.

    A new departure calls where, and takes as long as, the old one of that way and those days that is nearest to it in
    time. It runs on the dates on which the route ran; on every such weekday, where it never ran on that day of a week.
    """
    mine = _of_route(timetable, route)
    trips = timetable.of_routes([route]).trips()
    days = np.array(runs_on(every.weekdays))
    services = np.unique([trip.service for trip in trips])
    old = timetable.calendar.take(services)
    on_days, on_others = _on(old, days), _on(old, ~days)
    count = len(timetable.calendar)
    calendar = Calendar.joined([timetable.calendar, on_others, _whenever(old, days)])
    start_s, end_s = every.window_s
    kept: list[Trip] = []
    by_way: dict[int, list[Trip]] = {}
    for trip, way in zip(trips, _ways(trips), strict=True):
        by_way.setdefault(way, []).append(trip)
        place = int(np.searchsorted(services, trip.service))
        if not start_s <= trip.depart_s[0] < end_s:
            kept.append(trip)
        elif _ever(on_others, place):
            kept.append(replace(trip, service=count + place))
    today = {int(service) for place, service in enumerate(services) if _ever(on_days, place)}
    for like in by_way.values():
        like = [trip for trip in like if trip.service in today] or like
        starts = np.array([trip.depart_s[0] for trip in like])
        for start in every.starts_s.tolist():
            nearest = like[int(np.argmin(np.abs(starts - start)))]
            kept.append(replace(_later(nearest, start - nearest.depart_s[0]), service=count + len(services)))
    return _with(timetable, ~mine, kept, calendar)


def _later(trip: Trip, seconds: int) -> Trip:
    arrive, depart = (tuple(time + seconds for time in times) for times in (trip.arrive_s, trip.depart_s))
    return replace(trip, arrive_s=arrive, depart_s=depart)


def _weekday(days: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return the weekday, from 0, of days as ordinals: the first day of all is a Monday."""
    return (days - 1) % 7


def _on(calendar: Calendar, days: Bools) -> Calendar:
    """Return the services as they run on some days of the week alone, ``(7,)``."""
    kept = days[_weekday(calendar.exception_day)]
    return replace(
        calendar,
        weekdays=calendar.weekdays & days,
        exception_service=calendar.exception_service[kept],
        exception_day=calendar.exception_day[kept],
        exception_runs=calendar.exception_runs[kept],
    )


def _ever(calendar: Calendar, service: int) -> bool:
    """Tell whether a service runs on any day."""
    added = calendar.exception_runs & (calendar.exception_service == service)
    return bool(calendar.weekdays[service].any() or added.any())


def _whenever(calendar: Calendar, days: Bools) -> Calendar:
    """Return one service that runs on some days of the week whenever any of the services does.

    On a day of the week on which none ever runs, it runs in every week between their first and last day.
    """
    every = np.array(calendar.weekdays.any(axis=0), dtype=bool)
    every[_weekday(calendar.exception_day[calendar.exception_runs])] = True
    new = days & ~every
    undated = (calendar.first == ANY_DATE[0]) & (calendar.last == ANY_DATE[1])
    usual = undated if undated.any() else ~undated
    first, last = int(calendar.first[usual].min()), int(calendar.last[usual].max())
    weekdays = (calendar.weekdays[usual].any(axis=0) & days) | new
    looked_at = [*calendar.exception_day.tolist()]
    if not undated.all():
        looked_at += range(int(calendar.first[~undated].min()), int(calendar.last[~undated].max()) + 1)
    exceptions = []
    for day in sorted(set(looked_at)):
        weekday = (day - 1) % 7
        runs = bool(days[weekday] and (new[weekday] or calendar.runs(date.fromordinal(day)).any()))
        if runs != bool(weekdays[weekday] and first <= day <= last):
            exceptions.append((day, runs))
    return Calendar(
        weekdays[None, :],
        np.array([first], dtype=np.int32),
        np.array([last], dtype=np.int32),
        np.zeros(len(exceptions), dtype=np.int32),
        np.array([day for day, _ in exceptions], dtype=np.int32),
        np.array([runs for _, runs in exceptions], dtype=np.bool_),
        np.array([calendar.valid_first.max()], dtype=np.int32),
        np.array([calendar.valid_last.min()], dtype=np.int32),
    )


def _shortened(timetable: Timetable, change: RouteShortened) -> Timetable:
    """Shorten a route; see `RouteShortened`."""
    if not 1 <= change.of_every <= 20:
        raise InputError(f"one of every {change.of_every} departures is out of range: give 1 to 20")
    route = _route(timetable, change.route)
    part = _part_of(timetable, _stops(timetable, change.first), _stops(timetable, change.last))
    trips = timetable.of_routes([route]).trips()
    seen: dict[tuple[int, int], int] = {}
    made, shortened = [], 0
    for way, trip in sorted(zip(_ways(trips), trips, strict=True), key=lambda row: row[1].depart_s[0]):
        calls = part(trip.stops)
        if calls == slice(0, len(trip.stops)):
            made.append(trip)
            continue
        seen[way, trip.service] = seen.get((way, trip.service), 0) + 1
        if seen[way, trip.service] % change.of_every:
            made.append(trip)
            continue
        shortened += 1
        if calls.stop - calls.start >= 2:
            made.append(_of_calls(trip, calls))
    if not shortened:
        raise InputError(f"no departure of the route {change.route!r} goes beyond these two stops: choose others")
    return _with(timetable, ~_of_route(timetable, route), made)


def _of_calls(trip: Trip, calls: slice) -> Trip:
    depart = trip.depart_s[calls]
    return replace(
        trip,
        stops=trip.stops[calls],
        arrive_s=(depart[0], *trip.arrive_s[calls][1:]),
        depart_s=depart,
        board=trip.board[calls],
        alight=trip.alight[calls],
    )


def _part_of(timetable: Timetable, first: list[int], last: list[int]) -> Callable[[tuple[int, ...]], slice]:
    """Return what tells which calls of a pattern lie between two stops.

    Where only one of them is on the pattern, the part is that towards the other.
    """
    xy = timetable.stop_xy

    def place(stops: tuple[int, ...], ends: list[int]) -> int | None:
        for number, stop in enumerate(stops):
            if stop in ends:
                return number
        away_m = np.hypot(*(xy[list(stops)] - xy[ends[0]]).T)
        nearest = int(np.argmin(away_m))
        return nearest if away_m[nearest] <= OPPOSITE_M else None

    def part(stops: tuple[int, ...]) -> slice:
        one, other = place(stops, first), place(stops, last)
        if one is not None and other is not None:
            return slice(min(one, other), max(one, other) + 1)
        found, towards = (one, last) if one is not None else (other, first)
        if found is None:
            return slice(0, len(stops))
        start_m, end_m = np.hypot(*(xy[[stops[0], stops[-1]]] - xy[towards[0]]).T)
        return slice(0, found + 1) if start_m < end_m else slice(found, len(stops))

    return part


def _moved(timetable: Timetable, change: StopMoved) -> Timetable:
    """Move a stop: walks follow; so do times that are made of a speed, each leg at the speed that it had."""
    moved = _stops(timetable, change.stop)
    xy = timetable.stop_xy.copy()
    xy[moved] = change.easting, change.northing
    made_up = np.array([route.status != "published" for route in timetable.routes], dtype=bool)
    calls_there = np.isin(timetable.call_stop, moved)
    pattern = np.repeat(np.arange(len(timetable.pattern_route)), np.diff(timetable.pattern_start))
    follow = np.zeros(len(timetable.pattern_route), dtype=bool)
    follow[pattern[calls_there]] = True
    follow &= made_up[timetable.pattern_route]
    mine = follow[timetable.trip_pattern]
    names = [field.name for field in fields(Timetable) if field.name.startswith("trip_")]
    trips = replace(timetable, **{name: getattr(timetable, name)[mine] for name in names}).trips()
    made = [_at_its_speed(trip, timetable.stop_xy, xy) for trip in trips]
    return _with(replace(timetable, stop_xy=xy), ~mine, made)


def _at_its_speed(trip: Trip, before_xy: Floats, after_xy: Floats) -> Trip:
    stops = list(trip.stops)
    before_m, after_m = (np.hypot(*np.diff(xy[stops], axis=0).T) for xy in (before_xy, after_xy))
    arrive, depart = np.array(trip.arrive_s), np.array(trip.depart_s)
    leg_s = arrive[1:] - depart[:-1]
    total_m, total_s = before_m.sum(), leg_s.sum()
    usual = total_s / total_m if total_m > 0 else 0.0  # of a leg between two stops at one place
    pace = np.where(before_m > 0, leg_s / np.where(before_m > 0, before_m, 1.0), usual)
    longer_s = np.concatenate([[0.0], np.cumsum(pace * after_m - leg_s)])
    arrive, depart = (np.rint(times + longer_s).astype(int) for times in (arrive, depart))
    return replace(trip, arrive_s=tuple(arrive.tolist()), depart_s=tuple(depart.tolist()))
