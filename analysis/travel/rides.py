"""Search by timetable, backwards from the sites: when one is there from every call of every trip of a day.

The method is RAPTOR in its range form (Delling, Pajor and Werneck 2015, https://doi.org/10.1287/trsc.2014.0534), on
arrays and in the other direction. A round adds one vehicle: the label of a call is the earliest time at which one is at
a site when one sits in that trip as it leaves that stop, with at most so many vehicles from there on. Labels of every
trip of the day are worked out at once, so one search answers for every home and every minute of leaving. It is our own
because what is asked (every home, every minute, walks of a pram) is what the project is for; the tests hold it against
another router, and against every possible journey of small timetables.

Labels are whole numbers: the second times 1024, and below that the number of the site, so that the least label is the
earliest time and says which site it is of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo.timetable.day import Day

Labels = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEVER = np.int64(2**61)
"""The label of no arrival; sums with it stay above `HALF_NEVER`."""
HALF_NEVER = np.int64(2**60)
_SITE_BITS, _TICKS = 16, 1024
MOST_SITES = 2**_SITE_BITS
_KEY_S = 2.0**18  # more seconds than any day has, to number times within a place


def label_of(seconds: npt.ArrayLike, site: npt.ArrayLike = 0) -> Labels:
    """Make labels of seconds, ``inf`` for never, and the numbers of the sites."""
    given = np.asarray(seconds, dtype=np.float64)
    known = np.isfinite(given)
    ticks = np.rint(np.where(known, given, 0.0) * _TICKS).astype(np.int64)
    return np.where(known, (ticks << _SITE_BITS) + np.asarray(site, dtype=np.int64), NEVER)


def seconds_of(labels: Labels) -> Floats:
    """Return the seconds of labels; ``inf`` for never."""
    return np.where(labels < HALF_NEVER, (labels >> _SITE_BITS) / _TICKS, np.inf)


def site_of(labels: Labels) -> npt.NDArray[np.int32]:
    """Return the sites of labels; -1 for never."""
    return np.where(labels < HALF_NEVER, labels & (MOST_SITES - 1), -1).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Footpaths:
    """Walks from one set of points to stops, or from stop to stop, at the speed of a mode.

    Attributes
    ----------
    point, stop
        ``(n,)`` from where and to which stop, sorted by point.
    seconds
        ``(n,)`` on foot.
    """

    point: Ints
    stop: Ints
    seconds: Floats

    @classmethod
    def of_matrix(cls, matrix_s: npt.NDArray[np.floating], longest_s: float) -> "Footpaths":
        """Take the walks of a matrix, ``(n_points, n_stops)``, that are not longer than `longest_s`."""
        point, stop = np.nonzero(matrix_s <= longest_s)
        return cls(point, stop, matrix_s[point, stop].astype(np.float64))


@dataclass(frozen=True, eq=False)
class Places:
    """Where one can get on: a stop of a line, all its trips together.

    Attributes
    ----------
    stop
        ``(n_places,)`` the stop.
    first_call, step, trips
        ``(n_places,)`` the call of the line's first trip there, how many calls lie between one trip and the next, and
        the number of trips.
    start
        ``(n_stops + 1,)`` where the places of each stop begin; places are sorted by stop, line and order on the line.
    line
        ``(n_places,)`` the line.
    keys
        Departures of every place one after another, each with the number of its place, to search in.
    """

    stop: Ints
    first_call: Ints
    step: Ints
    trips: Ints
    line: Ints
    start: Ints
    keys: Floats

    @classmethod
    def of(cls, day: Day) -> "Places":
        """Find the places of a day; the last stop of a line is none."""
        sizes = day.line_stops.astype(np.int64)
        line = np.repeat(np.arange(len(sizes)), sizes)
        position = np.arange(len(line)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        first_call = day.line_start[:-1].astype(np.int64)[line] + position
        open_ = day.board[first_call] & (position < sizes[line] - 1)
        line, position, first_call = line[open_], position[open_], first_call[open_]
        stop = day.stop[first_call].astype(np.int64)
        order = np.lexsort((position, line, stop))
        line, first_call, stop = line[order], first_call[order], stop[order]
        trips = np.diff(day.line_start)[line] // sizes[line]
        start = np.searchsorted(stop, np.arange(day.timetable.n_stops + 1))
        every = np.repeat(np.arange(len(stop)), trips)
        nth = np.arange(len(every)) - np.repeat(np.cumsum(trips) - trips, trips)
        keys = every * _KEY_S + day.depart_s[first_call[every] + nth * sizes[line][every]]
        return cls(stop, first_call, sizes[line], trips, line, start, keys)

    def at(self, stops: Ints) -> tuple[Ints, Ints]:
        """Return which of `stops` ``(n,)``, and which place there, for each place of each."""
        count = self.start[stops + 1] - self.start[stops]
        which = np.repeat(np.arange(len(stops)), count)
        place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + self.start[stops][which]
        return which, place

    def nth_trip(self, place: Ints, ready_s: Floats, side: Literal["left", "right"] = "left") -> Ints:
        """Return which trip, from 0, is the first of each place ``(n,)`` to leave at `ready_s` or later.

        With the side ``right`` it is the first that leaves later. It is the number of trips of the place where none is.
        """
        found = np.searchsorted(self.keys, place * _KEY_S + np.clip(ready_s, -_KEY_S / 2, _KEY_S / 2), side=side)
        return found - (np.cumsum(self.trips) - self.trips)[place]


@dataclass(frozen=True, eq=False)
class Rides:
    """The trips of a day with every change between two of them.

    Attributes
    ----------
    day
        The trips, ``n_calls``.
    places
        Where one can get on.
    change_from, change_to
        ``(n_changes,)`` the call at which one gets off, sorted, and the call of the other trip at which one gets on.
    walk_s
        ``(n_changes,)`` seconds on foot between them.
    """

    day: Day
    places: Places
    change_from: Ints
    change_to: Ints
    walk_s: Floats

    @classmethod
    def of(cls, day: Day, footpaths: Footpaths, *, change_s: float, longest_wait_s: float) -> "Rides":
        """Find the changes of a day.

        Parameters
        ----------
        day
            The trips.
        footpaths
            Walks from stop to stop, each stop to itself included.
        change_s
            Least seconds between getting off and the next departure, besides the walk.
        longest_wait_s
            Longest time between being at the stop and the next departure.
        """
        places = Places.of(day)
        which, place = places.at(footpaths.stop)
        from_stop, walk_s = footpaths.point[which], footpaths.seconds[which]
        order = np.lexsort((places.first_call[place], places.line[place], from_stop))
        from_stop, walk_s, place = from_stop[order], walk_s[order], place[order]
        of_stop = np.searchsorted(from_stop, np.arange(day.timetable.n_stops + 1))
        off = np.flatnonzero(day.alight & (_position(day) > 0)).astype(np.int64)
        count = np.diff(of_stop)[day.stop[off]]
        call = np.repeat(off, count)
        row = np.arange(len(call)) - np.repeat(np.cumsum(count) - count, count) + of_stop[:-1][day.stop[call]]
        there_s = day.arrive_s[call] + walk_s[row]
        # Of a line every trip counts that leaves before the longest wait is over: with the first, a later wait may be
        # too long that with the next is not.
        first = places.nth_trip(place[row], there_s + change_s)
        end = places.nth_trip(place[row], there_s + max(longest_wait_s, change_s), side="right")
        count = np.maximum(end - first, 0)
        pair = np.repeat(np.arange(len(call)), count)
        nth = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count) + first[pair]
        call, row = call[pair], row[pair]
        to = places.first_call[place[row]] + nth * places.step[place[row]]
        keep = _worth_it(day, call, to)
        call, row, to = call[keep], row[keep], to[keep]
        return cls(day, places, call, to, walk_s[row])

    @cached_property
    def _steps(self) -> list[Ints]:
        """Calls by how many calls of their trip follow them: one, then two, and so on."""
        day = self.day
        left = np.repeat(day.line_stops, np.diff(day.line_start)) - 1 - _position(day)
        order = np.argsort(left, kind="stable")
        bounds = np.searchsorted(left[order], np.arange(1, int(left.max(initial=0)) + 2))
        return [order[a:b] for a, b in pairwise(bounds)]

    @cached_property
    def _changes(self) -> tuple[Ints, Ints]:
        """The calls from which one can change, and where the changes of each begin."""
        calls, start = np.unique(self.change_from, return_index=True)
        return calls, start

    def after(self, egress: Labels, later: Labels | None) -> Labels:
        """Return the labels of getting off at each call, ``(n_calls, m)``, never where one may not.

        Parameters
        ----------
        egress
            ``(n_stops, m)`` labels of the walk from each stop to a site: its seconds, and the site.
        later
            ``(n_calls, m)`` labels of the round before, of sitting in the trips that one can change to; None in the
            first round.
        """
        day = self.day
        off = egress[day.stop] + label_of(day.arrive_s)[:, None]
        off[~day.alight] = NEVER
        calls, start = self._changes
        if later is not None and len(calls):
            onward = np.minimum.reduceat(later[self.change_to], start, axis=0)
            off[calls] = np.minimum(off[calls], onward)
        return off

    def rounds(self, egress: Labels, boardings: int) -> Iterator[Labels]:
        """Yield the labels of every call, ``(n_calls, m)``, with at most 1, 2, … `boardings` vehicles.

        It ends early where another vehicle changes nothing.
        """
        before: Labels | None = None
        for _ in range(boardings):
            off = self.after(egress, before)
            aboard = np.full(off.shape, NEVER)
            for calls in self._steps:
                aboard[calls] = np.minimum(aboard[calls + 1], off[calls + 1])
            if before is not None and np.array_equal(aboard, before):
                return
            yield aboard
            before = aboard

    def labels(self, egress: Labels, boardings: int) -> Labels:
        """Return the labels of waiting for every call, ``(n_calls, m)``, with at most `boardings` vehicles.

        Whoever is at the stop as a trip leaves may take it or any later one of the same line; see :meth:`waiting`.
        """
        found = np.full((self.day.n_calls, egress.shape[1]), NEVER)
        for found in self.rounds(egress, boardings):  # noqa: B007 - the last one is wanted
            pass
        return self.waiting(found)

    def waiting(self, aboard: Labels) -> Labels:
        """Return the least label of the trip of each call and of all later trips of the line, ``(n_calls, m)``.

        The first trip is not always the best one to take: after it the next wait can be longer than one may wait at a
        change, and the first wait has no limit.
        """
        found = np.empty_like(aboard)
        for line, size in enumerate(self.day.line_stops.tolist()):
            calls = slice(int(self.day.line_start[line]), int(self.day.line_start[line + 1]))
            by_trip = aboard[calls].reshape(-1, size, aboard.shape[1])[::-1]
            found[calls] = np.minimum.accumulate(by_trip, axis=0)[::-1].reshape(-1, aboard.shape[1])
        return found


def reversed_day(day: Day) -> Day:
    """Return the day with time turned round: every second counts downwards, and every trip runs back.

    The latest departure by which one is somewhere in time is an earliest arrival in it.
    """
    block = np.diff(day.line_start)
    line = np.repeat(np.arange(len(block)), block)
    back = day.line_start[line] + day.line_start[line + 1] - 1 - np.arange(day.n_calls)
    return Day(
        day.timetable,
        day.date,
        day.line_start,
        day.line_stops,
        day.stop[back],
        day.alight[back],
        day.board[back],
        -day.depart_s[back],
        -day.arrive_s[back],
        day.trip[back],
    )


def _position(day: Day) -> Ints:
    """``(n_calls,)`` the place of each call on its trip, from 0."""
    block = np.diff(day.line_start)
    line = np.repeat(np.arange(len(block)), block)
    return (np.arange(day.n_calls) - day.line_start[line]) % np.maximum(day.line_stops[line], 1)


def _worth_it(day: Day, call: Ints, to: Ints) -> npt.NDArray[np.bool_]:
    """Tell which changes ``(n,)`` may win something, where those of a call stand together, its lines in order.

    Nothing is won by a later stop of a trip that one can change to before, nor by a later trip of the same line at the
    same stop of the line or a later one: who stays seated is there first. An earlier trip of the same line can be
    caught on foot where the line goes a long way round, and a later one can go to stops that lie behind.
    """
    block = np.diff(day.line_start)
    line = np.repeat(np.arange(len(block)), block)
    position = _position(day)
    ride = np.arange(day.n_calls) - position  # the first call of the same trip
    stay = (line[to] == line[call]) & (ride[to] >= ride[call]) & (position[to] >= position[call])
    order = np.lexsort((to, call))
    again = np.zeros(len(call), dtype=bool)
    again[order[1:]] = (call[order[1:]] == call[order[:-1]]) & (ride[to[order[1:]]] == ride[to[order[:-1]]])
    worth: npt.NDArray[np.bool_] = ~(stay | again)
    return worth
