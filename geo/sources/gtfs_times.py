"""The times of a GTFS feed: each call of each trip in order, with the times that the publisher left out."""

import re
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.sources.gtfs_files import Fault, GtfsFiles, faults_of, known_faults

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_TIME = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)")
_NO_TIME = "is not a time such as 09:05:00"
_NOT, _BY_PHONE, _BY_DRIVER = 1, 2, 3
_ON_DEMAND = (_BY_PHONE, _BY_DRIVER)


@dataclass(frozen=True, eq=False)
class Calls:
    """The ``n`` calls of a feed, in the order of the trips of ``trips.txt`` and then of their sequence.

    Attributes
    ----------
    row
        ``(n,)`` row of ``stop_times.txt``.
    trip, stop
        ``(n,)`` rows of ``trips.txt`` and ``stops.txt``.
    arrive_s, depart_s
        ``(n,)`` seconds from the start of the service day; NaN where the publisher gives neither.
    board, alight
        ``(n,)`` whether one may get on and off.
    travelled
        ``(n,)`` ``shape_dist_traveled``, in the feed's own unit; NaN where it is not given.
    on_demand
        ``(n,)`` whether it has to be arranged by telephone or with the driver.
    """

    row: Ints
    trip: Ints
    stop: Ints
    arrive_s: Floats
    depart_s: Floats
    board: Bools
    alight: Bools
    travelled: Floats
    on_demand: Bools

    def take(self, kept: Bools) -> "Calls":
        """Return those calls for which `kept`, ``(n,)``, is True."""
        return Calls(**{one.name: getattr(self, one.name)[kept] for one in fields(self)})


def seconds(text: str) -> float:
    """Read a time of GTFS, which may lie past midnight (``25:10:00``), as seconds; NaN where it is none."""
    found = _TIME.fullmatch(text)
    return float(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) if found else np.nan


def times_of(texts: "pd.Series[str]") -> Floats:
    """Read many times as seconds, ``(n,)``."""
    known = {text: seconds(text) for text in texts.unique()}
    return texts.map(known).to_numpy(dtype=np.float64)


def read_calls(files: GtfsFiles) -> Calls:
    """Read the calls of all trips, in order.

    Raises
    ------
    SourceError
        Trips or stops that are not known, sequences that are there twice, times that are none or go backwards, a first
        or last call without a time; it names file, line and column.
    """
    table = files.tables["stop_times"]
    trips, stops = (pd.Index(files.tables[name][key]) for name, key in (("trips", "trip_id"), ("stops", "stop_id")))
    faults = known_faults(table, "trip_id", trips, "trips.txt")
    faults += known_faults(table, "stop_id", stops, "stops.txt")
    faults += faults_of(table, "stop_sequence", table["stop_sequence"].notna(), "is blank")
    again = table.duplicated(["trip_id", "stop_sequence"])
    faults += faults_of(table, "stop_sequence", ~again, "is there before for this trip")
    times = {}
    for column in ("arrival_time", "departure_time"):
        times[column] = times_of(table[column])
        faults += faults_of(table, column, (table[column] == "") | ~np.isnan(times[column]), _NO_TIME)
    kinds, on_demand = {}, np.zeros(len(table), dtype=bool)
    for column in ("pickup_type", "drop_off_type"):
        kinds[column] = table[column].fillna(0) if column in table else pd.Series(0.0, table.index)
        if column in table:
            faults += faults_of(table, column, kinds[column].isin([0, _NOT, *_ON_DEMAND]), "is not 0, 1, 2 or 3")
        on_demand |= kinds[column].isin(_ON_DEMAND).to_numpy()
    files.refuse("stop_times", faults)

    trip = trips.get_indexer(pd.Index(table["trip_id"])).astype(np.int64)
    order = np.lexsort((table["stop_sequence"].to_numpy(), trip))
    arrive, depart = times["arrival_time"], times["departure_time"]
    arrive, depart = np.where(np.isnan(arrive), depart, arrive), np.where(np.isnan(depart), arrive, depart)
    unknown = pd.Series(np.nan, table.index, dtype="float64")
    calls = Calls(
        order,
        trip[order],
        stops.get_indexer(pd.Index(table["stop_id"])).astype(np.int64)[order],
        arrive[order],
        depart[order],
        (kinds["pickup_type"] != _NOT).to_numpy()[order],
        (kinds["drop_off_type"] != _NOT).to_numpy()[order],
        np.asarray(table.get("shape_dist_traveled", unknown), dtype=np.float64)[order],
        on_demand[order],
    )
    files.refuse("stop_times", _order_faults(table, calls))
    return calls


