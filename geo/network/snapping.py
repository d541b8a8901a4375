"""Snapping: tie points (homes, services) to the nearest point of a street (edge), not to the nearest junction.

A snapped point does not really split its edge: it keeps the number of the edge and how far along it lies, and the
search adds the part of the edge that is really walked. If points were moved to junctions instead, homes would shift by
up to half a street, more than the differences that this project measures.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import InputError
from geo.network.network import Bools, Floats, Ints, ModeNetwork

MAX_CONNECTOR_M = 300.0


class Reason(IntEnum):
    """Why a point has the travel time that it has."""

    REACHED = 0
    OFF_NETWORK = 1
    ISLAND = 2
    BEYOND_LIMIT = 3
    NO_SITE = 4
    BY_STEPS = 5

    @property
    def words(self) -> str:
        """The reason in plain words."""
        return (
            "reached",
            f"further than {MAX_CONNECTOR_M:.0f} m from any street",
            "its street is cut off from the rest of the network",
            "further away than the search looked",
            "no service of this kind is on the network",
            "only steps lead to its street",
        )[self]


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points tied to the streets of one mode.

    Attributes
    ----------
    xy
        ``(n, 2)`` where the points are, metres.
    edge
        ``(n,)`` the edge that each is tied to; -1 where none is near enough.
    fraction
        ``(n,)`` how far along the edge, 0 at its start and 1 at its end.
    connector_m
        ``(n,)`` straight distance to that point of the street; ``inf`` where there is no street at all.
    snapped_xy
        ``(n, 2)`` that point of the street.
    reason
        ``(n,)`` `Reason.REACHED`, `Reason.OFF_NETWORK`, `Reason.ISLAND` or `Reason.BY_STEPS`.
    """

    xy: Floats
    edge: Ints
    fraction: Floats
    connector_m: Floats
    snapped_xy: Floats
    reason: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, which: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> "Snapped":
        """Return the points at `which` (indices or a mask)."""
        return Snapped(
            self.xy[which],
            self.edge[which],
            self.fraction[which],
            self.connector_m[which],
            self.snapped_xy[which],
            self.reason[which],
        )


def snap(
    streets: ModeNetwork,
    xy: npt.ArrayLike,
    *,
    islands: npt.NDArray[np.object_] | None = None,
    max_connector_m: float = MAX_CONNECTOR_M,
) -> Snapped:
    """Tie each point to the nearest point of a street that the mode may use.

    Parameters
    ----------
    streets
        The network of one mode; points are snapped only to its usable edges. For a mode that needs a level way, a point
        whose nearest street has none is not snapped, with `Reason.BY_STEPS`.
    xy
        ``(n, 2)`` metres on the grid of the pack.
    islands
        Lines of the streets that are cut off from the network; a point that is too far from a usable street but near
        one of these is reported as `Reason.ISLAND`.
    max_connector_m
        A point further than this from every usable street is reported, not moved.

    Raises
    ------
    InputError
        When a coordinate is not a finite number.
    """
    points_xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    bad = np.flatnonzero(~np.isfinite(points_xy).all(axis=1))
    if len(bad):
        raise InputError(f"point {bad[0] + 1} has no usable position: {points_xy[bad[0]].tolist()}")
    count = len(points_xy)
    edge = np.full(count, -1, dtype=np.int32)
    fraction, connector_m = np.zeros(count), np.full(count, np.inf)
    snapped_xy = points_xy.copy()
    reason = np.full(count, Reason.OFF_NETWORK, dtype=np.uint8)
    if count and len(streets.usable_edges):
        points = shapely.points(points_xy)
        _, nearest = streets.tree.query_nearest(points, all_matches=False)
        candidate = streets.usable_edges[nearest]
        lines = streets.network.lines[candidate]
        along_m = shapely.line_locate_point(lines, points)
        on_street = shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m))
        distance_m = np.hypot(*(points_xy - on_street).T)
        near = distance_m <= max_connector_m
        edge[near] = candidate[near]
        fraction[near] = np.clip(along_m / np.maximum(shapely.length(lines), 1e-9), 0.0, 1.0)[near]
        connector_m[:] = distance_m
        snapped_xy[near] = on_street[near]
        reason[near] = Reason.REACHED
        by_steps = _nearer_by_steps(streets, points, np.minimum(distance_m, max_connector_m))
        edge[by_steps], reason[by_steps] = -1, Reason.BY_STEPS
        fraction[by_steps], snapped_xy[by_steps] = 0.0, points_xy[by_steps]
        far = np.flatnonzero(~near & ~by_steps)
        if len(far) and islands is not None and len(islands):
            close = shapely.STRtree(islands).query(points[far], predicate="dwithin", distance=max_connector_m)[0]
            reason[far[np.unique(close)]] = Reason.ISLAND
    return Snapped(points_xy, edge, fraction, connector_m, snapped_xy, reason)


def _nearer_by_steps(streets: ModeNetwork, points: npt.NDArray[np.object_], within_m: Floats) -> Bools:
    """Tell which points ``(n,)`` lie nearer than `within_m` ``(n,)`` to a street that only steps lead to."""
    nearer = np.zeros(len(points), dtype=bool)
    if streets.by_steps.any():
        which, distance_m = streets.by_steps_tree.query_nearest(points, all_matches=False, return_distance=True)
        # Where such a street meets a level one, at the foot of steps, both are equally near: take the level one.
        nearer[which[0]] = distance_m < within_m[which[0]] - 1e-6
    return nearer
