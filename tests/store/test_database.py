"""Where the database is, how its tables come about, and what is said when it fails."""

import errno
import sqlite3
from pathlib import Path

import platformdirs
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import OperationalError

from analysis.scenario.scenario import CloseSite, Scenario
from geo.errors import ReachError
from store.database import data_folder, database_url, explain, open_engine, plain
from store.errors import StoreError
from store.migrate import current_version, upgrade
from store.scenarios import ScenarioStore
from store.tables import Base
from tests.people import boss


def test_the_user_s_data_folder_by_the_custom_of_each_system(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "PlatformDirs", Unix)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "service-reach"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert data_folder() == Path.home() / ".local" / "share" / "service-reach"
    monkeypatch.setattr(platformdirs, "PlatformDirs", MacOS)
    assert data_folder() == Path.home() / "Library" / "Application Support" / "service-reach"
    monkeypatch.setattr(platformdirs, "PlatformDirs", Windows)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", {"CSIDL_LOCAL_APPDATA": str(tmp_path)}.__getitem__)
    assert data_folder() == tmp_path / "service-reach"


def test_the_address_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("REACH_DATABASE_URL", raising=False)
    assert database_url().get_backend_name() == "sqlite"
    assert Path(str(database_url().database)).name == "scenarios.sqlite"
    monkeypatch.setenv("REACH_DATABASE_URL", "postgresql://anna:secret@host/db")
    assert database_url().drivername == "postgresql+psycopg"
    assert database_url("sqlite:////x").database == "/x"


@pytest.mark.parametrize("url", ["not an address", "mysql://u:secret@h/d", "sqlite:////proc/nowhere/x.sqlite"])
def test_an_address_that_cannot_be_used_is_said_without_its_password(url):
    with pytest.raises(StoreError) as caught:
        open_engine(url)
    assert isinstance(caught.value, ReachError)
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        open_engine(f"postgresql://anna:secret@/db?host={tmp_path}")
    assert "secret" not in str(caught.value)


NO_ADDRESS = "REACH_DATABASE_URL is not the address of a database, such as postgresql://user@host/name"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://anna:secret@host:port/db", NO_ADDRESS),
        ("postgresql://anna:secret@host:99999999/db", "cannot be opened"),
        ("postgresql://anna:secret@/db?host=/nowhere&foo=bar", "cannot be opened"),
        ("postgresql://anna@/db?host=/nowhere&password=secret", "cannot be opened"),
        ("postgresql://anna:secret@/db?host=/nowhere&connect_timeout=soon", "cannot be opened"),
        ("postgresql+nosuch://anna:secret@host/db", "there is no driver 'postgresql+nosuch'"),
        ("sqlite+nosuch:///x", "there is no driver 'sqlite+nosuch'"),
        ("postgresql:/anna:secret@host/db", NO_ADDRESS),
        ("postgres ql://anna:secret@host/db", NO_ADDRESS),
        ("mysql://anna:secret@host/db", "kept in SQLite or PostgreSQL, not in 'mysql'"),
        ("   ", NO_ADDRESS),
        ("secret", NO_ADDRESS),
        ("sqlite:///{folder}", "cannot be opened"),
        ("sqlite:///file:{folder}/x.sqlite?mode=what&uri=true", "cannot be opened"),
        ("sqlite:///{folder}/x.sqlite?timeout=soon", "cannot be opened"),
        ("sqlite:///{folder}/file/x.sqlite", "cannot be opened"),
        ("sqlite:////proc/x.sqlite", "cannot be opened"),
        ("sqlite:///{folder}/a\x00b", "cannot be opened"),
        ("sqlite:///{folder}/" + "x" * 400, "cannot be opened"),
    ],
)
def test_every_address_that_is_wrong_is_one_sentence_without_its_password(tmp_path, url, said):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        open_engine(url.format(folder=tmp_path))
    told = str(caught.value)
    assert said in told
    assert "secret" not in told
    assert "\n" not in told
    assert caught.value.__cause__ is None, "the driver's own error, which may hold the password, is not handed on"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scheme=st.sampled_from(
        ["sqlite", "postgresql", "postgres", "mysql", "sqlite+pysqlite", "postgresql+psycopg", "x", ""]
    ),
    divide=st.sampled_from(["://", ":/", ":///", ":", "//"]),
    host=st.sampled_from(
        ["", "@", "@:1", "@[::1", "@[::1]:1", "@127.0.0.1:1", "@%00:1", "@127.0.0.1:x", "@127.0.0.1:-1"]
    ),
    rest=st.text(alphabet="/?&=%#:@ \\\0\né2", max_size=12),
)
def test_odd_addresses_are_one_sentence_too(tmp_path, monkeypatch, scheme, divide, host, rest):
    monkeypatch.chdir(tmp_path)
    url = f"{scheme}{divide}anna:hemlig{host}{rest}"
    told = [fault_of_address(lambda: database_url(url))]
    if not told[0]:
        address = database_url(url)
        told.append(plain(address))
        if address.get_backend_name() == "postgresql":
            told.append(fault_of_address(lambda: open_engine(address.update_query_dict({"connect_timeout": "1"}))))
            assert "cannot be opened" in told[-1]
        secret = address.password == "hemlig"
    else:
        secret = True
    assert not any("\n" in one for one in told)
    assert not (secret and any("hemlig" in one for one in told))


