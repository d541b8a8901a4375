"""Data and method: every source, figure and check of the pack is told."""

from dataclasses import replace

from geo.measures import MEASURES
from geo.reconcile import reconcile
from geo.vintages import baseline_words
from ui.kit import resources


def test_every_source_is_told_with_its_licence(pack, open_page):
    screen = open_page("data_and_method")
    shown = screen.table("publisher", "licence", "sha256")
    sources = [source for source in pack.provenance["sources"] if source["given"]]
    assert shown["sha256"].tolist() == [source["sha256"] for source in sources]
    for source in pack.provenance["sources"]:
        assert source["given"] or f"Not in the data, and so not counted: {source['title']}." in screen.text
    assert shown["licence"].str.len().min() > 3
    assert shown["attribution"].str.len().min() > 10


def test_every_figure_is_told_with_how_it_is_made(pack, open_page):
    shown = open_page("data_and_method").table("method", "baseline", "year")
    told = set(zip(shown["label"], shown["baseline"], strict=True))
    wanted = {(MEASURES[m].label, baseline_words(pack, b)) for b in pack.baselines for m in pack.measure_names(b)}
    assert told == wanted
    assert shown["method"].str.len().min() > 20
    assert shown["source"].notna().all()


def test_the_pack_is_held_against_what_is_stated(pack, open_page):
    shown = open_page("data_and_method").table("stated", "pack", "kind")
    lines = reconcile(pack)
    assert len(shown) == len(lines)
    exact = shown[shown["kind"] == "agrees exactly"]
    assert len(exact) == sum(line.exact for line in lines) >= 10
    assert (exact["stated"] == exact["pack"]).all()
    assert {"4,032", "15,142", "66,312", "1,040", "4,712", "1,026", "173,658"} <= set(exact["pack"])


def test_the_streets_and_their_quality_are_told(pack, open_page):
    screen = open_page("data_and_method")
    shown = screen.table("median", "p95", "max")
    report = pack.manifest.network
    assert len(shown) == 2 * len(report.modes)
    assert f"{report.connected_share_borough * 100:.1f}%" in screen.text
    assert len(screen.table("island", "length_m")) == len(pack.islands)


def test_every_service_of_the_pack_is_counted(pack, open_page):
    shown = open_page("data_and_method").table("borough", "around", "vintage")
    assert shown[["borough", "around"]].to_numpy().sum() == len(pack.services)


def test_services_with_opening_hours_are_counted_where_there_are_any(pack, open_page, monkeypatch):
    some = pack.services.assign(opening_hours=["24/7"] * 7 + [""] * (len(pack.services) - 7))
    for services, expected in ((some, 7), (some.assign(opening_hours=""), None)):
        monkeypatch.setattr(resources, "_pack", lambda *_, of=services: replace(pack, services=of))
        shown = open_page("data_and_method").table("borough", "around", "vintage")
        assert (shown["timed"].sum() if "timed" in shown else None) == expected


def test_the_method_is_there_in_full(open_page):
    screen = open_page("data_and_method")
    assert "What reach is, and what it is not" in screen.text
    assert screen.at.tabs[0].label == "Sources"
    assert "ODbL" in screen.text
