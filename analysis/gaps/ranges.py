"""Ranges: sensitivity of a ward's figure to our own choices (not a confidence interval).

Every figure that we modelled depends on choices that others could reasonably make differently. Each choice is made
in every way that the pack allows, and the range is the least and the most of the results. It is shown as OHID's
Fingertips shows its intervals (https://fingertips.phe.org.uk/): value, lower, upper, and *similar* where two ranges
overlap. It is not a confidence interval: nothing here is a sample. A figure that its source prints has no range.

Two kinds of choice are varied:

- *Which pattern spreads a stated total over the areas* (:func:`area_ranges`). A strategy's totals are spread by a
  census; other years' counts would do as well. Children in poverty are spread by an index of deprivation and its own
  children; children of other years, or children in low-income families counted by ward, would do as well.
- *How the people of an output area are spread over its postcodes* (:func:`reach_ranges`). We spread them equally; real
  postcodes are unequal. A seeded simulation draws the weights of the postcodes of an output area from a Dirichlet
  distribution (gamma weights, normalised), and the counts of every vintage are tried.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps.gaps import totals_by_area
from analysis.reach.need import Indicator, group_values, lsoa_values, status_of, ward_values
from analysis.reach.reach import group_masks, groups_of
from analysis.reach.survey import Survey
from analysis.shown import SHARE_DECIMALS, ShownFrame, nearest_5
from geo.demand import calibrate, child_poverty
from geo.pack import AreaPack
from geo.particulars import Index

Floats = npt.NDArray[np.float64]

DRAWS = 200
SEED = 2014
SHAPE = 2.0
"""Shape of the gamma weights of postcodes: their standard deviation is 1/√2 of their mean, so that of the postcodes of
an output area some have twice and some half as many people as others."""
MIDDLE = (0.025, 0.975)
"""The part of the draws that a range covers: the middle 19 of 20."""
_POVERTY, _LOW_INCOME = "children_in_poverty", "children_low_income"


def overlap(
    low: npt.ArrayLike, high: npt.ArrayLike, other_low: npt.ArrayLike, other_high: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Tell whether ranges overlap (ends included), so that the figures are too close to call."""
    low, high, other_low, other_high = (np.asarray(end, dtype=np.float64) for end in (low, high, other_low, other_high))
    found: npt.NDArray[np.bool_] = (low <= other_high) & (other_low <= high)
    return found


def against(ranges: pd.DataFrame, code: str = "borough") -> pd.Series:
    """Compare every area with one of them: ``"higher"``, ``"lower"``, or ``"similar"`` where the ranges overlap.

    Parameters
    ----------
    ranges
        Columns ``value, low, high``; `code` is in its index.
    code
        The area that the others are compared with; its own result is ``""``.
    """
    to = ranges.loc[[code]].iloc[0]
    similar = overlap(ranges["low"], ranges["high"], to["low"], to["high"])
    said = np.where(similar, "similar", np.where(ranges["value"] > to["value"], "higher", "lower"))
    return pd.Series(np.where(ranges.index == code, "", said), index=ranges.index)


def area_ranges(pack: AreaPack, indicator: Indicator, baseline: str, level: str = "ward") -> ShownFrame:
    """Give an indicator of every area with its range.

    Parameters
    ----------
    pack
        The area.
    indicator, baseline
        What is counted, under which baseline (empty for a score).
    level
        ``"ward"`` (with the groups of wards after them) or ``"lsoa"``.

    Returns
    -------
    Index ``code``; ``value, low, high`` as shown, and ``status``. Where a figure depends on no choice of ours, ``low``
    and ``high`` are the value.

    Raises
    ------
    UnknownNameError
        When the pack has no such measure under the baseline.
    """
    if level == "lsoa":
        value = lsoa_values(pack, indicator, baseline).reindex(pack.lsoas.index)
    else:
        value = pd.concat([ward_values(pack, indicator, baseline), group_values(pack, indicator, baseline)])
    status = [status_of(pack, indicator, baseline, level if level == "lsoa" else str(code)) for code in value.index]
    every = _every_way(pack, indicator, baseline) @ _inside(pack, level)
    if indicator.index is not None:
        weights = _weights(pack, indicator.index) @ _inside(pack, level)
        every = _ratio(every, weights)
    elif indicator.per:
        per = _patterns(pack, indicator.per, baseline) @ _inside(pack, level)
        every = _ratio(every[:, None, :], per[None, :, :]).reshape(-1, every.shape[1])
    ends = {"low": every.min(axis=0), "high": every.max(axis=0)}
    moved = ends["high"] - ends["low"] > 1e-9 * np.maximum(np.abs(ends["high"]), 1.0)
    table = pd.DataFrame({"value": value.to_numpy(np.float64)}, index=value.index.rename("code"))
    for name, end in ends.items():
        end = nearest_5(end) if indicator.kind == "count" else np.round(end, SHARE_DECIMALS)
        table[name] = np.where(moved, end, table["value"])
    table["low"], table["high"] = np.fmin(table["low"], table["value"]), np.fmax(table["high"], table["value"])
    return ShownFrame(table.assign(status=status))


