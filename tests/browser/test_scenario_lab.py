"""The scenario lab in Chromium: a click opens a hub, the figures follow, and the address reopens the plan."""

import math
import re

from analysis.scenario.file import to_json
from analysis.scenario.scenario import AddSite, AtPostcode, Scenario
from geo.coordinates import to_lonlat
from geo.packs import open_pack
from tests.browser.conftest import BOTH, is_map, seen, until, words_only
from ui.kit.view import area_view

POSTCODE = "SS3 9PD"


def type_place(page, place):
    box = page.get_by_role("textbox", name="or type a place")
    box.fill(place)
    box.press("Enter")


def on_the_map(box, service):
    """Where a service stands on the screen, while the map has the view that it opens with."""
    pack = open_pack("southend")
    view = area_view(tuple(pack.wards.to_crs(4326).total_bounds))  # no browser here: as on a laptop
    place = pack.services.loc[service]
    (lon,), (lat,) = to_lonlat(place["easting"], place["northing"], pack.crs)
    scale = 512 * 2**view.zoom

    def down(degrees):
        return (1 - math.asinh(math.tan(math.radians(degrees))) / math.pi) / 2 * scale

    across = (lon - view.longitude) / 360 * scale
    return box["x"] + box["width"] / 2 + across, box["y"] + box["height"] / 2 + down(lat) - down(view.latitude)


def map_top(page):
    """How far below the page's heading the map begins; scrolling moves both."""
    return page.evaluate(
        "document.querySelector('[data-testid=stDeckGlJsonChart]').getBoundingClientRect().top"
        " - document.querySelector('h1').getBoundingClientRect().top"
    )


def test_the_map_stays_where_it_is_through_edits(reader, app):
    """What an edit has to say takes more lines or fewer: the next click must meet the venue that it is aimed at."""
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    page.get_by_role("heading", level=2).filter(has_text="Today").wait_for()
    reader.map.wait_for()
    top = map_top(page)
    type_place(page, POSTCODE)
    page.get_by_text("The plan: 1 change").wait_for()
    assert map_top(page) == top
    page.get_by_text("a weekly session", exact=True).click()
    reader.settled()
    type_place(page, "SS3 9NS")
    page.get_by_text("can reach only a weekly session").first.wait_for()
    assert map_top(page) == top
    page.get_by_text("Move, close or change a site", exact=True).click()
    page.get_by_role("button", name="Close it").click()
    page.get_by_text("would no longer be within reach").first.wait_for()
    assert map_top(page) == top
    page.get_by_role("button", name="Undo: close").click()
    page.get_by_text("Undone: close").wait_for()
    assert map_top(page) == top
    headline = page.locator(".st-key-steady")
    hidden = headline.evaluate("element => element.scrollHeight - element.clientHeight")
    assert hidden <= 1, "the longest sentence of these is seen whole"


@words_only
@BOTH
def test_a_typed_place_opens_a_hub_and_a_reload_keeps_it(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    page.get_by_role("heading", level=2).filter(has_text="Today").wait_for()
    type_place(page, POSTCODE)
    said = page.get_by_role("heading", level=2).filter(has_text="With this plan")
    said.wait_for()
    assert re.search(
        r"With this plan 1,\d{3} of 4,032 children .* instead of 1,640\. That is \d+ more", said.inner_text()
    )
    until(lambda: "plan" in reader.query(), "the plan in the address")
    words = said.inner_text()
    reader.open(page.url)
    said.wait_for()
    assert said.inner_text() == words
    page.get_by_text("The plan: 1 change").wait_for()
    page.get_by_role("button", name="Remove 1").click()
    page.get_by_role("heading", level=2).filter(has_text="Today").wait_for()
    page.get_by_role("button", name="Undo").click()
    said.wait_for()


def test_a_click_on_the_map_opens_a_hub(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    reader.painted(is_map, "a map")
    x, y = on_the_map(reader.map.bounding_box(), "lib-shoeburyness-library")
    said = set()
    tip = page.locator(".deck-tooltip").filter(has_text="Click: open a hub at").first

    def opened():
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        if seen(tip):  # the first pick of a map is worked out while the pointer rests
            said.add(tip.inner_text())
            page.mouse.click(x, y)
        return seen(page.get_by_text("The plan: 1 change"))

    until(opened, "the library to become a hub")
    promised = {name for tip in said for name in re.findall(r"Click: open a hub at (.+)", tip)}
    opened_at = page.get_by_role("button", name="Undo: open a hub at").inner_text()
    assert any(opened_at.endswith(name) for name in promised), (promised, opened_at)
    page.get_by_text("The plan: 1 change").wait_for()
    page.get_by_role("heading", level=2).filter(has_text="With this plan").wait_for()


@words_only
def test_what_is_opened_beside_the_map_stays_open_through_edits(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    page.get_by_text("Move, close or change a site", exact=True).click()
    page.get_by_role("button", name="Close it").click()
    page.get_by_text("The plan: 1 change").wait_for()
    page.get_by_role("button", name="Close it").click()
    page.get_by_text("The plan: 2 changes").wait_for()
    page.get_by_label("Move it to").fill("SS1 2PS")
    page.get_by_label("Move it to").press("Enter")
    page.get_by_text("The plan: 3 changes").wait_for()
    assert page.get_by_role("button", name="Close it").is_visible()


@words_only
def test_a_file_is_opened_and_a_broken_one_is_said_where_it_was_given(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    page.get_by_role("tab", name="Save").click()
    given = page.locator("input[type=file]")
    given.set_input_files({"name": "notes.json", "mimeType": "application/json", "buffer": b"{ not json"})
    said = page.get_by_text("notes.json was not opened, and nothing has changed")
    said.wait_for()
    asked = page.get_by_text("Open a plan from a file")
    assert abs(said.bounding_box()["y"] - asked.bounding_box()["y"]) < 300  # seen without scrolling
    plan = Scenario("*Shoebury* :smile: [x](javascript:1)", "southend")
    plan = plan.with_change(AddSite("hub", "Hub", AtPostcode(POSTCODE)))
    given.set_input_files({"name": "plan.json", "mimeType": "application/json", "buffer": to_json(plan).encode()})
    opened = page.get_by_text("from plan.json")
    opened.wait_for()
    assert "Opened *Shoebury* :smile: [x](javascript:1) from" in opened.inner_text().replace("\u2060", "")
    assert not opened.locator("a, em, strong").count()
    page.get_by_text("The plan: 1 change").wait_for()
