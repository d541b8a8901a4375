"""Time series of a measure over its vintages, one series for each definition.

A census count, the strategy's calibrated figures, mid-year estimates and each edition of the deprivation indices are
made in different ways, so that a step from one to the next is partly a step of method. They are therefore different
*series*: a line joins only points of one series, and a change is worked out only within one series. Where one series
ends and the next begins there is a :class:`Break`, which must be marked wherever the figures are shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.reach.need import INDICATORS, Indicator, group_values, status_of, ward_values
from analysis.reach.reach import GROUP_WORDS, groups_of
from geo.errors import UnknownNameError
from geo.pack import AreaPack
from geo.vintages import baseline_words

LOW_INCOME = "children_low_income"
"""Name of the published ward series of children in low-income families."""

_MID_YEAR = re.compile(r"mid_(\d{4})")
_EDITION = re.compile(r"([a-z]+)(\d{4})_score")
_EDITIONS_APART = "Each edition has indicators and weights of its own: scores of two editions cannot be compared."
_MID_YEAR_AT = 0.5
# A financial year runs from April to March: its middle is the first of October.
_FINANCIAL_YEAR_AT = 0.75
POINT_COLUMNS = ("code", "name", "group", "series", "period", "at", "value", "status", "provisional")


@dataclass(frozen=True)
class Series:
    """Figures of one definition, which may be compared with each other.

    Attributes
    ----------
    key
        The word used in tables and tests.
    label
        Short name, for a chart.
    definition
        What the figures are and how they were made.
    caution
        What a reader must know before comparing its years; empty where there is nothing.
    """

    key: str
    label: str
    definition: str
    caution: str = ""


@dataclass(frozen=True)
class Break:
    """A break in a time series: halfway, in years, between the series with the keys `before` and `after`."""

    at: float
    before: str
    after: str


_KNOWN: Mapping[str, Series] = MappingProxyType(
    {
        series.key: series
        for series in (
            Series("census_2011", "Census 2011", "Counted by the census of March 2011"),
            Series("strategy", "Strategy", "The census pattern, scaled to the totals that the strategy states"),
            Series(
                "mid_year",
                "Mid-year estimates",
                "Estimates of the Office for National Statistics for the middle of each year",
                "Rolled forward from the census of 2011. In 2024 their publisher set them anew on the census of 2021; "
                "these are the figures before that. There is no mid-2018.",
            ),
            Series(
                LOW_INCOME,
                "Low-income families",
                "Children under 16 in relative low income before housing costs, Department for Work and Pensions",
                "A different and lower measure than the strategy's child poverty. The figures are tied to a national "
                "survey that the pandemic disturbed, so their publisher asks for caution with 2020/21 and 2021/22. A "
                "later release revised all the years; these are the figures before that.",
            ),
        )
    }
)
_LABELS: Mapping[str, str] = MappingProxyType({LOW_INCOME: "Children in low-income families"})


@dataclass(frozen=True, eq=False)
class Trend:
    """A measure over its vintages.

    Attributes
    ----------
    indicator
        What is counted or rated.
    series
        The definitions, by their first year.
    points
        One row an area (wards, then ``target``, ``rest``, ``borough``) and vintage: ``code, name, group, series,
        period`` (as people write it), ``at`` (years, for a time axis), ``value``, ``status, provisional``.
    """

    indicator: Indicator
    series: tuple[Series, ...]
    points: pd.DataFrame

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Where the definition changes, in order of time; none where there is one series."""
        ends = self.points.groupby("series")["at"].agg(["min", "max"])
        return tuple(
            Break(float(ends["max"][one.key] + ends["min"][other.key]) / 2, one.key, other.key)
            for one, other in pairwise(self.series)
        )

    def periods(self, series: str) -> list[str]:
        """Vintages of a series, earliest first; `UnknownNameError` for an unknown one."""
        known = [one.key for one in self.series]
        if series not in known:
            raise UnknownNameError("series", series, known)
        rows = self.points[self.points["series"] == series].sort_values("at")
        return list(dict.fromkeys(rows["period"]))

    @property
    def comparable(self) -> tuple[Series, ...]:
        """Series with two vintages at least: those in which a change can be worked out."""
        return tuple(one for one in self.series if len(self.periods(one.key)) > 1)

    def changes(self) -> pd.DataFrame:
        """Compare the last vintage of each series with its first, area by area.

        Returns
        -------
        One row an area and series of two vintages or more: ``code, name, group, series, first_period, last_period,
        first, last, change`` (last minus first; for a rate a difference of shares), ``relative`` (change over first;
        NaN for a first of 0), ``provisional`` (either end is). Never between two series.
        """
        keys = [one.key for one in self.comparable]
        rows = self.points[self.points["series"].isin(keys)].sort_values("at", kind="stable")
        ends = rows.groupby(["series", "code"], sort=False)
        # Not GroupBy.first and last: they skip a missing figure and would give another year's figure under this year.
        first, last = (end.set_index(["series", "code"]) for end in (ends.head(1), ends.tail(1)))
        change = last["value"] - first["value"]
        table = pd.DataFrame(
            {
                "name": first["name"],
                "group": first["group"],
                "first_period": first["period"],
                "last_period": last["period"],
                "first": first["value"],
                "last": last["value"],
                "change": change,
                "relative": change / first["value"].where(first["value"] != 0),
                "provisional": first["provisional"] | last["provisional"],
            }
        )
        order = pd.MultiIndex.from_product([keys, list(dict.fromkeys(self.points["code"]))], names=["series", "code"])
        return table.reindex(order).reset_index()


