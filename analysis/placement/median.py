"""The goal ``time`` (p-median): least total minutes, with sites that are already there."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from analysis.placement.models import Programme, Rows, base_rows
from analysis.placement.problem import Floats, Goal, More, Problem
from analysis.placement.rounds import solve_in_rounds
from analysis.placement.watch import Choice, Search, Solved, Watch

_BROKEN_S = 1e-4


class PMedian(Goal):
    r"""Least minutes of all people together: the p-median (Hakimi 1964, 1965; ReVelle and Swain 1970), goal ``time``.

    .. math:: \min \sum_i w_i d_i(S)

    The textbook model has a variable for each pair of point and candidate, about a million. Here, one variable
    :math:`s_i` is the time that point :math:`i` saves, :math:`\max \sum_i w_i s_i`, and for every candidate time
    :math:`\tau` of the point

    .. math:: s_i \le (e_i - \tau) + \sum_j \max(0, \tau - t_{ij})\, x_j ,

    which is true for every choice: either no chosen candidate is nearer than :math:`\tau`, or the term of the nearest
    one adds the difference. These are the Benders cuts of the problem (Cornuéjols, Nemhauser and Wolsey 1980;
    Duran-Mateluna, Ales and Elloumi 2023, https://doi.org/10.1016/j.ejor.2022.11.033). For any choice, whole or
    fractional, the tightest cut is found by adding up the chosen parts of the candidates, from the nearest outwards,
    until they reach one; so the cuts are added in rounds (:mod:`analysis.placement.rounds`). A candidate matters to a
    point only where it is nearer than every site that is already there.
    """

    name: ClassVar[str] = "time"
    per_unit: ClassVar[float] = 1 / 60.0
    # The same rounding as sums of minutes have in the tables of scenarios.
    decimals: ClassVar[int] = -2
    any_distance: ClassVar[bool] = True
    slow: ClassVar[bool] = True

    def scores(self, problem: Problem, chosen: Sequence[int], more: More | None) -> Floats:
        """Return the sum of seconds over all people."""
        base = np.minimum(problem.start_s, problem.time_s[:, list(chosen)].min(axis=1, initial=np.inf))
        if more is None:
            return np.array([float(problem.weight @ base)])
        return np.asarray(problem.weight @ np.minimum(base[:, None], more.time_s), dtype=np.float64)

    def search(self, problem: Problem, judge: Callable[[Choice], float] | None) -> Search:  # noqa: ARG002 (no capacity)
        """Solve by :class:`Median`, which keeps its cuts for the next search."""
        return Median(problem).solve


class Median:
    """Finds choices with the least total time, and keeps the cuts of one search for the next."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._cuts = _Cuts(problem)
        self._known = Rows()

    def solve(self, watch: Watch, *, start: Choice | None = None, excluded: tuple[Choice, ...] = ()) -> Solved:
        """Find the best choice that is not excluded; parameters and result as for :func:`solve_in_rounds`."""
        problem, cuts = self.problem, self._cuts
        m, count = problem.n_candidates, len(cuts.weight)
        rows = base_rows(problem, excluded)
        if start is not None:
            at_start = np.zeros(m + count)
            at_start[list(start)] = 1.0
            at_start[m:] = np.inf
            self._broken(at_start)
        rows.extend(self._known)
        programme = Programme(
            cost=np.concatenate([np.zeros(m), -cuts.weight]),
            lower=np.concatenate([problem.forced.astype(np.float64), np.zeros(count)]),
            upper=np.concatenate([np.ones(m), cuts.most_s]),
            rows=rows,
            n_sites=m,
            offset=float(problem.weight @ problem.start_s),
            separate=self._broken,
        )
        return solve_in_rounds(programme, problem, watch, start=start)

    def _broken(self, values: Floats) -> Rows:
        found = self._cuts.broken(values)
        self._known.extend(found)
        return found


class _Cuts:
    """Finds the cuts that a solution breaks; everything is prepared once, sorted by point."""

    def __init__(self, problem: Problem) -> None:
        saved = np.maximum(problem.start_s[:, None].astype(np.float64) - problem.time_s, 0.0)
        points = np.flatnonzero((problem.weight > 0) & (saved.max(axis=1, initial=0.0) > 0))
        self.n_sites = problem.n_candidates
        self.weight: Floats = problem.weight[points]
        saved = saved[points]
        # Only candidates that save a point time matter to it: keep as many columns as any point has such candidates.
        width = int((saved > 0).sum(axis=1).max(initial=0))
        self.order = np.argsort(-saved, axis=1, kind="stable")[:, :width].astype(np.int32)
        self.saved_s = np.take_along_axis(saved, self.order, axis=1)
        self.most_s: Floats = self.saved_s[:, 0] if width else np.zeros(0)

    def broken(self, values: Floats) -> Rows:
        """Return the tightest cut of each point whose saving is more than its cut allows."""
        rows = Rows()
        if not len(self.weight):
            return rows
        x, claimed = values[: self.n_sites], values[self.n_sites :]
        parts = np.cumsum(x[self.order], axis=1)
        nth = (parts < 1.0 - 1e-9).sum(axis=1)
        width = self.saved_s.shape[1]
        # The saving at which the chosen parts add up to one; if they do not, 0, as with the sites already there.
        level = np.where(nth < width, self.saved_s[np.arange(len(nth)), np.minimum(nth, width - 1)], 0.0)
        above = np.maximum(self.saved_s - level[:, None], 0.0)
        allowed = level + (above * x[self.order]).sum(axis=1)
        for point in np.flatnonzero(claimed > allowed + _BROKEN_S):
            used = above[point] > 0
            rows.add(
                np.append(self.order[point, used], self.n_sites + point),
                np.append(-above[point, used], 1.0),
                -np.inf,
                float(level[point]),
            )
        return rows
