"""The scenario lab in Chromium: a click opens a hub, the figures follow, and the address reopens the plan."""

import re

import pytest

from tests.browser.conftest import is_map, until

POSTCODE = "SS3 9PD"


def type_place(page, place):
    box = page.get_by_role("textbox", name="or type a place")
    box.fill(place)
    box.press("Enter")


def test_a_typed_place_opens_a_hub_and_a_reload_keeps_it(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    page.get_by_role("heading", level=4).filter(has_text="Today").wait_for()
    type_place(page, POSTCODE)
    said = page.get_by_role("heading", level=4).filter(has_text="With this plan")
    said.wait_for()
    assert re.search(r"With this plan 1,\d{3} of 4,032 children .* instead of 1,640: \d+ more", said.inner_text())
    until(lambda: "plan" in reader.query(), "the plan in the address")
    words = said.inner_text()
    reader.open(page.url)
    said.wait_for()
    assert said.inner_text() == words
    page.get_by_text("The plan: 1 change").wait_for()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("heading", level=4).filter(has_text="Today").wait_for()
    page.get_by_role("button", name="Undo").click()
    said.wait_for()


@pytest.mark.parametrize("size", ["laptop"], indirect=True)
def test_a_click_on_the_map_opens_a_hub(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    reader.painted(is_map, "a map")
    box = reader.map.bounding_box()
    # Somewhere in the middle there is a venue or a postcode: try a few places of the map.
    for across, down in ((0.30, 0.45), (0.50, 0.60), (0.55, 0.58), (0.42, 0.55), (0.62, 0.62), (0.25, 0.50)):
        reader.map.click(position={"x": box["width"] * across, "y": box["height"] * down})
        page.wait_for_timeout(1500)
        if page.get_by_text("The plan: 1 change").count():
            break
    page.get_by_text("The plan: 1 change").wait_for()
    page.get_by_role("heading", level=4).filter(has_text="With this plan").wait_for()


@pytest.mark.parametrize("size", ["laptop"], indirect=True)
def test_the_best_sites_are_found_and_adopted(reader, app):
    reader.open(f"{app}/scenario_lab")
    page = reader.page
    page.get_by_role("tab", name="Ask for the best sites").click()
    page.get_by_role("button", name="Find the best sites").click()
    page.get_by_text("Proven best").wait_for()
    page.get_by_role("button", name="Adopt these sites").click()
    page.get_by_text("The plan: 3 changes").wait_for()
