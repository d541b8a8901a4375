"""A view taken along, in Chromium: by a short link, inside another page, and on paper."""

import io
import re

import pytest
from pypdf import PdfReader

from tests.browser.conftest import SIZES, until, words_only


def test_a_short_link_opens_the_view_and_the_lines_to_embed_show_its_map_alone(reader, app):
    page = reader.page
    reader.open(f"{app}/travel_time?within=20")
    page.get_by_role("button", name="Bookmarks", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Short link").click()
    link = dialog.locator("code").filter(has_text="/s/")
    link.wait_for()
    address = link.inner_text().strip()
    dialog.get_by_text("Embed this view").click()
    lines = dialog.locator("code").filter(has_text="iframe").inner_text()
    reader.open(address)
    until(lambda: page.url == f"{app}/travel_time?within=20", f"the view, and not {page.url}")
    # A page of another site, with the lines in it.
    page.set_content(f"<!doctype html><title>News</title>{lines}")
    frame = page.frame_locator("iframe")
    map_ = frame.get_by_test_id("stDeckGlJsonChart").first  # there are two for a moment while a page is drawn again
    map_.wait_for()
    frame.get_by_text("up to 7 minutes").first.wait_for()
    frame.get_by_text("Map data © OpenStreetMap contributors (ODbL). Contains").first.wait_for()
    across = 0.9 * SIZES["laptop"][0]
    until(lambda: (map_.bounding_box() or {"width": 0})["width"] > across, "the map in all of the frame's width")
    frame.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    for left_out in ("Bookmarks", "Picture"):
        assert not frame.get_by_role("button", name=left_out).count()
    assert not frame.get_by_role("combobox").count()
    assert not frame.get_by_role("navigation").count()


@words_only
@pytest.mark.parametrize("page_name", ["travel_time"])
def test_on_paper_there_are_whole_tables_and_no_controls(reader, app, page_name):
    reader.open(f"{app}/{page_name}")
    page = reader.page
    on_screen = page.get_by_text("The same figures as a table").locator("xpath=ancestor::*[1]").inner_text()
    assert "West Leigh" not in on_screen
    assert page.locator(".on-paper:visible").count() == 0
    paper = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    text = "\n".join(sheet.extract_text() for sheet in paper.pages)
    assert 2 <= len(paper.pages) <= 6
    rows = re.findall(r"^(Kursaal|Milton|Belfairs|Thorpe|West Leigh) ?(?:target|rest) ", text, re.MULTILINE)
    assert set(rows) == {"Kursaal", "Milton", "Belfairs", "Thorpe", "West Leigh"}, text
    assert "can reach a children" in text
    assert "short enough. It does not mean" in " ".join(text.split())
    for control in ("Bookmarks", "Picture", "Download the table", "Scenario lab", "Travelling by"):
        assert control not in text, control
