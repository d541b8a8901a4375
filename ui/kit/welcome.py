"""The welcome for a first visit: three questions to begin with, a two-minute tour, and the words we use."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from geo.errors import ReachError
from geo.pack import AreaPack
from ui.kit import resources
from ui.kit.area import in_area
from ui.kit.session import Session, session
from wording.particulars import example_place
from wording.welcome import STEPS, glossary, offer_words, step_words, welcome_words, worked_questions

_QUESTIONS: Mapping[str, tuple[str, dict[str, str]]] = {
    "cut_off": ("gaps", {}),
    "my_street": ("travel_time", {}),
    "best_three": ("scenario_lab", {Session.lab_open_tab.name: "best"}),
}
_CSS = """
<style>
div:has(> .st-key-welcome) { position: fixed; top: .6rem; right: 9.6rem; z-index: 999991; width: auto !important; }
@media (min-width: 769px) { [data-testid="stHeader"] { padding-right: 18rem; } }
:root:fullscreen div:has(> :is(.st-key-welcome, .st-key-offer)) { display: none; }
.stMainBlockContainer { position: relative; }  /* so that the offer scrolls away with the title */
div:has(> .st-key-offer) { position: absolute; top: 3.9rem; right: 2rem; z-index: 3; width: auto !important; }
@media (max-width: 1100px) { div:has(> .st-key-offer) { display: none; } }
:root:has([data-testid="stSidebarCollapseButton"] [aria-expanded="true"]) div:has(> .st-key-welcome) {
  visibility: hidden; }
@media print { div:has(> :is(.st-key-welcome, .st-key-offer)) { display: none; } }
</style>
"""
_OFFER = """<div id="offer" role="note" hidden><span id="what"></span>
<button type="button" id="start"></button><button type="button" id="close"></button></div>"""
_OFFER_CSS = """
#offer { display: flex; align-items: center; gap: .75rem; font: inherit; font-size: .95rem; line-height: 1.2;
  color: var(--reach-ink); background: var(--reach-raised); border: 1px solid var(--reach-rule); border-radius: .5rem;
  padding: .1rem .75rem; white-space: nowrap; }
#offer[hidden] { display: none; }
button { font: inherit; color: var(--reach-strong); background: none; border: 0; text-decoration: underline;
  min-height: 28px; padding: 0 .25rem; cursor: pointer; }
#start { font-weight: 600; }
button:focus-visible { outline: 3px solid var(--reach-ink); outline-offset: 1px; }
"""
# Only the browser knows whether this is a first visit: it keeps that the offer was answered, and nothing else. Where it
# may keep nothing, nothing is offered, since the offer would come back each time.
_OFFER_JS = """
export default function ({ data, setTriggerValue, parentElement }) {
  const find = (id) => parentElement.querySelector("#" + id);
  const box = find("offer");
  for (const part of ["what", "start", "close"]) find(part).textContent = data[part];
  let answered = true;
  try { answered = localStorage.getItem("reach-tour-offered") !== null; } catch {}
  const close = () => {
    try { localStorage.setItem("reach-tour-offered", "yes"); } catch {}
    box.hidden = true;
  };
  box.hidden = answered;
  if (data.open && !answered) close();
  find("start").onclick = () => { close(); setTriggerValue("start", true); };
  find("close").onclick = close;
}
"""


def welcome_button(pages: Mapping[str, Any], here: str, area: str) -> None:
    """Draw the button that opens the welcome; it asks for nothing, and closes with Escape.

    Parameters
    ----------
    pages
        The pages of the app by name, as :class:`streamlit.Page` objects.
    here
        Name of the page on screen.
    area
        Code of the area on screen; the questions are about a street of it.
    """
    words = welcome_words()

    @st.dialog(words["title"], on_dismiss=_hide)
    def panel() -> None:
        st.markdown(words["what"])
        pack = _pack(area)
        if pack is not None:
            st.subheader(words["questions"], anchor=False)
            _, street = example_place(pack)
            for name, said in worked_questions(pack).items():
                page, query = _QUESTIONS[name]
                query = {Session.place.key: street} if name == "my_street" else query
                st.page_link(pages[page], label=said, icon=":material/help:", query_params=in_area(query))
        st.subheader(words["tour"], anchor=False)
        title, text, how_far = step_words(session.tour_step)
        st.markdown(f"**{title}** ({how_far.lower()})\n\n{text}")
        with st.container(horizontal=True):
            st.button(words["back"], key="tour-back", on_click=_step, args=(-1,), disabled=session.tour_step == 0)
            last = session.tour_step == len(STEPS) - 1
            st.button(words["next"], key="tour-next", type="primary", on_click=_step, args=(1,), disabled=last)
            there = pages[STEPS[session.tour_step]]
            st.page_link(there, label=words["show"], icon=":material/open_in_new:", query_params=in_area())
        st.subheader(words["glossary"], anchor=False)
        st.markdown("\n".join(f"- **{term}**: {means}" for term, means in glossary(pack)))

    st.html(_CSS)
    with st.container(key="welcome"):
        st.button(words["button"], key="welcome-open", icon=":material/waving_hand:", on_click=_show, args=(here,))
    # Kept as state, so that the welcome stays open when the page behind it is drawn again.
    if session.welcome_on == here:
        panel()
    if here != "meeting":  # a room full of people is not to be disturbed
        with st.container(key="offer"):
            _component()(
                key=Session.tour_offer.key,
                data={**offer_words(), "open": session.welcome_on == here},
                on_start_change=lambda: _show(here),
            )


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("tour_offer", html=_OFFER, css=_OFFER_CSS, js=_OFFER_JS)


def _pack(area: str) -> AreaPack | None:
    """Open the pack of the area on screen; None where it is not known which one that is."""
    try:
        return resources.area_pack(area)
    except ReachError:
        return None


def _show(here: str) -> None:
    session.welcome_on = here
    session.bookmarks_shown = False  # one dialog at a time


def _hide() -> None:
    session.welcome_on = ""


def _step(by: int) -> None:
    session.tour_step = min(max(session.tour_step + by, 0), len(STEPS) - 1)
