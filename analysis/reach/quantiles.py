"""Quantiles in which people are counted, not points."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def weighted_quantiles(
    values: npt.ArrayLike, weights: npt.ArrayLike, shares: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return the smallest value at or below which at least each share of the weight lies.

    Parameters
    ----------
    values
        ``(n,)``; may hold ``inf``.
    weights
        ``(n,)`` people at each value, 0 or more.
    shares
        Shares from 0 to 1, such as 0.5 for the median.

    Returns
    -------
    ``(len(shares),)``; NaN when nobody is counted. This is NumPy's ``inverted_cdf`` (Hyndman and Fan's type 1),
    so a result is always a time that somebody has.
    """
    value, weight = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    counted = weight > 0
    if not counted.any():
        return np.full(len(shares), np.nan)
    return np.asarray(
        np.quantile(value[counted], list(shares), weights=weight[counted], method="inverted_cdf"),
        dtype=np.float64,
    )
