"""A view taken along, in Chromium: by a short link, inside another page, and on paper."""

import io
import re

import pytest
from pypdf import PdfReader

from tests.browser.conftest import SIZES, until, words_only
from ui.kit.print_style import CSS


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
def test_a_picture_of_a_map_is_copied_by_one_click_and_a_refusal_is_told(reader, app):
    page = reader.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.open(f"{app}/travel_time")
    names = [found.inner_text() for found in page.get_by_role("button", name="Picture").all()]
    assert len(set(names)) == len(names) >= 3, names
    page.get_by_role("button", name="Picture").first.click()
    dialog = page.get_by_role("dialog", name="Picture")
    dialog.get_by_role("button", name="Copy").click()
    dialog.get_by_text("Copied. You can paste it now.").wait_for()
    width, height, colours = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const picture = await createImageBitmap(await item.getType("image/png"));
          const paper = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
          paper.drawImage(picture, 0, 0);
          const pixels = new Uint32Array(paper.getImageData(0, 0, picture.width, picture.height).data.buffer);
          return [picture.width, picture.height, new Set(pixels).size];
        }"""
    )
    assert width > 1500
    assert height > 1100
    assert colours > 100, "a map, and not an empty sheet"
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('no')); }")
    dialog.get_by_role("button", name="Copy").click()
    dialog.get_by_text("did not let the page copy. Download the picture instead").wait_for()


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
    for control in (
        "Bookmarks", "Picture", "Download the table", "Scenario lab", "Travelling by", "Move a pin", "Type a postcode",
    ):  # fmt: skip
        assert control not in text, control


def test_on_paper_a_map_is_as_wide_as_the_sheet_and_its_parts_lie_on_each_other(chromium):
    page = chromium.new_page()
    # As Streamlit and deck.gl nest them: one part has the width of its place, the other that of the window.
    page.set_content(
        f"""{CSS}
        <div data-testid="stDeckGlJsonChart" style="position:relative;width:688px;height:520px;overflow:hidden">
        <canvas width="799" height="520" style="position:absolute;width:100%;height:100%"></canvas>
        <div id="view-default-view" style="position:absolute;width:799px;height:520px"><div style="width:799px">
        <canvas width="799" height="520" style="position:absolute;width:799px;height:520px"></canvas>
        </div></div></div>"""
    )
    sizes = "found => found.map(e => [e.clientWidth, e.clientHeight, getComputedStyle(e).objectFit])"
    assert page.locator("canvas").evaluate_all(sizes)[1][:2] == [799, 520]
    page.emulate_media(media="print")
    assert page.locator("canvas").evaluate_all(sizes) == [[688, 520, "contain"]] * 2
    page.close()
