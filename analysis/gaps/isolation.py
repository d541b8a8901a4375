r"""Isolation: a composite indicator of access for each ward, its parts, and how stable its rank is.

The isolation of a ward is the weighted share of the basket that its average child cannot reach, in per cent:

.. math:: I_w = 100 \sum_s \omega_s \, (1 - R_{ws}), \qquad \sum_s \omega_s = 1

with :math:`R_{ws}` the share of the ward's children within the threshold of service *s* and :math:`\omega_s` the
weight of the service. 0: every child reaches everything; 100: no child reaches anything. It is the mean of the same
figure over the children, so wards add up to the borough by their children, and the terms of the sum are its parts.
This is the counting approach to deprivation in several dimensions, with every service a dimension: the adjusted
headcount of Alkire and Foster 2011 (https://doi.org/10.1016/j.jpubeco.2010.11.006) where one missed service counts.

Weights, thresholds and speed are choices. Each rank is therefore shown with how often it stays the same when weights
and speed are drawn at random within their bands (a speed changes all thresholds together; no single threshold is
drawn), as the OECD's handbook on composite indicators (2008, https://doi.org/10.1787/9789264043466-en) recommends.
The draws are the same each time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.no_data import wards_off_streets
from analysis.reach.rollup import Roll
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame, nobody_counted
from geo.errors import InputError

Floats = npt.NDArray[np.float64]
DRAWS = 400
WEIGHT_BAND = 0.5
SLOWEST_KMH, FASTEST_KMH = 3.2, 4.8
_SEED = 20140728
_LOW, _HIGH = 0.05, 0.95


@dataclass(frozen=True, eq=False)
class Isolation:
    """Isolation of every ward and group.

    Attributes
    ----------
    areas
        Index ``code`` (wards, the most isolated first and those of `unknown` last, then ``target``, ``rest``,
        ``borough``); ``name, group, isolation`` (0 to 100), ``low, high`` (the middle nine tenths of the draws); for
        wards also ``rank`` (1 is the most isolated), ``rank_low, rank_high`` (the middle nine tenths of its ranks) and
        ``keeps_rank`` (share of the draws in which it has just that rank).
    parts
        Index as `areas`, one column a service: what it adds; rows sum to ``isolation``.
    draws
        How many times weights and speed were drawn.
    unknown
        Wards most of whose streets are missing in the data. They are not counted in the rank of any ward: how cut off
        they are is not known.
    """

    areas: ShownFrame
    parts: ShownFrame
    draws: int
    unknown: tuple[str, ...] = ()


def isolation(
    survey: Survey,
    *,
    measure: str,
    baseline: str,
    draws: int = DRAWS,
    weight_band: float = WEIGHT_BAND,
    speeds_kmh: tuple[float, float] = (SLOWEST_KMH, FASTEST_KMH),
) -> Isolation:
    r"""Work out the isolation of every ward, its parts and the stability of its rank.

    Parameters
    ----------
    survey
        Times, thresholds and weights.
    measure, baseline
        Who is counted.
    draws
        How many random draws of weights and speed; 0 or more.
    weight_band
        Each weight is drawn evenly from its own value times 1 minus to 1 plus this; 0 to 1.
    speeds_kmh
        Walking speed is drawn evenly between these. Other modes keep theirs. A slower walk is the same as a shorter
        threshold: :math:`t v_0 / v \le T \iff t \le T v / v_0`.

    Raises
    ------
    InputError
        When a band makes no sense.
    UnknownNameError
        When the measure or baseline is unknown.
    """
    if draws < 0 or not 0 <= weight_band <= 1 or not 0 < speeds_kmh[0] <= speeds_kmh[1]:
        raise InputError("draws must be 0 or more, the weight band 0 to 1, and speeds in order and more than 0")
    roll = Roll.of(survey.pack, measure, baseline)
    basket = survey.basket
    random = np.random.default_rng(_SEED)
    speed_kmh = random.uniform(*speeds_kmh, size=draws)
    factors = random.uniform(1 - weight_band, 1 + weight_band, size=(draws, len(basket)))
    limits_s = basket.thresholds_s[:, None] * np.column_stack([np.ones(len(basket)), survey.pace(speed_kmh)])
    beyond = 1.0 - roll.within(survey.seconds, limits_s)
    parts = 100.0 * basket.weights[:, None] * beyond[:, :, 0]
    drawn_weights = basket.weights * factors
    total = drawn_weights.sum(axis=1, keepdims=True)
    drawn_weights = np.divide(drawn_weights, total, out=np.tile(basket.weights, (draws, 1)), where=total > 0)
    drawn = 100.0 * np.einsum("ds,sad->ad", drawn_weights, beyond[:, :, 1:])
    value, n_wards = parts.sum(axis=0), roll.n_wards
    low, high = _middle(drawn, value)
    missing = wards_off_streets(survey.pack, next(iter(basket)).mode)
    unknown = tuple(missing) if len(missing) < n_wards else ()  # where nothing is known, nothing is told apart
    counted = ~np.isin(roll.keys[:n_wards], unknown)
    areas = pd.DataFrame(
        {
            "name": roll.names,
            "group": [*np.where(survey.pack.wards["target"], "target", "rest"), *roll.keys[n_wards:]],
            "isolation": value,
            "low": low,
            "high": high,
            **_ranks(value, drawn, counted),
        },
        index=pd.Index(roll.keys, name="code"),
    )
    order = [*np.lexsort((np.array(roll.names[:n_wards]), -value[:n_wards], ~counted)), *range(n_wards, len(value))]
    table = pd.DataFrame(parts.T, index=areas.index, columns=basket.services)
    # Shares of services, not counts of people.
    return Isolation(nobody_counted(areas.iloc[order]), nobody_counted(table.iloc[order]), draws, unknown)


def home_isolation(survey: Survey) -> Floats:
    """Isolation of each home, ``(n_demand,)``, 0 to 100: the weight of the services beyond its reach."""
    figure: Floats = 100.0 * survey.basket.weights @ survey.beyond
    return figure


def _middle(drawn: Floats, value: Floats) -> tuple[Floats, Floats]:
    if drawn.shape[1] == 0:
        return value, value
    low, high = np.quantile(drawn, [_LOW, _HIGH], axis=1)
    return low, high


def rank_among(values: Floats, counted: npt.NDArray[np.bool_]) -> Floats:
    """Return 1 + the number of counted rows that are higher: ``(n, d)`` values, ``(n,)`` rows that count."""
    counts = np.sort(values[counted], axis=0)
    higher = [len(counts) - np.searchsorted(counts[:, d], values[:, d], "right") for d in range(values.shape[1])]
    return 1.0 + np.array(higher, dtype=np.float64).T


def _ranks(value: Floats, drawn: Floats, counted: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    """Rank of each ward, the middle of its ranks over the draws, and how often it keeps its own."""
    n_wards = len(counted)
    padding = np.full(len(value) - n_wards, np.nan)
    rank = rank_among(value[:n_wards, None], counted)[:, 0]
    columns = {"rank": rank, "rank_low": rank, "rank_high": rank, "keeps_rank": np.ones(n_wards)}
    if drawn.shape[1]:
        ranks = rank_among(drawn[:n_wards], counted)
        columns["rank_low"], columns["rank_high"] = np.quantile(ranks, [_LOW, _HIGH], axis=1, method="inverted_cdf")
        columns["keeps_rank"] = (ranks == rank[:, None]).mean(axis=1)
    return {name: np.concatenate([values, padding]) for name, values in columns.items()}
