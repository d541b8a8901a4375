"""Expressions of layers, held against what JavaScript makes of them."""

import pytest

from drawing.expression import reader
from geo.errors import InputError

FEATURE = {"i": 2, "a": [0.7, 51.5], "properties": {"c": 1, "name": "Milton", "i": 0, "no": 0}}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ([1, 2, 3], [1, 2, 3]),
        (1.5, 1.5),
        ("plain", "plain"),
        ("@@=a", [0.7, 51.5]),
        ("@@=properties.name", "Milton"),
        ("@@=([[1,2,3,4],[5,6,7,8]])[properties.c]", [5, 6, 7, 8]),
        ('@@=([[1,2],[3,4],[5,6]])[("012")[i]]', [5, 6]),
        ('@@=([[1,2],[3,4],[5,6]])[("210")[properties.i]]', [5, 6]),
        ("@@=properties.c ? 13 : 10", 13),
        ("@@=properties.no ? 13 : 10", 10),
    ],
)
def test_an_expression_reads_as_in_the_browser(written, value):
    assert reader(written)(FEATURE) == value


@pytest.mark.parametrize("written", ["@@=alert(1)", "@@=properties.c + 1", "@@=([1,2)[c]"])
def test_another_expression_is_refused_and_never_guessed(written):
    with pytest.raises(InputError, match="expression"):
        reader(written)
