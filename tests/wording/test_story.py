"""The meeting story: true to the figures, plain, short, whole in English, and never wrong in another language."""

import math
import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from analysis.reach.basket import read_basket
from analysis.reach.reach import reach
from analysis.reach.readings import contested
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, CloseSite, Scenario, Venue
from analysis.shown import FEW
from analysis.story.figures import MEASURE, story_figures
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named
from wording.languages import FIRST_LANGUAGE, WORDS, languages, read_words
from wording.numbers import about
from wording.story import STEPS, story, where


@pytest.fixture(scope="module")
def access(pack):
    return Access.of(pack, mode_named("walk_pram"))


@pytest.fixture(scope="module")
def times(access):
    return {name: access.to_category(name).nearest_s for name in ("childrens_centre", "gp_practice")}


@pytest.fixture(scope="module")
def basket():
    return read_basket()


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def figures(pack, basket, times):
    return story_figures(pack, basket, times)


def told(figures, code="en"):
    return {step.key: step for step in story(figures, read_words(code)).steps}


def test_six_steps_each_with_its_parts(figures):
    steps = story(figures, read_words()).steps
    assert tuple(step.key for step in steps) == tuple(key for key in STEPS if key != "plan"), "no plan, no step of it"
    for step in steps:
        assert all((step.title, step.sentence, step.number, step.number_means, step.note, step.how)), step.key
        assert step.sentence.count(".") + step.sentence.count("?") <= 2, "one sentence"
        assert not re.search(r"\d[.,]\d{1,2}(?!\d)", step.sentence + step.number), "no decimals"
        assert "{" not in "".join((step.sentence, step.number_means, step.note, step.how))
        assert "  " not in step.note.strip()


def test_the_story_says_what_the_analysis_finds(pack, figures, times):
    found = reach(pack, times["childrens_centre"], measure=MEASURE, baseline="strategy", within_min=15)
    steps, target = told(figures), found.groups.loc["target"]
    assert steps["who"].number == "4,032"
    assert steps["far"].number == f"{math.floor(target['median_min'] + 0.5)} minutes"
    assert steps["out"].number.lower() == about(1 - target["share"])
    centres = pack.services_of("childrens_centre")
    inside = int(centres["ward"].isin(pack.target_wards).sum())
    assert steps["help"].number == f"{inside} of {int((centres['ward'] != '').sum())}"
    worst = found.rows[found.rows["group"] == "target"].sort_values("share")["name"].iloc[0]
    assert steps["out"].rows[0] == (worst, "all")
    assert worst in steps["out"].note


def test_shares_in_words_are_those_of_every_other_page():
    words = read_words()
    for share in [0, 0.001, 0.049, 0.05, 0.149, 0.15, 0.25, 0.5, 0.849, 0.95, 0.951, 0.999, 1]:
        assert words.in_ten(share) == about(share)


def test_wards_are_named_when_few_and_counted_when_many(pack, basket, times):
    words = read_words()

    def said(chosen):
        return where(story_figures(pack, basket, times, wards=chosen), words)

    codes = list(pack.wards.index)
    assert said([]) == said(pack.target_wards) == "in the six wards"
    assert said(["E05002216"]) == "in Kursaal"
    assert said(["E05002218", "E05002216"]) == "in Kursaal and Milton"
    assert said(codes[:4]) == "in these four wards"
    assert said(codes) == "in Southend-on-Sea"


def test_a_modelled_count_is_rounded_and_said_to_be_modelled(pack, basket, times):
    step = told(story_figures(pack, basket, times, wards=["E05002216"]))["who"]
    assert int(step.number.replace(",", "")) % 5 == 0
    assert "worked it out" in step.how
    assert "printed" in told(story_figures(pack, basket, times))["who"].how


def test_no_plan_has_no_step(figures, pack, basket, times, lab):
    assert "plan" not in told(figures)
    planned = story_figures(pack, basket, times, effect=effect(lab))
    assert tuple(told(planned)) == STEPS, "with one, it comes before what is asked"


def effect(lab, *changes):
    return lab.effect(Scenario("Test plan", lab.pack.code, changes=changes))


def test_a_plan_says_who_gains_and_who_loses(pack, basket, times, lab):
    gain = effect(lab, AddSite("new-1", "Hub", Venue(str(pack.services_of("library").index[-1]))))
    closed = str(pack.services_of("childrens_centre").index[2])
    loss = effect(lab, CloseSite(closed))
    every = list(pack.wards.index)
    for done in (gain, loss):
        figures = story_figures(pack, basket, times, wards=every, effect=done)
        table = done.shown("group")
        row = table[(table["measure"] == MEASURE) & (table["code"] == "borough")].iloc[0]
        assert figures.plan.after - figures.plan.before == pytest.approx(row["change"])
        step = told(figures)["plan"]
        change = row["change"]
        if abs(change) >= 5:
            assert f"{abs(change):.0f}" in step.sentence.replace(",", "")
            assert step.number[0] == ("+" if change > 0 else "−")
            assert ("more" if change > 0 else "fewer") in step.sentence
        if row["no_longer_reached"] > 0:
            assert "could no longer" in step.number_means
    assert loss.table("group")["change"].min() < 0


