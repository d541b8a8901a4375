"""Open the database of the store: SQLite in the user's data folder, or the one in ``REACH_DATABASE_URL``.

SQLite uses its roll-back journal (not the write-ahead log), because a user's data folder is often on a network drive,
where only the journal is safe; each save is one transaction, and is on the disk before the save returns.
"""

import errno
import os
import sqlite3
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from store.errors import StoreError
from store.migrate import upgrade

ENVIRONMENT = "REACH_DATABASE_URL"
FOLDER, FILE = "service-reach", "scenarios.sqlite"
_BUSY_S = 15.0
_FULL, _READ_ONLY, _HELD = "the disk is full", "it may only be read", "another program is holding it"
_SQLITE = {sqlite3.SQLITE_FULL: _FULL, sqlite3.SQLITE_READONLY: _READ_ONLY, sqlite3.SQLITE_BUSY: _HELD}
_POSTGRESQL = {"53100": _FULL}  # disk_full, of https://www.postgresql.org/docs/current/errcodes-appendix.html


def data_folder() -> Path:
    """Return the folder for a user's own data of this program, as is usual on the system."""
    return user_data_path(FOLDER, appauthor=False)


def database_url(url: str | None = None) -> URL:
    """Return the address of the database: `url`, or else ``REACH_DATABASE_URL``, or else the user's SQLite file.

    Raises
    ------
    StoreError
        When it cannot be read as an address, or is of a kind other than SQLite or PostgreSQL.
    """
    text = url or os.environ.get(ENVIRONMENT) or ""
    if not text:
        return URL.create("sqlite", database=str(data_folder() / FILE))
    try:
        address = make_url(text)
    except ArgumentError:
        # The text may contain a password, so the message does not repeat it.
        raise StoreError(
            f"{ENVIRONMENT} is not the address of a database, such as postgresql://user@host/name"
        ) from None
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"scenarios are kept in SQLite or PostgreSQL, not in {address.get_backend_name()!r}")
    return address


def open_engine(url: str | None = None) -> Engine:
    """Open the database and bring its tables up to date.

    Raises
    ------
    StoreError
        When it cannot be opened or created, or a newer version of this program created it.
    """
    address = database_url(url)
    try:
        if address.get_backend_name() == "sqlite":
            engine = _sqlite(address)
        else:
            engine = create_engine(address, pool_pre_ping=True)
        try:
            upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
    except (SQLAlchemyError, OSError, NoSuchModuleError) as error:
        raise StoreError(f"{plain(address)} cannot be opened: {_reason(error)}") from error
    except ImportError as error:
        raise StoreError(
            f"{plain(address)} needs a driver that is not installed: pip install psycopg[binary]"
        ) from error
    return engine


def plain(address: URL) -> str:
    """Name a database for a message, without its password."""
    return f"the database {address.render_as_string(hide_password=True)}"


def explain(engine: Engine, error: SQLAlchemyError) -> StoreError:
    """Turn an error of the database into one that says what to do."""
    return StoreError(
        f"{plain(engine.url)} could not be used: {_reason(error)}. Nothing was saved or lost; export the scenario "
        "to a file to keep it, then try again"
    )


def _reason(error: BaseException) -> str:
    """Return the reason in words by the code of the error; in the driver's words where we have none of our own."""
    origin = getattr(error, "orig", None) or error
    known = None
    if isinstance(origin, sqlite3.Error):
        # The lowest byte is the kind, the others are details. An error that the driver itself raises has no code.
        known = _SQLITE.get(getattr(origin, "sqlite_errorcode", 0) & 0xFF)
    elif isinstance(origin, OSError):
        known = _FULL if origin.errno == errno.ENOSPC else None
    else:
        known = _POSTGRESQL.get(str(getattr(origin, "sqlstate", None)))
    text = str(origin).strip().splitlines()
    return known or (text[0] if text else type(error).__name__)


def _sqlite(address: URL) -> Engine:
    # SQLite's own address ("file:…?mode=ro") is no path of the system, and says itself whether a file may be made.
    if address.database and address.database != ":memory:" and not address.database.startswith("file:"):
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": _BUSY_S})

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would begin transactions late, and not at all for changes of tables; "begin" below does it instead.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    def begin(connection: Connection) -> None:
        # With a lock from the start, nothing can change between the read and the write.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begin)
    return engine
