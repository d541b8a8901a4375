"""What questions by timetable share: stops tied to the streets, walks between them, the changes of a day.

All of it depends on the area, the streets of one way of walking and the limits of a journey, and not on the sites or
the window, so the latest few are kept.
"""

from datetime import date
from functools import lru_cache

import numpy as np

from analysis.travel.rides import Footpaths, Ints, Rides, reversed_day
from analysis.travel.times import travel_times
from geo.network.network import ModeNetwork
from geo.network.snapping import Reason, Snapped, snap
from geo.pack import AreaPack
from geo.timetable.day import day_of
from geo.timetable.timing import Timing

Limits = tuple[bool, float, float, float]


def limits_of(timing: Timing) -> Limits:
    """Return what decides which changes there are: assumed routes or not, walk, wait and least time, in seconds."""
    return timing.assumed, timing.longest_change_min * 60.0, timing.longest_wait_min * 60.0, float(timing.change_s)


@lru_cache(maxsize=4)
def stops_of(pack: AreaPack, streets: ModeNetwork) -> Snapped:
    """Tie the stops of the timetable to streets."""
    return snap(streets, pack.timetable.stop_xy, islands=pack.islands.geometry.to_numpy())


@lru_cache(maxsize=4)
def between_stops(pack: AreaPack, streets: ModeNetwork, longest_s: float) -> Footpaths:
    """Return the walks from stop to stop; to itself it is no walk, also where the stop is off the network."""
    stops = stops_of(pack, streets)
    matrix_s = travel_times(streets, stops, stops, limit_s=longest_s, matrix=True).matrix_s
    return Footpaths.of_matrix(np.asarray(matrix_s), longest_s)


@lru_cache(maxsize=8)
def rides_of(pack: AreaPack, streets: ModeNetwork, ordinal: int, limits: Limits) -> Rides:
    """Return the trips of a day, by its ordinal, and the changes; errors as for :func:`geo.timetable.day.day_of`."""
    assumed, walk_s, wait_s, change_s = limits
    day = day_of(pack.timetable, date.fromordinal(ordinal), assumed=assumed)
    return Rides.of(day, between_stops(pack, streets, walk_s), change_s=change_s, longest_wait_s=wait_s)


@lru_cache(maxsize=4)
def rides_back(pack: AreaPack, rides: Rides, streets: ModeNetwork, limits: Limits) -> Rides:
    """Return the same trips and their changes with time turned round."""
    _, walk_s, wait_s, change_s = limits
    footpaths = between_stops(pack, streets, walk_s)
    return Rides.of(reversed_day(rides.day), footpaths, change_s=change_s, longest_wait_s=wait_s)


@lru_cache(maxsize=8)
def walks_to_stops(streets: ModeNetwork, points: Snapped, stops: Snapped, longest_s: float) -> Footpaths:
    """Return the walks from points to the stops that are near enough."""
    return find_walks(streets, points, stops, longest_s)


def find_walks(streets: ModeNetwork, points: Snapped, stops: Snapped, longest_s: float) -> Footpaths:
    """Work out the walks from points that come only once, which are not kept."""
    matrix_s = travel_times(streets, points, stops, limit_s=longest_s, matrix=True).matrix_s
    return Footpaths.of_matrix(np.asarray(matrix_s), longest_s)


@lru_cache(maxsize=4)
def junctions_of(streets: ModeNetwork) -> tuple[Ints, Snapped]:
    """Return the junctions that the mode uses, and each as a point at an end of one of its streets."""
    network, edges = streets.network, streets.usable_edges.astype(np.int64)
    node = np.concatenate([network.edge_u[edges], network.edge_v[edges]])
    nodes, first = np.unique(node, return_index=True)
    edge = np.tile(edges, 2)[first]
    fraction = np.where(first < len(edges), 0.0, 1.0)
    xy, nothing = network.node_xy[nodes], np.zeros(len(nodes))
    reason = np.full(len(nodes), Reason.REACHED, dtype=np.uint8)
    return nodes.astype(np.int64), Snapped(xy, edge.astype(np.int32), fraction, nothing, xy, reason)
