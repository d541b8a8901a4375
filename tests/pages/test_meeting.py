"""The meeting view without a browser: the steps, what the story is about, plans, and answers on the spot."""

import json
import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from sqlalchemy import text

from analysis.reach.basket import read_basket
from analysis.scenario.file import to_json
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, CloseSite, Scenario, Venue
from analysis.story.figures import story_figures
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore
from tests.pages.conftest import named_in_links
from tests.people import boss
from ui.kit.links import only_here
from ui.meeting import about as meeting_about
from ui.meeting.share import qr_image, story_link
from ui.meeting.stage import Stage
from wording.languages import read_words
from wording.story import STEPS, story


@pytest.fixture(scope="session")
def told(pack):
    from analysis.travel.access import Access
    from geo.network.modes import mode_named

    access = Access.of(pack, mode_named("walk_pram"))
    times = {"childrens_centre": access.to_category("childrens_centre").nearest_s}
    return story(story_figures(pack, read_basket(), times), read_words())


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key in STEPS if key != "plan"])
def test_each_step_shows_its_sentence_and_number(open_page, told, key):
    text = open_page("meeting", step=key).text
    step = told.step(key)
    for part in (step.title, step.sentence, step.number, step.number_means, step.note):
        assert part in text, part


@pytest.mark.slow
def test_next_and_back_walk_the_steps_and_write_the_address(open_page):
    page = open_page("meeting")
    page.at.button(key="meeting_next").click().run()
    page.intact()
    assert page.address["step"] == "help"
    page.at.button(key="meeting_page_down").click().run()
    assert page.address["step"] == "far"
    page.at.button(key="meeting_back").click().run()
    page.at.button(key="meeting_page_up").click().run()
    assert "step" not in page.address
    assert page.at.button(key="meeting_back").disabled


def test_a_turn_outlasts_what_the_browser_says_before_it_has_heard_of_it(open_page):
    """A window that has just become larger is told of with what each control held before: no key may be lost by it."""
    page = open_page("meeting", step="help")
    before = page.at._tree
    (steps,) = [group for group in page.at.get("button_group") if group.key == "step-0"]
    steps.set_value(steps.value)
    following = page.at.button(key="meeting_next")
    following.click().run()
    assert page.address["step"] == "far"
    following._value = False
    before.run()
    assert page.address["step"] == "far"
    assert "How far it is with a pram" in page.text
    following.click()  # a second key, pressed just as early
    before.run()
    assert page.address["step"] == "out"


@pytest.mark.slow
def test_a_step_that_is_not_there_is_the_first(open_page):
    page = open_page("meeting", step="lunch")
    assert "Who lives here" in page.text
    assert any("lunch" in note for note in page.notes)


def test_the_story_is_about_the_wards_and_services_chosen(open_page):
    page = open_page("meeting", step="out", story_wards="E05002222", story_services="gp_practice")
    assert "children under 4 in Shoeburyness live too far from a doctor" in page.text
    page.choose("story_services", ["library", "gp_practice"])
    page.choose("story_lead", "library")
    assert "too far from a library" in page.text


def test_the_map_of_help_draws_as_many_as_the_sentence_counts(open_page, pack):
    centres = pack.services_of("childrens_centre")
    page = open_page("meeting", step="help")
    assert f"has {len(page.features('services'))} children's centres" in page.text
    assert len(page.features("services")) == int((centres["ward"] != "").sum())


@pytest.mark.slow
def test_the_map_of_help_has_every_service_chosen(open_page):
    page = open_page("meeting", step="help", story_services="childrens_centre~library")
    assert {f["category"] for f in page.features("services")} == {"childrens_centre", "library"}
    page = open_page("meeting", step="far")
    assert "street-times" in page.layers


def test_not_sure_shows_how_and_the_table(open_page, told):
    page = open_page("meeting", step="out")
    page.at.button(key="meeting_how").click().run()
    assert told.step("out").how in page.text
    for what, figure in told.step("out").rows:
        assert what in page.text
        assert figure in page.text


def no_plan(page):
    """Whether the story has no step about a plan."""
    (steps,) = [group for group in page.at.get("button_group") if group.key == "step-0"]
    return not any("What the plan would change" in option.content for option in steps.proto.options)


def htmls(page):
    return [element.proto.body for element in page.at.get("html")]


