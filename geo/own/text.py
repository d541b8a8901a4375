"""Read text as a table: CSV in any usual encoding and dialect, and rows that were pasted from a spreadsheet."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice

from geo.errors import InputError
from geo.own.columns import known_columns
from geo.own.table import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Table, made_table, printable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SEP = re.compile(r"\s*\"?sep=(.)\"?[,;\t|]*\s*", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_LOOKED_AT = 4_000
_MOST_LINES = 1_100_000
"""Lines, empty ones included: as many as a workbook has rows, and some."""
_LONGEST_LINE = 1_000_000
"""Characters of one line."""
_TICK = 5_000
"""Rows between two reports of progress."""


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file, and its encoding in words.

    UTF-8 and UTF-16, with or without a mark at the start; anything else is read as Windows-1252, which is what older
    spreadsheets in western Europe write.

    Raises
    ------
    InputError
        When it is no text.
    """
    for mark, codec, words in _MARKS:
        if content.startswith(mark):
            return _decoded(content, codec, words, name)
    codec = _utf_16_without_mark(content)
    if codec:
        return _decoded(content, codec, "UTF-16", name)
    if b"\0" in content:
        raise _no_text(name)
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252", "Windows-1252", name)


def _decoded(content: bytes, codec: str, words: str, name: str) -> tuple[str, str]:
    try:
        text = content.decode(codec)
    except UnicodeError:
        raise _no_text(name) from None
    if "\0" in text:
        raise _no_text(name)
    return text, words


def _no_text(name: str) -> InputError:
    return InputError(
        f"{printable(name)}: is no text, or is damaged: save the table as “CSV UTF-8” or as a workbook (.xlsx)"
    )


def _utf_16_without_mark(content: bytes) -> str:
    """Return the codec where every second byte of the beginning is 0 nearly always, as Latin letters have it."""
    head = content[:_LOOKED_AT]
    if len(content) % 2 or len(head) < 4:
        return ""
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / len(head[1::2])
    return "utf-16-le" if odd > 0.7 and even < 0.1 else "utf-16-be" if even > 0.7 and odd < 0.1 else ""


def read_text(text: str, name: str, *, encoding: str = "", progress: Callable[[float], None] = lambda _: None) -> Table:
    """Read text with a header and rows below it.

    Parameters
    ----------
    text
        Lines that end in any usual way; the first may be ``sep=;``.
    name
        What to call it in messages.
    encoding
        In words, for the description of what was read.
    progress
        Called with a share from 0 to 1 now and then.

    Raises
    ------
    InputError
        When it has no rows below a header, is no CSV, or has too many rows or columns.
    """
    shown = printable(name)
    # Split only at the ends of lines, so that a single carriage return (old Macintosh) is an end of line as well.
    text = text.removeprefix("\ufeff")
    first = next(((at, line) for at, line in enumerate(_lines(text, shown)) if line.strip()), (0, ""))
    said = _SEP.fullmatch(first[1])
    skipped, delimiter = (first[0] + 1, said[1]) if said else (0, "")
    lines = islice(_lines(text, shown), skipped, None)
    delimiter = delimiter or _delimiter(first[1])
    count = max(text.count("\n"), text.count("\r"), 1)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    starts: list[int] = []
    start, cells = skipped + 1, 0
    try:
        for values in reader:
            line, start = start, reader.line_num + skipped + 1
            values = [value.strip() for value in values]
            while values and not values[-1]:
                values.pop()
            if not values:
                continue
            if not header:
                header = values
                if len(header) > MOST_COLUMNS:
                    raise InputError(f"{shown}: has {len(header)} columns; at most {MOST_COLUMNS} can be read")
                continue
            if len(rows) == MOST_ROWS:
                raise too_many_rows(shown)
            rows.append(values[: MOST_COLUMNS + 1])
            cells += max(len(rows[-1]), len(header))
            if cells > MOST_CELLS:
                raise too_many_cells(shown)
            starts.append(line)
            if len(rows) % _TICK == 0:
                progress(min(reader.line_num / count, 1.0))
    except csv.Error as error:
        where = reader.line_num + skipped
        raise InputError(f"{shown}: line {where}: is not CSV: {printable(str(error))}") from error
    if not header or not rows:
        raise InputError(f"{shown}: has no rows below a header")
    kind = f"text, separated by {_DELIMITERS.get(delimiter, repr(delimiter))}"
    header = [printable(column) for column in header]
    return made_table(name, f"{kind}, {encoding}" if encoding else kind, header, rows, starts, "line")


def too_many_rows(shown: str) -> InputError:
    """Return the refusal of a table with more than `MOST_ROWS` rows."""
    return InputError(f"{shown}: has more than {MOST_ROWS:,} rows; divide it into several files")


def too_many_cells(shown: str) -> InputError:
    """Return the refusal of a table with more than `MOST_CELLS` cells."""
    return InputError(f"{shown}: has more than {MOST_CELLS:,} cells; leave out the columns that are not needed")


def _lines(text: str, shown: str) -> Iterator[str]:
    """Yield the lines of a text one by one: a list of millions of empty ones would be many times as large as it."""
    for number, line in enumerate(_LINE.finditer(text), start=1):
        if number > _MOST_LINES:
            raise InputError(f"{shown}: has more than {_MOST_LINES:,} lines; leave out the empty ones")
        if line.end() - line.start() > _LONGEST_LINE:
            raise InputError(f"{shown}: line {number} has more than {_LONGEST_LINE:,} characters: this is no table")
        yield line[0]


def _delimiter(head: str) -> str:
    """Return the delimiter by which a header has most columns that are known by name, and then most columns."""
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([head], delimiter=delimiter), [])
        except csv.Error:
            continue
        found = (len(known_columns(cells)), len(cells))
        if found > most:
            best, most = delimiter, found
    return best
