"""Two visitors of one running server: what one types, gives, makes and downloads never reaches the other or the log."""

import functools
import gc
import http.client
import json
import re
import sys
import threading
import time
import types
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.caching import cache_data_api, cache_resource_api
from websockets.sync.client import connect

from analysis.scenario.scenario import AddSite, AtPostcode, Scenario
from benchmarks.serving import served
from drawing.static_files import static_root
from geo.packs import open_pack
from store.layers import LayerStore
from tests.pages.conftest import Screen, words_of
from tests.people import boss
from ui.kit import jobs
from ui.lab.state import encode
from workers.job import End
from workers.limits import Limits
from workers.queue import Queue

pytestmark = pytest.mark.slow

MARKER = "Quixhollow"
"""A word that is in no data, for what somebody typed."""
POSTCODE = "SS3 9PD"
_WAIT_S = 120


class Visitor:
    """A visitor of one page, by Streamlit's own protocol; all that the server sends is kept as it came."""

    def __init__(self, address, page, query="", known_as=()):
        self.host = urlsplit(address).netloc
        self.page, self.query, self.script = page, query, ""
        self.heard = b""
        self.elements, self.states, self.session = {}, {}, ""
        self.kinds = set()
        self.cookies, token = self._token()
        self.opening = connect(
            f"ws://{self.host}/_stcore/stream",
            subprotocols=["streamlit", token, *known_as],
            additional_headers={"Cookie": self.cookies},
            origin=f"http://{self.host}",
            max_size=None,
            proxy=None,
        )

    def __enter__(self):
        self.line = self.opening.__enter__()
        self.draw()
        return self

    def __exit__(self, *why):
        self.opening.__exit__(*why)

    def _token(self):
        _, headers, _ = self.ask("/_stcore/health", Cookie="")
        cookie = headers["set-cookie"].split(";")[0]
        return cookie, cookie.split("=", 1)[1]

    def ask(self, path, *, method="GET", body=None, **headers):
        """Status, headers and content of the answer to a request with this visitor's cookies."""
        line = http.client.HTTPConnection(self.host, timeout=_WAIT_S)
        try:
            line.request(method, path, body, {"Cookie": getattr(self, "cookies", ""), **headers})
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            line.close()

    def say(self, message):
        """Send a message."""
        self.line.send(message.SerializeToString())

    def draw(self):
        """Have the page drawn with what its controls hold, and wait for all of it."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = self.script
        if not self.script:
            asked.rerun_script.page_name = self.page
        asked.rerun_script.widget_states.widgets.extend(self.states.values())
        self.say(asked)
        self.until(lambda said: said.WhichOneof("type") == "script_finished")

    def until(self, met):
        """Take in what the server sends until a message is the one that is waited for, and return that."""
        end = time.monotonic() + _WAIT_S
        while time.monotonic() < end:
            content = self.line.recv(timeout=_WAIT_S, decode=False)
            self.heard += content
            said = ForwardMsg()
            said.ParseFromString(content)
            self._take(said)
            if met(said):
                return said
        raise AssertionError("the server does not answer")

    def _take(self, said):
        self.kinds.add(said.WhichOneof("type"))
        match said.WhichOneof("type"):
            case "new_session":
                self.session = said.new_session.initialize.session_id
            case "navigation":
                self.script = said.navigation.page_script_hash
            case "page_info_changed":
                self.query = said.page_info_changed.query_string
            case "delta" if kind := said.delta.new_element.WhichOneof("type"):
                element = getattr(said.delta.new_element, kind)
                assert kind != "exception", element
                name = getattr(element, "id", "")
                if name:
                    self.elements[name] = element

    def control(self, key):
        """The control that has a key, or one that begins with it."""
        [found] = [one for name, one in self.elements.items() if re.search(rf"-{re.escape(key)}(-\d+)?$", name)]
        return found

    def set(self, key, **value):
        """Let a control hold a value, and have the page drawn again."""
        self.states[key] = WidgetState(id=self.control(key).id, **value)
        self.draw()

    def press(self, key):
        """Press a button."""
        self.set(key, trigger_value=True)
        del self.states[key]

    def download(self, file_id, *, session=None):
        """Ask for the file behind a download button; the address, or why there is none."""
        asked = BackMsg()
        request = asked.backend_operation_request
        request.request_id, request.session_id = uuid.uuid4().hex, session or self.session
        request.deferred_file.file_id = file_id
        self.say(asked)
        answer = self.until(lambda said: said.WhichOneof("type") == "backend_operation_response")
        return answer.backend_operation_response

    def upload(self, session, file, content):
        """Give a file to a visit; the status of the answer."""
        token = self.cookies.split("=", 1)[1]
        body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n' + content + b"\r\n--b--\r\n"
        headers = {"X-Xsrftoken": token, "Content-Type": "multipart/form-data; boundary=b"}
        return self.ask(f"/_stcore/upload_file/{session}/{file}", method="PUT", body=body, **headers)[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address of a server with a store of its own, and the file of its log."""
    folder = tmp_path_factory.mktemp("server")
    environment = {"PYTHONUNBUFFERED": "1", "REACH_DATABASE_URL": f"sqlite:///{folder / 'plans.sqlite'}"}
    command = [sys.executable, "-m", "cli", "app", "--headless", "--log", "json", "--port"]
    with served(command, environment, folder / "log") as address:
        yield address, folder / "log"


