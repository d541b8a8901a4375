"""The sentence that matters, written from the figures."""

from analysis.reach.reach import Reach
from geo.measures import Measure
from geo.network.modes import Mode
from geo.services import Category
from wording.numbers import people, percent
from wording.scenario import pace as pace
from wording.scenario import travelling
from wording.scenario import with_article as with_article

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number_word(number: int) -> str:
    """Return "six" for 6; digits from 13 on."""
    return _WORDS[number] if number < len(_WORDS) else str(number)


def capital(text: str) -> str:
    """Make the first letter a capital, and leave the others as they are: "NHS clinic" stays itself."""
    return text[:1].upper() + text[1:]


def how(mode: Mode) -> str:
    """How a family of that mode travels: "walking with a pram"."""
    return travelling(mode.name)


def group_words(n_target: int, n_rest: int) -> dict[str, str]:
    """Name the groups of wards by how many they are: "six target wards", "other eleven wards"."""
    return {
        "target": f"{number_word(n_target)} target {_wards(n_target)}",
        "rest": f"other {_wards(1) if n_rest == 1 else f'{number_word(n_rest)} {_wards(n_rest)}'}",
    }


def _wards(number: int) -> str:
    return "ward" if number == 1 else "wards"


def reach_sentence(reach: Reach, measure: Measure, service: Category, mode: Mode, within_min: float) -> str:
    """Say how many people of the target wards, and what share of the others, can reach a service in time.

    An area where no ward, or every ward, is a target ward has nothing to set against each other: then it is the area.
    """
    figures = reach.groups.astype(float).to_dict(orient="index")
    counts = reach.rows["group"].value_counts()
    words = group_words(int(counts.get("target", 0)), int(counts.get("rest", 0)))
    both = len(counts) == 2
    said = figures["target" if both else "borough"]
    return (
        f"## {people(said['reached'])} of {people(said['total'])} {measure.counted}"
        f"{' in the ' + words['target'] if both else ''}, **{percent(said['share'])}**, can reach "
        f"{with_article(service.label)} within {within_min:g} minutes {how(mode)}"
        + (f". In the {words['rest']} it is {percent(figures['rest']['share'])}." if both else ".")
    )
