"""One journey by bus, train and on foot (itinerary): which vehicle to take, from where, when, and when one is there.

The way is read out of the rounds of the search (:mod:`analysis.travel.rides`): in each round the call at which one gets
off, and the change to the next trip, are those whose label is the label of the call at which one got on.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.travel.access import Access
from analysis.travel.rides import HALF_NEVER, Labels, Rides, label_of, seconds_of, site_of
from analysis.travel.times import route, travel_times
from analysis.travel.transit import Transit
from geo.errors import InputError
from geo.network.snapping import Snapped
from geo.timetable.timetable import RouteLine

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Leg:
    """A part of a journey: a walk, or a ride in one vehicle.

    Attributes
    ----------
    kind
        ``walk`` or ``ride``.
    start, end
        Names of the stops; empty for the place that one sets out from, and for the site.
    depart_s, arrive_s
        Seconds after midnight.
    xy
        ``(n, 2)`` points to draw, metres: along the streets for a walk, from stop to stop for a ride.
    length_m
        Metres of a walk; 0 for a ride.
    route
        What one rides on; None for a walk.
    towards
        Name of the last stop of the vehicle; empty for a walk.
    stops
        Stops from getting on to getting off, the last one counted; 0 for a walk.
    """

    kind: Literal["walk", "ride"]
    start: str
    end: str
    depart_s: float
    arrive_s: float
    xy: Floats
    length_m: float = 0.0
    route: RouteLine | None = None
    towards: str = ""
    stops: int = 0


@dataclass(frozen=True, eq=False)
class Itinerary:
    """A journey from a place to the nearest of some sites.

    Attributes
    ----------
    asked_s
        When one could leave, seconds after midnight.
    site
        Which site it leads to.
    legs
        Its parts, in order; there are waits between them.
    """

    asked_s: float
    site: int
    legs: tuple[Leg, ...]

    @property
    def depart_s(self) -> float:
        """When one must leave at the latest."""
        return self.legs[0].depart_s

    @property
    def arrive_s(self) -> float:
        """When one is there."""
        return self.legs[-1].arrive_s

    @property
    def seconds(self) -> float:
        """Seconds from the moment at which one could leave; the wait at home is among them."""
        return self.arrive_s - self.asked_s

    @property
    def rides(self) -> tuple[Leg, ...]:
        """The rides alone."""
        return tuple(leg for leg in self.legs if leg.kind == "ride")


def itinerary(access: Access, origin: Snapped, sites: Snapped, leave_s: float) -> Itinerary | None:
    """Return the journey that is first at any of the sites; None where there is none.

    Among journeys that arrive at the same time it is one with the fewest vehicles, and of these one that leaves last.
    Walking all the way is taken where nothing is there sooner.

    Parameters
    ----------
    access
        The streets and the day, for a mode that goes by timetable.
    origin
        One point.
    sites
        ``m`` points.
    leave_s
        When one can leave, seconds after midnight.

    Raises
    ------
    InputError
        When the mode goes by no timetable, or `origin` is not one point.
    """
    if access.transit is None:
        raise InputError(f"{access.mode.kind} goes by no timetable: ask for a route instead")
    if len(origin) != 1:
        raise InputError("a journey starts at one place")
    transit = access.transit
    walking = travel_times(access.streets, origin, sites)
    rounds = list(transit.rides.rounds(transit.egress(sites), transit.timing.boardings))
    boarded = _boarded(transit, origin, rounds, leave_s)
    walk_s = leave_s + float(walking.nearest_s[0])
    if boarded is None or walk_s <= float(seconds_of(np.array([boarded.label]))[0]):
        if not np.isfinite(walk_s):
            return None
        site = int(walking.nearest_site[0])
        return Itinerary(leave_s, site, (_walk(access, origin, sites.take(np.array([site])), "", "", leave_s, walk_s),))
    legs = _legs(access, transit, origin, sites, rounds, boarded)
    return Itinerary(leave_s, int(site_of(np.array([boarded.label]))[0]), tuple(legs))


@dataclass(frozen=True)
class _Boarded:
    """Where one first gets on: the call, the walk to it, how many vehicles follow, and the label."""

    call: int
    walk_s: float
    vehicles: int
    label: np.int64


def _boarded(transit: Transit, origin: Snapped, rounds: list[Labels], leave_s: float) -> _Boarded | None:
    rides, walks = transit.rides, transit.walks(origin)
    which, place = rides.places.at(walks.stop)
    walk_s = walks.seconds[which]
    # Every later trip counts, too: with the first one, a wait at a change may be too long that with the next is not.
    first = rides.places.nth_trip(place, leave_s + walk_s)
    count = rides.places.trips[place] - first
    pair = np.repeat(np.arange(len(place)), count)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count) + first[pair]
    calls = rides.places.first_call[place[pair]] + nth * rides.places.step[place[pair]]
    walk_s = walk_s[pair]
    if not len(calls) or not rounds:
        return None
    best = rounds[-1][calls, 0].min()
    if best >= HALF_NEVER:
        return None
    for vehicles, labels in enumerate(rounds, start=1):
        equal = np.flatnonzero(labels[calls, 0] == best)
        if len(equal):
            last = equal[np.argmax(rides.day.depart_s[calls[equal]] - walk_s[equal])]
            return _Boarded(int(calls[last]), float(walk_s[last]), vehicles, best)
    return None


def _legs(
    access: Access, transit: Transit, origin: Snapped, sites: Snapped, rounds: list[Labels], boarded: _Boarded
) -> list[Leg]:
    """Follow the label from the first call to the site."""
    day, rides, names = transit.day, transit.rides, transit.day.timetable.stop_names
    egress = transit.egress(sites)
    call, label = boarded.call, boarded.label
    stop = int(day.stop[call])
    leave_s = float(day.depart_s[call]) - boarded.walk_s
    legs = [_walk(access, origin, _one(transit.stops, stop), "", names[stop], leave_s, leave_s + boarded.walk_s)]
    for left in range(boarded.vehicles, 0, -1):
        later = rounds[left - 2] if left > 1 else None
        off = rides.after(egress, later)[:, 0]
        last = _last_call(rides, call)
        get_off = call + 1 + int(np.flatnonzero(off[call + 1 : last + 1] == label)[0])
        legs.append(_ride(rides, call, get_off, last))
        here, there_s = int(day.stop[get_off]), float(day.arrive_s[get_off])
        if egress[here, 0] + label_of(there_s) == label:
            site = sites.take(site_of(np.array([label])))
            end_s = float(seconds_of(np.array([label]))[0])
            legs.append(_walk(access, _one(transit.stops, here), site, names[here], "", there_s, end_s))
            break
        assert later is not None
        changes = np.flatnonzero((rides.change_from == get_off) & (later[rides.change_to, 0] == label))
        change = int(changes[0])
        call, walk_s = int(rides.change_to[change]), float(rides.walk_s[change])
        stop = int(day.stop[call])
        if stop != here:
            a, b = _one(transit.stops, here), _one(transit.stops, stop)
            legs.append(_walk(access, a, b, names[here], names[stop], there_s, there_s + walk_s))
    return [leg for leg in legs if leg.kind == "ride" or leg.arrive_s > leg.depart_s]


def _last_call(rides: Rides, call: int) -> int:
    """Return the last call of the trip that a call belongs to."""
    day = rides.day
    line = int(np.searchsorted(day.line_start, call, side="right")) - 1
    size = int(day.line_stops[line])
    return call + size - 1 - (call - int(day.line_start[line])) % size


def _ride(rides: Rides, get_on: int, get_off: int, last: int) -> Leg:
    day, timetable = rides.day, rides.day.timetable
    pattern = timetable.trip_pattern[day.trip[get_on]]
    stops = day.stop[get_on : get_off + 1]
    return Leg(
        "ride",
        timetable.stop_names[int(stops[0])],
        timetable.stop_names[int(stops[-1])],
        float(day.depart_s[get_on]),
        float(day.arrive_s[get_off]),
        timetable.stop_xy[stops],
        route=timetable.routes[int(timetable.pattern_route[pattern])],
        towards=timetable.stop_names[int(day.stop[last])],
        stops=get_off - get_on,
    )


def _walk(access: Access, a: Snapped, b: Snapped, start: str, end: str, depart_s: float, arrive_s: float) -> Leg:
    way = route(access.streets, a, b)
    xy = way.xy if way is not None else np.concatenate([a.xy, b.xy])
    return Leg("walk", start, end, depart_s, arrive_s, xy, way.length_m if way is not None else 0.0)


def _one(points: Snapped, which: int) -> Snapped:
    return points.take(np.array([which]))
