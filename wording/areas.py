"""Words on which area is on screen, and on areas side by side."""

from collections.abc import Mapping

from wording.languages import english


def switch_words() -> Mapping[str, str]:
    """Return the words of the control that shows another area, by name, such as ``"label"``."""
    return english().named("areas.switch")


def no_such_area(name: str) -> str:
    """Say that a link asks for an area that is not there."""
    return english().say("areas.unknown", name=name)
