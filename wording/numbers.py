"""Figures, lists and the small words of a sentence, the same on every page, in every report and on the command line.

What the meeting shows too takes its `Words`, and is in English without them.

Nothing here rounds a figure that is still to be calculated with: it is for showing alone.
"""

import math
from collections.abc import Sequence

from analysis.shown import ShownCount, ShownShare, said, size_of
from wording.languages import Words, english
from wording.rounding import digits, per_cent, whole

_LAST_IN_WORDS = 12


def no_figure(words: Words | None = None) -> str:
    """Say that there is no figure, in a cell or a sentence."""
    return (words or english()).say("words.no_figure")


def no_way_cell(words: Words | None = None) -> str:
    """Say in a cell that no way leads there; :func:`minutes` says it in a sentence."""
    return (words or english()).say("words.no_way_cell")


def people(value: ShownCount | None) -> str:
    """Write a shown number of people: ``people(4032)`` gives ``"4,032"``, and a few ``"fewer than 5"``.

    Parameters
    ----------
    value
        A count as in :mod:`analysis.shown`; None or NaN gives ``"no figure"``.
    """
    if value is None or math.isnan(value):
        return no_figure()
    return said(value) or f"{whole(value):,}"


def signed(change: ShownCount | None, *, unknown: str | None = None) -> str:
    """Write a shown change: ``"+120"``, ``"−5"``, ``"0"``, or ``"+fewer than 5"``; "no figure" or `unknown` without."""
    if change is None or math.isnan(change):
        return no_figure() if unknown is None else unknown
    return f"{'+' if change > 0 else '−'}{people(size_of(change))}" if change else "0"


def percent(share: ShownShare | None, *, decimals: int = 0) -> str:
    """Write a share from 0 to 1 as a percentage: ``percent(0.412)`` gives ``"41%"``.

    Only all is ``"100%"`` and only none is ``"0%"``, so that rounding never hides the last few.
    """
    if share is None or math.isnan(share):
        return no_figure()
    value = share * 100
    tiny = 10.0**-decimals
    if 0 < value < tiny / 2:
        return english().say("words.under", n=digits(tiny, decimals))
    if 100 - tiny / 2 <= value < 100:
        return english().say("words.over", n=digits(100 - tiny, decimals))
    return per_cent(share, decimals)


def share_words(share: ShownShare | None) -> str:
    """Write a share from 0 to 1 for a cell: ``"84%"``, and in words where a percentage would hide the last few.

    Little is ``"few"`` and much is ``"nearly all"``; ``"0%"`` is nobody and ``"100%"`` is everybody.
    """
    if share is None or math.isnan(share):
        return no_figure()
    if 0 < share < 0.005:
        return english().say("words.few_cell")
    if 0.995 <= share < 1:
        return english().say("words.nearly_all")
    return percent(share)


def minutes(value: float | None, words: Words | None = None) -> str:
    """Minutes of travel: ``minutes(12.4)`` gives ``"12 minutes"``; ``inf`` gives ``"no way there"``."""
    words = words or english()
    if value is None or math.isnan(value):
        return no_figure(words)
    if math.isinf(value):
        return words.say("words.no_way")
    number = whole(value)
    return words.counted("words.minutes", number) if number else words.say("words.least")


def minutes_of(seconds: float | None, words: Words | None = None) -> str:
    """Travel time in seconds, as :func:`minutes` writes it."""
    return minutes(None if seconds is None else seconds / 60, words)


def minutes_short(seconds: float, words: Words | None = None) -> str:
    """Write a travel time in seconds for a narrow column: ``"15 min"``."""
    words = words or english()
    if math.isnan(seconds):
        return no_figure(words)
    if math.isinf(seconds):
        return no_way_cell(words)
    number = whole(seconds / 60)
    return words.counted("words.minutes_cell", number) if number else words.say("words.least_cell")


def distance(metres: float | None, words: Words | None = None) -> str:
    """Metres: ``"340 m"`` (to the nearest 10) or ``"1.2 km"``."""
    words = words or english()
    if metres is None or math.isnan(metres):
        return no_figure(words)
    if math.isinf(metres):
        return words.say("words.no_way")
    if metres < 995:
        return words.say("words.metres", n=whole(metres / 10) * 10)
    return words.say("words.kilometres", n=digits(metres / 1000, 1))


def about(share: ShownShare | None) -> str:
    """Write a share from 0 to 1 in words: ``about(0.41)`` gives ``"about 4 in 10"``."""
    return no_figure() if share is None or math.isnan(share) else english().in_ten(share)


def currency_sign(currency: str) -> str:
    """Return the sign of a currency (ISO 4217): ``"£"``, ``"€"``; its code and a blank for one that has none here."""
    return {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency, f"{currency}\N{NO-BREAK SPACE}")


def money(value: float, currency: str, *, cents: bool = False) -> str:
    """Write money, rounded half up: ``"£12,000"``, or ``"£12.50"`` with `cents` (or pence)."""
    if not math.isfinite(value):
        return no_figure()
    return f"{'−' if value < 0 else ''}{currency_sign(currency)}{digits(abs(value), 2 if cents else 0)}"


def points(difference: float | None) -> str:
    """Write a difference of two shares: ``points(-0.123)`` gives ``"12 points lower"``."""
    if difference is None or math.isnan(difference):
        return no_figure()
    number = int(per_cent(abs(difference)).removesuffix("%"))
    if number == 0:
        return english().say("words.same")
    return english().counted("words.higher" if difference > 0 else "words.lower", number)


def ordinal(position: int) -> str:
    """Write a place in an order: ``ordinal(2)`` gives ``"2nd"``."""
    teen = 10 <= position % 100 <= 20
    suffix = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{suffix}"


def rank(position: int, of: int) -> str:
    """Write a place among others: ``rank(2, 17)`` gives ``"2nd of 17"``."""
    return english().say("words.rank", rank=ordinal(position), of=of)


def number_word(number: int) -> str:
    """Return "six" for 6; digits from 13 on."""
    return english().numeral(number) if number <= _LAST_IN_WORDS else str(number)


def listed(words: Sequence[str]) -> str:
    """Join words as people do: ``"a, b and c"``; empty for none."""
    return english().listed(words)


def capital(text: str) -> str:
    """Make the first letter a capital, and leave the others as they are: "NHS clinic" stays itself."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Make the first letter a small one, for a label inside a sentence, and leave the others as they are."""
    return text[:1].lower() + text[1:]
