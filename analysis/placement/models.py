r"""Goals of coverage as mixed-integer programmes.

Every model begins with one binary :math:`x_j` for each candidate and has, as its first rows, the number of hubs and the
budget. Demand points with the same set of candidates within the threshold are one group: the solver cannot tell them
apart, so thousands of postcodes become hundreds of rows at no loss.

- ``reach``: :math:`\max \sum_g W_g y_g` with :math:`y_g \le \sum_{j \in N_g} x_j`, :math:`0 \le y_g \le 1`
  (Church and ReVelle 1974, https://doi.org/10.1007/BF01942293). With places, :math:`y_g W_g = \sum_j z_{gj}`,
  :math:`\sum_g z_{gj} \le c_j x_j` and :math:`z_{gj} \le W_g x_j` (Current and Storbeck 1988).
- ``backup``: :math:`\max \sum_g W_g u_g`; where one site is there already :math:`u_g \le \sum_j x_j`, and where
  none is, :math:`u_g \le \sum_{j \ne k} x_j` for every :math:`k \in N_g`: without any one of them there is
  another (a tighter form of Hogan and ReVelle 1986, https://doi.org/10.1287/mnsc.32.11.1434).
- ``gap``: :math:`\min \gamma - \epsilon \cdot \text{share reached}` with :math:`\gamma \ge \pm(\text{target
  share} - \text{rest share})` and :math:`x_j \le y_g \le \sum_j x_j`, so that a group within reach cannot be left
  out of the count to make the gap look smaller (Marsh and Schilling 1994,
  https://doi.org/10.1016/0377-2217(94)90200-3).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from analysis.placement.problem import GAP_REACH, GAP_TOLERANCE, Bools, Choice, Floats, Problem, first_of_each

Ints = npt.NDArray[np.integer]
# A row counts as broken when it is off by more than this.
_BROKEN = 1e-6


@dataclass(eq=False)
class Rows:
    """Rows of a programme under construction: ``lower <= values . columns <= upper``."""

    columns: list[Ints] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, columns: Iterable[int], values: Iterable[float], lower: float, upper: float) -> None:
        """Add one row."""
        self.columns.append(np.fromiter(columns, dtype=np.int32))
        self.values.append(np.fromiter(values, dtype=np.float64))
        self.lower.append(lower)
        self.upper.append(upper)

    def extend(self, other: "Rows") -> None:
        """Add all rows of another."""
        self.columns += other.columns
        self.values += other.values
        self.lower += other.lower
        self.upper += other.upper

    def __len__(self) -> int:
        return len(self.columns)


Separator = Callable[[Floats], Rows]


@dataclass(frozen=True, eq=False)
class Programme:
    """A mixed-integer programme to be minimised.

    Attributes
    ----------
    cost, lower, upper
        ``(n_columns,)``; the first `n_sites` columns are the candidates, binary, and all others are continuous.
    rows
        Its rows.
    n_sites
        Number of candidates.
    offset
        Added to the objective.
    separate
        Finds, for values of the columns, the rows that they break among those that are too many to write down; None
        when `rows` are all.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    rows: Rows
    n_sites: int
    offset: float = 0.0
    separate: Separator | None = None
    all_rows: Callable[[Bools], Rows] | None = None


@dataclass(frozen=True, eq=False)
class Groups:
    """Demand points that no programme can tell apart.

    Attributes
    ----------
    sets
        For each group the candidates within the threshold.
    weight
        ``(n_groups,)`` people.
    lacking
        ``(n_groups,)`` sites still wanted before the group counts: 1 or 2.
    target
        ``(n_groups,)`` people of it in the target wards.
    """

    sets: list[Ints]
    weight: Floats
    lacking: npt.NDArray[np.int32]
    target: Floats


def group_points(problem: Problem, need: int) -> Groups:
    """Gather the points that lack one to `need` sites and can still get enough, by their set of candidates."""
    lacking = need - problem.existing_within
    options = problem.within.sum(axis=1)
    open_ = np.flatnonzero((lacking > 0) & (options >= lacking) & (problem.weight > 0))
    marks = [lacking[open_] == 2]
    if problem.goal == "gap":
        marks.append(problem.target[open_])
    first, group = first_of_each(np.column_stack([problem.within[open_], *marks]))
    weight = np.bincount(group, problem.weight[open_], minlength=len(first))
    in_target = np.bincount(group, problem.weight[open_] * problem.target[open_], minlength=len(first))
    sets: list[Ints] = [np.flatnonzero(problem.within[point]).astype(np.int32) for point in open_[first]]
    return Groups(sets, weight.astype(np.float64), lacking[open_][first], in_target.astype(np.float64))


