"""Each role does what it may and nothing more, and what is somebody else's is left alone: asked of every method."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import event, func, select

from analysis.scenario.scenario import Scenario, SetSpeed
from geo.errors import ReachError
from store import audit, copies, purge
from store.bookmarks import BookmarkStore
from store.copies import back_up, counts
from store.database import open_engine
from store.errors import NotAllowedError
from store.layers import LayerStore
from store.packs import PackStore
from store.people import PeopleStore
from store.person import LOCAL, NOBODY, Owner, Person, Role, Task, local_person
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore
from store.tables import AuditRow, PersonRow
from tests.people import boss, someone

PLAN = Scenario("Hub", "southend")
ROWS = pd.DataFrame({"measure": ["x"], "lsoa": ["E01015814"], "value": [1.0]})
STORES = (BookmarkStore, LayerStore, PackStore, PeopleStore, ScenarioStore, ShortLinkStore, audit.AuditLog)
READING = {
    *(f"ScenarioStore.{name}" for name in ("latest", "version", "versions", "list", "listed")),
    *("BookmarkStore.list", "LayerStore.list", "LayerStore.find", "LayerStore.content", "ShortLinkStore.find"),
    *("PackStore.list", "PackStore.summary"),
}
"""What anybody may do who is let in: it changes nothing, and shows nobody's affairs."""
OF_THE_PROGRAM = {"PackStore.meet", "PeopleStore.meet", "PeopleStore.sign_out"}
"""What the program does by itself, in nobody's name."""


@dataclass
class Case:
    """A call of a method that needs a role.

    Attributes
    ----------
    needs
        The role.
    call
        Calls it on a :class:`Kept`, as a person.
    owned
        Whether what it changes belongs to somebody, so that others are refused.
    """

    needs: Role
    call: Callable[["Kept", Person], Any]
    owned: bool = False


@dataclass
class Kept:
    """A store in which Anna, of the team Health, has kept one thing of each kind, and one more that she took away."""

    engine: Any
    team: bool = False
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        anna = someone("Anna", team="Health")
        for name in ("plan", "deleted plan"):
            made = self.plans.save(PLAN, anna, for_team=self.team)
            self.ids[name] = made.version.scenario_id
            self.ids[name.replace("plan", "data")] = self.layers.add(
                "southend", "counts", "Twins", ROWS, anna, for_team=self.team
            ).id
            self.ids[name.replace("plan", "bookmark")] = self.marks.add("southend", "One", "gaps", "", anna).id
        self.plans.delete(self.ids["deleted plan"], anna)
        self.layers.remove(self.ids["deleted data"], anna)
        self.marks.remove(self.ids["deleted bookmark"], anna)
        for name in ("Cem", "Dora"):
            self.people.meet(f"id of {name}", name, f"{name}@council.example", Role.VIEWER)
        self.people.remove("id of Dora", boss("Olga"))

    @property
    def plans(self) -> ScenarioStore:
        """The plans."""
        return ScenarioStore(self.engine)

    @property
    def layers(self) -> LayerStore:
        """The data."""
        return LayerStore(self.engine)

    @property
    def marks(self) -> BookmarkStore:
        """The bookmarks."""
        return BookmarkStore(self.engine)

    @property
    def people(self) -> PeopleStore:
        """The people."""
        return PeopleStore(self.engine)


