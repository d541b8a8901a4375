"""People: listed, searched, given roles and teams, let in and out, undone; and the log of what was changed."""

import csv
import io

import pytest

from store.people import PeopleStore
from store.person import Role
from store.scenarios import ScenarioStore
from tests.pages.lab import press
from tests.pages.visitors import come_as, come_openly
from tests.people import boss, someone

ADA = boss("Ada")


@pytest.fixture
def store(database):
    opened = PeopleStore.open(database)
    opened.meet(ADA.id, "Ada", "ada@council.example", Role.ADMINISTRATOR)
    opened.meet("ben", "Ben <b>B</b>", "ben@council.example", Role.VIEWER)
    yield opened
    opened.close()


@pytest.fixture
def screen(open_page, monkeypatch, store):
    """The page as an administrator has it before them."""
    come_as(monkeypatch, ADA)
    return open_page("people")


def known(store, person):
    return next(one for one in store.list(ADA) if one.id == person)


def told(screen):
    return " ".join(one.value.replace("\\", "") for one in screen.at.info)


def names(screen):
    return [one.value for one in screen.at.markdown if one.value[:1].isdigit()]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_to_anybody_else_the_address_says_one_sentence_and_shows_nobody(open_page, monkeypatch, store, role):
    come_as(monkeypatch, someone("Cleo", role))
    screen = open_page("people")
    assert told(screen) == (
        f"To give people their roles needs the role administrator, and yours is {role}: "
        "ask an administrator of this dashboard."
    )
    assert "council.example" not in screen.text
    assert not [one for one in screen.at.button if str(one.key).startswith("people-")]


def test_without_sign_in_the_page_says_how_people_would_sign_in(open_page):
    screen = open_page("people")
    assert "Nobody signs in here" in told(screen)
    assert "reach app --sign-in FILE" in told(screen)


def test_a_visitor_of_an_open_server_may_not_see_it(open_page, monkeypatch, store):
    come_openly(monkeypatch)
    screen = open_page("people")
    assert "council.example" not in screen.text
    assert "yours is planner" in told(screen)


def test_everybody_is_listed_with_what_they_are_called_shown_as_it_is(screen):
    assert len(names(screen)) == 2
    assert r"\<b\>B\</b\>" in names(screen)[1]
    assert "viewer, by their groups; last here" in screen.text


def test_a_role_is_given_and_taken_back(screen, store):
    screen.choose("person-role-ben", "planner")
    assert known(store, "ben").role is Role.PLANNER
    assert "is now: planner" in told(screen)
    assert "planner, given here" in screen.text
    press(screen, "people-take-back")
    assert known(store, "ben").given is None
    assert screen.at.selectbox(key="person-role-ben").value == ""


def test_a_team_is_given_and_taken_back(screen, store):
    screen.choose("person-team-ben", "East")
    assert known(store, "ben").team == "East"
    assert "team East" in screen.text
    press(screen, "people-take-back")
    assert known(store, "ben").team == ""


def test_somebody_is_let_in_no_more_and_again(screen, store):
    press(screen, "people-entry-ben")
    assert known(store, "ben").removed_at is not None
    assert "may not come in" in screen.text
    press(screen, "people-take-back")
    assert known(store, "ben").removed_at is None
    press(screen, "people-entry-ben")
    assert screen.at.button(key="people-entry-ben").label == "Let them in again"
    press(screen, "people-entry-ben")
    assert known(store, "ben").removed_at is None


def test_nobody_can_shut_themselves_out(screen):
    keys = {str(one.key) for one in [*screen.at.button, *screen.at.selectbox]}
    assert not keys & {f"people-entry-{ADA.id}", f"person-role-{ADA.id}"}
    assert {"people-entry-ben", "person-role-ben"} <= keys


def test_a_role_that_was_taken_away_meanwhile_refuses_the_click(screen, store, monkeypatch):
    monkeypatch.setattr("ui.people.roster.visitor", lambda name="": someone("Ada", Role.MEMBER))
    press(screen, "people-entry-ben")
    assert "Not done" in told(screen)
    assert known(store, "ben").removed_at is None


def test_many_come_by_pages_and_are_searched(open_page, monkeypatch, store):
    for number in range(30):
        store.meet(f"c{number}", f"Clerk {number:02}", f"clerk{number}@other.example", Role.VIEWER)
    come_as(monkeypatch, ADA)
    screen = open_page("people")
    assert "1–25 of 32" in screen.text
    press(screen, "list-older-people")
    assert len(names(screen)) == 7
    screen.choose("list-search-people", "clerk7@")
    assert [name.split("**")[1] for name in names(screen)] == ["Clerk 07"]


def test_the_log_is_read_searched_and_taken_away_whole(open_page, monkeypatch, store, database, empty, downloads):
    plans = ScenarioStore.open(database)
    for number in range(30):
        plans.save(empty, someone(f"=Cleo {number}"))
    plans.close()
    come_as(monkeypatch, ADA)
    screen = open_page("people")
    screen.at.session_state["people-tab"] = "What was changed"
    screen.run()
    assert len(screen.table("When", "Who", "What", "Of what", "From")) == 25
    screen.choose("list-search-changes", "cleo saved 29")
    (row,) = screen.table("When", "Who").to_dict("records")
    assert (row["Who"], row["What"], row["From"]) == ("=Cleo 29 (planner)", "saved", "198.51.100.7")
    assert empty.name in row["Of what"]
    text = downloads["changes.csv"]().decode("utf-8-sig")
    lines = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))
    assert len(lines) == 32
    assert {line["person_name"][:2] for line in lines[2:]} == {"'="}, "no cell is a formula"
    assert lines[0]["at"] <= lines[-1]["at"]
