"""Journeys by timetable in words: when one leaves, which bus, what the times are of, and links that say the same."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.travel.itinerary import Itinerary, Leg
from geo.network.modes import MODES, mode_named
from geo.packs import open_pack
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.timetable import RouteLine
from geo.timetable.timing import SURES, Timing
from tests.buses import with_buses, without_buses
from ui.kit.timetable import answers, offered, offered_at, usable
from wording.languages import languages, read_words
from wording.scenario import pace, travelling
from wording.transit import (
    in_minutes,
    journey_words,
    leaving,
    leg_words,
    no_timetable,
    timetable_notes,
    vehicle_words,
    window_words,
)

NOWHERE = np.zeros((0, 2))
BUS = RouteLine("9", "", "bus", "published", "feed")
RIDE = Leg("ride", "High Street", "Asda", 34_920.0, 36_300.0, NOWHERE, route=BUS, towards="East Beach", stops=7)
WALK = Leg("walk", "", "High Street", 34_500.0, 34_920.0, NOWHERE, 420.0)


@pytest.fixture(scope="module")
def buses():
    return with_buses(open_pack("southend"))


@pytest.mark.parametrize(
    ("timing", "said"),
    [
        (Timing(), "on a Tuesday between 09:00 and 11:00"),
        (Timing("2026-03-04", 600, 600), "on 4 March 2026 at 10:00"),
        (Timing("sunday", 0, 1440), "on a Sunday between 00:00 and 24:00"),
    ],
)
def test_when_one_leaves(timing, said):
    assert leaving(timing) == said
    assert said in in_minutes("by bus", timing)


def test_which_of_the_minutes_count_is_said_with_the_way():
    half, nine, one = Timing(), Timing(sure="nine_in_ten"), Timing(start_min=600, end_min=600, sure="nine_in_ten")
    assert in_minutes("by bus", half).startswith("by bus, in at least half of the minutes of leaving on")
    assert in_minutes("by bus", nine).startswith("by bus, in at least nine in ten of the minutes of leaving on")
    assert in_minutes("by bus", one) == "by bus, leaving on a Tuesday at 10:00", "one minute has no share of minutes"
    assert window_words(half) == "Tuesday, 09:00–11:00"
    assert window_words(replace(half, assumed=True)) == "Tuesday, 09:00–11:00, with assumed routes"


def test_a_mode_by_timetable_is_said_with_its_day_and_its_walk():
    mode = mode_named("transit_pram@saturday,10:00-12:00")
    assert travelling(mode.name) == in_minutes("by bus, train and on foot with a pram", mode.timing)
    said = pace(mode)
    assert said.startswith("leaving on a Saturday between 10:00 and 12:00, with at most 3 buses or trains,")
    assert said.endswith(f"; on foot {pace(MODES['walk_pram'])}")
    assert "3.6 km/h" in said
    slower = replace(mode, speed_kmh=2.5)
    assert "2.5 km/h" in pace(slower)
    one = mode.timed(replace(mode.timing, boardings=1, longest_walk_min=12, longest_wait_min=7))
    assert "at most 1 bus or train, up to 12 minutes on foot" in pace(one)
    assert "7 minutes of waiting" in pace(one)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("kind", [kind for kind, mode in MODES.items() if mode.timing is not None])
def test_every_language_says_when_one_leaves_in_its_own_words(code, kind):
    words = read_words(code)
    said = travelling(f"{kind}@sunday,10:15-12:45", words)
    assert said.startswith(words.find(f"travelling.{kind}"))
    assert words.find("transit.on.sunday") in said
    for place in ("travelling.transit_pram", "transit.way.median", "transit.when.between", "transit.on.sunday"):
        assert words.has_own(place)
    assert "10:15" in said
    assert "12:45" in said


def test_legs_say_times_vehicle_and_stops():
    assert leg_words(WALK, "Library") == "**09:35** Walk 7 minutes (420 m) to High Street."
    assert leg_words(replace(WALK, end=""), "Library").endswith("to Library.")
    said = leg_words(RIDE, "Library")
    assert said == "**09:42** Take bus 9 towards East Beach from High Street for 7 stops: at Asda at **10:05**."
    assumed = leg_words(replace(RIDE, route=replace(BUS, status="assumed")), "Library")
    modelled = leg_words(replace(RIDE, route=replace(BUS, status="modelled", vehicle="train")), "Library")
    assert "(an assumed route)" in assumed
    assert "(times modelled)" in modelled
    assert "Take train 9 " in modelled
    shouted = leg_words(RIDE, "Library", str.upper)
    assert "from HIGH STREET" in shouted
    assert "Take BUS 9 towards EAST BEACH" in shouted
    assert vehicle_words(replace(BUS, vehicle="funicular")) == "funicular 9"


def test_a_journey_says_when_to_set_out_and_how_long_it_takes_with_the_wait_at_home():
    found = Itinerary(34_200.0, 0, (WALK, RIDE))
    assert journey_words(found, "Asda") == "Ready at 09:30: set out at 09:35, there at 10:05, after 35 minutes."
    at_once = Itinerary(34_500.0, 0, (WALK, RIDE))
    assert journey_words(at_once, "Asda") == "Ready at 09:35: there at 10:05, after 30 minutes."


def test_notes_say_the_date_what_is_published_modelled_or_assumed_and_what_is_missing(buses):
    notes = " ".join(timetable_notes(buses, Timing("saturday")))
    assert "Times on a Saturday are those of 10 January 2026" in notes
    assert "Times of buses are published, valid from 5 January 2026 to 30 June 2026." in notes
    assert "Times of trains are modelled" in notes
    assert "Bus 9*: assumed, and not counted." in notes
    assert "Bus 9*: assumed, and counted." in " ".join(timetable_notes(buses, Timing(assumed=True)))
    assert "are those of" not in " ".join(timetable_notes(buses, Timing("2026-02-02"))), "a date is its own"
    given = [one for one in buses.provenance["sources"] if one.get("given", True)]
    whole = replace(buses, provenance={**buses.provenance, "sources": given})
    lacking = [*given, {"title": "Buses of the county", "given": False}]
    part = replace(buses, provenance={**buses.provenance, "sources": lacking})
    assert "reach data refresh" not in " ".join(timetable_notes(whole, Timing()))
    assert timetable_notes(part, Timing())[-1] == (
        "Not in the data, and so not counted: Buses of the county. To fetch it: reach data refresh southend"
    )
    assert no_timetable(["A", "B"]) == "Bus and train are not offered: there are no timetables in the data of A and B."


@given(
    day=st.sampled_from(WEEKDAYS) | st.dates(date(2025, 12, 1), date(2026, 8, 1)).map(date.isoformat),
    window=st.tuples(st.integers(0, 1440), st.integers(0, 1440)),
    sure=st.sampled_from(SURES),
    assumed=st.booleans(),
)
def test_a_link_is_taken_just_where_the_timetable_covers_its_day(buses, day, window, sure, assumed):
    mode = MODES["transit_pram"].timed(Timing(day, min(window), max(window), sure, assumed))
    known = day in WEEKDAYS or date(2026, 1, 5) <= date.fromisoformat(day) <= date(2026, 6, 30)
    assert answers(buses, mode) == known
    assert usable([buses], mode.name) == (mode.name if known else "")
    assert usable([buses, without_buses(buses)], mode.name) == ""
    offers = [one.name for one in offered_at([buses], mode.name)]
    assert (mode.name in offers) == known
    assert {mode_named(name).kind for name in offers} == set(MODES)


def test_modes_that_are_offered_are_those_that_all_areas_know(buses):
    nothing = without_buses(buses)
    walks = {kind for kind, mode in MODES.items() if mode.timing is None}
    assert set(offered([buses])) == set(MODES)
    assert set(offered([nothing])) == set(offered([buses, nothing])) == walks
    assert usable([nothing], "walk_pram") == "walk_pram"
    assert usable([buses], "no_such_mode") == ""
    bare = with_buses(buses, assumed=False)
    assert usable([bare], "transit_pram@assumed") == "transit_pram"
    assert usable([buses], "transit_pram@assumed") == "transit_pram@tuesday,09:00-11:00,assumed"


def test_a_day_of_which_the_trains_are_not_known_is_said_so(buses):
    """The trains are counts of Mondays to Saturdays, which say nothing of a Sunday."""
    said = "How trains run on a Sunday is not known, so "
    with_feed = timetable_notes(buses, Timing("sunday"))
    assert [one for one in with_feed if "not known" in one] == [f"{said}they do not count in these times."]
    assert "Times of trains are modelled" not in " ".join(with_feed)
    trains = open_pack("southend")  # counts of weekdays, and an assumed bus
    for day, words in (("saturday", "on a Saturday"), ("2026-05-16", "on 16 May 2026")):
        notes = timetable_notes(trains, Timing(day, assumed=True))
        assert f"How trains run {words} is not known, so only the assumed routes count." in notes
        assert "Times of trains are modelled" not in " ".join(notes)
    assert "not known" not in " ".join(timetable_notes(trains, Timing("friday", assumed=True)))
