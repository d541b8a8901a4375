"""Every page and its main states, held against the rules of axe-core for WCAG 2.2 A and AA; keyboard, zoom, motion."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser.conftest import PHONE, WAIT_S, until
from tests.conftest import CHECKOUT, require_or_skip

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}}).then(r => r.violations.map(v => ({
  id: v.id, impact: v.impact, nodes: v.nodes.map(n => ({target: n.target.join(" "), html: n.html.slice(0, 160)}))
})))"""
ALLOWED = {
    (row["rule"], row["selector"])
    for row in tomllib.loads((CHECKOUT / "data" / "accessibility.toml").read_text(encoding="utf-8"))["finding"]
    if "selector" in row
}
SIZES = {"laptop": (1280, 720), "phone": (390, 844), "zoomed": (683, 384)}
PAGES = ["ward_map", "travel_time", "gaps", "scenario_lab", "data_and_method", "meeting", "accessibility"]


@pytest.fixture(scope="session")
def axe():
    try:
        import axe_playwright_python
    except ImportError:
        require_or_skip("needs axe-core: install the test extra")
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def visit(chromium, app, axe):
    """Open a page in a window of a size, and wait until it is there."""
    contexts = []

    def opened(path, size="laptop", **options):
        width, height = SIZES[size]
        if size == "phone":
            options |= {"user_agent": PHONE, "is_mobile": True, "has_touch": True}
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_S * 1000)
        page.goto(f"{app}/{path}")
        rest(page)
        return page

    yield opened
    for context in contexts:
        context.close()


def rest(page):
    page.locator("h1").first.wait_for()
    until(lambda: page.locator("[data-testid=stApp][data-test-script-state=notRunning]").count(), "rest")
    page.wait_for_timeout(1500)  # charts and maps draw themselves after the script has run


