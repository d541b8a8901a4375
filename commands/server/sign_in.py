"""What a server lets through where people sign in: to whom nobody knows, what the page that asks them in needs.

Everything else, an address that a later version adds included, is for who is signed in.
"""

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from commands.server.guards import refused
from commands.server.request_log import note
from store.errors import NotAllowedError, StoreError
from wording.languages import english

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from store.door import Door

_LOGIN, _LOGOUT, _CALLBACK, _STREAM = "/auth/login", "/auth/logout", "/oauth2callback", "/_stcore/stream"
FREE = ("/healthz", "/_stcore/health", "/_stcore/host-config", "/favicon.png", _LOGIN, _LOGOUT, _CALLBACK)
"""What the page that asks people in needs beside itself and Streamlit's own scripts and styles."""
_SCRIPTS = "/static/"
_SHORT = re.compile(r"/(s/[A-Za-z0-9]{1,40}|ward/[\w'’.-]{1,80})")
_WANTED = "reach_wanted"
_PART, _PARTS, _WANTED_S = 3_500, 4, 900
_FAULT = 400


class SignedIn:
    """Let through what everybody may have; the rest for who is signed in, still has a role, and was not removed.

    Who is not let in may open a page's web socket, but gets a page from its beginning, which asks them to sign in, and
    not one that they had before. An open page asks so at the first click after its sign-in has ended.

    Parameters
    ----------
    app
        The server behind.
    door
        Says who comes in.
    base
        The path that all addresses lie under; empty when there is none.
    pages
        Names of the pages, whose first answer is the same for all and holds nothing.
    """

    def __init__(self, app: "ASGIApp", door: "Door", base: str, pages: Collection[str]) -> None:
        self._app, self._door, self._base = app, door, base
        self._pages = frozenset(f"/{page}" for page in pages)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        from starlette.concurrency import run_in_threadpool
        from starlette.datastructures import Headers

        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path, headers = str(scope["path"]).removeprefix(self._base), Headers(scope=scope)
        claims = signed_claims(scope)
        origin = scope["client"][0] if scope.get("client") else ""
        answer: ASGIApp = self._app

        async def comes_in() -> bool:
            return claims is not None and await run_in_threadpool(self._lets_in, claims, origin)

        try:
            if scope["type"] == "websocket":
                if not await _is(comes_in):
                    scope = _from_its_beginning(scope)
                    answer = self._app if path == _STREAM else refused(403, "")
                if claims is not None:
                    receive = _watched(receive, comes_in)
            elif path == _LOGIN:
                send = _explained(_adding(send, self._remembered(_own_address(headers))), scope, receive)
            elif path == _LOGOUT:
                if headers.get("sec-fetch-site") == "cross-site":
                    answer = refused(403, "this server takes that from its own pages alone")
                elif claims is not None:
                    await run_in_threadpool(self._door.end, claims, origin)
                    note("signed out")
            elif path == _CALLBACK:
                send = self._leading_back(send, scope)
            elif not (self._free(path) or await comes_in()):
                answer = self._asked_in(scope, path, headers)
        except StoreError as error:
            answer = refused(503, f"nobody can be let in now: {error}")
        await answer(scope, receive, send)

    def _free(self, path: str) -> bool:
        return path in self._pages or path in FREE or path.startswith(_SCRIPTS)

    def _lets_in(self, claims: Mapping[str, Any], origin: str) -> bool:
        try:
            self._door.come_in(claims, origin)
        except NotAllowedError as error:
            note("sign-in refused", reason=str(error))
            return False
        return True

    def _asked_in(self, scope: "Scope", path: str, headers: "Headers") -> "ASGIApp":
        """Lead who opens an address to the page that asks them in; refuse a program, or a part of a page."""
        if scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
            return refused(401, "sign in first")
        from starlette.responses import RedirectResponse

        found = RedirectResponse(f"{self._base}/", status_code=302, headers={"Cache-Control": "no-store"})
        query = scope["query_string"].decode("latin-1")
        found.raw_headers += self._remembered(f"{quote(path)}?{query}" if query else quote(path))
        return found

    def _remembered(self, address: str) -> "list[tuple[bytes, bytes]]":
        """Return cookies, for the way back alone, that hold which of our addresses somebody wanted; none for none."""
        wanted = address.removeprefix(self._base)
        if wanted == "/" or not self._leads_somewhere(wanted):
            return []
        kept = quote(wanted, safe="/?=&%+-._~:@!$'()*")  # only what a cookie cannot hold
        parts = [kept[start : start + _PART] for start in range(0, len(kept), _PART)]
        return [] if len(parts) > _PARTS else self._cookies(parts)

    def _cookies(self, parts: list[str]) -> "list[tuple[bytes, bytes]]":
        """Return the cookies of these parts; those of the parts that are not there are taken away."""
        found = []
        for number in range(_PARTS):
            value, age = (parts[number], _WANTED_S) if number < len(parts) else ("", 0)
            scoped = f"Path={self._base}{_CALLBACK}; Max-Age={age}; HttpOnly; SameSite=Lax"
            found.append((b"set-cookie", f"{_WANTED}_{number}={value}; {scoped}".encode()))
        return found

    def _leads_somewhere(self, wanted: str) -> bool:
        path = unquote(wanted.partition("?")[0])
        return path in self._pages or _SHORT.fullmatch(path) is not None

    def _leading_back(self, send: "Send", scope: "Scope") -> "Send":
        """Lead who has signed in to the address that they wanted, which Streamlit does not know of."""
        from starlette.datastructures import MutableHeaders

        cookies = _cookies_of(scope)
        wanted = "".join(cookies.get(f"{_WANTED}_{number}", "") for number in range(_PARTS))

        async def send_back(message: "Message") -> None:
            if message["type"] == "http.response.start":
                came = any(_sets_user(value) for name, value in message["headers"] if name.lower() == b"set-cookie")
                note("signed in" if came else "sign-in refused")
                if came and wanted and self._leads_somewhere(wanted):
                    MutableHeaders(scope=message)["location"] = f"{self._base}{wanted}"
                    message["headers"] = [*message["headers"], *self._cookies([])]
            await send(message)

        return send_back


