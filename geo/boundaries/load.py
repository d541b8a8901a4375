"""Read boundaries as statistical offices publish them: GeoJSON with a code for each area."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry import shape

from geo.errors import SourceError

# GeoJSON without a "crs" member is longitude and latitude on WGS 84 (RFC 7946, section 4).
_UNSAID_CRS = "OGC:CRS84"


def read_boundaries(path: Path, code: str, name: str | None = None, *, grid: str) -> gpd.GeoDataFrame:
    """Read areas from a GeoJSON file and bring them to the grid of the area.

    Parameters
    ----------
    path
        A GeoJSON FeatureCollection of polygons.
    code
        Property that holds each area's code, such as ``"WD13CD"``, ``"LSOA11CD"`` or ``"OA11CD"``.
    name
        Property that holds each area's name, such as ``"WD13NM"``. Without it the code serves as name.
    grid
        The metric grid of the area, by its EPSG code.

    Returns
    -------
    geopandas.GeoDataFrame
        In `grid`, sorted by code, with columns ``code``, ``name``, ``repaired`` (what was wrong with the
        published geometry, or ``""``) and ``geometry`` (Polygon or MultiPolygon, always valid), all metres.

    Raises
    ------
    SourceError
        If the file is not such a collection, if its coordinates are not in the CRS that it states, if a
        property or geometry is missing, or if a code comes twice. Features are counted from 0.
    """
    features, crs = _read_collection(path)
    codes, names, shapes, repaired = [], [], [], []
    for index, feature in enumerate(features):
        properties = feature.get("properties") or {}
        codes.append(_text(properties, code, path, index))
        names.append(_text(properties, name, path, index) if name else codes[-1])
        area, fault = _polygon(feature.get("geometry"), path, index)
        shapes.append(area)
        repaired.append(fault)
    _check_unique(codes, path)
    _check_coordinates(np.array(shapes, dtype=object), crs, path)
    frame = gpd.GeoDataFrame({"code": codes, "name": names, "repaired": repaired}, geometry=shapes, crs=crs)
    _check_on_grid(frame, grid, path)
    return frame.to_crs(grid).sort_values("code", ignore_index=True)


def _read_collection(path: Path) -> tuple[list[dict[str, Any]], pyproj.CRS]:
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8 text, so not GeoJSON") from error
    except json.JSONDecodeError as error:
        raise SourceError(f"{path}: line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from error
    if not isinstance(raw, dict) or raw.get("type") != "FeatureCollection":
        raise SourceError(f"{path}: is not a GeoJSON FeatureCollection")
    features = raw.get("features")
    if not isinstance(features, list) or not features:
        raise SourceError(f"{path}: has no features")
    for index, feature in enumerate(features):
        if not isinstance(feature, dict):
            raise SourceError(f"{path}: feature {index} is not an object")
    return features, _stated_crs(raw.get("crs"), path)


def _stated_crs(member: Any, path: Path) -> pyproj.CRS:
    if member is None:
        return pyproj.CRS.from_user_input(_UNSAID_CRS)
    try:
        return pyproj.CRS.from_user_input(member["properties"]["name"])
    except (CRSError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: states a CRS that is not known: {json.dumps(member)}") from error


def _text(properties: dict[str, Any], key: str, path: Path, index: int) -> str:
    if key not in properties:
        has = ", ".join(properties) or "none"
        raise SourceError(f"{path}: feature {index} has no property {key!r}; it has: {has}")
    value = properties[key]
    if not isinstance(value, str) or not value.strip():
        raise SourceError(f"{path}: feature {index}: property {key!r} is {value!r}; expected text")
    return value.strip()


def _polygon(geometry: Any, path: Path, index: int) -> tuple[Any, str]:
    if geometry is None:
        raise SourceError(f"{path}: feature {index} has no geometry")
    try:
        area = shapely.force_2d(shape(geometry))
    except Exception as error:  # shapely raises many kinds, by what is malformed
        raise SourceError(f"{path}: feature {index}: geometry cannot be read ({error})") from error
    if area.is_empty:
        raise SourceError(f"{path}: feature {index} has an empty geometry")
    if area.geom_type not in ("Polygon", "MultiPolygon"):
        raise SourceError(f"{path}: feature {index} is a {area.geom_type}; expected a polygon")
    if area.is_valid:
        return area, ""
    fault = str(shapely.is_valid_reason(area))
    mended = polygons_of(shapely.make_valid(area))
    if mended.is_empty:
        raise SourceError(f"{path}: feature {index}: geometry has no area left after repair ({fault})")
    return mended, fault


def polygons_of(geometry: Any) -> Any:
    """Keep the polygons of a geometry: a Polygon, or a MultiPolygon when there are several or none.

    Parameters
    ----------
    geometry
        Any shapely geometry. Lines and points, which repairs and overlays leave behind, are dropped.
    """
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if not part.is_empty]
    flat: list[Any] = []
    for part in parts:
        flat.extend(shapely.get_parts(part))
    kept = [part for part in flat if part.geom_type == "Polygon"]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _check_unique(codes: list[str], path: Path) -> None:
    first: dict[str, int] = {}
    for index, code in enumerate(codes):
        if code in first:
            raise SourceError(f"{path}: code {code!r} comes twice, at features {first[code]} and {index}")
        first[code] = index


def _check_coordinates(shapes: np.ndarray[Any, Any], crs: pyproj.CRS, path: Path) -> None:
    west, south, east, north = shapely.total_bounds(shapes)
    if not np.isfinite([west, south, east, north]).all():
        raise SourceError(f"{path}: has coordinates that are not finite numbers")
    in_degrees = west >= -180 and east <= 180 and south >= -90 and north <= 90
    span = f"x {west:.5g} to {east:.5g}, y {south:.5g} to {north:.5g}"
    if crs.is_geographic and not in_degrees:
        raise SourceError(f"{path}: states {crs.name} (degrees), but its coordinates are not degrees: {span}")
    if crs.is_projected and in_degrees:
        raise SourceError(f"{path}: states {crs.name} (metres), but its coordinates look like degrees: {span}")


def _check_on_grid(frame: gpd.GeoDataFrame, grid: str, path: Path) -> None:
    """Check that areas lie where their grid is defined, which they do not when x and y are swapped."""
    defined = pyproj.CRS.from_user_input(grid)
    if defined.area_of_use is None:
        return
    west, south, east, north = frame.to_crs(_UNSAID_CRS).total_bounds
    low_x, low_y, high_x, high_y = defined.area_of_use.bounds
    if not (low_x <= west and low_y <= south and east <= high_x and north <= high_y):
        raise SourceError(
            f"{path}: read as {frame.crs.name}, its areas lie outside {defined.area_of_use.name}, where the grid "
            f"{defined.name} is defined; check the stated CRS and that x comes before y"
        )
