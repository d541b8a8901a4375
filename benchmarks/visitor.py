"""A visitor of the dashboard without a browser: it opens a page by Streamlit's own protocol, and uses its controls."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_PROTOCOL = Subprotocol("streamlit")
ANSWER_S = 120.0
"""A click without an answer for so long is an error."""
_LEFT_ALONE = ("-area-chosen", "-welcome", "-tour")
"""Ends of the identity of controls that lead to another area or over the page, and away from what is measured."""
_CHOICES = ("selectbox", "radio", "slider", "checkbox", "button_group", "deck_gl_json_chart")


@dataclass
class Clicks:
    """What visitors saw: seconds of each opening and of each click that was answered, and the errors in words."""

    opened_s: list[float] = field(default_factory=list)
    answered_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class _Control:
    """A control on the page, and the part of the page (fragment) that its change draws again."""

    kind: str
    element: Any
    fragment: str


class Visitor:
    """One visitor of one page.

    Parameters
    ----------
    address
        Address of the server, ``http://…``.
    page
        Name of the page in the address.
    random
        Decides what this visitor clicks.
    """

    def __init__(self, address: str, page: str, random: Random) -> None:
        self._address, self._page, self._random = address, page, random
        self._controls: dict[str, _Control] = {}
        self._states: dict[str, WidgetState] = {}
        self._kept: dict[str, Delta] = {}
        self._script = self._query = ""

    async def visit(self, clicks: Clicks, *, most: int, until: float, pause_s: tuple[float, float]) -> None:
        """Open the page and click `most` times, until that moment of the monotonic clock, after a pause each."""
        stream = self._address.replace("http", "ws", 1) + "/_stcore/stream"
        try:
            async with connect(stream, subprotocols=[_PROTOCOL], max_size=None, compression=None) as line:
                clicks.opened_s.append(await self._ask(line, clicks, ""))
                for _ in range(most):
                    await asyncio.sleep(self._random.uniform(*pause_s))
                    if time.monotonic() > until:
                        break
                    fragment = await asyncio.to_thread(self._choose)  # it may fetch a file of the map
                    clicks.answered_s.append(await self._ask(line, clicks, fragment))
        except Exception as error:  # whatever ends a visit is to be counted
            clicks.errors.append(f"{self._page}: {type(error).__name__} {error}")

    async def _ask(self, line: ClientConnection, clicks: Clicks, fragment: str) -> float:
        """Have the page drawn, or the part of it; return the seconds until that was finished."""
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self._query, self._script, fragment
        if not self._script:
            state.page_name = self._page
        state.widget_states.widgets.extend(self._states.values())
        state.cached_message_hashes.extend(self._kept)
        start = time.monotonic()
        await line.send(asked.SerializeToString())
        async with asyncio.timeout(ANSWER_S):
            await self._read(line, clicks)
        return time.monotonic() - start

    async def _read(self, line: ClientConnection, clicks: Clicks) -> None:
        """Take in what the server sends until what was asked for is finished."""
        seen: dict[str, _Control] = {}
        while True:
            said = ForwardMsg()
            said.ParseFromString(await line.recv(decode=False))
            match said.WhichOneof("type"):
                case "new_session":
                    seen = {}
                case "navigation":
                    self._script = said.navigation.page_script_hash
                case "page_info_changed":
                    self._query = said.page_info_changed.query_string
                case "delta" | "ref_hash":
                    delta = said.delta if said.HasField("delta") else self._kept[said.ref_hash]
                    if said.metadata.cacheable:
                        self._kept[said.hash] = said.delta
                    self._take(delta, seen, clicks)
                case "script_finished" if said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    if said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        clicks.errors.append(f"{self._page}: the script does not compile")
                    part = said.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
                    self._controls = (self._controls if part else {}) | seen
                    self._states = {name: one for name, one in self._states.items() if name in self._controls}
                    return

    def _take(self, delta: Delta, seen: dict[str, _Control], clicks: Clicks) -> None:
        """Remember a control, and count an error that is shown."""
        kind = delta.new_element.WhichOneof("type") or ""
        element: Any = getattr(delta.new_element, kind) if kind else None
        if kind == "exception":
            clicks.errors.append(f"{self._page}: {element.type} {element.message}")
        elif kind == "alert" and element.format == element.ERROR:
            clicks.errors.append(f"{self._page}: {element.body}")
        elif kind in _CHOICES and element.id and not getattr(element, "disabled", False):
            if getattr(element, "set_value", False):  # the page has moved the control itself
                self._states.pop(element.id, None)
            if not element.id.endswith(_LEFT_ALONE):
                seen[element.id] = _Control(kind, element, delta.fragment_id)

    def _choose(self) -> str:
        """Change one control; return the part of the page that it draws again, empty for the whole page."""
        able = [one for one in self._controls.values() if _can_change(one)]
        if not able:
            return ""
        control = self._random.choice(able)
        self._states[control.element.id] = _changed(control, self._states, self._random, self._address)
        return control.fragment


def _can_change(control: _Control) -> bool:
    element = control.element
    match control.kind:
        case "selectbox" | "radio" | "button_group":
            return len(element.options) > 1
        case "deck_gl_json_chart":
            return bool(_layers(element.json))
    return True


def _changed(control: _Control, held: Mapping[str, WidgetState], random: Random, address: str) -> WidgetState:
    """Return the state of a control after a click on something in it, as the browser sends it."""
    element = control.element
    state = WidgetState(id=element.id)
    match control.kind:
        case "selectbox" | "radio":
            state.string_value = random.choice(list(element.options))
        case "button_group":
            state.string_array_value.data.append(random.choice(list(element.options)).content)
        case "checkbox":
            before = held[element.id].bool_value if element.id in held else element.value or element.default
            state.bool_value = not before
        case "slider":
            steps = round((element.max - element.min) / element.step)
            state.double_array_value.data.extend(
                sorted(element.min + element.step * random.randint(0, steps) for _ in element.default)
            )
        case _:
            layer_id, data = random.choice(_layers(element.json))
            features = _features(address, data)
            index = random.randrange(len(features))
            chosen = {"indices": {layer_id: [index]}, "objects": {layer_id: [features[index]]}}
            state.string_value = json.dumps({"selection": chosen if features else {}})
    return state


def _layers(deck: str) -> list[tuple[str, str]]:
    """Return the layers of a map that can be clicked: identity, and address of the file with their features."""
    layers = json.loads(deck)["layers"]
    found = [one for one in layers if isinstance(one, dict) and one.get("pickable")]
    return [(one["id"], one["data"]) for one in found if isinstance(one["data"], str)]


_FILES: dict[str, list[Any]] = {}


def _features(address: str, data: str) -> list[Any]:
    """Fetch the features of a layer once, as a browser does, which keeps them."""
    if data not in _FILES:
        with urlopen(urljoin(f"{address}/", data), timeout=ANSWER_S) as answer:
            _FILES[data] = json.load(answer).get("features", [])
    return _FILES[data]
