"""A measure over the years (time series): one line for each definition, never across two."""

import json
import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.reach.need import Indicator
from analysis.shown import as_shown, made_of_shown
from analysis.trends.trend import Series, Trend, trend, trend_indicators
from drawing.palette import CATEGORICAL, INK, MUTED_INK
from geo.pack import AreaPack
from ui.kit import controls
from ui.kit.charts import AXIS, sentence, show_chart
from ui.kit.downloads import download_row
from ui.kit.kept import kept
from ui.kit.page import part
from ui.kit.session import Session
from ui.kit.tables import Column, show_table
from ui.wards.choice import few_wards, status_words
from wording.columns import as_column, notes_of, value_words
from wording.groups import area_words, group_names
from wording.numbers import number_word, people, points, small
from wording.rounding import fixed, shortest, whole

_DASHES = ([1, 0], [8, 4], [2, 3], [8, 3, 2, 3])
_SHAPES = ("circle", "square", "triangle-up", "diamond")
_HEADROOM = 1.38
"""Space above the highest point for its figure and the names of the series."""
_FINAL = "datum.sure === 'final'"
_ABOVE, _BELOW = -12, 17
"""Pixels down from a point to its figure."""
_APART = "Figures of different series are of different definitions."
_LABEL_SHARE = 0.13
"""Height of a figure beside a point, as a share of the chart's height."""


_trend = kept(most=64)(trend)


@part
def ward_trend(pack: AreaPack, indicator: Indicator) -> None:
    """Draw the vintages of a measure for a few wards and the groups of wards.

    Parameters
    ----------
    pack
        The area.
    indicator
        The indicator of the map, used until the reader chooses another.
    """
    known = trend_indicators(pack)
    left, middle, right = st.columns([3, 4, 3])
    with left:
        asked = controls.choice(
            "Measure",
            ["", *known],
            key=Session.trend.key,
            labels={"": f"As on the map: {indicator.label}", **{name: one.label for name, one in known.items()}},
        )
    with middle:
        wards = few_wards(pack)
    with right:
        groups = controls.choices(
            "Groups of wards",
            [key for key in group_names(pack) if pack.target_wards or key == "borough"],
            key=Session.trend_groups.key,
            default=["target", "rest"] if pack.target_wards else ["borough"],
            labels=group_names(pack),
            widget="pills",
        )
    if (asked or indicator.name) not in known:
        st.info(f"The pack of {pack.name} has no figures of this for any year.", icon=":material/history:")
        return
    found = _trend(pack, asked or indicator.name)
    st.markdown(trend_sentence(found, pack))
    if not wards and not groups:
        st.info("Choose a ward or a group of wards to see its line.", icon=":material/timeline:")
        return
    st.markdown(_breaks_words(found))
    names = {**pack.wards["name"].astype(str).to_dict(), **group_names(pack)}
    shown = [(title, codes) for title, codes in (("Groups of wards", groups), ("Wards", wards)) if codes]
    # A chart with one point a line shows nothing: the table is enough.
    drawn = shown if len(found.series) > 1 or found.comparable else []
    for column, (title, codes) in zip(st.columns(len(drawn) or 1), drawn, strict=False):
        with column:
            st.subheader(title, anchor=False)
            show_chart(
                partial(_chart, found, codes, names),
                key=f"trend-{title}",
                alt_text=f"{found.indicator.label}, {title.lower()}: {_read_out(found, codes, names)}",
            )
    _tables(found, [*wards, *groups], names)
    download_row(
        f"{pack.code}-{found.indicator.name}-over-the-years",
        made_of_shown(_as_file(found)),
        {
            **notes_of(pack, f"{found.indicator.label} over the years", ""),
            "figures": "; ".join(f"{one.label}: {one.definition}" for one in found.series),
            "caution": " ".join(
                dict.fromkeys(
                    ["Figures of different series are of different definitions.", *(s.caution for s in found.series)]
                )
            ),
        },
        key="trend",
    )


