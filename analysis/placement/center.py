"""The goal ``worst`` (p-center): the smallest longest journey, found by a search by halves over radii."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np

from analysis.placement.coverage import MaximalCovering
from analysis.placement.models import Programme, base_rows
from analysis.placement.problem import Bools, Floats, Goal, More, Problem, first_of_each
from analysis.placement.rounds import solve_in_rounds
from analysis.placement.solver import new_model, watched_run
from analysis.placement.watch import Choice, Progress, Search, Solved, Watch


class PCenter(Goal):
    r"""Smallest worst minutes: the p-center (Hakimi 1964, 1965), goal ``worst``.

    .. math:: \min \max_{i: w_i > 0} d_i(S)

    A radius :math:`R` is possible when some allowed choice, with the sites already there, covers every home with people
    within :math:`R`: a covering problem (LSCP), which is quick to solve. The optimum is one of the travel times
    themselves, so a search by halves over them (Minieka 1970; Elloumi, Labbé and Pochet 2004,
    https://doi.org/10.1287/ijoc.1030.0028) needs about fifteen such problems. A radius that is not possible proves the
    same for all smaller ones. Many choices have the same worst minutes; of these, one with the most people within the
    threshold is taken.
    """

    name: ClassVar[str] = "worst"
    per_unit: ClassVar[float] = 1 / 60.0
    decimals: ClassVar[int] = 1
    any_distance: ClassVar[bool] = True

    def scores(self, problem: Problem, chosen: Sequence[int], more: More | None) -> Floats:
        """Return the seconds of the longest journey of anybody who counts."""
        base = np.minimum(problem.existing_s, problem.time_s[:, list(chosen)].min(axis=1, initial=np.inf))
        rows = problem.counted
        if not rows.any():
            return np.zeros(1 if more is None else more.time_s.shape[1])
        if more is None:
            return np.array([float(base[rows].max())])
        worst: Floats = np.minimum(base[rows, None], more.time_s[rows]).max(axis=0).astype(np.float64)
        return worst

    def search(self, problem: Problem, judge: Callable[[Choice], float] | None) -> Search:  # noqa: ARG002 (no capacity)
        """Solve by :func:`solve_center`."""
        return partial(solve_center, problem)


def solve_center(
    problem: Problem, watch: Watch, *, start: Choice | None = None, excluded: tuple[Choice, ...] = ()
) -> Solved:
    """Find the choice with the smallest worst time.

    Parameters
    ----------
    problem
        The question, with goal ``worst``.
    watch
        Progress and stop.
    start
        A choice to begin from.
    excluded
        Choices that must not be returned again.

    Returns
    -------
    The best choice and the smallest worst seconds that are still possible.
    """
    rows = problem.counted
    if not rows.any():
        return Solved(start, 0.0)
    best = start
    # No choice is better for a home than the nearest of all candidates.
    nearest = np.minimum(problem.existing_s, problem.time_s.min(axis=1, initial=np.inf))
    lowest = float(nearest[rows].max())
    times = problem.time_s[rows]
    radii = np.unique(
        np.concatenate([times[(times >= lowest) & np.isfinite(times)], problem.existing_s[rows], [lowest]])
    )
    radii = radii[np.isfinite(radii) & (radii >= lowest)].astype(np.float64)
    if best is not None:
        radii = radii[radii <= problem.score(best)]
    low, high = 0, len(radii)
    while low < high and not watch.over():
        # A radius that is known to be possible is not tried again: only smaller ones are searched.
        middle = (low + high) // 2 if best is not None or high < len(radii) else min((low + high) // 2, high - 1)
        chosen = _cover(problem, watch, float(radii[middle]), excluded)
        if chosen is None:
            if watch.over():
                break
            low = middle + 1
        else:
            best = chosen if best is None or problem.score(chosen) <= problem.score(best) else best
            high = int(np.searchsorted(radii, problem.score(chosen)))
            high = min(high, middle)
        if best is not None:
            bound = float(radii[low]) if low < len(radii) else problem.score(best)
            watch.progress(Progress(watch.seconds, best, problem.score(best), min(bound, problem.score(best))))
    if best is None:
        return Solved(None, np.inf)
    bound = float(radii[low]) if low < len(radii) else problem.score(best)
    bound = min(bound, problem.score(best))
    if not watch.over():
        best = _most_within(problem, watch, best, excluded)
    return Solved(best, bound)


def _must_cover(problem: Problem, radius_s: float) -> Bools | None:
    """Return sets of candidates, ``(n_sets, m)``, of which one each must be chosen; None when a home has none."""
    open_ = problem.counted & (problem.existing_s > radius_s)
    sets = problem.time_s[open_] <= radius_s
    sets = sets[first_of_each(sets)[0]]
    if len(sets) and not sets.any(axis=1).all():
        return None
    # A set that holds another one is covered whenever that one is.
    sets = sets[np.argsort(sets.sum(axis=1), kind="stable")]
    size = sets.sum(axis=1)
    shared = sets.astype(np.float32) @ sets.astype(np.float32).T
    holds = (shared == size[None, :]) & (np.arange(len(sets))[None, :] < np.arange(len(sets))[:, None])
    return np.asarray(sets[~holds.any(axis=1)], dtype=bool)


def _cover(problem: Problem, watch: Watch, radius_s: float, excluded: tuple[Choice, ...]) -> Choice | None:
    sets = _must_cover(problem, radius_s)
    if sets is None:
        return None
    rows, m = base_rows(problem, excluded), problem.n_candidates
    for candidates in sets:
        sites = np.flatnonzero(candidates)
        rows.add(sites, np.ones(len(sites)), 1.0, np.inf)
    programme = Programme(np.zeros(m), problem.forced.astype(np.float64), np.ones(m), rows, m)
    quiet = Watch(stop=watch.over, time_limit_s=max(0.0, watch.time_limit_s - watch.seconds))
    return watched_run(new_model(programme), problem, quiet, score=lambda _: 0.0).chosen


def _most_within(problem: Problem, watch: Watch, best: Choice, excluded: tuple[Choice, ...]) -> Choice:
    sets = _must_cover(problem, problem.score(best))
    if sets is None:
        return best
    by_reach = replace(problem, goal=(reach := MaximalCovering()))
    programme = reach.programme(by_reach, excluded, must_cover=[np.flatnonzero(row) for row in sets])
    quiet = Watch(stop=watch.over, time_limit_s=max(0.0, watch.time_limit_s - watch.seconds))
    found = solve_in_rounds(programme, by_reach, quiet, start=best).chosen
    return best if found is None else found
