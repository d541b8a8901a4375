"""Measures of demand: what is counted, and how the counts of each baseline are made from the publishers' tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from geo.demand import calibrate, child_poverty
from geo.errors import SourceError, UnknownNameError
from geo.recipe_counts import BaselineRecipe, Poverty


@dataclass(frozen=True)
class Measure:
    """A counted thing.

    Attributes
    ----------
    name
        The word used in code, on the command line and in the address of a page.
    label
        The words shown to people. A count of children has their ages here, so that every heading, sentence and table
        has them too.
    unit
        The unit of the count.
    """

    name: str
    label: str
    unit: str

    @property
    def counted(self) -> str:
        """The label inside a sentence: ``"children aged 0–3"``."""
        return self.label[0].lower() + self.label[1:]


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for measure in (
            Measure("children_0_3", "Children aged 0–3", "children"),
            Measure("births_per_year", "Births a year", "births a year"),
            Measure("children_in_poverty", "Children aged 0–17 in poverty", "children aged 0–17"),
            Measure("children_0_17", "Children aged 0–17", "children"),
            Measure("children_0_15", "Children aged 0–15", "children"),
            Measure("population", "People", "people"),
            Measure("households", "Households", "households"),
            Measure("households_no_car", "Households without a car", "households"),
            Measure("lone_parent_households", "Lone-parent households", "households"),
            Measure("overcrowded_households", "Overcrowded households", "households"),
            Measure("children_income_deprived", "Children aged 0–15 in income-deprived families", "children"),
            Measure("households_in_flats", "Households in flats", "households"),
            Measure("people_moved", "People who moved within a year", "people"),
            Measure("people_from_abroad", "People who came from abroad within a year", "people"),
            Measure("people_other_language", "People whose main language is not English", "people"),
            Measure("people_little_english", "People who speak English not well or not at all", "people"),
            Measure("people_with_language", "People whose main language is known", "people"),
            Measure("people_ethnic_minority", "People of Asian, Black, mixed or other ethnic groups", "people"),
            Measure("people_disabled", "People with a disability", "people"),
        )
    }
)

# Which measure cannot be more than which other one.
WHOLES = (
    ("births_per_year", "children_0_3"),
    ("children_0_3", "children_0_15"),
    ("children_0_15", "children_0_17"),
    ("children_0_17", "population"),
    ("children_income_deprived", "children_0_15"),
    ("households_no_car", "households"),
    ("lone_parent_households", "households"),
    ("overcrowded_households", "households"),
    ("households_in_flats", "households"),
    ("people_from_abroad", "people_moved"),
    ("people_moved", "population"),
    ("people_little_english", "people_other_language"),
    ("people_other_language", "people_with_language"),
    ("people_ethnic_minority", "population"),
    ("people_disabled", "population"),
)


def measure_named(name: str) -> Measure:
    """Return the measure of that name; `UnknownNameError` lists the valid ones."""
    try:
        return MEASURES[name]
    except KeyError:
        raise UnknownNameError("measure", name, list(MEASURES)) from None


@dataclass(frozen=True, eq=False)
class Compiled:
    """Measures by LSOA, index ``lsoa``, columns ``baseline.measure``; and one provenance record for each."""

    table: pd.DataFrame
    records: list[dict[str, Any]]


def strategy_measures(
    baseline: BaselineRecipe,
    pattern: pd.DataFrame,
    pattern_label: str,
    areas: pd.DataFrame,
    scores: pd.DataFrame,
    strategy: Mapping[str, Any],
    ward_codes: Mapping[str, str],
) -> Compiled:
    """Compile a stated baseline: the pattern of a census, calibrated to the totals that the strategy states.

    Parameters
    ----------
    baseline
        Its recipe: which measures are calibrated, and how child poverty is spread.
    pattern, pattern_label
        Counts by LSOA, a column a measure, and what people call them.
    areas
        ``ward`` and ``target`` of each LSOA, the index of `pattern`.
    scores
        Scores and people of the indices, by LSOA.
    strategy
        The strategy's figures, as in its file: ``targets``, ``wards``, ``borough``.
    ward_codes
        Code of each ward by its name.

    Raises
    ------
    SourceError
        When the stated figures contradict each other, or a total or pattern is missing.
    """
    in_target = areas["target"].astype(bool)
    stated = strategy["targets"]
    columns: dict[str, pd.Series] = {}
    records = []
    for measure in baseline.calibrated:
        if measure not in pattern or measure not in stated:
            where = f"the counts of {pattern_label}" if measure not in pattern else "the strategy"
            raise SourceError(f"baseline {baseline.name}: {where} has no {measure}, so it cannot be calibrated")
        columns[measure] = calibrate(pattern[measure], in_target, float(stated[measure]))
        what = "children under 1" if measure == "births_per_year" else MEASURES[measure].label.lower()
        method = (
            f"{pattern_label} {what} by small area, scaled so that the target wards sum to the strategy's "
            f"{stated[measure]:,.0f}; inside a small area shared out to its homes"
        )
        records.append(
            measure_record(measure, baseline.name, baseline.year, baseline.source, "modelled", method, "published")
        )
    if baseline.poverty is not None:
        series, record = _poverty(baseline, baseline.poverty, pattern, columns, areas, scores, strategy, ward_codes)
        columns["children_in_poverty"] = series
        records.append(record)
    return Compiled(pd.DataFrame(columns), records)


def _poverty(
    baseline: BaselineRecipe,
    poverty: Poverty,
    pattern: pd.DataFrame,
    calibrated: Mapping[str, pd.Series],
    areas: pd.DataFrame,
    scores: pd.DataFrame,
    strategy: Mapping[str, Any],
    ward_codes: Mapping[str, str],
) -> tuple[pd.Series, dict[str, Any]]:
    """Return children in poverty by LSOA, and the record of how they were worked out."""
    if f"{poverty.index}_score" not in scores or poverty.rate not in strategy["borough"]:
        raise SourceError(
            f"baseline {baseline.name}: child poverty needs the index {poverty.index!r} and the strategy's "
            f"{poverty.rate!r}"
        )
    total = float(strategy["targets"]["children_in_poverty"])
    children = calibrated["children_0_17"]
    factor = children / pattern["children_0_17"].where(pattern["children_0_17"] > 0)
    published = {
        ward_codes[name]: float(figures["children_in_poverty"])
        for name, figures in strategy.get("wards", {}).items()
        if "children_in_poverty" in figures
    }
    frame = pd.DataFrame(
        {
            "ward": areas["ward"],
            "target": areas["target"].astype(bool),
            "idaci_children": (scores[f"{poverty.index}_score"] * scores[f"{poverty.index}_people"]).reindex(
                pattern.index
            ),
            "children_0_15": pattern["children_0_15"] * factor.fillna(1.0),
            "children_0_17": children,
        }
    )
    rate = float(strategy["borough"][poverty.rate])
    series = child_poverty(frame, target_total=total, ward_totals=published, borough_rate_under_16=rate)
    word = poverty.index.upper()
    method = (
        "Wards as published where the strategy states them; the other target wards share the remaining part of "
        f"{total:,.0f} by the children of {word}; the other wards follow {word} so that {rate:.1%} of the area's "
        f"children under 16 are in poverty; inside a ward by {word}, and inside a small area shared out to its homes"
    )
    record = measure_record(
        "children_in_poverty", baseline.name, baseline.year, baseline.source, "modelled", method, "published"
    )
    return series, {**record, "published_wards": published}


def measure_record(
    measure: str, baseline: str, year: str, source: str, status: str, method: str, target: str = ""
) -> dict[str, Any]:
    """Return the provenance of a measure: what it counts, of which year and source, how sure, and how it was made.

    Parameters
    ----------
    status
        ``census`` or ``modelled``, of wards and small areas.
    target
        The status of the target wards together, where it is another one.
    """
    meaning = measure_named(measure)
    births = " (children under 1 stand for births)" if measure == "births_per_year" else ""
    return {
        "measure": measure,
        "baseline": baseline,
        "label": meaning.label,
        "unit": meaning.unit,
        "year": year,
        "source": source,
        "status": {"target": target or status, "ward": status, "lsoa": status, "point": "modelled"},
        "method": f"{method}{births}.",
    }
