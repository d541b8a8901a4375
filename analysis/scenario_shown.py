"""What a search for the best sites found, as pages, files and readers may have it.

A score that counts people is a part of the borough, and what a site adds is the difference of two such scores, so both
are under disclosure control like every other part (:mod:`analysis.disclosure`): an exact score of the best choice less
that of a runner-up would count the homes of one street.
"""

import numpy as np
import pandas as pd

from analysis.disclosure import protect_count, protect_parts
from analysis.placement import Placement

# As far as sums of minutes are rounded in the tables of scenarios.
_MINUTES_TO = -2
_PEOPLE = ("reach", "backup")


def shown_score(goal: str, value: float, total: float | None = None) -> float:
    """Return a score of a goal as it may be shown.

    Parameters
    ----------
    goal
        One of :data:`analysis.placement_problem.GOALS`.
    value
        The score: people, minutes of all people, minutes, or percentage points.
    total
        Everybody who counts, where it is known how many are left out.

    Returns
    -------
    People to the nearest 5, NaN for some but under 5 (or all but under 5); minutes of all people to the nearest
    hundred; minutes and percentage points to one decimal.
    """
    if goal in _PEOPLE:
        many = 2 * abs(value) + 100.0 if total is None else total
        return float(protect_parts(value, many)) if np.isfinite(value) else value
    return float(np.round(value, _MINUTES_TO if goal == "time" else 1))


def shown_sites(found: Placement) -> pd.DataFrame:
    """Return the chosen sites with what each adds as it may be shown: people to the nearest 5, NaN under 5."""
    shown = found.sites.copy()
    goal = found.question.goal
    shown["adds"] = [shown_score(goal, float(value)) for value in shown["adds"]]
    for column in ("only_here", "nearest_for"):
        people = shown[column].astype(np.float64)
        shown[column] = protect_count(people).where(people > 0, 0.0)
    return shown


def everybody(found: Placement) -> float:
    """People who count in the question, weighted as it says."""
    pack, baseline = found.effect.counts.pack, found.scenario.baseline
    return float(sum(weight * pack.measure(name, baseline).sum() for name, weight in found.question.measures))
