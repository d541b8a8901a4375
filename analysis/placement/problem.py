r"""Where to put hubs, as arrays: who lives where, how far each candidate is, what is there already, and what is wanted.

Each goal is a number that any choice of candidates has (:meth:`Problem.scores`); the solvers differ from goal to
goal, but all are judged by this one. With :math:`w_i` people at point :math:`i`, :math:`t_{ij}` seconds to candidate
:math:`j`, :math:`e_i` seconds to the nearest site already there, :math:`S` the chosen and :math:`d_i(S)=\min(e_i,
\min_{j\in S} t_{ij})`:

- ``reach``: most :math:`\sum_i w_i [d_i(S) \le T]`, the maximal covering problem (Church and ReVelle 1974)
- ``time``: least :math:`\sum_i w_i d_i(S)`, the p-median (Hakimi 1964, 1965; ReVelle and Swain 1970)
- ``worst``: least :math:`\max_{i: w_i>0} d_i(S)`, the p-center (Hakimi 1964, 1965)
- ``gap``: least difference between the shares reached of the target wards and of the rest (Marsh and Schilling 1994)
- ``backup``: most people with two sites within :math:`T`, backup coverage (Hogan and ReVelle 1986)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.errors import InputError, UnknownNameError

GOALS = ("reach", "time", "worst", "gap", "backup")
LARGER_IS_BETTER = frozenset({"reach", "backup"})
# Two choices are equally good when their scores differ by less than this share of the score.
TOLERANCE = 1e-6
# A difference of shares below this, in percentage points, is no gap: counts at postcodes are not that exact.
GAP_TOLERANCE = 0.1
# Of two choices with the same gap the one that reaches more is better, but never at the price of a wider gap worth
# mentioning: a whole share of reach weighs as much as this much gap.
GAP_REACH = 0.001
Floats = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Choice = tuple[int, ...]


def first_of_each(rows: Bools) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the first index of each distinct row of a table of flags, and for every row which of them it equals."""
    if not len(rows):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    key = np.ascontiguousarray(np.packbits(rows, axis=1))
    # Rows as single opaque values: sorting them is many times quicker than comparing byte by byte.
    flat = key.view(np.dtype((np.void, key.shape[1]))).ravel()
    _, first, which = np.unique(flat, return_index=True, return_inverse=True)
    return first, which


