"""Benchmark of a click that opens a hub: the time until the new number is on the screen, and on a bare Streamlit page.

The browser itself measures the time: from the press of the pointer to the second frame after the sentence has changed.
The bare page does the minimum that a Streamlit page can do at a click; the difference is the dashboard's own time.
"""

import math
import shutil
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.serving import served
from benchmarks.setting import Budget, Outcome, Setting
from benchmarks.timing import Row
from geo.coordinates import to_lonlat
from geo.errors import InputError
from geo.pack import AreaPack

TITLE = "A click on the map to the new number on screen"

_WORK = "Open a hub"
_WAIT_S = 60.0
if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
_SIZE: "ViewportSize" = {"width": 1366, "height": 768}
_APART_PX = 12.0  # a disc has 7: nothing may cover its centre
_MARGIN_PX = 40.0
_TARGETS = 12
_BARE = """
import streamlit as st


@st.fragment
def counter():
    st.markdown(f"## {st.session_state.setdefault('count', 0)} clicks")
    st.button("More", on_click=lambda: st.session_state.update(count=st.session_state["count"] + 1))


counter()
"""
# Resolves with the milliseconds from the press of the pointer to a change of a heading, and to the second frame after.
_WATCH = """
() => {
  const words = () => [...document.querySelectorAll('h2')].map(one => one.textContent).join('|');
  window.painted = new Promise(done => {
    const before = words();
    let start = null;
    document.addEventListener('pointerdown', () => { start = performance.now(); }, {capture: true, once: true});
    const look = new MutationObserver(() => {
      if (start === null || words() === before) return;
      look.disconnect();
      const changed = performance.now() - start;
      requestAnimationFrame(() => requestAnimationFrame(() => done([changed, performance.now() - start])));
    });
    look.observe(document.body, {subtree: true, childList: true, characterData: true});
    setTimeout(() => done(null), 20000);
  });
}
"""


Seconds = tuple[float, float]
"""Seconds from the click to the number in the page, and to its appearance on the screen."""


