"""The command line by bus and train: what it says of day and window, and that its figures are those of the analysis."""

import csv
import io
import json
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

import geo.packs
from analysis.reach.isochrone import isochrone_of
from analysis.reach.outings import outing_reach
from analysis.reach.reach import reach as reach_of
from analysis.shown import sent
from analysis.travel.access import Access
from analysis.travel.itinerary import itinerary
from analysis.travel.there_and_back import FreeTime
from cli import app
from geo.coordinates import to_grid, to_lonlat
from geo.network.modes import mode_named
from tests.timetables import with_buses

BUS = ("--mode", "transit_pram")
LATER = ("--day", "Wednesday", "--between", "08:30-09:30", "--sure", "nine_in_ten", "--assumed")
LATER_MODE = "transit_pram@wednesday,08:30-09:30,nine_in_ten,assumed"
DOCTORS = ("--service", "gp_practice")
CHEMIST = ("--service", "pharmacy")
HOME, AWAY = (430_120.0, 5_900_260.0), (431_900.0, 5_901_250.0)


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return with_buses(tmp_path_factory.mktemp("packs") / "elsewhere")


@pytest.fixture(autouse=True)
def only_this_pack(pack, monkeypatch):
    monkeypatch.setattr(geo.packs, "open_pack", lambda *_: pack)
    monkeypatch.setattr(geo.packs, "default_area", lambda *_: pack.code)


