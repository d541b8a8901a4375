"""The project as others install and import it: a copy without its checkout, and without what they did not ask for."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from geo.packs import packs_folder

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "examples" / "one-hub-for-shoebury.json"

# Each of these starts the program afresh, some from a copy that is installed for it.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a wheel holds: the packages, modules and files that pyproject.toml names, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    files = [ROOT / f"{module}.py" for module in named["py-modules"]]
    for package in named["packages"]:
        home = ROOT.joinpath(*package.split("."))
        files += [path for pattern in ("*.py", *named["package-data"].get(package, ())) for path in home.glob(pattern)]
    for file in files:
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return folder


def run_in(copy: Path, where: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a copy from another folder, with `settings` as environment variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REACH_")}
    environment = {**kept, "PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1", **settings}
    command = [sys.executable, "-m", "cli", *map(str, arguments)]
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize(
    "command",
    [
        ("access", "--service", "gp_practice"),
        ("gaps",),
        ("place",),
        ("find", "Ness"),
        ("scenario", "run", SCENARIO),
        ("report", "map", "--out", "map.html"),
        ("data", "check", "southend"),
        ("app", "--area", "southend"),
    ],
    ids=lambda command: str(command[0]),
)
def test_a_copy_without_packs_says_so(installed: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = run_in(installed, tmp_path, *command)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"Error: no area packs were found in {installed / 'data'}: set REACH_DATA to the folder that has them, or run "
        "from a checkout of the project, whose data folder has them\n"
    )


@pytest.mark.parametrize(
    "command", [("access", "--service", "gp_practice"), ("gaps", "--format", "csv"), ("scenario", "run", SCENARIO)]
)
def test_a_copy_that_is_told_where_they_are_says_the_same(
    installed: Path, tmp_path: Path, command: tuple[object, ...]
) -> None:
    copy, checkout = (
        run_in(folder, tmp_path, *command, REACH_DATA=str(packs_folder())) for folder in (installed, ROOT)
    )
    assert copy.returncode == 0, copy.stderr
    assert "Blenheim" in copy.stdout or "Shoebury" in copy.stdout
    assert copy.stdout == checkout.stdout


# --- without the extras -----------------------------------------------------------------------------------------------

# Names to import by, of what only an extra brings.
EXTRAS = {
    "app": ("alembic", "altair", "pydeck", "segno", "sqlalchemy", "streamlit", "vl_convert"),
    "build": ("networkx", "osmnx", "pandera"),
    "reports": ("branca", "folium", "jinja2", "openpyxl", "pptx", "typst"),
}
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

BLOCKED = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Missing())
"""
IMPORT_ALL = """
import importlib, pathlib
for part in ("analysis", "wording", "commands"):
    for path in pathlib.Path(part).rglob("*.py"):
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
import cli, geo.packs, geo.finder, geo.reconcile, geo.own.sites
"""
COMMAND = "import cli\ncli.main()\n"


def without(names: tuple[str, ...], code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `code` where the packages of these names cannot be imported."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WITHOUT + code, ",".join(names), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


EVERY = tuple(name for names in EXTRAS.values() for name in names)


def test_the_core_is_imported_without_any_extra() -> None:
    ran = without(EVERY, IMPORT_ALL)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("access", "--service", "gp_practice"),
        ("gaps",),
        ("place", "--hubs", "1", "--alternatives", "0"),
        ("find", "SS1 2PS"),
        ("scenario", "run", SCENARIO),
        ("data", "check", "southend"),
    ],
    ids=lambda command: str(command[0]),
)
def test_the_core_answers_without_any_extra(command: tuple[object, ...]) -> None:
    ran = without(EVERY, COMMAND, *command)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout.splitlines()) > 3


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("reports", ("report", "map", "--out", "{}/map.html")),
        ("reports", ("report", "ward", "Kursaal", "--out", "{}/ward.pdf")),
        ("reports", ("report", "meeting", "--out", "{}/slides.pptx")),
        ("reports", ("report", "scenario", SCENARIO, "--out", "{}/plan.xlsx")),
        ("build", ("data", "build", "southend", "--sources", "{}")),
        ("app", ("app",)),
    ],
)
def test_a_missing_extra_is_one_sentence_that_names_it(extra: str, command: tuple[object, ...], tmp_path: Path) -> None:
    ran = without(EXTRAS[extra], COMMAND, *(str(part).format(tmp_path) for part in command))
    assert ran.returncode in (1, 2)
    assert ran.stdout == ""
    assert ran.stderr.startswith("Error: ")
    assert f'pip install "service-reach[{extra}]"' in ran.stderr
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert not list(tmp_path.iterdir())


def test_each_extra_is_what_the_project_says_and_the_core_has_none_of_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    called = {"pptx": "python-pptx", "vl_convert": "vl-convert-python"}
    core = {name.split(">")[0].lower() for name in project["dependencies"]}
    for extra, names in EXTRAS.items():
        brought = {name.split(">")[0].lower() for name in project["optional-dependencies"][extra]}
        assert {called.get(name, name) for name in names} <= brought
        assert not core & brought
