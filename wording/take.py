"""Words on what one takes along: pictures, links and views inside another page."""

from collections.abc import Mapping
from datetime import date

from wording.dates import date_words
from wording.languages import english


def take_words() -> Mapping[str, str]:
    """Return the words of buttons and messages by name, such as ``"picture"``."""
    return english().named("take")


def bookmark_such_as(ward: str) -> str:
    """Return an example of the title of a bookmark, about a ward."""
    return english().say("take.bookmark_such_as", ward=ward)


def made_on(day: date) -> str:
    """Write when a picture was made: ``"Made on 3 May 2026"``."""
    return english().say("take.made_on", day=date_words(day))
