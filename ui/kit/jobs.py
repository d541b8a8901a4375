"""A search for the best sites that runs beside the page, in a thread of its own."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from analysis.placement.placement import Placement
from analysis.placement.watch import Progress
from geo.errors import ReachError

_LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """A search in a thread of its own: it knows nothing of the page, which looks in now and then."""

    candidates: pd.DataFrame
    goal: str
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress | None = None
    answers: int = 0
    found: Placement | None = None
    curve: pd.DataFrame | None = None
    error: str = ""
    thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.thread is not None and self.thread.is_alive()

    def start(self, work: Callable[[], None]) -> None:
        """Begin `work` beside the page."""

        def guarded() -> None:
            try:
                work()
            except ReachError as error:
                self.error = str(error)
            except Exception:
                # Nobody else would hear of it: a thread ends in silence, and the page would show nothing.
                _LOG.exception("the search for the best sites failed")
                self.error = (
                    "the search failed, which should not happen. Ask for something else, or tell whoever looks after "
                    "this site what you asked for; your plan is as it was."
                )

        self.stop.clear()
        self.error = ""
        self.thread = threading.Thread(target=guarded, name="best sites", daemon=True)
        self.thread.start()

    def report(self, progress: Progress) -> None:
        """Note how far the search is; a new search (of a runner-up) counts its seconds from 0 again."""
        if self.progress is None or progress.seconds < self.progress.seconds:
            self.answers += 1
        self.progress = progress
