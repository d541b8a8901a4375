"""Two areas: which one a page is about, and how one comes to the other."""

import shutil
from pathlib import Path

import pytest

from analysis.areas.side_by_side import side_by_side
from analysis.shown import as_shown
from geo.packs import open_pack
from store.bookmarks import BookmarkStore
from tests.pages.conftest import Screen
from tests.people import boss
from tests.samples import write_pack
from ui.areas.chart import chart_words
from ui.kit.session import Session
from wording.areas import answer_words
from wording.numbers import people

HERE, OTHER = "plain", "whole"
SWITCH = Session.area_chosen.key


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packs of the same streets, of which the second has no strategy and no target wards."""
    folder = tmp_path_factory.mktemp("packs")
    write_pack(folder / HERE)
    write_pack(folder / OTHER, targets=[], strategy=False)
    manifest = folder / OTHER / "pack.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("Plainshire", "Wholeshire"), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def two_areas(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACH_DATA", str(packs))
    monkeypatch.setenv("REACH_AREA", HERE)


def area_of(screen: Screen) -> str:
    return str(screen.at.session_state[Session.area_shown.key])


def test_a_link_names_its_area_and_the_usual_one_is_left_out(open_page):
    screen = open_page("accessibility")
    assert screen.chosen(SWITCH) == HERE
    assert "area" not in screen.address
    screen = open_page("accessibility", area=OTHER)
    assert screen.chosen(SWITCH) == OTHER
    assert screen.address["area"] == OTHER
    assert "area" not in open_page("accessibility", area=HERE).address


def test_the_area_stays_from_page_to_page(open_page):
    screen = open_page("accessibility", area=OTHER)
    del screen.at.query_params["area"]  # as a choice in the menu does
    screen.at.switch_page("pages/data_and_method.py")
    screen.run()
    assert area_of(screen) == OTHER
    assert screen.address["area"] == OTHER


@pytest.mark.slow
def test_switching_keeps_the_page_and_what_is_asked_and_drops_the_place(open_page):
    screen = open_page("travel_time", service="library", place="SS0 7AD", mode="walk_adult")
    assert screen.address["place"]
    screen.choose(SWITCH, OTHER)
    assert screen.address == {"area": OTHER, "service": "library", "mode": "walk_adult"}
    assert screen.at.title[0].value == "How long does it take to get there?"
    assert not screen.notes
    screen.choose(SWITCH, HERE)
    assert screen.address == {"service": "library", "mode": "walk_adult"}


@pytest.mark.slow
def test_switching_drops_the_ward_and_the_choice_of_what_the_area_lacks(open_page):
    screen = open_page("ward", ward="kursaal", baseline="census_2011")
    screen.choose(SWITCH, OTHER)
    assert screen.address == {"area": OTHER}
    assert not screen.at.warning
    assert "Choose a ward" in screen.text


@pytest.mark.slow
def test_the_plan_waits_for_its_area(open_page):
    screen = open_page("scenario_lab", **{"try": "SS0 7AD"})
    plan = screen.address["plan"]
    screen.choose(SWITCH, OTHER)
    assert screen.at.session_state[Session.history.key].now.area == OTHER
    assert "plan" not in screen.address
    screen.choose(SWITCH, HERE)
    assert screen.address["plan"] == plan


@pytest.mark.parametrize("page", ["accessibility", "meeting"])
def test_an_area_that_is_not_there_is_told_and_the_others_are_offered(open_page, page):
    screen = open_page(page, area="atlantis", ward="kursaal")
    assert "There is no area called “atlantis” here." in screen.text
    assert not screen.at.error
    (button,) = [button for button in screen.at.button if button.key == f"area-{OTHER}"]
    button.click().run()
    screen.intact()
    assert area_of(screen) == OTHER
    assert screen.address["area"] == OTHER
    assert "atlantis" not in screen.text


def test_where_nothing_says_which_of_several_the_page_asks(open_page, monkeypatch):
    monkeypatch.delenv("REACH_AREA")
    screen = open_page("accessibility")
    assert [heading.value for heading in screen.at.subheader] == ["Which area?"]
    (button,) = [button for button in screen.at.button if button.key == f"area-{HERE}"]
    button.click().run()
    assert screen.address["area"] == HERE, "none is the usual one, so a link names it"


def test_a_wrong_setting_is_one_sentence_with_the_areas_there_are(open_page, monkeypatch):
    monkeypatch.setenv("REACH_AREA", "atlantis")
    screen = open_page("accessibility")
    (warning,) = screen.at.warning
    assert "REACH\\_AREA" in warning.value
    assert [button.key for button in screen.at.button if str(button.key).startswith("area-")] == [
        f"area-{HERE}",
        f"area-{OTHER}",
    ]


def test_one_area_alone_is_named_without_a_control(open_page, packs, monkeypatch, tmp_path):
    shutil.copytree(packs / HERE, tmp_path / HERE)
    monkeypatch.setenv("REACH_DATA", str(tmp_path))
    monkeypatch.delenv("REACH_AREA")
    screen = open_page("accessibility")
    assert "Plainshire" in [caption.value for caption in screen.at.caption]
    assert SWITCH not in screen.at.session_state


@pytest.mark.slow
def test_a_short_link_names_its_area_even_where_it_is_the_usual_one(open_page):
    screen = open_page("ward_map")
    screen.at.session_state[Session.bookmarks_shown.key] = True
    screen.run()
    (button,) = [button for button in screen.at.button if button.key == "bookmarks-short"]
    button.click().run()
    assert screen.at.session_state[Session.short_link.key][1] == f"area={HERE}"


@pytest.mark.slow
def test_bookmarks_stay_with_their_area(open_page, database):
    store = BookmarkStore.open(database)
    store.add(HERE, "Of the first", "ward_map", "ward=E05002216", boss("Ann"))
    store.add(OTHER, "Of the second", "ward_map", f"area={OTHER}", boss("Ann"))
    store.close()
    screen = open_page("ward_map")
    for area, listed in ((HERE, "Of the first"), (OTHER, "Of the second")):
        if area != HERE:
            screen.choose(SWITCH, area)
        screen.at.session_state[Session.bookmarks_shown.key] = True
        screen.run()
        kept = [button for button in screen.at.button if str(button.key).startswith("bookmarks-open-")]
        assert [button.label for button in kept] == [f"1\\. {listed}"]


# --- areas side by side -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_areas_stand_side_by_side_with_the_figures_of_the_analysis(open_page, packs):
    screen = open_page("compare_areas", within="20", mode="walk_adult")
    found = side_by_side([open_pack(HERE), open_pack(OTHER)], within_min=20.0, mode="walk_adult")
    assert answer_words(found) in screen.text
    table = screen.table("label", HERE, OTHER).set_index("label")
    rows = found.rows[(found.rows["name"] == "children_0_3") & (found.rows["area"] == OTHER)]
    children = people(as_shown(float(rows["value"].iloc[0])))
    assert table.loc["Children aged 0–3 (Mid-2020 estimate)", OTHER] == children
    assert table.filter(like="poverty", axis=0)[OTHER].tolist() == ["not in this pack"]
    sources = screen.table("label", HERE, OTHER, "same").set_index("label")
    assert sources.loc["Streets as of", "same"] == "same"
    assert screen.at.tabs[0].label == "Within 20 minutes"
    (chart,) = screen.at.get("vega_lite_chart")
    assert chart.proto.alt == chart_words(found)
    screen.choose(Session.compared_areas.key, [HERE])
    assert "Choose two areas or more." in screen.text


def test_with_one_area_the_page_says_how_to_add_another(open_page, packs, monkeypatch, tmp_path):
    shutil.copytree(packs / HERE, tmp_path / HERE)
    monkeypatch.setenv("REACH_DATA", str(tmp_path))
    screen = open_page("compare_areas")
    (info,) = screen.at.info
    assert "reach data new" in info.value
    assert "Plainshire" in info.value
