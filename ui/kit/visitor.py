"""Who is before the page, and what they may do: whoever started the program, anybody who came, or who signed in."""

import os
from enum import StrEnum
from uuid import uuid4

from store.person import Person, Role, local_person
from ui.kit.session import Session, session

ACCESS = "REACH_ACCESS"
"""How the server lets people in, as ``reach app`` sets it for the pages; one of :class:`Access`."""


class Access(StrEnum):
    """How people come in."""

    OWN = "own"
    """One's own machine: whoever is before it may do everything."""
    OPEN = "open"
    """Anybody who can reach the server is a planner, and owns what they saved in this visit."""
    SIGNED_IN = "signed-in"
    """Whoever signs in, as what their groups or an administrator say."""


def access() -> Access:
    """Return how this server lets people in."""
    return Access(os.environ.get(ACCESS) or Access.OWN)


def visitor(name: str = "") -> Person:
    """Return who is before the page.

    Parameters
    ----------
    name
        The name that they typed, for where nobody signs in; who has signed in has the name that their provider gives.
    """
    way = access()
    if way is Access.OPEN:
        if not Session.visit_id.held:
            session.visit_id = f"visit {uuid4().hex}"
        return Person(session.visit_id, name.strip(), Role.PLANNER)
    return local_person(name.strip())
