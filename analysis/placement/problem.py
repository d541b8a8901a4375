r"""A facility location problem as arrays: people, travel times to each candidate, sites already there, and the goal.

A :class:`Goal` is a location model: it gives every choice of candidates a score, and a way to find the best choice. The
models themselves, one class each, are listed in :mod:`analysis.placement.goals`. Their mathematics is written with
:math:`w_i` people at point :math:`i`, :math:`t_{ij}` seconds to candidate :math:`j`, :math:`e_i` seconds to the
nearest site already there, :math:`T` the threshold, :math:`S` the chosen and :math:`d_i(S)=\min(e_i, \min_{j\in S}
t_{ij})`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from analysis.placement.watch import Choice, Search
from geo.errors import InputError

# Two choices are equally good when their scores differ by less than this share of the score.
TOLERANCE = 1e-6
MOST_CANDIDATES = 2_000
"""Candidates of one search at most; with each comes a travel time from every home."""
MOST_HUBS = 100
"""Hubs of one search at most."""
Floats = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def first_of_each(rows: Bools) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the first index of each distinct row of flags, and for every row which of these rows it equals."""
    if not len(rows):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    key = np.ascontiguousarray(np.packbits(rows, axis=1))
    # Rows as single opaque values: sorting them is many times quicker than comparing byte by byte.
    flat = key.view(np.dtype((np.void, key.shape[1]))).ravel()
    _, first, which = np.unique(flat, return_index=True, return_inverse=True)
    return first, which


class Goal(ABC):
    """A location model: how a choice is scored, and how the best is found; each model's docstring has its source.

    Attributes
    ----------
    name
        Its name in options, links and files.
    per_unit
        Factor from an internal score to the one that is shown: 1, or 1/60 where scores are seconds.
    decimals
        Decimals of a score, in minutes where it is a time, that are shown; -2 for hundreds.
    larger_is_better
        Whether the model maximises its score.
    counts_people
        Whether a score is a number of people.
    counts_capacity
        Whether the model can take the capacity of each candidate into account.
    any_distance
        Whether times beyond the threshold matter.
    slow
        Whether the proof can take a minute or more.
    """

    name: ClassVar[str]
    per_unit: ClassVar[float] = 1.0
    decimals: ClassVar[int] = 0
    larger_is_better: ClassVar[bool] = False
    counts_people: ClassVar[bool] = False
    counts_capacity: ClassVar[bool] = False
    any_distance: ClassVar[bool] = False
    slow: ClassVar[bool] = False

    def check(self, problem: "Problem") -> None:  # noqa: B027 (most goals can be asked of any people)
        """Raise an InputError when the goal cannot be asked of these people."""

    @abstractmethod
    def scores(self, problem: "Problem", chosen: Sequence[int], more: "More | None") -> Floats:
        """``(k,)`` score of `chosen` with each of the ``k`` candidates of `more`; ``(1,)`` of `chosen` when None."""

    @abstractmethod
    def search(self, problem: "Problem", judge: Callable[[Choice], float] | None) -> Search:
        """Return a search for the best choice of a problem.

        Parameters
        ----------
        problem
            The question.
        judge
            Score of a choice, smaller is better, where candidates have a capacity; None otherwise.
        """


class PairedGoal(Goal):
    """A location model in which one site alone adds little: the heuristic swaps two sites at a time."""

    @abstractmethod
    def scores_with_two(self, problem: "Problem", chosen: Sequence[int]) -> Floats:
        """``(m, m)`` score of `chosen` with each pair of further candidates, without regard to capacity.

        Values on the diagonal, and of the candidates in `chosen`, are not to be used.
        """


@dataclass(frozen=True, eq=False)
class More:
    """Candidates to try: ``(n, k)`` seconds to each, and whether that is within the threshold."""

    time_s: Seconds
    within: Bools


