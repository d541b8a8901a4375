"""Routes of which no timetable is at hand, from a table that says what somebody takes for granted.

The table is a TOML file, ``assumed_routes/<area>.toml`` beside the packs. It is read when a pack is opened, so it can
be edited without building the pack again; the checksum of the pack changes with it. Its departures are evenly spaced,
and its times are made of one speed (:mod:`geo.timetable.headways`). Every route has the status ``assumed``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from geo.errors import InputError
from geo.timetable.calendar import Calendar
from geo.timetable.headways import Ints, Run, Weekday, runs_on, seconds_along, timetable_of_runs
from geo.timetable.timetable import RouteLine, Timetable
from geo.timetable.timing import minute_of
from geo.values import made_of, read_toml

FOLDER = "assumed_routes"
_PREFIX = "naptan-"


@dataclass(frozen=True)
class Headway:
    """How often a route runs in part of some days.

    Attributes
    ----------
    days
        The weekdays.
    from_, until
        Departures from the first stop of each direction, as ``07:00``: one at `from_` (the key ``from``), and one every
        so many minutes before `until`.
    every_min
        Minutes between two departures.
    to
        Where these trips end, if not at the last stop; the trips of the other direction begin there.
    back_from
        With `stops_back`: where the trips of the other direction begin, if that is another stop than `to`.
    """

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    from_: Annotated[str, Field(alias="from")]
    until: str
    every_min: Annotated[float, Field(ge=1, le=720)]
    to: str = ""
    back_from: str = ""

    def __post_init__(self) -> None:
        if minute_of(self.from_) >= minute_of(self.until):
            raise InputError(f"from {self.from_} is not before until {self.until}")

    @property
    def starts_s(self) -> Ints:
        """Departures from the first stop, seconds after midnight."""
        first, until = minute_of(self.from_) * 60, minute_of(self.until) * 60
        starts: Ints = np.rint(np.arange(first, until, self.every_min * 60)).astype(np.int32)
        return starts


@dataclass(frozen=True)
class AssumedRoute:
    """One route.

    Attributes
    ----------
    name, title
        Its number, and where it goes.
    vehicle
        ``bus``, ``train``, ``tram``, ``metro``, ``ferry`` or ``coach``.
    source, note
        Where what is assumed was published, and what of it is not certain.
    speed_kmh
        Speed in a straight line from stop to stop, time at the stops included.
    stops
        Stops in order, by the publisher's code: the ids of the pack's services without ``naptan-``.
    both_ways
        Whether it also runs the other way, by the same stops backwards.
    stops_back
        The stops of the other way, in the order in which they are served, where those are others.
    headways
        How often it runs, and when.
    """

    name: Annotated[str, Field(min_length=1)]
    title: str
    vehicle: Literal["bus", "train", "tram", "metro", "ferry", "coach"]
    source: str
    speed_kmh: Annotated[float, Field(ge=3, le=300)]
    stops: Annotated[tuple[str, ...], Field(min_length=2)]
    headways: Annotated[tuple[Headway, ...], Field(min_length=1)]
    note: str = ""
    both_ways: bool = False
    stops_back: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.both_ways and self.stops_back:
            raise InputError("give both_ways or stops_back, not the two")
        if len(self.back) == 1:
            raise InputError("stops_back has 1 stop: a way has at least 2")
        for number, one in enumerate(self.headways, start=1):
            if one.to and one.to not in self.stops[1:]:
                raise InputError(f"headways {number}: to {one.to!r} is not among the stops after the first")
            if one.back_from and not (one.to and self.stops_back):
                raise InputError(f"headways {number}: back_from goes with to and stops_back alone")
            if one.to and self.back and (one.back_from or one.to) not in self.back[:-1]:
                raise InputError(
                    f"headways {number}: the way back does not call at {one.back_from or one.to!r} before its end; "
                    "give the stop where these trips begin as back_from"
                )

    @property
    def back(self) -> tuple[str, ...]:
        """The stops of the other way; none where there is none."""
        return self.stops[::-1] if self.both_ways else self.stops_back

    def ways(self, headway: Headway) -> list[tuple[str, ...]]:
        """Return the stops of each direction that the trips of a headway serve."""
        there, back = self.stops, self.back
        if headway.to:
            there = there[: there.index(headway.to, 1) + 1]
            back = back[back.index(headway.back_from or headway.to) :] if back else ()
        return [way for way in (there, back) if way]


@dataclass(frozen=True)
class AssumedTable:
    """All routes of a table."""

    routes: tuple[AssumedRoute, ...] = ()


def assumed_path(area: str, root: Path) -> Path:
    """Return the table of an area beside the packs, whether it exists or not."""
    return root / FOLDER / f"{area}.toml"


def read_assumed(path: Path) -> AssumedTable:
    """Read a table of assumed routes.

    Raises
    ------
    InputError
        When it cannot be read, or a key is missing, unknown or has a wrong value: the message names the route and key.
    """
    what = "the table of assumed routes"
    return made_of(AssumedTable, read_toml(path, what), f"{what} {path.name}")


def assumed_timetable(table: AssumedTable, services: pd.DataFrame, where: str) -> Timetable:
    """Make the timetable of a table.

    Parameters
    ----------
    table
        What is assumed.
    services
        The services of the pack, index ``id``, with ``name``, ``easting``, ``northing``.
    where
        Name of the table, for messages.

    Raises
    ------
    InputError
        When a stop is not among the services; names the route and the stop.
    """
    place = _places(table, services, where)
    ids = list(place)
    rows = services.iloc[list(place.values())]
    xy = rows[["easting", "northing"]].to_numpy(np.float64)
    number = {stop: n for n, stop in enumerate(ids)}
    days: dict[tuple[str, ...], int] = {}
    runs = []
    for route, one in enumerate(table.routes):
        for headway in one.headways:
            service = days.setdefault(tuple(sorted(set(headway.days))), len(days))
            for way in one.ways(headway):
                stops = tuple(number[stop] for stop in way)
                runs.append(Run(route, service, stops, seconds_along(xy[list(stops)], one.speed_kmh), headway.starts_s))
    return timetable_of_runs(
        ids,
        [str(name) for name in rows["name"]],
        xy,
        [RouteLine(one.name, one.title, one.vehicle, "assumed") for one in table.routes],
        runs,
        Calendar.always([runs_on(one) for one in days]),
    )


def _places(table: AssumedTable, services: pd.DataFrame, where: str) -> dict[str, int]:
    """Return the row of each stop among the services, in the order in which the table first names it."""
    named: dict[str, tuple[int, AssumedRoute]] = {}
    for number, one in enumerate(table.routes, start=1):
        for stop in (*one.stops, *one.stops_back):
            named.setdefault(stop, (number, one))
    rows = services.index.get_indexer(pd.Index([_PREFIX + stop for stop in named])).tolist()
    for (stop, (number, one)), row in zip(named.items(), rows, strict=True):
        if row < 0:
            raise InputError(
                f"{where}, routes {number} ({one.name}): the pack has no stop {stop!r}; take the code of one of its "
                "bus stops or stations, or leave it out"
            )
    return dict(zip(named, rows, strict=True))
