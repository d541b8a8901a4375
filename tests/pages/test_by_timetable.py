"""By bus and train: the pages show what the search says, links keep day and hours, and no area is asked in vain."""

import re

import numpy as np
import pytest

from analysis.gaps.report import gap_report
from analysis.reach.basket import read_basket
from analysis.reach.no_data import with_data
from analysis.reach.survey import survey
from analysis.scenario.scenario import Scenario
from analysis.travel.access import Access
from analysis.travel.itinerary import itinerary
from geo.network.modes import MODES, mode_named
from geo.packs import open_pack
from geo.timetable.timing import clock
from tests.buses import FIRST, LAST, with_buses, without_buses
from tests.pages.lab import plan
from ui.kit import resources
from ui.lab.state import encode
from wording.gaps import headline

# Most of these search every minute of two hours.
pytestmark = pytest.mark.slow

TIMED = [name for name, mode in MODES.items() if mode.timing is not None]
PLACE = "SS9 3AN"
SATURDAY = "transit_pram@saturday,10:00-10:30,nine_in_ten"


@pytest.fixture(scope="module")
def bus_pack():
    return with_buses(open_pack("southend"))


@pytest.fixture
def shown(monkeypatch, bus_pack):
    """Let the pages open packs of a made-up timetable; other areas have none."""
    packs = {"southend": bus_pack}

    def opened(name):
        if name not in packs:
            packs[name] = without_buses(open_pack(name))
        return packs[name]

    monkeypatch.setattr(resources, "open_pack", opened)
    resources._pack.clear()
    yield packs
    resources._pack.clear()


def seconds(pack, mode, places):
    """Sorted seconds of every minute of leaving, from every home, asked of the search without the pages' way to it."""
    access = Access.of(pack, mode_named(mode))
    found, _ = access.transit.by_minute(access.homes, access.snap(places[["easting", "northing"]].to_numpy(float)))
    return np.sort(found, axis=1)


def near(pack, mode, service, within, share):
    """Children who are there in time in that share of the minutes of leaving: of the target wards, and of all."""
    in_time = (seconds(pack, mode, pack.services_of(service)) <= within * 60).mean(axis=1) >= share - 1e-9
    people = pack.measure("children_0_3", pack.baselines[0])
    target = pack.demand["ward"].isin(pack.target_wards).to_numpy()
    return people[in_time & target].sum(), people[in_time].sum()


@pytest.mark.parametrize(("mode", "share"), [("transit_pram", 0.5), (SATURDAY, 0.9)])
def test_the_sentence_counts_the_minutes_of_leaving(open_page, shown, bus_pack, mode, share):
    screen = open_page("travel_time", mode=mode, service="hospital", within="30")
    target, everybody = near(bus_pack, mode, "hospital", 30, share)
    assert not screen.notes
    (said,) = [line for line in screen.text.split("\n") if line.startswith("## ") and "can reach" in line]
    assert int(re.match(r"## ([\d,]+)", said)[1].replace(",", "")) == pytest.approx(target, abs=2.51)
    table = screen.table("total", "reached", "share").set_index("name")
    assert table.loc[bus_pack.name, "reached"] == pytest.approx(everybody, abs=5.01)
    walking = (Access.of(bus_pack, MODES["walk_pram"]).to_category("hospital").nearest_s <= 1800).astype(float)
    assert everybody > 1 + (walking * bus_pack.measure("children_0_3", bus_pack.baselines[0])).sum(), "buses help"
    when = "on a Saturday between 10:00 and 10:30" if "@" in mode else "on a Tuesday between 09:00 and 11:00"
    many = "nine in ten of the minutes" if share == 0.9 else "half of the minutes"
    assert f"by bus, train and on foot with a pram, in at least {many} of leaving {when}." in said


def test_a_day_and_hours_are_chosen_and_a_link_keeps_them(open_page, shown):
    screen = open_page("travel_time", service="gp_practice")
    assert not [box for box in screen.at.selectbox if box.key.startswith("mode-")], "only where a timetable counts"
    screen.choose("mode", "transit_pram")
    assert screen.address["mode"] == "transit_pram"
    assert screen.at.selectbox(key="mode-day").options[-1] == "On a date"
    screen.choose("mode-day", "saturday")
    assert screen.address["mode"] == "transit_pram@saturday,09:00-11:00"
    screen.choose("mode-from", 10 * 60)
    assert screen.address["mode"] == "transit_pram@saturday,10:00-12:00", "the end moves with the start"
    screen.choose("mode-until", 10 * 60 + 30)
    screen.choose("mode-sure", "nine_in_ten")
    assert screen.address["mode"] == SATURDAY
    before = screen.text
    again = open_page("travel_time", **screen.address)
    assert again.text == before
    assert again.address == screen.address
    screen.at.toggle(key="mode-assumed").set_value(True).run()
    screen.intact()
    assert screen.address["mode"] == f"{SATURDAY},assumed"
    assert "bus 9\\*: assumed, and counted." in screen.text.replace("Bus", "bus")
    screen.choose("mode", "transit_adult@saturday,10:00-10:30,nine_in_ten,assumed")
    screen.choose("mode", "walk_pram")
    assert "mode" not in screen.address
    screen.choose("mode", "transit_pram@saturday,10:00-10:30,nine_in_ten,assumed")
    assert "on a Saturday between 10:00 and 10:30" in screen.text, "the hours that were chosen are kept"


