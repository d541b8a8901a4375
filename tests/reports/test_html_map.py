import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.reach.need import INDICATORS, lsoa_values
from reports.borough_brief import borough_content
from reports.html_map import MAX_POCKETS, html_map
from reports.leaflet import installed_leaflet
from tests.reports.conftest import DAY
from wording.numbers import people

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


@pytest.mark.slow
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


@pytest.mark.slow
def test_what_trains_add_stands_under_the_map_as_on_paper(page, facts):
    rides = borough_content(facts)["rides"]
    assert f"<h2>{rides['title']}</h2><p>{rides['message']}" in page
    for name, *cells in [*rides["rows"], *rides["groups"]]:
        assert f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>' in page
    assert rides["notes"][-1] in page


@pytest.mark.slow
def test_it_is_the_same_bytes_each_time(facts, page):
    assert html_map(facts, DAY).decode() == page


def test_it_weighs_little_enough_to_send(page):
    assert len(page.encode()) < 3_000_000


def test_leaflet_is_whole(page):
    leaflet = installed_leaflet()
    assert "L.version" in leaflet.script or "version" in leaflet.script
    assert "images/" not in leaflet.style
    assert leaflet.script in page


def open_layers(tab):
    tab.locator(".leaflet-control-layers-toggle").focus()
    tab.keyboard.press("Enter")


def toggle(tab, layer):
    """Switch a layer by keyboard; a key that a busy machine lost is pressed again."""
    box = tab.get_by_role("checkbox", name=layer)
    wanted = not box.is_checked()
    for _ in range(5):
        box.press("Space")
        for _ in range(20):
            if box.is_checked() == wanted:
                return
            tab.wait_for_timeout(100)
    raise AssertionError(f"{layer} cannot be switched by keyboard")


@pytest.mark.slow
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
        open_layers(tab)
        assert tab.get_by_text("Libraries", exact=False).first.is_visible()
        box = tab.locator(".folium-map").bounding_box()
        assert box is not None
        assert box["height"] > 400
    finally:
        context.close()


HOSTILE = (
    "Hub ${window.hit = 1}",
    "Hub `; window.hit = 2; `",
    "Hub \\u0060 \\",
    "<img src=x onerror='window.hit = 3'>",
    "</script><script>window.hit = 4</script>",
)


@pytest.fixture(scope="module")
def hostile(facts):
    """The map of an area whose libraries, and one of its wards, have names that are code."""
    services, areas = facts.pack.services.copy(), facts.pack.areas.copy()
    libraries = facts.pack.services_of("library").index[: len(HOSTILE)]
    services.loc[libraries, "name"] = HOSTILE
    areas.loc[facts.pack.wards.index[0], "name"] = HOSTILE[0]
    return html_map(replace(facts, pack=replace(facts.pack, services=services, areas=areas)), DAY).decode()


@pytest.mark.slow
def test_no_name_is_read_as_code(hostile):
    """What stands between backticks in a script must hold no backtick, placeholder or backslash of its own."""
    tips = re.findall(r"bindTooltip\(\s*`(.*?)`,", hostile, re.DOTALL)
    assert len(tips) > 50
    named = [tip for tip in tips if "Hub " in tip or "&lt;img" in tip]
    assert len(named) >= 4
    assert not [tip for tip in tips if "${" in tip or "\\" in tip]


def test_hostile_names_are_shown_as_they_stand(hostile, tmp_path: Path, chromium):
    path = tmp_path / "map.html"
    path.write_text(hostile, encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    try:
        tab = context.new_page()
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(path.as_uri())
        open_layers(tab)
        toggle(tab, "Libraries")
        assert faults == []
        signs = tab.locator(".leaflet-marker-icon:has(.sign)")
        for name in HOSTILE:
            sign = signs.filter(has_text=f"Library: {name}")
            assert sign.count() == 1, name
            sign.focus()
            assert tab.locator(".leaflet-tooltip b").last.inner_text() == name
        assert tab.evaluate("window.hit") is None
    finally:
        context.close()


@pytest.mark.slow
def test_signs_have_names_and_the_small_areas_a_key(page, facts, tmp_path: Path, chromium):
    path = tmp_path / "map.html"
    path.write_text(page, encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    try:
        tab = context.new_page()
        tab.goto(path.as_uri())
        # By the role and name that a screen reader is given.
        centre = str(facts.pack.services_of("childrens_centre")["name"].iloc[0])
        assert tab.get_by_role("button", name=f"Children's centre: {centre}", exact=True).count() == 1
        assert tab.get_by_role("button", name=re.compile("children aged 0–3 around")).count() == MAX_POCKETS
        assert tab.get_by_role("button", name=re.compile(r"^(C|!)$")).count() == 0
        key = tab.locator("#small-areas-key")
        assert not key.is_visible()
        open_layers(tab)
        toggle(tab, "Children aged 0–3 by small area")
        key.wait_for(state="visible")
        shown = {
            re.sub(r"\s", "", tab.evaluate("e => getComputedStyle(e).backgroundColor", handle))
            for handle in key.locator("li span").element_handles()
        }
        drawn = set(
            tab.locator("path.leaflet-interactive").evaluate_all(
                "paths => paths.filter(p => p.getAttribute('fill-opacity') === '0.8')"
                ".map(p => getComputedStyle(p).fill)"
            )
        )
        assert drawn
        assert {re.sub(r"\s", "", colour) for colour in drawn} <= shown
        assert all(words.strip() for words in key.locator("li").all_inner_texts())
        toggle(tab, "Children aged 0–3 by small area")
        key.wait_for(state="hidden")
    finally:
        context.close()


def test_the_small_areas_have_a_table(page, facts):
    shown = lsoa_values(facts.pack, INDICATORS["children_0_3"], facts.baseline)
    table = page[page.index("<details>") : page.index("</details>")]
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)</td>', table))
    assert len(rows) == len(facts.pack.lsoas)
    for code, name in facts.pack.lsoas["name"].items():
        value = shown[code]
        assert rows[name] == people(value)
