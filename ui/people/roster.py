"""The list of people: role, team and entry of each, given by an administrator; the last change can be undone."""

from collections.abc import Callable

import streamlit as st

from geo.errors import ReachError
from store.people import Known
from store.person import Person, Role
from ui.kit import stores
from ui.kit.keyed import list_search, person_input
from ui.kit.page import plain
from ui.kit.paged import paged
from ui.kit.session import session
from ui.kit.visitor import Access, access, visitor
from wording.people import known_words, people_words, role_words, say_people


def roster(who: Person) -> None:
    """Draw the list; errors as for :meth:`store.people.PeopleStore.list`."""
    said, store = people_words(), stores.people()
    if access() is not Access.SIGNED_IN:
        st.info(said["own"], icon=":material/info:")
    _told()
    found = paged("people", lambda search, number: store.list(who, search=search, page=number))
    if not found and not list_search("people").get():
        if access() is Access.SIGNED_IN:
            st.caption(said["nobody"])
        return
    st.caption(said["how"])
    before = (found.number - 1) * found.size
    for number, known in enumerate(found, start=before + 1):  # so that no two buttons have the same name
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"{number}\\. **{plain(known.name)}** {plain(known.email)}")
                closed = known.removed_at is not None
                st.caption(plain(known_words(known.given, known.claimed, known.team, known.last_seen, closed)))
            with st.popover(say_people("change", n=number), help=say_people("change_help", name=plain(known.name))):
                _change(known, who)


def _change(known: Known, who: Person) -> None:
    """Draw what can be changed of somebody."""
    said, roles = people_words(), role_words()
    st.markdown(f"**{plain(known.name)}**")
    if known.id == who.id:
        st.caption(said["yourself"])
    else:
        role = person_input("role", known.id)
        role.put(known.given or "")
        st.selectbox(
            said["role"],
            ["", *Role],
            key=role.key,
            format_func=lambda one: roles[one] if one else say_people("by_groups", role=known.claimed),
            on_change=_give_role,
            args=(known,),
        )
    team = person_input("team", known.id)
    team.put(known.team)
    st.text_input(
        said["team"], key=team.key, max_chars=100, help=said["team_help"], on_change=_give_team, args=(known,)
    )
    if known.id != who.id:
        key = f"people-entry-{known.id}"
        if known.removed_at is None:
            st.button(said["close"], key=key, icon=":material/block:", on_click=_close, args=(known.id,))
        else:
            st.button(said["open"], key=key, icon=":material/login:", on_click=_open, args=(known.id,))


def _told() -> None:
    """Draw what was done last, with a button that undoes it."""
    with st.container(key="people-told"):  # always there, so that what follows keeps its place
        if not session.people_told:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain(session.people_told), icon=":material/info:")
            if session.people_undo is not None:
                st.button(people_words()["undo"], key="people-take-back", icon=":material/undo:", on_click=_undo)


def _do(work: Callable[[Person], str], undo: tuple[str, str, str] | None) -> None:
    """Change something in the name of the visitor as they are now, and keep what there is to say about it."""
    try:
        session.people_told, session.people_undo = work(visitor()), undo
    except ReachError as error:
        session.people_told, session.people_undo = say_people("told_failed", why=error), None


def _give_role(known: Known) -> None:
    wanted = person_input("role", known.id).get()

    def work(who: Person) -> str:
        now = stores.people().give_role(known.id, Role(wanted) if wanted else None, who)
        return say_people("told_role", name=now.name, role=now.role)

    _do(work, ("role", known.id, known.given or ""))


def _give_team(known: Known) -> None:
    wanted = person_input("team", known.id).get()

    def work(who: Person) -> str:
        now = stores.people().give_team(known.id, wanted, who)
        return (
            say_people("told_team", name=now.name, team=now.team)
            if now.team
            else say_people("told_no_team", name=now.name)
        )

    _do(work, ("team", known.id, known.team))


def _close(person: str) -> None:
    def work(who: Person) -> str:
        return say_people("told_closed", name=stores.people().remove(person, who).name)

    _do(work, ("open", person, ""))


def _open(person: str) -> None:
    def work(who: Person) -> str:
        return say_people("told_open", name=stores.people().restore(person, who).name)

    _do(work, ("close", person, ""))


def _undo() -> None:
    """Take back what was done last."""
    undo = session.people_undo
    if undo is None:
        return
    what, person, before = undo

    def work(who: Person) -> str:
        store = stores.people()
        match what:
            case "role":
                now = store.give_role(person, Role(before) if before else None, who)
            case "team":
                now = store.give_team(person, before, who)
            case "open":
                now = store.restore(person, who)
            case _:
                now = store.remove(person, who)
        return say_people("told_back", name=now.name)

    _do(work, None)
