"""What a plan may change of a timetable, as data: :func:`geo.timetable.changes.changed` makes the changes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.timing import minute_of

VEHICLES = ("bus", "train", "tram", "metro", "ferry", "coach")
OPPOSITE_M = 250.0
"""A stop of the other direction stands for a stop when it is no further away than this, in a straight line."""


@dataclass(frozen=True)
class Every:
    """How often something runs in part of some days.

    Attributes
    ----------
    weekdays
        The days, of :data:`geo.timetable.calendar.WEEKDAYS`.
    starts, until
        Departures from the first stop, as ``07:00``: one at `starts`, and one every so many minutes before `until`.
    every_min
        Minutes between two departures, 1 to 720.
    """

    weekdays: tuple[str, ...]
    starts: str
    until: str
    every_min: float

    def __post_init__(self) -> None:
        unknown = [day for day in self.weekdays if day not in WEEKDAYS]
        if unknown or not self.weekdays:
            raise InputError(f"{', '.join(unknown) or 'nothing'} is no weekday: give {', '.join(WEEKDAYS)}")
        if minute_of(self.starts) >= minute_of(self.until):
            raise InputError(f"from {self.starts} is not before until {self.until}: give the earlier time first")
        if not 1 <= self.every_min <= 720:
            raise InputError(f"every {self.every_min} minutes is out of range: give 1 to 720")

    @property
    def window_s(self) -> tuple[int, int]:
        """First second of the window, and the second at which it is over."""
        return minute_of(self.starts) * 60, minute_of(self.until) * 60

    @property
    def starts_s(self) -> npt.NDArray[np.int32]:
        """Departures, seconds after midnight."""
        start_s, end_s = self.window_s
        starts: npt.NDArray[np.int32] = np.rint(np.arange(start_s, end_s, self.every_min * 60)).astype(np.int32)
        return starts


@dataclass(frozen=True)
class NewStop:
    """A stop that the timetable does not have yet; metres."""

    stop: str
    name: str
    easting: float
    northing: float


@dataclass(frozen=True)
class RouteAdded:
    """A new route.

    Attributes
    ----------
    name, vehicle
        Its name, new to the timetable, and one of `VEHICLES`.
    stops
        Ids of stops of the timetable, or new ones, in order.
    every
        How often it runs.
    speed_kmh
        Speed in a straight line from stop to stop, time at the stops included.
    both_ways
        Whether it also runs the other way, with the same departures from the other end.
    """

    name: str
    vehicle: str
    stops: tuple[str | NewStop, ...]
    every: tuple[Every, ...]
    speed_kmh: float
    both_ways: bool = True


@dataclass(frozen=True)
class RouteEvery:
    """Other departures of a route within a window of some days; each direction has them at its own first stop."""

    route: str
    every: Every


@dataclass(frozen=True)
class RouteShortened:
    """A route that serves only its part between two stops.

    Attributes
    ----------
    route
        Its key.
    first, last
        Ids of the stops at the ends of the part, in either order. In the direction that does not call there, the
        nearest stop within `OPPOSITE_M` stands for it.
    of_every
        1 when every departure is shortened; 2 when every second one of each direction is, and so on.
    """

    route: str
    first: str
    last: str
    of_every: int = 1


@dataclass(frozen=True)
class RouteCut:
    """A route that does not run any more."""

    route: str


@dataclass(frozen=True)
class StopMoved:
    """A stop at another position; metres."""

    stop: str
    easting: float
    northing: float


TimetableChange = RouteAdded | RouteEvery | RouteShortened | RouteCut | StopMoved
