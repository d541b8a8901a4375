"""The examples in ``deploy/`` work: two processes behind nginx on one PostgreSQL, the unit, the container."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from typer.main import get_command
from websockets.sync.client import connect

from benchmarks.serving import served
from cli import app
from store.short_links import ShortLinkStore
from tests.commands.server.provider import COOKIE_SECRET, sign_in_file
from tests.conftest import require_or_skip
from tests.people import boss
from tests.store.conftest import postgres  # noqa: F401

CHECKOUT = Path(__file__).resolve().parents[1]
DEPLOY = CHECKOUT / "deploy"
NAME = "reach.council.example"


def program(name: str, package: str) -> str:
    """A program that is to be installed; without it the test is skipped."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or require_or_skip(
        f"needs {name} (Debian package {package})"
    )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Visitor:
    """A browser of one visitor, which keeps its cookies and trusts our certificate."""

    port: int
    trusted: ssl.SSLContext
    cookies: dict[str, str] = field(default_factory=dict)

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        """Status, headers and text of the answer."""
        asked = http.client.HTTPSConnection(NAME, self.port, context=self.trusted, timeout=60)
        asked._create_connection = lambda *_: self.line()  # type: ignore[attr-defined]  # the name is nowhere known
        try:
            asked.request("GET", path, headers={"Cookie": self.cookie(), **headers})
            answer = asked.getresponse()
            for given in answer.headers.get_all("set-cookie", []):
                name, _, value = given.split(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.headers, answer.read().decode()
        finally:
            asked.close()

    def sign_in(self) -> None:
        """Have what the dashboard gives who comes back from the provider."""
        claims = {"iss": "https://login.example", "sub": "7", "iat": int(time.time()), "groups": ["reach-planners"]}
        text = json.dumps({**claims, "is_logged_in": True, "origin": f"https://{NAME}:{self.port}"})
        self.cookies["_streamlit_user"] = create_signed_value(COOKIE_SECRET, "_streamlit_user", text).decode()

    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def process(self) -> int:
        """Which process answers; nginx asks from this machine, so that it hears details."""
        return int(json.loads(self.ask("/healthz")[2])["details"]["process"])

    def stream(self, origin: str | None = None):
        """A web socket."""
        return connect(
            f"wss://{NAME}:{self.port}/_stcore/stream", sock=self.line(), ssl=self.trusted, proxy=None,
            origin=origin or f"https://{NAME}:{self.port}", subprotocols=["streamlit"],
            additional_headers={"Cookie": self.cookie()},
        )  # fmt: skip


def nginx_settings(folder: Path, port: int, plain_port: int, behind: list[int]) -> Path:
    """The site as it is in ``deploy/``, with other ports and files, and with settings of nginx around it."""
    site = (DEPLOY / "nginx-site.conf").read_text(encoding="utf-8")
    site = re.sub(r" *listen \[::\].*\n", "", site)  # not every machine has the newer addresses
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("127.0.0.1:8501", f"127.0.0.1:{behind[0]}"),
        ("127.0.0.1:8502", f"127.0.0.1:{behind[1]}"),
        (f"/etc/ssl/certs/{NAME}.pem", str(folder / "certificate.pem")),
        (f"/etc/ssl/private/{NAME}.key", str(folder / "key.pem")),
        ("/var/log/nginx/service-reach.log", str(folder / "access.log")),
    ):
        assert old in site, old
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    kept = "".join(
        f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\nevents {{}}\n"
        f"http {{\n{kept}include {folder / 'site.conf'};\n}}\n",
        encoding="utf-8",
    )
    return folder / "nginx.conf"


