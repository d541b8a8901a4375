"""Timetables in a pack: from a recipe to a pack that is opened, with files that may be missing and routes assumed."""

import json
import shutil
from dataclasses import dataclass

import numpy as np
import pytest
import shapely

from commands.building import print_sources
from commands.console import terminal
from geo.build import build_pack
from geo.builder import timetables
from geo.errors import InputError, PackError, SourceError
from geo.new_recipe import missing_parts
from geo.packs import list_packs, open_pack
from geo.recipe import read_recipe
from geo.reconcile import check_pack
from geo.timetable.assumed import assumed_path
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip
from tests.geo.made_town import MadeTown, make_town

TIMETABLES = """
[[timetables]]
source = "rail"
reader = "rail_patterns"
speed_kmh = 18
first = "06:00"
last = "22:00"
days = ["monday", "friday"]

[[timetables]]
source = "buses"
reader = "gtfs"
"""
ABOUT = """
[sources.{key}]
file = "{file}"
publisher = "Made up"
title = "Title of {key}"
vintage = "2024"
licence = "CC0-1.0"
attribution = "Made up: {key}"
"""
RAIL = """operator,services_per_weekday,directional_flag_d,calling_points
Iron Way,5,,Far > Lower Town > Upper Town
Iron Way,3,1,Lower Town > Upper Town
Iron Way,0.2,1,Upper Town > Lower Town > Middle
Iron Way,9,,Far > Lower Town
"""
ASSUMED = """
[[routes]]
name = "7"
title = "Up and down"
vehicle = "bus"
source = "A neighbour"
speed_kmh = 12
stops = ["lower", "upper"]
both_ways = true
headways = [{days = ["sunday"], from = "10:00", until = "12:00", every_min = 60}]
"""


def with_timetables(folder) -> MadeTown:
    """The made-up town with two stations, counts of trains, and a feed of buses that may be missing."""
    town = make_town(folder)
    header, *rows = town.text("services").splitlines()
    assert header == "category,name,postcode,easting,northing,date"
    here = [row.split(",") for row in rows]
    stations = [
        f"rail_station,{name} station,,{here[at][3]},{here[at][4]},"
        for name, at in (("Lower Town", 0), ("Upper Town", 1))
    ]
    ids = ["old", "who", "pills", "naptan-lower", "naptan-upper"]
    lines = [f"{header},id", *(f"{row},{one}" for row, one in zip([*rows, *stations], ids, strict=True))]
    town.rewrite("services", "\n".join(lines) + "\n")
    (town.sources / "rail.csv").write_text(RAIL, encoding="utf-8")
    recipe = town.recipe.read_text(encoding="utf-8")
    recipe = recipe.replace("\n[sources.", TIMETABLES + "\n[sources.", 1)
    recipe += ABOUT.format(key="rail", file="rail.csv")
    recipe += ABOUT.format(key="buses", file="feed/buses.zip") + "optional = true\n"
    town.recipe.write_text(recipe, encoding="utf-8")
    return town


