"""Tables of figures by area, as a recipe describes them: which column has the code, and which has each figure.

Publishers of counts give a row an area and a column a figure (wide), or a row an area and figure (long). Which columns
are wanted is the recipe's to say, so that one reader serves the census, yearly estimates, indices and anybody's own
table.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import Problem, check_rows, check_sum, fail, number, numbers, read_table, text

Columns = str | Sequence[str]


def read_wide(
    path: Path,
    code: str,
    columns: Mapping[str, Columns],
    *,
    sums: Mapping[str, Sequence[str]] | None = None,
    low: float = 0.0,
    high: float | None = None,
    blank: bool = False,
    merge: Literal["", "sum", "mean"] = "",
) -> pd.DataFrame:
    """Read figures from a table with a column for each.

    Parameters
    ----------
    path
        A CSV file with a header.
    code
        Column of the code of an area.
    columns
        The column of each figure, or several whose sum it is.
    sums
        A column, and the columns that must add up to it.
    low, high
        Limits of every figure.
    blank
        Whether a figure may be blank (NaN).
    merge
        Whether a code may have several rows, and how they become one; a blank among them makes the result blank.

    Returns
    -------
    pandas.DataFrame
        Index ``code``, in the order of the file; a float64 column for each figure; ``attrs["lines"]`` has the line of
        each row, and ``attrs["rows_read"]`` how many there were.

    Raises
    ------
    SourceError
        The file is not in this form: a column is missing, a code stands twice, a value is not a number within the
        limits, or parts do not add up to their sum. Names line, column and value.
    """
    parts = {name: _listed(theirs) for name, theirs in columns.items()}
    checked = {whole: list(items) for whole, items in (sums or {}).items()}
    wanted = [column for items in parts.values() for column in items]
    wanted += [column for whole, items in checked.items() for column in (whole, *items)]
    figures = {column: number(low, high, blank=blank) for column in dict.fromkeys(wanted)}
    table = read_table(path, pa.DataFrameSchema({code: text(unique=not merge), **figures}))
    for whole, items in checked.items():
        check_sum(table, path, whole, items)
    found = pd.DataFrame({name: table[items].sum(axis=1, skipna=False) for name, items in parts.items()})
    lines = {str(value): int(str(line)) for line, value in reversed(list(table[code].items()))}
    found = found.set_index(pd.Index(table[code].to_numpy(), name="code"))
    if merge:
        rows = found.groupby(level=0, sort=False)
        found = (rows.sum() if merge == "sum" else rows.mean()).where(~rows.agg(_has_blank))
    found.attrs = {"lines": lines, "rows_read": len(table)}
    return found


def _has_blank(part: "pd.Series[float]") -> bool:
    return bool(part.isna().any())


def read_long(path: Path, code: str, measures: Mapping[str, Columns]) -> pd.DataFrame:
    """Read figures from a table with the columns ``measure`` and ``value`` beside the code of an area.

    Parameters
    ----------
    path, code
        As for :func:`read_wide`.
    measures
        The word in the column ``measure`` for each figure, or several whose sum it is.

    Returns
    -------
    As :func:`read_wide`; an area without a row for a figure has NaN.

    Raises
    ------
    SourceError
        The file is not in this form, or an area has two rows of one figure.
    """
    schema = pa.DataFrameSchema({code: text(), "measure": text(), **numbers(["value"])})
    table = read_table(path, schema)
    twice = table[table.duplicated([code, "measure"])]
    if len(twice):
        reason = "has another row of the same measure"
        fail(path, [Problem(int(str(line)), code, value, reason) for line, value in twice[code].items()])
    words = set(table["measure"])
    for name, theirs in measures.items():
        missing = [word for word in _listed(theirs) if word not in words]
        if missing:
            known = ", ".join(sorted(words)[:10])
            reason = f"does not occur; the file has: {known}"
            fail(path, [Problem(1, "measure", missing[0], f"({name}) {reason}")])
    pivot = table.pivot_table(index=code, columns="measure", values="value", aggfunc="sum", dropna=False)
    found = pd.DataFrame({name: pivot[_listed(theirs)].sum(axis=1, skipna=False) for name, theirs in measures.items()})
    found = found.reindex(pd.Index(table[code].unique(), name="code"))
    lines = {str(value): int(str(line)) for line, value in reversed(list(table[code].items()))}
    found.attrs = {"lines": lines, "rows_read": len(table)}
    return found


def read_pairs(path: Path, code: str, other: str) -> pd.Series:
    """Read one text column by code: the look-up of small areas in larger ones.

    Raises
    ------
    SourceError
        The file is not in this form, or a code has two different values.
    """
    table = read_table(path, pa.DataFrameSchema({code: text(), other: text()}))
    first = table.groupby(code)[other].transform("first")
    check_rows(table, table[other] == first, path, other, f"is another one than on the first row of the same {code}")
    pairs = table.drop_duplicates(code).set_index(code)[other]
    pairs.attrs = {"rows_read": len(table)}
    return pairs


def parts_and_wholes(table: pd.DataFrame, path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """Raise a `SourceError` for each row in which a part is more than its whole; `table` from :func:`read_wide`."""
    problems = [
        Problem(table.attrs["lines"].get(str(code), 0), part, float(row[part]), f"is more than {whole}")
        for part, whole in pairs
        if part in table and whole in table
        for code, row in table[table[part] > table[whole]].iterrows()
    ]
    if problems:
        fail(path, problems)


def _listed(columns: Columns) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)
