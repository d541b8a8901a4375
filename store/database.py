"""Open the database of scenarios: SQLite in the user's data folder, or what ``REACH_DATABASE_URL`` names.

SQLite keeps its roll-back journal (not the write-ahead log) because a user's data folder is often on a network drive,
where only that is safe; each save is one transaction, flushed to the disk before it counts.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from store.errors import StoreError
from store.migrate import upgrade

ENVIRONMENT = "REACH_DATABASE_URL"
FOLDER, FILE = "service-reach", "scenarios.sqlite"
_BUSY_S = 15.0


def data_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Folder for a user's own data of this program, by the custom of the system."""
    variables = os.environ if environment is None else environment
    home = Path.home()
    if platform == "win32":
        base = Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / FOLDER


def database_url(url: str | None = None) -> URL:
    """Return the address of the database: `url`, else ``REACH_DATABASE_URL``, else the user's SQLite file.

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
        # The text may hold a password, so it is not repeated.
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
        When it cannot be opened or made, or a newer version of this program made it.
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
    text = str(getattr(error, "orig", None) or error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    if "disk is full" in first or "No space left" in first:
        return "the disk is full"
    if "readonly" in first:
        return "it may only be read"
    if "database is locked" in first:
        return "another program is holding it"
    return first


def _sqlite(address: URL) -> Engine:
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": _BUSY_S})

    def connected(connection: SqliteConnection, _record: object) -> None:
        # The driver would begin transactions late and not at all for changes of tables; "begin" below does it instead.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    def begin(connection: Connection) -> None:
        # Taking the lock at once means that what was read still holds when it is written.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begin)
    return engine
