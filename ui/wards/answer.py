"""The ward map's answer in a sentence, and the table under the map."""

import math
from functools import partial

import pandas as pd
import streamlit as st

from analysis.gaps.area_table import PER, area_table, leading
from analysis.reach.need import Indicator, group_values, ward_values
from analysis.shown import ShownFrame, made_of_shown
from geo.measures import MEASURES
from geo.pack import AreaPack
from ui.kit.charts import sentence, show_chart, ward_bars
from ui.kit.downloads import download_row
from ui.kit.kept import kept
from ui.kit.tables import show_table
from wording.columns import Column, Kind, as_column, notes_of, value_words
from wording.groups import area_words, level_name
from wording.numbers import listed, small

MOST_NAMED = 3
PER_THOUSAND = ("children_0_3", "births_per_year")
"""Counts that are small beside the number of people, so that their rate is given for every 1,000 people."""


values_by_group, values_by_ward = kept(most=64)(group_values), kept(most=64)(ward_values)
"""Values of groups and wards, worked out once for all visitors; see :mod:`analysis.reach.need`."""


@kept(most=64)
def figures_of(pack: AreaPack, indicator: Indicator, baseline: str, level: str) -> ShownFrame:
    """Make the table of the map's areas, once for every pack; see :func:`analysis.gaps.area_table.area_table`."""
    return area_table(pack, indicator, baseline, level)


def figure_words(row: "pd.Series[float]", indicator: Indicator) -> str:
    """Write a figure of an area: unchanged where it was published or counted, with "about" where it is modelled."""
    words = value_words(float(row["value"]), indicator)
    return f"about {words}" if str(row["status"]) == "modelled" and math.isfinite(row["value"]) else words


def answer_sentence(table: ShownFrame, indicator: Indicator, level: str) -> str:
    """Return a sentence: which areas have most, or that it is too close to call, and which has least.

    Parameters
    ----------
    table
        From :func:`figures_of`.
    indicator, level
        The indicator of the map, and its level of areas.
    """
    label = small(indicator.label)
    top, last = leading(table), table.iloc[-1]

    def named(row: "pd.Series[float]") -> str:
        where = f" in {row['ward_name']}" if level == "lsoa" else ""
        return f"**{row['name']}**{where} ({figure_words(row, indicator)})"

    names = [named(row) for _, row in top.head(MOST_NAMED).iterrows()]
    more = len(top) - len(names)
    if more:
        names.append(f"{more} more")
    verb = "has" if len(top) == 1 else "have"
    most = f"{verb} most {label}" if indicator.kind == "count" else f"{verb} the highest {label}"
    close = "; too close to call" if len(top) > 1 else ""
    least = "the fewest" if indicator.kind == "count" else "the lowest"
    end = "" if last.name in top.index else f" {last['name']} has {least} ({figure_words(last, indicator)})."
    return f"## {listed(names)} {most}{close}.{end}"


def ward_ranking(pack: AreaPack, indicator: Indicator, baseline: str) -> None:
    """Draw bars of every ward by the indicator, the highest first; it has the place of a profile until one is asked."""
    rows = figures_of(pack, indicator, baseline, "ward")
    rows = rows.assign(target=pack.wards["target"].reindex(rows.index), value=rows["value"].astype(float))
    rows = rows.loc[rows["value"].notna(), ["name", "target", "value", "status"]]
    show_chart(
        partial(
            ward_bars,
            rows,
            "value",
            title=f"{indicator.label}, by ward",
            axis_title=indicator.label,
            fmt=".0%" if indicator.kind == "rate" else ",.1f" if indicator.kind == "score" else ",.0f",
            words=area_words(pack),
        ),
        key="ward-ranking",
        alt_text=f"{indicator.label} of each ward: "
        + sentence([(str(row["name"]), figure_words(row, indicator)) for _, row in rows.iterrows()])
        + ". The table below holds the same figures.",
    )


def area_figures(pack: AreaPack, indicator: Indicator, baseline: str, level: str) -> None:
    """Draw the table of the map's areas, sorted by the shown figure, and offer it as a file."""
    table = figures_of(pack, indicator, baseline, level)
    thousand, whole = indicator.name in PER_THOUSAND, area_words(pack).whole
    rows = table.assign(per_thousand=table["rate"] * 1000.0)
    kind: Kind = as_column(indicator).kind
    ranged = bool((table["low"] < table["high"]).any())
    per = indicator.per or PER.get(indicator.name, "")
    rate = Column("In 1,000 people", "rank") if thousand else Column(f"Share of {_lower(per)}", "percent")
    columns = {
        "name": Column(level_name(pack, level), pinned=True),
        **({"ward_name": Column(level_name(pack, "ward"))} if level == "lsoa" else {}),
        "value": as_column(indicator),
        **({"low": Column("Could be from", kind), "high": Column("Could be to", kind)} if ranged else {}),
        **({"number": Column("Number", "people")} if indicator.per else {}),
        **(
            {"per_thousand" if thousand else "rate": rate}
            if indicator.kind == "count" and table["rate"].notna().any()
            else {}
        ),
        **({"share": Column(f"Share of the {whole}’s", "percent")} if indicator.measure else {}),
        **({"against": Column(f"Beside the {whole}")} if indicator.kind != "count" else {}),
        "rank": Column("Rank", "rank", help="1 is the highest figure of all"),
        **({"group": Column("Group")} if pack.target_wards else {}),
        "status": Column("Status", help="published: printed by its source; census: counted; modelled: estimated"),
    }
    show_table(
        made_of_shown(rows),
        columns,
        key="ward-table",
        alt=f"{indicator.label} of each {pack.level(level).label}, the highest first, with range, rank and status",
        height="content" if level == "ward" else 620,
    )
    st.caption(range_words(ranged, indicator, whole))
    rates = ("rate", "share", *(("value", "low", "high") if indicator.kind == "rate" else ()))
    written = table.assign(**{key: table[key].round(4) for key in rates}).rename_axis("code").reset_index()
    written = written.rename(columns={"value": indicator.name}).dropna(axis="columns", how="all")
    areas = pack.wards if level == "ward" else pack.lsoas
    edition = "" if indicator.index is None else indicator.index.name
    download_row(
        f"{pack.code}-{indicator.name}-{baseline or edition}{'' if level == 'ward' else '-small-areas'}",
        made_of_shown(written),
        notes_of(pack, indicator.label, baseline),
        key="ward",
        layers={f"{level}s": areas[["geometry"]].reset_index().merge(written, on="code")},
    )


def range_words(ranged: bool, indicator: Indicator, whole: str) -> str:
    """Return an explanation of the range of a figure, or that it has none; `whole` is what the whole area is called."""
    if not ranged:
        return "These figures stand as their source gives them: no choice of ours is in them, so they have no range."
    low_income = " or by those of children in low-income families" if "poverty" in indicator.name else ""
    similar = f" *Similar*: the range overlaps the {whole}’s." if indicator.kind != "count" else ""
    return (
        "*Could be from … to*: what the figure would be if we had spread the stated totals over the areas by the "
        f"counts of other years{low_income}. Where two ranges overlap, the order is too close to call.{similar}"
    )


def _lower(measure: str) -> str:
    label = MEASURES[measure].label if measure else ""
    return small(label)
