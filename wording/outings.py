"""Words of the command line on waits of a journey, and on the opening hours of what one goes to and comes back from."""

from collections.abc import Mapping

from wording.languages import english
from wording.numbers import listed, minutes_of


def hours_words(known: Mapping[str, int], closed: int) -> str:
    """Say how many sites have hours that are published, assumed or unknown, and how many are closed all day."""
    words = english()
    counts = [(status, known.get(status, 0)) for status in ("published", "assumed", "unknown")]
    parts = [words.say(f"outings.hours.{status}", n=words.number(count)) for status, count in counts if count]
    said = words.say("outings.hours.known", parts=listed(parts))
    return f"{said} {words.counted('outings.hours.closed', closed)}" if closed else said


def wait_words(seconds: float, stop: str) -> str:
    """Say how long one waits at a stop, or before leaving where the stop has no name."""
    kind = "at_stop" if stop else "before"
    return english().say(f"outings.wait.{kind}", minutes=minutes_of(seconds), stop=stop)