def plan(pack, name="Hub at the library"):
    hub = AddSite("new-1", "Hub", Venue(str(pack.services_of("library").index[0])))
    return Scenario(name, pack.code, changes=(hub,))


def test_a_saved_plan_can_be_shown(open_page, pack):
    store = ScenarioStore.open()
    saved = store.save(plan(pack), boss("tester"))
    store.close()
    page = open_page("meeting", step="plan", story_plan=f"{saved.version.scenario_id}.1")
    assert "Hub at the library" in page.text
    figures = Lab(pack).effect(plan(pack)).table("group")
    row = figures[(figures["measure"] == "children_0_3") & (figures["code"] == "target")].iloc[0]
    if row["change"] < 0.5:
        assert "would not change" in page.text
    else:
        assert "more children under 4" in page.text


def test_a_plan_that_cannot_be_made_does_not_stop_the_story(open_page, pack):
    store = ScenarioStore.open()
    bad = Scenario("Bad plan", pack.code, changes=(AddSite("new-1", "Hub", Venue("osm-gone")),))
    saved = store.save(bad, boss("tester"))
    store.close()
    page = open_page("meeting", step="plan", story_plan=f"{saved.version.scenario_id}.1")
    assert no_plan(page)
    assert any("“Bad plan” cannot be shown" in warning.value for warning in page.at.warning), "where it was chosen"
    (note,) = [body for body in htmls(page) if "Say what a ward is" in body]
    assert "“Bad plan” cannot be shown" in note, "and in the speaker's note"
    assert not any("cannot be shown" in body for body in htmls(page) if 'class="story"' in body), "not before the hall"


def test_a_link_shows_the_plan_as_it_was_whatever_came_after(open_page, pack):
    store = ScenarioStore.open()
    key = store.save(plan(pack), boss("tester")).version.scenario_id
    link = {"step": "plan", "story_plan": f"{key}.1"}
    before = open_page("meeting", **link)
    sentence = [body for body in htmls(before) if 'class="sentence"' in body]
    assert "Hub at the library" in before.text
    edited = Scenario("Nothing at all", pack.code, changes=(CloseSite("cc-none"),))
    store.save(edited, boss("another"), scenario_id=key, based_on=1)
    after_edit = open_page("meeting", **link)
    assert [body for body in htmls(after_edit) if 'class="sentence"' in body] == sentence
    assert after_edit.chosen("story_plan") == f"{key}.1"
    store.delete(key, boss("another"))
    after_deletion = open_page("meeting", **link)
    assert [body for body in htmls(after_deletion) if 'class="sentence"' in body] == sentence
    assert after_deletion.notes == []
    store.close()


def test_a_plan_of_a_newer_program_is_named_and_hides_no_other(open_page, pack):
    store = ScenarioStore.open()
    good = store.save(plan(pack), boss("tester")).version
    newer = store.save(plan(pack, "From the future"), boss("Ben")).version
    with store._engine.begin() as connection:
        connection.execute(
            text("UPDATE scenario_version SET body = replace(body, :old, :new) WHERE name = 'From the future'"),
            {"old": '"schema_version": 1', "new": '"schema_version": 2'},
        )
    store.close()
    page = open_page("meeting", step="plan", story_plan=f"{good.scenario_id}.1")
    assert "Hub at the library" in page.text
    page.choose("story_plan", f"{newer.scenario_id}.1")
    assert "the story has one more step" in page.text, "there is no plan in it"
    (warning,) = [one.value for one in page.at.warning if "“From the future” of Ben cannot be shown" in one.value]
    assert "update the program" in warning


@pytest.mark.slow
def test_a_plan_from_a_file_outlasts_a_question_and_goes_by_its_button(open_page, pack):
    page = open_page("meeting")
    assert no_plan(page)
    page.at.file_uploader(key="story_file").upload("plan.json", to_json(plan(pack)).encode(), "application/json").run()
    page.intact()
    assert page.chosen("story_plan") == "file"
    assert not no_plan(page)
    page.at.button(key="meeting_ask").click().run()
    page.at.button(key="meeting_return").click().run()
    page.intact()
    assert page.chosen("story_plan") == "file"
    assert not no_plan(page)
    page.at.button(key="story_forget").click().run()
    page.intact()
    assert no_plan(page)
    assert page.at.file_uploader(key="story_file").value is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not readable JSON"),
        (to_json(Scenario("There", "blackpool")).encode(), "This plan is about blackpool"),
    ],
)
def test_a_file_that_is_no_plan_of_this_area_is_said_to_be_none(open_page, content, words):
    page = open_page("meeting")
    page.at.file_uploader(key="story_file").upload("plan.json", content, "application/json").run()
    page.intact()
    assert any(words in warning.value for warning in page.at.warning)
    assert no_plan(page)