def test_a_date_is_chosen_among_those_that_are_known(open_page, shown):
    screen = open_page("travel_time", mode="transit_pram@wednesday", service="gp_practice")
    screen.choose("mode-day", "date")
    first_wednesday = FIRST.replace(day=FIRST.day + 2)
    assert screen.address["mode"] == f"transit_pram@{first_wednesday},09:00-11:00"
    (box,) = screen.at.date_input
    assert (box.min, box.max) == (FIRST, LAST)
    box.set_value(LAST).run()
    screen.intact()
    assert f"on {LAST.day} June {LAST.year} between 09:00 and 11:00" in screen.text


@pytest.mark.parametrize(
    ("area", "mode"),
    [
        ("blackpool", "transit_pram"),
        ("blackpool", SATURDAY),
        ("southend", "transit_pram@2019-01-01"),
        ("southend", "transit_pram@noday"),
        ("southend", "transit_pram@walk=500"),
        ("southend", "walk_pram@saturday"),
    ],
)
@pytest.mark.parametrize(("page", "key"), [("travel_time", "mode"), ("gaps", "by")])
def test_what_an_area_cannot_answer_is_said_and_the_usual_mode_is_shown(open_page, shown, page, key, area, mode):
    screen = open_page(page, area=area, **{key: mode})
    assert not screen.at.error
    (note,) = screen.notes
    assert note.startswith("The link asks for travelling by … “")
    assert "walking with a pram" in note.lower()
    assert screen.chosen(key) == "walk_pram"
    offered = screen.at.selectbox(key=key).options
    assert any("Bus and train" in name for name in offered) == (area == "southend")


