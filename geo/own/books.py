"""Read the first sheet with rows of a workbook (.xlsx) as a table of text; formulas are never worked out."""

import datetime as dt
import io
import warnings
from collections.abc import Callable
from typing import Any
from zipfile import BadZipFile

from geo.errors import InputError
from geo.own.table import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Table, made_table, printable
from geo.own.text import too_many_cells, too_many_rows

_TICK = 2_000
_LAST_ROW = 1_048_576
_MOST_BESIDE = 20_000_000
"""Bytes of one part of a workbook that is no sheet, unpacked."""


def read_workbook(content: bytes, name: str, *, progress: Callable[[float], None] = lambda _: None) -> Table:
    """Read a workbook; a formula is its text, which begins with ``=``.

    Raises
    ------
    InputError
        When it is damaged, has no sheet with rows below a header, or has too many rows or columns.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.utils.exceptions import InvalidFileException

    shown = printable(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of parts that it leaves out, such as pictures
            reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            _check_parts(reader, shown)
            reader.read()
            book = reader.wb
            try:
                for sheet in book.worksheets:
                    found = _read_sheet(sheet, name, several=len(book.worksheets) > 1, progress=progress)
                    if found is not None:
                        return found
            finally:
                book.close()
    except InputError:
        raise
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, SyntaxError, EOFError) as error:
        raise InputError(f"{shown}: is no workbook that can be read: {printable(str(error))}") from error
    raise InputError(f"{shown}: has no rows below a header")


def _check_parts(reader: Any, shown: str) -> None:
    """Refuse what stands beside the sheets, such as a list of texts, where it is so large that it takes minutes."""
    from openpyxl.xml.constants import SHARED_STRINGS

    reader.read_manifest()
    texts = reader.package.find(SHARED_STRINGS)
    for part in reader.archive.infolist():
        is_texts = texts is not None and part.filename == texts.PartName[1:]
        if part.file_size > _MOST_BESIDE and (is_texts or not part.filename.startswith("xl/worksheets/")):
            raise InputError(
                f"{shown}: has {part.file_size / 1e6:.0f} MB of texts or styles beside its sheets; "
                "save the table as CSV"
            )


def _read_sheet(sheet: Any, name: str, *, several: bool, progress: Callable[[float], None]) -> Table | None:
    """Read a sheet; None when it has no rows below a header."""
    shown = printable(name)
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    count = 0
    # Without a last column, a cell in the column XFD would fill 16,384 of every row.
    for line, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1):
        if line > _LAST_ROW:  # the file may say any number, and each row before it would be waited for
            raise InputError(f"{shown}: has a row {line:,}, which no workbook has")
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if not header:
            header = cells
            if len(header) > MOST_COLUMNS:
                raise InputError(f"{shown}: has {len(header)} columns; at most {MOST_COLUMNS} can be read")
            continue
        if len(rows) == MOST_ROWS:
            raise too_many_rows(shown)
        rows.append(cells)
        count += max(len(cells), len(header))
        if count > MOST_CELLS:
            raise too_many_cells(shown)
        lines.append(line)
        if len(rows) % _TICK == 0:
            progress(len(rows) / MOST_ROWS)
    if not header or not rows:
        return None
    kind = f"workbook, sheet “{printable(sheet.title)}”" if several else "workbook"
    return made_table(name, kind, [printable(column) for column in header], rows, lines, "row")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()
