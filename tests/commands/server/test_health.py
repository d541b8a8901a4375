"""What the server says of itself."""

import json
import shutil

import pytest
from starlette.routing import Route, Router

import commands.server.health as health_module
from commands.server.health import Health
from geo.packs import packs_folder
from tests.commands.server.asking import ask


@pytest.fixture
def packs(tmp_path, monkeypatch):
    folder = tmp_path / "packs"
    shutil.copytree(packs_folder() / "southend", folder / "southend")
    monkeypatch.setenv("REACH_DATA", str(folder))
    monkeypatch.setenv("REACH_AREA", "southend")
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    monkeypatch.setattr(health_module, "_KEPT_S", -1.0)
    return folder


def asked(health, client="127.0.0.1"):
    answer = ask(Router([Route("/healthz", health.answer)]), "/healthz", client=(client, 1))
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, json.loads(answer.text)


def test_all_is_well(packs):
    status, said = asked(Health(lambda: 3), client="192.0.2.7")
    assert status == 200
    assert said.pop("version")
    assert said == {"status": "ok", "areas": ["southend"], "store": "ok"}, "others hear no details"


@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_details_are_for_this_machine_alone(packs, client):
    details = asked(Health(lambda: 3), client)[1]["details"]
    assert details["visitors"] == 3
    assert details["memory_mb"] > 20
    assert details["streamlit"]
    for other in ("10.0.0.1", "testclient", ""):
        assert "details" not in asked(Health(lambda: 3), other)[1]


def test_a_pack_that_breaks_is_told_and_one_that_is_mended_is_well_again(packs):
    health = Health(lambda: 0)
    assert asked(health)[0] == 200
    manifest = packs / "southend" / "pack.json"
    whole = manifest.read_text(encoding="utf-8")
    manifest.write_text("{", encoding="utf-8")
    status, said = asked(health)
    assert (status, said["status"], len(said["reasons"])) == (503, "fault", 1)
    assert said["reasons"][0].startswith("the area southend cannot be opened: ")
    manifest.write_text(whole, encoding="utf-8")
    assert asked(health)[0] == 200


def test_packs_are_not_opened_again_for_each_question(packs, monkeypatch):
    health = Health(lambda: 0)
    assert asked(health)[0] == 200
    monkeypatch.setattr("geo.packs.open_pack", None)
    assert asked(health)[0] == 200


def test_an_answer_is_given_again_for_a_while(packs, monkeypatch):
    monkeypatch.setattr(health_module, "_KEPT_S", 60.0)
    health = Health(lambda: 0)
    assert asked(health)[0] == 200
    shutil.rmtree(packs)
    assert asked(health)[0] == 200


def test_no_pack_at_all(packs):
    shutil.rmtree(packs / "southend")
    status, said = asked(Health(lambda: 0))
    assert (status, said["areas"]) == (503, [])
    assert "no area packs were found" in said["reasons"][0]


def test_a_store_that_does_not_answer_is_told_without_its_password(packs, monkeypatch):
    monkeypatch.setenv("REACH_DATABASE_URL", "postgresql://planner:mirabilis@127.0.0.1:1/plans?connect_timeout=2")
    status, said = asked(Health(lambda: 0))
    assert status == 503
    assert "the store does not answer" in said["reasons"][0]
    assert "mirabilis" not in json.dumps(said)


def test_a_store_that_stops_answering_is_told(packs):
    health = Health(lambda: 0)
    assert asked(health)[0] == 200
    assert health._engine is not None
    with health._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    status, said = asked(health)
    assert status == 503
    assert said["reasons"][0].startswith("the store does not answer")
