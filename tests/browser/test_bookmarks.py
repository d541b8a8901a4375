"""Bookmarks in Chromium: keep a view, go elsewhere, and find it again as it was; by mouse, by thumb and by keyboard."""

from tests.browser.conftest import until, words_only


def opened(page):
    """Open the bookmarks and return their dialog."""
    page.get_by_role("button", name="Bookmarks", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title for this view").wait_for()
    return dialog


@words_only
def test_a_view_is_kept_and_found_again_as_it_was(reader, app):
    title = f"Kursaal <b>poor</b> {reader.size}"
    reader.open(app)
    page = reader.page
    reader.choose("What to map", "Share of children aged 0–17 in poverty")
    reader.choose("Ward", "Kursaal")
    wanted = {"measure": "child_poverty_rate", "ward": "E05002216"}
    reader.has_query(wanted)
    dialog = opened(page)
    dialog.get_by_label("Title for this view").fill(f"{title} [x](https://evil.example)")
    dialog.get_by_role("button", name="Bookmark this view").click()
    dialog.get_by_text(f"Kept as “{title}").wait_for()
    assert not dialog.locator("b", has_text="poor").count()
    assert not dialog.locator("a[href*=evil]").count()
    dialog.get_by_role("button", name="Close", exact=True).click()
    dialog.wait_for(state="detached")
    reader.open(f"{app}/gaps")
    dialog = opened(page)
    dialog.get_by_role("button", name=title).click()
    page.get_by_role("heading", name="Who lives here, and where is help?").wait_for()
    reader.settled()
    reader.has_query(wanted)
    assert "/gaps" not in page.url
    page.get_by_text("Kursaal is one of the target wards").wait_for()
    until(lambda: page.get_by_text("31%").count(), "the child poverty rate of the target wards")
    dialog = opened(page)
    row = dialog.get_by_role("button", name=title)
    dialog.get_by_role("button", name="Remove 1", exact=True).click()
    dialog.get_by_text("is off the list").wait_for()
    until(lambda: not row.count(), "the bookmark to go")
    dialog.get_by_role("button", name="Undo").click()
    row.wait_for()


@words_only
def test_by_keyboard_alone(reader, app):
    reader.open(f"{app}/accessibility")
    page = reader.page
    inmost = """(() => { let at = document.activeElement;
      while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; return at; })()"""
    focused = f"""() => {{ const at = {inmost};
      return ["BUTTON", "INPUT"].includes(at.tagName) ? at.getAttribute("aria-label") || at.innerText : ""; }}"""

    def tab_to(words, most):
        for _ in range(most):
            if words in page.evaluate(focused):
                return
            left = page.evaluate_handle(inmost)
            page.keyboard.press("Tab")
            page.wait_for_function(f"left => {inmost} !== left", arg=left)
        raise AssertionError(f"{most} times Tab do not reach {words}")

    page.get_by_role("button", name="Bookmarks", exact=True).wait_for()
    tab_to("Bookmarks", 20)
    page.keyboard.press("Enter")
    page.get_by_label("Title for this view").wait_for()
    tab_to("Title for this view", 6)
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.get_by_text("Kept as “By keyboard”").wait_for()
    assert page.evaluate(focused) == "Title for this view", "what is told moved the reader out of the field"
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
