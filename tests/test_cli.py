"""The command line: what it prints, what it writes, and how it says no."""

import asyncio
import csv
import io
import json
import math
import os
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import commands.matrix
from analysis.reach.reach import reach as reach_of
from analysis.travel.access import Access
from analysis.travel.times import travel_times
from cli import app
from commands.dashboard import dashboard
from geo.errors import InputError, SourceError
from geo.network.modes import MODES
from geo.own.sites import read_sites
from geo.pack import AreaPack
from geo.packs import FILES, open_pack, packs_folder
from store.settings import read_contact

CHECKOUT = Path(__file__).resolve().parents[1]
KEYS = ["area", "service", "reading", "mode", "within_min", "measure", "baseline", "status", "rows", "groups"]
FIGURES = ["total", "reached", "share", "median_min", "p90_min"]
CENTRES = ("access", "--area", "southend", "--service", "childrens_centre")
SITES = 'name,lon,lat,postcode\nHall,0.7117,51.5379,\n"Hut, the",,,SS1 2QA\nAt sea,0.75,51.525,\n'
Write = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return open_pack("southend")


@pytest.fixture
def copied_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packs"
    shutil.copytree(packs_folder() / "southend", folder / "southend")
    monkeypatch.setenv("REACH_DATA", str(folder))
    return folder / "southend"


