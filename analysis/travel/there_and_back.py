"""There and back in the time that a family has: to a site, a visit while it is open, and home again in time.

Whoever is there as early as can be has the most time left, so it is enough to know the earliest arrival at each site
when one leaves at the start of the free time, and the latest departure from it with which one is home at its end. The
second is the first with time turned round (:func:`analysis.travel.rides.reversed_day`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.travel.access import Access
from analysis.travel.times import travel_times
from geo.errors import InputError
from geo.network.network import ModeNetwork, transposed
from geo.network.snapping import Snapped

Floats = npt.NDArray[np.float64]
Intervals = Sequence[tuple[float, float]]
ALL_DAY: Intervals = ((-np.inf, np.inf),)
"""The opening hours of a site of which none are known: the caller says so."""


@dataclass(frozen=True)
class FreeTime:
    """When a family has time, and how long a visit takes.

    Attributes
    ----------
    start_min, end_min
        From when and until when, minutes after midnight; usually between taking a child to school and fetching it.
    visit_min
        Minutes of the visit.
    """

    start_min: float = 9 * 60 + 15
    end_min: float = 14 * 60 + 45
    visit_min: float = 30.0

    def __post_init__(self) -> None:
        if not 0 <= self.start_min < self.end_min <= 24 * 60:
            raise InputError("the free time must start before it ends, both within one day")
        if not 0 <= self.visit_min <= self.end_min - self.start_min:
            raise InputError(
                f"a visit of {self.visit_min:g} minutes does not fit into the "
                f"{self.end_min - self.start_min:g} minutes of free time"
            )


@dataclass(frozen=True, eq=False)
class Outings:
    """What is possible from ``n`` homes to ``m`` sites within the free time.

    Attributes
    ----------
    free
        The free time.
    arrive_s
        ``(n, m)`` earliest arrival, seconds after midnight; ``inf`` where there is no way.
    leave_s
        ``(n, m)`` latest departure from the site with which one is home in time; ``-inf`` where there is no way.
    start_s
        ``(n, m)`` when the first visit starts that fits in; ``inf`` where none does.
    """

    free: FreeTime
    arrive_s: Floats
    leave_s: Floats
    start_s: Floats

    @property
    def can_go(self) -> npt.NDArray[np.bool_]:
        """``(n, m)`` whether a family gets there, has its visit, and is back in time."""
        possible: npt.NDArray[np.bool_] = np.isfinite(self.start_s)
        return possible

    @property
    def spare_s(self) -> Floats:
        """``(n, m)`` seconds left over after the visit; ``-inf`` where it does not fit in."""
        return np.where(self.can_go, self.leave_s - self.start_s - self.free.visit_min * 60.0, -np.inf)


def outings(access: Access, origins: Snapped, sites: Snapped, hours: Sequence[Intervals], free: FreeTime) -> Outings:
    """Find who can go there and back.

    Parameters
    ----------
    access
        The streets, and the day of a mode that goes by timetable.
    origins, sites
        ``n`` homes and ``m`` sites, tied to these streets.
    hours
        For each site when it is open, seconds after midnight: from, until. `ALL_DAY` where nothing is known of it.
    free
        The free time and the visit.

    Raises
    ------
    InputError
        When there are not as many hours as sites.
    """
    if len(hours) != len(sites):
        raise InputError(f"opening hours of {len(hours)} sites were given for {len(sites)}")
    start_s, end_s = free.start_min * 60.0, free.end_min * 60.0
    there_s, back_s = (_matrix(streets, origins, sites) for streets in (access.streets, _turned(access.streets)))
    arrive_s, leave_s = start_s + there_s, end_s - back_s
    if access.transit is not None:
        arrive_s = np.minimum(arrive_s, access.transit.arrive_s(origins, sites, start_s))
        leave_s = np.maximum(leave_s, -access.transit.back().arrive_s(origins, sites, -end_s))
    visit_s = free.visit_min * 60.0
    begin_s = np.full(arrive_s.shape, np.inf)
    for site, intervals in enumerate(hours):
        for open_s, close_s in sorted(intervals):
            begins = np.maximum(arrive_s[:, site], open_s)
            fits = begins + visit_s <= np.minimum(leave_s[:, site], close_s)
            begin_s[:, site] = np.where(fits, np.minimum(begin_s[:, site], begins), begin_s[:, site])
    return Outings(free, arrive_s, leave_s, begin_s)


def _matrix(streets: ModeNetwork, origins: Snapped, sites: Snapped) -> Floats:
    return np.asarray(travel_times(streets, origins, sites, matrix=True).matrix_s, dtype=np.float64)


def _turned(streets: ModeNetwork) -> ModeNetwork:
    """Return the streets with every direction turned round: the way **to** a site is then the way back from it.

    A search takes one run for each of the points that it leads to, and there are far fewer sites than homes.
    """
    there_s, back_s = streets.forward_s, streets.backward_s
    turned = transposed(streets.network, back_s, there_s)
    return ModeNetwork(streets.network, streets.mode, streets.usable, streets.by_steps, back_s, there_s, *turned)
