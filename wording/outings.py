"""Words of going there and back in the time that there is, of opening hours, and of waits of a journey."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.reach.outings import OutingReach
from analysis.shown import row_of
from analysis.travel.there_and_back import FreeTime
from geo.measures import MEASURES, Measure
from geo.opening import Hours
from geo.services import CATEGORIES, with_article
from geo.timetable.timing import Timing, clock
from wording.columns import Column
from wording.groups import area_words, group_words
from wording.languages import english
from wording.numbers import listed, minutes_of, people, percent
from wording.transit import on_day

_DAY_S = 24 * 3600


@dataclass(frozen=True)
class Outing:
    """What is asked of going there and back, for the words about it.

    Attributes
    ----------
    service
        Kind of service.
    measure
        Who is counted.
    kind
        Kind of the way of travelling.
    timing
        The day.
    free
        The free time and the visit.
    """

    service: str
    measure: str
    kind: str
    timing: Timing
    free: FreeTime

    @property
    def parts(self) -> dict[str, str]:
        """Words that the sentences about it are made of."""
        return {
            "service": with_article(CATEGORIES[self.service].label),
            "who": self.who.counted,
            "day": on_day(self.timing),
            "way": english().named("travelling")[self.kind],
            "minutes": english().counted("words.minutes", int(self.free.visit_min)),
            "start": clock(self.free.start_min),
            "end": clock(self.free.end_min),
        }

    @property
    def who(self) -> Measure:
        """Who is counted."""
        return MEASURES[self.measure]


def outing_sentences(asked: Outing, found: OutingReach) -> tuple[str, str]:
    """Say who can go and be back in time: the sentence that matters, and what it means and leaves out.

    An area where no ward, or every ward, is a target ward is spoken of as one.
    """
    rows, groups = found.shown()
    counts = rows["group"].value_counts()
    words = group_words(area_words(found.pack), int(counts.get("target", 0)), int(counts.get("rest", 0)))
    say, both = english().say, len(counts) == 2
    if found.closed == len(found.sites):
        kind = CATEGORIES[asked.service]
        parts = {"one": kind.label, "many": kind.plural, "day": asked.parts["day"]}
        return english().counted("outings.page.closed", found.closed, **parts), ""
    row = row_of(groups, "target" if both else "borough")
    there, can_go = people(row["there"]), people(row["can_go"])
    figures = {"can_go": can_go, "total": people(row["total"]), "share": percent(row["share"])}
    if both:
        first = say("outings.page.said_in_target", wards=words["target"], **figures, **asked.parts)
        rest = percent(row_of(groups, "rest")["share"])
        first = f"{first} {say('sentences.reach_in_rest', wards=words['rest'], share=rest)}"
    else:
        first = say("outings.page.said", **figures, **asked.parts)
    more = (
        say("outings.page.there_all")
        if there == can_go
        else say("outings.page.there", there=there, end=asked.parts["end"])
    )
    return first, f"{say('outings.page.how', **asked.parts)} {more}"


def outing_title(asked: Outing) -> str:
    """Say what a table of who can go holds, for its file."""
    return english().say("outings.page.title", **asked.parts | {"who": asked.who.label})


def ward_words(asked: Outing, ward: str, row: Mapping[str, Any]) -> str:
    """Say how many people of a ward can go; `ward` is its name as markdown, `row` its shown figures."""
    if not row["total"] > 0:
        return english().say("outings.page.ward_none", ward=ward)
    figures = {name: people(row[name]) for name in ("can_go", "total")}
    return english().say("outings.page.ward", ward=ward, share=percent(row["share"]), who=asked.who.counted, **figures)


def outing_columns(asked: Outing, ward: str, *, grouped: bool) -> dict[str, Column]:
    """Return the columns of the table by ward; `ward` is what an area of it is called."""
    say = english().say
    return {
        "name": Column(ward, pinned=True),
        **({"group": Column("Group")} if grouped else {}),
        "total": Column(asked.who.label, "people"),
        "there": Column(say("outings.page.column_there"), "people", help=say("outings.page.column_there_help")),
        "can_go": Column(say("outings.page.column_can_go"), "people", help=say("outings.page.column_can_go_help")),
        "share": Column("Share", "percent", help=say("outings.page.column_share_help")),
    }


def hours_words(known: Mapping[str, int], closed: int) -> str:
    """Say how many sites have hours that are published, assumed or unknown, and how many are closed all day."""
    words = english()
    counts = [(status, known.get(status, 0)) for status in ("published", "assumed", "unknown")]
    parts = [words.say(f"outings.hours.{status}", n=words.number(count)) for status, count in counts if count]
    said = words.say("outings.hours.known", parts=listed(parts))
    return f"{said} {words.counted('outings.hours.closed', closed)}" if closed else said


def open_words(hours: Hours) -> str:
    """Say when a site is open on its day: ``"09:00–13:00, 14:00–17:30"``, all day, closed, or not known."""
    say = english().say
    if hours.status == "unknown":
        return say("outings.page.not_known")
    if any(start <= 0 and end >= _DAY_S for start, end in hours.intervals):
        return say("outings.page.open_all_day")
    times = [f"{clock(start / 60)}–{clock(end / 60)}" for start, end in hours.intervals if start < _DAY_S]
    return ", ".join(times) or say("outings.page.shut")


def stay_words(name: str, hours: Hours, begin_s: float, until_s: float) -> str:
    """Say from when until when the visit is, and when the site is open; `name` is safe as markdown."""
    time, until = clock(begin_s / 60), clock(until_s / 60)
    if hours.status == "unknown":
        return english().say("outings.page.stay_unknown", time=time, name=name, until=until)
    status = english().named("outings.page.status")[hours.status]
    return english().say("outings.page.stay", time=time, name=name, until=until, hours=open_words(hours), status=status)


def wait_words(seconds: float, stop: str) -> str:
    """Say how long one waits at a stop, or before leaving where the stop has no name."""
    kind = "at_stop" if stop else "before"
    return english().say(f"outings.wait.{kind}", minutes=minutes_of(seconds), stop=stop)