@dataclass(frozen=True)
class Reading:
    """What a reader of GTFS gives."""

    timetable: Timetable
    rows_read: int
    used: int
    left_out: dict[str, int]
    notes: tuple[str, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The town, built once without the feed of buses."""
    town = with_timetables(tmp_path_factory.mktemp("made"))
    build_pack("madetown", town.sources, root=town.root)
    return town


@pytest.fixture
def town(made, tmp_path):
    """A copy that a test may change."""
    for folder in (made.root, made.sources):
        shutil.copytree(folder, tmp_path / folder.name)
    return MadeTown(tmp_path / made.root.name, tmp_path / made.sources.name)


def build(town):
    build_pack("madetown", town.sources, root=town.root)
    return check_pack("madetown", town.root)[0]


def rows(pack):
    return {row["key"]: row for row in pack.provenance["sources"]}


def test_trains_of_the_recipe_are_in_the_pack(made):
    pack = open_pack("madetown", made.root)
    ways = {}
    for trip in pack.timetable.trips():
        ways.setdefault(tuple(pack.timetable.stop_ids[stop] for stop in trip.stops), []).append(trip)
    # Half of five each way, and three that run up alone: 5.5 and 2.5 + 0.2 become whole trains.
    assert {way: len(trips) for way, trips in ways.items()} == {("lower", "upper"): 6, ("upper", "lower"): 3}
    lower, upper = (
        pack.services.loc[f"naptan-{one}", ["easting", "northing"]].to_numpy(float) for one in ("lower", "upper")
    )
    seconds = np.hypot(*(upper - lower)) / 5.0
    (trip, *_) = ways["lower", "upper"]
    assert trip.arrive_s[1] - trip.depart_s[0] == pytest.approx(seconds, abs=0.5)
    assert all(6 * 3600 <= trip.depart_s[0] <= 22 * 3600 for trip in pack.timetable.trips())
    assert pack.timetable.calendar.weekdays.tolist() == [[True, False, False, False, True, False, False]]
    assert [(one.name, one.status, one.source) for one in pack.timetable.routes] == [("Iron Way", "modelled", "rail")]
    told = rows(pack)["rail"]
    assert (told["rows_read"], told["rows"]) == (4, 3)
    assert told["left_out"] == {"call at fewer than two stations of the area": 1}


def test_a_row_that_gives_both_counts_and_times_is_one_row(town):
    """Two stations know how many trains call; five rows, of which one calls at one of them and one at none."""
    recipe = town.recipe.read_text(encoding="utf-8")
    town.recipe.write_text(recipe.replace('streets = "streets"', 'streets = "streets"\ntrains = "rail"', 1), "utf-8")
    (town.sources / "rail.csv").write_text(f"{RAIL}Iron Way,4,,Far > Further\n", encoding="utf-8")
    pack = build(town)
    assert pack.services.loc["naptan-upper", "trains_per_weekday"] == pytest.approx(8.2)
    told = rows(pack)["rail"]
    assert (told["rows_read"], told["rows"]) == (5, 4)
    assert told["left_out"] == {
        "call at no station of the area": 1,
        "times: call at fewer than two stations of the area": 2,
    }


@pytest.mark.parametrize("area", list_packs())
def test_no_source_has_more_rows_used_than_read(area):
    for source in open_pack(area).provenance["sources"]:
        assert source["rows"] <= source["rows_read"], source["key"]


def test_without_an_optional_file_the_pack_is_built_and_says_so(made):
    pack = open_pack("madetown", made.root)
    told = rows(pack)
    assert {key: row["given"] for key, row in told.items()} == {key: key != "buses" for key in told}
    assert (told["buses"]["sha256"], told["buses"]["rows"]) == ("", 0)
    assert pack.missing_timetables == ("Title of buses",)
    assert "Made up: buses" not in pack.attribution()
    assert "Made up: rail" in pack.attribution()
    licences = (made.root / "madetown" / "LICENCES.md").read_text(encoding="utf-8")
    assert "Title of rail" in licences
    assert "Title of buses" not in licences
    assert not [line for line in missing_parts("madetown", made.sources, made.root) if "buses" in line]


def test_an_optional_file_that_is_there_is_read(town, monkeypatch):
    """With a reader in the place of the project's own, which is given what it needs."""
    (town.sources / "feed").mkdir()
    (town.sources / "feed" / "buses.zip").write_bytes(b"PK not empty")
    asked = []

    def read_gtfs(path, *, source, vintage, crs, extent):
        asked.append((path.name, source, vintage, crs, extent))
        x, y = extent.centroid.x, extent.centroid.y
        trip = Trip(0, (0, 1), (36000, 36300), (36000, 36300), 0, (True, True), (True, True))
        timetable = Timetable.of_trips(
            ["a", "b"], ["A", "B"], [(x, y), (x + 500, y)], [RouteLine("1", "", "bus", "published", source)], [trip],
            Calendar.always([[True] * 7]),
        )  # fmt: skip
        return Reading(timetable, 20, 12, {"outside the area": 8}, ("two stops had no name",))

    monkeypatch.setattr(timetables, "read_gtfs", read_gtfs)
    pack = build(town)
    ((name, source, vintage, crs, extent),) = asked
    assert (name, source, vintage, crs) == ("buses.zip", "buses", "2024", "EPSG:32631")
    outline = pack.wards.geometry.union_all()
    assert shapely.hausdorff_distance(extent, outline.buffer(600)) < 30
    assert {one.status for one in pack.timetable.routes} == {"modelled", "published"}
    assert pack.timetable.n_trips == 9 + 1
    told = rows(pack)["buses"]
    assert (told["given"], told["rows_read"], told["rows"]) == (True, 20, 12)
    assert told["left_out"] == {"outside the area": 8}
    assert pack.missing_timetables == ()
    assert pack.provenance["remarks"] == {"buses": ["two stops had no name"]}


def test_the_closing_table_has_the_timetables(made, monkeypatch, capsys):
    monkeypatch.setenv("REACH_DATA", str(made.root))
    monkeypatch.setenv("COLUMNS", "160")
    print_sources(terminal(), "madetown", {})
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert lines["rail"][1:] == [
        "4",
        "3",
        "new",
        "1",
        "call",
        "at",
        "fewer",
        "than",
        "two",
        "stations",
        "of",
        "the",
        "area",
    ]
    assert lines["buses"][1:] == ["0", "0", "new", "not", "given;", "the", "pack", "is", "built", "without", "it"]


def test_an_empty_optional_file_is_a_fault(town):
    (town.sources / "feed").mkdir()
    (town.sources / "feed" / "buses.zip").write_bytes(b"")
    with pytest.raises(SourceError, match=r"feed/buses\.zip: the file is empty"):
        build(town)


def test_a_file_that_is_not_optional_is_needed(town):
    (town.sources / "rail.csv").unlink()
    with pytest.raises(SourceError, match=r"rail\.csv: no such file under the folder of sources"):
        build(town)


def test_trains_of_another_place_are_refused(town):
    (town.sources / "rail.csv").write_text(RAIL.replace("Town", "City"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"rail\.csv: of 4 calling patterns none calls at two stations of Made Town"):
        build(town)


FAULTS = [
    ('first = "06:00"', "", "needs speed_kmh, first, last, days"),
    ('first = "06:00"', 'first = "23:00"', "first 23:00 is not before last 22:00"),
    ('first = "06:00"', 'first = "six"', "'six' is no time of day"),
    ("speed_kmh = 18", "speed_kmh = 900", r"speed_kmh 900.0 is out of range"),
    ('"friday"', '"freeday"', r"days"),
    ('reader = "gtfs"', 'reader = "gtfs"\nspeed_kmh = 18', "the reader 'gtfs' takes no speed_kmh"),
    ('reader = "gtfs"', 'reader = "gtf"', "reader"),
    ('source = "rail"', 'source = "tram"', "timetables names the source 'tram'"),
    ('streets = "streets"', 'streets = "buses"', "streets needs the source 'buses', so it cannot be optional"),
]


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_a_faulty_timetable_in_a_recipe_is_named(town, old, new, words):
    recipe = town.recipe.read_text(encoding="utf-8")
    assert old in recipe
    town.recipe.write_text(recipe.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        read_recipe("madetown", town.root)


# --- assumed routes beside a pack -------------------------------------------------------------------------------------


def assume(town, text):
    path = assumed_path("madetown", town.root)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_assumed_routes_are_read_with_the_pack_and_no_build(town):
    before = open_pack("madetown", town.root)
    assume(town, ASSUMED)
    pack = open_pack("madetown", town.root)
    assert [one.status for one in pack.timetable.routes] == ["modelled", "assumed"]
    assert pack.timetable.n_trips == before.timetable.n_trips + 4
    assert pack.digest != before.digest
    bus = [trip for trip in pack.timetable.trips() if pack.timetable.routes[trip.route].name == "7"]
    assert {tuple(pack.timetable.stop_ids[stop] for stop in trip.stops) for trip in bus} == {
        ("lower", "upper"), ("upper", "lower")
    }  # fmt: skip
    assert all(pack.timetable.calendar.weekdays[trip.service].tolist() == [False] * 6 + [True] for trip in bus)


def test_the_checksum_changes_with_each_edit_of_the_table(town):
    digests = [open_pack("madetown", town.root).digest]
    for text in (ASSUMED, ASSUMED.replace("60}", "30}"), ASSUMED + "# a word more\n", ASSUMED):
        assume(town, text)
        digests.append(open_pack("madetown", town.root).digest)
    assert len(set(digests)) == 4
    assert digests[1] == digests[4], "the same table, the same checksum"


def test_a_faulty_table_is_named_with_its_key_or_stop(town):
    assume(town, ASSUMED.replace("speed_kmh = 12", "speed_kmh = 1"))
    with pytest.raises(InputError, match=r"madetown\.toml, routes 1 \(7\): speed_kmh must be at least 3"):
        open_pack("madetown", town.root)
    assume(town, ASSUMED.replace('"upper"', '"nowhere"'))
    with pytest.raises(InputError, match=r"madetown\.toml, routes 1 \(7\): the pack has no stop 'nowhere'"):
        open_pack("madetown", town.root)


def test_a_table_does_not_stand_in_the_files_of_the_pack(town):
    assume(town, ASSUMED)
    files = json.loads((town.root / "madetown" / "pack.json").read_text(encoding="utf-8"))["files"]
    assert "timetable.npz" in files
    build(town)
    assert json.loads((town.root / "madetown" / "pack.json").read_text(encoding="utf-8"))["files"] == files
    stored = Timetable.load(town.root / "madetown" / "timetable.npz")
    assert [one.status for one in stored.routes] == ["modelled"]


def test_a_damaged_timetable_is_named(town):
    path = town.root / "madetown" / "timetable.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(PackError, match=r"timetable\.npz"):
        open_pack("madetown", town.root)
