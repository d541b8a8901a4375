"""Comparison of wards: every figure of a few wards, and the minutes to services, beside the groups."""

import math
from collections.abc import Sequence
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

from analysis.gaps.side_by_side import area_names, indicator_figures, service_minutes, widest_indicator, widest_minutes
from analysis.reach.basket import Basket, BasketItem, read_basket
from analysis.reach.need import indicators_of
from analysis.reach.no_data import with_data
from analysis.shown import made_of_shown
from drawing.palette import INK, TARGET_COLOUR
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.services import category_named, with_article
from ui.kit import resources
from ui.kit.charts import sentence, show_chart
from ui.kit.downloads import download_row
from ui.kit.heat_table import HeatCell, HeatColumn, HeatRow, minutes_cell, show_heat_table
from ui.kit.page import part
from ui.kit.session import session
from ui.wards.answer import figures_of
from ui.wards.choice import few_wards, status_words
from ui.wards.profile import fallback_words, figures_named
from ui.wards.reach import close_to_call, shares_of
from ui.wards.reach import range_words as share_range_words
from wording.columns import notes_of, value_words
from wording.groups import area_words
from wording.numbers import capital, ordinal, small
from wording.particulars import unequal_homes
from wording.rounding import shortest
from wording.scenario import travelling

MAIN_SERVICES = ("childrens_centre", "gp_practice", "nursery", "library", "pharmacy", "dentist")
"""Services with a chart of their own, in this order; the table has every service of the basket."""

_GROUP_BAR = "#8FA3B5"
_A_ROW = 4
_A_ROW_OF_MORE = 3


@part
def ward_side(pack: AreaPack, baseline: str) -> None:
    """Draw a comparison of a few wards, the target wards, the others and the borough.

    Parameters
    ----------
    pack
        The area.
    baseline
        Which figures are preferred where an indicator has several.
    """
    wards = few_wards(pack)
    if len(wards) < 2:
        st.info("Choose two wards or more to set them side by side.", icon=":material/compare_arrows:")
        return
    basket, base = with_data(pack, read_basket()), baseline or pack.baselines[0]
    # As on the Gaps page: children 0–3 where they are counted.
    measure = next(name for name in MEASURES if name in pack.measure_names(base))
    survey = resources.measured(pack, tuple((item.service, item.mode) for item in basket), basket)
    figures = indicator_figures(pack, wards, baseline)
    times = service_minutes(survey, wards, measure=measure, baseline=base)
    main = [name for name in MAIN_SERVICES if name in basket.services]
    first = session.ward
    st.markdown(main_difference(pack, figures, times, basket, main, MEASURES[measure].counted, first))

    names, known = area_names(pack, wards), indicators_of(pack)
    rates = figures[figures["kind"] == "rate"]
    if len(rates):
        st.subheader("Shares", anchor=False)
        st.caption("Every bar is on one scale. Counts are in the table: bars of them would only show which is larger.")
        panels = []
        for name, rows in rates.groupby("indicator", sort=False):
            indicator = known[str(name)]
            words = [value_words(float(value), indicator) for value in rows["value"]]
            panels.append((indicator.label, _bars(rows, "value", words)))
        _small_charts(panels, list(names), names, key="side-share")
    st.subheader(_minutes_title(basket), anchor=False)
    st.caption(f"Half of the {MEASURES[measure].counted} have this or less to the nearest. One scale again.")
    panels = []
    for service in main:
        label, rows = category_named(service).label, times[times["service"] == service]
        limit = basket.item(service).threshold_min
        words = [minutes_cell(float(value), limit).text for value in rows["median_min"]]
        panels.append((capital(label), _bars(rows, "median_min", words)))
    _small_charts(panels, list(names), names, key="side-minutes")

    st.subheader("Wards side by side as a table", anchor=False)
    _figure_table(pack, figures, names, baseline)
    _minutes_table(times, names, basket)
    st.subheader("How firm is the order?", anchor=False)
    _range_table(pack, figures, names, shares_of(pack, basket, measure, base), basket)
    download_row(
        f"{pack.code}-wards-side-by-side",
        made_of_shown(_as_file(pack, figures, times, measure, base)),
        notes_of(pack, f"Wards side by side: {', '.join(names[code] for code in wards)}", base),
        key="side",
    )


