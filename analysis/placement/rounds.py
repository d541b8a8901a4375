"""Solve a programme whose rows are too many to write down: add those that matter as they turn out to.

In rounds: solve the relaxation, in which candidates may be chosen in part; add the rows that its solution breaks;
repeat until it breaks none. Its value bounds every choice. By its reduced costs, candidates that no choice better
than the best known one can hold are ruled out (Dantzig, Fulkerson and Johnson 1954); then by trial: where the
relaxation with a candidate in is no better than the best known choice, that candidate is out (probing, Savelsbergh
1994, https://doi.org/10.1287/ijoc.6.4.445). When enough of them are out, the problem may be put anew with those left,
for which far fewer demand points can be told apart. What is left is solved in whole numbers, and again until the choice
breaks no row. Nothing is approximated: the last bound is a bound on all choices.
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
# Another pass of trials is worth its time while one leaves less than this share of the candidates.
_PAYS = 0.9
# The problem is put anew when no more than this share of its candidates is left.
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
    """Solve a programme to its proof, or until the watch ends it.

    Parameters
    ----------
    programme
        Columns, the rows to begin with, and how to find the others.
    problem, watch, start, score
        As for :func:`analysis.placement.solver.watched_run`.
    shrink
        Solves the problem with the candidates that are left, ``(m,)``, beginning from the best choice known, which is
        among them; None to go on with this programme to the end.

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
        # The start is as good as the solver's own heuristics would find: its time goes into the proof.
        model.setOptionValue("mip_heuristic_effort", 0.0)
    set_integer(model, programme.n_sites)
    for _ in range(_MAX_ROUNDS):
        found = watched_run(model, problem, watch, start=search.best, score=judge)
        if found.chosen is None:
            # Every candidate of a better choice was ruled out or lies beyond the rows: the start is the optimum.
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
    """A relaxation and what it has told so far.

    Attributes
    ----------
    model, problem, watch, separate, judge
        The relaxation; whose it is; what ends the search; the rows that may be missing; score of a choice.
    best, value, bound
        Best choice known and its score, ``inf`` when there is none; and the least score that any choice can have.
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
        """A bound that leaves nothing to be gained."""
        return self.value - TOLERANCE * max(1.0, abs(self.value))

    @property
    def proven(self) -> bool:
        """Whether the best choice known is the best there is."""
        return self.best is not None and self.bound >= self.value - TOLERANCE * max(1.0, abs(self.value)) * 0.999

    @property
    def left(self) -> Bools:
        """Candidates not ruled out, and those of the best choice known, ``(m,)``."""
        left = self.free.copy()
        left[list(self.best or ())] = True
        return left

    @property
    def few_left(self) -> bool:
        """Whether enough candidates are out for the problem to be put anew."""
        return self.best is not None and float(self.left.sum()) <= _FEWER * self.problem.n_candidates

    @property
    def so_far(self) -> Solved:
        """The best choice known, and the bound."""
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
        """Hand what is left on."""
        if self.best is None:
            return self.so_far
        if not self.left.any():  # the best choice known is to choose nothing, and none with a site in it is better
            self.bound = self.value
            return self.so_far
        inner = shrink(self.left, self.best)
        if inner.chosen is not None:
            self.meet(inner.chosen)
        # A choice with a candidate that is out is no better than the best one.
        self.bound = max(self.bound, min(inner.bound, self.value))
        return self.so_far

    def relax(self) -> bool:
        """Solve the relaxation with every row that matters; return whether it came to its end."""
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
                # Adding rows only raises the least value, so each round's is a bound.
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
        """Fix candidates that no better choice can hold, or that every better choice must, by reduced costs."""
        m, forced = self.problem.n_candidates, self.problem.forced
        slack = self.value - self.bound + TOLERANCE * max(1.0, abs(self.value))
        x, cost = self.values[:m], self.reduced[:m]
        out = (x < 1e-9) & (cost > slack) & ~forced
        held = (x > 1 - 1e-9) & (-cost > slack)
        lower, upper = np.where(held | forced, 1.0, 0.0), np.where(out, 0.0, 1.0)
        self.model.changeColsBounds(m, np.arange(m, dtype=np.int32), lower, upper)
        self.free = np.asarray(~out, dtype=bool)

    def probe(self, *, until_few: bool) -> None:
        """Rule out candidates by trial until that no longer pays, or until few are left."""
        while not self.proven:
            left = np.flatnonzero(self.free & ~self.problem.forced)
            if not len(left):
                return
            rows, basis = self.model.getNumRow(), self.model.getBasis()
            # The least likely first: each one that is out makes the trials of the others shorter.
            for site in left[np.lexsort((-self.reduced[left], np.round(self.values[left], 6)))].tolist():
                out = self._no_better_with(site)
                if self.watch.over():
                    return
                self.free[site] = not out
                self.model.changeColBounds(site, 0.0, 0.0 if out else 1.0)
                self.tell()
                if not until_few:
                    continue  # what a trial finds out about minutes serves the others
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
        """Whether the relaxation with a candidate in is no better than the best choice known."""
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
        """Take away the rows of a trial of coverage: they matter for few others, and together they slow each."""
        added = self.model.getNumRow() - rows
        if added and basis.valid:
            self.model.deleteRows(added, np.arange(rows, rows + added, dtype=np.int32))
            self.model.setBasis(basis)

    def _solve(self, enough: float) -> float:
        """Return the relaxation's least value as it stands, or any that is `enough`."""
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