def test_the_journey_is_told_leg_by_leg_and_minute_by_minute(open_page, shown, bus_pack):
    mode = "transit_pram@saturday,10:00-10:30"
    screen = open_page("travel_time", mode=mode, service="hospital", place=PLACE, within="40")
    home = bus_pack.demand[bus_pack.demand["postcode"] == PLACE].iloc[0]
    access = Access.of(bus_pack, mode_named(mode))
    places = bus_pack.services_of("hospital")
    sites = access.snap(places[["easting", "northing"]].to_numpy(float))
    start = access.snap([[home["easting"], home["northing"]]])
    by_minute, site = access.transit.by_minute(start, sites)
    minutes = by_minute[0] / 60
    assert np.ptp(minutes) > 1, "it matters when one leaves, or this shows nothing"
    usual = int(np.sort(minutes)[(len(minutes) - 1) // 2] + 0.5)
    assert f"**{usual} minutes** in at least half of the minutes" in screen.text
    share = int(100 * (minutes <= 40).mean() + 0.5)
    assert f"In **{share}%** of the minutes it takes 40 minutes or less." in screen.text
    table = screen.table("Leaving at", "Minutes", "Where to")
    assert table["Leaving at"].tolist() == [clock(minute) for minute in range(600, 631)]
    np.testing.assert_array_equal(table["Minutes"], np.floor(minutes + 0.5))
    assert table["Where to"].tolist() == places["name"].iloc[site[0]].tolist()
    for minute in (600, 617):
        screen.choose("leave", clock(minute))
        found = itinerary(access, start, sites, minute * 60.0)
        assert found.seconds / 60 == pytest.approx(minutes[minute - 600], abs=0.02), "the same search"
        ride = found.rides[0]
        assert f"**{clock(ride.depart_s / 60)}** Take " in screen.text
        assert f"there at {clock(found.arrive_s / 60)}, after" in screen.text
    assert screen.address["leave"] == "10:17"
    assert {"route", "route-edge"} <= set(screen.layers)


def test_a_ward_and_ones_way_to_every_kind_are_by_timetable_too(open_page, shown, bus_pack):
    screen = open_page("travel_time", mode="transit_pram", service="gp_practice", place=PLACE)
    table = screen.table("Kind", "Minutes, in half", "Nearest").set_index("Kind")
    home = np.flatnonzero(bus_pack.demand["postcode"] == PLACE)[0]
    for kind, label in (("library", "Library"), ("pharmacy", "Pharmacy"), ("hospital", "NHS hospital")):
        found = seconds(bus_pack, "transit_pram", bus_pack.services_of(kind))[home]
        assert int(table.loc[label, "Minutes, in half"]) == int(found[(len(found) - 1) // 2] / 60 + 0.5)
    ward = str(bus_pack.wards["name"].iloc[0])
    screen = open_page("travel_time", mode="transit_pram", service="gp_practice", place=ward)
    assert "by bus, train and on foot with a pram" in screen.text


@pytest.mark.parametrize("shows", ["site", "need"])
def test_the_other_maps_are_drawn_by_timetable(open_page, shown, shows):
    screen = open_page("travel_time", mode="transit_pram", service="library", map=shows)
    assert not screen.at.error
    assert "by bus, train and on foot with a pram" in screen.text


def test_gaps_count_by_timetable(open_page, shown, bus_pack):
    basket = with_data(bus_pack, read_basket()).changed(mode=SATURDAY)
    measured = survey(bus_pack, basket)
    report = gap_report(measured, measure="children_0_3", baseline=bus_pack.baselines[0])
    screen = open_page("gaps", by=SATURDAY)
    assert headline(report).split("\n\n")[0] in screen.text
    walking = open_page("gaps")
    pram = gap_report(
        survey(bus_pack, basket.changed(mode="walk_pram")), measure="children_0_3", baseline=bus_pack.baselines[0]
    )
    assert headline(pram).split("\n\n")[0] in walking.text
    screen.choose("by-day", "monday")
    assert screen.address["by"] == "transit_pram@monday,10:00-10:30,nine_in_ten"


def test_the_lab_asks_by_timetable_and_its_link_keeps_the_hours(open_page, shown, bus_pack):
    screen = open_page("scenario_lab")
    screen.choose("lab-mode", "transit_pram")
    screen.choose("lab-mode-day", "saturday")
    assert plan(screen).mode == "transit_pram@saturday,09:00-11:00"
    again = open_page("scenario_lab", **screen.address)
    assert plan(again).mode == "transit_pram@saturday,09:00-11:00"
    assert "on a Saturday between 09:00 and 11:00" in again.text


def test_the_lab_says_that_a_plan_by_timetable_cannot_be_opened_where_there_is_none(open_page, shown, bus_pack):
    shown["southend"] = without_buses(bus_pack)
    asked = Scenario("A plan", bus_pack.code, mode="transit_pram", baseline=bus_pack.baselines[0])
    screen = open_page("scenario_lab", plan=encode(asked))
    assert not screen.at.error
    assert plan(screen).mode == "walk_pram"
    assert "The link could not be opened: there is no timetable" in screen.text
    assert not any("Bus" in name for name in screen.at.selectbox(key="lab-mode").options)


def test_outcomes_and_areas_side_by_side_offer_what_all_areas_can_answer(open_page, shown):
    screen = open_page("compare_areas", among="southend")
    assert any("Bus" in name for name in screen.at.selectbox(key="mode").options)
    screen = open_page("compare_areas", mode="transit_pram", among="southend~blackpool")
    assert not any("Bus" in name for name in screen.at.selectbox(key="mode").options)
    assert screen.notes
    assert "Bus and train are not offered: there is no timetable in the data of Blackpool." in screen.text
    shown["blackpool"] = with_buses(open_pack("blackpool"))
    resources._pack.clear()
    screen = open_page("compare_areas", mode="transit_pram", among="southend~blackpool")
    assert not screen.notes
    assert "by bus, train and on foot with a pram" in screen.text


def test_outcomes_are_counted_by_timetable(open_page, shown):
    screen = open_page("ward_map", view="outcomes", outcome_by=SATURDAY)
    assert not screen.at.error


def test_without_assumed_routes_there_is_no_switch_for_them(open_page, shown, bus_pack):
    shown["southend"] = with_buses(bus_pack, assumed=False)
    screen = open_page("travel_time", mode=f"{SATURDAY},assumed", service="gp_practice")
    assert not [box for box in screen.at.toggle if box.key == "mode-assumed"]
    assert not screen.notes
    assert screen.address["mode"] == SATURDAY
    assert "assumed" not in screen.text


def test_no_name_in_a_timetable_becomes_markup(open_page, shown):
    screen = open_page("travel_time", mode="transit_pram@saturday,10:00-10:30", service="hospital", place=PLACE)
    assert "Take bus 7\\*x\\* towards" in screen.text
    assert "bus 7*x*" not in screen.text
