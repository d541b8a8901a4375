"""Who is before the page, for each way in which people come in."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from store.access import VISIT_COOKIE, is_visit
from store.door import Door
from store.errors import StoreError
from store.people import PeopleStore
from store.person import Role
from store.sign_in import Roles, SignIn
from ui.kit import sign_in, visitor
from ui.kit.visitor import Access, access

CLAIMS = {"iss": "https://login.example", "sub": "7", "iat": 4e9, "name": "Jo", "groups": ["p"], "is_logged_in": True}


def asking():
    import streamlit as st

    from ui.kit.visitor import visitor

    st.session_state["found"] = visitor(" Jo ")


def page():
    import streamlit as st

    from ui.kit.sign_in import account_menu, ask_in

    ask_in("Service Reach")
    st.title("Behind")
    account_menu()


def found(at):
    return at.run().session_state["found"]


@pytest.fixture
def way(monkeypatch, tmp_path):
    """Set how people come in, what their browser sends, and what the provider said."""

    def come(kind, cookies=None, claims=None, **roles):
        monkeypatch.setenv("REACH_ACCESS", kind)
        monkeypatch.setattr(visitor.st, "context", SimpleNamespace(cookies=cookies or {}, ip_address="192.0.2.7"))
        monkeypatch.setattr(visitor.st, "user", SimpleNamespace(to_dict=lambda: claims or {}, get=(claims or {}).get))
        people = PeopleStore.open(f"sqlite:///{tmp_path / 'people.sqlite'}")
        door = Door(Roles(planner=("p",), default="none", **roles), people)
        monkeypatch.setattr(visitor, "door", lambda: door)
        monkeypatch.setattr(sign_in, "sign_in", lambda: SignIn(("", "microsoft"), Roles(), {}))

    return come


def test_on_one_s_own_machine_one_may_do_everything(way):
    way("")
    assert access() is Access.OWN
    who = found(AppTest.from_function(asking))
    assert (who.id, who.name, who.role) == ("local", "Jo", Role.ADMINISTRATOR)


def test_where_everybody_may_come_a_browser_is_known_by_its_cookie_which_nobody_is_told(way):
    cookie = "k" * 43
    assert is_visit(cookie)
    way("open", {VISIT_COOKIE: cookie})
    who = found(AppTest.from_function(asking))
    assert (who.name, who.role, who.origin) == ("Jo", Role.PLANNER, "192.0.2.7")
    assert cookie not in who.id
    assert found(AppTest.from_function(asking)).id == who.id, "after the page was loaded again"
    way("open", {VISIT_COOKIE: "l" * 43})
    assert found(AppTest.from_function(asking)).id != who.id


@pytest.mark.parametrize("cookies", [{}, {VISIT_COOKIE: ""}, {VISIT_COOKIE: "short"}, {VISIT_COOKIE: "!" * 43}])
def test_without_a_cookie_of_ours_each_visit_is_another(way, cookies):
    way("open", cookies)
    at = AppTest.from_function(asking)
    first = found(at)
    assert found(at).id == first.id
    assert found(AppTest.from_function(asking)).id != first.id


def test_where_people_sign_in_the_provider_says_who_it_is(way):
    way("signed-in", {VISIT_COOKIE: "k" * 43}, CLAIMS)
    who = found(AppTest.from_function(asking))
    assert (who.name, who.role, who.origin) == ("Jo", Role.PLANNER, "192.0.2.7")
    for claims in ({}, {**CLAIMS, "groups": []}, {**CLAIMS, "iat": 0}):
        way("signed-in", {}, claims)
        at = AppTest.from_function(asking).run()
        assert at.exception
        assert "found" not in at.session_state


def test_nobody_gets_past_the_page_that_asks(way):
    for claims, told in (
        ({}, 0),
        ({"is_logged_in": False}, 0),
        ({"is_logged_in": True}, 1),
        ({**CLAIMS, "groups": []}, 1),
        ({**CLAIMS, "iat": 0}, 1),
    ):
        way("signed-in", {}, claims)
        at = AppTest.from_function(page).run()
        assert [one.value for one in at.title] == ["Service Reach"], claims
        assert [one.label for one in at.button][:2] == ["Sign in", "Sign in with Microsoft"]
        assert len(at.warning) == told
    way("signed-in", {}, CLAIMS)
    at = AppTest.from_function(page).run()
    assert [one.value for one in at.title] == ["Behind"]
    assert [one.label for one in at.button] == ["Sign out"]
    way("own")
    at = AppTest.from_function(page).run()
    assert [one.value for one in at.title] == ["Behind"]
    assert not at.button


def test_when_the_store_fails_nobody_gets_past_either(way, monkeypatch):
    way("signed-in", {}, CLAIMS)
    monkeypatch.setattr(PeopleStore, "meet", lambda *_, **__: (_ for _ in ()).throw(StoreError("no disk")))
    at = AppTest.from_function(page).run()
    assert not at.title
    assert "no disk" in at.error[0].value
