r"""Equity of access: whether reach follows need (slope index and concentration index of inequality).

Everybody is put in order from the most deprived LSOA to the least, by the area's index of deprivation. Reach *y* is
compared with the rank *r* in that order, from 0 to 1, of the middle of each LSOA's people (its ridit):

- **Reach by fifth**: five groups of LSOAs with a fifth of the people each, as near as whole LSOAs allow.
- **Slope index of inequality** (Regidor 2004, https://doi.org/10.1136/jech.2004.023036): the slope of the weighted
  least-squares line of *y* on *r*: how much higher reach is at the least deprived end than at the most deprived.
- **Concentration index** (Kakwani 1977; Wagstaff, Paci and van Doorslaer 1991,
  https://doi.org/10.1016/0277-9536(91)90212-U): :math:`C = \frac{2}{\mu}\operatorname{cov}_w(y, r)`, weighted by people
  (Kakwani, Wagstaff and van Doorslaer 1997, https://doi.org/10.1016/S0304-4076(96)01807-6). Reach is yes or no, so *C*
  lies between :math:`\mu - 1` and :math:`1 - \mu`, and cannot compare two services that different numbers of people
  reach. The figure shown is therefore the normalised index :math:`C / (1 - \mu)` (Wagstaff 2005,
  https://doi.org/10.1002/hec.953), from −1 to 1; above 0, the better-off have more of the reach.

For both, positive means that the less deprived reach more.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.rollup import Roll
from analysis.reach.survey import Survey

Floats = npt.NDArray[np.float64]
FIFTHS = 5


def ridits(order_by: Floats, people: Floats) -> Floats:
    """Return the ridit of each group: the rank of its middle person, from the highest value (0) to the lowest (1).

    Parameters
    ----------
    order_by
        ``(n,)`` deprivation score; the highest comes first. Groups of equal score have the same ridit.
    people
        ``(n,)`` people in each; their sum must be more than 0.
    """
    _, level = np.unique(-order_by, return_inverse=True)
    size = np.bincount(level, people)
    middle = np.cumsum(size) - size / 2
    ridit: Floats = (middle / size.sum())[level]
    return ridit


def slope_index(value: Floats, ridit: Floats, people: Floats) -> float:
    """Slope of the weighted least-squares line of `value` on `ridit`, all ``(n,)``; NaN when all ridits are one."""
    mean_value, mean_ridit = np.average(value, weights=people), np.average(ridit, weights=people)
    spread = float((people * (ridit - mean_ridit) ** 2).sum())
    if spread == 0:
        return float("nan")
    return float((people * (ridit - mean_ridit) * (value - mean_value)).sum()) / spread


def concentration_index(value: Floats, ridit: Floats, people: Floats) -> float:
    """Return twice the weighted covariance of `value` and `ridit`, over the mean; NaN when the mean is 0.

    For shares of people who do or do not have a thing, it lies between the mean less 1 and 1 less the mean.
    """
    mean_value, mean_ridit = np.average(value, weights=people), np.average(ridit, weights=people)
    if mean_value == 0:
        return float("nan")
    return float(2.0 * np.average((value - mean_value) * (ridit - mean_ridit), weights=people) / mean_value)


def normalised_concentration(share: Floats, ridit: Floats, people: Floats) -> float:
    """Return the concentration index of a yes-or-no variable divided by its greatest possible value (Wagstaff 2005).

    Parameters
    ----------
    share
        ``(n,)`` share of each group who have the thing, 0 to 1.
    ridit, people
        ``(n,)`` as for :func:`concentration_index`.

    Returns
    -------
    From -1 (none but the worst-off have it) to 1 (none but the best-off); NaN when everybody or nobody has it.
    """
    mean = float(np.average(share, weights=people))
    if not 1e-12 < mean < 1 - 1e-12:
        return float("nan")
    return concentration_index(share, ridit, people) / (1.0 - mean)


def fifths(order_by: Floats, people: Floats) -> npt.NDArray[np.int_]:
    """Put groups into fifths of the people by where the middle of each lies, ``(n,)``: 1 is the most deprived."""
    return np.minimum(np.floor(ridits(order_by, people) * FIFTHS).astype(np.int_), FIFTHS - 1) + 1


@dataclass(frozen=True, eq=False)
class Fairness:
    """How equally reach of each service is spread from the most deprived people to the least.

    Attributes
    ----------
    by_fifth
        Index ``service, fifth`` (1 is the most deprived): ``people_share, share_within, median_min``.
    summary
        Index ``service``: ``target_share, rest_share, ratio`` (target over rest), ``most_deprived, least_deprived``
        (share within, first and last fifth), ``slope_index, concentration_index`` (the normalised one).
    """

    by_fifth: pd.DataFrame
    summary: pd.DataFrame


def fairness(survey: Survey, *, measure: str, baseline: str, score: str = "") -> Fairness | None:
    """Compare reach with deprivation, service by service.

    Parameters
    ----------
    survey
        Times and thresholds.
    measure, baseline
        Who is counted.
    score
        Column of the pack's scores; higher is more deprived. The area's main index when left out.

    Returns
    -------
    None where the area has no index of deprivation.

    Raises
    ------
    UnknownNameError
        When the measure or baseline is unknown.
    """
    pack, services = survey.pack, survey.basket.services
    index = pack.main_index()
    column = score or ("" if index is None else index.score)
    if not column:
        return None
    roll = Roll.of(pack, measure, baseline)
    lsoa, codes = pd.factorize(pack.demand["lsoa"])
    people = np.bincount(lsoa, roll.people)
    value = pack.scores[column].reindex(codes).to_numpy(np.float64)
    counted = (people > 0) & np.isfinite(value)
    reached = np.stack([np.bincount(lsoa, roll.people * ~beyond) for beyond in survey.beyond])[:, counted]
    weight = people[counted]
    share, ridit = reached / weight, ridits(value[counted], weight)
    fifth = np.zeros(len(codes), dtype=np.int_)
    fifth[counted] = fifths(value[counted], weight)
    homes = fifth[lsoa]
    groups = Roll(
        tuple(str(number) for number in range(1, FIFTHS + 1)),
        tuple(f"Fifth {number}" for number in range(1, FIFTHS + 1)),
        np.array([homes == number for number in range(1, FIFTHS + 1)]),
        roll.people,
    )
    within = groups.within(survey.seconds, survey.basket.thresholds_s[:, None])[:, :, 0]
    minutes = groups.quantiles(survey.seconds, (0.5,))[:, :, 0] / 60.0
    by_fifth = pd.DataFrame(
        {
            "people_share": np.tile(groups.totals / groups.totals.sum(), len(services)),
            "share_within": within.reshape(-1),
            "median_min": minutes.reshape(-1),
        },
        index=pd.MultiIndex.from_product([services, range(1, FIFTHS + 1)], names=["service", "fifth"]),
    )
    overall = roll.within(survey.seconds, survey.basket.thresholds_s[:, None])[:, :, 0]
    groups_apart: dict[str, Floats] = {}
    if "target" in roll.keys:
        target, rest = overall[:, roll.keys.index("target")], overall[:, roll.keys.index("rest")]
        ratio = np.divide(target, rest, out=np.full(len(target), np.nan), where=rest > 0)
        groups_apart = {"target_share": target, "rest_share": rest, "ratio": ratio}
    summary = pd.DataFrame(
        {
            **groups_apart,
            "most_deprived": within[:, 0],
            "least_deprived": within[:, -1],
            "slope_index": [slope_index(row, ridit, weight) for row in share],
            "concentration_index": [normalised_concentration(row, ridit, weight) for row in share],
        },
        index=pd.Index(services, name="service"),
    )
    return Fairness(by_fifth, summary)
