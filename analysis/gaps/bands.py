"""Sensitivity analysis of each headline share: the band of values that it takes under other choices of ours.

Three choices change a share within a threshold more than any error of measurement: how fast a family walks, how long
the threshold is, and which sites count where the sources do not settle it (:mod:`analysis.reach.readings`). A band is
the range over such choices; it is not a confidence interval, because nothing here is a sample. Figures are given to the
whole per cent: the data are not more precise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps.isolation import FASTEST_KMH, SLOWEST_KMH
from analysis.reach.basket import Basket
from analysis.reach.rollup import Roll
from analysis.reach.survey import Survey
from geo.errors import InputError

Floats = npt.NDArray[np.float64]
CENTRES = "childrens_centre"


def lead_of(basket: Basket) -> str:
    """Return the service that reports and stories begin with: children's centres, or else the first of the basket."""
    return CENTRES if CENTRES in basket.services else basket.services[0]


def speed_band(
    measured: Survey,
    *,
    measure: str,
    baseline: str,
    speeds_kmh: tuple[float, float] = (SLOWEST_KMH, FASTEST_KMH),
) -> pd.DataFrame:
    """Share within the threshold at the survey's own speed, and at the slowest and the fastest walk.

    Returns
    -------
    Index ``code, service`` (wards, then groups): ``share`` and its band ``low, high``. For services reached by other
    modes than walking, both ends of the band are the share. Times scale by the speed, and so does the time that a
    flight of steps takes with a pram: a slow walker is slow on steps too.

    Raises
    ------
    InputError
        When the speeds are not in order and more than 0.
    UnknownNameError
        When the measure or baseline is unknown.
    """
    if not 0 < speeds_kmh[0] <= speeds_kmh[1]:
        raise InputError("speeds must be more than 0 and in order")
    roll = Roll.of(measured.pack, measure, baseline)
    factors = np.column_stack([np.ones(len(measured.basket)), measured.pace(speeds_kmh)])
    shares = roll.within(measured.seconds, measured.basket.thresholds_s[:, None] * factors)
    index = pd.MultiIndex.from_product([roll.keys, measured.basket.services], names=["code", "service"])
    columns = {
        "share": shares[:, :, 0],
        "low": shares[:, :, 1:].min(axis=2),
        "high": shares[:, :, 1:].max(axis=2),
    }
    return pd.DataFrame({name: values.T.reshape(-1) for name, values in columns.items()}, index=index)


def threshold_curve(
    measured: Survey,
    service: str,
    *,
    measure: str,
    baseline: str,
    minutes: Sequence[float] = tuple(range(61)),
) -> pd.DataFrame:
    """Share within every threshold, with the band from walking speed: a curve instead of one number.

    Returns
    -------
    Long: ``code`` (wards and groups), ``minutes, share, low, high``; each never falls along the minutes.

    Raises
    ------
    UnknownNameError
        When the service is not in the basket, or the measure or baseline is unknown.
    """
    row = measured.row(service)
    roll = Roll.of(measured.pack, measure, baseline)
    limits_s = np.asarray(minutes, dtype=np.float64) * 60.0
    paces = np.array([1.0, *measured.pace((SLOWEST_KMH, FASTEST_KMH))[row]])
    seconds = np.tile(measured.seconds[row], (3, 1))
    share, one, other = roll.within(seconds, limits_s[None, :] * paces[:, None])
    frame = {
        "code": np.repeat(roll.keys, len(limits_s)),
        "minutes": np.tile(np.asarray(minutes, dtype=np.float64), len(roll.keys)),
        "share": share.reshape(-1),
        "low": np.minimum(one, other).reshape(-1),
        "high": np.maximum(one, other).reshape(-1),
    }
    return pd.DataFrame(frame)


@dataclass(frozen=True)
class Headline:
    """A share with its bands, all from 0 to 1.

    Attributes
    ----------
    share
        At the survey's speed and threshold, under the default reading of which sites count.
    slow, fast
        At the slowest and the fastest walk.
    sooner, later
        With the threshold 5 minutes shorter and longer.
    readings
        Under each other reading of which sites count, by its name; none where they are not contested.
    """

    share: float
    slow: float
    fast: float
    sooner: float
    later: float
    readings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def low(self) -> float:
        """The least of all readings."""
        return min(self._all)

    @property
    def high(self) -> float:
        """The most of all readings."""
        return max(self._all)

    @property
    def _all(self) -> list[float]:
        return [self.share, self.slow, self.fast, self.sooner, self.later, *self.readings.values()]


def headlines(measured: Survey, service: str, *, measure: str, baseline: str) -> dict[str, Headline]:
    """Give the headline share of every ward and group with all its bands, by code; errors as `threshold_curve`."""
    row = measured.row(service)
    threshold_min = measured.basket.item(service).threshold_min
    bands = speed_band(measured, measure=measure, baseline=baseline).xs(service, level="service")
    speed = bands[["share", "low", "high"]].to_numpy(np.float64)
    roll = Roll.of(measured.pack, measure, baseline)
    around_s = np.maximum(np.array([[threshold_min - 5.0, threshold_min + 5.0]]), 0.0) * 60.0
    around = roll.within(measured.seconds[row : row + 1], around_s)[0]
    others = measured.others_of(service)
    other_s = np.array([other.seconds for other in others]).reshape(len(others), len(roll.people))
    read = roll.within(other_s, np.full((len(others), 1), threshold_min * 60.0))[:, :, 0]
    return {
        key: Headline(
            share=float(speed[at, 0]),
            slow=float(speed[at, 1]),
            fast=float(speed[at, 2]),
            sooner=float(around[at, 0]),
            later=float(around[at, 1]),
            readings=MappingProxyType(
                {other.reading.name: float(shares[at]) for other, shares in zip(others, read, strict=True)}
            ),
        )
        for at, key in enumerate(roll.keys)
    }
