"""Atomic writing of files: a file is written completely or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file to write; it replaces `path` when the block ends without an error.

    The old file at `path` stays until all of the new file is on the disk. A reader never sees half a file, not
    even after a power cut. Where `path` is a link, the file that it points to is replaced.

    Parameters
    ----------
    path
        File to write, in a folder that exists.

    Raises
    ------
    OSError
        When the file cannot be written. The old file is then unchanged, and the temporary file is removed.
    """
    target = path.resolve()
    # Two threads may write the same file at once, so each temporary file has a name of its own.
    part = target.with_name(f".{target.name}.{token_hex(8)}.part")
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
