"""The server's page: what it says of itself, and what was deleted long ago taken away for good."""

import os
import platform
import shutil

import pytest

from geo.packs import list_packs, packs_folder
from store.audit import AuditLog
from store.person import Role
from store.scenarios import ScenarioStore
from tests.pages.lab import press
from tests.pages.visitors import come_as
from tests.people import boss, someone


@pytest.fixture
def plans(database):
    opened = ScenarioStore.open(database)
    yield opened
    opened.close()


def told(screen):
    return " ".join(one.value.replace("\\", "") for one in screen.at.info)


def button(screen, key):
    return next((one for one in screen.at.button if one.key == key), None)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_to_anybody_else_the_address_says_one_sentence(open_page, monkeypatch, role):
    come_as(monkeypatch, someone("Cleo", role))
    screen = open_page("server")
    assert told(screen).startswith("To see how the server is doing needs the role administrator")
    assert "SQLite" not in screen.text
    assert str(os.getpid()) not in screen.text
    assert button(screen, "purge-look") is None


def test_it_says_what_runs_what_is_shown_and_what_is_kept_and_no_secret(open_page, monkeypatch, plans, empty, database):
    plans.save(empty, someone("Ben"))
    monkeypatch.setenv("REACH_COOKIE_SECRET", "not-to-be-shown")
    come_as(monkeypatch, boss("Ada"))
    screen = open_page("server")
    text = screen.text
    assert platform.python_version() in text
    assert f"Process {os.getpid()}" in text
    assert '<th scope="row">Plans</th><td>1</td>' in text
    assert "SQLite" in text
    assert len(screen.table("Area", "Put here", "State")) == len(list_packs())
    assert set(screen.table("Area", "State")["State"]) == {"opens"}
    assert "reach data refresh southend" in screen.at.code[0].value
    assert "not-to-be-shown" not in text
    assert database.removeprefix("sqlite:///") not in text


def test_a_damaged_area_is_named_and_the_page_stays(open_page, monkeypatch, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(packs_folder() / "southend", data / "southend")
    (data / "southend" / "pack.json").write_bytes(b"noise")
    monkeypatch.setenv("REACH_DATA", str(data))
    come_as(monkeypatch, boss("Ada"))
    screen = open_page("server")
    (state,) = screen.table("Area", "State")["State"]
    assert state.startswith("cannot be opened: ")
    assert button(screen, "purge-look") is not None


def test_what_would_go_is_listed_confirmed_and_then_gone(open_page, monkeypatch, plans, empty, database):
    kept = plans.save(empty, someone("Ben")).version.scenario_id
    gone = plans.save(empty, someone("Ben")).version.scenario_id
    plans.delete(gone, someone("Ben"))
    come_as(monkeypatch, boss("Ada"))
    screen = open_page("server")
    assert button(screen, "purge-do") is None
    press(screen, "purge-look")
    assert "Nothing was deleted that long ago." in screen.text, "a month is what one is asked for first"
    screen.at.number_input(key="purge-days").set_value(0).run()
    assert button(screen, "purge-do") is None, "another number has to be looked at first"
    press(screen, "purge-look")
    assert "1 thing would go:" in screen.text
    assert empty.name in screen.text
    assert button(screen, "purge-do").disabled
    assert plans.latest(gone).deleted, "nothing has gone yet"
    screen.at.checkbox(key="purge-sure").check().run()
    press(screen, "purge-do")
    assert "1 thing is gone for good." in told(screen)
    assert plans.list("southend", deleted=True).total == 0
    assert plans.latest(kept).number == 1
    log = AuditLog.open(database)
    assert "purged" in {entry.action for entry in log.all(boss("Ada"))}
    log.close()


def test_a_role_that_was_taken_away_meanwhile_purges_nothing(open_page, monkeypatch, plans, empty):
    gone = plans.save(empty, someone("Ben")).version.scenario_id
    plans.delete(gone, someone("Ben"))
    come_as(monkeypatch, boss("Ada"))
    screen = open_page("server")
    screen.at.number_input(key="purge-days").set_value(0).run()
    press(screen, "purge-look")
    screen.at.checkbox(key="purge-sure").check().run()
    monkeypatch.setattr("ui.server.purge.visitor", lambda name="": someone("Ada", Role.PLANNER))
    press(screen, "purge-do")
    assert plans.latest(gone).deleted
