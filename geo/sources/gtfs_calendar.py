"""The days of a GTFS feed: ``calendar.txt``, ``calendar_dates.txt`` and the validity in ``feed_info.txt``."""

from datetime import date, datetime

import gtfs_kit
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import SourceError
from geo.sources.gtfs_files import Fault, GtfsFiles, faults_of, unique_faults
from geo.timetable.calendar import Calendar

Ints = npt.NDArray[np.int32]
_ADDED, _REMOVED = 1, 2


def read_calendar(files: GtfsFiles) -> tuple[tuple[str, ...], Calendar]:
    """Read the ids of the services of a feed and the days on which they run.

    A service of ``calendar_dates`` alone runs on no weekday but on its dates. The days of which the feed speaks are
    those of ``feed_info`` where it gives them, else from the first to the last day of its services.

    Raises
    ------
    SourceError
        Dates or kinds of exception that are none, an end before the start, a service or an exception that is there
        twice; it names file, line and column.
    """
    services = files.tables.get("calendar")
    dates = files.tables.get("calendar_dates")
    names = [] if services is None else services["service_id"].tolist()
    weekdays = np.zeros((0, 7), dtype=bool)
    first = last = np.zeros(0, dtype=np.int32)
    if services is not None:
        weekdays, first, last = _services(files, services)
    service, day, runs = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=bool)
    if dates is not None:
        _check_exceptions(files, dates)
        names = list(dict.fromkeys([*names, *dates["service_id"]]))
        service = pd.Index(names).get_indexer(pd.Index(dates["service_id"])).astype(np.int32)
        day, runs = _days(dates["date"]), (dates["exception_type"] == _ADDED).to_numpy()
    valid_first, valid_last = _validity(files, np.concatenate([first, last, day]))
    others = len(names) - len(first)
    valid = (np.full(len(names), limit, dtype=np.int32) for limit in (valid_first, valid_last))
    calendar = Calendar(
        np.concatenate([weekdays, np.zeros((others, 7), dtype=bool)]),
        np.concatenate([first, np.full(others, valid_first, dtype=np.int32)]),
        np.concatenate([last, np.full(others, valid_last, dtype=np.int32)]),
        service,
        day,
        runs,
        *valid,
    )
    return tuple(names), calendar


def _services(files: GtfsFiles, table: pd.DataFrame) -> tuple[npt.NDArray[np.bool_], Ints, Ints]:
    """Return the weekdays of each service, ``(n, 7)``, and its first and last day, ``(n,)``."""
    faults = unique_faults(table, "service_id")
    for weekday in gtfs_kit.WEEKDAYS:
        faults += faults_of(table, weekday, table[weekday].isin([0, 1]), "is neither 0 nor 1")
    for column in ("start_date", "end_date"):
        faults += faults_of(table, column, table[column].map(_is_date), "is not a date such as 20230613")
    files.refuse("calendar", faults)
    first, last = _days(table["start_date"]), _days(table["end_date"])
    files.refuse(
        "calendar",
        [
            Fault(row, "end_date", table["end_date"].iloc[row], f"is before the start, {table['start_date'].iloc[row]}")
            for row in np.flatnonzero(last < first).tolist()
        ],
    )
    return table[list(gtfs_kit.WEEKDAYS)].to_numpy() == 1, first, last


def _check_exceptions(files: GtfsFiles, table: pd.DataFrame) -> None:
    faults = faults_of(table, "service_id", table["service_id"] != "", "is blank")
    faults += faults_of(table, "date", table["date"].map(_is_date), "is not a date such as 20230613")
    kinds = f"is neither {_ADDED} (added) nor {_REMOVED} (removed)"
    faults += faults_of(table, "exception_type", table["exception_type"].isin([_ADDED, _REMOVED]), kinds)
    once = ~table.duplicated(["service_id", "date"])
    files.refuse("calendar_dates", faults + faults_of(table, "date", once, "is there twice for its service"))


def _validity(files: GtfsFiles, days: Ints) -> tuple[int, int]:
    """Return the first and last day of which the feed speaks."""
    first, last = int(days.min()), int(days.max())
    told = files.tables.get("feed_info")
    if told is None:
        return first, last
    faults = []
    for column in {"feed_start_date", "feed_end_date"} & set(told):
        faults += faults_of(told, column, told[column].map(lambda said: not said or _is_date(said)), "is not a date")
    files.refuse("feed_info", faults)
    start, end = (told[name].iloc[0] if name in told else "" for name in ("feed_start_date", "feed_end_date"))
    first, last = (_day(said) if said else day for said, day in ((start, first), (end, last)))
    if last < first:
        raise SourceError(
            f"{files.path.name}: feed_info.txt: the feed ends on {date.fromordinal(last)}, before it starts on "
            f"{date.fromordinal(first)}"
        )
    return first, last


def _is_date(said: str) -> bool:
    try:
        return len(said) == 8 and said.isdecimal() and _day(said) > 0
    except ValueError:
        return False


def _day(said: str) -> int:
    return datetime.strptime(said, "%Y%m%d").toordinal()


def _days(said: "pd.Series[str]") -> Ints:
    """Return dates as ordinals, ``(n,)``."""
    known = {text: _day(text) for text in said.unique()}
    return said.map(known).to_numpy(dtype=np.int32)
