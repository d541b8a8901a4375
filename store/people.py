"""Store of people: who has signed in, which role and team they have, and who may not come in."""

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.errors import InputError, UnknownNameError
from store.audit import Action, record
from store.errors import NotAllowedError
from store.kept import Kept
from store.paging import PAGE, Page, found_by, one_page, searchable
from store.person import Person, Role, Task
from store.tables import PersonRow
from store.transaction import as_utc, transaction
from store.words import tidy

_MOST_NAMED = 20
_SEEN_AGAIN = timedelta(minutes=5)
_NAME_LENGTH, _EMAIL_LENGTH, _TEAM_LENGTH, _ID_LENGTH, _NONCE_LENGTH = 200, 320, 100, 300, 100


@dataclass(frozen=True)
class Known:
    """A person who has signed in.

    Attributes
    ----------
    id, name, email, team
        As the provider gave them; the team is given by an administrator, and empty for none.
    claimed, given
        The role that their groups gave them when they last signed in, and the one that an administrator gave them, or
        None; the second wins.
    first_seen, last_seen, removed_at
        When they came first and last, and since when they may not come in, or None. UTC.
    """

    id: str
    name: str
    email: str
    team: str
    claimed: Role
    given: Role | None
    first_seen: datetime
    last_seen: datetime
    removed_at: datetime | None

    @property
    def role(self) -> Role:
        """What they may do."""
        return self.given or self.claimed

    def person(self, origin: str = "") -> Person:
        """Return them as who does something, from where."""
        return Person(self.id, self.name, self.role, self.team, origin)


