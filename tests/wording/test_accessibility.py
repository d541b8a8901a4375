"""The accessibility statement, and the list of what is known to be wrong with the pages."""

from dataclasses import fields
from datetime import date

import pytest

from geo.errors import InputError
from wording.accessibility import Finding, finding_columns, preparation, read_findings

GOOD = '[[finding]]\nrule = "r"\nwhere = "w"\nwcag = "1.1.1"\nbelongs = "b"\nproblem = "p"\ninstead = "i"\n'


def test_what_is_known_is_read_in_its_order(tmp_path):
    path = tmp_path / "accessibility.toml"
    path.write_text(GOOD + GOOD.replace('"r"', '"color-contrast"') + 'selector = "h1"\n', encoding="utf-8")
    first = Finding("r", "w", "1.1.1", "b", "p", "i")
    assert read_findings(path) == (first, Finding("color-contrast", "w", "1.1.1", "b", "p", "i", "h1"))
    path.write_text("", encoding="utf-8")
    assert read_findings(path) == ()
    assert {finding.rule for finding in read_findings()} == {"found by hand"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('wcag = "1.1.1"\n', "", r"^accessibility\.toml, finding 1: wcag is missing$"),
        ('"p"', "7", r"^accessibility\.toml, finding 1: problem must be a text, not 7$"),
        ("instead", "insted", r"instead is missing; .* insted is not one of the keys"),
        ("[[finding]]", "[[finding", r"accessibility\.toml cannot be read, it is not TOML"),
    ],
)
def test_a_fault_of_the_file_is_told_with_its_place(tmp_path, old, new, said):
    path = tmp_path / "accessibility.toml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_findings(path)


def test_the_statement_names_the_day_of_its_preparation_and_the_columns_are_what_a_finding_has():
    told = preparation(date(2026, 5, 3))
    assert told.count("on 3 May 2026.") == 2
    assert set(finding_columns()) == {field.name for field in fields(Finding)} - {"selector"}