def main_difference(
    pack: AreaPack,
    figures: pd.DataFrame,
    times: pd.DataFrame,
    basket: Basket,
    main: Sequence[str],
    who: str,
    first: str = "",
) -> str:
    """Return one sentence: in which figure, and in which journey, the wards differ most.

    Parameters
    ----------
    pack
        The area.
    figures, times
        From :func:`analysis.gaps.side_by_side.indicator_figures` and
        :func:`analysis.gaps.side_by_side.service_minutes`.
    basket
        The services and how families travel to them.
    main
        Services that the sentence may name.
    who
        The people whose minutes they are, with their ages.
    first
        Code of the ward that comes first where the sentence names it; otherwise the higher, and the nearer.
    """
    parts = []
    rows = widest_indicator(figures)
    if len(rows):
        indicator = indicators_of(pack)[str(rows["indicator"].iloc[0])]
        high, low = (rows.iloc[at] for at in ((-1, 0) if rows["code"].iloc[-1] == first else (0, -1)))
        whole = figures[(figures["indicator"] == indicator.name) & (figures["code"] == "borough")]["value"].iloc[0]
        label = small(indicator.label)
        top, low_end, all_of = (value_words(float(value), indicator) for value in (high["value"], low["value"], whole))
        parts.append(
            f"The {label} is **{top}** in {high['name']} and **{low_end}** in {low['name']}. Across the "
            f"{area_words(pack).whole} it is {all_of}."
        )
    rows = widest_minutes(times, main)
    if len(rows):
        far, near = (rows.iloc[at] for at in ((-1, 0) if rows["code"].iloc[0] == first else (0, -1)))
        item = basket.item(str(far["service"]))
        place = with_article(category_named(item.service).label)
        parts.append(
            f"Half of the {who} live within **{_words(near, item)}** of {place} in {near['name']}, and within "
            f"**{_words(far, item)}** in {far['name']}, {travelling(item.mode)}."
        )
    if not parts:
        return "### These wards are alike in every share and in every journey shown here."
    return f"### The main difference: {small(parts[0])}{' ' if parts[1:] else ''}{' '.join(parts[1:])}"


def _words(row: "pd.Series[float]", item: BasketItem) -> str:
    return f"{minutes_cell(float(row['median_min']), item.threshold_min).text} minutes"


def _minutes_title(basket: Basket) -> str:
    modes = basket.modes
    return f"Minutes {travelling(modes[0].name)}" if len(modes) == 1 else "Minutes to the nearest"


def _bars(rows: pd.DataFrame, value: str, words: Sequence[str]) -> pd.DataFrame:
    """Return the data of a small chart: ``code, value, words``; a service that is not reached has words and no bar."""
    drawn = [float(v) if math.isfinite(v) else 0.0 for v in rows[value]]
    return pd.DataFrame({"code": rows["code"].to_numpy(), "value": drawn, "words": words})


def _small_charts(
    panels: Sequence[tuple[str, pd.DataFrame]], order: Sequence[str], names: dict[str, str], *, key: str
) -> None:
    """Draw small charts of bars beside each other, on one scale."""
    most = max((float(data["value"].max()) for _, data in panels), default=0.0)
    a_row = _A_ROW if len(panels) <= _A_ROW else _A_ROW_OF_MORE
    for start in range(0, len(panels), a_row):
        for number, (cell, (title, data)) in enumerate(zip(st.columns(a_row), panels[start:], strict=False)):
            with cell:
                said = sentence([(names[code], words) for code, words in zip(data["code"], data["words"], strict=True)])
                data = data.assign(area=data["code"].map(names))
                chart = partial(_small_chart, title, data, most or 1.0, [names[code] for code in order])
                show_chart(chart, key=f"{key}-{start + number}", alt_text=f"{title}: {said}.")


def _small_chart(title: str, data: pd.DataFrame, most: float, order: Sequence[str]) -> alt.LayerChart:
    # Space for the figure at the end of the longest bar.
    scale = alt.Scale(domain=[0.0, most * 1.3])
    groups = ["target", "rest", "borough"]
    base = alt.Chart(data.assign(group=data["code"].isin(groups))).encode(
        y=alt.Y(
            "area:N",
            sort=list(order),
            title=None,
            axis=alt.Axis(
                labelFontSize=12, labelColor=INK, labelLimit=105, labelOverlap=False, ticks=False, domainColor=INK
            ),
        ),
        x=alt.X("value:Q", scale=scale, title=None, axis=None),
    )
    bars = base.mark_bar(height={"band": 0.7}).encode(
        color=alt.Color(
            "group:N", scale=alt.Scale(domain=[False, True], range=[TARGET_COLOUR, _GROUP_BAR]), legend=None
        ),
        tooltip=[alt.Tooltip("area:N", title="Where"), alt.Tooltip("words:N", title=title)],
    )
    text = base.mark_text(align="left", dx=4, fontSize=12, color=INK).encode(text="words:N")
    heading = alt.TitleParams(title, anchor="start", fontSize=13, color=INK, offset=4)
    return alt.layer(bars, text).properties(title=heading, height=alt.Step(19))