def test_small_changes_are_a_few_and_none_is_none(pack, basket, times, lab):
    done = effect(lab)
    figures = story_figures(pack, basket, times, effect=done)
    assert told(figures)["plan"].number == "0"
    assert "would not change" in told(figures)["plan"].sentence
    few = replace(figures, plan=replace(figures.plan, after=figures.plan.before + FEW, newly=5, lost=FEW))
    step = told(few)["plan"]
    assert step.number == "A few"
    assert "a few could no longer" in step.number_means
    assert not re.search(r"\b[25]\b", step.sentence + step.number_means)
    less = replace(figures, plan=replace(figures.plan, after=figures.plan.before - FEW))
    assert "fewer" in told(less)["plan"].sentence


def test_extremes_have_sentences_of_their_own(pack, basket, times):
    near = story_figures(pack, basket, {"childrens_centre": np.zeros(len(pack.demand))})
    assert told(near)["out"].sentence.startswith("All children under 4")
    assert told(near)["far"].number == "1 minute"
    never = story_figures(pack, basket, {"childrens_centre": np.full(len(pack.demand), np.inf)})
    assert "no way to walk" in told(never)["far"].sentence
    assert told(never)["out"].number == "All"
    one = story_figures(pack, basket, {"health_clinic": times["gp_practice"]})
    assert "only one place" in told(one)["help"].sentence


def test_what_is_not_there_is_named(pack, basket, times):
    with pytest.raises(UnknownNameError, match="ward"):
        story_figures(pack, basket, times, wards=["E0"])
    with pytest.raises(UnknownNameError, match="service of the list"):
        story_figures(pack, basket, {"museum": times["gp_practice"]})
    with pytest.raises(InputError, match="at least one service"):
        story_figures(pack, basket, {})
    with pytest.raises(UnknownNameError, match="language"):
        read_words("xx")


# --- words


def syllables(word):
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = re.findall(r"[aeiouy]+", word)
    silent = word.endswith("e") and not word.endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def grade(text):
    """Flesch-Kincaid grade; an eleven-year-old is in grade 6."""
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def plain(text):
    """Names of places and numbers are not what makes a text hard to read."""
    return re.sub(r"Southend-on-Sea|West Shoebury|Westborough|minutes?", "town", text)


def test_eleven_year_olds_can_read_it(figures, pack, basket, times, lab):
    planned = story_figures(
        pack,
        basket,
        times,
        effect=effect(lab, AddSite("new-1", "Hub", Venue(str(pack.services_of("library").index[0])))),
    )
    texts = []
    for step in [*story(figures, read_words()).steps, told(planned)["plan"]]:
        texts.append(plain(step.sentence))
        assert len(step.sentence.split()) <= 22, step.sentence
        assert len(step.sentence) <= 130, "fits on the screen in large type"
    assert grade(" ".join(texts)) <= 7.0
    notes = " ".join(plain(step.note) for step in story(figures, read_words()).steps)
    assert grade(notes) <= 6.5


@pytest.mark.slow
@pytest.mark.parametrize("code", languages())
def test_every_language_can_tell_every_story(code, pack, basket, times, lab):
    done = effect(lab, AddSite("new-1", "Hub", Venue(str(pack.services_of("library").index[0]))))
    for service in basket.services:
        for wards in ([], ["E05002216"], list(pack.wards.index)):
            for plan in (None, done):
                figures = story_figures(pack, basket, {service: times["gp_practice"]}, wards=wards, effect=plan)
                for step in story(figures, read_words(code)).steps:
                    assert step.title
                    assert step.sentence
                    assert "{" not in step.sentence


def places(table, before=""):
    for key, value in table.items():
        place = f"{before}{key}"
        yield from places(value, f"{place}.") if isinstance(value, dict) else [(place, value)]


