"""What is found out about the rows of a table while they are checked: which are good, and what is wrong with others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.own.numbers import formulas
from geo.own.table import CONTROL, Problem, Table, printable

Bools = npt.NDArray[np.bool_]


@dataclass(eq=False)
class Notes:
    """Which rows of a table are good so far, ``(n,)``, and the problems of the others."""

    table: Table
    good: Bools
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def on(cls, table: Table) -> "Notes":
        """Begin with every row good."""
        return cls(table, np.ones(len(table), dtype=bool))

    def bad(
        self,
        which: Bools,
        reason: str,
        column: str = "",
        texts: pd.Series | None = None,
        **more: Sequence[object] | str,
    ) -> None:
        """Note one problem for the rows `which`.

        Parameters
        ----------
        which
            ``(n,)``.
        reason
            With braces: ``{value}`` is the text of the cell, and others are filled in from `more`.
        column, texts
            Name of the column at fault, and its texts, ``(n,)``.
        more
            A text, or ``(n,)`` values of which each row has its own.
        """
        if not which.any():
            return
        cells = None if texts is None else texts.tolist()  # one by one, pandas takes its time
        for at in np.flatnonzero(which).tolist():
            value = "" if cells is None else printable(cells[at])
            own = {name: text if isinstance(text, str) else text[at] for name, text in more.items()}
            self.problems.append(Problem(int(self.table.lines[at]), column, value, reason.format(value=value, **own)))
        self.good &= ~which

    def check_cells(self, cells: Mapping[str, pd.Series], roles: Mapping[str, str]) -> None:
        """Note rows that are too wide, and cells with formulas or control characters in the columns that are read."""
        width = len(self.table.header)
        wide = self.table.widths > width
        self.bad(
            wide,
            "has {n} values where the header has {width} (decimals need a point)",
            n=self.table.widths.tolist(),
            width=str(width),
        )
        for role, texts in cells.items():
            steers = texts.str.contains(CONTROL).to_numpy(bool)
            self.bad(steers & ~wide, f"the {role} holds control characters", roles[role], texts)
            formula = formulas(texts) & ~wide & ~steers
            self.bad(formula, f"the {role} looks like a formula: write the text itself", roles[role], texts)

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems by line."""
        return tuple(sorted(self.problems, key=lambda one: one.line))
