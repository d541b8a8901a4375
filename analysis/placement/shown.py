"""The result of a placement in shown figures, for pages, files and reports.

A score that counts people, and what a site adds to it, are counts like any other (:mod:`analysis.shown`).
"""

import numpy as np

from analysis.placement.goals import goal_named
from analysis.placement.placement import Placement
from analysis.shown import ShownFrame, shown_counts, shown_parts


def shown_score(goal: str, value: float, total: float | None = None) -> float:
    """Return a score of a goal as it may be shown.

    Parameters
    ----------
    goal
        A name of :data:`analysis.placement.goals.GOALS`.
    value
        The score: people, minutes of all people, minutes, or percentage points.
    total
        Everybody who counts; with it, "all but a few" can be shown.

    Returns
    -------
    People as in :mod:`analysis.shown`; minutes of all people to the nearest hundred; minutes and percentage points to
    one decimal.
    """
    model = goal_named(goal)
    if model.counts_people:
        if not np.isfinite(value):
            return value
        return float(shown_counts(value) if total is None else shown_parts(value, total, shown_counts(total)))
    return float(np.round(value, model.decimals))


def shown_sites(found: Placement) -> ShownFrame:
    """Return the chosen sites with what each adds, people as in :mod:`analysis.shown`."""
    shown = found.sites.copy()
    goal = found.question.goal
    shown["adds"] = [shown_score(goal, float(value)) for value in shown["adds"]]
    for column in ("only_here", "nearest_for"):
        shown[column] = shown_counts(shown[column].to_numpy(np.float64))
    return ShownFrame(shown)


def everybody(found: Placement) -> float:
    """Return the number of people who count in the question, with its weights."""
    pack, baseline = found.effect.counts.pack, found.scenario.baseline
    return float(sum(weight * pack.measure(name, baseline).sum() for name, weight in found.question.measures))
