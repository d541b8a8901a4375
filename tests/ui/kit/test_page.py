"""What a file, a link or a reader typed is shown as it stands, whatever markdown would make of it."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from ui.kit.page import JOINER, plain

HOSTILE = [
    "*x* and _y_ and `z`",
    "[a](javascript:alert(1)) ![b](http://example.org/b.png)",
    "$x^2$ <b>bold</b> &lt; ~~gone~~ | a | b",
    ":smile: :material/home: :red[x] :orange-badge[y]",
    "http://example.org www.example.org someone@example.org",
    "a -> b <- c >= d -- e ~= f",
    "# no heading",
    "1. no list",
    "- no list",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_text_is_left_for_markdown(text):
    shown = plain(text)
    # Without the marks that markdown takes away, and what has no width, it is the text as it was.
    assert re.sub(r"\\(.)", r"\1", shown).replace(JOINER, "") == text
    bare = re.sub(r"\\.", "", shown)
    assert not re.search(r"[`*_{}\[\]()#!|<>~$&]", bare)
    assert not re.search(r":[\w+-]+:|:material/|https?://|www\.|\w@\w|->|--|^\d+\.|^-", bare)


def test_ordinary_words_stay_as_they_are():
    for text in ("Hub at SS3 9PD, 10:00 to 12:00", "give 0 to 240", "15.5 minutes: too many"):
        assert plain(text) == text
    assert plain("two\n\nlines") == "two lines"


def test_an_error_is_shown_as_typed():
    def draw(text: str) -> None:
        from geo.errors import InputError
        from ui.kit.page import show_error

        show_error(InputError(text))

    for text in HOSTILE:
        (error,) = AppTest.from_function(draw, args=(f"the name {text} is not known",)).run().error
        words, advice = error.value.split("\n\n")
        assert words == plain(f"the name {text} is not known")
        assert advice.startswith("Correct what is named above")
