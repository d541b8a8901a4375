"""Words on which area is on screen, and on areas side by side."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.areas.definitions import Fact
from analysis.areas.side_by_side import ABSENT, SideBySide
from analysis.shown import as_shown, plain_share
from geo.measures import measure_named
from geo.particulars import Baseline
from geo.services import category_named, with_article
from wording.languages import english
from wording.numbers import capital, listed, minutes, people, percent
from wording.rounding import digits, shortest
from wording.scenario import travelling


def switch_words() -> Mapping[str, str]:
    """Return the words of the control that shows another area, by name, such as ``"label"``."""
    return english().named("areas.switch")


def no_such_area(name: str) -> str:
    """Say that a link asks for an area that is not there."""
    return english().say("areas.unknown", name=name)


def page_words() -> Mapping[str, str]:
    """Return the words of the page of areas side by side by name, such as ``"title"``."""
    return english().named("areas.page")


def one_area(area: str) -> str:
    """Say that there is one area alone, and how another is made."""
    return english().say("areas.page.one", area=area)


def chart_title(found: SideBySide) -> str:
    """Say what the chart of several areas shows."""
    return english().say("areas.page.chart", **_asked(found))


def short_title(found: SideBySide) -> str:
    """Say what the chart of several areas shows, below the sentence that says how families travel."""
    return english().say("areas.page.chart_short", **_asked(found))


def part_words(found: SideBySide, part: str) -> str:
    """Name one of :data:`analysis.areas.side_by_side.PARTS` of a comparison."""
    return english().say(f"areas.parts.{part}", **_asked(found))


def answer_words(found: SideBySide) -> str:
    """Say how the areas compare in the first kind of service of which two of them have a list."""
    rows = found.rows[(found.rows["part"] == "reach") & (found.rows["why"] == "")]
    known = rows[rows.groupby("name")["area"].transform("size") > 1]
    if known.empty:
        return english().say("areas.answer.none")
    first = known[known["name"] == known["name"].iloc[0]]
    figures = [
        english().say("areas.answer.share", share=f"**{share}**", area=found.names[area])
        for area, share in cell_words(first).items()
    ]
    service = with_article(category_named(first["name"].iloc[0]).label)
    return english().say("areas.answer.shares", figures=listed(figures), service=service, **_asked(found))


def row_words(figures: pd.DataFrame) -> str:
    """Name a figure, with the counts that it is of where these are the same for every area: some of its rows."""
    counts = set(figures["counts"]) - {""}
    label = capital(str(figures["label"].iloc[0]))
    return f"{label} ({counts.pop()})" if len(counts) == 1 else label


def cell_words(figures: pd.DataFrame) -> dict[str, str]:
    """Write a figure of each area, by its code, or why there is none: some rows of a comparison."""
    return {row["area"]: _cell(row["value"], row["unit"], row["why"]) for row in figures.to_dict("records")}


def _cell(value: float, unit: str, why: str) -> str:
    if why:
        return english().say("areas.cells.absent" if why == ABSENT else "areas.cells.other")
    if unit == "people":
        return people(as_shown(value))
    if unit == "percent":
        return percent(plain_share(value))
    if unit == "minutes":
        return minutes(value)
    return digits(value, 0 if unit == "places" else 1)


def fact_words(fact: Fact) -> str:
    """Name what is told of the sources of several areas."""
    if fact.service:
        return english().say("areas.facts.service", services=capital(category_named(fact.service).plural))
    return english().say(f"areas.facts.{fact.what}")


def source_words(fact: Fact, area: str) -> str:
    """Write what a fact is for one of the areas, by its code."""
    value: Any = fact.values[area]
    say = english().say
    if value is None:
        return say("areas.cells.absent")
    if isinstance(value, Baseline):
        return value.label
    if fact.what == "nesting":
        return capital(listed([_nesting(areas, outside) for areas, outside in value]))
    if fact.what == "homes":
        return say(f"areas.homes.{value}")
    if fact.what == "around":
        return say("areas.facts.listed" if value else "areas.facts.not_listed")
    return ", ".join(value) if fact.what == "service" else str(value)


def notes_on_figures(found: SideBySide) -> str:
    """Say what goes for all figures of a comparison."""
    notes = english().named("areas.notes")
    edge = next((fact for fact in found.facts if fact.what == "around"), None)
    told = edge is not None and False in edge.values.values()
    return f"{notes['figures']} {notes['edge']}" if told else notes["figures"]


def _nesting(areas: str, outside: float | None) -> str:
    if outside is None:
        return english().say("areas.facts.exact", areas=areas)
    return english().say("areas.facts.best_fit", areas=areas, share=percent(plain_share(outside), decimals=1))


def _asked(found: SideBySide) -> dict[str, str]:
    """Return what a sentence says of the question: who, within how many minutes, and how they travel."""
    return {
        "who": measure_named(found.measure).counted,
        "within": shortest(found.within_min),
        "way": travelling(found.mode),
    }