M, P, A = Role.MEMBER, Role.PLANNER, Role.ADMINISTRATOR
CASES = {
    "BookmarkStore.add": Case(M, lambda k, who: k.marks.add("southend", "Two", "gaps", "", who)),
    "BookmarkStore.remove": Case(M, lambda k, who: k.marks.remove(k.ids["bookmark"], who), owned=True),
    "BookmarkStore.restore": Case(M, lambda k, who: k.marks.restore(k.ids["deleted bookmark"], who), owned=True),
    "ShortLinkStore.make": Case(M, lambda k, who: ShortLinkStore(k.engine).make("gaps", "a=1", who)),
    "ScenarioStore.save": Case(P, lambda k, who: k.plans.save(PLAN, who)),
    "ScenarioStore.duplicate": Case(P, lambda k, who: k.plans.duplicate(k.ids["plan"], who, "Mine")),
    "ScenarioStore.delete": Case(P, lambda k, who: k.plans.delete(k.ids["plan"], who), owned=True),
    "ScenarioStore.restore": Case(P, lambda k, who: k.plans.restore(k.ids["deleted plan"], who), owned=True),
    "LayerStore.add": Case(P, lambda k, who: k.layers.add("southend", "counts", "Mine", ROWS, who)),
    "LayerStore.rename": Case(P, lambda k, who: k.layers.rename(k.ids["data"], "Other", who), owned=True),
    "LayerStore.replace": Case(P, lambda k, who: k.layers.replace(k.ids["data"], ROWS, who, based_on=1), owned=True),
    "LayerStore.put_back": Case(P, lambda k, who: k.layers.put_back(k.ids["data"], 1, who, based_on=1), owned=True),
    "LayerStore.remove": Case(P, lambda k, who: k.layers.remove(k.ids["data"], who), owned=True),
    "LayerStore.restore": Case(P, lambda k, who: k.layers.restore(k.ids["deleted data"], who), owned=True),
    "PeopleStore.list": Case(A, lambda k, who: k.people.list(who)),
    "PeopleStore.find": Case(A, lambda k, who: k.people.find("cem@council.example", who)),
    "PeopleStore.give_role": Case(A, lambda k, who: k.people.give_role("id of Cem", Role.PLANNER, who)),
    "PeopleStore.give_team": Case(A, lambda k, who: k.people.give_team("id of Cem", "Health", who)),
    "PeopleStore.remove": Case(A, lambda k, who: k.people.remove("id of Cem", who)),
    "PeopleStore.restore": Case(A, lambda k, who: k.people.restore("id of Dora", who)),
    "AuditLog.list": Case(A, lambda k, who: audit.AuditLog(k.engine).list(who)),
    "AuditLog.all": Case(A, lambda k, who: audit.AuditLog(k.engine).all(who)),
    "AuditLog.area_refreshed": Case(
        A, lambda k, who: audit.AuditLog(k.engine).area_refreshed("southend", "refreshed", who)
    ),
    "purge.purge": Case(A, lambda k, who: purge.purge(k.engine, 0, who)),
    "purge.purge to say": Case(A, lambda k, who: purge.purge(k.engine, 0, who, only_say=True)),
    "copies.restore": Case(A, lambda k, who: restored(k.engine, who)),
    "copies.move": Case(A, lambda k, who: moved(k.engine, who)),
}  # fmt: skip
READS = {"PeopleStore.list", "PeopleStore.find", "AuditLog.list", "AuditLog.all", "purge.purge to say"}
OWNED = [name for name, case in CASES.items() if case.owned]


def restored(engine, who):
    """Restore a backup that was just made."""
    folder = engine.folder
    back_up(engine, folder / "b.sqlite")
    copies.restore(folder / "b.sqlite", engine, who, first=folder / "first.sqlite")


def moved(engine, who):
    """Move to a new file."""
    there = open_engine(f"sqlite:///{engine.folder / 'there.sqlite'}")
    try:
        copies.move(engine, there, who)
    finally:
        there.dispose()


@pytest.fixture
def engine(url, tmp_path):
    made = open_engine(url)
    made.folder = tmp_path
    yield made
    made.dispose()


def log(engine):
    """What the log says was done, with whom and to what."""
    with engine.connect() as connection:
        return set(connection.execute(select(AuditRow.id)).scalars())


def held(engine):
    """How many rows there are, and when each list was last changed."""
    plans, marks, layers = ScenarioStore(engine), BookmarkStore(engine), LayerStore(engine)
    return (
        counts(engine),
        [list(plans.list("southend", deleted=gone)) for gone in (False, True)],
        [list(marks.list("southend", removed=gone)) for gone in (False, True)],
        [list(layers.list("southend", removed=gone)) for gone in (False, True)],
        PeopleStore(engine).list(boss("Olga")),
    )


def test_every_method_of_every_store_has_its_rule():
    methods = {f"{store.__name__}.{name}" for store in STORES for name in vars(store) if not name.startswith("_")}
    functions = {f"{module.__name__.removeprefix('store.')}.{name}"
                 for module in (copies, purge)
                 for name, one in inspect.getmembers(module, inspect.isfunction)
                 if one.__module__ == module.__name__ and not name.startswith("_")}  # fmt: skip
    ruled = {name.split()[0] for name in CASES}
    assert methods | functions == ruled | READING | OF_THE_PROGRAM | {"copies.back_up", "copies.counts", "copies.holds"}
    for name in sorted(ruled & methods):
        store = next(one for one in STORES if one.__name__ == name.partition(".")[0])
        given = inspect.signature(getattr(store, name.partition(".")[2])).parameters["who"]
        assert given.annotation is Person
        assert given.default is inspect.Parameter.empty, "nobody is asked for by leaving it out"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", CASES)
