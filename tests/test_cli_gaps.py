"""`reach gaps`: what it prints and writes, and how it says no."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import app


def reach(*arguments: object) -> Result:
    result = CliRunner(env={"COLUMNS": "100"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def json_of(*arguments: object) -> Any:
    result = reach("gaps", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(result.stdout, parse_constant=refuse)


@pytest.fixture(scope="module")
def found() -> Any:
    return json_of("--area", "southend")


def test_json_is_as_stated(found: Any) -> None:
    assert list(found) == ["area", "counted", "notes", "basket", "no_data", "wards", "readings", "pockets"]
    assert found["counted"] == "Children aged 0–3"
    assert "children aged 0–3" in found["notes"]["children"]
    assert found["area"] == "southend"
    assert found["no_data"] == []
    assert len(found["wards"]) == 17
    ward = found["wards"][0]
    assert list(ward) == ["code", "name", "group", "isolation", "rank", "services"]
    assert list(ward["services"]) == [item["service"] for item in found["basket"]]
    assert list(ward["services"]["gp_practice"]) == [
        "median_min",
        "p90_min",
        "share_within",
        "beyond",
        "gap_to_borough",
        "why",
    ]
    assert list(ward["services"]["gp_practice"]["why"]) == ["distance_min", "detour_min"]
    keys = ["name", "ward", "service", "children", "median_min", "nearest", "lon", "lat"]
    assert all(list(pocket) == keys for pocket in found["pockets"])


def test_contested_services_are_told_under_both_readings(found: Any) -> None:
    by_name = {(one["service"], one["reading"]): one["shares"] for one in found["readings"]}
    assert list(by_name) == [("childrens_centre", "core"), ("gp_practice", "branches_2017")]
    assert by_name["gp_practice", "branches_2017"]["E05002215"] == {"default": 0.405, "reading": 0.873}
    for ward in found["wards"]:
        for (service, _), shares in by_name.items():
            within = ward["services"][service]["share_within"]
            assert within is None or shares[ward["code"]]["default"] == pytest.approx(within, abs=0.01)
    printed = reach("gaps").stdout
    assert "Share within reach where it is not certain which places count" in printed


def test_reasons_sum_to_the_gap(found: Any) -> None:
    for ward in found["wards"]:
        for figures in ward["services"].values():
            assert sum(figures["why"].values()) == pytest.approx(figures["gap_to_borough"], abs=1e-9)


def test_ranks_run_from_the_most_isolated(found: Any) -> None:
    wards = sorted(found["wards"], key=lambda ward: ward["rank"])
    assert [ward["isolation"] for ward in wards] == sorted((ward["isolation"] for ward in wards), reverse=True)
    assert wards[0]["name"] == "Shoeburyness"


def test_pockets_are_protected(found: Any) -> None:
    assert found["pockets"]
    for pocket in found["pockets"]:
        assert pocket["children"] is None or (pocket["children"] >= 5 and pocket["children"] % 5 == 0)
        assert round(pocket["lon"], 4) == pocket["lon"]
        assert (pocket["median_min"] is None) == (pocket["service"] == "basket")


def test_weights_and_thresholds_change_the_figures(found: Any) -> None:
    other = json_of("--within", "library=10", "--weight", "library=5", "--weight", "hospital=0")
    items = {item["service"]: item for item in other["basket"]}
    assert (items["library"]["threshold_min"], items["library"]["weight"], items["hospital"]["weight"]) == (10, 5, 0)
    before, after = ({ward["code"]: ward for ward in each["wards"]} for each in (found, other))
    for code, ward in after.items():
        assert ward["services"]["library"]["median_min"] == before[code]["services"]["library"]["median_min"]
    assert after["E05002220"]["isolation"] > before["E05002220"]["isolation"]


def test_a_mode_of_many_speeds_says_what_they_cost() -> None:
    ward = json_of("--mode", "drive")["wards"][0]
    figures = ward["services"]["hospital"]
    assert sum(figures["why"].values()) == pytest.approx(figures["gap_to_borough"], abs=1e-9)


def test_csv_has_a_row_for_every_ward_and_service(found: Any) -> None:
    result = reach("gaps", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 17 * len(found["basket"])
    first = found["wards"][0]
    assert rows[0]["code"] == first["code"]
    assert float(rows[0]["isolation"]) == first["isolation"]


@pytest.mark.slow
def test_table_fits_a_terminal_and_marks_the_target_wards() -> None:
    result = reach("gaps")
    assert result.exit_code == 0
    assert " 1 Shoeburyness*" in result.stdout
    assert "Target wards" in result.stdout
    assert "C children's centre (15 min)" in result.stdout


def test_out_writes_the_file_and_says_so(tmp_path: Path, found: Any) -> None:
    out = tmp_path / "gaps.json"
    result = reach("gaps", "--format", "json", "--out", out)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert json.loads(out.read_text(encoding="utf-8")) == found
    assert "Keep these attributions" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--area", "nowhere"), "unknown area"),
        (("--format", "xml"), "valid: table, json, csv"),
        (("--measure", "cats"), "children_0_3"),
        (("--baseline", "guess"), "strategy"),
        (("--mode", "fly"), "walk_pram"),
        (("--within", "zoo=10"), "unknown service of the list 'zoo'"),
        (("--weight", "library"), "service=number"),
        (("--weight", "library=much"), "service=number"),
        (("--weight", "library=-1"), "0 or more"),
        (("--within", "library=10", "--within", "library=20"), "twice"),
        (("--out", "no/such/folder.json"), "no folder"),
    ],
)
def test_what_cannot_be_is_refused_in_one_message(arguments: tuple[str, ...], words: str) -> None:
    result = reach("gaps", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert words in result.stderr
