"""Progress, stop and result of a search for the best choice."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

Choice = tuple[int, ...]
"""Rows of the chosen candidates."""

OPTIMAL, STOPPED, OUT_OF_TIME = "optimal", "stopped", "time limit"


@dataclass(frozen=True)
class Progress:
    """The state of a search that is running.

    Attributes
    ----------
    seconds
        Since it began.
    chosen
        The best choice so far.
    objective, bound
        Its score, and the best score that any choice can still have.
    """

    seconds: float
    chosen: Choice
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the objective that is still open; 0 is proven."""
        return relative_gap(self.objective, self.bound)


@dataclass(eq=False)
class Watch:
    """Receives the progress of a search, and tells it when to stop.

    Attributes
    ----------
    progress
        Called from time to time with a `Progress`.
    stop
        Called from time to time; True ends the search with the best choice so far.
    time_limit_s
        Seconds after which the search ends in the same way.
    """

    progress: Callable[[Progress], None] = lambda _: None
    stop: Callable[[], bool] = lambda: False
    time_limit_s: float = 120.0
    started: float = field(default_factory=time.perf_counter)
    stopped: bool = False
    out_of_time: bool = False

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self.started

    def over(self) -> bool:
        """Whether to end now."""
        if not self.stopped and self.stop():
            self.stopped = True
        if not self.stopped and self.seconds > self.time_limit_s:
            self.out_of_time = True
        return self.stopped or self.out_of_time

    @property
    def status(self) -> str:
        """How the search ended."""
        return STOPPED if self.stopped else OUT_OF_TIME if self.out_of_time else OPTIMAL


@dataclass(frozen=True)
class Solved:
    """The best choice that a search knows (None when there is none), and the best score that any choice can have."""

    chosen: Choice | None
    bound: float


class Search(Protocol):
    """Finds the best choice of a problem; may be called again, and may then use what earlier calls found out."""

    def __call__(self, watch: Watch, *, start: Choice | None = None, excluded: tuple[Choice, ...] = ()) -> Solved:
        """Find the best choice that is not excluded.

        Parameters
        ----------
        watch
            Progress and stop.
        start
            A choice to begin from.
        excluded
            Choices that must not be returned again.

        Returns
        -------
        The best choice, and the best score that any choice can have, as a score of the problem.
        """


def relative_gap(objective: float, bound: float) -> float:
    """Return the distance of an objective from its bound, as a share of the objective."""
    if np.isinf(objective) and not np.isinf(bound):
        return float("inf")
    if np.isinf(bound) and np.isinf(objective):
        return 0.0
    return float(abs(objective - bound) / max(abs(objective), 1e-9)) if abs(objective - bound) > 1e-12 else 0.0
