"""The running app in Chromium: what a reader sees, on a laptop and on a phone."""

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.serving import served
from tests.conftest import require_or_skip
from tests.pages.conftest import Screen

WAIT_S, PARTS_S = 60.0, 15.0
FOOT = "does not mean that a family is registered"
SIZES = {"laptop": (1366, 768), "phone": (390, 844)}
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
# A browser that cannot draw maps, such as an old laptop's: everything else has to work there too. Tests that do not
# look at a map use it, since drawing one without a graphics card costs as much as all the rest of a page.
WITHOUT_MAPS = """(() => {
  const kept = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return /webgl/.test(kind) ? null : kept.call(this, kind, ...more);
  };
})()"""
NO_MAPS = "Failed to create WebGL context"
"""What the map itself says in such a browser."""
words_only = pytest.mark.words_only
"""For tests that run in a browser without maps."""
Pixels = npt.NDArray[np.int16]


def until(met: Callable[[], Any], what: str, wait_s: float = WAIT_S) -> Any:
    """Ask again and again until the answer is true, and return it."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        answer = met()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"waited {wait_s:.0f} seconds in vain for: {what}")


def seen(locator: Any, wait_s: float = 5.0) -> bool:
    """Whether something comes into sight within a time, for steps that a reader would try again."""
    from playwright.sync_api import TimeoutError as TooLate

    try:
        locator.first.wait_for(timeout=wait_s * 1000)
    except TooLate:
        return False
    return True


@contextmanager
def started_app(log: Path, **settings: str) -> Iterator[str]:
    """Start ``reach app`` on a free port, with settings of the environment; give its address; stop it at the end."""
    plans = f"sqlite:///{log.parent / 'plans.sqlite'}"  # never the user's own
    environment = {"PYTHONUNBUFFERED": "1", "REACH_DATABASE_URL": plans, **settings}
    with served([sys.executable, "-m", "cli", "app", "--headless", "--port"], environment, log) as address:
        yield address


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[str]:
    """Address of an app that most tests share."""
    with started_app(tmp_path_factory.mktemp("app") / "server.log") as address:
        yield address


@pytest.fixture
def fresh_app(tmp_path: Path, chromium: Any) -> Iterator[str]:
    """Address of an app that nobody has visited yet."""
    with started_app(tmp_path / "server.log") as address:
        yield address


class Reader:
    """A reader before a page; notes everything that the page asks of the network."""

    def __init__(self, context: Any, size: str) -> None:
        self.size = size
        self.page = context.new_page()
        self.page.set_default_timeout(WAIT_S * 1000)
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.sockets = 0
        self.received = 0
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("requestfailed", self._refused)
        self.page.on("response", self._weigh)
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _listen(self, channel: Any) -> None:
        self.sockets += 1
        self.requests.append(channel.url)
        for way in ("framereceived", "framesent"):
            channel.on(way, lambda payload: self._count(len(payload)))

    def _refused(self, request: Any) -> None:
        """Forget what the page's own policy has refused: it has not left the browser."""
        if request.failure == "csp" and request.url in self.requests:
            self.requests.remove(request.url)

    def _weigh(self, response: Any) -> None:
        self._count(int(response.headers.get("content-length", 0)))

    def _count(self, size: int) -> None:
        self.received += size

    def open(self, address: str) -> None:
        """Open a page and wait until all of it is there."""
        before = self.sockets
        self.page.goto(address)
        self.settled()
        assert self.sockets > before, "the watch sees web sockets too"

    def settled(self) -> None:
        """Wait until the page has run to its foot and the server is at rest."""
        meeting = urlsplit(self.page.url).path == "/meeting"  # the one page without a foot
        last = self.page.locator(".story h1") if meeting else self.page.get_by_text(FOOT)
        last.wait_for()
        until(lambda: self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").count(), "rest")
        # A part whose own script is still on its way is grey until then: buttons without their keys, tables on paper.
        end = time.monotonic() + PARTS_S
        while self.page.locator("[data-testid=stSkeleton]").count() and time.monotonic() < end:
            time.sleep(0.1)

    def query(self) -> dict[str, str]:
        """What stands in the address after the question mark."""
        found: dict[str, str] = self.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
        return found

    def has_query(self, wanted: dict[str, str]) -> None:
        """Wait until exactly that stands in the address."""
        end = time.monotonic() + WAIT_S
        while self.query() != wanted and time.monotonic() < end:
            time.sleep(0.2)
        assert self.query() == wanted

    @property
    def map(self) -> Any:
        """The map's place on the page."""
        return self.page.locator("[data-testid=stDeckGlJsonChart]").first

    def look(self) -> Pixels:
        """The map's pixels, ``(height, width, 3)``."""
        from PIL import Image

        self.map.scroll_into_view_if_needed()
        picture = Image.open(io.BytesIO(self.map.screenshot())).convert("RGB")
        return np.asarray(picture, dtype=np.int16)

    def painted(self, enough: Callable[[Pixels], bool], what: str) -> Pixels:
        """Wait until the map shows what `enough` asks for and holds still; return it."""
        last: list[Pixels] = []

        def still() -> Pixels | None:
            picture = self.look()
            steady = bool(last) and last[-1].shape == picture.shape and differing(last[-1], picture) < 0.002
            last.append(picture)
            return picture if steady and enough(picture) else None

        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            picture = still()
            if picture is not None:
                return picture
            time.sleep(0.3)
        raise AssertionError(f"the map never showed {what}")

    def choose(self, label: str, words: str) -> None:
        """Choose from the list of that label, as by keyboard."""
        box = self.page.get_by_role("combobox", name=label, exact=True)
        option = self.page.get_by_role("option", name=words, exact=True).first

        whole = self.page.locator("[data-testid=stSelectbox], [data-testid=stMultiSelect]").filter(has=box)

        def holds() -> bool:
            return words in whole.inner_text() or box.input_value() == words

        def chosen() -> bool:
            box.click()
            box.fill(words)
            try:
                option.wait_for(timeout=5000)
            except Exception:  # the list closes when the page is drawn anew just then
                box.press("Escape")
                return False
            box.press("Enter")
            box.blur()  # text that was typed and not taken goes with the focus
            self.settled()
            return holds()

        until(chosen, f"{words} in the list {label}")


def differing(one: Pixels, other: Pixels, by: int = 24) -> float:
    """Share of pixels that differ by more than `by` in some colour."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other).max(axis=2) > by).mean())


def near_colour(picture: Pixels, colour: str, within: int = 30) -> npt.NDArray[np.bool_]:
    """Which pixels, ``(height, width)``, are close to ``#RRGGBB``."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.int16)
    close: npt.NDArray[np.bool_] = np.abs(picture - wanted).max(axis=2) <= within
    return close


def colours(picture: Pixels) -> int:
    """How many different colours there are, alike ones taken together."""
    return len(np.unique((picture // 16).reshape(-1, 3), axis=0))


def is_map(picture: Pixels) -> bool:
    """Not blank: many colours, and no single one nearly everywhere."""
    _, counts = np.unique((picture // 16).reshape(-1, 3), axis=0, return_counts=True)
    return len(counts) > 40 and float(counts.max()) / float(counts.sum()) < 0.7


@pytest.fixture(params=["laptop"])
def size(request: pytest.FixtureRequest) -> str:
    """A laptop's window; a test of what is another thing on a phone asks for both with :data:`BOTH`."""
    return str(request.param)


BOTH = pytest.mark.parametrize("size", list(SIZES), indirect=True)


Kind = TypeVar("Kind", bound=Reader)


def new_context(chromium: Any, size: str, width: int, height: int, *, maps: bool = True, **options: Any) -> Any:
    """A browser's profile of its own, with a window of that size; without maps it draws none."""
    phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if size == "phone" else {}
    context = chromium.new_context(viewport={"width": width, "height": height}, **phone, **options)
    if not maps:
        context.add_init_script(WITHOUT_MAPS)
    return context


@contextmanager
def window(
    chromium: Any, kind: type[Kind], size: str, width: int, height: int, *, maps: bool = True, **options: Any
) -> Iterator[Kind]:
    """Give a reader a window of their own; until they leave, nothing may go to another host, or fail in the page."""
    context = new_context(chromium, size, width, height, maps=maps, **options)
    someone = kind(context, size)
    try:
        yield someone
        # Before the window closes: what the page is still fetching then is cut off, and no fault of the page.
        someone.page.evaluate("0")  # what has happened up to here has been noted
        blameless(someone, maps=maps)
    finally:
        context.close()


def blameless(someone: Reader, *, maps: bool = True) -> None:
    """Fail if what a reader has opened asked another host for anything, or failed in the page; forget it after that."""
    requests, faults = list(someone.requests), list(someone.faults)
    someone.requests.clear()
    someone.faults.clear()
    faults = [fault for fault in faults if maps or NO_MAPS not in fault]
    foreign = [url for url in requests if urlsplit(url.removeprefix("blob:")).hostname not in ("localhost", None)]
    assert not foreign, f"asked another host: {foreign}"
    assert not faults, faults


@pytest.fixture
def reader(request: pytest.FixtureRequest, chromium: Any, size: str) -> Iterator[Reader]:
    """A reader with a window of their own."""
    if "fresh_app" in request.fixturenames:
        # Started first so that it stops last: a page that is still fetching its parts would fail without its server.
        request.getfixturevalue("fresh_app")
    maps = request.node.get_closest_marker("words_only") is None
    with window(chromium, Reader, size, *SIZES[size], maps=maps) as someone:
        yield someone


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    try:
        import axe_playwright_python
    except ImportError:
        require_or_skip("needs axe-core: install the test extra")
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[str]]:
    """What a page passes as the text of each map and chart, in any order: asked of the page without a browser."""
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")

    def passed(path: str, **tabs: str) -> list[str]:
        name, _, query = path.partition("?")
        screen = Screen(name, dict(parse_qsl(query)))
        if tabs:
            for key, tab in tabs.items():
                screen.at.session_state[key.replace("_", "-")] = tab
            screen.run()
        charts = [*screen.at.get("deck_gl_json_chart"), *screen.at.get("vega_lite_chart")]
        return sorted(chart.proto.alt for chart in charts)

    return passed
