"""Ask a server (ASGI) something without a network."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Headers
    text: str
    sent: list[dict[str, Any]] = field(repr=False)


def ask(server, path="/", *, method="GET", query="", headers=(), **more) -> Answer:
    """Ask for an address; a method of ``WEBSOCKET`` opens a web socket."""
    sent: list[dict[str, Any]] = []
    kind = "websocket" if method == "WEBSOCKET" else "http"
    given = [(name.lower().encode(), value.encode("latin-1")) for name, value in dict(headers).items()]
    if not any(name == b"host" for name, _ in given):
        given.append((b"host", b"localhost:8501"))
    scope = {
        "type": kind, "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": given,
        "root_path": "", "scheme": "ws" if kind == "websocket" else "http", "http_version": "1.1",
        "server": ("127.0.0.1", 8501), "client": ("127.0.0.1", 1),
        **({"method": method} if kind == "http" else {"subprotocols": []}), **more,
    }  # fmt: skip

    async def receive():
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    # In a thread of its own: a browser of other tests may keep a loop in this one.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, server(scope, receive, send)).result()
    socket = {"status": 403 if sent[0]["type"] == "websocket.close" else 101, "headers": []}
    start = next((one for one in sent if one["type"] == "http.response.start"), socket)
    text = b"".join(one.get("body", b"") for one in sent).decode()
    return Answer(start["status"], Headers(raw=start["headers"]), text, sent)


async def behind(scope, receive, send):
    """A server that takes everything, and sets a cookie."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    headers = [(b"set-cookie", b"a=1; Path=/"), (b"access-control-allow-origin", b"*"), (b"vary", b"Origin")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"behind"})
