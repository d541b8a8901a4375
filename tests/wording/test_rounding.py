"""Half up, everywhere that a figure is shown: the same number reads the same on every page, report and print."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ui.kit.heat_table
import wording.columns
import wording.numbers
from analysis.reach.need import Indicator
from commands.console import nearest_whole, rounded
from wording.languages import read_words
from wording.rounding import digits, fixed, half_up, minutes_cell, per_cent, shortest, signed, whole
from wording.story import _minutes

HALVES = [(0.5, 1), (1.5, 2), (2.5, 3), (12.5, 13)]


@pytest.mark.parametrize(("value", "shown"), HALVES)
def test_a_half_is_rounded_up_wherever_it_is_shown(value: float, shown: int) -> None:
    assert half_up(value) == whole(value) == nearest_whole(value) == shown
    assert half_up(-value) == -shown
    assert digits(value) == wording.numbers.people(value) == minutes_cell(value) == str(shown)
    minutes = f"{shown} minute{'' if shown == 1 else 's'}"
    assert wording.numbers.minutes(value) == wording.numbers.minutes_of(60 * value) == minutes
    assert _minutes(value, read_words()) == minutes
    assert read_words().number(value) == str(shown)
    assert signed(value) == f"+{shown}"
    assert signed(-value) == f"−{shown}"
    assert ui.kit.heat_table.gap_cell(value).text == f"+{shown}"
    assert ui.kit.heat_table.minutes_cell(value, 30.0).text == str(shown)
    assert wording.numbers.money(value, "GBP") == f"£{shown}"
    assert wording.columns.value_words(value, Indicator("x", "X", "m")) == str(shown)


@pytest.mark.parametrize(("value", "shown"), HALVES)
def test_a_half_per_cent_is_rounded_up_wherever_it_is_shown(value: float, shown: int) -> None:
    share = float(f"{value}e-2")
    assert per_cent(share) == f"{shown}%"
    assert wording.numbers.percent(share) == f"{shown}%"
    assert ui.kit.heat_table.share_cell(share).text == f"{shown}%"
    assert wording.numbers.points(share) == f"{shown} point{'' if shown == 1 else 's'} higher"


@pytest.mark.parametrize(("value", "decimals", "shown"), [(0.25, 1, "0.3"), (1.005, 2, "1.01"), (2.675, 2, "2.68")])
def test_decimals_are_rounded_as_they_are_written(value: float, decimals: int, shown: str) -> None:
    assert digits(value, decimals) == shown
    assert rounded(value, decimals) == float(shown)
    if decimals == 1:
        assert minutes_cell(value, 1) == shown


def test_shares_in_tenths_of_a_per_cent_are_rounded_by_their_digits() -> None:
    for tenths in range(1000):
        expected = tenths // 10 + (tenths % 10 >= 5)
        assert per_cent(float(f"0.{tenths:03d}")) == f"{expected}%"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_rounding_moves_by_a_half_at_most(value: float) -> None:
    assert abs(half_up(value) - value) <= 0.5
    assert half_up(-value) == -half_up(value)


def test_what_is_no_number_stays_so() -> None:
    assert math.isnan(half_up(math.nan))
    assert half_up(math.inf) == math.inf
    assert (digits(math.nan), per_cent(math.nan), signed(math.nan), digits(math.inf)) == ("–",) * 4
    assert signed(0.2) == signed(-0.2) == "0"
    assert nearest_whole(math.nan) is None
    assert digits(-0.1) == "0"
    assert digits(1234.5) == "1,235"


def test_isolation_of_a_ward_and_children_of_a_pocket() -> None:
    row = pd.Series({"isolation": 12.5, "low": 2.5, "high": 20.5})
    assert f"{digits(row['isolation'])}% ({digits(row['low'])}% to {digits(row['high'])}%)" == "13% (3% to 21%)"


def test_plain_numbers_keep_the_digits_they_need() -> None:
    assert [shortest(value) for value in (15.0, 7.5, 3.6, 1_000_000.0)] == ["15", "7.5", "3.6", "1e+06"]
    assert [fixed(value) for value in (0.5, 1.5, 2.5, 1234.4)] == ["0", "2", "2", "1234"]
    assert fixed(1234.25, 1, thousands=True) == "1,234.2"
    assert [minutes_cell(math.inf), minutes_cell(math.nan, none="-")] == ["–", "-"]
    assert minutes_cell(1234.25, 1) == "1,234.3"


def test_pounds_and_pence_are_rounded_half_up() -> None:
    money = wording.numbers.money
    assert [money(amount, "GBP") for amount in (1234.5, 1234.4, -30_000.5)] == ["£1,235", "£1,234", "−£30,001"]
    assert [money(amount, "GBP", cents=True) for amount in (12.5, 0.125)] == ["£12.50", "£0.13"]
    assert money(math.nan, "GBP") == "no figure"
    assert [money(1234.5, code) for code in ("EUR", "USD", "CHF")] == ["€1,235", "$1,235", "CHF\u00a01,235"]
