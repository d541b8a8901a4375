"""Census 2011 counts by LSOA.

Publisher: Office for National Statistics, Census 2011 Quick Statistics, under the Open Government Licence v3.
The columns come from these tables, joined by LSOA code: QS103EW (age by single year), QS113EW (household
composition), QS405EW (tenure), QS412EW (occupancy rating, bedrooms), QS416EW (cars or vans), QS501EW
(qualifications), QS205EW (proficiency in English), QS201EW (ethnic group).

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
    "age0_4_2011": "children_0_4",
    "age0_15_2011": "children_0_15",
    "age0_17_2011": "children_0_17",
    "hh_2011": "households",
    "hh_no_car": "households_no_car",
    "hh_lone_parent_depchild": "lone_parent_households",
    "hh_social_rented": "social_rented",
    "hh_private_rented": "private_rented",
    "hh_owned": "owned",
    "quals_total": "people_16_plus",
    "noquals_16p": "no_qualifications",
    "eng_total": "people_3_plus",
    "eth_white_british": "white_british",
}
_ADDED = {
    "overcrowded": ["hh_overcrowded_bed_m1", "hh_overcrowded_bed_m2"],
    "poor_english": ["eng_not_well", "eng_none"],
}
_PARTS = [column for columns in _ADDED.values() for column in columns]

_SCHEMA = pa.DataFrameSchema(
    {
        "LSOA11CD": text("[EW]01[0-9]{6}", reason="is not an LSOA code", unique=True),
        "LSOA11NM": text(),
        "WD15CD": text("[EW]05[0-9]{6}", reason="is not a ward code"),
        "WD15NM": text(),
        **numbers([*dict.fromkeys([*_COUNTS, *_AGES, *_PARTS])]),
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
        ``population``, ``age0``, ``children_0_3``, ``children_0_4``, ``children_0_15``, ``children_0_17``,
        ``people_16_plus`` and of them ``no_qualifications``, ``people_3_plus`` and of them ``poor_english``,
        ``white_british``. Households: ``households``, ``households_no_car``, ``lone_parent_households`` (with
        dependent children), ``social_rented``, ``private_rented``, ``owned``, ``overcrowded`` (by the bedroom
        standard).

    Raises
    ------
    SourceError
        The file is not in this form, an age band is not the sum of its single years, or a part exceeds its
        whole.
    """
    table = read_table(path, _SCHEMA)
    for last in (3, 4, 15, 17):
        check_sum(table, path, f"age0_{last}_2011", _AGES[: last + 1])
    for part, whole in (("age0_17_2011", "pop_2011"), ("hh_no_car", "hh_2011"), ("hh_social_rented", "hh_2011")):
        check_rows(table, table[part] <= table[whole], path, part, f"is more than {whole}")
    for name, columns in _ADDED.items():
        table[name] = table[columns].sum(axis=1)
    areas = {"LSOA11CD": "lsoa", "LSOA11NM": "lsoa_name", "WD15CD": "ward", "WD15NM": "ward_name"}
    return finish(table, areas | _COUNTS | {name: name for name in _ADDED}, source=source, vintage=vintage)
