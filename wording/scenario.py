"""What a plan asks and changes, in plain text: the one wording for pages, paper and the command line.

Names in it come from files and people. Whoever shows it as markdown or HTML makes it safe for that first.
"""

from collections.abc import Mapping

from analysis.reach.reach import GROUPS
from analysis.scenario.assignment import whole_capacity
from analysis.scenario.costs import without_cost
from analysis.scenario.lab import Effect
from analysis.scenario.scenario import (
    AddLink,
    AddOutreach,
    AddRoute,
    AddSite,
    AtPostcode,
    Change,
    ChangeOffer,
    CloseSite,
    CutRoute,
    LonLat,
    MoveSite,
    MoveStop,
    Point,
    RunRoute,
    Scenario,
    SetSpeed,
    ShortenRoute,
    Spot,
    Stop,
    Venue,
)
from analysis.shown import as_shown
from geo.coordinates import to_grid
from geo.network.modes import STEPS, Mode, mode_named
from geo.pack import AreaPack
from geo.places import place_at
from geo.services import category_named, with_article
from wording.buses import route_change_words, stop_words
from wording.languages import Words, english
from wording.numbers import capital, listed, people, small
from wording.rounding import digits, shortest
from wording.transit import in_minutes, limits_words


def travelling(mode: str, words: Words | None = None) -> str:
    """How a family of that mode travels: ``"walking with a pram"``; in English without `words`.

    By timetable it says when, too, and in how many of the minutes of leaving.

    Raises
    ------
    UnknownNameError
        When there is no such mode.
    """
    words, travel = words or english(), mode_named(mode)
    way = words.named("travelling").get(travel.kind, small(travel.label))
    return way if travel.timing is None else in_minutes(way, travel.timing, words)


def mode_words(mode: str) -> str:
    """How a family of that mode travels, by the mode's own label as reports print it; errors as for :func:`travelling`.

    Reports say ``"cycle"`` by its label where sentences of pages say :func:`travelling`.
    """
    label = mode_named(mode).label
    return small(label)


def at_speed(speed_kmh: float | None) -> str:
    """Say a speed after the way of travelling: ``" at 3.2 km/h"``; empty where none is set."""
    return "" if speed_kmh is None else f" {english().say('scenario.at_speed', speed=shortest(speed_kmh))}"


def pace(mode: Mode) -> str:
    """Say what is assumed of a mode: ``"3.6 km/h; each flight of steps adds 120 seconds"``.

    By timetable, that is the pace of its walks, the day and the window of leaving, and the limits of a journey.
    """
    say = english().say
    if mode.timing is not None:
        return say("scenario.pace.timed", walk=pace(mode.walking), limits=limits_words(mode.timing))
    if mode.speed_kmh is None:
        speed = say("scenario.pace.own_speed")
    else:
        speed = say("scenario.pace.speed", speed=shortest(mode.speed_kmh))
    if mode.level_only:
        return say("scenario.pace.level_only", speed=speed)
    if mode.steps_penalty_s:
        return say("scenario.pace.slow_steps", speed=speed, seconds=shortest(mode.steps_penalty_s))
    return say("scenario.pace.plain_steps", speed=speed) if STEPS in mode.classes else speed


def question(scenario: Scenario) -> str:
    """Say what is asked: ``"a children's centre within 15 minutes walking with a pram"``; and at which speed, if set.

    Raises
    ------
    UnknownNameError
        When the service or mode is unknown.
    """
    service = with_article(category_named(scenario.service).label)
    way = f"{travelling(scenario.mode)}{at_speed(scenario.speed_kmh)}"
    return english().say("scenario.question", service=service, within=shortest(scenario.within_min), way=way)


def session_words(effect: Effect, measure: str, code: str) -> str:
    """Say who can reach a weekly session and no site that is open all week, and how many places there are for them.

    Parameters
    ----------
    effect
        From :meth:`analysis.scenario.lab.Lab.effect`.
    measure, code
        Who is counted, in which ward or group.

    Returns
    -------
    ``"350 more can reach only a weekly session with 9 places; 9 of them can have one."``; empty where the plan has no
    session.
    """
    count = sum(site.session is not None for site in effect.after.sites.values())
    if not count:
        return ""
    table = effect.shown("group" if code in GROUPS else "ward")
    row = table[(table["measure"] == measure) & (table["code"] == code)].iloc[0]
    say = english().say
    places = english().counted("scenario.session.places", int(whole_capacity(float(row["session_places"]))))
    which = say(f"scenario.session.{'one' if count == 1 else 'several'}", n=count, places=places)
    near, placed = float(row["near_session_only"]), float(row["by_session_only"])
    if near == 0:
        return say("scenario.session.nobody", which=which)
    kind = "all_placed" if near == placed else "none_placed" if placed == 0 else "some_placed"
    return say(f"scenario.session.{kind}", count=capital(_count(near)), which=which, placed=_count(placed))


