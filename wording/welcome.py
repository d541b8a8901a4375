"""Words for a first visit: a tour, questions to begin with, and what our words mean."""

import re
from collections.abc import Mapping

from wording.languages import english

STEPS = ("ward_map", "travel_time", "gaps", "scenario_lab", "meeting")
"""Pages of the tour, in order."""
QUESTIONS = ("cut_off", "my_street", "best_three")
"""Questions to begin with."""
TERMS = ("can_reach", "target_wards", "too_close", "about", "our_list", "pram", "pocket", "severance")
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


def worked_questions(street: str) -> Mapping[str, str]:
    """Return the questions to begin with, by name; the one about a street only where a street is given."""
    asked = [name for name in QUESTIONS if street or name != "my_street"]
    return {name: english().say(f"worked.{name}", street=street) for name in asked}


def glossary() -> list[tuple[str, str]]:
    """Return the words that are explained, each with its meaning."""
    return [tuple(english().many(f"glossary.{term}"))[:2] for term in TERMS]  # type: ignore[misc]


def meanings_in(text: str) -> str:
    """Return, in markdown, what the words in a text mean that the glossary explains; empty where it has none."""
    plain = re.sub(r"[*_#]", "", text).casefold()
    found = [(term, means) for term, means in glossary() if re.search(rf"\b{re.escape(term)}\b", plain)]
    return "\n\n".join(f"**{term}**: {means}" for term, means in found)
