"""Who does something, and what they may do: roles, and whom a plan or a layer belongs to.

The store itself refuses what a person may not do, so that a page, a command and an address that somebody made up are
refused alike; pages only leave out what would be refused.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum

from store.errors import NotAllowedError
from store.words import tidy


class Role(StrEnum):
    """What somebody may do, from the least to the most; each may do what those before it may."""

    VIEWER = "viewer"
    MEMBER = "member"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"

    def reaches(self, other: "Role") -> bool:
        """Whether it may do all that `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Task(StrEnum):
    """What needs a role; the value is what it is called in a message."""

    SEE = "to look at the pages"
    BOOKMARK = "to keep bookmarks"
    LINK = "to make short links"
    PLAN = "to save and delete plans"
    DATA = "to keep data of your own"
    PEOPLE = "to give people their roles"
    PURGE = "to take away for good what was deleted"
    STORE = "to restore or move all that is kept"
    REFRESH = "to fetch newer data"
    OPERATE = "to see how the server is doing"

    @property
    def role(self) -> Role:
        """The least role that may do it."""
        return _NEEDED[self]


_NEEDED = {
    Task.SEE: Role.VIEWER,
    Task.BOOKMARK: Role.MEMBER,
    Task.LINK: Role.MEMBER,
    Task.PLAN: Role.PLANNER,
    Task.DATA: Role.PLANNER,
    Task.PEOPLE: Role.ADMINISTRATOR,
    Task.PURGE: Role.ADMINISTRATOR,
    Task.STORE: Role.ADMINISTRATOR,
    Task.REFRESH: Role.ADMINISTRATOR,
    Task.OPERATE: Role.ADMINISTRATOR,
}
_LOG = logging.getLogger("reach.access")
LOCAL = "local"
"""Id of whoever uses the program on their own machine, or types commands on the server's."""
_ID_LENGTH, _NAME_LENGTH, _TEAM_LENGTH = 300, 200, 100


@dataclass(frozen=True)
class Owner:
    """Whom something belongs to.

    Attributes
    ----------
    person, name
        Id of a :class:`Person` and the name they had; empty for what was saved before anybody was asked.
    team
        The team that it belongs to as well; empty for none.
    """

    person: str = ""
    name: str = ""
    team: str = ""

    @property
    def words(self) -> str:
        """Whose it is, for a message: the team, or else the name."""
        return self.team or self.name or "somebody who gave no name"


NOBODY = Owner()
"""Whom things belong to that were saved before anybody was asked: only an administrator may change them."""


@dataclass(frozen=True)
class Person:
    """Who does something.

    Attributes
    ----------
    id
        What they are known by and never changes; ``local`` on one's own machine.
    name
        Their name; may be empty where nobody is asked.
    role
        What they may do.
    team
        Their team; empty for none.
    origin
        From where they do it, for the audit log: an address of the network, or ``command``.
    """

    id: str
    name: str
    role: Role
    team: str = ""
    origin: str = ""

    def may(self, task: Task) -> bool:
        """Whether their role is enough for a task."""
        return self.role.reaches(task.role)

    def need(self, task: Task) -> None:
        """Refuse a task for which their role is not enough.

        Raises
        ------
        NotAllowedError
            When it is not; the message says which role is needed.
        """
        if not self.may(task):
            _LOG.warning("refused to %s (%s): %s", self.id, self.role, task)
            raise NotAllowedError(
                f"{task} needs the role {task.role}, and yours is {self.role}: ask an administrator of this dashboard"
            )

    def as_owner(self, *, for_team: bool = False) -> Owner:
        """Return them as whom something new belongs to, and their team as well when that is asked for."""
        team = self.team[:_TEAM_LENGTH] if for_team else ""
        return Owner(self.id[:_ID_LENGTH], tidy(self.name, _NAME_LENGTH), team)

    def owns(self, owner: Owner) -> bool:
        """Whether something belongs to them or to their team."""
        return (bool(self.id) and self.id == owner.person) or (bool(self.team) and self.team == owner.team)

    def may_change(self, owner: Owner) -> bool:
        """Whether they may change or delete what belongs to `owner`: their own, their team's, or anything."""
        return self.role is Role.ADMINISTRATOR or self.owns(owner)

    def need_own(self, owner: Owner) -> None:
        """Refuse to change or delete what belongs to somebody else.

        Raises
        ------
        NotAllowedError
            When it is somebody else's; the message says whose.
        """
        if not self.may_change(owner):
            _LOG.warning("refused to %s (%s): to change what belongs to %s", self.id, self.role, owner.person)
            raise NotAllowedError(
                f"it belongs to {owner.words}: only they or an administrator may change or delete it; save a copy "
                "instead"
            )


def local_person(name: str = "", *, origin: str = "") -> Person:
    """Return whoever uses the program on their own machine, who may do everything."""
    return Person(LOCAL, name, Role.ADMINISTRATOR, origin=origin)
