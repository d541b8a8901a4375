"""A user's table as text: a header and rows of cells, what is wrong with a row, and what has to be asked about it."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

MOST_BYTES = 25_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 2_000_000
"""Cells of all rows, as many in each as the header has: 40 columns, where there are as many rows as can be."""
LONGEST_NAME = 200
"""Letters of a name."""
_LONGEST_CELL = 2_000
_LONGEST_SHOWN = 80

CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
"""Characters on which a terminal or a page would act, or that no text can be made of."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was given: text in every cell, blanks at both ends removed, rows without any text left out.

    Attributes
    ----------
    name
        Name of the file, for messages; printable.
    kind
        What was read, in words: ``"CSV, separated by semicolons"``.
    header
        The names of the columns, as they stand.
    cells
        ``(n, len(header))`` of text, one column by number for each of the header.
    lines
        ``(n,)`` where each row starts: lines of a text, rows of a workbook, features of a map, from 1.
    unit
        What `lines` counts: ``line``, ``row`` or ``feature``.
    widths
        ``(n,)`` how many cells each row had, those beyond the header included.
    """

    name: str
    kind: str
    header: tuple[str, ...]
    cells: pd.DataFrame
    lines: npt.NDArray[np.int64]
    unit: str
    widths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: where it stands, the column and what is in it (both may be empty), and the reason."""

    line: int
    column: str
    value: str
    reason: str


def made_table(name: str, kind: str, header: list[str], rows: list[list[str]], lines: list[int], unit: str) -> Table:
    """Make a table of rows of text: shorter rows are filled up, and cells beyond the header are counted only."""
    width = len(header)
    widths = np.array([len(row) for row in rows], dtype=np.int64)
    if bool((widths != width).any()):
        rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    columns = zip(*rows, strict=True) if rows else ((),) * width
    cells = pd.DataFrame({at: np.array(column, dtype=object) for at, column in enumerate(columns)})
    return Table(printable(name), kind, tuple(header), cells, np.array(lines, dtype=np.int64), unit, widths)


def printable(text: str) -> str:
    """Return a text that is safe to show anywhere: one line, no control characters, not too long."""
    line = " ".join(CONTROL.sub("\ufffd", text[:_LONGEST_CELL]).split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
