"""Words for a first visit: a tour, questions to begin with, and what our words mean."""

import re
from collections.abc import Mapping

from geo.pack import AreaPack
from geo.services import CATEGORIES, with_article
from wording.groups import area_words
from wording.languages import english
from wording.particulars import example_place

STEPS = ("ward_map", "travel_time", "gaps", "scenario_lab", "meeting")
"""Pages of the tour, in order."""
_STREET, _TARGETS = "my_street", "target_wards"
TERMS = ("can_reach", _TARGETS, "too_close", "about", "our_list", "pram", "pocket", "severance")
"""Words that are explained."""


def welcome_words() -> Mapping[str, str]:
    """Return the words of the welcome by name, such as ``"button"``."""
    return english().named("welcome")


def offer_words() -> Mapping[str, str]:
    """Return the words that offer the tour on a first visit, by name."""
    return english().named("first_visit.offer")


def step_words(number: int) -> tuple[str, str, str]:
    """Return the title and text of a step of the tour, counted from 0, and how far one has come."""
    title, text = english().many(f"tour.{STEPS[number]}")
    return title, text, english().say("welcome.step", n=number + 1, of=len(STEPS))


def worked_questions(pack: AreaPack) -> dict[str, str]:
    """Return the questions to begin with, by name; one asks about a street and a service of the area."""
    _, street = example_place(pack)
    listed = [name for name, kind in CATEGORIES.items() if kind.shown and len(pack.services_of(name))]
    service = with_article(CATEGORIES[listed[0]].label) if listed else ""
    words = english().named("worked")
    return {
        name: said.format(street=street, service=service) for name, said in words.items() if service or name != _STREET
    }


def glossary(pack: AreaPack | None = None) -> list[tuple[str, str]]:
    """Return the words that are explained, each with its meaning; with a pack, as that area calls its target wards."""
    told = {term: english().many(f"glossary.{term}") for term in TERMS}
    if pack is not None:
        meaning = told.pop(_TARGETS)[1]
        told |= {_TARGETS: [area_words(pack).targets, meaning]} if pack.target_wards else {}
    return [(told[term][0], told[term][1]) for term in TERMS if term in told]


def meanings_in(text: str) -> str:
    """Return, in markdown, what the words in a text mean that the glossary explains; empty where it has none."""
    plain = re.sub(r"[*_#]", "", text).casefold()
    found = [(term, means) for term, means in glossary() if re.search(rf"\b{re.escape(term)}\b", plain)]
    return "\n\n".join(f"**{term}**: {means}" for term, means in found)
