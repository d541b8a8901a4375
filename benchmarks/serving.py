"""A page served on a free port of this machine, for benchmarks and for tests with a browser."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from geo.errors import InputError

_ROOT = Path(__file__).resolve().parents[1]
_START_S = 60.0
_STOP_S = 20.0


@contextmanager
def served(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run a command that serves a Streamlit page until the context ends; yield the page's address: `running`."""
    with running(command, environment, log) as (address, _):
        yield address


@contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[tuple[str, int]]:
    """Run a command that serves a Streamlit page until the context ends; yield the address and the process's number.

    Parameters
    ----------
    command
        The command; the number of a free port is added to it.
    environment
        Variables in addition to those of this process.
    log
        File for the output of the command.

    Raises
    ------
    InputError
        When there is no answer within a minute; with the output of the command.
    """
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [*command, str(port)],
            cwd=_ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            end = time.monotonic() + _START_S
            while not _answers(address):
                if time.monotonic() > end or server.poll() is not None:
                    raise InputError(f"the page did not start: {' '.join(command)}\n{log.read_text(encoding='utf-8')}")
                time.sleep(0.2)
            yield address, server.pid
        finally:
            server.terminate()
            try:
                server.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
