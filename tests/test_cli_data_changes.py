"""`reach data summary` and `reach data changes`: what they write, and how they say no."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.trends.pack_changes import pack_changes
from analysis.trends.pack_summary import PackSummary, from_json, summarise, to_json
from cli import app
from geo.packs import open_pack, packs_folder

LIBRARY = "lib-shoeburyness-library"
Write = Callable[[str, str], Path]


def reach(*arguments: object) -> Result:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def now() -> PackSummary:
    return summarise(open_pack("southend"))


@pytest.fixture
def earlier(now: PackSummary, write: Write) -> Path:
    """A summary of Southend from before its easternmost library opened."""
    places = tuple(place for place in now.places if place.id != LIBRARY)
    reach_then = tuple(
        replace(row, shares=(None, *row.shares[1:])) if row.service == "library" else row for row in now.reach
    )
    return write("then.json", to_json(replace(now, digest="0" * 12, places=places, reach=reach_then)))


@pytest.mark.slow
def test_summary_goes_to_standard_output_or_a_file(now: PackSummary, tmp_path: Path) -> None:
    assert from_json(reach("data", "summary", "southend").stdout) == now
    out = tmp_path / "s.json"
    assert reach("data", "summary", "southend", "--out", out).exit_code == 0
    assert from_json(out.read_bytes()) == now


def test_changes_as_a_table(earlier: Path) -> None:
    result = reach("data", "changes", "southend", "--since", earlier)
    assert result.exit_code == 0
    assert "- 1 service opened." in result.stdout
    assert "Shoeburyness Library" in result.stdout
    assert "Who can reach what" in result.stdout


@pytest.mark.slow
def test_changes_as_json(earlier: Path, now: PackSummary) -> None:
    result = reach("data", "changes", "southend", "--since", earlier, "--format", "json")
    found = json.loads(result.stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert [found[key] for key in ("area", "before", "after")] == ["southend", "0" * 12, now.digest]
    assert [(row["id"], row["change"]) for row in found["places"]] == [(LIBRARY, "opened")]
    (row,) = found["reach"]
    assert row["before"] is None
    assert row["difference"] is None
    frames = pack_changes(from_json(earlier.read_bytes()), now).frames
    assert {name: len(found[name]) for name in frames} == {name: len(frame) for name, frame in frames.items()}


def test_the_folder_of_the_same_pack_has_not_changed() -> None:
    result = reach("data", "changes", "southend", "--since", packs_folder() / "southend")
    assert "These are the same data: nothing changed." in result.stdout


def test_what_cannot_be_compared_is_said(write: Write, tmp_path: Path, now: PackSummary) -> None:
    other = write("other.json", to_json(replace(now, area="blackpool")))
    for since, words in (
        (write("x.json", "{"), "not readable JSON"),
        (other, "packs of two areas"),
        (tmp_path, "no pack.json"),
        (tmp_path / "nothing", "does not exist"),
    ):
        result = reach("data", "changes", "southend", "--since", since)
        assert result.exit_code == 2
        assert words in result.stderr.replace("\n", " ")
        assert result.stdout == ""
    assert reach("data", "changes", "atlantis", "--since", other).exit_code == 2
    assert reach("data", "summary", "atlantis").exit_code == 2
