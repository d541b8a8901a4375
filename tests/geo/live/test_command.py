"""`reach data refresh` and `reach data rollback` as typed."""

import json

import pytest
from typer.testing import CliRunner

from cli import app
from geo.packs import open_pack
from store.audit import AuditLog
from store.database import open_engine
from tests.geo.live import area
from tests.geo.live.server import Reply, refuses
from tests.people import boss


@pytest.fixture
def reach(town, settings, tmp_path, monkeypatch):
    """Type a command; the packs, and the publishers, are the town's."""
    rows = [f'agent = "{settings.agent}"']
    for name, one in settings.publishers.items():
        rows += [f"[publishers.{name}]", f'address = "{one.address}"', "tries = 1", "pause_s = 0", "timeout_s = 2"]
        rows += ['key_variable = "TEST_KEY"']
    file = tmp_path / "publishers.toml"
    file.write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setenv("REACH_DATA", str(town))
    monkeypatch.setenv("REACH_PUBLISHERS", str(file))
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'kept.sqlite'}")

    def run(*arguments):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["data", *(str(argument) for argument in arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def logged(tmp_path):
    """What the audit log says was done, the first first."""
    engine = open_engine(f"sqlite:///{tmp_path / 'kept.sqlite'}")
    found = [(row.action, row.subject, row.subject_name, row.origin) for row in AuditLog(engine).all(boss("Ada"))]
    engine.dispose()
    return found


def test_a_refresh_ends_with_a_table_and_tells_what_was_kept(reach, town, disk, publishers, tmp_path):
    publishers.faults["gias"] = [refuses(503)]
    newer = area.stops() + b"99900009,New Stop,adj,High Street,Smalltown,587100,186100,,,BCT,MKD,active\n"
    publishers.routes["naptan"] = lambda *_: Reply(newer, "text/csv", headers=area.MODIFIED)
    result = reach("refresh", "smalltown", "--sources", disk, "--only", "naptan_bus", "--only", "gias")
    assert result.exit_code == 0, "the pack was refreshed, though one source was kept"
    (row,) = [line for line in result.stdout.splitlines() if line.startswith("naptan_bus")]
    assert row.split()[:3] == ["naptan_bus", "fetched", str(len(newer))]
    assert "Refreshed smalltown" in result.stdout
    assert "reach data rollback smalltown" in result.stdout
    assert "1/2 gias: asks Publisher of gias" in result.stderr
    assert "builds 1/7 boundaries" in result.stderr
    assert "Kept gias of 2026-11-26: " in result.stderr
    assert "HTTP 503" in result.stderr
    assert len(open_pack("smalltown", town).services_of("bus_stop")) == 5
    assert logged(tmp_path) == [("data refreshed", "smalltown", "refreshed", "command")]
    back = reach("rollback", "smalltown")
    assert back.exit_code == 0
    assert len(open_pack("smalltown", town).services_of("bus_stop")) == 4
    assert logged(tmp_path)[1:] == [("data refreshed", "smalltown", "the one before is back", "command")]


def test_a_refresh_without_a_store_says_that_the_log_lacks_it(reach, disk, tmp_path, monkeypatch):
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}")
    result = reach("refresh", "smalltown", "--sources", disk, "--offline")
    assert result.exit_code == 0
    assert "no line in the audit log: the database" in result.stderr


def test_the_report_as_json_is_alone_on_standard_output(reach, disk):
    result = reach("refresh", "smalltown", "--sources", disk, "--offline", "--format", "json")
    assert result.exit_code == 0, "nobody was asked, so nobody failed"
    found = json.loads(result.stdout)
    assert found["area"] == "smalltown"
    assert [row["source"] for row in found["sources"]] == list(area.SOURCES)
    assert set(found["sources"][0]) == {"source", "file", "done", "why", "bytes", "date", "sha256", "failed"}


def test_when_nothing_could_be_done_the_exit_code_says_so(reach, disk, publishers):
    publishers.faults["gias"] = [refuses(503)]
    result = reach("refresh", "smalltown", "--sources", disk, "--only", "gias")
    assert result.exit_code == 1
    assert "no publisher gave anything" in result.stderr


def test_what_cannot_be_done_is_said_without_a_traceback(reach):
    for arguments, words, code in (
        (("refresh", "elsewhere"), "unknown area to build 'elsewhere'; valid: smalltown", 2),
        (("refresh", "smalltown", "--only", "census_2011"), "unknown source with a live table 'census_2011'", 2),
        (("rollback", "smalltown"), "no earlier pack of 'smalltown' is kept", 1),
        (("refresh", "smalltown", "--offline"), "Give a folder that has these files with --sources", 1),
    ):
        result = reach(*arguments)
        assert result.exit_code == code
        assert words in result.stderr
