"""Scenario lab, what is wished of the best sites: the search on the page is the analysis asked directly."""

import pytest

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, place
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AtPostcode, Cost, Scenario, Venue

LIBRARY = "lib-shoeburyness-library"
POSTCODE = "SS1 2PS"


@pytest.fixture
def ask(pack):
    """Ask the analysis."""

    def asked(kinds, question, *, postcodes=(), **columns):
        already = set(pack.services_of("childrens_centre").index)
        sites = candidate_sites(pack, kinds, postcodes=postcodes, already=already).assign(**columns)
        return place(Lab(pack), Scenario("My plan", pack.code, baseline=pack.baselines[0]), sites, question)

    return asked


def enter(screen, key, value):
    for kind in ("number_input", "text_input", "multiselect", "selectbox"):
        for widget in screen.at.get(kind):
            if widget.key == key:
                widget.set_value(value).run()
                screen.intact()
                return
    raise AssertionError(key)


def search(open_page, **controls):
    """Open the page, set controls, search, and wait for the answer."""
    screen = open_page("scenario_lab")
    screen.at.session_state["lab-tabs"] = "Best sites"
    screen.run()
    for key, value in controls.items():
        enter(screen, f"lab-{key.replace('_', '-')}", value)
    assert not screen.at.button(key="lab-best").disabled
    screen.at.button(key="lab-best").click().run()
    screen.finish()
    job = screen.at.session_state["lab_job"]
    assert not job.error
    return screen, job.found


def same(found, wanted):
    """Both were asked the same, and answer the same."""
    assert found.proof.status == wanted.proof.status == "optimal"
    assert list(found.sites.index) == list(wanted.sites.index)
    assert found.after == pytest.approx(wanted.after)
    assert [other.proof.objective for other in found.alternatives] == pytest.approx(
        [other.proof.objective for other in wanted.alternatives]
    )


@pytest.mark.slow
def test_sites_that_must_and_must_not_be_chosen_and_a_postcode(open_page, ask):
    poor = (("children_in_poverty", 1.0),)
    best = ask(["library"], Question(measures=poor, hubs=2), postcodes=[POSTCODE])
    banned = str(best.sites.index[0])
    wanted = ask(
        ["library"],
        Question(measures=poor, hubs=2, forced=(f"postcode-{POSTCODE}",), banned=(banned,)),
        postcodes=[POSTCODE],
    )
    screen, found = search(
        open_page,
        kinds=["library"],
        hubs=2,
        postcodes="ss12ps",
        forced=[f"postcode-{POSTCODE}"],
        banned=[banned],
    )
    same(found, wanted)
    assert list(found.sites.index) != list(best.sites.index)
    assert f"postcode-{POSTCODE}" in found.sites.index
    assert banned not in found.sites.index
    screen.at.button(key="lab-adopt-best").click().run()
    screen.intact()
    spots = {change.at for change in screen.at.session_state["lab_history"].now.changes}
    assert AtPostcode(POSTCODE) in spots
    assert len(spots) == 2


@pytest.mark.slow
def test_two_measures_are_weighed_together(open_page, ask):
    question = Question(measures=(("births_per_year", 1.0), ("children_0_3", 0.3)), hubs=2)
    screen, found = search(
        open_page,
        **{"kinds": ["community_hall"], "for": "births_per_year"},
        hubs=2,
        for_also="children_0_3",
        weight=0.3,
    )
    same(found, ask(["community_hall"], question))
    assert "weighted people are within 15 minutes" in screen.text
    assert "Births a year × 1; Children aged 0–3 × 0.3" in screen.text


@pytest.mark.slow
def test_a_budget_buys_as_many_as_it_pays_for_and_the_plan_has_the_cost(open_page, ask):
    question = Question(measures=(("children_in_poverty", 1.0),), hubs=None, budget=100_000.0)
    screen, found = search(open_page, kinds=["library"], budget=100_000, cost=30_000)
    same(found, ask(["library"], question, cost=30_000.0))
    assert len(found.sites) == 3
    assert screen.at.number_input(key="lab-hubs").disabled
    screen.at.button(key="lab-adopt-best").click().run()
    now = screen.at.session_state["lab_history"].now
    assert [change.cost for change in now.changes] == [Cost(30_000.0)] * 3


@pytest.mark.slow
def test_wishes_that_cannot_be_met_are_said_before_the_search(open_page):
    screen = open_page("scenario_lab")
    screen.at.session_state["lab-tabs"] = "Best sites"
    screen.run()

    def warned():
        assert screen.at.button(key="lab-best").disabled
        return " ".join(warning.value for warning in screen.at.warning)

    enter(screen, "lab-budget", 100_000)
    assert "what a hub costs" in warned()
    enter(screen, "lab-cost", 30_000)
    assert not screen.at.button(key="lab-best").disabled
    enter(screen, "lab-postcodes", "SS1 2PS, [x](javascript:1)")
    assert "\\[x\\]\\(javascript:1\\)” is not a postcode" in warned()
    enter(screen, "lab-postcodes", "")
    enter(screen, "lab-kinds", [])
    assert "choose more categories" in warned()


@pytest.mark.slow
def test_a_place_that_has_a_hub_of_the_plan_is_no_candidate(open_page):
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", POSTCODE)
    screen.choose("lab-picked", LIBRARY)
    screen.at.session_state["lab-tabs"] = "Best sites"
    screen.run()
    enter(screen, "lab-kinds", ["library"])
    enter(screen, "lab-postcodes", f"{POSTCODE}, SS3 9PD")
    options = screen.at.multiselect(key="lab-forced").options
    assert "SS3 9PD" in options
    assert POSTCODE not in options
    assert "Shoeburyness Library" not in options
    assert {change.at for change in screen.at.session_state["lab_history"].now.changes} == {
        AtPostcode(POSTCODE),
        Venue(LIBRARY),
    }
