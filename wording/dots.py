"""Words for dots of people on a map."""

from geo.measures import measure_named
from wording.languages import english


def dot_words(measure: str, per: int) -> tuple[str, str, str, str]:
    """Return the title of the key, what one dot is, how dots are placed, and the words of the switch."""
    say, who = english().say, measure_named(measure).counted
    return say("dots.key"), say("dots.one", per=per, who=who), say("dots.note"), say("dots.switch", who=who)
