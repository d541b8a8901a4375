"""The top of the Gaps page: wards by services, target wards first."""

import math

import numpy as np
import pandas as pd

from analysis.gaps.report import GapReport, target_gaps_shown
from analysis.shown import as_shown
from drawing.legend import squares_legend
from geo.pack import AreaPack
from geo.services import category_named
from ui.gaps.maps import ISOLATION
from ui.kit.cards import Card
from ui.kit.heat_table import (
    KEYS,
    HeatCell,
    HeatColumn,
    HeatRow,
    gap_cell,
    minutes_cell,
    share_cell,
    show_heat_table,
)
from ui.kit.kept import kept
from ui.kit.legend import show_legend
from wording.gaps import headline
from wording.groups import all_wards, area_words
from wording.numbers import capital, people
from wording.rounding import digits, shortest, signed

_TITLES = {
    "median": "Minutes within which half of the {who} can get to the nearest",
    "share": "Share of {who} who can get to one within the limit",
    "gap": "How many more minutes half of the {who} have than across the {whole}",
}
_SHORT = {
    "health_clinic": "Health clinic",
    "nursery": "Nursery",
    "hospital": "Hospital",
    "rail_station": "Railway station",
    "playground": "Play-ground",
}


def figure_names(pack: AreaPack) -> dict[str, str]:
    """Name the figures that the table can show, by code."""
    gap = f"Minutes more than the {area_words(pack).whole}"
    return {"median": "Minutes", "share": "Share within the limit", "gap": gap}


def ward_heat(report: GapReport, figure: str) -> None:
    """Draw the table of wards by services with its key.

    Parameters
    ----------
    report
        The gaps.
    figure
        One of :func:`figure_names`.
    """
    basket, areas = report.survey.basket, report.isolation.areas
    columns = [HeatColumn("Services too far away"), HeatColumn(f"{capital(report.who)} cut off", "half is too far")]
    for item in basket:
        label = _SHORT.get(item.service, category_named(item.service).label)
        columns.append(HeatColumn(capital(label), f"≤ {shortest(item.threshold_min)} min"))
    wards = areas[areas["rank"].notna()].sort_values(["group", "isolation"], ascending=[False, False])
    rows = [
        HeatRow(str(row["name"]), _cells(report, str(code), figure), "strong" if row["group"] == "target" else "plain")
        for code, row in wards.iterrows()
    ]
    names = all_wards(report.survey.pack)
    rows += [
        HeatRow(name, _cells(report, code, figure), "total") for code, name in names.items() if code in areas.index
    ]
    if "target" in areas.index:
        rows.append(HeatRow("Target minus others", _difference(report, figure), "total"))
    title = _TITLES[figure].format(who=report.who, whole=area_words(report.survey.pack).whole)
    show_heat_table(f"{title}, by ward and service", "Ward", columns, rows, lead=True)
    show_legend(squares_legend([*KEYS[figure]], f"{title} …"))


def _cells(report: GapReport, code: str, figure: str) -> list[HeatCell]:
    value = float(report.isolation.areas["isolation"][code])
    colour = ISOLATION.colours[int(ISOLATION.index(np.array([value]))[0])]
    cells = [HeatCell(f"{digits(value)}%", colour), HeatCell(people(report.beyond_half[code]))]
    rows = report.services.xs(code, level="code")
    for item in report.survey.basket:
        if figure == "median":
            cells.append(minutes_cell(float(rows["median_min"][item.service]), item.threshold_min))
        elif figure == "share":
            cells.append(share_cell(rows["share_within"][item.service]))
        else:
            cells.append(gap_cell(float(rows["gap_to_borough"][item.service])))
    return cells


def _difference(report: GapReport, figure: str) -> list[HeatCell]:
    gaps: pd.DataFrame = target_gaps_shown(report)
    areas = report.isolation.areas["isolation"]
    cells = [HeatCell(_signed(float(areas["target"] - areas["rest"]))), HeatCell("")]
    column, scale = ("gap_share", 100.0) if figure == "share" else ("gap_min", 1.0)
    return cells + [HeatCell(_signed(float(gaps[column][name]) * scale)) for name in report.survey.basket.services]


def _signed(value: float) -> str:
    return signed(value)


gap_headline = kept(most=16)(headline)
"""The headline of the gaps, written once for all visitors; see :func:`wording.gaps.headline`."""


def gap_cards(report: GapReport) -> list[Card]:
    """Make the headline figures: the most isolated ward, the groups, and people beyond half of the basket."""
    areas = report.isolation.areas
    worst = areas.iloc[0]
    counts = areas.loc[areas["rank"].notna(), "group"].value_counts()

    def card(code: str, title: str, *, strong: bool = False) -> Card:
        row = areas.loc[[code]].iloc[0]
        band = f"of services too far away ({digits(row['low'])}% to {digits(row['high'])}%)"
        return Card(title, f"{digits(row['isolation'])}%", band, strong=strong)

    half, six = (as_shown(report.beyond_half.get(key, math.nan)) for key in ("borough", "target"))
    words = area_words(report.survey.pack)
    inside = "" if math.isnan(six) else f", {people(six)} of them in the {words.targets}"
    groups = (
        [
            card("target", f"The {counts.get('target', 0)} {words.targets}", strong=True),
            card("rest", f"The other {counts.get('rest', 0)} {words.wards}"),
        ]
        if "target" in areas.index
        else [card("borough", f"The whole of {report.survey.pack.name}", strong=True)]
    )
    return [
        card(str(areas.index[0]), f"{worst['name']}, most cut off", strong=True),
        *groups,
        Card("Half the services too far away", people(half), f"{report.who}{inside}", "modelled"),
    ]
