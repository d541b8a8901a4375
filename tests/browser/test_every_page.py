"""Every page, opened by a link on a laptop and on a phone: it is there, it fits, and everybody can use it.

Each page is opened once for each size, in one window after the other, since drawing its map costs a machine without a
graphics card seconds; the tests then look at it one after the other.
"""

from contextlib import ExitStack
from itertools import pairwise, product

import pytest

from tests.browser.conftest import SIZES, Reader, blameless, until, window, words_only
from tests.browser.rules import drawn, findings, read_out_as
from tests.conftest import CHECKOUT

PAGES = {
    "ward": "All about one ward",
    "ward_map": "Who lives here, and where is help?",
    "travel_time": "How long does it take to get there?",
    "gaps": "Who is cut off from what, and why?",
    "scenario_lab": "What if we opened a hub here?",
    "meeting": "Who lives here",
    "own_data": "What do you have of your own?",
    "compare_areas": "How do areas compare?",
    "data_and_method": "Where do the figures come from?",
    "accessibility": "Accessibility statement for Service Reach",
    "people": "Who may do what?",
    "server": "How is this server doing?",
}
MENU = {
    "Ward map",
    "Travel time",
    "Gaps",
    "Scenario lab",
    "Meeting",
    "Areas side by side",
    "Your data",
    "Data and method",
    "Accessibility",
}
MAPS_AND_CHARTS = {"ward_map": 1, "travel_time": 3, "gaps": 3, "scenario_lab": 1, "meeting": 1, "own_data": 1}
ZOOMED = ((683, 384), (320, 256))  # what 200 and 400 percent leave of a laptop's window


def test_these_are_all_the_pages():
    files = {path.stem for path in (CHECKOUT / "pages").glob("*.py")} - {"__init__", "shared"}
    assert set(PAGES) == files


@pytest.fixture(scope="module")
def visitors(chromium):
    """Those who go from page to page, by size, and want no motion; the one with a phone has a browser without maps."""
    with ExitStack() as windows:
        yield {
            size: windows.enter_context(
                window(chromium, Reader, size, *SIZES[size], maps=size == "laptop", reduced_motion="reduce")
            )
            for size in SIZES
        }


@pytest.fixture(scope="module", params=list(product(SIZES, PAGES)), ids="-".join)
def view(request, visitors, app):
    """A page as it opens: its name and its reader."""
    size, name = request.param
    visitor = visitors[size]
    visitor.open(f"{app}/{name if name != 'ward_map' else ''}")
    drawn(visitor.page)
    yield name, visitor
    blameless(visitor, maps=size == "laptop")


def fits(page):
    """Whether nothing scrolls sideways."""
    return page.evaluate(
        "[document.scrollingElement, document.querySelector('[data-testid=stMain]')]"
        ".every(e => e.scrollWidth <= e.clientWidth)"
    )


def test_it_is_there_and_fits(view):
    name, reader = view
    page = reader.page
    assert page.get_by_role("heading", level=1).inner_text() == PAGES[name]
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0
    until(lambda: fits(page), "nothing to scroll sideways", 20)


def test_it_breaks_no_rule(view, axe):
    found = findings(view[1].page, axe)
    assert not found, "\n".join(found)


def test_headings_are_in_order(view):
    levels = view[1].page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    jumps = [(one, other) for one, other in pairwise(levels) if other > one + 1]
    assert not jumps, f"headings skip a level: {levels}"


def test_nothing_moves_by_itself(view):
    name, reader = view
    # What is in a closed box keeps its ended transitions: they move nothing.
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    until(lambda: reader.page.evaluate(moving) == 0, "nothing to move", 20)
    if name == "meeting":  # the page that a hall looks at takes every transition away for who asks for that
        lasting = reader.page.evaluate(
            """[...document.querySelectorAll('[data-testid=stMain] *')].filter(e => {
                 const s = getComputedStyle(e);
                 return [s.transitionDuration, s.animationDuration].join().split(',').some(t => parseFloat(t) > 0.01);
               }).map(e => e.tagName + '.' + e.className).slice(0, 5)"""
        )
        assert not lasting, lasting


