"""What each answer tells the browser to refuse: foreign scripts and frames, guesses of kinds, and addresses sent on."""

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_PLAIN = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # an address may hold a postcode that somebody typed
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_MADE = "/media/"
"""Under which Streamlit hands out what a page made for its visitor."""


def content_policy() -> str:
    """Return what a page may load: from this server alone, and only scripts that this server has.

    Streamlit has one script in its page, which is let in by what it holds. Components and the map's workers come as
    blobs that a script of this server made; pages of HTML carry styles inside them.
    """
    import streamlit

    page = Path(streamlit.__file__).parent / "static" / "index.html"
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in _INLINE.findall(page.read_text(encoding="utf-8"))
    ]
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' blob: {' '.join(hashes)}".strip(),
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


class SafeHeaders:
    """Add the headers to each answer, and take out those that would let pages of other sites read it.

    Pages may be shown inside those of other sites with ``?embed=1`` alone: such a page has no menu and no controls.

    Parameters
    ----------
    app
        The server behind.
    policy
        What a page may load; see :func:`content_policy`.
    """

    def __init__(self, app: "ASGIApp", policy: str) -> None:
        self._app, self._policy = app, policy

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        from starlette.datastructures import MutableHeaders

        async def send_safely(message: "Message") -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]
                headers.update(_PLAIN)
                if _MADE in scope["path"]:
                    headers["cache-control"] = "no-store"
                headers["content-security-policy"] = self._policy
                if ("embed", "1") not in parse_qsl(scope["query_string"].decode("latin-1")):
                    headers["content-security-policy"] += "; frame-ancestors 'none'"
                    headers["x-frame-options"] = "DENY"
                if scope["scheme"] == "https":  # said by the proxy: Streamlit knows only of certificates of its own
                    message["headers"] = [_secure(*one) for one in message["headers"]]
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def _secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Keep a cookie to encrypted connections."""
    if name.lower() == b"set-cookie" and b"; secure" not in value.lower():
        value += b"; Secure"
    return name, value
