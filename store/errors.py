"""What can go wrong with the store, under the project's one root of errors."""

from geo.errors import ReachError


class StoreError(ReachError, RuntimeError):
    """The database cannot be used; what was being saved is not saved, and nothing else has changed."""
