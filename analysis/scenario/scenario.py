"""A scenario: a named list of changes on a baseline, as data.

Nothing here computes or reads a file. A scenario is a value: equal scenarios compare equal, and an edit makes a new
one, so that undo only has to keep the old one (:class:`History`). :mod:`analysis.scenario.file` reads and writes files,
:mod:`analysis.scenario.sites` applies the changes to an area, and :mod:`analysis.scenario.lab` works out their effect
on reach.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from geo.errors import InputError
from geo.timetable.planned import Every

SCHEMA_VERSION = 1
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKS_A_YEAR = 52
MOST_CALLS = 20_000
"""Calls at stops that a plan adds at most: five bus lines of 40 stops, every quarter of an hour from seven to seven."""
MEASURES = ("children_0_3", "births_per_year", "children_in_poverty")


@dataclass(frozen=True)
class Venue:
    """The position of a service of the pack, by its id."""

    service: str


@dataclass(frozen=True)
class AtPostcode:
    """The position of a postcode, as ``"SS3 9NS"``."""

    postcode: str


@dataclass(frozen=True)
class Point:
    """A position in metres of the area's grid."""

    easting: float
    northing: float


@dataclass(frozen=True)
class LonLat:
    """A position in degrees, WGS84; the area that the scenario is of turns it into metres."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Stop:
    """The position of a stop of the timetable, by its id there."""

    stop: str


Spot = Venue | AtPostcode | Point | LonLat | Stop


@dataclass(frozen=True)
class Cost:
    """What a change costs, in the currency of the area, as the planner enters them: once, and each year."""

    one_off: float = 0.0
    yearly: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.one_off + other.one_off, self.yearly + other.yearly)


FREE = Cost()


@dataclass(frozen=True)
class AddSite:
    """Open a new site (facility).

    Attributes
    ----------
    site
        Its id, new to the scenario.
    name
        As shown to people.
    at
        Where it stands.
    programmes
        What it offers, by the names of the local strategy; None is everything.
    places
        Capacity: children who can come in a week; None is no stated limit.
    cost
        Pounds.
    """

    kind: ClassVar[str] = "add"
    site: str
    name: str
    at: Spot
    programmes: tuple[str, ...] | None = None
    places: float | None = None
    cost: Cost = FREE


@dataclass(frozen=True)
class MoveSite:
    """Move a site, of the baseline or added before, to another position."""

    kind: ClassVar[str] = "move"
    site: str
    at: Spot
    cost: Cost = FREE


@dataclass(frozen=True)
class CloseSite:
    """Close a site; a saving is a negative yearly cost."""

    kind: ClassVar[str] = "close"
    site: str
    cost: Cost = FREE


@dataclass(frozen=True)
class ChangeOffer:
    """Change what a site offers, its capacity (`places`), or both; None leaves that part as it is."""

    kind: ClassVar[str] = "offer"
    site: str
    programmes: tuple[str, ...] | None = None
    places: float | None = None
    cost: Cost = FREE


@dataclass(frozen=True)
class AddOutreach:
    """Run a regular session at a venue.

    Attributes
    ----------
    site, name, at, programmes, cost
        As for :class:`AddSite`.
    weekdays
        Days on which it runs, of `WEEKDAYS`, in that order.
    starts
        Time of day, as ``"10:00"``.
    length_min
        Minutes that one session lasts.
    families
        Families who can come to one session.
    weeks
        Weeks a year in which it runs, 1 to 52.
    """

    kind: ClassVar[str] = "outreach"
    site: str
    name: str
    at: Spot
    weekdays: tuple[str, ...]
    starts: str
    length_min: float
    families: int
    weeks: int
    programmes: tuple[str, ...] | None = None
    cost: Cost = FREE

    @property
    def places(self) -> float:
        """Capacity: children who can come in an average week of the year, one to a family."""
        return self.families * len(self.weekdays) * self.weeks / WEEKS_A_YEAR

    @property
    def hours_a_year(self) -> float:
        """Hours that it is open in a year."""
        return self.length_min / 60.0 * len(self.weekdays) * self.weeks


@dataclass(frozen=True)
class AddLink:
    """Make a path or crossing between two points, open both ways to people on foot and on cycles."""

    kind: ClassVar[str] = "link"
    name: str
    one_end: Spot
    other_end: Spot
    cost: Cost = FREE


@dataclass(frozen=True)
class SetSpeed:
    """Assume that families travel at another speed, km/h; the assumption holds before and after."""

    kind: ClassVar[str] = "speed"
    speed_kmh: float


@dataclass(frozen=True)
class AddRoute:
    """Run a new bus or train.

    Attributes
    ----------
    name, vehicle, every, speed_kmh, both_ways
        As for :class:`geo.timetable.planned.RouteAdded`.
    stops
        Where it calls, in order: stops of the timetable, or any other places.
    """

    kind: ClassVar[str] = "add_route"
    name: str
    stops: tuple[Spot, ...]
    every: tuple[Every, ...]
    vehicle: str = "bus"
    speed_kmh: float = 15.0
    both_ways: bool = True
    cost: Cost = FREE

    @property
    def calls(self) -> int:
        """How often its vehicles call at a stop, added up over its windows."""
        departures = sum(len(every.starts_s) for every in self.every)
        return departures * len(self.stops) * (2 if self.both_ways else 1)


@dataclass(frozen=True)
class RunRoute:
    """Run a route more or less often within a window of some days; see :class:`geo.timetable.planned.RouteEvery`."""

    kind: ClassVar[str] = "run_route"
    route: str
    every: Every
    cost: Cost = FREE


@dataclass(frozen=True)
class ShortenRoute:
    """Let a route serve only a part between two stops; see :class:`geo.timetable.planned.RouteShortened`."""

    kind: ClassVar[str] = "shorten_route"
    route: str
    first: str
    last: str
    of_every: int = 1
    cost: Cost = FREE


@dataclass(frozen=True)
class CutRoute:
    """Run a route no more; a saving is a negative yearly cost."""

    kind: ClassVar[str] = "cut_route"
    route: str
    cost: Cost = FREE


@dataclass(frozen=True)
class MoveStop:
    """Move a stop, of the timetable or of a route added before, to another position."""

    kind: ClassVar[str] = "move_stop"
    stop: str
    at: Spot
    cost: Cost = FREE


RouteChange = AddRoute | RunRoute | ShortenRoute | CutRoute | MoveStop
ROUTE_CHANGES: tuple[type[RouteChange], ...] = (AddRoute, RunRoute, ShortenRoute, CutRoute, MoveStop)
Change = AddSite | MoveSite | CloseSite | ChangeOffer | AddOutreach | AddLink | SetSpeed | RouteChange
CHANGES: tuple[type[Change], ...] = (
    AddSite,
    MoveSite,
    CloseSite,
    ChangeOffer,
    AddOutreach,
    AddLink,
    SetSpeed,
    *ROUTE_CHANGES,
)


@dataclass(frozen=True)
class Scenario:
    """A named, versioned list of changes on a baseline.

    Attributes
    ----------
    name
        As shown to people.
    area
        Code of the area pack.
    service, mode, within_min, baseline
        What its effect is measured by: category of service, mode, threshold in minutes, baseline of the counts (the
        usual one of the area when empty).
    changes
        In the order in which they are made.
    version
        1 for the first one saved, then counting up.
    note
        Free text.
    """

    name: str
    area: str
    service: str = "childrens_centre"
    mode: str = "walk_pram"
    within_min: float = 15.0
    baseline: str = ""
    changes: tuple[Change, ...] = ()
    version: int = 1
    note: str = ""

    def with_change(self, change: Change) -> "Scenario":
        """Return this scenario with one more change at its end."""
        return replace(self, changes=(*self.changes, change))

    def without_change(self, position: int) -> "Scenario":
        """Return this scenario without the change at `position`, counted from 0.

        Raises
        ------
        InputError
            When there is no such change.
        """
        if not 0 <= position < len(self.changes):
            raise InputError(f"there is no change {position + 1}: the scenario has {len(self.changes)}")
        return replace(self, changes=self.changes[:position] + self.changes[position + 1 :])

    @property
    def cost(self) -> Cost:
        """Cost of all changes together."""
        total = FREE
        for change in self.changes:
            if not isinstance(change, SetSpeed):
                total += change.cost
        return total

    @property
    def assumed(self) -> tuple[Change, ...]:
        """The assumptions among the changes: what holds before the plan as well as after it."""
        return tuple(change for change in self.changes if isinstance(change, SetSpeed))

    @property
    def speed_kmh(self) -> float | None:
        """Speed at which families are assumed to travel, before and after; None is the mode's own."""
        return next((change.speed_kmh for change in reversed(self.changes) if isinstance(change, SetSpeed)), None)

    def new_site_id(self) -> str:
        """Return an id that no change uses yet: ``"new-1"``, ``"new-2"`` and so on."""
        used = {change.site for change in self.changes if isinstance(change, AddSite | AddOutreach)}
        return next(name for number in range(1, len(used) + 2) if (name := f"new-{number}") not in used)


@dataclass(frozen=True)
class History:
    """A scenario that is being edited, with the earlier and later ones to which undo and redo return."""

    now: Scenario
    past: tuple[Scenario, ...] = ()
    future: tuple[Scenario, ...] = ()

    def edit(self, scenario: Scenario) -> "History":
        """Make `scenario` the present one and drop what had been undone; an equal scenario adds no step."""
        return self if scenario == self.now else History(scenario, (*self.past, self.now))

    def undo(self) -> "History":
        """Go back one edit, or stay at the first."""
        return History(self.past[-1], self.past[:-1], (self.now, *self.future)) if self.past else self

    def redo(self) -> "History":
        """Reverse one undo, or stay at the last."""
        return History(self.future[0], (*self.past, self.now), self.future[1:]) if self.future else self
