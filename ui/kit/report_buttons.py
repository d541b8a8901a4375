"""Buttons for files that take seconds to make: one makes the file, the next one saves it."""

from collections.abc import Callable, Sequence

import streamlit as st

from drawing.offers import Offer
from geo.errors import ReachError
from ui.kit.page import part, plain, show_error
from ui.kit.session import file_made
from wording.rounding import fixed


def report_buttons(offers: Callable[[], Sequence[Offer]], *, key: str) -> None:
    """Draw a button for each file.

    A click makes the file, with a message while it is being made, and adds a button that saves it: a download button
    alone could not show progress or an error. Only these buttons are drawn again, not the page.

    Parameters
    ----------
    offers
        Returns the files; called on every click, so that the present choices on the page count.
    key
        Stable start of the buttons' keys.
    """

    @part
    def draw() -> None:
        for number, offer in enumerate(offers()):
            _button(offer, f"{key}-{number}")

    draw()


def _button(offer: Offer, key: str) -> None:
    held = file_made(key)
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button(f"Make {plain(offer.label)}", key=f"{key}-make", icon=":material/description:")
        if asked:
            held.pop()
            try:
                with st.spinner(f"Making {plain(offer.label)} …"):
                    held.put((offer.about, offer.make()))
            except ReachError as error:
                show_error(error)
        about, content = held.get()
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


def _size(length: int) -> str:
    return f"{fixed(length / 1e6, 1)} MB" if length >= 1e6 else f"{max(1, round(length / 1000))} kB"
