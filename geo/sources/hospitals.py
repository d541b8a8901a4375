"""Hospitals and the kind of each, from NHS Choices.

Publisher: NHS Choices (now NHS England), *Hospital.csv* of the Choices open data, under the Open Government Licence
v3, in the publisher's own columns.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.coordinates import to_grid
from geo.sources.checks import number, read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank, tidy_address, tidy_name
from geo.sources.services import service_frame

_ADDRESS = ["Address1", "Address2", "Address3", "City", "County"]

_SCHEMA = pa.DataFrameSchema(
    {
        "OrganisationCode": text("[A-Z0-9]{3,10}", reason="is not an organisation code", unique=True),
        "Sector": text(),
        "OrganisationStatus": text(),
        "OrganisationName": text(),
        **{column: text(blank=True) for column in _ADDRESS},
        "Postcode": text(POSTCODE, reason="is not a postcode"),
        "Latitude": number(49, 61),
        "Longitude": number(-9, 3),
        "ParentName": text(blank=True),
    }
)

_SUBTYPES = {"hospital": "NHS general hospital", "private_hospital": "private hospital"}


def read_hospitals(path: Path, *, source: str, vintage: str, crs: str) -> pd.DataFrame:
    """Read the hospitals that the publisher shows to the public.

    The file's own sub-type is only "Hospital", and it lists one private clinic under the NHS sector, so the kind is
    decided by words: ``private_hospital`` where the sector is not the NHS or the name says private, else ``hospital``.
    The hospitals of partnership trusts (mental health trusts have this name) have no maternity, children's or emergency
    department and are left out.

    Parameters
    ----------
    path
        A file in the columns of ``Hospital.csv``.
    source, vintage
        Source key and edition.
    crs
        The grid of the area.

    Returns
    -------
    pandas.DataFrame
        A service frame, positions by the publisher's geocode (precision ``geocode``).

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    table = read_table(path, _SCHEMA)
    partnership = table["ParentName"].str.contains(r"\bpartnership\b", case=False)
    table = table[(table["OrganisationStatus"] == "Visible") & ~partnership]
    name = table["OrganisationName"]
    private = (table["Sector"] != "NHS Sector") | name.str.contains("private", case=False)
    category = private.map({True: "private_hospital", False: "hospital"})
    easting, northing = to_grid(table["Longitude"], table["Latitude"], crs)
    columns = {
        "id": "hosp-" + table["OrganisationCode"],
        "category": category,
        "subtype": category.map(_SUBTYPES),
        "name": name.map(tidy_name),
        "address": [tidy_address(lines) for lines in table[_ADDRESS].itertuples(index=False)],
        "postcode": table["Postcode"].map(postcode_or_blank),
        "easting": easting,
        "northing": northing,
        "precision": "geocode",
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=table.attrs["rows_read"])
