"""Cost-effectiveness: the cost of a scenario for each child it gains, and births over the years of the strategy.

Costs are the planner's own, entered change by change; the strategy's figures are given for comparison. Everything
is in the money of the year in which they were entered: no discounting and no inflation, so that every figure can be
checked by hand. People and minutes are those that pages and files show (:mod:`analysis.shown`), so that a reader who
divides one figure by another gets the third.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from analysis.reach.reach import main_group
from analysis.scenario.assignment import shown_placed
from analysis.scenario.capacity import capacity_view
from analysis.scenario.lab import Effect
from analysis.scenario.scenario import FREE, Cost, Scenario, SetSpeed
from analysis.shown import FEW, ShownCount, shown_counts
from geo.errors import InputError
from geo.pack import AreaPack

YEARS = 10
_STEEPEST = 1.0
# The solver that assigns children to sites works to a tolerance.
_NOBODY = 1e-6


@dataclass(frozen=True)
class CostView:
    """Cost and gain of a scenario (cost-effectiveness).

    Attributes
    ----------
    cost
        One-off and yearly.
    per_year
        Pounds a year with the one-off cost spread over `years`.
    years
        Years over which it is spread.
    additional
        People assigned to a site or session after, less before, as shown; may be negative. A site without a stated
        capacity has room for everybody within reach.
    minutes_saved
        Sum over everybody of the minutes by which one journey to a site open all week gets shorter, to the nearest
        hundred; may be negative.
    per_additional
        Pounds a year for each additional person assigned; None when there are none, or fewer than 5.
    per_minute
        Pounds a year for each minute of `minutes_saved`; None when none is shown.
    without_cost
        Numbers, from 1, of the changes for which no cost has been entered: their cost counts as 0.
    """

    cost: Cost
    per_year: float
    years: int
    additional: ShownCount
    minutes_saved: float
    per_additional: float | None
    per_minute: float | None
    without_cost: tuple[int, ...] = ()


def cost_view(effect: Effect, measure: str = "children_0_3", *, group: str = "borough", years: int = YEARS) -> CostView:
    """Compare the cost of a scenario with what it gains.

    Parameters
    ----------
    effect
        From :meth:`analysis.scenario.lab.Lab.effect`.
    measure
        Who is counted.
    group
        Whose gain: ``target``, ``rest`` or ``borough``.
    years
        Years over which one-off costs are spread, 1 or more.

    Raises
    ------
    InputError
        When the measure is not counted by the scenario's baseline, the group is unknown or `years` is under 1.
    """
    if years < 1:
        raise InputError(f"costs cannot be spread over {years} years: give 1 or more")
    table = effect.shown("group")
    rows = table[(table["measure"] == measure) & (table["code"] == group)]
    if rows.empty:
        raise InputError(f"there are no figures of {measure!r} for {group!r} under {effect.scenario.baseline!r}")
    additional = _with_a_place(effect, measure, group)
    minutes = float(rows["minutes_saved"].iloc[0])
    cost = effect.scenario.cost
    per_year = cost.yearly + cost.one_off / years
    return CostView(
        cost=cost,
        per_year=per_year,
        years=years,
        additional=additional,
        minutes_saved=minutes,
        per_additional=per_year / additional if additional > FEW else None,
        per_minute=per_year / minutes if minutes > 0 else None,
        without_cost=without_cost(effect.scenario),
    )


def _with_a_place(effect: Effect, measure: str, group: str) -> ShownCount:
    """Return people of a group assigned after less before, to the nearest 5 but never more than the new capacity."""
    areas = capacity_view(effect, measure).areas
    after, before = (float(areas[name].astype(float).loc[group]) for name in ("with_place", "with_place_before"))
    gained = after - before
    if abs(gained) < _NOBODY:
        return ShownCount(0.0)
    shown = float(shown_counts(abs(gained)))
    new = sum(
        np.inf if site.capacity is None else site.capacity
        for key, site in effect.after.sites.items()
        if key not in effect.before.sites
    )
    if 0 < gained <= new + _NOBODY:  # after rounding, more people than the new capacity might be shown
        shown = float(shown_placed(shown, gained, new))
    return ShownCount(shown if gained > 0 else -shown)


def without_cost(scenario: Scenario) -> tuple[int, ...]:
    """Return the numbers, from 1, of the changes for which no cost has been entered; a change of speed needs none."""
    return tuple(
        number
        for number, change in enumerate(scenario.changes, start=1)
        if not isinstance(change, SetSpeed) and change.cost == FREE
    )


def strategy_costs(pack: AreaPack) -> dict[str, float]:
    """Return the strategy's own figures, money a child a year: ``now`` in the target wards, and ``extra`` planned.

    Empty for an area without a strategy.
    """
    spend = pack.strategy.get("spend_per_year", {})
    # A strategy calls the extra money after its own programme: the end of the key says what it is.
    ends = {"now": "per_child_0_3_target", "extra": "extra_per_child"}
    return {short: float(amount) for short, end in ends.items() for name, amount in spend.items() if name.endswith(end)}


def births_over(first_year: float, growth: float, years: int = YEARS) -> float:
    """Add up the births of some years: `first_year` in the first, and `growth` more in each next one.

    Parameters
    ----------
    first_year
        Births in the first year, 0 or more.
    growth
        Growth from year to year, such as 0.01; above -1.
    years
        Number of years, 1 or more.

    Raises
    ------
    InputError
        When a figure is out of range.
    """
    if not (np.isfinite(first_year) and first_year >= 0 and np.isfinite(growth) and growth > -1 and years >= 1):
        raise InputError("births must be 0 or more, growth above -100 %, and years 1 or more")
    return float(first_year * np.power(1.0 + growth, np.arange(years)).sum())


def implied_growth(first_year: float, total: float, years: int = YEARS) -> float:
    """Find the yearly growth with which the births of some years add up to a total.

    Parameters
    ----------
    first_year
        Births in the first year, above 0.
    total
        Births of all years together; more than `first_year`.
    years
        Number of years, 2 or more.

    Returns
    -------
    Growth from year to year, such as 0.049.

    Raises
    ------
    InputError
        When no growth between -100 % and +100 % a year gives the total.
    """
    if not (first_year > 0 and years >= 2 and first_year < total < births_over(first_year, _STEEPEST, years)):
        raise InputError(f"no growth a year turns {first_year:g} births into {total:g} over {years} years")
    return float(
        brentq(lambda growth: births_over(first_year, growth, years) - total, -1 + 1e-9, _STEEPEST, xtol=1e-12)
    )


def births_view(effect: Effect, growth: float, *, first_year: float | None = None, years: int = YEARS) -> pd.DataFrame:
    """Project the target wards' births over the years, and how many of them are within reach before and after.

    Parameters
    ----------
    effect
        From :meth:`analysis.scenario.lab.Lab.effect`.
    growth
        Growth from year to year, as stated by the planner.
    first_year
        Births in the first year; the births of the scenario's baseline when left out (1,040 under the strategy's).
    years
        Number of years.

    Returns
    -------
    ``year`` (1, 2, …), ``births``, ``within_reach_before``, ``within_reach_after``. The share within reach is the shown
    one and is assumed not to change, because nobody knows where the new births will live.

    Raises
    ------
    InputError
        When a figure is out of range or the baseline does not count births.
    """
    table = effect.shown("group")
    rows = table[(table["measure"] == "births_per_year") & (table["code"] == main_group(effect.counts.pack))]
    if rows.empty:
        raise InputError(f"the baseline {effect.scenario.baseline!r} does not count births")
    first = float(rows["total"].iloc[0]) if first_year is None else first_year
    births_over(first, growth, years)
    births = first * np.power(1.0 + growth, np.arange(years))
    return pd.DataFrame(
        {
            "year": np.arange(1, years + 1),
            "births": births,
            "within_reach_before": births * float(rows["share_before"].iloc[0]),
            "within_reach_after": births * float(rows["share_after"].iloc[0]),
        }
    )


def strategy_births(pack: AreaPack) -> dict[str, float]:
    """Compare the strategy's births of a decade with those of a year.

    Returns
    -------
    ``per_year``, ``decade``, ``without_growth`` (ten times the year) and ``implied_growth`` (a year); empty for an area
    without such figures.
    """
    targets = pack.strategy.get("targets", {})
    if not {"births_per_year", "births_next_decade"} <= set(targets):
        return {}
    per_year, decade = float(targets["births_per_year"]), float(targets["births_next_decade"])
    return {
        "per_year": per_year,
        "decade": decade,
        "without_growth": births_over(per_year, 0.0),
        "implied_growth": implied_growth(per_year, decade),
    }
