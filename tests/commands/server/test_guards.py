"""What is refused before Streamlit sees it."""

import pytest

from commands.server.guards import OPEN, Closed, KnownNames, SameSite
from drawing.static_files import publish
from tests.commands.server.asking import ask, behind

FOREIGN = ["http://evil.example", "http://localhost:9999", "https://localhost", "null", "http://[", "file://", ""]


def test_a_server_answers_under_its_own_names_alone(monkeypatch):
    monkeypatch.setattr(
        "streamlit.config.get_option", {"server.allowedHosts": ["localhost", "::1", "*.here.example"]}.get
    )
    for host in ("localhost", "LOCALHOST:8501", "[::1]:80", "reach.here.example"):
        assert ask(KnownNames(behind), headers={"Host": host}).status == 200, host
        assert ask(KnownNames(behind), method="WEBSOCKET", headers={"Host": host}).status == 101, host
    for host in (
        "evil.example",
        "localhost.evil.example",
        "",
        "x@localhost",
        "localhost:x",
        "here.example",
        "[::1",
        "a b",
    ):
        assert ask(KnownNames(behind), headers={"Host": host}).status == 400, host
        assert ask(KnownNames(behind), method="WEBSOCKET", headers={"Host": host}).status == 403, host
    twice = [(b"host", b"localhost"), (b"host", b"localhost")]
    assert ask(lambda scope, *rest: KnownNames(behind)({**scope, "headers": twice}, *rest)).status == 400


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_opens_no_web_socket_and_changes_nothing(origin):
    for method in ("WEBSOCKET", "POST", "PUT", "DELETE", "PATCH"):
        assert ask(SameSite(behind), method=method, headers={"Origin": origin}).status == 403
    for method in ("GET", "HEAD", "OPTIONS"):
        assert ask(SameSite(behind), method=method, headers={"Origin": origin}).status == 200


@pytest.mark.parametrize("host", ["localhost:8501", "reach.example", "[::1]:8501", "Reach.Example"])
def test_its_own_pages_may(host):
    for scheme in ("http", "https"):
        headers = {"Origin": f"{scheme}://{host.lower()}", "Host": host}
        assert ask(SameSite(behind), method="WEBSOCKET", headers=headers).status == 101
        assert ask(SameSite(behind), method="PUT", headers=headers).status == 200
    assert ask(SameSite(behind), method="WEBSOCKET").status == 101, "a program that is no browser names no page"


@pytest.mark.parametrize("base", ["", "/planning/reach"])
def test_addresses_that_no_page_needs_are_closed(base, tmp_path):
    server = Closed(behind, base, tmp_path)
    for path in ("/_stcore/metrics", "/_stcore/agent/mcp", "/_stcore", "/_stcore/", "/component/x/y.js", "/component"):
        assert ask(server, base + path).status == 404, path
    for path in (
        *(f"/_stcore/{name}" for name in OPEN),
        "/",
        "/gaps",
        "/media/a.png",
        "/static/js/x.js",
        "/components",
    ):
        assert ask(server, base + path).text == "behind", path


@pytest.mark.parametrize("base", ["", "/planning/reach"])
def test_only_published_files_are_served(base, tmp_path):
    root = tmp_path / "static"
    there = "/" + publish("somewhere", "wards", {"a": 1}, root=root)
    (root / "secret.json").write_text("{}")
    (tmp_path / "outside.json").write_text("{}")
    server = Closed(behind, base, root)
    assert ask(server, base + there).text == "behind"
    for path in (
        "/app/static/", "/app/static/somewhere", "/app/static/somewhere/", "/app/static/secret.json",
        "/app/static/../outside.json", there + "/", there + "\0", there.replace("wards", "wards2"), there + "\n",
        there.replace("/somewhere/", "/somewhere/../somewhere/"), there.replace("/somewhere/", "//somewhere/"),
        there.replace("/somewhere/", "/somewhere\\"), there.upper().replace("/APP/STATIC/", "/app/static/"),
    ):  # fmt: skip
        assert ask(server, base + path).status == 404, path
