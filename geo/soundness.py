"""Whether the parts of a pack fit together, beyond their checksums: columns, numbers, and what points at what.

A checksum tells that a file is the one that was written, not that it was written right: a pack that another program
made, or that was put together of two, has checksums that hold. What is not looked at here would otherwise fail later,
on a page, with an error that names no file, or not fail at all: a search over streets with a wrong index ends the whole
program.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from geo.network.network import StreetNetwork
from geo.pack import AreaPack
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import STATUSES, Timetable

_Kind = Literal["text", "number", "number or nothing", "yes or no"]
_MOST_UNPACKED = 500_000_000
_FURTHEST_M = 1e8  # no grid of metres on Earth has larger numbers
_TEXT: _Kind = "text"
_NUMBER: _Kind = "number"
_FLAG: _Kind = "yes or no"
_POSITION: dict[str, _Kind] = {"easting": _NUMBER, "northing": _NUMBER}
_COLUMNS: dict[str, dict[str, _Kind]] = {
    "areas": {"level": _TEXT, "name": _TEXT, "ward": _TEXT, "lsoa": _TEXT, "target": _FLAG},
    "demand": {"postcode": _TEXT, **_POSITION, "oa": _TEXT, "lsoa": _TEXT, "ward": _TEXT, "share": _NUMBER},
    "ward_series": {
        "ward": _TEXT, "measure": _TEXT, "period": _TEXT, "value": "number or nothing", "status": _TEXT,
        "source": _TEXT,
    },
    "services": {
        "category": _TEXT, "subtype": _TEXT, "name": _TEXT, "address": _TEXT, "postcode": _TEXT, **_POSITION,
        "status": _TEXT, "tags": _TEXT, "opening_hours": _TEXT, "source": _TEXT, "vintage": _TEXT, "ward": _TEXT,
        "trains_per_weekday": "number or nothing",
    },
    "postcodes": {"postcode": _TEXT, **_POSITION},
    "basemap": {"layer": _TEXT, "kind": _TEXT, "name": _TEXT, "rank": _NUMBER},
    "islands": {"name": _TEXT, "length_m": _NUMBER},
}  # fmt: skip
_NOT_IN_ALL = frozenset({"opening_hours"})
"""Columns that a pack may lack: what was built before anybody read them is answered by the usual ones."""
_OF_SOURCE = ("key", "title", "publisher", "vintage", "licence", "attribution")
_OF_MEASURE = ("baseline", "measure", "label", "unit", "source", "method")


class UnsoundError(ValueError):
    """A part of a pack that does not fit.

    Parameters
    ----------
    file
        The file that it stands in.
    why
        What is wrong with it.
    """

    def __init__(self, file: str, why: str) -> None:
        self.file = file
        super().__init__(why)


def check_size(path: Path) -> None:
    """Refuse a file of arrays that would unpack to more than any pack has; `ValueError`, or what ``zipfile`` raises."""
    with ZipFile(path) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    if unpacked > _MOST_UNPACKED:
        raise ValueError(f"it unpacks to {unpacked / 1e6:,.0f} MB, at most {_MOST_UNPACKED / 1e6:,.0f} are read")


def check_sound(pack: AreaPack, timetable: Timetable) -> None:
    """Check that the parts of a pack fit together.

    Parameters
    ----------
    pack
        The pack, as read.
    timetable
        That of its own file, without the assumed routes.

    Raises
    ------
    UnsoundError
        At the first part that does not.
    """
    _check_manifest(pack)
    for name, columns in _COLUMNS.items():
        _check_columns(f"{name}.parquet", getattr(pack, name), columns)
    _check_areas(pack.areas, [level.name for level in pack.levels])
    for name in ("basemap", "islands"):
        _check_shapes(f"{name}.parquet", getattr(pack, name))
    _check_counts(pack)
    _check_demand(pack)
    _once("services.parquet", pack.services.index)
    _check_records(pack.provenance)
    _check_strategy(pack.strategy)
    with _of("network.npz"):
        _check_network(pack.network)
    with _of("timetable.npz"):
        _check_timetable(timetable)


@contextmanager
def _of(file: str) -> Iterator[None]:
    """Say which file is meant when its arrays are of another shape or kind, which fails in many ways."""
    try:
        yield
    except UnsoundError:
        raise
    except Exception as error:
        raise UnsoundError(file, str(error)) from error


def _check_manifest(pack: AreaPack) -> None:
    file, particulars = "pack.json", pack.manifest.particulars
    levels = [level.name for level in particulars.levels]
    if not {"lsoa", "ward"} <= set(levels):
        _refuse(file, "levels: lsoa and ward are needed")
    if not particulars.baselines:
        _refuse(file, "baselines: there is none")
    try:
        grid = pyproj.CRS.from_user_input(pack.crs)
    except pyproj.exceptions.CRSError as error:
        raise UnsoundError(file, f"crs: {pack.crs[:60]!r} is not known") from error
    if not grid.is_projected:
        _refuse(file, f"crs: {pack.crs[:60]!r} is no grid of metres")
    for name in ("areas", "basemap", "islands"):
        if getattr(pack, name).crs != grid:
            _refuse(f"{name}.parquet", f"it is not on the grid of the pack, {pack.crs[:60]}")


def _check_columns(file: str, frame: pd.DataFrame, columns: Mapping[str, _Kind]) -> None:
    lacking = [name for name in columns if name not in frame and name not in _NOT_IN_ALL]
    if lacking:
        _refuse(file, f"it has no column {', '.join(lacking)}")
    for name, kind in columns.items():
        if len(frame) and name in frame:
            _check_column(file, frame[name], kind)


def _check_column(file: str, column: "pd.Series[Any]", kind: _Kind) -> None:
    fits = {
        "text": isinstance(column.dtype, pd.StringDtype),
        "yes or no": pd.api.types.is_bool_dtype(column),
    }.get(kind, pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))
    if not fits:
        _refuse(file, f"the column {column.name} holds {column.dtype} where it must be {kind}")
    if kind == "number or nothing":
        if np.isinf(column.to_numpy(np.float64, na_value=np.nan)).any():
            _refuse(file, f"the column {column.name} has a number that is not finite")
    elif column.hasnans:
        _refuse(file, f"the column {column.name} has rows with nothing in them")
    elif kind == "number" and not np.isfinite(column.to_numpy(np.float64)).all():
        _refuse(file, f"the column {column.name} has a number that is not finite")
    if column.name in _POSITION and not (np.abs(column.to_numpy(np.float64)) < _FURTHEST_M).all():
        _refuse(file, f"the column {column.name} has a position that is nowhere on Earth")


def _check_shapes(file: str, frame: gpd.GeoDataFrame) -> None:
    if frame.geometry.isna().any() or frame.geometry.is_empty.any():
        _refuse(file, "there is a row without a shape")
    if len(frame) and not (np.abs(frame.total_bounds) < _FURTHEST_M).all():
        _refuse(file, "there is a shape that lies nowhere on Earth")


def _check_areas(areas: gpd.GeoDataFrame, levels: Sequence[str]) -> None:
    file = "areas.parquet"
    _once(file, areas.index)
    _check_shapes(file, areas)
    for level in levels:
        if not (areas["level"] == level).any():
            _refuse(file, f"there is no area of the level {level}")
    _inside(file, "the ward of an area", areas["ward"], areas.index[areas["level"] == "ward"])


def _check_counts(pack: AreaPack) -> None:
    small = pack.areas.index[pack.areas["level"] == "lsoa"]
    for name in ("measures", "scores"):
        file, frame = f"{name}.parquet", getattr(pack, name)
        _once(file, frame.index)
        if set(frame.index) != set(small):
            _refuse(file, "its areas are not those of areas.parquet")
        if not all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes):
            _refuse(file, "a column holds something else than numbers")
        values = frame.to_numpy(np.float64)  # at once: column by column takes as long as all the rest
        if np.isinf(values).any() or (name == "measures" and np.isnan(values).any()):
            _refuse(file, "there is a number that is not finite")
    if (pack.measures.to_numpy(np.float64) < 0).any():
        _refuse("measures.parquet", "there is a count below 0")
    for column in pack.measures.columns:
        baseline, _, measure = str(column).partition(".")
        if baseline not in pack.baselines or not measure:
            _refuse("measures.parquet", f"the column {str(column)[:60]} is of no baseline of the pack")
    for index in pack.indices:
        if f"{index.name}_score" not in pack.scores:
            _refuse("scores.parquet", f"it has no column {index.name}_score")
    wards = pack.areas.index[pack.areas["level"] == "ward"]
    _inside("ward_series.parquet", "a ward", pack.ward_series["ward"], wards)


def _check_demand(pack: AreaPack) -> None:
    file, demand = "demand.parquet", pack.demand
    if demand.empty:
        _refuse(file, "there is no home in it")
    for level in ("lsoa", "ward"):
        _inside(file, f"the {level} of a home", demand[level], pack.areas.index[pack.areas["level"] == level])
    if not demand["share"].between(0, 1).all():
        _refuse(file, "the column share has a number outside 0 to 1")


def _check_records(provenance: Mapping[str, Any]) -> None:
    for part, keys in (("sources", _OF_SOURCE), ("measures", _OF_MEASURE)):
        records = provenance.get(part)
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            _refuse("provenance.json", f"{part} must be a list of tables")
            return
        for number, record in enumerate(records, start=1):
            for key in keys:
                if not isinstance(record.get(key), str):
                    _refuse("provenance.json", f"{part} {number}: {key} must be a text")
            if part == "measures" and not isinstance(record.get("status"), dict):
                _refuse("provenance.json", f"{part} {number}: status must be a table")
    for part in ("unplaced", "remarks"):
        if not isinstance(provenance.get(part, {}), dict):
            _refuse("provenance.json", f"{part} must be a table")


def _check_strategy(strategy: Mapping[str, Any]) -> None:
    kinds = {
        "borough": dict,
        "targets": dict,
        "wards": dict,
        "spend_per_year": dict,
        "outcomes": list,
        "programmes": list,
    }
    for key, kind in kinds.items():
        if key in strategy and not isinstance(strategy[key], kind):
            _refuse("strategy.json", f"{key} must be a {'table' if kind is dict else 'list'}")
    for one in strategy.get("programmes", []):
        whole = isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("outcomes"), list)
        if not whole:
            _refuse("strategy.json", "programmes must be tables with name and outcomes")


def _check_network(network: StreetNetwork) -> None:
    file, edges = "network.npz", network.n_edges
    if not edges:
        _refuse(file, "there is no street in it")
    _positions(file, "node_xy", network.node_xy)
    _positions(file, "vertex_xy", network.vertex_xy)
    for one in fields(network):
        if one.name.startswith("edge_"):
            _long(file, one.name, getattr(network, one.name), edges)
    for name, size in (
        ("edge_u", network.n_nodes),
        ("edge_v", network.n_nodes),
        ("edge_class", len(network.class_names)),
        ("edge_name", len(network.street_names)),
    ):
        _indices(file, name, getattr(network, name), size)
    _starts(file, "vertex_start", network.vertex_start, edges, len(network.vertex_xy), least=2)
    if not (np.isfinite(network.edge_speed_kmh) & (network.edge_speed_kmh > 0)).all():
        _refuse(file, "edge_speed_kmh has a speed that is not more than 0")


def _check_timetable(timetable: Timetable) -> None:
    file, calendar = "timetable.npz", timetable.calendar
    patterns, profiles = len(timetable.pattern_route), len(timetable.profile_start) - 1
    for name, texts in (("stop_ids", timetable.stop_ids), ("stop_names", timetable.stop_names)):
        if not all(isinstance(text, str) for text in texts):
            _refuse(file, f"{name} are not texts")
    if len(timetable.stop_names) != timetable.n_stops or len(timetable.stop_xy) != timetable.n_stops:
        _refuse(file, "the stops have not as many names and positions as there are")
    if timetable.n_stops:
        _positions(file, "stop_xy", timetable.stop_xy)
    for route in timetable.routes:
        if not all(isinstance(value, str) for value in vars(route).values()) or route.status not in STATUSES:
            _refuse(file, "a route is not made of texts, or of no status that there is")
    calls, times = len(timetable.call_stop), len(timetable.profile_arrive_s)
    _starts(file, "pattern_start", timetable.pattern_start, patterns, calls, least=1)
    _starts(file, "profile_start", timetable.profile_start, profiles, times, least=1)
    for name in ("call_board", "call_alight"):
        _long(file, name, getattr(timetable, name), calls)
        if getattr(timetable, name).dtype != bool:
            _refuse(file, f"{name} must be yes or no")
    _long(file, "profile_depart_s", timetable.profile_depart_s, times)
    for name in ("trip_profile", "trip_service", "trip_start_s"):
        _long(file, name, getattr(timetable, name), timetable.n_trips)
    services = len(calendar)
    for name, size in (
        ("pattern_route", len(timetable.routes)),
        ("call_stop", timetable.n_stops),
        ("trip_pattern", patterns),
        ("trip_profile", profiles),
        ("trip_service", services),
    ):
        _indices(file, name, getattr(timetable, name), size)
    of_pattern = np.diff(timetable.pattern_start)[timetable.trip_pattern]
    if (of_pattern != np.diff(timetable.profile_start)[timetable.trip_profile]).any():
        _refuse(file, "a trip has not as many times as stops")
    _check_calendar(file, calendar)


def _check_calendar(file: str, calendar: Calendar) -> None:
    services, exceptions = len(calendar), len(calendar.exception_day)
    if calendar.weekdays.shape != (services, 7) or calendar.weekdays.dtype != bool:
        _refuse(file, "calendar_weekdays must be seven times yes or no for each service")
    for name in ("first", "last", "valid_first", "valid_last"):
        _long(file, f"calendar_{name}", getattr(calendar, name), services)
        _whole(file, f"calendar_{name}", getattr(calendar, name))
    for name in ("exception_service", "exception_day", "exception_runs"):
        _long(file, f"calendar_{name}", getattr(calendar, name), exceptions)
    if calendar.exception_runs.dtype != bool:
        _refuse(file, "calendar_exception_runs must be yes or no")
    _indices(file, "calendar_exception_service", calendar.exception_service, services)
    _whole(file, "calendar_exception_day", calendar.exception_day)


def _once(file: str, index: pd.Index) -> None:
    if not isinstance(index.dtype, pd.StringDtype) and len(index):
        _refuse(file, f"{index.name} must be text")
    if not index.is_unique or index.hasnans:
        _refuse(file, f"a {index.name} stands twice, or there is a row without one")


def _inside(file: str, what: str, values: "pd.Series[str]", known: pd.Index) -> None:
    strange = values[~values.isin(known)]
    if len(strange):
        _refuse(file, f"{what} is not in the pack: {str(strange.iloc[0])[:60]}")


def _positions(file: str, name: str, xy: npt.NDArray[Any]) -> None:
    if xy.ndim != 2 or xy.shape[1] != 2 or not len(xy):
        _refuse(file, f"{name} is no list of positions")
    if not (np.abs(xy) < _FURTHEST_M).all():
        _refuse(file, f"{name} has a position that is nowhere on Earth")


def _long(file: str, name: str, values: npt.NDArray[Any], size: int) -> None:
    if values.shape != (size,):
        _refuse(file, f"{name} has the shape {values.shape} where ({size},) is needed")


def _whole(file: str, name: str, values: npt.NDArray[Any]) -> None:
    if not np.issubdtype(values.dtype, np.integer):
        _refuse(file, f"{name} must be whole numbers")


def _indices(file: str, name: str, values: npt.NDArray[Any], size: int) -> None:
    _whole(file, name, values)
    if len(values) and not (int(values.min()) >= 0 and int(values.max()) < size):
        _refuse(file, f"{name} points at something that is not there")


def _starts(file: str, name: str, starts: npt.NDArray[Any], pieces: int, size: int, *, least: int) -> None:
    """Check where pieces of a long array begin: from 0 to its end, each piece with at least so many entries."""
    _whole(file, name, starts)
    _long(file, name, starts, pieces + 1)
    if starts[0] != 0 or starts[-1] != size or (np.diff(starts) < least).any():
        _refuse(file, f"{name} does not divide what it is to divide")


def _refuse(file: str, why: str) -> None:
    raise UnsoundError(file, why)
