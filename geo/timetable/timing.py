"""When a journey by timetable is made: a day, a window of departure times, and what counts as being there in time."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from geo.errors import InputError
from geo.timetable.calendar import WEEKDAYS

Sure = Literal["median", "nine_in_ten"]
SURES: tuple[Sure, ...] = ("median", "nine_in_ten")
LONGEST_WINDOW_MIN = 24 * 60
_LIMITS = {
    "boardings": "boardings",
    "walk": "longest_walk_min",
    "changewalk": "longest_change_min",
    "wait": "longest_wait_min",
    "change": "change_s",
}
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4])[:.]?([0-5][0-9])")


@dataclass(frozen=True)
class Timing:
    """The day and the window of a question by timetable, and the limits of a journey.

    Attributes
    ----------
    day
        A weekday in English, in small letters, or a date as ``2023-06-13``.
    start_min, end_min
        First and last minute of leaving, after midnight; every whole minute between them counts, both included.
    sure
        Which time of the window stands for it: the ``median`` (half of the minutes are no worse) or ``nine_in_ten``.
    assumed
        Whether routes whose times are assumed count.
    boardings
        Most vehicles in one journey.
    longest_walk_min
        Longest walk from home to a stop, and from the last stop, minutes. Walking all the way has no limit.
    longest_change_min
        Longest walk between two vehicles, minutes.
    longest_wait_min
        Longest wait at a stop between two vehicles, minutes. The first wait can be spent at home; it counts in full.
    change_s
        Least seconds between getting off and the next departure, besides any walk.
    """

    day: str = "tuesday"
    start_min: int = 9 * 60
    end_min: int = 11 * 60
    sure: Sure = "median"
    assumed: bool = False
    boardings: int = 3
    longest_walk_min: float = 40.0
    longest_change_min: float = 15.0
    longest_wait_min: float = 30.0
    change_s: int = 60

    def __post_init__(self) -> None:
        if self.day not in WEEKDAYS and self.date is None:
            raise InputError(f"{self.day!r} is no day: give {', '.join(WEEKDAYS)}, or a date such as 2023-06-13")
        if not 0 <= self.start_min <= self.end_min <= LONGEST_WINDOW_MIN:
            raise InputError(
                f"from {clock(self.start_min)} to {clock(self.end_min)} is no window of one day: "
                "give two times of one day, the earlier first"
            )
        if self.sure not in SURES:
            raise InputError(f"{self.sure!r} is not known: give {' or '.join(SURES)}")
        if not 1 <= self.boardings <= 6:
            raise InputError(f"{self.boardings} vehicles in one journey are out of range: give 1 to 6")
        for what, minutes, most in (
            ("walk", self.longest_walk_min, 60),
            ("walk at a change", self.longest_change_min, 60),
            ("wait", self.longest_wait_min, 180),
        ):
            if not 0 <= minutes <= most:
                raise InputError(f"a longest {what} of {minutes} minutes is out of range: give 0 to {most}")
        if not 0 <= self.change_s <= 1800:
            raise InputError(f"{self.change_s} seconds for a change are out of range: give 0 to 1800")

    @property
    def date(self) -> date | None:
        """The date, where the day is one; None for a weekday."""
        try:
            return date.fromisoformat(self.day) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.day) else None
        except ValueError:
            return None

    @property
    def minutes(self) -> int:
        """How many minutes of leaving there are."""
        return self.end_min - self.start_min + 1

    @property
    def quantile(self) -> float:
        """The share of minutes that are no worse than the one that counts."""
        return 0.9 if self.sure == "nine_in_ten" else 0.5

    def text(self) -> str:
        """Write it as in a link, ``tuesday,09:00-11:00``; certainty, assumed routes and limits where not as usual."""
        usual = Timing()
        words = [self.day, f"{clock(self.start_min)}-{clock(self.end_min)}"]
        words += [self.sure] if self.sure != usual.sure else []
        words += ["assumed"] if self.assumed else []
        for word, field in _LIMITS.items():
            value = getattr(self, field)
            words += [f"{word}={value:g}"] if value != getattr(usual, field) else []
        return ",".join(words)

    def between(self, window: str) -> "Timing":
        """Return it with another window, written as ``09:00-11:00``; `InputError` where it is not in that form."""
        start, dash, end = window.replace("–", "-").partition("-")
        try:
            if not dash:
                raise InputError("it has no end")
            return replace(self, start_min=minute_of(start), end_min=minute_of(end))
        except InputError as error:
            raise InputError(f"the window {window!r} is not in the form 09:00-11:00: {error}") from error


def read_timing(text: str) -> Timing:
    """Read what :meth:`Timing.text` wrote; `InputError` names the word that is not known."""
    timing = Timing()
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        if word == "assumed":
            timing = replace(timing, assumed=True)
        elif word in SURES:
            timing = replace(timing, sure=word)
        elif (limit := re.fullmatch(r"([a-z]+)=([0-9]{1,6}(?:\.[0-9]{1,6})?)", word)) and limit[1] in _LIMITS:
            whole = isinstance(getattr(timing, _LIMITS[limit[1]]), int)
            timing = replace(timing, **{_LIMITS[limit[1]]: int(float(limit[2])) if whole else float(limit[2])})  # type: ignore[arg-type]
        elif re.fullmatch(r"[\d:.]+-[\d:.]+", word) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            timing = timing.between(word)
        else:
            timing = replace(timing, day=word)
    return timing


def clock(minutes: float) -> str:
    """Write minutes after midnight as ``09:05``; past midnight it goes on from ``00:00``."""
    whole = int(minutes)
    return f"{whole // 60 % 24 if whole != LONGEST_WINDOW_MIN else 24:02d}:{whole % 60:02d}"


def minute_of(text: str) -> int:
    """Read a time of day such as ``9:05``, ``09.05`` or ``0905`` as minutes after midnight.

    Raises
    ------
    InputError
        When it is none.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (minutes := int(found[1]) * 60 + int(found[2])) > LONGEST_WINDOW_MIN:
        raise InputError(f"{text.strip()!r} is no time of day: write it as 09:05")
    return minutes
