"""Measures of demand: what is counted, and how the counts of each baseline are made from the publishers' tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from geo.demand import calibrate, child_poverty
from geo.errors import UnknownNameError


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
        )
    }
)

_CENSUS_COLUMNS = {
    "children_0_3": "children_0_3",
    "births_per_year": "age0",
    "children_0_17": "children_0_17",
    "children_0_15": "children_0_15",
    "population": "population",
    "households": "households",
    "households_no_car": "households_no_car",
    "lone_parent_households": "lone_parent_households",
    "overcrowded_households": "overcrowded",
}
_MID_YEAR_COLUMNS = {measure: column for measure, column in _CENSUS_COLUMNS.items() if "households" not in measure}
_BELOW_LSOA = "inside an LSOA shared out to postcodes by the households of their output area"


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


def vintage_measures(census: pd.DataFrame, mid_year: pd.DataFrame) -> Compiled:
    """Compile the baselines that are the publisher's own counts: the census and each mid-year estimate.

    Parameters
    ----------
    census
        From :func:`geo.sources.census.read_census`.
    mid_year
        From :func:`geo.sources.mid_year.read_mid_year`.
    """
    columns: dict[str, pd.Series] = {}
    records = []
    counts = census.set_index("lsoa")
    for measure, column in _CENSUS_COLUMNS.items():
        columns[f"census_2011.{measure}"] = counts[column]
        records.append(_record(measure, "census_2011", "2011", "census_2011", "census", "As counted by the census"))
    for year, rows in mid_year.groupby("year"):
        counts = rows.set_index("lsoa")
        for measure, column in _MID_YEAR_COLUMNS.items():
            columns[f"mid_{year}.{measure}"] = counts[column]
            method = "As estimated by its publisher"
            records.append(_record(measure, f"mid_{year}", str(year), "mid_year", "modelled", method))
    return Compiled(pd.DataFrame(columns), records)


def strategy_measures(
    census: pd.DataFrame, deprivation: pd.DataFrame, strategy: Mapping[str, Any], target: pd.Series
) -> Compiled:
    """Compile the strategy baseline: the census pattern calibrated to the totals that the strategy states.

    Parameters
    ----------
    census, deprivation
        From their adapters.
    strategy
        The strategy's figures, as in its file: ``targets``, ``wards``, ``borough``.
    target
        Whether each ward is a target; index ward code, with ``name`` of wards in the census table.

    Raises
    ------
    SourceError
        When the stated figures contradict each other.
    """
    counts = census.set_index("lsoa")
    in_target = counts["ward"].map(target).astype(bool)
    stated = strategy["targets"]
    columns: dict[str, pd.Series] = {}
    records = []
    for measure in ("children_0_3", "births_per_year", "children_0_17", "population"):
        source = counts[_CENSUS_COLUMNS[measure]]
        columns[f"strategy.{measure}"] = calibrate(source, in_target, float(stated[measure]))
        what = "children under 1" if measure == "births_per_year" else MEASURES[measure].label.lower()
        method = (
            f"Census 2011 {what} by LSOA, scaled so that the target wards sum to the strategy's {stated[measure]:,.0f}"
        )
        records.append(_record(measure, "strategy", "2014", "strategy", "modelled", method, target="published"))
    children = columns["strategy.children_0_17"]
    factor = children / counts["children_0_17"].where(counts["children_0_17"] > 0)
    under_16 = counts["children_0_15"] * factor.fillna(1.0)
    idaci = deprivation.set_index("lsoa")
    ward_codes = dict(zip(counts["ward_name"], counts["ward"], strict=True))
    published = {
        ward_codes[name]: float(figures["children_in_poverty"])
        for name, figures in strategy.get("wards", {}).items()
        if "children_in_poverty" in figures
    }
    areas = pd.DataFrame(
        {
            "ward": counts["ward"],
            "target": in_target,
            "idaci_children": (idaci["idaci2019_score"] * idaci["children_0_15_mid2015"]).reindex(counts.index),
            "children_0_15": under_16,
            "children_0_17": children,
        }
    )
    rate = float(strategy["borough"]["child_poverty_rate_under_16"])
    columns["strategy.children_in_poverty"] = child_poverty(
        areas,
        target_total=float(stated["children_in_poverty"]),
        ward_totals=published,
        borough_rate_under_16=rate,
    )
    method = (
        "Wards as published where the strategy states them; the other target wards share the rest of "
        f"{stated['children_in_poverty']:,.0f} by IDACI 2019 children; the remaining wards follow IDACI so that "
        f"{rate:.1%} of the borough's children under 16 are in poverty; inside a ward by IDACI"
    )
    record = _record("children_in_poverty", "strategy", "2014", "strategy", "modelled", method, target="published")
    records.append({**record, "published_wards": published})
    return Compiled(pd.DataFrame(columns), records)


def _record(
    measure: str, baseline: str, year: str, source: str, status: str, method: str, target: str | None = None
) -> dict[str, Any]:
    meaning = MEASURES[measure]
    births = " (children under 1 stand for births)" if measure == "births_per_year" else ""
    return {
        "measure": measure,
        "baseline": baseline,
        "label": meaning.label,
        "unit": meaning.unit,
        "year": year,
        "source": source,
        "status": {"target": target or status, "ward": status, "lsoa": status, "point": "modelled"},
        "method": f"{method}{births}; {_BELOW_LSOA}.",
    }
