"""The sentence that matters, written from the figures."""

from analysis.reach.reach import Reach
from geo.measures import Measure
from geo.network.modes import Mode
from geo.services import Category, with_article
from wording.groups import group_words
from wording.numbers import people, percent
from wording.rounding import shortest
from wording.scenario import travelling


def how(mode: Mode) -> str:
    """How a family of that mode travels: "walking with a pram"."""
    return travelling(mode.name)


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
        f"{with_article(service.label)} within {shortest(within_min)} minutes {how(mode)}"
        + (f". In the {words['rest']} it is {percent(figures['rest']['share'])}." if both else ".")
    )