@pytest.mark.slow
def test_two_processes_behind_nginx_on_one_postgresql(tmp_path, request):
    nginx, openssl = program("nginx", "nginx"), program("openssl", "openssl")
    url = request.getfixturevalue("postgres").new_database()
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext",
         f"subjectAltName=DNS:{NAME}", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (tmp_path / "settings").mkdir()
    environment = {
        "REACH_DATABASE_URL": url,
        "REACH_SIGN_IN": str(tmp_path / "sign-in.toml"),
        "PYTHONUNBUFFERED": "1",
    }
    port, plain_port = free_port(), free_port()
    sign_in_file(tmp_path, "https://login.example", address=f"https://{NAME}:{port}")
    command = [
        sys.executable, "-m", "cli", "app", "--headless", "--host", "localhost", "--name", NAME, "--log", "json",
        "--port",
    ]  # fmt: skip
    with ExitStack() as running:
        behind = [
            urlsplit(running.enter_context(served(command, environment, tmp_path / f"{number}.log"))).port
            for number in (1, 2)
        ]
        settings = nginx_settings(tmp_path, port, plain_port, behind)
        errors = running.enter_context((tmp_path / "nginx.out").open("w"))
        proxy = subprocess.Popen([nginx, "-c", settings, "-e", tmp_path / "error.log"], stdout=errors, stderr=errors)
        running.callback(proxy.wait)
        running.callback(proxy.terminate)
        trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        until_listening(port, proxy, tmp_path)

        # To the encrypted address, which answers with a page, and keeps cookies there.
        plain = http.client.HTTPConnection("127.0.0.1", plain_port)
        plain.request("GET", "/gaps?a=1", headers={"Host": "evil.example"})
        moved = plain.getresponse()
        plain.close()
        assert (moved.status, moved.headers["location"]) == (301, f"https://{NAME}/gaps?a=1")
        first = Visitor(port, trusted)
        status, headers, text = first.ask("/gaps")
        assert (status, "Streamlit" in text) == (200, True)
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        _, headers, _ = first.ask("/_stcore/health")
        assert all("Secure" in given for given in headers.get_all("set-cookie"))
        assert first.ask("/", Host="evil.example")[0] == 400
        assert first.ask("/_stcore/metrics")[0] == 401
        first.sign_in()
        assert first.ask("/_stcore/metrics")[0] == 404
        assert first.ask("/gaps", Cookie=f"{first.cookie()}; more={'x' * 20_000}")[0] == 200, "as large as some are"

        # Each visitor keeps one process, and both have visitors.
        visitors = {}
        for _ in range(60):
            visitor = Visitor(port, trusted)
            visitor.ask("/")
            assert "reach_visitor" in visitor.cookies
            process = visitor.process()
            assert [visitor.process() for _ in range(5)] == [process] * 5
            visitors[process] = visitor
            if len(visitors) == 2:
                break
        assert len(visitors) == 2
        one, other = visitors.values()

        # Web sockets work, and only for pages of this server.
        with one.stream() as open_socket:
            assert open_socket.subprotocol == "streamlit"
            assert json.loads(one.ask("/healthz")[2])["details"]["visitors"] == 1, "on the process of the cookie"
            assert json.loads(other.ask("/healthz")[2])["details"]["visitors"] == 0
        with pytest.raises(Exception, match="403"):
            one.stream("https://evil.example")

        # What one process keeps, the other finds.
        store = ShortLinkStore.open(url)
        code = store.make("gaps", "figure=share", boss("Olga")).code
        store.close()
        for visitor in (one, other):
            assert visitor.ask(f"/s/{code}")[0] == 401
            visitor.sign_in()
            status, headers, _ = visitor.ask(f"/s/{code}")
            assert (status, headers["location"]) == (302, "../gaps?figure=share")

        # When one is killed, the other answers its visitors at once.
        killed, left = visitors
        os.kill(killed, signal.SIGKILL)
        time.sleep(0.5)
        assert [visitors[killed].process() for _ in range(3)] == [left] * 3
        assert visitors[killed].ask("/gaps")[0] == 200
        with visitors[killed].stream() as again:
            assert again.subprotocol == "streamlit"
        assert visitors[left].process() == left

        # A request has one id, in its answer and in both logs, which are written a moment after the answer.
        _, headers, _ = visitors[left].ask("/gaps?place=SS1+2QA")
        names = ["access.log", "1.log", "2.log"]
        for _ in range(100):
            logs = {name: (tmp_path / name).read_text(encoding="utf-8") for name in names}
            if sum(headers["x-request-id"] in text for text in logs.values()) == 2:
                break
            time.sleep(0.1)
        lines = [line for text in logs.values() for line in text.splitlines() if headers["x-request-id"] in line]
        assert len(lines) == 2
        assert all("/gaps" in line for line in lines)
        assert "SS1" not in "".join(logs.values())


