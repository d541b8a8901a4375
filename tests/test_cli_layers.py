"""`reach layers check`: what was read, what is wrong and what is asked; other commands read the same files."""

import csv
import io
import json

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from cli import app

TEXT = "site_name,pcds,Lng,Lat\nHub A,,0.71,51.54\nHub B,SS1 2PS,0.60,51.54\nHub C,,east,51.54\n"


def reach(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_what_was_read_what_is_wrong_and_what_is_asked(write):
    path = write("mine.csv", TEXT)
    result = reach("layers", "check", path)
    assert result.exit_code == 2
    said = " ".join(result.stdout.split())
    assert "mine.csv: text, separated by commas, UTF-8" in said
    assert "name from site_name" in said
    assert "1 of 3 rows can be used." in said
    assert "Lng: lon 'east' is not a number" in said
    assert "lon 0.60, lat 51.54 and postcode SS1 2PS are 9.5 km apart" in said
    found = json.loads(reach("layers", "check", path, "--format", "json").stdout)
    assert (found["rows"], found["used"], found["columns"]["lon"]) == (3, 1, "Lng")
    assert found["problems"] == [{"line": 4, "column": "Lng", "value": "east", "reason": "lon 'east' is not a number"}]
    assert [(one["line"], one["kind"], one["apart_km"]) for one in found["questions"]] == [(3, "apart", 9.5)]
    rows = list(csv.DictReader(io.StringIO(reach("layers", "check", path, "--format", "csv").stdout)))
    assert [row["line"] for row in rows] == ["4", "3"]


def test_a_good_file_and_columns_matched_by_hand(write):
    path = write("mine.csv", "what;where\nHub A;SS1 2PS\n")
    assert "the header needs name" in reach("layers", "check", path).stderr
    result = reach("layers", "check", path, "--match", "name=what", "--match", "postcode=where")
    assert result.exit_code == 0, result.stderr
    assert "1 of 1 rows can be used." in result.stdout
    assert "is not MEANING=COLUMN" in reach("layers", "check", path, "--match", "what").stderr


def test_counts_tell_their_level(write):
    path = write("counts.csv", "lsoa21cd,value\nE01015814,5\nE01015815,-1\n")
    result = reach("layers", "check", path, "--kind", "counts", "--format", "json")
    found = json.loads(result.stdout)
    assert (found["levels"], found["used"], found["small_areas"]) == ({"value": "lsoa"}, 1, 1)
    assert [one["line"] for one in found["problems"]] == [3]


def test_nothing_of_a_file_steers_the_terminal(write):
    path = write("mine.csv", "name,lon,lat,\x1b[31m\n\x1b]0;pwned\x07,0.75,51.525,x\n")
    for format_ in ("table", "json", "csv"):
        result = reach("layers", "check", path, "--format", format_)
        assert result.exit_code == 2
        assert "\x1b" not in result.output + result.stderr
        assert "control characters" in result.stdout


@pytest.mark.parametrize(("option", "words"), [(("--kind", "x"), "--kind 'x'"), (("--format", "x"), "--format 'x'")])
def test_unknown_options(write, option, words):
    result = reach("layers", "check", write("a.csv", TEXT), *option)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.slow
def test_the_best_sites_are_chosen_among_ones_own_places_too(write):
    path = write("mine.csv", "name,lon,lat\nEmpty shop,0.79,51.535\nField,0.60,51.545\n")
    run = ("place", "--candidates", "", "--own", path, "--hubs", "1", "--alternatives", "0", "--format", "json")
    found = json.loads(reach(*run).stdout)
    assert [site["name"] for site in found["sites"]] in (["Empty shop"], ["Field"])
    assert reach(*run, "--out", path).exit_code == 2


def test_another_command_reads_the_same_kinds(tmp_path):
    book = Workbook()
    for row in (["Site name", "Postcode"], ["Hub A", "SS1 2PS"]):
        book.active.append(row)
    book.save(tmp_path / "mine.xlsx")
    found = json.loads(reach("access", "--services", tmp_path / "mine.xlsx", "--format", "json").stdout)
    assert found["service"] == "mine.xlsx"
    assert found["groups"]["borough"]["reached"] > 0
