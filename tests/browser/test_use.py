"""What a reader does: click a ward, type a postcode, move a slider, use the keyboard, go away and come back."""

import csv
import math
import re
from pathlib import Path

import pytest
import shapely

from drawing.palette import SEA
from geo.coordinates import to_lonlat
from geo.packs import open_pack
from tests.browser.conftest import BOTH, SIZES, differing, is_map, near_colour, seen, until, words_only
from ui.kit import view

PRITTLEWELL, KURSAAL = "E05002219", "E05002216"
POSTCODE = "SS3 9PD"


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def pixel_of(reader, pack, ward, monkeypatch):
    """Where the middle of a ward lies on the map as it opens, from the map's corner."""
    monkeypatch.setattr(view, "window_width", lambda: SIZES[reader.size][0])
    first = view.area_view(tuple(pack.wards.to_crs(4326).total_bounds))
    middle = shapely.get_point(shapely.maximum_inscribed_circle(pack.wards.geometry[ward]), 0)
    (lon,), (lat,) = to_lonlat([middle.x], [middle.y], pack.crs)

    def mercator(longitude, latitude):
        y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
        return longitude / 360, -y / (2 * math.pi)

    scale = 512 * 2**first.zoom
    (x, y), (x0, y0) = mercator(lon, lat), mercator(first.longitude, first.latitude)
    box = reader.map.bounding_box()
    return box["width"] / 2 + (x - x0) * scale, box["height"] / 2 + (y - y0) * scale


def touch(reader, x, y):
    """Click, or on a phone tap, the map."""
    reader.map.scroll_into_view_if_needed()
    place = {"position": {"x": x, "y": y}}
    (reader.map.tap if reader.size == "phone" else reader.map.click)(**place)


@BOTH
def test_a_click_on_a_ward_fills_its_profile(reader, app, pack, monkeypatch):
    reader.open(f"{app}/?services=none")
    reader.painted(is_map, "a map")
    page = reader.page
    for ward in (PRITTLEWELL, KURSAAL):
        name = pack.wards.loc[ward, "name"]
        before = reader.look()
        place = pixel_of(reader, pack, ward, monkeypatch)
        # deck.gl takes a press of more than a quarter of a second for a drag: a busy machine's click
        for _ in range(5):
            touch(reader, *place)
            try:
                until(lambda ward=ward: reader.query().get("ward") == ward, f"{ward} in the address", wait_s=12)
                break
            except AssertionError:
                continue
        page.get_by_text(re.compile(rf"^{name} is (one of the|not a) target ward")).wait_for()
        assert reader.query()["ward"] == ward
        table = page.get_by_test_id("stTable").first
        until(lambda table=table, name=name: name in table.inner_text(), f"{name}'s figures")
        assert "Children aged 0–17 in poverty" in table.inner_text()
        # The ward is outlined in plum, and the map has not moved.
        outlined = reader.painted(lambda now: near_colour(now, "#801650").mean() > 0.001, f"{name} outlined")
        # On a phone the ward that lies under the finger is a larger part of a smaller map.
        assert differing(before, outlined) < (0.3 if reader.size == "phone" else 0.15)
    # A link reopens it.
    reader.open(page.url)
    page.get_by_text(re.compile(r"^Kursaal is one of the target wards")).wait_for()


def test_a_postcode_gives_a_route(reader, app):
    reader.open(f"{app}/travel_time")
    page = reader.page
    before = reader.painted(is_map, "a map")
    box = page.get_by_role("textbox", name="Postcode, street, ward or venue")
    box.fill("ss39pd")
    box.press("Enter")
    headline = page.locator("p").filter(has_text=f"From {POSTCODE}")
    headline.wait_for()
    assert re.search(r"\d+ minutes", headline.inner_text())
    page.get_by_text("street by street").click()
    legs = page.get_by_test_id("stExpander").locator("li")
    until(lambda: legs.count() > 2, "the way street by street")
    assert re.search(r", \d+ m$|, \d\.\d km$", legs.first.inner_text())
    dark = near_colour(before, "#0B0C0C").sum()
    reader.painted(
        lambda now: differing(before, now) > 0.0005 and near_colour(now, "#0B0C0C").sum() > dark, "the way in dark"
    )
    until(lambda: "place" in reader.query(), "the place in the address")
    reader.open(page.url)
    headline.wait_for()


@words_only
def test_the_slider_changes_the_sentence(reader, app):
    reader.open(f"{app}/travel_time")
    page = reader.page
    said = page.get_by_role("heading", level=2).first
    first = said.inner_text()
    assert "within 15 minutes" in first
    slider = page.get_by_role("slider", name="Within")
    slider.press("ArrowRight")
    page.get_by_text("within 20 minutes").first.wait_for()
    until(lambda: reader.query().get("within") == "20", "the minutes in the address")
    people = [int(re.match(r"([\d,]+) of", text)[1].replace(",", "")) for text in (first, said.inner_text())]
    assert people[1] >= people[0]


