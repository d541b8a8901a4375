"""Look-up of output areas: the LSOA and ward of each, and its households.

Publisher: Office for National Statistics, *Output Area to LSOA to MSOA* and *Output Area to ward* look-ups of
2011 areas, with the households of Census 2021 (TS003), under the Open Government Licence v3. Output areas
that were recoded in 2021 have no count under their old code.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import Problem, fail, finish, number, read_table, text

_NAMES = {
    "OA11CD": "oa",
    "LSOA11CD": "lsoa",
    "WD15CD": "ward",
    "WD15NM": "ward_name",
    "households_2021": "households_2021",
}

_SCHEMA = pa.DataFrameSchema(
    {
        "OA11CD": text("[EW]00[0-9]{6}", reason="is not an output area code", unique=True),
        "LSOA11CD": text("[EW]01[0-9]{6}", reason="is not an LSOA code"),
        "WD15CD": text("[EW]05[0-9]{6}", reason="is not a ward code"),
        "WD15NM": text(),
        "households_2021": number(0, blank=True),
    }
)


def read_output_areas(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the look-up.

    Parameters
    ----------
    path
        One row an output area.
    source, vintage
        Kept in the frame's ``attrs``.

    Returns
    -------
    pandas.DataFrame
        One row an output area: ``oa``, ``lsoa``, ``ward``, ``ward_name``, ``households_2021`` (float64; NaN
        where the area was recoded in 2021).

    Raises
    ------
    SourceError
        The file is not in this form, or has parts of one LSOA in different wards, which the demand estimate
        does not allow.
    """
    table = read_table(path, _SCHEMA)
    first_ward = table.groupby("LSOA11CD")["WD15CD"].transform("first")
    astray = table[table["WD15CD"] != first_ward]
    if len(astray):
        reason = "is another ward than that of the LSOA's first output area"
        fail(path, [Problem(int(str(line)), "WD15CD", ward, reason) for line, ward in astray["WD15CD"].items()])
    return finish(table, _NAMES, source=source, vintage=vintage)
