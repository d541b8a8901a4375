"""Shown figures: counts to the nearest 5, told in words where few, and shares and changes that follow from them."""

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import shown
from analysis.shown import ALL_BUT_A_FEW, FEW, FEWER_THAN_5

many = settings(max_examples=300, deadline=None, derandomize=True)
people = st.floats(0, 200_000, allow_nan=False)


def by_decimals(value: float) -> float:
    """The nearest 5, halves up, worked out in decimal digits."""
    return float((Decimal(repr(float(value))) / 5).quantize(Decimal(1), ROUND_HALF_UP) * 5)


@pytest.mark.parametrize(
    ("true", "want"),
    [(0, 0), (1e-9, 0), (0.2, FEW), (4.99, FEW), (5, 5), (7.49, 5), (7.5, 10), (12.5, 15), (1641, 1640), (9103, 9105)],
)
def test_counts_are_to_the_nearest_five_and_few_are_few(true, want):
    assert shown.shown_counts(true) == want


@many
@given(true=st.floats(5, 200_000))
def test_counts_agree_with_decimal_arithmetic(true):
    # Half a millionth is the order of adding up, and may go either way.
    assert float(shown.shown_counts(true)) in {by_decimals(true - 1e-5), by_decimals(true), by_decimals(true + 1e-5)}


@many
@given(part=people, rest=people)
def test_a_part_beside_its_total(part, rest):
    total = part + rest
    of = float(shown.shown_counts(total))
    seen = float(shown.shown_parts(part, total, of))
    share = float(shown.shown_shares(seen, of))
    assert 0 <= seen <= of
    if part <= 1e-6:
        assert seen == 0
    elif rest <= 1e-6:
        assert seen == of
    elif total >= 10:
        # Only all is all and only none is none; and nobody is more than 5 away from the truth.
        assert 0 < seen < of
        assert 0 < share < 1
        assert abs(seen - part) <= 5
        assert (shown.said(seen) == FEWER_THAN_5) == (part < 5)
        assert (shown.said(seen) == ALL_BUT_A_FEW) == (rest < 5 <= part)
        assert share == pytest.approx(seen / of, abs=0.00101)


@many
@given(parts=st.lists(people, min_size=2, max_size=2), rest=people)
def test_more_people_are_never_shown_as_fewer(parts, rest):
    low, high = sorted(parts)
    total = high + rest
    of = shown.shown_counts(total)
    assert shown.shown_parts(low, total, of) <= shown.shown_parts(high, total, of)


@pytest.mark.parametrize(
    ("after", "before", "want"),
    [
        (2000, 1640, 360),
        (10, FEW, 10),
        (5, FEW, FEW),
        (FEW, 5, -FEW),
        (0, FEW, -FEW),
        (4032, 1640, 2390),
        (FEW, FEW, 0),
    ],
)
def test_a_change_is_the_difference_of_what_is_shown(after, before, want):
    assert shown.shown_change(after, before) == want


def test_no_figure_stays_no_figure():
    assert math.isnan(shown.shown_counts(float("nan")))
    assert math.isnan(shown.shown_parts(float("nan"), 10, 10))
    assert math.isnan(shown.shown_shares(0, 0))
    assert shown.sent(float("nan")) is None
    assert shown.sent_change(float("nan")) is None


def test_what_is_sent_is_what_is_read():
    assert [shown.sent(value) for value in (0.0, FEW, 1640.0, 4032 - FEW)] == [0, FEWER_THAN_5, 1640, ALL_BUT_A_FEW]
    assert [shown.sent_change(v) for v in (-FEW, FEW, -20.0)] == ["-fewer than 5", "+fewer than 5", -20]


def test_no_other_figure_is_taken_for_a_few():
    """Minutes to the tenth, shares to three decimals and positions to six stand in the same tables."""
    for decimals in range(7):
        step = 10.0**-decimals
        for near in (FEW, 100 - FEW, 4032 - FEW):
            around = np.round(near + step * np.arange(-3, 4), decimals)
            assert all(shown.said(value) is None for value in around), decimals


def test_a_table_for_readers_says_few_in_words_and_keeps_the_rest():
    frame = pd.DataFrame({"name": ["A", "B", "C"], "reached": [FEW, 20.0, 40 - FEW], "minutes": [2.5, 7.5, np.inf]})
    words = shown.in_words(frame)
    assert words["reached"].tolist() == [FEWER_THAN_5, 20.0, ALL_BUT_A_FEW]
    assert words["minutes"].tolist() == frame["minutes"].tolist()
    assert frame["reached"].tolist()[0] == FEW, "the table itself is left as it is"


def test_totals_that_a_source_prints_stay_as_printed(pack):
    codes = pack.wards.index[pack.wards["name"].isin(["Kursaal", "Victoria"])]
    kursaal, victoria = sorted(codes, key=lambda code: pack.wards["name"][code])
    poor = pack.lsoa_counts("children_in_poverty", "strategy").groupby(pack.lsoas["ward"]).sum()
    seen = shown.shown_totals(pack, "children_in_poverty", "strategy", poor)
    assert seen[kursaal] == 1026, "the strategy prints it"
    assert seen[victoria] == by_decimals(poor[victoria]), "ours, so to the nearest 5"
    groups = pd.Series([4712.0000001], index=["target"])
    assert shown.shown_totals(pack, "children_in_poverty", "strategy", groups).tolist() == [4712]
    counted = pack.lsoa_counts("children_0_3", "census_2011").groupby(pack.lsoas["ward"]).sum()
    assert shown.shown_totals(pack, "children_0_3", "census_2011", counted).tolist() == counted.tolist()
