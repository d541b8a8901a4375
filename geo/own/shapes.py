"""Read GeoJSON, a GeoPackage or a zipped shapefile as a table with the columns ``lon`` and ``lat``."""

import io
import json
import math
import re
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.errors import InputError
from geo.own.columns import bare
from geo.own.table import MOST_COLUMNS, MOST_ROWS, Table, made_table, printable
from geo.own.text import too_many_rows

_MOST_JSON_VALUES = 4_000_000
"""Brackets and commas of a GeoJSON: each becomes a value, which takes tens of bytes."""
_SHX_HEADER, _SHX_ROW = 100, 8
_BOXES = re.compile(r"CREATE VIRTUAL TABLE\s+(?:\"[^\"]*\"|\w+)\s+USING\s+rtree\s*\(.*\)", re.IGNORECASE | re.DOTALL)
_HALVES = re.compile("[\ud800-\udfff]")
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NO_GRID = "does not say in which grid its positions are (a shapefile needs its .prj)"


def read_geojson(text: str, name: str) -> Table:
    """Read GeoJSON, whose positions are degrees by its own standard; a ``crs`` of the older one is followed.

    Raises
    ------
    InputError
        When it is no GeoJSON with features.
    """
    shown = printable(name)
    if sum(text.count(sign) for sign in "[{,") > _MOST_JSON_VALUES:
        raise InputError(
            f"{shown}: has more than {_MOST_JSON_VALUES:,} values: give the middles of the shapes, or divide it"
        )
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{shown}: is no GeoJSON: {printable(str(error))}") from error
    features = content.get("features") if isinstance(content, dict) else None
    if isinstance(content, dict) and content.get("type") == "Feature":
        features = [content]
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise InputError(f"{shown}: is no GeoJSON with features")
    if len(features) > MOST_ROWS:
        raise too_many_rows(shown)
    properties = [_clean(one.get("properties")) for one in features]
    _check_width(shown, len({name for one in properties for name in one}))
    frame = pd.DataFrame(properties, columns=list(dict.fromkeys(name for one in properties for name in one)))
    points = [_point_of(one.get("geometry")) for one in features]
    geometry = shapely.points(np.array(points, dtype=np.float64).reshape(-1, 2))
    geometry[np.isnan(points).any(axis=1)] = None
    crs = content.get("crs")
    said = crs.get("properties") if isinstance(crs, dict) else None
    grid = said.get("name") if isinstance(said, dict) else None
    return _table(frame, geometry, str(grid or "OGC:CRS84"), name, "GeoJSON")


def _clean(properties: Any) -> dict[str, Any]:
    """Return properties in which what is no text (half a character) is a character that costs the row."""
    found = properties if isinstance(properties, dict) else {}
    return {_whole(name): _whole(value) if isinstance(value, str) else value for name, value in found.items()}


def _whole(text: str) -> str:
    return _HALVES.sub("\ufffe", text)


def _check_width(shown: str, columns: int) -> None:
    """Refuse too many columns before a table is made of them."""
    if columns > MOST_COLUMNS:
        raise InputError(f"{shown}: has {columns} columns; at most {MOST_COLUMNS} can be read")


