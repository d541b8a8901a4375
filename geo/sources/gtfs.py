"""Timetables in GTFS, the General Transit Feed Specification, as the Bus Open Data Service and others publish them.

Publisher and format: *GTFS Schedule reference* (gtfs.org) gives the files, their columns and what they mean. Times past
midnight (``25:10:00``) belong to the day on which the trip starts. Of a feed, the stops, routes, trips, times, days and
intervals are read; fares, shapes and transfers are not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coordinates import to_grid
from geo.errors import SourceError
from geo.sources.gtfs_calendar import read_calendar
from geo.sources.gtfs_files import GtfsFiles, faults_of, known_faults, read_files, unique_faults
from geo.sources.gtfs_times import Calls, fill_times, read_calls, times_of
from geo.sources.names import tidy_name
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip

Floats = npt.NDArray[np.float64]

_ANY_VEHICLE = "bus"
# Kinds of route of the specification, and ranges of the extended ones that most publishers in Europe use.
_VEHICLES = {0: "tram", 1: "metro", 2: "train", 3: "bus", 4: "ferry", 5: "tram", 7: "train", 11: "bus", 12: "metro"}
_VEHICLE_RANGES = (
    (range(100, 200), "train"),
    (range(200, 300), "coach"),
    (range(400, 500), "metro"),
    (range(700, 900), "bus"),
    (range(900, 1000), "tram"),
    (range(1000, 1100), "ferry"),
    (range(1200, 1300), "ferry"),
)


@dataclass(frozen=True, eq=False)
class GtfsReading:
    """What a feed has of an area.

    Attributes
    ----------
    timetable
        The trips with at least two calls in the area, cut to these calls.
    rows_read
        Rows of ``stop_times.txt``.
    used
        How many of them are calls of the timetable.
    left_out
        How many are not, by reason; with `used` they add up to `rows_read`.
    notes
        What was ignored or filled in, in a sentence each.
    source, vintage
        What the feed is called, and of when it is.
    """

    timetable: Timetable
    rows_read: int
    used: int
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    source: str
    vintage: str


def read_gtfs(path: Path, *, source: str, vintage: str, crs: str, extent: BaseGeometry) -> GtfsReading:
    """Read the timetable of an area.

    A trip is cut to its calls in the extent; where it leaves and comes back, those between are left out. Trips with
    fewer than two calls in it are left out, and so are stops, routes and services of which nothing is left.

    Parameters
    ----------
    path
        A feed, as a zip.
    source
        Key of the source in the recipe, kept in every route.
    vintage
        Of when the feed is, kept in the reading.
    crs
        The grid of the area.
    extent
        The area, metres of `crs`; its edge belongs to it.

    Raises
    ------
    SourceError
        The feed cannot be used, or has no trip in the extent; it names file, line, column and value.
    """
    files = read_files(path)
    services, calendar = read_calendar(files)
    _check_ids(files, services)
    calls, starts = read_calls(files), _starts(files)
    notes = list(files.notes)
    xy = _positions(files, calls, crs, notes)

    inside = shapely.intersects_xy(extent, xy[:, 0], xy[:, 1])[calls.stop]
    per_trip = np.bincount(calls.trip, weights=inside, minlength=len(files.tables["trips"]))
    if not (per_trip >= 2).any():
        raise SourceError(_nothing_here(files, calls))
    kept = per_trip[calls.trip] >= 2
    whole = calls.take(kept)
    here = inside[kept]
    arrive_s, depart_s = fill_times(whole, xy)
    first = np.flatnonzero(np.diff(whole.trip, prepend=-1))
    first_s = dict(zip(whole.trip[first].tolist(), depart_s[first].astype(int).tolist(), strict=True))
    shifts = {row: [start - first_s[row] for start in starts[row]] for row in first_s.keys() & starts.keys()}
    near = whole.take(here)
    notes += _notes(files, near, shifts, len(np.unique(calls.trip)))
    near = replace(near, arrive_s=arrive_s[here], depart_s=depart_s[here])
    timetable = _compiled(files, near, xy, services, calendar, shifts, source, notes)
    alone = int((inside & ~kept).sum())
    left_out = {
        "outside the area": int((~inside).sum()),
        "the only call of its trip in the area": alone,
    }
    return GtfsReading(timetable, len(calls.trip), len(near.trip), left_out, tuple(notes), source, vintage)


def _check_ids(files: GtfsFiles, services: Collection[str]) -> None:
    """Check that every stop, route and trip is there once, and that every trip has a route and days."""
    trips = files.tables["trips"]
    for name, key in (("stops", "stop_id"), ("routes", "route_id")):
        files.refuse(name, unique_faults(files.tables[name], key))
    faults = unique_faults(trips, "trip_id")
    faults += known_faults(trips, "route_id", files.tables["routes"]["route_id"], "routes.txt")
    faults += known_faults(trips, "service_id", services, "calendar.txt, nor in calendar_dates.txt")
    files.refuse("trips", faults)


def _compiled(
    files: GtfsFiles,
    calls: Calls,
    xy: Floats,
    services: Collection[str],
    calendar: Calendar,
    shifts: Mapping[int, Sequence[int]],
    source: str,
    notes: list[str],
) -> Timetable:
    """Put calls together as a timetable; a trip with `shifts`, seconds, runs once for each and not by itself."""
    trips, stops = files.tables["trips"], files.tables["stops"]
    stop_rows, stop_of = np.unique(calls.stop, return_inverse=True)
    trip_rows, starts = np.unique(calls.trip, return_index=True)
    route = pd.Index(files.tables["routes"]["route_id"]).get_indexer(pd.Index(trips["route_id"].iloc[trip_rows]))
    service = pd.Index(list(services)).get_indexer(pd.Index(trips["service_id"].iloc[trip_rows]))
    route_rows, route_of = np.unique(route, return_inverse=True)
    service_rows, service_of = np.unique(service, return_inverse=True)
    made: list[Trip] = []
    for place, (row, start, end) in enumerate(
        zip(trip_rows.tolist(), starts, [*starts[1:], len(calls.trip)], strict=True)
    ):
        cut = slice(start, end)
        once = Trip(
            int(route_of[place]),
            tuple(stop_of[cut].tolist()),
            tuple(calls.arrive_s[cut].astype(int).tolist()),
            tuple(calls.depart_s[cut].astype(int).tolist()),
            int(service_of[place]),
            tuple(calls.board[cut].tolist()),
            tuple(calls.alight[cut].tolist()),
        )
        made += [once] if row not in shifts else [_moved(once, seconds) for seconds in shifts[row]]
    names = stops.get("stop_name", stops["stop_id"])
    names = names.where(names != "", stops["stop_id"]).iloc[stop_rows]
    return Timetable.of_trips(
        stops["stop_id"].iloc[stop_rows].tolist(),
        [tidy_name(name) for name in names],
        xy[stop_rows],
        _routes(files, route_rows, source, notes),
        made,
        calendar.take(service_rows),
    )


def _moved(trip: Trip, by_s: int) -> Trip:
    arrive_s, depart_s = (tuple(second + by_s for second in times) for times in (trip.arrive_s, trip.depart_s))
    return replace(trip, arrive_s=arrive_s, depart_s=depart_s)


def _positions(files: GtfsFiles, calls: Calls, crs: str, notes: list[str]) -> Floats:
    """Return the position of every stop, ``(n_stops, 2)``; NaN for one that has none and at which no trip calls."""
    stops = files.tables["stops"]
    called = np.zeros(len(stops), dtype=bool)
    called[calls.stop] = True
    faults, unplaced = [], np.zeros(len(stops), dtype=bool)
    for column, most in (("stop_lat", 90), ("stop_lon", 180)):
        blank, right = stops[column].isna(), stops[column].abs() <= most
        faults += faults_of(stops, column, ~(blank & called), "is blank, and trips call there")
        faults += faults_of(stops, column, blank | right | ~called, f"is not between -{most} and {most} degrees")
        unplaced |= ~right.to_numpy()
    files.refuse("stops", faults)
    if unplaced.any():
        notes.append(f"{unplaced.sum()} stops without a position, at which no trip calls, were left out")
    lon, lat = (stops[column].mask(unplaced) for column in ("stop_lon", "stop_lat"))
    return np.column_stack(to_grid(lon, lat, crs))


def _starts(files: GtfsFiles) -> dict[int, list[int]]:
    """Return when each trip of ``frequencies.txt`` starts, seconds, by row of ``trips.txt``; the end does not count."""
    table = files.tables.get("frequencies")
    if table is None:
        return {}
    faults = known_faults(table, "trip_id", files.tables["trips"]["trip_id"], "trips.txt")
    first, last = times_of(table["start_time"]), times_of(table["end_time"])
    for column, found in (("start_time", first), ("end_time", last)):
        faults += faults_of(table, column, ~np.isnan(found), "is not a time such as 09:05:00")
    faults += faults_of(table, "end_time", ~(last <= first), "is not after the start")
    faults += faults_of(table, "headway_secs", table["headway_secs"] > 0, "is not a number of seconds above 0")
    files.refuse("frequencies", faults)
    row_of = pd.Index(files.tables["trips"]["trip_id"]).get_indexer(pd.Index(table["trip_id"]))
    found_starts: dict[int, list[int]] = {}
    for row, start, end, step in zip(row_of.tolist(), first, last, table["headway_secs"], strict=True):
        found_starts.setdefault(row, []).extend(range(int(start), int(end), int(step)))
    return found_starts


def _routes(files: GtfsFiles, rows: npt.NDArray[np.intp], source: str, notes: list[str]) -> list[RouteLine]:
    table = files.tables["routes"].iloc[rows]
    made, unknown = [], set()
    for route in table.to_dict("records"):
        kind = route["route_type"]
        vehicle = _vehicle(kind)
        if not vehicle:
            unknown.add("none" if np.isnan(kind) else f"{kind:.0f}")
        short, title = route.get("route_short_name", ""), route.get("route_long_name", "")
        name = short or title or route["route_id"]
        made.append(RouteLine(name, title if title != name else "", vehicle or _ANY_VEHICLE, "published", source))
    if unknown:
        notes.append(f"routes of a kind that is not known (route_type {', '.join(sorted(unknown))}) count as buses")
    return made


def _vehicle(kind: float) -> str:
    """Return what runs on a route; the empty string where its kind is not known, or NaN."""
    whole = -1 if np.isnan(kind) else int(kind)
    return _VEHICLES.get(whole, "") or next((vehicle for kinds, vehicle in _VEHICLE_RANGES if whole in kinds), "")


def _notes(files: GtfsFiles, calls: Calls, shifts: Mapping[int, object], trips_called: int) -> list[str]:
    """Say of the calls in the area, as they were read, what was filled in or taken for granted."""
    untimed, on_demand = int(np.isnan(calls.arrive_s).sum()), int(calls.on_demand.sum())
    silent = len(files.tables["trips"]) - trips_called
    told = {
        "trips have no stop times and were left out": silent,
        "calls have no time; theirs lies between those before and after, in proportion to the way": untimed,
        "trips run at intervals (frequencies.txt): every departure is written out, as if its time were exact": len(
            shifts
        ),
        "calls have to be arranged by telephone or with the driver; they count as any other": on_demand,
    }
    return [f"{count} {said}" for said, count in told.items() if count]


def _nothing_here(files: GtfsFiles, calls: Calls) -> str:
    at = files.tables["stops"].iloc[np.unique(calls.stop)]
    lon, lat = at["stop_lon"], at["stop_lat"]
    return (
        f"{files.path.name}: no trip of the feed calls twice in the area: its stops lie between longitude "
        f"{lon.min():.3f} and {lon.max():.3f}, latitude {lat.min():.3f} and {lat.max():.3f}; choose a feed of this area"
    )