def test_each_role_does_what_it_may_and_is_refused_the_rest(engine, name, role):
    kept, case = Kept(engine, team=True), CASES[name]
    who = someone("Ben" if case.needs is A else "Anna", role, team="Health")
    before, logged = held(engine), log(engine)
    if role.reaches(case.needs):
        case.call(kept, who)
        assert (log(engine) > logged) == (name not in READS), "who changes something is in the log"
        with engine.connect() as connection:
            added = connection.execute(select(AuditRow).where(AuditRow.id.not_in(logged))).all()
        assert {(row.person, row.person_name, row.role, row.origin) for row in added} <= {
            (who.id, who.name, role, who.origin)
        }
    else:
        with pytest.raises(NotAllowedError, match=f"needs the role {case.needs}, and yours is {role}"):
            case.call(kept, who)
        assert (held(engine), log(engine)) == (before, logged)


@pytest.mark.parametrize("name", OWNED)
def test_what_is_somebody_else_s_is_left_alone(engine, name):
    kept = Kept(engine)
    before, logged = held(engine), log(engine)
    for other in (someone("Ben", P), someone("Ben", P, team="Health"), Person("", "Anna", P)):
        with pytest.raises(NotAllowedError, match="it belongs to Anna: only they or an administrator may change"):
            CASES[name].call(kept, other)
    assert (held(engine), log(engine)) == (before, logged)
    CASES[name].call(kept, boss("Olga"))
    assert len(log(engine)) == len(logged) + 1


@pytest.mark.parametrize("name", [name for name in OWNED if not name.startswith("Bookmark")])
def test_what_is_shared_with_a_team_is_its_to_change(engine, name):
    kept = Kept(engine, team=True)
    with pytest.raises(NotAllowedError, match="it belongs to Health"):
        CASES[name].call(kept, someone("Ben", team="Housing"))
    CASES[name].call(kept, someone("Ben", team="Health"))


@pytest.mark.parametrize("name", OWNED)
def test_what_was_saved_before_there_were_owners_is_an_administrator_s_to_change(engine, name):
    kept = Kept(engine)
    with engine.begin() as connection:
        for table in ("scenario", "layer"):
            connection.exec_driver_sql(f"UPDATE {table} SET owner = '', owner_name = ''")
        connection.exec_driver_sql("UPDATE bookmark SET owner = ''")
    for other in (someone("Anna", team="Health"), Person("", "Nobody", P)):
        with pytest.raises(NotAllowedError, match="it belongs to"):
            CASES[name].call(kept, other)
    CASES[name].call(kept, local_person("Whoever"))


def test_a_save_over_somebody_else_s_plan_is_a_plan_of_one_s_own(engine):
    kept = Kept(engine)
    key = kept.ids["plan"]
    saved = kept.plans.save(PLAN.with_change(SetSpeed(3.0)), someone("Ben"), scenario_id=key, based_on=1)
    assert saved.version.scenario_id != key
    assert saved.message == "It belongs to Anna; yours is kept as “Hub (Ben’s copy)”."
    assert saved.version.owner == Owner("id of Ben", "Ben")
    assert [one.number for one in kept.plans.versions(key)] == [1]
    again = kept.plans.save(PLAN, someone("Ben"), scenario_id=saved.version.scenario_id, based_on=1)
    assert again.message == "Saved as version 2."
    assert kept.plans.duplicate(key, someone("Cem"), "").owner == Owner("id of Cem", "Cem")


def test_a_plan_is_shared_with_the_team_by_whom_it_belongs_to_and_by_nobody_else(engine):
    plans, anna, ben = ScenarioStore(engine), someone("Anna", team="Health"), someone("Ben", team="Health")
    key = plans.save(PLAN, anna).version.scenario_id
    number = 1

    def save(who, **asked):
        nonlocal number
        saved = plans.save(PLAN, who, scenario_id=key, based_on=number, **asked)
        number += saved.belongs_to is None
        return saved.belongs_to or plans.latest(key).owner

    own, shared = Owner(anna.id, "Anna"), Owner(anna.id, "Anna", "Health")
    assert save(ben, for_team=True) == own, "a copy: it was not his to share"
    assert save(anna, for_team=True) == shared
    assert save(anna) == shared
    assert save(ben) == shared
    assert save(ben, for_team=False) == shared
    assert save(someone("Olga", A, team="Other"), for_team=True) == shared
    assert save(anna, for_team=False) == own
    assert save(someone("Anna", team=""), for_team=True) == own, "who is in no team shares with none"
    assert plans.listed("southend", [key])[key].owner == plans.versions(key)[0].owner == own


