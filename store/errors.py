"""Errors of the store."""

from geo.errors import ReachError


class StoreError(ReachError, RuntimeError):
    """The database cannot be used; the new data are not saved, and nothing else has changed."""
