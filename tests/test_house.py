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
    "app", "cli", "commands", "pages", "reports", "ui", "wording", "drawing", "analysis", "geo", "store", "workers",
    "benchmarks", "tests",
}  # fmt: skip
# What each part of the house may import of the house itself.
BELOW = {"wording", "drawing", "store", "workers", "analysis", "geo"}
MAY_IMPORT = {
    "geo": {"geo"},
    "analysis": {"analysis", "geo"},
    "wording": {"wording", "analysis", "geo"},
    "drawing": {"drawing", "wording", "analysis", "geo"},
    "store": {"store", "analysis", "geo"},
    "workers": {"workers", "geo"},
    "ui": {"ui", *BELOW},
    "reports": {"reports", *BELOW},
    "pages": {"pages", "reports", "ui", *BELOW},
    "app.py": {"pages", "reports", "ui", *BELOW},
    "commands": {"commands", "reports", *BELOW},
    "cli.py": {"commands", "reports", *BELOW},
}
QUESTIONS = {
    "ui.areas", "ui.gaps", "ui.lab", "ui.meeting", "ui.own", "ui.people", "ui.server", "ui.travel", "ui.wards",
}  # fmt: skip


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


FLOORS = (
    ("analysis.travel",),
    ("analysis.reach",),
    ("analysis.gaps", "analysis.scenario"),
    ("analysis.placement", "analysis.trends", "analysis.story", "analysis.areas"),
)


def test_folders_of_the_analysis_rest_on_lower_ones():
    floor = {folder: number for number, folders in enumerate(FLOORS) for folder in folders}
    faults = []
    for path in modules("analysis"):
        here = ".".join(path.relative_to(ROOT).parts[:2])
        for line, name in imports(path):
            there = ".".join(name.split(".")[:2])
            if here in floor and there in floor and here != there and floor[there] >= floor[here]:
                faults.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not faults, "\n".join(faults)
    assert {f"analysis.{path.parent.name}" for path in (ROOT / "analysis").glob("*/__init__.py")} == set(floor)


@pytest.mark.parametrize("part", ["geo", "analysis", "wording", "drawing", "store", "workers"])
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


# What Streamlit keeps between runs, and the address: what may name them.
KEPT = {"session_state", "query_params"}
KEEPERS = {"ui/kit/session.py", "ui/kit/slots.py", "ui/kit/controls.py"}
SLOTS = {"ui/kit/session.py", "ui/kit/keyed.py", "ui/kit/slots.py"}
# Calls that draw what holds a value, in Streamlit and in ui.kit.controls.
HOLDERS = {
    "checkbox", "choice", "choices", "data_editor", "date_input", "expander", "file_uploader", "multiselect", "number",
    "number_input", "pills", "radio", "segmented_control", "selectbox", "slider", "switch", "tabs", "text", "text_area",
    "text_input", "time_input", "toggle",
}  # fmt: skip


def screens():
    """Every module that draws, with its path in the house and its tree."""
    for part in ("ui", "pages", "app.py"):
        for path in modules(part):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_what_is_kept_and_the_address_are_reached_through_the_session_alone():
    faults, seen = [], set()
    for path, tree in screens():
        for node in ast.walk(tree):
            named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if isinstance(node, ast.ImportFrom):
                named = next((alias.name for alias in node.names if alias.name in KEPT), "")
            if named in KEPT:
                seen.add(path)
                if path not in KEEPERS:
                    faults.append(f"{path}:{node.lineno} names {named}")
    assert not faults, "\n".join(faults)
    assert seen == KEEPERS


def test_no_page_has_a_text_that_streamlit_would_print():
    """Streamlit prints a text that stands alone in a page, unless it is the docstring of a function or the page."""
    faults = []
    for path in modules("pages"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.body[0]) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef)}
        faults += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and id(node) not in docstrings
        ]
    assert not faults, "\n".join(faults)


def test_no_key_of_what_holds_a_value_is_spelt_outside_the_session():
    faults, asked = [], 0
    for path, tree in screens():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {one.arg: one.value for one in node.keywords}
            if called in HOLDERS and "key" in given:
                asked += 1
                if isinstance(given["key"], ast.Constant | ast.JoinedStr):
                    faults.append(f"{path}:{node.lineno} spells the key of {called}")
            made = node.func.value if isinstance(node.func, ast.Subscript) else node.func
            if getattr(made, "id", "") in {"Slot", "Linked", "Param"} and path not in SLOTS:
                faults.append(f"{path}:{node.lineno} makes a slot of its own")
    assert not faults, "\n".join(faults)
    assert asked > 80, "the calls are found"


def test_reports_know_of_no_screen_and_one_of_them_of_folium():
    faults = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("reports")
        for line, name in imports(path)
        if name.split(".")[0] in SCREEN - ({"folium"} if path.name == "html_map.py" else set())
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
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


# Sizes of a drawing, which nobody reads as figures: coordinates of SVG, and pixels, ems and widths of CSS.
DRAWN = {"ui/kit/legend.py", "ui/meeting/pictures.py"}
NOT_OF_NUMBERS = re.compile(r"%|0?\d*[xX]$|[<>^]?\d*$")
"""Formats of dates ("%B %Y"), of codes in hexadecimal, and plain widths."""
# In braces alone: "%.1f" by itself is for the browser, which writes what is typed into a field or sorted in a table.
IN_A_STRING = re.compile(r"\{[^{}\n]*:[^{}\n]*[,_defgEFGn%]\}")


