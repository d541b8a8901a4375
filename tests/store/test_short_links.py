"""Short links are kept and found again: on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from geo.errors import InputError
from store.errors import StoreError
from store.short_links import LENGTH, LETTERS, ShortLink, ShortLinkStore, new_code
from tests.people import boss

QUERY = "measure=child_poverty_rate&services=library~school&place=SS1+2QA"

OLGA = boss("Olga")


@pytest.fixture
def links(url: str) -> Iterator[ShortLinkStore]:
    opened = ShortLinkStore.open(url)
    yield opened
    opened.close()


def test_a_view_is_found_by_its_code_in_any_letters(links):
    made = links.make("gaps", QUERY, OLGA)
    assert (made.page, made.query) == ("gaps", QUERY)
    assert len(made.code) == LENGTH
    assert set(made.code) <= set(LETTERS)
    assert links.find(made.code) == links.find(made.code.upper()) == made


def test_the_same_view_has_one_code_and_another_view_another(links, url):
    other = ShortLinkStore.open(url)
    made = links.make("gaps", QUERY, OLGA)
    assert other.make("gaps", QUERY, OLGA) == made
    assert len({made.code, links.make("ward_map", QUERY, OLGA).code, links.make("gaps", "", OLGA).code}) == 3
    other.close()


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("//evil.example", ""),
        ("https://evil.example", ""),
        ("../up", ""),
        ("", ""),
        ("gaps", "a=1&a=2"),
        ("gaps", "a=" + "x" * 6_000),
        ("gaps", "embed=true"),
        ("gaps", "a=%0d%0aSet-Cookie:x"),
    ],
)
def test_only_views_of_this_program_are_kept(links, page, query):
    with pytest.raises(InputError):
        links.make(page, query, OLGA)


@pytest.mark.parametrize("code", ["", "nosuchc", "abc", "a" * 5_000, "' or 1=1", "абвгдеж"])
def test_an_unknown_code_finds_nothing(links, code):
    links.make("gaps", QUERY, OLGA)
    assert links.find(code) is None


def test_a_code_that_is_taken_is_drawn_again(links, monkeypatch):
    codes = iter(["aaaaaaa", "aaaaaaa", "bbbbbbb"])
    monkeypatch.setattr("store.short_links.new_code", lambda: next(codes))
    assert links.make("gaps", "", OLGA).code == "aaaaaaa"
    assert links.make("gaps", QUERY, OLGA).code == "bbbbbbb"
    assert links.find("aaaaaaa") == ShortLink("aaaaaaa", "gaps", "")
    monkeypatch.setattr("store.short_links.new_code", lambda: "aaaaaaa")
    with pytest.raises(StoreError, match="try again"):
        links.make("meeting", "", OLGA)


def test_codes_have_no_letters_that_look_alike():
    assert not set("il1o0") & set(LETTERS)
    assert len({new_code() for _ in range(200)}) == 200
