"""By bus and train in Chromium: the hours are said, wards painted, a route cut and back, a family's train named."""

import re

import pytest

from analysis.scenario.scenario import Scenario
from tests.browser.conftest import BOTH, is_map, near_colour, until, words_only
from ui.gaps.maps import ISOLATION
from ui.lab.state import encode

ASSUMED = "transit_pram@tuesday,09:00-11:00,assumed"
HOURS = re.compile("Tuesday, 09:00–11:00, with assumed routes")
MEASURED = """part => {
  const main = document.querySelector('[data-testid=stMain]');
  const shown = [...document.querySelectorAll(`${part} :is(button, input:not([type=checkbox]))`)]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 4);
  const boxes = shown.map(e => [e, e.getBoundingClientRect()]);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  return {
    wide: main.scrollWidth - main.clientWidth,
    cut: shown.filter(e => e.value && e.scrollWidth > e.clientWidth + 1).map(e => e.value),
    over: boxes.flatMap(([e, a], i) => boxes.slice(i + 1).filter(([f, b]) => !e.contains(f) && !f.contains(e)
      && e.closest('[data-testid=stSelectbox]') !== (f.closest('[data-testid=stSelectbox]') || f) && over(a, b))
      .map(([f]) => `${e.value || e.innerText} on ${f.value || f.innerText}`)),
  };
}"""


def fits(reader, part):
    """Hold that the page does not scroll sideways, and that no control of a part lies on another or is cut off."""
    assert reader.page.evaluate(MEASURED, part) == {"wide": 0, "cut": [], "over": []}


@BOTH
def test_gaps_say_the_hours_and_paint_the_wards(reader, app):
    reader.open(f"{app}/gaps?by={ASSUMED}")
    reader.page.get_by_role("button", name=HOURS).wait_for()
    fits(reader, ".st-key-controls")

    def has_wards(picture):
        return is_map(picture) and all(near_colour(picture, ISOLATION.colours[n], 40).mean() > 0.02 for n in (1, 2))

    reader.painted(has_wards, "wards in two shades")


@words_only
def test_the_hours_are_chosen_by_keyboard(reader, app):
    reader.open(f"{app}/gaps?by=transit_pram")
    page = reader.page
    page.get_by_role("button", name="Tuesday, 09:00–11:00").focus()
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Day").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Day", "the first thing in the popover"
    page.keyboard.type("Friday")
    page.get_by_role("option", name="Friday").wait_for()
    page.keyboard.press("Enter")
    until(lambda: reader.query().get("by") == "transit_pram@friday,09:00-11:00", "the day in the address")
    page.get_by_role("button", name="Friday, 09:00–11:00").wait_for()


@words_only
def test_a_route_is_cut_and_undo_brings_it_back(reader, app):
    plan = Scenario("A plan", "southend", "gp_practice", mode=ASSUMED, within_min=25.0, baseline="strategy")
    reader.open(f"{app}/scenario_lab?plan={encode(plan)}")
    page = reader.page
    answer = page.locator(".st-key-answer h2")
    page.get_by_role("button", name=HOURS).wait_for()
    before = answer.inner_text()
    assert "on a Tuesday between 09:00 and 11:00" in before
    page.get_by_text("Buses and trains", exact=True).click()
    reader.choose("Route", "9")
    page.get_by_role("button", name="Cut it").click()
    beside = page.get_by_test_id("stExpander").get_by_text(re.compile(r"Cut route 9\. With this plan"))
    beside.wait_for()
    found = re.search(r"plan ([\d,]+) of .* instead of ([\d,]+)\.", beside.inner_text())
    reached, was = (int(count.replace(",", "")) for count in found.groups())
    assert reached < was, beside.inner_text()
    assert "With this plan" in answer.inner_text()
    page.get_by_role("button", name="Undo: cut route 9").click()
    until(lambda: answer.inner_text() == before, "the sentence as it was")


@words_only
@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_a_misspelt_place_is_answered_with_a_train(reader, app):
    reader.open(f"{app}/meeting")
    page = reader.page
    page.get_by_role("button", name="Ask about a place").tap()
    page.get_by_role("combobox", name="How the family goes").tap()
    page.get_by_role("option", name="Bus and train with a pram").tap()
    page.get_by_role("button", name="Tuesday, 09:00–11:00").wait_for()
    fits(reader, ".st-key-meeting_going")
    place = page.get_by_role("textbox", name="Postcode, street, ward or venue")
    place.fill("chalkwell statoin")
    place.press("Enter")
    page.get_by_role("button", name="Chalkwell station").tap()
    page.get_by_text(re.compile("From Chalkwell station, by bus, train and on foot")).wait_for()
    page.get_by_text(re.compile("Take train c2c towards .* from Chalkwell station .* at Southend Central")).wait_for()
    fits(reader, "[data-testid=stMain]")
