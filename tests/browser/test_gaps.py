"""The Gaps page in Chromium: it fits, it is drawn, and a ward, a pocket, the basket and the ways on work by hand."""

import re

import pytest

from geo.packs import open_pack
from tests.browser.conftest import BOTH, is_map, near_colour, seen, until, words_only
from tests.browser.test_use import pixel_of, touch
from ui.kit.heat_table import BAD, CUT_OFF

WEST_LEIGH = "E05002227"
POCKET = "gp_practice.E05002222.exeter-close-and-wakering-road"


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@BOTH
def test_the_page_fits_and_the_table_scrolls_in_its_own_box(reader, app):
    reader.open(f"{app}/gaps")
    page = reader.page
    assert page.get_by_role("heading", level=1).inner_text() == "Who is cut off from what, and why?"
    assert page.get_by_test_id("stException").count() == 0
    page.get_by_text("is the most cut off of the 17 wards").first.wait_for()
    for part in ("document.scrollingElement", "document.querySelector('[data-testid=stMain]')"):
        wide, room = page.evaluate(f"[{part}.scrollWidth, {part}.clientWidth]")
        assert wide <= room, f"{part} scrolls sideways: {wide} in {room}"
    box = page.locator(".heat-box")
    wide, room = box.evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert (wide > room) == (reader.size == "phone")
    box.evaluate("box => { box.scrollLeft = box.scrollWidth }")
    name = page.get_by_role("rowheader", name="Shoeburyness")
    assert name.bounding_box()["x"] >= box.bounding_box()["x"] - 1, "the wards' names stay in sight"
    assert page.get_by_role("table").first.get_by_role("row").count() == 1 + 17 + 4


def test_the_map_is_painted_by_ward_and_by_home(reader, app):
    reader.open(f"{app}/gaps")

    def has_wards(picture):
        return is_map(picture) and near_colour(picture, CUT_OFF[2], 40).mean() > 0.02

    reader.painted(has_wards, "wards in orange")
    reader.choose("The map shows", "Long ways round")
    until(lambda: reader.query().get("show") == "severance", "the choice in the address")
    reader.painted(lambda picture: is_map(picture) and near_colour(picture, BAD, 40).mean() > 0.002, "homes in plum")


def test_a_click_on_a_ward_explains_it(reader, app, pack, monkeypatch):
    reader.open(f"{app}/gaps?six=1")
    reader.painted(is_map, "a map")
    place = pixel_of(reader, pack, WEST_LEIGH, monkeypatch)

    def chosen():
        # Without a graphics card the map takes seconds to be ready for its first click; a reader clicks again too.
        touch(reader, *place)
        try:
            return until(lambda: reader.query().get("ward") == WEST_LEIGH, "the ward in the address", wait_s=8)
        except AssertionError:
            return False

    until(chosen, "the ward that was clicked")
    reader.page.get_by_text(re.compile("are too far away for the children aged 0–3 in West Leigh")).first.wait_for()


@words_only
def test_a_row_of_the_table_chooses_a_pocket_and_leads_on(reader, app):
    reader.open(f"{app}/gaps?from=gp_practice")
    page = reader.page
    choose_row(page, "Exeter Close and Wakering Road")
    page.get_by_text("live more than 20 minutes from a GP practice").wait_for()
    until(lambda: reader.query().get("pocket") == POCKET, "the pocket in the address")
    page.get_by_role("link", name="See the journeys from here").click()
    page.get_by_text(re.compile("From Exeter Close, Shoeburyness")).wait_for()


# Notes each time that Streamlit marks a part of the page as to be drawn again.
REDRAWN = """part => {
  const times = [], held = part.closest("[data-stale]");
  new MutationObserver(() => held.dataset.stale === "true" && times.push(1)).observe(held, { attributes: true });
  return times;
}"""


def cell_of(table, words):
    """The cell of a table with those words; what is drawn stands in a hidden table too, for screen readers and keys."""
    return table.locator("td").filter(has_text=re.compile(f"^{re.escape(words)}$")).first


