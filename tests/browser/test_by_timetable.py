"""Travel time by timetable on a laptop and on a phone: the answer, the way, there and back, and nothing cut off."""

from drawing.palette import CATEGORICAL
from tests.browser.conftest import BOTH, SIZES, is_map, near_colour, until, words_only

BUS = "area=newport&service=gp_practice&mode=transit_pram"
BACK = "map=back&free_until=10:30"
PLACE = "place=SS3+9AL"


def fits(reader):
    """Hold that nothing makes the page wider than its window."""
    width = SIZES[reader.size][0]
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    assert reader.page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth") <= width


def pick(reader, label, words):
    """Choose from a list: by letters on a laptop, which draws only the options in sight; a phone's box takes none."""
    if reader.size == "laptop":
        reader.choose(label, words)
        return
    reader.page.get_by_role("combobox", name=label, exact=True).click()
    reader.page.get_by_role("option", name=words, exact=True).first.click()
    reader.settled()


@BOTH
@words_only
def test_the_answer_by_bus_says_when_one_leaves_and_the_day_can_be_changed(reader, app):
    reader.open(f"{app}/travel_time?{BUS}")
    page = reader.page
    page.get_by_text("of leaving on a Tuesday between 09:00 and 11:00").first.wait_for()
    page.get_by_text("valid from 5 June 2023").first.wait_for()
    fits(reader)
    page.get_by_role("button", name="Tuesday, 09:00–11:00").click()
    pick(reader, "Day", "Saturday")
    page.get_by_text("of leaving on a Saturday between 09:00 and 11:00").first.wait_for()
    assert reader.query()["mode"] == "transit_pram@saturday,09:00-11:00"


@BOTH
@words_only
def test_there_and_back_is_answered_and_its_times_can_be_changed(reader, app):
    reader.open(f"{app}/travel_time?{BUS}&map=back")
    page = reader.page
    page.get_by_text("can go to a GP practice on a Tuesday and be back in time").first.wait_for()
    page.get_by_text("all between 09:15 and 14:45").first.wait_for()
    page.get_by_text("4 published and 3 assumed").first.wait_for()
    fits(reader)
    page.get_by_role("button", name="When, and for how long").click()
    pick(reader, "until", "10:30")
    page.get_by_text("all between 09:15 and 10:30").first.wait_for()
    until(lambda: reader.query().get("free_until") == "10:30", "the time in the address")
    fits(reader)


@BOTH
@words_only
def test_one_family_s_way_is_told_and_the_hours_are_listed(reader, app):
    reader.open(f"{app}/travel_time?service=gp_practice&mode=transit_pram&{BACK}&{PLACE}")
    page = reader.page
    said = page.get_by_text("From SS3 9AL").first
    said.wait_for()
    answer = page.get_by_text("on a Tuesday and be back in time").first
    assert answer.bounding_box()["y"] < said.bounding_box()["y"]
    page.get_by_text("There and back, step by step").click()
    page.get_by_text("Its hours").or_(page.get_by_text("It is open 08:00–18:30 (assumed)")).first.wait_for()
    page.get_by_text("Opening hours on a Tuesday").first.click()
    page.get_by_test_id("stDataFrame").last.wait_for()
    fits(reader)


@BOTH
def test_the_map_shows_who_can_go_and_who_would_be_late(reader, app):
    reader.open(f"{app}/travel_time?service=gp_practice&{BACK}")
    picture = reader.painted(is_map, "a map")
    for colour in (CATEGORICAL[0], CATEGORICAL[3]):
        assert near_colour(picture, colour, 45).mean() > 0.0005, colour
    legend = reader.page.get_by_text("can get there, but not back in time").first
    assert legend.is_visible()
