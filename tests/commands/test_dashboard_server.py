"""The running server, asked as a hostile page or program would ask: by foreign names, from foreign pages, for more."""

import http.client
import json
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmarks.serving import served
from tests.conftest import CHECKOUT
from tests.test_cli import in_a_process

pytestmark = pytest.mark.slow

SECRET = "mirabilis" * 4
STREAM = "/_stcore/stream"
ROUTES = [
    "/", "/gaps", "/gaps?embed=1", "/healthz", "/s/abcdefg", "/ward/kursaal", "/_stcore/health", "/_stcore/host-config",
    "/_stcore/metrics", "/static/js/index.js", "/favicon.png", "/app/static/southend/wards.0123456789abcdef.json",
    "/media/0.png", "/component/x/y.js", "/_stcore/bidi-components/x/y.js", "/auth/login", "/nowhere",
]  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the file of its log."""

    port: int
    log: Path

    def ask(self, path, *, method="GET", body=None, **headers):
        """Status, headers and text of the answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body, {"Host": f"localhost:{self.port}", **headers})
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        finally:
            line.close()

    def raw(self, text):
        """First line of the answer to a request as it is."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            line.sendall(text.format(port=self.port).replace("\n", "\r\n").encode() + b"\r\n\r\n")
            return line.recv(64).split(b"\r\n")[0].decode()

    def stream(self, host, origin=None):
        """Status of the answer to a web socket."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        try:
            with connect(f"ws://{host}{STREAM}", sock=line, origin=origin, subprotocols=["streamlit"], proxy=None):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
        finally:
            line.close()

    def lines(self):
        """Lines of the log."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    environment = {
        "PYTHONUNBUFFERED": "1",
        "REACH_DATABASE_URL": f"sqlite:///{folder / 'plans.sqlite'}",
        "REACH_COOKIE_SECRET_FILE": str(folder / "secret"),
    }
    command = [sys.executable, "-m", "cli", "app", "--headless", "--open-to-all", "--name", "reach.example", "--log"]
    command += ["json", "--port"]
    with served(command, environment, folder / "log") as address:
        yield Server(urlsplit(address).port, folder / "log")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "192.0.2.7", "evil.example:8501", "", "a b"]
)
def test_no_address_is_answered_under_a_foreign_name(server, host):
    for path in ROUTES:
        assert server.ask(path, Host=host)[0] == 400, path
    for method in ("PUT", "DELETE", "POST"):
        assert server.ask("/_stcore/upload_file/a/b", method=method, Host=host)[0] == 400
    if host and " " not in host:
        assert server.stream(host) == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "reach.example", "REACH.example"])
def test_its_own_names_are_answered_with_any_port(server, host):
    for name in (host, f"{host}:{server.port}", f"{host}:443"):
        assert server.ask("/", Host=name)[0] == 200
        assert server.stream(name, f"http://{name.lower()}") == 101


def test_a_request_with_two_names_or_none_is_refused(server):
    for text in (
        "GET / HTTP/1.1\nHost: localhost\nHost: evil.example",
        "GET / HTTP/1.1\nHost: evil.example\nHost: localhost",
        "GET / HTTP/1.1",
        "GET / HTTP/1.0",
        "GET http://evil.example/ HTTP/1.1\nHost: evil.example",
    ):
        assert " 400 " in server.raw(text), text
    assert " 200 " in server.raw("GET / HTTP/1.1\nHost: localhost:{port}")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:1", "http://127.0.0.1", "null", "http://localhost.evil.example"]
)
def test_no_page_of_another_site_opens_a_web_socket_or_uploads(server, origin):
    assert server.stream(f"localhost:{server.port}", origin) == 403
    assert server.ask("/_stcore/upload_file/a/b", method="PUT", Origin=origin)[0] == 403


def test_own_addresses_take_no_other_method(server):
    for path in ("/healthz", "/s/abcdefg", "/ward/kursaal"):
        assert [server.ask(path, method=method)[0] for method in ("POST", "PUT", "DELETE")] == [405] * 3


def test_an_upload_needs_the_token_of_the_page(server):
    status, _, text = server.ask("/_stcore/upload_file/a/b", method="PUT", Origin=f"http://localhost:{server.port}")
    assert (status, "XSRF" in text) == (403, True)
    _, headers, _ = server.ask("/_stcore/health")
    token = headers["set-cookie"].split(";")[0].split("=", 1)[1]
    allowed = {"Cookie": f"_streamlit_xsrf={token}", "X-Xsrftoken": token}
    status, _, text = server.ask("/_stcore/upload_file/a/b", method="PUT", **allowed)
    assert (status, "Invalid session_id" in text) == (400, True), "past the token, but nobody's page"


def test_no_other_site_may_read_an_answer(server):
    for path in ROUTES:
        for method in ("GET", "OPTIONS"):
            _, headers, _ = server.ask(path, method=method, Origin="http://evil.example")
            assert not [name for name in headers if name.lower().startswith("access-control-")], path


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/mcp", "/_stcore/script-health-check", "/component/a/b.js",
     "/_stcore/../_stcore/metrics", "/_stcore/%6detrics", "/app/static/.gitignore", "/app/static/",
     "/app/static/..%2fapp.py", "/app/static/%2e%2e/app.py", "/app/static/southend/..%5c..%5capp.py",
     "/app/static/%00", "/app//static/.gitignore", "/static/../app.py",
     "/static/..%2f..%2f..%2fetc%2fpasswd"],
)  # fmt: skip
def test_nothing_else_is_open(server, path):
    status, _, text = server.ask(path)
    # Streamlit answers an address that it does not know with its page.
    assert status in (400, 404) or (status == 200 and text.startswith("<!--") and "Streamlit Inc." in text[:60]), path
    assert "import streamlit" not in text


def test_every_answer_has_the_headers_and_an_id(server):
    for path in ROUTES:
        _, headers, _ = server.ask(path, **{"X-Request-ID": "given-by-a-proxy"})
        assert headers["x-content-type-options"] == "nosniff", path
        assert ("frame-ancestors 'none'" in headers["content-security-policy"]) is ("embed" not in path)
        assert headers["x-request-id"] == "given-by-a-proxy"


def test_it_says_that_it_is_well(server):
    status, _, text = server.ask("/healthz")
    said = json.loads(text)
    assert (status, said["status"], said["store"]) == (200, "ok", "ok")
    assert "southend" in said["areas"]
    assert said["details"]["visitors"] == 0


def test_the_log_has_a_line_for_each_request_and_nothing_private(server):
    server.ask("/gaps?place=SS1+2QA", **{"X-Request-ID": "looked-for-later"})
    server.ask("/s/abcdefg")
    server.stream(f"localhost:{server.port}")
    for _ in range(100):  # the last lines are written a moment after the page has gone
        lines = server.lines()
        if lines[-1]["event"] == "session closed":
            break
        time.sleep(0.1)
    assert [line["path"] for line in lines if line.get("id") == "looked-for-later"] == ["/gaps"]
    assert {"started", "request", "session opened", "session closed"} <= {line["event"] for line in lines}
    text = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in text
    for private in ("SS1", "abcdefg", "127.0.0.1", SECRET, "mirabilis"):
        assert private not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "192.0.2.7"], "--host 192.0.2.7 is not an address of this machine"),
        (["--host", "0.0.0.0"], "or --open-to-all"),
        (["--name", "reach.example"], "--name reach.example lets others in: say by --sign-in FILE"),
        (["--sign-in", "missing.toml"], "--sign-in missing.toml: the file cannot be read: No such file"),
        (["--sign-in", "missing.toml", "--open-to-all"], "say one of them"),
        (["--name", "https://reach.example", "--open-to-all"], "without https://"),
        (["--port", "TAKEN"], "is taken by another program"),
        (["--log", "xml"], "json"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_sentence_before_anything_starts(server, arguments, told):
    given = [str(server.port) if one == "TAKEN" else one for one in arguments]
    ended = in_a_process("app", "--headless", *given)
    error = ended.stderr.decode()
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert told in error
    assert "Traceback" not in error
    if "--log" not in arguments:
        assert error.startswith("Error: ")
        assert len(error.splitlines()) == 1


def test_a_secret_that_is_too_short_is_refused_and_not_told(server, monkeypatch):
    monkeypatch.setenv("REACH_COOKIE_SECRET", "mirabilis")
    ended = in_a_process("app", "--headless")
    assert ended.returncode == 2
    assert b"at least 32" in ended.stderr
    assert b"mirabilis" not in ended.stderr


BROKEN_PAGE = """
import sys
from pathlib import Path
import commands.dashboard as dashboard
dashboard._APP = Path(sys.argv[1])
dashboard.app_command(port=int(sys.argv[2]), headless=True, log=dashboard.Log.JSON, host="localhost")
"""


def test_a_page_that_breaks_is_told_with_the_id_of_its_visit(tmp_path):
    """Streamlit runs a page in a thread of its own, which knows nothing of the request by which it came."""
    (tmp_path / "app.py").write_text("raise ValueError('no such ward')\n", encoding="utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "start.py").write_text(BROKEN_PAGE, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "start.py"), str(tmp_path / "app.py")]
    with served(command, {"PYTHONPATH": str(CHECKOUT)}, tmp_path / "log") as address:
        given = {"X-Request-ID": "visit-0123456789"}
        there = address.replace("http", "ws") + STREAM
        with connect(there, subprotocols=["streamlit"], additional_headers=given, proxy=None) as page:
            asked = BackMsg()
            asked.rerun_script.query_string = "place=SS1+2QA"
            page.send(asked.SerializeToString())
            server, told = Server(0, tmp_path / "log"), []
            while not told:
                page.recv(timeout=60)
                told = [line for line in server.lines() if "error" in line]
    assert [line["id"] for line in told] == ["visit-0123456789"]
    assert "ValueError: no such ward" in told[0]["error"]
    assert "SS1" not in server.log.read_text(encoding="utf-8")