def reach(*arguments: object) -> Result:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def json_of(*arguments: object) -> Any:
    result = reach(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(result.stdout, parse_constant=refuse)


def refused(code: int, *arguments: object) -> str:
    """Return the one message with which a command ends, and that it printed nothing else."""
    result = reach(*arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("Error: ")
    return result.stderr


def test_access_json_has_the_stated_keys() -> None:
    found = json_of(*CENTRES, "--mode", "walk_pram", "--within", 15, "--baseline", "strategy", "--by", "ward")
    assert list(found) == KEYS
    asked = ["southend", "childrens_centre", "register", "walk_pram", 15, "children_0_3", "strategy", "modelled"]
    assert [found[key] for key in KEYS[:8]] == asked
    assert len(found["rows"]) == 17
    assert all(list(row) == ["code", "name", "group", *FIGURES] for row in found["rows"])
    assert [row["group"] for row in found["rows"]].count("target") == 6
    assert list(found["groups"]) == ["target", "rest", "borough"]
    assert all(list(group) == FIGURES for group in found["groups"].values())
    assert found["groups"]["target"]["total"] == 4032


@pytest.mark.slow
def test_access_under_another_reading_of_which_places_count() -> None:
    asked = ("access", "--service", "gp_practice", "--within", "20")
    usual, branches = (json_of(*asked, *more) for more in ((), ("--reading", "branches_2017")))
    assert (usual["reading"], branches["reading"]) == ("register", "branches_2017")
    shares = [{row["name"]: round(row["share"], 2) for row in one["rows"]} for one in (usual, branches)]
    assert [one["Eastwood Park"] for one in shares] == [0.41, 0.87]
    assert [one["Shoeburyness"] for one in shares] == [0.25, 0.52]
    assert "Which places count: Practices on the current register." in reach(*asked).stdout
    assert "--reading core" in reach("access", "--service", "childrens_centre").stdout
    assert "Which places count" not in reach("access", "--service", "library").stdout
    assert "valid: register, branches_2017" in refused(2, *asked, "--reading", "core")


def test_a_reading_does_not_go_with_ones_own_sites(write: Write) -> None:
    sites = write("sites.csv", SITES)
    assert "--reading goes with --service" in refused(2, "access", "--services", sites, "--reading", "core")


def test_access_json_is_what_the_analysis_gives(pack: AreaPack) -> None:
    times = Access.of(pack, MODES["walk_adult"].at_speed(4.0)).to_category("gp_practice")
    asked = {"measure": "population", "baseline": "census_2011"}
    expected = reach_of(pack, times.nearest_s, within_min=7.5, **asked)
    options = [option for key, value in asked.items() for option in (f"--{key}", value)]
    service = ("access", "--service", "gp_practice", "--mode", "walk_adult", "--speed", 4, "--within", 7.5)
    found = json_of(*service, *options)
    assert found["within_min"] == 7.5
    assert found["status"] == "census"
    rows = {row["code"]: row for row in found["rows"]} | found["groups"]
    for frame in (expected.rows, expected.groups):
        for key, figures in frame.iterrows():
            row = rows[str(key)]
            assert row["total"] == math.floor(figures["total"] + 0.5)
            assert row["reached"] == math.floor(figures["reached"] + 0.5)
            assert row["share"] == round(figures["share"], 4)
            assert row["median_min"] == round(figures["median_min"], 1)
            assert row["p90_min"] == round(figures["p90_min"], 1)


def test_access_csv_holds_the_rows_of_the_json(tmp_path: Path) -> None:
    printed = reach(*CENTRES, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    expected = json_of(*CENTRES)["rows"]
    assert rows == [{key: "" if value is None else str(value) for key, value in row.items()} for row in expected]
    out = tmp_path / "reach.csv"
    written = reach(*CENTRES, "--format", "csv", "--out", out)
    assert (written.exit_code, written.stdout) == (0, "")
    assert out.read_bytes() == printed.encode()
    assert "OpenStreetMap contributors" in written.stderr


def test_small_areas_are_to_the_nearest_five_and_none_is_blank() -> None:
    rows = json_of(*CENTRES, "--by", "lsoa")["rows"]
    assert len(rows) == 107
    counts = [row[key] for row in rows for key in ("total", "reached")]
    assert {count % 5 for count in counts if not isinstance(count, str)} == {0}
    assert {count for count in counts if isinstance(count, str)} == {"fewer than 5", "all but a few"}
    assert all(0 <= row["share"] <= 1 for row in rows)
    assert all((row["share"] in (0, 1)) == (row["reached"] in (0, row["total"])) for row in rows)


@pytest.mark.slow
def test_cost_of_steps_is_an_option(tmp_path: Path) -> None:
    """SS9 2ES to the surgery above it: two flights lead straight up, a level way goes round by 20 minutes."""
    sites, points = tmp_path / "sites.csv", tmp_path / "points.csv"
    sites.write_text("name,postcode\nSurgery,SS9 2SQ\n")
    points.write_text("name,postcode\nWaterfront,SS9 2ES\n")

    def minutes(*options: str) -> float:
        found = reach("matrix", "--sites", sites, "--points", points, *options)
        assert found.exit_code == 0
        return float(found.stdout.splitlines()[1].split(",")[2])

    free = minutes("--steps-penalty", "0")
    assert free == minutes("--mode", "walk_adult", "--speed", "3.6")
    usual, level = minutes(), minutes("--mode", "wheelchair")
    assert free < minutes("--steps-penalty", "30") < usual < level
    assert usual == minutes("--steps-penalty", "120")
    assert minutes("--steps-penalty", "3600") == level
    answer = json.loads(reach(*CENTRES, "--format", "json", "--steps-penalty", "0").stdout)
    assert answer["groups"]["borough"]["reached"] >= 0


def test_a_place_that_only_steps_lead_to_says_so(tmp_path: Path) -> None:
    sites = tmp_path / "sites.csv"
    sites.write_text("name,postcode\nBlock,SS2 5SB\nRoad,SS9 1AB\n")
    found = reach("access", "--services", sites, "--mode", "wheelchair")
    assert found.exit_code == 0
    assert "1 site of 2 cannot be reached, only steps lead to its street: Block" in found.stderr
    shown = " ".join(found.stdout.split())
    assert "never by steps: where no level way leads there is no time" in shown


def test_access_table_names_wards_groups_and_sources(tmp_path: Path) -> None:
    shown = reach(*CENTRES).stdout
    for words in ("Kursaal", "Target wards", "4,032", "within 15 minutes", "OpenStreetMap contributors"):
        assert words in shown
    assert "(3.6 km/h; each flight of steps adds 120 seconds)" in " ".join(shown.split())
    out = tmp_path / "table.txt"
    assert reach(*CENTRES, "--out", out).exit_code == 0
    assert "Target wards" in out.read_text(encoding="utf-8")


def test_access_to_ones_own_sites(write: Write, pack: AreaPack) -> None:
    path = write("mine.csv", SITES)
    result = reach("access", "--services", path, "--format", "json")
    found = json.loads(result.stdout)
    assert found["service"] == "mine.csv"
    assert result.stderr == "Note: 1 site of 3 cannot be reached, further than 300 m from any street: At sea\n"
    times = Access.of(pack, MODES["walk_pram"]).to_sites(read_sites(path, pack))
    expected = reach_of(pack, times.nearest_s, measure="children_0_3", baseline="strategy", within_min=15)
    assert found["groups"]["borough"]["share"] == round(expected.groups.loc["borough", "share"], 4)


def test_nobody_reached_is_null_and_not_an_error(write: Write) -> None:
    found = json_of("access", "--services", write("sea.csv", "name,lon,lat\nAt sea,0.75,51.525\n"))
    figures = found["groups"]["borough"]
    assert (figures["reached"], figures["share"], figures["median_min"], figures["p90_min"]) == (0, 0.0, None, None)


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        (["--area", "atlantis"], ["area 'atlantis'", "southend"]),
        (["--service", "casino"], ["service 'casino'", "gp_practice"]),
        (["--mode", "fly"], ["mode 'fly'", "walk_pram", "cycle"]),
        (["--measure", "cats"], ["measure 'cats'", "children_0_3", "population"]),
        (["--baseline", "1066"], ["baseline '1066'", "strategy", "mid_2020"]),
        (["--by", "street"], ["level 'street'", "ward, lsoa"]),
        (["--format", "xml"], ["format 'xml'", "table, json, csv"]),
        (
            ["--measure", "children_in_poverty", "--baseline", "census_2011"],
            ["baselines that have it: strategy;", "measures under 'census_2011': children_0_3"],
        ),
    ],
)
def test_unknown_names_list_the_valid_ones(options: list[str], listed: list[str]) -> None:
    message = refused(2, *CENTRES, *options)
    assert all(words in message for words in listed)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--within", "-1"], "0 or more"),
        (["--within", "nan"], "0 or more"),
        (["--within", "inf"], "0 or more"),
        (["--speed", "0"], "out of range"),
        (["--speed", "30", "--mode", "drive"], "each street has its own speed"),
        (["--steps-penalty", "-1"], "out of range"),
        (["--steps-penalty", "60", "--mode", "wheelchair"], "wheelchair takes no steps"),
        (["--services", "mine.csv"], "not both"),
        (["--out", "no/such/folder.csv"], "there is no folder"),
        (["--out", "."], "is not an ordinary file"),
    ],
)
def test_what_makes_no_sense_is_refused(options: list[str], words: str) -> None:
    assert words in refused(2, *CENTRES, *options)


