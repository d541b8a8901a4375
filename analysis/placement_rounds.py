"""Solve a programme whose rows are too many to write down: add those that matter as they turn out to.

In rounds: solve the relaxation, in which candidates may be chosen in part; add the rows that its solution breaks;
repeat until it breaks none. Its value bounds every choice. By its reduced costs, candidates that no choice better
than the best known one can hold are ruled out (Dantzig, Fulkerson and Johnson 1954); then by trial: where the
relaxation with a candidate in is no better than the best known choice, that candidate is out (probing, Savelsbergh
1994, https://doi.org/10.1287/ijoc.6.4.445). What is left is solved in whole numbers, and again until the choice
breaks no row. Nothing is approximated: the last bound is a bound on all choices.
"""

from collections.abc import Callable

import highspy
import numpy as np

from analysis.placement_models import Programme, Rows, Separator
from analysis.placement_problem import TOLERANCE, Bools, Choice, Floats, Problem
from analysis.placement_solver import Progress, Solved, Watch, add_rows, choice_of, new_model, set_integer, watched_run

_MAX_ROUNDS = 200
# Another round of trials is worth its time while one leaves less than this share of the candidates.
_PAYS = 0.9


def solve_in_rounds(
    programme: Programme,
    problem: Problem,
    watch: Watch,
    *,
    start: Choice | None = None,
    score: Callable[[Choice], float] | None = None,
) -> Solved:
    """Solve a programme to its proof, or until the watch ends it.

    Parameters
    ----------
    programme
        Columns, the rows to begin with, and how to find the others.
    problem, watch, start, score
        As for :func:`analysis.placement_solver.watched_run`.

    Returns
    -------
    The best choice and the bound, in the programme's terms (smaller is better).
    """
    judge = score or (lambda choice: problem.sign * problem.score(choice))
    model, separate = new_model(programme, integer=False), programme.separate
    bound, values, reduced = _relaxation(model, problem, watch, separate, start, judge)
    if bound == np.inf:
        return Solved(None, np.inf)
    if watch.over() or values is None:
        return Solved(start, bound)
    free = np.ones(problem.n_candidates, dtype=bool)
    if start is not None:
        free = _rule_out(model, problem, values, reduced, bound, judge(start))
    if programme.all_rows is not None:
        add_rows(model, programme.all_rows(free))
    best = start
    if best is not None:
        best, bound = _probe(model, problem, watch, separate, free, values, best, bound, judge)
        if watch.over() or _proven(bound, judge(best)):
            return Solved(best, min(bound, judge(best)))
        # The start is as good as the solver's own heuristics would find: its time goes into the proof.
        model.setOptionValue("mip_heuristic_effort", 0.0)
    set_integer(model, programme.n_sites)
    for _ in range(_MAX_ROUNDS):
        solved = watched_run(model, problem, watch, start=best, score=judge)
        if solved.chosen is None:
            # Every candidate of a better choice was ruled out or lies beyond the rows: the start is the optimum.
            return Solved(best, np.inf if best is None else judge(best))
        bound = max(bound, solved.bound)
        best = solved.chosen if best is None or judge(solved.chosen) < judge(best) else best
        if watch.over() or separate is None or _proven(bound, judge(best)):
            break
        broken = separate(np.asarray(model.getSolution().col_value))
        if not len(broken):
            break
        add_rows(model, broken)
    return Solved(best, min(bound, judge(best)) if best is not None else bound)


def _proven(bound: float, best: float) -> bool:
    return bool(bound >= best - TOLERANCE * max(1.0, abs(best)) * 0.999)


def _relaxation(
    model: highspy.Highs,
    problem: Problem,
    watch: Watch,
    separate: Separator | None,
    start: Choice | None,
    judge: Callable[[Choice], float],
) -> tuple[float, Floats | None, Floats]:
    """Bound, values and reduced costs of the relaxation with every row that matters."""
    model.setOptionValue("solver", "simplex")
    bound, nothing = -np.inf, np.empty(0)

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if watch.over():
            event.interrupt()

    model.cbSimplexInterrupt.subscribe(interrupt)
    try:
        for _ in range(_MAX_ROUNDS):
            model.run()
            status = model.getModelStatus()
            if status == highspy.HighsModelStatus.kInfeasible:
                return np.inf, None, nothing
            if status != highspy.HighsModelStatus.kOptimal:
                return bound, None, nothing
            # Adding rows only raises the least value, so each round's is a bound.
            bound = float(model.getInfo().objective_function_value)
            if start is not None:
                seen = judge(start)
                watch.progress(Progress(watch.seconds, start, problem.sign * seen, problem.sign * min(bound, seen)))
            solution = model.getSolution()
            values, reduced = np.asarray(solution.col_value), np.asarray(solution.col_dual)
            broken = separate(values) if separate is not None else Rows()
            if not len(broken) or watch.over():
                return bound, values, reduced
            add_rows(model, broken)
    finally:
        model.cbSimplexInterrupt.clear()  # type: ignore[no-untyped-call]
    return bound, values, reduced


