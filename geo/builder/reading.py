"""The files of a recipe while a pack is built: where each lies, and how many rows were read, used and left out."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import SourceError
from geo.packs import file_digest
from geo.recipe import Recipe, Source

_SHOWN = 5


@dataclass
class Tally:
    """Rows of one source: read, by what they are of; used; and left out by reason."""

    read: dict[str, int] = field(default_factory=dict)
    used: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


class Reading:
    """The recipe's files.

    Parameters
    ----------
    recipe
        What is built.
    folder
        Folder that the recipe's files are relative to.

    Raises
    ------
    SourceError
        When the folder does not exist.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.recipe, self.folder = recipe, folder
        if not folder.is_dir():
            raise SourceError(f"the folder of sources {folder} does not exist")
        self.tallies: dict[str, Tally] = {key: Tally() for key in recipe.sources}
        self.remarks: dict[str, list[str]] = {}

    def source(self, key: str) -> Source:
        """Return a source by its key."""
        return self.recipe.sources[key]

    def given(self, key: str) -> bool:
        """Tell whether the file of a source is there; only one that is optional may be missing."""
        return not self.source(key).optional or (self.folder / self.source(key).file).is_file()

    def path(self, key: str) -> Path:
        """Return the file of a source; `SourceError` when it is not there or is empty."""
        path = self.folder / self.source(key).file
        if not path.is_file():
            raise SourceError(f"{self.source(key).file}: no such file under the folder of sources ({key})")
        if path.stat().st_size == 0:
            raise SourceError(f"{self.source(key).file}: the file is empty, 0 bytes ({key}); fetch it again")
        return path

    def labels(self, key: str) -> dict[str, str]:
        """Return what an adapter writes beside each row."""
        return {"source": key, "vintage": self.source(key).vintage}

    def count(
        self, key: str, *, read: int, used: int, left_out: dict[str, int] | None = None, rows_of: str = "records"
    ) -> None:
        """Add to the tally of a source.

        Parameters
        ----------
        key
            The source.
        read, used, left_out
            Rows: read, used of these and not counted before, and left out by reason.
        rows_of
            What the rows are, where a file has several kinds. Rows of one kind that are read twice for two things
            count once as read; rows of two kinds are added up.
        """
        tally = self.tallies[key]
        tally.read[rows_of] = max(tally.read.get(rows_of, 0), read)
        tally.used += used
        for why, rows in (left_out or {}).items():
            if rows:
                tally.left_out[why] = tally.left_out.get(why, 0) + rows

    def remark(self, key: str, remarks: Sequence[str]) -> None:
        """Keep what a reader has to say of a source besides its counts, for the provenance."""
        if remarks:
            self.remarks.setdefault(key, []).extend(remarks)

    def frame(self, key: str, read: Callable[..., pd.DataFrame], **options: Any) -> pd.DataFrame:
        """Read a table with its adapter; the caller counts what it uses of it."""
        return read(self.path(key), **self.labels(key), **options)

    def provenance(self) -> list[dict[str, Any]]:
        """Return every source with checksum and tally, in the order of the recipe.

        One that is optional and was not there has ``given`` false, no checksum, and no rows.
        """
        return [
            {
                **{name: value for name, value in asdict(source).items() if name not in ("live", "optional")},
                "given": self.given(key),
                "sha256": file_digest(self.path(key)) if self.given(key) else "",
                "rows_read": sum(self.tallies[key].read.values()),
                "rows": self.tallies[key].used,
                "left_out": dict(sorted(self.tallies[key].left_out.items())),
            }
            for key, source in self.recipe.sources.items()
        ]


def check_complete(path: Path, found: Sequence[str], wanted: Sequence[str], what: str) -> None:
    """Check that a table has a row for every area.

    Parameters
    ----------
    path
        The table, for the message.
    found, wanted
        Codes of the table, and those that it must have.
    what
        What such an area is called, in the plural.

    Raises
    ------
    SourceError
        Names areas that are missing; and codes that no boundary has, when those may be of another vintage.
    """
    missing = sorted(set(wanted) - set(found))
    if not missing:
        return
    strange = sorted(set(found) - set(wanted))
    words = f"{path.name}: {len(missing)} of {len(set(wanted))} {what} have no row: {listed(missing)}"
    if strange:
        words += (
            f"; it has codes that no boundary has, such as {listed(strange[:2])}: if these are the same areas under "
            "codes of another vintage, take the table and the boundaries of one vintage"
        )
    else:
        words += "; add the rows, or take the whole table from its publisher"
    raise SourceError(words)


def listed(codes: Sequence[str]) -> str:
    """List the first few codes, and say how many more there are."""
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return ", ".join(codes[:_SHOWN]) + more
