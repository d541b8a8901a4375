"""Solve the goals of coverage: ``reach``, ``backup`` and ``gap``.

As candidates are ruled out, the problem is put anew with those left. Demand points that differed only in candidates
that are out become one then, so the programme shrinks with its candidates and each further trial is quicker: that
makes the proof for ``backup`` and ``gap``, whose relaxations are far from the optimum.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analysis.placement.models import coverage_programme
from analysis.placement.problem import Bools, Choice, Problem
from analysis.placement.rounds import solve_in_rounds
from analysis.placement.solver import Progress, Solved, Watch


def solve_coverage(
    problem: Problem,
    watch: Watch,
    *,
    start: Choice | None = None,
    excluded: tuple[Choice, ...] = (),
    score: Callable[[Choice], float] | None = None,
) -> Solved:
    """Find the best choice that is not excluded; parameters and result as for :func:`solve_in_rounds`."""

    def shrink(left: Bools, best: Choice) -> Solved:
        sites = np.flatnonzero(left)
        place = {int(site): number for number, site in enumerate(sites)}

        def outside(choice: Choice) -> Choice:
            return tuple(int(sites[number]) for number in choice)

        def inside(choice: Choice) -> Choice:
            return tuple(place[site] for site in choice)

        def progress(step: Progress) -> None:
            watch.progress(replace(step, chosen=outside(step.chosen)))

        inner = Watch(progress, watch.stop, watch.time_limit_s, watch.started)
        solved = solve_coverage(
            replace(problem, time_s=problem.time_s[:, sites], cost=problem.cost[sites], forced=problem.forced[sites]),
            inner,
            start=inside(best),
            # A choice with a candidate that is out cannot come up again.
            excluded=tuple(inside(choice) for choice in excluded if place.keys() >= set(choice)),
        )
        watch.stopped, watch.out_of_time = inner.stopped, inner.out_of_time
        return Solved(None if solved.chosen is None else outside(solved.chosen), solved.bound)

    return solve_in_rounds(
        coverage_programme(problem, excluded=excluded),
        problem,
        watch,
        start=start,
        score=score,
        shrink=shrink if problem.places is None else None,
    )
