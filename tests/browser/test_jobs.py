"""The jobs that people come for, from the first page on, with the number of things that they have to do.

An action is a click, a choice from a list, or a text that is typed and sent with Enter.
"""

import re

from tests.browser.conftest import SIZES, Reader, seen, started_app, until, window, words_only


class Person:
    """Somebody at work; counts what they do."""

    def __init__(self, reader):
        self.reader, self.page, self.actions = reader, reader.page, 0

    def click(self, role, name, **options):
        self.actions += 1
        self.page.get_by_role(role, name=name, **options).click()

    def menu(self, name):
        self.actions += 1
        self.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        self.reader.settled()

    def choose(self, label, words):
        self.actions += 1
        self.reader.choose(label, words)

    def type(self, label, text, role="textbox"):
        self.actions += 1
        box = self.page.get_by_role(role, name=label)
        box.fill(text)
        box.press("Enter")


@words_only
def test_the_best_five_sites_are_found_and_adopted(reader, app):
    reader.open(f"{app}/")
    person = Person(reader)
    person.menu("Scenario lab")
    person.click("tab", "Best sites")
    person.type("Number of hubs", "5", role="spinbutton")
    reader.settled()
    person.click("button", "Find the best sites")
    person.page.get_by_text("Proven best").wait_for()
    person.click("button", "Adopt these sites")
    person.page.get_by_text("The plan: 5 changes").wait_for()
    assert person.actions <= 5


@words_only
def test_the_profile_and_the_brief_of_a_ward(reader, app):
    reader.open(f"{app}/")
    person = Person(reader)
    person.choose("Ward", "Kursaal")
    person.page.get_by_text(re.compile("^Kursaal is one of the target wards")).wait_for()
    person.click("button", re.compile("^Make the brief of the chosen ward"))
    with person.page.expect_download() as taken:
        person.click("button", re.compile("^Save southend-kursaal.pdf"))
    assert taken.value.suggested_filename == "southend-kursaal.pdf"
    assert person.actions <= 4


@words_only
def test_a_street_in_the_hall(reader, app):
    reader.open(f"{app}/meeting")
    person = Person(reader)
    person.click("button", "Ask about a place")
    person.type("Postcode, street, ward or venue", "ness rd shoebury")
    person.page.locator(".st-key-place-asked").wait_for()  # there are two Ness Roads
    person.click("button", re.compile("Ness Road, Shoeburyness"))
    person.page.get_by_text(re.compile("From Ness Road")).wait_for()
    assert person.actions <= 3


@words_only
def test_ones_own_street(reader, app):
    reader.open(f"{app}/")
    person = Person(reader)
    person.menu("Travel time")
    person.type("Postcode, street, ward or venue", "ss39pd")
    person.page.get_by_text(re.compile(r"From SS3 9PD")).wait_for()
    assert person.actions <= 2


@words_only
def test_what_closes_with_a_centre(reader, app):
    reader.open(f"{app}/travel_time")
    person = Person(reader)
    person.choose("The map shows", "One site's area")
    until(lambda: seen(person.page.get_by_text(re.compile("If it closes"))), "what closes")
    assert person.actions <= 1


def test_who_waits_sees_it_and_a_search_ends_when_its_tab_is_closed(chromium, tmp_path):
    with (
        started_app(tmp_path / "server.log", REACH_WORKERS="1") as app,
        window(chromium, Reader, "laptop", *SIZES["laptop"], maps=False) as waits,
    ):
        waits.open(f"{app}/?ward=E05002216")
        with window(chromium, Reader, "laptop", *SIZES["laptop"], maps=False) as searches:
            searches.open(f"{app}/scenario_lab?tab=best")
            searches.choose("What matters most", "Smallest gap between target wards and the rest")
            Person(searches).type("Number of hubs", "8", role="spinbutton")
            searches.settled()
            Person(searches).click("button", "Find the best sites")
            searches.page.get_by_text("Best so far").wait_for()
            Person(waits).click("button", re.compile("^Make the brief of the chosen ward"))
            waits.page.get_by_text("Waiting. 1 other is before you.").wait_for()
            assert searches.page.get_by_role("button", name="Stop and keep the best so far").is_enabled()
        waits.page.get_by_text("Making the brief of the chosen ward").wait_for()
        waits.page.get_by_role("button", name=re.compile("^Save southend-kursaal.pdf")).wait_for()
