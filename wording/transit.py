"""Words for journeys by timetable: when one leaves, which minutes count, which bus to take, and what the times are of.

What the meeting shows too takes its `Words`, and is in English without them.
"""

from collections.abc import Callable, Sequence

from analysis.shown import ShownShare
from analysis.travel.itinerary import Itinerary, Leg
from geo.pack import AreaPack
from geo.timetable.day import example_date, routes_not_known
from geo.timetable.timetable import RouteLine
from geo.timetable.timing import Timing, clock
from wording.dates import date_words
from wording.languages import Words, english
from wording.numbers import capital, distance, listed, minutes_of, share_words
from wording.rounding import shortest, whole

_MOST_NAMED = 4


def on_day(timing: Timing, words: Words | None = None) -> str:
    """Say on which day one leaves: ``"on a Tuesday"``, ``"on 13 June 2023"``; in English without `words`."""
    words = words or english()
    if timing.date is not None:
        return words.say("transit.on_date", date=date_words(timing.date))
    return words.say(f"transit.on.{timing.day}")


def leaving(timing: Timing, words: Words | None = None) -> str:
    """Say when one leaves: ``"on a Tuesday between 09:00 and 11:00"``; in English without `words`."""
    words = words or english()
    kind = "at" if timing.start_min == timing.end_min else "between"
    return words.say(
        f"transit.when.{kind}",
        day=on_day(timing, words),
        start=clock(timing.start_min),
        end=clock(timing.end_min),
    )


def in_minutes(way: str, timing: Timing, words: Words | None = None) -> str:
    """Say how one travels, when one leaves, and in how many of these minutes that is enough.

    Parameters
    ----------
    way
        How one travels: ``"by bus and train with a pram"``.
    timing
        Day, window and which minutes count.
    words
        The language; English when None.
    """
    kind = "nine_in_ten" if timing.sure == "nine_in_ten" else "median"
    kind = "one" if timing.start_min == timing.end_min else kind
    return (words or english()).say(f"transit.way.{kind}", way=way, when=leaving(timing, words))


def share_by_timetable(pack: AreaPack, share: ShownShare, on_foot: ShownShare, timing: Timing) -> str:
    """Say which share can reach it by bus and train too, after the share of those who walk, and what is not counted.

    Parameters
    ----------
    pack
        The area, with a timetable.
    share, on_foot
        By bus and train, and walking all the way.
    timing
        Day and window.
    """
    say, vehicles = english().say, counted_vehicles(pack, timing)
    if share_words(share) == share_words(on_foot):
        said = say("transit.share_same", vehicles=capital(vehicles))
    else:
        said = say("transit.share", vehicles=vehicles, share=share_words(share), when=leaving(timing))
    return " ".join([said, *missing_words(pack)])


def counted_vehicles(pack: AreaPack, timing: Timing) -> str:
    """Name what rides by the timetable of an area and counts: ``"buses and trains"``, ``"trains"``."""
    return _vehicles([route for route in pack.timetable.routes if timing.assumed or route.status != "assumed"])


def limits_words(timing: Timing) -> str:
    """Say when one leaves, and how many vehicles, walks and waits a journey may have."""
    return english().say(
        "transit.limits",
        when=leaving(timing),
        vehicles=english().counted("transit.vehicles_in_one", timing.boardings),
        walk=shortest(timing.longest_walk_min),
        change=shortest(timing.longest_change_min),
        wait=shortest(timing.longest_wait_min),
    )


def window_words(timing: Timing) -> str:
    """Name the day and the window in a few words, for a button: ``"Tuesday, 09:00–11:00"``, and if assumed counts."""
    kind = "window_assumed" if timing.assumed else "window"
    return english().say(
        f"transit.{kind}", day=day_name(timing), start=clock(timing.start_min), end=clock(timing.end_min)
    )


def day_name(timing: Timing) -> str:
    """Name the day: ``"Tuesday"``, ``"13 June 2023"``."""
    return date_words(timing.date) if timing.date is not None else english().say(f"transit.days.{timing.day}")


def no_timetable(names: Sequence[str]) -> str:
    """Say for which areas nothing is known of buses and trains, so that they are not offered."""
    return english().counted("transit.no_timetable", len(names), names=listed(list(names)))


