"""The audit log: who changed what, when and from where; rows are added with the change itself, and never taken away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Connection, and_, insert, or_, select
from sqlalchemy.orm import Session

from store.kept import Kept
from store.paging import PAGE, Page, found_by, one_page, searchable
from store.person import Person, Task
from store.tables import AuditRow
from store.transaction import as_utc, transaction
from store.words import tidy

_BATCH = 500


class Action(StrEnum):
    """What was done."""

    SAVED = "saved"
    COPIED = "copied"
    DELETED = "deleted"
    RESTORED = "restored"
    RENAMED = "renamed"
    REPLACED = "replaced"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    ROLE = "role given"
    TEAM = "team given"
    PURGED = "purged"
    STORE_RESTORED = "store restored"
    STORE_MOVED = "store moved"
    REFRESHED = "data refreshed"


@dataclass(frozen=True)
class Entry:
    """A row of the audit log.

    Attributes
    ----------
    id, at
        Id of the row, and when it was (UTC).
    person, person_name, role, origin
        Id, name and role of who did it, and from where.
    action, kind, subject, subject_name
        What was done, to what kind of thing (such as ``plan``), and its id and name.
    """

    id: str
    at: datetime
    person: str
    person_name: str
    role: str
    action: str
    kind: str
    subject: str
    subject_name: str
    origin: str


def record(session: Session | Connection, who: Person, action: Action, kind: str, subject: str, name: str = "") -> None:
    """Add a row in the transaction of the change itself, so that there is neither without the other.

    Parameters
    ----------
    session
        The transaction.
    who, action
        Who did what.
    kind, subject, name
        To what kind of thing, such as ``plan``, with which id and name.
    """
    called, thing = tidy(who.name, 200), tidy(name, 200)
    session.execute(
        insert(AuditRow).values(
            id=uuid4().hex,
            at=datetime.now(UTC),
            person=who.id[:300],
            person_name=called,
            role=who.role.value,
            action=action.value,
            kind=kind,
            subject=subject[:300],
            subject_name=thing,
            origin=tidy(who.origin, 200),
            search=searchable(called, who.role, action, kind, thing),
        )
    )


class AuditLog(Kept):
    """The audit log in a database; safe to share between threads."""

    def list(self, who: Person, *, search: str = "", page: int = 1, size: int = PAGE) -> Page[Entry]:
        """Return a page of the log, the latest first.

        Parameters
        ----------
        who
            Who asks.
        search
            Words that are in the name or role of who did something, in what was done, or in the kind or name of what
            it was done to; empty for all.
        page, size
            Number of the page, from 1, and how many entries there are on one.

        Raises
        ------
        NotAllowedError
            When `who` is not an administrator.
        StoreError
            When the database fails.
        """
        who.need(Task.PEOPLE)
        query = select(AuditRow).where(found_by(AuditRow.search, search)).order_by(AuditRow.at.desc(), AuditRow.id)
        with transaction(self._engine) as session:
            rows, total, number = one_page(session, query, page, size)
            return Page(tuple(_read(row) for (row,) in rows), total, number, size)

    def all(self, who: Person, *, since: datetime | None = None) -> Iterator[Entry]:
        """Return the whole log, or what was done since a time, the first entry first; errors as for :meth:`list`.

        The entries are read in parts, with nothing held between them, so that a slow reader keeps nobody from saving.
        """
        who.need(Task.PEOPLE)
        return self._all(since)

    def _all(self, since: datetime | None) -> Iterator[Entry]:
        query = select(AuditRow).order_by(AuditRow.at, AuditRow.id).limit(_BATCH)
        after = query if since is None else query.where(AuditRow.at >= since)
        while True:
            with transaction(self._engine) as session:
                found = [_read(row) for row in session.scalars(after)]
            yield from found
            if len(found) < _BATCH:
                return
            last = found[-1]
            after = query.where(or_(AuditRow.at > last.at, and_(AuditRow.at == last.at, AuditRow.id > last.id)))

    def area_refreshed(self, area: str, how: str, who: Person) -> None:
        """Note that the data of an area are others now, and how.

        Raises
        ------
        NotAllowedError
            When `who` is not an administrator.
        StoreError
            When the database fails.
        """
        who.need(Task.REFRESH)
        with transaction(self._engine) as session:
            record(session, who, Action.REFRESHED, "area", area, how)


def _read(row: AuditRow) -> Entry:
    return Entry(
        id=row.id,
        at=as_utc(row.at),
        person=row.person,
        person_name=row.person_name,
        role=row.role,
        action=row.action,
        kind=row.kind,
        subject=row.subject,
        subject_name=row.subject_name,
        origin=row.origin,
    )
