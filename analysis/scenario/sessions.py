"""Outreach sessions: who can reach a session but no site that is open all week, and for how many there is a place.

A session is no site that is open all week: a session for 12 families that 300 children live near helps 12 of them at
most. So whoever has only a session near is counted apart from the reach of sites that are open all week, and the number
who can have a place follows from :func:`analysis.scenario.assignment.assign` over these children and the sessions: as
many as there are places for, with the least travel. No other share of the places among the wards is assumed.

Each measure is asked for itself: of the children in poverty, say, at most so many can have a place, were the places
kept for them. Counts of two measures can therefore not be added.
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
        ``(n_demand, k)`` those of them for whom there is a place; never more than `near`, and over all points never
        more than `places`.
    places
        Children who can come to the sessions in an average week, all sessions together.
    """

    near: Floats
    placed: Floats
    places: float


def session_reach(
    people: Floats, open_s: npt.ArrayLike, sessions_s: npt.ArrayLike, places: Sequence[float], within_s: float
) -> SessionReach:
    """Count who can reach a session alone, and for how many of them there is a place.

    Parameters
    ----------
    people
        ``(n_demand, k)`` people at each point, one column a measure.
    open_s
        ``(n_demand,)`` seconds to the nearest site that is open all week; ``inf`` where there is none.
    sessions_s
        ``(n_demand, n_sessions)`` seconds to each session.
    places
        ``(n_sessions,)`` children who can come to each in an average week.
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
            found = assign(people[rows, column], seconds[rows], list(places), within_s)
            placed[rows, column] = np.minimum(found.by_point, people[rows, column])
    return SessionReach(near, placed, float(sum(places)))


def sessions_among(
    people: Floats, times: SiteTimes, sites: Iterable[Site], open_s: Seconds, within_min: float
) -> SessionReach:
    """Count who can reach one of the sessions among the sites, and no site that is open all week.

    Parameters
    ----------
    people
        ``(n_demand, k)`` people at each point, one column a measure.
    times
        Times by site; a session off its network is passed over.
    sites
        All sites, of which those with a session count.
    open_s
        ``(n_demand,)`` seconds to the nearest site that is open all week.
    within_min
        Threshold in minutes.
    """
    held = [site for site in sites if site.session is not None and times.on_network((site.easting, site.northing))]
    seconds = times.matrix([(site.easting, site.northing) for site in held])
    return session_reach(people, open_s, seconds, [site.places or 0.0 for site in held], within_min * 60.0)
