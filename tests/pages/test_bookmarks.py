"""Bookmarks on every page: keep the view on screen, open it exactly, take it off the list and put it back."""

from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from analysis.scenario.scenario import CloseSite, History, Scenario
from store.bookmarks import BookmarkStore
from store.short_links import ShortLinkStore
from tests.pages.conftest import named_in_links
from tests.pages.lab import press
from tests.people import boss

KURSAAL = "E05002216"


@pytest.fixture
def store(database):
    opened = BookmarkStore.open(database)
    yield opened
    opened.close()


def open_list(screen):
    press(screen, "bookmarks-open")


def keep(screen, title, who=""):
    open_list(screen)
    screen.at.text_input(key="bookmarks-title").set_value(title)
    screen.at.text_input(key="bookmarks-who").set_value(who)
    (submit,) = [button for button in screen.at.button if button.label == "Bookmark this view"]
    submit.click().run()
    screen.intact()


def labels(screen):
    return [button.label for button in screen.at.button if str(button.key).startswith("bookmarks-open-")]


@pytest.mark.slow
def test_the_list_is_not_shown_unasked(open_page):
    screen = open_page("ward_map")
    assert screen.at.button(key="bookmarks-open").label == "Bookmarks"
    assert not [field for field in screen.at.text_input if field.key == "bookmarks-title"]
    open_list(screen)
    assert screen.at.text_input(key="bookmarks-title").label == "Title for this view"
    assert "None yet." in screen.text


@pytest.mark.slow
def test_a_view_is_kept_with_what_its_controls_wrote_and_nothing_foreign(open_page, store):
    screen = open_page("ward_map", measure="child_poverty_rate", ward=KURSAAL, utm_source="mail", embedx="1")
    keep(screen, "Kursaal", "Anna")
    (made,) = store.list("southend")
    assert (made.title, made.page, made.saved_by) == ("Kursaal", "ward_map", "Anna")
    assert made.query == f"measure=child_poverty_rate&ward={KURSAAL}"


@pytest.mark.slow
def test_opening_a_bookmark_shows_the_same_view_whatever_was_chosen_since(open_page, store):
    screen = open_page("ward_map", measure="child_poverty_rate", ward=KURSAAL)
    keep(screen, "Kursaal")
    (made,) = store.list("southend")
    screen.choose("measure", "population")
    screen.choose("areas", "lsoa")
    open_list(screen)
    press(screen, f"bookmarks-open-{made.id}")
    screen.run()
    assert screen.chosen("measure") == "child_poverty_rate"
    assert screen.chosen("ward") == KURSAAL
    assert screen.chosen("areas") == "ward"
    assert screen.address == {"measure": "child_poverty_rate", "ward": KURSAAL}


@pytest.mark.slow
def test_a_bookmark_without_a_plan_opens_the_lab_empty_and_undo_brings_the_plan_back(open_page, store, pack):
    made = store.add("southend", "Empty", "scenario_lab", "", boss(""))
    screen = open_page("ward_map")
    plan = Scenario("My plan", "southend", changes=(CloseSite("x"),), baseline=pack.baselines[0])
    screen.at.session_state["lab_history"] = History(plan)
    screen.at.session_state["lab_stored"] = []
    open_list(screen)
    press(screen, f"bookmarks-open-{made.id}")
    history = screen.at.session_state["lab_history"]
    assert history.now.changes == ()
    assert history.undo().now == plan


@pytest.mark.slow
def test_removal_is_undoable_at_once_and_later(open_page, store):
    one = store.add("southend", "one", "gaps", "", boss("Anna"))
    screen = open_page("ward_map")
    open_list(screen)
    press(screen, f"bookmarks-remove-{one.id}")
    assert list(store.list("southend")) == []
    assert "“one” is off the list." in screen.text
    press(screen, "bookmarks-put-back")
    assert "“one” is back on the list." in screen.text
    assert list(store.list("southend")) == [one]
    press(screen, f"bookmarks-remove-{one.id}")
    press(screen, f"bookmarks-restore-{one.id}")
    assert list(store.list("southend")) == [one]


def test_hostile_titles_are_words_and_bookmarks_of_pages_that_are_not_there_are_not_shown(open_page, store):
    store.add("southend", "<b>x</b> [y](javascript:z) **w**", "gaps", "", boss("<i>Ben</i>"))
    store.add("southend", "Nowhere", "old_page", "", boss(""))
    store.add("blackpool", "Elsewhere", "gaps", "", boss(""))
    screen = open_page("ward_map")
    open_list(screen)
    assert labels(screen) == [r"1\. \<b\>x\</b\> \[y\]\(javascript:z\) \*\*w\*\*"]
    assert r"\<i\>Ben\</i\>" in screen.text


def test_a_title_is_asked_for_and_nothing_typed_is_lost(open_page, store):
    screen = open_page("ward_map")
    keep(screen, "  ", "Anna")
    assert "Not kept: give the bookmark a title" in screen.text
    assert screen.at.text_input(key="bookmarks-who").value == "Anna"
    assert list(store.list("southend")) == []


def test_the_meeting_never_keeps_a_family_s_postcode():
    def page():
        import streamlit as st

        from ui.kit.bookmarks import view_query

        for key in ("place", "way", "step"):
            st.session_state[f"url:{key}"] = {}
        st.query_params.from_dict({"place": "SS1 2QA", "way": "gp_practice", "step": "far", "foreign": "x"})
        for name in ("meeting", "travel_time"):
            st.text(view_query(name))

    at = AppTest.from_function(page).run()
    assert [text.value for text in at.text] == ["step=far", "place=SS1+2QA&way=gp_practice&step=far"]


def test_a_store_that_cannot_be_opened_is_said_in_the_list_alone(open_page, monkeypatch):
    monkeypatch.setenv("REACH_DATABASE_URL", "sqlite:////proc/nowhere/x.sqlite")
    screen = open_page("ward_map")
    assert not screen.at.error
    open_list(screen)
    assert "cannot be opened" in screen.at.error[0].value
    assert "4,032" in screen.text


@pytest.mark.slow
def test_a_view_is_shared_by_a_short_link_and_by_lines_to_embed(open_page, database, monkeypatch):
    monkeypatch.setattr("ui.kit.links.page_address", lambda: "http://hall.example/")
    monkeypatch.setattr("ui.kit.bookmarks.page_address", lambda: "http://hall.example/")
    screen = open_page("ward_map", measure="child_poverty_rate", ward=KURSAAL, utm_source="mail")
    open_list(screen)
    query = urlencode({**named_in_links(), "measure": "child_poverty_rate", "ward": KURSAAL})
    (lines,) = [code.value for code in screen.at.code]
    assert f'src="http://hall.example/ward_map?{query.replace("&", "&amp;")}&amp;embed=1" title="Ward map"' in lines
    press(screen, "bookmarks-short")
    link, _ = [code.value for code in screen.at.code]
    opened = ShortLinkStore.open(database)
    kept = opened.find(link.removeprefix("http://hall.example/s/"))
    opened.close()
    assert (kept.page, kept.query) == ("ward_map", query)
    assert "a postcode included" in screen.text


@pytest.mark.parametrize(("asked", "buttons"), [("1", []), ("true", ["Bookmarks"]), ("11", ["Bookmarks"])])
def test_only_an_embedded_page_has_no_bookmarks(open_page, asked, buttons):
    screen = open_page("ward_map", embed=asked, measure="child_poverty_rate")
    assert [button.label for button in screen.at.button if button.key == "bookmarks-open"] == buttons
    assert screen.chosen("measure") == "child_poverty_rate"
