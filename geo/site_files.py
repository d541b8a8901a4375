"""Read a user's own CSV of sites (destinations) or points: a name and a place on each row.

A user may have typed it by hand, so all rows that cannot be used are reported together, by line, with what is wrong
with each; nothing is guessed and no row is left out without a message.
"""

import csv
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.coordinates import to_grid, to_lonlat
from geo.errors import InputError
from geo.network.snapping import MAX_CONNECTOR_M
from geo.pack import AreaPack
from geo.places import tidy_postcode

MOST_SHOWN = 20
_OTHER_SPELLINGS = {"longitude": "lon", "latitude": "lat", "post code": "postcode"}
_PAIRS = (("lon", "lat"), ("easting", "northing"))
_RANGES = {"lon": 180.0, "lat": 90.0}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
Floats = npt.NDArray[np.float64]


APART_M = 2_000.0
"""A row with two positions further apart than this, metres, is an error: one of them must be wrong."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
)  # a terminal would act on some of these


@dataclass
class _Row:
    """One row while it is read; `pair` is empty when its position is that of its postcode."""

    line: int
    name: str = ""
    pair: tuple[str, str] | tuple[()] = ()
    x: float = math.nan
    y: float = math.nan
    postcode: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_sites(path: Path, pack: AreaPack) -> pd.DataFrame:
    """Read a CSV file of sites or points in or just outside an area.

    Parameters
    ----------
    path
        UTF-8, with or without a byte-order mark. The header names, in any case and order: ``name``, and ``lon`` with
        ``lat`` (degrees), or ``easting`` with ``northing`` (metres), or ``postcode``. With several of them, a row takes
        its position from the first that it has. Other columns and blank rows are ignored.
    pack
        The area: its postcodes, and how far its streets go.

    Returns
    -------
    ``name, easting, northing, line, postcode``, in the order of the file: metres on the grid of the pack, the line on
    which the row starts, and the postcode whose position it has (empty where the row has coordinates).

    Raises
    ------
    InputError
        When the file cannot be read, its header lacks a column, or any row cannot be used: without a name or a
        position, text instead of a number, an unknown postcode, longitude and latitude swapped, outside the area, a
        name that occurs twice. Lists the first `MOST_SHOWN` rows by line.
    """
    header, texts = _read_rows(path)
    columns = _columns(path, header)
    known_xy = pack.postcodes[["easting", "northing"]].to_numpy(np.float64)
    known = dict(zip(pack.postcodes["postcode"], known_xy.tolist(), strict=True))
    rows = []
    for line, values in texts:
        row = _Row(line)
        rows.append(row)
        if len(values) > len(header):
            row.faults.append(f"has {len(values)} values where the header has {len(header)} (decimals need a point)")
            continue
        given = {name: values[at] if at < len(values) else "" for name, at in columns.items()}
        row.name, row.given = given["name"], given
        if _CONTROL.search(row.name):
            row.faults.append("the name holds control characters")
        _locate(row, given, known, pack.name)
    _find_duplicates(rows)
    xy = _to_metres(rows, pack)
    _find_disagreements(rows, known)
    _raise_faults(path, rows)
    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "easting": xy[:, 0],
            "northing": xy[:, 1],
            "line": [row.line for row in rows],
            "postcode": [row.postcode for row in rows],
        }
    )


def _read_rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header, and each row that is not blank with the line on which it starts; cells are stripped."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: is not UTF-8 text; save it as “CSV UTF-8”") from error
    # Split only at the ends of lines, so that a single carriage return (old Macintosh) is an end of line as well.
    reader = csv.reader(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text), strict=True)
    header: list[str] | None = None
    rows = []
    start = 1
    try:
        for values in reader:
            line, start = start, reader.line_num + 1
            values = [value.strip() for value in values]
            while values and not values[-1]:
                values.pop()
            if header is None and values:
                header = values
            elif values:
                rows.append((line, values))
    except csv.Error as error:
        raise InputError(f"{path.name}: line {reader.line_num}: is not CSV: {error}") from error
    if header is None or not rows:
        raise InputError(f"{path.name}: has no rows below a header")
    return header, rows


def _columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    """Return the number of each column that is read."""
    wanted = {"name", "postcode", *(column for pair in _PAIRS for column in pair)}
    columns: dict[str, int] = {}
    for at, text in enumerate(header):
        name = _OTHER_SPELLINGS.get(text.casefold(), text.casefold())
        if name in wanted:
            if name in columns:
                raise InputError(f"{path.name}: the column {name} stands twice")
            columns[name] = at
    placed = "postcode" in columns or any(set(pair) <= set(columns) for pair in _PAIRS)
    if "name" not in columns or not placed:
        hint = "; separate the columns by commas" if len(header) == 1 and re.search(r"[;\t]", header[0]) else ""
        raise InputError(
            f"{path.name}: the header needs name, and lon with lat, easting with northing, or postcode; "
            f"it has {', '.join(header)}{hint}"
        )
    return columns


def _locate(row: _Row, given: dict[str, str], known: Mapping[str, Sequence[float]], area: str) -> None:
    if not row.name:
        row.faults.append("name is missing")
    for pair in _PAIRS:
        filled = [column for column in pair if given.get(column)]
        if len(filled) == 1:
            missing = pair[1] if filled[0] == pair[0] else pair[0]
            row.faults.append(f"{missing} is missing")
            return
        if filled:
            row.pair = pair
            row.x, row.y = (_number(row, column, given[column]) for column in pair)
            return
    text = given.get("postcode", "")
    if not text:
        ways = [" and ".join(pair) for pair in _PAIRS if set(pair) <= set(given)]
        row.faults.append(f"{' or '.join([*ways, *(['postcode'] if 'postcode' in given else [])])} is missing")
        return
    postcode = tidy_postcode(text)
    if postcode is None:
        row.faults.append(f"{text!r} is not a whole postcode")
    elif postcode not in known:
        row.faults.append(f"postcode {postcode} is unknown in and near {area}")
    else:
        row.postcode = postcode
        row.x, row.y = known[postcode]


def _number(row: _Row, column: str, text: str) -> float:
    """Return the number; NaN, with a fault noted, when it is not a number or out of range."""
    if not _NUMBER.fullmatch(text):
        row.faults.append(f"{column} {text!r} is not a number" + (" (decimals need a point)" if "," in text else ""))
        return math.nan
    value = float(text)
    if abs(value) > _RANGES.get(column, 1e7):
        most = f"{_RANGES[column]:.0f} degrees" if column in _RANGES else "10,000 km"
        row.faults.append(f"{column} {text} is out of range: at most {most} either way")
        return math.nan
    return value


def _find_duplicates(rows: Sequence[_Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.name:
            line = first.setdefault(row.name.casefold(), row.line)
            if line != row.line:
                row.faults.append(f"the name {row.name!r} stands on line {line} already")


def _to_metres(rows: Sequence[_Row], pack: AreaPack) -> Floats:
    """Return ``(n, 2)`` metres, and note coordinates that are swapped or outside the area."""
    xy = np.array([(row.x, row.y) for row in rows], dtype=np.float64).reshape(-1, 2)
    low, high = _extent(pack)
    for pair in _PAIRS:
        mine = np.array([row.pair == pair for row in rows], dtype=bool) & np.isfinite(xy).all(axis=1)
        if not mine.any():
            continue
        straight, swapped = _grid(pair, xy[mine]), _grid(pair, xy[mine][:, ::-1])
        inside, turned = _within(straight, low, high), _within(swapped, low, high)
        for at, is_in, is_turned in zip(np.flatnonzero(mine).tolist(), inside.tolist(), turned.tolist(), strict=True):
            row = rows[at]
            if is_in:
                continue
            shown = f"{pair[0]} {row.x:g}, {pair[1]} {row.y:g}"
            if is_turned:
                row.faults.append(f"{pair[0]} and {pair[1]} look swapped: {shown}")
            else:
                row.faults.append(f"{shown} is outside the area of {pack.name} ({_in_words(pair, low, high)})")
        xy[mine] = straight
    return xy


def _find_disagreements(rows: Sequence[_Row], known: Mapping[str, Sequence[float]]) -> None:
    """Note where a row's two positions, or its position and its postcode, are further apart than `APART_M`."""
    for row in rows:
        if row.faults:
            continue
        said: list[tuple[str, Floats]] = []
        for pair in _PAIRS:
            texts = [row.given.get(column, "") for column in pair]
            if all(_NUMBER.fullmatch(text) for text in texts):
                at = _grid(pair, np.array([[float(text) for text in texts]]))[0]
                said.append((", ".join(f"{column} {text}" for column, text in zip(pair, texts, strict=True)), at))
        postcode = tidy_postcode(row.given.get("postcode", ""))
        if postcode is not None and postcode in known:
            said.append((f"postcode {postcode}", np.asarray(known[postcode], dtype=np.float64)))
        for (one, here), (other, there) in itertools.pairwise(said):
            metres = float(np.hypot(*(here - there)))
            if metres > APART_M:
                row.faults.append(f"{one} and {other} are {metres / 1000:.1f} km apart: leave out the wrong one")


