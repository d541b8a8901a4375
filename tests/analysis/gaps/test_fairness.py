import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.gaps.fairness import concentration_index, fairness, fifths, normalised_concentration, ridits, slope_index
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


def test_ridits_are_the_middle_of_each_group_from_the_most_deprived():
    assert ridits(np.array([10.0, 30.0, 20.0]), np.array([50.0, 20.0, 30.0])).tolist() == pytest.approx(
        [0.75, 0.1, 0.35]
    )
    assert ridits(np.array([5.0, 5.0]), np.array([1.0, 3.0])).tolist() == [0.5, 0.5]


def test_slope_of_a_straight_line_is_its_slope():
    people = np.array([20.0, 30.0, 50.0])
    place = ridits(np.array([3.0, 2.0, 1.0]), people)
    assert slope_index(0.2 + 0.6 * place, place, people) == pytest.approx(0.6)
    assert slope_index(np.full(3, 0.4), place, people) == pytest.approx(0)
    assert np.isnan(slope_index(np.ones(2), np.full(2, 0.5), np.ones(2)))


def test_slope_equals_numpy_least_squares():
    random = np.random.default_rng(1)
    people, value = random.uniform(1, 9, 30), random.random(30)
    place = ridits(random.random(30), people)
    slope = np.polyfit(place, value, 1, w=np.sqrt(people))[0]
    assert slope_index(value, place, people) == pytest.approx(slope)


def test_concentration_of_known_cases():
    people = np.ones(1000)
    place = ridits(np.arange(1000.0), people)
    assert concentration_index(np.ones(1000), place, people) == pytest.approx(0)
    all_to_the_best_off = (place == place.max()).astype(float)
    assert concentration_index(all_to_the_best_off, place, people) == pytest.approx(1 - 1 / 1000)
    assert concentration_index(1 - place, place, people) == pytest.approx(-1 / 3, abs=1e-5)
    assert np.isnan(concentration_index(np.zeros(1000), place, people))


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_concentration_equals_the_area_under_its_curve(seed):
    """Twice the area between the diagonal and the curve of cumulative shares, which is where the name is from."""
    random = np.random.default_rng(seed)
    people, value = random.uniform(1, 9, 12), random.uniform(0.1, 1, 12)
    order_by = random.permutation(12).astype(float)
    order = np.argsort(-order_by)
    x = np.concatenate([[0], np.cumsum(people[order]) / people.sum()])
    y = np.concatenate([[0], np.cumsum((people * value)[order]) / (people * value).sum()])
    area = np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2)
    found = concentration_index(value, ridits(order_by, people), people)
    assert found == pytest.approx(1 - 2 * area)


def one_by_one(has, order_by):
    """The normalised index from every person's own 0 or 1 and rank, by the definition."""
    order = np.argsort(-order_by)
    n, mean = len(has), np.mean(has)
    ranked = sum(has[person] * ((at + 0.5) / n) for at, person in enumerate(order))
    return (2 * ranked / (n * mean) - 1) / (1 - mean)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.98))
def test_normalised_concentration_of_a_yes_or_no(seed, share):
    random, n = np.random.default_rng(seed), 60
    order_by, people = random.permutation(n).astype(float), np.ones(n)
    has = np.zeros(n)
    has[random.choice(n, max(1, min(n - 1, round(share * n))), replace=False)] = 1.0
    place, mean = ridits(order_by, people), has.mean()
    raw, index = concentration_index(has, place, people), normalised_concentration(has, place, people)
    assert index == pytest.approx(one_by_one(has, order_by))
    assert mean - 1 - 1e-9 <= raw <= 1 - mean + 1e-9, "the bounds of Wagstaff 2005"
    assert -1 - 1e-9 <= index <= 1 + 1e-9
    # Not to have it is shared out the other way round, to the same degree; the raw index does not say so.
    assert normalised_concentration(1 - has, place, people) == pytest.approx(-index)
    best_off = (np.argsort(np.argsort(order_by)) < has.sum()).astype(float)
    assert normalised_concentration(best_off, place, people) == pytest.approx(1)
    worst_off = (np.argsort(np.argsort(-order_by)) < has.sum()).astype(float)
    assert normalised_concentration(worst_off, place, people) == pytest.approx(-1)


def test_normalised_concentration_is_unknown_where_all_or_none_have_it():
    place = ridits(np.arange(4.0), np.ones(4))
    for everybody in (np.zeros(4), np.ones(4)):
        assert np.isnan(normalised_concentration(everybody, place, np.ones(4)))


def test_fifths_hold_a_fifth_of_the_people_each():
    assert fifths(np.arange(10.0), np.ones(10)).tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert fifths(np.array([1.0]), np.array([3.0])).tolist() == [3]


def test_southend(pack):
    measured = survey(pack, read_basket())
    found = fairness(measured, **CHILDREN)
    people = pack.measure(**CHILDREN)
    sizes = found.by_fifth.loc["library", "people_share"]
    assert sizes.sum() == pytest.approx(1)
    assert sizes.between(0.17, 0.23).all()
    borough = people[~measured.beyond[measured.row("library")]].sum() / people.sum()
    assert (sizes * found.by_fifth.loc["library", "share_within"]).sum() == pytest.approx(borough)
    summary = found.summary.loc["childrens_centre"]
    assert summary["most_deprived"] > summary["least_deprived"], "the centres were put where need was"
    assert summary["slope_index"] < 0
    assert summary["concentration_index"] < 0
    assert found.summary["concentration_index"].between(-1, 1).all()
    assert summary["ratio"] == pytest.approx(summary["target_share"] / summary["rest_share"])
