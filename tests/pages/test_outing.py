"""There and back on the Travel time page: its figures are those of all pairs of homes and sites, and links keep it."""

import csv
import io
import re
from datetime import date

import numpy as np
import pytest

from analysis.reach.outings import outing_reach, visit_date
from analysis.shown import in_words
from analysis.travel.access import Access
from analysis.travel.itinerary import itinerary
from analysis.travel.there_and_back import FreeTime
from analysis.travel.times import travel_times
from geo.network.modes import mode_named
from geo.opening import hours_of
from geo.packs import open_pack
from geo.timetable.timing import Timing, clock
from tests.buses import FIRST, with_buses
from ui.kit import resources

PLACE = "SS9 3AN"
BUS = "transit_pram@saturday"
SHORT = {"map": "back", "free_from": "09:30", "free_until": "10:30", "visit": "20"}
FREE = FreeTime(9 * 60 + 30, 10 * 60 + 30, 20)
COUNTED = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def bus_pack():
    return with_buses(open_pack("southend"))


@pytest.fixture
def shown(monkeypatch, bus_pack):
    """Let the page open a pack with a made-up timetable."""
    monkeypatch.setattr(resources, "open_pack", lambda _name: bus_pack)
    resources._pack.clear()
    yield bus_pack
    resources._pack.clear()


def can_walk(pack, service, day, free):
    """Per home: whether a family can go there and back, and whether it can get there, pair by pair and on foot."""
    access, sites = Access.of(pack, mode_named("walk_pram")), pack.services_of(service)
    placed = access.snap(sites[["easting", "northing"]].to_numpy(float))
    walk_s = np.asarray(travel_times(access.streets, access.homes, placed, matrix=True).matrix_s, dtype=float)
    start_s, end_s, visit_s = (minutes * 60 for minutes in (free.start_min, free.end_min, free.visit_min))
    can_go = np.zeros(len(walk_s), dtype=bool)
    there = can_go.copy()
    for site, hours in enumerate(hours_of(sites, day)):
        for open_s, close_s in hours.intervals:
            ends_s = np.maximum(start_s + walk_s[:, site], open_s) + visit_s
            there |= ends_s <= min(close_s, end_s)
            can_go |= (ends_s <= close_s) & (ends_s + walk_s[:, site] <= end_s)
    return can_go, there


def test_on_foot_the_table_and_the_sentence_are_what_every_pair_gives(open_page):
    screen = open_page("travel_time", service="library", day="saturday", **SHORT)
    assert not screen.notes
    pack = open_pack("southend")
    can_go, there = can_walk(pack, "library", visit_date(None, Timing(day="saturday")), FREE)
    people, ward = pack.measure(**COUNTED), pack.demand["ward"].to_numpy()
    assert 0 < can_go.sum() < there.sum() < len(there)
    table = screen.table("total", "there", "can_go", "share").set_index("name")
    for code, name in pack.wards["name"].items():
        here = ward == code
        for column, able in (("can_go", can_go), ("there", there)):
            assert float(table.loc[name, column]) == pytest.approx(people[here & able].sum(), abs=5.01)
    target = people[can_go & np.isin(ward, list(pack.target_wards))].sum()
    (said,) = re.findall(r"\*\*([\d,]+) of 4,032 children .* can go to a library on a Saturday", screen.text)
    assert int(said.replace(",", "")) == pytest.approx(target, abs=2.51)
    assert "a visit of 20 minutes while it is open" in screen.text
    assert "between 09:30 and 10:30" in screen.text
    assert "assumed, as is usual of their kind" in screen.text
    classes = [feature["properties"]["c"] for feature in screen.layers["outing-homes"]["data"]["features"]]
    assert classes == np.where(can_go, 0, np.where(there, 1, 2)).tolist()


def test_by_timetable_the_table_and_its_file_are_what_the_analysis_gives(open_page, shown, downloads):
    screen = open_page("travel_time", service="hospital", mode=BUS, **SHORT)
    access = Access.of(shown, mode_named(BUS))
    found = outing_reach(access, shown.services_of("hospital"), date(2026, 1, 10), FREE, **COUNTED)
    rows, _ = found.shown()
    table = screen.table("total", "there", "can_go", "share").set_index("name").loc[rows["name"]]
    for column in ("total", "there", "can_go"):
        assert (np.abs(table[column].astype(float).to_numpy() - rows[column].to_numpy()) < 0.6).all()
    walking, _ = can_walk(shown, "hospital", date(2026, 1, 10), FREE)
    assert found.can_go.sum() > walking.sum(), "buses help"
    assert not [box for box in screen.at.selectbox if box.key == "day"], "the day is that of the way of travelling"
    assert f"They are read for {FIRST.day + 5} January 2026." in screen.text
    (name,) = [name for name in downloads if name.endswith("there-and-back.csv")]
    text = downloads[name]().decode("utf-8-sig")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    written = {row["code"]: row["can_go"] for row in csv.DictReader(io.StringIO("\n".join(lines)))}
    expected = in_words(rows)["can_go"]
    assert {code: written[code].removesuffix(".0") for code in written} == {
        str(code): str(value).removesuffix(".0") for code, value in expected.items()
    }
    assert "can go to an NHS hospital on a Saturday" in text
    assert "Opening hours: " in text


