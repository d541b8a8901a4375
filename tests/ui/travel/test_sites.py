"""The panel and the layers of one site's catchment, run without a browser."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analysis.reach.catchment import catchments
from analysis.shown import row_of
from analysis.travel.access import Access
from geo.network.modes import MODES
from geo.packs import open_pack
from ui.kit.deck import CompactDeck
from ui.travel.sites import Chosen, site_layers, site_legend, site_mark
from wording.catchment import catchment_sentences
from wording.numbers import people

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


def panel():
    from ui.kit import resources
    from ui.kit.session import Session
    from ui.travel.sites import site_panel, sites_table, take_site_click

    pack = resources.area_pack("southend")
    access = resources.access(pack, "walk_pram")
    take_site_click(pack, Session.travel_map, "childrens_centre")
    chosen = site_panel(pack, access, "childrens_centre", "walk_pram", "children_0_3", "strategy", 15.0)
    sites_table(pack, chosen, "walk_pram")


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.fixture(scope="module")
def access(pack):
    return Access.of(pack, MODES["walk_pram"])


@pytest.fixture(scope="module")
def found(access):
    return catchments(access, "childrens_centre", **CHILDREN, within_min=15)


def test_the_panel_says_what_the_analysis_says_of_the_chosen_site(found):
    screen = AppTest.from_function(panel, default_timeout=60).run()
    assert not screen.exception
    shown = found.shown()
    for site in list(shown.index)[:3]:
        screen.selectbox[0].set_value(str(site)).run()
        row = row_of(shown, site)
        (said,) = (m.value for m in screen.markdown)
        assert str(row["name"]) in said
        assert f"{people(row['inside'])} children aged 0–3 are within 15 minutes" in said
        assert f"If it closes, {people(row['alone'])} lose reach" in said
        assert screen.query_params.get("site", shown.index[0]) in (site, [site])
    reached = row_of(found.shown_reached(), "borough")
    assert f"{people(reached['reached'])} of 9,105 children aged 0–3 within 15 minutes" in screen.caption[-1].value
    table = screen.dataframe[-1].value
    assert table.iloc[:, 0].tolist() == shown["name"].tolist()


def test_a_click_on_a_site_of_the_service_chooses_it(found):
    screen = AppTest.from_function(panel, default_timeout=60)
    site = str(found.sites.index[-4])
    screen.session_state["travel-map"] = {
        "selection": {"objects": {"services": [{"properties": {"id": site}}]}, "indices": {"services": [0]}}
    }
    screen.run()
    assert screen.selectbox[0].value == site
    screen.session_state["site"] = str(found.sites.index[0])  # the same click does not choose it again
    screen.run()
    assert screen.selectbox[0].value == str(found.sites.index[0])


def test_homes_on_the_map_are_those_inside(pack, access, found):
    site = str(found.shown().index[2])
    chosen = Chosen(site, found, "childrens_centre", "")
    homes, ring = site_layers(pack, access, chosen)[1], site_mark(pack, chosen)
    drawn = json.loads(CompactDeck(layers=[homes, ring], map_provider=None).to_json())["layers"]
    column = found.of_site(site)
    marks = [feature["properties"] for feature in drawn[0]["data"]["features"]]
    assert len(marks) == found.inside[:, column].sum()
    assert sum(mark["c"] for mark in marks) == found.alone[:, column].sum() > 0
    assert len(drawn[1]["data"]["features"]) == 1
    assert not drawn[1]["pickable"]


def test_streets_near_the_site_are_those_within_the_limit(pack, access, found):
    site = str(found.shown().index[2])
    made = site_layers(pack, access, Chosen(site, found, "childrens_centre", ""))[0]
    code = made.getColor.split('"')[1]
    counts = [code.count(letter) for letter in "0123"]
    assert sum(counts) == len(code)
    assert counts[3] > 0, "streets outside the area are grey"
    assert 0 < counts[1] < counts[2] < counts[0]
    legend = site_legend("childrens_centre")
    assert [one.words for one in legend.entries][2] == "no other children's centre that near"
    assert [one.kind for one in legend.entries] == ["line", "line", "line", "outline"]


SAID = {"service": "library", "mode": "walk_pram", "measure": "children_0_3", "within_min": 15}


@pytest.mark.parametrize(
    ("inside", "alone", "extra", "words"),
    [
        (0.0, 0.0, np.nan, "no children aged 0–3 of this area are within 15 minutes"),
        (100.0, 0.0, np.nan, "nobody loses reach"),
        (100.0, 100.0, 8.2, "For **all** of them no other library is that near. If it closes, 100 lose reach"),
        (100.0, 40.0, 8.2, "For **40** of them"),
        (100.0, 40.0, 8.2, "at least **8 minutes more** to the next one"),
        (100.0, 40.0, np.inf, "half of these have no way to another one"),
    ],
)
def test_sentences_of_a_catchment(inside, alone, extra, words):
    row = {"name": "Hall", "inside": inside, "alone": alone, "extra_min": extra}
    assert words in " ".join(catchment_sentences(row, **SAID))
