"""Two areas in Chromium: switched by the list beside the title, and found again by the browser's own way back."""

import json

import pytest

from tests.browser.conftest import FOOT, started_app, until, words_only
from tests.samples import write_pack


@pytest.fixture
def two_areas(tmp_path, monkeypatch, chromium):
    write_pack(tmp_path / "packs" / "first")
    write_pack(tmp_path / "packs" / "other", targets=[], strategy=False)
    manifest = tmp_path / "packs" / "other" / "pack.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**content, "name": "Othershire"}), encoding="utf-8")
    monkeypatch.setenv("REACH_DATA", str(tmp_path / "packs"))
    monkeypatch.setenv("REACH_AREA", "first")
    with started_app(tmp_path / "server.log") as address:
        yield address


@words_only
def test_another_area_and_back(reader, two_areas):
    reader.open(f"{two_areas}/ward?ward=kursaal")
    page = reader.page
    reader.has_query({"ward": "E05002216"})
    area = page.get_by_role("combobox", name="Area", exact=True)
    area.click()
    page.get_by_role("option", name="Othershire", exact=True).click()
    reader.has_query({"area": "other"})
    page.get_by_text("Choose a ward to read all that is known of it.").wait_for()
    until(lambda: page.get_by_text(FOOT).count() == 1, "the page of the other area alone")
    page.get_by_role("link", name="Data and method").first.click()
    page.get_by_role("heading", name="Where do the figures come from?").wait_for()
    reader.settled()
    reader.has_query({"area": "other"})
    assert area.input_value() == "Othershire"
    page.go_back()
    page.get_by_role("heading", name="All about one ward").wait_for()
    reader.has_query({"area": "other"})
    page.go_back()
    reader.has_query({"ward": "E05002216"})
    until(lambda: area.input_value() == "Plainshire", "the first area")
    until(lambda: page.get_by_role("combobox", name="Ward", exact=True).input_value() == "Kursaal", "its ward")
    reader.open(f"{two_areas}/ward/kursaal?area=other")  # a ward's own address carries its area, too
    reader.has_query({"area": "other", "ward": "E05002216"})
