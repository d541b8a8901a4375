"""What is kept of a visit and what stands in the address: read, written and forgotten by name."""

from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest

from ui.kit import keyed
from ui.kit.session import BasketMemory, Session, session
from ui.kit.slots import Linked, Param, Slot, Written

SLOTS = {name: slot for name, slot in vars(Session).items() if isinstance(slot, Slot)}
PARAMS = {name: param for name, param in vars(Session).items() if isinstance(param, Param)}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What Streamlit keeps, for a test to fill and read."""
    kept: dict[str, object] = {}
    monkeypatch.setattr("streamlit.session_state", kept)
    return kept


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The address, for a test to fill and read."""
    address: dict[str, str] = {}
    monkeypatch.setattr("streamlit.query_params", address)
    return address


def test_a_name_reads_what_is_kept_under_its_key_and_else_the_default(held):
    assert session.lab_name == ""
    assert session.story_lead is None
    assert not held, "reading keeps nothing"
    held["lab-name"] = "Mine"
    assert session.lab_name == "Mine"


def test_a_name_writes_under_its_key_and_any_object_reads_the_same(held):
    session.lab_kind = "path"
    assert held == {"lab-kind": "path"}
    assert Session().lab_kind == "path"


def test_the_class_gives_the_slot_with_its_key(held):
    assert Session.lab_who.key == "lab-who"
    assert isinstance(Session.lab_who, Slot)
    assert not Session.lab_who.held
    Session.lab_who.put("Anna")
    assert Session.lab_who.held
    assert (held, Session.lab_who.get()) == ({"lab-who": "Anna"}, "Anna")


def test_a_value_that_counts_as_nothing_is_still_held(held):
    session.pocket = ""
    session.bookmarks_shown = False
    assert Session.pocket.held
    assert Session.bookmarks_shown.held


def test_what_is_popped_is_given_once(held):
    held["bookmarks-go"] = ("gaps", {})
    assert Session.bookmark_chosen.pop() == ("gaps", {})
    assert held == {}
    assert Session.bookmark_chosen.pop() is None


def test_a_name_of_the_address_is_written_and_taken_out(asked):
    assert session.plan == ""
    session.plan = "abc"
    assert asked == {"plan": "abc"}
    session.plan = ""
    assert asked == {}
    session.plan = ""
    assert asked == {}


def test_a_control_is_forgotten_with_its_memory_and_in_the_address(held, asked):
    held |= {"place": "SS1 2QA", "url:place": Written("SS1 2QA", "SS1 2QA"), "place_clicked": "x", "way": "library"}
    asked |= {"place": "SS1 2QA", "way": "library"}
    assert Session.place.asked == "SS1 2QA"
    Session.place.forget()
    assert (held, asked) == ({"place_clicked": "x", "way": "library"}, {"way": "library"})
    Session.place.forget()  # a second time is no fault


def test_no_two_names_share_a_key():
    assert len(SLOTS) > 90
    shared = [key for key, count in Counter(slot.key for slot in SLOTS.values()).items() if count > 1]
    assert not shared
    linked = [slot.key for slot in SLOTS.values() if isinstance(slot, Linked)]
    addresses = Counter([*linked, *(param.name for param in PARAMS.values())])
    assert [name for name, count in addresses.items() if count > 1] == []


def test_no_default_can_be_changed_in_place():
    for name, slot in SLOTS.items():
        hash(slot.default)  # a list, dict or set has none
        assert isinstance(slot.default, str | int | float | tuple | frozenset | BasketMemory | None), name


def test_keys_that_depend_on_what_is_drawn():
    assert keyed.programme_categories("HENRY (healthy start)").key == "at_henry"
    assert keyed.change_input("one_off", 2).key == "lab-in-one_off-2"
    assert keyed.in_ward(Session.lab_typed).key == "lab-typed-in-ward"
    assert keyed.basket_editor(3).key == "basket-editor-3"
    assert keyed.pocket_row(0xBEEF).key == "gaps-pockets-0000beef"
    assert keyed.file_made("take-0").key == "take-0-made"
    assert keyed.file_asked("take-0").key == "take-0-asked"


def test_a_slot_s_key_serves_a_control_and_its_name_reads_it():
    def page():
        import streamlit as st

        from ui.kit.session import Session, session

        st.text_input("Name", key=Session.lab_name.key)
        st.text(f"{session.lab_name}|{session.area}")
        session.plan = "kept"

    at = AppTest.from_function(page)
    at.query_params["area"] = "southend"
    at.run()
    at.text_input[0].set_value("Mine").run()
    assert at.text[0].value == "Mine|southend"
    assert at.query_params["plan"] == "kept"
