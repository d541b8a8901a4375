"""Short addresses of the server: sent on to pages of this program, and never elsewhere."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from commands.addresses import Addresses
from commands.dashboard import dashboard
from commands.server.health import Health
from store.short_links import ShortLinkStore
from tests.people import boss

HERE = "http://hall.example/base/"


def finish(work):
    """Run a coroutine to its end, in a thread of its own: a browser of other tests may keep a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, work).result()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = f"sqlite:///{tmp_path / 'links.sqlite'}"
    monkeypatch.setenv("REACH_DATABASE_URL", url)
    opened = ShortLinkStore.open(url)
    yield opened
    opened.close()


def ask(path: str, query: str = "", server: ASGIApp | None = None) -> tuple[int, str, str]:
    """Status, where it leads, and text of the answer to an address."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"hall.example")], "root_path": "", "scheme": "http", "http_version": "1.1",
        "server": ("hall.example", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    finish((server or Addresses(Health(lambda: 0)).before(Starlette()))(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    to = urljoin(HERE + path.removeprefix("/"), headers["location"]) if "location" in headers else ""
    return sent[0]["status"], to, b"".join(message.get("body", b"") for message in sent[1:]).decode()


def test_a_short_link_leads_to_its_view_behind_any_base_path(store):
    made = store.make("gaps", "figure=share&place=SS1+2QA", boss("Olga"))
    assert ask(f"/s/{made.code}")[:2] == (302, f"{HERE}gaps?figure=share&place=SS1+2QA")
    assert ask(f"/s/{made.code.upper()}")[:2] == (302, f"{HERE}gaps?figure=share&place=SS1+2QA")
    assert ask(f"/s/{store.make('meeting', '', boss('Olga')).code}")[:2] == (302, f"{HERE}meeting")


@pytest.mark.parametrize("base", ["planning/reach", "/planning/reach/"])
def test_short_addresses_lie_under_the_base_path_that_the_server_is_set_to(store, base, monkeypatch):
    monkeypatch.setattr("streamlit.get_option", {"server.baseUrlPath": base}.__getitem__)
    *_, before = dashboard()._user_middleware
    server = before.cls(Starlette())
    made = store.make("gaps", "figure=share", boss("Olga"))
    under = f"{HERE}planning/reach/"
    assert ask(f"/planning/reach/s/{made.code}", server=server)[:2] == (302, f"{under}gaps?figure=share")
    assert ask("/planning/reach/ward/kursaal", server=server)[:2] == (302, f"{under}ward?ward=kursaal")
    for elsewhere in (f"/s/{made.code}", "/ward/kursaal", "/planning/s/abcdefg"):
        assert ask(elsewhere, server=server) == (404, "", "Not Found"), "the answer of the server behind"


@pytest.mark.parametrize("code", ["nosuchc", "xyzq", "<script>", "a" * 9_000, "%2F%2Fevil.example"])
def test_an_unknown_code_is_told_plainly_with_a_way_to_the_start(store, code):
    status, to, text = ask(f"/s/{code}")
    assert (status, to) == (404, "")
    assert "There is nothing at this address" in text
    assert '<a href="../">Go to the start</a>' in text
    assert code not in text


def test_a_store_that_cannot_be_opened_is_told(monkeypatch, tmp_path):
    (tmp_path / "a file").touch()
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'a file' / 'links.sqlite'}")
    status, to, text = ask("/s/abcdefg")
    assert (status, to) == (503, "")
    assert "cannot be opened" in text


@pytest.mark.parametrize(
    ("name", "query", "asked"),
    [
        ("kursaal", "", "ward=kursaal"),
        ("West-Shoebury", "", "ward=west-shoebury"),
        ("kursaal", "area=southend&utm=1", "ward=kursaal&area=southend"),
        ("kursaal", "area=//evil.example", "ward=kursaal"),
        ("st.-luke's", "", "ward=st.-luke%27s"),
    ],
)
def test_a_ward_s_address_leads_to_its_page(name, query, asked):
    assert ask(f"/ward/{name}", query)[:2] == (302, f"{HERE}ward?{asked}")


@pytest.mark.parametrize("name", ["\\evil.example", "a b", "x" * 81, "a\r\nb", "http:"])
def test_what_is_no_name_of_a_ward_leads_nowhere(name):
    assert ask(f"/ward/{name}")[:2] == (404, "")


def test_nothing_leads_to_another_host(store):
    for path in (f"/s/{store.make('gaps', 'to=//evil.example', boss('Olga')).code}", "/ward/evil.example"):
        assert urlsplit(ask(path)[1]).netloc == "hall.example"


def test_the_server_behind_starts_and_stops():
    told: list[str] = []

    async def behind(scope, receive, send):
        told.append(scope["type"])

    finish(Addresses(Health(lambda: 0)).before(behind)({"type": "lifespan"}, None, None))
    assert told == ["lifespan"]
