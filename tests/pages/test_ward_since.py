"""Ward map, "What changed": what is remembered, what is handed in, and what is said when there is nothing."""

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analysis.trends.pack_changes import pack_changes
from analysis.trends.pack_summary import summarise, to_json
from store.packs import PackStore
from wording.pack_changes import sentences

LIBRARY = "lib-shoeburyness-library"


@pytest.fixture(scope="module")
def now(pack):
    return summarise(pack)


@pytest.fixture(scope="module")
def earlier(now):
    """The present pack as if a library had opened, a hostile name had gone and a ward's figure had grown since."""
    places = tuple(place for place in now.places if place.id != LIBRARY)
    hostile = replace(places[0], id="x-1", name="<img src=x onerror=alert(1)> [a](javascript:b) **c**")
    figure = next(row for row in now.figures if (row.measure, row.baseline) == ("population", "mid_2020"))
    less = replace(figure, values=(figure.values[0] - 12, *figure.values[1:]))
    reach = tuple(
        replace(row, shares=(0.11, *row.shares[1:])) if row.service == "library" else row for row in now.reach
    )
    figures = tuple(less if row is figure else row for row in now.figures)
    return replace(now, digest="0" * 12, places=(*places, hostile), figures=figures, reach=reach)


def remember(url, summary, when=None):
    store = PackStore.open(url)
    store.meet(summary, "Anna")
    store.close()
    if when is not None:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute("UPDATE pack_met SET met_at = ? WHERE digest = ?", (when, summary.digest))


def shown(screen, *columns):
    return screen.table(*columns)


def test_the_first_pack_is_noted_and_said_to_be_the_first(open_page, database, now):
    screen = open_page("ward_map", closer="since")
    today = datetime.now(UTC).astimezone()
    assert "This is the first version of the data that this computer has met" in screen.text
    assert f"{today.day} {today:%B %Y}" in screen.text
    store = PackStore.open(database)
    (met,) = store.list("southend")
    assert store.summary("southend", met.digest) == now
    store.close()
    screen.run()
    assert "first version of the data" in screen.text


def test_what_changed_since_a_remembered_pack(open_page, database, now, earlier):
    remember(database, earlier, "2026-03-03 12:00:00.000000")
    screen = open_page("ward_map", closer="since")
    assert "Compared with the pack first opened on 3 March 2026 by Anna" in screen.text
    for sentence in sentences(pack_changes(earlier, now)):
        assert sentence.partition(":")[0].partition("(")[0] in screen.text.replace("\\", "")
    services = shown(screen, "what", "ward", "moved_m")
    assert sorted(services["what"]) == ["closed, or no longer listed", "opened"]
    reach = shown(screen, "points", "because")
    assert len(reach) == 1
    was, is_now = 11, round(100 * next(row for row in now.reach if row.service == "library").shares[0])
    assert reach.iloc[0][["before", "now" if "now" in reach else "after"]].tolist() == [was, is_now]
    assert abs(reach.iloc[0]["points"] - (is_now - was)) <= 1  # of two roundings
    figures = shown(screen, "label", "difference")
    assert figures["difference"].tolist() == [12]
    assert not screen.address.get("since")


@pytest.mark.slow
def test_a_link_names_the_pack_to_compare_with(open_page, database, now, earlier):
    remember(database, earlier, "2026-03-03 12:00:00.000000")
    remember(database, replace(now, digest="1" * 12), "2026-04-04 12:00:00.000000")
    screen = open_page("ward_map", closer="since")
    assert "first opened on 4 April 2026" in screen.text
    assert "no source, service, ward figure or reach changed" in screen.text
    screen = open_page("ward_map", closer="since", since=earlier.digest)
    assert "Compared with the pack first opened on 3 March 2026" in screen.text
    assert not screen.notes
    screen = open_page("ward_map", closer="since", since="f" * 12)
    assert len(screen.notes) == 1


def test_names_from_elsewhere_are_shown_as_they_stand(open_page, database, earlier, now):
    remember(database, replace(now, digest="2" * 12, places=earlier.places))
    screen = open_page("ward_map", closer="since")
    (told,) = [m.value for m in screen.at.markdown if "Compared with" in m.value]
    assert not re.search(r"(?<!\\)<img|(?<!\\)\[a\]", told)
    assert any("<img" in name for name in shown(screen, "what", "moved_m")["name"])


@pytest.mark.slow
def test_an_earlier_pack_is_handed_in(open_page, now, earlier):
    screen = open_page("ward_map", closer="since")
    upload = screen.at.file_uploader(key="since-file")
    upload.set_value(("old.json", to_json(earlier).encode(), "application/json")).run()
    screen.intact()
    assert "Compared with the file old" in screen.text
    assert "opened" in shown(screen, "what", "moved_m")["what"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not readable JSON"),
        (b"PK\x03\x04nothing", "damaged .zip"),
        (b"[[[[", "not readable JSON"),
    ],
)
def test_a_broken_file_is_answered_and_the_page_stands(open_page, content, words):
    screen = open_page("ward_map", closer="since")
    screen.at.file_uploader(key="since-file").set_value(("x.json", content, "application/json")).run()
    screen.intact()
    assert words in screen.text.replace("\\", "")
    assert "does not mean that a family is registered" in screen.text


def test_a_pack_of_another_area_is_refused(open_page, earlier):
    screen = open_page("ward_map", closer="since")
    other = replace(earlier, area="blackpool")
    screen.at.file_uploader(key="since-file").set_value(("x.json", to_json(other).encode(), "application/json")).run()
    screen.intact()
    assert "packs of two areas" in screen.text


def test_a_store_that_cannot_be_opened_breaks_nothing(open_page, monkeypatch, earlier):
    monkeypatch.setenv("REACH_DATABASE_URL", "sqlite:////proc/nowhere/x.sqlite")
    screen = open_page("ward_map", closer="since")
    assert "Earlier versions of the data cannot be looked up" in screen.text
    screen.at.file_uploader(key="since-file").set_value(
        ("old.json", to_json(earlier).encode(), "application/json")
    ).run()
    screen.intact()
    assert "Compared with the file old" in screen.text
    assert "4,032" in open_page("ward_map").text


def test_the_tables_can_be_taken_away(open_page, database, now, earlier, downloads):
    remember(database, earlier)
    open_page("ward_map", closer="since")
    text = downloads["southend-changes-reach.csv"]().decode()
    for note in ("compared with", "the pack first opened on", earlier.digest, "attribution"):
        assert note in text
    names = {name for name in downloads if name.startswith("southend-changes-")}
    assert names == {f"southend-changes-{key}.csv" for key in ("services", "reach", "figures")}
    (summary,) = [made for name, made in downloads.items() if name.endswith("-summary.json")]
    assert summary().decode() == to_json(now)
