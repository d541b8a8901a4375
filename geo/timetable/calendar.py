"""The days on which the services of a timetable run (``calendar`` and ``calendar_dates`` of GTFS)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ANY_DATE = (date.min.toordinal(), date.max.toordinal())
"""First and last day of a service that is not tied to dates, such as one of which only counts are known."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """When each of ``n`` services runs.

    Attributes
    ----------
    weekdays
        ``(n, 7)`` whether it runs on a Monday … Sunday.
    first, last
        ``(n,)`` first and last day of that, as ordinals of :class:`datetime.date`; `ANY_DATE` for no limit.
    exception_service, exception_day, exception_runs
        ``(n_exceptions,)`` services that run, or do not run, on one day whatever the weekday says.
    valid_first, valid_last
        ``(n,)`` the days that the publisher's feed speaks of; outside them nothing is known of the service.
    """

    weekdays: Bools
    first: Ints
    last: Ints
    exception_service: Ints
    exception_day: Ints
    exception_runs: Bools
    valid_first: Ints
    valid_last: Ints

    @classmethod
    def always(cls, weekdays: Sequence[Sequence[bool]]) -> "Calendar":
        """Return services that run on weekdays, ``(n, 7)``, of any week."""
        table = np.array(weekdays, dtype=bool).reshape(-1, 7)
        first, last = (np.full(len(table), day, dtype=np.int32) for day in ANY_DATE)
        none = np.zeros(0, dtype=np.int32)
        return cls(table, first, last, none, none, np.zeros(0, dtype=bool), first, last)

    def __len__(self) -> int:
        return len(self.first)

    def runs(self, day: date) -> Bools:
        """Tell which services run on a day, ``(n,)``."""
        number = day.toordinal()
        running: Bools = self.weekdays[:, day.weekday()] & (self.first <= number) & (number <= self.last)
        today = self.exception_day == number
        running[self.exception_service[today]] = self.exception_runs[today]
        return running

    def take(self, which: npt.NDArray[np.integer]) -> "Calendar":
        """Return some of the services, in the order of `which`, indices without repeats."""
        place = np.full(len(self), -1, dtype=np.int32)
        place[which] = np.arange(len(which))
        kept = place[self.exception_service] >= 0
        return Calendar(
            self.weekdays[which],
            self.first[which],
            self.last[which],
            place[self.exception_service[kept]],
            self.exception_day[kept],
            self.exception_runs[kept],
            self.valid_first[which],
            self.valid_last[which],
        )

    def known(self) -> tuple[date, date] | None:
        """Return the first and last day of which every feed speaks; None where no service is tied to dates.

        The last is before the first where the feeds have no day in common.
        """
        dated = (self.valid_first > ANY_DATE[0]) | (self.valid_last < ANY_DATE[1])
        if not dated.any():
            return None
        first, last = int(self.valid_first[dated].max()), int(self.valid_last[dated].min())
        return date.fromordinal(first), date.fromordinal(last)

    @classmethod
    def joined(cls, parts: Sequence["Calendar"]) -> "Calendar":
        """Return the services of several calendars, one after another."""
        start = np.cumsum([0, *(len(part) for part in parts)])
        shifted = [part.exception_service + offset for part, offset in zip(parts, start, strict=False)]
        return cls(
            np.concatenate([part.weekdays for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.last for part in parts]),
            np.concatenate(shifted).astype(np.int32),
            np.concatenate([part.exception_day for part in parts]),
            np.concatenate([part.exception_runs for part in parts]),
            np.concatenate([part.valid_first for part in parts]),
            np.concatenate([part.valid_last for part in parts]),
        )