def choose_row(page, words):
    """Choose the row of a table that has a cell of those words, by keyboard."""
    table = page.get_by_test_id("stDataFrame").filter(has=page.locator("td", has_text=words))
    table.scroll_into_view_if_needed()
    marked = table.locator("tr[aria-selected=true]").filter(has_text=words)

    def chosen():
        if not marked.count():
            cell_of(table, words).focus()
            page.keyboard.press("Shift+Space")
        return marked.count()

    until(chosen, f"the row {words} to be marked")


@words_only
def test_another_list_of_pockets_chooses_none_of_them(reader, app):
    """A table keeps the number of the row that is chosen: that must not become another pocket, and another ward."""
    reader.open(f"{app}/gaps?from=gp_practice")
    page = reader.page
    choose_row(page, "Exeter Close and Wakering Road")
    until(lambda: reader.query().get("pocket") == POCKET, "the pocket in the address")
    reader.settled()
    heat = page.locator(".heat-box")
    redrawn = heat.evaluate_handle(REDRAWN)
    reader.choose("Streets cut off from", "a library")
    until(lambda: reader.query().get("from") == "library", "the choice in the address")
    until(lambda: "pocket" not in reader.query(), "no pocket in the address")
    reader.settled()
    assert page.locator("tr[aria-selected=true]").count() == 0
    page.get_by_text(re.compile("are too far away for the children aged 0–3 in Shoeburyness")).first.wait_for()
    assert reader.query().get("ward") in (None, "E05002222"), "still the ward of the pocket"
    assert redrawn.json_value() == [], "a choice of the map does not draw the tables below again"
    figures = heat.inner_text()
    page.get_by_role("button", name="Who is counted, and how").click()
    reader.choose("Counting …", "Children aged 0–17 in poverty")
    until(lambda: heat.inner_text() != figures, "the tables below for others who are counted")
    assert redrawn.json_value()


@words_only
def test_the_basket_is_edited_and_put_back(reader, app):
    reader.open(f"{app}/gaps")
    page = reader.page
    before = page.get_by_role("columnheader", name=re.compile("GP practice")).inner_text()
    assert "20 min" in before
    page.get_by_text("Our list of services").click()
    editor = page.locator("[data-testid=stDataFrame]:has([aria-label^='How soon each service'])")
    until(lambda: (editor.bounding_box() or {"height": 0})["height"] > 300, "the open editor")
    editor.scroll_into_view_if_needed()
    option = page.get_by_role("option", name="115", exact=True)
    limit = cell_of(editor.locator("tr").filter(has_text="GP practice"), "20")

    def edited():
        if not option.count():
            limit.focus()
            page.keyboard.press("Enter")
        return seen(option)

    until(edited, "the list of limits")
    page.keyboard.type("15", delay=80)
    until(lambda: page.get_by_role("option").count() == 2, "15 and 115")
    page.keyboard.press("Enter")
    until(lambda: reader.query().get("basket") == "gp_practice-15-2", "the basket in the address")
    header = page.get_by_role("columnheader", name=re.compile("GP practice"))
    until(lambda: "15 min" in header.inner_text(), "the new limit in the table")
    reader.settled()
    page.get_by_role("button", name="Back to the usual list").click()
    until(lambda: "20 min" in header.inner_text(), "the usual limit again")
    until(lambda: "basket" not in reader.query(), "an address without it")


@words_only
def test_the_tabs_answer_when_they_are_opened(reader, app):
    reader.open(f"{app}/gaps")
    page = reader.page
    for tab, words in {
        "How much there is": "GP practices near enough. The others have",
        "Is it fair?": "Kursaal is nearer than West Leigh to",
        "How sure are we?": "With only the core centres that the council runs itself it is",
        "What changed": "half of the children aged 0–3 in Shoeburyness had",
    }.items():
        page.get_by_role("tab", name=tab).click()
        page.get_by_text(re.compile(words)).first.wait_for()