def fault_of_address(call):
    """What is said of an address that cannot be used; nothing of one that can."""
    try:
        call()
    except StoreError as error:
        return str(error)
    return ""


def test_the_steps_make_the_tables_that_the_code_describes(url):
    engine = open_engine(url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert current_version(connection) is not None
    upgrade(engine)
    engine.dispose()


def test_a_step_that_fails_half_way_leaves_the_tables_as_they_were(url, monkeypatch):
    from alembic import op

    make = op.create_table

    def fail_at_second(name, *columns, **options):
        if name == "scenario_version":
            raise OSError("power cut")
        return make(name, *columns, **options)

    monkeypatch.setattr(op, "create_table", fail_at_second)
    with pytest.raises(StoreError, match="power cut"):
        open_engine(url)
    monkeypatch.undo()
    engine = open_engine(url)
    assert {"scenario", "scenario_version"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url):
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version of this program"):
        open_engine(url)
    with engine.begin() as connection:
        assert current_version(connection) == "9999"
    engine.dispose()


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path):
    store = ScenarioStore.open(f"sqlite:///{tmp_path / 'x.sqlite'}")
    scenario = Scenario("A", "southend")
    key = store.save(scenario, boss("Anna")).version.scenario_id
    engine = store._engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def no_more_pages(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    large = Scenario("A", "southend", changes=tuple(CloseSite("x" * 90 + str(n)) for n in range(200)))
    with pytest.raises(StoreError, match=r"the disk is full.*Nothing was saved or lost; export the scenario"):
        store.save(large, boss("Anna"), scenario_id=key, based_on=1)
    assert [version.number for version in store.versions(key)] == [1]
    event.remove(engine, "connect", no_more_pages)
    engine.dispose()
    assert store.save(large, boss("Anna"), scenario_id=key, based_on=1).version.number == 2
    store.close()


def test_a_database_held_by_another_program_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("store.database._BUSY_S", 0.1)
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    store, other = ScenarioStore.open(url), ScenarioStore.open(url)
    with other._engine.begin(), pytest.raises(StoreError, match="another program is holding it"):
        store.save(Scenario("A", "southend"), boss("Anna"))
    assert store.save(Scenario("A", "southend"), boss("Anna")).version.number == 1
    store.close()
    other.close()


def of_sqlite(code, text="words that may change"):
    fault = sqlite3.OperationalError(text)
    fault.sqlite_errorcode = code
    return fault


class OfPostgres(Exception):
    def __init__(self, sqlstate):
        super().__init__("words that may change")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (of_sqlite(sqlite3.SQLITE_FULL), "the disk is full"),
        (of_sqlite(sqlite3.SQLITE_READONLY), "it may only be read"),
        (of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), "it may only be read"),
        (of_sqlite(sqlite3.SQLITE_BUSY), "another program is holding it"),
        (of_sqlite(sqlite3.SQLITE_ERROR, "no such table: disk is full"), "no such table: disk is full"),
        (sqlite3.ProgrammingError("database is locked, says the driver"), "database is locked, says the driver"),
        (OfPostgres("53100"), "the disk is full"),
        (OfPostgres("42501"), "words that may change"),
        (OSError(errno.ENOSPC, "words that may change"), "the disk is full"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_by_the_error_s_code_and_not_by_its_words(url, origin, said):
    engine = open_engine(url)
    told = str(explain(engine, OperationalError("SELECT 1", {}, origin)))
    assert f"could not be used: {said}. Nothing was saved or lost" in told
    engine.dispose()


def test_a_file_that_may_only_be_read(tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    path = tmp_path / "x.sqlite"
    ScenarioStore.open(f"sqlite:///{path}").close()
    store = ScenarioStore.open(f"sqlite:///{path}?mode=ro&uri=true".replace("sqlite:///", "sqlite:///file:"))
    with pytest.raises(StoreError, match="it may only be read"):
        store.save(Scenario("A", "southend"), boss("Anna"))
    store.close()
    assert list(here.iterdir()) == []  # no folder of the name of the address


def test_the_address_may_stand_in_a_file(tmp_path, monkeypatch):
    monkeypatch.delenv("REACH_DATABASE_URL", raising=False)
    named = tmp_path / "address"
    named.write_text("postgresql://reach:hidden@db.example/plans\n", encoding="utf-8")
    monkeypatch.setenv("REACH_DATABASE_URL_FILE", str(named))
    assert database_url().host == "db.example"
    named.unlink()
    with pytest.raises(StoreError, match="REACH_DATABASE_URL_FILE"):
        database_url()
