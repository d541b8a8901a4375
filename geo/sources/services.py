"""The one shape in which every adapter hands over places that families use."""

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
}


def service_frame(columns: Mapping[str, object], *, source: str, vintage: str) -> pd.DataFrame:
    """Build the service frame from the columns that an adapter knows.

    Parameters
    ----------
    columns
        By name, a Series (all of one index) or one value for all rows; at least ``id``, ``category`` and
        ``name``. What is not given takes its default: open, placed later by its postcode, no tags.
    source
        Source key of the area pack.
    vintage
        Edition of the publisher's file, such as ``"2025-09"``.

    Returns
    -------
    pandas.DataFrame
        Columns as `geo.services.COLUMNS`; ``easting`` and ``northing`` in metres, EPSG:27700, NaN where the row is
        to be placed by its postcode; rows in order of ``id``, numbered from 0.
    """
    given = {**_DEFAULTS, **columns, "source": source, "vintage": vintage}
    frame = pd.DataFrame({name: given[name] for name in COLUMNS})
    types = {name: "float64" if name in ("easting", "northing") else "str" for name in COLUMNS}
    return frame.astype(types).sort_values("id", ignore_index=True)
