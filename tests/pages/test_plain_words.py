"""Every page speaks so that an eleven-year-old can read it, in words that people know, and says the ages it counts."""

import re
from html import unescape

import pytest

from analysis.scenario.scenario import AddSite, CloseSite, Scenario, Venue
from geo.services import CATEGORIES
from tests.plain_words import BANNED, bare, lines, reading_age, sentences
from ui.lab.state import encode

AGE = 11.0
"""What a page asks of its reader, over all its sentences."""
HARDEST = 15.0
"""What a single sentence may ask: long ones are to be split."""
AGE_OF_STATEMENT = 12.0
"""The accessibility statement is half made of the words that the law prescribes for it."""
QUOTED = re.compile(r"Map data ©|Contains National Statistics|©|https?://|\bcreativecommons\b")
"""Attributions stand in their publishers' words."""
LEGAL = re.compile(
    r"accessibility regulations|Accessibility Regulations|Equality and Human Rights|Equality Advisory|AbilityNet|WCAG"
)

SHOEBURYNESS = "E05002222"
POCKET = "gp_practice.E05002222.exeter-close-and-wakering-road"
STATES = {
    "ward_map": [
        {},
        {"ward": SHOEBURYNESS},
        *({"closer": view} for view in ("side", "trend", "outcomes", "since")),
    ],
    "travel_time": [{}, {"place": "SS9 2ES"}],
    "gaps": [
        {},
        {"ward": SHOEBURYNESS},
        {"from": "gp_practice", "pocket": POCKET},
        {"figure": "gap", "show": "severance"},
    ],
    "meeting": [
        *({"step": step} for step in ("who", "help", "far", "out", "ask")),
        {"step": "plan", "story_plan": "example-one-hub-for-shoebury"},
    ],
    "own_data": [{}],
    "compare_areas": [{}],
    "data_and_method": [{}],
    "accessibility": [{}],
    "people": [{}],
    "server": [{}],
}
TABS = {
    "gaps": ("gaps-more", ("What changed", "How much there is", "Is it fair?", "How sure are we?")),
    "scenario_lab": ("lab-tabs", ("By ward", "Cost", "Compare", "Save")),
    "people": ("people-tab", ("What was changed",)),
}


def told(screen):
    """Every text that a reader meets: what is said, and the words of controls, tables, maps and charts."""
    texts = []

    def walk(block):
        for child in block.children.values():
            proto = getattr(child, "proto", None)
            for part in ("label", "help", "body", "alt", "placeholder", "columns"):
                text = getattr(proto, part, None)
                if isinstance(text, str) and text:
                    texts.append(decoded(text) if part == "columns" else unescape(text))
            texts.extend(str(option) for option in getattr(child, "options", ()) or ())
            if hasattr(child, "children"):
                walk(child)

    walk(screen.at.main)
    for chart in screen.at.get("vega_lite_chart"):
        texts += re.findall(r'"(?:title|text)": ?"([^"]+)"', chart.proto.spec)
    return texts


def decoded(columns):
    return " | ".join(
        text.encode().decode("unicode_escape") for text in re.findall(r'"(?:label|help)": ?"([^"]*)"', columns)
    )


@pytest.fixture(scope="module")
def names(pack):
    """Names of wards, services, places, streets and publishers, the longest first."""
    kinds = [word for category in CATEGORIES.values() for word in (category.label, category.plural)]
    publishers = {source["publisher"] for source in pack.provenance["sources"]}
    found = {*publishers, *pack.network.street_names, *pack.wards["name"], pack.name, *pack.services["name"], *kinds}
    return sorted((str(name) for name in found if len(str(name)) > 3), key=len, reverse=True)


@pytest.fixture(scope="module")
def plans(pack):
    """A plan that opens a hub and closes a centre, as the lab's address holds it."""
    hub = AddSite("new-1", "Hub", Venue(str(pack.services_of("library").index[0])))
    closed = CloseSite(str(pack.services_of("childrens_centre").index[2]))
    return [{}, {"plan": encode(Scenario("A plan", pack.code, changes=(hub, closed), baseline=pack.baselines[0]))}]


