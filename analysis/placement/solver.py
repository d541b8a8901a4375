"""The solver HiGHS with progress while it runs, a stop that keeps the best choice so far, and the proof at the end.

HiGHS (Huangfu and Hall 2018, https://doi.org/10.1007/s12532-017-0130-5) is called through its own Python interface.
"""

from collections.abc import Callable

import highspy
import numpy as np

from analysis.placement.models import Programme, Rows
from analysis.placement.problem import TOLERANCE, Floats, Problem
from analysis.placement.watch import Choice, Progress, Solved, Watch
from geo.errors import InputError


def new_model(programme: Programme, *, integer: bool = True) -> highspy.Highs:
    """Make a HiGHS model of a programme."""
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    n_columns = len(programme.cost)
    model.addVars(n_columns, programme.lower, programme.upper)
    model.changeColsCost(n_columns, np.arange(n_columns, dtype=np.int32), programme.cost)
    model.changeObjectiveOffset(programme.offset)
    add_rows(model, programme.rows)
    if integer:
        set_integer(model, programme.n_sites)
    return model


def add_rows(model: highspy.Highs, rows: Rows) -> None:
    """Add rows to a model."""
    if not len(rows):
        return
    lengths = np.array([len(columns) for columns in rows.columns], dtype=np.int64)
    model.addRows(
        len(lengths),
        np.array(rows.lower),
        np.array(rows.upper),
        int(lengths.sum()),
        np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32),
        np.concatenate(rows.columns).astype(np.int32),
        np.concatenate(rows.values),
    )


def set_integer(model: highspy.Highs, n_sites: int) -> None:
    """Make the columns of the candidates whole numbers."""
    kind = np.full(n_sites, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    model.changeColsIntegrality(n_sites, np.arange(n_sites, dtype=np.int32), kind)


def watched_run(
    model: highspy.Highs,
    problem: Problem,
    watch: Watch,
    *,
    start: Choice | None = None,
    score: Callable[[Choice], float] | None = None,
) -> Solved:
    """Solve a model with binary candidates to a proven optimum, or until the watch ends the search.

    Parameters
    ----------
    model
        From :func:`new_model`.
    problem
        Whose candidates the first columns are.
    watch
        Progress and stop.
    start
        A choice to begin from.
    score
        Score of a choice in the model's terms (smaller is better), for progress and to keep the better of the start and
        the solver's result; the problem's own score when left out.

    Returns
    -------
    The best choice and the bound, in the model's terms (smaller is better).
    """
    judge = score or (lambda choice: problem.sign * problem.score(choice))
    best: list[tuple[float, Choice]] = [(judge(start), start)] if start is not None else []
    if start is not None:
        values = np.zeros(problem.n_candidates)
        values[list(start)] = 1.0
        model.setSolution(problem.n_candidates, np.arange(problem.n_candidates, dtype=np.int32), values)
    model.setOptionValue("mip_rel_gap", TOLERANCE)
    model.setOptionValue("time_limit", max(0.0, watch.time_limit_s - watch.seconds))

    def keep(values: Floats) -> None:
        choice = choice_of(values[: problem.n_candidates])
        value = judge(choice)
        if not best or value < best[0][0]:
            best[:] = [(value, choice)]

    def improved(event: highspy.HighsCallbackEvent) -> None:
        keep(np.asarray(event.data_out.mip_solution))

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if best:
            bound = float(event.data_out.mip_dual_bound)
            watch.progress(
                Progress(watch.seconds, best[0][1], problem.sign * best[0][0], problem.sign * max(bound, -1e30))
            )
        if watch.over():
            event.interrupt()

    model.cbMipImprovingSolution.subscribe(improved)
    model.cbMipInterrupt.subscribe(interrupt)
    model.run()
    model.cbMipImprovingSolution.clear()  # type: ignore[no-untyped-call]
    model.cbMipInterrupt.clear()  # type: ignore[no-untyped-call]
    status = model.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solved(None, np.inf)
    info = model.getInfo()
    if status == highspy.HighsModelStatus.kOptimal:
        keep(np.asarray(model.getSolution().col_value))
    elif status == highspy.HighsModelStatus.kTimeLimit:
        watch.out_of_time = not watch.stopped
    elif status != highspy.HighsModelStatus.kInterrupt:
        raise InputError(f"the solver could not finish: {model.modelStatusToString(status)}")
    bound = float(info.mip_dual_bound)
    if status == highspy.HighsModelStatus.kOptimal and not np.isfinite(bound):
        # Presolve alone solved the model, without a bound.
        bound = float(info.objective_function_value)
    return Solved(best[0][1] if best else None, bound)


def choice_of(values: Floats) -> Choice:
    """Read a choice from the values of the candidates' columns."""
    return tuple(int(site) for site in np.flatnonzero(np.asarray(values) > 0.5))
