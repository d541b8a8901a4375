"""Which area is on screen, and the control that shows another one.

Everything that a visit keeps of one place (its ward, its street, its plan) belongs to one area. So another area starts
without it, and the plan under edit is put aside until its own area is shown again.
"""

from collections.abc import Mapping

import streamlit as st

from geo.errors import ReachError
from geo.packs import area_names, default_area
from ui.kit import plan
from ui.kit.jobs import stop_mine
from ui.kit.session import Session, address, address_becomes, embedded, session, went_back
from ui.kit.slots import forget_all
from wording.areas import switch_words

# What is asked of every area in the same way, and what belongs to the visitor.
_KEPT = (
    Session.visit_id,
    Session.plans_taken, Session.window_width, Session.welcome_on, Session.tour_step, Session.bookmark_as,
    Session.lab_who, Session.meeting_language, Session.language, Session.measure, Session.areas,
    Session.need, Session.service, Session.mode, Session.within, Session.figure, Session.counted, Session.by,
    Session.gaps_shown, Session.travel_shows, Session.basket, Session.basket_memory,
    Session.compared_areas, Session.who,
)  # fmt: skip


def follow_area() -> str:
    """Return the area of this drawing, and write it to the address unless it is the usual one.

    The address counts on the first drawing of a visit and after a step in the browser's history; otherwise the area
    stays from page to page.

    Returns
    -------
    str
        Code of the area; empty where neither the address nor the settings name one of several.
    """
    before, usual = session.area_shown, usual_area()
    area = (session.area or usual) if went_back() or not before else before
    if before and area != before:
        _leave(area)
    session.area_shown = area
    session.area = "" if area == usual else area
    return area


def usual_area() -> str:
    """Return the area that is meant where no link names one; empty where that is not said, or said wrongly."""
    try:
        return default_area()
    except ReachError:
        return ""


def in_lasting_area(query: Mapping[str, str]) -> dict[str, str]:
    """Return the query of a link that is kept, which names its area wherever there are several.

    Another area may be the usual one by the time that the link is opened.
    """
    several = session.area_shown and len(area_names()) > 1
    return ({Session.area.name: session.area_shown} if several else {}) | dict(query)


def in_area(query: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the query of a link to another page, with the area where that is not the usual one."""
    return ({Session.area.name: session.area} if session.area else {}) | dict(query or {})


def show_area(area: str) -> None:
    """Show another area on this page; use it in a callback."""
    _leave(area)
    session.area_shown = area
    kept = {name: text for name, text in address().items() if name in {slot.key for slot in _KEPT}}
    address_becomes(({} if area == usual_area() else {Session.area.name: area}) | kept)


def area_switch(area: str) -> None:
    """Draw the name of the area: with more than one, as the control that shows another."""
    names, words = area_names(), switch_words()
    if embedded():
        return
    if len(names) < 2:
        st.caption(names.get(area, area), width="content")
        return
    session.area_chosen = area
    st.selectbox(
        words["label"],
        list(names),
        key=Session.area_chosen.key,
        format_func=lambda code: names.get(code, code),
        label_visibility="collapsed",
        on_change=_switch,
        width=220,
    )


def area_buttons() -> None:
    """Draw a button for each area that there is."""
    with st.container(horizontal=True, key="areas"):
        for code, name in area_names().items():
            st.button(name, key=f"area-{code}", icon=":material/location_city:", on_click=show_area, args=(code,))


def _switch() -> None:
    show_area(session.area_chosen)


def _leave(area: str) -> None:
    """Keep what is asked of every area, put the plan aside, and bring back that of the area."""
    stop_mine()
    aside: Mapping[str, plan.Kept] = session.plans_aside or {}
    if plan.begun():
        aside = {**aside, plan.history().now.area: (plan.history(), session.stored)}
    forget_all(but=_KEPT)
    session.plans_aside = aside
    if area in aside:
        made, session.stored = aside[area]
        plan.set_history(made)
