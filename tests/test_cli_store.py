"""`reach store`: each command does what it says, and each fault is one sentence with its exit code."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from analysis.scenario.scenario import Scenario
from cli import app
from store.database import database_url
from store.integrity import set_aside_files
from store.scenarios import ScenarioStore
from tests.people import boss


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch):
    """A store with a plan in two versions, and a deleted one."""
    made = tmp_path / "plans.sqlite"
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{made}")
    store = ScenarioStore.open()
    key = store.save(Scenario("Hub", "southend"), boss("Anna")).version.scenario_id
    store.save(Scenario("Hub", "southend"), boss("Ben"), scenario_id=key, based_on=1)
    store.delete(store.save(Scenario("Gone", "southend"), boss("Anna")).version.scenario_id, boss("Anna"))
    store.close()
    return made


def reach(*arguments, given=None):
    return CliRunner().invoke(app, ["store", *map(str, arguments)], input=given)


def names(deleted=False):
    store = ScenarioStore.open()
    found = [one.name for one in store.list("southend", deleted=deleted)]
    store.close()
    return found


def audit(*arguments):
    done = reach("audit", *arguments)
    assert done.exit_code == 0, done.stderr
    return done.stdout


HELD = "2 plans, 4 versions, 0 bookmarks, 0 own data, 0 short links"


def test_a_sound_store_is_said_to_be(path):
    done = reach("check")
    assert done.exit_code == 0
    assert f"The database sqlite:///{path}: {HELD}." in done.stdout
    assert "It is sound" in done.stdout


def test_what_is_wrong_is_said_and_is_the_exit_code(path):
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE scenario_version SET body = '{}' WHERE name = 'Gone' AND number = 1")
        file.commit()
    done = reach("check")
    assert done.exit_code == 1
    assert "Version 1 of the plan 'Gone'" in done.stdout
    assert "It is sound" not in done.stdout


def test_a_backup_is_written_and_restored(path, tmp_path):
    done = reach("backup", tmp_path / "b.sqlite")
    assert done.exit_code == 0
    assert f"Wrote {tmp_path / 'b.sqlite'}: {HELD}" in done.stderr
    path.unlink()
    done = reach("restore", tmp_path / "b.sqlite")
    assert done.exit_code == 0
    assert HELD in done.stderr
    assert names() == ["Hub"]
    assert names(deleted=True) == ["Gone"]


def test_a_store_that_is_not_empty_is_replaced_only_when_that_is_said_and_confirmed(tmp_path):
    backup, first = tmp_path / "b.sqlite", tmp_path / "first.sqlite"
    reach("backup", backup)
    store = ScenarioStore.open()
    store.save(Scenario("Later", "southend"), boss("Anna"))
    store.close()
    assert "is not empty" in reach("restore", backup).stderr
    refused = reach("restore", backup, "--replace", first)
    assert refused.exit_code == 2
    assert "give --yes" in refused.stderr
    assert not first.exists()
    assert names() == ["Later", "Hub"]
    done = reach("restore", backup, "--replace", first, "--yes")
    assert done.exit_code == 0
    assert f"What was kept before is in {first}" in done.stderr
    assert names() == ["Hub"]
    assert "is there already" in reach("restore", backup, "--replace", first, "--yes").stderr


def test_a_store_is_moved(path, tmp_path, monkeypatch):
    there = f"sqlite:///{tmp_path / 'there.sqlite'}"
    done = reach("move", "--to", there)
    assert done.exit_code == 0
    assert HELD in done.stderr
    monkeypatch.setenv("REACH_DATABASE_URL", there)
    assert names() == ["Hub"]
    assert "is not empty" in reach("move", "--to", f"sqlite:///{path}").stderr


def test_a_purge_says_what_would_go_and_asks(path):
    said = reach("purge", "--deleted-before", 0, "--dry-run")
    assert said.exit_code == 0
    assert "1 plans: Gone" in said.stdout
    refused = reach("purge", "--deleted-before", 0)
    assert refused.exit_code == 2
    assert names(deleted=True) == ["Gone"]
    assert "Nothing was deleted that long ago" in reach("purge", "--deleted-before", 1, "--yes").stdout
    assert names(deleted=True) == ["Gone"]
    assert reach("purge", "--deleted-before", 0, "--yes").exit_code == 0
    assert names(deleted=True) == []
    assert names() == ["Hub"]


def test_the_log_is_written_as_csv_and_as_json(tmp_path):
    store = ScenarioStore.open()
    store.save(Scenario("=1+1, ☂", "southend"), boss("Anna"))
    store.close()
    rows = list(csv.DictReader(io.StringIO(audit())))
    assert [row["action"] for row in rows] == ["saved", "saved", "saved", "deleted", "saved"]
    assert [row["subject_name"] for row in rows] == ["Hub", "Hub", "Gone", "Gone", "'=1+1, ☂"]
    entries = json.loads(audit("--format", "json"))
    assert [{**row, "subject_name": row["subject_name"].removeprefix("'")} for row in rows] == entries
    assert entries[1]["person_name"] == "Ben"
    done = reach("audit", "--format", "json", "--out", tmp_path / "log.json")
    assert f"Wrote {tmp_path / 'log.json'}" in done.stderr
    assert json.loads((tmp_path / "log.json").read_text(encoding="utf-8")) == entries


def test_the_log_is_written_from_a_day_on(path):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert audit("--since", tomorrow).count("\n") == 1
    assert json.loads(audit("--since", tomorrow, "--format", "json")) == []
    assert len(json.loads(audit("--since", "2026-01-01", "--format", "json"))) == 4


def test_what_commands_change_is_in_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "operator")
    reach("backup", tmp_path / "b.sqlite")
    reach("purge", "--deleted-before", 0, "--yes")
    reach("restore", tmp_path / "b.sqlite", "--replace", tmp_path / "first.sqlite", "--yes")
    reach("move", "--to", f"sqlite:///{tmp_path / 'there.sqlite'}")
    entries = json.loads(audit("--format", "json"))[4:]
    assert [(one["action"], one["subject_name"]) for one in entries] == [
        ("purged", "Gone"),
        ("store restored", "b.sqlite"),
        ("store moved", f"to the database sqlite:///{tmp_path / 'there.sqlite'}"[:200]),
    ]
    assert {(one["person"], one["person_name"], one["origin"]) for one in entries} == {("local", "operator", "command")}


@pytest.mark.parametrize(("answer", "left"), [("y\n", []), ("n\n", ["Gone"])])
def test_a_purge_is_done_when_the_question_is_answered(monkeypatch, answer, left):
    monkeypatch.setattr("commands.store._asked_at_a_terminal", lambda: True)
    reach("purge", "--deleted-before", 0, given=answer)
    assert names(deleted=True) == left


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["backup", "{folder}/nowhere/b.sqlite"], 2, "there is no folder"),
        (["backup", "{folder}"], 2, "is not an ordinary file"),
        (["backup", "{folder}/plans.sqlite"], 2, "is the store itself"),
        (["restore", "{folder}/none.sqlite"], 2, "there is no file"),
        (["restore", "{folder}/letter"], 2, "is damaged: it is not a database of SQLite"),
        (["move", "--to", "sqlite:///{folder}/plans.sqlite"], 2, "where it is kept already"),
        (["move", "--to", "postgresql://anna:secret@/db?host={folder}"], 2, "cannot be opened"),
        (["move", "--to", "mysql://anna:secret@host/db"], 2, "SQLite or PostgreSQL"),
        (["move", "--to", "nonsense secret"], 2, "is not the address of a database"),
        (["purge", "--deleted-before", "-1"], 2, "--deleted-before"),
        (["audit", "--since", "yesterday"], 2, "--since 'yesterday' is not a day"),
        (["audit", "--format", "table"], 2, "unknown format 'table'; valid: csv, json"),
        (["audit", "--out", "{folder}/nowhere/log.csv"], 2, "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(path, tmp_path, arguments, code, said):
    (tmp_path / "letter").write_text("Dear council, " * 20)
    before = path.read_bytes()
    done = reach(*(one.format(folder=tmp_path) for one in arguments))
    assert done.exit_code == code
    assert said in done.stderr
    assert "secret" not in done.output + done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before


def test_a_damaged_store_is_set_aside_with_an_exit_code_and_told_again_by_check(path):
    path.write_bytes(b"noise" * 1000)
    done = reach("check")
    assert done.exit_code == 2
    (aside,) = set_aside_files(database_url())
    assert str(aside) in done.stderr
    assert str(path) in done.stderr
    again = reach("check")
    assert again.exit_code == 0
    assert f"A damaged file was set aside as {aside}." in again.stdout
