"""Make the README's pictures again: ``python -m docs.make_pictures``; it needs Chromium on the machine.

Names after it, such as ``people server``, make these alone.
"""

import io
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serving import served
from store.people import PeopleStore
from store.person import Role, local_person

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
    "server": "/server",
}
SIGNED_IN = {"people": "/people"}
"""Pages that show something where people sign in alone."""
SIZES = {"": (1366, 768), "-wide": (1920, 1080), "-phone": (390, 844)}
"""Widths and heights of the windows, by the end of the pictures' names."""
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
_COLOURS = 128  # a picture of 128 colours looks the same and has a third of the size
# Chromium without a graphics card draws WebGL in software.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def main() -> None:
    """Start the dashboard, take a screenshot of each page, and stop it; then the same where people sign in."""
    wanted = set(sys.argv[1:]) or {*PAGES, *SIGNED_IN}
    command = [sys.executable, "-m", "cli", "app", "--headless"]
    with TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        plans = {"REACH_DATABASE_URL": f"sqlite:///{folder}/plans.sqlite"}  # never the user's own
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with served([*command, "--port"], plans, folder / "server.log") as dashboard:
            _take(browser, dashboard, {page: PAGES[page] for page in PAGES if page in wanted})
        if wanted & {*SIGNED_IN}:
            with socket.socket() as free:
                free.bind(("localhost", 0))
                port = free.getsockname()[1]
            _meet_people(plans["REACH_DATABASE_URL"])
            provider = subprocess.Popen(
                [
                    *(sys.executable, "-m", "oidc_provider_mock", "--host", "localhost", "--port", str(port)),
                    *("--user-claims", json.dumps({"sub": "1", "name": "Ada Osei", "groups": ["leads"]})),
                ]
            )
            try:
                asked = [*command, "--sign-in", str(_sign_in_file(folder, port)), "--port"]
                with served(asked, plans, folder / "signed.log") as dashboard:
                    _take(browser, dashboard, SIGNED_IN, signs_in=True)
            finally:
                provider.terminate()
                provider.wait()
        browser.close()


def _take(browser: Browser, dashboard: str, pages: dict[str, str], *, signs_in: bool = False) -> None:
    """Take a screenshot of each page in each size."""
    for ending, (width, height) in SIZES.items():
        phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if ending == "-phone" else {}
        page = browser.new_page(viewport={"width": width, "height": height}, **phone)
        for name, address in pages.items():
            page.goto(f"{dashboard}{address}")
            if signs_in:
                page.get_by_role("button", name="Sign in").click()
                page.locator("input[name=sub]").fill("1")
                page.keyboard.press("Enter")
                page.wait_for_url(f"**{address}")
            _settle(page)
            _keep(page.screenshot(), PICTURES / f"{name}{ending}.png")
        page.close()


def _meet_people(url: str) -> None:
    """Let some made-up people have been here."""
    store = PeopleStore.open(url)
    who = local_person("Ada Osei")
    for number, (name, role, team) in enumerate(
        [
            ("Ben Hart", Role.PLANNER, "Public health"),
            ("Carol Ng", Role.MEMBER, "Library service"),
            ("Dev Patel", Role.VIEWER, ""),
        ],
        start=2,
    ):
        email = f"{name.split()[0].lower()}@council.example"
        person = store.meet(f"provider {number}", name, email, Role.VIEWER)
        if role is not Role.VIEWER:
            store.give_role(person.id, role, who)
        if team:
            store.give_team(person.id, team, who)
    store.close()


def _sign_in_file(folder: Path, port: int) -> Path:
    """Write how people sign in at a provider on this machine."""
    file = folder / "sign-in.toml"
    file.write_text(
        '[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\nclient_id = "reach"\n'
        f'client_secret = "made-up"\ncookie_secret = "{"made-up-" * 5}"\n'
        f'server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"\n'
        '[roles]\nadministrator = "leads"\n',
        encoding="utf-8",
    )
    file.chmod(0o600)
    return file


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
