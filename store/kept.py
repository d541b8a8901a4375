"""What every store has in common: the database in which it keeps its part, opened and closed."""

from typing import Self

from sqlalchemy import Engine

from store.database import open_engine


class Kept:
    """A part of what is kept in a database; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open the store at `url`, or where `database_url` says; `StoreError` when it cannot be opened."""
        return cls(open_engine(url))

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()
