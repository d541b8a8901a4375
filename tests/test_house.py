"""The rule of the house: imports point one way, pages → ui → wording → analysis → geo."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCREEN = {"streamlit", "pydeck", "folium", "streamlit_folium", "altair"}
OWN = {
    "app", "cli", "commands", "pages", "reports", "ui", "wording", "drawing", "analysis", "geo", "store", "benchmarks",
    "tests",
}  # fmt: skip
# What each part of the house may import of the house itself.
BELOW = {"wording", "drawing", "store", "analysis", "geo"}
MAY_IMPORT = {
    "geo": {"geo"},
    "analysis": {"analysis", "geo"},
    "wording": {"wording", "analysis", "geo"},
    "drawing": {"drawing", "wording", "analysis", "geo"},
    "store": {"store", "analysis", "geo"},
    "ui": {"ui", *BELOW},
    "reports": {"reports", *BELOW},
    "pages": {"pages", "reports", "ui", *BELOW},
    "app.py": {"pages", "reports", "ui", *BELOW},
    "commands": {"commands", "reports", *BELOW},
    "cli.py": {"commands", "reports", *BELOW},
}
QUESTIONS = {"ui.gaps", "ui.lab", "ui.meeting", "ui.travel", "ui.wards"}


def modules(part):
    path = ROOT / part
    if path.suffix == ".py":
        return [path] if path.exists() else []
    return sorted(path.rglob("*.py"))


def imports(path):
    """Line and full name of everything that a file imports, wherever in the file that is."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            here = path.relative_to(ROOT).with_suffix("").parts
            base = ".".join(here[: -node.level]) if node.level else ""
            name = ".".join(part for part in (base, node.module) if part)
            for alias in node.names:
                yield node.lineno, f"{name}.{alias.name}"
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module",
            "__import__",
        }:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant):
                    yield node.lineno, str(argument.value)


def test_there_is_a_house_to_look_at():
    assert len(modules("geo")) > 20
    assert len(modules("analysis")) > 3
    assert "analysis.travel.times.travel_times" in {
        name for _, name in imports(ROOT / "analysis" / "travel" / "access.py")
    }


@pytest.mark.parametrize("part", list(MAY_IMPORT))
def test_imports_point_one_way(part):
    faults = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(part)
        for line, name in imports(path)
        if (top := name.split(".")[0]) in OWN and top not in MAY_IMPORT[part]
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("part", ["geo", "analysis", "wording", "drawing", "store"])
def test_nothing_below_the_pages_knows_of_a_screen(part):
    faults = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(part)
        for line, name in imports(path)
        if name.split(".")[0] in SCREEN
    ]
    assert not faults, "\n".join(faults)


def test_a_question_imports_the_kit_and_no_other_question():
    faults = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("ui")
        for line, name in imports(path)
        if (asked := ".".join(name.split(".")[:2])) in QUESTIONS
        and asked != ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])
    ]
    assert not faults, "\n".join(faults)
    folders = {f"ui.{path.name}" for path in (ROOT / "ui").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == QUESTIONS | {"ui.kit"}


def test_reports_know_of_no_screen_and_one_of_them_of_folium():
    faults = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("reports")
        for line, name in imports(path)
        if name.split(".")[0] in SCREEN - ({"folium"} if path.name == "html_map.py" else set())
    ]
    assert not faults, "\n".join(faults)


def test_only_the_tests_import_test_tools():
    tools = {"pytest", "hypothesis", "playwright", "igraph", "pandana", "spopt"}
    faults = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for part in MAY_IMPORT
        for path in modules(part)
        for line, name in imports(path)
        if name.split(".")[0] in tools
    ]
    assert not faults, "\n".join(faults)


def test_only_the_analysis_makes_shown_figures():
    """A page or a report that could make one would let a true figure pass as one that may be shown."""
    made = re.compile(r"\bShown(?:Count|Share|Frame)\(")
    faults = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for part in ("ui", "reports", "commands", "pages")
        for path in modules(part)
        for found in made.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(faults)


TRUE_FIGURE_ON_A_PAGE = """
import pandas as pd

from analysis.reach.reach import ReachCounts
from wording.numbers import people, percent
from ui.kit.tables import show_table


def page(counts: ReachCounts) -> None:
    people(float(counts.rows["reached"].iloc[0]))
    percent(float(counts.rows["share"].iloc[0]))
    show_table(counts.rows, {}, key="a", alt="a")
    show_table(counts.shown().rows, {}, key="a", alt="a")
"""


@pytest.mark.slow
def test_mypy_reports_a_true_figure_on_its_way_to_a_page(tmp_path):
    source = tmp_path / "wrong.py"
    source.write_text(TRUE_FIGURE_ON_A_PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--follow-imports=silent", str(source)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    lines = [int(line.split(":")[1]) for line in found.stdout.splitlines() if ": error: Argument 1" in line]
    assert lines == [10, 11, 12], found.stdout + found.stderr
