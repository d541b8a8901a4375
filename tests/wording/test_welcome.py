"""The tour has its pages, and the glossary explains the words that a sentence has."""

from geo.packs import open_pack
from tests.conftest import CHECKOUT
from wording.welcome import STEPS, glossary, meanings_in, step_words, worked_questions


def test_every_step_is_a_page_with_words():
    for number, name in enumerate(STEPS):
        assert (CHECKOUT / "pages" / f"{name}.py").is_file()
        title, text, how_far = step_words(number)
        assert title
        assert len(text.split()) > 20
        assert how_far == f"Step {number + 1} of {len(STEPS)}"
    words = sum(len(step_words(number)[1].split()) for number in range(len(STEPS)))
    assert words / 200 <= 2, "two minutes at the pace of reading"
    assert len(worked_questions(open_pack("southend"))) == 3


def test_only_the_words_of_a_sentence_are_explained():
    said = meanings_in("## 1,640 children in the six **target wards** can reach a centre walking with a pram.")
    assert [line.split("**")[1] for line in said.split("\n\n")] == ["can reach", "target wards", "walking with a pram"]
    assert meanings_in("Nothing to explain, roundabout.") == ""
    assert {term for term, _ in glossary()} >= {"pocket", "too close to call"}
