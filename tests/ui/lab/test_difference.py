"""The difference of two plans in the lab's Compare: sentence, legend, table and maps, run without a browser."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from analysis.scenario.difference import difference
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, CloseSite, Scenario, Venue
from analysis.shown import row_of
from drawing.palette import ONLY_A_COLOUR, ONLY_B_COLOUR
from geo.packs import open_pack
from ui.lab.difference import difference_layers, difference_legend
from wording.difference import difference_sentence
from wording.numbers import people

BASE = Scenario("Now", "southend")
HUB = replace(BASE, name="Hub & Co").with_change(AddSite("hub", "Hub", Venue("lib-shoeburyness-library")))
CLOSED = replace(BASE, name="Closed").with_change(CloseSite("gias-22459"))


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.fixture(scope="module")
def found(pack):
    lab = Lab(pack)
    return difference(lab.effect(HUB), lab.effect(CLOSED))


def panel():
    from dataclasses import replace

    from analysis.scenario.scenario import AddSite, CloseSite, Scenario, Venue
    from ui.kit import resources
    from ui.lab.difference import difference_panel

    pack = resources.area_pack("southend")
    lab, base = resources.lab_of(pack), Scenario("Now", "southend")
    hub = replace(base, name="Hub & Co").with_change(AddSite("hub", "Hub", Venue("lib-shoeburyness-library")))
    closed = replace(base, name="Closed").with_change(CloseSite("gias-22459"))
    plans = [(one.name, lab.effect(one)) for one in (hub, closed, base)]
    difference_panel(pack, plans, "children_0_3")


def test_the_panel_says_who_is_in_reach_under_which_plan(found):
    screen = AppTest.from_function(panel, default_timeout=60).run()
    assert not screen.exception
    row = row_of(found.shown("group", "children_0_3"), "borough")
    said = screen.markdown[0].value
    assert f"With only **Hub \\& Co**, {people(row['only_a'])} children aged 0–3 are in reach" in said
    assert f"with both, {people(row['both'])}" in said
    table = screen.dataframe[0].value
    assert list(table.columns)[2:4] == ["only_a", "only_b"]
    assert len(table) == 20
    assert len(screen.get("deck_gl_json_chart")) == 1


def test_another_plan_can_be_chosen_and_two_maps_have_one_view():
    screen = AppTest.from_function(panel, default_timeout=60).run()
    screen.selectbox[0].set_value("Now").run()
    assert "**Now**" in screen.markdown[0].value
    screen.toggle[0].set_value(True).run()
    assert not screen.exception
    maps = [json.loads(chart.proto.json) for chart in screen.get("deck_gl_json_chart")]
    assert len(maps) == 2
    assert maps[0]["initialViewState"] == maps[1]["initialViewState"]
    assert [m.value for m in screen.markdown[1:]] == ["**Hub \\& Co**", "**Now**"]


@pytest.mark.slow
def test_layers_and_legend_tell_the_plans_apart(pack, found):
    layers = difference_layers(pack, found, "Hub & Co", "Closed")
    ids = [one.id for one in layers]
    assert ids[0] == "difference"
    assert ids[-2:] == ["plan-a", "plan-b"]
    code = layers[0].getColor.split('"')[1]
    assert code.count("2") > 0 == code.count("3")  # the second plan only closes a site
    entries = difference_legend(pack, "Hub & Co", "Closed").entries
    assert "only with Hub & Co" in {entry.words for entry in entries}
    colours = [entry.colour for entry in entries]
    assert colours.index(ONLY_A_COLOUR) < colours.index(ONLY_B_COLOUR)


def test_plans_that_reach_the_same_say_so():
    row = {"only_a": 0.0, "only_b": 0.0, "both": 100.0, "neither": 20.0}
    assert difference_sentence(row, "A", "B", "children_0_3").startswith("**A** and **B** reach the same homes: 100")
