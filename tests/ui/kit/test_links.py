"""Links to what is on screen: their addresses, and the lines that embed a view."""

from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from store.short_links import ShortLinkStore
from ui.kit.links import app_address, embed_lines


@pytest.mark.parametrize(
    ("address", "page", "root"),
    [
        ("http://h:8501/gaps", "gaps", "http://h:8501/"),
        ("http://h/base/gaps/", "gaps", "http://h/base/"),
        ("http://h/base/", "ward_map", "http://h/base/"),  # the first page stands at the root
        ("http://h", "ward_map", "http://h/"),
        ("http://h/gaps?place=SS1", "gaps", "http://h/"),
        ("", "gaps", "/"),
    ],
)
def test_the_address_of_the_app_from_that_of_a_page(address, page, root):
    assert app_address(address, page) == root


class Frames(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_lines_embed_the_view_whatever_its_names():
    read = Frames()
    read.feed(embed_lines("http://h/", "gaps", "by=ward&to=%22%3E%3Cscript%3E", 'Gaps "1"'))
    ((tag, given),) = read.found
    assert tag == "iframe"
    assert given["src"] == "http://h/gaps?by=ward&to=%22%3E%3Cscript%3E&embed=1"
    assert given["title"] == 'Gaps "1"'
    assert 'src="http://h/gaps?embed=1"' in embed_lines("http://h/", "gaps", "", "Gaps")


def page():
    import streamlit as st

    from ui.kit.links import short_link

    query = st.text_input("Query", key="query")
    st.caption(f"Path: {short_link('Short link', 'gaps', query, key='make')}.")


@pytest.fixture
def url(tmp_path, monkeypatch):
    made = f"sqlite:///{tmp_path}/links.sqlite"
    monkeypatch.setenv("REACH_DATABASE_URL", made)
    return made


def test_a_link_is_made_when_asked_for_and_is_of_the_view_on_screen(url):
    at = AppTest.from_function(page).run()
    assert at.caption[0].value == "Path: ."
    at.button(key="make").click().run()
    store = ShortLinkStore.open(url)
    code = at.caption[0].value.removeprefix("Path: s/").removesuffix(".")
    assert store.find(code).query == ""
    at.text_input(key="query").set_value("by=ward").run()
    assert at.caption[0].value == "Path: ."  # another view now, which has no link yet
    at.button(key="make").click().run()
    code = at.caption[0].value.removeprefix("Path: s/").removesuffix(".")
    assert store.find(code).query == "by=ward"
    store.close()


def test_a_fault_is_told_and_gone_the_next_time(url):
    at = AppTest.from_function(page).run()
    at.text_input(key="query").set_value("by=ward&by=pocket").run()
    at.button(key="make").click().run()
    assert "no page of this program uses" in at.error[0].value
    assert at.caption[0].value == "Path: ."
    at.run()
    assert not at.error
