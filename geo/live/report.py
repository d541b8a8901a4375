"""What a refresh did: with each source, and with the pack."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Done = Literal["fetched", "unchanged", "kept", "from folder", "absent"]


@dataclass(frozen=True)
class SourceLine:
    """What a refresh did with one source.

    Attributes
    ----------
    source, file
        Key and file of the recipe.
    done
        ``fetched``: new bytes are in the pack; ``unchanged``: the publisher has the same; ``kept``: the bytes from
        before; ``from folder``: the bytes of the folder that the user gave; ``absent``: the pack is built without it.
    why
        What happened, where the source was kept.
    bytes, date, sha256
        Size of what the pack has now, the day it was fetched (its vintage, when it never was), and its checksum; 0 and
        empty for an absent source.
    failed
        Whether the source was to be fetched and was not.
    """

    source: str
    file: str
    done: Done
    why: str
    bytes: int
    date: str
    sha256: str
    failed: bool = False


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh did.

    Attributes
    ----------
    area, folder
        The pack, and where it is.
    changed
        Whether another pack took the place of the one before.
    lines
        One a source, in the order of the recipe.
    swept
        Scratch folders of killed runs that were removed.
    """

    area: str
    folder: Path
    changed: bool
    lines: tuple[SourceLine, ...]
    swept: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[SourceLine, ...]:
        """The sources that were to be fetched and were not."""
        return tuple(line for line in self.lines if line.failed)

    @property
    def nothing_done(self) -> bool:
        """Whether every source that was to be fetched failed."""
        asked = [line for line in self.lines if line.failed or line.done in ("fetched", "unchanged")]
        return bool(asked) and all(line.failed for line in asked)
