"""What the gaps amount to, in sentences: the head of the page."""

import math

import numpy as np

from analysis.gaps.report import GapReport
from analysis.shown import as_shown, plain_share
from geo.services import category_named
from ui.kit.cards import Card
from wording.gaps import HALF, listed, minutes, ordinal
from wording.numbers import people, percent
from wording.rounding import digits
from wording.sentences import how, number_word, with_article


def worst_ward(report: GapReport) -> str:
    """Code of the most isolated ward."""
    return str(report.isolation.areas.index[0])


def headline(report: GapReport) -> str:
    """Say which ward is the most cut off, by how much, how firm that is, and what makes it so."""
    areas, basket = report.isolation.areas, report.survey.basket
    code = worst_ward(report)
    row = areas.loc[[code]].iloc[0]
    n_wards = int(areas["rank"].notna().sum())
    text = (
        f"## {row['name']} is the most cut off of the {n_wards} wards. On average, **{digits(row['isolation'])}%** of "
        f"the services on our list are too far away for its {report.who}."
        f"\n\nIt could be {digits(row['low'])}% to {digits(row['high'])}%, by how fast people walk and what counts "
        "most."
    )
    service = worst_service(report, code)
    figures = report.services.loc[[(code, service)]].iloc[0]
    if math.isfinite(figures["gap_to_borough"]) and figures["gap_to_borough"] >= 1:
        modes = {mode.name: mode for mode in basket.modes}
        travelling = how(modes[basket.item(service).mode])
        text += (
            f" Half of them have {minutes(figures['median_min'])} or more to go to the nearest "
            f"{category_named(service).label}, {travelling}. That is {minutes(figures['gap_to_borough'])} more than "
            "across the borough."
        )
    said = balance(report)
    return f"{text}\n\n{said}" if said else text


def worst_service(report: GapReport, code: str) -> str:
    """Service of several places that adds most to the isolation of a ward, of those further than in the borough."""
    parts = report.isolation.parts.loc[[code]].iloc[0]
    further = report.services["gap_to_borough"].xs(code, level="code").reindex(parts.index) > 1
    many = np.array([len(places) > 1 for places in report.survey.sites])
    for chosen in (parts[further & many], parts[further], parts):
        if len(chosen):
            return str(chosen.idxmax())
    return str(parts.index[0])


def balance(report: GapReport) -> str:
    """Set the target wards against the others, and say how many of the worst five are no target wards.

    Nothing where there are no target wards, or no others.
    """
    areas = report.isolation.areas
    if "target" not in areas.index:
        return ""
    wards = areas[areas["rank"].notna()]
    counts = wards["group"].value_counts()
    target, rest = (float(areas["isolation"][key]) for key in ("target", "rest"))
    word = "as cut off as" if abs(target - rest) < 1 else "more cut off than" if target > rest else "less cut off than"
    six = number_word(int(counts.get("target", 0)))
    text = (
        f"Taken together, the {six} target wards are {word} the other {number_word(int(counts.get('rest', 0)))}: "
        f"{digits(target)}% against {digits(rest)}%."
    )
    others = [str(name) for name in wards.loc[wards["group"] == "rest", "name"] if name in set(wards["name"].head(5))]
    if others:
        verb = "is not a target ward" if len(others) == 1 else "are not target wards"
        text += f" Of the five most cut off, {listed(others)} {verb}."
    return text


def gap_cards(report: GapReport) -> list[Card]:
    """Make the headline figures: the worst ward, the groups, and the people for whom half is too far away."""
    areas = report.isolation.areas
    worst = areas.iloc[0]
    counts = areas.loc[areas["rank"].notna(), "group"].value_counts()

    def card(code: str, title: str, *, strong: bool = False) -> Card:
        row = areas.loc[[code]].iloc[0]
        band = f"of services too far away ({digits(row['low'])}% to {digits(row['high'])}%)"
        return Card(title, f"{digits(row['isolation'])}%", band, strong=strong)

    half, six = (as_shown(report.beyond_half.get(key, math.nan)) for key in ("borough", "target"))
    inside = "" if math.isnan(six) else f", {people(six)} of them in the target wards"
    groups = (
        [
            card("target", f"The {counts.get('target', 0)} target wards", strong=True),
            card("rest", f"The other {counts.get('rest', 0)} wards"),
        ]
        if "target" in areas.index
        else [card("borough", f"The whole of {report.survey.pack.name}", strong=True)]
    )
    return [
        card(str(areas.index[0]), f"{worst['name']}, most cut off", strong=True),
        *groups,
        Card("Half the services too far away", people(half), f"{report.who}{inside}", "modelled"),
    ]


def firmness(report: GapReport, code: str) -> str:
    """Say in how many of the other ways that were tried a ward keeps its rank."""
    row, draws = report.isolation.areas.loc[[code]].iloc[0], report.isolation.draws
    if math.isnan(row["rank"]) or not draws:
        return ""
    rank, keeps = ordinal(int(row["rank"])), float(row["keeps_rank"])
    times = "all of them" if keeps == 1 else "none of them" if keeps == 0 else f"{percent(plain_share(keeps))} of them"
    return (
        f"We tried {draws} other ways: people walk faster or slower, and other services count more. The ward is {rank} "
        f"in {times}."
    )


def kind_of(service: str) -> str:
    """Name a service, or what stands for the basket: "a GP practice", "half of the services"."""
    return HALF if service == "basket" else with_article(category_named(service).label)
