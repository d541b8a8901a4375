"""Your data in Chromium: a workbook is given, decided on and kept, and its link opens it; nothing of it is markup."""

import io

from openpyxl import Workbook

from tests.browser.conftest import words_only
from tests.browser.rules import findings

NAME = "<b>Hub</b> [x](https://evil.example)"


def workbook() -> bytes:
    book = Workbook()
    for row in (
        ["Site name", "Postcode", "Longitude", "Latitude"],
        [NAME, "SS1 2PS", None, None],
        ["Hub B", None, 51.54, 0.71],
        ["Hub C", None, "east", 51.54],
    ):
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@words_only
def test_a_workbook_is_given_decided_on_kept_and_opened_by_its_link(reader, app, axe):
    reader.open(f"{app}/own_data")
    page = reader.page
    given = page.locator("input[type=file]")
    given.wait_for(state="attached")
    given.set_input_files({"name": "=hubs.xlsx", "mimeType": "application/octet-stream", "buffer": workbook()})
    page.get_by_role("heading", name="1 of 3 rows can be used. 1 cannot be used. 1 needs your answer.").wait_for()
    reader.settled()
    assert not findings(page, axe)
    page.get_by_role("radiogroup", name="In 1 row, the two numbers look swapped.").get_by_text("swap them").click()
    page.get_by_role("heading", name="2 of 3 rows can be used. 1 cannot be used.").wait_for()
    reader.settled()
    name = page.get_by_role("textbox", name="Name for it")
    name.fill(f"Our hubs, {reader.size}")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("heading", name=f"a place of “Our hubs, {reader.size}”").wait_for()
    reader.settled()
    assert not findings(page, axe)
    link = page.url
    assert "layer=" in link
    reader.open(f"{app}/own_data")
    reader.open(link)
    page.get_by_role("heading", name=f"a place of “Our hubs, {reader.size}”").wait_for()
    reader.settled()
    assert not page.locator("b", has_text="Hub").count()
    assert not page.locator("a[href*=evil]").count()
    page.get_by_role("button", name="Rename, replace or remove").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("is off the list").first.wait_for()
    reader.settled()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("is as it was before").first.wait_for()
    reader.settled()  # the address is written at the end of the drawing
    assert page.url == link
