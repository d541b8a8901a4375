"""What is refused before Streamlit sees it: other sites' requests, closed addresses, and files nobody published."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from drawing.static_files import ADDRESS, published_file, static_root

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_READING = ("GET", "HEAD", "OPTIONS")
OPEN = ("health", "host-config", "stream", "upload_file", "bidi-components")
"""What the pages need of Streamlit's own addresses (``/_stcore/…``); the rest, such as its metrics, is closed."""


class Guard(ABC):
    """Stands before a server, and answers in its place what it refuses.

    Parameters
    ----------
    app
        The server behind.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        answer = await self.refusal(scope) if scope["type"] in ("http", "websocket") else None
        await (answer or self._app)(scope, receive, send)

    @abstractmethod
    async def refusal(self, scope: "Scope") -> "ASGIApp | None":
        """Return what answers in the server's place; None for what may go on to it."""


class KnownNames(Guard):
    """Refuse whoever asks this server by a name that is not one of its own (Streamlit's ``server.allowedHosts``).

    Streamlit itself looks at the name only when a web socket is opened.
    """

    async def refusal(self, scope: "Scope") -> "ASGIApp | None":
        """Refuse a foreign name, two names, and none."""
        from starlette.datastructures import Headers
        from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

        given = Headers(scope=scope).getlist("host")
        if len(given) == 1 and is_host_allowed(given[0]):
            return None
        return refused(400, "this server does not answer under that name")


class SameSite(Guard):
    """Refuse web sockets and changes that a page of another site, or of another port, asks for.

    Streamlit itself would take a web socket from any page that this machine serves, on whatever port.
    """

    async def refusal(self, scope: "Scope") -> "ASGIApp | None":
        """Refuse what would change something, or opens a web socket, for a page that is not this server's."""
        from starlette.datastructures import Headers

        if scope["type"] == "websocket" or scope["method"] not in _READING:
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and _netloc(origin) != headers.get("host", "").lower():
                return refused(403, "this server takes that from its own pages alone")
        return None


def refused(status: int, reason: str) -> "ASGIApp":
    """Return a server that refuses; a web socket is refused in the one way that all servers know (403)."""
    from starlette.responses import PlainTextResponse

    plain = PlainTextResponse(reason, status_code=status)

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await plain(scope, receive, send)

    return answer


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class Closed(Guard):
    """Answer that there is nothing at addresses that the pages do not need, and for files that were not published.

    Parameters
    ----------
    app
        The server behind.
    base
        The path that all addresses lie under; empty when there is none.
    root
        Folder of the published files, instead of the app's own.
    """

    def __init__(self, app: "ASGIApp", base: str = "", root: Path | None = None) -> None:
        super().__init__(app)
        self._base, self._root = base, root

    async def refusal(self, scope: "Scope") -> "ASGIApp | None":
        """Refuse what is closed, and what was not published."""
        from starlette.concurrency import run_in_threadpool

        path = str(scope["path"]).removeprefix(self._base)
        if path.startswith(f"/{ADDRESS}"):
            name = path.removeprefix(f"/{ADDRESS}")
            there = await run_in_threadpool(published_file, name, self._root or static_root())
        else:
            there = not _closed(path)
        return None if there else refused(404, "Not Found")


def _closed(path: str) -> bool:
    parts = path.split("/")[1:]
    return parts[0] == "component" or (parts[0] == "_stcore" and (len(parts) == 1 or parts[1] not in OPEN))
