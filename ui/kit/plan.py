"""The plan under edit, with its undo and redo, and which stored version it is; kept for the session."""

import streamlit as st

from analysis.scenario.scenario import History, Scenario
from geo.pack import AreaPack
from store.scenarios import Version

UNNAMED = "My plan"
_HISTORY, _STORED = "lab_history", "lab_stored"


def fresh(pack: AreaPack) -> Scenario:
    """Return the plan that the page starts with."""
    return Scenario(UNNAMED, pack.code, baseline=pack.baselines[0])


def history() -> History:
    """Return the plan under edit with its undo and redo."""
    found: History = st.session_state[_HISTORY]
    return found


def begun() -> bool:
    """Whether there is a plan under edit yet."""
    return _HISTORY in st.session_state


def start(scenario: Scenario) -> None:
    """Put a plan under edit that has no step before it."""
    set_history(History(scenario))
    st.session_state[_STORED] = []


def set_history(made: History) -> None:
    """Make `made` the present state."""
    st.session_state[_HISTORY] = made


def stored() -> tuple[str, int] | None:
    """Id and version of the stored plan that is under edit, or None.

    Opening a plan is a step that undo takes back, so what is stored hangs on how far back one is.
    """
    now = len(history().past)
    return next((kept for since, kept in reversed(_opened()) if since <= now), None)


def _opened() -> list[tuple[int, tuple[str, int] | None]]:
    """From which step on which stored plan was under edit."""
    found: list[tuple[int, tuple[str, int] | None]] = st.session_state.setdefault(_STORED, [])
    return found


def change_to(scenario: Scenario) -> None:
    """Make `scenario`, which can be made, the present one."""
    now = len(history().past)
    st.session_state[_STORED] = [one for one in _opened() if one[0] <= now]
    set_history(history().edit(scenario))


def open_plan(scenario: Scenario, *, version: Version | None = None) -> None:
    """Put another plan in place of the one under edit; undo brings the old one back."""
    change_to(scenario)
    kept = None if version is None else (version.scenario_id, version.number)
    _opened().append((len(history().past), kept))


def set_stored(version: Version) -> None:
    """Note which stored version the plan under edit is."""
    now, opened = len(history().past), _opened()
    at = max((row for row, one in enumerate(opened) if one[0] <= now), default=None)
    kept = (version.scenario_id, version.number)
    if at is None:
        opened.insert(0, (0, kept))
    else:
        opened[at] = (opened[at][0], kept)
