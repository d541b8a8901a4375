"""Services for families from OpenStreetMap: playgrounds, parks, pools, soft play, baby changing and others.

Publisher: OpenStreetMap contributors, under the Open Database Licence 1.0. A row is one object: ``osm_id`` (n, w or
a, for node, way or area, and its number), ``name``, ``category``, centroid in degrees, and a compiler's ``note``: a
street, opening hours, or a remark that begins with "duplicate of" or "check:".
"""

import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.coordinates import to_grid
from geo.sources.checks import number, read_table, text
from geo.sources.names import tidy_address, tidy_name
from geo.sources.services import service_frame

# category in the file: our category, its plain words, and how near the point is to the door
_KINDS = {
    "baby_change": ("baby_change", "toilets with baby change", "building"),
    "leisure_centre_pool": ("leisure_centre", "leisure centre with pool", "building"),
    "library": ("library", "public library", "building"),
    "museum": ("museum", "museum", "building"),
    # the middle of an open space, not its gate
    "park": ("park", "park", "geocode"),
    "playground": ("playground", "playground", "geocode"),
    "soft_play": ("soft_play", "soft play", "building"),
}

_SCHEMA = pa.DataFrameSchema(
    {
        "osm_id": text("[nwar][0-9]+", reason="is not an OpenStreetMap id", unique=True),
        "name": text(),
        "category": text(one_of=_KINDS),
        "lat": number(49, 61),
        "lon": number(-9, 3),
        "note": text(blank=True),
    }
)

_BRACKETS = re.compile(r"\s*\(([^)]*)\)")
_STREET = re.compile(r"[A-Z][A-Za-z'. ]+")
# remarks of a compiler about a row, not about its position
_REMARK = re.compile(r"\b(?:outside|side|labelled|OSM|LAs|part)\b")


def read_osm_places(path: Path, *, source: str, vintage: str, crs: str) -> pd.DataFrame:
    """Read all services except libraries, without those noted as duplicates.

    Parameters
    ----------
    path
        One row an object.
    source, vintage
        Source key and edition.
    crs
        The grid of the area.

    Returns
    -------
    pandas.DataFrame
        A service frame of categories ``baby_change``, ``leisure_centre``, ``museum``, ``park``, ``playground`` and
        ``soft_play``. Precision ``building`` or, for the centre of an open space, ``geocode``; tag ``open 24/7``,
        which is its opening hours too.
        Remarks in brackets after a name are left out; a street or building named there becomes the address.

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    return _read(path, crs, libraries=False, source=source, vintage=vintage)


def read_osm_libraries(path: Path, *, source: str, vintage: str, crs: str) -> pd.DataFrame:
    """Read the positions of library buildings, for the libraries of `geo.sources.libraries`.

    A row whose note begins with "check:" is tagged ``check``: the map disagrees with the list of libraries, and a
    person should check the position before it is used. Parameters, frame and errors are those of `read_osm_places`.
    """
    return _read(path, crs, libraries=True, source=source, vintage=vintage)


def _read(path: Path, crs: str, *, libraries: bool, source: str, vintage: str) -> pd.DataFrame:
    table = read_table(path, _SCHEMA)
    duplicate = table["note"].str.startswith("duplicate of")
    table = table[~duplicate & ((table["category"] == "library") == libraries)]
    kinds = pd.DataFrame([_KINDS[category] for category in table["category"]], index=table.index, columns=range(3))
    easting, northing = to_grid(table["lon"], table["lat"], crs)
    columns = {
        "id": "osm-" + table["osm_id"],
        "category": kinds[0],
        "subtype": kinds[1],
        "name": table["name"].map(lambda name: tidy_name(_BRACKETS.sub("", name))),
        "address": [_address(name, note) for name, note in zip(table["name"], table["note"], strict=True)],
        "easting": easting,
        "northing": northing,
        "precision": kinds[2],
        "tags": table["note"].map(_tag),
        "opening_hours": table["note"].where(table["note"] == "24/7", ""),
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=table.attrs["rows_read"])


def _address(name: str, note: str) -> str:
    # Brackets that say that a place lies outside name another county before that.
    brackets = [remark for remark in _BRACKETS.findall(name) if "outside" not in remark]
    bracketed = [part.strip() for remark in brackets for part in remark.split(";")]
    addresses = [part for part in bracketed if not _REMARK.search(part)]
    return tidy_address([*addresses, note if _STREET.fullmatch(note) else ""])


def _tag(note: str) -> str:
    if note == "24/7":
        return "open 24/7"
    return "check" if note.startswith("check:") else ""
