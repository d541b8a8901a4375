"""Half up, everywhere that a figure is shown: the same number reads the same on every page, report and print."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import commands.gaps
import reports.wording
import ui.kit.heat_table
import wording.columns
import wording.gaps
import wording.numbers
from analysis.gaps.bands import Headline
from analysis.reach.need import Indicator
from commands.console import nearest_whole, rounded
from wording.languages import read_words
from wording.pack_changes import _percent
from wording.rounding import digits, half_up, per_cent, signed, whole
from wording.story import _minutes

HALVES = [(0.5, 1), (1.5, 2), (2.5, 3), (12.5, 13)]


@pytest.mark.parametrize(("value", "shown"), HALVES)
def test_a_half_is_rounded_up_wherever_it_is_shown(value: float, shown: int) -> None:
    assert half_up(value) == whole(value) == nearest_whole(value) == shown
    assert half_up(-value) == -shown
    assert digits(value) == wording.numbers.people(value) == commands.gaps._minutes(value) == str(shown)
    minutes = f"{shown} minute{'' if shown == 1 else 's'}"
    assert (
        wording.gaps.minutes(value)
        == wording.numbers.minutes(value)
        == wording.numbers.minutes_of(60 * value)
        == minutes
    )
    assert _minutes(value, read_words()) == minutes
    assert read_words().number(value) == str(shown)
    assert signed(value) == f"+{shown}"
    assert signed(-value) == f"−{shown}"
    assert ui.kit.heat_table.gap_cell(value).text == f"+{shown}"
    assert ui.kit.heat_table.minutes_cell(value, 30.0).text == str(shown)
    assert reports.wording.pounds(value) == f"£{shown}"
    assert reports.wording.count_cell(value) == str(shown)
    assert wording.columns.value_words(value, Indicator("x", "X", "m")) == str(shown)


@pytest.mark.parametrize(("value", "shown"), HALVES)
def test_a_half_per_cent_is_rounded_up_wherever_it_is_shown(value: float, shown: int) -> None:
    share = float(f"{value}e-2")
    assert per_cent(share) == f"{shown}%"
    assert (
        wording.numbers.percent(share)
        == wording.gaps.percent(share)
        == reports.wording.share_cell(share)
        == f"{shown}%"
    )
    assert reports.wording.share_words(share) == _percent(share) == f"{shown}%"
    assert ui.kit.heat_table.share_cell(share).text == f"{shown}%"
    assert wording.numbers.points(share) == f"{shown} point{'' if shown == 1 else 's'} higher"
    assert Headline(share, share, share, share, share).words == f"{shown}% ({shown}% to {shown}%)"


@pytest.mark.parametrize(("value", "decimals", "shown"), [(0.25, 1, "0.3"), (1.005, 2, "1.01"), (2.675, 2, "2.68")])
def test_decimals_are_rounded_as_they_are_written(value: float, decimals: int, shown: str) -> None:
    assert digits(value, decimals) == shown
    assert rounded(value, decimals) == float(shown)
    if decimals == 1:
        assert reports.wording.minutes_cell(value) == shown


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
