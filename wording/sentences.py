"""The sentence that matters, written from the figures."""

from analysis.reach.reach import Reach
from geo.measures import Measure
from geo.network.modes import Mode
from geo.services import Category, with_article
from wording.groups import AreaWords, group_words
from wording.languages import english
from wording.numbers import people, percent
from wording.rounding import shortest
from wording.scenario import travelling


def reach_sentence(
    reach: Reach, measure: Measure, service: Category, mode: Mode, within_min: float, words: AreaWords
) -> str:
    """Say how many people of the target wards, and what share of the others, can reach a service in time.

    An area where no ward, or every ward, is a target ward has nothing to set against each other: then it is the area.
    """
    figures = reach.groups.astype(float).to_dict(orient="index")
    counts = reach.rows["group"].value_counts()
    groups = group_words(words, int(counts.get("target", 0)), int(counts.get("rest", 0)))
    both = len(counts) == 2
    said, say = figures["target" if both else "borough"], english().say
    first = say(
        "sentences.reach_in_target" if both else "sentences.reach",
        reached=people(said["reached"]),
        total=people(said["total"]),
        who=measure.counted,
        wards=groups["target"],
        share=percent(said["share"]),
        service=with_article(service.label),
        within=shortest(within_min),
        way=travelling(mode.name),
    )
    if not both:
        return f"## {first}"
    return f"## {first} {say('sentences.reach_in_rest', wards=groups['rest'], share=percent(figures['rest']['share']))}"
