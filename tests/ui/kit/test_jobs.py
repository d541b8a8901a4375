"""Searches through the queue: what comes back is what the analysis finds when it is asked directly."""

from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from streamlit import runtime

from analysis.placement import apart
from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, hub_curve, place
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, AtPostcode, Cost, Scenario
from geo.errors import InputError, PackError
from geo.known_pack import KnownPack
from geo.packs import open_pack
from ui.kit import jobs
from ui.kit.jobs import Search, job_queue
from workers.job import End, Job


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def libraries(pack):
    return candidate_sites(pack, ["library"]).assign(cost=30_000.0, places=40.0)


@pytest.fixture
def scenario():
    site = AddSite("new-1", "Hub", AtPostcode("SS3 9PD"), cost=Cost(10.0))
    return Scenario("A plan", "southend", changes=(site,))


@pytest.fixture(autouse=True)
def nothing_runs_on():
    yield
    job_queue().end_all()


def through_the_queue(work):
    job = job_queue().submit("Ada", work, watched=True)
    assert job.wait(120)
    return job


def test_a_search_finds_the_same_as_in_this_process(pack, lab, libraries, scenario):
    question = Question(measures=(("children_in_poverty", 1.0),), hubs=2, alternatives=2)
    work = partial(apart.search, KnownPack.of(pack), scenario, libraries, question)
    search = Search(lab, libraries, through_the_queue(work))
    search.look()
    found, wanted = search.found, place(lab, scenario, libraries, question)
    assert search.job is None
    assert search.error is None
    pd.testing.assert_frame_equal(found.sites, wanted.sites)
    assert (found.question, found.scenario, found.left_out) == (wanted.question, wanted.scenario, wanted.left_out)
    assert (found.before, found.after) == (wanted.before, wanted.after)
    assert replace(found.proof, seconds=0) == replace(wanted.proof, seconds=0)
    assert [one.sites for one in found.alternatives] == [one.sites for one in wanted.alternatives]
    assert found.adopted == wanted.adopted
    pd.testing.assert_frame_equal(found.effect.shown("group"), wanted.effect.shown("group"))
    assert found.effect.counts.pack is pack


def test_the_curve_is_the_same_as_in_this_process(pack, lab, libraries, scenario):
    question = Question(hubs=2)
    work = partial(apart.curve, KnownPack.of(pack), scenario, libraries, question, 3)
    search = Search(lab, libraries, through_the_queue(work))
    search.look()
    wanted = hub_curve(lab, scenario, libraries, question, 3)
    pd.testing.assert_frame_equal(search.curve.drop(columns="seconds"), wanted.drop(columns="seconds"))


def test_what_the_search_refuses_is_kept_as_its_error(pack, lab, libraries, scenario):
    work = partial(apart.search, KnownPack.of(pack), scenario, libraries, Question(hubs=None, budget=5.0))
    search = Search(lab, libraries, through_the_queue(work))
    search.look()
    assert isinstance(search.error, InputError)
    assert "the budget of 5 pays for none" in str(search.error)
    assert search.found is None


def test_an_area_that_was_built_again_is_told(pack, lab, libraries, scenario):
    old = replace(KnownPack.of(pack), digest="before")
    search = Search(lab, libraries, through_the_queue(partial(apart.search, old, scenario, libraries, Question())))
    search.look()
    assert isinstance(search.error, PackError)
    assert "built again" in str(search.error)


def test_a_step_tells_which_answer_is_looked_for(pack, libraries, scenario):
    steps = []
    question = Question("gap", hubs=3, alternatives=2)
    places = libraries.drop(columns="places")
    answer = apart.search(KnownPack.of(pack), scenario, places, question, progress=steps.append, stop=lambda: False)
    assert [step.answer for step in steps] == sorted(step.answer for step in steps)
    assert steps[0].answer == 1
    assert steps[-1].answer <= 1 + len(answer.parts["alternatives"])


def test_a_search_that_runs_has_found_nothing_yet(lab, libraries):
    job = Job("Ada", b"", watched=True, present=lambda: True)
    search = Search(lab, libraries, job)
    search.look()
    assert search.job is job
    job.close(End.DONE, result=pd.DataFrame({"hubs": [1]}))
    search.look()
    assert search.job is None
    assert search.curve["hubs"].tolist() == [1]


def test_whoever_has_no_connection_has_left(monkeypatch):
    assert jobs._present("anybody"), "there is no server"

    class Server:
        def is_active_session(self, session):
            return session == "Ada"

    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", Server)
    assert jobs._present("Ada")
    assert not jobs._present("Grace")
