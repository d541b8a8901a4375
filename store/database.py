"""Open the database of the store: SQLite in the user's data folder, or the one in ``REACH_DATABASE_URL``.

SQLite uses its roll-back journal (not the write-ahead log), because a user's data folder is often on a network drive,
where only the journal is safe; each save is one transaction, and is on the disk before the save returns.
"""

import errno
import sqlite3
from pathlib import Path
from urllib.parse import quote, quote_plus

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from geo.errors import InputError
from geo.secret import secret
from store.errors import StoreError
from store.integrity import file_of, set_aside_if_damaged
from store.migrate import upgrade
from store.words import tidy

ENVIRONMENT = "REACH_DATABASE_URL"
FOLDER, FILE = "service-reach", "scenarios.sqlite"
_BUSY_S = 15.0
_LONGEST_NAME = 300
_FULL, _READ_ONLY, _HELD = "the disk is full", "it may only be read", "another program is holding it"
_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_CORRUPT: "it is damaged: start this program again, which sets it aside",
}
_POSTGRESQL = {"53100": _FULL}  # disk_full, of https://www.postgresql.org/docs/current/errcodes-appendix.html


def data_folder() -> Path:
    """Return the folder for a user's own data of this program, as is usual on the system."""
    return user_data_path(FOLDER, appauthor=False)


def database_url(url: str | URL | None = None) -> URL:
    """Return the address of the database: `url`, or else ``REACH_DATABASE_URL``, or else the user's SQLite file.

    The address may also stand in a file, which ``REACH_DATABASE_URL_FILE`` names: see :func:`geo.secret.secret`.

    Raises
    ------
    StoreError
        When it cannot be read as an address, or is of a kind other than SQLite or PostgreSQL.
    """
    try:
        text = url or secret(ENVIRONMENT) or ""
    except InputError as error:
        raise StoreError(str(error)) from None
    if not text:
        return URL.create("sqlite", database=str(data_folder() / FILE))
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):  # such as a port that is no number
        # The text may contain a password, so the message does not repeat it.
        raise StoreError(
            f"{ENVIRONMENT} is not the address of a database, such as postgresql://user@host/name"
        ) from None
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"scenarios are kept in SQLite or PostgreSQL, not in {address.get_backend_name()!r}")
    return address


def open_engine(url: str | URL | None = None, *, begin_anew: bool = False) -> Engine:
    """Open the database and bring its tables up to date.

    A damaged SQLite file is found when a process first opens it, and is set aside (:mod:`store.integrity`).

    Parameters
    ----------
    url
        Its address, as for :func:`database_url`.
    begin_anew
        Whether to begin an empty database in place of a damaged file; whoever asks for it must say so to the visitors.

    Raises
    ------
    StoreError
        When it cannot be opened or created, a newer version of this program created it, or it was damaged.
    """
    address = database_url(url)
    try:
        if address.get_backend_name() == "sqlite":
            file = file_of(address)
            found = None if file is None else set_aside_if_damaged(file)
            if found is not None and not begin_anew:
                raise StoreError(
                    f"{found.sentence}; bring back a backup with reach store restore, or begin with an empty store"
                )
            engine = _sqlite(address)
        else:
            engine = create_engine(address, pool_pre_ping=True)
        try:
            upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
    except (SQLAlchemyError, sqlite3.Error, OSError, ValueError, TypeError, ImportError) as error:
        if isinstance(error, ImportError) and address.get_driver_name() == "psycopg":
            fault = "the driver is not installed: pip install psycopg[binary]"
        elif isinstance(error, ImportError | NoSuchModuleError):
            fault = f"there is no driver {address.drivername!r}; write sqlite:///FILE or postgresql://user@host/name"
        else:
            fault = _without_secrets(address, _reason(error))
        raise StoreError(f"{plain(address)} cannot be opened: {fault}") from None
    return engine


def plain(address: URL) -> str:
    """Name a database for a message, without its password and on one line."""
    open_ = {name: value for name, value in address.query.items() if "pass" not in name.casefold()}
    return f"the database {tidy(address.set(query=open_).render_as_string(hide_password=True), _LONGEST_NAME)}"


def _without_secrets(address: URL, text: str) -> str:
    """Take what is secret in an address out of what a driver says, which may repeat it."""
    secrets = [
        address.password or "",
        *(str(value) for key, value in address.query.items() if "pass" in key.casefold()),
    ]
    for hidden in secrets:
        for written in {str(hidden), quote(str(hidden)), quote_plus(str(hidden))} - {""}:
            text = text.replace(written, "***")
    return text


def explain(engine: Engine, error: SQLAlchemyError, advice: str = "", *, unsure: bool = False) -> StoreError:
    """Turn an error of the database into one that says what to do; `unsure` when it may have been saved after all."""
    ended = "Whether it was saved is not known: look before you save it again"
    if not unsure:
        ended = f"Nothing was saved or lost{advice}"
    return StoreError(f"{plain(engine.url)} could not be used: {_reason(error)}. {ended}")


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
