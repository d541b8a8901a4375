"""Charts of the gaps: parts of a gap, sensitivity bands, curves, then and now, and reach by fifth of deprivation."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from drawing.palette import INK, REST_COLOUR, TARGET_COLOUR
from ui.kit.charts import AXIS
from wording.groups import AreaWords
from wording.rounding import signed

_LEGEND: dict[str, Any] = {"orient": "top", "title": None, "labelFontSize": 13, "labelColor": INK, "labelLimit": 240}
_NAMES = alt.Axis(labelLimit=170, labelOverlap=False, **AXIS)
PARTS = {
    "distance_min": ("none closer", "#12436D"),
    "detour_min": ("the way goes round", "#F46A25"),
    "speed_min": ("slower streets, or buses that help less", "#3D3D3D"),
}
"""The parts of a gap: words and colour of each."""


def parts_chart(parts: pd.DataFrame, *, title: str, whole: str) -> alt.LayerChart:
    """Return bars of the minutes more (or less) than the borough, split into distance, detour and speed.

    Parameters
    ----------
    parts
        Columns ``label, distance_min, detour_min, speed_min, gap``; one row a service, in order. Rows without a finite
        gap are left out.
    title
        What the chart shows.
    whole
        What the whole area is called.
    """
    rows = parts[np.isfinite(parts["gap"])]
    used = [key for key in PARTS if (rows[key].abs() >= 0.05).any()] or ["distance_min"]
    long = rows.melt(id_vars=["label"], value_vars=used, var_name="part", value_name="minutes")
    long["part"] = long["part"].map({key: words for key, (words, _) in PARTS.items()})
    order = rows["label"].tolist()
    y = alt.Y("label:N", sort=order, title=None, axis=_NAMES)
    bars = (
        alt.Chart(long)
        .mark_bar(height={"band": 0.7})
        .encode(
            y=y,
            x=alt.X("minutes:Q", title=f"minutes more than the {whole}", axis=alt.Axis(tickCount=5, **AXIS)),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=[PARTS[key][0] for key in used], range=[PARTS[key][1] for key in used]),
                legend=alt.Legend(**_LEGEND),
            ),
            tooltip=[
                alt.Tooltip("label:N", title="Service"),
                alt.Tooltip("part:N", title="Because"),
                alt.Tooltip("minutes:Q", title="Minutes", format="+.1f"),
            ],
        )
    )
    ends = rows.assign(at=rows[used].clip(lower=0).sum(axis=1), words=[signed(gap) for gap in rows["gap"]])
    figures = (
        alt.Chart(ends)
        .mark_text(align="left", dx=4, fontSize=12, color=INK)
        .encode(y=y, x=alt.X("at:Q"), text=alt.Text("words:N"))
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=INK).encode(x="at:Q")
    return alt.layer(bars, figures, zero).properties(title=title, height=alt.Step(21))


def band_chart(bands: pd.DataFrame, *, title: str, words: AreaWords) -> alt.LayerChart:
    """Return the share of each ward with its band over our choices.

    Parameters
    ----------
    bands
        Columns ``name, share, low, high, target`` (bool); one row a ward or group, in order.
    title
        What the chart shows.
    words
        What the area calls its wards.
    """
    rows = bands.assign(
        name=np.where(bands["target"], "▶ " + bands["name"].astype(str), bands["name"].astype(str)),
        group=np.where(bands["target"], words.target, words.other),
    )
    y = alt.Y("name:N", sort=rows["name"].tolist(), title=None, axis=_NAMES)
    axis = alt.Axis(format="%", tickCount=5, **AXIS)
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=[words.target, words.other], range=[TARGET_COLOUR, "#6F777B"]),
        legend=alt.Legend(**_LEGEND) if bands["target"].any() else None,
    )
    tips = [
        alt.Tooltip("name:N", title="Ward"),
        alt.Tooltip("share:Q", title="Share", format=".0%"),
        alt.Tooltip("low:Q", title="At least", format=".0%"),
        alt.Tooltip("high:Q", title="At most", format=".0%"),
    ]
    base = alt.Chart(rows).encode(y=y, color=colour, tooltip=tips)
    lines = base.mark_rule(strokeWidth=6, opacity=0.45).encode(
        x=alt.X("low:Q", title="share who can reach one", scale=alt.Scale(domain=[0, 1]), axis=axis), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x="share:Q")
    return alt.layer(lines, points).properties(title=title, height=alt.Step(21))


def curve_chart(curve: pd.DataFrame, *, title: str, threshold_min: float) -> alt.LayerChart:
    """Return the share within each number of minutes, with the band from walking speed.

    Parameters
    ----------
    curve
        Columns ``where, minutes, share, low, high``; at most three values of ``where``.
    title
        What the chart shows.
    threshold_min
        Where to mark the threshold.
    """
    names = list(dict.fromkeys(curve["where"]))
    scale = alt.Scale(domain=names, range=[TARGET_COLOUR, REST_COLOUR, "#801650"][: len(names)])
    legend = alt.Legend(**_LEGEND, symbolType="stroke", symbolSize=400, symbolStrokeWidth=3)
    base = alt.Chart(curve).encode(
        x=alt.X("minutes:Q", title="minutes", axis=alt.Axis(tickMinStep=5, **AXIS)),
        color=alt.Color("where:N", scale=scale, legend=legend),
    )
    share = alt.Y("share:Q", title="share who can reach one", scale=alt.Scale(domain=[0, 1]))
    bands = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", axis=alt.Axis(format="%", title="share who can reach one", **AXIS)), y2="high:Q"
    )
    dashes = alt.Scale(domain=names, range=[[1, 0], [7, 4], [2, 3]][: len(names)])
    lines = base.mark_line(strokeWidth=3).encode(
        y=share,
        strokeDash=alt.StrokeDash("where:N", scale=dashes, legend=legend),
        tooltip=[
            alt.Tooltip("where:N", title="Where"),
            alt.Tooltip("minutes:Q", title="Within minutes"),
            alt.Tooltip("share:Q", title="Can reach", format=".0%"),
            alt.Tooltip("low:Q", title="Walking slowly", format=".0%"),
            alt.Tooltip("high:Q", title="Walking fast", format=".0%"),
        ],
    )
    mark = pd.DataFrame({"at": [float(threshold_min)]})
    rule = alt.Chart(mark).mark_rule(color=INK, strokeDash=[4, 3]).encode(x="at:Q")
    return alt.layer(bands, lines, rule).properties(title=title, height=340)


def change_chart(change: pd.DataFrame, *, title: str, before: str, now: str) -> alt.LayerChart:
    """Return minutes then and now as two dots on a line for each ward.

    Parameters
    ----------
    change
        Columns ``name, before_min, now_min``, in order.
    title
        What the chart shows.
    before, now
        Names of the two dates.
    """
    rows = change[np.isfinite(change["before_min"]) & np.isfinite(change["now_min"])]
    y = alt.Y("name:N", sort=rows["name"].tolist(), title=None, axis=_NAMES)
    x_axis = alt.Axis(tickCount=6, **AXIS)
    rules = (
        alt.Chart(rows)
        .mark_rule(color="#505A5F", strokeWidth=2)
        .encode(
            y=y,
            x=alt.X("before_min:Q", title="minutes within which half of the children live", axis=x_axis),
            x2="now_min:Q",
        )
    )
    long = rows.melt(id_vars=["name"], value_vars=["before_min", "now_min"], var_name="when", value_name="minutes")
    long["when"] = long["when"].map({"before_min": before, "now_min": now})
    dots = (
        alt.Chart(long)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            y=y,
            x="minutes:Q",
            color=alt.Color(
                "when:N",
                scale=alt.Scale(domain=[before, now], range=["#6BACE6", "#801650"]),
                legend=alt.Legend(**_LEGEND),
            ),
            shape=alt.Shape(
                "when:N",
                scale=alt.Scale(domain=[before, now], range=["circle", "diamond"]),
                legend=alt.Legend(**_LEGEND),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Ward"),
                alt.Tooltip("when:N", title="When"),
                alt.Tooltip("minutes:Q", title="Minutes", format=".0f"),
            ],
        )
    )
    return alt.layer(rules, dots).properties(title=title, height=alt.Step(22))


def fifths_chart(by_fifth: pd.DataFrame, *, title: str) -> alt.LayerChart:
    """Return the share of each fifth of deprivation that can reach one.

    Parameters
    ----------
    by_fifth
        Index ``fifth`` (1 is the most deprived); column ``share_within``.
    title
        What the chart shows.
    """
    ends = {1: "1 most deprived", 5: "5 least deprived"}
    rows = pd.DataFrame(
        {"fifth": [ends.get(int(at), str(at)) for at in by_fifth.index], "share": by_fifth["share_within"].to_numpy()}
    ).dropna()
    base = alt.Chart(rows).encode(
        x=alt.X(
            "fifth:N", sort=rows["fifth"].tolist(), title="fifth of the children", axis=alt.Axis(labelAngle=0, **AXIS)
        ),
        y=alt.Y(
            "share:Q",
            title="share who can reach one",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", **AXIS),
        ),
        tooltip=[alt.Tooltip("fifth:N", title="Fifth"), alt.Tooltip("share:Q", title="Can reach", format=".0%")],
    )
    bars = base.mark_bar(color=TARGET_COLOUR)
    figures = base.mark_text(dy=-7, fontSize=13, color=INK).encode(text=alt.Text("share:Q", format=".0%"))
    return alt.layer(bars, figures).properties(title=title, height=300)
