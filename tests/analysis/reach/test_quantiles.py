"""Weighted quantiles against a list in which every person stands once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reach.quantiles import distributions, weighted_quantiles

SHARES = (0.0, 0.1, 0.25, 0.5, 0.9, 1.0)
times = st.floats(0, 1e6) | st.just(np.inf) | st.integers(0, 5).map(float)
eighths = st.integers(0, 40_000).map(lambda count: count / 8)  # sums of them are exact, in whatever order
people = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), min_size=1, max_size=30)


def quantile_of_a_list(values, share):
    """The smallest value at or below which at least this share of the list lies, by counting."""
    return next(value for value in sorted(values) if sum(v <= value for v in values) >= share * len(values))


@settings(deadline=None, derandomize=True)
@given(people=people, share=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
def test_equals_expanding_every_person(people, share):
    expanded = [value for value, count in people for _ in range(count)]
    got = weighted_quantiles([v for v, _ in people], [n for _, n in people], (share,))[0]
    if expanded:
        assert got == quantile_of_a_list(expanded, share)
    else:
        assert np.isnan(got)


@settings(deadline=None, derandomize=True)
@given(rows=st.lists(st.tuples(times, eighths, st.booleans()), min_size=1, max_size=40))
def test_each_area_has_the_quantiles_of_numpy_and_its_share_within_a_limit(rows):
    value, weight = (np.array([row[column] for row in rows]) for column in (0, 1))
    chosen = np.array([row[2] for row in rows])
    areas = np.stack([chosen, ~chosen, np.ones(len(rows), dtype=bool)])
    for inside, found in zip(areas, distributions(value, weight, areas), strict=True):
        values, people = value[inside & (weight > 0)], weight[inside & (weight > 0)]
        limits = np.array([-1.0, 2.0, *values[:3]])
        if not len(values):
            assert np.isnan(found.quantiles(SHARES)).all()
            assert np.isnan(found.within(limits)).all()
            continue
        expected = np.quantile(values, SHARES, weights=people, method="inverted_cdf")
        assert found.quantiles(SHARES).tolist() == expected.tolist()
        assert found.within(limits) == pytest.approx([people[values <= at].sum() / people.sum() for at in limits])


@pytest.mark.parametrize(
    ("values", "weights", "median", "p90"),
    [
        ([5], [0.25], 5, 5),
        ([1, 2], [1, 1], 1, 2),
        ([2, 1], [1, 3], 1, 2),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10, 5, 9),
        ([10, 20], [90, 10], 10, 10),
        ([10, 20], [89.9, 10.1], 10, 20),
        ([1, np.inf], [6, 4], 1, np.inf),
        ([1, np.inf], [95, 5], 1, 1),
        ([np.inf, np.inf], [1, 2], np.inf, np.inf),
        ([7, 1], [1, 0], 7, 7),
    ],
)
def test_by_hand(values, weights, median, p90):
    assert weighted_quantiles(values, weights, (0.5, 0.9)).tolist() == [median, p90]


def test_nobody_has_no_quantile():
    assert np.isnan(weighted_quantiles([1.0, 2.0], [0.0, 0.0], (0.5, 0.9))).all()
    assert np.isnan(weighted_quantiles([], [], (0.5,))).all()


def test_weights_not_points_decide():
    """A mean or median over points would give 30."""
    assert weighted_quantiles([10, 30, 50], [1000, 1, 1], (0.5,))[0] == 10
