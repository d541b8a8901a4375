"""Mixed-integer programmes: the columns, rows and groups of demand points that all location models share.

Every model begins with one binary :math:`x_j` for each candidate and has, as its first rows, the number of hubs and the
budget. Demand points with the same set of candidates within the threshold are one group: they are the same to the
solver, so thousands of postcodes become hundreds of rows without any approximation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analysis.placement.problem import Bools, Floats, Problem, first_of_each
from analysis.placement.watch import Choice

Ints = npt.NDArray[np.integer]
# A row counts as broken when it is violated by more than this.
BROKEN = 1e-6


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
        Finds, for values of the columns, which further rows they break, where there are too many rows to list; None
        when `rows` are complete.
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
    """Groups of demand points that have the same candidates within the threshold.

    Attributes
    ----------
    sets
        For each group the candidates within the threshold.
    weight
        ``(n_groups,)`` people.
    lacking
        ``(n_groups,)`` sites still needed before the group counts: 1 or 2.
    target
        ``(n_groups,)`` people of the group in the target wards.
    """

    sets: list[Ints]
    weight: Floats
    lacking: npt.NDArray[np.int32]
    target: Floats


def group_points(problem: Problem, need: int, *, by_target: bool = False) -> Groups:
    """Group the points that lack 1 to `need` sites and have enough candidates, by their set of candidates.

    With `by_target`, points of the target wards and of the rest are never in one group.
    """
    lacking = need - problem.existing_within
    options = problem.within.sum(axis=1)
    open_ = np.flatnonzero((lacking > 0) & (options >= lacking) & (problem.weight > 0))
    marks = [lacking[open_] == 2]
    if by_target:
        marks.append(problem.target[open_])
    first, group = first_of_each(np.column_stack([problem.within[open_], *marks]))
    weight = np.bincount(group, problem.weight[open_], minlength=len(first))
    in_target = np.bincount(group, problem.weight[open_] * problem.target[open_], minlength=len(first))
    sets: list[Ints] = [np.flatnonzero(problem.within[point]).astype(np.int32) for point in open_[first]]
    return Groups(sets, weight.astype(np.float64), lacking[open_][first], in_target.astype(np.float64))


def base_rows(problem: Problem, excluded: Iterable[Choice] = ()) -> Rows:
    """Return the rows that every goal has: number of hubs, budget, and excluded choices.

    A choice is excluded by a no-good cut: at least one of its sites is left out, or, with a budget, another is added.
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


def programme_of(problem: Problem, rows: Rows, cost: Floats, upper: Floats, *, offset: float) -> Programme:
    """Put the candidates, free or forced, before ``(k,)`` further columns from 0 to `upper`."""
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
