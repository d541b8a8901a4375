"""Row generation (cutting planes): solve a programme that has too many rows to list by adding only those it needs.

The rows are added in rounds: solve the relaxation, in which candidates may be chosen in part; add the rows that its
solution breaks; repeat until it breaks none. Its value is a bound on every choice. Reduced costs then rule out
candidates that cannot be in any choice better than the best known one (Dantzig, Fulkerson and Johnson 1954), and so do
trials: where the relaxation with a candidate chosen is no better than the best known choice, that candidate is out
(probing, Savelsbergh 1994, https://doi.org/10.1287/ijoc.6.4.445). When enough candidates are out, the problem may be
built again with those left, which needs far fewer groups of demand points. The rest is solved in whole numbers, and
again until the choice breaks no row. Nothing is approximated: the last bound is a bound on all choices.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np

from analysis.placement.models import Programme, Rows, Separator
from analysis.placement.problem import TOLERANCE, Bools, Floats, Problem
from analysis.placement.solver import add_rows, choice_of, new_model, set_integer, watched_run
from analysis.placement.watch import Choice, Progress, Solved, Watch

_MAX_ROUNDS = 200
# Trials are repeated while a pass leaves less than this share of the candidates.
_PAYS = 0.9
# The problem is built again when no more than this share of its candidates is left.
_FEWER = 0.8
Shrink = Callable[[Bools, Choice], Solved]


def solve_in_rounds(
    programme: Programme,
    problem: Problem,
    watch: Watch,
    *,
    start: Choice | None = None,
    score: Callable[[Choice], float] | None = None,
    shrink: Shrink | None = None,
) -> Solved:
    """Solve a programme to a proven optimum, or until the watch ends the search.

    Parameters
    ----------
    programme
        Columns, the rows to begin with, and how to find the others.
    problem, watch, start, score
        As for :func:`analysis.placement.solver.watched_run`.
    shrink
        Solves the problem with only the candidates that are left, ``(m,)``, starting from the best known choice, which
        is among them; None to continue with this programme to the end.

    Returns
    -------
    The best choice and the bound, in the programme's terms (smaller is better).
    """
    judge = score or (lambda choice: problem.sign * problem.score(choice))
    model = new_model(programme, integer=False)
    search = _Search(model, problem, watch, programme.separate, judge, start)
    solved = search.relax()
    if search.bound == np.inf:
        return Solved(None, np.inf)
    if watch.over() or not solved:
        return Solved(start, search.bound)
    if start is not None:
        search.rule_out()
    if shrink is not None and search.few_left:
        return search.solved_by(shrink)
    if programme.all_rows is not None:
        add_rows(model, programme.all_rows(search.free))
    if start is not None:
        search.probe(until_few=shrink is not None)
        if watch.over() or search.proven:
            return search.so_far
        if shrink is not None and search.few_left:
            return search.solved_by(shrink)
        # The start is as good as the solver's own heuristics would find, so all time is spent on the proof.
        model.setOptionValue("mip_heuristic_effort", 0.0)
    set_integer(model, programme.n_sites)
    for _ in range(_MAX_ROUNDS):
        found = watched_run(model, problem, watch, start=search.best, score=judge)
        if found.chosen is None:
            # Every better choice is ruled out, by its candidates or by the rows: the start is the optimum.
            return Solved(search.best, search.value)
        search.bound = max(search.bound, found.bound)
        search.meet(found.chosen)
        if watch.over() or programme.separate is None or search.proven:
            break
        broken = programme.separate(np.asarray(model.getSolution().col_value))
        if not len(broken):
            break
        add_rows(model, broken)
    return search.so_far


@dataclass(eq=False)
class _Search:
    """A relaxation, and the best choice, bounds and ruled-out candidates that it has given so far.

    Attributes
    ----------
    model, problem, watch, separate, judge
        The relaxation; its problem; what ends the search; what finds missing rows; the score of a choice.
    best, value, bound
        Best known choice and its score, ``inf`` when there is none; and the least score that any choice can have.
    free
        ``(m,)`` candidates not ruled out.
    values, reduced
        Values and reduced costs of the columns, from the last time that the whole relaxation was solved.
    """

    model: highspy.Highs
    problem: Problem
    watch: Watch
    separate: Separator | None
    judge: Callable[[Choice], float]
    best: Choice | None
    bound: float = -np.inf
    value: float = field(init=False)
    free: Bools = field(init=False)
    values: Floats = field(default_factory=lambda: np.empty(0))
    reduced: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        self.free = np.ones(self.problem.n_candidates, dtype=bool)
        self.value = np.inf if self.best is None else self.judge(self.best)

    @property
    def enough(self) -> float:
        """The bound at which no choice can be better than the best known one."""
        return self.value - TOLERANCE * max(1.0, abs(self.value))

    @property
    def proven(self) -> bool:
        """Whether the best known choice is proven to be the optimum."""
        return self.best is not None and self.bound >= self.value - TOLERANCE * max(1.0, abs(self.value)) * 0.999

    @property
    def left(self) -> Bools:
        """Candidates not ruled out, and those of the best known choice, ``(m,)``."""
        left = self.free.copy()
        left[list(self.best or ())] = True
        return left

    @property
    def few_left(self) -> bool:
        """Whether so many candidates are ruled out that the problem should be built again with the rest."""
        return self.best is not None and float(self.left.sum()) <= _FEWER * self.problem.n_candidates

    @property
    def so_far(self) -> Solved:
        """Return the best known choice, and the bound."""
        return Solved(self.best, min(self.bound, self.value))

    def meet(self, choice: Choice) -> None:
        """Keep a choice when it is the best so far."""
        value = self.judge(choice)
        if value < self.value:
            self.best, self.value = choice, value

    def tell(self) -> None:
        """Report how far the search has come."""
        if self.best is not None:
            sign, seen = self.problem.sign, self.value
            self.watch.progress(Progress(self.watch.seconds, self.best, sign * seen, sign * min(self.bound, seen)))

    def solved_by(self, shrink: Shrink) -> Solved:
        """Solve the problem with the candidates that are left by `shrink`."""
        if self.best is None:
            return self.so_far
        if not self.left.any():  # the best known choice is to open nothing, and no choice with a site is better
            self.bound = self.value
            return self.so_far
        inner = shrink(self.left, self.best)
        if inner.chosen is not None:
            self.meet(inner.chosen)
        # A choice with a ruled-out candidate is no better than the best one.
        self.bound = max(self.bound, min(inner.bound, self.value))
        return self.so_far

    def relax(self) -> bool:
        """Solve the relaxation, adding every row that it breaks; return whether it was solved to the end."""
        self.model.setOptionValue("solver", "simplex")

        def interrupt(event: highspy.HighsCallbackEvent) -> None:
            if self.watch.over():
                event.interrupt()

        self.model.cbSimplexInterrupt.subscribe(interrupt)
        try:
            for _ in range(_MAX_ROUNDS):
                self.model.run()
                status = self.model.getModelStatus()
                if status == highspy.HighsModelStatus.kInfeasible:
                    self.bound = np.inf
                    return False
                if status != highspy.HighsModelStatus.kOptimal:
                    return False
                # Further rows can only raise the least value, so the value of each round is a bound.
                self.bound = self._read()
                self.tell()
                broken = self._broken()
                if not len(broken) or self.watch.over():
                    break
                add_rows(self.model, broken)
        finally:
            self.model.cbSimplexInterrupt.clear()  # type: ignore[no-untyped-call]
        return True

    def rule_out(self) -> None:
        """Fix by reduced costs the candidates that no better choice can have, or that every better choice must have."""
        m, forced = self.problem.n_candidates, self.problem.forced
        slack = self.value - self.bound + TOLERANCE * max(1.0, abs(self.value))
        x, cost = self.values[:m], self.reduced[:m]
        out = (x < 1e-9) & (cost > slack) & ~forced
        held = (x > 1 - 1e-9) & (-cost > slack)
        lower, upper = np.where(held | forced, 1.0, 0.0), np.where(out, 0.0, 1.0)
        self.model.changeColsBounds(m, np.arange(m, dtype=np.int32), lower, upper)
        self.free = np.asarray(~out, dtype=bool)

    def probe(self, *, until_few: bool) -> None:
        """Rule out candidates by trial until a pass rules out too few, or until few are left."""
        while not self.proven:
            left = np.flatnonzero(self.free & ~self.problem.forced)
            if not len(left):
                return
            rows, basis = self.model.getNumRow(), self.model.getBasis()
            # The least likely first: each one that is ruled out makes the trials of the others shorter.
            for site in left[np.lexsort((-self.reduced[left], np.round(self.values[left], 6)))].tolist():
                out = self._no_better_with(site)
                if self.watch.over():
                    return
                self.free[site] = not out
                self.model.changeColBounds(site, 0.0, 0.0 if out else 1.0)
                self.tell()
                if not until_few:
                    continue  # rows that a trial adds for a goal of minutes help the other trials
                if self.few_left:
                    return
                self._back_to(rows, basis)
            least = self._solve(self.enough)
            if self.watch.over():
                return
            self.bound = max(self.bound, min(least, self.value))
            if int((self.free & ~self.problem.forced).sum()) > _PAYS * len(left):
                return

    def _no_better_with(self, site: int) -> bool:
        """Tell whether the relaxation with a candidate chosen is no better than the best known choice."""
        enough, m = self.enough, self.problem.n_candidates
        values, reduced = self.values, self.reduced
        self.model.changeColBounds(site, 1.0, 1.0)
        least = self._solve(enough)
        sites = self.values[:m]
        if np.isfinite(least) and (np.abs(sites - np.rint(sites)) < 1e-7).all():
            choice = choice_of(sites)
            if self.problem.allowed(choice):
                self.meet(choice)
        self.values, self.reduced = values, reduced
        if self.watch.over():
            self.model.changeColBounds(site, 0.0, 1.0)
        return least >= enough

    def _back_to(self, rows: int, basis: highspy.HighsBasis) -> None:
        """Remove the rows that a trial of coverage added: they help few other trials, and many rows slow each one."""
        added = self.model.getNumRow() - rows
        if added and basis.valid:
            self.model.deleteRows(added, np.arange(rows, rows + added, dtype=np.int32))
            self.model.setBasis(basis)

    def _solve(self, enough: float) -> float:
        """Return the least value of the relaxation with its present rows, or any value of at least `enough`."""
        self.model.setOptionValue("objective_bound", enough)
        least = -np.inf
        for _ in range(_MAX_ROUNDS):
            self.model.run()
            status = self.model.getModelStatus()
            if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kObjectiveBound):
                return np.inf
            if status != highspy.HighsModelStatus.kOptimal:
                return -np.inf
            least = self._read()
            broken = self._broken() if least < enough else Rows()
            if not len(broken) or self.watch.over():
                break
            add_rows(self.model, broken)
        return least

    def _read(self) -> float:
        """Read values and reduced costs; return the objective."""
        solution = self.model.getSolution()
        self.values, self.reduced = np.asarray(solution.col_value), np.asarray(solution.col_dual)
        return float(self.model.getInfo().objective_function_value)

    def _broken(self) -> Rows:
        return self.separate(self.values) if self.separate is not None else Rows()