def findings(page, axe):
    """What axe-core finds and the list of known findings does not allow."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(axe)
    return [
        f"{found['id']} ({found['impact']}): {node['target']} {node['html']}"
        for found in page.evaluate(RUN, RULES)
        for node in found["nodes"]
        if (found["id"], node["target"]) not in ALLOWED
    ]


@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_a_rule(visit, axe, path, size):
    found = findings(visit(path, size), axe)
    assert not found, "\n".join(found)


STATES = {
    "a ward chosen, small areas": "ward_map?ward=E05002216&areas=lsoa&compare=E05002227",
    "services of many kinds": "ward_map?services=childrens_centre~gp_practice~bus_stop~playground",
    "a journey": "travel_time?place=SS3+9PD",
    "a place that is not there": "travel_time?place=nowhere",
    "a link with a bad value": "travel_time?service=palace",
    "the story in Polish": "meeting?lang=pl&step=far",
    "who is left out": "meeting?step=out",
    "all wards": "meeting?step=out&story_wards=" + "~".join(f"E0500{n}" for n in range(2212, 2229)),
    "no plan": "meeting?step=plan",
    "questions": "meeting?step=ask",
}


@pytest.mark.parametrize("state", list(STATES))
def test_no_state_reached_by_a_link_breaks_a_rule(visit, axe, state):
    found = findings(visit(STATES[state]), axe)
    assert not found, "\n".join(found)


OPENED = ["Not sure?", "Ask about a place", "Speaker's note", "Share", "About"]


@pytest.mark.parametrize("name", OPENED)
def test_nothing_that_the_meeting_view_opens_breaks_a_rule(visit, axe, name):
    page = visit("meeting?step=help")
    page.get_by_role("button", name=name, exact=name == "About").click()
    rest(page)
    found = findings(page, axe)
    assert not found, "\n".join(found)


def test_every_tab_of_data_and_method(visit, axe):
    page = visit("data_and_method")
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(600)
        found = findings(page, axe)
        assert not found, f"{tab.inner_text()}: " + "\n".join(found)


@pytest.mark.parametrize("path", PAGES)
def test_headings_are_in_order(visit, path):
    page = visit(path)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    jumps = [(one, other) for one, other in pairwise(levels) if other > one + 1]
    assert not jumps, f"headings skip a level: {levels}"


@pytest.mark.parametrize("path", PAGES)
def test_a_zoom_of_200_percent_loses_nothing(visit, path):
    page = visit(path, "zoomed")
    wide, room = page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return [m.scrollWidth, m.clientWidth] })()"
    )
    assert wide <= room, f"scrolls sideways: {wide} in {room}"
    cut = page.evaluate(
        """[...document.querySelectorAll('[data-testid=stMain] button')].filter(b => {
             const r = b.getBoundingClientRect();
             return b.checkVisibility() && r.width && !b.closest('[role=radiogroup],[data-testid=stTabs]')
               && !b.closest('[data-testid=stDeckGlJsonChart]') && (r.left < -1 || r.right > innerWidth + 1);
           }).map(b => b.innerText || b.getAttribute('aria-label'))"""
    )
    assert not cut, f"cut off at the edge: {cut}"


def focused(page):
    return page.evaluate(
        """(() => { let e = document.activeElement; while (e && e.shadowRoot && e.shadowRoot.activeElement)
             e = e.shadowRoot.activeElement;
           return e ? (e.innerText || e.getAttribute('aria-label') || e.tagName).trim() : '' })()"""
    )


def test_the_meeting_view_by_keyboard_alone(visit):
    page = visit("meeting?step=out")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(focused(page))
        if seen[-1].startswith("Next"):
            break
    for name in ("Not sure?", "Ask about a place", "Speaker's note", "Share", "About", "Full screen", "Next"):
        assert any(name in text for text in seen), f"{name} cannot be reached: {seen}"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert outline not in ("0px", "") or shadow != "none", "the focus is to be seen"
    page.keyboard.press("Enter")
    until(lambda: page.locator(".story h1").inner_text() == "What the plan would change", "the next step")


def test_a_journey_by_keyboard_alone(visit):
    page = visit("travel_time")
    page.get_by_role("tab", name="From one place").press("Enter")
    box = page.get_by_role("textbox", name="Postcode, street or name")
    box.focus()
    page.keyboard.type("Ness Road")
    page.keyboard.press("Enter")
    page.get_by_text("From Ness Road").wait_for()


def test_reduced_motion_is_kept(visit):
    page = visit("meeting", reduced_motion="reduce")
    lasting = page.evaluate(
        """[...document.querySelectorAll('[data-testid=stMain] *')].filter(e => {
             const s = getComputedStyle(e);
             return [s.transitionDuration, s.animationDuration].join().split(',').some(t => parseFloat(t) > 0.01);
           }).map(e => e.tagName + '.' + e.className).slice(0, 5)"""
    )
    assert not lasting, lasting


@pytest.mark.parametrize("path", ["ward_map", "travel_time", "meeting?step=far"])
def test_every_map_and_chart_has_a_text(visit, path):
    page = visit(path)
    for kind in ("stDeckGlJsonChart", "stVegaLiteChart"):
        for shown in page.get_by_test_id(kind).all():
            named = shown.evaluate(
                "e => [e, ...e.querySelectorAll('*'), e.parentElement]"
                ".map(x => x.getAttribute('aria-label')).find(Boolean)"
            )
            assert named, f"a {kind} of {path} says nothing to those who do not see it"


def test_the_statement_lists_what_is_allowed(visit):
    page = visit("accessibility")
    text = page.locator("[data-testid=stMain]").inner_text()
    for finding in tomllib.loads((CHECKOUT / "data" / "accessibility.toml").read_text(encoding="utf-8"))["finding"]:
        assert finding["where"] in text
    for heading in ("Feedback and contact information", "Enforcement procedure", "Compliance status"):
        page.get_by_role("heading", name=heading).wait_for()
