"""The files of a GTFS feed: from the zip to tables of the right types, with the line of every row that is at fault.

gtfs-kit reads the tables. It takes a feed as it comes and stops at the first number that is none, without its place;
so the files are checked before, a copy of those that are needed is laid out for it, and afterwards a row is found
again by its number.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, NoReturn

import gtfs_kit
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import SourceError
from geo.sources.checks import Problem, fail

# What is read of each file: columns that it must have, and others.
_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stops": (("stop_id", "stop_lat", "stop_lon"), ("stop_name",)),
    "routes": (("route_id", "route_type"), ("route_short_name", "route_long_name")),
    "trips": (("route_id", "service_id", "trip_id"), ()),
    "stop_times": (
        ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
        ("pickup_type", "drop_off_type", "shape_dist_traveled"),
    ),
    "calendar": (("service_id", *gtfs_kit.WEEKDAYS, "start_date", "end_date"), ()),
    "calendar_dates": (("service_id", "date", "exception_type"), ()),
    "frequencies": (("trip_id", "start_time", "end_time", "headway_secs"), ()),
    "feed_info": ((), ("feed_start_date", "feed_end_date")),
}
_NEEDED = ("stops", "routes", "trips", "stop_times")
_EXTRA = "unused, after the last column"
_FIRST_LINE = re.compile(r"(\s*)([^\r\n]*)(.*)", re.DOTALL)


class Fault(NamedTuple):
    """A value at fault, by the number of its row."""

    row: int
    column: str
    value: object
    reason: str


@dataclass(frozen=True, eq=False)
class GtfsFiles:
    """The tables of a feed.

    Attributes
    ----------
    path
        The zip.
    tables
        By the name of the file without ``.txt``, those that have rows. The index numbers the rows of the file from 0.
        Text has no blanks at its ends and is ``""`` where the file has nothing; whole numbers are float64, NaN where
        the file has nothing.
    notes
        What was ignored.
    """

    path: Path
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]

    def refuse(self, name: str, faults: Iterable[Fault]) -> None:
        """Raise a `SourceError` with the lines of the faults of a file; nothing where there are none."""
        if faults := sorted(faults, key=lambda fault: fault.row):
            _fail(self.path, name, faults)


def faults_of(table: pd.DataFrame, column: str, right: npt.ArrayLike, reason: str) -> list[Fault]:
    """List the values of a column where `right`, ``(n,)``, is False."""
    wrong = np.flatnonzero(~np.asarray(right, dtype=bool)).tolist()
    return [Fault(row, column, _plain(table[column].iloc[row]), reason) for row in wrong]


def unique_faults(table: pd.DataFrame, column: str) -> list[Fault]:
    """List the ids of a column that are blank, or that are there before."""
    blank = table[column] == ""
    once = blank | ~table[column].duplicated()
    return [*faults_of(table, column, ~blank, "is blank"), *faults_of(table, column, once, "appears more than once")]


def known_faults(table: pd.DataFrame, column: str, known: Iterable[str], where: str) -> list[Fault]:
    """List the ids of a column that are not among those known, which stand in the files `where`."""
    return faults_of(table, column, table[column].isin(list(known)), f"is not in {where}")


def read_files(path: Path) -> GtfsFiles:
    """Read the files of a feed that a timetable needs.

    Files that are not needed are not looked at. A file that may be missing is ignored, with a note, where it is empty;
    one that is there with rows has to be right, because trips would run on wrong days without it.

    Raises
    ------
    SourceError
        The file is missing, is no zip, lacks a file or a column, or has rows that are too long or numbers that are
        none.
    """
    notes: list[str] = []
    with TemporaryDirectory() as folder:
        with _opened(path) as archive:
            members = _members(path, archive)
            for name in _COLUMNS:
                found = _text(path, archive, members, name, notes)
                if found:
                    laid = _laid_out(path, name, found, notes)
                    (Path(folder) / f"{name}.txt").write_text(laid, encoding="utf-8", newline="")
        tables = _tables(path, Path(folder))
    for name in _NEEDED:
        if name not in tables:
            raise SourceError(f"{path.name}: {name}.txt has no rows of data: {_ASK}")
    if "calendar" not in tables and "calendar_dates" not in tables:
        raise SourceError(
            f"{path.name}: neither calendar.txt nor calendar_dates.txt has rows of data, so no trip has a day: {_ASK}"
        )
    return GtfsFiles(path, tables, tuple(notes))


_ASK = "fetch the feed again, or ask its publisher"


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise SourceError(f"{path.name}: there is no such file in {path.parent}") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path.name}: it is not a zip file ({error}), as a GTFS feed is: {_ASK}") from None


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Find the files by name, in whatever folder of the zip they lie."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = Path(info.filename).name
        stem = name.removesuffix(".txt")
        if info.is_dir() or name == stem or stem not in _COLUMNS:
            continue
        if stem in found:
            raise SourceError(f"{path.name}: it has {name} twice; one feed is needed, not several in one zip")
        found[stem] = info
    return found


def _text(
    path: Path, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, notes: list[str]
) -> str:
    """Return what a file says; nothing where it may be missing and is, or is empty."""
    needed = name in _NEEDED
    if name not in members:
        if needed:
            raise SourceError(f"{path.name}: it has no {name}.txt, which every GTFS feed has: {_ASK}")
        return ""
    try:
        content = archive.read(members[name])
    except (RuntimeError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise SourceError(f"{path.name}: {name}.txt cannot be taken out of the zip ({error}): {_ASK}") from None
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{path.name}: {name}.txt: line {line}: not UTF-8 text (byte {error.start + 1})") from None
    if said.strip():
        return said
    if needed:
        raise SourceError(f"{path.name}: {name}.txt is empty: {_ASK}")
    notes.append(f"{name}.txt is empty and was ignored")
    return ""


def _laid_out(path: Path, name: str, said: str, notes: list[str]) -> str:
    """Return a file with a heading that gtfs-kit reads well.

    Columns that are not needed get a name without a type, so that a fault in them does no harm; and there is one more
    column, for rows that end in a comma, which would otherwise be read as shifted by one.
    """
    blank, first, rest = _FIRST_LINE.fullmatch(said).groups()  # type: ignore[union-attr]  # it matches any text
    heading = [column.strip() for column in next(csv.reader([first]))]
    must, may = _COLUMNS[name]
    missing = [column for column in must if column not in heading]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        raise SourceError(
            f"{path.name}: {name}.txt: missing {noun} {', '.join(missing)}; the file has {', '.join(heading)}"
        )
    twice = [column for column in (*must, *may) if heading.count(column) > 1]
    if twice:
        raise SourceError(f"{path.name}: {name}.txt: line 1: the column {twice[0]} is there twice")
    if not rest.strip():
        notes.append(f"{name}.txt has no rows of data and was ignored")
    columns = [column if column in (*must, *may) else f"unused {place}" for place, column in enumerate(heading)]
    made = io.StringIO()
    csv.writer(made, lineterminator="").writerow([*columns, _EXTRA])
    return blank + made.getvalue() + rest


def _tables(path: Path, folder: Path) -> dict[str, pd.DataFrame]:
    with warnings.catch_warnings():
        # columns without a type may hold numbers in one part and words in another: they are not used
        warnings.simplefilter("ignore", pd.errors.DtypeWarning)
        try:
            feed = gtfs_kit.read_feed(folder, dist_units="m")
        except (ValueError, TypeError, OverflowError, csv.Error) as error:
            _find_fault(path, folder, error)
    tables = {}
    for name, (must, may) in _COLUMNS.items():
        table: pd.DataFrame | None = getattr(feed, name)
        if table is None:
            continue
        if not isinstance(table.index, pd.RangeIndex) or table[_EXTRA].notna().any():
            _find_fault(path, folder, f"the rows of {name}.txt are not as wide as its heading")
        kinds = gtfs_kit.DTYPES[name]
        tables[name] = pd.DataFrame(
            {
                column: table[column].fillna("").str.strip().astype(object)
                if kinds[column] == "string"
                else table[column].astype("float64")
                for column in (*must, *may)
                if column in table
            }
        )
    return tables


def _find_fault(path: Path, folder: Path, otherwise: object) -> NoReturn:
    """Raise a `SourceError` for the rows for which gtfs-kit could not read a feed; failing these, for `otherwise`."""
    for file in sorted(folder.iterdir()):
        must, may = _COLUMNS[file.stem]
        kinds = gtfs_kit.DTYPES[file.stem]
        kinds = {column: kinds[column] for column in (*must, *may) if kinds[column] != "string"}
        faults = []
        with file.open(encoding="utf-8", newline="") as lines:
            rows = _rows(lines)
            try:
                heading = next(rows)[1]
                for number, (line, row) in enumerate(rows):
                    if len(row) > len(heading) or (len(row) == len(heading) and row[-1].strip()):
                        raise SourceError(
                            f"{path.name}: {file.name}: line {line}: {len(row)} columns where {len(heading) - 1} are "
                            "expected"
                        )
                    values = dict(zip(heading, row, strict=False))
                    for column, kind in kinds.items():
                        value = values.get(column, "").strip()
                        if value and not _is_number(value, kind):
                            what = "a number" if kind == "float" else "a whole number of the size that belongs there"
                            faults.append(Fault(number, column, value, f"is not {what}"))
            except csv.Error as error:
                raise SourceError(f"{path.name}: {file.name}: not well-formed CSV: {error}") from None
        if faults:
            _fail(path, file.stem, faults)
    raise SourceError(f"{path.name}: the feed cannot be read: {otherwise}: {_ASK}")


def _plain(value: object) -> object:
    """Return a value as a file writes it: nothing for a gap, and whole numbers without a decimal point."""
    if isinstance(value, float):
        return "" if np.isnan(value) else int(value) if value.is_integer() else float(value)
    return value


def _is_number(value: str, kind: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    if kind == "float":
        return bool(np.isfinite(number))
    return number.is_integer() and abs(number) <= np.iinfo(np.dtype(kind.lower())).max


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Go through the rows of a file that are not blank, each with the line on which it starts, from 1."""
    reader = csv.reader(lines, strict=True)
    start = 1
    for row in reader:
        line, start = start, reader.line_num + 1
        if len(row) > 1 or "".join(row).strip():
            yield line, row


def _fail(path: Path, name: str, faults: Sequence[Fault]) -> NoReturn:
    """Raise the `SourceError` of the faults of a file, in order, each with its line in the zip."""
    wanted = {fault.row for fault in faults}
    with _opened(path) as archive:
        content = archive.read(_members(path, archive)[name]).decode("utf-8-sig")
    rows = _rows(io.StringIO(content, newline=""))
    # the heading is the row before the first
    line_of = {number: line for number, (line, _) in enumerate(rows, start=-1) if number in wanted}
    try:
        fail(
            Path(f"{name}.txt"),
            [Problem(line_of[fault.row], fault.column, fault.value, fault.reason) for fault in faults],
        )
    except SourceError as error:
        raise SourceError(f"{path.name}: {error}") from None
