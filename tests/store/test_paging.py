"""Lists come by pages, are searched by words, and read no content: on SQLite and on PostgreSQL."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, column, create_engine, event, insert, table, text

from analysis.scenario.file import to_json
from analysis.scenario.scenario import Scenario, SetSpeed
from store.audit import AuditLog
from store.bookmarks import BookmarkStore
from store.database import database_url
from store.layers import LayerStore
from store.migrate import _config
from store.paging import searchable
from store.person import Owner
from store.scenarios import ScenarioStore
from store.soundness import faults
from tests.people import boss
from tests.store.test_layers import places

PLAN = Scenario("Hub", "southend")


def names(store, **asked):
    return [one.name for one in store.list("southend", **asked)]


def fill(store, *called, who="Anna"):
    for name in called:
        store.save(replace(PLAN, name=name), boss(who))


def test_the_pages_have_every_plan_once_the_latest_first(store):
    every = [f"Plan {number}" for number in range(7)]
    fill(store, *every)
    pages = [store.list("southend", page=number, size=3) for number in (1, 2, 3)]
    assert [one.name for page in pages for one in page] == every[::-1]
    assert [(page.number, len(page), page.total, page.pages) for page in pages] == [
        (1, 3, 7, 3),
        (2, 3, 7, 3),
        (3, 1, 7, 3),
    ]


@pytest.mark.parametrize(("asked", "given"), [(99, 2), (0, 1), (-3, 1), (2**40, 2)])
def test_a_page_that_is_not_there_is_the_nearest(store, asked, given):
    fill(store, "A", "B", "C")
    page = store.list("southend", page=asked, size=2)
    assert page.number == given
    assert len(page) == (1 if given == 2 else 2)


def test_of_nothing_there_is_one_empty_page(store):
    page = store.list("southend", page=5)
    assert (list(page), page.total, page.number, page.pages) == ([], 0, 1, 1)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zürich", ["Hub ZÜRICH"]),
        ("ZÜRICH", ["Hub ZÜRICH"]),
        ("hub anna", ["Hub ZÜRICH"]),
        ("  BEN  ", ["100 % sure", "a_b", "axb"]),
        ("%", ["100 % sure"]),
        ("a_b", ["a_b"]),
        ("/", []),
        ("\\", []),
        ("'; DROP TABLE scenario; --", []),
        ("\x00", ["100 % sure", "Hub ZÜRICH", "a_b", "axb"]),
        ("ben zürich", []),
    ],
)
def test_a_search_is_for_letters_in_the_name_and_in_who_saved(store, typed, found):
    fill(store, "Hub ZÜRICH")
    fill(store, "100 % sure", "a_b", "axb", who="Ben")
    assert sorted(names(store, search=typed)) == found
    assert store.list("southend", search=typed).total == len(found)


@given(st.text())
def test_a_search_finds_a_text_by_itself_whatever_its_letters(typed):
    assert searchable(typed.upper().lower()) == searchable(searchable(typed.upper().lower()))


def test_a_list_and_a_search_read_no_content(store):
    fill(store, "A")
    said = []
    event.listen(store._engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    store.list("southend", search="a")
    store.list("southend", deleted=True)
    assert said
    assert not [statement for statement in said if "body" in statement or "scenario_version" in statement]


def test_what_is_listed_follows_every_save_deletion_and_restoration(store):
    key = store.save(PLAN, boss("Anna")).version.scenario_id
    store.save(replace(PLAN, name="Centre"), boss("Ben"), scenario_id=key, based_on=1)
    assert names(store, search="centre ben") == ["Centre"]
    assert names(store, search="hub") == names(store, search="anna") == []
    store.delete(key, boss("Cem"))
    assert names(store) == []
    (gone,) = store.list("southend", deleted=True, search="cem")
    assert (gone.number, gone.kind) == (3, "deleted")
    store.restore(key, boss("Dora"))
    assert names(store, search="dora") == ["Centre"]


def test_some_of_an_area_by_id(store):
    one, two = (store.save(PLAN, boss("Anna")).version.scenario_id for _ in range(2))
    other = store.save(replace(PLAN, area="blackpool"), boss("Anna")).version.scenario_id
    store.delete(two, boss("Anna"))
    assert list(store.listed("southend", [one, two, other, "x" * 40])) == [one]
    assert store.listed("southend", []) == {}


def test_bookmarks_come_by_pages_of_this_program_and_are_searched(url):
    store = BookmarkStore.open(url)
    for number in range(5):
        store.add("southend", f"View {number}", "gaps" if number % 2 else "old_page", "", boss("Anna_"))
    found = store.list("southend", pages=("gaps",), size=1)
    assert ([one.title for one in found], found.total) == (["View 3"], 2)
    assert store.list("southend", search="view 2 anna_").total == 1
    assert store.list("southend", search="anna%").total == 0
    store.remove(found.rows[0].id, boss("Anna"))
    assert store.list("southend", removed=True, search="VIEW").total == 1
    store.close()


def test_layers_are_searched_by_their_present_name_and_by_who_saved_last(url):
    store = LayerStore.open(url)
    made = store.add("southend", "services", "Halls", places("A"), boss("Anna"))
    store.rename(made.id, "Rooms", boss("Anna"))
    assert (store.list("southend", search="rooms anna").total, store.list("southend", search="halls").total) == (1, 0)
    store.replace(made.id, places("B"), boss("Ben"), based_on=1)
    assert (store.list("southend", search="rooms ben").total, store.list("southend", search="anna").total) == (1, 0)
    store.close()


def test_a_store_of_the_version_before_is_filled(url):
    """Plans, bookmarks and layers that were saved before the columns were there are listed and found."""
    engine = create_engine(database_url(url))
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for key, versions in {"a" * 32: 3, "b" * 32: 1}.items():
            connection.execute(text("INSERT INTO scenario (id, area) VALUES (:id, 'southend')"), {"id": key})
            for number in range(1, versions + 1):
                connection.execute(
                    insert(_old("scenario_version")),
                    {
                        "scenario_id": key,
                        "number": number,
                        "kind": "deleted" if number == 3 else "saved",
                        "name": f"Straße {number}",
                        "body": to_json(replace(PLAN, version=number, changes=(SetSpeed(3.0),))),
                        "saved_by": f"P{number}",
                        "saved_at": at,
                    },
                )
        connection.execute(
            insert(_old("bookmark")),
            {
                "id": "c" * 32,
                "area": "southend",
                "title": "Gaps",
                "page": "gaps",
                "query": "",
                "saved_by": "Z",
                "saved_at": at,
            },
        )
        connection.execute(
            insert(_old("layer")), {"id": "abcdefg", "area": "southend", "kind": "sites", "name": "Halls", "number": 1}
        )
        body = json.dumps(
            {"version": 1, "columns": ["name", "easting", "northing", "postcode"], "rows": [["A", 1.0, 2.0, ""]]}
        )
        connection.execute(
            insert(_old("layer_content")),
            {"layer_id": "abcdefg", "number": 1, "rows": 1, "body": body, "saved_by": "Y", "saved_at": at},
        )
    engine.dispose()
    store = ScenarioStore.open(url)
    (live,) = store.list("southend", search="STRASSE p1")
    (gone,) = store.list("southend", deleted=True)
    assert (live.name, live.number, live.saved_at) == ("Straße 1", 1, at)
    assert (gone.name, gone.number, gone.saved_by) == ("Straße 3", 3, "P3")
    assert BookmarkStore(store._engine).list("southend", search="gaps z").total == 1
    assert LayerStore(store._engine).list("southend", search="halls y").total == 1
    store.close()


def test_a_store_without_people_keeps_all_it_holds(url):
    """What was saved before there were people belongs to nobody, and the log begins empty."""
    engine = create_engine(database_url(url))
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    listed = {"area": "southend", "number": 1, "kind": "saved", "name": "Old", "saved_by": "Anna", "search": "old"}
    rows = {
        "scenario": {"id": "a" * 32, **listed},
        "bookmark": {"id": "c" * 32, "area": "southend", "title": "Gaps", "page": "gaps", "query": "", "saved_by": "Z",
                     "search": "gaps"},
        "layer": {"id": "abcdefg", "area": "southend", "kind": "counts", "name": "Twins", "number": 1, "search": "t"},
        "scenario_version": {"scenario_id": "a" * 32, "number": 1, "kind": "saved", "name": "Old", "saved_by": "Anna",
                             "body": to_json(replace(PLAN, name="Old", version=1))},
        "layer_content": {"layer_id": "abcdefg", "number": 1, "rows": 1, "saved_by": "Y", "body": json.dumps(
            {"version": 1, "columns": ["measure", "lsoa", "value"], "rows": [["x", "E01015814", 1.0]]})},
    }  # fmt: skip
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for name, row in rows.items():
            timed = {} if name == "layer" else {"saved_at": at}
            columns = [column(key) for key in row] + [column(key, DateTime(timezone=True)) for key in timed]
            connection.execute(insert(table(name, *columns)), {**row, **timed})
    engine.dispose()
    store = ScenarioStore.open(url)
    marks, layers = BookmarkStore(store._engine), LayerStore(store._engine)
    (plan,), (mark,), (layer,) = store.list("southend"), marks.list("southend"), layers.list("southend")
    assert (plan.name, plan.saved_by, plan.saved_at, plan.owner) == ("Old", "Anna", at, Owner())
    assert (mark.title, mark.owner, layer.name, layer.owner) == ("Gaps", Owner("", "Z"), "Twins", Owner())
    assert store.latest(plan.scenario_id).scenario.name == "Old"
    assert layers.content(layer.id)["value"].tolist() == [1.0]
    assert list(faults(store._engine)) == []
    assert list(AuditLog(store._engine).all(boss("Olga"))) == []
    store.delete(plan.scenario_id, boss("Olga"))
    assert len(list(AuditLog(store._engine).all(boss("Olga")))) == 1
    store.close()


def _old(name):
    columns = {
        "scenario_version": "scenario_id number kind name body saved_by",
        "bookmark": "id area title page query saved_by",
        "layer": "id area kind name number",
        "layer_content": "layer_id number rows body saved_by",
    }[name]
    times = [] if name == "layer" else [column("saved_at", DateTime(timezone=True))]
    return table(name, *map(column, columns.split()), *times)


def test_two_saves_at_once_leave_the_list_at_the_last_version(url):
    one, two = ScenarioStore.open(url), ScenarioStore.open(url)
    key = one.save(PLAN, boss("Anna")).version.scenario_id
    for based_on in range(1, 6):
        one.save(replace(PLAN, name=f"By one {based_on}"), boss("Anna"), scenario_id=key, based_on=based_on)
        two.save(replace(PLAN, name=f"By two {based_on}"), boss("Ben"), scenario_id=key, based_on=based_on)
    assert one.listed("southend", [key])[key] == one.versions(key)[-1]
    assert one.list("southend").total == 6
    one.close()
    two.close()
