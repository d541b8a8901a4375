"""The queue of searches and reports as the pages use it: one for all visitors, asked in the name of this one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.placement.apart import Answer
from analysis.placement.placement import Placement
from analysis.scenario.lab import Lab
from geo.errors import ReachError
from workers.job import Job
from workers.limits import Limits
from workers.queue import Queue


@st.cache_resource(show_spinner=False)
def job_queue() -> Queue:
    """Return the one queue of this server."""
    return Queue(Limits.of_machine(), preload=("analysis.placement.apart", "reports.offers"))


def ask(work: Callable[..., Any], *, watched: bool = False) -> Job:
    """Put work into the queue for this visitor; parameters and errors as for :meth:`workers.queue.Queue.submit`."""
    visitor = _visitor()
    return job_queue().submit(visitor, work, watched=watched, present=partial(_present, visitor))


def stop_mine() -> None:
    """Stop what this visitor has in the queue, if anything."""
    job = job_queue().of(_visitor())
    if job is not None:
        job_queue().stop(job)


def _visitor() -> str:
    run = get_script_run_ctx()
    return "" if run is None else run.session_id


def _present(visitor: str) -> bool:
    """Tell whether the browser of a visitor is connected; without a server, as in tests, everybody is there."""
    return not runtime.exists() or runtime.get_instance().is_active_session(visitor)


@dataclass(eq=False)
class Search:
    """A search for the best sites of a plan, and what came of it.

    Attributes
    ----------
    lab, candidates
        The area, and the sites to choose from.
    job
        What of it waits or runs; None when nothing does.
    found, curve
        The best choice, and the best for each number of hubs, as soon as they were asked for and found.
    error
        Why the last job has no result.
    """

    lab: Lab
    candidates: pd.DataFrame
    job: Job | None = None
    found: Placement | None = None
    curve: pd.DataFrame | None = None
    error: ReachError | None = None

    def look(self) -> None:
        """Take what the job has found, if it has ended."""
        job = self.job
        if job is None or job.open:
            return
        self.job, self.error = None, job.error
        if isinstance(job.result, Answer):
            self.found = job.result.in_lab(self.lab)
        elif job.result is not None:
            self.curve = job.result