def _order_faults(table: pd.DataFrame, calls: Calls) -> list[Fault]:
    """List times that are before the one that they follow, and first and last calls without a time."""
    change = np.flatnonzero(np.diff(calls.trip)) + 1
    ends = np.concatenate([[0], change, change - 1, [len(calls.trip) - 1]])
    blank = np.unique(ends[np.isnan(calls.arrive_s[ends])])
    faults = [
        Fault(row, "arrival_time", "", "is blank, and the first and the last call of a trip need a time")
        for row in calls.row[blank].tolist()
    ]
    timed = np.flatnonzero(~np.isnan(calls.arrive_s))
    left = timed[calls.depart_s[timed] < calls.arrive_s[timed]]
    for row in calls.row[left].tolist():
        early, late = table["departure_time"].iloc[row], table["arrival_time"].iloc[row]
        faults.append(Fault(row, "departure_time", early, f"is before the arrival, {late}"))
    before, after = timed[:-1], timed[1:]
    back = (calls.trip[before] == calls.trip[after]) & (calls.arrive_s[after] < calls.depart_s[before])
    for was, row in zip(calls.row[before[back]].tolist(), calls.row[after[back]].tolist(), strict=True):
        column = "arrival_time" if table["arrival_time"].iloc[row] else "departure_time"
        earlier = table["departure_time"].iloc[was] or table["arrival_time"].iloc[was]
        faults.append(Fault(row, column, table[column].iloc[row], f"is before the call before it, {earlier}"))
    return faults


def fill_times(calls: Calls, stop_xy: Floats) -> tuple[Floats, Floats]:
    """Give every call whole seconds: between two calls with a time, in proportion to the way.

    The way is ``shape_dist_traveled`` where the feed gives it for all calls from the one to the other, else the
    straight lines from stop to stop; where neither says anything, the calls are spread evenly.

    Parameters
    ----------
    calls
        Calls whose trips begin and end with a time.
    stop_xy
        ``(n_stops, 2)`` metres.

    Returns
    -------
    arrive_s, depart_s
        ``(n,)`` whole seconds.
    """
    arrive, depart = calls.arrive_s.copy(), calls.depart_s.copy()
    blank = np.isnan(arrive)
    edges = np.diff(blank.astype(np.int8), prepend=0, append=0)
    for start, end in zip(np.flatnonzero(edges == 1) - 1, np.flatnonzero(edges == -1), strict=True):
        between = slice(start, end + 1)
        share = _share(calls.travelled[between], stop_xy[calls.stop[between]])
        arrive[between] = depart[start] + share * (arrive[end] - depart[start])
        arrive[start] = calls.arrive_s[start]
        depart[start + 1 : end] = arrive[start + 1 : end]
    return np.rint(arrive), np.rint(depart)


def _share(travelled: Floats, xy: Floats) -> Floats:
    """Return how much of the way from the first of some calls to the last lies behind each, from 0 to 1."""
    steps = np.diff(travelled)
    if not (np.isfinite(steps).all() and (steps >= 0).all() and steps.sum() > 0):
        steps = np.hypot(*np.diff(xy, axis=0).T)
    if not (np.isfinite(steps).all() and steps.sum() > 0):
        steps = np.ones(len(xy) - 1)
    done = np.concatenate([[0.0], np.cumsum(steps)])
    share: Floats = done / done[-1]
    return share
