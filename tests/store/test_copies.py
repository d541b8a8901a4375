"""A backup, a restoration and a move have every row, or change nothing: between SQLite and PostgreSQL, both ways."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import event, insert, select, text

from analysis.scenario.scenario import Scenario, SetSpeed
from geo.errors import InputError
from store import copies
from store.bookmarks import BookmarkStore
from store.copies import back_up, counts, move, restore
from store.database import open_engine
from store.errors import StoreError
from store.layers import LayerStore
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore
from store.tables import Base, PackRow

PLAN = Scenario("Hub „Zürich“ 🏠", "southend", note="line one\nline two")


@pytest.fixture
def engine(url):
    """A store that has something of every kind."""
    made = open_engine(url)
    plans = ScenarioStore(made)
    key = plans.save(PLAN, "Anna").version.scenario_id
    plans.save(PLAN.with_change(SetSpeed(3.0)), "Ben", scenario_id=key, based_on=1)
    plans.duplicate(key, "Cem", "Copy")
    plans.delete(plans.save(replace(PLAN, area="blackpool"), "Dora").version.scenario_id, "Dora")
    marks = BookmarkStore(made)
    marks.add("southend", "One", "gaps", "a=1", "Anna")
    marks.remove(marks.add("southend", "Two", "gaps", "", "").id)
    ShortLinkStore(made).make("gaps", "a=1")
    layers = LayerStore(made)
    rows = pd.DataFrame({"measure": ["x"], "lsoa": ["E01015814"], "value": [1.25]})
    layers.replace(layers.add("southend", "counts", "Twins", rows, "Anna").id, rows, "Ben", based_on=1)
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with made.begin() as connection:
        connection.execute(
            insert(PackRow), {"area": "southend", "digest": "d" * 64, "body": "{}", "met_by": "Anna", "met_at": at}
        )
    yield made
    made.dispose()


@pytest.fixture
def other(tmp_path):
    """An empty store."""
    made = open_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")
    yield made
    made.dispose()


def content(engine):
    """All rows of all tables, times in UTC."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    tuple(copies._plain(copies._in_utc(value)) for value in row)
                    for row in connection.execute(select(table))
                ),
                key=str,
            )
            for table in Base.metadata.sorted_tables
        }


def test_there_is_something_in_every_table_to_lose(engine):
    assert all(counts(engine).values())
    assert counts(engine)["scenario_version"] == 5


def test_a_backup_is_restored_to_an_empty_store_with_every_row(engine, other, tmp_path):
    file = tmp_path / "b.sqlite"
    assert back_up(engine, file) == counts(engine)
    kept = file.read_bytes()
    assert restore(file, other) == counts(engine)
    assert content(other) == content(engine)
    assert file.read_bytes() == kept


def test_a_store_is_moved_with_every_row_and_stays(engine, other):
    before = content(engine)
    assert move(engine, other) == counts(engine)
    assert content(other) == content(engine) == before
    plans = ScenarioStore(other)
    (one,) = plans.list("southend", search="zürich")
    assert plans.latest(one.scenario_id).scenario.note == PLAN.note


@pytest.mark.slow
def test_a_store_is_moved_back_from_postgresql_and_restored_to_it(engine, postgres, tmp_path):
    there = open_engine(postgres.new_database())
    move(engine, there)
    back = open_engine(f"sqlite:///{tmp_path / 'back.sqlite'}")
    move(there, back)
    assert content(back) == content(there) == content(engine)
    back_up(there, tmp_path / "b.sqlite")
    again = open_engine(postgres.new_database())
    restore(tmp_path / "b.sqlite", again)
    assert content(again) == content(engine)
    for one in (there, back, again):
        one.dispose()


def test_a_store_that_is_not_empty_is_not_filled(engine, other, tmp_path):
    back_up(engine, tmp_path / "b.sqlite")
    ScenarioStore(other).save(PLAN, "Anna")
    before = content(other)
    for call in (lambda: restore(tmp_path / "b.sqlite", other), lambda: move(engine, other)):
        with pytest.raises(StoreError, match=r"is not empty \(rows: scenario 1, scenario_version 1\)"):
            call()
    assert content(other) == before


def test_what_is_replaced_is_backed_up_first(engine, tmp_path):
    file, first = tmp_path / "b.sqlite", tmp_path / "first.sqlite"
    back_up(engine, file)
    whole = content(engine)
    plans = ScenarioStore(engine)
    plans.save(replace(PLAN, name="Later"), "Anna")
    later = content(engine)
    restore(file, engine, first=first)
    assert content(engine) == whole
    restore(first, engine, first=tmp_path / "second.sqlite")
    assert content(engine) == later


