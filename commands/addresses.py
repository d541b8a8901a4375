"""Addresses that the server itself answers: ``/healthz``, and ``/s/<code>`` and ``/ward/<name>``, sent on to a page.

Short addresses lead to pages of this program and never to another host: the new address is relative, and is made of
the name of a page and a query that the store has checked.
"""

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from commands.server.health import Health
from geo.errors import ReachError
from wording.take import take_words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from store.short_links import ShortLinkStore

_WARD = re.compile(r"[a-z0-9'’.-]{1,80}")
_AREA = re.compile(r"[a-z0-9_-]{1,100}")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>body{{font:1.125rem/1.5 sans-serif;margin:3rem auto;max-width:34rem;padding:0 1rem;
color:#0B0C0C}}a{{color:#12436D}}a:focus-visible{{outline:3px solid #0B0C0C}}</style></head>
<body><main><h1>{title}</h1><p>{text}</p><p><a href="../">{start}</a></p></main></body></html>"""


class Addresses:
    """The server's own addresses; the store is opened when the first short link is asked for.

    Parameters
    ----------
    health
        Answers ``/healthz``.
    """

    def __init__(self, health: Health) -> None:
        self._health = health
        self._store: ShortLinkStore | None = None

    def before(self, app: "ASGIApp", base: str = "") -> "ASGIApp":
        """Return a server that answers these addresses, each in a thread of its own, and leaves the rest to `app`.

        Parameters
        ----------
        app
            The server of everything else.
        base
            The path that all addresses lie under, such as ``"/planning/reach"``; empty when there is none.
        """
        from starlette.middleware.exceptions import ExceptionMiddleware
        from starlette.routing import Route, Router

        routes = [
            Route(f"{base}/healthz", self._health.answer),
            Route(f"{base}/s/{{code}}", self.short),
            Route(f"{base}/ward/{{name}}", self.ward),
        ]
        router = ExceptionMiddleware(Router(routes, default=app, redirect_slashes=False))

        async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
            # A router would keep the start and the end of the server to itself.
            await (app if scope["type"] == "lifespan" else router)(scope, receive, send)

        return answer

    def short(self, request: "Request") -> "Response":
        """Send a short link on to its view."""
        from store.short_links import ShortLinkStore

        try:
            if self._store is None:
                self._store = ShortLinkStore.open()
            link = self._store.find(str(request.path_params["code"]))
        except ReachError as error:
            return _plain("fault", 503, str(error))
        return _plain("unknown", 404) if link is None else _sent_on(link.page, link.query)

    def ward(self, request: "Request") -> "Response":
        """Send the address of a ward on to its page."""
        name = str(request.path_params["name"]).casefold()
        if not _WARD.fullmatch(name):
            return _plain("unknown", 404)
        area = request.query_params.get("area", "")
        return _sent_on("ward", urlencode({"ward": name} | ({"area": area} if _AREA.fullmatch(area) else {})))


def _sent_on(page: str, query: str) -> "Response":
    from starlette.responses import RedirectResponse

    # Relative, so that it holds behind any base path; a store that is repaired must not be outlived by a kept answer.
    address = f"../{page}?{query}" if query else f"../{page}"
    return RedirectResponse(address, status_code=302, headers={"Cache-Control": "no-store"})


def _plain(what: str, status: int, more: str = "") -> "Response":
    words = take_words()
    text = " ".join(part for part in (words[f"{what}_link_text"], more) if part)
    return plain_page(words[f"{what}_link"], text, status)


def plain_page(title: str, text: str, status: int) -> "Response":
    """Return a plain page that says why there is nothing, with a link to the start."""
    from starlette.responses import HTMLResponse

    made = _PAGE.format(title=escape(title), text=escape(text), start=escape(take_words()["start"]))
    return HTMLResponse(made, status_code=status, headers={"Cache-Control": "no-store"})
