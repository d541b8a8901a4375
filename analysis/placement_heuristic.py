"""A good choice at once, before any proof: add the best site in turn, then swap while that helps.

Greedy addition comes within 1 - 1/e of the optimum for coverage (Nemhauser, Wolsey and Fisher 1978) and swapping one
site at a time (Teitz and Bart 1968) mostly closes the rest. What it finds starts the solver, gives it a bound to
prune by, and is what a stop button returns if nothing better is known yet.
"""

from collections.abc import Callable, Collection

import numpy as np

from analysis.placement_problem import Choice, Problem


def quick_choice(
    problem: Problem, *, excluded: Collection[Choice] = (), stop: Callable[[], bool] = lambda: False
) -> Choice | None:
    """Choose sites by greedy addition and swaps.

    Parameters
    ----------
    problem
        What is wanted.
    excluded
        Choices that must not be returned, as sorted tuples.
    stop
        Asked between steps; True ends the search with what there is.

    Returns
    -------
    Sorted tuple of candidates that is allowed, or None when the search met none (a tight budget with a number of hubs).
    """
    chosen = _greedy(problem)
    if chosen is None:
        return None
    fixed = set(np.flatnonzero(problem.forced).tolist())
    best = problem.score(chosen)
    improved = True
    while improved and not stop():
        improved = False
        for out in [site for site in chosen if site not in fixed]:
            rest = [site for site in chosen if site != out]
            pick = _best_addition(problem, rest)
            if pick is not None and problem.better(pick[1], best):
                chosen, best, improved = [*rest, pick[0]], pick[1], True
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
    # The best sites used the budget up: the cheapest ones are a choice, if not a good one, for swaps to start from.
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
