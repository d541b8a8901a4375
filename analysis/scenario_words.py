"""What a plan asks and changes, in plain text: the one wording for pages, paper and the command line.

Names in it come from files and people. Whoever shows it as markdown or HTML makes it safe for that first.
"""

from collections.abc import Mapping

from analysis.explain import listed
from analysis.rounding import digits
from analysis.scenario import (
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
from analysis.scenario_lab import Effect
from geo.modes import mode_named
from geo.pack import AreaPack
from geo.services import category_named

GROUP_NAMES: Mapping[str, str] = {"target": "Target wards", "rest": "Other wards", "borough": "Whole borough"}
_ON_THE_WAY = {
    "walk_pram": "walking with a pram",
    "walk_adult": "walking as an adult alone",
    "walk_toddler": "walking with a toddler",
    "cycle": "cycling",
    "drive": "driving",
}


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun, as it is spoken: "a library", "an NHS hospital"."""
    spoken_vowel = noun[:1].lower() in tuple("aeiou") or noun.startswith(("NHS", "MP"))
    return f"{'an' if spoken_vowel else 'a'} {noun}"


def travelling(mode: str) -> str:
    """How a family of that mode travels: ``"walking with a pram"``.

    Raises
    ------
    UnknownNameError
        When there is no such mode.
    """
    return _ON_THE_WAY.get(mode, mode_named(mode).label.lower())


def question(scenario: Scenario) -> str:
    """Say what is asked: ``"a children's centre within 15 minutes walking with a pram"``; and at which speed, if set.

    Raises
    ------
    UnknownNameError
        When the service or mode is unknown.
    """
    service = with_article(category_named(scenario.service).label)
    pace = "" if scenario.speed_kmh is None else f" at {scenario.speed_kmh:g} km/h"
    return f"{service} within {scenario.within_min:g} minutes {travelling(scenario.mode)}{pace}"


def site_names(effect: Effect) -> dict[str, str]:
    """Names of all sites of a plan by id, those that it closes included."""
    return {key: site.name for sites in (effect.before.sites, effect.after.sites) for key, site in sites.items()}


def spot_words(pack: AreaPack, spot: Spot) -> str:
    """Name the place of a change: a venue, a postcode, or a grid point in metres."""
    match spot:
        case Venue(service):
            return str(pack.services["name"].get(service, service))
        case AtPostcode(postcode):
            return postcode
        case Point(easting, northing):
            return f"grid point {easting:.0f}, {northing:.0f}"


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
            return f"Open {_named(change.name, spot_words(pack, change.at))}{offer}."
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
                f"{change.length_min:g} minutes, {change.families} families each, {change.weeks} weeks a year"
                f"{_offer(change.programmes, None)}."
            )
        case AddLink():
            ends = f"{spot_words(pack, change.one_end)} to {spot_words(pack, change.other_end)}"
            return f"Make a path from {ends}." if change.name == ends else f"Make a path “{change.name}” from {ends}."
        case SetSpeed():
            return f"Families travel at {change.speed_kmh:g} km/h, now as with the plan."


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
