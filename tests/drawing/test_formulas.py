"""A spreadsheet takes no text for a formula, and other cells stay as they are."""

import pytest

from drawing.formulas import no_formula


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("-1", "'-1"),
        ("a;=1", "a;'=1"),
        ("a\t+1", "a\t'+1"),
        ("Hub = centre", "Hub = centre"),
        ("", ""),
        (-1.5, -1.5),
        (None, None),
    ],
)
def test_only_what_would_be_a_formula_gets_an_apostrophe(cell, safe):
    assert no_formula(cell) == safe
