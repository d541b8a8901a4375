"""The search for the best choice of a problem and its runners-up, with the proof of each."""

from dataclasses import dataclass

import numpy as np

from analysis.placement.heuristic import neighbours, quick_choice
from analysis.placement.models import group_points
from analysis.placement.problem import Problem
from analysis.placement.watch import Choice, Progress, Solved, Watch, relative_gap
from analysis.scenario.assignment import assign


@dataclass(frozen=True)
class Proof:
    """How close to the optimum a choice is known to be.

    Attributes
    ----------
    objective, bound
        Its score and the best that any choice can have: people (``reach``, ``backup``), minutes over all people
        (``time``), minutes (``worst``), or percentage points (``gap``: at least 0.1, less a thousandth of the
        percentage reached).
    seconds
        Time that it took.
    status
        ``optimal``, ``stopped`` or ``time limit``.
    """

    objective: float
    bound: float
    seconds: float
    status: str

    @property
    def gap(self) -> float:
        """Share of the objective that is still open; 0 is proven."""
        return relative_gap(self.objective, self.bound)


class Solver:
    """The search of a goal for one problem, with the cuts and rows that it keeps between calls."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        judge = None if problem.capacity is None else lambda choice: problem.sign * self.score(choice)
        self._search = problem.goal.search(problem, judge)

    def score(self, chosen: Choice) -> float:
        """Return the score of a choice, with capacity where the problem has it."""
        if self.problem.capacity is None:
            return self.problem.score(chosen)
        groups = group_points(self.problem, 1)
        sure = float(self.problem.weight[self.problem.existing_within >= 1].sum())
        if not groups.sets or not chosen:
            return sure
        seconds = np.array([[0.0 if site in sites else np.inf for site in chosen] for sites in map(set, groups.sets)])
        return sure + assign(groups.weight, seconds, self.problem.capacity[list(chosen)], 0.0).total

    def solve(self, watch: Watch, excluded: tuple[Choice, ...], start: Choice | None = None) -> Solved:
        """Find the best choice that is not excluded; the bound is a score of the problem."""
        problem = self.problem
        begin = start or quick_choice(problem, excluded=excluded, stop=watch.over)
        if begin is not None:
            watch.progress(Progress(watch.seconds, begin, self.score(begin), -problem.sign * np.inf))
        return self._search(watch, start=begin, excluded=excluded)


def in_units(problem: Problem, score: float) -> float:
    """Return a score as people read it: minutes instead of seconds."""
    return score * problem.goal.per_unit


def proof_of(solver: Solver, solved: Solved, watch: Watch) -> Proof:
    """Return how close to the optimum the choice that a search found is known to be."""
    problem, chosen = solver.problem, solved.chosen or ()
    objective, bound = solver.score(chosen), solved.bound
    # A bound cannot be worse than the choice itself; the solver's tolerance may make it slightly worse.
    bound = max(bound, objective) if problem.sign < 0 else min(bound, objective)
    if problem.sign < 0:
        bound = min(bound, float(problem.weight.sum()))
    elif not np.isfinite(bound):
        bound = 0.0
    return Proof(in_units(problem, objective), in_units(problem, bound), watch.seconds, watch.status)


def runners_up(solver: Solver, best: Choice, watch: Watch, count: int) -> list[tuple[Choice, Proof]]:
    """Solve again without the choices already known, so that each runner-up is proven too."""
    found: list[tuple[Choice, Proof]] = []
    known = [best]
    while len(found) < count and not watch.over():
        near = min(
            (
                pair
                for choice in known
                for pair in neighbours(solver.problem, choice)[: len(known) + 1]
                if pair[1] not in known
            ),
            key=lambda pair: solver.problem.sign * pair[0],
            default=None,
        )
        again = Watch(watch.progress, watch.stop, max(0.0, watch.time_limit_s - watch.seconds))
        solved = solver.solve(again, tuple(known), None if near is None else near[1])
        if solved.chosen is None or solved.chosen in known:
            break
        found.append((solved.chosen, proof_of(solver, solved, again)))
        known.append(solved.chosen)
    return sorted(found, key=lambda pair: solver.problem.sign * pair[1].objective)