def reach_ranges(
    survey: Survey,
    *,
    measure: str,
    baseline: str,
    services: Sequence[str] = (),
    vintages: Sequence[str] | None = None,
    draws: int = DRAWS,
    shape: float = SHAPE,
    seed: int = SEED,
) -> ShownFrame:
    """Give the share within reach of every ward and group with its range.

    Parameters
    ----------
    survey
        Times and thresholds.
    measure, baseline
        Who is counted.
    services
        Only these; the whole basket when left out.
    vintages
        Other baselines whose counts are tried as well; every one that has the measure when left out.
    draws, shape, seed
        How often the postcodes' weights are drawn, the shape of their gamma distribution, and the seed.

    Returns
    -------
    Index ``code, service``; ``value, low, high`` from 0 to 1, as shown. The range is the middle 19 of 20 of the draws,
    under whichever vintage of the counts gives the least and the most.

    Raises
    ------
    UnknownNameError
        When a service is not in the basket, or the measure or baseline is unknown.
    """
    pack, names = survey.pack, list(services) or survey.basket.services
    codes = pd.Index([*pack.wards.index.astype(str), *groups_of(pack)], name="code")
    limits_s = np.array([survey.basket.item(name).threshold_min * 60.0 for name in names])
    within = survey.seconds[[survey.row(name) for name in names]] <= limits_s[:, None]
    area = np.unique(pack.demand[pack.levels[0].name].to_numpy(), return_inverse=True)[1]
    factor = unequal_postcodes(area, draws, shape, seed)
    inside = _home_inside(pack)
    # Where an output area is reached as a whole, or not at all, its postcodes' weights do not matter.
    reached_of = np.array([np.bincount(area, reached) for reached in within]) / np.bincount(area)
    split = ((reached_of > 0) & (reached_of < 1))[:, area] & within
    low, high = (np.full((len(names), len(codes)), end) for end in (np.inf, -np.inf))
    value = np.empty_like(low)
    having = [base for base in pack.baselines if measure in pack.measure_names(base)]
    bases = dict.fromkeys([baseline, *(having if vintages is None else vintages)])
    for base in bases:
        people = pack.measure(measure, base)
        total = people @ inside
        for row, reached in enumerate(within):
            homes = np.flatnonzero(split[row])
            whole = (people * (reached & ~split[row])) @ inside
            drawn = whole + (factor[:, homes] * people[homes]) @ inside[homes]
            if base == baseline:
                value[row] = _ratio((people * reached) @ inside, total)
            ends = np.quantile(_ratio(drawn, total), MIDDLE, axis=0)
            low[row], high[row] = np.minimum(low[row], ends[0]), np.maximum(high[row], ends[1])
    totals = totals_by_area(pack, measure=measure, baseline=baseline)
    tables = []
    for row, name in enumerate(names):
        true = {"low": np.minimum(low[row], value[row]), "value": value[row], "high": np.maximum(high[row], value[row])}
        shown = {key: totals.shares(share, codes) for key, share in true.items()}
        tables.append(pd.DataFrame({"code": codes, "service": name, **shown}))
    columns = ["value", "low", "high"]
    return ShownFrame(pd.concat(tables, ignore_index=True).set_index(["code", "service"])[columns])


def unequal_postcodes(areas: npt.ArrayLike, draws: int = DRAWS, shape: float = SHAPE, seed: int = SEED) -> Floats:
    """Draw random factors by which each postcode has more or fewer people than an equal share of its output area.

    Parameters
    ----------
    areas
        ``(n_demand,)`` output area of each postcode.
    draws, shape, seed
        As for :func:`reach_ranges`.

    Returns
    -------
    ``(draws, n_demand)``, 0 or more; the mean over each output area is 1 in every draw, so that its people stay the
    same. With gamma weights the shares are Dirichlet distributed, each with the parameter `shape`.
    """
    which, count = np.unique(np.asarray(areas), return_inverse=True, return_counts=True)[1:]
    order = np.argsort(which, kind="stable")
    weights = np.random.default_rng(seed).gamma(shape, size=(draws, len(which)))
    starts = np.concatenate([[0], np.cumsum(count)[:-1]])
    sums = np.add.reduceat(weights[:, order], starts, axis=1)
    factor: Floats = weights * (count / sums)[:, which]
    return factor


