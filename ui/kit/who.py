"""The visitor's own name where nobody signs in, and what is said in place of what they may not do."""

import streamlit as st

from store.person import Owner, Person, Task
from ui.kit import controls
from ui.kit.keyed import for_team
from ui.kit.page import plain
from ui.kit.slots import Slot
from ui.kit.visitor import Access, access, visitor
from wording.languages import english
from wording.people import belongs_words, copy_words, owner_words, say_people

_SAID = {Task.PLAN: "plan", Task.BOOKMARK: "bookmark", Task.DATA: "data"}


def name_field(slot: Slot[str], label: str, about: str | None = None) -> None:
    """Draw the field for the visitor's name; nothing where they have signed in, since it is known then."""
    if access() is not Access.SIGNED_IN:
        st.text_input(label, key=controls.kept(slot), max_chars=80, help=about)


def may(task: Task) -> bool:
    """Whether the visitor may do something; where they may not, say which role it needs."""
    who = visitor()
    allowed = who.may(task)
    if not allowed:
        st.info(english().say(f"people.needs.{_SAID[task]}", role=task.role, mine=who.role), icon=":material/lock:")
    return allowed


def may_change(task: Task, owner: Owner) -> bool:
    """Whether the visitor may change, delete and bring back what belongs to `owner`; nothing is said where not."""
    who = visitor()
    return who.may(task) and who.may_change(owner)


def team_box(which: str, who: Person, owner: Owner | None = None) -> bool | None:
    """Draw the box that lets the visitor's team change what is saved; return whether it may.

    Parameters
    ----------
    which
        What it is for: the id of what is saved again, or what tells new things apart.
    who, owner
        The visitor, and whom it belongs to, or None for something new.

    Returns
    -------
    None where there is nothing to ask: they have no team, or a team-mate's plan stays what it is.
    """
    shared = owner is not None and owner.person != who.id and who.may_change(owner)
    if not who.team or shared:
        return None
    now = owner is not None and owner.team == who.team
    return st.checkbox(say_people("for_team", team=plain(who.team)), key=controls.kept(for_team(which), default=now))


def belongs(owner: Owner) -> None:
    """Say whom something belongs to, in place of the buttons that would change it."""
    st.caption(plain(belongs_words(_named(owner), owner.team)))


def becomes_copy(owner: Owner) -> None:
    """Say whose plan is being changed, and that the change becomes a plan of the visitor's own."""
    st.caption(plain(copy_words(_named(owner), owner.team)))


def other_owner(owner: Owner, saved_by: str) -> str:
    """Return whom something belongs to, for a list; empty where nobody is known, or it is who saved it last."""
    return owner_words(owner.name, owner.team) if owner.team or owner.name not in ("", saved_by) else ""


def _named(owner: Owner) -> str:
    """Return the name of an owner, or what stands for it; empty where nobody owns it."""
    return owner.name or (say_people("no_name") if owner.person else "")
