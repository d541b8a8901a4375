"""Folders in which a pack is made beside its place, the swap with the pack that is there, and what killed runs left."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from geo.errors import PackError

OLD = "old"
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux
_AT_FDCWD = -100


@contextmanager
def scratch_folder(root: Path, area: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Make a folder ``.{area}-refresh-…`` beside the pack of an area, which is removed at the end.

    One process at a time may have one: a file beside it is locked. The lock is the operating system's, so it ends with
    the process, however that ends, and what the process leaves is swept by the next.

    Yields
    ------
    The folder, and the names of the folders of killed runs that were swept.

    Raises
    ------
    PackError
        When another process has the lock.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / f".{area}.lock").open("a", encoding="utf-8") as held:
        if not _lock(held):
            raise PackError(f"another refresh or rollback of {area!r} is running; wait until it has ended")
        swept = _sweep(root, area)
        with tempfile.TemporaryDirectory(dir=root, prefix=f".{area}-refresh-", ignore_cleanup_errors=True) as made:
            yield Path(made), swept


def _sweep(root: Path, area: str) -> tuple[str, ...]:
    """Remove the scratch folders of killed runs, and put back a pack that one of them had just moved away."""
    gone = []
    for folder in sorted(root.glob(f".{area}-refresh-*")):
        if not (root / area).exists() and (folder / OLD / "pack.json").is_file():
            (folder / OLD).rename(root / area)
        shutil.rmtree(folder, ignore_errors=True)
        gone.append(folder.name)
    return tuple(gone)


def put_in_place(new: Path, target: Path, scratch: Path) -> None:
    """Let the folder `new` take the place of the folder `target`; what was there, if anything, goes to `scratch`.

    Where the system can exchange two folders in one step, there is no moment without a pack. Elsewhere a run that is
    killed between the two steps leaves the old pack in `scratch`, from where the next run puts it back.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    old = scratch / OLD
    shutil.rmtree(old, ignore_errors=True)
    if not target.exists():
        new.rename(target)
    elif _exchange(new, target):
        new.rename(old)
    else:
        target.rename(old)
        new.rename(target)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)


def _lock(held: IO[str]) -> bool:
    """Lock an open file until it is closed; False when another process has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
