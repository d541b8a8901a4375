"""The audit log: who changed what, when and from where; rows are added with the change itself, and never taken away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.paging import PAGE, Page, one_page
from store.person import Person
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


def record(session: Session, who: Person, action: Action, kind: str, subject: str, name: str = "") -> None:
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
    session.add(
        AuditRow(
            id=uuid4().hex,
            at=datetime.now(UTC),
            person=who.id[:300],
            person_name=tidy(who.name, 200),
            role=who.role,
            action=action,
            kind=kind,
            subject=subject[:300],
            subject_name=tidy(name, 200),
            origin=tidy(who.origin, 200),
        )
    )


class AuditLog:
    """The audit log in a database; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, *, page: int = 1, size: int = PAGE) -> Page[Entry]:
        """Return a page of the log, the latest first; `StoreError` when the database fails."""
        query = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id)
        with transaction(self._engine) as session:
            rows, total, number = one_page(session, query, page, size)
            return Page(tuple(_read(row) for (row,) in rows), total, number, size)

    def all(self) -> Iterator[Entry]:
        """Return the whole log, the first entry first, for an export; `StoreError` when the database fails."""
        query = select(AuditRow).order_by(AuditRow.at, AuditRow.id).execution_options(yield_per=_BATCH)
        with transaction(self._engine) as session:
            for row in session.scalars(query):
                yield _read(row)


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