def number_formats(source):
    """Line and text of each format of a number that the source writes itself, instead of asking `wording` for it."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            if not NOT_OF_NUMBERS.match(ast.unparse(node.format_spec)[2:-1]):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "format":
            given = [node.func.value] if isinstance(node.func, ast.Attribute) else node.args[1:]
            if any(isinstance(text, ast.Constant) and re.search(r":.|^[^{]+$", str(text.value)) for text in given):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            if isinstance(node.left.value, str):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and id(node) not in parts and IN_A_STRING.search(str(node.value)):
            yield node.lineno, str(node.value)


@pytest.mark.parametrize(
    "source",
    [
        'f"{minutes:g} minutes"',
        'f"{count:,}"',
        'f"{share:.0%}"',
        'f"{money:,.{decimals}f}"',
        'f"{change:+d}"',
        '"{:.1f} km".format(length)',
        'TEMPLATE = "{length:,.0f} km"',
        'format(length, ".1f")',
        '"%d places" % count',
    ],
)
def test_a_number_format_is_found_however_it_is_written(source):
    assert list(number_formats(source))


@pytest.mark.parametrize(
    "source",
    ['f"{day:%d %B %Y}"', 'f"{crc:08x}"', 'f"{name}: {people(count)}"', '"{who} can reach it".format(who=who)'],
)
def test_dates_codes_and_names_are_no_number_formats(source):
    assert not list(number_formats(source))


def test_number_formats_are_in_wording_alone():
    """The same number reads the same on every page: how it is written is decided once."""
    faults = [
        f"{path.relative_to(ROOT)}:{line} writes a number by {text}"
        for part in ("app.py", "cli.py", "ui", "pages", "reports", "commands")
        for path in modules(part)
        if str(path.relative_to(ROOT)) not in DRAWN
        for line, text in number_formats(path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(faults)
    for name in DRAWN:
        assert list(number_formats((ROOT / name).read_text(encoding="utf-8"))), f"{name} needs no exception any more"


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


WRONG_KINDS_KEPT = """
from ui.kit.session import Session, session

session.lab_name = "Mine"
session.lab_name = 1
session.story_lead = None
session.meeting_panel = None
key: str = Session.lab_name.key
name: str = session.lab_name
count: int = session.lab_name
session.history.undo()
session.plan = 1
session.no_such_name
"""


@pytest.mark.slow
def test_mypy_reports_a_true_figure_on_its_way_to_a_page_and_what_is_kept_as_another_kind(tmp_path):
    wrong, kinds = tmp_path / "wrong.py", tmp_path / "kinds.py"
    wrong.write_text(TRUE_FIGURE_ON_A_PAGE, encoding="utf-8")
    kinds.write_text(WRONG_KINDS_KEPT, encoding="utf-8")
    told = ["--config-file", "pyproject.toml", "--follow-imports=silent"]
    command = [sys.executable, "-m", "mypy", *told, str(wrong), str(kinds)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    faults = [line.rsplit("/", 1)[-1].split(":") for line in found.stdout.splitlines() if ": error: " in line]
    assert [int(line) for file, line, *_ in faults if file == wrong.name] == [10, 11, 12], found.stdout + found.stderr
    assert [int(line) for file, line, *_ in faults if file == kinds.name] == [5, 7, 10, 11, 12, 13], found.stdout
    assert found.stdout.count(": error: Argument 1") == 3, found.stdout


DOCUMENTED = (
    "geo",
    "analysis",
    "wording",
    "drawing",
    "reports",
    "store",
    "workers",
    "ui",
    "commands",
    "pages",
    "benchmarks",
)
FIGURES_OF_SPEECH = re.compile(
    r"\b(?:anew|deeds?|the dear|dearer|hangs? on|laid at|in earnest|lay by|passed over|as the crow flies|asked back)\b"
)


def docstrings(source):
    """Line and text of the docstring of a module and of everything in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), " ".join((ast.get_docstring(node) or "").split())


def test_docstrings_have_no_figures_of_speech():
    faults, read = [], 0
    for path in (path for part in DOCUMENTED for path in modules(part)):
        for line, text in docstrings(path.read_text(encoding="utf-8")):
            read += 1
            faults += [f"{path.relative_to(ROOT)}:{line} says {one}" for one in FIGURES_OF_SPEECH.findall(text)]
    assert not faults, "\n".join(faults)
    assert read > 1500, "the docstrings are found"
    of_class = '"""Plain."""\n\n\nclass A:\n    """It hangs\n    on the rest."""'
    assert [FIGURES_OF_SPEECH.findall(text) for _, text in docstrings(of_class)] == [[], ["hangs on"]]


@pytest.mark.parametrize("part", DOCUMENTED)
def test_a_module_says_in_one_line_what_it_is(part):
    faults = []
    for path in modules(part):
        first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
        if "\n" in first or not first.endswith("."):
            faults.append(f"{path.relative_to(ROOT)} begins {first!r}")
    assert not faults, "\n".join(faults)
