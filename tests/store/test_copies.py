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
from store.copies import back_up, counts, holds, move, restore
from store.database import open_engine
from store.errors import NotAllowedError, StoreError
from store.layers import LayerStore
from store.people import PeopleStore
from store.person import Role
from store.purge import purge
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore
from store.soundness import faults
from store.tables import AuditRow, Base, PackRow
from tests.people import boss, someone

PLAN = Scenario("Hub „Zürich“ 🏠", "southend", note="line one\nline two")
OLGA = boss("Olga")


@pytest.fixture
def engine(url):
    """A store that has something of every kind."""
    made = open_engine(url)
    plans = ScenarioStore(made)
    key = plans.save(PLAN, boss("Anna")).version.scenario_id
    plans.save(PLAN.with_change(SetSpeed(3.0)), boss("Ben"), scenario_id=key, based_on=1)
    plans.duplicate(key, boss("Cem"), "Copy")
    plans.delete(plans.save(replace(PLAN, area="blackpool"), boss("Dora")).version.scenario_id, boss("Dora"))
    marks = BookmarkStore(made)
    marks.add("southend", "One", "gaps", "a=1", boss("Anna"))
    marks.remove(marks.add("southend", "Two", "gaps", "", OLGA).id, OLGA)
    ShortLinkStore(made).make("gaps", "a=1", OLGA)
    layers = LayerStore(made)
    rows = pd.DataFrame({"measure": ["x"], "lsoa": ["E01015814"], "value": [1.25]})
    layers.replace(layers.add("southend", "counts", "Twins", rows, boss("Anna")).id, rows, boss("Ben"), based_on=1)
    PeopleStore(made).meet("issuer|1", "Anna", "anna@council.example", Role.PLANNER)
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


def kept_in(engine):
    """All rows of all tables but the audit log."""
    return {name: rows for name, rows in content(engine).items() if name != "audit"}


def actions(rows):
    """What was done, by rows of the audit log."""
    at = [column.name for column in AuditRow.__table__.columns].index("action")
    return sorted(row[at] for row in rows)


def test_there_is_something_in_every_table_to_lose(engine):
    assert all(counts(engine).values())
    assert counts(engine)["scenario_version"] == 5


def test_a_backup_is_restored_to_an_empty_store_with_every_row(engine, other, tmp_path):
    file = tmp_path / "b.sqlite"
    assert back_up(engine, file) == counts(engine)
    kept = file.read_bytes()
    assert restore(file, other, OLGA) == counts(engine)
    assert kept_in(other) == kept_in(engine)
    added = set(content(other)["audit"]) - set(content(engine)["audit"])
    assert [actions(one) for one in (added, ())] == [["store restored"], []]
    assert set(content(engine)["audit"]) <= set(content(other)["audit"])
    assert file.read_bytes() == kept


def test_a_store_is_moved_with_every_row_and_stays(engine, other):
    before = content(engine)
    assert move(engine, other, OLGA) == counts(engine)
    assert content(other) == content(engine)
    assert kept_in(engine) == kept_in(other) == {name: rows for name, rows in before.items() if name != "audit"}
    assert actions(set(content(engine)["audit"]) - set(before["audit"])) == ["store moved"]
    plans = ScenarioStore(other)
    (one,) = plans.list("southend", search="zürich")
    assert plans.latest(one.scenario_id).scenario.note == PLAN.note


@pytest.mark.slow
def test_a_store_is_moved_back_from_postgresql_and_restored_to_it(engine, postgres, tmp_path):
    there = open_engine(postgres.new_database())
    move(engine, there, OLGA)
    back = open_engine(f"sqlite:///{tmp_path / 'back.sqlite'}")
    move(there, back, OLGA)
    assert content(back) == content(there)
    assert kept_in(back) == kept_in(engine)
    assert actions(set(content(there)["audit"]) - set(content(engine)["audit"])) == ["store moved"]
    back_up(there, tmp_path / "b.sqlite")
    again = open_engine(postgres.new_database())
    restore(tmp_path / "b.sqlite", again, OLGA)
    assert kept_in(again) == kept_in(engine)
    assert set(content(again)["audit"]) > set(content(there)["audit"])
    for one in (there, back, again):
        one.dispose()


def test_a_store_that_is_not_empty_is_not_filled(engine, other, tmp_path):
    back_up(engine, tmp_path / "b.sqlite")
    ScenarioStore(other).save(PLAN, boss("Anna"))
    before = content(other)
    for call in (lambda: restore(tmp_path / "b.sqlite", other, OLGA), lambda: move(engine, other, OLGA)):
        with pytest.raises(StoreError, match=r"is not empty \(rows: scenario 1, scenario_version 1\)"):
            call()
    assert content(other) == before


def test_what_is_replaced_is_backed_up_first(engine, tmp_path):
    file, first = tmp_path / "b.sqlite", tmp_path / "first.sqlite"
    back_up(engine, file)
    whole = kept_in(engine)
    plans = ScenarioStore(engine)
    plans.save(replace(PLAN, name="Later"), boss("Anna"))
    later, log = kept_in(engine), content(engine)["audit"]
    restore(file, engine, OLGA, first=first)
    assert kept_in(engine) == whole
    assert set(content(engine)["audit"]) > set(log), "what the log held is not replaced"
    restore(first, engine, OLGA, first=tmp_path / "second.sqlite")
    assert kept_in(engine) == later
    assert actions(set(content(engine)["audit"]) - set(log)) == ["store restored"] * 2


