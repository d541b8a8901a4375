"""The trips of one day, in lines on which no trip overtakes another: what a search by timetable runs on.

A line is a pattern of stops whose trips, in the order of their start, are nowhere overtaken (first in, first out), so
that the first trip that one can catch is also the first to arrive. Trips that overtake are put on another line.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.timetable import RouteLine, Timetable
from geo.timetable.timing import Timing, clock

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
DAY_S = 24 * 3600
LAST_S = 28 * 3600
"""A trip counts as one of the day when it starts before this second, four hours after midnight."""
_ANY_MONDAY = date.min + timedelta(weeks=1)


@dataclass(frozen=True, eq=False)
class Day:
    """The trips of one day.

    A call is one stop of one trip; calls are numbered by line, then trip, then stop.

    Attributes
    ----------
    timetable, date
        What they are of.
    line_start
        ``(n_lines + 1,)`` the first call of each line.
    line_stops
        ``(n_lines,)`` how many stops the trips of the line have.
    stop, board, alight
        ``(n_calls,)`` stop of the timetable, and whether one may get on and off.
    arrive_s, depart_s
        ``(n_calls,)`` seconds after midnight.
    trip
        ``(n_calls,)`` trip of the timetable.
    """

    timetable: Timetable
    date: date
    line_start: Ints
    line_stops: Ints
    stop: Ints
    board: Bools
    alight: Bools
    arrive_s: Ints
    depart_s: Ints
    trip: Ints

    @property
    def n_calls(self) -> int:
        """Number of calls."""
        return len(self.stop)

    @property
    def n_lines(self) -> int:
        """Number of lines."""
        return len(self.line_stops)


def day_of(timetable: Timetable, when: date, *, assumed: bool = True) -> Day:
    """Return the trips that run on a day, those of the evening before that run past midnight included.

    Parameters
    ----------
    timetable
        The timetable.
    when
        The date.
    assumed
        Whether trips of routes with the status ``assumed`` are among them.

    Raises
    ------
    InputError
        When a feed of the timetable does not speak of that day; it says of which days it does.
    """
    _check_known(timetable, when)
    allowed = _counted(timetable, assumed)
    which, offset = [], []
    for days in (-1, 0, 1):
        running = timetable.calendar.runs(when + timedelta(days=days))
        trips = np.flatnonzero(running[timetable.trip_service] & allowed) if len(running) else np.zeros(0, np.intp)
        ends = timetable.profile_arrive_s[timetable.profile_start[timetable.trip_profile[trips] + 1] - 1]
        start_s = timetable.trip_start_s[trips] + days * DAY_S
        inside = (start_s + ends >= 0) & (start_s < LAST_S)
        which.append(trips[inside])
        offset.append(np.full(int(inside.sum()), days * DAY_S, dtype=np.int32))
    return _lines(timetable, when, np.concatenate(which), np.concatenate(offset))


def example_date(timetable: Timetable, timing: Timing) -> date:
    """Return the date that stands for the day of a question.

    For a weekday it is the first date of it on which as many trips run as on most such dates of the timetable, so that
    a holiday or an odd week at its start does not stand for all. Where nothing is tied to dates, any week will do.

    Raises
    ------
    InputError
        When the timetable has no such day, its feeds have no day in common, or it is made of counts of other days.
    """
    known = timetable.calendar.known()
    if known is None:
        day = timing.date or _ANY_MONDAY + timedelta(days=WEEKDAYS.index(timing.day))
        statuses = {route.status for route in timetable.routes}
        runs = _counted(timetable, timing.assumed) & timetable.calendar.runs(day)[timetable.trip_service]
        # Of counts of other days no day without service follows; of published times it does.
        if "modelled" in statuses and "published" not in statuses and not runs.any():
            raise InputError(
                f"the timetable says nothing of a {WEEKDAYS[day.weekday()].title()}, which is not to say that nothing "
                "runs: choose another day"
            )
        return day
    if timing.date is not None:
        return timing.date
    weekday = WEEKDAYS.index(timing.day)
    first, last = known
    if last < first:
        raise InputError(
            "the timetables of this area have no day in common, so no journey can be worked out: refresh them"
        )
    start = first + timedelta(days=(weekday - first.weekday()) % 7)
    dates = [start + timedelta(days=step) for step in range(0, max((last - start).days + 1, 0), 7)]
    if not dates:
        raise InputError(f"the timetable has no {timing.day.title()}: it is valid from {first} to {last}")
    per_service = np.bincount(timetable.trip_service, minlength=len(timetable.calendar))
    trips = [int(per_service[timetable.calendar.runs(day)].sum()) for day in dates]
    usual = max(set(trips), key=lambda count: (trips.count(count), count))
    return dates[trips.index(usual)]


def as_asked(timetable: Timetable, timing: Timing | None) -> dict[str, str | bool | None]:
    """Return the day, the date that stands for it, and the window of a question as plain values; nothing without one.

    Where nothing of the timetable is tied to dates, a weekday is of any week, and has no date.

    Raises
    ------
    InputError
        As for :func:`example_date`.
    """
    if timing is None:
        return {}
    day = example_date(timetable, timing)
    dated = timing.date is not None or timetable.calendar.known() is not None
    return {
        "day": timing.day,
        "date": day.isoformat() if dated else None,
        "between": f"{clock(timing.start_min)}-{clock(timing.end_min)}",
        "sure": timing.sure,
        "assumed": timing.assumed,
    }


def routes_not_known(timetable: Timetable, timing: Timing) -> list[RouteLine]:
    """Return the routes made of counts of other days than that of a question: how they run on it is not known.

    Raises
    ------
    InputError
        As for :func:`example_date`.
    """
    running = timetable.calendar.runs(example_date(timetable, timing))[timetable.trip_service]
    route = timetable.pattern_route[timetable.trip_pattern]
    known = {timetable.routes[number].source for number in np.unique(route[running]).tolist()}
    all_days = [timetable.routes[number] for number in np.unique(route).tolist()]
    return [one for one in all_days if one.status == "modelled" and one.source not in known]


def _counted(timetable: Timetable, assumed: bool) -> Bools:
    """Tell which trips count, ``(n_trips,)``: those of assumed routes only where these do."""
    may = np.array([assumed or route.status != "assumed" for route in timetable.routes], dtype=bool)
    counted: Bools = (
        may[timetable.pattern_route[timetable.trip_pattern]] if timetable.n_trips else np.zeros(0, dtype=bool)
    )
    return counted


def _check_known(timetable: Timetable, when: date) -> None:
    known = timetable.calendar.known()
    if known is not None and not known[0] <= when <= known[1]:
        first, last = known
        valid = f"it is valid from {first} to {last}" if first <= last else "its feeds have no day in common"
        raise InputError(
            f"the timetable does not cover {when}: {valid}; choose a day of these, or a weekday, or fetch a newer "
            "timetable (reach data refresh)"
        )


def _lines(timetable: Timetable, when: date, trips: npt.NDArray[np.intp], offset_s: Ints) -> Day:
    """Lay trips, each moved by seconds, out in lines on which none overtakes another."""
    start, stops = timetable.pattern_start, np.diff(timetable.pattern_start)
    first_s = timetable.trip_start_s[trips] + offset_s
    order = np.lexsort((timetable.trip_profile[trips], first_s, timetable.trip_pattern[trips]))
    parts: list[tuple[int, int, list[int]]] = []  # pattern, stops, trips in order
    arrive, depart = {}, {}
    open_lines: list[int] = []
    before = -1
    for row in order.tolist():
        trip = int(trips[row])
        pattern, profile = int(timetable.trip_pattern[trip]), int(timetable.trip_profile[trip])
        times = slice(*timetable.profile_start[profile : profile + 2].tolist())
        arrive[row] = timetable.profile_arrive_s[times] + first_s[row]
        depart[row] = timetable.profile_depart_s[times] + first_s[row]
        if pattern != before:
            open_lines, before = [], pattern
        for line in open_lines:
            last = parts[line][2][-1]
            if (arrive[last] <= arrive[row]).all() and (depart[last] <= depart[row]).all():
                parts[line][2].append(row)
                break
        else:
            open_lines.append(len(parts))
            parts.append((pattern, int(stops[pattern]), [row]))
    rows = [row for _, _, line in parts for row in line]
    calls = [np.arange(start[pattern], start[pattern + 1]) for pattern, _, line in parts for _ in line]
    call = np.concatenate(calls) if calls else np.zeros(0, dtype=np.int64)
    sizes = np.array([size for _, size, _ in parts], dtype=np.int32)
    whole = np.array([size * len(line) for _, size, line in parts], dtype=np.int64)
    nothing = [np.zeros(0, dtype=np.int32)]
    return Day(
        timetable,
        when,
        np.concatenate([[0], np.cumsum(whole)]).astype(np.int32),
        sizes,
        timetable.call_stop[call],
        timetable.call_board[call],
        timetable.call_alight[call],
        np.concatenate([arrive[row] for row in rows] or nothing).astype(np.int32),
        np.concatenate([depart[row] for row in rows] or nothing).astype(np.int32),
        np.repeat(trips[rows], [len(arrive[row]) for row in rows]).astype(np.int32)
        if rows
        else np.zeros(0, dtype=np.int32),
    )