def test_a_plan_that_is_gone_is_said_to_be(open_page):
    page = open_page("meeting", step="plan", story_plan="0123.1")
    assert no_plan(page)
    assert any("0123" in note for note in page.notes)


def test_examples_of_another_area_or_kind_are_passed_over(pack, tmp_path):
    (tmp_path / "good.json").write_text(to_json(plan(pack)), encoding="utf-8")
    (tmp_path / "elsewhere.json").write_text(to_json(Scenario("There", "blackpool")), encoding="utf-8")
    (tmp_path / "sites.json").write_text(json.dumps({"sites": []}), encoding="utf-8")
    assert list(meeting_about.example_plans("southend", tmp_path)) == ["example-good"]


@pytest.mark.slow
def test_a_question_is_answered_and_the_story_goes_on(open_page):
    page = open_page("meeting", step="far")
    page.at.button(key="meeting_ask").click().run()
    page.choose("place", "SS3 9PD")
    assert "From SS3 9PD" in page.text
    assert page.address["place"] == "SS3 9PD"
    assert page.address["step"] == "far"
    page.at.button(key="meeting_return").click().run()
    page.intact()
    assert "place" not in page.address
    assert "How far it is with a pram" in page.text


@pytest.mark.slow
def test_a_question_about_a_street_of_several_wards_is_asked_back(open_page):
    page = open_page("meeting", step="far")
    page.at.button(key="meeting_ask").click().run()
    wide = page.view
    page.choose("place", "High Street")
    assert "High Street is in 4 wards. Which one?" in page.text
    assert "From High Street" not in page.text
    (button,) = [one for one in page.at.button if one.label.startswith("High Street, Victoria")]
    button.click().run()
    page.intact()
    assert "From High Street, Victoria" in page.text
    assert page.view["zoom"] > wide["zoom"] + 1
    page.choose("place", "milton")
    assert "From Milton ward" in page.text
    assert "half of the children aged 0–3 live within" in page.text


def test_the_story_can_be_told_in_polish(open_page):
    page = open_page("meeting", lang="pl")
    assert "Kto tu mieszka" in page.text
    assert "needs review" in page.text
    assert page.at.button(key="meeting_next").label == "Dalej"


def test_what_was_chosen_is_kept_in_another_language_and_its_controls_are_in_it(open_page):
    page = open_page("meeting", step="out", story_wards="E05002222", story_services="library~gp_practice")
    page.choose("story_plan", "example-one-hub-for-shoebury")
    page.choose("story_lead", "library")
    before = {name: page.address[name] for name in ("story_wards", "story_services", "story_plan", "story_lead")}
    assert page.at.selectbox(key="story_plan").label == "Plan"
    assert page.at.file_uploader(key="story_file").label == "Load a plan from its file"
    page.choose("lang", "pl")
    page.run()
    assert {name: page.address.get(name) for name in before} == before
    assert "do biblioteki" in page.text or "od biblioteki" in page.text
    assert page.at.file_uploader(key="story_file").label == "Wczytaj plan z pliku"
    labels = [group.label for group in page.at.get("button_group")]
    assert "Dzielnice" in labels
    assert "Miejsca na mapie" in labels


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_whatever_is_polish_says_so(open_page, step):
    """Streamlit's page is in English: what a voice is to read as Polish must be marked."""
    page = open_page("meeting", step=step, lang="pl")
    for panel in ("", "how", "share"):
        if panel:
            page.at.button(key=f"meeting_{panel}").click().run()
            page.intact()
        drawn = [body for body in htmls(page) if not body.lstrip().startswith("<style")]
        assert len(drawn) >= 2
        for body in drawn:
            assert re.match(r'<\w+ [^>]*lang="pl"', body), body[:200]
    page.at.button(key="meeting_ask").click().run()
    (asked,) = [body for body in htmls(page) if "<h1" in body]
    assert 'lang="pl"' in asked