def test_a_store_in_which_only_the_log_is_left_is_an_empty_one(engine, other, tmp_path):
    plans = ScenarioStore(other)
    plans.delete(plans.save(PLAN, OLGA).version.scenario_id, OLGA)
    purge(other, 0, OLGA)
    log = content(other)["audit"]
    back_up(engine, tmp_path / "b.sqlite")
    restore(tmp_path / "b.sqlite", other, OLGA, first=tmp_path / "first.sqlite")
    assert not (tmp_path / "first.sqlite").exists(), "there was nothing to keep"
    assert kept_in(other) == kept_in(engine)
    assert set(content(other)["audit"]) > {*log, *content(engine)["audit"]}
    assert list(faults(other)) == list(faults(engine))


@pytest.mark.parametrize("work", ["restore", "move"])
def test_a_log_that_was_changed_is_no_copy_of_the_other(engine, other, tmp_path, work):
    """A row with the same id and another content: one of the two logs was forged."""
    file = tmp_path / "b.sqlite"
    back_up(engine, file)
    with engine.connect() as connection:
        (row, *_rest) = connection.execute(select(AuditRow.__table__)).mappings()
    with other.begin() as connection:
        connection.execute(insert(AuditRow), {**row, "person_name": "Somebody else"})
    before = content(other)
    with pytest.raises(StoreError, match="the copy of the table audit is not equal"):
        restore(file, other, OLGA) if work == "restore" else move(engine, other, OLGA)
    assert content(other) == before


def test_more_rows_of_the_log_than_one_batch_are_put_together(engine, other, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_BATCH", 3)
    back_up(engine, tmp_path / "b.sqlite")
    first = content(engine)["audit"][::2]
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(AuditRow.__table__)).mappings()]
    with other.begin() as connection:
        connection.execute(insert(AuditRow), [row for row in rows if row["id"] in {one[0] for one in first}])
    restore(tmp_path / "b.sqlite", other, OLGA)
    assert set(content(other)["audit"]) > set(content(engine)["audit"])
    assert len(content(other)["audit"]) == len(rows) + 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER, Role.PLANNER])
def test_only_an_administrator_restores_and_moves(engine, other, tmp_path, role):
    back_up(engine, tmp_path / "b.sqlite")
    who = someone("Anna", role)
    for call in (lambda: restore(tmp_path / "b.sqlite", other, who), lambda: move(engine, other, who)):
        with pytest.raises(NotAllowedError, match="needs the role administrator"):
            call()
    assert not any(counts(other).values())


@pytest.mark.parametrize("work", ["restore", "move"])
def test_a_copy_that_is_not_equal_is_given_up_and_nothing_stays(engine, other, tmp_path, work):
    back_up(engine, tmp_path / "b.sqlite")

    @event.listens_for(other, "before_cursor_execute", retval=True)
    def change(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("INSERT INTO bookmark"):
            parameters = [tuple("Ono" if value == "One" else value for value in row) for row in parameters]
        return statement, parameters

    with pytest.raises(StoreError, match="the copy of the table bookmark is not equal"):
        restore(tmp_path / "b.sqlite", other, OLGA) if work == "restore" else move(engine, other, OLGA)
    assert not holds(counts(other))


def test_a_fault_half_way_leaves_the_store_as_it_was(engine, tmp_path):
    back_up(engine, tmp_path / "b.sqlite")
    before = content(engine)

    def fail(step):
        if step == "compare scenario_version":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "b.sqlite", engine, OLGA, first=tmp_path / "first.sqlite", step=fail)
    assert content(engine) == before


def test_a_backup_while_others_save_is_whole(engine, tmp_path):
    plans, stop = ScenarioStore(engine), threading.Event()

    def saving():
        number = 0
        while not stop.is_set():
            number += 1
            plans.save(replace(PLAN, name=f"Meanwhile {number}"), boss("Ben"))

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
        restore(file, other, OLGA)
    assert (file.read_bytes() if file.exists() else None) == before
    assert not holds(counts(other))


def test_a_backup_of_an_earlier_version_is_brought_up_to_date_in_a_copy(engine, other, tmp_path):
    with engine.begin() as connection:  # what an earlier version does not know
        connection.execute(text("DELETE FROM person"))
        for table in ("scenario", "layer"):
            connection.execute(text(f"UPDATE {table} SET owner = '', owner_name = '', team = ''"))
        connection.execute(text("UPDATE bookmark SET owner = ''"))
    before = kept_in(engine)
    file = tmp_path / "b.sqlite"
    back_up(engine, file)
    with closing(sqlite3.connect(file)) as old:
        for column in ("number", "kind", "name", "saved_by"):
            old.execute(f"ALTER TABLE scenario DROP COLUMN {column}")
        old.execute("DROP INDEX ix_scenario_listed")
        old.execute("ALTER TABLE scenario DROP COLUMN saved_at")
        for table in ("scenario", "bookmark", "layer"):
            old.execute(f"ALTER TABLE {table} DROP COLUMN search")
        for table, columns in {
            "scenario": "owner owner_name team",
            "bookmark": "owner",
            "layer": "owner owner_name team",
        }.items():
            for column in columns.split():
                old.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        old.execute("DROP TABLE audit")
        old.execute("DROP TABLE person")
        old.execute("CREATE INDEX ix_scenario_area ON scenario (area)")
        old.execute("UPDATE alembic_version SET version_num = '0004'")
        old.commit()
    kept = file.read_bytes()
    restore(file, other, OLGA)
    assert kept_in(other) == before
    assert actions(content(other)["audit"]) == ["store restored"]
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

    move(engine, other, OLGA, look)
    assert seen == (["OperationalError"] if postgresql else [])
