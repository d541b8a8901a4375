"""Words of the command line on journeys by timetable: when one leaves, what the times are of, going and coming back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from geo.pack import AreaPack
from geo.timetable.day import example_date
from geo.timetable.timing import Timing, clock
from wording.dates import date_words
from wording.languages import english
from wording.numbers import listed

if TYPE_CHECKING:
    from analysis.travel.itinerary import Leg

_MOST_NAMED = 6


def day_words(timing: Timing) -> str:
    """Say on which day: ``"on a Tuesday"``, or ``"on 3 May 2026"``."""
    words = english()
    if timing.date is not None:
        return words.say("outings.date", date=date_words(timing.date))
    return words.say("outings.day", day=words.say(f"outings.days.{timing.day}"))


def leaving_words(pack: AreaPack, timing: Timing) -> str:
    """Say when one leaves, how sure it is, and which date stands for the day."""
    words = english()
    kind = "at" if timing.start_min == timing.end_min else timing.sure
    said = words.say(
        f"outings.leaving.{kind}", start=_time(timing.start_min), end=_time(timing.end_min), day=day_words(timing)
    )
    if timing.date is not None or pack.timetable.calendar.known() is None:
        return said
    return words.say("outings.stands", said=said, date=date_words(example_date(pack.timetable, timing)))


def timetable_notes(pack: AreaPack, timing: Timing) -> list[str]:
    """Say which routes are made of counts, whether assumed ones count, and which timetables are missing."""
    words, routes = english(), pack.timetable.routes
    modelled, assumed = (
        list(dict.fromkeys(route.name for route in routes if route.status == status))
        for status in ("modelled", "assumed")
    )
    said = [words.say("outings.notes.modelled", routes=_some(modelled))] if modelled else []
    if assumed:
        kind = "assumed" if timing.assumed else "without"
        said.append(words.say(f"outings.notes.{kind}", routes=_some(assumed)))
    missing = pack.missing_timetables
    return [*said, words.say("outings.notes.missing", titles=listed(list(missing)))] if missing else said


def hours_words(known: Mapping[str, int], closed: int) -> str:
    """Say how many sites have hours that are published, assumed or unknown, and how many are closed all day."""
    words = english()
    parts = [words.say(f"outings.hours.{status}", n=words.number(count)) for status, count in known.items() if count]
    said = words.say("outings.hours.known", parts=listed(parts))
    return f"{said} {words.counted('outings.hours.closed', closed)}" if closed else said


def leg_words(leg: "Leg", site: str) -> str:
    """Say one leg of a journey: ``"09:42 bus 9 from High Street to Asda, 10:05"``, or a walk."""
    words = english()
    start, end = clock(leg.depart_s / 60), clock(leg.arrive_s / 60)
    if leg.route is None:
        minutes = words.counted("words.minutes", max(round((leg.arrive_s - leg.depart_s) / 60), 1))
        metres = words.say("words.metres", n=words.number(leg.length_m))
        return words.say("outings.leg.walk", start=start, end=end, minutes=minutes, metres=metres, to=leg.end or site)
    kind = "ride" if leg.route.status == "published" else leg.route.status
    vehicle = f"{leg.route.vehicle} {leg.route.name}".strip()
    return words.say(f"outings.leg.{kind}", start=start, end=end, vehicle=vehicle, at=leg.start, to=leg.end)


def wait_words(seconds: float, stop: str) -> str:
    """Say how long one waits at a stop, or at home where the stop has no name."""
    words = english()
    minutes = words.counted("words.minutes", max(round(seconds / 60), 1))
    return words.say("outings.leg.wait" if stop else "outings.leg.at_home", minutes=minutes, stop=stop)


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    kept = names if more <= 0 else [*names[:_MOST_NAMED], english().counted("outings.notes.more", more)]
    return listed(kept)


def _time(minutes: int) -> str:
    return clock(minutes).removeprefix("0")
