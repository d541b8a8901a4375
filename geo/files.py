"""Files written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield the path of a file to write; it takes the place of `path` when the block ends without an error.

    What stood at `path` before stands until all of the new file is on the disk. A reader never sees half a file, not
    even after a power cut. Where `path` is a link, the file that it leads to is replaced.

    Parameters
    ----------
    path
        File to write, in a folder that exists.

    Raises
    ------
    OSError
        When the file cannot be written. What stood there before still stands then, and nothing is left beside it.
    """
    target = path.resolve()
    # Two threads may write the same file at once, so the name is one that nobody else has.
    part = target.with_name(f".{target.name}.{token_hex(8)}.part")
    try:
        yield part
        with part.open("r+b") as handle:
            os.fsync(handle.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all; errors as for :func:`written_whole`."""
    with written_whole(path) as part:
        part.write_bytes(content)
