"""Atomic writing of report files, their names, and the date that is printed on them."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from geo import files
from geo.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`; an old file there stays until all of the new one is written.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    try:
        target = files.resolved(path)
        if not target.parent.is_dir():
            raise InputError(f"{path}: there is no folder {target.parent}")
        if target.exists() and not target.is_file():
            raise InputError(f"{path}: is not an ordinary file")
        files.write_whole(target, content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def report_date(given: str | None = None) -> date:
    """Return the date of a report: `given`, or else that of ``SOURCE_DATE_EPOCH``, or else today.

    Parameters
    ----------
    given
        As ``2026-05-31``.

    Raises
    ------
    InputError
        When it is not a date.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        if given is not None:
            return date.fromisoformat(given)
        return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else datetime.now().astimezone().date()
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"{given or epoch!r} is not a date: write it as 2026-05-31") from error


def file_name(name: str) -> str:
    """Return a name that every file system accepts: ``"St. Anne's"`` gives ``"st-annes"``."""
    kept = "".join(letter for letter in name.casefold() if letter.isalnum() or letter in " -")
    return "-".join(kept.replace("-", " ").split()) or "report"
