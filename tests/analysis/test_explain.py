import re

import numpy as np
import pandas as pd
import pytest

from analysis.access import Access
from analysis.basket import read_basket
from analysis.change import change, closures
from analysis.explain import (
    barrier_sentence,
    claim,
    closure_sentence,
    compare_sentence,
    gap_sentence,
    isolation_sentence,
    listed,
    minutes,
    ordinal,
    percent,
    pocket_sentence,
)
from analysis.gaps import ward_services
from analysis.isolation import isolation
from analysis.pockets import pockets
from analysis.severance import barriers_of, crossings, why
from analysis.survey import survey
from geo.modes import MODES

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


def test_small_words():
    assert [minutes(value) for value in (0.3, 1.2, 12.4, np.inf, np.nan)] == [
        "less than a minute",
        "1 minute",
        "12 minutes",
        "no way there on foot",
        "not known",
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
    assert gap_sentence("Shoeburyness", row, parts, "gp_practice") == (
        "From Shoeburyness the nearest GP practice is 29 minutes away for the middle child, 15 minutes more than in "
        "the borough as a whole: 8 minutes because there is none nearer and 7 minutes because the way there is not "
        "straight."
    )
    near = pd.Series({"median_min": 13.0, "gap_to_borough": -4.0})
    assert gap_sentence("Thorpe", near, parts, "library").endswith("4 minutes less than in the borough as a whole.")
    same = pd.Series({"median_min": 13.0, "gap_to_borough": 0.4})
    assert gap_sentence("Thorpe", same, parts, "library").endswith("about as far as in the borough as a whole.")
    none = pd.Series({"median_min": np.inf, "gap_to_borough": np.nan})
    assert "no way there" in gap_sentence("Thorpe", none, parts, "library")
    mixed = pd.Series({"distance_min": 9.0, "detour_min": -3.0, "speed_min": 0.0})
    assert "less 3 minutes that straighter ways saves" in gap_sentence("Thorpe", row, mixed, "library")


def test_sentences_of_the_real_east(pack, southend):
    table, parts = ward_services(southend, **CHILDREN), why(southend, **CHILDREN)
    found = isolation(southend, **CHILDREN)
    code = "E05002222"
    for service in southend.basket.services:
        text = gap_sentence("Shoeburyness", table.loc[(code, service)], parts.loc[(code, service)], service)
        assert text.startswith("From Shoeburyness the nearest")
        assert "nan" not in text
    text = isolation_sentence(found, code, southend.basket)
    assert "1st most isolated of 17 wards" in text
    assert "nan" not in isolation_sentence(found, "borough", southend.basket)
    inside = (pack.demand["ward"] == code).to_numpy()
    barriers = barriers_of(crossings(southend), pack.measure(**CHILDREN), inside)
    assert "the railway" in barrier_sentence(barriers, "gp_practice")
    assert barrier_sentence(barriers, "museum") == ""
    values = found.areas["isolation"].to_dict()
    line = compare_sentence(table, values, "E05002216", "E05002227")
    assert line.startswith("Kursaal is nearer than West Leigh to ")
    assert "\n" not in line
    assert "26% of the basket is beyond reach in Kursaal" in line


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
        text = pocket_sentence(row, southend.basket)
        assert not re.search(r"\bnan\b", text)
        assert row["ward_name"] in text
    access = Access.of(pack, MODES["walk_pram"])
    gone = closures(access, change(access, threshold_min=20), **CHILDREN)
    text = closure_sentence(gone.loc["ods2019-F81684"])
    assert text.startswith("North Shoebury Surgery is no longer on the list of practices.")
    assert "no practice within reach any more" in text