class PeopleStore(Kept):
    """People in a database; safe to share between threads."""

    def meet(
        self,
        person_id: str,
        name: str,
        email: str,
        claimed: Role,
        *,
        origin: str = "",
        signed_at: float = math.inf,
        nonce: str = "",
    ) -> Person:
        """Return the person whom the provider has named, and keep that they were here.

        Their first visit, and a change of what the provider says of them, is written to the audit log.

        Parameters
        ----------
        person_id
            What the provider knows them by, and never gives to another: issuer and subject.
        name, email, claimed
            Their name and address, and the role that their groups give them.
        origin
            From where they come.
        signed_at, nonce
            When the provider says that they signed in, in seconds since 1970, and by which answer of its own.

        Raises
        ------
        NotAllowedError
            When an administrator has taken them off the list, or this sign-in has been ended.
        StoreError
            When the database fails.
        """
        signed = (signed_at, nonce[:_NONCE_LENGTH])
        try:
            return self._meet(person_id, name, email, claimed, origin, signed)
        except IntegrityError:  # their first two visits at once
            return self._meet(person_id, name, email, claimed, origin, signed)

    def _meet(
        self, person_id: str, name: str, email: str, claimed: Role, origin: str, signed: tuple[float, str]
    ) -> Person:
        now = datetime.now(UTC)
        called, address = tidy(name, _NAME_LENGTH) or tidy(email, _NAME_LENGTH), tidy(email, _EMAIL_LENGTH)
        key = _key(person_id)
        with transaction(self._engine) as session:
            row = session.get(PersonRow, key)
            if row is not None and row.removed_at is not None:
                raise NotAllowedError("an administrator has closed this dashboard to you: ask them")
            if row is not None and (signed[0] < row.ended or signed == (row.ended, row.ended_nonce)):
                raise NotAllowedError("you have signed out: sign in again")
            new = row is None
            if row is None:
                row = PersonRow(id=key, given=None, team="", first_seen=now, last_seen=now, ended=0.0, ended_nonce="")
                session.add(row)
            if new or (row.name, row.email, row.claimed) != (called, address, claimed):
                row.name, row.email, row.claimed, row.last_seen = called, address, claimed, now
                row.search = searchable(called, address, row.team)
                session.flush()
                found = _read(row).person(origin)
                record(session, found, Action.SIGNED_IN, "person", row.id, called)
                return found
            if now - as_utc(row.last_seen) > _SEEN_AGAIN:
                row.last_seen = now
            return _read(row).person(origin)

    def sign_out(self, person_id: str, signed_at: float, nonce: str = "", *, origin: str = "") -> None:
        """End a sign-in and all that were before it, in every process and for every copy of its cookie.

        Parameters
        ----------
        person_id, signed_at, nonce, origin
            As of :meth:`meet`; nothing happens where nobody has that id.

        Raises
        ------
        StoreError
            When the database fails.
        """
        with transaction(self._engine) as session:
            row = session.get(PersonRow, _key(person_id))
            if row is not None and signed_at >= row.ended:
                row.ended, row.ended_nonce = signed_at, nonce[:_NONCE_LENGTH]
                record(session, _read(row).person(origin), Action.SIGNED_OUT, "person", row.id, row.name)

    def list(self, who: Person, *, search: str = "", page: int = 1, size: int = PAGE) -> Page[Known]:
        """Return a page of the people, by name, those who may not come in included.

        Raises
        ------
        NotAllowedError
            When `who` is not an administrator.
        StoreError
            When the database fails.
        """
        who.need(Task.PEOPLE)
        query = select(PersonRow).where(found_by(PersonRow.search, search)).order_by(PersonRow.name, PersonRow.id)
        with transaction(self._engine) as session:
            rows, total, number = one_page(session, query, page, size)
            return Page(tuple(_read(row) for (row,) in rows), total, number, size)

    def find(self, typed: str, who: Person) -> Known:
        """Return the person of an id, or of an e-mail address in small or capital letters.

        Raises
        ------
        InputError
            When there is none, or several have the address; the message says their ids.
        NotAllowedError
            When `who` is not an administrator.
        StoreError
            When the database fails.
        """
        who.need(Task.PEOPLE)
        wanted = searchable(typed.strip())
        with transaction(self._engine) as session:
            row = session.get(PersonRow, tidy(typed, _ID_LENGTH))
            if row is not None:
                return _read(row)
            query = select(PersonRow).where(found_by(PersonRow.search, wanted)).order_by(PersonRow.id)
            found = [_read(row) for row in session.scalars(query) if wanted and searchable(row.email) == wanted]
        if not found:
            raise InputError(f"nobody with the id or address {typed[:100]!r} has signed in here")
        if len(found) > 1:
            ids = ", ".join(one.id for one in found[:_MOST_NAMED])
            raise InputError(f"{len(found)} people have the address {typed[:100]!r}: give the id of one of them: {ids}")
        return found[0]

    def give_role(self, person_id: str, role: Role | None, who: Person) -> Known:
        """Give somebody a role, or, with None, leave it to their groups again.

        Raises
        ------
        UnknownNameError
            When there is no such person.
        NotAllowedError
            When `who` is not an administrator, or would take that role from themselves.
        StoreError
            When the database fails.
        """
        with self._changed(person_id, who) as (session, row):
            if row.id == who.id and (role or Role(row.claimed)) is not Role.ADMINISTRATOR:
                raise NotAllowedError("you cannot take your own role away: ask another administrator")
            if row.given != role:
                row.given = role
                record(session, who, Action.ROLE, "person", row.id, f"{row.name}: {role or f'{row.claimed} by groups'}")
            return _read(row)

    def give_team(self, person_id: str, team: str, who: Person) -> Known:
        """Put somebody into a team, or, with an empty name, into none; errors as for :meth:`give_role`."""
        with self._changed(person_id, who) as (session, row):
            called = tidy(team, _TEAM_LENGTH)
            if row.team != called:
                row.team, row.search = called, searchable(row.name, row.email, called)
                record(session, who, Action.TEAM, "person", row.id, f"{row.name}: {called or 'none'}")
            return _read(row)

    def remove(self, person_id: str, who: Person) -> Known:
        """Let somebody come in no more; what they saved stays. :meth:`restore` undoes it. Errors as for `give_role`."""
        with self._changed(person_id, who) as (session, row):
            if row.id == who.id:
                raise NotAllowedError("you cannot close the dashboard to yourself: ask another administrator")
            if row.removed_at is None:
                row.removed_at = datetime.now(UTC)
                record(session, who, Action.DELETED, "person", row.id, row.name)
            return _read(row)

    def restore(self, person_id: str, who: Person) -> Known:
        """Let somebody come in again, with the role they had; errors as for :meth:`give_role`."""
        with self._changed(person_id, who) as (session, row):
            if row.removed_at is not None:
                row.removed_at = None
                record(session, who, Action.RESTORED, "person", row.id, row.name)
            return _read(row)

    @contextmanager
    def _changed(self, person_id: str, who: Person) -> Iterator[tuple[Session, PersonRow]]:
        who.need(Task.PEOPLE)
        with transaction(self._engine) as session:
            row = session.get(PersonRow, person_id, with_for_update=True)
            if row is None:
                raise UnknownNameError("person", person_id[:100], [])
            yield session, row


def _key(person_id: str) -> str:
    """Return the id as it is kept; of one that is too long a part and a digest, so that no two people share it."""
    if len(person_id) <= _ID_LENGTH:
        return person_id
    digest = hashlib.sha256(person_id.encode(errors="surrogatepass")).hexdigest()
    return f"{person_id[: _ID_LENGTH - len(digest) - 1]}#{digest}"


def _read(row: PersonRow) -> Known:
    return Known(
        id=row.id,
        name=row.name,
        email=row.email,
        team=row.team,
        claimed=Role(row.claimed),
        given=None if row.given is None else Role(row.given),
        first_seen=as_utc(row.first_seen),
        last_seen=as_utc(row.last_seen),
        removed_at=None if row.removed_at is None else as_utc(row.removed_at),
    )
