"""The table under the ward map: its figures by plain sums of the homes, its order, and who is too close to call."""

import numpy as np
import pandas as pd
import pytest

from analysis.gaps.area_table import area_table, leading
from analysis.reach.need import INDICATORS, index_of
from analysis.shown import ShownFrame

KURSAAL, VICTORIA = "E05002216", "E05002225"


def sums(pack, measure, baseline):
    people = pd.Series(pack.measure(measure, baseline), index=pack.demand["ward"].to_numpy())
    return people.groupby(level=0).sum()


def test_number_rate_and_share_of_the_borough_of_a_count(pack):
    table = area_table(pack, INDICATORS["children_in_poverty"], "strategy")
    poor, children = (sums(pack, name, "strategy") for name in ("children_in_poverty", "children_0_17"))
    np.testing.assert_allclose(table["value"], poor[table.index], atol=2.6)
    np.testing.assert_allclose(table["rate"], (poor / children)[table.index], atol=0.004)
    np.testing.assert_allclose(table["share"], (poor / poor.sum())[table.index], atol=0.002)
    assert table["value"].is_monotonic_decreasing
    assert table["rank"].tolist()[:2] == [1, 2]
    assert (table["against"] == "").all()


def test_a_rate_has_its_number_and_stands_beside_the_borough(pack):
    table = area_table(pack, INDICATORS["no_car_rate"], "census_2011")
    cars, households = (sums(pack, name, "census_2011") for name in ("households_no_car", "households"))
    np.testing.assert_allclose(table["value"], (cars / households)[table.index], atol=0.002)
    np.testing.assert_allclose(table["number"], cars[table.index], atol=0.6)
    whole = cars.sum() / households.sum()
    assert set(table["against"]) <= {"higher", "lower", "similar"}
    for code, said in table["against"].items():
        rate = cars[code] / households[code]
        assert said == ("higher" if rate > whole else "lower"), "counted by the census: nothing is similar"


def test_small_areas_have_a_table_of_their_own(pack):
    table = area_table(pack, INDICATORS["child_poverty_rate"], "strategy", "lsoa")
    assert set(table.index) == set(pack.lsoas.index)
    assert table["value"].is_monotonic_decreasing
    assert table["ward_name"].tolist() == pack.lsoas["ward"].map(pack.wards["name"])[table.index].tolist()
    assert table["share"].sum() == pytest.approx(1, abs=0.02)


def test_a_score_has_no_number(pack):
    table = area_table(pack, index_of(pack), "")
    assert table[["number", "rate", "share"]].isna().all(axis=None)
    assert table.index[0] == KURSAAL


def rows(*ranges):
    return ShownFrame(pd.DataFrame([{"value": value, "low": low, "high": high} for low, value, high in ranges]))


def test_leading_are_those_too_close_to_call_and_all_before_them():
    assert len(leading(rows((90, 100, 110), (80, 89, 89)))) == 1
    assert len(leading(rows((90, 100, 110), (80, 89, 90)))) == 2
    assert len(leading(rows((90, 100, 110), (85, 88, 89), (50, 70, 95)))) == 3, "the second is not below the third"


def test_victoria_and_kursaal_are_too_close_to_call(pack):
    top = leading(area_table(pack, INDICATORS["children_in_poverty"], "strategy"))
    assert top.index.tolist() == [VICTORIA, KURSAAL]
