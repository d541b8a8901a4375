"""Generalise (simplify) boundaries of several levels together, so that neighbours still share their edges.

The smallest areas are simplified as one coverage: an edge between two areas is simplified once, and both keep
it (:func:`shapely.coverage_simplify`, the Visvalingam–Whyatt algorithm on shared edges). Larger areas are then
dissolved from the smaller ones, so that all levels share their edges too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundaries.load import polygons_of
from geo.errors import InputError, SourceError

# Coordinates are kept to 0.1 m: the publisher's own generalisation has moved them by far more.
GRID_M = 0.1
# A gap or overlap narrower than this between neighbours is an error of drawing, not real ground.
GAP_M = 1.0
_STEPS = 0.8 ** np.arange(24)
_SHOWN = 5


@dataclass(frozen=True)
class Generalised:
    """Boundaries of several levels that share their edges.

    Attributes
    ----------
    levels
        As given, finest first: columns ``code``, ``name`` and ``geometry``, sorted by code.
    tolerance_m
        The tolerance that was used, metres: the square root of the area of the largest triangle that was left out.
        0 if nothing could be left out.
    worst_area_change
        For each level, the largest change of an area's size from its source, as a share (0.01 is 1 %).
    cleaned
        Whether gaps or overlaps in the source had to be closed first.
    """

    levels: tuple[gpd.GeoDataFrame, ...]
    tolerance_m: float
    worst_area_change: tuple[float, ...]
    cleaned: bool


def generalise(
    levels: Sequence[gpd.GeoDataFrame],
    parents: Sequence[pd.Series],
    *,
    tolerance_m: float = 20.0,
    area_limit: float = 0.01,
) -> Generalised:
    """Simplify the finest level as one coverage and dissolve it upwards.

    Parameters
    ----------
    levels
        Finest first, such as output areas, LSOAs and wards, each as
        :func:`geo.boundaries.load.read_boundaries` gives it: ``code``, ``name``, ``geometry`` in metres.
    parents
        One fewer than ``levels``: the code in the next level, indexed by the code in this one.
    tolerance_m
        Upper bound on the tolerance, metres. It is lowered until every area is within ``area_limit``.
    area_limit
        Largest share by which the size of any area, at any level, may differ from its own source.

    Raises
    ------
    InputError
        If the arguments do not fit together.
    SourceError
        If gaps between the areas cannot be closed, or if an area is over the limit even with nothing left out.
    """
    if not levels or len(parents) != len(levels) - 1:
        raise InputError(f"{len(levels)} levels need {max(len(levels) - 1, 0)} look-ups, got {len(parents)}")
    if tolerance_m < 0 or area_limit <= 0:
        raise InputError("the tolerance must be at least 0 m and the area limit more than 0")
    ordered = [frame.sort_values("code", ignore_index=True) for frame in levels]
    coverage, cleaned = clean_coverage(ordered[0])
    faults: list[str] = []
    for tolerance in [*(tolerance_m * _STEPS), 0.0]:
        finest = shapely.coverage_simplify(coverage, tolerance) if tolerance > 0 else coverage
        shapes = _dissolve_upwards(finest, ordered, parents)
        changes = [_area_change(new, frame) for new, frame in zip(shapes, ordered, strict=True)]
        faults = [
            f"{code} by {change:.1%}"
            for frame, level in zip(ordered, changes, strict=True)
            for code, change in zip(frame["code"], level, strict=True)
            if not change <= area_limit
        ]
        if not faults and shapely.coverage_is_valid(finest):
            return Generalised(
                levels=tuple(_frame(frame, new) for frame, new in zip(ordered, shapes, strict=True)),
                tolerance_m=float(tolerance),
                worst_area_change=tuple(float(level.max()) for level in changes),
                cleaned=cleaned,
            )
    raise SourceError(
        f"areas differ from their source by more than {area_limit:.1%} even ungeneralised, so the levels "
        f"do not nest: {', '.join(faults[:_SHOWN])}{' …' if len(faults) > _SHOWN else ''}"
    )


def clean_coverage(areas: gpd.GeoDataFrame, *, gap_m: float = GAP_M) -> tuple[np.ndarray[Any, Any], bool]:
    """Make a valid coverage: snap to a grid, and close slivers between neighbours if there are any.

    Parameters
    ----------
    areas
        Columns ``code`` and ``geometry`` (polygons, metres) that should cover the ground without overlap.
    gap_m
        Widest gap that is closed, metres.

    Returns
    -------
    numpy.ndarray
        Polygons or MultiPolygons, shape ``(n_areas,)``, that form a valid coverage.
    bool
        Whether anything more than rounding was needed.

    Raises
    ------
    SourceError
        If there are still gaps or overlaps; the message names areas that have them.
    """
    exact = areas.geometry.to_numpy()
    if _meets(exact, gap_m):
        rounded = shapely.set_precision(exact, GRID_M, mode="pointwise")
        # Rounding moves a shared vertex equally on both sides, but may turn a very thin spike inside out.
        if shapely.is_valid(rounded).all() and _meets(rounded, gap_m):
            return rounded, False
        return exact, False
    mended = _mend(exact, gap_m)
    if not _meets(mended, 0.0) or shapely.is_empty(mended).any():
        edges = shapely.coverage_invalid_edges(mended)
        at_fault = areas["code"].to_numpy()[~shapely.is_empty(edges) | shapely.is_empty(mended)]
        raise SourceError(f"areas overlap or leave gaps that cannot be closed: {', '.join(at_fault[:_SHOWN])}")
    return mended, True


def _meets(shapes: np.ndarray[Any, Any], gap_m: float) -> bool:
    return bool(shapely.coverage_is_valid(shapes, gap_width=gap_m))


def _mend(shapes: np.ndarray[Any, Any], gap_m: float) -> np.ndarray[Any, Any]:
    if shapely.geos_version >= (3, 14, 0):
        cleaned = shapely.coverage_clean(shapes, gap_width=gap_m, snapping_distance=GRID_M)
    else:
        # Older GEOS: a shared coarse grid closes gaps up to about its cell size.
        cleaned = shapely.set_precision(shapes, gap_m)
    return np.array([polygons_of(shape) for shape in cleaned], dtype=object)


def _dissolve_upwards(
    finest: np.ndarray[Any, Any], levels: Sequence[gpd.GeoDataFrame], parents: Sequence[pd.Series]
) -> list[np.ndarray[Any, Any]]:
    shapes = [finest]
    for below, above, parent_of in zip(levels, levels[1:], parents, strict=False):
        named = parent_of.reindex(below["code"])
        if named.isna().any():
            raise InputError(f"the look-up has no parent for {named.index[named.isna()][0]}")
        groups = pd.Series(shapes[-1]).groupby(named.to_numpy()).agg(list)
        missing = set(above["code"]) ^ set(groups.index)
        if missing:
            raise InputError(
                f"look-up and boundaries do not name the same areas: {', '.join(sorted(missing)[:_SHOWN])}"
            )
        merged = [shapely.normalize(shapely.coverage_union_all(groups[code])) for code in above["code"]]
        shapes.append(np.array([polygons_of(shape) for shape in merged], dtype=object))
    return shapes


def _area_change(new: np.ndarray[Any, Any], frame: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    change: np.ndarray[Any, Any] = np.abs(shapely.area(new) / frame.geometry.area.to_numpy() - 1)
    return change


def _frame(source: gpd.GeoDataFrame, shapes: np.ndarray[Any, Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": source["code"].to_numpy(), "name": source["name"].to_numpy()}, geometry=shapes, crs=source.crs
    )
