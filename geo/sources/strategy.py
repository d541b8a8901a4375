"""The figures that a strategy itself states, from a TOML file kept beside the open data.

Publisher: the programme; the file copies the figures as the strategy's document prints them. They are the
``strategy`` baseline: what the programme planned with, next to what the census counted.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geo.errors import SourceError
from geo.sources.checks import read_text

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Programme:
    """Something that is offered to families, and the outcomes it serves."""

    name: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class TargetFigures:
    """What the strategy states of its target wards together: people, births a year, and a share from 0 to 1."""

    population: float
    children_0_17: float
    children_0_3: float
    births_per_year: float
    births_next_decade: float
    children_in_poverty: float
    share_of_borough_children: float


@dataclass(frozen=True)
class Strategy:
    """A strategy's wards, aims and figures.

    Attributes
    ----------
    name, years
        The programme and its first and last year.
    target_wards, central_wards, eastern_wards
        Ward names; every central and eastern ward is a target ward.
    wards_in_borough
        How many wards the borough has.
    other_sites, age_focus, outcomes
        As the strategy words them.
    targets
        Figures of the target wards together.
    wards
        Figures of single target wards, by ward name and then by measure.
    borough, spend_per_year
        Figures by name; spending in pounds a year.
    programmes
        What is offered.
    """

    name: str
    years: tuple[int, int]
    target_wards: tuple[str, ...]
    central_wards: tuple[str, ...]
    eastern_wards: tuple[str, ...]
    wards_in_borough: int
    other_sites: tuple[str, ...]
    age_focus: str
    outcomes: tuple[str, ...]
    targets: TargetFigures
    wards: Mapping[str, Figures]
    borough: Figures
    spend_per_year: Figures
    programmes: tuple[Programme, ...]


@dataclass(frozen=True)
class _Table:
    """A table of the file that names itself when a key is missing or of the wrong kind."""

    file: str
    name: str
    values: Mapping[str, Any]

    def fault(self, key: str, reason: str) -> SourceError:
        return SourceError(f"{self.file}: key {f'{self.name}.{key}'.lstrip('.')} {reason}")

    def _get(self, key: str) -> Any:
        if key not in self.values:
            raise self.fault(key, "is missing")
        return self.values[key]

    def table(self, key: str) -> "_Table":
        value = self._get(key)
        if not isinstance(value, dict):
            raise self.fault(key, "is not a table")
        return _Table(self.file, f"{self.name}.{key}".lstrip("."), value)

    def tables(self, key: str) -> list["_Table"]:
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fault(key, "is not a list of tables")
        return [_Table(self.file, f"{key}[{place}]", item) for place, item in enumerate(value, start=1)]

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value:
            raise self.fault(key, f"is {value!r}, not a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise self.fault(key, f"is {value!r}, not a list of texts")
        return tuple(value)

    def figure(self, key: str) -> float:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise self.fault(key, f"is {value!r}, not a number of 0 or more")
        return float(value)

    def figures(self) -> Figures:
        return MappingProxyType({key: self.figure(key) for key in self.values})

    def years(self, key: str) -> tuple[int, int]:
        match self._get(key):
            case [int(first), int(last)] if first <= last:
                return first, last
            case value:
                raise self.fault(key, f"is {value!r}, not a first and a last year")

    def among(self, key: str, allowed: tuple[str, ...], what: str) -> tuple[str, ...]:
        chosen = self.texts(key)
        for name in chosen:
            if name not in allowed:
                raise self.fault(key, f"names {name!r}, which is not one of the {what}: {', '.join(allowed)}")
        return chosen


def read_strategy(path: Path) -> Strategy:
    """Read a strategy's figures.

    Parameters
    ----------
    path
        A TOML file with the tables ``programme``, ``six_wards`` (the target wards together), ``wards.<name>``,
        ``borough``, ``spend_per_year`` and ``programmes``.

    Returns
    -------
    Strategy

    Raises
    ------
    SourceError
        The file is missing or not TOML, or a key is missing, of the wrong kind, or names an unknown ward or
        outcome; the key is named in full.
    """
    try:
        root = _Table(path.name, "", tomllib.loads(read_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path.name}: not well-formed TOML: {error}") from None
    programme, six_wards, wards = root.table("programme"), root.table("six_wards"), root.table("wards")
    targets, outcomes = programme.texts("target_wards"), programme.texts("outcomes")
    for ward in wards.values:
        if ward not in targets:
            raise wards.fault(ward, f"is not one of the target wards: {', '.join(targets)}")
    share = six_wards.figure("share_of_borough_children")
    if share > 1:
        raise six_wards.fault("share_of_borough_children", f"is {share:g}, which is more than 1")
    return Strategy(
        name=programme.text("name"),
        years=programme.years("years"),
        target_wards=targets,
        central_wards=programme.among("central_wards", targets, "target wards"),
        eastern_wards=programme.among("eastern_wards", targets, "target wards"),
        wards_in_borough=int(programme.figure("wards_in_borough")),
        other_sites=programme.texts("other_sites"),
        age_focus=programme.text("age_focus"),
        outcomes=outcomes,
        targets=TargetFigures(**{name: six_wards.figure(name) for name in TargetFigures.__dataclass_fields__}),
        wards=MappingProxyType({ward: wards.table(ward).figures() for ward in wards.values}),
        borough=root.table("borough").figures(),
        spend_per_year=root.table("spend_per_year").figures(),
        programmes=tuple(
            Programme(item.text("name"), item.among("outcomes", outcomes, "outcomes"))
            for item in root.tables("programmes")
        ),
    )
