"""Travel time of one ward's people to the nearest service: weighted median and 8-in-10 range."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.reach.quantiles import weighted_quantiles
from geo.pack import AreaPack

LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class WardTimes:
    """Times of a ward's people to the nearest service, in seconds; ``inf`` where they reach none, NaN with nobody.

    Attributes
    ----------
    low_s, median_s, high_s
        One in ten needs at most `low_s`, half at most `median_s`, nine in ten at most `high_s`.
    """

    low_s: float
    median_s: float
    high_s: float


def ward_times(pack: AreaPack, nearest_s: npt.ArrayLike, ward: str, people: npt.ArrayLike) -> WardTimes:
    """Return the median time of a ward's people, and the range in which eight in ten of them lie.

    Parameters
    ----------
    pack
        The area.
    nearest_s
        ``(n_demand,)`` seconds to the nearest service, ``inf`` where none is reached.
    ward
        Its code.
    people
        ``(n_demand,)`` people at each demand point: quantiles are of people, not of points.
    """
    here = (pack.demand["ward"] == ward).to_numpy()
    times, counted = np.asarray(nearest_s, dtype=np.float64)[here], np.asarray(people, dtype=np.float64)[here]
    low, median, high = weighted_quantiles(times, counted, (LOW, 0.5, HIGH)).tolist()
    return WardTimes(low, median, high)
