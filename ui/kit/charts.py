"""Charts: bars by ward, and the share reached by minutes; drawn by the installed Vega, with nothing from the internet.

Target wards are marked by a striped edge (a darker bar with a mark in its label) as well as by colour, and lines
by dashes as well as by colour.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.shown import ShownFrame, made_of_shown
from drawing.palette import INK, REST_COLOUR, TARGET_COLOUR
from ui.kit import resources
from ui.kit.kept import kept
from ui.kit.pictures import picture_button, picture_of_chart
from ui.kit.view import on_phone
from wording.groups import AreaWords
from wording.numbers import capital, percent
from wording.rounding import shortest

_FIGURE = 0.11  # width of a figure, as a share of the longest bar
_LETTERS, _PHONE_LETTERS = 72, 42  # of a title in one line
_REST_BAR = "#8FA3B5"
AXIS: dict[str, Any] = {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13}
"""Text style of the axes of every chart."""


def ward_bars(
    frame: pd.DataFrame,
    value: str,
    *,
    title: str,
    axis_title: str,
    fmt: str = ",.0f",
    words: AreaWords,
    marker: float | None = None,
) -> alt.LayerChart:
    """Return bars by ward, longest first; target wards are dark and marked ``▶`` before their names.

    Parameters
    ----------
    frame
        Columns ``name``, ``target`` (bool) and the `value` column.
    value
        Column to draw.
    title
        What the chart shows, in a sentence.
    axis_title
        Unit and measure.
    fmt
        d3 format of the figures.
    words
        What the area calls its wards, and the whole of it.
    marker
        Where to draw a reference line: the figure of the whole area.
    """
    data = pd.DataFrame(
        {
            "ward": ["▶ " + n if t else n for n, t in zip(frame["name"], frame["target"], strict=True)],
            "value": frame[value].astype(float).to_numpy(),
            "group": [words.target if t else words.other for t in frame["target"]],
        }
    ).sort_values("value", ascending=False, kind="stable")
    order = data["ward"].tolist()
    base = alt.Chart(data).encode(
        y=alt.Y("ward:N", sort=order, title=None, axis=alt.Axis(labelLimit=170, **AXIS)),
        x=alt.X("value:Q", title=axis_title, axis=alt.Axis(format=fmt, tickCount=5, grid=True, **AXIS)),
    )
    bars = base.mark_bar(height={"band": 0.72}).encode(
        color=alt.Color(
            "group:N",
            scale=alt.Scale(domain=[words.target, words.other], range=[TARGET_COLOUR, _REST_BAR]),
            legend=alt.Legend(orient="top", title=None, labelFontSize=13, labelColor=INK)
            if frame["target"].any()
            else None,
        ),
        tooltip=[
            alt.Tooltip("ward:N", title=capital(words.ward)),
            alt.Tooltip("value:Q", title=axis_title, format=fmt),
        ],
        description=alt.Description("ward:N"),
    )
    # A figure that the line would strike through stands behind the line.
    short_of = (0.0 if marker is None else marker) - data["value"]
    struck = (short_of > 0) & (short_of <= _FIGURE * data["value"].max())
    data["end"] = data["value"].mask(struck & (marker is not None), marker)
    figures = base.mark_text(align="left", dx=4, fontSize=12, color=INK).encode(
        x="end:Q", text=alt.Text("value:Q", format=fmt)
    )
    layers: list[Any] = [bars, figures]
    if marker is not None:
        line = pd.DataFrame({"at": [float(marker)], "label": [words.whole]})
        rule = alt.Chart(line).mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5)
        layers.append(rule.encode(x="at:Q", tooltip=[alt.Tooltip("label:N", title="Line")]))
        name = alt.Chart(line).mark_text(align="left", baseline="bottom", dx=4, dy=-1, fontSize=12, color=INK)
        layers.append(name.encode(x="at:Q", y=alt.value(alt.ExprRef("height")), text="label:N"))
    return alt.layer(*layers).properties(title=title, height=alt.Step(24))


def share_curve(
    frame: pd.DataFrame,
    *,
    title: str,
    names: Mapping[str, str],
    threshold_min: float | None = None,
) -> alt.LayerChart:
    """Return the share reached by minutes (cumulative opportunities) for target wards and rest, with named lines.

    Parameters
    ----------
    frame
        Columns ``minutes``, ``group`` (``target``, ``rest``, ``borough``: any of them) and ``share`` (0 to 1).
    title
        What the chart shows, in a sentence.
    names
        Name of each group, such as :func:`wording.groups.group_words` of the area.
    threshold_min
        Where to mark the threshold.
    """
    data = frame[["minutes", "group", "share"]].assign(group=frame["group"].map(lambda group: names.get(group, group)))
    present = [name for name in names.values() if name in set(data["group"])]
    colours = [TARGET_COLOUR, REST_COLOUR, INK][: len(present)]
    dashes = [[1, 0], [7, 4], [2, 3]][: len(present)]
    base = alt.Chart(data).encode(
        x=alt.X("minutes:Q", title="minutes", axis=alt.Axis(tickMinStep=5, **AXIS)),
        y=alt.Y(
            "share:Q",
            title="share who can reach one",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", **AXIS),
        ),
    )
    lines = base.mark_line(strokeWidth=3).encode(
        color=alt.Color("group:N", scale=alt.Scale(domain=present, range=colours), legend=_line_legend()),
        strokeDash=alt.StrokeDash("group:N", scale=alt.Scale(domain=present, range=dashes), legend=_line_legend()),
        tooltip=[
            alt.Tooltip("group:N", title="Where"),
            alt.Tooltip("minutes:Q", title="Within minutes"),
            alt.Tooltip("share:Q", title="Can reach", format=".0%"),
        ],
    )
    layers: list[Any] = [lines]
    if threshold_min is not None:
        mark = pd.DataFrame({"at": [float(threshold_min)], "label": [f"{shortest(threshold_min)} minutes"]})
        at = alt.Chart(mark).encode(x="at:Q")
        layers += [
            at.mark_rule(color=INK, strokeDash=[4, 3]),
            at.mark_text(align="left", dx=5, baseline="top", color=INK, fontSize=13).encode(
                y=alt.value(4), text="label:N"
            ),
        ]
    return alt.layer(*layers).properties(title=title, height=380)


def _line_legend() -> alt.Legend:
    return alt.Legend(
        orient="top", title=None, labelFontSize=13, labelColor=INK, symbolSize=400, symbolStrokeWidth=3, labelLimit=220
    )


def show_chart(
    chart: "alt.LayerChart | partial[alt.LayerChart]",
    *,
    key: str,
    alt_text: str,
    credit: str | None = None,
    alone: str | None = None,
) -> None:
    """Draw a chart with a text alternative, and the button that saves it as a picture.

    A screen reader reads `alt_text` instead of the chart. The picture bears `credit`; without it that of the area.
    Its title is `alone`, where the chart's own needs what the page says above it.

    A chart that is given as the call that makes it (``partial``) is made once for all visitors with the same question.
    """
    text = _made(chart) if isinstance(chart, partial) else _written(chart)
    spec = json.loads(text)
    given = spec.get("title", "")
    title = given["text"] if isinstance(given, dict) else given
    lines = wrap(title, _PHONE_LETTERS if on_phone() else _LETTERS)
    if len(lines) > 1:  # in one line, its end would be cut off
        spec["title"] = lines
    spec.pop("config", None)  # the size of a chart that has no page around it
    # The menu entry "open in the editor" would link to another host.
    st.vega_lite_chart(spec=spec | {"usermeta": {"embedOptions": {"actions": False}}}, key=key, alt=alt_text)
    source = resources.credit_shown() if credit is None else credit
    titled = {} if alone is None else {"title": alone}
    picture_button(lambda: picture_of_chart(json.loads(text) | titled, source), title=title, key=key)


@kept(most=256)
def _made(chart: "partial[alt.LayerChart]") -> str:
    return _written(chart())


def _written(chart: alt.LayerChart) -> str:
    """Write a chart as JSON; that it is valid is for the tests: to check it takes as long as to make it."""
    return json.dumps(chart.to_dict(validate=False))


CURVE_MIN = (5, 10, 15, 20, 30, 45, 60)
"""Thresholds in minutes at which the text and the table of a curve give its figures."""


def curve_words(curve: pd.DataFrame, names: Mapping[str, str], *, by: str = "group") -> str:
    """Return the figures of a curve in words: ``"Six target wards: within 5 minutes 12%, within 10 minutes 41%"``.

    Parameters
    ----------
    curve
        Columns `by`, ``minutes`` and ``share`` (0 to 1).
    names
        The lines to include, in order: the value of `by`, and its name.
    """
    told = curve[curve["minutes"].isin(CURVE_MIN)]
    lines = []
    for line, name in names.items():
        rows = told[told[by] == line]
        figures = [
            (f"within {shortest(at)} minutes", percent(share))
            for at, share in zip(rows["minutes"], rows["share"], strict=True)
        ]
        lines.append(f"{capital(name)}: {sentence(figures)}")
    return "; ".join(lines)


def curve_table(curve: pd.DataFrame, names: Mapping[str, str], *, by: str = "group") -> ShownFrame:
    """Return a shown curve as a table, one row for each of `CURVE_MIN`; parameters as of `curve_words`."""
    wide = curve[curve["minutes"].isin(CURVE_MIN)].pivot_table(
        index="minutes", columns=by, values="share", dropna=False
    )
    return made_of_shown(wide.reindex(columns=list(names)).reset_index())


def sentence(rows: Sequence[tuple[str, str]]) -> str:
    """Return ``"North 41%, South 66%"`` from names and figures, for the text of a chart."""
    return ", ".join(f"{name} {figure}" for name, figure in rows)
