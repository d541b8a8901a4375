"""Thirds of need and reach: ties, empty thirds and areas without a figure."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reach.bivariate import NEEDS, need_and_reach, need_values, needs_of, thirds
from analysis.reach.need import INDICATORS, ward_values
from analysis.travel.access import Access
from geo.errors import UnknownNameError
from geo.network.modes import MODES

ASKED = {"measure": "children_0_3", "baseline": "strategy", "within_min": 15}


@pytest.fixture(scope="module")
def centre_s(pack):
    return Access.of(pack, MODES["walk_pram"]).to_category("childrens_centre").nearest_s


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([7.0], [1]),
        ([4, 4, 4, 4], [1, 1, 1, 1]),
        ([1, 2, 3], [0, 1, 2]),
        ([3, 1, 2, 6, 5, 4], [1, 0, 0, 2, 2, 1]),
        ([0, 1, 1, 1, 1], [0, 1, 1, 1, 1]),
        ([0, 0, 0, 0, 1], [1, 1, 1, 1, 2]),
        ([0, 0, 0, 1, 1, 1], [0, 0, 0, 2, 2, 2]),
        ([np.nan, 2, 1, 3], [-1, 1, 0, 2]),
        ([np.nan, np.nan], [-1, -1]),
    ],
)
def test_thirds_of_small_lists(values, expected):
    assert thirds(values).tolist() == expected


def test_seventeen_wards_are_six_five_and_six():
    assert np.bincount(thirds(np.random.default_rng(2).permutation(17))).tolist() == [6, 5, 6]


@given(st.lists(st.integers(-4, 4) | st.just(np.nan), max_size=40))
def test_thirds_keep_ties_together_and_the_order(values):
    array = np.array(values, dtype=float)
    found = thirds(array)
    for one in range(len(array)):
        for other in range(len(array)):
            if array[one] == array[other]:
                assert found[one] == found[other]
            elif array[one] < array[other]:
                assert found[one] <= found[other]
    back = thirds(-array)
    assert (np.where(found < 0, -1, 2 - found) == back).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60, unique=True))
def test_without_ties_thirds_are_of_one_size(values):
    counts = np.bincount(thirds(values), minlength=3)
    assert counts.max() - counts.min() <= 1
    assert counts[0] == counts[2]


@pytest.mark.parametrize("by", ["ward", "lsoa"])
@pytest.mark.parametrize("need", NEEDS)
def test_classes_are_the_thirds_of_the_figures_shown(pack, centre_s, need, by):
    found = need_and_reach(pack, centre_s, need=need, by=by, **ASKED)
    rows = found.rows
    assert len(rows) == (17 if by == "ward" else 107)
    assert rows["need_third"].tolist() == thirds(rows["need"]).tolist()
    assert rows["unreached_third"].tolist() == (2 - thirds(rows["share"])).tolist()
    assert (rows["kind"] == 3 * rows["need_third"] + rows["unreached_third"]).all()
    worst = found.both
    assert set(worst["kind"]) <= {8}
    assert sorted(set(found.nearly["kind"]) | {5, 7}) == [5, 7]
    assert len(found.nearly) == rows["kind"].isin([5, 7]).sum()
    rest = rows[rows["need_third"] < 2]
    assert worst["need"].min() > rest["need"].max() or worst.empty
    assert worst["share"].is_monotonic_increasing


def test_an_area_where_nobody_lives_has_no_class(pack, centre_s):
    ward = pack.wards.index[0]
    empty = pack.demand.assign(share=np.where(pack.demand["ward"] == ward, 0.0, pack.demand["share"]))
    changed = type(pack)(**{name: getattr(pack, name) for name in pack.__dataclass_fields__} | {"demand": empty})
    rows = need_and_reach(changed, centre_s, need="child_poverty_rate", **ASKED).rows
    assert rows.loc[ward, "kind"] == -1
    assert (rows["kind"] == -1).sum() == 1


def test_need_is_the_figure_of_the_other_pages(pack):
    for need in ("children_in_poverty", "child_poverty_rate"):
        pd.testing.assert_series_equal(
            need_values(pack, need, "strategy"), ward_values(pack, INDICATORS[need], "strategy")
        )


def test_the_index_of_a_ward_is_weighted_by_its_children(pack):
    found = need_values(pack, "child_deprivation", "strategy")
    for code in pack.wards.index[:3]:
        parts = pack.scores.loc[pack.lsoas.index[pack.lsoas["ward"] == code]]
        want = np.average(parts["idaci2019_score"], weights=parts["idaci2019_people"])
        assert found[code] == pytest.approx(want)


def test_a_need_that_is_not_known_is_refused(pack, centre_s):
    assert needs_of(pack, "strategy") == list(NEEDS)
    assert needs_of(pack, "mid_2020") == ["child_deprivation", "children_0_3"]
    with pytest.raises(UnknownNameError, match="need"):
        need_and_reach(pack, centre_s, need="happiness", **ASKED)
