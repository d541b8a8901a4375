"""Refresh with a timetable that may be missing, and with assumed routes beside the pack."""

from types import SimpleNamespace

import pytest

from geo.build import build_pack
from geo.builder import timetables
from geo.errors import SourceError
from geo.packs import open_pack
from geo.timetable.assumed import assumed_path
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip
from tests.geo.live import area
from tests.geo.live.server import Reply, refuses

BUSES = """
[sources.buses]
file = "publishers/region_buses.zip"
publisher = "The region"
title = "Buses of the region"
vintage = "never"
licence = "CC0-1.0"
attribution = "Buses: the region"
optional = true
live = {publisher = "bods", region = "east_anglia"}

[[timetables]]
source = "buses"
reader = "gtfs"
"""
ASSUMED = """
[[routes]]
name = "1"
title = ""
vehicle = "bus"
source = "A neighbour"
speed_kmh = 12
stops = ["{0}", "{1}"]
headways = [{{days = ["monday"], from = "10:00", until = "12:00", every_min = 60}}]
"""


@pytest.fixture
def with_buses(town):
    """The town, whose recipe now has buses that were never fetched."""
    path = town / "recipes" / "smalltown.toml"
    path.write_text(path.read_text(encoding="utf-8") + BUSES, encoding="utf-8")
    return town


@pytest.fixture
def reader(monkeypatch):
    """A reader of one bus; `reader.refuses` lets it find the file wrong."""
    state = SimpleNamespace(refuses=False, read=[])

    def read_gtfs(path, *, source, vintage, crs, extent):
        state.read.append((path.read_bytes(), vintage))
        if state.refuses:
            raise SourceError(f"{path.name}: stop_times.txt, line 7: '25:61:00' is no time")
        spot = extent.centroid
        trip = Trip(0, (0, 1), (36000, 36300), (36000, 36300), 0, (True, True), (True, True))
        line = RouteLine("1", "", "bus", "published", source)
        xy = [(spot.x, spot.y), (spot.x + 500, spot.y)]
        timetable = Timetable.of_trips(["a", "b"], ["A", "B"], xy, [line], [trip], Calendar.always([[True] * 7]))
        return SimpleNamespace(timetable=timetable, rows_read=9, used=9, left_out={}, notes=())

    monkeypatch.setattr(timetables, "read_gtfs", read_gtfs)
    return state


def line_of(report, key):
    (found,) = [line for line in report.lines if line.source == key]
    return found


def test_a_timetable_that_never_came_is_no_reason_to_stop(refreshed, with_buses, publishers, reader):
    publishers.faults["bods"] = [refuses(503)] * 3
    report = refreshed(only=["buses", "naptan_bus"], build=build_pack)
    line = line_of(report, "buses")
    assert (line.done, line.failed, line.bytes, line.sha256) == ("absent", True, 0, "")
    assert "HTTP 503" in line.why
    assert not report.nothing_done
    pack = open_pack("smalltown", with_buses)
    assert pack.missing_timetables == ("Buses of the region",)
    assert not pack.timetable
    assert not reader.read


def test_one_refresh_brings_the_timetable(refreshed, with_buses, reader):
    report = refreshed(only=["buses"], build=build_pack)
    line = line_of(report, "buses")
    assert (line.done, line.failed, line.date) == ("fetched", False, "2026-11-26")
    assert report.changed
    assert reader.read == [(area.bods("", {}, b"").body, "2026-11-26")]
    pack = open_pack("smalltown", with_buses)
    assert pack.missing_timetables == ()
    assert pack.timetable.n_trips == 1
    # From then on it is there without being asked for, and a publisher that is down costs nothing.
    again = refreshed(offline=True, sources=None, build=build_pack)
    assert line_of(again, "buses").done == "kept"
    assert not again.changed


def test_one_that_is_not_asked_for_stays_absent(refreshed, with_buses, reader):
    line = line_of(refreshed(offline=True, build=build_pack), "buses")
    assert (line.done, line.why, line.failed) == ("absent", "not asked for", False)


def test_a_timetable_that_does_not_build_is_left_out_and_the_rest_is_taken(
    refreshed, with_buses, publishers, reader, told
):
    reader.refuses = True
    newer = area.stops() + b"99900009,New Stop,adj,High Street,Smalltown,587100,186100,,,BCT,MKD,active\n"
    publishers.routes["naptan"] = lambda *_: Reply(newer, "text/csv")
    report = refreshed(only=["buses", "naptan_bus"], build=build_pack)
    line = line_of(report, "buses")
    assert (line.done, line.failed) == ("absent", True)
    assert "region_buses.zip: stop_times.txt, line 7" in line.why
    assert line_of(report, "naptan_bus").done == "fetched"
    assert any("the pack is built without it" in words for words in told)
    pack = open_pack("smalltown", with_buses)
    assert pack.missing_timetables == ("Buses of the region",)
    assert len(pack.services_of("bus_stop")) == 5


def test_a_list_without_a_stop_that_is_assumed_is_refused(refreshed, town, publishers, built):
    stops = list(open_pack("smalltown", built).services_of("bus_stop").index.str.removeprefix("naptan-")[:2])
    path = assumed_path("smalltown", town)
    path.parent.mkdir()
    path.write_text(ASSUMED.format(*stops), encoding="utf-8")
    rows = area.stops().splitlines(keepends=True)
    fewer = b"".join(row for row in rows if not row.startswith(stops[1].encode()))
    assert len(fewer) < len(area.stops())
    publishers.routes["naptan"] = lambda *_: Reply(fewer, "text/csv")
    report = refreshed(only=["naptan_bus"], build=build_pack)
    line = line_of(report, "naptan_bus")
    assert (line.done, line.failed) == ("kept", True)
    assert f"the pack has no stop {stops[1]!r}" in line.why
    assert "smalltown.toml, routes 1 (1)" in line.why
    pack = open_pack("smalltown", town)
    assert len(pack.services_of("bus_stop")) == 4
    assert pack.timetable.n_trips == 2
