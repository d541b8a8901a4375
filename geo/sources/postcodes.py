"""A plain table of postcodes with their position: a list that anybody can make, with a header."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import finish, number, read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank

COLUMNS = ("postcode", "easting", "northing", "authority")


def read_postcode_table(path: Path, *, source: str, vintage: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read postcodes with positions on the area's grid.

    Parameters
    ----------
    path
        A CSV file with a header.
    source, vintage
        Kept in the frame's ``attrs``.
    columns
        The file's names for those of `COLUMNS` that it calls something else. ``authority`` is the code of the local
        authority.

    Returns
    -------
    pandas.DataFrame
        ``postcode, quality`` (10, as for a position that is sure), ``easting, northing`` (metres), ``district``;
        ``attrs`` as for :func:`geo.sources.code_point_open.read_code_point_open`.

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    names = {name: columns.get(name, name) for name in COLUMNS}
    schema = pa.DataFrameSchema(
        {
            names["postcode"]: text(POSTCODE, reason="is not a postcode", unique=True),
            names["easting"]: number(),
            names["northing"]: number(),
            names["authority"]: text(blank=True),
        }
    )
    table = read_table(path, schema)
    ours = {theirs: "district" if name == "authority" else name for name, theirs in names.items()}
    postcodes = finish(table, ours, source=source, vintage=vintage)
    postcodes["postcode"] = postcodes["postcode"].map(postcode_or_blank)
    postcodes["quality"] = 10
    postcodes.attrs["dropped"] = 0
    return postcodes