def _point_of(geometry: Any) -> tuple[float, float]:
    """Return a position of a geometry; NaN for none, or for one that cannot be."""
    try:
        if geometry["type"] == "Point":
            x, y = (float(value) for value in geometry["coordinates"][:2])
            return x, y
        point = shapely.geometry.shape(geometry).representative_point()
        return float(point.x), float(point.y)
    except (TypeError, KeyError, ValueError, IndexError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        return math.nan, math.nan


def read_geopackage(content: bytes, name: str) -> Table:
    """Read the first layer of a GeoPackage; errors as for :func:`read_geojson`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.gpkg"
        path.write_bytes(content)
        _check_tables(path, name)
        return _read(path, name, "GeoPackage")


def _check_tables(path: Path, name: str) -> None:
    """Refuse a GeoPackage with anything but tables and their indexes.

    A view of a few letters can be a question whose answer never ends, and a virtual table can be another file.
    """
    shown = printable(name)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            rows = base.execute(
                "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'view')"
            )
            other = [str(row[1]) for row in rows if row[0] == "view" or _virtual(str(row[2]))]
    except sqlite3.Error as error:
        raise InputError(f"{shown}: is no GeoPackage that can be read: {printable(str(error))}") from error
    if other:
        raise InputError(
            f"{shown}: holds “{printable(other[0])}”, which is no table: save the layer itself as a GeoPackage"
        )


def _virtual(sql: str) -> bool:
    """Whether a table is kept by anything but SQLite itself; an index of boxes is no such table."""
    return sql[:20].upper() == "CREATE VIRTUAL TABLE" and not _BOXES.fullmatch(sql)


def read_shapefile(content: bytes, name: str) -> Table:
    """Read the one shapefile in a zip, whose size was checked before; errors as for :func:`read_geojson`."""
    shown = printable(name)
    with zipfile.ZipFile(io.BytesIO(content)) as packed, tempfile.TemporaryDirectory() as folder:
        parts = [part for part in packed.infolist() if Path(part.filename).suffix.casefold() in _SHAPEFILE]
        parts = [part for part in parts if not part.filename.startswith("__MACOSX")]
        shapes = [part for part in parts if part.filename.casefold().endswith(".shp")]
        if len(shapes) != 1:
            raise InputError(f"{shown}: holds {len(shapes)} shapefiles; give one at a time")
        stem = shapes[0].filename[: -len(".shp")]
        # Under names of our own, so that no name in the zip becomes a path.
        for part in parts:
            if part.filename[: -len(".shp")] == stem:
                kept = Path(folder) / f"own{Path(part.filename).suffix.casefold()}"
                try:
                    kept.write_bytes(packed.read(part))
                except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
                    raise InputError(f"{shown}: is damaged or cut off: {printable(str(error))}") from error
        _check_rows(Path(folder), shown)
        return _read(Path(folder) / "own.shp", name, "shapefile")


def _check_rows(folder: Path, shown: str) -> None:
    """Refuse a shapefile whose index gives one shape to many rows: a small file would be as large as all of them."""
    index = folder / "own.shx"
    if not index.is_file():
        return  # the reader says what is missing
    content = index.read_bytes()[_SHX_HEADER:]
    rows = np.frombuffer(content[: len(content) // _SHX_ROW * _SHX_ROW], dtype=">i4").reshape(-1, 2)
    if len(rows) > MOST_ROWS:
        raise too_many_rows(shown)
    start, words = rows[rows[:, 1] > 0].astype(np.int64).T  # a row that was deleted has no length
    if 2 * words.sum() > (folder / "own.shp").stat().st_size or len(np.unique(start)) < len(start):
        raise InputError(f"{shown}: is damaged: several rows of it share one shape; save it again")


def _read(source: Path, name: str, kind: str) -> Table:
    shown = printable(name)
    try:
        layers = pyogrio.list_layers(source)
        drawn = [str(layer) for layer, geometry in layers if geometry is not None]
        if not drawn:
            raise InputError(f"{shown}: has no layer with positions")
        _check_width(shown, len(pyogrio.read_info(source, layer=drawn[0])["fields"]))
        frame = pyogrio.read_dataframe(source, layer=drawn[0], max_features=MOST_ROWS + 1)
    except (RuntimeError, ValueError, OSError, shapely.errors.ShapelyError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{shown}: is no {kind} that can be read: {printable(str(error))}") from error
    if len(frame) > MOST_ROWS:
        raise too_many_rows(shown)
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise InputError(f"{shown}: {_NO_GRID}")
    several = f"{kind}, layer “{printable(drawn[0])}”" if len(drawn) > 1 else kind
    geometry = frame.geometry.representative_point().to_numpy()
    return _table(pd.DataFrame(frame.drop(columns=frame.geometry.name)), geometry, frame.crs, name, several)


def _table(frame: pd.DataFrame, geometry: Any, crs: Any, name: str, kind: str) -> Table:
    """Make the table: properties as text, without positions of their own, and each feature's place in degrees."""
    shown = printable(name)
    if not len(frame):
        raise InputError(f"{shown}: has no features")
    try:
        points = gpd.GeoSeries(geometry, crs=crs).to_crs(4326)
    except (ValueError, RuntimeError) as error:  # pyproj's CRSError is one
        raise InputError(f"{shown}: {_NO_GRID}: {printable(str(error))}") from error
    kept = [column for column in frame.columns if bare(str(column)) not in ("lon", "lat", "")]
    columns = [[_text(value) for value in frame[column]] for column in kept]
    columns += [[_degrees(value) for value in values] for values in (points.x, points.y)]
    rows = [list(row) for row in zip(*columns, strict=True)]
    header = [*(printable(str(column)) for column in kept), "lon", "lat"]
    return made_table(name, kind, header, rows, list(range(1, len(rows) + 1)), "feature")


def _degrees(value: float) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".") if math.isfinite(value) else ""


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
