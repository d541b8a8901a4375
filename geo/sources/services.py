"""The service frame: the one table format in which every adapter returns services (facilities)."""

from collections.abc import Mapping

import pandas as pd

from geo.services import COLUMNS

_DEFAULTS: Mapping[str, str | float] = {
    "subtype": "",
    "address": "",
    "postcode": "",
    "easting": float("nan"),
    "northing": float("nan"),
    "precision": "postcode",
    "status": "open",
    "tags": "",
    "opening_hours": "",
}


def service_frame(
    columns: Mapping[str, object], *, source: str, vintage: str, rows_read: int | None = None
) -> pd.DataFrame:
    """Build the service frame from the columns that an adapter knows.

    Parameters
    ----------
    columns
        By name, a Series (all of one index) or one value for all rows; at least ``id``, ``category`` and
        ``name``. A column that is not given has its default: open, position from the postcode, no tags, opening hours
        not known.
    source
        Source key of the area pack.
    vintage
        Edition of the publisher's file, such as ``"2025-09"``.
    rows_read
        How many rows the file has, before any was left out.

    Returns
    -------
    pandas.DataFrame
        Columns as `geo.services.COLUMNS`; ``easting`` and ``northing`` in metres, NaN where the builder must add the
        position of the postcode; rows in order of ``id``, numbered from 0; ``attrs["rows_read"]``.
    """
    given = {**_DEFAULTS, **columns, "source": source, "vintage": vintage}
    frame = pd.DataFrame({name: given[name] for name in COLUMNS})
    types = {name: "float64" if name in ("easting", "northing") else "str" for name in COLUMNS}
    frame = frame.astype(types).sort_values("id", ignore_index=True)
    frame.attrs["rows_read"] = len(frame) if rows_read is None else rows_read
    return frame
