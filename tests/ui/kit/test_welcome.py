"""The offer of the tour on a first visit: quiet, and not where it would disturb."""

import pytest

from tests.conftest import CHECKOUT
from ui.kit import welcome
from wording.welcome import offer_words


def test_the_offer_is_closed_for_good_and_needs_a_browser_that_keeps_that():
    assert set(offer_words()) == {"what", "start", "close"}
    assert "let answered = true" in welcome._OFFER_JS, "where nothing can be kept, nothing is offered"
    assert welcome._OFFER_JS.count("localStorage.setItem") == 1


@pytest.mark.parametrize("page", ["", "meeting"])
def test_a_meeting_is_not_disturbed(page, monkeypatch, tmp_path):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    shown = []
    monkeypatch.setattr(welcome, "_component", lambda: lambda **given: shown.append(given["key"]))
    screen = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=120)
    screen.run()
    assert shown == ["tour-offer"]
    if page:
        shown.clear()
        screen.switch_page("pages/meeting.py").run()
        assert shown == []