def signed_claims(scope: "Scope") -> Mapping[str, Any] | None:
    """Return what the provider said of who asks, from the signed cookie; None where there is none that we signed."""
    from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    cookies = _cookies_of(scope)

    def one(name: str) -> bytes | None:
        given = cookies.get(name)
        return None if given is None else decode_signed_value(get_cookie_secret(), name, given)

    try:
        kept = get_cookie_with_chunks(one, USER_COOKIE_NAME)
        claims = json.loads(kept) if kept else None
    except ValueError:
        return None
    if not isinstance(claims, dict) or claims.get("is_logged_in") is not True:
        return None
    return claims if claims.get("origin") == get_origin_from_redirect_uri() else None


def _cookies_of(scope: "Scope") -> dict[str, str]:
    from starlette.requests import HTTPConnection

    return HTTPConnection(scope).cookies


def _own_address(headers: "Headers") -> str:
    """Return path and query of the page of this server that the browser comes from; nothing for any other."""
    try:
        parts = urlsplit(headers.get("referer", ""))
    except ValueError:
        return ""
    if parts.netloc.lower() != headers.get("host", "").lower():
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _from_its_beginning(scope: "Scope") -> "Scope":
    """Return the request for a web socket without the page to go on with, which is the third in this list."""
    protocols = list(scope.get("subprotocols", ()))[:2]
    headers = [one for one in scope["headers"] if one[0].lower() != b"sec-websocket-protocol"]
    if protocols:
        headers.append((b"sec-websocket-protocol", ", ".join(protocols).encode("latin-1")))
    return {**scope, "headers": headers, "subprotocols": protocols}


async def _is(comes_in: "Callable[[], Awaitable[bool]]") -> bool:
    try:
        return await comes_in()
    except StoreError:  # the page itself tells that
        return False


def _watched(receive: "Receive", comes_in: "Callable[[], Awaitable[bool]]") -> "Receive":
    """Let each message of an open page whose sign-in does not hold ask for one thing alone: to draw the whole page.

    Drawn from its beginning, the page asks to sign in; a part of it that is drawn by itself would not.
    """

    async def received() -> "Message":
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or await _is(comes_in):
                return message
            drawn = _whole_page(message.get("bytes") or b"")
            if drawn:
                return {**message, "bytes": drawn}

    return received


def _whole_page(given: bytes) -> bytes:
    """Return a message that draws the page without what was clicked; nothing for one that draws none."""
    from google.protobuf.message import DecodeError
    from streamlit.proto.BackMsg_pb2 import BackMsg

    try:
        asked = BackMsg.FromString(given)
    except DecodeError:
        return b""
    if asked.WhichOneof("type") != "rerun_script":
        return b""
    whole = BackMsg()
    whole.rerun_script.query_string = asked.rerun_script.query_string
    whole.rerun_script.page_script_hash = asked.rerun_script.page_script_hash
    return bytes(whole.SerializeToString())


def _adding(send: "Send", headers: "Iterable[tuple[bytes, bytes]]") -> "Send":
    async def send_more(message: "Message") -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return send_more


def _explained(send: "Send", scope: "Scope", receive: "Receive") -> "Send":
    """Say in a page what to do when the provider cannot be reached, of which Streamlit says two words alone."""
    failed = False

    async def send_page(message: "Message") -> None:
        nonlocal failed
        if message["type"] == "http.response.start" and message["status"] >= _FAULT:
            from commands.addresses import plain_page

            failed, said = True, english()
            note("sign-in refused", reason="the provider cannot be reached, or the way to it is not the page's own")
            page = plain_page(said.say("sign_in.no_provider"), said.say("sign_in.no_provider_text"), 502)
            await page(scope, receive, send)
        elif not failed:
            await send(message)

    return send_page


def _sets_user(cookie: bytes) -> bool:
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    return cookie.startswith(f"{USER_COOKIE_NAME}=".encode()) and b"max-age=0" not in cookie.lower()


class OneVisit:
    """Give a browser that has none a random name, so that what it saved stays its own at the next visit.

    Parameters
    ----------
    app
        The server behind.
    base, pages
        As of :class:`SignedIn`.
    """

    def __init__(self, app: "ASGIApp", base: str, pages: Collection[str]) -> None:
        self._app, self._base = app, base
        self._pages = frozenset(f"{base}/{page}" for page in pages)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        from store.access import VISIT_COOKIE, is_visit

        page = scope["type"] == "http" and scope["path"] in self._pages
        if page and not is_visit(_cookies_of(scope).get(VISIT_COOKIE, "")):
            kept = f"{VISIT_COOKIE}={secrets.token_urlsafe(32)}; Path={self._base or '/'}; HttpOnly; SameSite=Lax"
            send = _adding(send, [(b"set-cookie", kept.encode())])
        await self._app(scope, receive, send)
