"""Days on which services run: against gtfs-kit's own answer, and a plain reading of the rules."""

from datetime import date, timedelta

import gtfs_kit
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.timetable.calendar import ANY_DATE, WEEKDAYS, Calendar

START = date(2024, 1, 1)
DAYS = 40
day_numbers = st.integers(0, DAYS - 1)


@st.composite
def calendars(draw, most=5):
    """A calendar of some services, with exceptions of which no two are of one service and day."""
    n = draw(st.integers(1, most))
    weekdays = draw(st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=n, max_size=n))
    spans = [sorted(draw(st.tuples(day_numbers, day_numbers))) for _ in range(n)]
    places = st.tuples(st.integers(0, n - 1), day_numbers)
    exceptions = draw(st.dictionaries(places, st.booleans(), max_size=12))
    valid = sorted(draw(st.tuples(day_numbers, day_numbers)))
    base = START.toordinal()

    def ints(values):
        return np.array(list(values), dtype=np.int32)

    return Calendar(
        np.array(weekdays, dtype=bool),
        ints(base + first for first, _ in spans),
        ints(base + last for _, last in spans),
        ints(service for service, _ in exceptions),
        ints(base + day for _, day in exceptions),
        np.array(list(exceptions.values()), dtype=bool),
        np.full(n, base + valid[0], dtype=np.int32),
        np.full(n, base + valid[1], dtype=np.int32),
    )


def as_gtfs(calendar):
    """The same calendar as a feed of gtfs-kit; services are named by their number."""

    def text(ordinal):
        return date.fromordinal(int(ordinal)).strftime("%Y%m%d")

    table = pd.DataFrame(calendar.weekdays.astype(int), columns=list(WEEKDAYS))
    table["service_id"] = [str(number) for number in range(len(calendar))]
    table["start_date"] = [text(day) for day in calendar.first]
    table["end_date"] = [text(day) for day in calendar.last]
    dates = pd.DataFrame(
        {
            "service_id": [str(number) for number in calendar.exception_service],
            "date": [text(day) for day in calendar.exception_day],
            "exception_type": np.where(calendar.exception_runs, 1, 2),
        }
    )
    return gtfs_kit.Feed(dist_units="m", calendar=table, calendar_dates=dates)


@settings(max_examples=25, deadline=None)
@given(calendars())
def test_services_run_on_the_days_that_gtfs_kit_finds(calendar):
    theirs = as_gtfs(calendar)
    for step in (*range(-1, DAYS, 5), *(calendar.exception_day - START.toordinal()).tolist()):
        day = START + timedelta(days=step)
        found = theirs.get_active_services(day.strftime("%Y%m%d"))
        assert set(np.flatnonzero(calendar.runs(day)).tolist()) == {int(number) for number in found}


@settings(deadline=None)
@given(calendars(), st.randoms(use_true_random=False))
def test_some_services_keep_their_days(calendar, random):
    which = np.array(random.sample(range(len(calendar)), random.randint(1, len(calendar))))
    some = calendar.take(which)
    for step in range(DAYS):
        day = START + timedelta(days=step)
        np.testing.assert_array_equal(some.runs(day), calendar.runs(day)[which])
    np.testing.assert_array_equal(some.valid_first, calendar.valid_first[which])


@settings(deadline=None)
@given(st.lists(calendars(most=3), min_size=1, max_size=3))
def test_joined_services_keep_their_days(parts):
    whole = Calendar.joined(parts)
    for step in range(DAYS):
        day = START + timedelta(days=step)
        np.testing.assert_array_equal(whole.runs(day), np.concatenate([part.runs(day) for part in parts]))
    first, last = whole.known()
    spoken = [
        {part.valid_first[0] + step for step in range(part.valid_last[0] - part.valid_first[0] + 1)} for part in parts
    ]
    common = set.intersection(*spoken)
    assert common == set(range(first.toordinal(), last.toordinal() + 1))


def test_a_service_without_dates_runs_in_any_week():
    calendar = Calendar.always([[True] * 5 + [False] * 2, [False] * 5 + [True] * 2])
    assert calendar.known() is None
    for day in (date(1999, 12, 31), date(2024, 1, 1), date(2150, 6, 6)):
        assert calendar.runs(day).tolist() == [day.weekday() < 5, day.weekday() >= 5]


def test_a_service_without_dates_does_not_limit_those_with_dates():
    some = Calendar(
        np.ones((1, 7), dtype=bool),
        *(np.array([day.toordinal()], dtype=np.int32) for day in (START, START + timedelta(days=9))),
        *(np.zeros(0, dtype=kind) for kind in (np.int32, np.int32, bool)),
        *(np.array([day.toordinal()], dtype=np.int32) for day in (START, START + timedelta(days=6))),
    )
    whole = Calendar.joined([Calendar.always([[True] * 7]), some])
    assert whole.known() == (START, START + timedelta(days=6))
    assert (whole.first[0], whole.last[0]) == ANY_DATE


@pytest.mark.parametrize("parts", [[], [Calendar.always(())]])
def test_no_services_run_on_no_day(parts):
    calendar = Calendar.joined(parts) if parts else Calendar.always(())
    assert len(calendar) == 0
    assert calendar.runs(START).tolist() == []
    assert calendar.known() is None