@dataclass(frozen=True, eq=False)
class Alike:
    """Groups of demand points with the same sites within the threshold.

    Attributes
    ----------
    within
        ``(g, m)`` whether each candidate is within the threshold, as numbers.
    there
        ``(g,)`` sites already there within the threshold, 2 at most.
    group
        ``(n,)`` group of each point.
    weight
        ``(g,)`` people.
    """

    within: Seconds
    there: npt.NDArray[np.int32]
    group: npt.NDArray[np.intp]
    weight: Floats

    def together(self, values: Floats) -> Floats:
        """``(g,)`` sums of ``(n,)`` values of the points."""
        return np.bincount(self.group, values, minlength=len(self.there)).astype(np.float64)

    def with_two(self, people: Floats, chosen: Sequence[int], need: int) -> Floats:
        """``(m, m)`` sums of ``(g,)`` `people` with `need` sites, for `chosen` and each pair of further candidates."""
        rows = self.within
        count = self.there + rows[:, list(chosen)].sum(axis=1)
        some = (people != 0) & (count < need)
        one, two = people * (count == need - 1), people * (count == need - 2)
        inside = rows[some]
        # Either candidate completes a point that lacks one site, so such a point is counted once too often for both;
        # only both together complete a point that lacks two.
        both = (inside.T * (two - one)[some].astype(np.float32)) @ inside
        each = one[some] @ inside
        total: Floats = people[count >= need].sum() + each[:, None] + each[None, :] + both
        return total


