"""Copies of a whole store: a backup as one SQLite file, its restoration, and the move to another database.

Every row of every table is copied, versions of deleted scenarios included. A copy is read again and held against what
was copied, by the number of rows of each table and a digest of them, before it counts. The audit log only grows:
its rows are added to those that are there, and a store that holds nothing but them is an empty one.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, delete, func, insert, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from geo.errors import InputError
from geo.files import written_whole
from store.audit import Action, record
from store.database import explain, open_engine, plain
from store.errors import StoreError
from store.integrity import fault_of
from store.person import Person, Task
from store.tables import AuditRow, Base
from store.transaction import as_utc

Step = Callable[[str], None]
"""Is told each step of the work."""
Counts = Mapping[str, int]
"""How many rows there are, by table."""
_BATCH, _LONGEST_CHECK_S = 500, 3_600.0
_STREAMED = {"yield_per": _BATCH}
_LOG = AuditRow.__tablename__


def back_up(engine: Engine, path: Path, step: Step = lambda _: None) -> Counts:
    """Write all that a store holds to one SQLite file, while others may go on saving.

    Parameters
    ----------
    engine
        The store.
    path
        The file, which is replaced when all of the copy is written and checked.
    step
        Is told how far the work is.

    Raises
    ------
    StoreError
        When the store fails, the file cannot be written, or the copy is not equal; an old file is then unchanged.
    """
    if not path.absolute().parent.is_dir():
        raise StoreError(f"the backup {path} cannot be written: there is no folder {path.absolute().parent}")
    try:
        with written_whole(path) as part, _explained(engine):
            if engine.dialect.name == "sqlite":
                with closing(sqlite3.connect(part)) as copy, closing(engine.raw_connection()) as own:
                    driver: Any = own.driver_connection
                    driver.backup(copy)
            else:
                with _opened(part) as copy_engine, copy_engine.begin() as target, engine.connect() as own:
                    source = own.execution_options(isolation_level="REPEATABLE READ")
                    with source.begin():
                        _copy(source, target, step)
            return _checked(part, step)
    except OSError as error:
        raise StoreError(f"the backup {path} cannot be written: {error.strerror or error}") from error


def restore(
    path: Path, engine: Engine, who: Person, *, first: Path | None = None, step: Step = lambda _: None
) -> Counts:
    """Fill a store from a backup, in one transaction.

    The audit log keeps the rows that it has, and gets those of the backup that it lacks, and one of the restoration.

    Parameters
    ----------
    path
        The backup; it is only read.
    engine
        The store to fill, which must be empty unless `first` is given.
    who
        Who asks for it.
    first
        File to which what the store holds is backed up before it is replaced; None refuses to replace anything.
    step
        Is told how far the work is.

    Raises
    ------
    NotAllowedError
        When `who` is not an administrator.
    InputError
        When there is no such file, or it is not a backup.
    StoreError
        When the backup is damaged, the store is not empty, or it fails; the store is then as it was.
    """
    who.need(Task.STORE)
    _check_backup(path)
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "copy.sqlite"  # an older backup is brought up to date before it is read
        try:
            shutil.copyfile(path, own)
        except OSError as error:
            raise StoreError(f"the backup {path} cannot be read: {error.strerror or error}") from error
        with _opened(own) as source_engine, source_engine.begin() as source, _filling(engine) as target:
            if first is not None and holds(_rows(target)):
                back_up(engine, first, step)
                for table in reversed(Base.metadata.sorted_tables):
                    if table.name != _LOG:
                        target.execute(delete(table))
            _check_empty(target, engine)
            made = _copy(source, target, step)
            record(target, who, Action.STORE_RESTORED, "store", plain(engine.url), path.name)
            return made


def move(engine: Engine, to: Engine, who: Person, step: Step = lambda _: None) -> Counts:
    """Copy all that a store holds to another, empty one, in one transaction; nobody can save to the first meanwhile.

    The audit logs of both get a row that says so, and nothing else in the first is changed.

    Raises
    ------
    NotAllowedError
        When `who` is not an administrator.
    StoreError
        When the other store is not empty or one of them fails; the other is then as it was.
    """
    who.need(Task.STORE)
    with _filling(engine) as source, _filling(to) as target:
        _check_empty(target, to)
        record(source, who, Action.STORE_MOVED, "store", plain(engine.url), f"to {plain(to.url)}")
        return _copy(source, target, step)


def holds(rows: Counts) -> bool:
    """Tell whether a store with so many rows holds anything; its audit log does not count."""
    return any(number for name, number in rows.items() if name != _LOG)


def counts(engine: Engine) -> Counts:
    """Return how many rows a store has, by table; `StoreError` when it fails."""
    with _explained(engine), engine.connect() as connection:
        return _rows(connection)


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    engine = open_engine(URL.create("sqlite", database=str(path)))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{plain(engine.url)} could not be copied: {error}") from error
    except SQLAlchemyError as error:
        raise explain(engine, error) from error


@contextmanager
def _filling(engine: Engine) -> Iterator[Connection]:
    """Open a transaction in which nobody else can save; SQLite's begins with a lock."""
    with _explained(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))  # which others may read through
        yield connection