@pytest.mark.parametrize("work", ["restore", "move"])
def test_a_copy_that_is_not_equal_is_given_up_and_nothing_stays(engine, other, tmp_path, work):
    back_up(engine, tmp_path / "b.sqlite")

    @event.listens_for(other, "before_cursor_execute", retval=True)
    def change(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("INSERT INTO bookmark"):
            parameters = [tuple("Ono" if value == "One" else value for value in row) for row in parameters]
        return statement, parameters

    with pytest.raises(StoreError, match="the copy of the table bookmark is not equal"):
        restore(tmp_path / "b.sqlite", other) if work == "restore" else move(engine, other)
    assert not any(counts(other).values())


def test_a_fault_half_way_leaves_the_store_as_it_was(engine, tmp_path):
    back_up(engine, tmp_path / "b.sqlite")
    before = content(engine)

    def fail(step):
        if step == "compare scenario_version":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "b.sqlite", engine, first=tmp_path / "first.sqlite", step=fail)
    assert content(engine) == before


def test_a_backup_while_others_save_is_whole(engine, tmp_path):
    plans, stop = ScenarioStore(engine), threading.Event()

    def saving():
        number = 0
        while not stop.is_set():
            number += 1
            plans.save(replace(PLAN, name=f"Meanwhile {number}"), "Ben")

    worker = threading.Thread(target=saving)
    worker.start()
    try:
        made = [back_up(engine, tmp_path / f"{number}.sqlite") for number in range(3)]
    finally:
        stop.set()
        worker.join(30)
    assert all(one["scenario_version"] == one["scenario"] + 2 for one in made)


def damaged(path):
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\x00" * 4096
    path.write_bytes(content)


def foreign(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE other (x)")
        file.commit()


def newer(path):
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (damaged, StoreError, "is damaged"),
        (lambda path: path.write_text("a letter" * 20), StoreError, "it is not a database of SQLite"),
        (foreign, InputError, "is not a backup that reach store backup has made"),
        (newer, StoreError, "newer version of this program"),
        (lambda path: path.unlink(), InputError, "there is no file"),
    ],
)
def test_what_is_no_good_backup_is_told_and_left_as_it_is(engine, other, tmp_path, spoil, error, words):
    file = tmp_path / "b.sqlite"
    back_up(engine, file)
    spoil(file)
    before = file.read_bytes() if file.exists() else None
    with pytest.raises(error, match=words):
        restore(file, other)
    assert (file.read_bytes() if file.exists() else None) == before
    assert not any(counts(other).values())


def test_a_backup_of_an_earlier_version_is_brought_up_to_date_in_a_copy(engine, other, tmp_path):
    file = tmp_path / "b.sqlite"
    back_up(engine, file)
    with closing(sqlite3.connect(file)) as old:
        for column in ("number", "kind", "name", "saved_by"):
            old.execute(f"ALTER TABLE scenario DROP COLUMN {column}")
        old.execute("DROP INDEX ix_scenario_listed")
        old.execute("ALTER TABLE scenario DROP COLUMN saved_at")
        for table in ("scenario", "bookmark", "layer"):
            old.execute(f"ALTER TABLE {table} DROP COLUMN search")
        old.execute("CREATE INDEX ix_scenario_area ON scenario (area)")
        old.execute("UPDATE alembic_version SET version_num = '0004'")
        old.commit()
    kept = file.read_bytes()
    restore(file, other)
    assert content(other) == content(engine)
    assert file.read_bytes() == kept


def test_a_backup_that_cannot_be_written_says_so_and_leaves_the_old_one(engine, tmp_path, monkeypatch):
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(engine, tmp_path / "nowhere" / "b.sqlite")
    file = tmp_path / "b.sqlite"
    file.write_text("old")
    monkeypatch.setattr(copies, "fault_of", lambda *_given, **_named: "broken")
    with pytest.raises(StoreError, match="because its copy is damaged"):
        back_up(engine, file)
    assert file.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} <= {"b.sqlite", "scenarios.sqlite"}


def test_nobody_saves_while_a_store_is_moved(engine, other):
    """A save that comes during the move waits until its end, so that no answered save is missing unseen."""
    with engine.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
    seen = []

    def look(step):
        if step == "compare bookmark" and postgresql:
            with engine.connect() as connection:
                connection.execute(text("SET lock_timeout = '200ms'"))
                try:
                    connection.execute(text("UPDATE scenario SET name = name"))
                    seen.append("saved")
                except Exception as error:
                    seen.append(type(error).__name__)

    move(engine, other, look)
    assert seen == (["OperationalError"] if postgresql else [])
