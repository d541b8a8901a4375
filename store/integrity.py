"""Find damage in an SQLite file before it is used, and set a damaged file aside without writing to it.

The check is SQLite's ``quick_check``, which reads the whole file once; on a very large one it is stopped after
`LONGEST_S`, and only what was read until then is known to be sound.
"""

import logging
import re
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import URL

from store.errors import StoreError

LONGEST_S = 5.0
_HEADER = b"SQLite format 3\x00"
_NO_DATABASE = "it is not a database of SQLite"
_ENDINGS = (".sqlite", ".sqlite3", ".db")
_ASIDE = re.compile(r"\.damaged-(\d{8})-\d{6}(-\d+)?$")
_BESIDE = ("-journal", "-wal", "-shm")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SetAside:
    """A damaged file that was set aside: where it was, where it is now, and what is wrong with it."""

    file: Path
    aside: Path
    fault: str

    @property
    def sentence(self) -> str:
        """What to tell of it."""
        return f"{self.file} is damaged ({self.fault}), so it was set aside, unchanged, as {self.aside}"


def file_of(address: URL) -> Path | None:
    """Return the file of a database; None where it is none of SQLite's, or SQLite's own address of one."""
    name = address.database or ""
    if address.get_backend_name() != "sqlite" or name in ("", ":memory:") or name.startswith("file:"):
        return None
    return Path(name)


def fault_of(path: Path, longest_s: float = LONGEST_S, *, whole: bool = False) -> str:
    """Return what is wrong with an SQLite file in a few words; empty when nothing is, or there is no file.

    Parameters
    ----------
    path
        The file. It is only read, unless a killed program left a change half made, which SQLite then takes back.
    longest_s
        Seconds after which the check is stopped.
    whole
        Whether to hold each index against its table too, which takes longer.

    Raises
    ------
    sqlite3.Error
        When it cannot be checked, such as when another program holds it.
    OSError
        When it cannot be read.
    """
    if not path.is_file() or not path.stat().st_size:
        return ""
    with path.open("rb") as handle:
        if handle.read(len(_HEADER)) != _HEADER:
            return _NO_DATABASE
    try:
        with closing(sqlite3.connect(path, timeout=15, check_same_thread=False)) as connection:
            # A progress handler would not do: in older versions the check is one step that never asks it.
            stop = threading.Timer(longest_s, connection.interrupt)
            stop.start()
            try:
                found = connection.execute(f"PRAGMA {'integrity_check' if whole else 'quick_check'}(1)").fetchone()
            finally:
                stop.cancel()
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            _LOG.warning("%s is so large that its check was stopped after %.0f s", path, longest_s)
            return ""
        if code not in _DAMAGED:
            raise
        return str(error)
    said = str(found[0])
    return "" if said == "ok" else " ".join(said.split())[:200]


def set_aside_if_damaged(path: Path) -> SetAside | None:
    """Check a file once in a process, and set it aside if it is damaged.

    Raises
    ------
    StoreError
        When it is not a database and is not called like one: somebody's document is left where it is.
    sqlite3.Error, OSError
        As for :func:`fault_of`.
    """
    path = path.absolute()
    if not path.is_file():
        return None
    before = path.stat()
    fault = _checked(path, before.st_dev, before.st_ino)
    if not fault:
        return None
    if fault == _NO_DATABASE and path.suffix.lower() not in _ENDINGS:
        raise StoreError(f"{path} is no database of SQLite, so it is left as it is; name another file for the store")
    now = path.stat()
    if (now.st_dev, now.st_ino) != (before.st_dev, before.st_ino):  # another program has just done it
        return None
    aside = _free_name(path)
    path.rename(aside)
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + ending))
    found = SetAside(path, aside, fault)
    _LOG.error("%s", found.sentence)
    return found


def set_aside_files(address: URL) -> list[Path]:
    """Return the damaged files that stand beside a database, the earliest first."""
    path = file_of(address)
    if path is None:
        return []
    try:
        beside = sorted(path.absolute().parent.iterdir())
    except OSError:
        return []
    return [one for one in beside if _ASIDE.fullmatch(one.name.removeprefix(path.name))]


def set_aside_on(aside: Path) -> date:
    """Return the day on which a file was set aside, by its name (UTC)."""
    found = _ASIDE.search(aside.name)
    return datetime.strptime(found[1] if found else "", "%Y%m%d").replace(tzinfo=UTC).date()


@lru_cache(maxsize=64)
def _checked(path: Path, _device: int, _number: int) -> str:
    """Check a file; kept, so that a process checks a file when it first opens it and not each time."""
    return fault_of(path)


def _free_name(path: Path) -> Path:
    name = f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside, number = path.with_name(name), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{name}-{number}")
    return aside
