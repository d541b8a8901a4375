"""Point-in-polygon look-up: the area that each point lies in, or the nearest one."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import InputError

# Generalised boundaries cut off quays and sea-front addresses by up to about this much.
NEAR_M = 100.0


@dataclass(frozen=True)
class Located:
    """The area of each point.

    Attributes
    ----------
    codes
        Shape ``(n_points,)``, str objects: the area's code, or ``""`` if no area is near enough.
    distance_m
        Shape ``(n_points,)``, float64: 0 inside or on the edge, the distance to the area when the point lies
        outside all of them, ``inf`` where there is no code.
    """

    codes: npt.NDArray[np.object_]
    distance_m: npt.NDArray[np.float64]


def locate(points_xy: npt.ArrayLike, areas: gpd.GeoDataFrame, *, within_m: float = NEAR_M) -> Located:
    """Find the area that each point lies in, or otherwise the nearest one.

    A point on the edge of several areas, or equally near to several, gets the lowest code, so that the answer
    never depends on the order of the areas.

    Parameters
    ----------
    points_xy
        Shape ``(n_points, 2)``: eastings and northings, metres.
    areas
        Columns ``code`` and ``geometry`` (polygons) in the same metres.
    within_m
        How far outside every area a point may lie and still get a code, metres.

    Raises
    ------
    InputError
        If the points are not finite pairs, or the distance is negative.
    """
    points = np.asarray(points_xy, dtype=np.float64)
    if points.size == 0:
        points = points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InputError(f"points must have the shape (n, 2), not {points.shape}")
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(bad):
        raise InputError(f"point {bad[0]} has no position ({len(bad)} such points)")
    if not within_m >= 0:
        raise InputError(f"the distance must be at least 0 m, not {within_m}")

    ordered = areas.sort_values("code", ignore_index=True)
    tree = shapely.STRtree(ordered.geometry.to_numpy())
    spots = shapely.points(points)
    area_of = np.full(len(points), -1, dtype=np.int64)
    distance = np.full(len(points), np.inf)

    at, hit = tree.query(spots, predicate="intersects")
    _take_lowest(area_of, at, hit)
    distance[area_of >= 0] = 0.0

    outside = np.flatnonzero(area_of < 0)
    if len(outside) and len(ordered) and within_m > 0:
        (at, hit), away = tree.query_nearest(spots[outside], max_distance=within_m, return_distance=True)
        distance[outside[at]] = away
        _take_lowest(area_of, outside[at], hit)

    codes = np.append(ordered["code"].to_numpy(dtype=object), "")
    return Located(codes=codes[area_of], distance_m=distance)


def _take_lowest(area_of: npt.NDArray[np.int64], at: npt.NDArray[Any], hit: npt.NDArray[Any]) -> None:
    order = np.lexsort((hit, at))
    spots, first = np.unique(at[order], return_index=True)
    area_of[spots] = hit[order][first]
