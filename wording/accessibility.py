"""What automatic checks and people still find wrong with the pages, from ``data/accessibility.toml``."""

from dataclasses import dataclass
from pathlib import Path

from geo.values import made_of, read_toml
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
