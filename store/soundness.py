"""Read all that a store holds, and say what is wrong with it: the file, the numbers of versions, and the contents."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from analysis.scenario import file as scenario_file
from analysis.trends import pack_summary
from geo.errors import InputError
from store import layers
from store.database import explain
from store.errors import StoreError
from store.integrity import fault_of, file_of
from store.person import Role
from store.tables import AuditRow, LayerContentRow, LayerRow, PackRow, PersonRow, ScenarioRow, VersionRow

_LONGEST_CHECK_S, _STREAMED = 3_600.0, {"yield_per": 500}
_ROLES = tuple(role.value for role in Role)
_LOCKS = 3
"""Triggers on the audit log in SQLite; PostgreSQL has one for all."""
_LISTED = ("number", "kind", "name", "saved_by", "saved_at")


def faults(engine: Engine, step: Callable[[str], None] = lambda _: None) -> Iterator[str]:
    """Yield what is wrong with a store, a sentence each; nothing is changed.

    Parameters
    ----------
    engine
        The store.
    step
        Is told what is read.

    Raises
    ------
    StoreError
        When the database fails.
    """
    try:
        path = file_of(engine.url)
        if path is not None:
            step("file")
            fault = fault_of(path, _LONGEST_CHECK_S, whole=True)
            if fault:
                yield f"The file {path} is damaged: {fault}."
                return
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                broken = len(connection.execute(text("PRAGMA foreign_key_check")).fetchall())
                if broken:
                    yield f"{broken} rows belong to nothing."
            step("scenario")
            yield from _scenarios(connection)
            step("layer")
            yield from _layers(connection)
            step("pack_met")
            yield from _packs(connection)
            step("person")
            yield from _people(connection)
            step("audit")
            yield from _log(connection)
    except SQLAlchemyError as error:
        raise explain(engine, error) from error
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the file of the store cannot be checked: {error}") from error


def _scenarios(connection: Connection) -> Iterator[str]:
    listed = {row.id: row for row in connection.execute(select(ScenarioRow.__table__))}
    numbers: dict[str, list[int]] = {key: [] for key in listed}
    query = select(VersionRow.__table__).order_by(VersionRow.scenario_id, VersionRow.number)
    for row in connection.execute(query, execution_options=_STREAMED):
        named = f"Version {row.number} of the plan {row.name!r} ({row.scenario_id})"
        try:
            scenario_file.from_json(row.body)
        except InputError as error:
            yield f"{named} cannot be read: {error}."
        own = listed.get(row.scenario_id)
        if own is None:
            continue  # a row that belongs to nothing, which is told above
        numbers[row.scenario_id].append(row.number)
        if own.number == row.number and any(getattr(own, name) != getattr(row, name) for name in _LISTED):
            yield f"{named} is not listed as it is."
    for key, found in numbers.items():
        if listed[key].owner and not listed[key].owner_name:
            yield f"The plan {listed[key].name!r} ({key}) belongs to somebody without a name."
        yield from _team_of_nobody("plan", listed[key])
        if found != list(range(1, listed[key].number + 1)) or not found:
            yield f"The plan {listed[key].name!r} ({key}) is listed with {listed[key].number} versions and has {found}."


def _layers(connection: Connection) -> Iterator[str]:
    listed = {row.id: row for row in connection.execute(select(LayerRow.__table__))}
    numbers: dict[str, list[int]] = {key: [] for key in listed}
    query = select(LayerContentRow.__table__).order_by(LayerContentRow.layer_id, LayerContentRow.number)
    for row in connection.execute(query, execution_options=_STREAMED):
        own = listed.get(row.layer_id)
        if own is None:
            continue
        numbers[row.layer_id].append(row.number)
        try:
            rows = len(layers.from_json(own.kind, row.body))
            if rows != row.rows:
                yield f"Content {row.number} of the layer {own.name!r} ({own.id}) has {rows} rows and says {row.rows}."
        except InputError as error:
            yield f"Content {row.number} of the layer {own.name!r} ({own.id}) cannot be read: {error}."
    for key, found in numbers.items():
        yield from _team_of_nobody("layer", listed[key])
        if found != list(range(1, listed[key].number + 1)) or not found:
            yield f"The layer {listed[key].name!r} ({key}) says {listed[key].number} contents and has {found}."


def _packs(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(PackRow.__table__)):
        try:
            pack_summary.from_json(row.body)
        except InputError as error:
            yield f"The summary of the pack {row.area} {row.digest[:12]} cannot be read: {error}."


def _team_of_nobody(kind: str, row: Any) -> Iterator[str]:
    if row.team and not row.owner:
        yield f"The {kind} {row.name!r} ({row.id}) belongs to a team and to nobody."


def _people(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(PersonRow.__table__)):
        if row.claimed not in _ROLES or (row.given is not None and row.given not in _ROLES):
            yield f"The person {row.name!r} ({row.id}) has a role that there is not."


def _log(connection: Connection) -> Iterator[str]:
    """Hold that the log cannot be changed, and that no row of it lacks who did it."""
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        if connection.dialect.name == "sqlite"
        else "SELECT 3 * count(*) FROM pg_trigger WHERE tgrelid = 'audit'::regclass AND tgenabled IN ('O', 'A') "
        "AND NOT tgisinternal"
    )
    if (connection.scalar(text(query)) or 0) < _LOCKS:
        yield "The audit log is not closed to changes: what keeps its rows was taken away."
    strange = AuditRow.role.not_in(_ROLES) | (AuditRow.person == "")
    for key in connection.scalars(select(AuditRow.id).where(strange).order_by(AuditRow.at)):
        yield f"The row {key} of the audit log says nobody who may have done it."