def trend_indicators(pack: AreaPack) -> dict[str, Indicator]:
    """Return the indicators of which a pack has figures over time, by name, then its published ward series."""
    found: dict[str, Indicator] = {}
    for name, indicator in INDICATORS.items():
        if indicator.score in pack.scores.columns:
            # The label names one edition, and would be wrong for the others.
            found[name] = replace(indicator, label=re.sub(r" \d{4}", "", indicator.label))
        elif indicator.baselines(pack):
            found[name] = indicator
    for measure in dict.fromkeys(pack.ward_series["measure"]):
        found[measure] = Indicator(measure, _LABELS.get(measure, measure.replace("_", " ").capitalize()), measure)
    return found


def trend(pack: AreaPack, name: str) -> Trend:
    """Gather every vintage of a measure that a pack has.

    Parameters
    ----------
    pack
        The area.
    name
        One of :func:`trend_indicators`.

    Raises
    ------
    UnknownNameError
        When the pack has no such measure.
    """
    known = trend_indicators(pack)
    if name not in known:
        raise UnknownNameError("measure", name, list(known))
    indicator = known[name]
    if name not in INDICATORS:
        series, parts = _published(pack, indicator)
    elif indicator.score:
        series, parts = _editions(pack, indicator)
    else:
        series, parts = _baselines(pack, indicator)
    points = pd.concat(parts, ignore_index=True)[list(POINT_COLUMNS)]
    starts = points.groupby("series")["at"].min()
    return Trend(indicator, tuple(sorted(series, key=lambda one: float(starts[one.key]))), points)


def _baselines(pack: AreaPack, indicator: Indicator) -> tuple[list[Series], list[pd.DataFrame]]:
    """Return one series for each baseline; the mid-year estimates together are one series."""
    series: dict[str, Series] = {}
    parts = []
    for baseline in indicator.baselines(pack):
        mid_year = _MID_YEAR.fullmatch(baseline)
        key = "mid_year" if mid_year else baseline
        year = mid_year[1] if mid_year else str(pack.measure_record(indicator.measure, baseline)["year"])
        title = baseline_words(pack, baseline)
        known = _KNOWN.get(key, Series(key, title, title))
        series[key] = replace(known, label=f"Strategy {year}") if key == "strategy" else known
        rows = _rows(pack, ward_values(pack, indicator, baseline), group_values(pack, indicator, baseline))
        rows["status"] = [status_of(pack, indicator, baseline, str(code)) for code in rows["code"]]
        at = float(year) + (_MID_YEAR_AT if mid_year else 0.0)
        parts.append(rows.assign(series=key, period=f"mid-{year}" if mid_year else year, at=at, provisional=False))
    return list(series.values()), parts


def _editions(pack: AreaPack, indicator: Indicator) -> tuple[list[Series], list[pd.DataFrame]]:
    """Return one series for each edition of a score: indicators and weights change between editions."""
    this = _EDITION.fullmatch(indicator.score)
    found = {column: _EDITION.fullmatch(str(column)) for column in pack.scores.columns}
    years = {match[2]: column for column, match in found.items() if match and this and match[1] == this[1]}
    series, parts = [], []
    for year, column in sorted(years.items()) or [("", indicator.score)]:
        edition = Indicator(indicator.name, indicator.label, score=str(column), decimals=indicator.decimals)
        series.append(Series(str(column), f"Edition {year}", f"Indices of deprivation of {year}", _EDITIONS_APART))
        rows = _rows(pack, ward_values(pack, edition, ""), group_values(pack, edition, ""))
        rows["status"] = [status_of(pack, edition, "", str(code)) for code in rows["code"]]
        parts.append(rows.assign(series=str(column), period=year, at=float(year or 0), provisional=False))
    return series, parts


def _published(pack: AreaPack, indicator: Indicator) -> tuple[list[Series], list[pd.DataFrame]]:
    """Return a series that its publisher gives ward by ward; groups are sums of wards."""
    series = _KNOWN.get(indicator.name, Series(indicator.name, indicator.label, indicator.label))
    table = pack.ward_series[pack.ward_series["measure"] == indicator.name]
    target = pack.wards["target"]
    parts = []
    for period, given in table.groupby("period"):
        values = given.set_index("ward")["value"].astype(float).reindex(pack.wards.index)
        # A group with a ward missing has no figure: the sum of the others would look like a fall.
        sums = {"target": values[target], "rest": values[~target], "borough": values}
        groups = pd.Series({key: sums[key].sum(skipna=False) for key in groups_of(pack)})
        rows = _rows(pack, values, groups)
        rows["status"] = str(given["status"].iloc[0])
        provisional = bool(given["provisional"].any()) if "provisional" in given else False
        at = float(str(period)[:4]) + _FINANCIAL_YEAR_AT
        parts.append(rows.assign(series=series.key, period=str(period), at=at, provisional=provisional))
    return [series], parts


def _rows(pack: AreaPack, wards: pd.Series, groups: pd.Series) -> pd.DataFrame:
    there = list(groups_of(pack))
    words = {**GROUP_WORDS, "borough": str(pack.name)}
    names = [*pack.wards["name"].astype(str), *(words[group] for group in there)]
    return pd.DataFrame(
        {
            "code": [*(str(code) for code in pack.wards.index), *there],
            "name": names,
            "group": [*np.where(pack.wards["target"], "target", "rest"), *there],
            "value": [*wards.reindex(pack.wards.index).astype(float), *groups[there].astype(float)],
        }
    )
