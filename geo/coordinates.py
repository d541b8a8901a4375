"""Conversion between longitude and latitude (WGS84) and the metric grid of an area, which its pack names.

Everything inside the project is in grid metres; longitude and latitude are used only where data is read and where
maps are drawn.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

Floats = npt.NDArray[np.float64]


def to_grid(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """Easting and northing, in metres, of points given in degrees.

    Parameters
    ----------
    lon, lat
        Degrees, WGS84, of one shape ``(n,)``. NaN stands for a position that is not known.
    crs
        The grid, as pyproj names it (``pack.crs``).

    Returns
    -------
    easting, northing
        float64 arrays of shape ``(n,)``, metres; NaN where the position is not known or lies outside the grid. In
        Britain, without the survey's shift grid, the transformation is accurate to about 3 m, finer than any of the
        published points that it is used for.
    """
    return _transform("EPSG:4326", crs, lon, lat)


def to_lonlat(easting: npt.ArrayLike, northing: npt.ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """Longitude and latitude, in degrees WGS84, of points in metres of a grid; the inverse of `to_grid`."""
    return _transform(crs, "EPSG:4326", easting, northing)


def _transform(source: str, target: str, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    out_x, out_y = _transformer(source, target).transform(
        np.atleast_1d(np.asarray(x, dtype=np.float64)), np.atleast_1d(np.asarray(y, dtype=np.float64))
    )
    known = np.isfinite(out_x) & np.isfinite(out_y)
    return np.where(known, out_x, np.nan), np.where(known, out_y, np.nan)


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
