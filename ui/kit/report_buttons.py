"""Buttons for files that take seconds to make: one makes the file in a process of its own, the next one saves it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from drawing.offers import Offer
from geo.errors import ReachError
from ui.kit.jobs import ask, job_queue
from ui.kit.keyed import file_asked, file_made
from ui.kit.page import part, plain, show_error
from ui.kit.waiting import watch
from wording.languages import english
from wording.rounding import fixed
from workers.job import Job


def report_buttons(offers: Callable[[], Sequence[Offer]], *, key: str) -> None:
    """Draw a button for each file.

    A click asks for the file; while it is being made the visitor sees so, and can stop it; then a button saves it.

    Parameters
    ----------
    offers
        Returns the files; called on every click, so that the present choices on the page count.
    key
        Stable start of the buttons' keys.
    """

    @part
    def draw() -> None:
        present = offers()
        keys = [f"{key}-{number}" for number in range(len(present))]
        busy = [one for offer, one in zip(present, keys, strict=True) if _is_being_made(offer, one)]
        for number, (offer, one) in enumerate(zip(present, keys, strict=True)):
            _button(offer, one, partial(_ask, offers, number, one), busy=bool(busy))

    draw()


def _ask(offers: Callable[[], Sequence[Offer]], number: int, key: str) -> None:
    offer = offers()[number]
    file_made(key).pop()
    try:
        file_asked(key).put((offer.about, ask(offer.make)))
    except ReachError as error:
        file_asked(key).put((offer.about, error))


def _is_being_made(offer: Offer, key: str) -> bool:
    """Tell whether a file is being made, and end that when it would be for something that is no longer chosen."""
    about, job = file_asked(key).get()
    if isinstance(job, Job) and job.open and about != offer.about:
        job_queue().stop(job)
        file_asked(key).pop()
        return False
    return isinstance(job, Job) and job.open


def _button(offer: Offer, key: str, ask_for_it: Callable[[], None], *, busy: bool) -> None:
    made, asked = file_made(key), file_asked(key)
    about, job = asked.get()
    label = plain(offer.label)
    running = job if isinstance(job, Job) and job.open else None
    if job is not None and running is None:
        asked.pop()
        if isinstance(job, Job) and job.result is not None:
            made.put((about, job.result))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(f"Make {label}", key=f"{key}-make", icon=":material/description:", on_click=ask_for_it, disabled=busy)
        about, content = made.get()
        if content and about == offer.about:
            st.download_button(
                f"Save {plain(offer.file_name)} ({_size(len(content))})",
                content,
                file_name=offer.file_name,
                mime=offer.mime,
                key=f"{key}-save",
                on_click="ignore",
                type="primary",
                icon=":material/download:",
            )
    if running is not None:
        making = english().say("jobs.making", what=label)
        watch(running, lambda: making, stop=english().say("jobs.stop"), key=f"{key}-stop")
        return
    error = job.error if isinstance(job, Job) else job
    if error is not None:
        show_error(error)


def _size(length: int) -> str:
    return f"{fixed(length / 1e6, 1)} MB" if length >= 1e6 else f"{max(1, round(length / 1000))} kB"
