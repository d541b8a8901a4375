"""Pages run without a browser; what they show is held against the analysis, asked independently."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element, Widget

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from geo.pack import AreaPack
from geo.packs import list_packs, open_pack
from ui.kit import charts
from ui.kit.jobs import job_queue

CHECKOUT = Path(__file__).resolve().parents[2]
UNFILLED = re.compile(r"\{[a-z_]+\}")
"""A place in a sentence that nothing was put into."""


@pytest.fixture(autouse=True)
def charts_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check that every chart is valid, which the app itself leaves out to be quick."""
    monkeypatch.setattr(charts, "_written", lambda chart: json.dumps(chart.to_dict()))


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of its own for every test, away from the user's."""
    url = f"sqlite:///{tmp_path}/plans.sqlite"
    monkeypatch.setenv("REACH_DATABASE_URL", url)
    return url


@pytest.fixture(autouse=True)
def nothing_runs_on() -> Iterator[None]:
    """What a test has asked for and not waited for ends with it: all of these pages are one visitor."""
    yield
    job_queue().end_all()


def words_of(block: Any) -> Iterator[str]:
    """Yield what is said in a block, and the names and help of its controls."""
    for child in block.children.values():
        proto = getattr(child, "proto", None)
        for part in ("label", "help", "body", "placeholder"):
            text = getattr(proto, part, None)
            if isinstance(text, str):
                yield text
        if hasattr(child, "children"):
            yield from words_of(child)


def named_in_links() -> dict[str, str]:
    """What a link that is kept says of the area: nothing where there is one alone."""
    return {"area": "southend"} if len(list_packs()) > 1 else {}


class Screen:
    """A page as a reader has it before them."""

    def __init__(self, page: str, address: dict[str, str]) -> None:
        self.at = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=120)
        for name, value in address.items():
            self.at.query_params[name] = value
        if page != "ward_map":  # the page that the app opens with
            self.at.switch_page(f"pages/{page}.py")
        self.run()

    def run(self) -> None:
        """Run the page again, and hold that nothing in it broke."""
        self.at.run()
        self.intact()

    def finish(self) -> None:
        """Wait for the search or report that was asked for, and draw the page with it."""
        job = job_queue().of("test session id")
        assert job is None or job.wait(120)
        self.run()

    def intact(self) -> None:
        """No error of the program's own is on screen, and no sentence that is not filled in."""
        assert not self.at.exception, [error.value for error in self.at.exception]
        unfilled = [text for text in words_of(self.at.main) if UNFILLED.search(text)]
        assert not unfilled, unfilled

    def choose(self, key: str, value: Any) -> None:
        """Set the control of that key, whatever kind it is."""
        for kind in ("selectbox", "multiselect", "slider", "text_input", "button_group"):
            for widget in self.at.get(kind):
                if isinstance(widget, Widget) and widget.key == key:
                    widget.set_value(value).run()
                    self.intact()
                    return
        raise AssertionError(f"no control {key!r} on this page")

    def chosen(self, key: str) -> Any:
        """What the control of that key holds."""
        return self.at.session_state[key]

    @property
    def address(self) -> dict[str, str]:
        """What stands in the address after the question mark."""
        return {k: v[0] if isinstance(v, list) else v for k, v in dict(self.at.query_params).items()}

    @property
    def text(self) -> str:
        """Every text on screen, tables and maps aside."""
        parts = [
            e.value
            for kind in ("title", "markdown", "caption", "info", "warning", "error")
            for e in self.at.get(kind)
            if isinstance(e, Element)
        ]
        return "\n".join([*parts, *(unescape(e.proto.body) for e in self.at.get("html"))])

    @property
    def notes(self) -> list[str]:
        """What the page says it ignored of the address."""
        return [c.value for c in self.at.caption if c.value.startswith("The link asks for")]

    def table(self, *columns: str) -> pd.DataFrame:
        """The first table that has all of `columns`."""
        for element in (*self.at.dataframe, *self.at.table):
            if set(columns) <= set(element.value.columns):
                found: pd.DataFrame = element.value
                return found
        raise AssertionError(f"no table with {columns}: {[list(e.value.columns) for e in self.at.dataframe]}")

    @property
    def layers(self) -> dict[str, dict[str, Any]]:
        """The layers of the map, by id."""
        alone = ([one] if isinstance(one, dict) else one for one in self.drawn_layers)
        return {layer["id"]: layer for layers in alone for layer in layers}

    @property
    def drawn_layers(self) -> list[Any]:
        """The layers of the map as they are sent; those in a list of their own are left alone when one selects."""
        (chart,) = self.at.get("deck_gl_json_chart")
        return list(json.loads(chart.proto.json)["layers"])

    @property
    def view(self) -> dict[str, Any]:
        """Where the map opens: longitude, latitude and zoom."""
        (chart,) = self.at.get("deck_gl_json_chart")
        return dict(json.loads(chart.proto.json)["initialViewState"])

    def features(self, layer: str) -> list[dict[str, Any]]:
        """Properties of what a layer draws: sent with the page, or read from the file that the browser would fetch."""
        drawn = self.layers[layer]["data"]
        if isinstance(drawn, str):
            drawn = json.loads((CHECKOUT / drawn.removeprefix("app/")).read_text(encoding="utf-8"))
        return [feature["properties"] for feature in drawn["features"]]


@pytest.fixture(scope="session")
def pack() -> AreaPack:
    return open_pack("southend")


@pytest.fixture(scope="session")
def lab(pack: AreaPack) -> Lab:
    return Lab(pack)


@pytest.fixture
def empty(pack: AreaPack) -> Scenario:
    """The plan that the Scenario lab opens with."""
    return Scenario("My plan", pack.code, baseline=pack.baselines[0])


@pytest.fixture
def open_page() -> Callable[..., Screen]:
    """Open a page by its file's name, with an address."""

    def opened(page: str, **address: str) -> Screen:
        return Screen(page, address)

    return opened


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """Collect the makers of the files behind the download buttons, by file name; not those of pictures."""
    made: dict[str, Callable[[], bytes]] = {}
    original = MediaFileManager.add_deferred

    def noted(self: Any, data: Any, mimetype: Any, coordinates: Any, file_name: Any = None, **rest: Any) -> str:
        if not str(mimetype).startswith("image/"):
            made[str(file_name)] = data
        return original(self, data, mimetype, coordinates, file_name, **rest)

    monkeypatch.setattr(MediaFileManager, "add_deferred", noted)
    return made
