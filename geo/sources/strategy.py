"""The figures that a strategy itself states, from a TOML file kept beside the open data.

Publisher: the programme; the file copies the figures as the strategy's document prints them. They are the
``strategy`` baseline: what the programme planned with, next to what the census counted.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from geo.errors import InputError, SourceError
from geo.sources.checks import read_text
from geo.values import made_of

Figure = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Figures = Mapping[str, Figure]
_Name = Annotated[str, Field(min_length=1)]
_Names = Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Programme:
    """Something that is offered to families, and the outcomes it serves."""

    name: _Name
    outcomes: _Names


@dataclass(frozen=True)
class TargetFigures:
    """What the strategy states of its target wards together: people, births a year, and a share from 0 to 1."""

    population: Figure
    children_0_17: Figure
    children_0_3: Figure
    births_per_year: Figure
    births_next_decade: Figure
    children_in_poverty: Figure
    share_of_borough_children: Annotated[Figure, Field(le=1)]


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
class _Programme:
    """The table ``programme`` of the file."""

    name: _Name
    years: tuple[int, int]
    target_wards: _Names
    central_wards: _Names
    eastern_wards: _Names
    wards_in_borough: Annotated[int, Field(ge=0)]
    other_sites: _Names
    age_focus: _Name
    outcomes: _Names

    def __post_init__(self) -> None:
        if self.years[0] > self.years[1]:
            raise InputError(f"years are {list(self.years)}, not a first and a last year")
        for key in ("central_wards", "eastern_wards"):
            _check_among(key, getattr(self, key), self.target_wards, "target wards")


@dataclass(frozen=True)
class _File:
    """The whole file; see :class:`Strategy`."""

    programme: _Programme
    six_wards: TargetFigures
    wards: Mapping[str, Figures]
    borough: Figures
    spend_per_year: Figures
    programmes: tuple[Programme, ...]

    def __post_init__(self) -> None:
        _check_among("wards", self.wards, self.programme.target_wards, "target wards")
        for at, one in enumerate(self.programmes, start=1):
            _check_among(f"outcomes of programmes {at} ({one.name})", one.outcomes, self.programme.outcomes, "outcomes")


def _check_among(key: str, names: Iterable[str], allowed: tuple[str, ...], what: str) -> None:
    for name in names:
        if name not in allowed:
            raise InputError(f"{key} names {name!r}, which is not one of the {what}: {', '.join(allowed)}")


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
        The file is missing or not TOML, or a key is missing, one too many, of the wrong kind, or names an unknown ward
        or outcome; says where.
    """
    text = read_text(path)
    try:
        file = made_of(_File, tomllib.loads(text), path.name)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path.name}: not well-formed TOML: {error}") from None
    except InputError as error:
        raise SourceError(str(error)) from error
    programme = file.programme
    return Strategy(
        name=programme.name,
        years=programme.years,
        target_wards=programme.target_wards,
        central_wards=programme.central_wards,
        eastern_wards=programme.eastern_wards,
        wards_in_borough=programme.wards_in_borough,
        other_sites=programme.other_sites,
        age_focus=programme.age_focus,
        outcomes=programme.outcomes,
        targets=file.six_wards,
        wards=MappingProxyType({ward: MappingProxyType(dict(figures)) for ward, figures in file.wards.items()}),
        borough=MappingProxyType(dict(file.borough)),
        spend_per_year=MappingProxyType(dict(file.spend_per_year)),
        programmes=file.programmes,
    )
