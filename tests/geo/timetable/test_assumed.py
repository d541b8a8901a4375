"""The table of assumed routes: what it says, and how its faults are named."""

import itertools
from collections import Counter
from datetime import date

import pandas as pd
import pytest

from geo.errors import InputError
from geo.packs import packs_folder
from geo.timetable.assumed import FOLDER, assumed_path, assumed_timetable, read_assumed
from geo.timetable.timing import minute_of

SERVICES = pd.DataFrame(
    {
        "id": [f"naptan-{code}" for code in ("s1", "s2", "s3", "s4", "s5")] + ["gp-1"],
        "name": ["First", "Second", "Third", "Fourth", "Fifth", "Doctor"],
        "easting": [0.0, 1000.0, 2000.0, 3000.0, 3000.0, 1.0],
        "northing": [0.0, 0.0, 0.0, 0.0, 500.0, 1.0],
    }
).set_index("id")

TABLE = """
[[routes]]
name = "9"
title = "There and back"
vehicle = "bus"
source = "The newspaper"
speed_kmh = 18
stops = ["s1", "s2", "s3", "s4"]
both_ways = true

[[routes.headways]]
days = ["monday", "saturday"]
from = "07:00"
until = "09:00"
every_min = 30
"""
MORE = """
[[routes.headways]]
days = ["monday"]
from = "07:15"
until = "08:15"
every_min = 30
to = "s3"
"""


@pytest.fixture
def made(write):
    """Read a table and make its timetable."""

    def make(text):
        return assumed_timetable(read_assumed(write("town.toml", text)), SERVICES, "the table town.toml")

    return make


def told(timetable, day=date(2026, 11, 30)):
    """The departures of a day: for each way, by the names of its stops, the minutes after midnight."""
    runs = timetable.calendar.runs(day)
    found = {}
    for trip in timetable.trips():
        if runs[trip.service]:
            way = " ".join(timetable.stop_ids[stop] for stop in trip.stops)
            found.setdefault(way, []).append(trip.depart_s[0] / 60)
    return found


def test_a_route_runs_both_ways_at_its_headway(made):
    timetable = made(TABLE)
    starts = [420, 450, 480, 510]
    assert told(timetable) == {"s1 s2 s3 s4": starts, "s4 s3 s2 s1": starts}
    assert told(timetable, date(2026, 12, 5)) == told(timetable)
    assert told(timetable, date(2026, 12, 6)) == {}
    assert timetable.routes[0].status == "assumed"
    assert (timetable.routes[0].name, timetable.routes[0].source) == ("9", "")
    # A kilometre at 18 km/h takes 200 seconds.
    assert [at - 420 * 60 for at in timetable.trips()[0].arrive_s] == [0, 200, 400, 600]
    assert timetable.stop_names == ("First", "Second", "Third", "Fourth")


def test_without_both_ways_it_runs_as_written(made):
    assert list(told(made(TABLE.replace("both_ways = true", "")))) == ["s1 s2 s3 s4"]


def test_some_trips_go_part_of_the_way(made):
    timetable = made(TABLE + MORE)
    assert told(timetable) == {
        "s1 s2 s3 s4": [420, 450, 480, 510],
        "s4 s3 s2 s1": [420, 450, 480, 510],
        "s1 s2 s3": [435, 465],
        "s3 s2 s1": [435, 465],
    }
    assert "s1 s2 s3" not in told(timetable, date(2026, 12, 5)), "only on Mondays"


def test_the_way_back_has_its_own_stops(made):
    text = TABLE.replace("both_ways = true", 'stops_back = ["s4", "s5", "s1"]')
    assert set(told(made(text))) == {"s1 s2 s3 s4", "s4 s5 s1"}
    part = MORE + 'back_from = "s5"\n'
    assert set(told(made(text + part))) == {"s1 s2 s3 s4", "s4 s5 s1", "s1 s2 s3", "s5 s1"}


def test_each_part_of_the_day_has_its_own_headway(made):
    evening = TABLE[TABLE.index("[[routes.headways]]") :].replace("07:00", "09:00").replace("30", "60")
    evening = evening.replace('until = "09:00"', 'until = "12:00"')
    starts = told(made(TABLE + evening))["s1 s2 s3 s4"]
    assert starts == [420, 450, 480, 510, 540, 600, 660], "one at nine, not two"


def test_an_empty_table_has_nothing(made):
    timetable = made("")
    assert not timetable
    assert timetable.n_stops == 0