def base_rows(problem: Problem, excluded: Iterable[Choice] = ()) -> Rows:
    """Return the rows that every goal has: number of hubs, budget, and choices that are not wanted again.

    A choice is excluded by a no-good cut: at least one of its sites stays out, or with a budget one comes in.
    """
    rows, count = Rows(), problem.n_candidates
    if problem.hubs is not None:
        rows.add(range(count), np.ones(count), problem.hubs, problem.hubs)
    if problem.budget is not None:
        rows.add(range(count), problem.cost, -np.inf, problem.budget)
    for choice in excluded:
        if problem.hubs is not None:
            rows.add(choice, np.ones(len(choice)), -np.inf, len(choice) - 1)
        else:
            values = np.full(count, -1.0)
            values[list(choice)] = 1.0
            rows.add(range(count), values, -np.inf, len(choice) - 1)
    return rows


def coverage_programme(
    problem: Problem, *, excluded: Iterable[Choice] = (), must_cover: Iterable[Ints] = ()
) -> Programme:
    """Build the programme of ``reach``, ``backup`` or ``gap``.

    Parameters
    ----------
    problem
        What is wanted; ``worst`` is built as ``reach``, for choosing among equally good ones.
    excluded
        Choices that are not wanted again.
    must_cover
        Sets of candidates of which one at least must be chosen.
    """
    rows = base_rows(problem, excluded)
    for candidates in must_cover:
        rows.add(candidates, np.ones(len(candidates)), 1.0, np.inf)
    if problem.goal == "gap":
        return _gap(problem, rows)
    need = 2 if problem.goal == "backup" else 1
    groups, m = group_points(problem, need), problem.n_candidates
    sure = float(problem.weight[problem.existing_within >= need].sum())
    if problem.places is not None:
        return _with_places(problem, problem.places, groups, rows, sure)
    for number, (sites, lacking) in enumerate(zip(groups.sets, groups.lacking, strict=True)):
        column = m + number
        rows.add([*sites, column], [*np.ones(len(sites)), -float(lacking)], 0.0, np.inf)
    programme = _programme(problem, rows, -groups.weight, np.ones(len(groups.sets)), offset=-sure)
    return replace(programme, separate=_second_site(groups, m)) if need == 2 else programme


def _second_site(groups: Groups, m: int) -> Separator:
    """Rows ``u <= sum of x without the k-th``: the tightest is the one without the largest ``x``."""
    twice = np.flatnonzero(groups.lacking == 2)

    def broken(values: Floats) -> Rows:
        rows = Rows()
        for group in twice:
            sites = groups.sets[group]
            x = values[sites]
            largest = int(np.argmax(x))
            if values[m + group] > x.sum() - x[largest] + _BROKEN:
                rows.add([*np.delete(sites, largest), m + int(group)], [*np.ones(len(sites) - 1), -1.0], 0.0, np.inf)
        return rows

    return broken


def _with_places(problem: Problem, places: Floats, groups: Groups, rows: Rows, sure: float) -> Programme:
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
            rows.add([*columns_here, site], [*np.ones(len(columns_here)), -places[site]], -np.inf, 0.0)
    return _programme(problem, rows, np.full(n_pairs, -1.0), np.array(upper), offset=-sure)


def _gap(problem: Problem, rows: Rows) -> Programme:
    groups, m = group_points(problem, 1), problem.n_candidates
    total, in_target = problem.weight.sum(), problem.weight[problem.target].sum()
    count = len(groups.sets)
    # Per cent: positive where a group adds to the share of the target wards, negative where to that of the rest.
    lean = 100.0 * (groups.target / in_target - (groups.weight - groups.target) / (total - in_target))
    here = problem.existing_within >= 1
    start = float(problem.share_weight[here].sum())
    gap_column = m + count
    columns = np.arange(m, m + count)
    rows.add([*columns, gap_column], [*-lean, 1.0], start, np.inf)
    rows.add([*columns, gap_column], [*lean, 1.0], -start, np.inf)
    for column, sites in zip(columns, groups.sets, strict=True):
        rows.add([*sites, int(column)], [*np.ones(len(sites)), -1.0], 0.0, np.inf)
    programme = _programme(
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
            if values[site] > values[column] + _BROKEN:
                found.add([int(column), int(site)], [1.0, -1.0], 0.0, np.inf)
        return found

    def all_rows(free: Bools) -> Rows:
        found = Rows()
        for column, sites in zip(columns, groups.sets, strict=True):
            for site in sites[free[sites]]:
                found.add([int(column), int(site)], [1.0, -1.0], 0.0, np.inf)
        return found

    return replace(programme, separate=broken, all_rows=all_rows)


def _programme(problem: Problem, rows: Rows, cost: Floats, upper: Floats, *, offset: float) -> Programme:
    m = problem.n_candidates
    forced: Bools = problem.forced
    return Programme(
        cost=np.concatenate([np.zeros(m), cost]),
        lower=np.concatenate([forced.astype(np.float64), np.zeros(len(cost))]),
        upper=np.concatenate([np.ones(m), upper]),
        rows=rows,
        n_sites=m,
        offset=offset,
    )
