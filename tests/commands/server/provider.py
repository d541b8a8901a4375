"""A provider of sign-ins on this machine, and the file of the sign-in that names it."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

COOKIE_SECRET = "drawn-at-random-" * 3
GONE = "http://localhost:9"
"""Where nobody answers."""
ROLES = ("viewer", "member", "planner", "administrator")
PEOPLE = [
    *({"sub": f"{role}-7", "name": f"Jo {role}", "email": f"{role}@council.example", "groups": [f"reach-{role}s"]}
      for role in ROLES),
    {"sub": "stranger-7", "name": "Sam", "groups": ["elsewhere"]},
]  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def provider(log: Path) -> Iterator[str]:
    """Start it in a process of its own, whose warnings are not ours; give its address."""
    port = free_port()
    people = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--host", "localhost"]
    with log.open("w", encoding="utf-8") as output:
        running = subprocess.Popen([*command, "--require-nonce", "true", *people], stdout=output, stderr=output)
        try:
            until_open(port, running, log)
            yield f"http://localhost:{port}"
        finally:
            running.terminate()
            running.wait()


def until_open(port: int, running: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until somebody listens on the port."""
    for _ in range(300):
        assert running.poll() is None, log.read_text(encoding="utf-8")
        try:
            socket.create_connection(("localhost", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nobody listens on {port}")


def sign_in_file(folder: Path, issuer: str, also: str = "", address: str = "http://localhost:{port}") -> Path:
    """Write the file of the sign-in for a dashboard at an address; `also` adds the providers ``other`` and ``gone``."""
    file = folder / "sign-in.toml"
    groups = "\n".join(f'{role} = "reach-{role}s"' for role in ROLES)
    file.write_text(
        f'[auth]\nredirect_uri = "{address}/oauth2callback"\nclient_id = "reach"\nclient_secret = "hush-hush"\n'
        f'cookie_secret = "{COOKIE_SECRET}"\nserver_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
        + (
            f'[auth.other]\nclient_id = "reach"\nclient_secret = "hush-hush"\nserver_metadata_url = "{also}/x"\n'
            + f'[auth.gone]\nclient_id = "reach"\nclient_secret = "hush-hush"\nserver_metadata_url = "{GONE}/x"\n'
            if also
            else ""
        )
        + f'[roles]\nclaim = "groups"\n{groups}\ndefault = "none"\n',
        encoding="utf-8",
    )
    file.chmod(0o600)
    return file


class Liar:
    """A provider whose answers a test changes before they are signed.

    Attributes
    ----------
    claims
        What the next answer says beside what it should, or in its place; None leaves a claim out.
    key
        What it is signed with; not always what `keys` says.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.own, self.strange = (RSAKey.generate_key(2048, {"kid": "k"}, private=True) for _ in range(2))
        self.key, self.algorithm = self.own, "RS256"
        self._server = ThreadingHTTPServer(("localhost", 0), self._handler())
        self.address = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str) -> dict[str, Any]:
        """What it says under an address."""
        if path == "/keys":
            return {"keys": [{**self.own.as_dict(private=False), "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            now = int(time.time())
            usual = {"iss": self.address, "sub": "planner-7", "aud": "reach", "iat": now, "exp": now + 600}
            said = {**usual, "groups": ["reach-planners"], **self.claims}
            header = {"alg": self.algorithm, "kid": "k"}
            kept = {name: value for name, value in said.items() if value is not None}
            token = jwt.encode(header, kept, self.key, algorithms=[self.algorithm])
            return {"access_token": "a-token", "token_type": "Bearer", "id_token": token}
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = json.dumps(liar.answer(self.path)).encode()
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        return Handler
