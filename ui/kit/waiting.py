"""What a visitor sees while a search or a report waits or runs: the place in the queue, and a button that stops it."""

from collections.abc import Callable

import streamlit as st

from ui.kit.jobs import job_queue
from wording.languages import english
from workers.job import Job

_EVERY_S = 0.5


def watch(job: Job, said: Callable[[], str], *, stop: str, key: str) -> None:
    """Draw how far a job is, and draw the page again when it has ended.

    Parameters
    ----------
    job
        The job.
    said
        Returns, in markdown, what is being done while it runs.
    stop
        Name of the button that stops it then.
    key
        Key of that button.
    """
    st.fragment(_watch, run_every=_EVERY_S)(job, said, stop, key)


def _watch(job: Job, said: Callable[[], str], stop: str, key: str) -> None:
    if not job.open:
        st.rerun()
    before = job_queue().before(job)
    if before is not None:
        text = english().counted("jobs.before", before) if before else english().say("jobs.starting")
        stop = english().say("jobs.stop_waiting")
    else:
        text = english().say("jobs.stopping") if job.stopping.is_set() else said()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/hourglass_top: {text}", width="stretch")
        st.button(
            stop,
            key=key,
            icon=":material/stop:",
            on_click=job_queue().stop,
            args=(job,),
            disabled=job.stopping.is_set(),
        )
