"""Refresh: what a publisher does wrong costs that source alone, and there is a whole pack at every moment."""

import json
import os
import shutil
import sys
import warnings
from dataclasses import replace

import pytest

from geo import scratch
from geo.build import build_pack
from geo.errors import PackError, SourceError, UnknownNameError
from geo.live.cache import Cache
from geo.live.refresh import CACHE, PREVIOUS, refresh, rollback
from geo.packs import FILES, list_packs, open_pack
from geo.reconcile import check_pack
from geo.scratch import scratch_folder
from tests.geo.live import area
from tests.geo.live.server import (
    Reply,
    announces,
    becomes,
    cut_off,
    page,
    refuses,
    reset,
    says_nothing,
)

NEWER_STOPS = area.stops() + b"99900009,New Stop,adj,High Street,Smalltown,587100,186100,,,BCT,MKD,active\n"


def lines(report):
    return {line.source: line for line in report.lines}


def serve_newer_stops(publishers):
    publishers.routes["naptan"] = lambda *_: Reply(NEWER_STOPS, "text/csv")


def digest(root):
    return open_pack("smalltown", root).digest


def test_a_pack_built_live_equals_one_built_from_the_same_bytes_on_disk(
    tmp_path, settings, clock, disk, built, publishers
):
    root = tmp_path / "data"
    shutil.copytree(built / "recipes", root / "recipes")
    given = tmp_path / "given"
    for key, (file, _, live) in area.SOURCES.items():
        if not live:
            (given / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(disk / area.SOURCES[key][0], given / file)
    report = refresh("smalltown", sources=given, root=root, publishers=settings, sleep=clock.sleep, now=clock.now)
    assert {line.source: line.done for line in report.lines} == {
        key: "fetched" if live else "from folder" for key, (_, _, live) in area.SOURCES.items()
    }
    assert report.changed
    check_pack("smalltown", root)
    # The same facts on disk, written by another hand: every table and the streets are the same to the byte.
    for file in FILES:
        if file != "provenance.json":
            assert (root / "smalltown" / file).read_bytes() == (built / "smalltown" / file).read_bytes(), file
    # The same bytes on disk: so is everything else.
    for line in report.lines:
        (given / line.file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Cache(root / CACHE).path(line.sha256), given / line.file)
    other = tmp_path / "other"
    shutil.copytree(built / "recipes", other / "recipes")
    build_pack("smalltown", given, root=other)
    for file in (*FILES, "pack.json", "LICENCES.md"):
        assert (root / "smalltown" / file).read_bytes() == (other / "smalltown" / file).read_bytes(), file


def test_nothing_new_changes_nothing(refreshed, town, clock):
    """Not even the vintages: what the publisher has today is still what the recipe says it is."""
    clock.sleep(2 * 86400)
    report = refreshed(only=["naptan_bus", "gias", "wards"])
    assert not report.changed
    before = {path.name: path.stat().st_mtime_ns for path in (town / "smalltown").iterdir()}
    again = refreshed(only=["naptan_bus", "gias", "wards"])
    assert not again.changed
    assert {path.name: path.stat().st_mtime_ns for path in (town / "smalltown").iterdir()} == before
    assert lines(report)["gias"].done == lines(again)["gias"].done == "unchanged"
    assert lines(again)["food_hygiene"].done == "kept"
    assert lines(again)["food_hygiene"].why == "not asked for"
    assert sorted(path.name for path in town.iterdir()) == sorted([CACHE, ".smalltown.lock", "recipes", "smalltown"])


def test_a_new_edition_has_its_vintage_and_the_pack_before_is_kept(refreshed, town, publishers, clock):
    before = digest(town)
    serve_newer_stops(publishers)
    clock.sleep(3 * 86400)
    report = refreshed(only=["naptan_bus"])
    assert report.changed
    line = lines(report)["naptan_bus"]
    assert (line.done, line.date, line.bytes) == ("fetched", "2026-11-29", len(NEWER_STOPS))
    (source,) = [row for row in open_pack("smalltown", town).provenance["sources"] if row["key"] == "naptan_bus"]
    assert (source["vintage"], source["sha256"]) == ("2026-11-29", line.sha256)
    assert open_pack("smalltown", town / PREVIOUS).digest == before
    assert list_packs(town) == ["smalltown"], "what is kept is no area"
    recipe = (town / "recipes" / "smalltown.toml").read_text(encoding="utf-8")
    assert recipe == area.recipe(), "the user's own recipe is never written"


def test_the_vintage_stays_while_the_bytes_stay(refreshed, town, publishers, clock):
    serve_newer_stops(publishers)
    refreshed(only=["naptan_bus"])
    clock.sleep(86400)
    report = refreshed(only=["naptan_bus"])
    assert not report.changed
    assert lines(report)["naptan_bus"].date == "2026-11-26"


FAULTS = {
    "osm_streets": [refuses(429)] * 3,
    "wards": [refuses(500)] * 3,
    "mid_year": [becomes(lambda body: body.replace(b"OBS_VALUE", b"VALUE"))],
    "low_income": [becomes(lambda _: b'{"fields": []}')],
    "code_point_open": [becomes(lambda body: body[: len(body) // 2])] * 3,
    "gias": [becomes(page, "text/html")] * 3,
    "ods_gp_2025": [cut_off()] * 3,
    "food_hygiene": [announces(+100)] * 3,
    "naptan_bus": [says_nothing(0.4)] * 3,
}
WORDS = {
    "osm_streets": "HTTP 429",
    "wards": "HTTP 500",
    "mid_year": "has no column OBS_VALUE",
    "low_income": "not in the form",
    "code_point_open": "not whole JSON",
    "gias": "is a web page",
    "ods_gp_2025": "the connection was lost",
    "food_hygiene": "the connection was lost",
    "naptan_bus": "nothing came for 0.25 s; asked 3 times",
}
OF = {
    key: live.split('"')[1] for key, (_, _, live) in area.SOURCES.items() if live
}  # which publisher a source is asked of


def test_each_fault_costs_its_source_alone(refreshed, town, publishers, settings):
    quick = {name: replace(one, timeout_s=0.25) for name, one in settings.publishers.items() if name != "overpass"}
    settings = replace(settings, publishers={**settings.publishers, **quick})
    for key, faults in FAULTS.items():
        publishers.faults[OF[key]] = list(faults)
    only = [key for key in area.LIVE if key not in ("osm_places", "lsoas", "oas")] + ["oas"]
    report = refreshed(only=only, publishers=settings)
    told = lines(report)
    assert {line.source for line in report.failed} == set(FAULTS)
    for key, words in WORDS.items():
        assert words in told[key].why, (key, told[key].why)
        assert told[key].done == "kept"
        assert told[key].bytes == Cache(town / CACHE).path(told[key].sha256).stat().st_size
    assert told["oas"].done == "unchanged", "another layer of the same publisher"
    assert not report.changed
    assert not report.nothing_done
    check_pack("smalltown", town)


def test_a_publisher_that_resets_every_connection_is_down(refreshed, publishers):
    publishers.faults["naptan"] = [reset()] * 3
    report = refreshed(only=["naptan_bus"])
    assert report.nothing_done
    assert lines(report)["naptan_bus"].failed


def test_a_file_that_the_adapter_refuses_is_put_back_and_the_rest_is_taken(refreshed, town, publishers, told):
    """The real builder: renamed columns, which no check of bytes can find."""
    publishers.routes["naptan"] = lambda *_: Reply(area.stops().replace(b"StopType", b"Kind", 1), "text/csv")
    newer = area.fhrs().replace(b"Little Nursery", b"Large Nursery").replace(area.DAY.encode(), b"2026-11-27")
    publishers.routes["fsa"] = lambda *_: Reply(newer, "text/xml")
    report = refreshed(only=["naptan_bus", "food_hygiene"], build=build_pack)
    stops, kitchens = lines(report)["naptan_bus"], lines(report)["food_hygiene"]
    assert stops.failed
    assert "stops.csv: missing column StopType" in stops.why
    assert (kitchens.done, kitchens.date) == ("fetched", "2026-11-26")
    pack = open_pack("smalltown", town)
    assert "Large Nursery" in set(pack.services["name"])
    assert (pack.services["category"] == "bus_stop").sum() == 4


def test_a_fault_that_names_no_file_is_found_by_trying_one_at_a_time(refreshed, town, publishers, quick_build):
    serve_newer_stops(publishers)
    publishers.routes["gias"] = lambda *_: Reply(area.gias_native().replace(b"Eastgate", b"Newgate"), "text/csv")
    built = []

    def build(name, files, **options):
        built.append(name)
        if b"Newgate" in (files / "publishers" / "gias.csv").read_bytes():
            raise IndexError("list index out of range")
        return quick_build(name, files, **options)

    report = refreshed(only=["naptan_bus", "gias"], build=build)
    assert lines(report)["naptan_bus"].done == "fetched"
    assert lines(report)["gias"].failed
    assert "IndexError: list index out of range" in lines(report)["gias"].why
    assert len(built) == 4


def test_half_of_a_file_that_looks_whole_is_not_taken(refreshed, publishers):
    half = b"\n".join(area.stops().splitlines()[:2]) + b"\n"
    publishers.routes["naptan"] = lambda *_: Reply(half, "text/csv")
    report = refreshed(only=["naptan_bus"])
    assert lines(report)["naptan_bus"].failed
    assert "only 2 rows are of use, 5 were before" in lines(report)["naptan_bus"].why


def test_an_answer_that_nobody_thought_of_costs_its_source_alone(refreshed, publishers):
    publishers.routes["arcgis"] = lambda *_: Reply(
        b'{"count": 2, "features": [7], "properties": 3}', "application/json"
    )
    report = refreshed(only=["wards", "gias"])
    assert lines(report)["wards"].failed
    assert "another form than is expected" in lines(report)["wards"].why
    assert lines(report)["gias"].done == "unchanged"


def test_offline_asks_nobody(refreshed, publishers):
    report = refreshed(offline=True)
    assert not publishers.asked
    assert not report.failed
    assert not report.nothing_done


def test_a_source_that_nobody_can_be_asked_for_is_refused(refreshed):
    with pytest.raises(UnknownNameError, match="census_2011"):
        refreshed(only=["census_2011"])


def test_what_was_never_fetched_and_is_not_given_is_named(refreshed, town, publishers, tmp_path, disk):
    before = digest(town)
    with pytest.raises(SourceError, match=r"osm_basemap: osm/basemap\.gpkg; .*--sources"):
        refreshed(sources=None, only=["naptan_bus"])
    publishers.routes["naptan"] = lambda *_: None
    without = shutil.copytree(disk, tmp_path / "without")
    (without / "publishers" / "stops.csv").unlink()
    (town / CACHE / "bytes").joinpath(lines(refreshed(only=["gias"]))["naptan_bus"].sha256).unlink()
    with pytest.raises(SourceError, match=r"naptan_bus: .*HTTP 404"):
        refreshed(sources=without, only=["naptan_bus"])
    assert digest(town) == before


def test_after_the_first_fill_no_folder_is_needed(refreshed, publishers):
    refreshed(only=["naptan_bus"])
    serve_newer_stops(publishers)
    report = refreshed(sources=None, only=["naptan_bus"])
    assert report.changed
    assert lines(report)["census_2011"].why == "no publisher is asked for it"


def test_a_file_of_the_folder_renews_what_no_publisher_is_asked_for(refreshed, disk, tmp_path, town):
    refreshed(offline=True)
    newer = shutil.copytree(disk, tmp_path / "newer")
    for file in ("statistics/census.csv", "publishers/stops.csv"):
        (newer / file).write_bytes((newer / file).read_bytes() + b"\n")
    report = refreshed(offline=True, sources=newer)
    assert lines(report)["census_2011"].done == "from folder"
    assert lines(report)["naptan_bus"].done == "kept", "what was fetched is not replaced by an older file"


def test_rollback_brings_the_pack_before_back_and_forth(refreshed, town, publishers):
    first = digest(town)
    with pytest.raises(PackError, match="no earlier pack"):
        rollback("smalltown", town)
    serve_newer_stops(publishers)
    refreshed(only=["naptan_bus"])
    second = digest(town)
    assert first != second
    assert rollback("smalltown", town) == town / "smalltown"
    assert digest(town) == first
    rollback("smalltown", town)
    assert digest(town) == second
    rollback("smalltown", town)
    report = refreshed(only=["gias"], sources=None)
    stops = json.loads((town / "smalltown" / "provenance.json").read_text(encoding="utf-8"))["sources"][-1]
    assert stops["sha256"] == lines(report)["naptan_bus"].sha256
    assert lines(report)["naptan_bus"].bytes == len(area.stops()), "a refresh goes on from the pack that is there"


def test_a_damaged_pack_is_replaced_and_not_kept(refreshed, town):
    (town / "smalltown" / "services.parquet").write_bytes(b"x")
    report = refreshed(only=["naptan_bus"])
    assert report.changed
    check_pack("smalltown", town)
    assert not (town / PREVIOUS).exists()


def test_a_pack_that_builds_but_does_not_pass_its_check_is_not_taken(refreshed, town, publishers, quick_build):
    serve_newer_stops(publishers)
    before = digest(town)

    def build(name, files, *, root, progress):
        folder = quick_build(name, files, root=root, progress=progress)
        if (files / "publishers" / "stops.csv").read_bytes() == NEWER_STOPS:
            (folder / "demand.parquet").write_bytes(b"x")
        return folder

    report = refreshed(only=["naptan_bus"], build=build)
    assert lines(report)["naptan_bus"].failed
    assert digest(town) == before


def test_when_even_the_bytes_from_before_do_not_build_nothing_is_touched(refreshed, town, publishers):
    serve_newer_stops(publishers)
    before = digest(town)

    def build(*_, **__):
        raise SourceError("census.csv: line 3: is wrong")

    with pytest.raises(SourceError, match="census"):
        refreshed(only=["naptan_bus"], build=build)
    assert digest(town) == before
    assert not [path for path in town.iterdir() if path.name.startswith(".smalltown-")]


def test_what_a_killed_build_left_is_swept(refreshed, town):
    """A build has the number of its process in the name of its folder; this one is of nobody who lives."""
    left = town / ".smalltown-99999999-abcd1234"
    (left / "new").mkdir(parents=True)
    refreshed(offline=True)
    assert not left.exists()


# How a refresh changes folders, as the interpreter reports it; a process is killed just before one of these.
TOUCHES = {"os.rename", "os.mkdir", "shutil.rmtree", "shutil.copytree", "ctypes.dlsym"}
SWAPPING = 8
"""So many of them are the swap: the copy of the pack before, its place, the exchange, and the end."""


def run_and_die(run, at):
    """Run in a process that is killed before it changes folders for the `at`-th time; how often it did, if it ended."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: the server's, which we leave
        child = os.fork()
    if child == 0:
        count = 0

        def hook(event, _):
            nonlocal count
            if event in TOUCHES:
                count += 1
                if count == at:
                    os._exit(9)

        sys.addaudithook(hook)
        run()
        os.write(write, str(count).encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read) as end:
        return os.waitstatus_to_exitcode(status), int(end.read() or 0)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")
@pytest.mark.parametrize("exchanges", [True, False])
def test_a_refresh_killed_at_any_stage_leaves_a_working_pack(
    refreshed, town, publishers, tmp_path, monkeypatch, exchanges
):
    """Where the system cannot exchange two folders, the pack is there again when the next run begins."""
    if not exchanges:
        monkeypatch.setattr(scratch, "_exchange", lambda *_: False)
    refreshed(only=["gias"])
    old = digest(town)
    serve_newer_stops(publishers)
    fresh = shutil.copytree(town, tmp_path / "fresh")
    code, touches = run_and_die(lambda: refreshed(only=["naptan_bus"]), at=10**9)
    new = digest(town)
    assert (code, new != old) == (0, True)
    assert touches > 2 * SWAPPING
    # Some while it fetches, lays out and builds, and each one of the end, where packs move.
    first = touches - SWAPPING if exchanges else touches - 4
    found = []
    for stage in [*([2, touches // 3] if exchanges else []), *range(first, touches + 1)]:
        shutil.rmtree(town)
        shutil.copytree(fresh, town)
        code, _ = run_and_die(lambda at=stage: refreshed(only=["naptan_bus"]), at=stage)
        assert code == 9
        if exchanges:
            found.append(digest(town))
        with scratch_folder(town, "smalltown"):
            pass
        assert not [path.name for path in town.iterdir() if path.name.startswith(".smalltown-")], "it is swept"
        check_pack("smalltown", town)
        if exchanges:
            assert digest(town) == found[-1]
            if (town / PREVIOUS / "smalltown").exists():
                check_pack("smalltown", town / PREVIOUS)
        else:
            found.append(digest(town))
    assert set(found) == {old, new}
    assert found == sorted(found, key=[old, new].index), "first the old one, then the new one"
    refreshed(only=["naptan_bus"])
    assert digest(town) == new
    rollback("smalltown", town)
    assert digest(town) == old
