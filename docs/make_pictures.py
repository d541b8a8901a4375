"""Take the README's pictures anew: ``python docs/make_pictures.py``, with Chromium on the machine."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

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
    """Start the dashboard, take a picture of each page, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "cli", "app", "--headless", "--port", str(port)], cwd=ROOT)
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health")
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            for name, address in PAGES.items():
                page.goto(f"http://localhost:{port}{address}")
                _settle(page)
                page.screenshot(path=PICTURES / f"{name}.png")
            browser.close()
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urlopen(address).read()
        except URLError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"the dashboard did not answer at {address}")


def _settle(page: Page) -> None:
    """Wait until the page has been the same for two seconds."""
    page.wait_for_selector("h1")
    last, since = b"", time.monotonic()
    while time.monotonic() - since < 2:
        page.wait_for_timeout(500)
        now = page.screenshot()
        if now != last:
            last, since = now, time.monotonic()


if __name__ == "__main__":
    main()
