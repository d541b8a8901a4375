import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.html_map import html_map
from reports.leaflet import installed_leaflet
from tests.reports.conftest import DAY

LOADS = {"src", "srcset", "data", "poster", "action", "background", "manifest"}


@pytest.fixture(scope="module")
def page(facts):
    return html_map(facts, DAY).decode()


class Loaded(HTMLParser):
    """Collects every address that a browser would fetch for the page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in LOADS or (name == "href" and tag != "a"):
                self.found.append((tag, value))
            if name == "style" and "url(" in (value or ""):
                self.found.append((tag, value))


def test_nothing_is_loaded_from_anywhere(page):
    reader = Loaded()
    reader.feed(page)
    assert reader.found == []
    styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL))
    assert "@import" not in styles
    for address in re.findall(r"url\(([^)]*)\)", styles):
        assert address.strip("'\" ").startswith(("data:image/png;base64,", "#")), address
    scripts = "".join(re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))
    own = scripts.replace(installed_leaflet().script, "")
    assert "http" not in own.replace("http://www.w3.org/2000/svg", "")
    assert "sourceMappingURL" not in page
    assert "L.tileLayer" not in own


def test_it_has_language_title_table_attribution_and_date(page, facts):
    assert '<html lang="en-GB">' in page
    assert page.count("<title>") == 1
    assert "© OpenStreetMap contributors" in page
    assert "31 May 2026" in page
    assert facts.pack.digest in page
    for name in facts.pack.wards["name"]:
        assert name.replace("'", "&#x27;") in page
    assert page.index('class="folium-map"') < page.index("<table>")


def test_it_is_the_same_bytes_each_time(facts, page):
    assert html_map(facts, DAY).decode() == page


def test_it_weighs_little_enough_to_send(page):
    assert len(page.encode()) < 3_000_000


def test_leaflet_is_whole(page):
    leaflet = installed_leaflet()
    assert "L.version" in leaflet.script or "version" in leaflet.script
    assert "images/" not in leaflet.style
    assert leaflet.script in page


@pytest.mark.browser
def test_it_draws_with_the_network_cut(page, tmp_path: Path, chromium):
    path = tmp_path / "map.html"
    path.write_text(page, encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    try:
        tab = context.new_page()
        asked, faults = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(path.as_uri())
        tab.wait_for_selector(".leaflet-overlay-pane path, .leaflet-streets-pane path", state="attached")
        assert asked == [path.as_uri()]
        assert faults == []
        assert tab.locator("path.leaflet-interactive").count() >= 17
        assert tab.locator(".leaflet-marker-icon .sign").count() >= 9
        sign = tab.locator(".leaflet-marker-icon:has(.sign)").first
        sign.focus()
        assert tab.locator(".leaflet-tooltip").count() >= 1
        tab.locator(".leaflet-control-layers-toggle").focus()
        tab.keyboard.press("Enter")
        assert tab.get_by_text("Libraries", exact=False).first.is_visible()
        box = tab.locator(".folium-map").bounding_box()
        assert box is not None
        assert box["height"] > 400
    finally:
        context.close()
