"""Goals are objects: their names are known, and nothing else is switched by a name."""

import ast
from pathlib import Path

import pytest

from analysis.placement.goals import GOALS, goal_named
from geo.errors import UnknownNameError
from wording.languages import english

ROOT = Path(__file__).parents[3]
FOLDERS = ("analysis/placement", "ui", "wording", "commands")


def switches(source):
    """Lines that compare something called goal with the name of one, or list several names."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            found += [node.lineno] * (any("goal" in ast.unparse(side) for side in sides) and any(map(names, sides)))
        elif isinstance(node, ast.Match):
            found += [node.lineno] * ("goal" in ast.unparse(node.subject) and names(node))
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            parts = node.keys if isinstance(node, ast.Dict) else node.elts
            named = [isinstance(part, ast.Constant) and part.value in tuple(GOALS) for part in parts]
            found += [node.lineno] * (len(named) > 1 and all(named))
    return found


def names(node):
    return any(isinstance(part, ast.Constant) and part.value in tuple(GOALS) for part in ast.walk(node))


def test_no_goal_is_told_by_its_name():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            assert not switches(path.read_text()), f"{path.relative_to(ROOT)} switches by the name of a goal"


@pytest.mark.parametrize(
    "line",
    [
        'a = problem.goal == "gap"',
        'a = goal in ("reach",)',
        'a = "time" != question.goal',
        'match goal:\n    case "worst":\n        pass',
        '_SLOW = ("gap", "time")',
        '_WORDS = {"reach": 1, "worst": 2}',
    ],
)
def test_a_switch_by_name_is_seen(line):
    assert switches(line)


def test_each_goal_has_a_name_words_and_its_source():
    assert list(GOALS) == ["reach", "time", "worst", "gap", "backup"]
    assert list(english().find("lab.goals")) == list(GOALS)
    for name, goal in GOALS.items():
        assert goal_named(name) is goal
        assert any(year in goal.__doc__ for year in ("1964", "1974", "1986", "1994")), "where it was published"


def test_an_unknown_goal_is_told_with_those_there_are():
    with pytest.raises(UnknownNameError, match="goal 'fairest'"):
        goal_named("fairest")
