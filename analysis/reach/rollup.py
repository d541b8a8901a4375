"""Aggregation of travel times from homes (origins) to wards and groups, weighted by people.

Everything counts people, never points: a ward's median is the time that half of its children have or better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.quantiles import Distribution, distributions
from analysis.reach.reach import GROUPS, group_labels, group_masks
from geo.errors import InputError
from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Roll:
    """Homes with the people in them and the areas that they belong to.

    Attributes
    ----------
    keys
        Ward codes, then the groups that there are (:func:`analysis.reach.reach.groups_of`), the borough last.
    names
        What people call each.
    inside
        ``(n_areas, n_demand)`` which homes belong to it.
    people
        ``(n_demand,)``, 0 or more.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    inside: Bools
    people: Floats

    @classmethod
    def of(cls, pack: AreaPack, measure: str, baseline: str) -> "Roll":
        """Prepare the wards and groups of `pack`; `UnknownNameError` when measure or baseline is unknown."""
        people = pack.measure(measure, baseline)
        groups = group_masks(pack)
        inside = np.array([*pack.homes_in("ward").values(), *groups.values()])
        keys = (*(str(code) for code in pack.wards.index), *groups)
        words = group_labels(pack)
        names = (*pack.wards["name"].astype(str), *(words[key] for key in groups))
        return cls(keys, names, inside, people)

    @property
    def n_wards(self) -> int:
        """Number of wards; the groups follow them."""
        return sum(key not in GROUPS for key in self.keys)

    @property
    def totals(self) -> Floats:
        """``(n_areas,)`` people of each area."""
        totals: Floats = self.inside @ self.people
        return totals

    def quantiles(self, values: Floats, shares: Sequence[float]) -> Floats:
        """Weighted quantiles of each row of values in each area.

        Parameters
        ----------
        values
            ``(n_rows, n_demand)``; may hold ``inf``, not NaN.
        shares
            Shares from 0 to 1.

        Returns
        -------
        ``(n_rows, n_areas, n_shares)``; NaN where nobody lives.
        """
        return np.array([[area.quantiles(shares) for area in self._spread(row)] for row in values]).reshape(
            len(values), len(self.keys), len(shares)
        )

    def within(self, values: Floats, limits: Floats) -> Floats:
        """Share of the people whose value is at most a limit.

        Parameters
        ----------
        values
            ``(n_rows, n_demand)``.
        limits
            ``(n_rows, n_limits)``.

        Returns
        -------
        ``(n_rows, n_areas, n_limits)``; NaN where nobody lives.
        """
        found = [[area.within(limit) for area in self._spread(row)] for row, limit in zip(values, limits, strict=True)]
        return np.array(found).reshape(len(values), len(self.keys), limits.shape[1])

    def _spread(self, value: Floats) -> list[Distribution]:
        if value.shape != self.people.shape:
            raise InputError(f"{value.shape} values were given for {len(self.people)} demand points")
        return distributions(value, self.people, self.inside)


def by_area(roll: Roll, services: Sequence[str], columns: dict[str, Floats]) -> pd.DataFrame:
    """Lay ``(n_services, n_areas)`` arrays out as a long frame, index ``code, service``, areas in order."""
    index = pd.MultiIndex.from_product([roll.keys, services], names=["code", "service"])
    return pd.DataFrame({name: values.T.reshape(-1) for name, values in columns.items()}, index=index)
