"""The main states of the pages, held against the rules of axe-core for WCAG 2.2 A and AA; the way by keyboard alone."""

import tomllib

import pytest

from tests.browser.conftest import SIZES, WAIT_S, new_context, until
from tests.browser.rules import drawn, findings, read_out_as
from tests.conftest import CHECKOUT


@pytest.fixture(scope="module")
def profiles(chromium):
    """Profiles of the browser that these tests share, by their options: a new one has nothing in its cache."""
    kept = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def visit(chromium, app, profiles):
    """Open a page, and wait until it shows what it is to show, and is drawn; closed after the test."""
    pages = []

    def opened(path, shows=None, *, maps=False, size="laptop", **options):
        sort = (maps, size, *sorted(options.items()))
        if sort not in profiles:
            profiles[sort] = new_context(chromium, size, *SIZES[size], maps=maps, **options)
        page = profiles[sort].new_page()
        pages.append(page)
        page.set_default_timeout(WAIT_S * 1000)
        page.goto(f"{app}/{path}")
        page.locator("h1").first.wait_for()
        drawn(page, shows)
        return page

    yield opened
    for page in pages:
        page.close()


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
    "a ward's own page": ("ward?ward=kursaal", "What is too far away"),
    "one site's area": ("travel_time?map=site", "If it closes"),
    "need and reach": ("travel_time?map=need", "fewest"),
    "there and back": ("travel_time?map=back&free_until=10:30&place=SS3+9PD", "From SS3 9PD"),
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
            "By ward": r"Small areas \(LSOAs\)",
            "Best sites": "Find the best sites",
            "Cost": "Places against children",
            "Compare": "Set this plan aside to compare",
            "Save": "Download the plan",
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
            wanted = texts(path, **{key.replace("-", "_"): name})
            assert read_out_as(page, wanted) == wanted, f"the maps and charts of {name}"


# The pages with the most of our own drawing on them; what a browser without maps shows there.
IN_THE_DARK = {
    "gaps": "This browser cannot draw the map",
    "scenario_lab?try=SS3+9PD": "This browser cannot draw the map",
    "meeting?step=out": "",
}
# What stands in the place of a map, the ground of the page, and the ring around what has the focus.
LOOKS = """() => {
  const map = document.querySelector('[data-testid=stDeckGlJsonChart]');
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const held = getComputedStyle(at);
  return { map: map ? getComputedStyle(map, '::before').content : '', ring: [held.outlineStyle, held.outlineWidth],
    ground: getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,
    beside: document.documentElement.style.colorScheme };
}"""


def test_pages_break_no_rule_in_the_dark_and_no_map_is_a_blank(visit, axe, app):
    page = visit("accessibility", color_scheme="dark")
    faults = []
    for path, says in IN_THE_DARK.items():
        page.goto(f"{app}/{path}")
        page.locator("h1").first.wait_for()
        drawn(page)
        faults += [f"{path}: {found}" for found in findings(page, axe)]
        page.get_by_role("button", name="Bookmarks").focus()
        page.keyboard.press("Shift+Tab")
        until(lambda: page.evaluate(LOOKS)["beside"] == "dark", "lists and dialogs to be dark, too")
        looks = page.evaluate(LOOKS)
        assert looks["ground"] == "rgb(16, 22, 28)", path
        assert looks["ring"] == ["solid", "3px"], path
        assert says in looks["map"], path
        assert bool(looks["map"]) == bool(says), path
    assert not faults, "\n".join(faults)


def test_a_phone_s_menu_closes_after_a_choice_and_a_pin_is_set_without_a_pointer(visit):
    page = visit("ward_map", size="phone")
    menu = page.get_by_role("button", name="Menu", exact=True)
    menu.tap()
    page.get_by_role("button", name="Close the menu").wait_for()
    page.locator("[data-testid=stSidebarNavLink]").filter(has_text="Scenario lab").tap()
    menu.wait_for()
    until(lambda: page.locator("[data-testid=stSidebar]").bounding_box()["x"] < -100, "the menu to close")
    drawn(page, "The plan: 0 changes")
    pad = page.get_by_role("application", name="Move a pin with the arrow keys")
    pad.focus()
    for key in ("ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    said = page.locator("#said")
    until(lambda: "Nearest to the pin: " in said.inner_text(), "what is under the pin")
    assert said.get_attribute("aria-live") == "polite"
    assert pad.evaluate("e => e.getRootNode().activeElement === e"), "the keys go on moving the pin"
    street = said.inner_text().removeprefix("Nearest to the pin: ").split(",")[0]
    page.keyboard.press("Enter")
    page.get_by_text(f"Open a hub at {street}").wait_for()


def focused(page):
    return page.evaluate(
        """(() => { let e = document.activeElement; while (e && e.shadowRoot && e.shadowRoot.activeElement)
             e = e.shadowRoot.activeElement;
           return e ? (e.innerText || e.getAttribute('aria-label') || e.tagName).trim() : '' })()"""
    )


def test_the_meeting_view_by_keyboard_alone(visit):
    page = visit("meeting?step=out", maps=True)
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
    page = visit("travel_time", maps=True)
    box = page.get_by_role("textbox", name="Postcode, street, ward or venue")
    box.focus()
    page.keyboard.type("Ness Road, Shoeburyness")
    page.keyboard.press("Enter")
    page.get_by_text("From Ness Road").first.wait_for()


def test_a_hub_by_keyboard_alone(visit):
    page = visit("scenario_lab", maps=True)
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
