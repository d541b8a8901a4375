"""The table of docs/security.md: every requirement once, each that holds by a test or a file that there is."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "security.md"
STATES = ("holds", "does not apply", "does not hold")
# Numbers of ASVS 4.0.3 that level 2 asks for, by section; those that are left out were deleted, or are of level 3.
LEVEL_2 = {
    "1.1": range(1, 8), "1.2": range(1, 5), "1.4": (1, 4, 5), "1.5": range(1, 5), "1.6": range(1, 5), "1.7": (1, 2),
    "1.8": (1, 2), "1.9": (1, 2), "1.10": (1,), "1.11": (1, 2), "1.12": (2,), "1.14": range(1, 7),
    "2.1": range(1, 13), "2.2": range(1, 4), "2.3": range(1, 4), "2.4": range(1, 6), "2.5": range(1, 8),
    "2.6": range(1, 4), "2.7": range(1, 7), "2.8": range(1, 8), "2.9": range(1, 4), "2.10": range(1, 5),
    "3.1": (1,), "3.2": range(1, 5), "3.3": range(1, 5), "3.4": range(1, 6), "3.5": range(1, 4), "3.7": (1,),
    "4.1": (1, 2, 3, 5), "4.2": (1, 2), "4.3": (1, 2, 3),
    "5.1": range(1, 6), "5.2": range(1, 9), "5.3": range(1, 11), "5.4": range(1, 4), "5.5": range(1, 5),
    "6.1": range(1, 4), "6.2": range(1, 7), "6.3": (1, 2), "6.4": (1, 2),
    "7.1": range(1, 5), "7.2": (1, 2), "7.3": (1, 3, 4), "7.4": range(1, 4),
    "8.1": range(1, 5), "8.2": range(1, 4), "8.3": range(1, 9),
    "9.1": range(1, 4), "9.2": range(1, 5), "10.2": (1, 2), "10.3": range(1, 4), "11.1": range(1, 9),
    "12.1": range(1, 4), "12.2": (1,), "12.3": range(1, 7), "12.4": (1, 2), "12.5": (1, 2), "12.6": (1,),
    "13.1": (1, 3, 4, 5), "13.2": (1, 2, 3, 5, 6), "13.3": (1, 2), "13.4": (1, 2),
    "14.1": range(1, 5), "14.2": range(1, 7), "14.3": (2, 3), "14.4": range(1, 8), "14.5": range(1, 5),
}  # fmt: skip
WANTED = [f"{section}.{number}" for section, numbers in LEVEL_2.items() for number in numbers]
_ROW = re.compile(r"\| (\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))? \| (.+?) \| (.+?) \| (.+?) \|")
_NAMED = re.compile(r"`([^`]+)`")


def rows():
    """Numbers, state and reason of each row."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = _ROW.fullmatch(line)
        if row is None:
            assert not re.match(r"\| \d+\.\d", line), f"cannot be read: {line}"
            continue
        first, last, _, state, reason = row.groups()
        section, start = first.rsplit(".", 1)
        end = int(start)
        if last is not None:
            assert last.startswith(f"{section}."), line
            end = int(last.rsplit(".", 1)[1])
        found.append(([f"{section}.{number}" for number in range(int(start), end + 1)], state, reason))
    return found


ROWS = rows()


def test_every_requirement_stands_there_once():
    found = Counter(number for numbers, _, _ in ROWS for number in numbers)
    assert not [number for number in found if found[number] > 1]
    assert set(found) == set(WANTED), set(found) ^ set(WANTED)
    assert len(WANTED) == 259
    assert f"all its {len(WANTED)} requirements" in PAGE.read_text(encoding="utf-8")


def test_each_has_one_of_three_states_and_the_page_says_how_many():
    count = Counter()
    for numbers, state, _ in ROWS:
        assert state in STATES, numbers
        count[state] += len(numbers)
    hold, not_for_us, lacking = (count[state] for state in STATES)
    told = f"Of {len(WANTED)} requirements {hold} hold, {not_for_us} do not apply, {lacking} do not hold."
    assert told in PAGE.read_text(encoding="utf-8"), told


@cache
def names_in(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def paths_of(reason):
    """Yield the files that a reason names, each with the test in it or nothing."""
    for name in _NAMED.findall(reason):
        file, _, test = name.partition("::")
        if ("/" in file and file[0] != "/") or (ROOT / file).exists():
            yield file, test


@pytest.mark.parametrize(("numbers", "state", "reason"), ROWS, ids=[numbers[0] for numbers, _, _ in ROWS])
def test_what_a_row_names_is_there(numbers, state, reason):
    named = list(paths_of(reason))
    if state == "holds":
        assert named or "above" in reason or "same table" in reason, "by what?"
    else:
        assert len(reason) > 3, "why?"
    for file, test in named:
        assert (ROOT / file).exists(), file
        if test:
            assert test.startswith("test_"), test
            assert test in names_in(file), f"{file}::{test}"


def test_the_roles_of_the_page_are_those_of_the_program():
    from store.person import Role

    text = PAGE.read_text(encoding="utf-8")
    assert f"| | {' | '.join(Role)} |" in text
