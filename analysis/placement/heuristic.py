"""Heuristics for a good first choice before any proof: greedy addition, then swaps (vertex substitution).

Greedy addition reaches at least 1 - 1/e of the optimum for coverage (Nemhauser, Wolsey and Fisher 1978), and swapping
one site at a time (Teitz and Bart 1968) usually finds most of the rest. For ``backup`` one site alone adds little, and
for ``gap`` one site alone makes the two groups less equal, so for these goals two sites are swapped at a time, from
several starting choices. The result starts the solver and gives it a bound, and a search that is stopped returns it if
nothing better is known yet.
"""

from collections.abc import Callable, Collection
from itertools import combinations

import numpy as np

from analysis.placement.problem import PairedGoal, Problem
from analysis.placement.watch import Choice

# Number of starting choices from which two sites are swapped at a time.
_BEGINNINGS = 3


def quick_choice(
    problem: Problem, *, excluded: Collection[Choice] = (), stop: Callable[[], bool] = lambda: False
) -> Choice | None:
    """Choose sites by greedy addition and swaps.

    Parameters
    ----------
    problem
        The question.
    excluded
        Choices that must not be returned, as sorted tuples.
    stop
        Called between steps; True ends the search with the choice found so far.

    Returns
    -------
    An allowed choice as a sorted tuple, or None when the search found none (a tight budget with a number of hubs).
    """
    chosen = _greedy(problem)
    if chosen is None:
        return None
    chosen = _swapped(problem, chosen, stop)
    if isinstance(problem.goal, PairedGoal) and problem.capacity is None and len(chosen) - problem.forced.sum() >= 2:
        chosen = _swapped_by_two(problem, problem.goal, chosen, stop)
    found = tuple(sorted(chosen))
    if found not in excluded:
        return found
    return next((choice for _, choice in neighbours(problem, found) if choice not in excluded), None)


def neighbours(problem: Problem, chosen: Choice) -> list[tuple[float, Choice]]:
    """Score every allowed choice that differs from `chosen` in one site, best first."""
    found: dict[Choice, float] = {}
    for out in chosen:
        if problem.forced[out]:
            continue
        rest = [site for site in chosen if site != out]
        scores = problem.scores_with(rest)
        for site in np.flatnonzero(problem.affordable(rest)):
            if site != out:
                found[tuple(sorted([*rest, int(site)]))] = float(scores[site])
    return sorted(
        ((score, choice) for choice, score in found.items()), key=lambda pair: (problem.sign * pair[0], pair[1])
    )


def _swapped(problem: Problem, chosen: list[int], stop: Callable[[], bool]) -> list[int]:
    """Swap one site for another while that helps."""
    best, improved = problem.score(chosen), True
    while improved and not stop():
        improved = False
        for out in [site for site in chosen if not problem.forced[site]]:
            rest = [site for site in chosen if site != out]
            pick = _best_addition(problem, rest)
            if pick is not None and problem.better(pick[1], best):
                chosen, best, improved = [*rest, pick[0]], pick[1], True
    return chosen


def _swapped_by_two(problem: Problem, goal: PairedGoal, chosen: list[int], stop: Callable[[], bool]) -> list[int]:
    """Swap two sites for two others while that helps, from `chosen` and from random choices, the same each time."""
    random = np.random.default_rng(len(chosen))
    forced = np.flatnonzero(problem.forced).tolist()
    free = np.flatnonzero(~problem.forced)
    best, best_score = chosen, problem.score(chosen)
    for beginning in range(_BEGINNINGS):
        if stop():
            break
        now = best if beginning == 0 else [*forced, *random.choice(free, len(chosen) - len(forced), replace=False)]
        score = problem.score(now) if problem.allowed(now) else problem.sign * np.inf
        improved = True
        while improved and not stop():
            improved = False
            for out in combinations([site for site in now if not problem.forced[site]], 2):
                rest = [site for site in now if site not in out]
                pair = _best_two(problem, goal, rest)
                if pair is not None and problem.sign * (new := problem.score([*rest, *pair])) < problem.sign * score:
                    now, score, improved = [*rest, *pair], new, True
                    break
        if problem.sign * score < problem.sign * best_score:
            best, best_score = now, score
    return [int(site) for site in best]


def _best_two(problem: Problem, goal: PairedGoal, chosen: list[int]) -> tuple[int, int] | None:
    allowed = np.logical_and.outer(free := problem.affordable(chosen), free)
    np.fill_diagonal(allowed, val=False)
    if problem.budget is not None:
        left = problem.budget - problem.cost[chosen].sum() + 1e-9
        allowed &= np.add.outer(problem.cost, problem.cost) <= left
    if not allowed.any():
        return None
    scores = np.where(allowed, problem.sign * goal.scores_with_two(problem, chosen), np.inf)
    one, other = divmod(int(np.argmin(scores)), len(free))
    return one, other


def _greedy(problem: Problem) -> list[int] | None:
    chosen: list[int] = np.flatnonzero(problem.forced).tolist()
    limit = problem.n_candidates if problem.hubs is None else problem.hubs
    while len(chosen) < limit:
        pick = _best_addition(problem, chosen)
        if pick is None:
            break
        if problem.hubs is None and not problem.better(pick[1], problem.score(chosen)):
            break
        chosen.append(pick[0])
    if problem.allowed(chosen):
        return chosen
    # The best sites used up the budget before all hubs were chosen: start the swaps from the cheapest ones instead.
    free = [int(site) for site in np.argsort(problem.cost, kind="stable") if not problem.forced[site]]
    chosen = np.flatnonzero(problem.forced).tolist()
    chosen += free[: limit - len(chosen)]
    return chosen if problem.allowed(chosen) else None


def _best_addition(problem: Problem, chosen: list[int]) -> tuple[int, float] | None:
    free = problem.affordable(chosen)
    if not free.any():
        return None
    scores = np.where(free, problem.sign * problem.scores_with(chosen), np.inf)
    site = int(np.argmin(scores))
    return site, problem.sign * float(scores[site])
