"""Census 2011 counts by LSOA.

Publisher: Office for National Statistics, Census 2011 Quick Statistics, under the Open Government Licence v3.
The columns that are read come from these tables, joined by LSOA code: QS103EW (age by single year), QS113EW (household
composition), QS412EW (occupancy rating, bedrooms), QS416EW (cars or vans).

An occupancy rating of -1 and one of -2 or less are separate columns of QS412EW, so that a household is
overcrowded if it is in either.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import check_rows, check_sum, finish, numbers, read_table, text

_AGES = [f"age{age}_2011" for age in range(18)]

_COUNTS = {
    "pop_2011": "population",
    "age0_2011": "age0",
    "age0_3_2011": "children_0_3",
    "age0_15_2011": "children_0_15",
    "age0_17_2011": "children_0_17",
    "hh_2011": "households",
    "hh_no_car": "households_no_car",
    "hh_lone_parent_depchild": "lone_parent_households",
}
_OVERCROWDED = ["hh_overcrowded_bed_m1", "hh_overcrowded_bed_m2"]

_SCHEMA = pa.DataFrameSchema(
    {
        "LSOA11CD": text("[EW]01[0-9]{6}", reason="is not an LSOA code", unique=True),
        "LSOA11NM": text(),
        "WD15CD": text("[EW]05[0-9]{6}", reason="is not a ward code"),
        "WD15NM": text(),
        **numbers([*dict.fromkeys([*_COUNTS, *_AGES, *_OVERCROWDED])]),
    }
)


def read_census(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the census counts of each LSOA.

    Parameters
    ----------
    path
        The joined table, one row an LSOA.
    source, vintage
        Kept in the frame's ``attrs``.

    Returns
    -------
    pandas.DataFrame
        One row an LSOA: ``lsoa``, ``lsoa_name``, ``ward``, ``ward_name``, then counts as float64. People:
        ``population``, ``age0``, ``children_0_3``, ``children_0_15``, ``children_0_17``. Households: ``households``,
        ``households_no_car``, ``lone_parent_households`` (with dependent children), ``overcrowded`` (by the bedroom
        standard).

    Raises
    ------
    SourceError
        The file is not in this form, an age band is not the sum of its single years, or a part exceeds its
        whole.
    """
    table = read_table(path, _SCHEMA)
    for last in (3, 15, 17):
        check_sum(table, path, f"age0_{last}_2011", _AGES[: last + 1])
    for part, whole in (("age0_17_2011", "pop_2011"), ("hh_no_car", "hh_2011")):
        check_rows(table, table[part] <= table[whole], path, part, f"is more than {whole}")
    table["overcrowded"] = table[_OVERCROWDED].sum(axis=1)
    areas = {"LSOA11CD": "lsoa", "LSOA11NM": "lsoa_name", "WD15CD": "ward", "WD15NM": "ward_name"}
    return finish(table, areas | _COUNTS | {"overcrowded": "overcrowded"}, source=source, vintage=vintage)
