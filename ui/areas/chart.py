"""The chart of several areas: the share within reach of each kind of service, a dot an area."""

import altair as alt
import pandas as pd

from analysis.areas.side_by_side import SideBySide
from analysis.shown import plain_share
from drawing.palette import CATEGORICAL, INK
from ui.kit.charts import AXIS, sentence
from wording.areas import chart_title, page_words, short_title
from wording.numbers import capital, percent

_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
MOST = len(_SHAPES)
"""More areas could not be told apart by shape as well as by colour."""


def shares_of(found: SideBySide) -> pd.DataFrame:
    """Return what the chart draws: ``service``, ``area`` (names) and ``share``, for every figure that there is."""
    rows = found.rows[(found.rows["part"] == "reach") & (found.rows["why"] == "")]
    return pd.DataFrame(
        {
            "service": [capital(str(label)) for label in rows["label"]],
            "area": [found.names[area] for area in rows["area"]],
            "share": rows["value"].to_numpy(float),
        }
    )


def dot_plot(found: SideBySide) -> alt.LayerChart:
    """Return the share within the threshold of each kind of service, with a dot for each area."""
    rows, names = shares_of(found), list(found.names.values())
    order = list(dict.fromkeys(rows["service"]))
    y = alt.Y(
        "service:N", sort=order, title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False, grid=False, **AXIS)
    )
    axis = alt.Axis(format="%", tickCount=5, **AXIS)
    x = alt.X("share:Q", title=page_words()["axis"], scale=alt.Scale(domain=[0, 1]), axis=axis)
    legend = alt.Legend(
        orient="top", title=None, labelFontSize=13, labelColor=INK, symbolSize=120, labelLimit=220, columns=3
    )
    ends = rows.groupby("service", as_index=False, sort=False)["share"].agg(["min", "max"])
    lines = (
        alt.Chart(ends).mark_rule(color="#8FA3B5", strokeWidth=3).encode(y=y, x=alt.X("min:Q", axis=axis), x2="max:Q")
    )
    dots = (
        alt.Chart(rows)
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            y=y,
            x=x,
            color=alt.Color(
                "area:N", scale=alt.Scale(domain=names, range=list(CATEGORICAL[: len(names)])), legend=legend
            ),
            shape=alt.Shape("area:N", scale=alt.Scale(domain=names, range=list(_SHAPES[: len(names)])), legend=legend),
            tooltip=[
                alt.Tooltip("area:N", title=page_words()["which"]),
                alt.Tooltip("service:N", title=page_words()["figure"]),
                alt.Tooltip("share:Q", title=page_words()["axis"], format=".0%"),
            ],
        )
    )
    return alt.layer(lines, dots).properties(title=short_title(found), height=alt.Step(20))


def chart_words(found: SideBySide) -> str:
    """Return the chart in words, service by service."""
    told = []
    for service, rows in shares_of(found).groupby("service", sort=False):
        shares = zip(rows["area"], rows["share"], strict=True)
        told.append(f"{service}: {sentence([(area, percent(plain_share(share))) for area, share in shares])}")
    return f"{chart_title(found)}. {'; '.join(told)}"
