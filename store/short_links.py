"""Short links: a code of a few letters that stands for a page and the query of its address.

Each view has one code, however often it is asked for. A code leads to a page of this program and never elsewhere, since
only the name of a page and a query are kept (:func:`store.bookmarks.own_query`). It is drawn at random, so that nobody
finds the views of others by counting.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from geo.errors import InputError
from store.audit import Action, record
from store.bookmarks import own_query
from store.errors import StoreError
from store.kept import Kept
from store.person import Person, Task
from store.tables import ShortLinkRow
from store.transaction import transaction

# No letter or digit that looks like another when it is read from a wall: no i, l, o, 0, 1.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 7
_PAGE = re.compile(r"[a-z_]{1,50}")
_TRIES = 5


@dataclass(frozen=True)
class ShortLink:
    """A short link: its code, the name of the page, and the query without the question mark."""

    code: str
    page: str
    query: str


class ShortLinkStore(Kept):
    """Short links in a database; safe to share between threads."""

    def make(self, page: str, query: str, who: Person) -> ShortLink:
        """Return the short link of a view, made now if it has none yet.

        Parameters
        ----------
        page
            Name of the page, as in its address.
        query
            The part of the address after the question mark.
        who
            Who asks for it.

        Raises
        ------
        NotAllowedError
            When `who` may not make short links.
        InputError
            When page or query are not of this program, or too long.
        StoreError
            When the database fails; nothing is saved then.
        """
        who.need(Task.LINK)
        if not _PAGE.fullmatch(page):
            raise InputError("this view is not on a page of this program, so it cannot have a short link")
        tidy = own_query(query)
        digest = hashlib.sha256(f"{page}?{tidy}".encode()).hexdigest()
        for _ in range(_TRIES):
            try:
                with transaction(self._engine) as session:
                    row = session.scalar(select(ShortLinkRow).where(ShortLinkRow.digest == digest))
                    if row is None:
                        row = ShortLinkRow(
                            code=new_code(), page=page, query=tidy, digest=digest, made_at=datetime.now(UTC)
                        )
                        session.add(row)
                        session.flush()
                        record(session, who, Action.SAVED, "short link", row.code, page)
                    return _read(row)
            except IntegrityError:  # somebody else has just made it, or has drawn the same code: look again
                continue
        raise StoreError("no free short link was found: try again")

    def find(self, code: str) -> ShortLink | None:
        """Return the link of a code, in small or capital letters; None when there is none. `StoreError` as above."""
        wanted = code.casefold()
        if len(wanted) != LENGTH or not set(wanted) <= set(LETTERS):
            return None
        with transaction(self._engine) as session:
            row = session.get(ShortLinkRow, wanted)
            return None if row is None else _read(row)


def new_code() -> str:
    """Draw a code: 31 letters in 7 places make 27 thousand million."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def _read(row: ShortLinkRow) -> ShortLink:
    return ShortLink(row.code, row.page, row.query)