@pytest.fixture(scope="module")
def plan():
    """A plan as it stands in the address of whoever makes it, with names that nobody else has."""
    pack = open_pack("southend")
    hub = AddSite("new-1", f"Hub {MARKER}", AtPostcode(POSTCODE))
    return encode(Scenario(f"Plan {MARKER}", pack.code, baseline=pack.baselines[0], changes=(hub,)))


PAGES = [path.stem for path in sorted((Path(__file__).resolve().parents[1] / "pages").glob("[a-z]*.py"))]


def test_what_one_types_is_on_no_page_of_another(server, plan):
    address, log = server
    with (
        Visitor(address, "scenario_lab", f"plan={plan}") as lab,
        Visitor(address, "own_data") as own,
        Visitor(address, "travel_time", f"place={POSTCODE.replace(' ', '+')}") as travel,
    ):
        own.set("own-rows-0", string_value=f"name,postcode\n{MARKER},{POSTCODE}\n")
        for one in (lab, own):
            assert MARKER.encode() in one.heard, "what is typed is on one's own page"
        assert POSTCODE.encode() in travel.heard
        for page in PAGES:
            with Visitor(address, page) as other:
                assert MARKER.encode() not in other.heard, page
                assert f"place={POSTCODE}" not in other.query
    told = log.read_text(encoding="utf-8")
    assert "session opened" in told
    for private in (MARKER, POSTCODE, POSTCODE.replace(" ", ""), POSTCODE.replace(" ", "+"), plan[:30]):
        assert private not in told


def test_a_file_can_be_given_to_one_s_own_visit_alone(server):
    address, _ = server
    with Visitor(address, "own_data") as giver, Visitor(address, "own_data") as other:
        assert giver.upload(giver.session, "f1", f"name\n{MARKER}\n".encode()) == 204
        assert giver.upload("not-a-visit", "f1", b"x") == 400
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            status, _, content = other.ask(f"/_stcore/upload_file/{giver.session}/f1", method=method)
            assert MARKER.encode() not in content, "nobody reads it"
            if method not in ("GET", "HEAD"):  # Streamlit answers these with its page
                assert status in (403, 405), "nor changes it without the token of the visit's page"
        other.draw()
        assert MARKER.encode() not in other.heard
        assert giver.session.encode() not in other.heard, "and nobody is told the visit that it is given to"


def test_a_download_is_made_for_whoever_has_its_button(server):
    address, _ = server
    with Visitor(address, "own_data") as one, Visitor(address, "own_data") as other:
        file = one.control("own-template").deferred_file_id
        assert re.fullmatch(r"[0-9a-f]{32}", file), "drawn at random, so that it cannot be guessed"
        assert file.encode() not in other.heard
        assert other.download(file, session=one.session).error_msg, "not in the name of another's visit"
        assert other.download(uuid.uuid4().hex).error_msg
        made = one.download(file)
        assert not made.error_msg
        status, headers, content = one.ask(made.deferred_file.url)
        assert (status, content[:3]) == (200, b"\xef\xbb\xbf")
        assert re.fullmatch(r'attachment; filename="[a-z-]+\.csv"', headers["content-disposition"])
        assert headers["content-type"] == "text/csv; charset=utf-8"


