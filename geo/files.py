"""Atomic writing of files: a file is written completely or not at all, however the program ends."""

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from types import FrameType

_ENDED_BY_SIGNAL = 128  # what a shell adds to the number of the signal


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file to write; it replaces `path` when the block ends without an error.

    The old file at `path` stays until all of the new file is on the disk. A reader never sees half a file, not
    even after a power cut. Where `path` is a link, the file that it points to is replaced. A program that is told to
    end (``SIGTERM``) removes its temporary file first; one that is killed leaves it, and the next file that is written
    to the same folder removes it.

    Parameters
    ----------
    path
        File to write, in a folder that exists.

    Raises
    ------
    OSError
        When the file cannot be written. The old file is then unchanged, and the temporary file is removed.
    """
    target = resolved(path)
    _sweep(target.parent)
    # Two threads may write the same file at once, so each temporary file has a name of its own. It does not hold that
    # of the target, with which it could be longer than a name may be.
    part = target.with_name(f"{_part_prefix()}{os.getpid()}-{token_hex(8)}.part")
    with _ending_in_order():
        try:
            yield part
            with part.open("r+b") as handle:
                os.fsync(handle.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, completely or not at all; errors as for :func:`written_whole`."""
    with written_whole(path) as part:
        part.write_bytes(content)


def check_folder(folder: Path) -> None:
    """Check that files can be made in a folder, by making one; `OSError` when they cannot."""
    probe = folder / f"{_part_prefix()}{os.getpid()}-{token_hex(8)}.part"
    try:
        probe.touch(exist_ok=False)
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def resolved(path: Path) -> Path:
    """Return a path without links; `OSError` when its links lead back to themselves, in every version of Python."""
    try:
        return path.resolve()
    except RuntimeError as error:  # of Python before 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


def process_runs(number: int) -> bool:
    """Tell whether a process of this number is alive on this machine; True where the system does not say."""
    if sys.platform == "win32":  # there, the question below would end the process
        return True
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


@cache
def _part_prefix() -> str:
    """Return how the names of temporary files begin: they name the machine, as several may share a folder."""
    return f".reach-{sha256(socket.gethostname().encode()).hexdigest()[:8]}-"


def _sweep(folder: Path) -> None:
    """Remove the temporary files in a folder whose processes were killed; those of other machines stay."""
    for part in folder.glob(f"{_part_prefix()}*.part"):
        number = part.name.removeprefix(_part_prefix()).partition("-")[0]
        if number.isdigit() and not process_runs(int(number)):
            with suppress(OSError):
                part.unlink()


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Have the signal that asks a program to end raise `SystemExit`, unless the program has its own answer to it."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(_ENDED_BY_SIGNAL + number)
