"""A damaged file is found when it is first opened, told, and set aside as it was; a sound one is left alone."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from analysis.scenario.scenario import CloseSite, Scenario
from store import integrity
from store.database import database_url, open_engine
from store.errors import StoreError
from store.integrity import fault_of, set_aside_files, set_aside_if_damaged, set_aside_on
from store.scenarios import ScenarioStore
from tests.people import boss

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path):
    """A sound store of a few pages."""
    made = tmp_path / "plans.sqlite"
    store = ScenarioStore.open(f"sqlite:///{made}")
    for number in range(40):
        changes = tuple(CloseSite(f"site {number} {at}") for at in range(40))
        store.save(Scenario(f"Plan {number}", "southend", changes=changes), boss("Anna"))
    store.close()
    return made


def overwritten(path, at, what):
    content = bytearray(path.read_bytes())
    content[at : at + len(what)] = what
    path.write_bytes(content)


DAMAGE = {
    "no header": lambda path: overwritten(path, 0, b"\x00" * 100),
    "another kind of file": lambda path: path.write_bytes(b"%PDF-1.7 a letter" * 900),
    "a page of zeros": lambda path: overwritten(path, 4096 * 3, b"\x00" * 4096),
    "pages of noise": lambda path: overwritten(path, 4096 * 2, bytes(range(256)) * 64),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut off in the header": lambda path: path.write_bytes(path.read_bytes()[:60]),
}


@pytest.mark.parametrize("how", DAMAGE, ids=str)
def test_damage_is_found_told_and_set_aside_unchanged(path, how):
    DAMAGE[how](path)
    damaged = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_engine(f"sqlite:///{path}")
    (aside,) = set_aside_files(database_url(f"sqlite:///{path}"))
    assert aside.read_bytes() == damaged
    assert not path.exists()
    said = str(caught.value)
    assert str(path) in said
    assert str(aside) in said
    assert "\n" not in said
    open_engine(f"sqlite:///{path}").dispose()  # the next opening begins an empty one
    assert aside.read_bytes() == damaged
    assert fault_of(path) == ""


def test_an_empty_one_is_begun_at_once_where_that_is_asked_for(path):
    DAMAGE["a page of zeros"](path)
    store = ScenarioStore(open_engine(f"sqlite:///{path}", begin_anew=True))
    assert store.list("southend").total == 0
    store.save(Scenario("New", "southend"), boss("Anna"))
    store.close()
    (aside,) = set_aside_files(database_url(f"sqlite:///{path}"))
    assert set_aside_on(aside).year >= 2026


def test_its_journal_goes_with_it(path):
    path.write_bytes(b"noise" * 1000)
    journal = path.with_name(path.name + "-journal")
    journal.write_bytes(b"journal")
    found = set_aside_if_damaged(path)
    assert found is not None
    assert found.aside.with_name(found.aside.name + "-journal").read_bytes() == b"journal"
    assert not journal.exists()


def test_two_that_are_set_aside_in_one_second_have_two_names(path):
    names = set()
    for _ in range(3):
        path.write_bytes(b"noise" * 1000)
        integrity._checked.cache_clear()
        found = set_aside_if_damaged(path)
        assert found is not None
        names.add(found.aside)
    assert len(names) == len(set_aside_files(database_url(f"sqlite:///{path}"))) == 3


def test_a_sound_file_stays_to_the_byte(path):
    before = path.read_bytes()
    assert fault_of(path) == fault_of(path, whole=True) == ""
    assert set_aside_if_damaged(path) is None
    assert path.read_bytes() == before


def test_no_file_and_an_empty_one_have_no_fault(tmp_path):
    assert fault_of(tmp_path / "none.sqlite") == ""
    (tmp_path / "empty.sqlite").touch()
    assert fault_of(tmp_path / "empty.sqlite") == ""


def test_a_file_is_checked_once_in_a_process(path, monkeypatch):
    asked = []
    integrity._checked.cache_clear()
    monkeypatch.setattr(integrity, "fault_of", lambda file: asked.append(file) or "")
    for _ in range(3):
        open_engine(f"sqlite:///{path}").dispose()
    assert asked == [path]


def test_a_check_that_takes_too_long_is_stopped_and_logged(path, caplog, monkeypatch):
    class Slow(sqlite3.Connection):
        def execute(self, *_given):
            return super().execute(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
            )

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=Slow))
    assert fault_of(path, 0.2) == ""
    assert "its check was stopped" in caplog.text


def test_a_file_that_another_program_holds_is_not_damaged(path, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **{**named, "timeout": 0.1}))
    integrity._checked.cache_clear()
    with closing(connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="another program is holding it"):
            open_engine(f"sqlite:///{path}")
    assert path.exists()
    assert set_aside_files(database_url(f"sqlite:///{path}")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_save_that_was_killed_half_way_is_taken_back_and_is_no_damage(path):
    code = (
        "import os, signal, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE')\n"
        "c.execute(\"UPDATE scenario_version SET body = body || 'x'\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False, timeout=60)
    assert path.with_name(path.name + "-journal").exists(), "the kill came too late for this test"
    store = ScenarioStore.open(f"sqlite:///{path}")
    assert store.list("southend").total == 40
    store.latest(store.list("southend").rows[0].scenario_id)
    store.close()
    assert set_aside_files(database_url(f"sqlite:///{path}")) == []


def test_a_document_that_was_named_by_mistake_is_left_where_it_is(tmp_path):
    letter = tmp_path / "letter.odt"
    letter.write_bytes(b"Dear all, " * 500)
    with pytest.raises(StoreError, match=r"letter\.odt is no database of SQLite"):
        open_engine(f"sqlite:///{letter}")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.odt"]
    assert letter.read_bytes() == b"Dear all, " * 500
