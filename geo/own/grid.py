"""Positions of a user's rows on the area's grid: conversion, the box of the area, and what lies within it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.coordinates import to_grid, to_lonlat
from geo.network.snapping import MAX_CONNECTOR_M
from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DEGREES, METRES = ("lon", "lat"), ("easting", "northing")
PAIRS = (DEGREES, METRES)
"""The two ways to give a position, in the order in which they count."""


def metres(pair: tuple[str, str], xy: Floats, crs: str) -> Floats:
    """Return positions on the area's grid, ``(n, 2)``, of positions in degrees or already on it."""
    return np.column_stack(to_grid(xy[:, 0], xy[:, 1], crs)) if pair == DEGREES else xy


def degrees(xy: Floats, crs: str) -> Floats:
    """Return longitude and latitude, ``(n, 2)``, of positions on the area's grid."""
    return np.column_stack(to_lonlat(xy[:, 0], xy[:, 1], crs))


@dataclass(frozen=True, eq=False)
class Box:
    """A box around the streets of an area, wider by the distance of snapping; two corners, metres."""

    low: Floats
    high: Floats
    crs: str

    @classmethod
    def of(cls, pack: AreaPack) -> "Box":
        """Return the box of an area."""
        nodes = pack.network.node_xy
        return cls(nodes.min(axis=0) - MAX_CONNECTOR_M, nodes.max(axis=0) + MAX_CONNECTOR_M, pack.crs)

    def holds(self, xy: Floats) -> Bools:
        """Tell which positions, ``(n, 2)`` metres, are within; one that is not known is not."""
        return np.asarray(((xy >= self.low) & (xy <= self.high)).all(axis=1))

    def words(self, pair: tuple[str, str]) -> str:
        """Say how far it goes, in degrees or in metres."""
        if pair == DEGREES:
            (west, south), (east, north) = degrees(np.array([self.low, self.high]), self.crs)
            return f"lon {west:.2f} to {east:.2f}, lat {south:.2f} to {north:.2f}"
        (west, south), (east, north) = self.low, self.high
        return f"easting {west:.0f} to {east:.0f}, northing {south:.0f} to {north:.0f}"
