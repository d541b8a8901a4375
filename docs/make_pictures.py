"""Make the README's pictures again: ``python -m docs.make_pictures``; it needs Chromium on the machine."""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import served

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PAGES = {
    "ward-map": "/?measure=child_poverty_rate&ward=E05002222&services=childrens_centre~gp_practice",
    "travel-time": "/travel_time",
    "gaps": "/gaps",
    "scenario-lab": "/scenario_lab?try=592900,185200",
    "meeting": "/meeting?step=far",
    "data-and-method": "/data_and_method",
}
# Chromium without a graphics card draws WebGL in software.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def main() -> None:
    """Start the dashboard, take a screenshot of each page, and stop it."""
    command = [sys.executable, "-m", "cli", "app", "--headless", "--port"]
    with TemporaryDirectory() as folder:
        plans = {"REACH_DATABASE_URL": f"sqlite:///{folder}/plans.sqlite"}  # never the user's own
        with served(command, plans, Path(folder) / "server.log") as dashboard, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            for name, address in PAGES.items():
                page.goto(f"{dashboard}{address}")
                _settle(page)
                page.screenshot(path=PICTURES / f"{name}.png")
            browser.close()


def _settle(page: Page) -> None:
    """Wait until the page has finished, and has not changed for two seconds."""
    page.wait_for_selector("h1")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    last, since = b"", time.monotonic()
    while time.monotonic() - since < 2:
        page.wait_for_timeout(500)
        now = page.screenshot()
        if now != last:
            last, since = now, time.monotonic()


if __name__ == "__main__":
    main()
