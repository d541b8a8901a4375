"""Opening hours of services: OpenStreetMap's notation, read for one day, and usual hours by category.

The notation is read by opening-hours-py. Three answers must not be mixed up: a service is open at some times, it is
closed all day (no times), or nobody knows when it is open (``None``, or the status ``unknown``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import opening_hours
import pandas as pd
from opening_hours import OpeningHours, State, validate

from geo.errors import InputError
from geo.services import category_named
from geo.values import made_of, read_toml

DEFAULT_USUAL_HOURS = Path(__file__).resolve().parents[1] / "data" / "opening_hours.toml"
# Late journeys of a day arrive in the small hours of the next, so the hours of a day go on until 04:00.
LAST_S = 28 * 3600
# Such as "by appointment" in quotation marks and nothing else: that says how, but not when.
_ONLY_REMARK = re.compile(r'"[^"]*"')

Status = Literal["published", "assumed", "unknown"]
Intervals = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hours:
    """When a service is open on one day.

    Attributes
    ----------
    intervals
        Start and end of each time that it is open, seconds after midnight, in order; none when it is closed all day, or
        when nothing is known.
    status
        ``published`` (the service's own hours), ``assumed`` (the usual hours of its category) or ``unknown``.
    """

    intervals: Intervals
    status: Status


@dataclass(frozen=True)
class UsualHours:
    """The hours that a kind of service usually keeps.

    Attributes
    ----------
    service
        Category.
    hours
        OpenStreetMap's notation.
    status
        These hours are assumed, whatever they rest on.
    note
        Why these.
    """

    service: str
    hours: str
    status: Literal["assumed"]
    note: str

    def __post_init__(self) -> None:
        category_named(self.service)
        if not _tidy(self.hours):
            raise InputError("hours is empty: give hours, or take the entry out where none are usual")
        if not readable(self.hours):
            raise InputError(_unreadable(self.hours))


@dataclass(frozen=True)
class _File:
    """The file of usual hours."""

    service: tuple[UsualHours, ...]


def readable(text: str) -> bool:
    """Return whether a text is opening hours in OpenStreetMap's notation; an empty one is not."""
    return bool(validate(_tidy(text)))


def open_intervals(text: str, day: date, *, country: str | None = None) -> list[tuple[int, int]] | None:
    """Return when a service is open on a day.

    Parameters
    ----------
    text
        Opening hours in OpenStreetMap's notation.
    day
        The day.
    country
        Two-letter code (ISO 3166) of the country whose public holidays count. Without it no day is a public holiday, so
        that only rules for days of the week and of the year apply.

    Returns
    -------
    Start and end of each time that it is open, seconds after midnight of that day, in order and apart, within 0 to
    `LAST_S`: what began on the evening before starts at 0, and what ends after midnight ends after 86,400. An empty
    list when it is closed all day. None when the text does not say: it is empty, only a remark in quotation marks, or
    calls these hours unknown.

    Notes
    -----
    Hours by the sun are those of an average day (sunrise 07:00, sunset 19:00). Rules for school holidays (``SH``) do
    not apply by themselves; ``SH Mo-Fr`` is read as ``Mo-Fr``.

    Raises
    ------
    InputError
        When the text or the country cannot be read.
    """
    tidy = _tidy(text)
    if not tidy or _ONLY_REMARK.fullmatch(tidy):
        return None
    midnight = datetime.combine(day, time())
    times: list[tuple[int, int]] = []
    unknown = False
    spans = _parsed(tidy, country).intervals(midnight, midnight + timedelta(seconds=LAST_S))
    for start, end, state, _ in spans:
        unknown |= state == State.UNKNOWN
        if state != State.OPEN:
            continue
        first, last = (int((moment - midnight).total_seconds()) for moment in (start, end))
        # Two spans that differ only in their remark follow each other without a pause.
        if times and times[-1][1] == first:
            times[-1] = (times[-1][0], last)
        else:
            times.append((first, last))
    return None if unknown and not times else times


def read_usual_hours(path: Path = DEFAULT_USUAL_HOURS) -> dict[str, UsualHours]:
    """Read the usual hours, by category.

    Raises
    ------
    InputError
        When the file is missing or not in its form, hours cannot be read, or a category stands twice.
    """
    found = made_of(_File, read_toml(path, "the table of usual opening hours"), path.name).service
    by_category = {one.service: one for one in found}
    if len(by_category) < len(found):
        names = [one.service for one in found]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"{path.name}: {', '.join(twice)} stands twice: keep one entry of each service")
    return by_category


def hours_of(
    services: pd.DataFrame, day: date, *, country: str | None = None, usual: Mapping[str, UsualHours] | None = None
) -> list[Hours]:
    """Return when each service is open on a day: by its own hours, else by the usual ones of its category.

    Parameters
    ----------
    services
        Frame with ``category`` and, where own hours are known at all, ``opening_hours``.
    day, country
        As for `open_intervals`.
    usual
        Usual hours by category; by default those of the table in the data folder.

    Returns
    -------
    One for each row, in order. Where the own hours do not say when (see `open_intervals`), the usual ones stand in. The
    status ``unknown`` has no intervals, and is not the same as closed all day.

    Raises
    ------
    InputError
        When hours or the country cannot be read.
    """
    usual = read_usual_hours() if usual is None else usual
    own = services["opening_hours"] if "opening_hours" in services else [""] * len(services)
    pairs = list(zip(services["category"], own, strict=True))
    # Many services share their hours, so each pair is read once.
    found = {pair: _hours(*pair, day, country, usual) for pair in set(pairs)}
    return [found[pair] for pair in pairs]


def _hours(category: str, own: str, day: date, country: str | None, usual: Mapping[str, UsualHours]) -> Hours:
    published = open_intervals(own, day, country=country)
    if published is not None:
        return Hours(tuple(published), "published")
    assumed = open_intervals(usual[category].hours, day, country=country) if category in usual else None
    return Hours((), "unknown") if assumed is None else Hours(tuple(assumed), "assumed")


@lru_cache(maxsize=4096)
def _parsed(tidy: str, country: str | None) -> OpeningHours:
    if not validate(tidy):
        raise InputError(_unreadable(tidy))
    try:
        return OpeningHours(tidy, country=country)
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined]  # its stubs leave the errors out
        raise InputError(
            f"the country {country!r} is not known: give the two letters of ISO 3166, in capitals, such as FR"
        ) from None


def _tidy(text: str) -> str:
    """Put right two common slips whose meaning is plain: a semicolon at the end, and days before "24/7"."""
    return text.strip().rstrip(";").rstrip().replace("Mo-Su 24/7", "24/7")


def _unreadable(text: str) -> str:
    return (
        f"the opening hours {text!r} cannot be read: write them as OpenStreetMap does, such as "
        "'Mo-Fr 09:00-17:00; Sa 09:00-13:00'"
    )