@pytest.mark.parametrize("code", [code for code in languages() if code != FIRST_LANGUAGE])
def test_a_language_has_its_own_titles_and_sentences_and_says_it_needs_review(figures, code):
    theirs = read_words(code)
    assert "needs review" in theirs.review
    assert story(figures, theirs).review == theirs.review
    own = dict(places(tomllib.loads((WORDS / "en.toml").read_text(encoding="utf-8"))))
    wanted = [p for p in own if re.fullmatch(r"steps\.\w+\.(title|sentence\w*|means\w*|number\w*|lost\w*)", p)]
    missing = [place for place in wanted if not theirs.has_own(place)]
    assert not missing
    strange = [p for p, _ in places(theirs.table) if p not in own and not p.endswith((".gen", ".one"))]
    assert not strange, "words that no step asks for"
    assert theirs.say("steps.who.note") == read_words().say("steps.who.note"), "what is left out comes in English"


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 minuta"), (3, "3 minuty"), (12, "12 minut"), (22, "22 minuty"), (5, "5 minut")]
)
def test_polish_counts_in_three_forms(n, said):
    assert read_words("pl").counted("words.minutes", n) == said


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 دقيقة"), (3, "3 دقائق"), (10, "10 دقائق"), (11, "11 دقيقة"), (105, "105 دقائق"), (100, "100 دقيقة")],
)
def test_arabic_counts_up_to_ten_in_the_plural(n, said):
    assert read_words("ar").counted("words.minutes", n) == said


def test_arabic_is_written_from_right_to_left_with_its_figures_as_they_are(figures):
    assert {code: read_words(code).direction for code in languages()} == {"en": "ltr", "ar": "rtl", "pl": "ltr"}
    arabic = read_words("ar")
    steps = told(figures, "ar")
    own = {step.key: (step.title, step.sentence, step.number_means) for step in steps.values()}
    assert not [key for key, texts in own.items() for text in texts if not re.search(r"[\u0600-\u06ff]", text)]
    assert "\u2068Southend-on-Sea\u2069" in steps["help"].sentence, "a Latin name moves no figure beside it"
    assert arabic.say("where.few", names="أ") == "في دوائر أ"
    assert arabic.number(4032) == "4,032"
    assert arabic.say("screen.change", before="1", after="2") == "1 ← 2", "an arrow points the way that one reads"


def test_a_broken_file_of_words_is_named(tmp_path):
    (tmp_path / "en.toml").write_text("[language]\nname = 'x'\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"en\.toml"):
        read_words("en", tmp_path)
    words = read_words()
    with pytest.raises(InputError, match="cannot be filled in"):
        words.say("steps.who.means")
    with pytest.raises(UnknownNameError, match="words"):
        words.say("steps.nothing")


def test_another_reading_is_told_where_it_changes_the_words(pack, basket, access, times, figures):
    sites = contested(pack, "gp_practice").reading("branches_2017").sites(pack)
    branches = {("gp_practice", "branches_2017"): access.to_sites(sites).nearest_s}
    gp = {"gp_practice": times["gp_practice"]}
    far = "E05002215"  # Eastwood Park: 40 % within 20 minutes, 87 % with the branches
    steps = told(story_figures(pack, basket, gp, wards=[far], readings_s=branches))
    assert steps["out"].sentence.startswith(
        "About 6 in 10 children under 4 in Eastwood Park live too far from a doctor."
    )
    assert steps["out"].sentence.endswith("Counting the branch surgeries of 2017, it is about 1 in 10.")
    assert re.search(r"Counting the branch surgeries of 2017, it is 1[23] minutes\.$", steps["far"].sentence)
    polish = told(story_figures(pack, basket, gp, wards=[far], readings_s=branches), "pl")
    assert "filie przychodni z 2017 roku" in polish["out"].sentence
    same = {("gp_practice", "branches_2017"): times["gp_practice"]}
    assert "2017" not in told(story_figures(pack, basket, gp, wards=[far], readings_s=same))["out"].sentence
    assert "2017" not in steps["who"].sentence + told(figures)["out"].sentence


def test_a_reading_that_a_language_has_no_words_for_is_told_in_the_words_of_its_data(pack, basket, times):
    gp = {"gp_practice": np.full(len(pack.demand), 60.0)}
    figures = story_figures(pack, basket, gp, readings_s={("gp_practice", "branches_2017"): times["gp_practice"]})
    words = read_words()
    table = {**words.table, "readings": {"sentence": words.find("readings.sentence")}}
    steps = {step.key: step for step in story(figures, replace(words, table=table)).steps}
    assert "Counting the branch surgeries of 2017, it is" in steps["out"].sentence
    with pytest.raises(UnknownNameError, match="reading of gp_practice"):
        story_figures(pack, basket, gp, readings_s={("gp_practice", "moon"): times["gp_practice"]})


def test_a_child_whose_time_is_the_threshold_is_within(pack):
    limit_s = 20 * 60.0
    for seconds, share in ((limit_s, 0.0), (np.nextafter(limit_s, np.inf), 1.0)):
        times = {"gp_practice": np.full(len(pack.demand), seconds)}
        assert story_figures(pack, read_basket(), times).services[0].share_out == share
