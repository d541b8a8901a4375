"""The streets and the timetable of a pack in the form that ferrobus reads: an OpenStreetMap file, and a folder of GTFS.

ferrobus knows junctions alone, walks at 1.4 m/s, and cuts the time of each street to whole seconds. So every stop and
place is a junction of its own, hung on its street, and each street is drawn as a line that takes the whole seconds
nearest to ours. Where a junction lies decides only which of them is a given stop or place, so the map is drawn small:
then no street is shorter than the straight line between its ends.
"""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.travel.transit import Transit
from benchmarks.peers import SplitStreets, split
from benchmarks.timing import quiet
from geo.network.modes import Mode
from geo.network.network import ModeNetwork
from geo.network.snapping import Snapped

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WALK_M_S = 1.4
"""The speed of every walk in ferrobus."""
_STEPS = 10_000_000  # steps of a coordinate of an OpenStreetMap file in a degree
_M_PER_STEP = 6_371_008.8 * np.pi / 180 / _STEPS  # at the equator, where the map is drawn
_SMALLER = 100.0
_AWAY_S = 5 * 3600
_EVERY = 100_000
_TABLES = ("agency", "calendar", "calendar_dates", "feed_info", "routes", "stop_times", "stops", "trips")
_NO_EXCEPTIONS = "service_id,date,exception_type\n"


def at_its_speed(mode: Mode) -> Mode:
    """Return a mode that walks as ferrobus does: 1.4 m/s everywhere, and steps cost no more than other streets."""
    kmh = 3.6 * WALK_M_S
    return replace(mode, speed_kmh=kmh, connector_kmh=kmh, steps_penalty_s=0.0)


@dataclass(frozen=True, eq=False)
class Map:
    """Streets as ferrobus is given them.

    Attributes
    ----------
    streets
        The streets, in seconds, with every point on a node of its own.
    steps
        ``(n_nodes + n_away, 2)`` longitude and latitude in ten-millionths of a degree, no two alike. The last `n_away`
        nodes are hours away from all others.
    n_away
        How many.
    """

    streets: SplitStreets
    steps: Ints
    n_away: int

    @classmethod
    def of(cls, streets: ModeNetwork, points: Snapped, n_away: int) -> "Map":
        """Draw the streets with a node for each point; every point must be on the network."""
        parts = split(streets, points)
        xy = parts.xy.copy()
        xy[parts.sites] = points.snapped_xy
        steps = np.rint((xy - xy.mean(axis=0)) / _SMALLER / _M_PER_STEP).astype(np.int64)
        while len(again := _met_before(steps)):
            steps[again, 0] += 1
        beside = steps.min(axis=0) - 1 - np.column_stack([np.arange(n_away), np.zeros(n_away, dtype=np.int64)])
        return cls(parts, np.vstack([steps, beside]), n_away)

    @property
    def points(self) -> list[tuple[float, float]]:
        """Latitude and longitude of each point."""
        return self._positions(self.streets.sites)

    @property
    def away(self) -> list[tuple[float, float]]:
        """Latitude and longitude of each node far away."""
        return self._positions(np.arange(len(self.steps) - self.n_away, len(self.steps)))

    def _positions(self, nodes: Ints) -> list[tuple[float, float]]:
        return [(lat / _STEPS, lon / _STEPS) for lon, lat in self.steps[nodes].tolist()]

    def save(self, path: Path) -> None:
        """Write an OpenStreetMap file, each street a footway of two straight parts."""
        import osmium

        streets = self.streets
        n = len(self.steps)
        u = np.append(streets.u, np.repeat(streets.sites[:1], self.n_away))
        v = np.append(streets.v, np.arange(n - self.n_away, n))
        whole_s = np.append(np.rint(streets.seconds), np.full(self.n_away, _AWAY_S))
        # Half a second more than the whole seconds, so that cutting leaves them: rounding the corner changes less.
        length = WALK_M_S * (whole_s + 0.5) / _M_PER_STEP
        a, b = self.steps[u], self.steps[v]
        straight = np.hypot(*(b - a).T)
        aside = np.sqrt(np.maximum(length**2 - straight**2, 0.0)) / 2
        across = np.column_stack([a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]]) / straight[:, None]
        corner = np.rint((a + b) / 2 + aside[:, None] * across).astype(np.int64)
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for number, (lon, lat) in enumerate(np.vstack([self.steps, corner]).tolist(), 1):
                writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=(lon / _STEPS, lat / _STEPS)))
            for number, (first, last) in enumerate(zip(u.tolist(), v.tolist(), strict=True), 1):
                nodes = [first + 1, n + number, last + 1]
                writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=nodes, tags={"highway": "footway"}))