def _count(shown: float) -> str:
    return people(as_shown(shown))


def without_cost_words(scenario: Scenario) -> str:
    """Say which changes have no cost yet, so that the price of a plan is not taken for all of it; empty when none."""
    numbers = without_cost(scenario)
    if not numbers:
        return ""
    priced = sum(not isinstance(change, SetSpeed) for change in scenario.changes)
    if len(numbers) == priced:
        return english().say("scenario.no_cost_at_all")
    return english().counted("scenario.no_cost", len(numbers), numbers=listed([str(number) for number in numbers]))


def site_names(effect: Effect) -> dict[str, str]:
    """Names of all sites of a plan by id, those that it closes included."""
    return {key: site.name for sites in (effect.before.sites, effect.after.sites) for key, site in sites.items()}


def spot_words(pack: AreaPack, spot: Spot) -> str:
    """Name the place of a change: a venue, a postcode, or the street that is nearest to its position."""
    match spot:
        case Venue(service):
            return str(pack.services["name"].get(service, service))
        case AtPostcode(postcode):
            return postcode
        case Point(easting, northing):
            return place_at(pack, easting, northing).name
        case LonLat(lon, lat):
            easting, northing = (float(axis[0]) for axis in to_grid(lon, lat, pack.crs))
            return place_at(pack, easting, northing).name
        case Stop(stop):
            return stop_words(pack, stop)


def change_words(pack: AreaPack, change: Change, names: Mapping[str, str]) -> str:
    """Say in a sentence what a change is.

    Parameters
    ----------
    pack
        The area, for the names of venues.
    change
        The change.
    names
        Names of sites by id, from :func:`site_names`; an id stands for itself where it is not among them.
    """
    say = english().say
    match change:
        case AddSite():
            offer, place = _offer(change.programmes, change.places), spot_words(pack, change.at)
            if change.name == place:
                return say("scenario.change.open_hub", place=place, offer=offer)
            return say("scenario.change.open", site=_site(change.name, place), offer=offer)
        case MoveSite():
            place = spot_words(pack, change.at)
            return say("scenario.change.move", site=names.get(change.site, change.site), place=place)
        case CloseSite():
            return say("scenario.change.close", site=names.get(change.site, change.site))
        case ChangeOffer():
            offer = _offer(change.programmes, change.places)
            return say("scenario.change.offer", site=names.get(change.site, change.site), offer=offer)
        case AddOutreach():
            return say(
                "scenario.change.session",
                site=_site(change.name, spot_words(pack, change.at)),
                days=listed([say(f"scenario.days.{day}") for day in change.weekdays]),
                starts=change.starts,
                minutes=shortest(change.length_min),
                families=change.families,
                weeks=change.weeks,
                offer=_offer(change.programmes, None),
            )
        case AddLink():
            one, other = spot_words(pack, change.one_end), spot_words(pack, change.other_end)
            ends = say("scenario.change.ends", one=one, other=other)
            kind = "path" if change.name == ends else "named_path"
            return say(f"scenario.change.{kind}", name=change.name, ends=ends)
        case SetSpeed():
            return say("scenario.change.speed", speed=shortest(change.speed_kmh))
        case AddRoute() | RunRoute() | ShortenRoute() | CutRoute() | MoveStop():
            return route_change_words(pack, change, lambda spot: spot_words(pack, spot))


def _site(name: str, place: str) -> str:
    """Say a name and its place, or the place alone when it has no other name."""
    return english().say(f"scenario.change.{'unnamed_site' if name == place else 'named_site'}", name=name, place=place)


def _offer(programmes: tuple[str, ...] | None, places: float | None) -> str:
    words, say = [], english().say
    if programmes is not None:
        words.append(listed(list(programmes)) or say("scenario.change.no_programme"))
    if places is not None:
        words.append(say("scenario.change.places", n=digits(places)))
    return f" ({'; '.join(words)})" if words else ""
