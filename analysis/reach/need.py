"""Need: indicators of demand by ward, with rank and status (published, census or modelled)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.reach.reach import groups_of
from analysis.shown import shown_totals
from geo.errors import UnknownNameError
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.particulars import About, Index
from geo.vintages import baseline_words

# From the most certain to the least; a rate has the status of its less certain part.
STATUSES = ("published", "census", "modelled")
_INDEX_NAMES: Mapping[About, str] = MappingProxyType({"everyone": "deprivation", "children": "child_deprivation"})


@dataclass(frozen=True)
class Indicator:
    """Something that is mapped by ward.

    Attributes
    ----------
    name, label
        The word used in addresses, and the words shown to people.
    measure
        The counted thing; empty for a score.
    per
        The measure it is a share of; empty for a count.
    index
        The edition of an index of deprivation that it is; None for counts and rates of people.
    decimals
        How many decimals are shown (of the percentage, for a rate).
    """

    name: str
    label: str
    measure: str = ""
    per: str = ""
    index: Index | None = None
    decimals: int = 0

    @property
    def kind(self) -> str:
        """``count``, ``rate`` (a share from 0 to 1) or ``score``."""
        if self.index is not None:
            return "rate" if self.index.share else "score"
        return "rate" if self.per else "count"

    def baselines(self, pack: AreaPack) -> list[str]:
        """Baselines under which the pack has it; an index belongs to no baseline and has none."""
        needed = {name for name in (self.measure, self.per) if name}
        return [base for base in pack.baselines if needed and needed <= set(pack.measure_names(base))]


def _count(measure: str) -> Indicator:
    """Make the indicator of a measure, labelled as the measure is: who is counted, and of which ages."""
    return Indicator(measure, MEASURES[measure].label, measure)


INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {
        indicator.name: indicator
        for indicator in (
            _count("children_0_3"),
            _count("births_per_year"),
            _count("children_in_poverty"),
            Indicator(
                "child_poverty_rate", "Share of children aged 0–17 in poverty", "children_in_poverty", "children_0_17"
            ),
            _count("population"),
            _count("households_no_car"),
            Indicator("no_car_rate", "Share of households without a car", "households_no_car", "households"),
            _count("lone_parent_households"),
            Indicator("lone_parent_rate", "Share of lone-parent households", "lone_parent_households", "households"),
            Indicator("overcrowded_rate", "Share of overcrowded households", "overcrowded_households", "households"),
            _count("children_income_deprived"),
            Indicator(
                "child_income_rate",
                "Share of children aged 0–15 in income-deprived families",
                "children_income_deprived",
                "children_0_15",
            ),
            Indicator("flats_rate", "Share of households in flats", "households_in_flats", "households"),
            Indicator("moved_rate", "Share of people who moved within a year", "people_moved", "population"),
            Indicator(
                "from_abroad_rate",
                "Share of people who came from abroad within a year",
                "people_from_abroad",
                "population",
                decimals=1,
            ),
            Indicator(
                "other_language_rate",
                "Share of people whose main language is not English",
                "people_other_language",
                "people_with_language",
            ),
            Indicator(
                "little_english_rate",
                "Share of people who speak English not well or not at all",
                "people_little_english",
                "people_with_language",
                decimals=1,
            ),
            Indicator(
                "ethnic_minority_rate",
                "Share of people of Asian, Black, mixed or other ethnic groups",
                "people_ethnic_minority",
                "population",
            ),
            Indicator("disabled_rate", "Share of people with a disability", "people_disabled", "population"),
        )
    }
)
"""Counts and rates of people, which a pack has or has not: :func:`indicators_of`."""


def indicators_of(pack: AreaPack) -> dict[str, Indicator]:
    """Return what can be mapped of an area, by name: the counts and rates that it has, then its index of deprivation.

    The index is called ``deprivation``, whichever edition it is.
    """
    found = {name: indicator for name, indicator in INDICATORS.items() if indicator.baselines(pack)}
    index = index_of(pack)
    return found if index is None else {**found, index.name: index}


def index_of(pack: AreaPack, about: About = "everyone") -> Indicator | None:
    """Return the indicator of the edition that pages use of an index of deprivation; None where the area has none."""
    index = pack.main_index(about)
    if index is None:
        return None
    return Indicator(_INDEX_NAMES[about], index.label, index=index, decimals=0 if index.share else 1)


def former_names(pack: AreaPack) -> dict[str, str]:
    """Return the words by which older links and files call the indices of an area, each with its present word."""
    return {index.name: _INDEX_NAMES[index.about] for index in pack.indices}


def ward_values(pack: AreaPack, indicator: Indicator, baseline: str) -> pd.Series:
    """Value of each ward as shown (:mod:`analysis.shown`), index ward code in the order of ``pack.wards``.

    An index is the mean of its LSOAs weighted by their people, the index's own denominator.

    Raises
    ------
    UnknownNameError
        When the pack has no such measure under the baseline.
    """
    ward = pack.lsoas["ward"]
    parts = _lsoa_parts(pack, indicator, baseline)
    sums = parts.groupby(ward.reindex(parts.index)).sum().reindex(pack.wards.index)
    return _shown(pack, sums, indicator, baseline)


def lsoa_values(pack: AreaPack, indicator: Indicator, baseline: str) -> pd.Series:
    """Value of each LSOA as shown, index LSOA code."""
    return _shown(pack, _lsoa_parts(pack, indicator, baseline), indicator, baseline)


def group_values(pack: AreaPack, indicator: Indicator, baseline: str) -> pd.Series:
    """Value of each of :func:`analysis.reach.reach.groups_of`, as shown."""
    parts = _lsoa_parts(pack, indicator, baseline)
    target = pack.lsoas["target"].reindex(parts.index)
    sums = pd.DataFrame({"target": parts[target].sum(), "rest": parts[~target].sum(), "borough": parts.sum()}).T
    return _shown(pack, sums.loc[list(groups_of(pack))], indicator, baseline)


def status_of(pack: AreaPack, indicator: Indicator, baseline: str, area: str) -> str:
    """How sure a figure is: ``published``, ``census`` or ``modelled``.

    Parameters
    ----------
    area
        A ward code, ``target``, ``rest``, ``borough`` or ``lsoa``.
    """
    if indicator.index is not None:
        return "published" if area == "lsoa" else "modelled"
    found = []
    for measure in filter(None, (indicator.measure, indicator.per)):
        record = pack.measure_record(measure, baseline)
        level = area if area in record["status"] else "ward"
        found.append("published" if area in record.get("published_wards", {}) else record["status"][level])
    return max(found, key=STATUSES.index)


def ranks(values: pd.Series) -> pd.Series:
    """Rank of each ward, 1 = highest; equal values share the better rank."""
    return values.rank(ascending=False, method="min").astype(int)


def profile(pack: AreaPack, ward: str) -> pd.DataFrame:
    """Every figure of one ward.

    Returns
    -------
    One row for each indicator under each baseline that has it: ``indicator, label, kind, decimals, baseline, value,
    borough, rank, of, status, source``.

    Raises
    ------
    UnknownNameError
        When there is no such ward.
    """
    if ward not in pack.wards.index:
        raise UnknownNameError("ward", ward, pack.wards["name"].tolist())
    titles = {source["key"]: f"{source['title']}, {source['vintage']}" for source in pack.provenance["sources"]}
    rows = []
    for indicator in indicators_of(pack).values():
        index = indicator.index
        for baseline in indicator.baselines(pack) or [""]:
            values = ward_values(pack, indicator, baseline)
            source = pack.measure_record(indicator.measure, baseline)["source"] if index is None else index.source
            rows.append(
                {
                    "indicator": indicator.name,
                    "label": indicator.label,
                    "kind": indicator.kind,
                    "decimals": indicator.decimals,
                    "baseline": baseline_words(pack, baseline) if index is None else index.year,
                    "value": float(values[ward]),
                    "borough": float(group_values(pack, indicator, baseline)["borough"]),
                    "rank": int(ranks(values)[ward]),
                    "of": len(values),
                    "status": status_of(pack, indicator, baseline, ward),
                    "source": titles.get(source, source),
                }
            )
    return pd.DataFrame(rows)


def _lsoa_parts(pack: AreaPack, indicator: Indicator, baseline: str) -> pd.DataFrame:
    """Numerator ``top`` and denominator ``bottom`` of each LSOA."""
    if indicator.index is not None:
        score = pack.scores[indicator.index.score]
        weight = pack.scores[indicator.index.people].where(score.notna())
        return pd.DataFrame({"top": score * weight, "bottom": weight})
    top = pack.lsoa_counts(indicator.measure, baseline)
    bottom = pack.lsoa_counts(indicator.per, baseline) if indicator.per else pd.Series(1.0, index=top.index)
    return pd.DataFrame({"top": top, "bottom": bottom})


def _shown(pack: AreaPack, parts: pd.DataFrame, indicator: Indicator, baseline: str) -> pd.Series:
    """Value of each area from its true ``top`` and ``bottom``: counts as shown, and rates of such counts."""
    top, bottom = parts["top"], parts["bottom"]
    if indicator.index is None:
        top = shown_totals(pack, indicator.measure, baseline, top)
    if indicator.kind == "count":
        return top.rename(indicator.name)
    if indicator.per:
        bottom = shown_totals(pack, indicator.per, baseline, bottom)
    return (top / bottom.replace(0.0, np.nan)).rename(indicator.name)
