"""Transactions: work with the database that is done completely or not at all, with clear error messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from store.database import explain
from store.errors import StoreError

_SCENARIO_ADVICE = "; export the scenario to a file to keep it, then try again"


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a transaction that ends with the block; a conflict with another's row (`IntegrityError`) is passed on.

    Raises
    ------
    StoreError
        When the database fails; nothing is saved then.
    """
    try:
        with Session(engine) as session, session.begin():
            yield session
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise StoreError(str(explain(engine, error)).removesuffix(_SCENARIO_ADVICE)) from error


def as_utc(moment: datetime) -> datetime:
    """Return a time from the database in UTC: SQLite keeps no time zone, and all times are written in UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def tidy(text: str, longest: int) -> str:
    """Return a line of text without unprintable characters, repeated blanks as one, at most `longest` characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:longest].strip()