def _figure_table(pack: AreaPack, figures: pd.DataFrame, names: dict[str, str], baseline: str) -> None:
    rows, known = [], indicators_of(pack)
    for name, rows_of in figures.groupby("indicator", sort=False):
        indicator = known[str(name)]
        cells = [
            HeatCell(value_words(float(value), indicator) + (f" ({ordinal(int(rank))})" if rank == rank else ""))
            for value, rank in zip(rows_of["value"], rows_of["rank"], strict=True)
        ]
        statuses = status_words(zip(rows_of["name"], rows_of["status"], strict=True))
        rows.append(HeatRow(indicator.label, [*cells, HeatCell(statuses)]))
    columns = [HeatColumn(title) for title in names.values()]
    show_heat_table(
        "Every figure of the wards and groups, with the ward's rank of all wards in brackets, 1st the highest",
        "Figure (rank, 1st is highest)",
        [*columns, HeatColumn("Status")],
        rows,
    )
    chosen = figures.drop_duplicates("indicator")
    st.caption(
        fallback_words(
            pack, chosen.assign(baseline=[figures_named(pack, base) for base in chosen["baseline"]]), baseline
        )
    )


def _minutes_table(times: pd.DataFrame, names: dict[str, str], basket: Basket) -> None:
    rows = []
    for item in basket:
        part = times[times["service"] == item.service]
        cells = []
        for value, rank in zip(part["median_min"], part["rank"], strict=True):
            cell = minutes_cell(float(value), item.threshold_min)
            cells.append(HeatCell(cell.text + (f" ({ordinal(int(rank))})" if rank == rank else "")))
        label = category_named(item.service).label
        rows.append(HeatRow(capital(label), cells))
    show_heat_table(
        f"{_minutes_title(basket)}, with the ward's rank of all wards in brackets, 1st the furthest",
        f"{_minutes_title(basket)} (rank, 1st is furthest)",
        [HeatColumn(title) for title in names.values()],
        rows,
    )


def _range_table(
    pack: AreaPack, figures: pd.DataFrame, names: dict[str, str], shares: pd.DataFrame, basket: Basket
) -> None:
    """Draw every figure that depends on a choice of ours, with its range, and whether the order of wards is clear."""
    wards = [code for code in names if code in pack.wards.index]
    rows, known = [], indicators_of(pack)
    for name, of_one in figures.groupby("indicator", sort=False):
        indicator = known[str(name)]
        found = figures_of(pack, indicator, str(of_one["baseline"].iloc[0]), "ward").loc[wards]
        if (found["low"] < found["high"]).any():
            cells = []
            for _, row in found.iterrows():
                low, high = (value_words(float(row[end]), indicator) for end in ("low", "high"))
                span = "" if low == high else f" ({low} to {high})"
                cells.append(HeatCell(f"{value_words(float(row['value']), indicator)}{span}"))
            rows.append(HeatRow(indicator.label, [*cells, HeatCell(close_to_call(found))]))
    for item in basket:
        reached = shares.loc[[(code, item.service) for code in wards]]
        label = f"Within {shortest(item.threshold_min)} minutes of {with_article(category_named(item.service).label)}"
        cells = [HeatCell(share_range_words(row)) for _, row in reached.iterrows()]
        rows.append(HeatRow(label, [*cells, HeatCell(close_to_call(reached))]))
    title = "Figures with how far our own choices move them, and whether the wards’ order is clear"
    show_heat_table(title, "Figure (could be)", [*(HeatColumn(names[c]) for c in wards), HeatColumn("Order")], rows)
    st.caption(
        "In brackets: how far our own choices move a figure. Counts: the stated totals, spread by the counts of other "
        f"years. Shares within reach: {unequal_homes(pack)}the counts of "
        "other years. Where two ranges overlap, the order is too close to call."
    )


def _as_file(pack: AreaPack, figures: pd.DataFrame, times: pd.DataFrame, measure: str, baseline: str) -> pd.DataFrame:
    """Return both tables as one long table, figures rounded as they are shown."""
    rounded = [
        round(float(value), 0 if kind == "count" else 4)
        for value, kind in zip(figures["value"], figures["kind"], strict=True)
    ]
    first = figures.assign(value=rounded, figures=[figures_named(pack, base) for base in figures["baseline"]])
    second = times.assign(
        indicator="minutes_to_" + times["service"],
        label=[f"Minutes to the nearest {category_named(name).label}" for name in times["service"]],
        value=times["median_min"],
        figures=f"{MEASURES[measure].label}, {figures_named(pack, baseline)}",
        status="modelled",
    )
    columns = ["indicator", "label", "code", "name", "value", "rank", "figures", "status"]
    return pd.concat([first[columns], second[columns]], ignore_index=True)
