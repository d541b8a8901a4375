"""Schools and maintained nurseries, from Get Information about Schools.

Publisher: Department for Education, *Get Information about Schools*, establishment fields, open establishments, under
the Open Government Licence v3. Positions are the publisher's.
"""

import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import number, read_table, text
from geo.sources.names import tidy_name
from geo.sources.services import service_frame

_PHASES = {
    "Nursery": ("nursery", "maintained nursery school"),
    "Primary": ("school", "primary school"),
    "Middle deemed primary": ("school", "primary school"),
    "Secondary": ("school", "secondary school"),
    "Middle deemed secondary": ("school", "secondary school"),
    "All-through": ("school", "all-through school"),
    "16 plus": ("school", "sixth form or college"),
    "Not applicable": ("school", "special or independent school"),
}
_NUMBER = re.compile(r"(\d+)(?:\.0)?")

_SCHEMA = pa.DataFrameSchema(
    {
        "urn": text(r"[0-9]+(\.0)?", reason="is not a URN", unique=True),
        "establishment_name": text(),
        "education_phase": text(one_of=_PHASES),
        "easting": number(),
        "northing": number(),
    }
)


def read_schools(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the open schools and maintained nurseries.

    Parameters
    ----------
    path
        One row an establishment, in the publisher's columns.
    source, vintage
        Source key and edition.

    Returns
    -------
    pandas.DataFrame
        A service frame of categories ``school`` and ``nursery``, precision ``building``; the phase as subtype.

    Raises
    ------
    SourceError
        The file is not in this form, or names a phase that is not known; names line, column and value.
    """
    table = read_table(path, _SCHEMA)
    kinds = pd.DataFrame([_PHASES[phase] for phase in table["education_phase"]], index=table.index, columns=range(2))
    columns = {
        "id": "gias-" + table["urn"].str.extract(_NUMBER)[0],
        "category": kinds[0],
        "subtype": kinds[1],
        "name": table["establishment_name"].map(tidy_name),
        "easting": table["easting"],
        "northing": table["northing"],
        "precision": "building",
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=table.attrs["rows_read"])
