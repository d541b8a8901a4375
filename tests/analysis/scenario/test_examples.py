"""The worked examples are valid, do what they say, and their files are as the program writes them."""

from pathlib import Path

import pytest

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, place
from analysis.scenario.file import read_scenario, to_json
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NAMES = ("five-hubs-child-poverty", "one-hub-for-shoebury", "weekly-outreach-east")


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


def test_there_are_three():
    assert tuple(sorted(path.stem for path in EXAMPLES.glob("*.json"))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_example_helps_and_harms_nobody(lab, name):
    path = EXAMPLES / f"{name}.json"
    scenario = read_scenario(path)
    assert path.read_text(encoding="utf-8") == to_json(scenario)
    table = lab.effect(scenario).table("group").set_index(["measure", "code"])
    row = table.loc[("children_0_3", "target")]
    if name == "weekly-outreach-east":  # no site that is open all week comes or goes
        assert (table[["change", "gain"]] == 0).all(axis=None)
        assert row["near_session_only"] > 300
        assert row["by_session_only"] == pytest.approx(2 * 15 * 39 / 52)
    else:
        assert row["change"] > 300
        assert (table["session_places"] == 0).all()
    assert (table["lose"] == 0).all()
    assert scenario.cost.yearly > 0


def test_five_hubs_are_the_proven_best(lab, pack):
    scenario = read_scenario(EXAMPLES / "five-hubs-child-poverty.json")
    question = Question("reach", (("children_in_poverty", 1.0),), hubs=5, alternatives=0)
    found = place(lab, Scenario("x", "southend"), candidate_sites(pack, ["library", "school", "hall"]), question)
    assert found.proof.status == "optimal"
    assert set(found.sites.index) == {change.at.service for change in scenario.changes}
    table = lab.effect(scenario).table("group").set_index(["measure", "code"])
    assert table.loc[("children_in_poverty", "borough"), "reached_after"] == pytest.approx(found.proof.objective)
