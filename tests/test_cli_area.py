"""Which area a command is about: the one that is named, that of the setting, or the only one that there is."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli import app
from geo.packs import packs_folder


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one pack, the real one, and no setting."""
    shutil.copytree(packs_folder() / "southend", tmp_path / "first")
    monkeypatch.setenv("REACH_DATA", str(tmp_path))
    monkeypatch.delenv("REACH_AREA", raising=False)
    return tmp_path


@pytest.fixture
def two(packs: Path) -> Path:
    shutil.copytree(packs / "first", packs / "second")
    manifest = packs / "second" / "pack.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**content, "code": "second"}), encoding="utf-8")
    return packs


def reach(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, list(arguments))


def area_of(*options: str) -> str:
    result = reach("access", "--service", "library", "--format", "json", *options)
    assert result.exit_code == 0, result.stderr
    return str(json.loads(result.stdout)["area"])


@pytest.mark.slow
def test_the_only_area_needs_no_name(packs: Path) -> None:
    assert area_of() == "southend"


@pytest.mark.slow
def test_the_setting_holds_and_an_option_wins_over_it(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACH_AREA", "second")
    assert area_of() == "second"
    assert area_of("--area", "first") == "southend"


EVERY_COMMAND = [
    ("access", "--service", "library"),
    ("sites", "--service", "library"),
    ("find", "High Street"),
    ("gaps",),
    ("place",),
    ("matrix", "--sites", "{0}", "--points", "{0}"),
    ("report", "ward", "Any", "--out", "{1}"),
    ("report", "all-wards", "--out", "{1}"),
    ("report", "borough", "--out", "{1}"),
    ("report", "map", "--out", "{1}"),
    ("report", "meeting", "--out", "{1}"),
]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: "-".join(command[:2]))
def test_every_command_asks_which_of_several_and_says_a_wrong_setting(
    command: tuple[str, ...], two: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sites = tmp_path / "sites.csv"
    sites.write_text("name,lon,lat\nOne,0.7,51.54\n", encoding="utf-8")
    words = [word.format(sites, tmp_path / "out.pdf") for word in command]
    result = reach(*words)
    assert result.exit_code == 2, result.output
    assert "say which area, with --area or the setting REACH_AREA; there are: first, second" in result.stderr
    monkeypatch.setenv("REACH_AREA", "atlantis")
    result = reach(*words)
    assert result.exit_code == 2, result.output
    assert "unknown area in the setting REACH_AREA 'atlantis'; valid: first, second" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_the_dashboard_does_not_start_with_a_wrong_setting(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.dashboard.dashboard", lambda **_: pytest.fail("it started"))
    monkeypatch.setenv("REACH_AREA", "atlantis")
    result = reach("app", "--headless")
    assert result.exit_code == 2
    assert "unknown area in the setting REACH_AREA 'atlantis'" in result.stderr
    monkeypatch.setenv("REACH_AREA", "first")
    for name in ("REACH_WORKERS", "REACH_JOB_SECONDS", "REACH_JOB_MB"):
        with monkeypatch.context() as set_wrongly:
            set_wrongly.setenv(name, "many")
            result = reach("app", "--headless")
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: the setting {name} is 'many': give a whole number above 0")