def until_listening(port: int, proxy: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(100):
        assert proxy.poll() is None, (folder / "nginx.out").read_text() + (folder / "error.log").read_text()
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nginx does not listen")


# --- systemd ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_unit_is_whole_and_may_do_little(tmp_path):
    analyze = program("systemd-analyze", "systemd")
    unit = tmp_path / "service-reach@8501.service"
    text = (DEPLOY / "service-reach@.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/service-reach/.venv/bin/reach", sys.executable), encoding="utf-8")
    told = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout + told.stderr) == (0, "")
    rated = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", "--no-pager", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout[-400:]
    unit.write_text(text.replace("ProtectSystem=strict", "ProtectSystm=strict"), encoding="utf-8")
    told = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert "ProtectSystm" in told.stderr, "a wrong name is found"


def options_of(line: str) -> set[str]:
    return set(re.findall(r"--[a-z-]+", line))


@pytest.mark.parametrize(("file", "start"), [("service-reach@.service", "ExecStart="), ("Containerfile", "CMD exec ")])
def test_what_is_started_is_a_command_of_ours(file, start):
    [line] = [one for one in (DEPLOY / file).read_text(encoding="utf-8").splitlines() if one.startswith(start)]
    known = {name for option in get_command(app).commands["app"].params for name in option.opts}  # type: ignore[attr-defined]
    assert " app " in line.replace("reach app", " app ")
    assert {"--headless", "--name", "--log"} <= options_of(line) <= known
    assert "--open-to-all" not in line
    assert "REACH_SIGN_IN=" in (DEPLOY / file).read_text(encoding="utf-8"), "who comes in is asked who they are"


def test_no_secret_stands_in_a_unit_or_a_container():
    for file in DEPLOY.iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"REACH_(DATABASE_URL|COOKIE_SECRET)=", line), f"{file.name}: {line}"
            assert not re.search(r"://[^ ]*:[^ ]*@", line), f"{file.name}: {line}"


# --- the container ----------------------------------------------------------------------------------------------------


def steps(text: str) -> list[tuple[str, str]]:
    """Instructions of a Containerfile with what they are given, their lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in joined]


def test_the_container_s_file_is_sound():
    """Read alone: whether it can be built is tried below, where there is something to build it with."""
    found = steps((DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    kinds = [kind for kind, _ in found]
    assert set(kinds) <= {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "EXPOSE", "VOLUME", "HEALTHCHECK", "CMD"}
    assert found[0][0] == "FROM"
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", found[0][1]), "a version and a system by name, not the latest"
    assert dict(found)["USER"] == "10001"
    assert kinds.index("USER") > max(place for place, kind in enumerate(kinds) if kind == "RUN")
    assert kinds[-1] == "CMD"
    assert "--constraint constraints.txt" in "".join(given for _, given in found), "pinned versions"
    assert not re.search(r"https?://(?!127\.0\.0\.1)|--index|--trusted", "".join(given for _, given in found))
    ignored = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv"} <= set(ignored)


BUILDER = shutil.which("podman") or (Path("/var/run/docker.sock").exists() and shutil.which("docker"))
if BUILDER:  # where there is nothing to build it with there is no such test: the gate takes a skipped one for a fault

    @pytest.mark.slow
    def test_the_container_is_built_and_says_that_it_is_well(tmp_path):
        base = dict(steps((DEPLOY / "Containerfile").read_text(encoding="utf-8")))["FROM"]
        if subprocess.run([BUILDER, "pull", base], capture_output=True, check=False).returncode:
            require_or_skip(f"needs the image {base}, which cannot be fetched")
        command = [BUILDER, "build", "-f", DEPLOY / "Containerfile", "-t", "service-reach-tried", CHECKOUT]
        built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
        assert built.returncode == 0, built.stderr[-2000:]
        port = free_port()
        file = sign_in_file(tmp_path, "https://login.example", address="http://localhost:8501")
        file.chmod(0o644)  # read by another user inside
        kept = f"{file}:/run/secrets/sign-in:ro"
        start = [BUILDER, "run", "--rm", "-d", "-p", f"127.0.0.1:{port}:8501", "-v", kept, "service-reach-tried"]
        name = subprocess.run(start, capture_output=True, text=True, check=True).stdout.strip()
        try:
            assert answers(port)
        finally:
            subprocess.run([BUILDER, "stop", name], capture_output=True, check=True)


def answers(port: int) -> bool:
    """Whether a server on this machine says within a minute that it is well."""
    for _ in range(120):
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
                return bool(json.loads(answer.read())["status"] == "ok")
        except OSError:
            time.sleep(0.5)
    return False
