"""Outreach sessions: who can reach a session but no site that is open all week, and for how many there is capacity.

A session is not a site that is open all week: a session for 12 families that 300 children live near helps 12 of them at
most. So people who can reach only a session are counted apart from the reach of sites that are open all week.
:func:`analysis.scenario.assignment.assign` then finds how many of them the sessions have room for: as many as the
capacity allows, with the least travel. No other sharing of the capacity among the wards is assumed.

Each measure is worked out alone: the count of children in poverty is the most that could come if the whole capacity
were kept for them. Counts of two measures can therefore not be added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.scenario.assignment import assign
from analysis.scenario.sites import Site
from analysis.scenario.times import Seconds, SiteTimes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SessionReach:
    """People at each demand point who have a session within the threshold and no site that is open all week.

    Attributes
    ----------
    near
        ``(n_demand, k)`` people, measure by measure: 0 where a site that is open all week is within the threshold.
    placed
        ``(n_demand, k)`` those of them whom the sessions have room for; never more than `near`, and over all points
        never more than `capacity`.
    capacity
        Capacity: children who can come to the sessions in an average week, all sessions together.
    """

    near: Floats
    placed: Floats
    capacity: float


def session_reach(
    people: Floats, open_s: npt.ArrayLike, sessions_s: npt.ArrayLike, capacity: Sequence[float], within_s: float
) -> SessionReach:
    """Count who can reach only a session, and how many of them the sessions have room for.

    Parameters
    ----------
    people
        ``(n_demand, k)`` people at each point, one column a measure.
    open_s
        ``(n_demand,)`` seconds to the nearest site that is open all week; ``inf`` where there is none.
    sessions_s
        ``(n_demand, n_sessions)`` seconds to each session.
    capacity
        ``(n_sessions,)`` capacity: children who can come to each in an average week.
    within_s
        Threshold in seconds; a time equal to it counts as within.

    Raises
    ------
    InputError
        When shapes do not fit, or a number is negative or not a number.
    """
    seconds = np.asarray(sessions_s, dtype=np.float64)
    alone = ~(np.asarray(open_s) <= within_s) & (seconds <= within_s).any(axis=1)
    rows = np.flatnonzero(alone)
    near, placed = np.zeros(people.shape), np.zeros(people.shape)
    near[rows] = people[rows]
    if len(rows):
        for column in range(people.shape[1]):
            found = assign(people[rows, column], seconds[rows], list(capacity), within_s)
            placed[rows, column] = np.minimum(found.by_point, people[rows, column])
    return SessionReach(near, placed, float(sum(capacity)))


def sessions_among(
    people: Floats, times: SiteTimes, sites: Iterable[Site], open_s: Seconds, within_min: float
) -> SessionReach:
    """Count who can reach one of the sessions among the sites, and no site that is open all week.

    Parameters
    ----------
    people
        ``(n_demand, k)`` people at each point, one column a measure.
    times
        Times by site; a session off its network is left out.
    sites
        All sites; only those that are sessions count.
    open_s
        ``(n_demand,)`` seconds to the nearest site that is open all week.
    within_min
        Threshold in minutes.
    """
    held = [site for site in sites if site.session is not None and times.on_network((site.easting, site.northing))]
    seconds = times.matrix([(site.easting, site.northing) for site in held])
    return session_reach(people, open_s, seconds, [site.capacity or 0.0 for site in held], within_min * 60.0)