def leg_words(leg: Leg, site: str, mark: Callable[[str], str] = str) -> str:
    """Say one leg of a journey: when it starts, the walk or the vehicle, and where it ends.

    Parameters
    ----------
    leg
        A walk or a ride.
    site
        Where the journey ends.
    mark
        Makes a name safe where the sentence is shown as markdown: names of stops come from files.
    """
    time = clock(leg.depart_s / 60)
    if leg.route is None:
        took = minutes_of(leg.arrive_s - leg.depart_s)
        metres = distance(leg.length_m)
        return english().say("transit.leg.walk", time=time, minutes=took, distance=metres, place=mark(leg.end or site))
    kind = leg.route.status if leg.route.status in ("modelled", "assumed") else "ride"
    return english().say(
        f"transit.leg.{kind}",
        time=time,
        vehicle=mark(vehicle_words(leg.route)),
        towards=mark(leg.towards),
        start=mark(leg.start),
        stops=english().counted("transit.stops", leg.stops),
        end=mark(leg.end),
        arrive=_arrival(leg.arrive_s),
    )


def journey_words(found: Itinerary, site: str) -> str:
    """Say when one must leave at the latest and when one is there, and how long that is with the wait at home."""
    asked, depart = (clock(second / 60) for second in (found.asked_s, found.depart_s))
    kind = "now" if asked == depart else "later"
    took = minutes_of(found.seconds)
    arrive = _arrival(found.arrive_s)
    return english().say(f"transit.journey.{kind}", asked=asked, depart=depart, arrive=arrive, minutes=took, site=site)


def _arrival(second: float) -> str:
    """Write when one is there, rounded as minutes are, so that it is the time of leaving and those minutes."""
    return clock(whole(second / 60))


def vehicle_words(route: RouteLine) -> str:
    """Name a vehicle as passengers do: ``"bus 9"``; a train by what its operator calls it."""
    kind = english().named("transit.vehicle").get(route.vehicle, route.vehicle)
    return english().say("transit.vehicle_named", vehicle=kind, name=route.name).strip()


def timetable_notes(pack: AreaPack, timing: Timing) -> list[str]:
    """Say what the times are of: the date that stands for the day, which routes count, and what is missing.

    Parameters
    ----------
    pack
        The area, with a timetable that covers the day.
    timing
        The day and window.

    Returns
    -------
    Sentences. Names of routes and sources in them come from files: whoever shows them as markdown makes them safe.
    """
    return status_notes(pack, timing) + missing_notes(pack)


def status_notes(pack: AreaPack, timing: Timing) -> list[str]:
    """Say the same without what is missing: see :func:`timetable_notes`."""
    said, calendar = [], pack.timetable.calendar
    known, routes = calendar.known(), pack.timetable.routes
    if known is not None and timing.date is None:
        day = example_date(pack.timetable, timing)
        said.append(english().say("transit.notes.example", day=on_day(timing), date=date_words(day)))
    published = [route for route in routes if route.status == "published"]
    if published and known is not None:
        first, last = (date_words(day) for day in known)
        said.append(english().say("transit.notes.published", vehicles=_vehicles(published), first=first, last=last))
    elif published:
        said.append(english().say("transit.notes.published_undated", vehicles=_vehicles(published)))
    not_known = routes_not_known(pack.timetable, timing)
    if not_known:
        alone = timing.assumed and {route.status for route in routes} <= {"modelled", "assumed"}
        kind = "not_known_assumed" if alone else "not_known"
        said.append(english().say(f"transit.notes.{kind}", vehicles=_vehicles(not_known), day=on_day(timing)))
    modelled = [route for route in routes if route.status == "modelled" and route not in not_known]
    if modelled:
        said.append(english().say("transit.notes.modelled", vehicles=_vehicles(modelled)))
    assumed = [vehicle_words(route) for route in routes if route.status == "assumed"]
    if assumed:
        which = listed(list(dict.fromkeys(assumed))[:_MOST_NAMED])
        said.append(
            english().say(
                "transit.notes.assumed" if timing.assumed else "transit.notes.assumed_left", names=capital(which)
            )
        )
    return said


def missing_notes(pack: AreaPack) -> list[str]:
    """Say which sources the pack was built without, and the command that brings them; empty where none is missing."""
    missing = missing_words(pack)
    return [f"{missing[0]} {english().say('transit.notes.fetch', area=pack.code)}"] if missing else []


def missing_words(pack: AreaPack) -> list[str]:
    """Say which sources the pack was built without, for paper; empty where none is missing."""
    titles = list(pack.missing_timetables)
    return [english().say("transit.notes.missing", titles=listed(titles))] if titles else []


def _vehicles(routes: Sequence[RouteLine]) -> str:
    kinds = english().named("transit.vehicles")
    return listed([kinds.get(vehicle, vehicle) for vehicle in sorted({route.vehicle for route in routes})])