def _rule_out(
    model: highspy.Highs, problem: Problem, values: Floats, reduced: Floats, bound: float, best: float
) -> Bools:
    """Fix candidates that no better choice can hold, or that every better choice must; return those not ruled out."""
    m = problem.n_candidates
    slack = best - bound + TOLERANCE * max(1.0, abs(best))
    x, cost = values[:m], reduced[:m]
    out = (x < 1e-9) & (cost > slack) & ~problem.forced
    held = (x > 1 - 1e-9) & (-cost > slack)
    lower, upper = np.where(held | problem.forced, 1.0, 0.0), np.where(out, 0.0, 1.0)
    model.changeColsBounds(m, np.arange(m, dtype=np.int32), lower, upper)
    return np.asarray(~out, dtype=bool)


def _probe(
    model: highspy.Highs,
    problem: Problem,
    watch: Watch,
    separate: Separator | None,
    free: Bools,
    values: Floats,
    best: Choice,
    bound: float,
    judge: Callable[[Choice], float],
) -> tuple[Choice, float]:
    """Rule out candidates by trial until that no longer pays; `free` and the model's bounds are changed.

    Returns
    -------
    The best choice known, better than `best` when a trial met one, and a bound on all choices.
    """
    m = problem.n_candidates
    ask = _Trial(model, watch, separate, m)
    while not _proven(bound, judge(best)):
        before = int((free & ~problem.forced).sum())
        # The least likely first: each one that is out makes the trials of the others shorter.
        for site in sorted(np.flatnonzero(free & ~problem.forced).tolist(), key=lambda one: values[one]):
            enough = judge(best) - TOLERANCE * max(1.0, abs(judge(best)))
            model.changeColBounds(site, 1.0, 1.0)
            least, found = ask(enough)
            if watch.over():
                model.changeColBounds(site, 0.0, 1.0)
                return best, bound
            out = least >= enough
            free[site] = not out
            model.changeColBounds(site, 0.0, 0.0 if out else 1.0)
            if found is not None and problem.allowed(found) and judge(found) < judge(best):
                best = found
            seen = judge(best)
            watch.progress(Progress(watch.seconds, best, problem.sign * seen, problem.sign * min(bound, seen)))
        enough = judge(best) - TOLERANCE * max(1.0, abs(judge(best)))
        least, found = ask(enough)
        if watch.over():
            break
        bound = max(bound, min(least, judge(best)))
        values = ask.values
        if int((free & ~problem.forced).sum()) > _PAYS * before:
            break
    return best, bound


class _Trial:
    """The relaxation of a model whose columns' bounds have been changed, solved as far as it is of interest."""

    def __init__(self, model: highspy.Highs, watch: Watch, separate: Separator | None, m: int) -> None:
        self.model, self.watch, self.separate, self.m = model, watch, separate, m
        self.values: Floats = np.empty(0)

    def __call__(self, enough: float) -> tuple[float, Choice | None]:
        """Return the least value, or any that is `enough`, and the choice when it is one."""
        self.model.setOptionValue("objective_bound", enough)
        for _ in range(_MAX_ROUNDS):
            self.model.run()
            status = self.model.getModelStatus()
            if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kObjectiveBound):
                return np.inf, None
            if status != highspy.HighsModelStatus.kOptimal:
                return -np.inf, None
            least = float(self.model.getInfo().objective_function_value)
            self.values = np.asarray(self.model.getSolution().col_value)
            broken = self.separate(self.values) if self.separate is not None and least < enough else Rows()
            if not len(broken) or self.watch.over():
                break
            add_rows(self.model, broken)
        sites = self.values[: self.m]
        whole = bool((np.abs(sites - np.rint(sites)) < 1e-7).all())
        return least, choice_of(self.values[: self.m]) if whole else None
