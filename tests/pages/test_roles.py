"""What a page offers by role and by whose a thing is; what it does not offer, the store refuses as well."""

import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from store.bookmarks import BookmarkStore
from store.layers import LayerStore
from store.person import Role
from store.scenarios import ScenarioStore
from tests.pages.lab import go_to, press, told
from tests.pages.visitors import come_as
from tests.people import boss, someone

ROLES = list(Role)
PLANNING = [Role.PLANNER, Role.ADMINISTRATOR]
ROWS = pd.DataFrame({"name": ["Hub"], "easting": [588_000.0], "northing": [186_000.0], "postcode": [""]})


@pytest.fixture
def plans(database):
    opened = ScenarioStore.open(database)
    yield opened
    opened.close()


@pytest.fixture
def layers(database):
    opened = LayerStore.open(database)
    yield opened
    opened.close()


@pytest.fixture
def marks(database):
    opened = BookmarkStore.open(database)
    yield opened
    opened.close()


@pytest.fixture
def saving(open_page, monkeypatch):
    """Open the Scenario lab where plans are saved, as somebody."""

    def opened(person, **address):
        come_as(monkeypatch, person)
        screen = open_page("scenario_lab", area="southend", **address)
        go_to(screen, "Save")
        return screen

    return opened


def keys(screen, start=""):
    """Keys of the buttons, and of the fields, that begin so."""
    found = [*screen.at.button, *screen.at.text_input, *screen.at.checkbox, *screen.at.text_area]
    return {str(one.key) for one in found if str(one.key).startswith(start)}


@pytest.mark.parametrize("role", ROLES)
def test_only_a_planner_is_offered_to_save_and_all_others_are_told_what_it_needs(saving, plans, empty, role):
    plans.save(empty, someone("Ben"))
    screen = saving(someone("Anna", role))
    offered = keys(screen, "lab-save") | keys(screen, "lab-copy")
    assert offered == ({"lab-save", "lab-copy"} if role in PLANNING else set())
    sentence = f"Saving plans needs the role planner; yours is {role}."
    assert (sentence in screen.text) == (role not in PLANNING)
    assert "lab-open" in keys(screen), "everybody may open what is saved"
    assert "lab-who" not in keys(screen), "the name is known"


def test_a_plan_is_saved_under_the_name_that_was_signed_in_with(saving, plans):
    screen = saving(someone("Anna"))
    press(screen, "lab-save")
    (listed,) = plans.list("southend")
    assert (listed.saved_by, listed.owner.person) == ("Anna", someone("Anna").id)


@pytest.mark.parametrize(
    ("who", "offered"),
    [(someone("Ben"), True), (someone("Anna"), False), (boss("Ada"), True)],
    ids=["own", "other", "boss"],
)
def test_only_whose_it_is_and_an_administrator_are_offered_to_delete_a_plan_and_to_bring_it_back(
    saving, plans, empty, who, offered
):
    key = plans.save(empty, someone("Ben")).version.scenario_id
    screen = saving(who)
    assert ("lab-delete" in keys(screen)) == offered
    assert ("belongs to Ben" in screen.text) != offered
    plans.delete(key, someone("Ben"))
    screen.run()
    assert (f"lab-restore-{key}" in keys(screen)) == offered


def test_what_is_not_offered_is_refused_when_the_role_was_taken_away_meanwhile(saving, plans, empty, monkeypatch):
    plans.save(empty, someone("Anna"))
    screen = saving(someone("Anna"))
    monkeypatch.setattr("ui.lab.keep.visitor", lambda name="": someone("Anna", Role.VIEWER))
    press(screen, "lab-delete")
    assert "needs the role planner" in told(screen)
    assert [one.name for one in plans.list("southend")] == [empty.name]


def test_a_change_of_somebody_else_s_plan_becomes_a_copy_and_the_button_says_so_before(saving, plans, empty):
    key = plans.save(empty, someone("Ben")).version.scenario_id
    screen = saving(someone("Anna"), scenario=key, version="1")
    assert screen.at.button(key="lab-save").label == "Save a copy of my own"
    assert "lab-save-new" not in keys(screen)
    assert "This plan belongs to Ben. Your changes become a plan of your own." in screen.text
    press(screen, "lab-save")
    assert {(one.name, one.owner.name) for one in plans.list("southend")} == {
        (empty.name, "Ben"), (f"{empty.name} (Anna’s copy)", "Anna"),
    }  # fmt: skip
    assert plans.latest(key).number == 1
    assert screen.at.button(key="lab-save").label == "Save as version 2", "the copy is what is under edit now"


