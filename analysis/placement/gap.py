"""The goal ``gap`` (equity): the smallest difference of reach between the target wards and the rest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from analysis.placement.coverage import covered, search_coverage
from analysis.placement.models import BROKEN, Programme, Rows, base_rows, group_points, programme_of
from analysis.placement.problem import Bools, Floats, More, PairedGoal, Problem
from analysis.placement.watch import Choice, Search
from geo.errors import InputError

# A difference of shares below this, in percentage points, is no gap: counts at postcodes are not that exact.
GAP_TOLERANCE = 0.1
# Of two choices with the same gap the one that reaches more is better, but a gain in reach must not widen the gap
# noticeably: reach of everybody weighs as much as this many percentage points of gap.
GAP_REACH = 0.001


class SmallestGap(PairedGoal):
    r"""Least difference between the shares reached of the target wards and of the rest, goal ``gap``.

    .. math:: \min \gamma - \epsilon \cdot \text{share reached}, \quad
        \gamma \ge \pm(\text{target share} - \text{rest share})

    in percentage points, with :math:`x_j \le y_g \le \sum_j x_j`, so that a group within reach cannot be left out of
    the count to make the gap look smaller (Marsh and Schilling 1994, https://doi.org/10.1016/0377-2217(94)90200-3).
    :math:`\gamma` is at least `GAP_TOLERANCE` and :math:`\epsilon` is `GAP_REACH`.
    """

    name: ClassVar[str] = "gap"
    decimals: ClassVar[int] = 1
    slow: ClassVar[bool] = True

    def check(self, problem: Problem) -> None:
        """Raise an InputError when nobody lives in the target wards, or nobody elsewhere."""
        if not (problem.weight[problem.target].sum() > 0 and problem.weight[~problem.target].sum() > 0):
            raise InputError("a gap needs people in the target wards and in the others")

    def scores(self, problem: Problem, chosen: Sequence[int], more: More | None) -> Floats:
        """Return the gap in percentage points, less a thousandth of the percentage reached."""
        people = 100.0 * problem.weight / problem.weight.sum()
        return _fair(covered(problem, problem.share_weight, 1, chosen, more), covered(problem, people, 1, chosen, more))

    def scores_with_two(self, problem: Problem, chosen: Sequence[int]) -> Floats:
        """Return the score for each pair of further candidates."""
        alike = problem.alike
        people = 100.0 * alike.weight / alike.weight.sum()
        apart = alike.with_two(alike.together(problem.share_weight), chosen, 1)
        return _fair(apart, alike.with_two(people, chosen, 1))

    def search(self, problem: Problem, judge: Callable[[Choice], float] | None) -> Search:
        """Solve :meth:`programme`."""
        return search_coverage(problem, self.programme, judge)

    def programme(self, problem: Problem, excluded: Iterable[Choice] = ()) -> Programme:
        """Build the programme without the choices that are `excluded`."""
        return _programme(problem, base_rows(problem, excluded))


def _fair(apart: Floats, reached: Floats) -> Floats:
    fair: Floats = np.maximum(np.abs(apart), GAP_TOLERANCE) - GAP_REACH * reached
    return fair


def _programme(problem: Problem, rows: Rows) -> Programme:
    groups, m = group_points(problem, 1, by_target=True), problem.n_candidates
    total, in_target = problem.weight.sum(), problem.weight[problem.target].sum()
    count = len(groups.sets)
    # Per cent: positive where a group is in the target wards, negative where it is in the rest.
    lean = 100.0 * (groups.target / in_target - (groups.weight - groups.target) / (total - in_target))
    here = problem.existing_within >= 1
    start = float(problem.share_weight[here].sum())
    gap_column = m + count
    columns = np.arange(m, m + count)
    rows.add([*columns, gap_column], [*-lean, 1.0], start, np.inf)
    rows.add([*columns, gap_column], [*lean, 1.0], -start, np.inf)
    for column, sites in zip(columns, groups.sets, strict=True):
        rows.add([*sites, int(column)], [*np.ones(len(sites)), -1.0], 0.0, np.inf)
    programme = programme_of(
        problem,
        rows,
        np.append(-GAP_REACH * 100.0 * groups.weight / total, 1.0),
        np.append(np.ones(count), 100.0),
        offset=-GAP_REACH * 100.0 * float(problem.weight[here].sum()) / total,
    )
    programme.lower[gap_column] = GAP_TOLERANCE

    def broken(values: Floats) -> Rows:
        found = Rows()
        for column, sites in zip(columns, groups.sets, strict=True):
            site = sites[np.argmax(values[sites])]
            if values[site] > values[column] + BROKEN:
                found.add([int(column), int(site)], [1.0, -1.0], 0.0, np.inf)
        return found

    def all_rows(free: Bools) -> Rows:
        found = Rows()
        for column, sites in zip(columns, groups.sets, strict=True):
            for site in sites[free[sites]]:
                found.add([int(column), int(site)], [1.0, -1.0], 0.0, np.inf)
        return found

    return replace(programme, separate=broken, all_rows=all_rows)
