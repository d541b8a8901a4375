"""The meeting view in Chromium: keys, clicker and touch, a question on the spot, the link, and sizes of a hall."""

import io
import re

import pytest

from tests.browser.conftest import Reader, is_map, until, window, words_only
from ui.meeting.share import share_html

# The fifth step is there once a plan has been chosen.
TITLES = [
    "Who lives here",
    "Where help is",
    "How far it is with a pram",
    "Who is left out",
    "What the plan would change",
    "What we ask you",
]
PLANNED = "story_plan=example-one-hub-for-shoebury"
HALLS = {"small": (1280, 720), "large": (1920, 1080)}


class Hall(Reader):
    """A room before the meeting view."""

    @property
    def title(self):
        return self.page.locator(".story h1").inner_text()

    def shows(self, title):
        until(lambda: self.title == title, f"the step {title!r}, not {self.title!r}")
        self.settled()

    def press(self, key, title):
        # What the keys belong to: Streamlit fetches the script of buttons by itself, and it may come after the title.
        self.page.locator(":is(.st-key-meeting_page_down, .st-key-meeting_return) button").last.wait_for(
            state="attached"
        )
        self.page.keyboard.press(key)
        self.shows(title)

    def button(self, name):
        return self.page.get_by_role("button", name=name)


@pytest.fixture(params=["small"])
def hall(request, chromium):
    width, height = HALLS.get(request.param, (390, 844))
    maps = request.node.get_closest_marker("words_only") is None
    with window(chromium, Hall, request.param, width, height, maps=maps) as room:
        yield room


@words_only
def test_arrows_and_clicker_turn_the_steps(hall, app):
    hall.open(f"{app}/meeting?{PLANNED}")
    assert hall.title == TITLES[0]
    hall.press("ArrowRight", TITLES[1])
    until(lambda: hall.query().get("step") == "help", "the step in the address")
    hall.press("PageDown", TITLES[2])
    hall.press("PageUp", TITLES[1])
    hall.press("ArrowLeft", TITLES[0])
    assert hall.button("Back").is_disabled(), "there is nothing before the first step"
    hall.page.keyboard.press("ArrowLeft")
    # Were that a step, it would be one too few for what comes next.
    hall.press("ArrowRight", TITLES[1])
    hall.press("ArrowLeft", TITLES[0])
    hall.button("Next").click()
    hall.shows(TITLES[1])
    hall.button("Back").click()
    hall.shows(TITLES[0])
    hall.page.get_by_role("radio", name="6 What we ask you").or_(hall.button("6 What we ask you")).first.click()
    hall.shows(TITLES[5])
    assert hall.button("Next").is_disabled()


@words_only
@pytest.mark.parametrize("hall", ["phone"], indirect=True)
def test_touch_turns_the_steps_on_a_phone(hall, app):
    hall.open(f"{app}/meeting?step=out&{PLANNED}")
    wide, room = hall.page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return [m.scrollWidth, m.clientWidth] })()"
    )
    assert wide <= room, "no sideways scroll"
    until(lambda: (box := hall.button("Next").bounding_box())["y"] + box["height"] <= 844, "within reach of a thumb")
    after = hall.button("Next").bounding_box()
    assert min(after["height"], after["width"]) >= 24
    hall.button("Next").tap()
    hall.shows(TITLES[4])


@pytest.mark.parametrize("hall", list(HALLS), indirect=True)
def test_every_step_fits_a_hall_and_is_large_enough(hall, app):
    hall.open(f"{app}/meeting?{PLANNED}")
    for number, title in enumerate(TITLES):
        if number:
            hall.press("ArrowRight", title)
        fits_the_hall(hall, title)
        if number < 3:
            hall.painted(is_map, f"a map: {title}")


def fits_the_hall(hall, title):
    """Hold that a step needs no scrolling and is large enough for the back of a hall."""
    width, height = HALLS[hall.size]
    measure = "(() => { const m = document.querySelector('[data-testid=stMain]');"
    measure += " return [m.scrollHeight, m.clientHeight, m.scrollWidth, m.clientWidth] })()"

    def fits():
        tall, room, wide, across = hall.page.evaluate(measure)
        return tall <= room and wide <= across

    until(fits, f"nothing to scroll: {title}", 20)
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    for part, least in ((".sentence", 0.055), (".number", 0.09), (".means", 0.033)):
        assert hall.page.locator(f".story {part}").evaluate(size) >= least * height, f"{title}: {part} from the back"
    story = hall.page.locator(".story").bounding_box()
    bar = hall.button("Next").bounding_box()
    assert story["y"] + story["height"] <= bar["y"], f"{title}: nothing lies under the buttons"
    picture = hall.page.locator(".st-key-meeting_picture").bounding_box()
    assert picture["y"] + picture["height"] <= bar["y"] + 4, title
    assert picture["x"] + picture["width"] <= width, title


@words_only
def test_full_screen_hides_the_menu_and_keeps_the_keys(hall, app):
    hall.open(f"{app}/meeting")
    header = hall.page.get_by_test_id("stHeader")
    assert header.is_visible()
    picture = hall.page.locator(".st-key-meeting_picture")
    small = picture.bounding_box()["height"]
    hall.button("Full screen").click()  # it has its name from what makes it listen
    until(lambda: not header.is_visible(), "the menu to go")
    until(lambda: picture.bounding_box()["height"] > small, "the picture to take its room")
    hall.settled()
    hall.press("ArrowRight", TITLES[1])
    hall.button("Leave full screen").click()
    until(header.is_visible, "the menu to come back")
    until(lambda: hall.title == TITLES[1], "the step that it was at")