def test_every_map_and_chart_has_its_text(view, texts):
    name, reader = view
    wanted = texts(name)
    assert len(wanted) >= MAPS_AND_CHARTS.get(name, 0)
    assert read_out_as(reader.page, wanted) == wanted, "each map and chart is read out as the page describes it"


def test_bookmarks_are_within_reach_and_cover_nothing(view):
    name, reader = view
    page = reader.page
    if name in ("people", "server"):  # they show no view that could be kept
        assert not page.get_by_role("button", name="Bookmarks", exact=True).count()
        return
    width, _ = SIZES[reader.size]
    at_the_head = page.locator("div:has(> .st-key-bookmarks)")
    until(lambda: at_the_head.evaluate("at => getComputedStyle(at).position") == "fixed", "the page's own style")
    button = page.get_by_role("button", name="Bookmarks", exact=True)
    box, heading = button.bounding_box(), page.get_by_role("heading", level=1).bounding_box()
    beside = name == "meeting"  # where the heading stands beside the picture
    assert beside or box["y"] + box["height"] <= heading["y"] + 12
    assert box["x"] + box["width"] <= width
    assert min(box["width"], box["height"]) >= 24
    if name not in ("ward_map", "meeting"):  # the dialog of a page with the common frame, and of the one without
        return
    button.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title for this view").wait_for()
    opened = dialog.bounding_box()
    assert opened["x"] >= 0
    assert opened["x"] + opened["width"] <= width
    dialog.get_by_role("button", name="Close", exact=True).click()
    dialog.wait_for(state="detached")


def test_a_zoom_of_200_and_of_400_percent_loses_nothing(view):
    _, reader = view
    page = reader.page
    sizes = ZOOMED if reader.size == "laptop" else ((320, 693),)  # a small phone
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        drawn(page)
        until(lambda: fits(page), f"nothing to scroll sideways in {width} pixels", 20)
        cut = page.evaluate(
            """[...document.querySelectorAll('[data-testid=stMain] button')].filter(b => {
                 const r = b.getBoundingClientRect();
                 return b.checkVisibility() && r.width && !b.closest('[role=radiogroup],[data-testid=stTabs]')
                   && !b.closest('[data-testid=stDeckGlJsonChart]') && (r.left < -1 || r.right > innerWidth + 1);
               }).map(b => b.innerText || b.getAttribute('aria-label'))"""
        )
        assert not cut, f"cut off at the edge in {width} pixels: {cut}"
    width, height = SIZES[reader.size]
    page.set_viewport_size({"width": width, "height": height})


def test_the_menu_names_every_page(view):
    assert menu(view[1]) == MENU


def menu(reader):
    """What the menu offers; on a phone it lies behind a button."""
    page = reader.page
    if reader.size == "phone":
        over = page.get_by_test_id("stDialog").all_inner_texts()
        assert not over, f"nothing lies over the menu's button: {over}"
        page.get_by_test_id("stExpandSidebarButton").click()
        links = page.get_by_test_id("stSidebarNavLink")
    else:
        links = page.get_by_test_id("stTopNavLink")
    links.nth(2).wait_for()
    offered = {text.splitlines()[-1].strip() for text in links.all_inner_texts()}
    if reader.size == "phone":  # a browser keeps an open menu open, over the next page
        page.get_by_role("button", name="Close the menu").click()
        page.get_by_role("button", name="Menu", exact=True).wait_for()
    return offered


# The page at the root, and one beside it: each costs a server.
@words_only
@pytest.mark.parametrize("name", ["ward_map", "gaps"])
def test_a_link_is_the_first_thing_a_new_server_is_asked_for(reader, fresh_app, name):
    """Before its entry has run, Streamlit takes ``pages`` for its older kind of app, without this menu."""
    reader.open(f"{fresh_app}/{name}")
    assert reader.page.get_by_role("heading", level=1).inner_text() == PAGES[name]
    assert menu(reader) == MENU
    assert reader.page.get_by_role("dialog").count() == 0, "no page is said to be missing"
