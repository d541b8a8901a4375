"""What the columns of a table hold: the same on the screen and in a workbook."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "people", "percent", "minutes", "distance", "score", "rank"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading (with unit), what kind of figure it holds, and its explanation."""

    label: str
    kind: Kind = "text"
    help: str | None = None
    pinned: bool = False