def test_the_map_stays_where_the_reader_moved_it(reader, app):
    reader.open(f"{app}/travel_time")
    page = reader.page
    opened = reader.painted(is_map, "a map")
    box = reader.map.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    page.mouse.down()
    page.mouse.move(x - 120, y - 90, steps=6)
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"] + 60, y)
    moved = reader.painted(lambda now: differing(opened, now) > 0.1, "another part")
    sea = near_colour(moved, SEA, 12)
    assert sea.mean() > 0.03, "some sea to go by"

    def overlap(picture):
        now = near_colour(picture, SEA, 12)
        # The sentence above may move the map by part of a pixel, and its picture gains or loses a line.
        lines = min(len(now), len(sea))
        return (now[:lines] & sea[:lines]).sum() / (now[:lines] | sea[:lines]).sum()

    assert overlap(opened) < 0.8, "moving shows"
    for words, sentence in (("library", "can reach a library"), ("GP practice", "can reach a GP practice")):
        reader.choose("To the nearest …", words)
        page.get_by_text(sentence).first.wait_for()
        reader.settled()
        picture = reader.painted(is_map, "a map")
        assert differing(moved, picture) > 0.01, "other streets are blue"
        assert overlap(picture) > 0.93, "the map has jumped"


@words_only
def test_back_and_forward_show_what_was_there(reader, app):
    reader.open(f"{app}/travel_time?within=20")
    page = reader.page
    before = {"within": "20"}
    for label, words, key, code in (
        ("To the nearest …", "library", "service", "library"),
        ("Travelling by …", "Cycling", "mode", "cycle"),
    ):
        reader.choose(label, words)
        after = before | {key: code}
        reader.has_query(after)
        before = after
    page.go_back()
    reader.has_query({"within": "20", "service": "library"})
    reader.settled()
    page.get_by_text("can reach a library").first.wait_for()
    page.go_back()
    reader.has_query({"within": "20"})
    page.get_by_text("can reach a children's centre").first.wait_for()
    reader.settled()
    page.go_forward()
    reader.has_query({"within": "20", "service": "library"})
    page.get_by_text("can reach a library").first.wait_for()
    reader.settled()
    reader.has_query({"within": "20", "service": "library"})


def test_a_change_sends_less_than_a_megabyte(reader, app):
    reader.open(f"{app}/travel_time")
    reader.painted(is_map, "a map")
    first = reader.received
    reader.choose("To the nearest …", "GP practice")
    reader.page.get_by_text("can reach a GP practice").first.wait_for()
    reader.settled()
    reader.painted(is_map, "a map")
    sent = reader.received - first
    assert 1_000 < sent < 1_000_000, f"{sent:,} bytes for one change"
    # The wards' page fetches its shapes once: another measure sends its classes alone.
    reader.open(f"{app}/")
    reader.painted(is_map, "a map")
    first = reader.received
    reader.choose("What to map", "Share of children aged 0–17 in poverty")
    reader.page.get_by_text("Share of children aged 0–17 in poverty").first.wait_for()
    reader.settled()
    reader.painted(is_map, "a map")
    assert 1_000 < reader.received - first < 1_000_000


@words_only
def test_everything_can_be_chosen_by_keyboard(reader, app):
    reader.open(f"{app}/")
    page = reader.page
    wanted = ["What to map", "Which figures", "Services on the map", "Ward"]
    for name in wanted:  # their scripts come after the page, and keys this fast would go past an empty place
        page.get_by_role("combobox", name=name, exact=True).wait_for()
    label = "document.activeElement.getAttribute('aria-label')"
    reached: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        if (at := page.evaluate(label)) in wanted and at not in reached:
            reached.append(at)
        if len(reached) == len(wanted):
            break
    assert sorted(reached) == sorted(wanted)
    for _ in range(80):  # and back again
        if page.evaluate(label) == "Ward":
            break
        page.keyboard.press("Shift+Tab")
    option = page.get_by_role("option", name="Kursaal")

    def listed():
        # The page scrolls to the box that gets the focus, and that closes a list which a key has just opened: whoever
        # types that fast on a busy machine types again.
        page.keyboard.type("Kursaal")
        if seen(option):
            return True
        for key in ("Escape", "Control+a", "Delete"):
            page.keyboard.press(key)
        return False

    until(listed, "Kursaal in the list")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"^Kursaal is one of the target wards")).wait_for()
    until(lambda: reader.query().get("ward") == KURSAAL, "the ward in the address")


@words_only
def test_going_back_and_to_another_page_keeps_what_was_chosen(reader, app):
    reader.open(f"{app}/travel_time?within=20&service=library")
    page = reader.page
    page.get_by_text("can reach a library within 20 minutes").first.wait_for()
    page.get_by_test_id("stTopNavLink").filter(has_text="Ward map").click()
    page.get_by_role("heading", name="Who lives here").wait_for()
    page.get_by_test_id("stTopNavLink").filter(has_text="Travel time").click()
    page.get_by_text("can reach a library within 20 minutes").first.wait_for()


@words_only
def test_the_table_comes_down(reader, app, tmp_path):
    reader.open(f"{app}/?measure=children_in_poverty")
    with reader.page.expect_download() as taken:
        reader.page.get_by_role("button", name="Download the table (CSV)").first.click()
    path = Path(tmp_path / taken.value.suggested_filename)
    taken.value.save_as(path)
    assert path.name == "southend-children_in_poverty-strategy.csv"
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("#")]
    rows = {row["code"]: row for row in csv.DictReader(lines)}
    assert len(rows) == 17
    assert float(rows[KURSAAL]["children_in_poverty"]) == 1026
