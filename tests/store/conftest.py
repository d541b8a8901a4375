"""Stores to test on: SQLite in a folder of its own, and a real PostgreSQL, started for the tests and thrown away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from store.scenarios import ScenarioStore

# Set where a skipped test would hide that something is missing, as in continuous integration.
REQUIRED = "REACH_REQUIRE_POSTGRES"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of our own, reached by a socket in its folder."""

    programs: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, as the user that PostgreSQL insists on when we are root."""
        command = [str(self.programs / program), *arguments]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start the server: no network, only the socket."""
        options = f"-c listen_addresses='' -k {self.folder}"
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start"
        )

    def stop(self, how: str = "fast") -> None:
        """Stop it; ``immediate`` is as if the machine had lost its power."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def url(self, database: str) -> str:
        """Address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"t{uuid4().hex}"
        engine = create_engine(self.url("postgres").replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


def missing(reason: str) -> None:
    """Skip, or fail where PostgreSQL is a must."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set, but {reason}")
    pytest.skip(reason)


def programs() -> Path | None:
    """Folder of PostgreSQL's programs, the newest."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: path.parts, default=None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running PostgreSQL."""
    pytest.importorskip("psycopg") if not os.environ.get(REQUIRED) else __import__("psycopg")
    where = programs()
    if where is None:
        missing("PostgreSQL is not installed (Debian package postgresql)")
    assert where is not None
    # A socket's path must be short, and the folder open to PostgreSQL's user: pytest's own are neither.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    cluster = Cluster(where, folder)
    try:
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            try:
                shutil.chown(folder, "postgres", "postgres")
            except LookupError:
                missing("there is no user postgres to run PostgreSQL as")
        cluster.run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        cluster.start()
        yield cluster
        cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'scenarios.sqlite'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture
def store(url: str) -> Iterator[ScenarioStore]:
    """An empty store."""
    opened = ScenarioStore.open(url)
    yield opened
    opened.close()
