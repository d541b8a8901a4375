"""The plan under edit, with its undo and redo, and which stored version it is; kept for the session."""

from analysis.scenario.scenario import History, Scenario
from geo.pack import AreaPack
from store.scenarios import Version
from ui.kit.session import Session, session

UNNAMED = "My plan"


def fresh(pack: AreaPack) -> Scenario:
    """Return the plan that the page starts with."""
    return Scenario(UNNAMED, pack.code, baseline=pack.baselines[0])


def history() -> History:
    """Return the plan under edit with its undo and redo.

    Raises
    ------
    LookupError
        When none is under edit yet: see :func:`start`.
    """
    found = session.history
    if found is None:
        raise LookupError("no plan is under edit yet")
    return found


def begun() -> bool:
    """Whether there is a plan under edit yet."""
    return Session.history.held


def start(scenario: Scenario) -> None:
    """Put a plan under edit that has no step before it."""
    set_history(History(scenario))
    session.stored = ()


def set_history(made: History) -> None:
    """Make `made` the present state."""
    session.history = made


def stored() -> tuple[str, int] | None:
    """Id and version of the stored plan that is under edit, or None.

    Opening a plan is a step that undo takes back, so what is stored hangs on how far back one is.
    """
    now = len(history().past)
    return next((kept for since, kept in reversed(session.stored) if since <= now), None)


def change_to(scenario: Scenario) -> None:
    """Make `scenario`, which can be made, the present one."""
    now = len(history().past)
    session.stored = [one for one in session.stored if one[0] <= now]
    set_history(history().edit(scenario))


def open_plan(scenario: Scenario, *, version: Version | None = None) -> None:
    """Put another plan in place of the one under edit; undo brings the old one back."""
    change_to(scenario)
    kept = None if version is None else (version.scenario_id, version.number)
    session.stored = [*session.stored, (len(history().past), kept)]


def set_stored(version: Version) -> None:
    """Note which stored version the plan under edit is."""
    now, opened = len(history().past), list(session.stored)
    at = max((row for row, one in enumerate(opened) if one[0] <= now), default=None)
    kept = (version.scenario_id, version.number)
    if at is None:
        opened.insert(0, (0, kept))
    else:
        opened[at] = (opened[at][0], kept)
    session.stored = opened
