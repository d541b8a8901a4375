"""Opening hours against what the same words mean to a person, and against hours counted minute by minute."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError, UnknownNameError
from geo.opening import LAST_S, Hours, UsualHours, hours_of, open_intervals, read_usual_hours, readable
from geo.services import CATEGORIES

MONDAY = date(2023, 6, 12)
WEEK = {name: MONDAY + timedelta(days=n) for n, name in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))}
CHRISTMAS = date(2023, 12, 25)  # a Monday


def clock(text):
    """Seconds after midnight of a text such as "09:30-12:00 13:00-17:00"."""
    spans = [[int(t[:2]) * 3600 + int(t[3:]) * 60 for t in span.split("-")] for span in text.split()]
    return [(first, last) for first, last in spans]


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("Mo-Fr 09:00-17:00", "Mo", "09:00-17:00"),
        ("Mo-Fr 09:00-17:00", "Fr", "09:00-17:00"),
        ("Mo-Fr 09:00-17:00", "Sa", ""),
        ("Mo-Fr 09:00-12:30,13:30-17:00", "We", "09:00-12:30 13:30-17:00"),
        ("Mo,We,Fr 10:00-16:00", "We", "10:00-16:00"),
        ("Mo,We,Fr 10:00-16:00", "Th", ""),
        ("Mo-Fr 09:00-17:30; Sa 09:00-13:00", "Sa", "09:00-13:00"),
        ("Mo-Fr 09:00-17:30; Sa 09:00-13:00", "Su", ""),
        ("Mo-Fr 09:00-17:00; Sa,Su closed", "Su", ""),
        ("Mo-Fr 09:00-17:00; We 10:00-12:00", "We", "10:00-12:00"),
        ("Mo-Fr 09:00-17:00, We 18:00-20:00", "We", "09:00-17:00 18:00-20:00"),
        ("Mo-Su 10:00-18:00; Tu off", "Tu", ""),
        ("Mo-Su 10:00-18:00; Tu off", "We", "10:00-18:00"),
        ("off", "Mo", ""),
        ("24/7", "Su", "00:00-28:00"),
        ("Mo-Su 24/7", "Su", "00:00-28:00"),
        ("24/7; Su off", "Su", "24:00-28:00"),
        ("24/7; Su off", "Sa", "00:00-24:00"),
        ("Fr 22:00-02:00", "Fr", "22:00-26:00"),
        ("Fr 22:00-02:00", "Sa", "00:00-02:00"),
        ("Mo-Su 22:00-02:00", "Mo", "00:00-02:00 22:00-26:00"),
        ("Mo-Su 20:00-06:00", "Mo", "00:00-06:00 20:00-28:00"),
        ("Tu 03:00-11:00", "Mo", "27:00-28:00"),
        ('09:00-12:00 "drop in", 12:00-15:00 "booked"', "Mo", "09:00-15:00"),
        ("Mo-Fr 09:00-17:00;", "Mo", "09:00-17:00"),
        ("  Mo-Fr 09:00-17:00 ", "Mo", "09:00-17:00"),
        ("Nov-Feb 10:00-16:00; Mar-Oct 09:00-20:00", "Mo", "09:00-20:00"),
        ("Mo[2] 10:00-11:00", "Mo", "10:00-11:00"),
        ("Mo[1] 10:00-11:00", "Mo", ""),
    ],
)
def test_hours_are_those_that_the_words_say(text, day, expected):
    assert open_intervals(text, WEEK[day]) == clock(expected)
    assert readable(text)


@pytest.mark.parametrize("text", ["", "  ", '"by appointment"', "Mo-Fr 09:00-17:00 unknown", "unknown"])
def test_what_does_not_say_when_is_not_known_rather_than_closed(text):
    assert open_intervals(text, MONDAY) is None


def test_hours_that_are_partly_unknown_are_those_that_are_known():
    assert open_intervals("Mo 09:00-12:00, Mo 14:00-15:00 unknown", MONDAY) == clock("09:00-12:00")


@pytest.mark.parametrize("text", ["nine to five", "Mo-Fr 9-17", "Mo-Fr 09.00-17.00", "Mo-Fr 9am-5pm", "01702 215000"])
def test_what_cannot_be_read_is_refused_with_its_words(text):
    assert not readable(text)
    with pytest.raises(InputError, match=text):
        open_intervals(text, MONDAY)


def test_public_holidays_count_only_with_a_country():
    text = "Mo-Fr 09:00-17:00; PH off"
    assert open_intervals(text, CHRISTMAS) == clock("09:00-17:00")
    assert open_intervals(text, CHRISTMAS, country="GB") == []
    assert open_intervals(text, MONDAY, country="GB") == clock("09:00-17:00")
    with pytest.raises(InputError, match="'XX' is not known"):
        open_intervals(text, MONDAY, country="XX")


@st.composite
def weeks(draw):
    """Rules for days of the week, each day at most once: for each day, minutes from and to; to may pass midnight."""
    names = draw(st.lists(st.sampled_from(list(WEEK)), unique=True, min_size=1))
    return {name: (draw(st.integers(0, 1439)), draw(st.integers(1, 1440))) for name in names}


def written(week):
    parts = []
    for name, (first, length) in week.items():
        last = first + length
        last = last - 1440 if last > 1440 else last
        parts.append(f"{name} {first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}")
    return ", ".join(parts)


@given(week=weeks(), day=st.sampled_from(list(WEEK)))
def test_hours_are_those_counted_minute_by_minute(week, day):
    names = list(WEEK)
    here = names.index(day)
    is_open = [False] * (LAST_S // 60)
    for shift in (-1, 0, 1):
        first, length = week.get(names[(here + shift) % 7], (0, 0))
        for minute in range(first + 1440 * shift, first + length + 1440 * shift):
            if 0 <= minute < len(is_open):
                is_open[minute] = True
    found = open_intervals(written(week), WEEK[day])
    counted = [any(a <= 60 * minute < b for a, b in found) for minute in range(len(is_open))]
    assert counted == is_open
    assert all(0 <= a < b <= LAST_S for a, b in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))


USUAL = {"library": UsualHours("library", "Mo-Sa 10:00-16:00", "assumed", "why")}


def services(*rows):
    return pd.DataFrame(rows, columns=["category", "opening_hours"])


def test_own_hours_come_before_usual_ones_and_what_has_neither_is_unknown():
    found = hours_of(
        services(
            ("library", "Mo 09:00-12:00"),
            ("library", ""),
            ("library", "Tu 09:00-12:00"),
            ("library", '"by appointment"'),
            ("museum", ""),
            ("museum", "Mo 08:00-09:00"),
        ),
        MONDAY,
        usual=USUAL,
    )
    assert found == [
        Hours(tuple(clock("09:00-12:00")), "published"),
        Hours(tuple(clock("10:00-16:00")), "assumed"),
        Hours((), "published"),
        Hours(tuple(clock("10:00-16:00")), "assumed"),
        Hours((), "unknown"),
        Hours(tuple(clock("08:00-09:00")), "published"),
    ]
    assert hours_of(services(("library", "")), WEEK["Su"], usual=USUAL) == [Hours((), "assumed")]


def test_the_country_reaches_own_and_usual_hours():
    usual = {"library": UsualHours("library", "Mo-Fr 10:00-16:00; PH off", "assumed", "why")}
    rows = services(("library", ""), ("library", "Mo 09:00-10:00; PH off"))
    assert [one.intervals for one in hours_of(rows, CHRISTMAS, country="GB", usual=usual)] == [(), ()]
    assert all(one.intervals for one in hours_of(rows, CHRISTMAS, usual=usual))


def test_hours_of_a_row_that_cannot_be_read_are_named():
    with pytest.raises(InputError, match="'at nine' cannot be read"):
        hours_of(services(("library", "at nine")), MONDAY, usual=USUAL)


def test_the_shipped_usual_hours_are_sensible():
    usual = read_usual_hours()
    assert {"childrens_centre", "gp_practice", "pharmacy", "library", "park"} <= set(usual) <= set(CATEGORIES)
    assert open_intervals(usual["gp_practice"].hours, MONDAY) == clock("08:00-18:30")
    for one in usual.values():
        assert one.note
        assert open_intervals(one.hours, WEEK["Tu"]), f"{one.service} is usually open on a Tuesday"


def entry(service="library", hours="24/7", status="assumed"):
    return f'[[service]]\nservice = "{service}"\nhours = "{hours}"\nstatus = "{status}"\nnote = "n"\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (entry(hours="at nine"), r"hours.toml, service 1 \(library\): the opening hours 'at nine' cannot be read"),
        (entry(hours=" "), r"service 1 \(library\): hours is empty"),
        (entry(status="published"), r"service 1 \(library\): status"),
        (entry() + entry(), "library stands twice"),
        ("[[service]]\nservice = 'library'\n", "hours is missing"),
    ],
)
def test_a_table_of_usual_hours_with_a_fault_is_refused(tmp_path: Path, content, said):
    path = tmp_path / "hours.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_usual_hours(path)


def test_usual_hours_of_an_unknown_category_are_refused():
    with pytest.raises(UnknownNameError, match="pub"):
        UsualHours("pub", "24/7", "assumed", "n")


def test_without_a_column_of_own_hours_the_usual_ones_stand_in():
    rows = services(("library", ""), ("library", ""))
    assert hours_of(rows.drop(columns="opening_hours"), MONDAY, usual=USUAL) == hours_of(rows, MONDAY, usual=USUAL)
