"""What was deleted long ago is taken away for good, and nothing else: on SQLite and on PostgreSQL."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import event

from analysis.scenario.scenario import Scenario
from geo.errors import InputError, UnknownNameError
from store.audit import AuditLog
from store.bookmarks import BookmarkStore
from store.copies import counts, holds
from store.layers import LayerStore
from store.purge import Purged, purge
from store.scenarios import ScenarioStore
from tests.people import boss

PLAN = Scenario("Kept", "southend")
OLGA = boss("Olga")
LATER = datetime.now(UTC) + timedelta(days=31)


@pytest.fixture
def kept(store):
    """Ids of a plan that is kept, one that was restored, and one that is deleted."""
    key = store.save(PLAN, boss("Anna")).version.scenario_id
    store.save(PLAN, boss("Ben"), scenario_id=key, based_on=1)
    back = store.save(replace(PLAN, name="Back"), boss("Anna")).version.scenario_id
    store.delete(back, boss("Anna"))
    store.restore(back, boss("Anna"))
    gone = store.save(replace(PLAN, name="Gone", area="blackpool"), boss("Anna")).version.scenario_id
    store.delete(gone, boss("Anna"))
    return key, back, gone


def test_what_was_deleted_long_ago_goes_with_its_versions_and_nothing_else(store, kept):
    key, back, gone = kept
    records = {one: store.versions(one) for one in (key, back)}
    assert purge(store._engine, 30, OLGA, now=LATER) == Purged(("Gone",), (), ())
    assert {one: store.versions(one) for one in (key, back)} == records
    for call in (store.versions, store.latest):
        with pytest.raises(UnknownNameError):
            call(gone)
    assert counts(store._engine)["scenario_version"] == 5
    taken = AuditLog(store._engine).list(OLGA, search="purged")
    assert [(one.kind, one.subject, one.subject_name, one.person_name) for one in taken] == [
        ("plan", gone, "Gone", "Olga")
    ]
    assert not purge(store._engine, 30, OLGA, now=LATER)


def test_what_was_deleted_since_stays(store, kept):
    assert not purge(store._engine, 32, OLGA, now=LATER)
    assert not purge(store._engine, 1, OLGA)
    assert len(store.versions(kept[2])) == 2


def test_what_would_go_is_only_said(store, kept):
    before = counts(store._engine)
    assert purge(store._engine, 30, OLGA, only_say=True, now=LATER).scenarios == ("Gone",)
    assert counts(store._engine) == before


def test_bookmarks_and_layers_that_were_removed_go_too(store):
    marks, layers = BookmarkStore(store._engine), LayerStore(store._engine)
    rows = pd.DataFrame({"measure": ["x"], "lsoa": ["E01015814"], "value": [1.0]})
    marks.add("southend", "Stays", "gaps", "", OLGA)
    marks.remove(marks.add("southend", "Goes", "gaps", "", OLGA).id, OLGA)
    layers.add("southend", "counts", "Stays", rows, OLGA)
    layers.remove(layers.add("southend", "counts", "Goes", rows, OLGA).id, OLGA)
    assert purge(store._engine, 30, OLGA, now=LATER) == Purged((), ("Goes",), ("Goes",))
    assert [one.title for one in marks.list("southend")] == ["Stays"]
    assert marks.list("southend", removed=True).total == layers.list("southend", removed=True).total == 0
    assert counts(store._engine)["layer_content"] == 1


@pytest.mark.parametrize("days", [-1, 10**9])
def test_a_number_of_days_that_cannot_be_is_refused(store, kept, days):
    with pytest.raises(InputError, match="number of days"):
        purge(store._engine, days, OLGA)
    assert len(store.versions(kept[2])) == 2


def test_more_than_one_batch(store):
    for number in range(7):
        store.delete(store.save(replace(PLAN, name=str(number)), boss("Anna")).version.scenario_id, boss("Anna"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.purge._BATCH", 3)
        assert len(purge(store._engine, 0, OLGA, now=LATER).scenarios) == 7
    assert not holds(counts(store._engine))


def test_a_fault_half_way_takes_nothing_away(store, kept):
    def fail(_connection, _cursor, statement, *_rest):
        if statement.startswith("DELETE FROM scenario "):
            raise KeyboardInterrupt

    before = counts(store._engine)
    event.listen(store._engine, "before_cursor_execute", fail)
    with pytest.raises(KeyboardInterrupt):
        purge(store._engine, 0, OLGA, now=LATER)
    event.remove(store._engine, "before_cursor_execute", fail)
    assert counts(store._engine) == before


def test_who_brings_a_plan_back_while_it_is_taken_away_finds_it_gone(url):
    store, other = ScenarioStore.open(url), ScenarioStore.open(url)
    key = store.save(PLAN, boss("Anna")).version.scenario_id
    store.delete(key, boss("Anna"))
    found = []

    def bring_back():
        try:
            found.append(other.restore(key, boss("Ben")))
        except UnknownNameError as error:
            found.append(error)

    worker = threading.Thread(target=bring_back)

    def begin(_connection, _cursor, statement, *_rest):
        if statement.startswith("DELETE FROM scenario_version") and worker.ident is None:
            worker.start()
            worker.join(1)

    event.listen(store._engine, "before_cursor_execute", begin)
    purge(store._engine, 0, OLGA, now=LATER)
    worker.join(30)
    assert isinstance(found[0], UnknownNameError)
    assert not holds(counts(store._engine))
    store.close()
    other.close()
