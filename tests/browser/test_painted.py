"""What the maps show is to be seen on them; the tables of the data come up."""

from tests.browser.conftest import BOTH, colours, differing, is_map, near_colour, until, words_only

ORANGE, PLUM, LIGHT_BLUE = "#F46A25", "#801650", "#4A94DA"


@BOTH
def test_the_ward_map_is_painted(reader, app):
    reader.open(f"{app}/")

    def has_wards(picture):
        blue = (picture[..., 2] - picture[..., 0] > 60).mean()
        return is_map(picture) and blue > 0.02 and near_colour(picture, PLUM).mean() > 0.001

    picture = reader.painted(has_wards, "wards in blue with children's centres")
    assert colours(picture) > 60
    assert "© OpenStreetMap contributors" in reader.page.locator("body").inner_text()


def test_the_streets_are_painted_by_time(reader, app):
    reader.open(f"{app}/travel_time")

    def has_streets(picture):
        shares = [near_colour(picture, colour).mean() for colour in (ORANGE, PLUM, LIGHT_BLUE)]
        return is_map(picture) and min(shares) > 0.004

    reader.painted(has_streets, "streets in blue, orange and plum")
    # Found by what a map says of itself, and not by the time limit: see ui/kit/veil.py.
    assert reader.map.get_attribute("data-base-map") == "painted"
    assert "© OpenStreetMap contributors" in reader.page.locator("body").inner_text()
    # A longer limit turns streets from orange and plum to blue.
    before = reader.look()
    slider = reader.page.get_by_role("slider", name="Within")
    for _ in range(3):
        slider.press("ArrowRight")
    reader.page.get_by_text("within 30 minutes").first.wait_for()
    after = reader.painted(lambda now: differing(before, now) > 0.02, "other colours for a longer limit")
    beyond = [near_colour(p, ORANGE).mean() + near_colour(p, PLUM).mean() for p in (before, after)]
    assert beyond[1] < 0.7 * beyond[0]


@words_only
def test_the_page_that_tells_of_the_data_has_its_tables(reader, app):
    reader.open(f"{app}/data_and_method")
    page = reader.page
    for tab in page.get_by_role("tab").all():
        tab.click()
        panel = page.get_by_role("tabpanel").filter(visible=True)
        until(lambda panel=panel: len(panel.inner_text()) > 20 or panel.locator("canvas").count(), tab.inner_text())
    assert page.get_by_text("What reach is, and what it is not").is_visible()
