"""Figures, lists and the small words of a sentence, the same on every page, in every report and on the command line.

Nothing here rounds a figure that is still to be calculated with: it is for showing alone.
"""

import math
from collections.abc import Sequence

from analysis.shown import ShownCount, ShownShare, said, size_of
from wording.rounding import NO_FIGURE, digits, per_cent, whole

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def people(value: ShownCount | None) -> str:
    """Write a shown number of people: ``people(4032)`` gives ``"4,032"``, and a few ``"fewer than 5"``.

    Parameters
    ----------
    value
        A count as in :mod:`analysis.shown`; None or NaN gives ``"no figure"``.
    """
    if value is None or math.isnan(value):
        return NO_FIGURE
    return said(value) or f"{whole(value):,}"


def signed(change: ShownCount | None, *, unknown: str = NO_FIGURE) -> str:
    """Write a shown change: ``"+120"``, ``"−5"``, ``"0"``, or ``"+fewer than 5"``; `unknown` where there is none."""
    if change is None or math.isnan(change):
        return unknown
    return f"{'+' if change > 0 else '−'}{people(size_of(change))}" if change else "0"


def percent(share: ShownShare | None, *, decimals: int = 0) -> str:
    """Write a share from 0 to 1 as a percentage: ``percent(0.412)`` gives ``"41%"``.

    Only all is ``"100%"`` and only none is ``"0%"``, so that rounding never hides the last few.
    """
    if share is None or math.isnan(share):
        return NO_FIGURE
    value = share * 100
    tiny = 10.0**-decimals
    if 0 < value < tiny / 2:
        return f"under {tiny:.{decimals}f}%"
    if 100 - tiny / 2 <= value < 100:
        return f"over {100 - tiny:.{decimals}f}%"
    return per_cent(share, decimals)


def share_words(share: ShownShare | None) -> str:
    """Write a share from 0 to 1 for a cell: ``"84%"``, and in words where a percentage would hide the last few.

    Little is ``"few"`` and much is ``"nearly all"``; ``"0%"`` is nobody and ``"100%"`` is everybody.
    """
    if share is None or math.isnan(share):
        return NO_FIGURE
    if 0 < share < 0.005:
        return "few"
    if 0.995 <= share < 1:
        return "nearly all"
    return percent(share)


def minutes(
    value: float | None,
    *,
    unknown: str = NO_FIGURE,
    no_way: str = "out of reach",
    least: str = "under 1 minute",
) -> str:
    """Minutes of travel: ``minutes(12.4)`` gives ``"12 minutes"``; ``inf`` gives ``"out of reach"``.

    Parameters
    ----------
    value
        In minutes.
    unknown, no_way, least
        What to say of no figure, of a place that no way leads to, and of less than half a minute.
    """
    if value is None or math.isnan(value):
        return unknown
    if math.isinf(value):
        return no_way
    number = whole(value)
    if number == 0:
        return least
    return "1 minute" if number == 1 else f"{number:,} minutes"


def minutes_on_foot(value: float | None) -> str:
    """Minutes as the sentences about gaps say them: ``"no way there on foot"`` where no way leads."""
    return minutes(value, unknown="not known", no_way="no way there on foot", least="less than a minute")


def minutes_of(seconds: float | None) -> str:
    """Travel time in seconds, as :func:`minutes` writes it."""
    return minutes(None if seconds is None else seconds / 60)


def distance(metres: float | None) -> str:
    """Metres: ``"340 m"`` (to the nearest 10) or ``"1.2 km"``."""
    if metres is None or math.isnan(metres):
        return NO_FIGURE
    if math.isinf(metres):
        return "out of reach"
    return f"{whole(metres / 10) * 10} m" if metres < 995 else f"{digits(metres / 1000, 1)} km"


def about(share: ShownShare | None) -> str:
    """Write a share from 0 to 1 in words: ``about(0.41)`` gives ``"about 4 in 10"``."""
    if share is None or math.isnan(share):
        return NO_FIGURE
    if share <= 0:
        return "none"
    if share >= 1:
        return "all"
    if share < 0.05:
        return "fewer than 1 in 20"
    if share > 0.95:
        return "nearly all"
    return f"about {min(9, max(1, whole(share * 10)))} in 10"


def points(difference: float | None) -> str:
    """Write a difference of two shares: ``points(-0.123)`` gives ``"12 points lower"``."""
    if difference is None or math.isnan(difference):
        return NO_FIGURE
    number = int(per_cent(abs(difference)).removesuffix("%"))
    if number == 0:
        return "about the same"
    return f"{number} point{'' if number == 1 else 's'} {'higher' if difference > 0 else 'lower'}"


def ordinal(position: int) -> str:
    """Write a place in an order: ``ordinal(2)`` gives ``"2nd"``."""
    teen = 10 <= position % 100 <= 20
    suffix = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{suffix}"


def rank(position: int, of: int) -> str:
    """Write a place among others: ``rank(2, 17)`` gives ``"2nd of 17"``."""
    return f"{ordinal(position)} of {of}"


def number_word(number: int) -> str:
    """Return "six" for 6; digits from 13 on."""
    return _WORDS[number] if number < len(_WORDS) else str(number)


def listed(words: Sequence[str]) -> str:
    """Join words as people do: ``"a, b and c"``; empty for none."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capital(text: str) -> str:
    """Make the first letter a capital, and leave the others as they are: "NHS clinic" stays itself."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Make the first letter a small one, for a label inside a sentence, and leave the others as they are."""
    return text[:1].lower() + text[1:]
