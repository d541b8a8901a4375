"""The groups of ``python -m benchmarks``: a new one is a module with ``TITLE`` and ``run``, and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks import click, gaps, load, matrix, nearest, opening, placement, scenario, snapping, store, transit
from benchmarks.setting import Outcome, Setting
from geo.errors import UnknownNameError


@dataclass(frozen=True)
class Group:
    """A heading and its benchmark."""

    title: str
    run: Callable[[Setting], Outcome]


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "opening": Group(opening.TITLE, opening.run),
        "snapping": Group(snapping.TITLE, snapping.run),
        "nearest": Group(nearest.TITLE, nearest.run),
        "matrix": Group(matrix.TITLE, matrix.run),
        "transit": Group(transit.TITLE, transit.run),
        "gaps": Group(gaps.TITLE, gaps.run),
        "scenario": Group(scenario.TITLE, scenario.run),
        "placement": Group(placement.TITLE, placement.run),
        "store": Group(store.TITLE, store.run),
        "click": Group(click.TITLE, click.run),
        "load": Group(load.TITLE, load.run),
    }
)


def group_named(name: str) -> Group:
    """Return the group of that name; `UnknownNameError` lists the valid ones."""
    try:
        return GROUPS[name]
    except KeyError:
        raise UnknownNameError("benchmark group", name, list(GROUPS)) from None
