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

from analysis.reach.need import INDICATORS, Indicator, lsoa_values, ward_values
from analysis.reach.reach import reach
from analysis.shown import ShownFrame
from geo.errors import UnknownNameError
from geo.pack import AreaPack

Ints = npt.NDArray[np.int64]

IDACI = "idaci2019"
"""Income deprivation that affects children (the index of 2019): the share of children in families on a low income."""
NEEDS = ("child_poverty_rate", "children_in_poverty", IDACI, "children_0_3")
"""What may stand for need."""
LOW, MIDDLE, HIGH = 0, 1, 2
NO_CLASS = -1
"""Class of an area that has no figure."""


@dataclass(frozen=True, eq=False)
class NeedAndReach:
    """Areas by need and reach, as shown.

    Attributes
    ----------
    need
        One of `NEEDS`.
    by
        ``"ward"`` or ``"lsoa"``.
    rows
        Index ``code``: ``name``, ``ward`` (code), ``need`` (a count, or a share from 0 to 1), ``share`` within reach,
        ``reached`` and ``total`` people, ``need_third`` and ``unreached_third`` (0 to 2; 2 for the most need and for
        the least reach), and ``kind``, which is 3 × ``need_third`` + ``unreached_third``; -1 without a figure.
    """

    need: str
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
    """Return the need of each area as shown, index code.

    The index of a ward is the mean of its small areas, weighted by their children under 16, which is what the index is
    a share of.

    Raises
    ------
    UnknownNameError
        When the need is none of `NEEDS`, or the baseline does not have it.
    """
    if need not in NEEDS:
        raise UnknownNameError("need", need, list(NEEDS))
    if need == IDACI:
        scores, children = pack.scores["idaci2019_score"], pack.scores["children_0_15_mid2015"]
        if by == "lsoa":
            return scores.reindex(pack.lsoas.index)
        ward = pack.lsoas["ward"].reindex(scores.index)
        sums = pd.DataFrame({"top": scores * children, "bottom": children}).groupby(ward).sum()
        return (sums["top"] / sums["bottom"].replace(0.0, np.nan)).reindex(pack.wards.index)
    indicator: Indicator = INDICATORS[need]
    if by == "lsoa":
        return lsoa_values(pack, indicator, baseline).reindex(pack.lsoas.index)
    return ward_values(pack, indicator, baseline)


def needs_of(pack: AreaPack, baseline: str) -> list[str]:
    """Return those of `NEEDS` that a pack has under a baseline."""
    return [need for need in NEEDS if need == IDACI or baseline in INDICATORS[need].baselines(pack)]


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
    return NeedAndReach(need, by, ShownFrame(rows.assign(kind=kind)))