@pytest.mark.parametrize("mode", ["walk_pram", BUS])
def test_one_family_s_way_there_and_home_is_told(open_page, shown, mode):
    screen = open_page("travel_time", service="gp_practice", mode=mode, day="tuesday", place=PLACE, map="back")
    (said,) = re.findall(
        r"\*\*From SS9 3AN\*\*: leave at \*\*(.{5})\*\*, be at (.*) at \*\*(.{5})\*\*, "
        r"stay from (.{5}) to (.{5}), and be home at \*\*(.{5})\*\*",
        screen.text,
    ) or [None]
    if mode == BUS:
        assert said is None, "practices are closed on a Saturday by the usual hours"
        assert "**From SS9 3AN** one cannot get to a GP practice" in screen.text
        screen = open_page("travel_time", service="hospital", mode=BUS, place=PLACE, map="back")
        access, places = Access.of(shown, mode_named(BUS)), shown.services_of("hospital")
        home = shown.demand[shown.demand["postcode"] == PLACE][["easting", "northing"]].to_numpy(float)
        sites = access.snap(places[["easting", "northing"]].to_numpy(float))
        there = itinerary(access, access.snap(home), sites, 9.25 * 3600)
        back = itinerary(access, sites, access.snap(home), there.arrive_s + 1800)
        for moment in (there.depart_s, there.arrive_s, back.arrive_s):
            assert f"**{clock(moment / 60)}**" in screen.text
        assert screen.text.count("** Take ") == len(there.rides) + len(back.rides) > 0
    else:
        leave, _, arrive, begin, until, home = said
        assert leave == "09:15"
        assert begin == arrive
        assert leave < arrive < until < home
        assert screen.text.count("** Set out for ") == 2
    assert {"route", "here"} <= set(screen.layers)


def test_too_late_home_is_told_apart_from_not_getting_there(open_page):
    pack = open_pack("southend")
    can_go, there = can_walk(pack, "library", visit_date(None, Timing(day="saturday")), FREE)
    for able, words in ((there & ~can_go, "but not be home again by 10:30"), (~there, "one cannot get to a library")):
        postcode = pack.demand["postcode"].to_numpy()[np.flatnonzero(able)[0]]
        screen = open_page("travel_time", service="library", day="saturday", place=postcode, **SHORT)
        assert words in screen.text
        assert "leave at" not in screen.text


def test_a_day_on_which_all_are_closed_is_said_in_plain_words(open_page):
    screen = open_page("travel_time", service="gp_practice", map="back", day="sunday")
    assert "GP practices are closed on a Sunday, by the hours that are known or usual: nobody can go." in screen.text
    assert "a visit of" not in screen.text
    hours = screen.table("Place", "Open", "These hours are")
    assert set(hours["Open"]) == {"closed"}
    assert set(hours["These hours are"]) == {"assumed"}


def test_a_ward_has_its_own_figures_and_a_link_keeps_what_was_chosen(open_page):
    screen = open_page("travel_time", service="library", map="back", place="Kursaal")
    row = screen.table("total", "there", "can_go", "share").set_index("name").loc["Kursaal"]
    assert f"**Kursaal**: {row['can_go']:.0f} of {row['total']:.0f} children aged 0–3" in screen.text
    screen.choose("day", "friday")
    screen.choose("visit", 60)
    screen.choose("free_until", "10:30")
    screen.choose("free_from", "09:00")
    asked = {name: screen.address[name] for name in ("map", "day", "visit", "free_from", "free_until")}
    assert asked == {"map": "back", "day": "friday", "visit": "60", "free_from": "09:00", "free_until": "10:30"}
    again = open_page("travel_time", **screen.address)
    assert again.text == screen.text
    screen.choose("visit", 120)
    assert screen.chosen("free_until") == "14:45", "a time that is too short for the visit is left for the usual one"
    assert not screen.at.error


def test_a_link_with_a_time_that_makes_no_sense_is_noted(open_page):
    screen = open_page("travel_time", service="library", map="back", free_from="09:00", free_until="08:00")
    (note,) = screen.notes
    assert "until “08:00”" in note
    assert not screen.at.error
