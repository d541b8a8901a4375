"""Nothing is overwritten, and two people keep their work: on SQLite and on PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text

from analysis.scenario.scenario import AddSite, AtPostcode, CloseSite, Cost, Scenario, SetSpeed
from geo.errors import InputError, ReachError, UnknownNameError
from store.database import open_engine
from store.scenarios import Listed, ScenarioStore
from tests.people import boss

HUB = Scenario(
    "Hub „Zürich“ 🏠",
    "southend",
    changes=(AddSite("new-1", "Hub", AtPostcode("SS3 9NS"), ("HENRY",), 40.0, Cost(1.5, -2)),),
    note="line one\nline two",
)


def names(versions):
    return sorted(version.scenario.name for version in versions)


def listed(store, area="southend", **asked):
    return list(store.list(area, **asked))


def last_of_each(store):
    """The scenarios that are listed, read."""
    return [store.latest(one.scenario_id).scenario for one in listed(store)]


def as_listed(version):
    who = (version.saved_by, version.saved_at, version.owner)
    return Listed(version.scenario_id, version.number, version.kind, version.scenario.name, *who)


def test_a_saved_scenario_comes_back_equal_with_who_and_when(store):
    before = datetime.now(UTC)
    saved = store.save(HUB, boss("  Anna\tB. "))
    assert saved.clash is None
    assert saved.message == "Saved as version 1."
    found = store.latest(saved.version.scenario_id)
    assert found == saved.version
    assert found.scenario == HUB
    assert found.saved_by == "Anna B."
    assert before <= found.saved_at <= datetime.now(UTC)


def test_every_save_is_a_version_and_each_can_be_had(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    for number in range(2, 6):
        edited = HUB.with_change(SetSpeed(float(number)))
        assert store.save(edited, boss("Ben"), scenario_id=key, based_on=number - 1).version.number == number
    assert [v.number for v in store.versions(key)] == [1, 2, 3, 4, 5]
    assert store.version(key, 1).scenario == HUB
    assert store.version(key, 3).scenario.changes[-1] == SetSpeed(3.0)
    assert store.version(key, 3).scenario.version == 3
    assert [v.number for v in store.list("southend")] == [5]


def test_the_second_of_two_editors_is_told_and_both_are_kept(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    anna = store.save(HUB.with_change(SetSpeed(3.0)), boss("Anna"), scenario_id=key, based_on=1)
    ben = store.save(HUB.with_change(SetSpeed(4.0)), boss("Ben"), scenario_id=key, based_on=1)
    assert anna.clash is None
    assert ben.clash == as_listed(anna.version)
    assert ben.version.scenario_id != key
    assert ben.version.scenario.changes[-1] == SetSpeed(4.0)
    assert "Anna changed this scenario while you were editing it" in ben.message
    assert "(Ben’s copy)" in ben.message
    assert store.latest(key).scenario.changes[-1] == SetSpeed(3.0)
    assert sorted(one.name for one in store.list("southend")) == names([anna.version, ben.version])


def test_many_at_once_lose_nothing(url):
    store = ScenarioStore.open(url)
    key = store.save(HUB, boss("Anna")).version.scenario_id

    def save(number):
        own = ScenarioStore.open(url)
        try:
            return own.save(HUB.with_change(SetSpeed(float(number))), boss(f"P{number}"), scenario_id=key, based_on=1)
        finally:
            own.close()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(save, range(1, 17)))
    assert sum(result.clash is None for result in results) == 1
    kept = {scenario.changes[-1] for scenario in last_of_each(store)}
    assert kept == {SetSpeed(float(number)) for number in range(1, 17)}
    assert [v.number for v in store.versions(key)] == [1, 2]
    store.close()


@pytest.mark.slow
def test_a_save_between_the_look_and_the_write_of_another_is_a_clash(url):
    """Ben saves while Anna's save has looked and not yet written; SQLite makes him wait, PostgreSQL lets him by."""
    anna, ben = ScenarioStore.open(url), ScenarioStore.open(url)
    key = anna.save(HUB, boss("Anna")).version.scenario_id
    results = []

    def bens_save():
        results.append(ben.save(HUB.with_change(SetSpeed(4.0)), boss("Ben"), scenario_id=key, based_on=1))

    between = threading.Thread(target=bens_save)

    def let_ben_by(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("INSERT INTO scenario_version") and between.ident is None:
            between.start()
            between.join(2)

    event.listen(anna._engine, "before_cursor_execute", let_ben_by)
    results.append(anna.save(HUB.with_change(SetSpeed(3.0)), boss("Anna"), scenario_id=key, based_on=1))
    between.join()
    assert sorted(result.clash is None for result in results) == [False, True]
    assert {scenario.changes[-1] for scenario in last_of_each(anna)} == {SetSpeed(3.0), SetSpeed(4.0)}
    assert [v.number for v in anna.versions(key)] == [1, 2]
    (second,) = [result for result in results if result.clash is not None]
    assert second.clash == as_listed(anna.latest(key))
    anna.close()
    ben.close()


def test_a_save_looks_and_writes_in_one_transaction(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    done = []
    event.listen(store._engine, "commit", lambda connection: done.append("commit"))
    event.listen(store._engine, "before_cursor_execute", lambda *given: done.append(given[2].split()[0]))
    store.save(HUB, boss("Anna"), scenario_id=key, based_on=1)
    assert done[-4:] == ["INSERT", "UPDATE", "INSERT", "commit"]
    assert done.count("commit") == 1


def test_saving_over_a_deletion_is_a_clash_too(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    store.delete(key, boss("Ben"))
    saved = store.save(HUB, boss("Anna"), scenario_id=key, based_on=1)
    assert saved.clash is not None
    assert saved.clash.deleted
    assert saved.message == f"Ben deleted this plan; yours is kept as “{HUB.name} (Anna’s copy)”."


def by_a_newer_program(url, key):
    """Make the last version of a scenario one that only a newer program can read."""
    engine = open_engine(url)
    with engine.begin() as connection:
        where = (
            "WHERE scenario_id = :key AND number = (SELECT max(number) FROM scenario_version WHERE scenario_id = :key)"
        )
        done = connection.execute(
            text(f"UPDATE scenario_version SET body = replace(body, :old, :new) {where}"),
            {"key": key, "old": '"schema_version": 1', "new": '"schema_version": 2'},
        )
        assert done.rowcount == 1
    engine.dispose()


def test_one_plan_of_a_newer_program_does_not_hide_the_others(store, url):
    ours = store.save(HUB, boss("Anna")).version
    theirs = store.save(replace(HUB, name="Newer"), boss("Ben")).version
    by_a_newer_program(url, theirs.scenario_id)
    assert listed(store) == [as_listed(theirs), as_listed(ours)]
    for call in (lambda: store.latest(theirs.scenario_id), lambda: store.version(theirs.scenario_id, 1)):
        with pytest.raises(InputError, match="update the program"):
            call()


def test_saving_over_a_version_of_a_newer_program_keeps_both(store, url):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    store.save(HUB, boss("Ben"), scenario_id=key, based_on=1)
    by_a_newer_program(url, key)
    saved = store.save(HUB.with_change(SetSpeed(3.0)), boss("Anna"), scenario_id=key, based_on=1)
    assert saved.message.startswith("Ben changed this scenario while you were editing it. Theirs is version 2")
    assert [v.number for v in store.versions(key)] == [1, 2]
    assert [(one.scenario_id, one.number) for one in store.list("southend")] == [
        (saved.version.scenario_id, 1),
        (key, 2),
    ]


def test_deletion_is_undoable(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    gone = store.delete(key, boss("Ben"))
    assert gone.deleted
    assert gone.saved_by == "Ben"
    assert listed(store) == []
    assert listed(store, deleted=True) == [as_listed(gone)]
    assert store.delete(key, boss("Cem")) == gone
    back = store.restore(key, boss("Cem"))
    assert back.scenario == replace(HUB, version=3)
    assert [v.kind for v in store.versions(key)] == ["saved", "deleted", "restored"]
    assert listed(store) == [as_listed(back)]
    assert listed(store, deleted=True) == []


def test_a_duplicate_is_a_scenario_of_its_own(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    store.save(HUB.with_change(SetSpeed(3.0)), boss("Anna"), scenario_id=key, based_on=1)
    copy = store.duplicate(key, boss("Ben"), " Mine ", number=1)
    assert copy.scenario == replace(HUB, name="Mine")
    assert copy.number == 1
    assert store.duplicate(key, boss("Ben"), "Later").scenario.changes[-1] == SetSpeed(3.0)
    assert len(store.list("southend")) == 3


def test_areas_are_listed_apart(store):
    store.save(HUB, boss("Anna"))
    store.save(replace(HUB, area="blackpool"), boss("Anna"))
    assert len(store.list("southend")) == len(store.list("blackpool")) == 1
    assert listed(store, "nowhere") == []


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda s: s.latest("nothing"), UnknownNameError, "unknown stored scenario 'nothing'"),
        (lambda s: s.versions("nothing"), UnknownNameError, "stored scenario"),
        (lambda s: s.version("nothing", 1), UnknownNameError, "stored scenario"),
        (lambda s: s.delete("nothing", boss("A")), UnknownNameError, "stored scenario"),
        (lambda s: s.save(HUB, boss("A"), scenario_id="nothing", based_on=1), UnknownNameError, "stored scenario"),
        (lambda s: s.save(HUB, boss(" \x00 ")), InputError, "say who is saving"),
        (lambda s: s.save(replace(HUB, name="a\x00b"), boss("A")), InputError, "name"),
        (lambda s: s.save(replace(HUB, name=""), boss("A")), InputError, "name"),
        (lambda s: s.save(HUB.with_change(CloseSite("")), boss("A")), InputError, "changes"),
        (lambda s: s.save(HUB, boss("A"), scenario_id="x"), InputError, "which version"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(store, call, error, words):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    with pytest.raises(error, match=words):
        call(store)
    assert len(store.list("southend")) == len(store.versions(key)) == 1


def test_a_version_that_is_not_there(store):
    key = store.save(HUB, boss("Anna")).version.scenario_id
    for call in (lambda: store.version(key, 7), lambda: store.save(HUB, boss("A"), scenario_id=key, based_on=7)):
        with pytest.raises(UnknownNameError, match="unknown version '7'; valid: 1"):
            call()


def test_odd_words_are_kept_as_they_are(store):
    for name in ("'; DROP TABLE scenario; --", "<script>alert(1)</script>", "% _ \\", "ﷺ" * 60, "🧒" * 200):
        try:
            saved = store.save(replace(HUB, name=name), boss(name))
        except ReachError:
            pytest.fail(f"{name!r} could not be saved")
        assert store.latest(saved.version.scenario_id).scenario.name == name
    assert len(store.list("southend")) == 5
