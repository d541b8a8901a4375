"""Mid-year population estimates by LSOA.

Publisher: Office for National Statistics, *Lower layer Super Output Area population estimates* (supporting
information, National Statistics then experimental), under the Open Government Licence v3. One file holds
several years: ``pop_<year>``, ``age<n>_<year>`` for ages 0 to 4, and the bands ``age0_3_<year>``,
``age0_15_<year>``, ``age0_17_<year>``.
"""

import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.errors import SourceError
from geo.sources.checks import check_rows, check_sum, finish, numbers, read_header, read_table, text

_BANDS = {
    "pop": "population",
    "age0": "age0",
    "age0_3": "children_0_3",
    "age0_15": "children_0_15",
    "age0_17": "children_0_17",
}
_SINGLE_AGES = ["age0", "age1", "age2", "age3"]


def read_mid_year(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the estimates of every year in the file.

    Parameters
    ----------
    path
        One row an LSOA, the years side by side.
    source, vintage
        Kept in the frame's ``attrs``.

    Returns
    -------
    pandas.DataFrame
        One row a year and LSOA, years ascending: ``lsoa``, ``year`` (int), ``population``, ``age0``,
        ``children_0_3``, ``children_0_15``, ``children_0_17`` (people, float64).

    Raises
    ------
    SourceError
        The file is not in this form, holds no year, or ages 0 to 3 do not add up to their band.
    """
    years = sorted(int(found[1]) for name in read_header(path) if (found := re.fullmatch(r"pop_(\d{4})", name)))
    if not years:
        raise SourceError(f"{path.name}: no column is named pop_ and a year, such as pop_2020")
    wanted = [f"{name}_{year}" for year in years for name in dict.fromkeys([*_BANDS, *_SINGLE_AGES])]
    lsoa = text("[EW]01[0-9]{6}", reason="is not an LSOA code", unique=True)
    table = read_table(path, pa.DataFrameSchema({"LSOA11CD": lsoa, **numbers(wanted)}))
    parts = []
    for year in years:
        check_sum(table, path, f"age0_3_{year}", [f"{age}_{year}" for age in _SINGLE_AGES])
        children = f"age0_17_{year}"
        check_rows(table, table[children] <= table[f"pop_{year}"], path, children, f"is more than pop_{year}")
        names = {f"{theirs}_{year}": ours for theirs, ours in _BANDS.items()}
        part = finish(table, {"LSOA11CD": "lsoa"} | names, source=source, vintage=vintage)
        part.insert(1, "year", year)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
