"""Access gaps: each ward's median travel time and reach for each service, beside the borough's.

Minutes are the median and the 90th percentile over children (or whoever is counted), shares are of children, and
ranks run from 1, the ward with the poorest access, to the number of wards.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.rollup import Roll, by_area
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame, share_change, shares_within, shown_parts, shown_totals
from geo.pack import AreaPack

NEAR_MIN = 1.0
"""Two times that differ by less are about the same."""


def ward_services(survey: Survey, *, measure: str, baseline: str) -> pd.DataFrame:
    """Tabulate every ward and group of wards against every service of the basket.

    Parameters
    ----------
    survey
        Times and thresholds.
    measure, baseline
        Who is counted.

    Returns
    -------
    Index ``code, service`` (wards, then ``target``, ``rest``, ``borough``); columns

    - ``name, group``
    - ``median_min, p90_min``: weighted by people; ``inf`` where that person reaches none
    - ``share_within``: share of the people within the service's threshold
    - ``gap_to_borough``: ``median_min`` minus the borough's, minutes; more is worse
    - ``share_gap``: ``share_within`` minus the borough's
    - ``rank``: 1 for the ward with the longest median; equal medians share the better rank; NaN for groups

    Raises
    ------
    UnknownNameError
        When the measure or baseline is unknown.
    """
    roll = Roll.of(survey.pack, measure, baseline)
    minutes = roll.quantiles(survey.seconds, (0.5, 0.9)) / 60.0
    within = roll.within(survey.seconds, survey.basket.thresholds_s[:, None])[:, :, 0]
    median, n_wards = minutes[:, :, 0], roll.n_wards
    with np.errstate(invalid="ignore"):
        gap = median - median[:, -1:]
    rank = np.full(median.shape, np.nan)
    rank[:, :n_wards] = pd.DataFrame(median[:, :n_wards]).rank(axis=1, method="min", ascending=False).to_numpy()
    table = by_area(
        roll,
        survey.basket.services,
        {
            "median_min": median,
            "p90_min": minutes[:, :, 1],
            "share_within": within,
            "gap_to_borough": gap,
            "share_gap": within - within[:, -1:],
            "rank": rank,
        },
    )
    repeats = len(survey.basket)
    table.insert(0, "name", np.repeat(roll.names, repeats))
    target = [*np.where(survey.pack.wards["target"], "target", "rest"), *roll.keys[n_wards:]]
    table.insert(1, "group", np.repeat(target, repeats))
    return table


def shown(table: pd.DataFrame, totals: "Totals") -> ShownFrame:
    """Return the table as it may be shown on a page, on paper and in a file.

    Parameters
    ----------
    table
        From :func:`ward_services`.
    totals
        People of each ward and group: :func:`totals_by_area`.

    Returns
    -------
    A copy with minutes to the tenth and shares from shown counts (:mod:`analysis.shown`); both gaps are differences of
    what is shown.
    """
    safe = table.copy()
    safe["share_within"] = totals.shares(table["share_within"], table.index.get_level_values("code"))
    services = table.index.get_level_values("service")
    borough_share = safe["share_within"].xs("borough", level="code").reindex(services).to_numpy()
    safe["share_gap"] = share_change(safe["share_within"].to_numpy(), borough_share)
    for column in ("median_min", "p90_min"):
        safe[column] = table[column].round(1)
    borough_min = safe["median_min"].xs("borough", level="code").reindex(services).to_numpy()
    with np.errstate(invalid="ignore"):
        safe["gap_to_borough"] = (safe["median_min"] - borough_min).round(1)
    return ShownFrame(safe)


@dataclass(frozen=True, eq=False)
class Totals:
    """People of every ward and group of one measure, index ``code``: the true counts, and the same as shown."""

    true: pd.Series
    shown: pd.Series

    def shares(self, shares: npt.ArrayLike, codes: pd.Index) -> npt.NDArray[np.float64]:
        """Give true shares of the areas `codes`, ``(n,)``, as they are shown."""
        true, shown_total = (each.reindex(codes).to_numpy(np.float64) for each in (self.true, self.shown))
        return shares_within(shares, true, shown_total)

    def parts(self, parts: npt.ArrayLike, codes: pd.Index) -> npt.NDArray[np.float64]:
        """Give true counts of parts of the areas `codes`, ``(n,)``, as they are shown."""
        true, shown_total = (each.reindex(codes).to_numpy(np.float64) for each in (self.true, self.shown))
        return shown_parts(parts, true, shown_total)


def totals_by_area(pack: AreaPack, *, measure: str, baseline: str) -> Totals:
    """Count the people of every ward and group; `UnknownNameError` when the measure or baseline is unknown."""
    roll = Roll.of(pack, measure, baseline)
    true = pd.Series(roll.totals, index=pd.Index(roll.keys, name="code"))
    return Totals(true, shown_totals(pack, measure, baseline, true))


def claim(table: pd.DataFrame, wards: list[str]) -> pd.DataFrame:
    """Check a claim that some wards have poorer access, service by service.

    Parameters
    ----------
    table
        From :func:`ward_services`.
    wards
        Codes of the wards of the claim.

    Returns
    -------
    Index ``service``; for each ward its ``gap`` in minutes to the borough; ``verdict``: "yes" where every one of the
    wards is at least a minute further than the borough, "no" where none is, "in part" otherwise.
    """
    gaps = pd.DataFrame({code: table.xs(code, level="code")["gap_to_borough"] for code in wards})
    worse = gaps >= NEAR_MIN
    verdict = np.select([worse.all(axis=1), ~worse.any(axis=1)], ["yes", "no"], default="in part")
    return gaps.assign(verdict=verdict)
