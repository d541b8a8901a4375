"""Time series of a measure over its vintages, one series for each definition.

A census count, a local strategy's calibrated figures, mid-year estimates and each edition of an index of deprivation
are made in different ways, so that a step from one to the next is partly a step of method. They are therefore different
*series*: a line joins only points of one series, and a change is worked out only within one series. Where one series
ends and the next begins there is a :class:`Break`, which must be marked wherever the figures are shown.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.reach.need import INDICATORS, Indicator, group_values, indicators_of, status_of, ward_values
from analysis.reach.reach import group_labels, groups_of
from geo.errors import UnknownNameError
from geo.pack import AreaPack
from geo.particulars import Index

_YEAR = re.compile(r" \d{4}")
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
    kind
        That of its baselines (:class:`geo.particulars.Baseline`), ``index``, or ``published`` ward by ward.
    """

    key: str
    label: str
    definition: str
    caution: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Break:
    """A break in a time series: halfway, in years, between the series with the keys `before` and `after`."""

    at: float
    before: str
    after: str


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
    # The label of an index names one edition, and would be wrong for the others.
    found = {
        name: indicator if indicator.index is None else replace(indicator, label=_YEAR.sub("", indicator.label))
        for name, indicator in indicators_of(pack).items()
    }
    for measure in dict.fromkeys(pack.ward_series["measure"]):
        known = pack.ward_series_named(measure)
        found[measure] = Indicator(measure, _spelt(measure) if known is None else known.label, measure)
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
    if indicator.index is not None:
        series, parts = _editions(pack, indicator, indicator.index)
    elif name not in INDICATORS:
        series, parts = _published(pack, indicator)
    else:
        series, parts = _baselines(pack, indicator)
    points = pd.concat(parts, ignore_index=True)[list(POINT_COLUMNS)]
    starts = points.groupby("series")["at"].min()
    return Trend(indicator, tuple(sorted(series, key=lambda one: float(starts[one.key]))), points)


def _baselines(pack: AreaPack, indicator: Indicator) -> tuple[list[Series], list[pd.DataFrame]]:
    """Return one series for each definition of the baselines: the estimates of several years are one."""
    series: dict[str, Series] = {}
    parts = []
    for name in indicator.baselines(pack):
        baseline = pack.baseline_named(name)
        series[baseline.series] = Series(
            baseline.series, baseline.series_label, baseline.definition, baseline.caution, baseline.kind
        )
        rows = _rows(pack, ward_values(pack, indicator, name), group_values(pack, indicator, name))
        rows["status"] = [status_of(pack, indicator, name, str(code)) for code in rows["code"]]
        middle = baseline.kind == "estimate"
        at = float(baseline.year[:4]) + (_MID_YEAR_AT if middle else 0.0)
        period = f"mid-{baseline.year}" if middle else baseline.year
        parts.append(rows.assign(series=baseline.series, period=period, at=at, provisional=False))
    return list(series.values()), parts


def _editions(pack: AreaPack, indicator: Indicator, main: Index) -> tuple[list[Series], list[pd.DataFrame]]:
    """Return one series for each edition of an index: what it is made of changes between editions."""
    editions = [one for one in pack.indices if one.family == main.family and one.about == main.about]
    series, parts = [], []
    for index in sorted(editions, key=lambda one: one.year):
        edition = replace(indicator, label=index.label, index=index)
        series.append(Series(index.name, f"Edition {index.year}", index.label, _EDITIONS_APART, "index"))
        rows = _rows(pack, ward_values(pack, edition, ""), group_values(pack, edition, ""))
        rows["status"] = [status_of(pack, edition, "", str(code)) for code in rows["code"]]
        at = float(index.year[:4])
        parts.append(rows.assign(series=index.name, period=index.year, at=at, provisional=False))
    return series, parts


def _published(pack: AreaPack, indicator: Indicator) -> tuple[list[Series], list[pd.DataFrame]]:
    """Return a series that its publisher gives ward by ward; groups are sums of wards."""
    known = pack.ward_series_named(indicator.name)
    series = Series(indicator.name, indicator.label, indicator.label, "", "published")
    if known is not None:
        series = Series(known.name, known.short, known.definition, known.caution, "published")
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


def _spelt(measure: str) -> str:
    return measure.replace("_", " ").capitalize()


def _rows(pack: AreaPack, wards: pd.Series, groups: pd.Series) -> pd.DataFrame:
    there = list(groups_of(pack))
    words = group_labels(pack)
    names = [*pack.wards["name"].astype(str), *(words[group] for group in there)]
    return pd.DataFrame(
        {
            "code": [*(str(code) for code in pack.wards.index), *there],
            "name": names,
            "group": [*np.where(pack.wards["target"], "target", "rest"), *there],
            "value": [*wards.reindex(pack.wards.index).astype(float), *groups[there].astype(float)],
        }
    )
