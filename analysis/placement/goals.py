"""The goals of a placement (location models) by the name that options, links and files use."""

from collections.abc import Mapping
from types import MappingProxyType

from analysis.placement.center import PCenter
from analysis.placement.coverage import BackupCoverage, MaximalCovering
from analysis.placement.gap import SmallestGap
from analysis.placement.median import PMedian
from analysis.placement.problem import Goal
from geo.errors import UnknownNameError

GOALS: Mapping[str, Goal] = MappingProxyType(
    {goal.name: goal for goal in (MaximalCovering(), PMedian(), PCenter(), SmallestGap(), BackupCoverage())}
)


def goal_named(name: str) -> Goal:
    """Return the goal of a name.

    Raises
    ------
    UnknownNameError
        For an unknown name.
    """
    if name not in GOALS:
        raise UnknownNameError("goal", name, list(GOALS))
    return GOALS[name]
