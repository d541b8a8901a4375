"""Children in low income families, by small area and financial year.

Publisher: Department for Work and Pensions, *Children in low income families: local area statistics*,
relative low income before housing costs, children aged under 16, under the Open Government Licence v3. Each
year is a column, named either as DWP writes the year (``2021/22p``) or ``cilif_rel_2021_22p``; a ``p`` marks
the latest year as provisional.

This is a different and lower measure than the child poverty that the strategy states.
"""

import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.errors import SourceError
from geo.sources.checks import finish, numbers, read_header, read_table, text

_PERIOD = re.compile(r"(?:cilif_rel_)?(\d{4})[_/](\d{2})(p?)")


def read_low_income(
    path: Path, *, source: str, vintage: str, code_column: str = "WD11CD", name_column: str = "WD11NM"
) -> pd.DataFrame:
    """Read the number of children in low income families.

    Parameters
    ----------
    path
        One row a ward, the years side by side.
    source, vintage
        Kept in the frame's ``attrs``.
    code_column, name_column
        The file's columns of area codes and names.

    Returns
    -------
    pandas.DataFrame
        One row an area and year, years ascending: ``ward``, ``ward_name``, ``period`` (``"2014/15"``),
        ``value`` (children aged 0 to 15, float64), ``provisional`` (bool).

    Raises
    ------
    SourceError
        The file is not in this form, holds no year, or names the same year twice.
    """
    periods = {name: found.groups() for name in read_header(path) if (found := _PERIOD.fullmatch(name))}
    if not periods:
        raise SourceError(f"{path.name}: no column is named by a financial year (a year, a stroke and two digits)")
    if len({start for start, _, _ in periods.values()}) < len(periods):
        raise SourceError(f"{path.name}: a year stands in two columns: {', '.join(periods)}")
    schema = pa.DataFrameSchema({code_column: text(unique=True), name_column: text(), **numbers(periods)})
    table = read_table(path, schema)
    parts = []
    for column, (start, end, mark) in sorted(periods.items(), key=lambda item: item[1]):
        names = {code_column: "ward", name_column: "ward_name", column: "value"}
        part = finish(table, names, source=source, vintage=vintage)
        part.insert(2, "period", f"{start}/{end}")
        parts.append(part.assign(provisional=mark == "p"))
    return pd.concat(parts, ignore_index=True)