@kept(most=64)
def trend_sentence(found: Trend, pack: AreaPack) -> str:
    """Return a sentence on the change within the last series with two vintages, or that there is none.

    Parameters
    ----------
    found
        The vintages.
    pack
        The area; without target wards the sentence is about the whole of it.
    """
    indicator, label = found.indicator, small(found.indicator.label)
    if not found.comparable:
        when = [f"{one.label} ({found.periods(one.key)[0]})" for one in found.series]
        if len(when) == 1:
            return f"### {indicator.label}: there is one year only, {when[0]}, so there is no trend to show."
        return (
            f"### {indicator.label}: {number_word(len(when))} years, each counted in its own way, so no change "
            "is worked out."
        )
    series = found.comparable[-1]
    changes = found.changes()
    changes = changes[changes["series"] == series.key].set_index("code")
    n_target, called = len(pack.target_wards), area_words(pack)
    where = {"target": f"in the {number_word(n_target)} {called.targets}", "rest": "in the others"}
    if not n_target:
        where = {"borough": f"in the {called.whole}"}
    parts = []
    for code, words in where.items():
        row = changes.loc[[code]].iloc[0]
        moved = f"{value_words(float(row['first']), indicator)} to **{value_words(float(row['last']), indicator)}**"
        parts.append(f"{words} from {moved} ({_change_words(row, indicator)})")
    first, last = changes["first_period"].iloc[0], changes["last_period"].iloc[0]
    unsure = f" {last} is provisional." if changes["provisional"].any() else ""
    then = "".join(f" They went {part}." for part in parts[1:])
    return f"### Between {first} and {last} {label} went {parts[0]}.{then} All are {_all_of(series)}.{unsure}"


def _all_of(series: Series) -> str:
    if series.kind == "published":
        return "of one published series"
    return small(series.label) if series.kind == "estimate" else f"of one series ({series.label})"


def _change_words(row: "pd.Series[float]", indicator: Indicator) -> str:
    change = float(row["change"])
    if indicator.kind == "rate":
        return points(change)
    if indicator.kind == "score" or change != change:
        return value_words(change, indicator)
    if whole(change) == 0:
        return "no change"
    text = f"{people(as_shown(abs(change)))} {'more' if change > 0 else 'fewer'}"
    relative = float(row["relative"])
    # "+0%" would mean that nothing changed.
    return f"{text}, {_signed_percent(relative)}" if abs(relative) >= 0.005 else text


def _signed_percent(share: float) -> str:
    return f"{'−' if share < 0 else '+'}{fixed(100 * abs(share))}%"


def _breaks_words(found: Trend) -> str:
    """Return sentences: where the definition changes, and what each series is."""
    last_with = {one.caution: one.key for one in found.series}
    said = []
    for one in found.series:
        said.append(f"**{one.label}**: {small(one.definition)}.")
        if one.caution and last_with[one.caution] == one.key:  # only once, where several series have the same caution
            said.append(one.caution)
    if found.breaks:
        said.append(
            "The line breaks where the way of counting changes. A step across a break may come from that alone, so no "
            "change is worked out over it."
        )
    return " ".join(said)


