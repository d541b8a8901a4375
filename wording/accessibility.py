"""The accessibility statement, and what is still found wrong with the pages, from ``data/accessibility.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geo.values import made_of, read_toml
from wording.dates import date_words
from wording.languages import english

FINDINGS = Path(__file__).resolve().parent.parent / "data" / "accessibility.toml"


@dataclass(frozen=True)
class Finding:
    """One thing that is known to be wrong.

    Attributes
    ----------
    rule
        Id of the rule in axe-core, or how else it was found.
    where
        What it is about, as people call it.
    wcag
        The success criterion that it misses, with its number and level.
    belongs
        Whose part it is.
    problem, instead
        What is wrong, and what one can do instead.
    selector
        The only place on a page where the checks allow it (CSS); empty where they allow it nowhere.
    """

    rule: str
    where: str
    wcag: str
    belongs: str
    problem: str
    instead: str
    selector: str = ""


@dataclass(frozen=True)
class _File:
    """What the file holds."""

    finding: tuple[Finding, ...] = ()


def read_findings(path: Path = FINDINGS) -> tuple[Finding, ...]:
    """Read what is known to be wrong, in the order of the file.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a key, has one too many, or a value is no text; says where.
    """
    return made_of(_File, read_toml(path, english().say("accessibility.list")), path.name).finding


def statement() -> Mapping[str, str]:
    """Return the parts of the statement in markdown, by name."""
    return english().named("accessibility.statement")


def finding_columns() -> Mapping[str, str]:
    """Return the titles of what is told of a finding, by the name of its attribute, in order."""
    return english().named("accessibility.columns")


def preparation(day: date) -> str:
    """Tell in markdown when and how the statement was prepared."""
    return english().say("accessibility.preparation", day=date_words(day))


def no_contact(command: str) -> str:
    """Tell that no address to write to is set, and by which command it can be."""
    return english().say("accessibility.no_contact", command=command)
