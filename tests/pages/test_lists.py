"""Lists of what is kept: by pages, searched, and with what is chosen still there on whatever page it is."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.scenario.scenario import AddSite, Venue
from store.bookmarks import BookmarkStore
from store.paging import PAGE
from store.scenarios import ScenarioStore
from tests.pages.lab import go_to, plan, press, told
from tests.people import boss

FIND, OLDER, NEWER = "list-search-{}", "list-older-{}", "list-newer-{}"


@pytest.fixture
def store(database):
    opened = ScenarioStore.open(database)
    yield opened
    opened.close()


def fill(store, scenario, count):
    return [
        store.save(replace(scenario, name=f"Plan {number}"), boss("Ben" if number % 2 else "Ada")).version.scenario_id
        for number in range(count)
    ]


def fields(screen):
    return [field.key for field in screen.at.text_input if str(field.key).startswith("list-search-")]


def listed(screen, key):
    return [option.partition(" (")[0] for option in screen.at.selectbox(key=key).options]


def test_a_list_of_one_page_has_nothing_to_search_it_with(open_page, store, empty):
    fill(store, empty, PAGE)
    screen = open_page("scenario_lab")
    go_to(screen, "Save")
    assert fields(screen) == []
    assert len(listed(screen, "lab-open-which")) == PAGE


def test_a_plan_of_another_page_is_found_by_turning_and_by_searching_and_is_opened(open_page, store, empty):
    keys = fill(store, empty, PAGE + 5)
    screen = open_page("scenario_lab")
    go_to(screen, "Save")
    assert "1–25 of 30" in screen.text
    assert screen.at.button(key=NEWER.format("plans")).disabled
    press(screen, OLDER.format("plans"))
    assert listed(screen, "lab-open-which") == [f"Plan {number}" for number in (4, 3, 2, 1, 0)]
    assert "26–30 of 30" in screen.text
    assert screen.at.button(key=OLDER.format("plans")).disabled
    screen.choose(FIND.format("plans"), "plan 2 ADA")
    assert listed(screen, "lab-open-which") == [
        "Plan 28",
        "Plan 26",
        "Plan 24",
        "Plan 22",
        "Plan 20",
        "Plan 12",
        "Plan 2",
    ]
    screen.choose("lab-open-which", keys[2])
    press(screen, "lab-open")
    assert plan(screen).name == "Plan 2"
    screen.choose(FIND.format("plans"), "%")
    assert "Nothing has all these words" in screen.text
    assert "None yet" not in screen.text


def test_deleted_plans_come_by_pages_too(open_page, store, empty):
    for key in fill(store, empty, 12):
        store.delete(key, boss("Ada"))
    screen = open_page("scenario_lab")
    go_to(screen, "Save")
    assert "1–10 of 12" in screen.text
    press(screen, OLDER.format("plans_deleted"))
    labels = [button.label for button in screen.at.button if str(button.key).startswith("lab-restore-")]
    assert labels == ["Bring back Plan 1", "Bring back Plan 0"]


def test_plans_that_are_compared_stay_chosen_when_the_list_is_turned(open_page, store, empty, pack):
    site = AddSite("new-1", "Hub", Venue(str(pack.services_of("library").index[0])))
    keys = fill(store, empty.with_change(site), PAGE + 2)
    screen = open_page("scenario_lab")
    go_to(screen, "Compare")
    screen.choose("lab-compare", [keys[-1]])
    press(screen, OLDER.format("plans_compared"))
    assert screen.at.multiselect(key="lab-compare").value == [keys[-1]]
    screen.choose("lab-compare", [keys[-1], keys[0]])
    columns = list(screen.at.table[-1].value.columns)
    assert columns[-2:] == ["Plan 26", "Plan 0"]


def test_a_link_to_a_plan_of_a_later_page_shows_it(open_page, store, empty):
    keys = fill(store, empty, PAGE + 2)
    screen = open_page("meeting", step="plan", story_plan=f"{keys[0]}.1")
    assert screen.chosen("story_plan") == f"{keys[0]}.1"
    assert screen.notes == []
    screen = open_page("ward_map", closer="outcomes", outcome_plan=keys[0])
    assert screen.chosen("outcome_plan") == keys[0]


def test_bookmarks_come_by_pages(open_page, database):
    marks = BookmarkStore.open(database)
    for number in range(PAGE + 1):
        marks.add("southend", f"View {number}", "gaps", "", boss("Ada"))
    marks.close()
    screen = open_page("ward_map")
    press(screen, "bookmarks-open")
    press(screen, OLDER.format("bookmarks"))
    labels = [button.label for button in screen.at.button if str(button.key).startswith("bookmarks-open-")]
    assert labels == [r"26\. View 0"]


def test_a_damaged_store_is_told_where_things_are_kept_and_work_goes_on(open_page, database, tmp_path):
    path = Path(database.removeprefix("sqlite:///"))
    path.write_bytes(b"noise" * 1000)
    screen = open_page("scenario_lab")
    go_to(screen, "Save")
    (aside,) = tmp_path.glob("plans.sqlite.damaged-*")
    assert aside.read_bytes() == b"noise" * 1000
    assert aside.name in " ".join(warning.value.replace("\\", "") for warning in screen.at.warning)
    screen.choose("lab-who", "Ada")
    press(screen, "lab-save")
    assert "Saved as version 1" in told(screen)
    screen = open_page("own_data")
    assert aside.name in " ".join(warning.value.replace("\\", "") for warning in screen.at.warning)
    aside.unlink()
    screen = open_page("own_data")
    assert not [warning for warning in screen.at.warning if "damaged" in warning.value]
