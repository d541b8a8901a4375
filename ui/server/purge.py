"""Take away for good what was deleted long ago: what would go is listed first, and has to be confirmed."""

import streamlit as st

from geo.errors import ReachError
from store.person import Task
from store.purge import Purged, purge
from ui.kit import controls, stores
from ui.kit.page import plain
from ui.kit.session import Session, session
from ui.kit.visitor import visitor
from wording.people import operator_words, purge_done, purge_title, say_people, some_names

_MOST_DAYS = 3_650


def purge_panel() -> None:
    """Draw the number of days, what would go, and the button that takes it away; errors as for `store.purge.purge`."""
    said = operator_words()
    st.header(said["purge"], anchor=False)
    st.caption(said["purge_help"])
    with st.container(key="purge-told"):  # always there, so that what follows keeps its place
        if session.purge_told:
            st.info(plain(Session.purge_told.pop()), icon=":material/info:")
    st.number_input(said["days"], 0, _MOST_DAYS, key=controls.kept(Session.purge_days), step=1, on_change=_forget)
    st.button(said["purge_look"], key="purge-look", icon=":material/visibility:", on_click=_look)
    days = session.purge_seen
    if days is None:
        return
    found = purge(stores.database(), days, visitor(), only_say=True)
    if not found:
        st.caption(said["purge_none"])
        return
    _names(found)
    st.checkbox(said["purge_sure"], key=Session.purge_sure.key)
    st.button(
        said["purge_do"], key="purge-do", icon=":material/delete_forever:", disabled=not session.purge_sure,
        on_click=_purge, args=(days,),
    )  # fmt: skip


def _names(found: Purged) -> None:
    said = operator_words()
    kinds = ((said["purge_plans"], found.scenarios), (said["purge_bookmarks"], found.bookmarks),
             (said["purge_layers"], found.layers))  # fmt: skip
    st.markdown(purge_title(_count(found)))
    for title, names in kinds:
        if names:
            st.markdown(f"**{title}**: {plain(some_names(names))}")


def _count(found: Purged) -> int:
    return len(found.scenarios) + len(found.bookmarks) + len(found.layers)


def _forget() -> None:
    session.purge_seen = None


def _look() -> None:
    session.purge_seen, session.purge_sure = session.purge_days, False


def _purge(days: int) -> None:
    session.purge_seen, session.purge_sure = None, False
    try:
        who = visitor()
        who.need(Task.PURGE)
        session.purge_told = purge_done(_count(purge(stores.database(), days, who)))
    except ReachError as error:
        session.purge_told = say_people("told_failed", why=error)