@dataclass(frozen=True, eq=False)
class Problem:
    """A facility location problem with ``n`` demand points (origins) and ``m`` candidate sites (facilities).

    Attributes
    ----------
    goal
        The location model.
    weight
        ``(n,)`` people, 0 or more.
    target
        ``(n,)`` whether the point lies in a target ward.
    time_s
        ``(n, m)`` seconds to each candidate; ``inf`` where there is no way.
    existing_s
        ``(n,)`` seconds to the nearest site already there; ``inf`` where there is none.
    existing_within
        ``(n,)`` number of sites already there within the threshold.
    within_s
        The threshold, seconds.
    hubs
        How many to choose, or None for as many as the budget allows.
    budget, cost
        Most that may be spent, or None; ``(m,)`` money for each candidate.
    forced
        ``(m,)`` candidates that must be chosen.
    capacity
        ``(m,)`` capacity of each candidate in people, or None; for a goal that `counts_capacity`. Sites already there
        have room for everybody within their reach now.

    Raises
    ------
    InputError
        When no choice is allowed, or `capacity` is given for a goal that cannot take it into account.
    """

    goal: Goal
    weight: Floats
    target: Bools
    time_s: Seconds
    existing_s: Seconds
    existing_within: npt.NDArray[np.int32]
    within_s: float
    hubs: int | None
    budget: float | None
    cost: Floats
    forced: Bools
    capacity: Floats | None = None

    def __post_init__(self) -> None:
        count = self.n_candidates
        if count > MOST_CANDIDATES:
            raise InputError(f"there are {count:,} candidates; at most {MOST_CANDIDATES:,} can be compared")
        if not self.weight.sum() > 0:
            raise InputError("nobody is counted: give people a weight above 0")
        if self.hubs is None and self.budget is None:
            raise InputError("say how many hubs are wanted, or give a budget")
        if self.hubs is not None and self.hubs > MOST_HUBS:
            raise InputError(f"{self.hubs} hubs are more than can be searched for at once: ask for {MOST_HUBS} at most")
        if self.hubs is not None and not 1 <= self.hubs <= count:
            raise InputError(f"{self.hubs} hubs cannot be chosen from {count} candidates")
        if self.hubs is not None and int(self.forced.sum()) > self.hubs:
            raise InputError(f"{int(self.forced.sum())} sites are forced in, but only {self.hubs} hubs are wanted")
        if (self.cost < 0).any() or not np.isfinite(self.cost).all():
            raise InputError("the cost of a candidate must be 0 or more")
        least = float(self.cost[self.forced].sum())
        if self.hubs is not None:
            free = np.sort(self.cost[~self.forced])
            least += float(free[: self.hubs - int(self.forced.sum())].sum())
        if self.budget is not None and least > self.budget * (1 + 1e-12):
            raise InputError(
                f"the budget of {self.budget:,.0f} is less than the {least:,.0f} that the cheapest choice costs"
            )
        if self.capacity is not None and not self.goal.counts_capacity:
            raise InputError(f"places cannot be counted with the goal {self.goal.name!r}; use 'reach'")
        self.goal.check(self)

    @property
    def n_candidates(self) -> int:
        """Number of candidates."""
        return int(self.time_s.shape[1])

    @property
    def sign(self) -> float:
        """Factor that makes a smaller score the better one: -1 for the goals that maximise."""
        return -1.0 if self.goal.larger_is_better else 1.0

    @cached_property
    def within(self) -> Bools:
        """``(n, m)`` whether each candidate is within the threshold of each point."""
        return self.time_s <= self.within_s

    @cached_property
    def start_s(self) -> Seconds:
        """``(n,)`` `existing_s`, with a finite time for points that no site reaches yet.

        A sum of minutes needs a finite time. Such a point counts with its longest time to any candidate that it can
        reach, so that every choice is compared for the same people. A point that reaches neither a site nor a candidate
        counts 0.
        """
        finite = np.where(np.isfinite(self.time_s), self.time_s, -np.inf)
        longest = finite.max(axis=1, initial=-np.inf)
        filled = np.where(np.isinf(self.existing_s), longest, self.existing_s)
        start_s: Seconds = np.where(np.isinf(filled), 0.0, filled).astype(np.float32)
        return start_s

    @cached_property
    def counted(self) -> Bools:
        """``(n,)`` points with people who can reach a site or candidate at all: the points that ``worst`` counts."""
        return (self.weight > 0) & (np.isfinite(self.existing_s) | np.isfinite(self.time_s).any(axis=1))

    @cached_property
    def share_weight(self) -> Floats:
        """``(n,)`` each point's people in per cent of the target wards (positive) or of the rest (negative)."""
        of_target, of_rest = self.weight[self.target].sum(), self.weight[~self.target].sum()
        share: Floats = 100.0 * np.where(self.target, self.weight / of_target, -self.weight / of_rest)
        return share

    def nearest_s(self, chosen: Sequence[int]) -> Seconds:
        """``(n,)`` seconds to the nearest site with `chosen` open; ``inf`` where there is none."""
        nearest: Seconds = np.minimum(self.existing_s, self.time_s[:, list(chosen)].min(axis=1, initial=np.inf))
        return nearest

    def score(self, chosen: Sequence[int]) -> float:
        """Return the score of a choice, without capacity: people, seconds (times people) or percentage points."""
        return float(self.goal.scores(self, chosen, None)[0])

    def scores_with(self, chosen: Sequence[int]) -> Floats:
        """``(m,)`` score of `chosen` with one further candidate, for each candidate, in one pass over the arrays."""
        return self.goal.scores(self, chosen, More(self.time_s, self.within))

    @cached_property
    def alike(self) -> Alike:
        """Groups of demand points with the same sites within the threshold."""
        there = np.minimum(self.existing_within, 2).astype(np.int32)
        first, group = first_of_each(np.column_stack([self.within, there >= 1, there >= 2]))
        weight = np.bincount(group, self.weight, minlength=len(first)).astype(np.float64)
        return Alike(self.within[first].astype(np.float32), there[first], group, weight)

    def better(self, score: float, than: float) -> bool:
        """Whether `score` beats another by more than the tolerance."""
        return self.sign * (score - than) < -TOLERANCE * max(1.0, abs(than))

    def affordable(self, chosen: Sequence[int]) -> Bools:
        """``(m,)`` candidates that may be added to `chosen`: not in it, and within the budget."""
        free = np.ones(self.n_candidates, dtype=bool)
        free[list(chosen)] = False
        if self.budget is not None:
            free &= self.cost <= self.budget - self.cost[list(chosen)].sum() + 1e-9
        return free

    def allowed(self, chosen: Sequence[int]) -> bool:
        """Whether a choice has the number of hubs, the forced ones and a cost within the budget."""
        picked = np.zeros(self.n_candidates, dtype=bool)
        picked[list(chosen)] = True
        return (
            (self.hubs is None or int(picked.sum()) == self.hubs)
            and bool(picked[self.forced].all())
            and (self.budget is None or float(self.cost[picked].sum()) <= self.budget + 1e-6)
        )
