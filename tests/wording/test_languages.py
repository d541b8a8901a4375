"""The files of words: all that is asked for is there, nothing else is, and no sentence stands in Python as well."""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from analysis.areas.definitions import ABOUT
from analysis.areas.side_by_side import PARTS as COMPARED
from analysis.placement.goals import GOALS
from analysis.reach.readings import read_readings
from analysis.scenario.scenario import WEEKDAYS
from geo.errors import InputError, UnknownNameError
from geo.finder import Kind
from geo.measures import MEASURES
from geo.network.modes import MODES
from geo.services import CATEGORIES
from geo.timetable.timetable import STATUSES
from wording.languages import FIRST_LANGUAGE, WORDS, english, languages, read_words

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("wording", "ui", "pages", "reports", "commands", "drawing")
ASKING = {"say", "counted", "many", "named", "find"}
# A translation may name a service by another of its forms, write a small number in digits, and tell of a text in its
# own words.
SAME_BRACE = {"gen": "a", "many": "a", "numeral": "n", "said": "text"}
# What fills a gap in the place of words and is spelt elsewhere.
ANSWERS = {kind.replace(" ", "_") for kind in get_args(Kind)}
VEHICLES = {"bus", "train", "tram", "metro", "ferry", "coach"}
READINGS = {reading.name for service in read_readings() for reading in service.readings}
SIDE_BY_SIDE = {*COMPARED, *ABOUT, "postcode", "oa", "lsoa"}
NAMES = {*CATEGORIES, *MODES, *GOALS, *READINGS, *WEEKDAYS, *MEASURES, *ANSWERS, *SIDE_BY_SIDE, *STATUSES, *VEHICLES}
SECTIONS = {"welcome", "worked", "take", "travelling", "own", "people", "operator"}
"""Sections that are asked for whole."""


def table(code: str) -> dict[str, object]:
    return tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8"))


def places(words: dict[str, object], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every place of a file, with its words: one text, or the forms of one."""
    for key, value in words.items():
        place = f"{before}{key}"
        if isinstance(value, dict):
            yield from places(value, f"{place}.")
        else:
            yield place, value if isinstance(value, list) else [value]


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text of a module that is no docstring."""
    explained = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node


def texts_of(node: ast.expr) -> Iterator[ast.expr]:
    """The texts that an argument may be: itself, or either side of a condition."""
    if isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)
    elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node


def arguments(node: ast.AST) -> list[ast.expr]:
    """The argument of a call that is a place of words, or those that a function takes when it is given none."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return node.args[:1] if name in ASKING else node.args[1:] if name == "listed" else []
    if isinstance(node, ast.FunctionDef) and node.name == "listed":
        return node.args.defaults
    return []


def asked() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Where words are asked for, the place as a pattern, and what the gaps in it may be."""
    for path in sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = NAMES | {node.value for node in strings(tree) if node.value.isidentifier()}
        for node in ast.walk(tree):
            for text in (text for argument in arguments(node) for text in texts_of(argument)):
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                pattern = "".join(re.escape(p.value) if isinstance(p, ast.Constant) else r"(\w+)" for p in parts)
                if "." in pattern or pattern in SECTIONS:
                    yield f"{path.relative_to(ROOT)}:{text.lineno}", re.compile(pattern), names


def meets(pattern: re.Pattern[str], names: set[str], place: str) -> bool:
    """Whether a pattern asks for a place, or for a section that it is in."""
    parts = place.split(".")
    heads = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return any((found := pattern.fullmatch(head)) and names.issuperset(found.groups()) for head in heads)


ENGLISH = dict(places(table(FIRST_LANGUAGE)))


@pytest.mark.slow
def test_every_place_that_is_asked_for_is_in_english() -> None:
    found = list(asked())
    assert len(found) > 100
    assert not [where for where, pattern, names in found if not any(meets(pattern, names, p) for p in ENGLISH)]


def test_no_english_words_are_unused() -> None:
    found = [(pattern, names) for _, pattern, names in asked()]
    known = {"language"}  # read with the file
    unused = [p for p in ENGLISH if p.split(".")[0] not in known and not any(meets(*one, p) for one in found)]
    assert not unused


def braces(text: str) -> set[str]:
    return {SAME_BRACE.get(name, name) for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", [code for code in languages() if code != FIRST_LANGUAGE])
def test_a_translation_has_the_braces_of_the_english_words(code: str) -> None:
    for place, forms in places(table(code)):
        if place in ENGLISH:
            wanted = set().union(*map(braces, ENGLISH[place]))
            assert [braces(form) for form in forms] == [wanted] * len(forms), place


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "wording").glob("*.py")))
def test_no_sentence_stands_in_python(name: str) -> None:
    """Two words beside each other, or one beside a gap, are a sentence; what an error says is none of the words."""
    tree = ast.parse((ROOT / "wording" / f"{name}.py").read_text(encoding="utf-8"))
    errors = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    spelt = [node for node in strings(tree) if id(node) not in errors]
    spelt = [node for node in spelt if node.value != "Words | None"]  # a type, named before it is made
    sentences = [node.value for node in spelt if re.search(r"[A-Za-z]{2,}[ ,.]|[ ,][A-Za-z]{2,}", node.value)]
    places_asked = [text for text in sentences if re.fullmatch(r"[a-z_]+(\.\w*)+", text)]
    assert sorted(sentences) == sorted(places_asked)
    english_words = {form for forms in ENGLISH.values() for form in forms if " " in form}
    assert not english_words & {node.value for node in spelt}


def test_words_in_a_section_and_in_the_form_of_a_number() -> None:
    words = english()
    assert words is english(), "read once"
    assert words.named("steps.ask")["title"] == words.say("steps.ask.title")
    assert words.listed(["a", "b", "c"], "words.or") == "a, b or c"
    named = {"targets": "target wards", "a_target": "a target ward"}
    said = [words.counted("gaps.balance.others", number, names="x", **named).partition(", ")[2] for number in (1, 2)]
    assert said == ["x is not a target ward.", "x are not target wards."]
    with pytest.raises(UnknownNameError, match="section of words"):
        words.named("steps.ask.title")
    with pytest.raises(InputError, match="cannot be filled in"):
        words.counted("gaps.balance.others", 1)
    assert read_words("pl").counted("gaps.balance.others", 5, names="x", **named) == words.counted(
        "gaps.balance.others", 5, names="x", **named
    ), "what is left out comes in English, by the English rule"


def test_words_are_read_again_only_after_a_change(tmp_path, monkeypatch):
    for code in ("en", "pl"):
        (tmp_path / f"{code}.toml").write_text((WORDS / f"{code}.toml").read_text(encoding="utf-8"), encoding="utf-8")
    first = read_words("pl", tmp_path)
    assert read_words("pl", tmp_path) is first
    assert read_words("en", tmp_path) is not first
    changed = tmp_path / "pl.toml"
    changed.write_text(changed.read_text(encoding="utf-8").replace(first.name, "Changed", 1), encoding="utf-8")
    os.utime(changed, ns=(0, 0))
    assert read_words("pl", tmp_path).name == "Changed"
