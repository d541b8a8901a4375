"""Files that the browser fetches once and keeps: geometry published under the app's own ``static`` folder.

Streamlit serves ``static/`` at ``app/static/`` (``server.enableStaticServing``). A file's name carries a hash of its
content, so that a changed file has a new address and an unchanged one is never sent twice. Addresses are relative:
they hold on every page and behind any base path.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.errors import InputError, PackError
from geo.files import write_whole

DECIMALS = 5
"""Decimals of a degree that are kept: about one metre."""

ADDRESS = "app/static/"
"""Where Streamlit serves the folder, relative to a page."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PUBLISHED = re.compile(rf"{_NAME.pattern}/{_NAME.pattern}\.(?P<digest>[0-9a-f]{{16}})\.json")
_KEPT_DIGESTS = 512


def static_root() -> Path:
    """Return the folder that Streamlit serves: ``static`` beside ``app.py``."""
    return Path(__file__).resolve().parent.parent / "static"


def rounded(value: Any, decimals: int = DECIMALS) -> Any:
    """Return the same JSON-like value with every float rounded; tuples become lists."""
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, Mapping):
        return {k: rounded(v, decimals) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(v, decimals) for v in value]
    return value


def compact_json(content: Any, decimals: int = DECIMALS) -> str:
    """JSON without any white space, floats rounded.

    Raises
    ------
    InputError
        When the content holds a NaN, an infinity, or something that JSON has no form for.
    """
    try:
        return json.dumps(rounded(content, decimals), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"this content cannot be written as JSON: {error}") from error


def publish(area: str, name: str, content: Any, *, keep: int = 40, root: Path | None = None) -> str:
    """Publish JSON content and return the relative address to fetch it from.

    Parameters
    ----------
    area
        Area code, the folder under ``static``; small letters, digits, ``-`` and ``_``.
    name
        What the file holds, such as ``wards``; the hash is added.
    content
        Anything JSON has a form for, or a string that already is JSON.
    keep
        How many versions of `name` stay on disk; the longest unused go first. Pages that are still open may ask
        for an older version, so this is never below 2.
    root
        Folder to write under, instead of the app's own.

    Raises
    ------
    InputError
        When `area` or `name` is not a plain name, or the content cannot be written as JSON.
    PackError
        When the folder cannot be written.
    """
    for part in (area, name):
        if not _NAME.fullmatch(part):
            raise InputError(f"{part!r} cannot be part of a file name: use small letters, digits, - and _")
    text = content if isinstance(content, str) else compact_json(content)
    data = text.encode()
    folder = (root or static_root()) / area
    path = folder / f"{name}.{_digest(data)}.json"
    try:
        if path.exists():
            os.utime(path)  # in use: keeps it from being the next to go
        else:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
            _remove_old(folder, name, max(keep, 2))
    except OSError as error:
        raise PackError(
            f"cannot write map files in {folder}: {error.strerror or error}. "
            "Give this account the right to write there, or start the app from a folder that it can write."
        ) from error
    return f"{ADDRESS}{area}/{path.name}"


def published_file(name: str, root: Path) -> bool:
    """Whether a file is one that :func:`publish` wrote: its name says what it holds, and it holds that.

    Parameters
    ----------
    name
        Path of the file within `root`, as it stands in an address; anything at all.
    root
        The folder that is served.
    """
    found = _PUBLISHED.fullmatch(name)
    if found is None:
        return False
    path = root / name
    try:
        about = path.stat()
        linked = path.is_symlink() or path.parent.is_symlink()
        return not linked and _digest_of(path, about.st_mtime_ns, about.st_size) == found["digest"]
    except OSError:  # there is none, or it was removed just now
        return False


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


@lru_cache(maxsize=_KEPT_DIGESTS)
def _digest_of(path: Path, _changed_ns: int, _size: int) -> str:
    """Read a file once, however often it is asked for, as long as it does not change."""
    return _digest(path.read_bytes())


def _remove_old(folder: Path, name: str, keep: int) -> None:
    def age(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except FileNotFoundError:  # another session has removed it
            return 0.0

    versions = sorted(folder.glob(f"{name}.????????????????.json"), key=age, reverse=True)
    for path in versions[keep:]:
        path.unlink(missing_ok=True)