def test_the_link_holds_the_story_and_no_family():
    address = "http://192.168.1.7:8501/meeting?place=SS3+9PD&step=who"
    link = story_link(address, {"step": "far", "story_wards": "E05002216~E05002218", "plan": "", "lang": "pl"})
    assert link.startswith("http://192.168.1.7:8501/meeting?")
    assert parse_qs(urlsplit(link).query) == {
        "step": ["far"],
        "story_wards": ["E05002216~E05002218"],
        "lang": ["pl"],
    }
    assert qr_image(link).startswith("data:image/svg+xml")
    assert qr_image(link) != qr_image(link + "&step=ask")


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://localhost:8501/meeting", True),
        ("http://LOCALHOST./meeting", True),
        ("http://reach.localhost/meeting", True),
        ("http://127.0.0.1/meeting", True),
        ("http://127.8.4.2:8501/", True),
        ("http://0.0.0.0:8501/", True),
        ("http://[::1]:8501/", True),
        ("http://[::]/", True),
        ("", True),
        ("meeting", True),
        ("http://[broken", True),
        ("http://192.168.1.7:8501/meeting", False),
        ("https://reach.example.org/meeting", False),
        ("http://[2001:db8::7]/", False),
    ],
)
def test_an_address_that_phones_cannot_open_is_known(address, here):
    assert only_here(address) is here


def test_no_code_for_an_address_that_phones_cannot_open(open_page, monkeypatch):
    page = open_page("meeting", step="far")
    for address, coded in (("http://localhost:8501/meeting", False), ("http://192.168.1.7:8501/meeting", True)):
        monkeypatch.setattr("ui.kit.links.page_address", lambda address=address: address)
        page = open_page("meeting", step="far")
        page.at.button(key="meeting_share").click().run()
        page.intact()
        (shared,) = [body for body in htmls(page) if 'class="behind"' in body]
        assert ("<img" in shared) is coded
        assert ("192.168.1.7" in shared) is coded
        assert ("Phones cannot open this page" in shared) is not coded
        assert "--host" not in shared, "how to start the program is for the speaker"
        (note,) = [body for body in htmls(page) if "plum streets on the map" in body]
        assert ("--host 0.0.0.0" in note) is not coded


def test_the_code_becomes_short_when_it_is_asked_for_and_opens_the_same_step(open_page, monkeypatch, database):
    monkeypatch.setattr("ui.kit.links.page_address", lambda: "http://192.168.1.7:8501/meeting")
    page = open_page("meeting", step="far", story_services="library")
    page.at.button(key="meeting_share").click().run()
    (shared,) = [body for body in htmls(page) if 'class="behind"' in body]
    assert "/s/" not in shared
    page.at.button(key="meeting-short").click().run()
    page.intact()
    (shared,) = [body for body in htmls(page) if 'class="behind"' in body]
    (code,) = re.findall(r'href="http://192.168.1.7:8501/s/(\w+)"', shared)
    opened = ShortLinkStore.open(database)
    kept = opened.find(code)
    opened.close()
    assert kept.page == "meeting"
    assert dict(parse_qsl(kept.query)) == {"step": "far", "story_services": "library", **named_in_links()}


def test_languages_are_one_visible_switch(open_page):
    page = open_page("meeting", step="far")
    (switch,) = [group for group in page.at.get("button_group") if group.key == "lang"]
    assert [option.content for option in switch.proto.options] == ["English", "العربية", "Polski"]
    assert not [box for box in page.at.selectbox if box.key == "lang"], "one, and not inside “About”"
    page.choose("lang", "pl")
    page.run()
    assert "Jak daleko" in page.text
    assert page.address["lang"] == "pl"


def test_a_plan_taken_away_leaves_the_step_before_it(open_page, pack):
    page = open_page("meeting", step="plan", story_plan="example-one-hub-for-shoebury")
    assert "What the plan would change" in page.text
    page.choose("story_plan", "")
    assert page.address["step"] == "out"
    assert "live too far from" in page.text


