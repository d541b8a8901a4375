"""A made-up timetable on a real pack: a published bus, a train whose times are modelled, and an assumed bus."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from geo.pack import AreaPack
from geo.timetable.calendar import Calendar
from geo.timetable.timetable import RouteLine, Timetable, Trip, joined

FIRST, LAST = date(2026, 1, 5), date(2026, 6, 30)
WEEKDAYS_ONLY = [True] * 6 + [False]


def with_buses(pack: AreaPack, *, assumed: bool = True) -> AreaPack:
    """Return a pack with buses by way of a hospital, trains from station to station, and an assumed bus."""
    hospital, doctors = pack.services_of("hospital").iloc[:1], pack.services_of("gp_practice")
    beside = (doctors["northing"] - float(pd.concat([hospital, doctors])["northing"].iloc[0])).abs() < 600
    doctors = pd.concat([doctors[beside], hospital]).sort_values(["easting", "northing"])
    stations = pack.services_of("rail_station").sort_values(["easting", "northing"])
    span = (FIRST.toordinal(), LAST.toordinal())
    first, last = (np.array([day], dtype=np.int32) for day in span)
    none = np.zeros(0, dtype=np.int32)
    dated = Calendar(np.array([WEEKDAYS_ONLY]), first, last, none, none, np.zeros(0, dtype=bool), first, last)
    parts = [
        _line(doctors, RouteLine("7*x*", "", "bus", "published", "buses"), 20, dated),
        _line(stations, RouteLine("C", "", "train", "modelled", "trains"), 30, Calendar.always([WEEKDAYS_ONLY])),
    ]
    if assumed:
        ends = doctors.iloc[[0, -1]]
        parts.append(_line(ends, RouteLine("9*", "", "bus", "assumed"), 15, Calendar.always([[True] * 7])))
    files = {**pack.manifest.files, "timetable.npz": f"made up, {'' if assumed else 'not '}assumed"}
    return replace(pack, timetable=joined(parts), manifest=replace(pack.manifest, files=files))


def without_buses(pack: AreaPack) -> AreaPack:
    """Return a pack of which nothing is known of what rides by timetable."""
    files = {**pack.manifest.files, "timetable.npz": "none"}
    return replace(pack, timetable=Timetable.empty(), manifest=replace(pack.manifest, files=files))


def _line(stops, route, every_min, calendar):
    """Run vehicles both ways along stops, from five to midnight."""
    xy = stops[["easting", "northing"]].to_numpy(np.float64)
    trips = []
    for order in (range(len(xy)), range(len(xy) - 1, -1, -1)):
        way = list(order)
        hops = [int(np.hypot(*(xy[b] - xy[a])) / 10.0) + 20 for a, b in pairwise(way)]
        along = np.concatenate([[0], np.cumsum(hops)]).tolist()
        for start_s in range(5 * 3600, 24 * 3600, every_min * 60):
            times = tuple(int(start_s + second) for second in along)
            free = (True,) * len(way)
            trips.append(Trip(0, tuple(way), times, times, 0, free, free))
    names = stops["name"].astype(str).tolist()
    ids = [f"{route.name}-{number}" for number in range(len(xy))]
    return Timetable.of_trips(ids, names, xy, (route,), trips, calendar)
