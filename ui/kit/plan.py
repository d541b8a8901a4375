"""The plan that is being edited, with undo and redo, and its stored version; kept for the session."""

from collections.abc import Sequence

from analysis.scenario.scenario import History, Scenario
from geo.pack import AreaPack
from geo.services import CATEGORIES
from store.scenarios import Version
from ui.kit.session import Session, session

Kept = tuple[History, Sequence[tuple[int, tuple[str, int] | None]]]
"""A plan that is put aside: its history, and its stored versions as in `Session.stored`."""
UNNAMED = "My plan"


def fresh(pack: AreaPack) -> Scenario:
    """Return the plan with which the page starts: about the first service that the area's data list."""
    listed = [
        category.name for category in CATEGORIES.values() if category.shown and len(pack.services_of(category.name))
    ]
    service = Scenario.service if Scenario.service in listed or not listed else listed[0]
    return Scenario(UNNAMED, pack.code, service=service, baseline=pack.baselines[0])


def history() -> History:
    """Return the plan that is being edited, with undo and redo.

    Raises
    ------
    LookupError
        When no plan is being edited yet: see :func:`start`.
    """
    found = session.history
    if found is None:
        raise LookupError("no plan is under edit yet")
    return found


def begun() -> bool:
    """Tell whether a plan is being edited yet."""
    return Session.history.held


def start(scenario: Scenario) -> None:
    """Start to edit a plan, without any earlier step."""
    set_history(History(scenario))
    session.stored = ()


def set_history(made: History) -> None:
    """Make `made` the present state."""
    session.history = made


def stored() -> tuple[str, int] | None:
    """Return id and version of the stored plan that is being edited, or None.

    Undo also reverses the opening of a plan, so the stored version depends on the present step of the history.
    """
    now = len(history().past)
    return next((kept for since, kept in reversed(session.stored) if since <= now), None)


def change_to(scenario: Scenario) -> None:
    """Make `scenario`, which must be valid on this area, the present one."""
    now = len(history().past)
    session.stored = [one for one in session.stored if one[0] <= now]
    set_history(history().edit(scenario))


def open_plan(scenario: Scenario, *, version: Version | None = None) -> None:
    """Replace the plan that is being edited by another; undo restores the old one."""
    change_to(scenario)
    kept = None if version is None else (version.scenario_id, version.number)
    session.stored = [*session.stored, (len(history().past), kept)]


def set_stored(version: Version) -> None:
    """Record the stored version of the plan that is being edited."""
    now, opened = len(history().past), list(session.stored)
    at = max((row for row, one in enumerate(opened) if one[0] <= now), default=None)
    kept = (version.scenario_id, version.number)
    if at is None:
        opened.insert(0, (0, kept))
    else:
        opened[at] = (opened[at][0], kept)
    session.stored = opened
