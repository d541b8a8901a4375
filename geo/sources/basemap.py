"""Read the layers of a base map from OpenStreetMap: a GeoPackage with one layer per theme.

The layers come from vector tiles: polygons are cut at tile edges, and a lake or wood may also contain lines that do not
belong to it. :mod:`geo.basemap` compiles them into layers that are small enough to draw.
"""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.errors import SourceError

# Layer: the kinds of geometry it is drawn with. Anything else in it is left over from the cutting at tile edges.
_GEOMETRY = {
    "landcover": ("Polygon",),
    "landuse": ("Polygon",),
    "park": ("Polygon",),
    "water": ("Polygon",),
    "waterway": ("LineString",),
    "railway": ("LineString",),
    "pier": ("LineString", "Polygon"),
    "aeroway": ("LineString", "Polygon"),
    "place": ("Point",),
    "building": ("Polygon",),
}
LAYERS = tuple(_GEOMETRY)
# An inland town has no pier, and not every extract has the rest.
_OPTIONAL = ("park", "pier", "aeroway", "building")


def read_basemap(path: Path, crs: str) -> dict[str, gpd.GeoDataFrame]:
    """Read every layer of a base map.

    Parameters
    ----------
    path
        GeoPackage in any stated CRS with the layers ``landcover``, ``landuse``, ``water``, ``waterway``, ``railway``
        and ``place``, and where the area has them ``park``, ``pier``, ``aeroway`` and ``building``. Each has the
        columns ``cls`` (theme), ``sub`` (finer theme) and ``name``; ``building`` has none.
    crs
        The grid of the area.

    Returns
    -------
    dict of str to geopandas.GeoDataFrame
        All ten layers, in that order, in `crs`. Columns ``cls``, ``sub``, ``name`` (str, ``""`` when there is none)
        and ``geometry``: single-part, valid, two-dimensional, and of the kind that the layer is drawn with. A layer
        that the file does not have is empty.

    Raises
    ------
    SourceError
        If the file, a required layer or a column is missing, or a layer states no CRS.
    """
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"{path}: no such file")
    try:
        found = {str(name) for name in gpd.list_layers(path)["name"]}
    except RuntimeError as error:  # raised by the underlying reader for an unknown kind of file
        raise SourceError(f"{path}: is not a GeoPackage ({error})") from error
    missing = [name for name in LAYERS if name not in found and name not in _OPTIONAL]
    if missing:
        raise SourceError(f"{path}: has no layer {', '.join(missing)}; it has: {', '.join(sorted(found))}")
    return {name: _read_layer(path, name, crs) if name in found else empty_layer(crs) for name in LAYERS}


def _read_layer(path: Path, layer: str, crs: str) -> gpd.GeoDataFrame:
    where = f"{path}: layer {layer}"
    try:
        frame = gpd.read_file(path, layer=layer)
    except (RuntimeError, ValueError) as error:
        raise SourceError(f"{where}: cannot be read ({error})") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise SourceError(f"{where}: has no geometry")
    if frame.crs is None:
        raise SourceError(f"{where}: states no CRS; state the one that its coordinates are in")
    # A file may describe the same grid in other words, and a conversion would move every point by a rounding error.
    same = pyproj.CRS.from_user_input(crs).equals(frame.crs, ignore_axis_order=True)
    frame = frame.set_crs(crs, allow_override=True) if same else frame.to_crs(crs)
    if layer != "building":
        absent = [column for column in ("cls", "sub", "name") if column not in frame.columns]
        if absent:
            raise SourceError(f"{where}: has no column {', '.join(absent)}; it has: {', '.join(frame.columns)}")
        # A shape without a theme cannot be drawn.
        blank = np.flatnonzero(_text(frame, "cls") == "")
        if len(blank):
            raise SourceError(f"{where}: row {blank[0] + 1}: column cls is blank")
    if not np.isfinite(shapely.get_coordinates(frame.geometry.to_numpy())).all():
        raise SourceError(f"{where}: has coordinates that are not finite numbers")
    return tidy_layer(frame, layer)


def tidy_layer(frame: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Split into single parts, repair, and keep the geometry types that the layer is drawn with."""
    kinds = _GEOMETRY[layer]
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    row = np.arange(len(shapes))
    # Twice, because a collection may hold multi-part geometries.
    for _ in range(2):
        shapes, part_of = shapely.get_parts(shapes, return_index=True)
        row = row[part_of]
    wanted = np.isin(shapely.get_type_id(shapes), [int(shapely.GeometryType[kind.upper()]) for kind in kinds])
    wanted &= ~shapely.is_empty(shapes)
    shapes, row = shapes[wanted], row[wanted]
    columns = {column: _text(frame, column)[row] for column in ("cls", "sub", "name")}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=frame.crs)


def _text(frame: gpd.GeoDataFrame, column: str) -> np.ndarray[Any, Any]:
    if column not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    values = frame[column].astype(object)
    text: np.ndarray[Any, Any] = values.where(values.notna(), "").astype(str).str.strip().to_numpy(dtype=object)
    return text


def empty_layer(crs: str) -> gpd.GeoDataFrame:
    """Return a layer of the base map without any feature."""
    return gpd.GeoDataFrame({"cls": [], "sub": [], "name": []}, geometry=[], crs=crs).astype(
        {"cls": object, "sub": object, "name": object}
    )
