"""The nearest street with a name (reverse geocoding), so that a click or coordinates can be described in words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.network.network import StreetNetwork


@dataclass(frozen=True, eq=False)
class NamedStreets:
    """The pieces of street that have a name.

    Attributes
    ----------
    names
        ``(n,)`` names, one a piece.
    tree
        Their lines, on the grid of the pack.
    """

    names: npt.NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, network: StreetNetwork) -> "NamedStreets":
        """Collect the named pieces of a network."""
        named = np.flatnonzero(network.edge_name > 0)
        names = np.array(network.street_names, dtype=object)[network.edge_name[named]]
        return cls(names, shapely.STRtree(network.lines[named]))

    def nearest(self, xy: npt.ArrayLike, within_m: float = np.inf) -> npt.NDArray[np.object_]:
        """Name the nearest street of each position, ``(n, 2)`` metres; empty where none is within `within_m` metres."""
        points = shapely.points(np.asarray(xy, dtype=np.float64).reshape(-1, 2))
        found = np.full(len(points), "", dtype=object)
        if len(self.names):
            limit = None if np.isinf(within_m) else within_m
            at, piece = self.tree.query_nearest(points, max_distance=limit, all_matches=False)
            found[at] = self.names[piece]
        return found
