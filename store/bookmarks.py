"""Store of bookmarks: views that somebody wants to find again; removing one can be undone.

A bookmark has the name of a page of this program and the query of its address. It never has a whole address: its link
is made from the list of pages, so that no bookmark can link to another site.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import InputError, UnknownNameError
from store.audit import Action, record
from store.kept import Kept
from store.paging import PAGE, Page, found_by, one_page, searchable
from store.person import NOBODY, Owner, Person, Task
from store.tables import BookmarkRow
from store.transaction import as_utc, transaction
from store.words import tidy

TITLE_LENGTH, _NAME_LENGTH = 120, 80
_PAGE, _KEY, _AREA = re.compile(r"[a-z_]{1,50}"), re.compile(r"[a-z][a-z0-9_-]{0,39}"), re.compile(r"[a-z0-9_-]{1,100}")
_LONGEST_QUERY, _MOST_KEYS = 6_000, 40
_KIND = "bookmark"


@dataclass(frozen=True)
class Bookmark:
    """A view to find again.

    Attributes
    ----------
    id, area, title
        Id, code of the area, and the title that a person gave it.
    page, query
        Name of the page, and the query of its address without the question mark.
    saved_by, saved_at, removed_at
        By whom (may be empty) and when; when it was removed from the list, or None. UTC.
    owner
        Whom it belongs to.
    """

    id: str
    area: str
    title: str
    page: str
    query: str
    saved_by: str
    saved_at: datetime
    removed_at: datetime | None = None
    owner: Owner = NOBODY


class BookmarkStore(Kept):
    """Bookmarks in a database; safe to share between threads."""

    def add(self, area: str, title: str, page: str, query: str, who: Person) -> Bookmark:
        """Add a bookmark.

        Parameters
        ----------
        area
            Code of the area.
        title
            Its title; one line, cut to `TITLE_LENGTH`.
        page
            Name of the page, as in its address.
        query
            The part of the address after the question mark.
        who
            Who adds it, and whom it then belongs to; their name may be empty.

        Raises
        ------
        NotAllowedError
            When `who` may not keep bookmarks.
        InputError
            When the title is empty, or page or query are not of this program.
        StoreError
            When the database fails; nothing is saved then.
        """
        who.need(Task.BOOKMARK)
        called = tidy(title, TITLE_LENGTH)
        if not called:
            raise InputError("give the bookmark a title, so that you know it again")
        if not _PAGE.fullmatch(page) or not _AREA.fullmatch(area):
            raise InputError("this view is not on a page of this program, so it cannot be kept")
        row = BookmarkRow(
            id=uuid4().hex,
            area=area,
            title=called,
            page=page,
            query=own_query(query),
            saved_by=tidy(who.name, _NAME_LENGTH),
            saved_at=datetime.now(UTC),
            owner=who.as_owner().person,
        )
        row.search = searchable(row.title, row.saved_by)
        with transaction(self._engine) as session:
            session.add(row)
            session.flush()
            record(session, who, Action.SAVED, _KIND, row.id, row.title)
            return _read(row)

    def list(
        self,
        area: str,
        *,
        pages: Collection[str] | None = None,
        search: str = "",
        page: int = 1,
        size: int = PAGE,
        removed: bool = False,
    ) -> Page[Bookmark]:
        """Return a page of the bookmarks of an area, or of the removed ones; the latest first.

        Parameters
        ----------
        area
            Code of the area.
        pages
            Names of the pages whose bookmarks are wanted; None for all.
        search
            Words that are in the title or in the name of the person; empty for all.
        page, size, removed
            Number of the page of the list, from 1; how many there are on one; whether to list the removed ones.

        Raises
        ------
        StoreError
            When the database fails.
        """
        query = select(BookmarkRow).where(BookmarkRow.area == area, found_by(BookmarkRow.search, search))
        if pages is not None:
            query = query.where(BookmarkRow.page.in_(pages))
        if removed:
            query = query.where(BookmarkRow.removed_at.is_not(None)).order_by(BookmarkRow.removed_at.desc())
        else:
            query = query.where(BookmarkRow.removed_at.is_(None)).order_by(BookmarkRow.saved_at.desc())
        with transaction(self._engine) as session:
            rows, total, number = one_page(session, query.order_by(BookmarkRow.id), page, size)
            return Page(tuple(_read(row) for (row,) in rows), total, number, size)

    def remove(self, bookmark_id: str, who: Person) -> Bookmark:
        """Remove a bookmark from the list; :meth:`restore` undoes it.

        Raises
        ------
        NotAllowedError
            When `who` may not keep bookmarks, or it is somebody else's.
        UnknownNameError
            When there is no such bookmark.
        StoreError
            When the database fails.
        """
        with transaction(self._engine) as session:
            row = _own(session, bookmark_id, who)
            if row.removed_at is None:
                row.removed_at = datetime.now(UTC)
                record(session, who, Action.DELETED, _KIND, row.id, row.title)
            return _read(row)

    def restore(self, bookmark_id: str, who: Person) -> Bookmark:
        """Return a removed bookmark to the list as it was; errors as for `remove`."""
        with transaction(self._engine) as session:
            row = _own(session, bookmark_id, who)
            if row.removed_at is not None:
                row.removed_at = None
                record(session, who, Action.RESTORED, _KIND, row.id, row.title)
            return _read(row)


def own_query(query: str) -> str:
    """Return a query in the form in which it is kept: names and values as this program writes them, each name once.

    Raises
    ------
    InputError
        When it is too long, cannot be read, or has names that no page of this program uses.
    """
    if len(query) > _LONGEST_QUERY:
        raise InputError("this view has too much in its address to be kept: save the plan first, or choose less")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except (ValueError, UnicodeError):
        raise InputError("the address of this view cannot be read, so it cannot be kept") from None
    names = [name for name, _ in pairs]
    good = all(_KEY.fullmatch(name) and not name.startswith("embed") for name in names)
    if not good or len(set(names)) < len(names) or len(names) > _MOST_KEYS:
        raise InputError("the address of this view holds what no page of this program uses, so it cannot be kept")
    if not all(value.isprintable() for _, value in pairs):
        raise InputError("the address of this view cannot be read, so it cannot be kept")
    return urlencode(pairs, safe="~")


def _own(session: Session, bookmark_id: str, who: Person) -> BookmarkRow:
    """Return a bookmark that `who` may change."""
    who.need(Task.BOOKMARK)
    row = session.get(BookmarkRow, bookmark_id, with_for_update=True)
    if row is None:
        raise UnknownNameError("bookmark", bookmark_id[:100], [])
    who.need_own(_owner(row))
    return row


def _owner(row: BookmarkRow) -> Owner:
    return Owner(row.owner, row.saved_by)


def _read(row: BookmarkRow) -> Bookmark:
    return Bookmark(
        id=row.id,
        area=row.area,
        title=row.title,
        page=row.page,
        query=row.query,
        saved_by=row.saved_by,
        saved_at=as_utc(row.saved_at),
        removed_at=None if row.removed_at is None else as_utc(row.removed_at),
        owner=_owner(row),
    )
