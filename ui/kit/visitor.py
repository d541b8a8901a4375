"""Who is before the page, and what they may do: whoever started the program, anybody who came, or who signed in."""

import hashlib
from uuid import uuid4

import streamlit as st

from store.access import VISIT_COOKIE, Access, access, is_visit
from store.door import door
from store.person import Person, Role, local_person
from ui.kit.session import Session, session

__all__ = ["Access", "access", "visitor"]


def visitor(name: str = "") -> Person:
    """Return who is before the page, asked at each call.

    Parameters
    ----------
    name
        The name that they typed, for where nobody signs in; who has signed in has the name that their provider gives.

    Raises
    ------
    NotAllowedError
        When nobody is signed in where people sign in, or they may not come in any more.
    StoreError
        When the store of people fails.
    """
    way = access()
    if way is Access.SIGNED_IN:
        return door().come_in(st.user.to_dict(), st.context.ip_address or "this machine")
    if way is Access.OPEN:
        return Person(_visit(), name.strip(), Role.PLANNER, origin=st.context.ip_address or "")
    return local_person(name.strip())


def _visit() -> str:
    """Return what this browser is known by, which is no key to it; what this page is known by where it has no name."""
    given = st.context.cookies.get(VISIT_COOKIE, "")
    if is_visit(given):
        return f"visit {hashlib.sha256(given.encode()).hexdigest()[:32]}"
    if not Session.visit_id.held:
        session.visit_id = f"visit {uuid4().hex}"
    return session.visit_id
