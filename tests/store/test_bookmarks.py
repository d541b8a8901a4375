"""Bookmarks are kept, taken off the list and put back: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote

import pytest

from geo.errors import InputError, UnknownNameError
from store.bookmarks import TITLE_LENGTH, BookmarkStore
from tests.people import boss

QUERY = "measure=child_poverty_rate&services=library~school&place=SS1+2QA"
OLGA = boss("Olga")


@pytest.fixture
def bookmarks(url: str) -> Iterator[BookmarkStore]:
    opened = BookmarkStore.open(url)
    yield opened
    opened.close()


def add(store, title="Kursaal", *, area="southend", page="ward_map", query=QUERY, who="Anna"):
    return store.add(area, title, page, query, boss(who))


def test_a_view_is_kept_with_who_and_when(bookmarks):
    start = datetime.now(UTC)
    made = add(bookmarks, "  Kursaal,\n „child“ poverty 🏠 ", who=" Anna\tB. ")
    assert (made.title, made.saved_by) == ("Kursaal, „child“ poverty 🏠", "Anna B.")
    assert (made.area, made.page, made.query) == ("southend", "ward_map", QUERY)
    assert start <= made.saved_at <= datetime.now(UTC)
    assert made.removed_at is None
    assert list(bookmarks.list("southend")) == [made]


def test_two_people_see_each_other_s_the_latest_first(bookmarks, url):
    other = BookmarkStore.open(url)
    one = add(bookmarks, who="Anna")
    two = add(other, who="Ben")
    assert list(other.list("southend")) == list(bookmarks.list("southend")) == [two, one]
    other.remove(one.id, OLGA)
    assert list(bookmarks.list("southend")) == [two]
    other.close()


def test_removal_is_undoable_and_nothing_is_overwritten(bookmarks):
    one, two = add(bookmarks, "one"), add(bookmarks, "two")
    gone = bookmarks.remove(one.id, OLGA)
    assert gone.removed_at is not None
    assert gone.removed_at >= one.saved_at
    assert list(bookmarks.list("southend")) == [two]
    assert list(bookmarks.list("southend", removed=True)) == [gone]
    assert bookmarks.remove(one.id, OLGA) == gone
    assert bookmarks.restore(one.id, OLGA) == one
    assert bookmarks.restore(one.id, OLGA) == one
    assert list(bookmarks.list("southend")) == [two, one]
    assert list(bookmarks.list("southend", removed=True)) == []


def test_areas_are_apart(bookmarks):
    add(bookmarks)
    other = add(bookmarks, area="blackpool")
    assert list(bookmarks.list("blackpool")) == [other]
    assert len(bookmarks.list("southend")) == 1
    assert list(bookmarks.list("nowhere")) == []


@pytest.mark.parametrize(
    "title", ["'; DROP TABLE bookmark; --", "<script>alert(1)</script>", "[x](javascript:alert(1))", "% _ \\", "ﷺ" * 60]
)
def test_odd_titles_are_kept_as_they_are(bookmarks, title):
    assert add(bookmarks, title, who=title).title == title
    assert [made.title for made in bookmarks.list("southend")] == [title]


def test_a_long_title_is_cut(bookmarks):
    assert add(bookmarks, "🧒" * 500).title == "🧒" * TITLE_LENGTH


@pytest.mark.parametrize("query", ["", "a=", "plan=" + "x" * 4000, "place=" + quote("Zürich Straße & 'x' 🏠")])
def test_queries_of_the_pages_are_kept_as_they_mean(bookmarks, query):
    made = add(bookmarks, query=query)
    assert parse_qs(made.query, keep_blank_values=True) == parse_qs(query, keep_blank_values=True)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": " \x00\n "}, "give the bookmark a title"),
        ({"page": "https://evil.example/"}, "not on a page of this program"),
        ({"page": "../ward_map"}, "not on a page of this program"),
        ({"page": ""}, "not on a page of this program"),
        ({"area": "a/b"}, "not on a page of this program"),
        ({"query": "a=1&a=2"}, "no page of this program uses"),
        ({"query": "<script>=1"}, "no page of this program uses"),
        ({"query": "embed=true"}, "no page of this program uses"),
        ({"query": "embed_options=x"}, "no page of this program uses"),
        ({"query": "javascript:alert(1)"}, "cannot be read"),
        ({"query": "https://evil.example"}, "cannot be read"),
        ({"query": "a=%00"}, "cannot be read"),
        ({"query": "a=%ff"}, "cannot be read"),
        ({"query": "a=" + "x" * 7000}, "too much in its address"),
        ({"query": "&".join(f"a{n}=1" for n in range(41))}, "no page of this program uses"),
    ],
)
def test_what_is_no_view_of_this_program_is_refused_and_changes_nothing(bookmarks, values, words):
    with pytest.raises(InputError, match=words):
        add(bookmarks, **values)
    assert list(bookmarks.list("southend")) == []


def test_a_bookmark_that_is_not_there(bookmarks):
    for call in (bookmarks.remove, bookmarks.restore):
        with pytest.raises(UnknownNameError, match="unknown bookmark 'nothing'"):
            call("nothing", OLGA)
