"""Errors of the store."""

from geo.errors import ReachError


class StoreError(ReachError, RuntimeError):
    """The database cannot be used; the new data are not saved, and nothing else has changed."""


class NotAllowedError(ReachError, PermissionError):
    """A person may not do what they asked for; the message says what it would need. Nothing has changed."""
