"""OS Code-Point Open: a point for every postcode.

Publisher: Ordnance Survey, under the Open Government Licence v3 (contains OS data and Royal Mail data, each ©
Crown or Royal Mail copyright and database right). The format is that of *Code-Point Open user guide and
technical specification*: ten columns without a header row, one file for each postcode area.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import finish, number, read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank

COLUMNS = (
    "postcode",
    "positional_quality",
    "eastings",
    "northings",
    "country_code",
    "nhs_regional_ha_code",
    "nhs_ha_code",
    "admin_county_code",
    "admin_district_code",
    "admin_ward_code",
)

# the guide's code for a postcode without a position, which then carries zero coordinates
NO_POSITION = 90

_SCHEMA = pa.DataFrameSchema(
    {
        "postcode": text(POSTCODE, reason="is not a postcode", unique=True),
        "positional_quality": number(10, NO_POSITION),
        "eastings": number(0, 700_000),
        "northings": number(0, 1_300_000),
        "admin_district_code": text("[ESWN][0-9]{8}", reason="is not a district code", blank=True),
        "admin_ward_code": text("[ESWN][0-9]{8}", reason="is not a ward code", blank=True),
    }
)


def read_code_point_open(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the postcodes of one area file.

    Parameters
    ----------
    path
        A headerless Code-Point Open file, such as ``ss.csv``.
    source, vintage
        Kept in the frame's ``attrs``.

    Returns
    -------
    pandas.DataFrame
        One row a postcode, in file order: ``postcode`` (``SS1 2AB``), ``quality`` (10 best … 60),
        ``easting``, ``northing`` (metres), ``district``, ``ward`` (ONS codes, ``""`` where none).
        Postcodes without a position (quality 90 or zero coordinates) are left out and counted in
        ``attrs["dropped"]``.

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    table = read_table(path, _SCHEMA, columns=COLUMNS)
    placed = table[(table["positional_quality"] != NO_POSITION) & (table["eastings"] > 0) & (table["northings"] > 0)]
    names = {
        "postcode": "postcode",
        "positional_quality": "quality",
        "eastings": "easting",
        "northings": "northing",
        "admin_district_code": "district",
        "admin_ward_code": "ward",
    }
    postcodes = finish(placed, names, source=source, vintage=vintage)
    postcodes["postcode"] = postcodes["postcode"].map(postcode_or_blank)
    postcodes["quality"] = postcodes["quality"].astype("int64")
    postcodes.attrs["dropped"] = len(table) - len(placed)
    return postcodes
