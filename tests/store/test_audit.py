"""The audit log is read by pages and whole, is searched, and only grows: on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DatabaseError

from analysis.scenario.scenario import Scenario
from store import audit
from store.audit import Action, AuditLog, record
from store.scenarios import ScenarioStore
from store.tables import AuditRow
from tests.people import boss, someone

OLGA = boss("Olga")


@pytest.fixture
def log(store):
    return AuditLog(store._engine)


def test_a_row_says_who_did_what_to_what_when_and_from_where(store, log):
    before = datetime.now(UTC)
    made = store.save(Scenario("Hub „Zürich“", "southend"), someone(" Anna\tB. ")).version
    (entry,) = log.list(OLGA)
    assert (entry.person, entry.person_name, entry.role, entry.origin) == (
        "id of Anna B.",
        "Anna B.",
        "planner",
        "198.51.100.7",
    )
    assert (entry.action, entry.kind, entry.subject, entry.subject_name) == (
        "saved",
        "plan",
        made.scenario_id,
        "Hub „Zürich“",
    )
    assert before <= entry.at <= datetime.now(UTC)


def fill(engine, count):
    with engine.begin() as connection:
        for number in range(count):
            record(connection, someone(f"P{number}"), Action.SAVED, "plan", str(number), f"Plan {number}")


@pytest.mark.parametrize("batch", [1, 3, 7, 500])
def test_the_whole_log_is_read_once_in_order_and_holds_nobody_up(store, log, monkeypatch, batch):
    fill(store._engine, 7)
    monkeypatch.setattr(audit, "_BATCH", batch)
    found = []
    for entry in log.all(OLGA):
        found.append(entry)
        if len(found) < 4:  # who saves meanwhile need not wait, and is in the log too
            store.save(Scenario("Meanwhile", "southend"), OLGA)
    assert [entry.subject_name for entry in found][:7] == [f"Plan {number}" for number in range(7)]
    assert len({entry.id for entry in found}) == len(found)
    assert found == sorted(found, key=lambda entry: (entry.at, entry.id))


def test_rows_of_one_moment_are_each_read_once(store, log, monkeypatch):
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    whole = {"person": "", "person_name": "", "role": "", "action": "", "kind": "", "subject": "", "subject_name": ""}
    with store._engine.begin() as connection:
        connection.execute(
            insert(AuditRow), [{**whole, "id": f"{n:032x}", "at": at, "origin": "", "search": ""} for n in range(7)]
        )
    monkeypatch.setattr(audit, "_BATCH", 2)
    assert [entry.id for entry in log.all(OLGA)] == [f"{number:032x}" for number in range(7)]
    assert list(log.all(OLGA, since=at)) == list(log.all(OLGA))
    assert list(log.all(OLGA, since=at + timedelta(seconds=1))) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", 3),
        ("ANNA", 2),
        ("anna deleted", 1),
        ("zürich", 2),
        ("plan", 3),
        ("administrator", 1),
        ("%", 0),
        ("nobody", 0),
    ],
)
def test_the_log_is_searched_by_who_what_and_to_what(store, log, typed, found):
    key = store.save(Scenario("Hub ZÜRICH", "southend"), someone("Anna")).version.scenario_id
    store.save(Scenario("Other", "southend"), boss("Ben"))
    store.delete(key, someone("Anna"))
    assert log.list(OLGA, search=typed).total == found


def test_the_latest_is_first_by_pages(store, log):
    fill(store._engine, 5)
    pages = [log.list(OLGA, page=number, size=2) for number in (1, 2, 3)]
    assert [entry.subject for page in pages for entry in page] == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET person_name = 'Nobody'",
        "UPDATE audit SET id = 'x' WHERE kind = 'plan'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE kind = 'plan'",
        "DELETE FROM audit WHERE 1 = 0 OR id <> ''",
        pytest.param("TRUNCATE audit", id="truncate"),
        pytest.param("replace", id="replace"),
    ],
)
def test_no_row_is_changed_or_taken_away(store, log, change):
    store.save(Scenario("Hub", "southend"), someone("Anna"))
    before = list(log.all(OLGA))
    sqlite = store._engine.dialect.name == "sqlite"
    if change == "replace":
        way = ("INSERT OR REPLACE INTO", "") if sqlite else (
            "INSERT INTO", " ON CONFLICT (id) DO UPDATE SET person_name = 'Nobody'"
        )  # fmt: skip
        columns = ", ".join(column.name for column in AuditRow.__table__.columns)
        change = f"{way[0]} audit ({columns}) SELECT {columns} FROM audit{' WHERE true' if not sqlite else ''}{way[1]}"
    elif change.startswith("TRUNCATE") and sqlite:
        change = "DELETE FROM audit"  # SQLite has no other word for it
    with pytest.raises(DatabaseError, match="the audit log only grows"), store._engine.begin() as connection:
        connection.execute(text(change))
    assert list(log.all(OLGA)) == before
    store.save(Scenario("Other", "southend"), someone("Anna"))
    assert log.list(OLGA).total == 2


def test_a_log_that_cannot_be_written_keeps_the_plan_from_being_saved(store):
    def fail(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO audit"):
            raise ConnectionAbortedError

    event.listen(store._engine, "before_cursor_execute", fail)
    with pytest.raises(ConnectionAbortedError):
        store.save(Scenario("Hub", "southend"), OLGA)
    event.remove(store._engine, "before_cursor_execute", fail)
    assert store.list("southend").total == 0


def test_it_is_opened_and_closed_by_itself(url):
    log = AuditLog.open(url)
    assert list(log.all(OLGA)) == []
    log.close()
    assert ScenarioStore.open(url).list("southend").total == 0
