"""Figures in words."""

import math

import pytest

from analysis.shown import FEW
from wording import numbers as words
from wording.languages import read_words
from wording.scenario import travelling


@pytest.mark.parametrize(
    ("value", "text"), [(4032, "4,032"), (0, "0"), (2.5, "3"), (None, "no figure"), (math.nan, "no figure")]
)
def test_people(value: float | None, text: str) -> None:
    assert words.people(value) == text


def test_people_are_said_as_shown() -> None:
    assert [words.people(count) for count in (1025.0, FEW, 4032 - FEW)] == ["1,025", "fewer than 5", "all but a few"]
    assert [words.signed(change) for change in (-FEW, 120.0, 0.0)] == ["−fewer than 5", "+120", "0"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.412, "41%"), (0, "0%"), (1, "100%"), (0.001, "under 1%"), (0.999, "over 99%"),
        (0.995, "over 99%"), (0.994, "99%"), (math.nan, "no figure"),
    ],
)  # fmt: skip
def test_percent(share: float, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.84, "84%"), (0.996, "nearly all"), (0.004, "few"), (0.005, "1%"), (0, "0%"), (1, "100%"), (None, "no figure")],
)
def test_share_words(share: float | None, text: str) -> None:
    assert words.share_words(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.4, "12 minutes"), (0.5, "1 minute"), (0.4, "less than a minute"), (math.inf, "no way there"),
        (math.nan, "no figure"), (None, "no figure"),
    ],
)  # fmt: skip
def test_minutes(value: float | None, text: str) -> None:
    assert words.minutes(value) == text


def test_minutes_of_seconds() -> None:
    assert words.minutes_of(900) == "15 minutes"
    assert words.minutes_of(None) == "no figure"


def test_minutes_in_a_narrow_column() -> None:
    seconds = (900, 60, 20, math.inf, math.nan)
    assert [words.minutes_short(value) for value in seconds] == [
        "15 min",
        "1 min",
        "under 1 min",
        "no way",
        "no figure",
    ]


def test_what_the_meeting_shows_is_in_its_language() -> None:
    polish = read_words("pl")
    assert [words.minutes(value, polish) for value in (22, 0.2, math.inf)] == [
        "22 minuty",
        "mniej niż minuta",
        "brak dojścia",
    ]
    assert [words.distance(metres, polish) for metres in (340, math.nan)] == ["340 m", "brak danych"]
    assert [words.minutes_short(value, polish) for value in (20, math.inf)] == ["poniżej 1 min", "brak"]
    assert travelling("cycle", polish) == "rowerem"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.41, "about 4 in 10"), (0, "none"), (1, "all"), (0.02, "fewer than 1 in 20"),
        (0.97, "nearly all"), (0.95, "about 9 in 10"), (0.05, "about 1 in 10"),
    ],
)  # fmt: skip
def test_about(share: float, text: str) -> None:
    assert words.about(share) == text


def test_the_rest() -> None:
    assert words.points(-0.123) == "12 points lower"
    assert words.points(0.01) == "1 point higher"
    assert words.points(0.001) == "about the same"
    assert words.distance(344) == "340 m"
    assert words.distance(1240) == "1.2 km"
    assert [words.distance(metres) for metres in (math.inf, None)] == ["no way there", "no figure"]
    assert [words.rank(n, 17) for n in (1, 2, 3, 11, 12)] == [
        "1st of 17", "2nd of 17", "3rd of 17", "11th of 17", "12th of 17",
    ]  # fmt: skip
