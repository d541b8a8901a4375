"""Folders in which a pack is made beside its place, the swap with the pack that is there, and what killed runs left."""

import ctypes
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK = "lock"
OLD = "old"
# A scratch folder without a lock is from a build, which takes minutes.
_ABANDONED_S = 3600.0
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux
_AT_FDCWD = -100


@contextmanager
def scratch_folder(root: Path, area: str) -> Iterator[Path]:
    """Make a folder ``.{area}-…`` in the folder of packs, which is removed at the end; a lock in it says that we live.

    The lock is the operating system's, so it ends with the process, however that ends.
    """
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f".{area}-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with (folder / LOCK).open("w", encoding="utf-8") as held:
            _lock(held)
            yield folder


def sweep(root: Path, area: str) -> list[str]:
    """Remove the scratch folders of runs that were killed, and put back a pack that one of them had just moved away.

    Returns
    -------
    The names of the folders that were removed.
    """
    gone = []
    for folder in sorted(root.glob(f".{area}-*")):
        if not folder.is_dir() or _is_owned(folder):
            continue
        if not (root / area).exists() and (folder / OLD / "pack.json").is_file():
            (folder / OLD).rename(root / area)
        shutil.rmtree(folder, ignore_errors=True)
        gone.append(folder.name)
    return gone


def put_in_place(new: Path, target: Path, scratch: Path) -> None:
    """Let the folder `new` take the place of the folder `target`; what was there, if anything, goes to `scratch`.

    Where the system can exchange two folders in one step, there is no moment without a pack. Elsewhere a run that is
    killed between the two steps leaves the old pack in `scratch`, from where `sweep` puts it back.
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


def _is_owned(folder: Path) -> bool:
    lock = folder / LOCK
    if lock.is_file():
        try:
            with lock.open("r+", encoding="utf-8") as held:
                return not _lock(held)
        except OSError:
            return True
    newest = max((path.lstat().st_mtime for path in [folder, *folder.rglob("*")]), default=0.0)
    return time.time() - newest < _ABANDONED_S


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