def test_a_service_must_be_named() -> None:
    assert "give --service" in refused(2, "access")


@pytest.mark.slow
def test_matrix_is_what_the_analysis_gives(write: Write, tmp_path: Path, pack: AreaPack) -> None:
    sites, points = write("a.csv", SITES), write("b.csv", "name,postcode\nHome,SS3 9AH\nFlat,SS0 7EW\n")
    options = ("matrix", "--sites", sites, "--points", points, "--mode", "cycle")
    result = reach(*options)
    assert "1 site of 3" in result.stderr
    rows = list(csv.reader(io.StringIO(result.stdout)))
    access = Access.of(pack, MODES["cycle"])
    snapped = {
        name: access.snap(read_sites(path, pack)[["easting", "northing"]])
        for name, path in (("sites", sites), ("points", points))
    }
    times = travel_times(access.streets, snapped["points"], snapped["sites"], matrix=True).matrix_s
    assert times is not None
    assert rows[0] == ["site", "point", "minutes"]
    for place, (site, point, minutes) in enumerate(rows[1:]):
        seconds = times[place % 2, place // 2]
        assert (site, point) == (["Hall", "Hut, the", "At sea"][place // 2], ["Home", "Flat"][place % 2])
        assert minutes == (f"{seconds / 60:.2f}" if np.isfinite(seconds) else "")
    assert [row[2] for row in rows[-2:]] == ["", ""]
    out = tmp_path / "m.csv"
    assert reach(*options, "--out", out).stdout == ""
    assert out.read_text(encoding="utf-8") == result.stdout


def test_matrix_in_batches_is_the_same(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.csv", SITES)
    whole = reach("matrix", "--sites", path, "--points", path).stdout
    monkeypatch.setattr(commands.matrix, "_SITES_AT_ONCE", 1)
    assert reach("matrix", "--sites", path, "--points", path).stdout == whole


def test_bad_rows_are_listed_and_nothing_is_written(write: Write, tmp_path: Path) -> None:
    good = write("good.csv", SITES)
    bad = write("bad.csv", "name,lon,lat\nA,0.71,51.54\n,0.71,51.54\nB,51.54,0.71\nA,0.7,51.54\n")
    out = tmp_path / "out.csv"
    message = refused(2, "matrix", "--sites", good, "--points", bad, "--out", out)
    assert message.splitlines() == [
        "Error: bad.csv: 3 rows cannot be used",
        "  line 3: name is missing",
        "  line 4: lon and lat look swapped: lon 51.54, lat 0.71",
        "  line 5: the name 'A' stands on line 2 already",
    ]
    assert refused(2, "access", "--services", bad, "--out", out) == message
    assert not out.exists()


def test_an_error_half_way_leaves_the_old_file(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = write("a.csv", SITES), write("out.csv", "old\n")

    def rows_that_fail(*_: object) -> Any:
        yield ("Hall", "Hall", "0.00")
        raise InputError("half way")

    monkeypatch.setattr(commands.matrix, "_rows", rows_that_fail)
    result = reach("matrix", "--sites", path, "--points", path, "--out", out)
    assert result.exit_code == 2
    assert out.read_text(encoding="utf-8") == "old\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv", "out.csv"]


def test_an_input_is_never_overwritten(write: Write) -> None:
    path = write("a.csv", SITES)
    message = refused(2, "matrix", "--sites", path, "--points", path, "--out", path.parent / "." / "a.csv")
    assert "would overwrite" in message
    assert path.read_text(encoding="utf-8") == SITES


def test_data_check_prints_the_reconciliation() -> None:
    result = reach("data", "check", "southend")
    assert result.exit_code == 0
    table = [line for line in result.stdout.splitlines() if "target wards (Strategy of 2014)" in line]
    assert len(table) == 5
    assert all("exact ✓" in line for line in table)
    for words in (
        "4,032",
        "15,142",
        "66,312",
        "4,712",
        "1,026",
        "3,966",
        "173,658",
        "comparison",
        "% of it is connected",
    ):
        assert words in result.stdout
    for mode in (name for name, mode in MODES.items() if mode.timing is None):
        assert f"\n{mode}: " in result.stdout


@pytest.mark.parametrize("file", [*FILES, "pack.json"])
@pytest.mark.parametrize("damage", ["cut short", "missing"])
def test_data_check_names_what_is_damaged(copied_pack: Path, file: str, damage: str) -> None:
    path = copied_pack / file
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    gone = (file, damage) == ("pack.json", "missing")
    message = refused(1, "data", "check", "southend")
    assert ("no area packs were found" if gone else file) in message
    assert message.count("\n") == 1


def test_data_check_sees_a_change_that_can_still_be_read(copied_pack: Path) -> None:
    path = copied_pack / "provenance.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2011", "2012"), encoding="utf-8")
    assert "provenance.json" in refused(1, "data", "check", "southend")


def test_data_list_shows_the_packs(copied_pack: Path) -> None:
    assert "Southend-on-Sea" in reach("data", "list").stdout
    (copied_pack / "areas.parquet").unlink()
    assert "cannot be opened" in reach("data", "list").stdout


def test_data_build_shows_steps_and_where_the_pack_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").write_bytes(b"x" * 2_500_000)

    def build(name: str, sources: Path, *, progress: Callable[[str, int, int], None]) -> Path:
        assert (name, sources) == ("southend", tmp_path)
        progress("streets", 1, 2)
        progress("writing", 2, 2)
        return tmp_path

    monkeypatch.setattr("geo.build.build_pack", build)
    result = reach("data", "build", "southend", "--sources", tmp_path)
    told = result.stdout.splitlines()
    assert told[:3] == ["1/2 streets", "2/2 writing", f"Built southend: 2.5 MB in {tmp_path}"]
    # What was read, used and left out of each source, against the pack before.
    postcodes = next(line.split() for line in told if line.strip().startswith("code_point_open"))
    assert postcodes[:5] == ["code_point_open", "11,993", "6,721", "6,721", "5,272"]


def test_data_build_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "southend" in refused(2, "data", "build", "atlantis", "--sources", tmp_path)
    assert reach("data", "build", "southend", "--sources", tmp_path / "none").exit_code == 2

    def build(*_: object, **__: object) -> Path:
        raise SourceError("wards.csv: line 3, column x")

    monkeypatch.setattr("geo.build.build_pack", build)
    assert refused(1, "data", "build", "southend", "--sources", tmp_path) == "Error: wards.csv: line 3, column x\n"


def test_app_starts_streamlit_on_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "app.py"
    script.touch()
    started: list[Any] = []

    class Served:
        def __init__(self, path: Path, **parts: Any) -> None:
            self.start = [path, len(parts["middleware"]) > 3]

        def run(self, *, config: dict[str, object]) -> None:
            started.extend([*self.start, config])

    monkeypatch.setattr("commands.dashboard._APP", script)
    monkeypatch.setattr("streamlit.App", Served)
    monkeypatch.setattr("sys.argv", ["reach", "app"])
    monkeypatch.setenv("REACH_AREA", "")
    monkeypatch.setenv("REACH_ACCESS", "")
    assert reach("app").exit_code == 0
    assert os.environ["REACH_ACCESS"] == "own"
    assert sys.argv == [str(script)]  # Streamlit looks for its settings beside it
    opened = ("app", "--port", 8600, "--area", "southend", "--host", "0.0.0.0", "--name", "reach.example", "--headless")
    assert "--open-to-all" in refused(2, *opened)
    assert reach(*opened, "--open-to-all", "--log", "json").exit_code == 0
    assert os.environ["REACH_ACCESS"] == "open"
    common = {"server.headless": True, "browser.gatherUsageStats": False, "secrets.files": []}
    names = {"server.allowedHosts": ["localhost", "127.0.0.1", "::1"]}
    assert started[:3] == [script, True, {"server.address": "localhost", **names, **common}]
    assert {"localhost", "reach.example"} < set(started[5].pop("server.allowedHosts"))
    quiet = {"logger.hideWelcomeMessage": True, "logger.enableRich": False}
    assert started[3:] == [script, True, {"server.address": "0.0.0.0", "server.port": 8600, **common, **quiet}]
    assert os.environ["REACH_AREA"] == "southend"
    assert "southend" in refused(2, "app", "--area", "atlantis")
    assert reach("app", "--server.enableCORS", "false").exit_code == 2


def test_a_browser_is_opened_at_the_port_that_was_free_and_only_when_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[object, ...]] = []

    class Timer:
        def __init__(self, *given: object) -> None:
            self.given = given

        def start(self) -> None:
            opened.append(self.given)

    async def begin(hook: Any) -> None:
        async with hook(None):
            pass

    monkeypatch.setattr("threading.Timer", Timer)
    for base, opens in (("", False), ("", True), ("/planning/reach/", True)):
        monkeypatch.setattr("streamlit.get_option", {"server.port": 8503, "server.baseUrlPath": base}.__getitem__)
        asyncio.run(begin(dashboard(opens=opens)._user_lifespan))
    assert [(call, address) for _, call, (address,) in opened] == [
        (webbrowser.open, "http://localhost:8503"),
        (webbrowser.open, "http://localhost:8503/planning/reach"),
    ]


def test_app_asks_once_on_a_terminal_whom_to_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").touch()
    monkeypatch.setattr("commands.dashboard._APP", tmp_path / "app.py")
    monkeypatch.setattr("streamlit.App.run", lambda *_, **__: None)
    monkeypatch.setattr("store.settings.user_config_path", lambda *_, **__: tmp_path)
    monkeypatch.delenv("REACH_CONTACT", raising=False)
    runner = CliRunner()
    assert "Contact" not in runner.invoke(app, ["app"], input="me\n").output, "never where nobody sits"
    assert read_contact() is None
    monkeypatch.setattr("commands.dashboard.at_terminal", lambda: True)
    asked = runner.invoke(app, ["app"], input="hall@southend.example\n")
    assert asked.exit_code == 0
    assert "needs somebody to write to" in asked.output
    assert read_contact() == "hall@southend.example"
    assert "Contact" not in runner.invoke(app, ["app"], input="x\n").output, "once"
    assert runner.invoke(app, ["app", "--contact", "01702 555 000"]).exit_code == 0
    assert read_contact() == "01702 555 000"
    (tmp_path / "settings.toml").unlink()
    runner.invoke(app, ["app"], input="\n")
    assert read_contact() == "", "no answer is an answer, too"
    assert "Contact" not in runner.invoke(app, ["app"], input="x\n").output


def in_a_process(*arguments: str, encoding: str = "utf-8") -> "subprocess.CompletedProcess[bytes]":
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments], cwd=CHECKOUT, env=environment, capture_output=True, check=False
    )


@pytest.mark.slow
def test_runs_as_a_program_on_a_terminal_that_knows_ascii_only() -> None:
    run = in_a_process(*CENTRES, encoding="ascii")
    assert run.returncode == 0, run.stderr
    shown = run.stdout.decode("ascii")
    assert "Children aged 0-3 within 15 minutes" in shown
    assert "(c) OpenStreetMap contributors" in shown
    check = in_a_process("data", "check", "southend", encoding="ascii")
    assert "exact yes" in check.stdout.decode("ascii")


@pytest.mark.slow
def test_a_program_ends_with_the_exit_code_and_no_traceback() -> None:
    run = in_a_process(*CENTRES, "--mode", "fly")
    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr.startswith(b"Error: unknown mode 'fly'; valid: walk_pram")


def test_help_does_not_wait_for_what_it_does_not_use() -> None:
    code = "import cli, sys; print(sorted({'geopandas', 'pandas', 'streamlit', 'scipy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
    shown = reach("--help")
    assert all(command in shown.stdout for command in ("app", "data", "access", "matrix"))