def _met_before(steps: Ints) -> Ints:
    """Return the rows that equal an earlier one."""
    _, first = np.unique(steps @ np.array([1, 2**31]), return_index=True)
    again = np.ones(len(steps), dtype=bool)
    again[first] = False
    return np.flatnonzero(again)


def save_feed(feed: Path, folder: Path, places: Mapping[str, tuple[float, float]]) -> None:
    """Unpack a zipped feed with other positions of its stops: latitude and longitude by id."""
    with zipfile.ZipFile(feed) as archive:
        for table in _TABLES:
            name = f"{table}.txt"
            text = archive.read(name).decode("utf-8-sig") if name in archive.namelist() else _NO_EXCEPTIONS
            rows = list(csv.DictReader(io.StringIO(text)))
            if table == "stops":
                for row in rows:
                    row["stop_lat"], row["stop_lon"] = (f"{degrees:.7f}" for degrees in places[row["stop_id"]])
            with (folder / name).open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, list(rows[0]) if rows else text.strip().split(","))
                writer.writeheader()
                writer.writerows(rows)


def joined(first: Snapped, second: Snapped) -> Snapped:
    """Return the points of both, one after another."""
    return Snapped(
        *(np.concatenate([getattr(first, field.name), getattr(second, field.name)]) for field in fields(Snapped))
    )


@dataclass(frozen=True, eq=False)
class Ferrobus:
    """The files of a question that ferrobus reads, and its answers.

    Attributes
    ----------
    folder
        Where the files are.
    when
        The day.
    places
        Latitude and longitude of each place, ``n``.
    """

    folder: Path
    when: date
    places: list[tuple[float, float]]

    @classmethod
    def write(cls, transit: Transit, places: Snapped, feed: Path, folder: Path) -> "Ferrobus":
        """Write the streets, with a junction for each stop and place, and the zipped feed that the pack was made of."""
        with zipfile.ZipFile(feed) as archive:
            text = archive.read("stops.txt").decode("utf-8-sig")
        on = np.flatnonzero(transit.stops.edge >= 0)
        ids = [transit.pack.timetable.stop_ids[stop] for stop in on]
        away = sorted({row["stop_id"] for row in csv.DictReader(io.StringIO(text))} - set(ids))
        drawn = Map.of(transit.streets, joined(transit.stops.take(on), places), len(away))
        drawn.save(folder / "streets.osm.pbf")
        save_feed(feed, folder, dict(zip([*ids, *away], [*drawn.points[: len(on)], *drawn.away], strict=True)))
        return cls(folder, transit.day.date, drawn.points[len(on) :])

    def model(self, change_min: int) -> Any:
        """Read the files, with walks from stop to stop of up to `change_min` minutes."""
        import ferrobus

        streets = str(self.folder / "streets.osm.pbf")
        with quiet():
            return ferrobus.create_transit_model(streets, [str(self.folder)], self.when, 60 * change_min)

    def points(self, model: Any, walk_min: int) -> list[Any]:
        """Tie the places to its streets and to every stop within a walk of `walk_min` minutes."""
        import ferrobus

        return [ferrobus.create_transit_point(lat, lon, model, 60 * walk_min, _EVERY) for lat, lon in self.places]

    @staticmethod
    def matrix_s(model: Any, points: list[Any], leave_s: int, boardings: int) -> Floats:
        """Return the seconds from every place to every place, ``(n, n)``; ``inf`` where there is no way."""
        import ferrobus

        found = ferrobus.travel_time_matrix(model, points, leave_s, boardings)
        return np.array([[np.inf if seconds is None else seconds for seconds in row] for row in found], np.float64)

    def anew(self, limit_min: int, leave_s: int, boardings: int) -> Floats:
        """Return the same from the files on."""
        model = self.model(limit_min)
        return self.matrix_s(model, self.points(model, limit_min), leave_s, boardings)
