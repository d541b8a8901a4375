"""What one edit of a plan did, in a few words, so that undo and redo can say what they take back."""

from collections.abc import Mapping

from analysis.scenario.scenario import (
    FREE,
    AddLink,
    AddOutreach,
    AddSite,
    Change,
    ChangeOffer,
    CloseSite,
    MoveSite,
    Scenario,
    SetSpeed,
)
from geo.network.modes import MODES
from geo.pack import AreaPack
from geo.services import CATEGORIES
from wording.rounding import shortest
from wording.scenario import spot_words


def step_words(pack: AreaPack, before: Scenario, after: Scenario) -> str:
    """Say what an edit did: ``"open a hub at Thorpe Bay Library"``, ``"cost of change 2"``, ``"rename to “East”"``.

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
        return f"open the plan “{after.name}”"
    if len(now) == len(was):
        different = [row for row in range(len(now)) if was[row] != now[row]]
        if len(different) == 1:
            row = different[0]
            return _altered(pack, row + 1, was[row], now[row], names)
    if len(now) < len(was):
        gone = [change for change in was if change not in now]
        if gone:
            return f"take out: {_doing(pack, gone[0], names)}"
    added = len(now) - len(was)
    return f"add {added} changes" if added > 1 else "change the plan"


def _names(pack: AreaPack, changes: tuple[Change, ...]) -> dict[str, str]:
    named = {change.site: change.name for change in changes if isinstance(change, AddSite | AddOutreach)}
    touched = [change.site for change in changes if isinstance(change, CloseSite | MoveSite | ChangeOffer)]
    known = pack.services["name"]
    return {site: str(known[site]) for site in touched if site in known.index} | named


def _doing(pack: AreaPack, change: Change, names: Mapping[str, str]) -> str:
    match change:
        case AddSite():
            return f"open a hub at {change.name}"
        case AddOutreach():
            return f"run a session at {change.name}"
        case CloseSite():
            return f"close {names.get(change.site, change.site)}"
        case MoveSite():
            return f"move {names.get(change.site, change.site)} to {spot_words(pack, change.at)}"
        case ChangeOffer():
            return f"change what {names.get(change.site, change.site)} offers"
        case AddLink():
            return f"make a path from {change.name}"
        case SetSpeed():
            return f"travel at {shortest(change.speed_kmh)} km/h"


def _altered(pack: AreaPack, number: int, was: Change, now: Change, names: Mapping[str, str]) -> str:
    if type(was) is type(now) and getattr(was, "cost", FREE) != getattr(now, "cost", FREE):
        return f"cost of change {number}"
    if type(was) is type(now) and not isinstance(now, SetSpeed):
        return f"alter change {number}"
    return _doing(pack, now, names)


def _asked_words(before: Scenario, after: Scenario) -> str:
    """Say which part of what is asked, or of the name, is another one."""
    said = []
    if before.name != after.name:
        said.append(f"rename to “{after.name}”")
    if before.service != after.service:
        said.append(f"ask for {CATEGORIES[after.service].plural}")
    if before.mode != after.mode:
        said.append(f"travel: {MODES[after.mode].label.lower()}")
    if before.within_min != after.within_min:
        said.append(f"within {shortest(after.within_min)} minutes")
    if before.baseline != after.baseline:
        said.append("other figures of children")
    return ", ".join(said) or "change the plan"
