"""A plain table of services, which anybody can make: a category and a name, and a position or a postcode."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from geo.coordinates import to_grid
from geo.services import CATEGORIES
from geo.sources.checks import check_rows, number, read_header, read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank, slug
from geo.sources.services import service_frame

COLUMNS = (
    "category", "name", "postcode", "easting", "northing", "lon", "lat", "id", "address", "status", "tags", "date",
    "opening_hours",
)  # fmt: skip
_NEEDED = ("category", "name")
_PLACES = (("postcode",), ("easting", "northing"), ("lon", "lat"))


def read_service_table(
    path: Path,
    *,
    source: str,
    vintage: str,
    crs: str,
    columns: Mapping[str, str],
) -> pd.DataFrame:
    """Read services of any category.

    Parameters
    ----------
    path
        A CSV file with a header: ``category`` (a word of `geo.services.CATEGORIES`), ``name``, and at least one of
        ``postcode``, ``easting`` with ``northing``, ``lon`` with ``lat``. It may have ``id``, ``address``, ``status``
        (open or closed), ``tags`` (joined by semicolons), ``date`` and ``opening_hours`` (in
        OpenStreetMap's notation, such as ``Mo-Fr 09:00-17:00; Sa 09:00-13:00``).
    source, vintage
        Source key and edition; a row's ``date`` stands before the edition.
    crs
        The grid of the area, which eastings and northings are in.
    columns
        The file's names for those that it calls something else.

    Returns
    -------
    pandas.DataFrame
        A service frame. A position beats a postcode.

    Raises
    ------
    SourceError
        The file is not in this form, a row has neither position nor postcode, or an id stands twice.
    """
    names = {name: columns.get(name, name) for name in COLUMNS}
    header = set(read_header(path))
    has = {name: theirs for name, theirs in names.items() if theirs in header or name in _NEEDED}
    rules = {
        "category": text(one_of=CATEGORIES),
        "name": text(),
        "postcode": text(POSTCODE, reason="is not a postcode", blank=True),
        "status": text(one_of=["", "open", "closed"], blank=True),
        "lon": number(-180, 180, blank=True),
        "lat": number(-90, 90, blank=True),
        "easting": number(blank=True),
        "northing": number(blank=True),
    }
    schema = pa.DataFrameSchema({theirs: rules.get(name, text(blank=True)) for name, theirs in has.items()})
    table = read_table(path, schema)
    rows_read = len(table)
    frame = pd.DataFrame({name: table[theirs] for name, theirs in has.items()})
    easting, northing = _positions(frame, crs)
    postcode = frame["postcode"] if "postcode" in frame else pd.Series("", index=frame.index)
    placed = easting.notna() & northing.notna() | (postcode != "")
    check_rows(table, placed, path, names["name"], "has neither a position nor a postcode")
    own = frame["id"] if "id" in frame else pd.Series("", index=frame.index)
    ids = own.where(
        own != "",
        [
            f"{source}-{slug(f'{c} {n} {p}')}"
            for c, n, p in zip(frame["category"], frame["name"], postcode, strict=True)
        ],
    )
    check_rows(table, ~ids.duplicated(keep=False), path, names["name"], "stands twice in one category")
    status = frame["status"] if "status" in frame else pd.Series("", index=frame.index)
    services = service_frame(
        {
            "id": ids,
            "category": frame["category"],
            "name": frame["name"],
            "address": frame.get("address", ""),
            "postcode": postcode.map(postcode_or_blank),
            "easting": easting,
            "northing": northing,
            "precision": np.where(easting.notna(), "geocode", "postcode"),
            "status": status.replace("", "open"),
            "tags": frame.get("tags", ""),
            "opening_hours": frame.get("opening_hours", ""),
        },
        source=source,
        vintage=vintage,
        rows_read=rows_read,
    )
    if "date" in frame:
        dates = dict(zip(ids, frame["date"], strict=True))
        services["vintage"] = [dates[key] or vintage for key in services["id"]]
    return services


def _positions(frame: pd.DataFrame, crs: str) -> "tuple[pd.Series[float], pd.Series[float]]":
    """Return easting and northing of each row, NaN where it has none."""
    nothing = pd.Series(np.nan, index=frame.index)
    grid = {"easting", "northing"} <= set(frame)
    easting, northing = (frame["easting"], frame["northing"]) if grid else (nothing, nothing)
    if {"lon", "lat"} <= set(frame):
        x, y = to_grid(frame["lon"], frame["lat"], crs)
        easting, northing = easting.fillna(pd.Series(x, frame.index)), northing.fillna(pd.Series(y, frame.index))
    return easting, northing