def reach(*arguments):
    result = CliRunner(env={"COLUMNS": "400"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def json_of(*arguments):
    result = reach(*arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(*arguments):
    result = reach(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def test_access_counts_at_the_day_and_window_that_are_asked(pack):
    found = json_of("access", *CHEMIST, *BUS, *LATER, "--within", 20, "--format", "json")
    access = Access.of(pack, mode_named(LATER_MODE))
    times = access.to_category("pharmacy").nearest_s
    shown = reach_of(pack, times, measure="children_0_3", baseline="count", within_min=20)
    assert [row["reached"] for row in found["rows"]] == [sent(count) for count in shown.rows["reached"]]
    asked = [found[key] for key in ("mode", "day", "date", "between", "sure", "assumed")]
    assert asked == ["transit_pram", "wednesday", None, "08:30-09:30", "nine_in_ten", True]
    usual = json_of("access", *CHEMIST, *BUS, "--within", 20, "--format", "json")
    assert [usual[key] for key in ("day", "between", "sure", "assumed")] == ["tuesday", "09:00-11:00", "median", False]
    assert usual["groups"] != found["groups"], "fewer are sure to be there in time"
    assert "day" not in json_of("access", *CHEMIST, "--format", "json")


def test_the_heading_says_the_window_and_notes_say_what_the_times_are():
    found = reach("access", *DOCTORS, *BUS, "--between", "9:00-11:00")
    assert "in at least half of the minutes of leaving on a Tuesday between 09:00 and 11:00" in found.stdout
    assert "Times of buses are modelled" in found.stderr
    assert "Bus 4: assumed, and not counted" in found.stderr
    dated = reach("sites", *DOCTORS, *BUS, "--day", "2026-05-12", "--between", "09:00-09:00", "--assumed")
    assert "leaving on 12 May 2026 at 09:00" in dated.stdout
    assert "Bus 4: assumed, and counted" in dated.stderr
    sure = reach("gaps", *BUS, "--sure", "nine_in_ten", "--day", "friday")
    assert sure.exit_code == 0, sure.stderr
    assert "are modelled" in sure.stderr
    saturday = reach("access", *DOCTORS, *BUS, "--day", "saturday").stderr
    assert "How buses run on a Saturday is not known, so they do not count in these times." in saturday
    assert "are modelled" not in saturday
    walk = reach("access", *DOCTORS)
    assert "leaving" not in walk.stdout
    assert "Times of" not in walk.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--day", "monday"), "--day cannot go with the mode walk_pram, which goes by no timetable"),
        (("--sure", "half", "--assumed"), "--sure and --assumed cannot go with the mode walk_pram"),
        ((*BUS, "--day", "someday"), "'someday' is no day"),
        ((*BUS, "--between", "11:00-09:00"), "the earlier first"),
        ((*BUS, "--between", "9"), "is not in the form 09:00-11:00"),
        ((*BUS, "--sure", "always"), "valid: half, nine_in_ten"),
    ],
)
def test_what_makes_no_sense_is_refused(options, words):
    for command in ("access", "sites"):
        assert words in refused(command, *DOCTORS, *options)
    assert words in refused("find", "Corner Pharmacy", *options)


def test_the_refusal_names_the_modes_that_go_by_timetable():
    assert "modes that do: transit_pram, transit_adult" in refused("access", *DOCTORS, "--day", "monday")
    assert "--day needs --mode with a mode that goes by timetable" in refused("gaps", "--day", "monday")


def test_an_area_without_a_timetable_says_so(pack, monkeypatch):
    from dataclasses import replace

    from geo.timetable.timetable import Timetable

    monkeypatch.setattr(geo.packs, "open_pack", lambda *_: replace(pack, timetable=Timetable.empty()))
    assert "there is no timetable in the data of Elsewhere" in refused("access", *DOCTORS, *BUS)
    assert "there is no timetable in the data of Elsewhere" in refused("visit", *DOCTORS)


def test_matrix_and_find_take_the_times_by_bus(pack, write):
    lon, lat = to_lonlat([HOME[0], AWAY[0]], [HOME[1], AWAY[1]], pack.crs)
    points, sites = (write(f"{n}.csv", f"name,lon,lat\nOne,{lon[n]},{lat[n]}\n") for n in (0, 1))
    found = reach("matrix", "--sites", sites, "--points", points, *BUS, *LATER)
    assert found.exit_code == 0, found.stderr
    minutes = float(next(csv.DictReader(io.StringIO(found.stdout)))["minutes"])
    access = Access.of(pack, mode_named(LATER_MODE))
    seconds = access.between(access.snap([HOME]), access.snap([AWAY])).nearest_s[0]
    assert minutes == pytest.approx(seconds / 60, abs=0.02)
    walk = reach("matrix", "--sites", sites, "--points", points)
    assert minutes < float(next(csv.DictReader(io.StringIO(walk.stdout)))["minutes"])
    told = json_of("find", "Corner Pharmacy", *BUS, *LATER, "--format", "json")
    (row,) = (row for row in told["rows"] if row["service"] == "gp_practice")
    place = pack.services.loc["ph-1", ["easting", "northing"]].tolist()
    times = access.between(access.snap([place]), access.to_category("gp_practice").sites)
    assert row["minutes"] == pytest.approx(float(times.nearest_s[0]) / 60, abs=0.051)
    assert row["nearest"] == pack.services_of("gp_practice")["name"].iloc[int(times.nearest_site[0])]
    assert told["between"] == "08:30-09:30"


@pytest.mark.parametrize(("start", "end"), [("Corner Pharmacy", "gp_practice"), ("First Surgery", "Second Surgery")])
@pytest.mark.parametrize("at", ["08:10", "09:05"])
def test_a_route_is_the_journey_of_the_analysis(pack, start, end, at):
    found = json_of("route", start, end, *BUS, "--at", at, "--assumed", "--format", "json")
    access = Access.of(pack, mode_named(f"transit_pram@tuesday,{at}-{at},assumed"))
    services = pack.services.set_index("name")
    origin = access.snap(services.loc[[start], ["easting", "northing"]].to_numpy(float))
    chosen = pack.services_of(end) if end == "gp_practice" else pack.services[pack.services["name"] == end]
    sites = access.snap(chosen[["easting", "northing"]].to_numpy(float))
    hours, minutes = map(int, at.split(":"))
    journey = itinerary(access, origin, sites, 3600.0 * hours + 60 * minutes)
    assert found["minutes"] == pytest.approx(journey.seconds / 60, abs=0.051)
    assert [leg["kind"] for leg in found["legs"]] == [leg.kind for leg in journey.legs]
    assert [leg.get("route") for leg in found["legs"]] == [leg.route and leg.route.name for leg in journey.legs]
    riding = sum(leg["minutes"] for leg in found["legs"] if leg["kind"] == "ride")
    assert found["minutes"] == pytest.approx(riding + found["walk_minutes"] + found["wait_minutes"], abs=0.4)
    table = reach("route", start, end, *BUS, "--at", at, "--assumed").stdout
    assert all(line in table for line in found["words"])
    assert f"From {start} to {found['to']}" in table
    for leg in journey.rides:
        assert f"{leg.route.vehicle} {leg.route.name} towards {leg.towards} from {leg.start} for" in table


def test_a_route_in_a_window_takes_the_time_that_stands_for_it(pack):
    asked = ("route", "First Surgery", "Second Surgery", *BUS, "--between", "08:00-09:00", "--format", "json")
    access = Access.of(pack, mode_named("transit_pram@tuesday,08:00-09:00"))
    ends = [access.snap(pack.services.loc[[one], ["easting", "northing"]].to_numpy(float)) for one in ("gp-1", "gp-2")]
    seconds = access.transit.by_minute(*ends)[0][0]
    found = json_of(*asked)
    assert found["minutes"] == pytest.approx(np.sort(seconds)[30] / 60, abs=0.051), "the middle of 61 minutes"
    sure = json_of(*asked, "--sure", "nine_in_ten")
    assert sure["minutes"] > found["minutes"]
    assert (seconds <= sure["minutes"] * 60 + 3).mean() >= 0.9


def test_a_route_on_foot_names_the_streets_and_one_that_is_none_says_why(pack):
    found = json_of("route", "First Surgery", "Second Surgery", "--mode", "walk_pram", "--format", "json")
    assert sum(street["metres"] for street in found["streets"]) == pytest.approx(found["metres"], abs=len(found) * 30)
    assert {street["street"] for street in found["streets"]} <= {"", "Row Street", "Line Street"}
    assert "Row Street" in reach("route", "First Surgery", "Second Surgery", "--mode", "walk_pram").stdout
    assert "give --at or --between" in refused("route", "North", "South", "--at", "9:00", "--between", "9:00-10:00")
    assert "--between cannot go with the mode drive" in refused(
        "route", "North", "South", "--mode", "drive", "--at", "9:00"
    )
    assert "was not found" in refused("route", "Nowhere At All", "gp_practice")
    assert "no list of the kind library" in refused("route", "North", "library")
    assert "is no time of day" in refused("route", "North", "South", "--at", "noon")


def test_who_can_go_is_what_the_analysis_gives(pack):
    asked = ("visit", *DOCTORS, "--free", "08:30-09:45", "--visit", 10)
    found = json_of(*asked, "--format", "json")
    access = Access.of(pack, mode_named("transit_pram"))
    true = outing_reach(
        access,
        pack.services_of("gp_practice"),
        date(2026, 5, 12),
        FreeTime(510, 585, 10),
        measure="children_0_3",
        baseline="count",
    )
    rows, groups = true.shown()
    for column in ("total", "there", "can_go"):
        assert [row[column] for row in found["rows"]] == [sent(count) for count in rows[column]]
        assert found["groups"]["borough"][column] == sent(groups.loc["borough", column])
    assert found["hours"] == {"published": 2, "assumed": 0, "unknown": 0, "closed": 0}
    assert [found[key] for key in ("day", "free", "visit_min")] == ["tuesday", "08:30-09:45", 10]
    listed = list(csv.DictReader(io.StringIO(reach(*asked, "--format", "csv").stdout)))
    assert [row["name"] for row in listed] == rows["name"].tolist()
    table = reach(*asked)
    assert "be back between 08:30 and 09:45 on" in table.stdout
    assert date.fromisoformat(found["date"]).weekday() == 1
    assert 0 <= (date.fromisoformat(found["date"]) - date.today()).days < 8
    assert "Opening hours: 2 published." in table.stdout
    sunday = reach(*asked, "--day", "2026-05-10")
    assert "2 sites are closed on this day" in sunday.stdout
    assert "on 10 May 2026" in sunday.stdout


def test_a_visit_on_foot_has_a_day_for_its_opening_hours_and_nonsense_is_refused():
    walking = ("visit", *DOCTORS, "--mode", "walk_pram", "--format", "json")
    assert json_of(*walking, "--day", "sunday")["hours"]["closed"] == 2
    assert json_of(*walking)["hours"]["closed"] == 0
    assert "--assumed cannot go with the mode walk_pram" in refused(*walking, "--assumed")
    assert "does not fit into" in refused(*walking, "--visit", 400)
    assert "is not in the form 09:15-14:45" in refused(*walking, "--free", "morning")
    assert "give --service" in refused("visit")


@pytest.mark.parametrize("mode", ["walk_pram", "transit_pram"])
def test_an_isochrone_is_written_for_maps(pack, tmp_path, mode):
    asked = ("near", "First Surgery", "--mode", mode, "--within", 12)
    place = pack.services.loc["gp-1"]
    true = isochrone_of(Access.of(pack, mode_named(mode)), (place["easting"], place["northing"]), 12)
    (feature,) = json_of(*asked)["features"]
    lon_lat = shapely.geometry.shape(feature["geometry"])
    back = shapely.transform(lon_lat, lambda xy: np.column_stack(to_grid(xy[:, 0], xy[:, 1], pack.crs)))
    assert back.symmetric_difference(true.shape).area < 0.001 * true.shape.area
    about = feature["properties"]
    assert about["mode"] == mode
    assert about["minutes"] == 12
    assert ("between" in about) == (mode == "transit_pram")
    people = pack.measure("children_0_3", "count")[true.inside].sum()
    assert abs(about["people"] - people) <= 2.5
    assert about["attribution"] == " | ".join(pack.attribution())
    for name in ("area.geojson", "area.gpkg"):
        result = reach(*asked, "--out", tmp_path / name)
        assert result.exit_code == 0, result.stderr
        assert "within 12 minutes of First Surgery" in result.stdout
        read = gpd.read_file(tmp_path / name)
        assert read.crs.to_epsg() == 4326
        assert read.geometry[0].symmetric_difference(lon_lat).area < 0.001 * lon_lat.area
        assert read["baseline"][0] == about["baseline"]


def test_an_isochrone_that_cannot_be_is_refused(tmp_path):
    assert "threshold" in refused("near", "First Surgery", "--within", "-1")
    assert "valid: .geojson, .gpkg" in refused("near", "First Surgery", "--out", tmp_path / "a.shp")
    assert "no street is within" in refused("near", "First Surgery", "--within", 0)
    assert not list(tmp_path.iterdir())