def run(setting: Setting) -> Outcome:
    """Click in turns on the lab's map and on the bare page; a missing browser is reported, not an error."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if not setting.options.has("playwright") or found is None:
        missing = "no Chromium on the path" if setting.options.has("playwright") else "pip install '.[test]'"
        return Outcome([], [], [f"playwright: a browser is needed: {missing}"])
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        lab = [sys.executable, "-m", "cli", "app", "--headless", "--port"]
        page = [sys.executable, "-m", "streamlit", "run", str(bare), "--server.headless=true", "--server.port"]
        plans = {"REACH_DATABASE_URL": f"sqlite:///{folder}/plans.sqlite", "REACH_AREA": setting.options.area}
        logs = Path(folder) / "lab.log", Path(folder) / "bare.log"
        with served(lab, plans, logs[0]) as ours, served(page, {}, logs[1]) as theirs, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
            try:
                on_map = _on_the_map(browser.new_page(viewport=_SIZE), ours, setting.pack)
                on_bare = _on_the_bare_page(browser.new_page(viewport=_SIZE), theirs)
                on_map(), on_bare()  # the first click fills caches that the app keeps for all visitors
                rounds = max(setting.options.repeats, 2)
                taken = [(on_map(), on_bare()) for _ in range(rounds)]
            finally:
                browser.close()
    changed, painted = np.array(taken).transpose(2, 0, 1)
    rows = [
        _row("Scenario lab", "click on a venue, one edit, sentence, cards, map and address", changed, painted, 0),
        _row("Streamlit, bare", "click on a button, one rerun of a fragment that shows a count", changed, painted, 1),
    ]
    median_s = float(np.median(painted[:, 0]))
    return Outcome(rows, [Budget("a click to the painted number, median", median_s, 1.0, True, "s")], [])


def _row(who: str, includes: str, changed: np.ndarray, painted: np.ndarray, column: int) -> Row:
    ours, mine = painted[:, 0], painted[:, column]
    in_page = f"in the page, before it is painted, after {np.median(changed[:, column]) * 1000:.0f} ms (median)"
    includes = f"{includes}; {in_page}; worst {mine.max() * 1000:.0f} ms"
    ratio = float(mine.min() / ours.min())
    return Row(_WORK, who, includes, float(mine.min()), float(np.median(mine)), len(mine), ratio)


def _seconds(taken: list[float]) -> Seconds:
    changed, painted = taken
    return changed / 1000, painted / 1000


def _on_the_bare_page(page: Any, address: str) -> Callable[[], Seconds]:
    page.goto(address)
    button = page.get_by_role("button", name="More")
    button.wait_for()

    def click() -> Seconds:
        page.evaluate(_WATCH)
        button.click()
        return _seconds(page.evaluate("() => window.painted"))

    return click


def _on_the_map(page: Any, address: str, pack: AreaPack) -> Callable[[], Seconds]:
    page.set_default_timeout(_WAIT_S * 1000)
    page.goto(f"{address}/scenario_lab?area={pack.code}")
    page.get_by_role("heading", level=2).filter(has_text="Today").wait_for()
    chart = page.locator("[data-testid=stDeckGlJsonChart] canvas").first
    chart.wait_for()
    spots = cycle(_spots(pack, chart.bounding_box()))

    def pointed() -> tuple[float, float]:
        """Hold the pointer over a venue until the map shows its name: before that it has not been drawn."""
        end = time.monotonic() + _WAIT_S
        while time.monotonic() < end:
            x, y = next(spots)
            for step in (6, 3, 0):
                page.mouse.move(x - step, y)
                page.wait_for_timeout(500)
            if page.locator(".deck-tooltip").filter(visible=True).count():
                return x, y
        raise InputError("the map never named a venue under the pointer")

    def click() -> Seconds:
        for _ in range(3):
            x, y = pointed()
            page.evaluate(_WATCH)
            page.mouse.click(x, y)
            taken = page.evaluate("() => window.painted")
            if taken is not None:
                break
        else:
            raise InputError("a click on the map changed nothing")
        page.wait_for_timeout(1500)  # wait until everything after the number (map, table) is finished
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("heading", level=2).filter(has_text="Today").wait_for()
        page.wait_for_timeout(1500)
        return _seconds(taken)

    return click


def _spots(pack: AreaPack, box: dict[str, float]) -> list[tuple[float, float]]:
    """Return screen positions of venues that are not close to others, in the first view of the map."""
    from analysis.placement.candidates import venue_categories
    from ui.kit.view import area_view

    view = area_view(tuple(pack.wards.to_crs(4326).total_bounds))  # no browser here: as on a laptop
    scale = 512 * 2.0**view.zoom
    services = pack.services[pack.services["status"] == "open"]
    services = services[services["category"].isin([*venue_categories(), "childrens_centre"])]
    lon, lat = to_lonlat(services["easting"].to_numpy(float), services["northing"].to_numpy(float), pack.crs)

    def down(degrees: float) -> float:
        return float((1 - math.asinh(math.tan(math.radians(degrees))) / math.pi) / 2 * scale)

    xy = np.column_stack(
        [
            box["x"] + box["width"] / 2 + (lon - view.longitude) / 360 * scale,
            box["y"] + box["height"] / 2 + np.array([down(one) for one in lat]) - down(view.latitude),
        ]
    )
    apart = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    inside = (xy[:, 0] > box["x"] + _MARGIN_PX) & (xy[:, 0] < box["x"] + box["width"] - 2 * _MARGIN_PX)
    inside &= (xy[:, 1] > box["y"] + _MARGIN_PX) & (xy[:, 1] < min(box["y"] + box["height"], _SIZE["height"]) - 9)
    usable = inside & (services["category"] != "childrens_centre").to_numpy() & (services["ward"] != "").to_numpy()
    clear = np.flatnonzero(usable & (apart.min(axis=1) > _APART_PX))
    if not len(clear):
        raise InputError("no venue stands clear enough of the others on the map to be clicked")
    return [(float(x), float(y)) for x, y in xy[clear[:_TARGETS]]]
