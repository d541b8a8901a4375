"""What one edit of a plan did, in a few words, so that undo and redo can say what they take back."""

from collections.abc import Mapping

from analysis.scenario.scenario import (
    FREE,
    AddLink,
    AddOutreach,
    AddRoute,
    AddSite,
    Change,
    ChangeOffer,
    CloseSite,
    CutRoute,
    MoveSite,
    MoveStop,
    RunRoute,
    Scenario,
    SetSpeed,
    ShortenRoute,
)
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.services import CATEGORIES
from wording.buses import route_step_words
from wording.languages import english
from wording.rounding import shortest
from wording.scenario import spot_words


def step_words(pack: AreaPack, before: Scenario, after: Scenario) -> str:
    """Say what an edit did: ``"open a hub at the library"``, ``"cost of change 2"``, ``"rename to “East”"``.

    Parameters
    ----------
    pack
        The area, for the names of sites and places.
    before, after
        The plan before the edit, and after it.
    """
    was, now = before.changes, after.changes
    names = _names(pack, (*was, *now))
    if was == now:
        return _asked_words(before, after)
    if len(now) == len(was) + 1 and now[:-1] == was:
        return _doing(pack, now[-1], names)
    if (before.name, before.service) != (after.name, after.service):
        return english().say("edits.open_plan", name=after.name)
    if len(now) == len(was):
        different = [row for row in range(len(now)) if was[row] != now[row]]
        if len(different) == 1:
            row = different[0]
            return _altered(pack, row + 1, was[row], now[row], names)
    if len(now) < len(was):
        gone = [change for change in was if change not in now]
        if gone:
            return english().say("edits.take_out", edit=_doing(pack, gone[0], names))
    added = len(now) - len(was)
    return english().say("edits.several", n=added) if added > 1 else english().say("edits.unknown")


def _names(pack: AreaPack, changes: tuple[Change, ...]) -> dict[str, str]:
    named = {change.site: change.name for change in changes if isinstance(change, AddSite | AddOutreach)}
    touched = [change.site for change in changes if isinstance(change, CloseSite | MoveSite | ChangeOffer)]
    known = pack.services["name"]
    return {site: str(known[site]) for site in touched if site in known.index} | named


def _doing(pack: AreaPack, change: Change, names: Mapping[str, str]) -> str:
    say = english().say
    match change:
        case AddSite():
            return say("edits.open", site=change.name)
        case AddOutreach():
            return say("edits.session", site=change.name)
        case CloseSite():
            return say("edits.close", site=names.get(change.site, change.site))
        case MoveSite():
            return say("edits.move", site=names.get(change.site, change.site), place=spot_words(pack, change.at))
        case ChangeOffer():
            return say("edits.offer", site=names.get(change.site, change.site))
        case AddLink():
            return say("edits.path", name=change.name)
        case SetSpeed():
            return say("edits.speed", speed=shortest(change.speed_kmh))
        case AddRoute() | RunRoute() | ShortenRoute() | CutRoute() | MoveStop():
            return route_step_words(pack, change)


def _altered(pack: AreaPack, number: int, was: Change, now: Change, names: Mapping[str, str]) -> str:
    if type(was) is type(now) and getattr(was, "cost", FREE) != getattr(now, "cost", FREE):
        return english().say("edits.cost", number=number)
    if type(was) is type(now) and not isinstance(now, SetSpeed):
        return english().say("edits.alter", number=number)
    return _doing(pack, now, names)


def _asked_words(before: Scenario, after: Scenario) -> str:
    """Say which part of what is asked, or of the name, is another one."""
    said, say = [], english().say
    if before.name != after.name:
        said.append(say("edits.rename", name=after.name))
    if before.service != after.service:
        said.append(say("edits.service", services=CATEGORIES[after.service].plural))
    if before.mode != after.mode:
        said.append(say("edits.mode", mode=mode_named(after.mode).label.lower()))
    if before.within_min != after.within_min:
        said.append(say("edits.within", within=shortest(after.within_min)))
    if before.baseline != after.baseline:
        said.append(say("edits.baseline"))
    return ", ".join(said) or say("edits.unknown")