def _grid(pair: tuple[str, str], xy: Floats) -> Floats:
    if pair == ("lon", "lat"):
        return np.column_stack(to_grid(xy[:, 0], xy[:, 1]))
    return xy


def _within(xy: Floats, low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(((xy >= low) & (xy <= high)).all(axis=1))


def _extent(pack: AreaPack) -> tuple[Floats, Floats]:
    """Return the corners, metres, of a box around the pack's streets, wider by the distance of snapping."""
    nodes = pack.network.node_xy
    return nodes.min(axis=0) - MAX_CONNECTOR_M, nodes.max(axis=0) + MAX_CONNECTOR_M


def _in_words(pair: tuple[str, str], low: Floats, high: Floats) -> str:
    if pair == ("lon", "lat"):
        (west, east), (south, north) = to_lonlat([low[0], high[0]], [low[1], high[1]])
        return f"lon {west:.2f} to {east:.2f}, lat {south:.2f} to {north:.2f}"
    return f"easting {low[0]:.0f} to {high[0]:.0f}, northing {low[1]:.0f} to {high[1]:.0f}"


def _raise_faults(path: Path, rows: Sequence[_Row]) -> None:
    bad = [row for row in rows if row.faults]
    if not bad:
        return
    lines = [f"  line {row.line}: {'; '.join(row.faults)}" for row in bad[:MOST_SHOWN]]
    if len(bad) > MOST_SHOWN:
        lines.append(f"  and {len(bad) - MOST_SHOWN} more")
    noun = "row" if len(bad) == 1 else "rows"
    raise InputError("\n".join([f"{path.name}: {len(bad)} {noun} cannot be used", *lines]))
