import re

import numpy as np
import pandas as pd
import pytest

from analysis.gaps.gaps import claim, ward_services
from analysis.gaps.isolation import isolation
from analysis.gaps.pockets import pockets
from analysis.gaps.severance import barriers_of, crossings, why
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from analysis.shown import FEW
from analysis.travel.access import Access
from analysis.trends.change import change, closures
from geo.network.modes import MODES
from wording.gaps import (
    away_sentence,
    barrier_sentence,
    closure_sentence,
    compare_sentence,
    cut_off_sentence,
    gap_sentence,
    isolation_sentence,
    pocket_sentence,
)
from wording.numbers import listed, minutes, ordinal, percent

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}
WHO = "children aged 0–3"
ASKED = (WHO, "borough")


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


def test_small_words():
    assert [minutes(value) for value in (0.3, 1.2, 12.4, np.inf, np.nan)] == [
        "less than a minute",
        "1 minute",
        "12 minutes",
        "no way there",
        "no figure",
    ]
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
    ]
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert percent(0.414) == "41%"
    assert [percent(share) for share in (0, 0.004, 0.996, 1)] == ["0%", "under 1%", "over 99%", "100%"]
    assert percent(np.nan) == "no figure"


def test_a_gap_names_its_reasons():
    row = pd.Series({"median_min": 28.7, "gap_to_borough": 15.2})
    parts = pd.Series({"distance_min": 8.0, "detour_min": 7.2, "speed_min": 0.0})
    assert gap_sentence("Shoeburyness", row, parts, "gp_practice", *ASKED) == (
        "Half of the children aged 0–3 in Shoeburyness live 29 minutes or more from the nearest GP practice. That is "
        "15 minutes more than across the borough. It is 8 minutes because there is none closer and 7 minutes because "
        "the way there goes round something."
    )
    near = pd.Series({"median_min": 13.0, "gap_to_borough": -4.0})
    assert gap_sentence("Thorpe", near, parts, "library", *ASKED).endswith("4 minutes less than across the borough.")
    same = pd.Series({"median_min": 13.0, "gap_to_borough": 0.4})
    assert gap_sentence("Thorpe", same, parts, "library", *ASKED).endswith("about the same as across the borough.")
    none = pd.Series({"median_min": np.inf, "gap_to_borough": np.nan})
    assert "have no way to get to the nearest library." in gap_sentence(
        "Thorpe", none, parts, "library", WHO, "borough"
    )
    mixed = pd.Series({"distance_min": 9.0, "detour_min": -3.0, "speed_min": 0.0})
    assert "A straighter way saves 3 minutes." in gap_sentence("Thorpe", row, mixed, "library", *ASKED)


def test_how_far_away_is_said_in_a_few_words():
    def away(median, gap):
        return away_sentence(pd.Series({"median_min": median, "gap_to_borough": gap}), "borough")

    assert away(28.7, 15.2) == "Half live 29 minutes or more away, 15 minutes more than across the borough."
    assert away(28.7, 0.4) == "Half live 29 minutes or more away."
    assert away(np.inf, np.nan) == "Half have no way to get there."


def test_sentences_of_the_real_east(pack, southend):
    table, parts = ward_services(southend, **CHILDREN), why(southend, **CHILDREN)
    found = isolation(southend, **CHILDREN)
    code = "E05002222"
    for service in southend.basket.services:
        text = gap_sentence(
            "Shoeburyness", table.loc[(code, service)], parts.loc[(code, service)], service, WHO, "borough"
        )
        assert text.startswith("Half of the children aged 0–3 in Shoeburyness live")
        assert "nan" not in text
    text = isolation_sentence(found, code, southend.basket, WHO)
    assert "are too far away for the children aged 0–3 in Shoeburyness" in text
    assert "1st of 17 wards" in text
    assert "nan" not in isolation_sentence(found, "borough", southend.basket, WHO)
    inside = (pack.demand["ward"] == code).to_numpy()
    barriers = barriers_of(crossings(southend), pack.measure(**CHILDREN), inside)
    assert "% of the children aged 0–3 here, the railway lies" in barrier_sentence(barriers, "gp_practice", WHO)
    assert barrier_sentence(barriers, "museum", WHO) == ""
    values = found.areas["isolation"].to_dict()
    line = compare_sentence(table, values, "E05002216", "E05002227")
    assert line.startswith("Kursaal is nearer than West Leigh to ")
    assert "\n" not in line
    assert "26% of the services on our list are too far away in Kursaal" in line


def test_the_claim_about_the_east_is_checked_service_by_service(southend):
    table = ward_services(southend, **CHILDREN)
    checked = claim(table, ["E05002222", "E05002228"])
    assert set(checked["verdict"]) <= {"yes", "no", "in part"}
    assert checked.loc["hospital", "verdict"] == "yes"
    row = checked.loc["childrens_centre"]
    assert row["verdict"] == "in part"
    assert row["E05002222"] < 0 < row["E05002228"]


def test_pockets_and_closures_in_words(pack, southend):
    table = pockets(southend, **CHILDREN)
    for _, row in table.iterrows():
        text = pocket_sentence(row, southend.basket, WHO)
        assert not re.search(r"\bnan\b", text)
        assert row["ward_name"] in text
        said = re.findall(r"\d+ children(?! aged)", text)
        assert not said, "every count says its ages"
    access = Access.of(pack, MODES["walk_pram"])
    gone = closures(access, change(access, threshold_min=20), **CHILDREN)
    text = closure_sentence(gone.loc["ods2019-F81684"], WHO)
    assert text.startswith("North Shoebury Surgery is no longer on the list of practices.")
    assert "have no practice near enough any more" in text


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [
        (1020, 1500, "1,020"),
        (600, 600, "All 600"),
        (0, 600, "No"),
        (600 - FEW, 600, "All but a few of the"),
        (FEW, 600, "Fewer than 5"),
    ],
)
def test_the_number_cut_off_is_told(count, total, said):
    assert cut_off_sentence("Thorpe", count, total, WHO, "gp_practice", 20) == (
        f"{said} children aged 0–3 in Thorpe live more than 20 minutes from a GP practice."
    )
