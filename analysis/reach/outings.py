"""Who can go: there, a visit while a site is open, and home again in the time that a family has, by ward.

It is *can go*, never *goes*. A home can go when at least one site lets it (:mod:`analysis.travel.there_and_back`).
Beside it stands who can get there for a visit within the same time, whether or not there is a way back in time: the
difference is what the way back costs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.reach import group_masks
from analysis.shown import ShownFrame, shown_parts, shown_shares, shown_totals
from analysis.travel.access import Access
from analysis.travel.there_and_back import ALL_DAY, FreeTime, Intervals, Outings, outings
from geo.errors import InputError
from geo.opening import Hours, Status, hours_of
from geo.pack import AreaPack
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.day import example_date
from geo.timetable.timetable import Timetable
from geo.timetable.timing import Timing

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
STATUSES: tuple[Status, ...] = ("published", "assumed", "unknown")


@dataclass(frozen=True, eq=False)
class OutingReach:
    """Who can go to a kind of service within the free time, in unrounded figures: to calculate with, not to show.

    Attributes
    ----------
    pack, measure, baseline
        Who is counted.
    sites
        The ``m`` sites.
    hours
        When each is open on the day.
    outings
        What is possible from every home to every site.
    """

    pack: AreaPack
    measure: str
    baseline: str
    sites: pd.DataFrame
    hours: tuple[Hours, ...]
    outings: Outings

    @property
    def can_go(self) -> Bools:
        """``(n_demand,)`` from which homes a family gets to a site, has its visit, and is back in time."""
        return np.asarray(self.outings.can_go.any(axis=1))

    @cached_property
    def there(self) -> Bools:
        """``(n_demand,)`` from which homes a family gets to a site and has its visit before the free time ends."""
        free, arrive_s = self.outings.free, self.outings.arrive_s
        able = np.zeros(arrive_s.shape, dtype=bool)
        for site, intervals in enumerate(map(intervals_of, self.hours)):
            for open_s, close_s in intervals:
                ends_s = np.maximum(arrive_s[:, site], open_s) + free.visit_min * 60.0
                able[:, site] |= ends_s <= min(close_s, free.end_min * 60.0)
        return np.asarray(able.any(axis=1))

    @property
    def hours_known(self) -> Mapping[str, int]:
        """How many sites have hours that are published, assumed or unknown."""
        found = Counter(one.status for one in self.hours)
        return {status: found[status] for status in STATUSES}

    @property
    def closed(self) -> int:
        """How many sites are closed all day."""
        return sum(one.status != "unknown" and not one.intervals for one in self.hours)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row a ward, index ``code``, with ``name``, ``group``, ``total``, ``there`` and ``can_go`` (people)."""
        ward = self.pack.demand["ward"].to_numpy()
        found = self._sums({str(code): ward == code for code in self.pack.wards.index})
        found.insert(0, "name", self.pack.wards["name"].astype(str).to_numpy())
        found.insert(1, "group", np.where(self.pack.wards["target"], "target", "rest"))
        return found.rename_axis("code")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The same counts for each group of wards (:func:`analysis.reach.reach.groups_of`)."""
        return self._sums(group_masks(self.pack)).rename_axis("group")

    def shown(self) -> tuple[ShownFrame, ShownFrame]:
        """Return rows and groups as pages and files may carry them, with ``share`` of those who can go."""
        return self._shown(self.rows), self._shown(self.groups)

    def _sums(self, masks: Mapping[str, Bools]) -> pd.DataFrame:
        people = self.pack.measure(self.measure, self.baseline)
        inside = np.array(list(masks.values()))
        counts = {"total": people, "there": people * self.there, "can_go": people * self.can_go}
        return pd.DataFrame({name: inside @ value for name, value in counts.items()}, index=list(masks))

    def _shown(self, rows: pd.DataFrame) -> ShownFrame:
        total = shown_totals(self.pack, self.measure, self.baseline, rows["total"])
        there, can_go = (shown_parts(rows[name], rows["total"], total) for name in ("there", "can_go"))
        share = shown_shares(can_go, total)
        return ShownFrame(rows.assign(total=total, there=there, can_go=can_go, share=share))


def intervals_of(hours: Hours) -> Intervals:
    """Return when a site counts as open: all day where nothing is known of it."""
    return ALL_DAY if hours.status == "unknown" else hours.intervals


def visit_date(timetable: Timetable | None, timing: Timing) -> date:
    """Return the date of the opening hours: that of the journey, or the next such weekday where it is of any week.

    Parameters
    ----------
    timetable
        What one travels by; None where one goes by no timetable.
    timing
        The day.

    Raises
    ------
    InputError
        When the timetable has no such day.
    """
    if timing.date is not None:
        return timing.date
    if timetable is not None and timetable.calendar.known() is not None:
        return example_date(timetable, timing)
    today = date.today()
    return today + timedelta(days=(WEEKDAYS.index(timing.day) - today.weekday()) % 7)


def outing_reach(
    access: Access,
    sites: pd.DataFrame,
    day: date,
    free: FreeTime,
    *,
    measure: str,
    baseline: str,
    hours: Sequence[Hours] | None = None,
) -> OutingReach:
    """Find who can go to at least one of some sites and back within the free time.

    Parameters
    ----------
    access
        The area and mode.
    sites
        Frame with ``name``, ``easting`` and ``northing``; without `hours` also ``category`` and ``opening_hours``.
    day
        The date of the visit, of which the hours are.
    free
        The free time and the visit.
    measure, baseline
        Who is counted.
    hours
        When each site is open; by default what :func:`geo.opening.hours_of` says.

    Raises
    ------
    InputError
        When there is no site, or hours cannot be read.
    """
    if sites.empty:
        raise InputError("there is no site to visit: choose a kind of service that the area has")
    found = tuple(hours_of(sites, day) if hours is None else hours)
    placed = access.snap(sites[["easting", "northing"]].to_numpy(np.float64))
    possible = outings(access, access.homes, placed, [intervals_of(one) for one in found], free)
    return OutingReach(access.pack, measure, baseline, sites, found, possible)
