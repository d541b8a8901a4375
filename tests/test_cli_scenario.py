"""`reach scenario` and `reach place`."""

import json

import pytest
from typer.testing import CliRunner

from analysis.scenario import AddSite, AtPostcode, Cost, Scenario, Venue
from analysis.scenario_file import to_json
from analysis.scenario_lab import Lab
from cli import app
from geo.pack import open_pack

KEYS = ["sites", "objective", "bound", "gap", "seconds", "status", "before", "after", "alternatives"]


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.fixture
def plans(tmp_path):
    """Two plan files."""
    base = Scenario("Library hub", "southend")
    one = base.with_change(AddSite("new-1", "Library", Venue("lib-shoeburyness-library"), cost=Cost(1000, 20_000)))
    two = Scenario("Postcode hub", "southend").with_change(AddSite("new-1", "Hub", AtPostcode("SS3 9PD")))
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, scenario in zip(paths, (one, two), strict=True):
        path.write_text(to_json(scenario), encoding="utf-8")
    return paths


def reach(*arguments):
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def json_of(*arguments):
    result = reach(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(*arguments):
    result = reach(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    return result.stderr


def test_run_gives_the_figures_as_shown(plans, pack):
    found = json_of("scenario", "run", plans[0])
    assert (found["name"], found["changes"]) == ("Library hub", 1)
    assert found["cost"] == {"one_off": 1000, "yearly": 20000}
    rows = Lab(pack).effect(Scenario("", "southend")).shown("group")
    row = rows[(rows["measure"] == "children_0_3") & (rows["code"] == "target")].iloc[0]
    target = found["groups"]["children_0_3"]["target"]
    assert target["reached_before"] == row["reached_before"]
    assert target["reached_after"] - target["reached_before"] == target["change"] > 0
    assert len(found["wards"]) == 17 * len(found["groups"])


def test_run_prints_a_table(plans, tmp_path):
    out = tmp_path / "table.txt"
    assert reach("scenario", "run", plans[0], "--out", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "West Shoebury" in text
    assert "Target wards" in text
    assert "Can reach is not the same as attends" in reach("scenario", "run", plans[0]).stdout


def test_compare_sets_plans_side_by_side(plans):
    text = reach("scenario", "compare", *plans).stdout
    assert "Library hub" in text
    assert "Postcode hub" in text
    assert [one["name"] for one in json_of("scenario", "compare", *plans)["scenarios"]] == [
        "Library hub",
        "Postcode hub",
    ]
    assert "two to 4" in refused("scenario", "compare", plans[0])


def test_broken_files_are_refused(tmp_path, plans):
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    assert "not readable JSON" in refused("scenario", "run", broken)
    assert "cannot be opened" in refused("scenario", "run", tmp_path / "none.json")
    content = json.loads(plans[0].read_text(encoding="utf-8"))
    for change, words in (({"area": "nowhere"}, "southend"), ({"area": "../southend"}, "area")):
        broken.write_text(json.dumps(content | change), encoding="utf-8")
        assert words in refused("scenario", "run", broken)
    content["changes"][0]["at"] = {"service": "lib-nowhere"}
    broken.write_text(json.dumps(content), encoding="utf-8")
    assert "unknown venue" in refused("scenario", "run", broken)
    assert "children_0_3" in refused("scenario", "run", plans[0], "--measure", "cats")


def test_place_has_the_stated_keys_and_is_proven(pack):
    found = json_of("place", "--hubs", 2, "--candidates", "library,school,hall", "--alternatives", 2)
    assert list(found) == KEYS
    assert found["status"] == "optimal"
    assert found["gap"] == 0
    assert found["objective"] == found["bound"]
    assert len(found["sites"]) == 2
    assert list(found["sites"][0]) == ["id", "name", "lon", "lat"]
    west, south, east, north = pack.wards.to_crs(4326).total_bounds
    assert all(west < site["lon"] < east and south < site["lat"] < north for site in found["sites"])
    assert found["after"]["objective"] > found["before"]["objective"]
    assert [len(other["sites"]) for other in found["alternatives"]] == [2, 2]
    assert all(other["objective"] <= found["objective"] + 1e-6 for other in found["alternatives"])


def test_place_prints_a_table():
    text = reach("place", "--hubs", 1, "--candidates", "library", "--alternatives", 0, "--goal", "worst").stdout
    assert "Library" in text
    assert "proven best" in text


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--goal", "joy", "reach, time, worst, gap"),
        ("--candidates", "library,zoo", "community_hall"),
        ("--service", "zoo", "library"),
        ("--mode", "rocket", "walk_pram"),
        ("--measure", "cats", "children_in_poverty"),
        ("--area", "atlantis", "southend"),
        ("--ward", "E99", "E05"),
        ("--format", "xml", "table, json"),
        ("--hubs", "0", "1 hub or more"),
    ],
)
def test_place_names_what_is_valid(option, value, words):
    assert words in refused("place", option, value)