def test_every_answer_says_what_it_is(server):
    address, _ = server
    paths = [
        "",
        *PAGES,
        "healthz",
        "s/abcdefg",
        "_stcore/health",
        "_stcore/host-config",
        "_stcore/metrics",
        "favicon.png",
    ]
    with Visitor(address, "accessibility") as one:
        for path in (*paths, "media/0.png", "app/static/x/y.json", "ward/!"):
            status, headers, content = one.ask(f"/{path}")
            kind = headers["content-type"]
            assert status in (200, 404), path
            assert kind.startswith("text/") is ("charset=utf-8" in kind), path
            assert kind.startswith("text/html") is content.lstrip().lower().startswith((b"<!doctype html", b"<!--")), (
                path
            )


def test_nobody_comes_into_a_visit_without_its_number(server, plan):
    address, _ = server
    with Visitor(address, "scenario_lab", f"plan={plan}") as one:
        assert uuid.UUID(one.session).version == 4
        for guess in (str(uuid.uuid4()), "0" * 36):
            with Visitor(address, "scenario_lab", known_as=[guess]) as other:
                assert other.session != one.session
                assert MARKER.encode() not in other.heard
        assert one.session.encode() not in one.ask("/healthz")[2]


def test_a_visitor_cannot_throw_away_what_is_kept_for_all(server):
    """With one message of Streamlit's own, a page could empty what the server keeps, and its own visit with it."""
    address, _ = server
    with Visitor(address, "ward_map") as one:
        one.press("bookmarks-open")
        for kind in ("clear_cache", "load_git_info"):
            said = BackMsg()
            setattr(said, kind, True)
            one.say(said)
        one.elements.clear()
        one.draw()
        assert one.control("bookmarks-title"), "the list that was open in this visit still is"
        assert "git_info_changed" not in one.kinds, "nor is anything told of the folder that the server runs from"


def test_no_log_has_the_number_of_a_visit(server):
    address, log = server
    with Visitor(address, "own_data") as one:
        one.upload(one.session, "f1", b"name\nHub\n")
        one.upload("not-a-visit", "f1", b"name\nHub\n")
        number = one.session
    time.sleep(1)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert any("upload_file" in line.get("path", "") for line in lines)
    assert number not in log.read_text(encoding="utf-8")


# --- What is kept for all visitors, in this process -------------------------------------------------------------------

OURS = ("analysis", "drawing", "geo", "reports", "store", "ui", "wording", "workers")
POSITION = "51.5391733, 0.7077319"
"""A place as somebody may type it, of which nothing is in any data."""
BY_PLAN = "ui.kit.resources.lab_of"
"""Keeps the last results by the plan itself, with its names; they are given to whoever has the same plan alone."""


def kept_results():
    """Yield name and content of all that is kept for every visitor: Streamlit's caches, and those of functions."""
    for caches in cache_resource_api._resource_caches._function_caches.values():
        for cache in caches.values():
            yield cache.display_name, cache._mem_cache
    yield "cache_data", dict(cache_data_api._data_caches._function_caches)
    for one in gc.get_objects():
        if type(one) is functools._lru_cache_wrapper and one.__module__.split(".")[0] in OURS:
            held = [part for part in gc.get_referents(one) if isinstance(part, dict) and part is not vars(one)]
            yield f"{one.__module__}.{one.__qualname__}", held


def holding(words, among):
    """Return the names of what is kept that holds one of the words, wherever within."""
    seen, found = {}, []
    for name, content in among:
        left = [content]
        while left:
            part = left.pop()
            if isinstance(part, str | bytes):
                text = part if isinstance(part, str) else part.decode("latin-1")
                found += [f"{name}: {text[:200]}" for word in words if word in text]
            elif id(part) not in seen and not isinstance(part, (int, float, types.ModuleType, type, types.FrameType)):
                seen[id(part)] = part
                left += _within(part)
    return found


def _within(part):
    if isinstance(part, np.ndarray):
        return part.ravel().tolist() if part.dtype.kind in "OUS" else []
    if hasattr(part, "to_pylist"):  # a column of pyarrow
        return part.to_pylist()
    if isinstance(part, types.FunctionType):
        return [cell.cell_contents for cell in part.__closure__ or () if cell.cell_contents is not None]
    return [] if isinstance(part, Engine | threading.Thread) else gc.get_referents(part)


