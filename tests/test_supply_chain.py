"""What the product is made of: licences of its parts, their list, and the question whether faults of them are known."""

import importlib.util
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import Distribution
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
# Words that a licence may be made of, as SPDX, classifiers and older metadata write them.
ALLOWED = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|0BSD|CC0|Unlicense|MPL|Mozilla Public License|OFL|HPND|"
    r"Public Domain)\b",
    re.IGNORECASE,
)
REFUSED = re.compile(r"\b(A?GPL|GNU (Affero )?General Public|SSPL|BUSL|Commons Clause)", re.IGNORECASE)
LESSER = {"psycopg", "psycopg-binary"}  # LGPL: used as they are, unchanged and exchangeable
SAID_ELSEWHERE = {"xstatic-leaflet": "BSD-2-Clause"}  # its metadata say "same as Leaflet"


def loaded(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run = loaded("reach_run", CHECKOUT / "run.py")
PACKAGES: dict[str, Distribution] = loaded("reach_product", CHECKOUT / ".ci" / "product.py").product_packages()


def licence(one: Distribution, name: str) -> str:
    told = one.metadata
    classified = [line for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    words = told.get("License-Expression") or "; ".join(classified) or (told.get("License") or "").split("\n")[0]
    return SAID_ELSEWHERE.get(name, words)


def judged(name: str, words: str) -> str:
    """Return why a licence is not for this product; empty when it is."""
    if "LGPL" in words and name in LESSER:
        return ""
    if REFUSED.search(words) or "LGPL" in words:
        return f"{name}: {words} is not for this product"
    return "" if ALLOWED.search(words) else f"{name}: {words or 'nothing said'} is not known"


@pytest.mark.slow  # of the pinned versions, which are what is handed out; old ones may not say theirs
def test_no_part_has_a_licence_that_binds_the_product() -> None:
    assert len(PACKAGES) > 50
    faults = [why for name, one in PACKAGES.items() if (why := judged(name, licence(one, name)))]
    assert not faults, faults
    assert {*LESSER, *SAID_ELSEWHERE} <= set(PACKAGES), "an exception is no longer needed"


@pytest.mark.parametrize(
    "words", ["AGPL-3.0-only", "GPL-2.0-or-later", "GNU Affero General Public License v3", "", "?"]
)
def test_a_licence_that_binds_or_is_unknown_is_seen(words: str) -> None:
    assert judged("pandana", words)
    assert judged("other", "LGPL-3.0-only")
    assert not judged("psycopg", "LGPL-3.0-only")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let run.py use the Python that runs the tests."""
    import sys

    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_list_of_parts_is_valid_and_is_that_of_the_product(tmp_path: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    target = tmp_path / "sbom.json"
    assert run.sbom(target) == 0
    text = target.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    content = json.loads(text)
    listed = {one["name"].lower().replace("_", "-"): one["version"] for one in content["components"]}
    assert listed == {name: one.version for name, one in PACKAGES.items()}
    assert content["metadata"]["component"]["name"] == "service-reach"
    assert str(CHECKOUT) not in text


@contextmanager
def service(known: dict[str, str]) -> Iterator[str]:
    """A service on this machine that answers as OSV does; `known` has the faults by package."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["package"]["name"]
            fault = {"id": known.get(name), "summary": "made up", "affected": [], "modified": "2026-01-01T00:00:00Z"}
            body = json.dumps({"vulns": [fault]} if name in known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_known_faults_are_told_apart_from_none_and_from_no_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for known, code, said in (({}, 0, "0 known faults"), ({"typer": "MADE-UP-1"}, 1, "MADE-UP-1")):
        with service(known) as address:
            monkeypatch.setenv("REACH_OSV_URL", address)
            assert run.audit() == code
            told = capsys.readouterr().out
            assert said in told
            assert f"Checked: {len(PACKAGES)} parts" in told
    monkeypatch.setenv("REACH_OSV_URL", "http://127.0.0.1:9/v1/query")
    assert run.audit() == 3
    assert capsys.readouterr().out.startswith("Not checked: no service was reached")
