"""One piece of work with the database: done as a whole or not at all, its faults explained."""

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
    """Open a transaction, closed when the block ends; a clash with another's row (`IntegrityError`) is passed on.

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
    """Return a moment that was read as what it is: SQLite keeps no time zone, and what was written is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def tidy(text: str, longest: int) -> str:
    """Return a line of text without what cannot be printed, blanks made one, at most `longest` characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:longest].strip()
