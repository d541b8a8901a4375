"""The words of a step beside its picture."""

import re

import pytest

from ui.meeting.pictures import step_html
from wording.languages import read_words
from wording.story import Step


def fit(letters: int, review: str = "") -> float:
    step = Step("far", "How far", "x" * letters, "18 minutes", "y" * 40, "", "", ())
    return float(re.findall(r"--fit:([0-9.]+)", step_html(step, read_words(), review))[0])


def test_a_long_sentence_is_smaller_so_that_nothing_lies_under_the_buttons():
    assert fit(100) == 1, "a short one has the size of the window"
    assert fit(340) == pytest.approx((180 / 360) ** 0.5, abs=0.001)
    assert fit(170, review="Needs review") < fit(170) < 1
