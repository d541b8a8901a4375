"""Recognise the columns of a user's table by their usual names, or take them as matched by hand."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from geo.errors import InputError
from geo.own.table import Table

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": (
            "name", "sitename", "site", "placename", "place", "title", "servicename", "venuename", "venue",
            "organisationname", "organisation", "establishmentname", "providername", "practicename", "practice",
            "schoolname", "school", "centrename", "centre", "facilityname", "facility", "label",
        ),
        "postcode": ("postcode", "pcds", "pcd", "pcd2", "pcd7", "pcd8", "postalcode", "postcodes", "sitepostcode"),
        "lon": ("lon", "longitude", "long", "lng", "lons", "londeg", "longitudewgs84", "geolon"),
        "lat": ("lat", "latitude", "lats", "latdeg", "latitudewgs84", "geolat"),
        "easting": ("easting", "eastings", "east", "oseasting", "oseast1m", "gridx", "eastingm"),
        "northing": ("northing", "northings", "north", "osnorthing", "osnrth1m", "gridy", "northingm"),
        "x": ("x", "xcoord", "xcoordinate", "coordx", "pointx"),
        "y": ("y", "ycoord", "ycoordinate", "coordy", "pointy"),
        "code": (
            "code", "areacode", "geographycode", "geographycodes", "areacodes", "lsoacode", "lsoa21cd", "lsoa11cd",
            "lsoa", "lsoa21", "lsoa11", "lsoa21code", "lsoa11code", "oacode", "oa21cd", "oa11cd", "oa", "wardcode",
            "wd25cd", "wd24cd", "wd23cd", "wd22cd", "wd21cd", "wd20cd", "wd19cd", "wd18cd", "wd17cd", "ward",
            "mnemonic", "datazone", "datazonecode",
        ),
        "measure": ("measure", "indicator", "variable", "statistic", "category"),
        "value": ("value", "count", "counts", "obsvalue", "observation", "number", "total", "n", "people", "children"),
    }
)  # fmt: skip
"""The usual names of each column, the surest first: small letters and digits only."""
PLACES = ("name", "postcode", "lon", "lat", "easting", "northing", "x", "y")
COUNTS = ("code", "postcode", "measure", "value")
_BRACKETS, _APART = re.compile(r"\([^)]*\)|\[[^\]]*\]"), re.compile(r"[^0-9a-z]+")
_MEANS = MappingProxyType({name: role for role, names in NAMES.items() for name in names})


def bare(column: str) -> str:
    """Return a column's name without capitals, brackets, blanks and signs: ``"Post_Code (home)"`` is ``postcode``."""
    return _APART.sub("", _BRACKETS.sub("", column.casefold()))


def known_columns(header: Sequence[str]) -> dict[str, str]:
    """Return which columns are known by name, each with what it means."""
    return {column: _MEANS[name] for column in header if (name := bare(column)) in _MEANS}


def find_columns(table: Table, wanted: Sequence[str], by_hand: Mapping[str, str] | None = None) -> dict[str, int]:
    """Return the number of the column for each meaning that is found.

    Parameters
    ----------
    table
        Its header is looked at.
    wanted
        Meanings to look for: `PLACES` or `COUNTS`.
    by_hand
        The column of the header for a meaning, or the empty text for none; it overrides what the names say.

    Raises
    ------
    InputError
        When a name that matters stands twice and is not matched by hand, or a column is matched that is not there.
    """
    chosen, header = dict(by_hand or {}), table.header
    found: dict[str, int] = {}
    bares = [bare(column) for column in header]
    for role in wanted:
        if role in chosen:
            if not chosen[role]:
                continue
            if chosen[role] not in header:
                raise InputError(f"{table.name}: there is no column {chosen[role]!r}; it has {', '.join(header)}")
            found[role] = header.index(chosen[role])
            continue
        taken = {header.index(column) for column in chosen.values() if column in header}
        for name in NAMES[role]:
            at = [number for number, other in enumerate(bares) if other == name and number not in taken]
            if len(at) > 1:
                raise InputError(f"{table.name}: the column {header[at[0]]} stands twice")
            if at:
                found[role] = at[0]
                break
    return found
