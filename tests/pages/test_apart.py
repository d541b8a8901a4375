"""Two visits at once: neither sees what the other has begun, typed or chosen, and each owns what it saved."""

import pytest

from store.scenarios import ScenarioStore
from tests.pages.lab import go_to, plan, press
from tests.pages.test_roles import keys
from tests.pages.visitors import come_openly

PASTED = "name\tpostcode\nHall\tSS1 2QA\n"


@pytest.fixture
def both(open_page, monkeypatch):
    """Two visits of a server that everybody can reach."""
    come_openly(monkeypatch)
    return lambda page: (open_page(page, area="southend"), open_page(page, area="southend"))


def test_the_plan_under_edit_and_the_name_are_one_visit_s_own(both, empty):
    one, other = both("scenario_lab")
    for screen in (one, other):
        go_to(screen, "Save")
    one.choose("lab-who", "Anna")
    one.choose("lab-name", "Anna's secret plan")
    other.run()
    assert plan(one).name == "Anna's secret plan"
    assert plan(other).name == empty.name
    assert other.chosen("lab-who") == ""
    assert "secret" not in other.text
    assert "plan" not in other.address


def test_the_pin_and_what_was_clicked_are_one_visit_s_own(both):
    one, other = both("travel_time")
    one.choose("place", "SS9 2ES")
    other.run()
    assert one.address["place"] == "SS9 2ES"
    assert "place" not in other.address
    assert "SS9 2ES" not in other.text
    assert other.chosen("place") != "SS9 2ES"


def test_rows_that_were_pasted_are_one_visit_s_own(both):
    one, other = both("own_data")
    one.at.text_area[0].set_value(PASTED).run()
    one.intact()
    other.run()
    assert any(str(field.key).startswith("own-name-") for field in one.at.text_input)
    assert other.at.text_area[0].value == ""
    assert not any(str(field.key).startswith("own-name-") for field in other.at.text_input)


def test_the_title_of_a_bookmark_is_one_visit_s_own(both):
    one, other = both("ward_map")
    for screen in (one, other):
        press(screen, "bookmarks-open")
    one.choose("bookmarks-title", "Only mine")
    other.run()
    assert other.chosen("bookmarks-title") == ""


def test_on_an_open_server_each_visit_owns_what_it_saved_whatever_the_name(both, database):
    one, other = both("scenario_lab")
    for screen in (one, other):
        go_to(screen, "Save")
        screen.choose("lab-who", "Anna")
    press(one, "lab-save")
    other.run()
    assert "lab-delete" in keys(one)
    assert "lab-delete" not in keys(other)
    assert "belongs to Anna" in other.text
    store = ScenarioStore.open(database)
    (listed,) = store.list("southend")
    store.close()
    assert listed.owner.person.startswith("visit ")


def test_a_visit_is_the_same_after_another_area_and_after_a_bookmark(both):
    one, other = both("ward_map")
    mine = one.chosen("visit-id")
    assert mine != other.chosen("visit-id")
    one.choose("area-chosen", "newport")
    assert one.chosen("visit-id") == mine
    press(one, "bookmarks-open")
    one.at.text_input(key="bookmarks-title").set_value("Here")
    next(button for button in one.at.button if button.label == "Bookmark this view").click().run()
    press(one, next(key for key in keys(one, "bookmarks-open-")))
    assert one.chosen("visit-id") == mine