def screens(open_page, page, plans):
    """The page in its main states, its tabs open one after the other."""
    for address in plans if page == "scenario_lab" else STATES[page]:
        screen = open_page(page, **address)
        assert screen.notes == [], address
        yield screen
        key, tabs = TABS.get(page, ("", ()))
        for tab in tabs if address == {} or page == "scenario_lab" else ():
            screen.at.session_state[key] = tab
            screen.run()
            yield screen


@pytest.mark.slow
@pytest.mark.parametrize("page", [*STATES, "scenario_lab"])
def test_a_page_is_plain(open_page, page, names, plans):
    said, words = {}, []
    for screen in screens(open_page, page, plans):
        texts = [e.value for kind in ("markdown", "caption", "info", "warning", "error") for e in screen.at.get(kind)]
        # The tables that are printed are those on the screen once more, and cells are no sentences.
        bodies = [unescape(e.proto.body) for e in screen.at.get("html")]
        texts += [body for body in bodies if 'class="on-paper"' not in body]
        # “Method in full” is the document for sceptics, with formulae and references; its words are a glossary's.
        texts = [text for text in texts if not text.startswith("How every figure is made, with its source")]
        said |= {sentence: bare(sentence, names) for text in texts for sentence in sentences(text)}
        words += [text for text in told(screen) if not text.startswith("How every figure is made, with its source")]
    unknown = {found[0]: line[:160] for text in words for line in lines(text) if (found := BANNED.search(line))}
    assert not unknown, "words that nobody knows"
    ours = {full: short for full, short in said.items() if not QUOTED.search(full)}
    assert len(ours) >= 6, "there is something to read"
    statement = page == "accessibility"
    age = reading_age(ours.values())
    assert age <= (AGE_OF_STATEMENT if statement else AGE), f"{page} asks for an age of {age:.1f}"
    hard = {full: age for full, short in ours.items() if (age := reading_age([short])) > HARDEST}
    hard = {full: age for full, age in hard.items() if not (statement and LEGAL.search(full))}
    assert not hard, "too hard for one sentence"


@pytest.mark.slow
def test_the_measure_tells_easy_from_hard():
    """Against texts whose age is known well enough, and a wrong rule would not tell apart."""
    easy = sentences("The cat sat on the mat. The dog ran to the shop and back. We can walk there.")
    hard = sentences(
        "The weighted accessibility deprivation indicator characterises multidimensional insufficiency of "
        "neighbourhood-level infrastructural provision."
    )
    assert len(easy) == 3
    assert reading_age(easy) < 7 < AGE < HARDEST < reading_age(hard)


def test_markup_numbers_and_names_are_not_read():
    text = "## **1,641** of 4,032 live *here*. See [this page](https://example.org/very-long).\n- It is 5 of 10 here."
    assert sentences(text) == ["1,641 of 4,032 live here.", "It is 5 of 10 here."] or "See this page." in sentences(
        text
    )
    assert (
        bare("In Shoeburyness 1,641 live 12.5 minutes away.", ["Shoeburyness"]) == "In place ten live ten minutes away."
    )
    assert sentences("<p>One two three four.</p><table><tr><td>Kursaal</td></tr></table>") == ["One two three four."]


@pytest.mark.parametrize(
    "text",
    [
        "Middle child",
        "40% of the basket",
        "the nearest as the crow flies",
        "1st in 400 draws of weights",
        "12 small children",
    ],
)
def test_an_unknown_word_is_found(text):
    assert BANNED.search(text)


@pytest.mark.slow
def test_every_column_of_children_says_its_ages(open_page, plans):
    """A heading that counts children says which ages, so that none stands beside another without it."""
    bare_count = re.compile(r"\bchildren\b(?! aged| under|’s|'s| \d)", re.IGNORECASE)
    for page in ("gaps", "ward_map", "travel_time", "scenario_lab"):
        for screen in screens(open_page, page, plans):
            for element in screen.at.dataframe:
                labels = re.findall(r'"label": ?"([^"]*)"', element.proto.columns)
                for label in (text.encode().decode("unicode_escape") for text in labels):
                    assert not bare_count.search(label), (page, label)
            for body in (element.proto.body for element in screen.at.get("html")):
                for heading in re.findall(r"<th[^>]*>(.*?)</th>", body):
                    assert not bare_count.search(re.sub(r"<[^>]+>", " ", unescape(heading))), (page, heading)
