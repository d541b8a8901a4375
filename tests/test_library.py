"""The project as others install and import it: a copy without its checkout, and without what they did not ask for."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from geo.pack import packs_folder

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "examples" / "one-hub-for-shoebury.json"


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