def test_what_is_kept_is_looked_through():
    column = pd.Series(["a", MARKER], dtype="string[pyarrow]")
    frame, deep = pd.DataFrame({"name": ["a", f"x {MARKER}"]}), {"a": [(Scenario(MARKER, "x"),)]}
    call, text = functools.partial(print, MARKER), f"a {MARKER}".encode()
    for held in (MARKER, text, column, frame, deep, np.array([MARKER]), call):
        assert holding([MARKER], [("it", held)]), type(held)
        assert not holding(["another"], [("it", held)])
    assert len(list(kept_results())) > 10


@pytest.fixture
def private_map_files():
    """Return what was published for the browser since the test began and has one of the words in it."""
    began = time.time() - 1

    def found(*words):
        files = [file for file in static_root().rglob("*.json") if file.stat().st_mtime >= began]
        return [file.name for file in files if any(word in file.read_text(encoding="utf-8") for word in words)]

    return found


def typed_into_every_box(screen, text):
    """Type a text into every box of a page, one after the other; return how many there are."""
    keys = [box.key for kind in ("text_input", "text_area") for box in screen.at.get(kind)]
    for key in keys:
        for box in (*screen.at.text_input, *screen.at.text_area):
            if box.key == key and not box.disabled:
                box.set_value(text).run()
    return len(keys)


def test_nothing_that_somebody_types_is_kept_for_others(plan, tmp_path, monkeypatch, private_map_files):
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")
    boxes = 0
    for page in PAGES:
        screen = Screen(page, {})
        boxes += typed_into_every_box(screen, MARKER)
        if page == "ward_map":  # the one that is run with what stands around all pages
            screen.at.button(key="bookmarks-open").click().run()
            boxes += typed_into_every_box(screen, MARKER)
    assert boxes >= 8
    for page in ("travel_time", "meeting"):
        assert "51.5391" in Screen(page, {"place": POSITION}).address["place"]
    assert MARKER in "".join(words_of(Screen("scenario_lab", {"plan": plan}).at.main))
    own = Screen("own_data", {})
    own.at.text_area[0].set_value(f"name,postcode\n{MARKER},{POSTCODE}\n").run()
    own.intact()
    results = [(name, held) for name, held in kept_results() if name not in ("ui.kit.jobs.job_queue", BY_PLAN)]
    words = [MARKER, POSITION, *POSITION.split(", ")]
    assert not holding(words, results)
    assert not private_map_files(*words)


def test_no_map_of_what_is_one_s_own_is_published(plan, tmp_path, monkeypatch, private_map_files):
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")
    lab = Screen("scenario_lab", {"plan": plan})
    lab.at.session_state["lab-site"] = "new-1"
    lab.run()
    lab.at.toggle(key="lab-moving").set_value(True).run()
    lab.intact()
    assert lab.chosen("lab-moving")
    assert not private_map_files(MARKER)
    code = open_pack("southend").lsoas.index[0]
    person = boss("Anna")
    store = LayerStore.open()
    rows = pd.DataFrame({"lsoa": [code], "measure": [MARKER], "value": [20.0]})
    layer = store.add("southend", "counts", "Counts", rows, person)
    store.close()
    own = Screen("own_data", {"layer": layer.id})
    assert not private_map_files(MARKER)
    assert MARKER in json.dumps(own.drawn_layers), "it is drawn"


def test_a_visitor_stops_and_sees_their_own_work_alone(monkeypatch):
    queue = Queue(Limits(workers=1, away_s=600))
    monkeypatch.setattr(jobs, "job_queue", lambda: queue)

    def as_visitor(name):
        monkeypatch.setattr(jobs, "_visitor", lambda: name)

    try:
        as_visitor("Ada")
        running = jobs.ask(functools.partial(time.sleep, 60))
        as_visitor("Grace")
        assert queue.of("Grace") is None
        jobs.stop_mine()
        waiting = jobs.ask(functools.partial(time.sleep, 60))
        as_visitor("Mallory")
        jobs.stop_mine()
        assert all(job.open and not job.stopping.is_set() for job in (running, waiting))
        as_visitor("Grace")
        jobs.stop_mine()
        assert waiting.end is End.STOPPED
        assert running.open
    finally:
        queue.end_all()
