"""The lab's map: suggested sites are rings until they are adopted, and a switch takes the venues off."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, adopt, place
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import History, Scenario
from geo.packs import open_pack
from ui.kit.jobs import Search


def work():
    import streamlit as st

    from drawing.static_files import static_root
    from ui.kit import plan, resources
    from ui.lab.best import suggested_sites
    from ui.lab.maps import lab_layers, venue_switch

    pack = resources.area_pack("southend")
    lab = resources.lab_of(pack)
    venue_switch()
    layers, legends = lab_layers(pack, lab.effect(plan.history().now), "wards", "children_0_3", ("{}", "here"))
    venues = next(one for one in layers if one.id == "services")
    st.text(" ".join(one.id for one in layers))
    st.text((static_root() / str(venues.data).removeprefix("app/static/")).read_text())
    st.text(legends[-1])
    st.text(",".join(suggested_sites().index))


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.fixture(scope="module")
def answer(pack):
    lab, base = Lab(pack), Scenario("Plan", "southend")
    candidates = candidate_sites(pack, ("library",))
    found = place(lab, base, candidates, Question(hubs=2))
    return base, candidates, Search(lab, candidates, found=found)


def screen_of(scenario, job=None):
    screen = AppTest.from_function(work, default_timeout=60)
    screen.session_state["lab_history"] = History(scenario)
    if job is not None:
        screen.session_state["lab_job"] = job
    screen.run()
    assert not screen.exception, [error.value for error in screen.exception]
    return screen


@pytest.mark.slow
def test_a_suggested_site_is_a_ring_until_it_is_adopted(answer):
    base, candidates, job = answer
    assert len(job.found.sites) == 2
    asked = screen_of(base, job)
    ids = asked.text[0].value.split()
    assert ids[-1] == "suggested"
    assert "plan" not in ids
    assert asked.text[3].value.split(",") == [str(site) for site in job.found.sites.index]
    adopted = screen_of(adopt(base, candidates.loc[list(job.found.sites.index)]), job)
    assert adopted.text[0].value.split()[-1] == "plan"
    assert "suggested" not in adopted.text[0].value
    assert "suggested" not in screen_of(base).text[0].value


def test_the_switch_takes_the_venues_off_and_leaves_the_service(pack, answer):
    screen = screen_of(answer[0])

    def kinds():
        return {one["properties"]["category"] for one in json.loads(screen.text[1].value)["features"]}

    assert {"library", "school", "childrens_centre"} <= kinds()
    assert "Library" in screen.text[2].value
    ids = screen.text[0].value
    screen.toggle[0].set_value(False).run()
    assert kinds() == {"childrens_centre"}
    assert "Library" not in screen.text[2].value
    assert screen.text[0].value == ids
