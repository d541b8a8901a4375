"""The sentence of the travel page counts the wards of whatever area it is about."""

import pandas as pd
import pytest

from analysis.reach.reach import Reach
from geo.measures import MEASURES
from geo.network.modes import mode_named
from geo.services import category_named
from ui.kit.charts import curve_table, curve_words
from wording.groups import AreaWords, group_words
from wording.numbers import capital
from wording.sentences import reach_sentence

AREA = AreaWords("borough", "ward", "wards", "target ward", "target wards")


def sentence(n_target, n_rest):
    rows = pd.DataFrame({"group": ["target"] * n_target + ["rest"] * n_rest})
    figures = {"target": (10.0, 40.0, 0.25), "rest": (30.0, 60.0, 0.5), "borough": (40.0, 100.0, 0.4)}
    groups = pd.DataFrame.from_dict(figures, orient="index", columns=["reached", "total", "share"])
    measure, service = MEASURES["children_0_3"], category_named("gp_practice")
    return reach_sentence(Reach(rows, groups), measure, service, mode_named("walk_pram"), 15, AREA)


def test_it_sets_the_target_wards_against_the_others():
    said = sentence(3, 14)
    assert "10 of 40 " in said
    assert "in the three target wards, **25%**, can reach a GP practice within 15 minutes walking with a pram" in said
    assert said.endswith(". In the other 14 wards it is 50%.")


@pytest.mark.parametrize("counts", [(0, 9), (9, 0)])
def test_an_area_of_one_kind_of_ward_is_told_of_as_a_whole(counts):
    said = sentence(*counts)
    assert "40 of 100 " in said
    assert "**40%**" in said
    assert "wards" not in said


def test_groups_are_named_by_how_many_they_are():
    assert group_words(AREA, 6, 11) == {"target": "six target wards", "rest": "other eleven wards"}
    assert group_words(AREA, 1, 1) == {"target": "one target ward", "rest": "other ward"}


def test_a_curve_in_words_and_as_a_table():
    curve = pd.DataFrame(
        {"group": ["target"] * 3 + ["rest"] * 3, "minutes": [0, 5, 10] * 2, "share": [0, 0.1, 0.2] * 2}
    )
    names = {"target": "six target wards", "rest": "others"}
    said = curve_words(curve, names)
    assert said.startswith("Six target wards: within 5 minutes 10%, within 10 minutes 20%; Others: within 5 ")
    table = curve_table(curve, names)
    assert table["minutes"].tolist() == [5, 10]
    assert table["rest"].tolist() == [0.1, 0.2]


def test_a_capital_leaves_the_rest_as_it_is():
    assert capital("nHS clinic") == "NHS clinic"
    assert capital("") == ""
