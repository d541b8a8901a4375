"""Children's centres and schools from Get Information about Schools.

Format: Department for Education, *Get Information about Schools, downloads*: every day a CSV in the code page of
Windows whose name ends in its date (``edubaseallchildrencentre20261127.csv``, ``edubasealldata20261127.csv``). It has
all England; the open ones of one authority are kept, in the columns that the adapters read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from geo.live.http import Fetched, NotThereError, Session
from geo.live.settings import Publisher
from geo.live.tables import csv_bytes, named_rows
from geo.values import made_of

_FILES = MappingProxyType({"childrens_centres": "edubaseallchildrencentre", "schools": "edubasealldata"})
_ADDRESS = ("Street", "Locality", "Address3", "Town")
_STATUS, _AUTHORITY = "EstablishmentStatus (name)", "LA (code)"
_CENTRES = ("URN", "EstablishmentName", *_ADDRESS, "Postcode", "LA (name)", "Easting", "Northing", _STATUS, _AUTHORITY)
_SCHOOLS = MappingProxyType(
    {
        "URN": "urn",
        _AUTHORITY: "la_code",
        "LA (name)": "la_name",
        "EstablishmentNumber": "establishment_number",
        "EstablishmentName": "establishment_name",
        "TypeOfEstablishment (name)": "establishment_type",
        "EstablishmentTypeGroup (name)": "establishment_type_group",
        "PhaseOfEducation (name)": "education_phase",
        "NumberOfPupils": "number_of_pupils",
        "PercentageFSM": "percentage_fsm",
        "Easting": "easting",
        "Northing": "northing",
        "LSOA (code)": "lsoa_code",
    }
)
# Today's file may not be there yet, and there may be none on some days.
_DAYS_BACK = 7


@dataclass(frozen=True)
class Asked:
    """Which extract, and the Department's own code of the authority, such as ``"882"``."""

    extract: Literal["childrens_centres", "schools"]
    authority: str


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the newest extract of the last days."""
    want = made_of(Asked, asked, "what is asked of Get Information about Schools")
    for back in range(_DAYS_BACK + 1):
        day = session.now().date() - timedelta(days=back)
        name = f"{_FILES[want.extract]}{day:%Y%m%d}.csv"
        try:
            got = session.get(at, f"{at.address}/{name}", kind="csv")
        except NotThereError:
            if back == _DAYS_BACK:
                raise
        else:
            break
    table = _centres if want.extract == "childrens_centres" else _schools
    return Fetched(table(got.content, want.authority, name), day.isoformat())


def _open(content: bytes, columns: tuple[str, ...], authority: str, name: str) -> list[dict[str, str]]:
    rows = named_rows(content, columns, name)
    kept = [row for row in rows if row[_AUTHORITY] == authority and row[_STATUS].startswith("Open")]
    return sorted(kept, key=lambda row: (len(row["URN"]), row["URN"]))


def _centres(content: bytes, authority: str, name: str) -> bytes:
    table: list[list[str]] = [["urn", "name", "address", "postcode", "la", "easting", "northing"]]
    for row in _open(content, _CENTRES, authority, name):
        lines = ", ".join(row[part] for part in _ADDRESS if row[part])
        place = [row["Postcode"], row["LA (name)"], row["Easting"], row["Northing"]]
        table.append([row["URN"], row["EstablishmentName"], lines, *place])
    return csv_bytes(table)


def _schools(content: bytes, authority: str, name: str) -> bytes:
    # A provider without a place of its own, such as a service for pupils at home, has no position.
    rows = [row for row in _open(content, (*_SCHOOLS, _STATUS), authority, name) if row["Easting"] and row["Northing"]]
    return csv_bytes([list(_SCHOOLS.values()), *([row[column] for column in _SCHOOLS] for row in rows)])
