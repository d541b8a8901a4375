"""Time several ways (contenders) of doing the same work, after a check that their answers agree.

A machine always does other work too, so the contenders take turns (one call each, round after round) and the best call
of each counts: noise can only add time. A contender whose answer differs from ours is not timed, because the time of a
wrong answer means nothing.
"""

import contextlib
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Contender:
    """One library or call that does the work.

    Attributes
    ----------
    who
        Library and call.
    includes
        What the time includes, in words.
    call
        The work itself.
    answer
        Turns the result of `call` into the figures that all contenders must agree on, in one shape; NaN where this
        contender has no figure. Not timed. None when the work has no figures to compare (opening a file).
    tolerance
        Largest difference from our figures that still counts as the same answer, in their unit.
    most_repeats
        Largest number of rounds, for slow contenders.
    times
        Where the call does only a part of the work: factor for its time (`includes` mentions it).
    """

    who: str
    includes: str
    call: Callable[[], Any]
    answer: Callable[[Any], Floats] | None = None
    tolerance: float = 0.01
    most_repeats: int | None = None
    times: float = 1.0


@dataclass(frozen=True)
class Row:
    """The result of one contender: `best_s` and `median_s` are None when it was not timed.

    `difference` is the largest difference from our figures; `memory_mb` the growth of a fresh process.
    """

    work: str
    who: str
    includes: str
    best_s: float | None = None
    median_s: float | None = None
    repeats: int = 0
    times_ours: float | None = None
    difference: float | None = None
    memory_mb: float | None = None
    mistake: str = ""


def race(
    work: str, contenders: Sequence[Contender], repeats: int, memory_mb: dict[str, float] | None = None
) -> list[Row]:
    """Check that all contenders give our answer, then time them in turns.

    Parameters
    ----------
    work
        Name of the work.
    contenders
        The first one is ours: the others' figures and times are compared with it.
    repeats
        Rounds, at least 1.
    memory_mb
        Memory by `who`, where it was measured.
    """
    ours = contenders[0]
    # The first call also fills caches and does what a library postpones until its first use.
    expected = None if ours.answer is None else ours.answer(ours.call())
    differences: dict[str, float | None] = {}
    for one in contenders:
        if one.answer is None or expected is None:
            differences[one.who] = None
        else:
            differences[one.who] = largest_difference(expected, one.answer(one.call()))
    right = [one for one in contenders if _within(differences[one.who], one.tolerance)]
    seconds: dict[str, list[float]] = {one.who: [] for one in contenders}
    for turn in range(repeats):
        for one in right:
            if turn < (one.most_repeats or repeats):
                seconds[one.who].append(timed(one.call) * one.times)
    our_best = min(seconds[ours.who], default=None)  # None when our own answer is not valid (an unproven optimum)
    rows = []
    for one in contenders:
        taken = seconds[one.who]
        rows.append(
            Row(
                work=work,
                who=one.who,
                includes=one.includes,
                best_s=min(taken) if taken else None,
                median_s=float(np.median(taken)) if taken else None,
                repeats=len(taken),
                times_ours=min(taken) / our_best if taken and our_best else None,
                difference=differences[one.who],
                memory_mb=(memory_mb or {}).get(one.who),
                mistake="" if taken else f"differs by {differences[one.who]}: not timed",
            )
        )
    return rows


def timed(call: Callable[[], Any]) -> float:
    """Return the seconds that one call takes, with the garbage collector off as in :mod:`timeit`."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        result = call()
        taken = time.perf_counter() - start
        del result
    finally:
        gc.enable()
    return taken


def largest_difference(expected: Floats, found: Floats) -> float:
    """Return the largest difference where `found` is not NaN; ``inf`` when shapes or unreached points differ."""
    if expected.shape != found.shape:
        return float("inf")
    asked = ~np.isnan(found)
    expected, found = expected[asked], found[asked]
    finite = np.isfinite(expected)
    if not asked.any() or not np.array_equal(finite, np.isfinite(found)):
        return float("inf")
    return float(np.abs(expected[finite] - found[finite]).max(initial=0.0))


def _within(difference: float | None, tolerance: float) -> bool:
    return difference is None or difference <= tolerance


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Suppress standard output, both from C++ libraries and from Python code."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 (not a path)
            os.dup2(nowhere.fileno(), 1)
            with contextlib.redirect_stdout(nowhere):
                yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
