"""Nurseries, schools and halls, from the register of food hygiene inspections.

Publisher: Food Standards Agency, *Food Hygiene Rating Scheme* (FHRS) open data, one XML file an authority, under the
Open Government Licence v3. Each ``EstablishmentDetail`` has a business type and the council's own reference, whose
last part is the council's own, finer type: ``12/00701/NURSY``. Points are those of the postcode.

What counts, by that finer type:

- ``nursery``: NURSY (nursery) and CHILD (childcare), and a day centre (DAYCEN) whose name says nursery or the like.
  Children's centres with a kitchen are among them, with a subtype of their own.
- ``school``: CANSCH (school canteen) under the type *School/college/university*, unless it is named as a
  college's outlet (``Brand - Some College``).
- ``community_hall``: CHURC, CHURCH and COMM (community), and anything named a community centre or hall.

Care homes, clubs, hospital kitchens, home caterers and the rest are left out. Where this was compared with a list
compiled by hand, the nurseries agreed, and of 62 halls three were missing: two are filed as a charity and a sports
ground, and one is not in the file. A school that is in the file twice, once under its caterer's name, is given once.
Childminders are not in these files.
"""

import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.coordinates import to_grid
from geo.sources.checks import check_frame, number, text
from geo.sources.names import POSTCODE, postcode_or_blank, tidy_address, tidy_name
from geo.sources.records import read_records
from geo.sources.services import service_frame

_ADDRESS = ["AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4"]

_SCHEMA = pa.DataFrameSchema(
    {
        "FHRSID": text("[0-9]+", reason="is not an FHRS id", unique=True),
        "LocalAuthorityBusinessID": text(),
        "BusinessName": text(),
        "BusinessType": text(),
        **{column: text(blank=True) for column in _ADDRESS},
        "PostCode": text(POSTCODE, reason="is not a postcode", blank=True),
        "Longitude": number(-9, 3, blank=True),
        "Latitude": number(49, 61, blank=True),
    }
)

_NURSERY_WORDS = r"nursery|pre-?school|playgroup|kindergarten|day ?care"
_COLLEGE_OUTLET = r" - .*\bcollege\b"
_SCHOOL_WORDS = r"school|academy|college|primary|infant|junior"
_HALL_WORDS = r"\bcommunity (?:centre|hall)\b"
# "… School - Pabulum Ltd" and "… School Canteen & Cafe": the part that is not the name of the school
_CATERER = re.compile(r"\s+(?:-\s+[^-]*\b(?:ltd|limited|catering)\b|canteen\b).*$", re.IGNORECASE)

# the first that a name contains gives the subtype
_NURSERY_SUBTYPES = {
    r"children'?s centre|family centre": "children's centre nursery",
    r"after[ -]school": "after-school club",
    r"pre-?school|playgroup|kindergarten": "pre-school or playgroup",
    r"": "nursery",
}


def read_food_hygiene(path: Path, *, source: str, vintage: str, crs: str) -> pd.DataFrame:
    """Read the nurseries, schools and halls of one authority.

    Parameters
    ----------
    path
        The authority's FHRS XML file.
    source, vintage
        Source key and edition.
    crs
        The grid of the area.

    Returns
    -------
    pandas.DataFrame
        A service frame of categories ``nursery``, ``school`` and ``community_hall``, precision ``postcode``. A row
        without a geocode takes that of another establishment at its postcode; otherwise its position is NaN. A
        school listed under its caterer's name has the name of its first address line.

    Raises
    ------
    SourceError
        The file is missing, is not well-formed XML, or an establishment lacks or misspells a field; names line,
        field and value.
    """
    records = read_records(path, "EstablishmentDetail", list(_SCHEMA.columns))
    table = check_frame(records, _SCHEMA, path, row_id="FHRSID").reset_index(drop=True)
    by_postcode = table.groupby("PostCode")[["Longitude", "Latitude"]].transform("first")
    known_postcode = table["PostCode"] != ""
    for axis in ("Longitude", "Latitude"):
        table[axis] = table[axis].fillna(by_postcode[axis].where(known_postcode))

    table["category"] = _categories(table)
    table = table[table["category"] != ""]
    easting, northing = to_grid(table["Longitude"], table["Latitude"], crs)
    names = _names(table)
    columns = {
        "id": "fhrs-" + table["FHRSID"],
        "category": table["category"],
        "subtype": [_subtype(*row) for row in zip(table["category"], names, strict=True)],
        "name": names,
        "address": [
            tidy_address(lines, leave_out=name)
            for name, lines in zip(names, table[_ADDRESS].itertuples(index=False), strict=True)
        ],
        "postcode": table["PostCode"].map(postcode_or_blank),
        "easting": easting,
        "northing": northing,
    }
    services = service_frame(columns, source=source, vintage=vintage, rows_read=len(records))
    # one kitchen is sometimes inspected twice, as the school's and as the caterer's
    return services.drop_duplicates(["category", "name", "postcode"], ignore_index=True)


def _categories(table: pd.DataFrame) -> "pd.Series[str]":
    """Return the category of each establishment, ``""`` for those that are left out."""
    name = table["BusinessName"]
    kind = table["LocalAuthorityBusinessID"].str.rsplit("/", n=1).str[-1]
    nursery_day_centre = (kind == "DAYCEN") & name.str.contains(_NURSERY_WORDS, case=False)
    school_canteen = (kind == "CANSCH") & (table["BusinessType"] == "School/college/university")
    category = pd.Series("", index=table.index)
    category[kind.isin(["CHURC", "CHURCH", "COMM"]) | name.str.contains(_HALL_WORDS, case=False)] = "community_hall"
    category[school_canteen & ~name.str.contains(_COLLEGE_OUTLET, case=False)] = "school"
    category[kind.isin(["NURSY", "CHILD"]) | nursery_day_centre] = "nursery"
    return category


def _names(table: pd.DataFrame) -> "pd.Series[str]":
    """Return the name of the nursery, school or hall, not of the business that cooks there."""
    names, first_line = table["BusinessName"], table["AddressLine1"]
    named_after_caterer = (
        (table["category"] == "school")
        & ~names.str.contains(_SCHOOL_WORDS, case=False)
        & first_line.str.contains(_SCHOOL_WORDS, case=False)
    )
    return names.mask(named_after_caterer, first_line).map(lambda name: tidy_name(_CATERER.sub("", name)))


def _subtype(category: str, name: str) -> str:
    if category == "nursery":
        return next(subtype for words, subtype in _NURSERY_SUBTYPES.items() if re.search(words, name, re.IGNORECASE))
    return {"school": "school or college", "community_hall": "church or community hall"}[category]
