"""Weighted quantiles against a list in which every person stands once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reach.quantiles import weighted_quantiles

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