def _chart(found: Trend, codes: Sequence[str], names: dict[str, str]) -> alt.LayerChart:
    """Return lines by area, one for each definition, with a rule where one definition ends and the next begins."""
    order = [names[code] for code in codes]
    data = found.points[found.points["code"].isin(codes)].copy()
    data["area"] = data["code"].map(names)
    data["words"] = [value_words(float(value), found.indicator) for value in data["value"]]
    data["sure"] = ["provisional" if unsure else "final" for unsure in data["provisional"]]
    span = (float(found.points["at"].min()), float(found.points["at"].max()))
    top = float(data["value"].max())
    highest = top * _HEADROOM if top > 0 else 1.0
    edges = [span[0] - 0.8, *(one.at for one in found.breaks), span[1] + 0.8]
    scale = {"count": ",.0f", "rate": ".0%", "score": ".0f"}[found.indicator.kind]
    periods = dict(zip(found.points["at"], found.points["period"], strict=True))
    # In two lines each: otherwise the names of neighbouring years would overlap.
    names_of = json.dumps({shortest(at): re.findall(r"[^/-]+-?|/.+", period) for at, period in periods.items()})
    legend = alt.Legend(orient="bottom", title=None, labelFontSize=13, labelColor=INK, columns=2, labelLimit=190)
    base = alt.Chart(data).encode(
        x=alt.X(
            "at:Q",
            title=None,
            scale=alt.Scale(domain=[edges[0], edges[-1]], nice=False),
            axis=alt.Axis(
                values=list(periods),
                labelExpr=f"({names_of})[toString(datum.value)]",
                labelOverlap=False,
                grid=False,
                **AXIS,
            ),
        ),
        y=alt.Y(
            "value:Q",
            title=None,
            # From 0, so that a small change looks small, with space above for the names of the series.
            scale=alt.Scale(domain=[0.0, highest], nice=False),
            axis=alt.Axis(format=scale, tickCount=5, **AXIS),
        ),
        color=alt.Color("area:N", scale=alt.Scale(domain=order, range=list(CATEGORICAL[: len(order)])), legend=legend),
        detail="series:N",
    )
    shapes = alt.Scale(domain=order, range=list(_SHAPES[: len(order)]))
    # A layer for each area: a separate scale for dashes would be drawn around the symbols of the legend.
    lines = [
        base.transform_filter(alt.FieldEqualPredicate(field="area", equal=name)).mark_line(
            strokeWidth=2.5, strokeDash=list(dash)
        )
        for name, dash in zip(order, _DASHES, strict=False)
    ]
    marks = base.encode(
        shape=alt.Shape("area:N", scale=shapes, legend=legend),
        tooltip=[
            alt.Tooltip("area:N", title="Where"),
            alt.Tooltip("period:N", title="When"),
            alt.Tooltip("words:N", title=found.indicator.label),
            alt.Tooltip("status:N", title="Status"),
            alt.Tooltip("sure:N", title="Figure"),
        ],
    )
    layers: list[Any] = [*lines, marks.mark_point(size=80, filled=True, opacity=1).transform_filter(_FINAL)]
    # A provisional figure is an empty mark. A screen reader would read a layer without marks as an unnamed picture.
    if data["provisional"].any():
        unsure = marks.mark_point(size=80, filled=False, fill="#FFFFFF", strokeWidth=2.5, opacity=1)
        layers.append(unsure.transform_filter(f"!({_FINAL})"))
    figures = [
        alt.Chart(rows)
        .mark_text(dy=dy, fontSize=12, color=INK)
        .encode(x="at:Q", y="value:Q", text="words:N", detail="code:N")
        for dy, rows in _labelled(data, highest)
    ]
    regions = pd.DataFrame(
        {
            "at": [(start + end) / 2 for start, end in pairwise(edges)],
            "label": [one.label.replace(" ", "\n", 1) for one in found.series],
        }
    )
    titles = alt.Chart(regions).mark_text(baseline="top", fontSize=12, fontWeight=600, color=MUTED_INK, lineBreak="\n")
    layers += [*figures, titles.encode(x="at:Q", y=alt.value(2), text="label:N")]
    if found.breaks:
        rules = pd.DataFrame({"at": [one.at for one in found.breaks], "label": "Definition changes"})
        rule = alt.Chart(rules).mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1.5)
        layers.append(rule.encode(x="at:Q", tooltip=[alt.Tooltip("label:N", title="Break")]))
    return alt.layer(*layers).properties(height=330)


