"""Public libraries, open and closed.

Publisher: Arts Council England, *Basic dataset for libraries*, under the Open Government Licence v3. It lists every
library since 2010: ``operation_23`` says who ran it in 2023 or ``Closed``, ``closed`` the year it closed. It has no
positions: the builder uses the position of a library's building in OpenStreetMap, or else of its postcode.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import check_rows, read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank, slug, tidy_address, tidy_name
from geo.sources.services import service_frame

_ADDRESS = ["address1", "address2", "address3"]

_SCHEMA = pa.DataFrameSchema(
    {
        "name": text(),
        **{column: text(blank=True) for column in _ADDRESS},
        "postcode": text(POSTCODE, reason="is not a postcode"),
        "type": text(blank=True),
        "operation_23": text(),
        "closed": text("[0-9]{4}", reason="is not a year", blank=True),
    }
)


def read_libraries(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the libraries of one authority's file.

    Parameters
    ----------
    path
        The publisher's file, or an authority's part of it.
    source, vintage
        Source key and edition.

    Returns
    -------
    pandas.DataFrame
        A service frame of category ``library`` without positions; status ``closed`` where a year of closing is given
        or nobody runs it, else ``open``; ``closed 2015`` as a tag. Names end in "Library".

    Raises
    ------
    SourceError
        The file is not in this form, or two libraries have one name.
    """
    table = read_table(path, _SCHEMA)
    names = table["name"].map(_library_name)
    ids = "lib-" + names.map(slug)
    check_rows(table, ~ids.duplicated(keep=False), path, "name", "stands for more than one library")
    closed = (table["closed"] != "") | (table["operation_23"] == "Closed")
    columns = {
        "id": ids,
        "category": "library",
        "subtype": "public library",
        "name": names,
        "address": [tidy_address(lines) for lines in table[_ADDRESS].itertuples(index=False)],
        "postcode": table["postcode"].map(postcode_or_blank),
        "status": closed.map({True: "closed", False: "open"}),
        "tags": ("closed " + table["closed"]).where(table["closed"] != "", ""),
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=table.attrs["rows_read"])


def _library_name(name: str) -> str:
    tidy = tidy_name(name)
    return tidy if tidy.endswith("Library") else f"{tidy} Library"
