"""Make the README's pictures again: ``python -m docs.make_pictures``; it needs Chromium on the machine."""

import io
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import served

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PAGES = {
    "ward": "/ward?ward=E05002216",
    "ward-map": "/?measure=child_poverty_rate&ward=E05002222&services=childrens_centre~gp_practice",
    "travel-time": "/travel_time",
    "by-train": "/travel_time?service=town_centre&mode=transit_pram&within=45&place=SS3+9AL",
    "there-and-back": "/travel_time?service=gp_practice&mode=transit_pram&map=back&free_until=10:30&place=SS3+9AL",
    "gaps": "/gaps",
    "scenario-lab": "/scenario_lab?try=592900,185200",
    "meeting": "/meeting?step=far",
    "compare-areas": "/compare_areas",
    "own-data": "/own_data",
    "data-and-method": "/data_and_method",
}
SIZES = {"": (1366, 768), "-wide": (1920, 1080), "-phone": (390, 844)}
"""Widths and heights of the windows, by the end of the pictures' names."""
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
_COLOURS = 128  # a picture of 128 colours looks the same and has a third of the size
# Chromium without a graphics card draws WebGL in software.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def main() -> None:
    """Start the dashboard, take a screenshot of each page, and stop it."""
    command = [sys.executable, "-m", "cli", "app", "--headless", "--port"]
    with TemporaryDirectory() as folder:
        plans = {"REACH_DATABASE_URL": f"sqlite:///{folder}/plans.sqlite"}  # never the user's own
        with served(command, plans, Path(folder) / "server.log") as dashboard, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            for ending, (width, height) in SIZES.items():
                phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if ending == "-phone" else {}
                page = browser.new_page(viewport={"width": width, "height": height}, **phone)
                for name, address in PAGES.items():
                    page.goto(f"{dashboard}{address}")
                    _settle(page)
                    _keep(page.screenshot(), PICTURES / f"{name}{ending}.png")
                page.close()
            browser.close()


def _keep(picture: bytes, path: Path) -> None:
    """Write a picture in few colours."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(path, optimize=True)


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
