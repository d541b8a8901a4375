"""English indices of deprivation by LSOA.

Publisher: Ministry of Housing, Communities and Local Government (and its forerunners), *English indices of
deprivation* 2010, 2015 and 2019 (File 7: all ranks, deciles and scores), under the Open Government Licence
v3. The 2010 edition used the areas of 2001.

IDACI, the income deprivation affecting children index, is a share: the children aged 0 to 15 in
income-deprived families over all children of that age, both as the 2019 edition counted them (its denominator
is the mid-2015 population).
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import finish, number, numbers, read_table, text

_NAMES = {
    "LSOA11CD": "lsoa",
    "imd2010_score": "imd2010_score",
    "imd2010_decile": "imd2010_decile",
    "imd2015_score": "imd2015_score",
    "imd2015_decile": "imd2015_decile",
    "imd2019_score": "imd2019_score",
    "imd2019_decile": "imd2019_decile",
    "idaci2019_score": "idaci2019_score",
    "idaci2019_decile": "idaci2019_decile",
    "children0_15_mid2015": "children_0_15_mid2015",
    "pop_mid2015_exprison": "population_mid2015",
}

_SCHEMA = pa.DataFrameSchema(
    {
        "LSOA11CD": text("E01[0-9]{6}", reason="is not an English LSOA code", unique=True),
        **numbers([name for name in _NAMES if name.startswith("imd") and name.endswith("_score")], 0, 100),
        "idaci2019_score": number(0, 1),
        **numbers([name for name in _NAMES if name.endswith("_decile")], 1, 10),
        **numbers(["children0_15_mid2015", "pop_mid2015_exprison"]),
    }
)


def read_deprivation(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read scores and deciles of each LSOA.

    Parameters
    ----------
    path
        One row an LSOA, the editions side by side.
    source, vintage
        Kept in the frame's ``attrs``.

    Returns
    -------
    pandas.DataFrame
        One row an LSOA: ``lsoa``, ``imd2010_score``, ``imd2010_decile``, the same of 2015 and 2019,
        ``idaci2019_score`` (a share, 0 to 1), ``idaci2019_decile``, ``children_0_15_mid2015``,
        ``population_mid2015`` (people, prisoners left out). All float64 but the code; decile 1 is the most
        deprived tenth of England.

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    return finish(read_table(path, _SCHEMA), _NAMES, source=source, vintage=vintage)
