"""People and this server in Chromium: found on one's own machine, and refused to whoever else may come."""

import sys

from benchmarks.serving import served
from tests.browser.conftest import BOTH, Reader, words_only


@BOTH
@words_only
def test_both_pages_are_a_click_away_on_one_s_own_machine(reader, app):
    reader.open(f"{app}/data_and_method")
    page = reader.page
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("heading", name="Who may do what?").wait_for()
    page.get_by_text("Nobody signs in here").wait_for()
    page.get_by_role("tab", name="What was changed").click()
    page.get_by_text("no line can be taken away").wait_for()
    reader.open(f"{app}/data_and_method")
    page.get_by_role("link", name="This server", exact=True).click()
    page.get_by_role("rowheader", name="Pages that are open").wait_for()
    page.get_by_role("button", name="See what would go").click()
    page.get_by_text("Nothing was deleted that long ago.").wait_for()
    reader.settled()
    wide = page.evaluate("[document.querySelector('[data-testid=stMain]').scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


@words_only
def test_whoever_comes_to_an_open_server_is_told_one_sentence(reader: Reader, tmp_path):
    plans = f"sqlite:///{tmp_path}/plans.sqlite"
    command = [sys.executable, "-m", "cli", "app", "--headless", "--open-to-all", "--port"]
    with served(command, {"REACH_DATABASE_URL": plans}, tmp_path / "server.log") as address:
        for path, word in (("people", "council.example"), ("server", "SQLite")):
            reader.open(f"{address}/{path}")
            reader.page.get_by_text("needs the role administrator, and yours is planner").wait_for()
            assert not reader.page.get_by_text(word).count()
            assert not reader.page.get_by_role("table").count()
        reader.open(f"{address}/data_and_method")
        assert not reader.page.get_by_role("link", name="This server").count()
