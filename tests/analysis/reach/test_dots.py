"""Dots of people: as many as the shown counts say, in their small area, and never at a home."""

from dataclasses import fields

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from analysis.reach.dots import APART_M, BESIDE_M, RESIDENTIAL, dot_numbers, dots
from analysis.shown import shown_totals
from geo.errors import InputError, UnknownNameError

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def found(pack):
    return dots(pack, **CHILDREN)


def with_counts(pack, counts):
    """The same area with other counts of children."""
    column = pack.measures["strategy.children_0_3"].copy()
    column[:] = counts
    measures = pack.measures.assign(**{"strategy.children_0_3": column})
    return type(pack)(**{one.name: getattr(pack, one.name) for one in fields(pack)} | {"measures": measures})


@pytest.mark.parametrize("per", [10, 20, 50])
def test_each_area_has_as_many_dots_as_its_shown_count_says(pack, per):
    shown = shown_totals(pack, "children_0_3", "strategy", pack.lsoa_counts("children_0_3", "strategy"))
    made = dots(pack, **CHILDREN, per=per)
    number = np.array([(made.area == code).sum() for code in shown.index])
    assert (np.abs(number - shown.to_numpy() / per) < 1).all()
    ward = pack.lsoas["ward"].reindex(shown.index)
    for code in pack.wards.index:
        inside = (ward == code).to_numpy()
        assert abs(number[inside].sum() - shown.to_numpy()[inside].sum() / per) <= 0.5 + 1e-9, code


def test_every_dot_lies_in_its_own_area(pack, found):
    for code in pack.lsoas.index:
        inside = shapely.contains_xy(pack.lsoas.geometry[code], found.xy[found.area == code])
        assert inside.all(), code


def test_dots_lie_beside_residential_streets(pack, found):
    names = [pack.network.class_names[kind] for kind in pack.network.edge_class]
    lines = pack.network.lines[np.isin(names, RESIDENTIAL)]
    near = shapely.STRtree(lines).query(shapely.points(found.xy), predicate="dwithin", distance=BESIDE_M + 1)[0]
    assert len(np.unique(near)) == len(found.xy)


def test_no_dot_lies_at_a_home(pack, found):
    assert cKDTree(pack.demand_xy).query(found.xy)[0].min() > APART_M


def test_where_people_live_inside_an_area_plays_no_part(pack, found):
    """Other shares of the same postcodes change nothing."""
    rng = np.random.default_rng(4)
    other = pack.demand.assign(share=rng.permutation(pack.demand["share"].to_numpy()))
    moved = type(pack)(**{one.name: getattr(pack, one.name) for one in fields(pack)} | {"demand": other})
    np.testing.assert_array_equal(dots(moved, **CHILDREN).xy, found.xy)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_dots(pack, found):
    again, other = dots(pack, **CHILDREN), dots(pack, **CHILDREN, seed=1)
    np.testing.assert_array_equal(again.xy, found.xy)
    assert (other.area == found.area).all()
    assert not (other.xy == found.xy).any()


def test_the_dots_of_one_area_do_not_move_when_another_changes(pack, found):
    first, last = str(pack.lsoas.index[0]), str(pack.lsoas.index[-1])
    assert pack.lsoas["ward"][first] != pack.lsoas["ward"][last]
    counts = pack.lsoa_counts("children_0_3", "strategy").copy()
    counts[first] += 200
    made = dots(with_counts(pack, counts), **CHILDREN)
    assert (made.area == first).sum() > (found.area == first).sum()
    np.testing.assert_array_equal(made.xy[made.area == last], found.xy[found.area == last])


def test_fewer_than_five_people_have_no_dot_and_are_not_carried_over(pack):
    assert dot_numbers(with_counts(pack, 4.4), **CHILDREN, per=10).sum() == 0
    assert dot_numbers(with_counts(pack, 5.4), **CHILDREN, per=10).sum() > 40


def test_a_dot_for_few_people_is_refused(pack):
    with pytest.raises(InputError, match="10 or more"):
        dots(pack, **CHILDREN, per=5)
    with pytest.raises(UnknownNameError):
        dots(pack, measure="dragons", baseline="strategy")