def _check_backup(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    try:
        fault = fault_of(path, _LONGEST_CHECK_S, whole=True)
        if fault:
            raise StoreError(f"the backup {path} is damaged: {fault}")
        with closing(sqlite3.connect(path)) as file:
            known = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the backup {path} cannot be read: {error}") from error
    if known is None:
        raise InputError(f"{path} is not a backup that reach store backup has made")


def _check_empty(connection: Connection, engine: Engine) -> None:
    rows = _rows(connection)
    there = {name: number for name, number in rows.items() if number and name != _LOG}
    if there:
        named = ", ".join(f"{name} {number}" for name, number in there.items())
        raise StoreError(f"{plain(engine.url)} is not empty (rows: {named}), and nothing in it was changed")


def _copy(source: Connection, target: Connection, step: Step) -> Counts:
    """Copy all rows, read them again, and return how many there are; `StoreError` when they are not equal."""
    copied = {}
    for table in Base.metadata.sorted_tables:
        step(f"copy {table.name}")
        mark = _Mark(table)
        for rows in _batches(source, select(table)):
            there = _those_of(target, rows) if table.name == _LOG else {}
            missing = [row for row in rows if row.get("id") not in there]
            if missing:
                target.execute(insert(table), missing)
            mark.add(rows)
        copied[table.name] = mark
    for table in Base.metadata.sorted_tables:
        step(f"compare {table.name}")
        mark = _Mark(table)
        if table.name == _LOG:  # the target may have others besides
            for rows in _batches(source, select(table)):
                mark.add(list(_those_of(target, rows).values()))
        else:
            for rows in _batches(target, select(table)):
                mark.add(rows)
        if mark.found != copied[table.name].found:
            raise StoreError(f"the copy of the table {table.name} is not equal to the original, so it was given up")
    return {name: mark.rows for name, mark in copied.items()}


def _checked(path: Path, step: Step) -> Counts:
    """Read a backup that was just written; return its rows, or raise `StoreError` when it is not whole."""
    step("check the copy")
    fault = fault_of(path, _LONGEST_CHECK_S, whole=True)
    if fault:
        raise StoreError(f"the backup was not kept, because its copy is damaged: {fault}")
    with _opened(path) as engine, engine.connect() as connection:
        return _rows(connection)


class _Mark:
    """The number of rows of a table and a digest of them that does not depend on their order."""

    def __init__(self, table: Table) -> None:
        self._columns = [column.name for column in table.columns]
        self.rows, self._sum = 0, 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Count rows whose times are in UTC."""
        for row in rows:
            said = json.dumps([_plain(row[name]) for name in self._columns], ensure_ascii=True)
            self._sum = (self._sum + int.from_bytes(hashlib.sha256(said.encode()).digest())) % 2**256
        self.rows += len(rows)

    @property
    def found(self) -> tuple[int, int]:
        """What two equal tables have alike."""
        return self.rows, self._sum


def _batches(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a query in parts, their times in UTC."""
    for rows in connection.execute(query, execution_options=_STREAMED).mappings().partitions(_BATCH):
        yield [{name: _in_utc(value) for name, value in row.items()} for row in rows]


def _those_of(connection: Connection, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the rows of the audit log that have the ids of others, by id."""
    query = select(AuditRow.__table__).where(AuditRow.id.in_([row["id"] for row in rows]))
    return {row["id"]: row for part in _batches(connection, query) for row in part}


def _rows(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def _in_utc(value: Any) -> Any:
    return as_utc(value) if isinstance(value, datetime) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
