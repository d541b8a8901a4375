"""Words for two plans on one map: who can reach a site under only one of them."""

from collections.abc import Mapping
from typing import Any

from geo.measures import measure_named
from wording.columns import Column
from wording.languages import english
from wording.numbers import capital, people


def difference_sentence(row: Mapping[str, Any], a: str, b: str, measure: str) -> str:
    """Say how many people only one plan reaches, and how many both reach.

    Parameters
    ----------
    row
        A row of :meth:`analysis.scenario.difference.Difference.shown`.
    a, b
        Names of the plans, as markdown shows them.
    measure
        Who is counted.
    """
    values = {name: people(row[name]) for name in ("only_a", "only_b", "both")}
    neither, who, say = capital(people(row["neither"])), measure_named(measure).counted, english().say
    if not row["only_a"] and not row["only_b"]:
        return say("difference.same", a=a, b=b, both=values["both"], neither=people(row["neither"]), who=who)
    return say("difference.sentence", a=a, b=b, neither=neither, who=who, **values)


def difference_key(a: str, b: str) -> tuple[str, str, str, str]:
    """Return the words of the legend: with neither, with both, only with one plan, only with the other."""
    say = english().say
    return (
        say("difference.neither"),
        say("difference.both"),
        say("difference.only", name=a),
        say("difference.only", name=b),
    )


def difference_columns(a: str, b: str) -> dict[str, Column]:
    """Return the columns of the table by ward, by name."""
    say = english().say
    return {
        "name": Column(say("difference.area"), pinned=True),
        "total": Column(say("difference.people"), "people"),
        "only_a": Column(capital(say("difference.only", name=a)), "people"),
        "only_b": Column(capital(say("difference.only", name=b)), "people"),
        "both": Column(say("difference.column_both"), "people"),
        "neither": Column(say("difference.column_neither"), "people"),
    }


def control_words() -> Mapping[str, str]:
    """Return the words of the controls, by name: ``against`` and ``two_maps``."""
    return {name: english().say(f"difference.{name}") for name in ("against", "two_maps")}


def difference_words(a: str, b: str) -> Mapping[str, str]:
    """Return the words of the panel, by name, such as ``key`` and ``table``."""
    say = english().say
    return {
        "key": say("difference.key"),
        "map": say("difference.map", a=a, b=b),
        "table": say("difference.table", a=a, b=b),
        "map_a": say("difference.map_of_one", name=a),
        "map_b": say("difference.map_of_one", name=b),
    }
