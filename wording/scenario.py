"""What a plan asks and changes, in plain text: the one wording for pages, paper and the command line.

Names in it come from files and people. Whoever shows it as markdown or HTML makes it safe for that first.
"""

from collections.abc import Mapping

from analysis.scenario.assignment import whole_capacity
from analysis.scenario.costs import without_cost
from analysis.scenario.lab import Effect
from analysis.scenario.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    Change,
    ChangeOffer,
    CloseSite,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Spot,
    Venue,
)
from analysis.shown import as_shown
from geo.network.modes import STEPS, Mode, mode_named
from geo.pack import AreaPack
from geo.places import place_at
from geo.services import category_named, with_article
from wording.groups import GROUP_NAMES
from wording.numbers import capital, listed, people, small
from wording.rounding import digits, fixed, shortest

_ON_THE_WAY = {
    "walk_pram": "walking with a pram",
    "walk_adult": "walking as an adult alone",
    "walk_toddler": "walking with a toddler",
    "wheelchair": "on wheels that cannot take a step",
    "cycle": "cycling",
    "drive": "driving",
}


def travelling(mode: str) -> str:
    """How a family of that mode travels: ``"walking with a pram"``.

    Raises
    ------
    UnknownNameError
        When there is no such mode.
    """
    return _ON_THE_WAY.get(mode, mode_named(mode).label.lower())


def mode_words(mode: str) -> str:
    """How a family of that mode travels, by the mode's own label as reports print it; errors as for :func:`travelling`.

    Reports say ``"cycle"`` by its label where sentences of pages say :func:`travelling`.
    """
    label = mode_named(mode).label
    return small(label)


def at_speed(speed_kmh: float | None) -> str:
    """Say a speed after the way of travelling: ``" at 3.2 km/h"``; empty where none is set."""
    return "" if speed_kmh is None else f" at {shortest(speed_kmh)} km/h"


def pace(mode: Mode) -> str:
    """Say what is assumed of a mode: ``"3.6 km/h; each flight of steps adds 120 seconds"``."""
    speed = "at each street's own speed" if mode.speed_kmh is None else f"{shortest(mode.speed_kmh)} km/h"
    if mode.level_only:
        return f"{speed}; never by steps: where no level way leads there is no time"
    if mode.steps_penalty_s:
        return f"{speed}; each flight of steps adds {shortest(mode.steps_penalty_s)} seconds"
    return f"{speed}; steps are like any path" if STEPS in mode.classes else speed


def question(scenario: Scenario) -> str:
    """Say what is asked: ``"a children's centre within 15 minutes walking with a pram"``; and at which speed, if set.

    Raises
    ------
    UnknownNameError
        When the service or mode is unknown.
    """
    service = with_article(category_named(scenario.service).label)
    way = f"{travelling(scenario.mode)}{at_speed(scenario.speed_kmh)}"
    return f"{service} within {shortest(scenario.within_min)} minutes {way}"


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
    table = effect.shown("group" if code in GROUP_NAMES else "ward")
    row = table[(table["measure"] == measure) & (table["code"] == code)].iloc[0]
    places = whole_words(float(row["session_places"]), "place")
    which = f"a weekly session with {places}" if count == 1 else f"one of {count} weekly sessions with {places} in all"
    near, placed = float(row["near_session_only"]), float(row["by_session_only"])
    if near == 0:
        return f"Nobody more can reach {which}."
    start = f"{capital(_count(near))} more can reach only {which}"
    have = "none" if placed == 0 else _count(placed)
    return f"{start}." if near == placed else f"{start}; {have} of them can have a place there."


def _count(shown: float) -> str:
    return people(as_shown(shown))


def whole_words(count: float, noun: str) -> str:
    """Say how many whole ones there are: ``whole_words(9.2, "place")`` gives ``"9 places"``."""
    whole = float(whole_capacity(count))
    return f"{fixed(whole, thousands=True)} {noun}{'' if whole == 1 else 's'}"


def without_cost_words(scenario: Scenario) -> str:
    """Say which changes have no cost yet, so that the price of a plan is not taken for all of it; empty when none."""
    numbers = without_cost(scenario)
    if not numbers:
        return ""
    priced = sum(not isinstance(change, SetSpeed) for change in scenario.changes)
    if len(numbers) == priced:
        return "No cost has been entered yet."
    one = len(numbers) == 1
    which = f"Change {numbers[0]} has" if one else f"Changes {listed([str(number) for number in numbers])} have"
    return f"{which} no cost yet, so this is not the whole price."


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
    match change:
        case AddSite():
            offer = _offer(change.programmes, change.places)
            place = spot_words(pack, change.at)
            return f"Open {_named(change.name, place, 'a hub at ' if change.name == place else '')}{offer}."
        case MoveSite():
            return f"Move {names.get(change.site, change.site)} to {spot_words(pack, change.at)}."
        case CloseSite():
            return f"Close {names.get(change.site, change.site)}."
        case ChangeOffer():
            offer = _offer(change.programmes, change.places)
            return f"Change what {names.get(change.site, change.site)} offers{offer}."
        case AddOutreach():
            where = _named(change.name, spot_words(pack, change.at), "at ")
            days = listed([f"{day.capitalize()}s" for day in change.weekdays])
            return (
                f"Run sessions {where}: {days} from {change.starts} for "
                f"{shortest(change.length_min)} minutes, {change.families} families each, {change.weeks} weeks a year"
                f"{_offer(change.programmes, None)}."
            )
        case AddLink():
            ends = f"{spot_words(pack, change.one_end)} to {spot_words(pack, change.other_end)}"
            return f"Make a path from {ends}." if change.name == ends else f"Make a path “{change.name}” from {ends}."
        case SetSpeed():
            return f"Families travel at {shortest(change.speed_kmh)} km/h, now as with the plan."


def _named(name: str, place: str, before: str = "") -> str:
    """Say a name and its place, or the place alone when it has no other name."""
    return f"{before}{place}" if name == place else f"“{name}” at {place}"


def _offer(programmes: tuple[str, ...] | None, places: float | None) -> str:
    words = []
    if programmes is not None:
        words.append(listed(list(programmes)) or "no programme")
    if places is not None:
        words.append(f"{digits(places)} places a week")
    return f" ({'; '.join(words)})" if words else ""