def test_a_team_may_change_a_plan_that_was_saved_for_it(saving, plans):
    east, other = someone("Anna", team="East"), someone("Cleo", team="West")
    screen = saving(east)
    screen.at.checkbox(key="for-team-").check().run()
    press(screen, "lab-save")
    (listed,) = plans.list("southend")
    assert listed.owner.team == "East"
    assert screen.at.checkbox(key=f"for-team-{listed.scenario_id}").value, "it is shown as it is"
    asked = {"scenario": listed.scenario_id, "version": "1"}
    mate = saving(someone("Ben", team="East"), **asked)
    assert mate.at.button(key="lab-save").label == "Save as version 2"
    assert not keys(mate, "for-team-"), "whose it is decides"
    press(mate, "lab-save")
    assert plans.latest(listed.scenario_id).saved_by == "Ben"
    assert plans.list("southend").rows[0].owner.team == "East"
    assert "lab-delete" not in keys(saving(other, **asked))


def test_who_has_no_team_is_asked_about_none(saving):
    assert not keys(saving(someone("Anna")), "for-team-")


def test_a_list_says_whose_a_plan_is_when_it_is_not_who_saved_it_last(saving, plans, empty):
    made = plans.save(empty, someone("Ben")).version
    plans.save(empty, boss("Ada"), scenario_id=made.scenario_id, based_on=1)
    plans.save(empty, someone("Anna"))
    hers, his = saving(someone("Anna")).at.selectbox(key="lab-open-which").options
    assert "belongs" not in hers
    assert his.endswith("; belongs to Ben)")


@pytest.mark.parametrize("role", ROLES)
def test_bookmarks_and_short_links_are_offered_from_a_member_on(open_page, marks, monkeypatch, role):
    mine = marks.add("southend", "Mine", "gaps", "", someone("Anna", Role.MEMBER)).id
    hers = marks.add("southend", "Hers", "gaps", "", someone("Cleo", Role.MEMBER)).id
    come_as(monkeypatch, someone("Anna", role))
    screen = open_page("ward_map", area="southend")
    press(screen, "bookmarks-open")
    may = role is not Role.VIEWER
    assert ("bookmarks-title" in keys(screen)) == may
    assert ("bookmarks-short" in keys(screen)) == may
    assert ("needs the role member; yours is viewer" in screen.text) != may
    assert "bookmarks-who" not in keys(screen)
    removable = {mine, hers} if role is Role.ADMINISTRATOR else {mine} if may else set()
    assert keys(screen, "bookmarks-remove-") == {f"bookmarks-remove-{key}" for key in removable}
    assert {f"bookmarks-open-{key}" for key in (mine, hers)} <= keys(screen)


@pytest.mark.parametrize("role", ROLES)
def test_data_are_given_by_planners_and_seen_by_all(open_page, layers, monkeypatch, role):
    kept = layers.add("southend", "services", "Halls", ROWS, someone("Ben"))
    come_as(monkeypatch, someone("Anna", role))
    screen = open_page("own_data", area="southend")
    assert bool(screen.at.text_area) == (role in PLANNING)
    assert (f"Keeping data of your own needs the role planner; yours is {role}." in screen.text) == (
        role not in PLANNING
    )
    press(screen, f"own-open-{kept.id}")
    assert any("Halls" in one.value for one in screen.at.markdown)
    assert ("own-remove" in keys(screen)) == (role is Role.ADMINISTRATOR)
    assert ("belongs to Ben" in screen.text) == (role is Role.PLANNER)


def test_what_was_saved_before_there_were_owners_is_an_administrator_s_to_delete(saving, plans, empty, database):
    plans.save(empty, someone("Ben"))
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE scenario SET owner = '', owner_name = ''"))
    engine.dispose()
    screen = saving(someone("Anna"))
    assert "lab-delete" not in keys(screen)
    assert "an administrator may change it" in screen.text
    assert "lab-delete" in keys(saving(boss("Ada")))