def _every_way(pack: AreaPack, indicator: Indicator, baseline: str) -> Floats:
    """``(n_ways, n_lsoas)`` numerators, the usual way first."""
    if indicator.index is not None:
        scores: Floats = pack.scores[indicator.index.score].reindex(pack.lsoas.index).to_numpy(np.float64)
        return scores * _weights(pack, indicator.index)
    return _patterns(pack, indicator.measure, baseline)


def _weights(pack: AreaPack, index: Index) -> Floats:
    """``(n_ways, n_lsoas)`` people by whom a score is averaged: the index's own denominator, then every vintage."""
    own = pack.scores[index.people].reindex(pack.lsoas.index).to_numpy(np.float64)
    return np.vstack([own, *(_counts(pack, "population", base) for base in _vintages(pack, "population"))])


def _patterns(pack: AreaPack, measure: str, baseline: str) -> Floats:
    """``(n_ways, n_lsoas)`` counts of a measure by small area, the pack's own first."""
    own = _counts(pack, measure, baseline)
    target = pack.lsoas["target"].to_numpy(dtype=bool)
    if pack.baseline_named(baseline).kind != "stated" or not target.any():
        return own[None, :]
    if measure == _POVERTY:
        return np.vstack([own, *_poverty_patterns(pack, own, baseline)])
    stated = float(own[target].sum())
    others = [
        calibrate(pd.Series(_counts(pack, measure, base)), pd.Series(target), stated)
        for base in _vintages(pack, measure)
    ]
    return np.vstack([own, *others])


def _poverty_patterns(pack: AreaPack, own: Floats, baseline: str) -> list[Floats]:
    """Children in poverty by small area, spread by the children of other years and by low-income families by ward."""
    index, vintages = pack.lsoas.index, _vintages(pack, "children_0_15")
    rate = pack.strategy.get("borough", {}).get("child_poverty_rate_under_16")
    children, about = _counts(pack, "children_0_17", baseline), pack.main_index("children")
    if rate is None or not vintages or about is None:
        return []
    # The strategy has no count of those under 16: their share of those under 18 is taken from the first vintage.
    under_16 = children * _ratio(
        _counts(pack, "children_0_15", vintages[0]), _counts(pack, "children_0_17", vintages[0])
    )
    areas = pd.DataFrame(
        {
            "ward": pack.lsoas["ward"],
            "target": pack.lsoas["target"],
            "children_0_15": under_16,
            "children_0_17": children,
        },
        index=index,
    )
    score, people = (pack.scores[name].reindex(index).to_numpy(np.float64) for name in (about.score, about.people))
    patterns = [score * _counts(pack, "children_0_15", base) for base in vintages]
    usual = pd.Series(score * people, index=index)
    in_ward = usual / usual.groupby(areas["ward"]).transform("sum")
    counted = pack.ward_series[pack.ward_series["measure"] == _LOW_INCOME]
    for _, rows in counted.groupby("period"):
        by_ward = rows.set_index("ward")["value"]
        patterns.append((in_ward * areas["ward"].map(by_ward)).to_numpy(np.float64))
    target = areas["target"].to_numpy(dtype=bool)
    stated = dict(pack.measure_record(_POVERTY, baseline).get("published_wards", {}))
    found = []
    for pattern in patterns:
        spread = child_poverty(
            areas.assign(idaci_children=pattern),
            target_total=float(own[target].sum()),
            ward_totals=stated,
            borough_rate_under_16=float(rate),
        )
        found.append(spread.to_numpy(np.float64))
    return found


def _vintages(pack: AreaPack, measure: str) -> list[str]:
    """Baselines, besides those that are made to agree with a strategy, that have a measure."""
    known = pack.manifest.particulars.baselines
    return [one.name for one in known if one.kind != "stated" and measure in pack.measure_names(one.name)]


def _counts(pack: AreaPack, measure: str, baseline: str) -> Floats:
    return pack.lsoa_counts(measure, baseline).reindex(pack.lsoas.index).to_numpy(np.float64)


def _inside(pack: AreaPack, level: str) -> Floats:
    """``(n_lsoas, n_areas)`` 1 where a small area belongs to an area: itself, or wards and then the groups."""
    if level == "lsoa":
        return np.eye(len(pack.lsoas))
    ward, target = pack.lsoas["ward"].to_numpy(), pack.lsoas["target"].to_numpy(dtype=bool)
    masks = {"target": target, "rest": ~target, "borough": np.ones(len(ward), dtype=bool)}
    groups = [masks[group] for group in groups_of(pack)]
    return np.column_stack([*(ward == code for code in pack.wards.index), *groups]).astype(np.float64)


def _home_inside(pack: AreaPack) -> Floats:
    """``(n_demand, n_areas)`` 1 where a home belongs to a ward or group."""
    ward = pack.demand["ward"].to_numpy()
    groups = group_masks(pack).values()
    return np.column_stack([*(ward == code for code in pack.wards.index), *groups]).astype(np.float64)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Floats = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)
    return ratio