def test_lists_say_whose_each_is(engine):
    kept = Kept(engine, team=True)
    shared = Owner("id of Anna", "Anna", "Health")
    assert {one.owner for one in kept.plans.list("southend")} == {shared}
    assert {one.owner for one in kept.layers.list("southend")} == {kept.layers.find(kept.ids["data"]).owner} == {shared}
    assert {one.owner for one in kept.marks.list("southend")} == {Owner("id of Anna", "Anna")}
    assert NOBODY.words == "somebody who gave no name"


@pytest.mark.parametrize("name", [name for name in CASES if name not in READS and not name.startswith("copies")])
def test_there_is_neither_a_change_without_its_row_in_the_log_nor_a_row_without_a_change(engine, name):
    kept, case = Kept(engine), CASES[name]
    who = boss("Anna")
    before, logged = held(engine), log(engine)
    for fails in ("INSERT INTO audit", "COMMIT"):

        def fail(*given, fails=fails):
            if fails == "COMMIT" or given[2].startswith(fails):
                raise ConnectionAbortedError

        at = "commit" if fails == "COMMIT" else "before_cursor_execute"
        event.listen(engine, at, fail)
        with pytest.raises(ConnectionAbortedError):
            case.call(kept, who)
        event.remove(engine, at, fail)
        engine.dispose()  # the connection whose end failed
        assert (held(engine), log(engine)) == (before, logged), fails
    case.call(kept, who)
    assert len(log(engine)) > len(logged)


def test_what_changes_nothing_is_not_in_the_log(engine):
    kept, anna = Kept(engine), someone("Anna")
    logged = log(engine)
    kept.plans.delete(kept.ids["deleted plan"], anna)
    kept.plans.restore(kept.ids["plan"], anna)
    kept.marks.restore(kept.ids["bookmark"], anna)
    kept.layers.restore(kept.ids["data"], anna)
    kept.layers.rename(kept.ids["data"], "Twins", anna)
    kept.people.restore("id of Cem", boss("Olga"))
    for call in (
        lambda: kept.plans.save(Scenario("", "southend"), anna),
        lambda: kept.plans.delete("nothing", anna),
        lambda: kept.marks.add("southend", "", "gaps", "", anna),
        lambda: kept.layers.replace(kept.ids["data"], ROWS, anna, based_on=7),
        lambda: kept.layers.put_back(kept.ids["data"], 7, anna, based_on=1),
        lambda: kept.people.give_role("nobody", Role.PLANNER, boss("Olga")),
        lambda: kept.people.remove("id of Olga", boss("Olga")),
    ):
        with pytest.raises(ReachError):
            call()
    assert log(engine) == logged


def test_every_version_has_one_row_in_the_log(engine):
    kept = Kept(engine)
    kept.plans.save(PLAN, someone("Ben"), scenario_id=kept.ids["plan"], based_on=1)
    kept.plans.restore(kept.ids["deleted plan"], someone("Anna"))
    with engine.connect() as connection:
        rows = connection.scalar(select(func.count()).where(AuditRow.kind == "plan"))
    assert rows == counts(engine)["scenario_version"] == 5


@pytest.mark.parametrize("task", list(Task))
def test_each_task_has_a_role_and_whoever_is_on_their_own_machine_may_do_it(task):
    assert task.role in Role
    assert local_person().may(task)
    assert local_person().id == LOCAL


def test_roles_are_in_order():
    assert [[role.reaches(other) for other in Role] for role in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


def test_an_owner_fits_its_columns(engine):
    who = Person("x" * 900, "N" * 900, Role.PLANNER, "t" * 900, "o" * 900)
    version = ScenarioStore(engine).save(PLAN, who, for_team=True).version
    lengths = [PersonRow.__table__.c[name].type.length for name in ("id", "name", "team")]
    assert [len(part) for part in (version.owner.person, version.owner.name, version.owner.team)] == lengths
    assert len(version.saved_by) == 200


def test_a_refusal_is_logged(caplog):
    anna = someone("Anna", Role.VIEWER)
    with pytest.raises(NotAllowedError):
        anna.need(Task.PLAN)
    with pytest.raises(NotAllowedError):
        anna.need_own(Owner("ben", "Ben"))
    assert [record.name for record in caplog.records] == ["reach.access"] * 2
    assert all(anna.id in record.getMessage() for record in caplog.records)
    assert "Ben" not in caplog.text, "no name"