@words_only
def test_a_question_on_the_spot_and_back_to_the_same_step(hall, app):
    hall.open(f"{app}/meeting?step=out")
    hall.button("Ask about a place").click()
    box = hall.page.get_by_role("textbox", name="Postcode, street, ward or venue")
    box.fill("Ness Road, Shoeburyness")
    box.press("ArrowLeft")  # moves in the text, not in the story
    box.press("Enter")
    hall.page.get_by_text("From Ness Road").first.wait_for()
    hall.page.get_by_text(re.compile(r"The nearest children's centre is .+ minutes")).wait_for()
    until(lambda: "place" in hall.query(), "the place in the address")
    hall.button("Back to the story").click()
    hall.shows(TITLES[3])
    until(lambda: "place" not in hall.query(), "the street to be forgotten")
    hall.button("Ask about a place").click()
    assert hall.page.get_by_role("textbox", name="Postcode, street, ward or venue").input_value() == ""
    hall.settled()
    hall.press("PageDown", TITLES[3])


@words_only
def test_not_sure_opens_how_the_figure_was_made(hall, app):
    hall.open(f"{app}/meeting?step=out&{PLANNED}")
    hall.button("Not sure?").click()
    hall.page.get_by_role("heading", name="How this figure was made").wait_for()
    assert "15 minutes with a pram" in hall.page.locator(".behind").inner_text()
    assert hall.page.locator(".behind tbody tr").count() == 6
    hall.button("Back to the picture").click()
    hall.page.locator(".bars").wait_for()
    hall.button("Not sure?").click()
    hall.press("ArrowRight", TITLES[4])
    assert hall.page.locator(".behind").count() == 0, "the next step starts with its picture"


@words_only
def test_the_speaker_has_a_note(hall, app):
    hall.open(f"{app}/meeting?step=help")
    hall.button("Speaker's note").click()
    hall.page.get_by_text("Ask who has been there.").wait_for()


def read_codes(picture):
    """Every QR code in a picture, read by a library that had no part in making it."""
    import zxingcpp
    from PIL import Image

    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))]


@words_only
def test_a_link_reopens_the_same_step_in_its_language(hall, app):
    hall.open(f"{app}/meeting?step=far&story_wards=E05002216~E05002218&lang=pl")
    hall.shows("Jak daleko jest z wózkiem")
    assert "Kursaal" in hall.page.locator(".sentence").inner_text()
    assert "needs review" in hall.page.locator(".review").inner_text()


@words_only
def test_no_code_leads_phones_to_an_address_that_they_cannot_open(hall, app):
    hall.open(f"{app}/meeting?step=far")
    hall.button("Share").click()
    hall.page.get_by_text("Phones cannot open this page").wait_for()
    assert not read_codes(hall.page.screenshot())
    assert hall.page.locator(".behind a").count() == 0


def test_the_code_on_the_wall_is_read_by_a_phone(hall):
    link = "http://192.168.0.20:8501/meeting?step=far&story_wards=E05002216~E05002218&lang=pl"
    hall.page.set_content(share_html("Share", link, 320, "en"))
    assert hall.page.locator(".behind a").get_attribute("href") == link
    assert read_codes(hall.page.screenshot()) == [link], "what a phone's camera reads"


@words_only
def test_without_a_plan_the_story_has_no_step_about_one(hall, app):
    hall.open(f"{app}/meeting?step=out")
    hall.shows(TITLES[3])
    hall.press("ArrowRight", TITLES[5])


@words_only
def test_the_language_is_one_switch(hall, app):
    hall.open(f"{app}/meeting?step=far")
    hall.page.get_by_text("Polski", exact=True).click()
    hall.shows("Jak daleko jest z wózkiem")
    hall.page.get_by_text("العربية", exact=True).click()
    hall.shows("كم تبعد مع عربة أطفال")
    assert hall.page.locator(".story").get_attribute("dir") == "rtl"
    until(lambda: hall.page.locator(".st-key-meeting_nav").get_attribute("dir") == "rtl", "the steps from the right")
    edges = {
        name: hall.page.locator(place).bounding_box()["x"]
        for name, place in (("story", ".story"), ("picture", ".st-key-meeting_picture"))
    }
    assert edges["picture"] < edges["story"], "the words come first, on the right"
    assert hall.button("التالي").bounding_box()["x"] < hall.button("السابق").bounding_box()["x"]
    wide, room = hall.page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return [m.scrollWidth, m.clientWidth] })()"
    )
    assert wide <= room, "no sideways scroll"
    hall.page.evaluate("document.activeElement.blur()")  # in the switch, arrows go from language to language
    hall.press("ArrowLeft", "من لا تصله المساعدة")
    hall.press("ArrowRight", "كم تبعد مع عربة أطفال")
    hall.page.get_by_text("English", exact=True).click()
    hall.shows(TITLES[2])
    until(lambda: hall.page.locator(".st-key-meeting_nav").get_attribute("dir") == "ltr", "and back")
