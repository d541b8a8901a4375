"""`reach compare-areas`: as a table, JSON and CSV; what an area lacks is said and is no number."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from analysis.areas.side_by_side import PARTS, side_by_side
from cli import app
from geo.pack import AreaPack
from geo.packs import open_pack
from tests.samples import write_pack

ASKED = ("--service", "library", "--service", "dentist", "--within", "10", "--mode", "walk_adult")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    write_pack(folder / "first")
    write_pack(folder / "plain", targets=[], strategy=False, without=["dentist"])
    return folder


@pytest.fixture(autouse=True)
def two_areas(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACH_DATA", str(packs))


def reach(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, ["compare-areas", *arguments])


def json_of(*arguments: str) -> Any:
    result = reach(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def opened(*areas: str) -> list[AreaPack]:
    return [open_pack(area) for area in areas]


def test_json_is_the_analysis(packs: Path) -> None:
    found = json_of("first", "plain", *ASKED)
    wanted = side_by_side(opened("first", "plain"), services=["library", "dentist"], within_min=10.0, mode="walk_adult")
    assert [area["code"] for area in found["areas"]] == ["first", "plain"]
    assert (found["mode"], found["within_min"], found["measure"]) == ("walk_adult", 10, "children_0_3")
    assert found["baselines"] == {"first": "mid_2020", "plain": "mid_2020"}
    assert list(dict.fromkeys(row["part"] for row in found["rows"])) == list(PARTS)
    assert len(found["rows"]) == len(wanted.rows)
    for row, true in zip(found["rows"], wanted.rows.to_dict("records"), strict=True):
        assert (row["part"], row["name"], row["area"], row["why"]) == tuple(
            true[k] for k in ("part", "name", "area", "why")
        )
        assert row["value"] is None if true["why"] else row["value"] == pytest.approx(true["value"])
    lacking = [row for row in found["rows"] if row["name"] == "dentist" and row["area"] == "plain"]
    assert {(row["value"], row["why"]) for row in lacking} == {(None, "absent")}
    (dentists,) = [fact for fact in found["sources"] if fact["service"] == "dentist"]
    assert not dentists["same"]
    assert list(dentists["values"]) == ["first"]


def test_csv_has_a_row_a_figure(packs: Path) -> None:
    result = reach("plain", "first", *ASKED, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == len(json_of("plain", "first", *ASKED)["rows"])
    (row,) = [row for row in rows if (row["part"], row["name"], row["area"]) == ("reach", "dentist", "plain")]
    assert (row["value"], row["why"]) == ("", "absent")


def test_table_says_what_is_lacking_and_what_differs(packs: Path) -> None:
    text = reach(*ASKED).stdout  # all areas that there are
    assert text.startswith("Of the children aged 0–3, ")
    assert "can reach a library within 10 minutes, walking as an adult alone." in text.split("\n")[0]
    dentist = next(line for line in text.splitlines() if line.strip().startswith("Dentist "))
    assert "not in this pack" in dentist
    assert "**" not in text
    differs = text[text.index("What differs in their sources") :]
    assert "Dentists, as of" in differs
    assert "Libraries, as of" not in differs, "the same for both"
    assert "Can reach is not the same as attends" in differs
    assert "nan" not in text.casefold()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("first",), "give two areas or more, each of them once; there are: first, plain"),
        (("first", "first"), "each of them once"),
        (("first", "atlantis"), "unknown area 'atlantis'; valid: first, plain"),
        (("--service", "casino"), "unknown service 'casino'"),
        (("--measure", "cats"), "unknown measure 'cats'"),
        (("--baseline", "1066"), "unknown baseline '1066'"),
        (("--mode", "fly"), "unknown mode 'fly'"),
        (("--within", "-1"), "makes no sense"),
        (("--format", "xml"), "unknown format 'xml'; valid: table, json, csv"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(packs: Path, arguments: tuple[str, ...], words: str) -> None:
    result = reach(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_a_file_says_whom_to_credit(packs: Path, tmp_path: Path) -> None:
    out = tmp_path / "areas.csv"
    result = reach(*ASKED, "--format", "csv", "--out", str(out))
    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("part,name,label,counts,unit,area,value,why\n")
    assert "OpenStreetMap" in result.stderr


BUS = ("--service", "gp_practice", "--mode", "transit_pram", "--within", "25")


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The areas that ship, two of which have a timetable."""
    monkeypatch.delenv("REACH_DATA")


def test_by_timetable_it_is_the_analysis_at_the_day_and_window(shipped: None) -> None:
    asked = ("--day", "Wednesday", "--between", "08:30-09:30", "--sure", "nine_in_ten", "--assumed")
    found = json_of("southend", "newport", *BUS, *asked)
    mode = "transit_pram@wednesday,08:30-09:30,nine_in_ten,assumed"
    wanted = side_by_side(opened("southend", "newport"), services=["gp_practice"], within_min=25.0, mode=mode)
    assert [row["value"] for row in found["rows"] if row["part"] in ("reach", "minutes")] == [
        pytest.approx(row["value"]) for row in wanted.rows.to_dict("records") if row["part"] in ("reach", "minutes")
    ]
    keys = ("mode", "day", "between", "sure", "assumed")
    assert [found[key] for key in keys] == ["transit_pram", "wednesday", "08:30-09:30", "nine_in_ten", True]
    assert [area["date"] for area in found["areas"]] == [None, "2023-06-07"], "counts of trains are tied to no date"
    usual = json_of("southend", "newport", *BUS)
    assert [usual[key] for key in keys] == ["transit_pram", "tuesday", "09:00-11:00", "median", False]
    assert usual["rows"] != found["rows"]


def test_by_timetable_the_sentence_says_when_and_notes_say_of_which_area(shipped: None) -> None:
    result = reach("southend", "newport", *BUS, "--day", "saturday", "--assumed")
    assert "of leaving on a Saturday between 09:00 and 11:00" in result.stdout
    trains = "Southend-on-Sea: How trains run on a Saturday is not known, so only the assumed routes count."
    assert f"Note: {trains}" in result.stderr
    assert "Note: Newport: Times of buses are published" in result.stderr
    walking = reach("southend", "newport", *BUS[:2])
    assert "Times of" not in walking.stderr
    assert "day" not in json_of("southend", "newport", *BUS[:2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("southend", "newport", "--day", "monday"), "--day cannot go with the mode walk_pram"),
        (("southend", "newport", *BUS, "--between", "9"), "is not in the form 09:00-11:00"),
        (("southend", "newport", *BUS, "--day", "saturday"), "says nothing of a Saturday"),
        (("southend", "blackpool", *BUS), "there is no timetable in the data of Blackpool"),
    ],
)
def test_a_time_that_cannot_be_is_said_in_a_sentence(shipped: None, arguments: tuple[str, ...], words: str) -> None:
    result = reach(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
