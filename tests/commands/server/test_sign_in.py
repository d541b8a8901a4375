"""What is let through where people sign in: by default nothing."""

import json
from secrets import token_hex
from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from commands.server import sign_in
from commands.server.sign_in import FREE, OneVisit, SignedIn
from store.access import VISIT_COOKIE, is_visit
from store.errors import NotAllowedError, StoreError
from tests.commands.server.asking import ask, behind

SECRET = "drawn-at-random-" * 3
ORIGIN = "http://localhost:8501"
PAGES = ["", "gaps", "scenario_lab"]
CLAIMS = {"iss": "https://login.example", "sub": "7", "iat": 1, "is_logged_in": True, "origin": ORIGIN}
HTML = {"Accept": "text/html,*/*"}
GUARDED = (
    "/media/a.pdf", "/s/abc", "/ward/kursaal", "/app/static/somewhere/wards.json", "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/x", "/_stcore/metrics", "/component/x/y.js", "/nowhere", "/gaps/", "//media/a.pdf",
    "/gaps/../media/a.pdf", "/static", "/_stcore/health/", "/_stcore", "/auth", "/auth/login/", "/auth/other",
    "/oauth2callback/", "/healthz/x", "/GAPS", "/_stcore/stream",
)  # fmt: skip


class Watch:
    """A door that lets in who is not in its list, and remembers who was ended."""

    def __init__(self, *, refuses=False, fails=False):
        self.refuses, self.fails, self.ended, self.asked = refuses, fails, [], []

    def come_in(self, claims, origin):
        self.asked.append((claims["sub"], origin))
        if self.fails:
            raise StoreError("the database does not answer")
        if self.refuses:
            raise NotAllowedError("you signed in too long ago: sign in again")

    def end(self, claims, origin):
        self.ended.append(claims["sub"])


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    monkeypatch.setattr("streamlit.web.server.server_util.get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr("streamlit.auth_util.get_origin_from_redirect_uri", lambda: ORIGIN)


def cookie(claims=None, secret=SECRET, name="_streamlit_user", **changed):
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    text = json.dumps({**CLAIMS, **changed} if claims is None else claims)
    return f"{name}=" + create_signed_value(secret, name, text).decode()


def guarded(door=None, base="", app=behind):
    return SignedIn(app, door or Watch(), base, PAGES)


@pytest.mark.parametrize("base", ["", "/planning/reach"])
def test_who_is_not_signed_in_has_what_the_page_that_asks_needs_and_nothing_else(base):
    for path in ("/", "/gaps", "/scenario_lab", "/static/js/index.js", *FREE):
        assert ask(guarded(base=base), base + path).text == "behind", path
    for path in GUARDED:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            assert ask(guarded(base=base), base + path, method=method).status == 401, path
        assert ask(guarded(base=base), base + path, headers={"Cookie": cookie()}).text == "behind", path


@pytest.mark.parametrize(
    "given",
    [
        "_streamlit_user=x",
        cookie(secret="another-secret-another-secret-another"),
        cookie(is_logged_in=False),
        cookie(is_logged_in="true"),
        cookie(origin="https://elsewhere.example"),
        cookie(["not", "claims"]),
        cookie("text"),
        cookie(name="_streamlit_user_tokens"),
        cookie(name="_streamlit_user_tokens").replace("_streamlit_user_tokens=", "_streamlit_user="),
        cookie()[:-1],
        cookie()[:-5] + "AAAAA",
        cookie(name="_streamlit_session").replace("_streamlit_session=", "_streamlit_user="),
    ],
    ids=lambda _: "cookie",  # they hold the time at which they were signed
)
def test_a_cookie_that_we_did_not_sign_for_that_lets_nobody_in(given):
    watch = Watch()
    assert ask(guarded(watch), "/media/a.pdf", headers={"Cookie": given}).status == 401
    assert watch.asked == []


def test_a_cookie_in_parts_is_put_together():
    from streamlit.auth_util import set_cookie_with_chunks
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    parts = {}
    set_cookie_with_chunks(
        lambda name, value: parts.__setitem__(name, create_signed_value(SECRET, name, value).decode()),
        lambda name, value: create_signed_value(SECRET, name, value),
        "_streamlit_user",
        {**CLAIMS, "groups": [token_hex(20) for _ in range(200)]},
        cookie_attr_size=60,
    )
    assert len(parts) > 2
    whole = "; ".join(f"{name}={value}" for name, value in parts.items())
    assert ask(guarded(), "/media/a.pdf", headers={"Cookie": whole}).status == 200
    less = "; ".join(f"{name}={value}" for name, value in list(parts.items())[:-1])
    assert ask(guarded(), "/media/a.pdf", headers={"Cookie": less}).status == 401


def test_who_may_not_come_in_any_more_has_nothing():
    for path in GUARDED:
        assert ask(guarded(Watch(refuses=True)), path, headers={"Cookie": cookie()}).status == 401
    answer = ask(guarded(Watch(fails=True)), "/media/a.pdf", headers={"Cookie": cookie()})
    assert (answer.status, "the database does not answer" in answer.text) == (503, True)


def test_the_door_is_told_from_where_they_come():
    watch = Watch()
    ask(guarded(watch), "/media/a.pdf", headers={"Cookie": cookie()}, client=("192.0.2.7", 5))
    assert watch.asked == [("7", "192.0.2.7")]


# --- web sockets ------------------------------------------------------------------------------------------------------


def seen_behind(door, **headers):
    """What Streamlit sees of a web socket, and how it is answered."""
    found = SimpleNamespace(scope=None)

    async def server(scope, receive, send):
        found.scope = scope
        await behind(scope, receive, send)

    found.status = ask(
        guarded(door, app=server), "/_stcore/stream", method="WEBSOCKET", subprotocols=["streamlit", "xsrf", "session"],
        headers={"Sec-WebSocket-Protocol": "streamlit, xsrf, session", **headers},
    ).status  # fmt: skip
    found.headers = {} if found.scope is None else dict(found.scope["headers"])
    return found


def test_who_is_not_let_in_gets_a_page_from_its_beginning():
    kept = {"Cookie": cookie()}
    for door, given in (
        (Watch(), {}),
        (Watch(refuses=True), kept),
        (Watch(fails=True), kept),
        (Watch(), {"Cookie": "x=1"}),
    ):
        found = seen_behind(door, **given)
        assert found.status == 101
        assert found.headers[b"sec-websocket-protocol"] == b"streamlit, xsrf", "no page of before to go on with"
        assert found.scope["subprotocols"] == ["streamlit", "xsrf"]
    found = seen_behind(Watch(), Cookie=cookie())
    assert found.headers[b"cookie"] == cookie().encode()
    assert found.headers[b"sec-websocket-protocol"] == b"streamlit, xsrf, session"


def test_no_other_web_socket_is_open_to_nobody():
    for path in ("/", "/other", "/_stcore/stream/x"):
        assert ask(guarded(), path, method="WEBSOCKET").status == 403


def click(**more):
    asked = BackMsg()
    asked.rerun_script.query_string = "figure=share"
    for name, value in more.items():
        setattr(asked.rerun_script, name, value)
    asked.rerun_script.widget_states.widgets.add(id="delete", trigger_value=True)
    return asked.SerializeToString()


def other(name):
    asked = BackMsg()
    setattr(asked, name, True)
    return asked.SerializeToString()


@pytest.mark.parametrize("ended", ["refuses", "fails"])
def test_after_its_end_an_open_page_can_only_be_drawn_from_its_beginning(ended):
    watch, got = Watch(), []
    given = [click(), other("stop_script"), click(fragment_id="part"), other("stop_script"), b"\xff", click()]

    async def clicks(scope, receive, send):
        await send({"type": "websocket.accept"})
        got.extend([await receive() for _ in range(3)])
        setattr(watch, ended, True)
        got.append(await receive())
        got.append(await receive())
        setattr(watch, ended, False)
        got.append(await receive())
        got.append(await receive())

    messages = iter(
        [{"type": "websocket.connect"}, *({"type": "websocket.receive", "bytes": one} for one in given),
         {"type": "websocket.receive", "bytes": given[0]}, {"type": "websocket.disconnect"}]
    )  # fmt: skip

    async def replayed(scope, receive, send):
        async def one():
            return next(messages)

        await guarded(watch, app=clicks)(scope, one, send)

    ask(replayed, "/_stcore/stream", method="WEBSOCKET", headers={"Cookie": cookie()})
    assert [message.get("bytes") for message in got[1:3]] == given[:2]
    for message in got[3:5]:
        drawn = BackMsg.FromString(message["bytes"])
        assert drawn.rerun_script.query_string == "figure=share"
        assert not drawn.rerun_script.fragment_id
        assert not drawn.rerun_script.widget_states.widgets
    assert got[5]["bytes"] == given[0], "let in again"
    assert got[6]["type"] == "websocket.disconnect"


# --- there and back ---------------------------------------------------------------------------------------------------


def kept_for_the_way(answer, name="reach_wanted_"):
    """The cookies that are set, as a browser would send them back."""
    given = [
        value.split(";")[0] for key, value in answer.headers.items() if key == "set-cookie" and value.startswith(name)
    ]
    return "; ".join(one for one in given if not one.endswith("="))


async def signing_in(scope, receive, send):
    """Streamlit, to whose address the provider has led a browser back."""
    headers = [(b"location", b"/"), (b"set-cookie", b"_streamlit_user=signed; Max-Age=9"), (b"set-cookie", b"a=1")]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def not_signing_in(scope, receive, send):
    headers = [(b"location", b"/"), (b"set-cookie", b'_streamlit_user=""; Max-Age=0')]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("base", ["", "/planning/reach"])
@pytest.mark.parametrize(
    "wanted",
    ["/gaps", "/gaps?figure=share&place=SS1+2QA", "/?area=a%20b&x=%3B%2C", "/scenario_lab?plan=" + "aB3-_" * 1400],
)
def test_one_comes_back_to_the_page_that_one_left(base, wanted):
    headers = {"Referer": f"http://localhost:8501{base}{wanted}"}
    kept = ask(guarded(base=base), base + "/auth/login", headers=headers)
    cookies = kept_for_the_way(kept)
    for value in (value for key, value in kept.headers.items() if value.startswith("reach_wanted")):
        assert f"Path={base}/oauth2callback;" in value
        assert "HttpOnly; SameSite=Lax" in value
        assert len(value) < 4_096
    back = ask(guarded(base=base, app=signing_in), base + "/oauth2callback", headers={"Cookie": cookies})
    assert back.headers["location"] == base + wanted
    assert [value for value in back.headers.getlist("set-cookie") if value.startswith("_streamlit_user")]
    assert len([value for value in back.headers.getlist("set-cookie") if "reach_wanted" in value]) == 4
    assert kept_for_the_way(back) == "", "not kept for another time"
    refused = ask(guarded(base=base, app=not_signing_in), base + "/oauth2callback", headers={"Cookie": cookies})
    assert refused.headers["location"] == "/"


def test_a_short_link_leads_to_the_sign_in_and_then_on():
    asked = ask(guarded(), "/s/abc", headers=HTML)
    assert (asked.status, asked.headers["location"]) == (302, "/")
    cookies = kept_for_the_way(asked)
    login = ask(guarded(), "/auth/login", headers={"Referer": "http://localhost:8501/"})
    assert kept_for_the_way(login) == "", "the start is nothing that one wanted: the short link stays"
    assert "reach_wanted" not in str(login.headers)
    back = ask(guarded(app=signing_in), "/oauth2callback", headers={"Cookie": cookies})
    assert back.headers["location"] == "/s/abc"
    assert ask(guarded(), "/media/a.pdf", headers=HTML).status == 302
    assert "set-cookie" not in ask(guarded(), "/media/a.pdf", headers=HTML).headers


@pytest.mark.parametrize(
    "address",
    ["http://evil.example/gaps", "http://localhost:8501/media/a.pdf", "http://localhost:8501//evil.example",
     "http://localhost:8501/\\evil.example", "http://[", "", "http://localhost:8501/auth/logout",
     "http://localhost:8501/gaps?" + "x" * 15_000],
)  # fmt: skip
def test_nobody_is_led_anywhere_else(address):
    assert kept_for_the_way(ask(guarded(), "/auth/login", headers={"Referer": address})) == ""
    for forged in ("//evil.example", "https://evil.example", "/\\evil.example", "/media/a.pdf", "/s/../auth/logout"):
        back = ask(guarded(app=signing_in), "/oauth2callback", headers={"Cookie": f"reach_wanted_0={forged}"})
        assert back.headers["location"] == "/"


def test_who_signs_out_is_told_to_the_door_and_nobody_else_may_ask_for_it():
    watch = Watch()
    assert (
        ask(guarded(watch), "/auth/logout", headers={"Cookie": cookie(), "Sec-Fetch-Site": "cross-site"}).status == 403
    )
    assert watch.ended == []
    assert (
        ask(guarded(watch), "/auth/logout", headers={"Cookie": cookie(), "Sec-Fetch-Site": "same-origin"}).status == 200
    )
    assert watch.ended == ["7"]
    ask(guarded(watch), "/auth/logout")
    assert watch.ended == ["7"]


def test_sign_ins_are_noted_without_what_they_were_made_of(monkeypatch):
    noted = []
    monkeypatch.setattr(sign_in, "note", lambda event, **more: noted.append((event, more)))
    ask(guarded(app=signing_in), "/oauth2callback", query="code=c0de&state=st8")
    ask(guarded(app=not_signing_in), "/oauth2callback", query="code=c0de&state=st8")
    ask(guarded(Watch(refuses=True)), "/media/a.pdf", headers={"Cookie": cookie()})
    ask(guarded(), "/auth/logout", headers={"Cookie": cookie()})
    assert [event for event, _ in noted] == ["signed in", "sign-in refused", "sign-in refused", "signed out"]
    assert noted[2][1] == {"reason": "you signed in too long ago: sign in again"}


# --- where nobody signs in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["", "/planning/reach"])
def test_a_browser_without_a_name_is_given_one_with_a_page(base):
    server = OneVisit(behind, base, PAGES)
    answer = ask(server, base + "/gaps")
    [given] = [value for value in answer.headers.getlist("set-cookie") if value.startswith(VISIT_COOKIE)]
    assert given.endswith(f"; Path={base or '/'}; HttpOnly; SameSite=Lax")
    name = given.split(";")[0].removeprefix(f"{VISIT_COOKIE}=")
    assert is_visit(name)
    assert VISIT_COOKIE not in str(ask(server, base + "/gaps", headers={"Cookie": f"{VISIT_COOKIE}={name}"}).headers)
    assert VISIT_COOKIE in str(ask(server, base + "/gaps", headers={"Cookie": f"{VISIT_COOKIE}=short"}).headers)
    assert VISIT_COOKIE not in str(ask(server, base + "/media/a.pdf").headers)
    assert name not in str(ask(server, base + "/gaps").headers)
