"""Read a user's file of any kind as a table, after what could do harm has been refused."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from geo.errors import InputError
from geo.own.table import MOST_BYTES, Table, printable
from geo.own.text import decoded, read_text

KINDS = ("csv", "tsv", "txt", "xlsx", "geojson", "json", "gpkg", "zip")
"""Endings of the files that can be read."""
_MOST_UNPACKED = 60_000_000
_MOST_TIMES = 100
_SMALL = 5_000_000
"""A file that unpacks to less than this is let through however well it was packed."""
_MOST_PARTS = 2_000
_REFUSED = (
    (b"%PDF", "is a PDF: save the table behind it as CSV or as a workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "is an old or a locked workbook (.xls): save it as .xlsx without a password"),
    (b"\x1f\x8b", "is packed (gzip): unpack it first"),
    (b"Rar!", "is packed (rar): unpack it first"),
    (b"7z\xbc\xaf", "is packed (7z): unpack it first"),
    (b"PAR1", "is a Parquet file: save it as CSV"),
)
Progress = Callable[[float], None]


def read_file(path: Path, *, progress: Progress = lambda _: None) -> Table:
    """Read a file; see :func:`read_bytes`.

    Raises
    ------
    InputError
        When there is no such file, it cannot be read, or it is refused.
    """
    try:
        if path.stat().st_size > MOST_BYTES and path.is_file():
            raise _too_large(path.name, path.stat().st_size)
        with path.open("rb") as handle:  # a device has no size, and may have no end
            content = handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    return read_bytes(content, path.name, progress=progress)


def read_bytes(content: bytes, name: str, *, progress: Progress = lambda _: None) -> Table:
    """Read the content of a file: CSV, a workbook, GeoJSON, a GeoPackage or a zipped shapefile.

    What it is comes from its content, never from its name alone. Positions of a map become the columns ``lon`` and
    ``lat``; of a line or a polygon it is a point on it.

    Parameters
    ----------
    content
        Of the file.
    name
        Its name, for messages.
    progress
        Called with a share from 0 to 1 now and then.

    Raises
    ------
    InputError
        When it is empty, of another kind, damaged, without rows, or refused: more than `MOST_BYTES`, or more than
        `MOST_ROWS` rows; packed so that it would unpack to very much more than it is.
    """
    shown = printable(name)
    if len(content) > MOST_BYTES:
        raise _too_large(name, len(content))
    if not content.strip():
        raise InputError(f"{shown}: is empty: it has no rows below a header")
    for mark, why in _REFUSED:
        if content.startswith(mark):
            raise InputError(f"{shown}: {why}")
    if content.startswith(b"SQLite format 3\0"):
        from geo.own.shapes import read_geopackage

        return read_geopackage(content, name)
    if content.startswith(b"PK"):
        return _read_zip(content, name, progress)
    text, encoding = decoded(content, name)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        from geo.own.shapes import read_geojson

        return read_geojson(text, name)
    return read_text(text, name, encoding=encoding, progress=progress)


def _too_large(name: str, size: int) -> InputError:
    return InputError(
        f"{printable(name)}: has {size / 1e6:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB can be read: "
        "leave out the columns that are not needed, or divide it"
    )


def _read_zip(content: bytes, name: str, progress: Progress) -> Table:
    """Read a workbook or a zipped shapefile, once its own directory says that it unpacks to a reasonable size."""
    shown = printable(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise InputError(f"{shown}: is damaged or cut off: {printable(str(error))}") from error
    total = sum(part.file_size for part in parts)
    if total > _MOST_UNPACKED or len(parts) > _MOST_PARTS or total > max(_SMALL, _MOST_TIMES * len(content)):
        raise InputError(
            f"{shown}: unpacks to {total / 1e6:,.0f} MB in {len(parts):,} parts, far more than a table needs, so it "
            "was not unpacked; save the table as CSV"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise InputError(f"{shown}: is locked with a password: save it without one")
    names = [part.filename for part in parts]
    if "xl/workbook.xml" in names:
        from geo.own.books import read_workbook

        return read_workbook(content, name, progress=progress)
    if any(part.casefold().endswith(".shp") for part in names):
        from geo.own.shapes import read_shapefile

        return read_shapefile(content, name)
    raise InputError(
        f"{shown}: holds neither a workbook nor a shapefile (.shp, .shx, .dbf and .prj); give a CSV file as it is"
    )
