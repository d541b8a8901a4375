"""Two plans against each other: who can reach a site under only one of them, under both, or under neither.

Each home falls into one of four classes, by whether its time to the nearest site that is open all week is at most the
threshold under each plan. Every person is counted in one class, so the four add up to everybody. Two plans with
the same number of people in reach may reach different people: the classes show that, and a difference of counts hides
it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.scenario.lab import Effect
from analysis.shown import ShownFrame, shown_parts
from analysis.travel.access import Access
from analysis.travel.streets import StreetPieces, piece_times_s, pieces_on
from geo.errors import InputError

Ints = npt.NDArray[np.int64]
CLASSES = ("neither", "both", "only_a", "only_b")
"""In the order in which they are drawn; the class of a home or a street is its position."""
NEITHER, BOTH, ONLY_A, ONLY_B = range(4)


@dataclass(frozen=True, eq=False)
class Difference:
    """What two plans reach, each by its own question.

    Attributes
    ----------
    a, b
        What the plans do, in the same area and with the same baseline.
    """

    a: Effect
    b: Effect

    @cached_property
    def homes(self) -> Ints:
        """``(n_demand,)`` class of each home."""
        within = (one.after_s.astype(np.float64) <= one.scenario.within_min * 60.0 for one in (self.a, self.b))
        return _classes(*within)

    def table(self, level: str, measure: str) -> pd.DataFrame:
        """Count people by area: index ``code``; ``name``, ``group``, ``total`` and one column for each of `CLASSES`.

        These are unrounded figures, to calculate with; errors as for :meth:`analysis.scenario.tables.Counts.areas`.
        """
        counts = self.a.counts
        people = counts.people[:, counts.measures.index(measure)]
        inside = counts.membership(level)
        made = counts.areas(level).assign(total=inside @ people)
        return made.assign(**{name: inside @ (people * (self.homes == k)) for k, name in enumerate(CLASSES)})

    def shown(self, level: str, measure: str) -> ShownFrame:
        """Return the same table in shown figures."""
        table, counts = self.table(level, measure), self.a.counts
        start = counts.measures.index(measure) * len(table)
        total = counts.totals_shown(level)[start : start + len(table)]
        parts = {name: shown_parts(table[name], table["total"], total) for name in CLASSES}
        return ShownFrame(table.assign(total=total, **parts))

    def streets(self, pieces: StreetPieces, drawn_on: Access) -> Ints:
        """Return the class of each drawn piece of street, ``(n,)``.

        Parameters
        ----------
        pieces
            Pieces of the streets of `drawn_on`.
        drawn_on
            The streets without the plans' own paths.
        """
        within = []
        for one in (self.a, self.b):
            access = one.after_times.access
            own = pieces
            if access.streets.network is not drawn_on.streets.network:  # a new path cuts the streets that it meets
                own = pieces_on(access.streets, pieces, drawn_on.streets)
            seconds = piece_times_s(access, own, one.to_open_sites)
            within.append(seconds <= one.scenario.within_min * 60.0)
        return _classes(*within)


def difference(a: Effect, b: Effect) -> Difference:
    """Set two plans against each other.

    Raises
    ------
    InputError
        When they are of two areas, or count people by two baselines, which are never mixed.
    """
    if a.counts.pack.digest != b.counts.pack.digest:
        raise InputError("the two plans are of different areas, so they cannot be compared")
    if a.scenario.baseline != b.scenario.baseline:
        raise InputError(
            f"“{a.scenario.name}” counts people by {a.scenario.baseline} and “{b.scenario.name}” by "
            f"{b.scenario.baseline}: choose the same figures for both to compare them on a map"
        )
    return Difference(a, b)


def _classes(in_a: npt.NDArray[np.bool_], in_b: npt.NDArray[np.bool_]) -> Ints:
    found: Ints = np.select([in_a & in_b, in_a, in_b], [BOTH, ONLY_A, ONLY_B], NEITHER).astype(np.int64)
    return found
