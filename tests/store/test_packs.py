"""Each version of the data is remembered once and never changed: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from analysis.trends.pack_summary import VERSION, Area, PackService, PackSummary, to_json
from geo.errors import InputError, UnknownNameError
from store.database import open_engine
from store.errors import StoreError
from store.packs import PackStore
from store.scenarios import ScenarioStore

FIRST = PackSummary(
    version=VERSION,
    area="southend",
    name="Southend „Zürich“ 🏠",
    digest="0" * 12,
    people="children_0_3",
    baseline="strategy",
    people_digest="a",
    areas=(Area("E1", "Kursaal", True),),
    sources=(),
    places=(PackService("a", "library", "'; DROP TABLE pack_met; --", "E1", "open", "s", 1.5, 2.0),),
    figures=(),
    reach=(),
    files=(),
)
SECOND = replace(FIRST, digest="1" * 12, places=())


@pytest.fixture
def packs(url: str) -> Iterator[PackStore]:
    opened = PackStore.open(url)
    yield opened
    opened.close()


def test_a_pack_is_remembered_with_who_and_when_and_comes_back_equal(packs):
    start = datetime.now(UTC)
    met = packs.meet(FIRST, "  Anna\tB.\x00 ")
    assert (met.area, met.digest, met.met_by) == ("southend", "0" * 12, "Anna B.")
    assert start <= met.met_at <= datetime.now(UTC)
    assert packs.list("southend") == [met]
    assert packs.summary("southend", met.digest) == FIRST


def test_a_pack_that_was_met_stays_as_it_was_recorded_first(packs):
    first = packs.meet(FIRST, "Anna")
    assert packs.meet(replace(FIRST, name="another"), "Ben") == first
    assert packs.summary("southend", FIRST.digest) == FIRST
    assert packs.list("southend") == [first]


def test_the_latest_met_comes_first_and_areas_are_apart(packs):
    packs.meet(FIRST, "Anna")
    packs.meet(SECOND, "")
    packs.meet(replace(FIRST, area="blackpool"), "Ben")
    assert [met.digest for met in packs.list("southend")] == [SECOND.digest, FIRST.digest]
    assert [met.met_by for met in packs.list("blackpool")] == ["Ben"]
    assert packs.list("nowhere") == []
    with pytest.raises(UnknownNameError, match="unknown earlier pack"):
        packs.summary("blackpool", SECOND.digest)


def test_many_who_meet_a_pack_at_once_record_it_once(url):
    PackStore.open(url).close()

    def meet(number):
        own = PackStore.open(url)
        try:
            return own.meet(FIRST, f"P{number}")
        finally:
            own.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(meet, range(12)))
    assert len(found) == 1


def test_a_summary_of_another_form_is_said(packs, url):
    packs.meet(FIRST, "Anna")
    body = to_json(FIRST).replace(f'"version":{VERSION}', '"version":99')
    with packs._engine.begin() as connection:
        connection.execute(text("UPDATE pack_met SET body = :body"), {"body": body})
    with pytest.raises(InputError, match="form 99"):
        packs.summary("southend", FIRST.digest)


def test_a_store_of_scenarios_alone_gains_the_tables_and_loses_nothing(url, monkeypatch):
    from alembic import command

    from analysis.scenario import file
    from analysis.scenario.scenario import Scenario

    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
    old, key = open_engine(url), "a" * 32
    body = file.to_json(Scenario("A", "southend", version=1))
    with old.begin() as connection:  # by hand: what saves today writes columns that there were not
        connection.execute(text("INSERT INTO scenario (id, area) VALUES (:key, 'southend')"), {"key": key})
        connection.execute(
            text("INSERT INTO scenario_version VALUES (:key, 1, 'saved', 'A', :body, 'Anna', '2026-01-02 03:04:05')"),
            {"key": key, "body": body},
        )
    old.dispose()
    monkeypatch.undo()
    new = PackStore.open(url)
    assert new.meet(FIRST, "Anna").digest == FIRST.digest
    new.close()
    store = ScenarioStore.open(url)
    assert store.latest(key).saved_by == "Anna"
    assert [(one.name, one.saved_by, one.number) for one in store.list("southend").rows] == [("A", "Anna", 1)]
    store.close()


def test_a_database_that_is_held_is_said_in_words_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr("store.database._BUSY_S", 0.1)
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    packs, other = PackStore.open(url), PackStore.open(url)
    with other._engine.begin(), pytest.raises(StoreError, match="another program is holding it") as caught:
        packs.meet(FIRST, "Anna")
    assert "scenario" not in str(caught.value).rpartition("could not be used")[2]
    assert packs.list("southend") == []
    packs.close()
    other.close()
