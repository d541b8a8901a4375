"""Every page and its main states, held against the rules of axe-core for WCAG 2.2 A and AA; keyboard, zoom, motion."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.browser.conftest import PHONE, WAIT_S, until
from tests.conftest import CHECKOUT, require_or_skip
from tests.pages.conftest import Screen

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


# The script has run to its end, nothing old is left on screen, and each map, chart and table that is in sight is drawn.
DRAWN = """() => {
  const there = (kind, inside) => [...document.querySelectorAll(`[data-testid=${kind}]`)]
    .filter(e => e.checkVisibility()).every(e => e.querySelector(inside));
  return document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && there('stVegaLiteChart', 'svg, canvas') && there('stDeckGlJsonChart', 'canvas')
    && there('stDataFrame', 'canvas');
}"""


@pytest.fixture(scope="module")
def windows(chromium, app):
    """Open a page in a window of a size, and wait until it shows what it is to show, and is drawn."""
    contexts = []

    def opened(path, shows=None, size="laptop", **options):
        width, height = SIZES[size]
        if size == "phone":
            options |= {"user_agent": PHONE, "is_mobile": True, "has_touch": True}
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_S * 1000)
        page.goto(f"{app}/{path}")
        page.locator("h1").first.wait_for()
        drawn(page, shows)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def visit(windows):
    """Open a page of one's own, closed after the test."""
    pages = []

    def opened(*given, **named):
        pages.append(windows(*given, **named))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module", params=PAGES)
def shown(request, windows):
    """Every page as it opens, for tests that only look; a visitor who wants no motion."""
    page = windows(request.param, reduced_motion="reduce")
    yield request.param, page
    page.context.close()


def drawn(page, shows=None):
    """Wait until `shows`, a text, is in sight, and the page is drawn."""
    if shows is not None:
        page.get_by_text(re.compile(shows)).filter(visible=True).first.wait_for()
    page.wait_for_function(DRAWN)


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


def test_no_page_breaks_a_rule(shown, axe):
    found = findings(shown[1], axe)
    assert not found, "\n".join(found)


def test_headings_are_in_order(shown):
    levels = shown[1].evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    jumps = [(one, other) for one, other in pairwise(levels) if other > one + 1]
    assert not jumps, f"headings skip a level: {levels}"


def test_nothing_moves_by_itself(shown):
    path, page = shown
    until(lambda: page.evaluate("document.getAnimations().length") == 0, "nothing to move", 20)
    if path == "meeting":  # the page that a hall looks at takes every transition away for who asks for that
        lasting = page.evaluate(
            """[...document.querySelectorAll('[data-testid=stMain] *')].filter(e => {
                 const s = getComputedStyle(e);
                 return [s.transitionDuration, s.animationDuration].join().split(',').some(t => parseFloat(t) > 0.01);
               }).map(e => e.tagName + '.' + e.className).slice(0, 5)"""
        )
        assert not lasting, lasting


MAPS_AND_CHARTS = {"ward_map": 1, "travel_time": 3, "gaps": 3, "scenario_lab": 2, "meeting": 1}


def test_every_map_and_chart_has_its_text(shown, texts):
    path, page = shown
    read = read_out(page)
    assert len(read) >= MAPS_AND_CHARTS.get(path, 0)
    assert read == texts(path), "each map and chart is read out as the page describes it"


@pytest.fixture
def texts(monkeypatch, tmp_path):
    """What a page passes as the text of each map and chart, in any order: asked of the page without a browser."""
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")

    def passed(path, **tabs):
        name, _, query = path.partition("?")
        screen = Screen(name, dict(parse_qsl(query)))
        if tabs:
            for key, tab in tabs.items():
                screen.at.session_state[key.replace("_", "-")] = tab
            screen.run()
        charts = [*screen.at.get("deck_gl_json_chart"), *screen.at.get("vega_lite_chart")]
        return sorted(chart.proto.alt for chart in charts)

    return passed


def read_out(page):
    """Names of the maps and charts as a screen reader has them, in any order."""
    kinds = page.locator("[data-testid=stDeckGlJsonChart], [data-testid=stVegaLiteChart]")
    return sorted(kinds.evaluate_all("found => found.map(e => e.getAttribute('aria-label') || 'nothing')"))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_a_rule_on_a_phone(visit, axe, path):
    found = findings(visit(path, size="phone"), axe)
    assert not found, "\n".join(found)


