"""The errors that this project raises on purpose.

There is one root, :class:`ReachError`, so that a caller can catch them all; each subclass is also the built-in class
that a Python reader would expect. A message says what is wrong, where, and what to do about it.
"""


class ReachError(Exception):
    """Root of the errors that this project raises on purpose."""


class SourceError(ReachError, ValueError):
    """A publisher's file is not what its adapter expects; the message names the file, rows and columns."""


class PackError(ReachError, ValueError):
    """An area pack is missing, damaged, or of a schema that this version cannot read."""


class UnknownNameError(ReachError, LookupError):
    """A name (of an area, service, measure, mode, ward, place …) that the pack does not have.

    Parameters
    ----------
    kind
        What was looked up, in the user's words, such as ``"service"``.
    name
        What the user gave.
    valid
        The names that would have been accepted.
    """

    def __init__(self, kind: str, name: str, valid: list[str]) -> None:
        self.kind, self.name, self.valid = kind, name, valid
        super().__init__(f"unknown {kind} {name!r}; valid: {', '.join(valid) if valid else 'none'}")

    def __reduce__(self) -> tuple[type["UnknownNameError"], tuple[str, str, list[str]]]:
        """Let it be sent between processes."""
        return type(self), (self.kind, self.name, self.valid)


class InputError(ReachError, ValueError):
    """Something that the user gave (a number, a row of a CSV file) cannot be used; the message says which and why."""


class NewerFileError(InputError):
    """A file was written by a newer version of this program, and only that version can read it."""
