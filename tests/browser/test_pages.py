"""Every page, opened by a link, on a laptop and on a phone: it is there, it is drawn, and it asks nobody else."""

import pytest

from tests.browser.conftest import colours, differing, is_map, near_colour, until
from tests.conftest import CHECKOUT

PAGES = {
    "ward_map": "Who lives here, and where is help?",
    "travel_time": "How long does it take to get there?",
    "gaps": "Who is cut off from what, and why?",
    "scenario_lab": "What if we opened a hub here?",
    "meeting": "Who lives here",
    "data_and_method": "Where do the figures come from?",
    "accessibility": "Accessibility statement for Service Reach",
}
MENU = {"Ward map", "Travel time", "Gaps", "Scenario lab", "Meeting", "Data and method", "Accessibility"}
ORANGE, PLUM, LIGHT_BLUE = "#F46A25", "#801650", "#4A94DA"


def test_these_are_all_the_pages():
    files = {path.stem for path in (CHECKOUT / "pages").glob("*.py")} - {"__init__", "shared"}
    assert set(PAGES) == files


def opened(reader, address, name):
    """Open a page; the meeting view has no foot to wait for."""
    if name != "meeting":
        reader.open(address)
        return
    reader.page.goto(address)
    reader.page.locator(".story h1").wait_for()
    until(lambda: reader.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").count(), "rest")


def menu(reader):
    """What the menu offers; on a phone it lies behind a button."""
    page = reader.page
    if reader.size == "phone":
        page.get_by_test_id("stExpandSidebarButton").click()
        links = page.get_by_test_id("stSidebarNavLink")
    else:
        links = page.get_by_test_id("stTopNavLink")
    links.nth(2).wait_for()
    return {text.splitlines()[-1].strip() for text in links.all_inner_texts()}


# The page at the root, one beside it, and the one with a frame of its own: each costs a server.
@pytest.mark.parametrize("name", ["ward_map", "gaps", "meeting"])
@pytest.mark.parametrize("size", ["laptop"], indirect=True)
def test_a_link_is_the_first_thing_a_new_server_is_asked_for(reader, fresh_app, name):
    """Before its entry has run, Streamlit takes ``pages`` for its older kind of app, without this menu."""
    opened(reader, f"{fresh_app}/{name}", name)
    assert reader.page.get_by_role("heading", level=1).inner_text() == PAGES[name]
    assert menu(reader) == MENU
    assert reader.page.get_by_role("dialog").count() == 0, "no page is said to be missing"


@pytest.mark.parametrize("name", list(PAGES))
def test_every_page_fits_and_has_its_menu(reader, app, name):
    opened(reader, f"{app}/{name if name != 'ward_map' else ''}", name)
    page = reader.page
    assert page.get_by_role("heading", level=1).inner_text() == PAGES[name]
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0
    for part in ("document.scrollingElement", "document.querySelector('[data-testid=stMain]')"):
        wide, room = page.evaluate(f"[{part}.scrollWidth, {part}.clientWidth]")
        assert wide <= room, f"{part} scrolls sideways: {wide} in {room}"
    assert menu(reader) == MENU


def test_the_ward_map_is_painted(reader, app):
    reader.open(f"{app}/")

    def has_wards(picture):
        blue = (picture[..., 2] - picture[..., 0] > 60).mean()
        return is_map(picture) and blue > 0.02 and near_colour(picture, PLUM).mean() > 0.001

    picture = reader.painted(has_wards, "wards in blue with children's centres")
    assert colours(picture) > 60
    assert "© OpenStreetMap contributors" in reader.page.locator("body").inner_text()


def test_the_streets_are_painted_by_time(reader, app):
    reader.open(f"{app}/travel_time")

    def has_streets(picture):
        shares = [near_colour(picture, colour).mean() for colour in (ORANGE, PLUM, LIGHT_BLUE)]
        return is_map(picture) and min(shares) > 0.004

    reader.painted(has_streets, "streets in blue, orange and plum")
    assert "© OpenStreetMap contributors" in reader.page.locator("body").inner_text()
    # A longer limit turns streets from orange and plum to blue.
    before = reader.look()
    slider = reader.page.get_by_role("slider", name="Within")
    for _ in range(3):
        slider.press("ArrowRight")
    reader.page.get_by_text("within 30 minutes").first.wait_for()
    after = reader.painted(lambda now: differing(before, now) > 0.02, "other colours for a longer limit")
    beyond = [near_colour(p, ORANGE).mean() + near_colour(p, PLUM).mean() for p in (before, after)]
    assert beyond[1] < 0.7 * beyond[0]


@pytest.mark.parametrize("size", ["laptop"], indirect=True)
def test_the_page_that_tells_of_the_data_has_its_tables(reader, app):
    reader.open(f"{app}/data_and_method")
    page = reader.page
    for tab in page.get_by_role("tab").all():
        tab.click()
        panel = page.get_by_role("tabpanel").filter(visible=True)
        until(lambda panel=panel: len(panel.inner_text()) > 20 or panel.locator("canvas").count(), tab.inner_text())
    assert page.get_by_text("What reach is, and what it is not").is_visible()
