"""Fixtures that every part of the tests may use."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Tests that name no area are about this one, however many there are.
os.environ.setdefault("REACH_AREA", "southend")

# How fast a machine is makes no test fail; and the gate tries the same examples each time, so that a red one is news.
# The runs with other versions ask whether the versions work; the main run looks for examples.
EXAMPLES = 20 if "REACH_FEW_EXAMPLES" in os.environ else 100
settings.register_profile("reach", deadline=None, derandomize="REACH_REQUIRE_ALL" in os.environ, max_examples=EXAMPLES)
settings.load_profile("reach")


def require_or_skip(reason: str) -> NoReturn:
    """Skip a test for want of something that is not part of the project; fail it where all must be there.

    The gate sets ``REACH_REQUIRE_ALL``, so that a missing browser cannot pass for a green run.
    """
    if os.environ.get("REACH_REQUIRE_ALL"):
        pytest.fail(f"{reason} (REACH_REQUIRE_ALL is set, so this is not skipped)", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives Chromium, or reads the publishers' files, so that the fast lane leaves it out."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        for fixture, mark in (("chromium", pytest.mark.browser), ("sources_dir", pytest.mark.sources)):
            if fixture in fixtures:
                item.add_marker(mark)
        # A browser on a busy machine loses a click now and then: the gate tries such a test once more, and says so.
        if item.get_closest_marker("browser") and os.environ.get("REACH_REQUIRE_ALL"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker whole files, and one of them the running app: two browsers on two cores starve each other.

    Marks and ``--dist=loadgroup`` would say the same, but have no effect with xdist 3.8 and pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    return WholeFiles(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Where all must be there, a test that was skipped in any way has failed."""
    report = yield
    if report.skipped and os.environ.get("REACH_REQUIRE_ALL"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and REACH_REQUIRE_ALL is set: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say why a test had to be tried again: what failed once is a fault to find."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"tried again: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):  # type: ignore[no-untyped-def]
    """The same of a whole file that skips itself."""
    report = yield
    if report.skipped and os.environ.get("REACH_REQUIRE_ALL"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and REACH_REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Let every page that is run without a browser share one search for Streamlit components among the packages.

    Each would search all installed packages again, which takes most of a second; nothing is installed in between.
    """
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def sources_dir() -> Path:
    """Folder of the publishers' files, which are not part of the project; without it the test is skipped."""
    named = os.environ.get("REACH_SOURCES")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "sources"
    if not (folder / "southend").is_dir():
        require_or_skip(
            f"needs the publishers' files: no southend folder in {folder}; set REACH_SOURCES to where they are"
        )
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a small file of the given name and text, and return where it is."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright; one for the whole run, as Playwright allows no second beside it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        require_or_skip("needs Playwright: install the test extra")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        require_or_skip("needs a browser: no chromium, chromium-browser or google-chrome on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
