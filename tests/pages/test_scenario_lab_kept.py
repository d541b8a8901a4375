"""Scenario lab: nothing that was entered is lost, by leaving a tab, by a reload, or by a fault; reports and names."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, place
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AtPostcode, Venue
from reports.files import report_date
from reports.offers import scenario_offers
from store.scenarios import ScenarioStore
from tests.pages.conftest import named_in_links
from tests.pages.lab import enter, go_to, hub, plan, press, told
from tests.people import boss
from ui.kit.controls import kept
from ui.kit.slots import Slot
from ui.lab import best as lab_best
from ui.lab.state import LONGEST_ADDRESS, LONGEST_LINK, encode

POSTCODE = "SS3 9PD"
LIBRARY = "lib-shoeburyness-library"
DAY = "1780185600"  # 31 May 2026


@pytest.fixture
def store(database):
    opened = ScenarioStore.open(database)
    yield opened
    opened.close()


def saved(store, scenario):
    return store.save(scenario, boss("Grace"), scenario_id=None, based_on=None).version


@pytest.mark.slow
def test_what_is_entered_behind_a_tab_stays_when_another_is_opened(open_page, store, empty, pack):
    other = saved(store, hub(replace(empty, name="Other"), Venue(LIBRARY)))
    ward = str(pack.wards.index[3])
    entered = {
        "Best sites": {
            "lab-goal": "gap",
            "lab-for": "births_per_year",
            "lab-hubs": 7,
            "lab-kinds": ["library"],
            "lab-in-wards": [ward],
            "lab-for-also": "children_0_3",
            "lab-weight": 0.5,
            "lab-postcodes": "SS1 2PS",
            "lab-forced": ["postcode-SS1 2PS"],
            "lab-budget": 90_000,
            "lab-cost": 30_000,
        },
        "Cost": {"lab-growth": 5.0},
        "Compare": {"lab-compare": [other.scenario_id]},
        "Save": {"lab-who": "Ada"},
    }
    screen = open_page("scenario_lab")
    numbers = ("lab-hubs", "lab-weight", "lab-budget", "lab-cost")
    for tab, controls in entered.items():
        go_to(screen, tab)
        for key, value in controls.items():
            if key in numbers:
                enter(screen, key, value)
            else:
                screen.choose(key, value)
    for tab, controls in entered.items():
        go_to(screen, "By ward")
        go_to(screen, tab)
        shown = {
            widget.key: widget.value
            for kind in ("number_input", "selectbox", "multiselect", "slider", "text_input")
            for widget in screen.at.get(kind)
            if widget.key in controls
        }
        assert shown == controls


@pytest.mark.slow
def test_places_at_each_hub_stay_too(open_page):
    screen = open_page("scenario_lab")
    go_to(screen, "Best sites")
    enter(screen, "lab-room", 40)
    go_to(screen, "Compare")
    go_to(screen, "Best sites")
    assert screen.at.number_input(key="lab-room").value == 40


def test_what_is_entered_in_the_moment_of_leaving_stays(open_page):
    screen = open_page("scenario_lab")
    go_to(screen, "Save")
    screen.at.text_input(key="lab-who").set_value("Ada")  # the browser sends it with the click on the other tab
    go_to(screen, "Compare")
    go_to(screen, "Save")
    assert screen.at.text_input(key="lab-who").value == "Ada"


@pytest.mark.slow
def test_a_reloaded_plan_is_saved_as_the_next_version(open_page, store, pack):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    go_to(screen, "Save")
    screen.choose("lab-who", "Ada")
    press(screen, "lab-save")
    (first,) = store.list(pack.code)
    for number in (2, 3):
        screen = open_page("scenario_lab", **screen.address)
        assert len(plan(screen).changes) == number - 1
        go_to(screen, "Save")
        assert screen.at.button(key="lab-save").label == f"Save as version {number}"
        screen.choose("lab-typed", "SS1 2PS" if number == 2 else "SS2 5SP")
        screen = open_page("scenario_lab", **screen.address)  # an edit that is not saved does not cut it loose
        go_to(screen, "Save")
        screen.choose("lab-who", "Ada")
        press(screen, "lab-save")
        (last,) = store.list(pack.code)
        assert (last.scenario_id, last.number) == (first.scenario_id, number)
    # Somebody else's save is still noticed after a reload.
    store.save(store.latest(last.scenario_id).scenario, boss("Grace"), scenario_id=last.scenario_id, based_on=3)
    screen = open_page("scenario_lab", **screen.address)
    go_to(screen, "Save")
    screen.choose("lab-who", "Ada")
    press(screen, "lab-save")
    assert "Grace changed this scenario while you were editing it" in told(screen)


def test_a_plan_whose_saved_one_is_not_there_opens_and_is_saved_anew(open_page, store, empty, pack):
    wanted = hub(empty, AtPostcode(POSTCODE))
    screen = open_page("scenario_lab", plan=encode(wanted), scenario="f" * 32, version="3")
    assert plan(screen) == wanted
    assert "saving keeps it as a new plan" in told(screen)
    go_to(screen, "Save")
    assert screen.at.button(key="lab-save").label == "Save"


def test_a_changed_question_is_in_the_address(open_page, empty):
    screen = open_page("scenario_lab")
    enter(screen, "lab-within_min", 30)
    assert plan(open_page("scenario_lab", **screen.address)) == replace(empty, within_min=30)
    enter(screen, "lab-within_min", 15)
    assert "plan" not in screen.address


def long_plan(pack, scenario, longer_than):
    """A plan that takes more than so many characters."""
    for postcode in pack.postcodes["postcode"].astype(str):
        if len(encode(scenario)) > longer_than:
            return scenario
        scenario = hub(scenario, AtPostcode(postcode), sha256(postcode.encode()).hexdigest())
    raise AssertionError(longer_than)


def shared(screen):
    codes = [code.value for code in screen.at.code if "?" in code.value]
    return codes[0].partition("?")[2] if codes else None


@pytest.mark.slow
def test_a_long_plan_survives_a_reload_and_is_handed_on_by_its_saved_one(open_page, store, pack, empty):
    wanted = long_plan(pack, empty, LONGEST_LINK)
    assert len(encode(wanted)) < LONGEST_ADDRESS
    screen = open_page("scenario_lab", plan=encode(wanted))
    assert plan(open_page("scenario_lab", **screen.address)) == wanted
    go_to(screen, "Save")
    assert shared(screen) is None
    assert "too long for a link" in screen.text
    screen.choose("lab-who", "Ada")
    press(screen, "lab-save")
    (kept,) = store.list(pack.code)
    assert shared(screen) == urlencode({**named_in_links(), "scenario": kept.scenario_id, "version": 1})
    assert plan(open_page("scenario_lab", scenario=kept.scenario_id, version="1")).changes == wanted.changes


def test_the_link_names_the_area_where_there_are_several(open_page, empty):
    text = encode(hub(empty, AtPostcode(POSTCODE)))
    for address in ({"area": "southend"}, {}):
        screen = open_page("scenario_lab", plan=text, **address)
        go_to(screen, "Save")
        assert shared(screen) == urlencode({**named_in_links(), "plan": text})


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        {"try": "inf,0"},
        {"try": "nan,nan"},
        {"try": "0,-inf"},
        {"try": "1e300,1e300"},
        {"scenario": "abc", "version": "9" * 21},
        {"scenario": "abc", "version": "-1"},
        {"scenario": "abc", "version": "²"},
        {"scenario": "abc", "version": "999999999"},
        {"scenario": "abc"},
    ],
)
def test_addresses_that_cannot_be_are_said_in_words(open_page, empty, address):
    screen = open_page("scenario_lab", **address)
    assert plan(screen) == empty
    assert screen.at.info
    assert not screen.at.error


def search(screen, **controls):
    """Search among libraries, for speed."""
    go_to(screen, "Best sites")
    screen.choose("lab-kinds", ["library"])
    for key, value in controls.items():
        enter(screen, f"lab-{key}", value)
    press(screen, "lab-best")
    screen.finish()
    return screen.at.session_state["lab_job"]


def test_a_search_that_fails_says_so_and_is_logged(open_page, monkeypatch, caplog):
    monkeypatch.setattr(lab_best.apart, "search", json.loads)  # which takes no such arguments
    screen = open_page("scenario_lab")
    search(screen)
    assert "This failed, which should not happen" in " ".join(error.value for error in screen.at.error)
    assert "TypeError: loads() takes" in caplog.text
    monkeypatch.undo()


def test_sites_that_cannot_be_adopted_are_said_in_words(open_page, monkeypatch):
    screen = open_page("scenario_lab")
    search(screen, hubs=1)
    nowhere = Venue("lib-nowhere")
    monkeypatch.setattr(lab_best, "adopt", lambda scenario, _sites: hub(scenario, nowhere))
    press(screen, "lab-adopt-best")
    assert "This cannot be done: " in told(screen)
    assert "unknown venue 'lib-nowhere'" in told(screen)
    assert not plan(screen).changes


@pytest.mark.slow
def test_only_an_answer_to_what_is_asked_now_can_be_adopted(open_page):
    screen = open_page("scenario_lab")
    job = search(screen, hubs=1)
    assert len(job.found.alternatives) == 5
    keys = ["lab-adopt-best", *(f"lab-adopt-other-{number}" for number in range(1, 6))]
    assert not any(screen.at.button(key=key).disabled for key in keys)
    enter(screen, "lab-hubs", 2)
    assert all(screen.at.button(key=key).disabled for key in keys)
    assert "This answers what was asked before" in told(screen)
    enter(screen, "lab-hubs", 1)
    screen.at.button(key="lab-adopt-other-2").click().run()
    assert [change.at.service for change in plan(screen).changes] == list(job.found.alternatives[1].sites)
    assert "The site is in the plan" in " ".join(done.value for done in screen.at.success)
    assert "This answers what was asked before" not in told(screen)
    assert not [button.key for button in screen.at.button if str(button.key).startswith("lab-adopt-")]
    press(screen, "lab-undo")
    assert not screen.at.button(key="lab-adopt-best").disabled


@pytest.mark.slow
def test_every_button_has_a_name_of_its_own(open_page, store, empty):
    version = saved(store, hub(replace(empty, name="Other"), Venue(LIBRARY)))
    for number in (1, 2):
        store.save(version.scenario, boss("Grace"), scenario_id=version.scenario_id, based_on=number)
    for name in ("Old one", "Older one"):
        store.delete(saved(store, replace(empty, name=name)).scenario_id, boss("Grace"))
    screen = open_page("scenario_lab", plan=encode(hub(hub(empty, AtPostcode(POSTCODE)), Venue(LIBRARY), "Library")))
    for tab in ("By ward", "Cost", "Compare", "Save"):
        go_to(screen, tab)
        names = Counter(button.label for button in screen.at.button)
        assert not [name for name, count in names.items() if count > 1]
    assert {"Remove 1", "Remove 2", "Open", "Open version 1", "Open version 2"} <= set(names)
    assert {"Bring back Old one", "Bring back Older one"} <= set(names)
    search(screen, hubs=1)
    names = Counter(button.label for button in screen.at.button)
    assert {"Adopt these sites", "Adopt runner-up 1", "Adopt runner-up 4"} <= set(names)
    assert not [name for name, count in names.items() if count > 1]


@pytest.mark.slow
def test_a_session_starts_when_it_is_said_to(open_page):
    from datetime import time

    screen = open_page("scenario_lab")
    screen.choose("lab-kind", "session")
    screen.choose("lab-picked", LIBRARY)
    go_to(screen, "Cost")
    box = screen.at.time_input(key="lab-in-starts-0")
    assert box.value == time(10, 0)
    box.set_value(time(13, 30)).run()
    screen.intact()
    assert plan(screen).changes[0].starts == "13:30"
    assert "Tuesdays from 13:30" in screen.text
    press(screen, "lab-undo")
    assert plan(screen).changes[0].starts == "10:00"


@pytest.mark.slow
def test_the_reports_of_the_plan_are_made_here(open_page, pack, empty, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    scenario = hub(empty, AtPostcode(POSTCODE))
    screen = open_page("scenario_lab", plan=encode(scenario))
    go_to(screen, "Save")
    offers = scenario_offers(Lab(pack).effect(scenario), report_date())
    assert [offer.file_name for offer in offers] == ["my-plan.pdf", "my-plan-report.xlsx"]
    for number, offer in enumerate(offers):
        screen.at.button(key=f"lab-report-{number}-make").click().run()
        screen.finish()
        assert screen.at.session_state[f"lab-report-{number}-made"][1] == offer.make()
    screen.choose("lab-typed", "SS1 2PS")
    saves = [button.proto.label for button in screen.at.get("download_button")]
    assert not [label for label in saves if label.startswith("Save ")]  # those were of the plan before


def test_a_plan_of_a_newer_program_is_listed_and_harms_nothing(open_page, store, database, empty):
    readable = saved(store, hub(replace(empty, name="Mine"), Venue(LIBRARY)))
    newer = saved(store, replace(empty, name="*From* tomorrow"))
    with sqlite3.connect(database.removeprefix("sqlite:///")) as file:
        file.execute(
            "UPDATE scenario_version SET body = replace(body, '\"schema_version\": 1', '\"schema_version\": 99') "
            "WHERE scenario_id = ?",
            (newer.scenario_id,),
        )
        file.commit()
    file.close()
    screen = open_page("scenario_lab")
    go_to(screen, "Save")
    before = plan(screen)
    screen.choose("lab-open-which", newer.scenario_id)
    press(screen, "lab-open")
    assert "tomorrow cannot be opened: " in told(screen)
    assert "newer version" in told(screen)
    assert plan(screen) == before
    screen.choose("lab-open-which", readable.scenario_id)
    press(screen, "lab-open")
    assert plan(screen).name == readable.scenario.name
    go_to(screen, "Compare")
    screen.choose("lab-compare", [newer.scenario_id, readable.scenario_id])
    assert any("tomorrow cannot be opened" in warning.value for warning in screen.at.warning)
    assert "Mine" in screen.text


def test_what_is_kept_gives_way_when_it_is_no_longer_among_the_options(monkeypatch):
    held = {"one": "gone", "many": ["a", "gone"], "keep:back": "b"}
    monkeypatch.setattr("streamlit.session_state", held)
    assert kept(Slot("one", "a"), ["a", "b"]) == "one"
    kept(Slot[Sequence[str]]("many", ()), ["a", "b"])
    kept(Slot("back", ""), ["a", "b"], default="a")
    assert (held["one"], held["many"], held["back"]) == ("a", ["a"], "b")


def test_an_answer_of_no_site_is_said_and_offers_nothing_to_adopt(lab, pack, empty):
    one = candidate_sites(pack, ["library"]).loc[["lib-westcliff-library"]].assign(cost=10.0)
    found = place(lab, empty, one, Question("gap", hubs=None, budget=15.0, alternatives=1))

    def page(found, candidates, pack, lab):
        from ui.kit.jobs import Search
        from ui.lab import best as lab_best

        lab_best._answer(pack, lab, Search(lab, candidates), found, current=True, adopted=False)

    at = AppTest.from_function(page, args=(found, one, pack, lab)).run()
    assert not at.exception
    assert "No candidate makes this better, so none is chosen: it stays at" in at.markdown[0].value
    assert [button.label for button in at.button if "dopt" in button.label] == ["Adopt runner-up 1"]
