"""What is kept of a visit is found again and forgotten, whatever its name."""

import pytest

from ui.kit import slots
from ui.kit.session import Session
from ui.kit.slots import Written


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What Streamlit keeps, for a test to fill and read."""
    kept: dict[str, object] = {}
    monkeypatch.setattr("streamlit.session_state", kept)
    return kept


def test_all_is_forgotten_but_what_is_named_with_what_outlasts_its_control(held):
    held |= {"lab_history": 1, "lab-who": "Anna", "keep:lab-who": "Anna", "keep:lab-goal": "gap", "ward": "x"}
    slots.forget_all(but=(Session.history, Session.lab_who))
    assert held == {"lab_history": 1, "lab-who": "Anna", "keep:lab-who": "Anna"}


def test_the_controls_of_a_visit_are_found_by_what_they_left(held):
    held |= {"url:ward": Written(None, ""), "keep:lab-goal": "gap", "urlish": 1, "keeper": 2}
    assert [control.key for control in slots.linked_controls()] == ["ward"]
    assert [slot.key for slot in slots.kept_controls()] == ["lab-goal"]
    assert slots.linked("ward").memory().get() == Written(None, "")
    assert slots.kept_of(Session.lab_goal).get() == "gap"
