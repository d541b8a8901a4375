"""Lists by pages, and the search in them: a list reads what it shows, and never what the entries hold."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.words import tidy

PAGE = 25
_LONGEST_SEARCH, _MOST_WORDS = 200, 8
_Entry = TypeVar("_Entry")


@dataclass(frozen=True)
class Page(Generic[_Entry]):
    """One page of a list.

    Attributes
    ----------
    rows
        The entries of this page.
    total
        How many entries there are on all pages.
    number, size
        Number of this page, from 1, and how many entries a full page has.
    """

    rows: tuple[_Entry, ...] = ()
    total: int = 0
    number: int = 1
    size: int = PAGE

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))

    def __iter__(self) -> Iterator[_Entry]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def searchable(*texts: str) -> str:
    """Return the texts in the form that a search compares: without capital letters, on a line each."""
    return "\n".join(unicodedata.normalize("NFKC", text).casefold() for text in texts)


def found_by(column: InstrumentedAttribute[str], typed: str) -> ColumnElement[bool]:
    """Return the condition that a `searchable` column has every word that was typed; wildcards are letters."""
    words = searchable(tidy(typed, _LONGEST_SEARCH)).split()[:_MOST_WORDS]
    return and_(True, *(column.contains(word, autoescape=True) for word in words))


def one_page(session: Session, query: Select[*tuple[Any, ...]], number: int, size: int) -> tuple[list[Any], int, int]:
    """Return the rows of a page of a query, how many rows there are on all pages, and the number of the page.

    A page after the last is the last.
    """
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // size)))
    return list(session.execute(query.limit(size).offset((number - 1) * size))), total, number
