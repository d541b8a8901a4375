"""Children's centres, and the family hubs just outside the area, from Get Information about Schools.

Publisher: Department for Education, *Get Information about Schools*, children's centres and linked sites, under the
Open Government Licence v3. Positions are those of the postcode. Family hubs of a neighbouring council are in the
same file without a URN, with a note in brackets after the name that says whose they are and where.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.errors import SourceError
from geo.sources.checks import check_rows, number, read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank, slug, tidy_address, tidy_name
from geo.sources.services import service_frame

_SCHEMA = pa.DataFrameSchema(
    {
        "urn": text("[0-9]+", reason="is not a URN", blank=True),
        "name": text(),
        "address": text(blank=True),
        "postcode": text(POSTCODE, reason="is not a postcode"),
        "la": text(),
        "easting": number(0, 700_000),
        "northing": number(0, 1_300_000),
    }
)

_NOTE = re.compile(r"\s*\([^)]*\)\s*$")
# a council's own locality number, such as "Roc1/A", before a family hub's name
_LOCALITY = re.compile(r"^[A-Z][a-z]+\d+(?:/[A-Z])?\s+")


def read_childrens_centres(path: Path, *, source: str, vintage: str, core: Sequence[str] = ()) -> pd.DataFrame:
    """Read the children's centres and family hubs.

    Parameters
    ----------
    path
        The publisher's rows with their postcode's position.
    source, vintage
        Source key and edition.
    core
        Beginnings of the names of the centres that the council runs as core ones, such as ``"Blenheim"``; each must
        be in the file. They get the tag ``core``.

    Returns
    -------
    pandas.DataFrame
        A service frame of category ``childrens_centre``, precision ``postcode``. Subtype ``children's centre``, or
        ``family hub (the authority)`` for a row without a URN, whose id is made from its name.

    Raises
    ------
    SourceError
        The file is not in this form, a URN or name occurs twice, or a core centre is not in it.
    """
    table = read_table(path, _SCHEMA)
    names = table["name"].map(_clean_name)
    reference = table["urn"].where(table["urn"] != "", names.map(slug))
    check_rows(table, ~reference.duplicated(keep=False), path, "urn", "stands for more than one centre")
    is_core = pd.Series(False, index=table.index)
    for start in core:
        found = names.str.casefold().str.startswith(start.casefold())
        if not found.any():
            raise SourceError(f"{path.name}: column name: no children's centre begins with {start!r}")
        is_core |= found
    columns = {
        "id": "gias-" + reference,
        "category": "childrens_centre",
        "subtype": ("family hub (" + table["la"] + ")").where(table["urn"] == "", "children's centre"),
        "name": names,
        "address": [tidy_address(address.split(",")) for address in table["address"]],
        "postcode": table["postcode"].map(postcode_or_blank),
        "easting": table["easting"],
        "northing": table["northing"],
        "tags": is_core.map({True: "core", False: ""}),
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=table.attrs["rows_read"])


def _clean_name(name: str) -> str:
    name = _LOCALITY.sub("", _NOTE.sub("", name))
    return tidy_name(name[:1].upper() + name[1:])
