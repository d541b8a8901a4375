"""From frames in metres of an area's grid to the GeoJSON in degrees that a map draws."""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from drawing.static_files import DECIMALS, compact_json, rounded
from geo.errors import InputError

Feature = dict[str, Any]
Collection = dict[str, Any]


_MOST_KEPT = 10_000
"""Points of shapes that are kept: the ground of a base map has more, and is written once."""


def to_lonlat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame in lon/lat (EPSG:4326).

    Raises
    ------
    InputError
        When the frame does not say which coordinates it is in.
    """
    if frame.crs is None:
        raise InputError("the frame has no coordinate system; set it to the grid of its area first")
    return frame.to_crs(4326)


def lonlat_bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """West, south, east and north of a frame, in degrees."""
    west, south, east, north = to_lonlat(frame).total_bounds
    return float(west), float(south), float(east), float(north)


def _plain(value: Any) -> Any:
    """Return a property as JSON has it: NaN and NaT are null, numpy numbers plain ones, infinity in words."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT:
        return None
    if isinstance(value, float) and np.isinf(value):
        return "out of reach"
    return value if isinstance(value, bool | int | float | str) else str(value)


def feature_collection(frame: gpd.GeoDataFrame, columns: Sequence[str] = (), *, decimals: int = DECIMALS) -> Collection:
    """Return a FeatureCollection in degrees; rows with no geometry are left out.

    Each feature has the property ``i``, its position in `frame`, and the `columns` asked for. Shapes are shared with
    other collections: do not change them.
    """
    kept = shapely.get_num_coordinates(frame.geometry.array).sum() <= _MOST_KEPT
    shapes = (_in_degrees if kept else _in_degrees.__wrapped__)(*_key(frame), decimals)
    features: list[Feature] = [
        {"type": "Feature", "properties": properties, "geometry": shape}
        for properties, shape in zip(_properties(frame, columns), shapes, strict=True)
        if shape is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def feature_text(frame: gpd.GeoDataFrame, columns: Sequence[str] = (), *, decimals: int = DECIMALS) -> str:
    """Return :func:`feature_collection` as :func:`drawing.static_files.publish` takes it: JSON, without white space."""
    kept = shapely.get_num_coordinates(frame.geometry.array).sum() <= _MOST_KEPT
    shapes = (_texts if kept else _texts.__wrapped__)(*_key(frame), decimals)
    features = [
        f'{{"type":"Feature","properties":{compact_json(properties, decimals)},"geometry":{shape}}}'
        for properties, shape in zip(_properties(frame, columns), shapes, strict=True)
        if shape is not None
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def _properties(frame: gpd.GeoDataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise InputError(f"the frame has no column {', '.join(missing)}")
    values = {c: [_plain(v) for v in frame[c]] for c in columns}
    return [{"i": i} | {c: values[c][i] for c in columns} for i in range(len(frame))]


def _key(frame: gpd.GeoDataFrame) -> tuple[tuple[bytes | None, ...], str]:
    """Return the shapes of a frame and their coordinates so that they can be told from others."""
    if frame.crs is None:
        raise InputError("the frame has no coordinate system; set it to the grid of its area first")
    return tuple(shapely.to_wkb(np.asarray(frame.geometry.array))), frame.crs.to_wkt()


@lru_cache(maxsize=64)
def _in_degrees(shapes: tuple[bytes | None, ...], crs: str, decimals: int) -> tuple[Any, ...]:
    """Return shapes as GeoJSON has them, once for the same shapes: most are the same at every drawing of a map."""
    degrees = gpd.GeoSeries(shapely.from_wkb(np.array(shapes, dtype=object)), crs=crs).to_crs(4326)
    # Snapping to a grid could collapse small shapes; rounding the numbers keeps every vertex.
    return tuple(None if g is None or g.is_empty else rounded(shapely.geometry.mapping(g), decimals) for g in degrees)


@lru_cache(maxsize=64)
def _texts(shapes: tuple[bytes | None, ...], crs: str, decimals: int) -> tuple[str | None, ...]:
    return tuple(
        None if shape is None else compact_json(shape, decimals)
        for shape in _in_degrees.__wrapped__(shapes, crs, decimals)
    )


def merge_lines(frame: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    """One MultiLineString for each value of column `by`, in the order of those values.

    Lines that meet end to end are joined, which halves what a street map weighs.
    """
    if by not in frame.columns:
        raise InputError(f"the frame has no column {by}")
    keys: list[Hashable] = []
    merged = []
    for key, part in frame.groupby(by, sort=True):
        keys.append(key)
        merged.append(shapely.line_merge(shapely.multilinestrings(shapely.get_parts(part.geometry.array))))
    return gpd.GeoDataFrame({by: keys}, geometry=merged, crs=frame.crs)


def merge_polygons(frame: gpd.GeoDataFrame, by: Sequence[str]) -> gpd.GeoDataFrame:
    """One dissolved polygon for each combination of the columns `by`: seams of map tiles go."""
    tidy = frame.set_geometry(shapely.make_valid(frame.geometry.array))
    return tidy[[*by, tidy.geometry.name]].dissolve(by=list(by), as_index=False)