def test_pictures_fit_the_window():
    for stage in (Stage(), Stage(1920, 1020), Stage(1024, 600)):
        width, height = stage.picture_px(60)
        assert width < 0.6 * stage.width_px
        assert height < stage.height_px - 150
        assert not stage.stacked
    assert Stage(390, 800).picture_px()[0] <= 390
    assert Stage(683, 384).stacked


def english_sentences(place):
    """Every sentence of a section of the English words that Polish has another for, as a pattern."""
    polish = read_words("pl")
    for key, said in read_words().find(place).items():
        if isinstance(said, dict):
            yield from english_sentences(f"{place}.{key}")
        elif said != polish.find(f"{place}.{key}") and re.search(r"[a-z]{3}", re.sub(r"{\w+}", "", said)):
            yield re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(said)))


def shown(page):
    """What stands on the page: its texts, the labels of its controls, its tables and the tips of its maps."""
    labels = [
        control.label for kind in ("text_input", "selectbox", "button", "expander") for control in page.at.get(kind)
    ]
    holders = [(box.placeholder, box.help) for box in page.at.text_input]
    options = [option for box in page.at.selectbox for option in box.options]
    tables = [str(cell) for frame in page.at.dataframe for cell in (*frame.value.columns, *frame.value.to_numpy().flat)]
    tips = {feature["tip"] for layer in ("services", "homes", "anywhere") for feature in page.features(layer)}
    if "here" in page.layers:
        tips |= {feature["properties"]["tip"] for feature in page.layers["here"]["data"]["features"]}
    return [page.text, *labels, *(text for pair in holders for text in pair), *options, *tables, *tips]


@pytest.mark.slow
def test_a_question_is_asked_and_answered_in_polish(open_page):
    patterns = list(english_sentences("journeys"))
    assert len(patterns) > 20
    page = open_page("meeting", step="far", lang="pl")
    page.at.button(key="meeting_ask").click().run()
    said = {"": shown(page)}
    for typed in ("SS3 9PD", "High Street", "milton", "SS3", "Quxville Lane"):
        page.choose("place", typed)
        said[typed] = shown(page)
    for typed, texts in said.items():
        assert not [
            text for text in texts for pattern in patterns if pattern.fullmatch(text) or pattern.search(texts[0])
        ], typed
    assert "kliknij, aby zobaczyć drogę stąd" in said[""]
    assert any(tip.startswith("Ośrodek dla dzieci\n") for tip in said[""])
    assert "**Stąd: SS3 9PD**, pieszo z wózkiem. Najbliżej (ośrodek dla dzieci): " in said["SS3 9PD"][0]
    assert "stąd" in said["SS3 9PD"]
    assert "Do „High Street” pasuje kilka miejsc." in said["High Street"][0]
    assert "liczymy: dzieci w wieku 0–3 lat. Połowa: **" in said["milton"][0]
    assert "„SS3” to tylko początek kodu pocztowego." in said["SS3"][0]
    assert "Nie ma tu miejsca „Quxville Lane”." in said["Quxville Lane"][0]


def test_the_map_of_help_names_its_places_in_the_language_of_the_story(open_page):
    tips = {
        code: [f["tip"].split("\n")[0] for f in open_page("meeting", step="help", lang=code).features("services")]
        for code in ("en", "pl")
    }
    assert set(tips["en"]) == {"Children's centre"}
    assert set(tips["pl"]) == {"Ośrodek dla dzieci"}


@pytest.mark.parametrize("lang", ["en", "pl", "ar"])
def test_a_plan_by_timetable_is_shown_in_every_language(open_page, lang):
    """Its mode has a day and hours, which the words of the story do not."""
    page = open_page("meeting", step="plan", story_plan="example-route-9-east-beach", lang=lang)
    ways = {"en": "bus and train", "pl": "autobusem", "ar": "الحافلة"}
    assert ways[lang] in page.text.lower()


def test_a_question_on_the_spot_goes_by_bus_and_train(open_page):
    page = open_page("meeting", meeting_by="transit_pram@friday,10:00-11:00")
    page.at.button(key="meeting_ask").click().run()
    assert any(choice.value == "transit_pram@friday,10:00-11:00" for choice in page.at.selectbox)
    page.at.text_input(key="place").set_value("SS3 9AB").run()
    assert "leaving on a Friday between 10:00 and 11:00" in page.text
    assert not page.at.exception
