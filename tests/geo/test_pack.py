"""What an opened pack answers."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import UnknownNameError
from geo.packs import packs_folder
from geo.services import CATEGORIES


def test_committed_pack_has_the_wards_homes_and_centres_it_should(pack):
    assert len(pack.wards) == 17
    assert len(pack.lsoas) == 107
    assert (pack.areas["level"] == "oa").sum() == 575
    assert len(pack.demand) == 3642
    assert pack.demand["postcode"].is_unique
    assert set(pack.wards.loc[pack.target_wards, "name"]) == set(pack.strategy["target_wards"])
    assert pack.wards["target"].tolist() == sorted(pack.wards["target"], reverse=True)
    inside = pack.services_of("childrens_centre")
    assert (inside["ward"] != "").sum() == 9
    assert pack.areas.crs.to_epsg() == pack.basemap.crs.to_epsg() == pack.islands.crs.to_epsg() == 27700


def test_measures_at_homes_sum_to_their_lsoa(pack):
    for column in pack.measures.columns:
        baseline, measure = column.split(".")
        people = pack.measure(measure, baseline)
        assert people.shape == (3642,)
        sums = pack.demand.assign(people=people).groupby("lsoa")["people"].sum()
        np.testing.assert_allclose(sums, pack.measures.loc[sums.index, column], rtol=1e-12)


def test_services_of_leaves_out_the_closed_and_keeps_the_past_for_the_past(pack):
    libraries = pack.services[pack.services["category"] == "library"]
    assert set(libraries["status"]) == {"open", "closed"}
    assert set(pack.services_of("library")["status"]) == {"open"}
    assert len(pack.services_of("gp_practice_before")) > 0
    assert set(pack.services_of("gp_practice_before")["status"]) <= {"open", "past"}


def test_every_source_has_licence_and_attribution(pack):
    attributions = pack.attribution()
    assert len(attributions) == len(set(attributions))
    assert any("OpenStreetMap" in text for text in attributions)
    licences = (packs_folder() / pack.code / "LICENCES.md").read_text(encoding="utf-8")
    for source in pack.provenance["sources"]:
        assert source["licence"]
        if not source["given"]:
            assert source["title"] in pack.missing_timetables
            assert source["title"] not in licences
            continue
        assert len(source["sha256"]) == 64
        assert source["attribution"] in licences
        assert source["title"] in licences


def test_unknown_measure_baseline_and_category_list_the_valid_ones(pack):
    with pytest.raises(UnknownNameError) as caught:
        pack.measure("children_0_3", "census_1911")
    assert caught.value.valid == [
        "strategy",
        "census_2011",
        "mid_2017",
        "mid_2019",
        "mid_2020",
        "census_2021",
        "idaci_2019",
        "idaci_2025",
    ]
    with pytest.raises(UnknownNameError) as caught:
        pack.measure("households", "strategy")
    assert caught.value.valid == pack.measure_names("strategy")
    assert "children_in_poverty" in str(caught.value)
    with pytest.raises(UnknownNameError) as caught:
        pack.services_of("pub")
    assert "childrens_centre" in caught.value.valid


def test_services_of_each_category_are_the_rows_of_it(pack):
    for name, category in CATEGORIES.items():
        rows = pack.services[pack.services["category"] == name]
        pd.testing.assert_frame_equal(
            pack.services_of(name), rows[rows["status"].isin(["open"] if category.shown else ["open", "past"])]
        )


def test_nobody_changes_what_others_are_given(pack):
    given = pack.services_of("library")
    given["name"] = "gone"
    given.loc[given.index[0], "status"] = "closed"
    assert "gone" not in set(pack.services_of("library")["name"])
    assert set(pack.services_of("library")["status"]) == {"open"}
    with pytest.raises(ValueError, match="read-only"):
        pack.measure("children_0_3", pack.baselines[0])[0] = 1.0


def test_homes_of_each_area(pack):
    for level, areas in (("ward", pack.wards), ("lsoa", pack.lsoas)):
        homes = pack.homes_in(level)
        assert list(homes) == list(areas.index)
        for code, inside in homes.items():
            np.testing.assert_array_equal(inside, pack.demand[level] == code)
