"""Validation of a publisher's table: every error is reported with file, line, column and value.

Every adapter reads text, checks it against a pandera schema, and returns typed columns. A reader of the error must be
able to open the file and find the exact position, so rows keep their line number until the adapter has finished with
them, and one :class:`geo.errors.SourceError` reports everything that is wrong.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pandera.pandas as pa

from geo.errors import SourceError

MOST_SHOWN = 10

# pandera's own names for its built-in checks, in a reader's words
_PLAIN_REASONS = {"not_nullable": "is blank", "field_uniqueness": "appears more than once"}


@dataclass(frozen=True)
class Problem:
    """One value that an adapter cannot use.

    Parameters
    ----------
    line
        Line of the file (from 1) on which the row starts.
    column
        The publisher's column name.
    value
        The value.
    reason
        What is wrong with it, in words that follow the value.
    row
        What else identifies the row, such as its id, in a format that may have all rows on one line.
    """

    line: int
    column: str
    value: object
    reason: str
    row: str = ""

    def __str__(self) -> str:
        row = f", {self.row}" if self.row else ""
        return f"line {self.line}{row}, column {self.column}: {self.value!r} {self.reason}"


def fail(path: Path, problems: Sequence[Problem]) -> NoReturn:
    """Raise one `SourceError` naming the first problems by line and column, and counting the rest."""
    shown = [f"  {problem}" for problem in problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        shown.append(f"  and {len(problems) - MOST_SHOWN} more")
    noun = "value" if len(problems) == 1 else "values"
    raise SourceError(f"{path.name}: {len(problems)} {noun} cannot be used\n" + "\n".join(shown))


def text(
    like: str | None = None,
    *,
    reason: str = "is not in the expected form",
    blank: bool = False,
    unique: bool = False,
    one_of: Iterable[str] | None = None,
) -> pa.Column:
    """Make the schema of a text column.

    Parameters
    ----------
    like
        Regular expression that the whole value must match.
    reason
        What to say of a value that does not match `like`.
    blank
        Whether the empty string is allowed (it stays the empty string).
    unique
        Whether each value may occur only once.
    one_of
        The values allowed.
    """
    checks = []
    if like is not None:
        whole = f"^(?:{like})?$" if blank else f"^(?:{like})$"
        checks.append(pa.Check.str_matches(whole, error=reason))
    elif not blank:
        checks.append(pa.Check.str_length(min_value=1, error="is blank"))
    if one_of is not None:
        allowed = sorted(one_of)
        checks.append(pa.Check.isin(allowed, error=f"is not one of {', '.join(allowed)}"))
    return pa.Column(str, checks, unique=unique)


def number(low: float | None = None, high: float | None = None, *, blank: bool = False) -> pa.Column:
    """Make the schema of a float64 column, read from text; a blank is NaN where `blank` allows it."""
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low, error=f"is less than {low:g}"))
    if high is not None:
        checks.append(pa.Check.le(high, error=f"is more than {high:g}"))
    return pa.Column(float, checks, nullable=blank)


def numbers(names: Iterable[str], low: float | None = 0.0, high: float | None = None) -> dict[str, pa.Column]:
    """Make the schemas of many number columns with the same limits; by default those of counts."""
    return {name: number(low, high) for name in names}


def read_table(path: Path, schema: pa.DataFrameSchema, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a CSV file and check it.

    Parameters
    ----------
    path
        A file in UTF-8, with or without a byte-order mark.
    schema
        The columns wanted, made with `text` and `number`. Other columns of the file are left out.
    columns
        Names for all columns of a file that has no header row, in file order.

    Returns
    -------
    pandas.DataFrame
        The schema's columns, text without blanks at its ends, numbers float64; the index, named ``line``, is
        the line of the file on which the row starts.

    Raises
    ------
    SourceError
        The file is missing, empty, not UTF-8 text, lacks columns, has rows of another width, or has values
        that the schema refuses.
    """
    first, rows, lines = _read_rows(path, columns)
    missing = [name for name in schema.columns if name not in first]
    if missing:
        raise SourceError(f"{path.name}: missing {_columns(missing)}; the file has {_columns(first)}")
    frame = pd.DataFrame(rows, columns=first, index=pd.Index(lines, name="line"), dtype="str")
    return check_frame(frame, schema, path)


