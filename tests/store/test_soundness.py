"""The check of a store finds what is wrong with it, and finds nothing in a sound one."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import insert, text

from analysis.scenario.scenario import Scenario
from store.layers import LayerStore
from store.people import PeopleStore
from store.person import Role
from store.scenarios import ScenarioStore
from store.soundness import faults
from store.tables import AuditRow
from tests.people import boss


@pytest.fixture
def filled(store):
    key = store.save(Scenario("Hub", "southend"), boss("Anna")).version.scenario_id
    store.save(Scenario("Hub", "southend"), boss("Ben"), scenario_id=key, based_on=1)
    store.delete(store.save(Scenario("Gone", "southend"), boss("Anna")).version.scenario_id, boss("Anna"))
    rows = pd.DataFrame({"measure": ["x"], "lsoa": ["E01015814"], "value": [1.0]})
    PeopleStore(store._engine).meet("issuer|1", "Anna", "anna@council.example", Role.PLANNER)
    LayerStore(store._engine).add("southend", "counts", "Twins", rows, boss("Anna"))
    return store


def test_nothing_is_wrong_with_a_sound_store(filled):
    assert list(faults(filled._engine)) == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE scenario SET name = 'Other' WHERE name = 'Hub'", "is not listed as it is"),
        ("UPDATE scenario SET number = 1 WHERE name = 'Hub'", "is listed with 1 versions and has [1, 2]"),
        ("DELETE FROM scenario_version WHERE name = 'Hub' AND number = 1", "has [2]"),
        ("DELETE FROM scenario_version WHERE name = 'Gone'", "has []"),
        ("UPDATE scenario_version SET body = '{}' WHERE name = 'Hub' AND number = 2", "cannot be read"),
        ("UPDATE layer_content SET body = '[]'", "of the layer 'Twins'"),
        ("UPDATE layer_content SET rows = 9", "has 1 rows and says 9"),
        ("UPDATE layer SET number = 2", "says 2 contents and has [1]"),
        ("UPDATE scenario SET owner_name = '' WHERE name = 'Hub'", "'Hub'"),
        ("UPDATE scenario SET owner = '', team = 'Health' WHERE name = 'Hub'", "belongs to a team and to nobody"),
        ("UPDATE layer SET owner = '', team = 'Health'", "The layer 'Twins'"),
        ("UPDATE person SET claimed = 'king'", "has a role that there is not"),
        ("UPDATE person SET given = ''", "has a role that there is not"),
        ("INSERT INTO pack_met VALUES ('southend', 'd', '[]', 'Anna', '2026-01-01 00:00:00')", "summary of the pack"),
    ],
)
def test_what_is_wrong_is_found(filled, damage, found):
    with filled._engine.begin() as connection:
        assert connection.execute(text(damage)).rowcount
    said = list(faults(filled._engine))
    assert any(found in one for one in said), said


def test_a_log_that_could_be_changed_is_found(filled):
    with filled._engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        connection.execute(
            text("DROP TRIGGER audit_no_update" if sqlite else "ALTER TABLE audit DISABLE TRIGGER audit_only_grows")
        )
    assert list(faults(filled._engine)) == [
        "The audit log is not closed to changes: what keeps its rows was taken away."
    ]


def test_a_row_of_the_log_that_nobody_can_have_written_is_found(filled):
    with filled._engine.begin() as connection:
        columns = {column.name: "" for column in AuditRow.__table__.columns}
        connection.execute(insert(AuditRow), {**columns, "id": "forged", "at": datetime.now(UTC)})
    assert list(faults(filled._engine)) == ["The row forged of the audit log says nobody who may have done it."]


def test_a_damaged_file_is_found(tmp_path):
    path = tmp_path / "x.sqlite"
    store = ScenarioStore.open(f"sqlite:///{path}")
    for number in range(40):
        store.save(Scenario(f"Plan {number}", "southend", note="n" * 500), boss("Anna"))
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 4 : 4096 * 6] = b"\x00" * 8192
    path.write_bytes(content)
    (said,) = faults(store._engine)
    assert said.startswith(f"The file {path} is damaged")
