"""Need and reach in one map: each area by its third of need and its third of reach (a bivariate choropleth).

Nine classes, three by three, as Trumbo 1981 (https://doi.org/10.2307/2683294) set them out: along one axis need rises,
along the other fewer people can reach the service, and the corner where both are in their last third stands out.

Thirds are of areas, by their shown figures, so that the map agrees with the table beside it. Areas with the same figure
are always in the same third, so thirds may be of different size, and one may be empty.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.need import INDICATORS, Indicator, index_of, lsoa_values, ward_values
from analysis.reach.reach import reach
from analysis.shown import ShownFrame
from geo.errors import UnknownNameError
from geo.pack import AreaPack

Ints = npt.NDArray[np.int64]

NEEDS = ("child_poverty_rate", "children_in_poverty", "child_deprivation", "children_0_3")
"""What may stand for need; ``child_deprivation`` is the area's own index of deprivation among children."""
LOW, MIDDLE, HIGH = 0, 1, 2
NO_CLASS = -1
"""Class of an area that has no figure."""


@dataclass(frozen=True, eq=False)
class NeedAndReach:
    """Areas by need and reach, as shown.

    Attributes
    ----------
    need
        What stands for need.
    by
        ``"ward"`` or ``"lsoa"``.
    rows
        Index ``code``: ``name``, ``ward`` (code), ``need`` (a count, or a share from 0 to 1), ``share`` within reach,
        ``reached`` and ``total`` people, ``need_third`` and ``unreached_third`` (0 to 2; 2 for the most need and for
        the least reach), and ``kind``, which is 3 × ``need_third`` + ``unreached_third``; -1 without a figure.
    """

    need: Indicator
    by: str
    rows: ShownFrame

    @property
    def both(self) -> ShownFrame:
        """The areas with the most need and the least reach, the least reach first."""
        return self._with(2 * HIGH)

    @property
    def nearly(self) -> ShownFrame:
        """The areas that are in the last third of one and in the middle third of the other, the least reach first."""
        return self._with(HIGH + MIDDLE)

    def _with(self, both: int) -> ShownFrame:
        """Return the areas whose thirds add up to a number and of which one is the last."""
        thirds = self.rows[["need_third", "unreached_third"]]
        rows = self.rows[(thirds.sum(axis=1) == both) & (thirds.max(axis=1) == HIGH) & (self.rows["kind"] != NO_CLASS)]
        return ShownFrame(rows.sort_values(["share", "name"]))


def thirds(values: npt.ArrayLike) -> Ints:
    """Return the third that each value belongs to: `LOW`, `MIDDLE` or `HIGH`, ``(n,)``; `NO_CLASS` for NaN.

    A value is placed by its middle rank, so equal values are in one third, and turning the order round turns the thirds
    round. When all are equal, all are in the middle.
    """
    series = pd.Series(np.asarray(values, dtype=np.float64))
    place = (series.rank(method="average") - 0.5) / max(int(series.notna().sum()), 1)
    # Whole numbers are compared, since a third is not exact: 6 × place is 2 or 4 at the limits.
    six = (6.0 * place).round(9)
    found = np.where(six < 2, LOW, np.where(six > 4, HIGH, MIDDLE))
    return np.where(series.isna(), NO_CLASS, found).astype(np.int64)


def need_values(pack: AreaPack, need: str, baseline: str, by: str = "ward") -> pd.Series:
    """Return the need of each area as shown, index code; errors as for :func:`need_named`."""
    indicator = need_named(pack, need)
    if by == "lsoa":
        return lsoa_values(pack, indicator, baseline).reindex(pack.lsoas.index)
    return ward_values(pack, indicator, baseline)


def need_named(pack: AreaPack, need: str) -> Indicator:
    """Return the indicator that stands for need; `UnknownNameError` when it is none of `NEEDS`, or not of the area."""
    found = {name: INDICATORS.get(name) or index_of(pack, "children") for name in NEEDS}
    indicator = found.get(need)
    if indicator is None:
        raise UnknownNameError("need", need, [name for name, known in found.items() if known is not None])
    return indicator


def needs_of(pack: AreaPack, baseline: str) -> list[str]:
    """Return those of `NEEDS` that a pack has under a baseline, besides its index of deprivation among children."""
    index = index_of(pack, "children")
    having = {need: INDICATORS[need].baselines(pack) for need in NEEDS if need in INDICATORS}
    return [need for need in NEEDS if (baseline in having[need] if need in having else index is not None)]


def need_and_reach(
    pack: AreaPack,
    nearest_s: npt.ArrayLike,
    *,
    need: str,
    measure: str,
    baseline: str,
    within_min: float,
    by: str = "ward",
) -> NeedAndReach:
    """Put each area into a third of need and a third of reach.

    Parameters
    ----------
    pack
        The area.
    nearest_s
        ``(n_demand,)`` seconds from each demand point to the nearest site.
    need
        One of `NEEDS`.
    measure, baseline
        Who is counted in the reach.
    within_min
        Threshold in minutes.
    by
        ``"ward"`` or ``"lsoa"``.

    Raises
    ------
    InputError
        When the threshold is negative, or the times do not fit the pack.
    UnknownNameError
        When the need, measure, baseline or level is unknown.
    """
    found = reach(pack, nearest_s, measure=measure, baseline=baseline, within_min=within_min, by=by).rows
    values = need_values(pack, need, baseline, by).reindex(found.index).astype(float)
    wards = pack.lsoas["ward"] if by == "lsoa" else pd.Series(pack.wards.index, index=pack.wards.index)
    rows = found[["name", "share", "reached", "total"]].assign(
        ward=wards.reindex(found.index).astype(str),
        need=values,
        need_third=thirds(values),
        unreached_third=thirds(-found["share"].astype(float)),
    )
    known = (rows["need_third"] != NO_CLASS) & (rows["unreached_third"] != NO_CLASS)
    kind = np.where(known, 3 * rows["need_third"] + rows["unreached_third"], NO_CLASS)
    return NeedAndReach(need_named(pack, need), by, ShownFrame(rows.assign(kind=kind)))
