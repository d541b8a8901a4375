"""An area without a strategy, without target wards, and without a list of dentists: every command and every page.

What does not exist has no row and no sentence, and nothing is "not a number".
"""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cli import app
from tests.pages.conftest import Screen
from tests.samples import write_pack


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packs: one without strategy, target wards and dentists, and one in which every ward is a target ward."""
    folder = tmp_path_factory.mktemp("packs")
    plain = write_pack(folder / "plain", targets=[], strategy=False, without=["dentist"])
    write_pack(folder / "whole", targets=list(plain.wards.index), strategy=False)
    return folder


@pytest.fixture(autouse=True)
def only_these(packs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REACH_DATA", str(packs))
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")


@pytest.fixture(params=["plain", "whole"])
def area(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def plan(area: str, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    content = {
        "schema_version": 1,
        "name": "One hub",
        "area": area,
        "service": "childrens_centre",
        "baseline": "census_2011",
        "changes": [{"change": "add", "site": "hub-1", "name": "Hub", "at": {"service": "lib-shoeburyness-library"}}],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def reach(*arguments: object) -> str:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None, (result.stderr, result.exception)
    return result.stdout


NOTHING = r"\bnan\b|target|\bother wards?\b|in the others\b|the rest\b|\b(no|zero|0) wards\b"


def sound(text: str) -> str:
    """Return a text in which nothing stands that is not there."""
    found = [text[max(0, one.start() - 60) : one.end() + 60] for one in re.finditer(NOTHING, text, re.IGNORECASE)]
    assert not found
    return text


def groups_in(value: Any) -> set[str]:
    """Return every group of wards that stands anywhere in JSON, as a key or as a code."""
    if isinstance(value, dict):
        found = {key for key in value if key in ("target", "rest", "borough")}
        found |= {value["code"]} & {"target", "rest", "borough"} if isinstance(value.get("code"), str) else set()
        return found.union(*map(groups_in, value.values())) if value else found
    return set().union(*map(groups_in, value)) if isinstance(value, list) else set()


COMMANDS = [
    ("access", "--service", "childrens_centre"),
    ("access", "--service", "childrens_centre", "--by", "lsoa"),
    ("gaps",),
    ("place", "--hubs", "1", "--alternatives", "1"),
    ("place", "--hubs", "1", "--alternatives", "1", "--goal", "time"),
]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_have_the_borough_alone(area: str, command: tuple[str, ...]) -> None:
    table = reach(*command, "--area", area)
    assert "nan" not in table.lower()
    assert "Target wards" not in table
    assert "Other wards" not in table
    found = json.loads(reach(*command, "--area", area, "--format", "json"), parse_constant=pytest.fail)
    assert groups_in(found) <= {"borough"}
    if command[0] != "place":
        lines = reach(*command, "--area", area, "--format", "csv")
        assert "nan" not in lines.lower()


@pytest.mark.slow
def test_scenarios_have_the_borough_alone(area: str, plan: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(plan.read_text(encoding="utf-8").replace("One hub", "Again"), encoding="utf-8")
    for command in (("run", plan), ("compare", plan, other)):
        table = reach("scenario", *command)
        assert "nan" not in table.lower()
        assert "Target wards" not in table
        assert "Other wards" not in table
        found = json.loads(reach("scenario", *command, "--format", "json"), parse_constant=pytest.fail)
        assert groups_in(found) == {"borough"}


def test_the_gap_between_groups_cannot_be_asked_for(area: str) -> None:
    result = CliRunner().invoke(app, ["place", "--area", area, "--goal", "gap", "--hubs", "1"])
    assert result.exit_code == 2
    assert result.stderr == "Error: a gap needs people in the target wards and in the others\n"


def words_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.slow
@pytest.mark.parametrize("with_plan", [False, True])
def test_briefs_speak_of_no_group(area: str, plan: Path, tmp_path: Path, with_plan: bool) -> None:
    also = ("--scenario", plan) if with_plan else ()
    for kind in (("ward", "Kursaal"), ("borough",)):
        out = tmp_path / "out.pdf"
        reach("report", *kind, "--area", area, "--out", out, *also)
        sound(words_of(out))


@pytest.mark.slow
def test_other_reports_speak_of_no_group(area: str, plan: Path, tmp_path: Path) -> None:
    reach("report", "scenario", plan, "--out", tmp_path / "plan.pdf")
    sound(words_of(tmp_path / "plan.pdf"))
    reach("report", "scenario", plan, "--out", tmp_path / "plan.xlsx")
    for name, sheet in pd.read_excel(tmp_path / "plan.xlsx", sheet_name=None, header=None).items():
        sound(f"{name} {sheet.fillna('').to_csv()}")
    reach("report", "map", "--area", area, "--out", tmp_path / "map.html")
    assert "target wards in bold" not in (tmp_path / "map.html").read_text(encoding="utf-8")
    reach("report", "meeting", "--area", area, "--out", tmp_path / "slides.pptx", "--scenario", plan)
    from pptx import Presentation

    for slide in Presentation(str(tmp_path / "slides.pptx")).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                sound(shape.text_frame.text)
            if shape.has_table:
                sound(" ".join(cell.text for row in shape.table.rows for cell in row.cells))


@pytest.mark.slow
def test_data_commands(area: str, packs: Path) -> None:
    reach("data", "check", area)
    assert area in reach("data", "list")
    summary = json.loads(reach("data", "summary", area), parse_constant=pytest.fail)
    assert {place["code"] for place in summary["areas"]} & {"target", "rest", "borough"} == {"borough"}
    reach("data", "changes", area, "--since", packs / area)


PAGES = [
    ("ward_map", {}),
    ("ward_map", {"ward": "E05002216"}),
    ("travel_time", {}),
    ("gaps", {}),
    ("scenario_lab", {}),
    ("meeting", {}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "address"), PAGES)
def test_pages_speak_of_no_group(
    area: str, page: str, address: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REACH_AREA", area)
    screen = Screen(page, {"area": area, **address})
    sound(screen.text)
    for frame in (element.value for element in (*screen.at.dataframe, *screen.at.table)):
        assert not set(frame.astype(str).to_numpy().ravel()) & {"All target wards", "All other wards", "Target wards"}


@pytest.mark.slow
@pytest.mark.parametrize(("page", "key"), [("gaps", "gaps-more"), ("scenario_lab", "lab-tabs")])
def test_every_tab_speaks_of_no_group(page: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACH_AREA", "plain")
    screen = Screen(page, {"area": "plain", "ward": "E05002216"})
    tabs = [tab.label for tab in screen.at.tabs]
    assert tabs
    for tab in tabs:
        screen.at.session_state[key] = tab
        screen.run()
        sound(screen.text)
        for table in (element.value for element in (*screen.at.dataframe, *screen.at.table)):
            sound(" ".join(map(str, table.columns)))
