"""Transactions: work with the database that is done completely or not at all, with clear error messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from store.database import explain


@contextmanager
def transaction(engine: Engine, advice: str = "") -> Iterator[Session]:
    """Open a transaction that ends with the block; a conflict with another's row (`IntegrityError`) is passed on.

    Parameters
    ----------
    engine
        The database.
    advice
        What to do when it fails, as :func:`store.database.explain` adds it to its message.

    Raises
    ------
    StoreError
        When the database fails. Nothing is saved then, unless the message says that this is not known.
    """
    ending = False
    try:
        with Session(engine) as session:
            yield session
            ending = True
            session.commit()
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        # When the connection is lost while a transaction ends, the answer is lost too, which may have been yes.
        lost = ending and isinstance(error, DBAPIError) and error.connection_invalidated
        raise explain(engine, error, advice, unsure=lost) from error


def as_utc(moment: datetime) -> datetime:
    """Return a time from the database in UTC: SQLite keeps no time zone, and all times are written in UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
