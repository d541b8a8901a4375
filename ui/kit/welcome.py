"""The welcome for a first visit: three questions to begin with, a two-minute tour, and the words we use."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui.kit.session import Session, session
from wording.welcome import STEPS, glossary, step_words, welcome_words, worked_questions

_QUESTIONS: Mapping[str, tuple[str, dict[str, str]]] = {
    "cut_off": ("gaps", {}),
    "my_street": ("travel_time", {Session.place.key: "Ness Road, Shoeburyness"}),
    "best_three": ("scenario_lab", {Session.lab_open_tab.name: "best"}),
}
_CSS = """
<style>
div:has(> .st-key-welcome) { position: fixed; top: .6rem; right: 9.6rem; z-index: 999991; width: auto !important; }
@media (min-width: 769px) { [data-testid="stHeader"] { padding-right: 18rem; } }
:root:fullscreen div:has(> .st-key-welcome) { display: none; }
:root:has([data-testid="stSidebarCollapseButton"] [aria-expanded="true"]) .st-key-welcome { visibility: hidden; }
@media print { div:has(> .st-key-welcome) { display: none; } }
</style>
"""


def welcome_button(pages: Mapping[str, Any], here: str) -> None:
    """Draw the button that opens the welcome; it asks for nothing, and closes with Escape.

    Parameters
    ----------
    pages
        The pages of the app by name, as :class:`streamlit.Page` objects.
    here
        Name of the page on screen.
    """
    words = welcome_words()

    @st.dialog(words["title"], on_dismiss=_hide)
    def panel() -> None:
        st.markdown(words["what"])
        st.subheader(words["questions"], anchor=False)
        for name, said in worked_questions().items():
            page, query = _QUESTIONS[name]
            st.page_link(pages[page], label=said, icon=":material/help:", query_params=query)
        st.subheader(words["tour"], anchor=False)
        title, text, how_far = step_words(session.tour_step)
        st.markdown(f"**{title}** ({how_far.lower()})\n\n{text}")
        with st.container(horizontal=True):
            st.button(words["back"], key="tour-back", on_click=_step, args=(-1,), disabled=session.tour_step == 0)
            last = session.tour_step == len(STEPS) - 1
            st.button(words["next"], key="tour-next", type="primary", on_click=_step, args=(1,), disabled=last)
            st.page_link(pages[STEPS[session.tour_step]], label=words["show"], icon=":material/open_in_new:")
        st.subheader(words["glossary"], anchor=False)
        st.markdown("\n".join(f"- **{term}**: {means}" for term, means in glossary()))

    st.html(_CSS)
    with st.container(key="welcome"):
        st.button(words["button"], key="welcome-open", icon=":material/waving_hand:", on_click=_show, args=(here,))
    # Kept as state, so that the welcome stays open when the page behind it is drawn again.
    if session.welcome_on == here:
        panel()


def _show(here: str) -> None:
    session.welcome_on = here
    session.bookmarks_shown = False  # one dialog at a time


def _hide() -> None:
    session.welcome_on = ""


def _step(by: int) -> None:
    session.tour_step = min(max(session.tour_step + by, 0), len(STEPS) - 1)
