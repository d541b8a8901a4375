"""The picture of the day: every minute is in it, and the limit and walking all the way are where they belong."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.timetable.timing import Timing
from ui.travel.by_timetable import Minutes, day_chart, ticks


def drawn(chart, kind):
    """The data of the layers of one kind of mark."""
    content = chart.to_dict()
    found = [layer for layer in content["layer"] if layer["mark"]["type"] == kind]
    return [content["datasets"][(layer.get("data") or content["data"])["name"]] for layer in found], content


def test_every_minute_is_a_step_and_the_levels_are_named():
    table = pd.DataFrame({"leaving": [540, 541, 542], "minutes": [12.4, 11.4, np.inf], "place": ["A", "B", ""]})
    chart = day_chart(table, "Minutes", within_min=15, walk_min=34.0)
    (steps,), content = drawn(chart, "area")
    said = [(row["clock"], row["minutes"], row["place"]) for row in steps]
    assert said == [("09:00", 12.4, "A"), ("09:01", 11.4, "B")]
    rules, _ = drawn(chart, "rule")
    assert sorted(row["minutes"] for rows in rules for row in rows) == [15.0, 34.0]
    names, _ = drawn(chart, "text")
    assert {row["name"] for rows in names for row in rows} == {"15 minutes", "walking all the way"}
    (area,) = [layer for layer in content["layer"] if layer["mark"]["type"] == "area"]
    assert area["mark"]["interpolate"] == "step-after"
    assert area["encoding"]["x"]["scale"]["domain"] == [540, 542]


def test_what_is_not_known_has_no_line():
    table = pd.DataFrame({"leaving": [540, 541], "minutes": [12.4, 11.4], "place": ["A", "A"]})
    assert drawn(day_chart(table, "Minutes", within_min=None, walk_min=np.inf), "rule")[0] == []


@given(first=st.integers(0, 1440), length=st.integers(1, 1440))
def test_the_axis_has_a_few_whole_times_of_the_clock(first, length):
    last = first + length
    marks = ticks(first, last)
    assert len(marks) <= 7
    assert all(first <= mark <= last and mark % 5 == 0 for mark in marks)
    assert len(set(np.diff(marks).tolist())) <= 1
    assert marks or length < 5


@given(st.lists(st.integers(60, 7200) | st.just(np.inf), min_size=1, max_size=200), st.sampled_from([0.5, 0.9]))
def test_the_time_that_stands_for_the_window_is_kept_in_that_share_of_its_minutes(seconds, share):
    timing = Timing(start_min=0, end_min=len(seconds) - 1, sure="median" if share == 0.5 else "nine_in_ten")
    found = Minutes(timing, np.array(seconds, dtype=float), ("",) * len(seconds), np.inf)
    assert sum(second <= found.usual_s for second in seconds) >= share * len(seconds) - 1e-9
    assert sum(second < found.usual_s for second in seconds) < share * len(seconds)
    assert found.share_within(30) == pytest.approx(np.mean([second <= 1800 for second in seconds]))
