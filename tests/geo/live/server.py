"""A server on loopback that answers as each publisher does, and that can fail in every way a publisher can."""

import hashlib
import json
import socket
import struct
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Reply:
    """An answer before anything goes wrong with it."""

    body: bytes
    kind: str = "application/octet-stream"
    status: int = 200
    headers: dict = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    """Says nothing when somebody closes the connection on it."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Publishers:
    """All publishers on one port, each under its name; `routes` answer, `faults` spoil the next answers in turn."""

    def __init__(self):
        self.routes: dict[str, Callable[[str, dict, bytes], Reply | None]] = {}
        self.faults = defaultdict(list)
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer._serve(self, b"")

            def do_POST(self):
                outer._serve(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                """Keep quiet."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def asked_of(self, name):
        return [path for method, path, headers in self.asked if path.startswith(f"/{name}")]

    def _serve(self, handler, body):
        self.asked.append((handler.command, handler.path, dict(handler.headers)))
        url = urlsplit(handler.path)
        name, _, rest = url.path.lstrip("/").partition("/")
        route = self.routes.get(name)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        reply = (route(rest, query, body) if route else None) or Reply(b"no such file", "text/plain", 404)
        fault = self.faults[name].pop(0) if self.faults[name] else send
        fault(handler, reply)


def send(handler, reply):
    """Answer well: with marks of the edition, a part when a part is asked for, and 304 when nothing changed."""
    headers, body, status = dict(reply.headers), reply.body, reply.status
    if status == 200 and handler.command == "GET":
        etag = headers.setdefault("ETag", '"' + hashlib.md5(body).hexdigest() + '"')
        headers.setdefault("Accept-Ranges", "bytes")
        if handler.headers.get("If-None-Match") == etag:
            body, status = b"", 304
        asked = handler.headers.get("Range", "")
        if asked and handler.headers.get("If-Range", etag) == etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            body, status = body[start:], 206
    write(handler, status, reply.kind, headers, body, len(body))


def write(handler, status, kind, headers, body, length):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(length))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def refuses(status, **headers):
    """A fault: a status, with headers such as ``Retry_After``."""

    def fault(handler, _reply):
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        write(handler, status, "text/plain", named, b"busy", 4)

    return fault


def says_nothing(seconds):
    """A fault: the server is silent for longer than anybody waits."""

    def fault(handler, _reply):
        threading.Event().wait(seconds)
        handler.close_connection = True

    return fault


def cut_off(share=0.5, weak=""):
    """A fault: the connection ends in the middle of the body; `weak` is ``W/`` before the mark of the edition."""

    def fault(handler, reply):
        marks = {"ETag": weak + '"' + hashlib.md5(reply.body).hexdigest() + '"', "Accept-Ranges": "bytes"}
        half = reply.body[: int(len(reply.body) * share)]
        write(handler, 200, reply.kind, marks, half, len(reply.body))
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_WR)

    return fault


def reset():
    """A fault: the connection is reset at once."""

    def fault(handler, _reply):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()

    return fault


def announces(change):
    """A fault: the whole body, with another length announced than it has."""

    def fault(handler, reply):
        write(handler, 200, reply.kind, {}, reply.body, len(reply.body) + change)
        handler.close_connection = True

    return fault


def becomes(change, kind=None):
    """A fault: `change` is done to the body, and all headers say that it is well."""

    def fault(handler, reply):
        body = change(reply.body)
        write(handler, 200, kind or reply.kind, {}, body, len(body))

    return fault


def unmeasured(change):
    """A fault: `change` is done to the body, and its length is not announced."""

    def fault(handler, reply):
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(change(reply.body))
        handler.close_connection = True

    return fault


def page(_body):
    """A body: the page that a proxy or a busy site answers with."""
    return b"<!DOCTYPE html>\n<html><body>Sorry, too busy</body></html>"


def files(content):
    """A route: files by path and query, as ``Reply`` or bytes."""

    def route(path, query, _body):
        found = content.get(path)
        return Reply(found) if isinstance(found, bytes) else found

    return route


def as_json(content):
    return Reply(json.dumps(content).encode(), "application/json")
