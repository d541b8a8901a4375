"""Capacitated assignment (transportation problem): capacity given to as many children as possible, with least travel.

Distance alone would say that everybody near a hub is served, however small the hub. Here each child in reach takes one
place at one site within the threshold, no site takes more children than its capacity, and as many children as possible
are assigned; among all such assignments the one with the least travel is taken. This is the transportation problem
(Hitchcock 1941; Koopmans 1949), solved as a linear programme by HiGHS. The solution need not be in whole numbers, since
the children at a home are a share of a small-area count.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from analysis.shown import FEW
from geo.errors import InputError

Floats = npt.NDArray[np.float64]
# Division and multiplication may leave a whole number a little too small; a solver works to a wider tolerance.
_HAIR = 1e-9
_SOLVER = 1e-6


@dataclass(frozen=True, eq=False)
class Assignment:
    """How many people of each demand point are assigned to each site.

    Attributes
    ----------
    placed
        ``(n, k)`` sparse: people of each point assigned to each site.
    in_reach
        ``(n,)`` people within the threshold of a site, assigned or not.
    """

    placed: csr_array
    in_reach: Floats

    @property
    def total(self) -> float:
        """People assigned to a site."""
        return float(self.placed.sum())

    @property
    def by_point(self) -> Floats:
        """``(n,)`` people of each point assigned to a site."""
        return np.asarray(self.placed.sum(axis=1), dtype=np.float64).ravel()

    @property
    def by_site(self) -> Floats:
        """``(k,)`` people assigned to each site."""
        return np.asarray(self.placed.sum(axis=0), dtype=np.float64).ravel()


def assign(people: npt.ArrayLike, time_s: npt.ArrayLike, capacity: npt.ArrayLike, within_s: float) -> Assignment:
    """Assign as many people as possible to sites within their capacity, with the least travel.

    Parameters
    ----------
    people
        ``(n,)`` people at each point, 0 or more.
    time_s
        ``(n, k)`` seconds to each site; ``inf`` where there is no way.
    capacity
        ``(k,)`` capacity of each site in people, 0 or more; ``inf`` is no limit.
    within_s
        A site further away than this many seconds cannot be used.

    Raises
    ------
    InputError
        When shapes do not fit, or a number is negative or not a number.
    """
    person, seconds, room = (np.asarray(values, dtype=np.float64) for values in (people, time_s, capacity))
    if person.ndim != 1 or seconds.shape != (len(person), room.size) or room.ndim != 1:
        raise InputError(f"{person.shape} people, {seconds.shape} times and {room.shape} places do not fit together")
    if not (np.isfinite(person).all() and (person >= 0).all() and (room >= 0).all() and not np.isnan(seconds).any()):
        raise InputError("people and places must be 0 or more, and times must be numbers")
    inside = seconds <= within_s
    in_reach = np.where(inside.any(axis=1), person, 0.0)
    point, site = np.nonzero(inside & (person > 0)[:, None] & (room > 0)[None, :])
    if not len(point):
        return Assignment(csr_array(seconds.shape, dtype=np.float64), in_reach)
    pair, ones = np.arange(len(point)), np.ones(len(point))
    limited = np.flatnonzero(np.isfinite(room))
    row_of_site = np.full(len(room), -1)
    row_of_site[limited] = np.arange(len(limited))
    capped = row_of_site[site] >= 0
    rows = np.concatenate([point, len(person) + row_of_site[site[capped]]])
    columns = np.concatenate([pair, pair[capped]])
    limits = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(person) + len(limited), len(point)))
    # To assign one more child, others may have to change to another site, at most one at each site. A reward greater
    # than all that travel makes the number of children more important than the travel.
    reward = within_s * (len(room) + 1) + 1.0
    found = linprog(
        seconds[point, site] - reward * ones,
        A_ub=limits.tocsr(),
        b_ub=np.concatenate([person, room[limited]]),
        bounds=(0, None),
        method="highs",
    )
    if found.x is None:
        raise InputError(f"places could not be assigned: {found.message}")
    # The solver works to a tolerance: remove the small excess, so that no site is above its capacity.
    placed = csr_array((np.maximum(found.x, 0.0), (point, site)), shape=seconds.shape)
    for axis, most in ((0, room), (1, person)):
        taken = np.asarray(placed.sum(axis=axis)).ravel()
        scale = np.where(taken > most, most / np.where(taken > 0, taken, 1.0), 1.0)
        placed = placed * (scale[None, :] if axis == 0 else scale[:, None])
    return Assignment(csr_array(placed), in_reach)


def whole_capacity(capacity: npt.ArrayLike) -> Floats:
    """Round capacity down to whole children: a session of 12 families in 39 weeks of 52 has 9 in an average week."""
    whole: Floats = np.floor(np.asarray(capacity, dtype=np.float64) + _HAIR)
    return whole


def shown_placed(shown: npt.ArrayLike, placed: npt.ArrayLike, capacity: npt.ArrayLike) -> Floats:
    """Limit a shown count of assigned people to the capacity.

    Parameters
    ----------
    shown, placed
        ``(n,)`` assigned people as they may be shown, and the true count.
    capacity
        ``(n,)`` or one number: the capacity.

    Returns
    -------
    ``(n,)`` as shown, but never more than the whole capacity, and exactly that where all of it is used: capacity is the
    planner's own figure, so it is not rounded.
    """
    room, true = np.asarray(capacity, dtype=np.float64), np.asarray(placed, dtype=np.float64)
    whole = whole_capacity(room)
    full = (room > 0) & (true >= room - _SOLVER)
    count = np.asarray(shown, dtype=np.float64)
    most: Floats = np.where(full, whole, np.where(count == FEW, count, np.minimum(count, whole)))
    return most