FAULTS = [
    ('name = "9"', "", r"routes 1: name is missing"),
    ('title = "There and back"', "title = 9", r"routes 1 \(9\): title must be a text, not 9"),
    ('"bus"', '"balloon"', r"routes 1 \(9\): vehicle"),
    ("speed_kmh = 18", "speed_kmh = 0", r"routes 1 \(9\): speed_kmh must be at least 3, not 0"),
    ("speed_kmh = 18", "speed = 18", r"routes 1 \(9\): speed is not one of the keys"),
    ('["s1", "s2", "s3", "s4"]', '["s1"]', r"routes 1 \(9\): stops has 1 entries where at least 2"),
    ('from = "07:00"', "", r"routes 1 \(9\), headways 1: from is missing"),
    ('from = "07:00"', 'from = "seven"', r"routes 1 \(9\), headways 1: 'seven' is no time of day"),
    ('until = "09:00"', 'until = "07:00"', r"headways 1: from 07:00 is not before until 07:00"),
    ("every_min = 30", "every_min = 0", r"routes 1 \(9\), headways 1: every_min must be at least 1, not 0"),
    ("every_min = 30", 'every_min = 30\nto = "s9"', r"headways 1: to 's9' is not among the stops after the first"),
    ("every_min = 30", 'every_min = 30\nto = "s1"', r"headways 1: to 's1' is not among the stops after the first"),
    ("every_min = 30", 'every_min = 30\nback_from = "s1"', r"back_from goes with to and stops_back"),
    ('"monday"', '"someday"', r"routes 1 \(9\), headways 1, days"),
    ('["monday", "saturday"]', "[]", r"headways 1: days has 0 entries where at least 1"),
    ("both_ways = true", 'both_ways = true\nstops_back = ["s4", "s1"]', "give both_ways or stops_back"),
    ("both_ways = true", 'stops_back = ["s4"]', "stops_back has 1 stop"),
    ("[[routes]]", "[[routes", r"town\.toml cannot be read, it is not TOML"),
    ('"s3"', '"s7"', r"the table town\.toml, routes 1 \(9\): the pack has no stop 's7'"),
    ('"s3"', '"gp-1"', r"the pack has no stop 'gp-1'"),
]


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_a_fault_is_named_with_its_route_and_key(made, old, new, words):
    assert old in TABLE
    with pytest.raises(InputError, match=words) as caught:
        made(TABLE.replace(old, new))
    assert "town.toml" in str(caught.value)


def test_part_of_the_way_needs_a_stop_where_the_way_back_begins(made):
    text = TABLE.replace("both_ways = true", 'stops_back = ["s4", "s5", "s1"]') + MORE
    with pytest.raises(InputError, match=r"headways 2: the way back does not call at 's3' before its end; give"):
        made(text)


# --- the tables that are there ----------------------------------------------------------------------------------------

TABLES = sorted(path.stem for path in (packs_folder() / FOLDER).glob("*.toml"))


def test_there_is_a_table_to_look_at():
    assert "southend" in TABLES


@pytest.mark.parametrize("area", TABLES)
def test_every_table_says_where_it_is_from_and_calls_at_each_stop_once(area):
    for route in read_assumed(assumed_path(area, packs_folder())).routes:
        assert route.source
        for way in (route.stops, route.back):
            assert max(Counter(way).values(), default=1) == 1


def test_the_bus_along_the_whole_town(pack):
    """As announced: every 15 minutes to East Beach, from the town's centre to Shoebury Asda in 20 to 30 minutes."""
    timetable = pack.timetable
    bus = timetable.of_routes([n for n, route in enumerate(timetable.routes) if route.name == "9"])
    ways = {}
    for trip in bus.trips():
        ways.setdefault(trip.stops, []).append(trip)
    assert len(ways) == 2
    for stops, trips in ways.items():
        names = [timetable.stop_names[stop] for stop in stops]
        ends = {names[0].split(" (")[0], names[-1].split(" (")[0]}
        assert "East Beach" in ends
        at = {name.split(" (")[0]: when for name, when in zip(names, trips[0].arrive_s, strict=True)}
        assert 20 * 60 <= abs(at["Shoebury Asda"] - at["Travel Centre"]) <= 30 * 60
        starts = sorted(trip.depart_s[0] for trip in trips)
        assert {late - early for early, late in itertools.pairwise(starts)} == {15 * 60}
        assert starts[0] == minute_of("07:00") * 60
        metres = [abs(timetable.stop_xy[a] - timetable.stop_xy[b]).sum() for a, b in itertools.pairwise(stops)]
        assert max(metres) < 1500, "no stop lies far off the way"