@dataclass(frozen=True, eq=False)
class Problem:
    """A question of placement with ``n`` demand points and ``m`` candidates.

    Attributes
    ----------
    goal
        One of `GOALS`.
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
        Most that may be spent, or None; ``(m,)`` pounds for each candidate.
    forced
        ``(m,)`` candidates that must be chosen.
    places
        ``(m,)`` people that each candidate has room for, or None; goal ``reach`` only. Sites already there
        have room for everybody whom they reach now.

    Raises
    ------
    UnknownNameError
        For an unknown goal.
    InputError
        When no choice is allowed, or `places` come with a goal that does not count people by place.
    """

    goal: str
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
    places: Floats | None = None

    def __post_init__(self) -> None:
        if self.goal not in GOALS:
            raise UnknownNameError("goal", self.goal, list(GOALS))
        count = self.n_candidates
        if not self.weight.sum() > 0:
            raise InputError("nobody is counted: give people a weight above 0")
        if self.hubs is None and self.budget is None:
            raise InputError("say how many hubs are wanted, or give a budget")
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
                f"the budget of £{self.budget:,.0f} is less than the £{least:,.0f} that the cheapest choice costs"
            )
        if self.places is not None and self.goal != "reach":
            raise InputError(f"places cannot be counted with the goal {self.goal!r}; use 'reach'")
        if self.goal == "gap" and not (self.weight[self.target].sum() > 0 and self.weight[~self.target].sum() > 0):
            raise InputError("a gap needs people in the target wards and in the others")

    @property
    def n_candidates(self) -> int:
        """Number of candidates."""
        return int(self.time_s.shape[1])

    @property
    def sign(self) -> float:
        """Factor that makes a smaller score the better one: -1 for the goals that want most."""
        return -1.0 if self.goal in LARGER_IS_BETTER else 1.0

    @cached_property
    def within(self) -> Bools:
        """``(n, m)`` whether each candidate is within the threshold of each point."""
        return self.time_s <= self.within_s

    @cached_property
    def start_s(self) -> Seconds:
        """``(n,)`` `existing_s`, with a finite time for points that no site reaches yet.

        A sum of minutes needs one: such a point counts with the longest way to any candidate that it has, so that every
        choice is compared by the same people. A point that neither a site nor a candidate reaches counts nothing.
        """
        finite = np.where(np.isfinite(self.time_s), self.time_s, -np.inf)
        longest = finite.max(axis=1, initial=-np.inf)
        filled = np.where(np.isinf(self.existing_s), longest, self.existing_s)
        start_s: Seconds = np.where(np.isinf(filled), 0.0, filled).astype(np.float32)
        return start_s

    @cached_property
    def counted(self) -> Bools:
        """``(n,)`` points with people whom a site or candidate reaches at all: those that ``worst`` is about."""
        return (self.weight > 0) & (np.isfinite(self.existing_s) | np.isfinite(self.time_s).any(axis=1))

    @cached_property
    def share_weight(self) -> Floats:
        """``(n,)`` per cent of the target wards (positive) or of the rest (negative) that each point's people are."""
        of_target, of_rest = self.weight[self.target].sum(), self.weight[~self.target].sum()
        share: Floats = 100.0 * np.where(self.target, self.weight / of_target, -self.weight / of_rest)
        return share

    def nearest_s(self, chosen: Sequence[int]) -> Seconds:
        """``(n,)`` seconds to the nearest site with `chosen` open; ``inf`` where there is none."""
        nearest: Seconds = np.minimum(self.existing_s, self.time_s[:, list(chosen)].min(axis=1, initial=np.inf))
        return nearest

    def score(self, chosen: Sequence[int]) -> float:
        """Score of a choice, places left aside: people, seconds (times people) or percentage points."""
        return float(
            self._scores(chosen, np.zeros((len(self.weight), 0), np.float32), np.zeros((len(self.weight), 0), bool))[0]
        )

    def scores_with(self, chosen: Sequence[int]) -> Floats:
        """``(m,)`` score of `chosen` with each candidate more that is not in it, in one pass over the arrays."""
        return self._scores(chosen, self.time_s, self.within)

    def _scores(self, chosen: Sequence[int], more_s: Seconds, more_within: Bools) -> Floats:
        """Score `chosen` with each column more; with no columns, `chosen` alone."""
        picked = list(chosen)
        alone = more_s.shape[1] == 0
        if self.goal in ("reach", "gap", "backup"):
            count = self.existing_within + self.within[:, picked].sum(axis=1)
            need = 2 if self.goal == "backup" else 1
            weight = self.share_weight if self.goal == "gap" else self.weight
            sure = float(weight[count >= need].sum())
            # Only points that lack exactly one can be won by one candidate.
            lacking = count == need - 1
            total: Floats = np.array([sure]) if alone else sure + weight[lacking] @ more_within[lacking]
            if self.goal != "gap":
                return total
            people = 100.0 * self.weight / self.weight.sum()
            reached = float(people[count >= 1].sum())
            share = np.array([reached]) if alone else reached + people[lacking] @ more_within[lacking]
            fair: Floats = np.maximum(np.abs(total), GAP_TOLERANCE) - GAP_REACH * share
            return fair
        start = self.start_s if self.goal == "time" else self.existing_s
        base = np.minimum(start, self.time_s[:, picked].min(axis=1, initial=np.inf))
        if self.goal == "time":
            if alone:
                return np.array([float(self.weight @ base)])
            return np.asarray(self.weight @ np.minimum(base[:, None], more_s), dtype=np.float64)
        rows = self.counted
        if not rows.any():
            return np.zeros(1 if alone else more_s.shape[1])
        if alone:
            return np.array([float(base[rows].max())])
        worst: Floats = np.minimum(base[rows, None], more_s[rows]).max(axis=0).astype(np.float64)
        return worst

    def scores_with_two(self, chosen: Sequence[int]) -> Floats:
        """``(m, m)`` score of `chosen` with each two candidates more, for ``gap`` and ``backup``, places left aside.

        The diagonal and the candidates of `chosen` mean nothing.
        """
        rows, existing, weight, share = self._alike
        count = existing + rows[:, list(chosen)].sum(axis=1)

        def won(people: Floats, need: int) -> Floats:
            """People who have `need` sites, for each two candidates together."""
            some = (people != 0) & (count < need)
            one, two = people * (count == need - 1), people * (count == need - 2)
            inside = rows[some]
            # A point that lacks one is won by either, so once too often by both; one that lacks two by both alone.
            both = (inside.T * (two - one)[some].astype(np.float32)) @ inside
            each = one[some] @ inside
            total: Floats = people[count >= need].sum() + each[:, None] + each[None, :] + both
            return total

        if self.goal == "backup":
            return won(weight, 2)
        fair: Floats = np.maximum(np.abs(won(share, 1)), GAP_TOLERANCE)
        fair -= GAP_REACH * won(100.0 * weight / weight.sum(), 1)
        return fair

    @cached_property
    def _alike(self) -> tuple[Seconds, npt.NDArray[np.int32], Floats, Floats]:
        """Points with the same sites within reach, as one: `within` as numbers, sites there, people, `share_weight`."""
        there = np.minimum(self.existing_within, 2).astype(np.int32)
        first, group = first_of_each(np.column_stack([self.within, there >= 1, there >= 2]))
        weight = np.bincount(group, self.weight, minlength=len(first)).astype(np.float64)
        share = weight
        if self.goal == "gap":
            share = np.bincount(group, self.share_weight, minlength=len(first)).astype(np.float64)
        return self.within[first].astype(np.float32), there[first], weight, share

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