def check_frame(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, path: Path, *, row_id: str | None = None
) -> pd.DataFrame:
    """Check a frame of text indexed by line number, turn its number columns to float64, and return it.

    Parameters
    ----------
    frame
        Text, with at least the schema's columns.
    schema
        The columns wanted, made with `text` and `number`.
    path
        The file, for the message.
    row_id
        A column that identifies a row for a reader, in a format where the line does not.

    Raises
    ------
    SourceError
        Values that are not numbers, or that the schema refuses.
    """
    lines = frame.index
    # rows may share a line, so they are numbered until the problems are written down
    frame = frame[list(schema.columns)].reset_index(drop=True)
    rows = [f"{row_id} {value}" for value in frame[row_id]] if row_id else [""] * len(frame)
    found: dict[tuple[int, str], tuple[object, str]] = {}
    for name, column in schema.columns.items():
        if str(column.dtype) != "float64":
            continue
        typed = pd.to_numeric(frame[name].where(frame[name] != ""), errors="coerce").astype("float64")
        typed = typed.where(np.isfinite(typed))
        wrong = np.flatnonzero(typed.isna() & (frame[name] != ""))
        found.update({(int(row), name): (frame[name].iloc[row], "is not a number") for row in wrong})
        frame[name] = typed
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases: pd.DataFrame = error.failure_cases
        for case in cases.to_dict("records"):
            value = "" if pd.isna(case["failure_case"]) else case["failure_case"]
            # what is not a number has become NaN, and is not reported a second time as blank
            found.setdefault(
                (int(case["index"]), case["column"]), (value, _PLAIN_REASONS.get(case["check"], case["check"]))
            )
    if found:
        order = list(schema.columns)
        places = sorted(found, key=lambda at: (at[0], order.index(at[1])))
        fail(path, [Problem(int(lines[at[0]]), at[1], *found[at], rows[at[0]]) for at in places])
    frame.index = lines
    frame.attrs["rows_read"] = len(frame)
    return frame


def check_rows(frame: pd.DataFrame, right: "pd.Series[bool]", path: Path, column: str, reason: str) -> None:
    """Raise a `SourceError` naming `column` in every row for which `right` is False.

    `frame` must still be indexed by line number, as `read_table` returns it.
    """
    wrong = frame.loc[~right, column]
    if len(wrong):
        fail(path, [Problem(int(str(line)), column, value, reason) for line, value in wrong.items()])


def check_sum(frame: pd.DataFrame, path: Path, total: str, parts: Sequence[str]) -> None:
    """Raise a `SourceError` for each row in which the columns `parts` do not add up to the column `total`."""
    reason = f"is not the sum of {parts[0]} to {parts[-1]}"
    check_rows(frame, frame[list(parts)].sum(axis=1) == frame[total], path, total, reason)


def read_header(path: Path) -> list[str]:
    """Read the names in the first row of a CSV file, for formats whose columns depend on the edition."""
    return _read_rows(path, None)[0]


def finish(frame: pd.DataFrame, names: Mapping[str, str], *, source: str, vintage: str) -> pd.DataFrame:
    """Take the columns in `names`, give them our names, number the rows from 0, and note where they came from.

    The source key and vintage go to ``attrs["source"]`` and ``attrs["vintage"]``, and ``attrs["rows_read"]`` says how
    many rows the file has.
    """
    tidy = frame[list(names)].rename(columns=dict(names)).reset_index(drop=True)
    tidy.attrs = {"source": source, "vintage": vintage, "rows_read": frame.attrs.get("rows_read", len(frame))}
    return tidy


def read_text(path: Path) -> str:
    """Read the whole text of a UTF-8 file; a missing, empty or otherwise encoded one is a `SourceError`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path.name}: there is no such file in {path.parent}") from None
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror}") from None
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{path.name}: line {line}: not UTF-8 text (byte {error.start + 1})") from None
    if not decoded.strip():
        raise SourceError(f"{path.name}: the file is empty")
    return decoded


def _read_rows(path: Path, columns: Sequence[str] | None) -> tuple[list[str], list[list[str]], list[int]]:
    """Read names, rows and the line on which each row starts; blank lines are left out."""
    reader = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    names = list(columns) if columns is not None else None
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for row in reader:
            line, start = start, reader.line_num + 1
            row = [value.strip() for value in row]
            if not any(row):
                continue
            if names is None:
                names = row
                continue
            if len(row) != len(names):
                raise SourceError(f"{path.name}: line {line}: {len(row)} columns where {len(names)} are expected")
            rows.append(row)
            lines.append(line)
    except csv.Error as error:
        raise SourceError(f"{path.name}: line {reader.line_num}: not well-formed CSV: {error}") from None
    if not rows or names is None:
        raise SourceError(f"{path.name}: the file has no rows of data")
    return names, rows, lines


def _columns(names: Sequence[str]) -> str:
    noun = "column" if len(names) == 1 else "columns"
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return f"{noun} {', '.join(names[:MOST_SHOWN])}{more}"
