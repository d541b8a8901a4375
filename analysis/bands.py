"""How sure: every headline with the band that its own choices leave it.

Three choices move a share within a threshold more than anything measured: how fast a family walks, where the line is
drawn, and which children's centres are counted as open. A band is the range over such choices; it is not a confidence
interval, and nothing here is a sample. Figures are given to the whole per cent: the pack cannot carry more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.basket import Basket
from analysis.isolation import FASTEST_KMH, SLOWEST_KMH
from analysis.rollup import Roll
from analysis.rounding import per_cent
from analysis.survey import Survey, survey
from geo.errors import InputError

Floats = npt.NDArray[np.float64]
CENTRES = "childrens_centre"


def lead_of(basket: Basket) -> str:
    """Return the service that reports and stories begin with: children's centres, or the first where none is listed."""
    return CENTRES if CENTRES in basket.services else basket.services[0]


CORE_TAG = "core"
OPEN_SETS: Mapping[str, str] = MappingProxyType(
    {
        "register": "every children's centre that the national register (GIAS) lists as open",
        "core": "only the core centres that the council runs itself",
    }
)


def centre_set(sites: pd.DataFrame, which: str) -> pd.DataFrame:
    """Return the children's centres that count as open under one reading of the sources.

    Parameters
    ----------
    sites
        Children's centres with ``tags`` and ``ward``; those outside the borough (empty ward) are not contested.
    which
        ``"register"`` or ``"core"``.

    Raises
    ------
    InputError
        When `which` is neither.
    """
    if which not in OPEN_SETS:
        raise InputError(f"unknown set of children's centres {which!r}; valid: {', '.join(OPEN_SETS)}")
    if which == "register":
        return sites
    core = sites["tags"].str.split(";").map(lambda tags: CORE_TAG in tags)
    return sites[core | (sites["ward"] == "")]


def survey_core(measured: Survey) -> Survey:
    """Measure the children's centres again with the core centres alone; a basket of that one service."""
    basket = measured.basket.changed(services=[CENTRES])
    sites = centre_set(measured.sites[measured.row(CENTRES)], "core")
    return survey(measured.pack, basket, access=measured.access, sites={CENTRES: sites})


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
    Index ``code, service`` (wards, then groups): ``share`` and its band ``low, high``. Services reached by other
    modes than walking have no band from it: both ends are the share. Times scale by the speed; the fixed two minutes
    that a needed flight of steps costs a pram scale with them, which touches few homes.

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
    """Share within every threshold, with the band from walking speed: a curve in place of one number.

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
        At the survey's speed and threshold, with every listed place open.
    slow, fast
        At the slowest and the fastest walk.
    core
        With the core children's centres alone; None for other services.
    sooner, later
        With the threshold 5 minutes shorter and longer.
    """

    share: float
    slow: float
    fast: float
    sooner: float
    later: float
    core: float | None = None

    @property
    def low(self) -> float:
        """The least of all readings."""
        return min(self._all)

    @property
    def high(self) -> float:
        """The most of all readings."""
        return max(self._all)

    @property
    def words(self) -> str:
        """The share and its band in whole per cent, such as ``"41% (0% to 66%)"``."""
        return f"{per_cent(self.share)} ({per_cent(self.low)} to {per_cent(self.high)})"

    @property
    def _all(self) -> list[float]:
        return [self.share, self.slow, self.fast, self.sooner, self.later, *([] if self.core is None else [self.core])]


def headlines(measured: Survey, service: str, *, measure: str, baseline: str) -> dict[str, Headline]:
    """Give the headline share of every ward and group with all its bands, by code; errors as `threshold_curve`."""
    row = measured.row(service)
    threshold_min = measured.basket.item(service).threshold_min
    bands = speed_band(measured, measure=measure, baseline=baseline).xs(service, level="service")
    speed = bands[["share", "low", "high"]].to_numpy(np.float64)
    roll = Roll.of(measured.pack, measure, baseline)
    around_s = np.maximum(np.array([[threshold_min - 5.0, threshold_min + 5.0]]), 0.0) * 60.0
    around = roll.within(measured.seconds[row : row + 1], around_s)[0]
    core = None
    if service == CENTRES:
        core = roll.within(survey_core(measured).seconds, np.array([[threshold_min * 60.0]]))[0, :, 0]
    return {
        key: Headline(
            share=float(speed[at, 0]),
            slow=float(speed[at, 1]),
            fast=float(speed[at, 2]),
            sooner=float(around[at, 0]),
            later=float(around[at, 1]),
            core=None if core is None else float(core[at]),
        )
        for at, key in enumerate(roll.keys)
    }
