"""How people come in to a server, and what a browser is known by where nobody signs in."""

import os
import re
from enum import StrEnum

ACCESS = "REACH_ACCESS"
"""How the server lets people in, as ``reach app`` sets it for the pages; one of :class:`Access`."""
VISIT_COOKIE = "reach_visit"
"""Holds what a browser is known by where nobody signs in; whoever has it owns what was saved with it."""
_VISIT = re.compile(r"[A-Za-z0-9_-]{43}")


class Access(StrEnum):
    """How people come in."""

    OWN = "own"
    """One's own machine: whoever is before it may do everything."""
    OPEN = "open"
    """Anybody who can reach the server is a planner, and owns what they saved with this browser."""
    SIGNED_IN = "signed-in"
    """Whoever signs in, as what their groups or an administrator say."""


def access() -> Access:
    """Return how this server lets people in."""
    return Access(os.environ.get(ACCESS) or Access.OWN)


def is_visit(name: str) -> bool:
    """Whether the server can have given that name to a browser."""
    return _VISIT.fullmatch(name) is not None
