"""`reach scenario` and `reach place`."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, place
from analysis.scenario.file import read_scenario, to_json
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, AtPostcode, Cost, Scenario, Venue
from analysis.shown import sent
from cli import app
from geo.packs import open_pack

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


@pytest.mark.slow
def test_run_gives_the_figures_as_shown(plans, pack):
    found = json_of("scenario", "run", plans[0])
    assert (found["name"], found["changes"]) == ("Library hub", 1)
    cost = found["cost"]
    assert (cost["one_off"], cost["yearly"], cost["per_year"], cost["changes_without_cost"]) == (1000, 20000, 20100, [])
    assert cost["per_child_with_a_place"] == round(20100 / cost["more_with_a_place"], 2)
    rows = Lab(pack).effect(Scenario("", "southend")).shown("group")
    row = rows[(rows["measure"] == "children_0_3") & (rows["code"] == "target")].iloc[0]
    target = found["groups"]["children_0_3"]["target"]
    assert target["reached_before"] == row["reached_before"]
    assert target["reached_after"] - target["reached_before"] == target["change"] > 0
    assert len(found["wards"]) == 17 * len(found["groups"])


@pytest.mark.slow
def test_run_prints_a_table(plans, tmp_path):
    out = tmp_path / "table.txt"
    assert reach("scenario", "run", plans[0], "--out", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "West Shoebury" in text
    assert "Target wards" in text
    assert "Can reach is not the same as attends" in reach("scenario", "run", plans[0]).stdout


@pytest.mark.slow
def test_compare_sets_plans_side_by_side(plans):
    text = reach("scenario", "compare", *plans).stdout
    assert "Library hub" in text
    assert "Postcode hub" in text
    assert [one["name"] for one in json_of("scenario", "compare", *plans)["scenarios"]] == [
        "Library hub",
        "Postcode hub",
    ]
    assert "two to 4" in refused("scenario", "compare", plans[0])


ROUTE_9 = "examples/route-9-east-beach.json"
LATER = ("--day", "saturday", "--between", "14:00-15:00", "--sure", "nine_in_ten")


@pytest.mark.slow
def test_the_heading_says_in_plain_words_how_and_when_families_travel(plans):
    heading = reach("scenario", "run", plans[0]).stdout.splitlines()[0]
    assert heading.strip() == (
        "Library hub: Children aged 0–3 within 15 minutes of the nearest children's centre, walking with a pram"
    )
    result = reach("scenario", "run", ROUTE_9)
    assert (
        "within 25 minutes of the nearest GP practice, by bus, train and on foot with a pram, in at least half of the "
        "minutes of leaving on a Tuesday between 09:00 and 11:00"
    ) in " ".join(result.stdout.split())
    assert "Bus 9: assumed, and counted." in result.stderr
    later = reach("scenario", "run", ROUTE_9, *LATER)
    assert "nine in ten of the minutes of leaving on a Saturday between 14:00 and 15:00" in " ".join(
        later.stdout.split()
    )
    assert "How trains run on a Saturday is not known, so only the assumed routes count." in later.stderr


@pytest.mark.slow
def test_a_plan_by_timetable_runs_at_the_time_that_is_asked(pack):
    plan = read_scenario(Path(ROUTE_9))
    found = json_of("scenario", "run", ROUTE_9, *LATER)
    asked = replace(plan, mode="transit_pram@saturday,14:00-15:00,nine_in_ten,assumed")
    rows = Lab(pack).effect(asked).shown("group")
    for code in ("target", "borough"):
        row = rows[(rows["measure"] == "children_0_3") & (rows["code"] == code)].iloc[0]
        figures = found["groups"]["children_0_3"][code]
        assert [figures[name] for name in ("reached_before", "reached_after", "no_longer_reached")] == [
            sent(row[name]) for name in ("reached_before", "reached_after", "no_longer_reached")
        ]
    keys = ("mode", "day", "date", "between", "sure", "assumed")
    assert [found[key] for key in keys] == [asked.mode, "saturday", None, "14:00-15:00", "nine_in_ten", True]
    usual = json_of("scenario", "run", ROUTE_9)
    assert usual["mode"] == plan.mode
    assert usual["groups"] != found["groups"]


def test_a_time_cannot_go_with_a_plan_on_foot(plans):
    assert "--day cannot go with the mode walk_pram" in refused("scenario", "run", plans[0], "--day", "monday")
    assert "'someday' is no day" in refused("scenario", "run", ROUTE_9, "--day", "someday")


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
        ("--measure", "births_per_year:nan", "above 0"),
        ("--measure", "births_per_year:0", "above 0"),
        ("--measure", "births_per_year,births_per_year:2", "named twice"),
        ("--postcode", "ZZ1 1ZZ", "ZZ1 1ZZ"),
        ("--force", "lib-nowhere", "lib-shoeburyness-library"),
        ("--ban", "lib-nowhere", "lib-shoeburyness-library"),
        ("--budget", "100000", "--cost"),
        ("--budget", "nan", "more than 0"),
        ("--cost", "100000", "--budget"),
    ],
)
def test_place_names_what_is_valid(option, value, words):
    assert words in refused("place", option, value)


@pytest.mark.slow
@pytest.mark.parametrize(("goal", "step"), [("reach", 5), ("time", 100), ("worst", 0.1), ("gap", 0.1)])
def test_place_shows_no_figure_finer_than_the_tables_of_plans(goal, step):
    found = json_of("place", "--hubs", 2, "--candidates", "library", "--alternatives", 3, "--goal", goal)
    shown = [found, found["before"], found["after"], *found["alternatives"]]
    figures = [one["objective"] for one in shown] + [one["bound"] for one in shown if "bound" in one]
    assert all(abs(figure / step - round(figure / step)) < 1e-6 for figure in figures), figures
    if goal == "reach":  # the same people as in the table of the borough
        assert found["objective"] == found["after"]["borough"]["reached"]
        assert found["before"]["objective"] == found["before"]["borough"]["reached"]


def test_place_prints_what_each_site_adds_to_the_nearest_five_and_no_few():
    asked = ["--hubs", 8, "--within", 3, "--measure", "births_per_year"]
    text = reach("place", *asked, "--candidates", "library,hall", "--alternatives", 0)
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.stdout.splitlines()]
    few = "fewer than 5"
    cells = [cell for row in rows if len(row) >= 5 for cell in row[-3:] if re.fullmatch(rf"[\d,.]+|{few}", cell)]
    assert len(cells) == 24
    assert few in cells  # some hub has fewer than 5 births a year of its own
    assert all(cell == few or int(cell.replace(",", "")) % 5 == 0 for cell in cells), cells


def test_places_of_new_hubs_are_counted_with_reach_and_refused_with_reason_elsewhere():
    found = json_of("place", "--hubs", 2, "--candidates", "library", "--alternatives", 0, "--places", 40)
    assert found["status"] == "optimal"
    assert found["objective"] == found["before"]["objective"] + 80
    for goal in ("time", "worst", "gap", "backup"):
        words = refused("place", "--goal", goal, "--places", 40)
        assert "--goal reach only" in words
        assert "not who finds room" in words
    for places in ("0", "-3", "inf", "nan"):
        assert "more than 0 places" in refused("place", f"--places={places}")


WISHES = {  # options, and the same asked of the analysis: kinds, postcodes, cost of each kind, question
    "forced and banned": (
        ["--hubs", 3, "--force", "SS1 2PS", "--ban", "lib-westcliff-library", "--postcode", "ss12ps"],
        ("library", "school", "community_hall"),
        None,
        Question(
            measures=(("children_in_poverty", 1.0),),
            hubs=3,
            forced=("postcode-SS1 2PS",),
            banned=("lib-westcliff-library",),
        ),
    ),
    "weights": (
        ["--hubs", 2, "--measure", "children_in_poverty,births_per_year:4", "--candidates", "hall,gp"],
        ("community_hall", "gp_practice"),
        None,
        Question(measures=(("children_in_poverty", 0.25), ("births_per_year", 1.0)), hubs=2),
    ),
    "weights, repeated": (
        ["--hubs", 2, "--measure", "births_per_year:3", "--measure", "children_0_3:6", "--candidates", "library"],
        ("library",),
        None,
        Question(measures=(("births_per_year", 0.5), ("children_0_3", 1.0)), hubs=2),
    ),
    "a budget": (
        ["--budget", 100_000, "--cost", 30_000, "--cost", "hall:45000", "--candidates", "library,hall"],
        ("library", "community_hall"),
        {"library": 30_000.0, "community_hall": 45_000.0},
        Question(measures=(("children_in_poverty", 1.0),), hubs=None, budget=100_000.0),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("wish", list(WISHES))
def test_wishes_on_the_command_line_are_those_of_the_analysis(pack, wish):
    options, kinds, costs, question = WISHES[wish]
    postcodes = ["SS1 2PS"] if "--postcode" in options else []
    already = set(pack.services_of("childrens_centre").index)
    sites = candidate_sites(pack, kinds, postcodes=postcodes, already=already)
    if costs is not None:
        sites = sites.assign(cost=sites["category"].map(costs))
    wanted = place(Lab(pack), Scenario("x", pack.code, baseline=pack.baselines[0]), sites, question)
    found = json_of("place", *options)
    assert [site["id"] for site in found["sites"]] == list(wanted.sites.index)
    assert found["status"] == wanted.proof.status == "optimal"
    assert abs(found["objective"] - wanted.after) <= 2.5
    # Of choices that are equally good either may come first.
    assert len(found["alternatives"]) == 5
    for shown, other in zip(found["alternatives"], wanted.alternatives, strict=True):
        assert abs(shown["objective"] - other.proof.objective) <= 2.5
    if wish == "forced and banned":
        assert "postcode-SS1 2PS" in list(wanted.sites.index)
        free = json_of("place", "--hubs", 3, "--alternatives", 0)
        assert "lib-westcliff-library" not in list(wanted.sites.index)
        assert free["objective"] >= found["objective"]
    if costs is not None:
        assert wanted.sites["cost"].sum() <= 100_000 < wanted.sites["cost"].sum() + 45_000


def test_no_weight_shows_people_finer_than_to_the_nearest_five():
    asked = ["place", "--hubs", 1, "--candidates", "library", "--alternatives", 0]
    for weight in (1, 1000):
        found = json_of(*asked, "--measure", f"births_per_year:{weight}")
        assert found["objective"] == found["after"]["borough"]["reached"]


@pytest.mark.slow
def test_place_refuses_wishes_against_each_other():
    words = refused("place", "--postcode", "SS1 2PS", "--force", "SS1 2PS", "--ban", "ss1 2ps")
    assert "--force and in --ban" in words
    words = refused("place", "--candidates", "library,school", "--budget", 9, "--cost", "library:9")
    assert "school" in words
    assert "cheapest choice" in refused("place", "--hubs", 2, "--budget", 9, "--cost", 8)


def test_shorter_names_of_kinds_are_those_of_the_analysis():
    for short in ("gp", "health_centre", "hall"):
        assert len(json_of("place", "--hubs", 1, "--candidates", short, "--alternatives", 0)["sites"]) == 1


def test_the_table_says_how_people_are_weighed():
    asked = ["--hubs", 1, "--candidates", "library", "--alternatives", 0]
    text = reach("place", *asked, "--measure", "children_in_poverty:1,births_per_year:2").stdout
    assert "Weighted people within reach" in text
    assert "children_in_poverty x 0.5, births_per_year x 1" in text


@pytest.mark.slow
@pytest.mark.parametrize("goal", ["reach", "gap", "worst", "backup", "time"])
def test_place_says_what_the_cheapest_costs_when_the_budget_pays_for_none(goal):
    message = refused("place", "--goal", goal, "--budget", 100, "--cost", 20000)
    assert message == "Error: the budget of 100 pays for none of the 120 candidates: the cheapest costs 20,000\n"


def test_place_says_when_no_candidate_helps():
    westcliff = (
        "--candidates",
        "library",
        "--ward",
        "E05002226",
        "--budget",
        100000,
        "--cost",
        60000,
        "--measure",
        "children_0_3",
    )
    shown = reach("place", "--goal", "gap", *westcliff).stdout
    assert shown.startswith("No candidate makes this better: to open none is the answer.\n")
    assert "Runner-up 1: " in shown
    found = json_of("place", "--goal", "gap", *westcliff)
    assert (found["sites"], found["status"], found["gap"]) == ([], "optimal", 0)
    assert found["before"] == found["after"]
