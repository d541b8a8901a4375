"""The sentence that matters, written from the figures."""

from analysis.reach import Reach
from geo.measures import Measure
from geo.modes import Mode
from geo.services import Category
from ui.format import people, percent

_ON_THE_WAY = {
    "walk_pram": "walking with a pram",
    "walk_adult": "walking as an adult alone",
    "walk_toddler": "walking with a toddler",
    "cycle": "cycling",
    "drive": "driving",
}


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun."""
    spoken_vowel = noun[0].lower() in "aeiou" or noun.startswith(("NHS", "MP"))
    return f"{'an' if spoken_vowel else 'a'} {noun}"


def how(mode: Mode) -> str:
    """How a family of that mode travels: "walking with a pram"."""
    return _ON_THE_WAY.get(mode.name, mode.label.lower())


def reach_sentence(reach: Reach, measure: Measure, service: Category, mode: Mode, within_min: float) -> str:
    """Say how many people of the target wards, and what share of the others, can reach a service in time."""
    figures = reach.groups.astype(float).to_dict(orient="index")
    target, rest = figures["target"], figures["rest"]
    subject = measure.label[0].lower() + measure.label[1:]
    return (
        f"## {people(target['reached'])} of {people(target['total'])} {subject} in the six wards, "
        f"**{percent(target['share'])}**, can reach {with_article(service.label)} within {within_min:g} minutes "
        f"{how(mode)}; in the other eleven wards {percent(rest['share'])}."
    )
