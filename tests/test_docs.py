"""What the documentation promises: the notebook runs and says what the program says, and the site is whole."""

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.reach.reach import reach
from analysis.travel.access import Access
from geo.network.modes import mode_named
from geo.packs import open_pack

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "docs" / "from-python.ipynb"


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return found


def test_the_notebook_is_committed_without_outputs(cells: list[dict[str, Any]]) -> None:
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 6
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


# As Jupyter does, the last expression of each cell is worked out and shown. Jupyter itself is not asked: nbclient needs
# a kernel, which is forty more packages and a server for what `exec` does; nothing in the notebook is Jupyter's own.
RUN = """
import ast, json, pathlib, sys
known = {}
for cell in json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]:
    if cell["cell_type"] != "code":
        continue
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, cell["id"], "exec"), known)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), known)
        getattr(value, "_repr_html_", value.__repr__)()
page = known["drawn"].get_root().render()
print("\\n" + json.dumps({
    "times": float(known["times"]["time_s"].median()),
    "gap": float(known["gap"]),
    "reached": float(known["wards"]["reached"].sum()),
    "best": known["best"].attrs,
    "chosen": int(known["best"]["chosen"].sum()),
    "change": known["changed"].loc["borough", ["reached_before", "reached_after"]].tolist(),
    "wards drawn": page.count('"Polygon"') + page.count('"MultiPolygon"'),
    "tiles": "L.tileLayer" in page,
}))
"""


@pytest.mark.slow
def test_the_notebook_runs_and_says_what_the_program_says(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", RUN, str(NOTEBOOK)]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    pack = open_pack("southend")
    access = Access.of(pack, mode_named("walk_pram"))
    to_centres, people = access.to_category("childrens_centre").nearest_s, pack.measure("children_0_3", "strategy")
    assert found["times"] == pytest.approx(np.median(access.to_category("gp_practice").nearest_s))
    assert found["reached"] == pytest.approx(people[to_centres <= 900].sum())
    shares = reach(pack, to_centres, measure="children_0_3", baseline="strategy", within_min=15).groups["share"]
    assert found["gap"] == pytest.approx(shares["target"] - shares["rest"])
    assert found["best"]["before"] == pytest.approx(found["reached"])
    assert found["best"]["objective"] == found["best"]["bound"] > found["reached"]
    assert (found["best"]["status"], found["chosen"]) == ("optimal", 2)
    assert found["change"][0] == pytest.approx(found["reached"], abs=5)
    assert found["change"][1] > found["change"][0]
    assert found["wards drawn"] == len(pack.wards)
    assert not found["tiles"]


# --- the site ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `python run.py docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.mark.slow
def test_the_site_holds_every_page_and_module(site: Path) -> None:
    for page in ("method", "from-python", "benchmarks", "accessibility"):
        assert (site / f"{page}.html").is_file()
    for record in (ROOT / "docs" / "decisions").glob("0*.md"):
        assert (site / "decisions" / f"{record.stem}.html").is_file()
    assert "at the speed of a parent with a pram" in (site / "index.html").read_text(encoding="utf-8")
    for folder in ("geo", "analysis", "wording", "reports", "store"):
        text = (site / "reference" / f"{folder}.html").read_text(encoding="utf-8")
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if parts[-1] != "__init__" and "migrations" not in parts:
                assert f'id="{".".join(parts)}"' in text
        assert ":func:<" not in text


@pytest.mark.slow
def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    fetched = re.compile(r"""<(?:script|img|iframe|source)[^>]*\ssrc=["']?(?:https?:)?//|url\(["']?(?:https?:)?//""")
    pages = [path for path in site.rglob("*") if path.suffix in (".html", ".css")]
    assert len(pages) > 10
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not fetched.search(text), path
        assert "fonts.googleapis" not in text


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (
            '<script src="https://cdn.test/a.js"></script><a href="https://b.test">b</a>',
            ".html",
            ["https://cdn.test/a.js"],
        ),
        ('<link rel="stylesheet" href="//c.test/c.css"><img src="d.png">', ".html", ["//c.test/c.css"]),
        ("@import 'https://e.test/e.css'; a { background: url(f.png) }", ".css", ["https://e.test/e.css"]),
        ('b { background: url("//g.test/g.png") }', ".css", ["//g.test/g.png"]),
    ],
)
def test_the_build_sees_what_would_be_fetched(text: str, kind: str, expected: list[str]) -> None:
    hooks = runpy.run_path(str(ROOT / "docs" / "site_hooks.py"))
    assert hooks["foreign"](text, kind) == expected
