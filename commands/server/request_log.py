"""Lines of the log for machines: one JSON object a line, one line a request, with an id that a proxy may give.

A line holds no query of an address, because that may be a postcode that somebody typed, and no header or cookie.
"""

import json
import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-request-id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
# What leads to somebody's view, or names somebody's session, is left out.
_PRIVATE = re.compile(r"(?P<kept>/s/|/_stcore/upload_file/|/media/).*")
# What Streamlit says of a visit names it, and whoever knows that number could go on with it.
_VISIT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_PATH = 200
_REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
_LOG = logging.getLogger("reach.requests")


class RequestLog:
    """Give each request an id and note how it was answered; count the pages that are open.

    Parameters
    ----------
    app
        The server behind.
    visitors
        Where the pages that are open are counted.
    """

    def __init__(self, app: "ASGIApp", visitors: "Visitors") -> None:
        self._app, self._visitors = app, visitors

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        from starlette.datastructures import Headers, MutableHeaders

        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        # So that a page can say by which request it came; its script runs in a thread that knows nothing of this one.
        others = [one for one in scope["headers"] if one[0] != HEADER.encode()]
        scope = {**scope, "headers": [*others, (HEADER.encode(), request.encode())]}
        kept = _REQUEST.set(request)
        begun, told = time.perf_counter(), {"status": 500, "open": False}

        async def send_noted(message: "Message") -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                told["status"] = message["status"]
                MutableHeaders(scope=message)[HEADER] = request
            elif message["type"] == "websocket.accept":
                told.update(status=101, open=True)
                self._visitors.come()
                note("session opened", path=_path(scope))
            elif message["type"] == "websocket.close" and not told["open"]:
                told["status"] = 403
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            spent_ms = round((time.perf_counter() - begun) * 1000)
            if told["open"]:
                self._visitors.go()
                note("session closed", path=_path(scope), ms=spent_ms)
            else:
                method = scope.get("method", "WEBSOCKET")
                note("request", method=method, path=_path(scope), status=told["status"], ms=spent_ms)
            _REQUEST.reset(kept)


class Visitors:
    """How many pages are open at this server."""

    def __init__(self) -> None:
        self.now = 0

    def come(self) -> None:
        """Count one more."""
        self.now += 1

    def go(self) -> None:
        """Count one less."""
        self.now -= 1


def note(event: str, **more: Any) -> None:
    """Write a line about something that happened."""
    _LOG.info(event, extra={"more": more})


def _path(scope: "Scope") -> str:
    return _PRIVATE.sub(r"\g<kept>*", str(scope["path"]))[:_LONGEST_PATH]


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``from``, ``event``, ``id``, and what else there is to say."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": _VISIT.sub("*", record.getMessage()),
        }
        request = _REQUEST.get() or _of_page()
        if request:
            line["id"] = request
        line |= getattr(record, "more", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _of_page() -> str | None:
    """Return the id of the request by which the page came whose script runs in this thread."""
    if "streamlit.runtime.scriptrunner_utils" not in sys.modules:
        return None
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return None if get_script_run_ctx(suppress_warning=True) is None else st.context.headers.get(HEADER)


def write_json_lines() -> None:
    """Write everything that is logged as JSON lines on standard error: our lines, and those of all libraries.

    Streamlit and uvicorn write lines of their own form; those of theirs that are loaded are sent on to the one place.
    """
    root = logging.getLogger()
    if not any(isinstance(one.formatter, JsonLines) for one in root.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        root.handlers[:] = [handler]
    for name in list(root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in ("uvicorn.access", "uvicorn.error"):  # what they say below it holds addresses and queries of visitors
        logging.getLogger(name).setLevel(logging.WARNING)
    _LOG.setLevel(logging.INFO)
