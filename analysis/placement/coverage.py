r"""Coverage goals: most people within the threshold of one site (``reach``: MCLP) or of two (``backup`` coverage).

When candidates have been ruled out, the problem is built again with only those left. Demand points that differed only
in candidates that are out then become one group, so the programme gets smaller and each further trial is quicker. The
proofs for ``backup`` and ``gap`` depend on this, because their relaxations are far from the optimum.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from analysis.placement.models import (
    BROKEN,
    Groups,
    Ints,
    Programme,
    Rows,
    Separator,
    base_rows,
    group_points,
    programme_of,
)
from analysis.placement.problem import Bools, Floats, Goal, More, PairedGoal, Problem
from analysis.placement.rounds import solve_in_rounds
from analysis.placement.watch import Choice, Progress, Search, Solved, Watch

Build = Callable[[Problem, Iterable[Choice]], Programme]


def solve_coverage(
    problem: Problem,
    watch: Watch,
    programme: Build,
    *,
    start: Choice | None = None,
    excluded: tuple[Choice, ...] = (),
    score: Callable[[Choice], float] | None = None,
) -> Solved:
    """Find the best choice that is not excluded.

    `programme` builds the programme of a problem without the excluded choices; the other parameters and the result are
    as for :func:`solve_in_rounds`.
    """

    def shrink(left: Bools, best: Choice) -> Solved:
        sites = np.flatnonzero(left)
        left_as = {int(site): number for number, site in enumerate(sites)}

        def outside(choice: Choice) -> Choice:
            return tuple(int(sites[number]) for number in choice)

        def inside(choice: Choice) -> Choice:
            return tuple(left_as[site] for site in choice)

        def progress(step: Progress) -> None:
            watch.progress(replace(step, chosen=outside(step.chosen)))

        inner = Watch(progress, watch.stop, watch.time_limit_s, watch.started)
        solved = solve_coverage(
            replace(problem, time_s=problem.time_s[:, sites], cost=problem.cost[sites], forced=problem.forced[sites]),
            inner,
            programme,
            start=inside(best),
            # A choice with a candidate that is out cannot come up again.
            excluded=tuple(inside(choice) for choice in excluded if left_as.keys() >= set(choice)),
        )
        watch.stopped, watch.out_of_time = inner.stopped, inner.out_of_time
        return Solved(None if solved.chosen is None else outside(solved.chosen), solved.bound)

    return solve_in_rounds(
        programme(problem, excluded),
        problem,
        watch,
        start=start,
        score=score,
        shrink=shrink if problem.capacity is None else None,
    )


def search_coverage(problem: Problem, programme: Build, judge: Callable[[Choice], float] | None) -> Search:
    """Return a search that finds the best choice by :func:`solve_coverage`; its bound is a score of the problem."""

    def search(watch: Watch, *, start: Choice | None = None, excluded: tuple[Choice, ...] = ()) -> Solved:
        solved = solve_coverage(problem, watch, programme, start=start, excluded=excluded, score=judge)
        return Solved(solved.chosen, problem.sign * solved.bound)

    return search


def covered(problem: Problem, weight: Floats, need: int, chosen: Sequence[int], more: More | None) -> Floats:
    """Sum the ``(n,)`` weights of points with `need` sites within the threshold; shapes as for :meth:`Goal.scores`."""
    count = problem.existing_within + problem.within[:, list(chosen)].sum(axis=1)
    sure = float(weight[count >= need].sum())
    if more is None:
        return np.array([sure])
    # One candidate can complete only those points that lack exactly one site.
    lacking = count == need - 1
    total: Floats = sure + weight[lacking] @ more.within[lacking]
    return total


class MaximalCovering(Goal):
    r"""Most people within the threshold of a site: the maximal covering location problem (MCLP), goal ``reach``.

    .. math:: \max \sum_i w_i [d_i(S) \le T]

    As a programme over groups :math:`g` of points with the same candidates :math:`N_g` within reach,

    .. math:: \max \sum_g W_g y_g, \quad y_g \le \sum_{j \in N_g} x_j, \quad 0 \le y_g \le 1

    (Church and ReVelle 1974, https://doi.org/10.1007/BF01942293). With capacities, :math:`y_g W_g = \sum_j z_{gj}`,
    :math:`\sum_g z_{gj} \le c_j x_j` and :math:`z_{gj} \le W_g x_j` (Current and Storbeck 1988).
    """

    name: ClassVar[str] = "reach"
    larger_is_better: ClassVar[bool] = True
    counts_people: ClassVar[bool] = True
    counts_capacity: ClassVar[bool] = True

    def scores(self, problem: Problem, chosen: Sequence[int], more: More | None) -> Floats:
        """People within the threshold."""
        return covered(problem, problem.weight, 1, chosen, more)

    def search(self, problem: Problem, judge: Callable[[Choice], float] | None) -> Search:
        """Solve :meth:`programme`."""
        return search_coverage(problem, self.programme, judge)

    def programme(
        self, problem: Problem, excluded: Iterable[Choice] = (), *, must_cover: Iterable[Ints] = ()
    ) -> Programme:
        """Build the programme.

        Parameters
        ----------
        problem
            The question.
        excluded
            Choices that must not be returned again.
        must_cover
            Sets of candidates; at least one of each set must be chosen.
        """
        rows = base_rows(problem, excluded)
        for candidates in must_cover:
            rows.add(candidates, np.ones(len(candidates)), 1.0, np.inf)
        groups = group_points(problem, 1)
        sure = float(problem.weight[problem.existing_within >= 1].sum())
        if problem.capacity is not None:
            return _with_capacity(problem, problem.capacity, groups, rows, sure)
        return _covering(problem, groups, rows, sure)


class BackupCoverage(PairedGoal):
    r"""Most people with two sites within the threshold: backup coverage, goal ``backup``.

    .. math:: \max \sum_i w_i [\text{at least two sites within } T \text{ of } i]

    As a programme, :math:`\max \sum_g W_g u_g`. Where one site is there already, :math:`u_g \le \sum_j x_j`. Where none
    is, :math:`u_g \le \sum_{j \ne k} x_j` for every :math:`k \in N_g`: when any one is taken away, another is left (a
    tighter form of Hogan and ReVelle 1986, https://doi.org/10.1287/mnsc.32.11.1434).
    """

    name: ClassVar[str] = "backup"
    larger_is_better: ClassVar[bool] = True
    counts_people: ClassVar[bool] = True
    slow: ClassVar[bool] = True

    def scores(self, problem: Problem, chosen: Sequence[int], more: More | None) -> Floats:
        """People with two sites within the threshold."""
        return covered(problem, problem.weight, 2, chosen, more)

    def scores_with_two(self, problem: Problem, chosen: Sequence[int]) -> Floats:
        """Return the people with two sites within the threshold, for each pair of further candidates."""
        return problem.alike.with_two(problem.alike.weight, chosen, 2)

    def search(self, problem: Problem, judge: Callable[[Choice], float] | None) -> Search:
        """Solve :meth:`programme`."""
        return search_coverage(problem, self.programme, judge)

    def programme(self, problem: Problem, excluded: Iterable[Choice] = ()) -> Programme:
        """Build the programme without the choices that are `excluded`."""
        groups = group_points(problem, 2)
        sure = float(problem.weight[problem.existing_within >= 2].sum())
        programme = _covering(problem, groups, base_rows(problem, excluded), sure)
        return replace(programme, separate=_second_site(groups, problem.n_candidates))


def _covering(problem: Problem, groups: Groups, rows: Rows, sure: float) -> Programme:
    m = problem.n_candidates
    for number, (sites, lacking) in enumerate(zip(groups.sets, groups.lacking, strict=True)):
        column = m + number
        rows.add([*sites, column], [*np.ones(len(sites)), -float(lacking)], 0.0, np.inf)
    return programme_of(problem, rows, -groups.weight, np.ones(len(groups.sets)), offset=-sure)


def _second_site(groups: Groups, m: int) -> Separator:
    """Return what finds broken rows ``u <= sum of x without the k-th``: the tightest leaves out the largest ``x``."""
    twice = np.flatnonzero(groups.lacking == 2)

    def broken(values: Floats) -> Rows:
        rows = Rows()
        for group in twice:
            sites = groups.sets[group]
            x = values[sites]
            largest = int(np.argmax(x))
            if values[m + group] > x.sum() - x[largest] + BROKEN:
                rows.add([*np.delete(sites, largest), m + int(group)], [*np.ones(len(sites) - 1), -1.0], 0.0, np.inf)
        return rows

    return broken


def _with_capacity(problem: Problem, capacity: Floats, groups: Groups, rows: Rows, sure: float) -> Programme:
    m, n_pairs = problem.n_candidates, 0
    at_site: list[list[int]] = [[] for _ in range(m)]
    upper: list[float] = []
    for sites, weight in zip(groups.sets, groups.weight, strict=True):
        columns = range(m + n_pairs, m + n_pairs + len(sites))
        rows.add(columns, np.ones(len(sites)), -np.inf, weight)
        for site, column in zip(sites, columns, strict=True):
            at_site[site].append(column)
            upper.append(weight)
            rows.add([int(column), int(site)], [1.0, -weight], -np.inf, 0.0)
        n_pairs += len(sites)
    for site, columns_here in enumerate(at_site):
        if columns_here:
            rows.add([*columns_here, site], [*np.ones(len(columns_here)), -capacity[site]], -np.inf, 0.0)
    return programme_of(problem, rows, np.full(n_pairs, -1.0), np.array(upper), offset=-sure)