def _labelled(data: pd.DataFrame, highest: float) -> list[tuple[int, pd.DataFrame]]:
    """Return the ends of each line by the position of their figures: pixels down, above the point or below the lowest.

    A figure that would overlap another is left out; the table has it.
    """
    labels: dict[int, list[object]] = {_ABOVE: [], _BELOW: []}
    ends = data.groupby(["code", "series"])["at"]
    for _, rows in data[(data["at"] == ends.transform("min")) | (data["at"] == ends.transform("max"))].groupby("at"):
        ordered = rows["value"].dropna().sort_values(ascending=False)
        for number, (index, value) in enumerate(ordered.items()):
            if 0 < number == len(ordered) - 1:
                labels[_BELOW].append(index)
            elif number == 0 or ordered.iloc[number - 1] - value >= _LABEL_SHARE * highest:
                labels[_ABOVE].append(index)
    return [(down, data.loc[indices]) for down, indices in labels.items() if indices]


def _read_out(found: Trend, codes: Sequence[str], names: dict[str, str]) -> str:
    parts = []
    for code in codes:
        rows = found.points[found.points["code"] == code].sort_values("at")
        figures = sentence(
            [
                (str(p), value_words(float(v), found.indicator))
                for p, v in zip(rows["period"], rows["value"], strict=True)
            ]
        )
        parts.append(f"{names[code]}: {figures}")
    breaks = f" The definition changes {number_word(len(found.breaks))} times." if len(found.breaks) > 1 else ""
    return "; ".join(parts) + "." + (" The definition changes once." if len(found.breaks) == 1 else breaks)


def _tables(found: Trend, codes: Sequence[str], names: dict[str, str]) -> None:
    """Draw every vintage with its definition, then the changes inside one definition."""
    st.subheader("Every year as a table", anchor=False)
    labels = {one.key: one.label for one in found.series}
    rows = []
    for (at, key, period), there in found.points.groupby(["at", "series", "period"], sort=True):
        vintage = there.set_index("code").loc[list(codes)]
        status = status_words(zip([names[str(code)] for code in vintage.index], vintage["status"], strict=True))
        unsure = ", provisional" if vintage["provisional"].any() else ""
        values = vintage["value"].to_dict()
        rows.append({"at": at, "period": period, "series": labels[str(key)], "status": status + unsure, **values})
    kind = as_column(found.indicator).kind
    columns = {
        "period": Column("When", pinned=True),
        "series": Column("Definition (series)"),
        **{code: Column(names[code], kind) for code in codes},
        "status": Column("Status", help="published: printed by its source; census: counted; modelled: estimated"),
    }
    show_table(
        made_of_shown(pd.DataFrame(rows)),
        columns,
        key="trend-table",
        alt=f"{found.indicator.label} by year and by how it was counted",
        height="content",
    )
    if not found.comparable:
        return
    st.subheader("What changed, inside one definition", anchor=False)
    changes = found.changes()
    changes = changes[changes["code"].isin(codes)].assign(
        name=lambda rows: rows["code"].map(names),
        series=lambda rows: rows["series"].map(labels),
        between=lambda rows: rows["first_period"] + " to " + rows["last_period"],
        words=lambda rows: [_change_words(row, found.indicator) for _, row in rows.iterrows()],
    )
    show_table(
        made_of_shown(changes),
        {
            "name": Column("Where", pinned=True),
            "between": Column("Between"),
            "series": Column("Definition (series)"),
            "first": Column("First", kind),
            "last": Column("Last", kind),
            "words": Column("Change"),
        },
        key="trend-changes",
        alt=f"Change of {found.indicator.label} inside each definition",
        height="content",
    )


def _as_file(found: Trend) -> pd.DataFrame:
    """Return every area and vintage, rounded as shown."""
    decimals = {"count": 0, "rate": 4, "score": found.indicator.decimals}[found.indicator.kind]
    labels = {one.key: one.label for one in found.series}
    table = found.points.assign(value=found.points["value"].round(decimals), series=found.points["series"].map(labels))
    return table[["code", "name", "group", "series", "period", "value", "status", "provisional"]]