# Address of a state, and what it shows when it is there.
STATES = {
    "a ward chosen, small areas": (
        "ward_map?ward=E05002216&areas=lsoa&compare=E05002227",
        "Kursaal is one of the target wards",
    ),
    "wards side by side": ("ward_map?closer=side", "Wards side by side as a table"),
    "wards over the years": ("ward_map?closer=trend", "Every year as a table"),
    "the three outcomes": ("ward_map?closer=outcomes", "What is assumed: where each programme is offered"),
    "what changed since earlier data": ("ward_map?closer=since", "What changed in the data"),
    "services of many kinds": ("ward_map?services=childrens_centre~gp_practice~bus_stop~playground", "GP practice"),
    "a journey": ("travel_time?place=SS3+9PD", "From SS3 9PD"),
    "a place that is not there": ("travel_time?place=nowhere", "was not found in or around"),
    "a link with a bad value": ("travel_time?service=palace", "The link asks for"),
    "a pocket of streets": (
        "gaps?from=gp_practice&pocket=gp_practice.E05002222.exeter-close-and-wakering-road",
        "live more than 20 minutes from a GP practice",
    ),
    "a plan": ("scenario_lab?try=SS3+9PD", "The plan: 1 change"),
    "the story in Polish": ("meeting?lang=pl&step=far", "Jak daleko jest z wózkiem"),
    "who is left out": ("meeting?step=out", "Who is left out"),
    "all wards": ("meeting?step=out&story_wards=" + "~".join(f"E0500{n}" for n in range(2212, 2229)), "West Leigh"),
    "a plan in the story": ("meeting?step=plan&story_plan=example-one-hub-for-shoebury", "with the plan"),
    "questions": ("meeting?step=ask", "What we ask you"),
}


@pytest.mark.parametrize("state", list(STATES))
def test_no_state_reached_by_a_link_breaks_a_rule(visit, axe, state):
    found = findings(visit(*STATES[state]), axe)
    assert not found, "\n".join(found)


OPENED = {
    "Not sure?": "How this figure was made",
    "Ask about a place": "How far is it from your street",
    "Speaker's note": "Ask who has been there",
    "Share": "Phones cannot open this page",
    "About": "Load a plan from its file",
}


@pytest.mark.parametrize("name", list(OPENED))
def test_nothing_that_the_meeting_view_opens_breaks_a_rule(visit, axe, name):
    page = visit("meeting?step=help", "Where help is")
    page.get_by_role("button", name=name, exact=name == "About").click()
    drawn(page, OPENED[name])
    found = findings(page, axe)
    assert not found, "\n".join(found)


# Pages with tabs, and what each tab shows; where a tab is drawn when it is opened, the name of that control.
TABS = {
    "gaps": (
        "gaps-more",
        {
            "What changed": "Which closures did it",
            "How much there is": "GP practices near enough. The others have",
            "Is it fair?": "sorted by how poor their area is",
            "How sure are we?": "Would another ward come first",
        },
    ),
    "scenario_lab?try=SS3+9PD": (
        "lab-tabs",
        {
            "Ward by ward": r"Small areas \(LSOAs\)",
            "Ask for the best sites": "Find the best sites",
            "Cost and places": "Places against children",
            "Compare": "Set this plan aside to compare",
            "Save and share": "Download the plan",
        },
    ),
    "data_and_method": ("", {}),
}


@pytest.mark.parametrize("path", list(TABS))
def test_no_tab_breaks_a_rule(visit, axe, texts, path):
    key, shows = TABS[path]
    page = visit(path)
    names = [tab.inner_text() for tab in page.get_by_role("tab").all()]
    assert set(shows) <= set(names)
    for name in shows or names:
        tab = page.get_by_role("tab", name=name, exact=True)
        tab.click()
        page.locator("[role=tab][aria-selected=true]").filter(has_text=name).wait_for()
        drawn(page, shows.get(name))
        found = findings(page, axe)
        assert not found, f"{name}: " + "\n".join(found)
        if key:
            read = read_out(page)
            assert read == texts(path, **{key.replace("-", "_"): name}), f"the maps and charts of {name}"


