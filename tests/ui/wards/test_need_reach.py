"""Need and reach in one map: layer, legend, sentence and table agree."""

import json
import re

import pytest

from analysis.reach.bivariate import need_and_reach
from analysis.travel.access import Access
from drawing.palette import BIVARIATE
from drawing.static_files import static_root
from geo.network.modes import MODES
from geo.packs import open_pack
from ui.wards.need_reach import need_reach_layer, need_reach_legend, need_reach_rows
from wording.need_reach import kind_words, need_reach_sentence

ASKED = {"measure": "children_0_3", "within_min": 15.0}
SAID = {"service": "childrens_centre", "mode": "walk_pram", **ASKED}


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.fixture(scope="module")
def to_centres(pack):
    return Access.of(pack, MODES["walk_pram"]).to_category("childrens_centre").nearest_s


def found_of(pack, seconds, need, by="ward"):
    return need_and_reach(pack, seconds, need=need, baseline="strategy", by=by, **ASKED)


@pytest.mark.parametrize("by", ["ward", "lsoa"])
def test_each_area_has_the_colour_of_its_class(pack, to_centres, by):
    found = found_of(pack, to_centres, "child_poverty_rate", by)
    made = need_reach_layer(pack, found, "childrens_centre", 15.0)
    assert made.id == f"{by}s"
    file = static_root() / str(made.data).removeprefix("app/static/")
    features = [one["properties"] for one in json.loads(file.read_text())["features"]]
    assert {one["code"]: one["c"] for one in features} == {
        str(code): kind if kind >= 0 else 9 for code, kind in found.rows["kind"].items()
    }
    kinds = dict(found.rows["kind"])
    assert all(one["tip"].lower().startswith(kind_words(kinds[one["code"]]).lower()) for one in features)


def test_the_sentence_names_the_wards_of_the_corner(pack, to_centres):
    for need in ("child_poverty_rate", "children_in_poverty", "child_deprivation", "children_0_3"):
        found = found_of(pack, to_centres, need)
        said = need_reach_sentence(pack, found, **SAID)
        named = re.search(r"\*\*(.+?)\*\*", said)
        if found.both.empty:
            assert said.startswith("No ward is both")
            assert set(re.split(", | and ", named[1])) == set(found.nearly["name"])
        else:
            assert set(re.split(", | and ", named[1])) == set(found.both["name"])
    small = found_of(pack, to_centres, "child_poverty_rate", "lsoa")
    assert f"**{len(small.both)} of 107 small areas**" in need_reach_sentence(pack, small, **SAID)


def test_the_legend_has_nine_colours_and_words_for_both_axes():
    legend = need_reach_legend("childrens_centre")
    assert all(colour in legend for colour in BIVARIATE)
    assert "more need →" in legend
    assert "fewer can reach →" in legend  # turned on its side
    assert 'role="img" aria-label="Key: nine colours' in legend
    assert legend.index(BIVARIATE[2]) < legend.index(BIVARIATE[0])  # fewer can reach is up
    assert legend.count('role="listitem"') == 4


def test_the_table_begins_with_the_most_need_and_the_least_reach(pack, to_centres):
    rows = need_reach_rows(pack, found_of(pack, to_centres, "children_in_poverty"))
    order = (rows["need_third"] + rows["unreached_third"]).tolist()
    assert order == sorted(order, reverse=True)
    assert rows["kind_words"].tolist() == [kind_words(kind) for kind in rows["kind"]]
