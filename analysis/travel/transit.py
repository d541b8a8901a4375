"""Travel times by bus and train from every home to sites, for every minute of a window of leaving.

One search (:mod:`analysis.travel.rides`) gives the earliest arrival from every call of every trip. What is left is the
walk from home to the stops: for each home and each trip that one can catch there, the latest second of leaving home and
the arrival. The best arrival for a minute is then the least of all that one can still catch. Walking all the way counts
wherever it is quicker. Walks are those of the streets at the speed of the mode, so those with a pram are a pram's.

The answer for a window is a distribution over its minutes; `Timing.sure` says which of them stands for it: the median,
or the time within which one gets there in nine of ten minutes (the 90th percentile).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from analysis.travel.prepared import (
    find_walks,
    junctions_of,
    limits_of,
    rides_back,
    rides_of,
    stops_of,
    walks_to_stops,
)
from analysis.travel.rides import (
    HALF_NEVER,
    MOST_SITES,
    NEVER,
    Footpaths,
    Ints,
    Labels,
    Rides,
    label_of,
    seconds_of,
    site_of,
)
from analysis.travel.times import TravelTimes, travel_times
from geo.errors import InputError
from geo.network.modes import Mode
from geo.network.network import ModeNetwork
from geo.network.snapping import Reason, Snapped
from geo.pack import AreaPack
from geo.timetable.day import Day, example_date
from geo.timetable.timing import Timing

Floats = npt.NDArray[np.float64]
_AT_ONCE = 4_000_000  # numbers in the largest array of a part of the work
_POINTS_AT_ONCE = 2_000


@dataclass(frozen=True, eq=False)
class Catching:
    """Which trips can be caught by leaving a point in which minute of a window.

    Attributes
    ----------
    slot
        ``(n_slots,)`` point times the number of minutes, plus the last minute of leaving that still catches the trip.
    start
        ``(n_slots,)`` where the calls of each slot begin in `call`.
    call
        The call at which one gets on.
    """

    slot: Ints
    start: Ints
    call: Ints


@dataclass(frozen=True, eq=False)
class Transit:
    """A day of public transport with the stops tied to the streets of one way of walking.

    Attributes
    ----------
    pack, mode
        The area, and the mode with its timing.
    streets
        The network of the walks.
    stops
        The stops of the timetable, tied to it.
    rides
        The trips of the day with their changes.
    """

    pack: AreaPack
    mode: Mode
    streets: ModeNetwork
    stops: Snapped
    rides: Rides

    @classmethod
    def of(cls, pack: AreaPack, mode: Mode, streets: ModeNetwork) -> "Transit":
        """Prepare a mode that goes by timetable.

        Parameters
        ----------
        pack, mode
            The area and the mode.
        streets
            The network of its walks, `Mode.walking`.

        Raises
        ------
        InputError
            When the area has no timetable, or the timetable does not cover the day.
        """
        timing = timing_of(mode)
        if not pack.timetable:
            raise InputError(
                f"there is no timetable in the data of {pack.name}, so nothing is known of journeys by bus or train; "
                "add one to its recipe ([[timetables]]) and build it again"
            )
        day = example_date(pack.timetable, timing).toordinal()
        return cls(pack, mode, streets, stops_of(pack, streets), rides_of(pack, streets, day, limits_of(timing)))

    @property
    def timing(self) -> Timing:
        """Day, window and limits."""
        return timing_of(self.mode)

    @property
    def day(self) -> Day:
        """The trips of the day."""
        return self.rides.day

    def walks(self, points: Snapped) -> Footpaths:
        """Return the walks from points to the stops that are near enough."""
        return walks_to_stops(self.streets, points, self.stops, self.timing.longest_walk_min * 60.0)

    def egress(self, sites: Snapped, *, matrix: bool = False) -> Labels:
        """Return the walk from each stop to the nearest site, or to each: ``(n_stops, 1)`` or ``(n_stops, m)`` labels.

        Raises
        ------
        InputError
            When there are more sites than the search can tell apart.
        """
        if len(sites) > MOST_SITES:
            raise InputError(f"{len(sites)} sites are more than a search by timetable takes: give up to {MOST_SITES}")
        limit_s = self.timing.longest_walk_min * 60.0
        found = travel_times(self.streets, self.stops, sites, limit_s=limit_s, matrix=matrix)
        if found.matrix_s is not None:
            return label_of(found.matrix_s)
        return label_of(found.nearest_s, np.maximum(found.nearest_site, 0))[:, None]

    def arrivals(self, origins: Snapped, egress: Labels) -> Labels:
        """Return the earliest arrival by a vehicle for each minute of leaving, ``(n, n_minutes, m)`` labels.

        Parameters
        ----------
        origins
            ``n`` points.
        egress
            ``(n_stops, m)`` from :meth:`egress`.
        """
        aboard = self.rides.labels(egress, self.timing.boardings)
        caught = _catching(self.rides, self.walks(origins), self.timing)
        return self._best(caught, len(origins), aboard)

    def by_minute(self, origins: Snapped, sites: Snapped) -> tuple[Floats, npt.NDArray[np.int32]]:
        """Return the seconds to the nearest site for every minute of leaving, and which site that is.

        Parameters
        ----------
        origins, sites
            ``n`` and ``m`` points.

        Returns
        -------
        Two arrays ``(n, n_minutes)``: seconds, ``inf`` where none is reached, with walking all the way where that is
        quicker; and the site, -1 for none.
        """
        walking = travel_times(self.streets, origins, sites)
        found = self.arrivals(origins, self.egress(sites))[:, :, 0]
        seconds = seconds_of(found) - self._leaving_s
        walk_s = walking.nearest_s.astype(np.float64)[:, None]
        site = np.where(seconds < walk_s, site_of(found), walking.nearest_site[:, None])
        return np.minimum(seconds, walk_s), site.astype(np.int32)

    def times(self, origins: Snapped, sites: Snapped, *, limit_s: float = np.inf, matrix: bool = False) -> TravelTimes:
        """Time from every origin to the nearest site, and to each if asked, as `Timing.sure` counts it.

        Parameters and errors as for :func:`analysis.travel.times.travel_times`. ``node_s`` is empty: see
        :meth:`node_times_s`.
        """
        if not limit_s >= 0:
            raise InputError(f"a limit of {limit_s} seconds makes no sense: give 0 or more")
        seconds, site = self.by_minute(origins, sites)
        nearest_s, column = _standing_for(seconds, self.timing.quantile)
        nearest = np.where(nearest_s <= limit_s, nearest_s, np.inf).astype(np.float32)
        reached = np.isfinite(nearest)
        beyond = Reason.BEYOND_LIMIT if (sites.edge >= 0).any() else Reason.NO_SITE
        reason = np.where(reached, Reason.REACHED, np.where(origins.edge < 0, origins.reason, beyond))
        matrix_s = None
        if matrix:
            matrix_s = self.matrix_s(origins, sites)
            matrix_s[matrix_s > limit_s] = np.inf
        return TravelTimes(
            nearest_s=nearest,
            nearest_site=np.where(reached, site[np.arange(len(origins)), column], -1).astype(np.int32),
            reason=reason.astype(np.uint8),
            node_s=np.zeros(0, dtype=np.float32),
            matrix_s=matrix_s,
            sites=sites,
        )

    def arrive_s(self, origins: Snapped, sites: Snapped, leave_s: float) -> Floats:
        """Return the earliest arrival by a vehicle from every origin at every site, ``(n, m)`` seconds after midnight.

        Parameters
        ----------
        origins, sites
            ``n`` and ``m`` points.
        leave_s
            When one leaves, seconds after midnight.
        """
        caught = catching(self.rides, self.walks(origins), leave_s, 1)
        found = np.full((len(origins), len(sites)), np.inf)
        step = self._sites_at_once(len(origins))
        for first in range(0, len(sites), step):
            which = np.arange(first, min(first + step, len(sites)))
            egress = self.egress(sites.take(which), matrix=True)
            if (egress < HALF_NEVER).any():
                aboard = self.rides.labels(egress, self.timing.boardings)
                best = np.full((len(origins), len(which)), NEVER)
                for part in _slots(caught, len(which)):
                    best[part.slot] = np.minimum.reduceat(aboard[part.call], part.start, axis=0)
                found[:, which] = seconds_of(best)
        return found

    def back(self) -> "Transit":
        """Return the same day with time turned round, to ask for the latest departure.

        On foot every street is open both ways and takes the same time, so the walks stay as they are.
        """
        return Transit(
            self.pack,
            self.mode,
            self.streets,
            self.stops,
            rides_back(self.pack, self.rides, self.streets, limits_of(self.timing)),
        )

    def _sites_at_once(self, slots: int) -> int:
        """Return how many sites are searched for together, so that the largest array of labels fits into memory."""
        return max(1, _AT_ONCE // max(len(self.rides.change_to), self.day.n_calls, slots, 1))

    def matrix_s(self, origins: Snapped, sites: Snapped) -> npt.NDArray[np.float32]:
        """Return the seconds from every origin to every site, ``(n, m)``, as `Timing.sure` counts them."""
        walking = travel_times(self.streets, origins, sites, matrix=True).matrix_s
        found = np.array(walking, dtype=np.float32)
        step = self._sites_at_once(len(origins) * self.timing.minutes)
        for first in range(0, len(sites), step):
            part = slice(first, first + step)
            egress = self.egress(sites.take(np.arange(len(sites))[part]), matrix=True)
            if (egress >= HALF_NEVER).all():
                continue
            seconds = seconds_of(self.arrivals(origins, egress)) - self._leaving_s[:, None]
            seconds = np.minimum(seconds, found[:, None, part])
            place = _rank(seconds.shape[1], self.timing.quantile)
            found[:, part] = np.partition(seconds, place, axis=1)[:, place]
        return found

    def node_times_s(self, sites: Snapped) -> npt.NDArray[np.float32]:
        """Return the seconds from each junction of the streets to the nearest site, ``(n_nodes,)``, for maps."""
        return _node_times_s(self, sites)

    def _node_times_s(self, sites: Snapped) -> npt.NDArray[np.float32]:
        nodes, points = junctions_of(self.streets)
        node_s = np.full(self.streets.network.n_nodes, np.inf, dtype=np.float32)
        aboard = self.rides.labels(self.egress(sites), self.timing.boardings)
        walk_s = travel_times(self.streets, points, sites).nearest_s.astype(np.float64)
        place = _rank(self.timing.minutes, self.timing.quantile)
        for first in range(0, len(nodes), _POINTS_AT_ONCE):
            part = np.arange(first, min(first + _POINTS_AT_ONCE, len(nodes)))
            walks = find_walks(self.streets, points.take(part), self.stops, self.timing.longest_walk_min * 60.0)
            caught = catching(self.rides, walks, self.timing.start_min * 60.0, self.timing.minutes)
            seconds = seconds_of(self._best(caught, len(part), aboard)[:, :, 0]) - self._leaving_s
            seconds = np.minimum(seconds, walk_s[part, None])
            node_s[nodes[part]] = np.partition(seconds, place, axis=1)[:, place]
        return node_s

    @property
    def _leaving_s(self) -> Floats:
        """``(n_minutes,)`` the seconds after midnight of every minute of leaving."""
        leaving_s: Floats = 60.0 * np.arange(self.timing.start_min, self.timing.end_min + 1, dtype=np.float64)
        return leaving_s

    def _best(self, caught: Catching, count: int, aboard: Labels) -> Labels:
        """Return the earliest arrival by minute, ``(count, n_minutes, m)``, from the labels of calls."""
        minutes = self.timing.minutes
        best = np.full((count * minutes, aboard.shape[1]), NEVER)
        for part in _slots(caught, aboard.shape[1]):
            best[part.slot] = np.minimum.reduceat(aboard[part.call], part.start, axis=0)
        by_minute = best.reshape(count, minutes, aboard.shape[1])
        return np.minimum.accumulate(by_minute[:, ::-1], axis=1)[:, ::-1]


def timing_of(mode: Mode) -> Timing:
    """Return the timing of a mode; `InputError` when it goes by no timetable."""
    if mode.timing is None:
        raise InputError(f"{mode.kind} goes by no timetable, so it has no day or window")
    return mode.timing


def catching(rides: Rides, walks: Footpaths, start_s: float, minutes: int) -> Catching:
    """Find the trips that can be caught by leaving within a window.

    Parameters
    ----------
    rides
        The trips of the day.
    walks
        Walks from the points to stops.
    start_s, minutes
        First second of leaving, and how many minutes follow, one each.
    """
    day, places = rides.day, rides.places
    which, place = places.at(walks.stop)
    walk_s = walks.seconds[which]
    end_s = start_s + 60.0 * (minutes - 1)
    first, last = (places.nth_trip(place, ready_s + walk_s) for ready_s in (start_s, end_s))
    # After the end of the window the first trip counts, and no later one: it is there first.
    count = np.minimum(last + 1, places.trips[place]) - first
    pair = np.repeat(np.arange(len(place)), count)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count) + first[pair]
    call = places.first_call[place[pair]] + nth * places.step[place[pair]]
    leave_s = day.depart_s[call] - walk_s[pair]
    minute = np.clip(np.floor((leave_s - start_s) / 60.0), 0, minutes - 1).astype(np.int64)
    slot = walks.point[which[pair]] * minutes + minute
    order = np.argsort(slot, kind="stable")
    slots, start = np.unique(slot[order], return_index=True)
    return Catching(slots, start, call[order])


@lru_cache(maxsize=8)
def _catching(rides: Rides, walks: Footpaths, timing: Timing) -> Catching:
    """Keep the trips that homes can catch: they are the same for every set of sites."""
    return catching(rides, walks, timing.start_min * 60.0, timing.minutes)


def _slots(caught: Catching, columns: int) -> Iterator[Catching]:
    """Cut into parts whose labels fit into memory at once."""
    if len(caught.call) * columns <= _AT_ONCE:
        if len(caught.slot):
            yield caught
        return
    ends = np.append(caught.start[1:], len(caught.call))
    first = 0
    while first < len(caught.slot):
        reach = caught.start[first] + max(_AT_ONCE // columns, 1)
        last = max(int(np.searchsorted(ends, reach, side="right")), first + 1)
        begin = caught.start[first]
        yield Catching(caught.slot[first:last], caught.start[first:last] - begin, caught.call[begin : ends[last - 1]])
        first = last


def _rank(count: int, share: float) -> int:
    """Return the place, from 0, of the value that at least `share` of `count` values are not above."""
    return max(int(np.ceil(share * count - 1e-9)) - 1, 0)


def _standing_for(seconds: Floats, share: float) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Return the value of each row that a share of its values are not above, and the column where it stands."""
    place = _rank(seconds.shape[1], share)
    column = np.argpartition(seconds, place, axis=1)[:, place]
    return seconds[np.arange(len(seconds)), column], column


@lru_cache(maxsize=16)
def _node_times_s(transit: Transit, sites: Snapped) -> npt.NDArray[np.float32]:
    """Keep the times of the junctions: a map is drawn again with every click."""
    return transit._node_times_s(sites)