@pytest.mark.parametrize("path", PAGES)
def test_a_zoom_of_200_and_of_400_percent_loses_nothing(visit, path):
    page = visit(path, size="zoomed")
    for width, height in (SIZES["zoomed"], (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        drawn(page)

        def fits():
            return page.evaluate(
                "(() => { const m = document.querySelector('[data-testid=stMain]');"
                " return m.scrollWidth <= m.clientWidth })()"
            )

        until(fits, f"nothing to scroll sideways in {width} pixels", 20)
        cut = page.evaluate(
            """[...document.querySelectorAll('[data-testid=stMain] button')].filter(b => {
                 const r = b.getBoundingClientRect();
                 return b.checkVisibility() && r.width && !b.closest('[role=radiogroup],[data-testid=stTabs]')
                   && !b.closest('[data-testid=stDeckGlJsonChart]') && (r.left < -1 || r.right > innerWidth + 1);
               }).map(b => b.innerText || b.getAttribute('aria-label'))"""
        )
        assert not cut, f"cut off at the edge in {width} pixels: {cut}"


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
    until(lambda: page.locator(".story h1").inner_text() == "What we ask you", "the next step")


def test_a_journey_by_keyboard_alone(visit):
    page = visit("travel_time")
    page.get_by_role("tab", name="From one place").press("Enter")
    box = page.get_by_role("textbox", name="Postcode, street, ward or venue")
    box.focus()
    page.keyboard.type("Ness Road, Shoeburyness")
    page.keyboard.press("Enter")
    page.get_by_text("From Ness Road").wait_for()


def test_a_hub_by_keyboard_alone(visit):
    page = visit("scenario_lab")
    box = page.get_by_role("textbox", name="or type a place")
    for _ in range(60):
        page.keyboard.press("Tab")
        if box.evaluate("e => e === document.activeElement"):
            break
    assert box.evaluate("e => e === document.activeElement"), "the box can be reached"
    page.keyboard.type("SS3 9PD")
    page.keyboard.press("Enter")
    drawn(page, "The plan: 1 change")


def test_each_step_is_read_out_in_its_language(visit):
    """What a screen reader reads out must stay in the page while its words change: a new place is not read out."""
    page = visit("meeting?lang=pl", "Kto tu mieszka")
    place = page.locator("#live")
    place.evaluate("e => { e.mine = true }")
    told = place.evaluate("e => e.textContent")
    page.keyboard.press("ArrowRight")
    drawn(page, "Gdzie jest pomoc")
    until(lambda: place.evaluate("e => e.textContent") != told, "other words")
    assert place.evaluate("e => [e.mine, e.lang, e.getAttribute('aria-live')]") == [True, "pl", "polite"]
    assert page.locator(".story .sentence").inner_text() in place.evaluate("e => e.textContent")
    assert page.locator("[aria-live] h1").count() == 0, "and it is read out once"
    languages = "(() => ['tools', 'nav', 'picture'].map(n => document.querySelector('.st-key-meeting_' + n).lang))()"
    assert page.evaluate(languages) == ["pl", "pl", "pl"]
    assert page.evaluate("document.documentElement.lang") == "en", "the menu stays English"
    credit = page.locator(".st-key-meeting_picture [data-testid=stCaptionContainer]")
    assert credit.first.evaluate("e => e.lang") == "en"
    page.get_by_role("button", name="Zapytaj o miejsce").click()
    drawn(page, "Kod pocztowy, ulica, dzielnica lub inne miejsce")
    until(lambda: page.evaluate("document.querySelector('.st-key-meeting_tools').lang") == "pl", "the tools in Polish")
    assert page.locator(".story").get_attribute("lang") == "pl"
    for part in ("picture", "journeys"):
        assert page.locator(f".st-key-meeting_{part}").evaluate("e => e.lang") == "pl", part


def test_the_statement_lists_what_is_allowed(visit):
    page = visit("accessibility")
    text = page.locator("[data-testid=stMain]").inner_text()
    for finding in tomllib.loads((CHECKOUT / "data" / "accessibility.toml").read_text(encoding="utf-8"))["finding"]:
        assert finding["where"] in text
    for heading in ("Feedback and contact information", "Enforcement procedure", "Compliance status"):
        page.get_by_role("heading", name=heading).wait_for()
