"""One piece of work in the queue: what is to be done, how far it is, and how it ended."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from geo.errors import ReachError


class End(StrEnum):
    """How a job ended."""

    DONE = "done"
    REFUSED = "refused"
    """The work itself said, with a `ReachError`, why it cannot be done."""
    FAILED = "failed"
    TOO_LONG = "too long"
    TOO_LARGE = "too large"
    KILLED = "killed"
    """Its process was ended from outside, such as by a system that ran out of memory."""
    STOPPED = "stopped"
    LEFT = "left"
    """Whoever asked for it has closed the page."""


class JobError(ReachError, RuntimeError):
    """A job was not taken, or ended without a result; the message says why and what to do."""


WHY = {
    End.FAILED: "this failed, which should not happen; what you entered is as it was. Ask for something else, or tell "
    "whoever looks after this site what you asked for",
    End.TOO_LONG: "this took longer than the server allows, so it was ended; ask for less at once",
    End.TOO_LARGE: "this needed more memory than the server allows, so it was ended; ask for less at once",
    End.KILLED: "the server ended this before it was done; ask for it again",
    End.LEFT: "this was ended because the page was closed or out of reach for a while; ask for it again",
}
"""What is said of each end that nobody asked for."""


@dataclass(eq=False)
class Job:
    """Work that waits, runs or has ended; the queue writes it, and the page looks in now and then.

    Attributes
    ----------
    visitor
        Who asked for it.
    work
        The pickled function.
    watched
        Whether the function is called with `progress` and `stop`.
    present
        Tells whether the visitor is still there.
    progress
        What the work told last; None before.
    result
        What the work returned; None unless `end` is ``DONE``.
    error
        Why there is no result; None while it is open, when it is done, and when the visitor stopped it.
    end
        How it ended; None while it is open.
    """

    visitor: str
    work: bytes
    watched: bool
    present: Callable[[], bool]
    progress: Any = None
    result: Any = None
    error: ReachError | None = None
    end: End | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _seen_s: float = field(default_factory=time.monotonic)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return not self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, at most so many seconds; tell whether it has."""
        return self._over.wait(seconds)

    def away_s(self) -> float:
        """Return for how many seconds the visitor has not been there."""
        if self.present():
            self._seen_s = time.monotonic()
        return time.monotonic() - self._seen_s

    def close(self, end: End, *, result: Any = None, error: ReachError | None = None) -> None:
        """Note how it ended; the first end counts."""
        if self.open:
            self.end, self.result = end, result
            self.error = JobError(WHY[end]) if end in WHY else error
            self._over.set()
