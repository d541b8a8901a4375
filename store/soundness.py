"""Read all that a store holds, and say what is wrong with it: the file, the numbers of versions, and the contents."""

import sqlite3
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from analysis.scenario import file as scenario_file
from analysis.trends import pack_summary
from geo.errors import InputError
from store import layers
from store.database import explain
from store.errors import StoreError
from store.integrity import fault_of, file_of
from store.tables import LayerContentRow, LayerRow, PackRow, ScenarioRow, VersionRow

_LONGEST_CHECK_S, _STREAMED = 3_600.0, {"yield_per": 500}
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
        if found != list(range(1, listed[key].number + 1)) or not found:
            yield f"The layer {listed[key].name!r} ({key}) says {listed[key].number} contents and has {found}."


def _packs(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(PackRow.__table__)):
        try:
            pack_summary.from_json(row.body)
        except InputError as error:
            yield f"The summary of the pack {row.area} {row.digest[:12]} cannot be read: {error}."
