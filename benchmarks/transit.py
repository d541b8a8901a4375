"""Benchmark of journeys by bus and train: every place to every place, and every minute of two hours."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from analysis.travel import prepared, transit
from analysis.travel.access import Access
from analysis.travel.rides import Footpaths, label_of, seconds_of
from analysis.travel.times import travel_times
from analysis.travel.transit import Transit, catching
from benchmarks.memory import peak_mb
from benchmarks.setting import Budget, Options, Outcome, Setting, best
from benchmarks.timetables import Ferrobus, Floats, at_its_speed, joined
from benchmarks.timing import Contender, Row, race
from geo.network.modes import mode_named
from geo.network.snapping import Snapped
from geo.packs import open_pack, packs_folder

TITLE = "Journeys by bus and train"

AREA, FEED = "newport", Path("newport", "gtfs_2023-06-13.zip")
N_PLACES, N_SITES = 586, 25
LEAVE_S = 9 * 3600
CLOSE_S, SHARE = 60.0, 0.99
LIMIT_MIN = 60
_SITES = "school"
_KEPT, _NEW = "arrive_s and walks", "arrive_s and walks, nothing kept"
_FERROBUS, _FERROBUS_NEW = "ferrobus travel_time_matrix", "ferrobus, model and points as well"
_MINUTES, _MINUTES_NEW, _JUNCTIONS = "by_minute, kept", "by_minute, nothing kept", "node_times_s, every junction"


@dataclass(frozen=True, eq=False)
class Question:
    """Places of an area with a timetable, and a mode with the speed and the limits that ferrobus can have."""

    access: Access
    transit: Transit
    places: Snapped

    @classmethod
    def of(cls) -> "Question":
        """Take the homes on the streets, and junctions drawn by chance until there are `N_PLACES`."""
        mode = at_its_speed(mode_named("transit_adult"))
        timing = transit.timing_of(mode)
        limits = replace(
            timing, longest_walk_min=LIMIT_MIN, longest_change_min=LIMIT_MIN, longest_wait_min=180, change_s=0
        )
        mode, pack = mode.timed(limits), open_pack(AREA)
        access = Access.of(pack, mode)
        homes = access.homes.take(np.flatnonzero(access.homes.edge >= 0))
        _, junctions = prepared.junctions_of(access.streets)
        drawn = np.random.default_rng(13).choice(len(junctions), N_PLACES - len(homes), replace=False)
        places = joined(homes, junctions.take(drawn))
        return cls(access, Transit.of(pack, mode, access.streets), places)

    def anew(self) -> "Question":
        """Return it with nothing kept of earlier questions."""
        forget()
        return replace(self, transit=Transit.of(self.access.pack, self.transit.mode, self.access.streets))

    def matrix_s(self) -> Floats:
        """Return the seconds from every place to every place, ``(n, n)``, by vehicle or on foot."""
        rides = self.transit.arrive_s(self.places, self.places, float(LEAVE_S)) - LEAVE_S
        return np.minimum(rides, self._walks(self.places, self.places))

    def by_its_rules_s(self) -> Floats:
        """Return the same as ferrobus can know it, ``(n, n)``.

        It walks to the nearest stop alone and from there to others, walks from stop to stop before the last walk as
        well, and walks no further than the limit all the way.
        """
        stops, limit_s = self.transit.stops, 60.0 * LIMIT_MIN
        to_stop = self._walks(self.places, stops, limit_s)
        to_place = self._walks(stops, self.places, limit_s)
        between = self._walks(stops, stops, limit_s)
        np.fill_diagonal(between, 0.0)
        to_stop = to_stop.min(axis=1)[:, None] + between[to_stop.argmin(axis=1)]
        to_place = np.stack([(between + column).min(axis=1) for column in to_place.T], axis=1)
        aboard = self.transit.rides.labels(label_of(to_place), self.transit.timing.boardings)
        caught = catching(self.transit.rides, Footpaths.of_matrix(to_stop, 1e6), float(LEAVE_S), 1)
        rides = np.full((len(self.places), len(self.places)), np.inf)
        rides[caught.slot] = seconds_of(np.minimum.reduceat(aboard[caught.call], caught.start, axis=0)) - LEAVE_S
        by_stops = np.stack([(to_stop + column).min(axis=1) for column in to_place.T], axis=1)
        found: Floats = np.minimum(np.minimum(rides, by_stops), self._walks(self.places, self.places, limit_s))
        return found

    def _walks(self, origins: Snapped, goals: Snapped, limit_s: float = np.inf) -> Floats:
        found = travel_times(self.access.streets, origins, goals, limit_s=limit_s, matrix=True).matrix_s
        return np.asarray(found, dtype=np.float64)


def close(found: Floats, expected: Floats) -> Any:
    """Tell which pairs are within a minute, or are reached by neither, ``(n, n)``."""
    reached = np.isfinite(found) & np.isfinite(expected)
    apart = np.where(reached, found, 0.0) - np.where(reached, expected, 0.0)
    return np.where(reached, np.abs(apart) <= CLOSE_S, np.isfinite(found) == np.isfinite(expected))


def forget() -> None:
    """Drop everything that questions by timetable keep."""
    for name in ("stops_of", "between_stops", "rides_of", "rides_back", "walks_to_stops", "junctions_of"):
        getattr(prepared, name).cache_clear()
    transit._catching.cache_clear()
    transit._node_times_s.cache_clear()


def sources() -> Path:
    """Return the folder of the publishers' files."""
    named = os.environ.get("REACH_SOURCES")
    return Path(named) if named else Path(__file__).parents[2] / "shared" / "sources"


def run(setting: Setting) -> Outcome:
    """Time one departure from everywhere to everywhere beside ferrobus, and a window of two hours."""
    question, options = Question.of(), setting.options
    ours = [
        Contender(_KEPT, "timetable and walks to stops ready; all walks anew", question.matrix_s, lambda found: found),
        Contender(_NEW, "stops tied, walks, changes", lambda: question.anew().matrix_s(), most_repeats=3),
    ]
    skipped: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        if not options.has("ferrobus"):
            _, skipped = setting.with_peers([], {"ferrobus": list})
        elif not (sources() / FEED).is_file():
            skipped = [f"ferrobus: no timetable {FEED} in the folder of sources: set REACH_SOURCES"]
        else:
            ours += _ferrobus(question, Path(folder))
        work = f"One departure ({N_PLACES} × {N_PLACES} places)"
        wanted = {one.who: one.who for one in ours if one.who in MEMORY_TASKS}
        rows = race(work, ours, options.repeats, peak_mb("transit", wanted, options))
    budgets = []
    kept, theirs = best(rows, work, _KEPT), best(rows, work, _FERROBUS)
    if kept and theirs:
        budgets.append(Budget("one departure: as fast as ferrobus", theirs / kept, 1.0, False, "×"))
    window, first_s = _window(options)
    if first_s is not None:
        budgets.append(Budget("every minute of two hours, nothing kept", first_s, 2.0, True, "s"))
    return Outcome([*rows, *window, _size(question)], budgets, skipped)


def _ferrobus(question: Question, folder: Path) -> list[Contender]:
    files = Ferrobus.write(question.transit, question.places, sources() / FEED, folder)
    expected, by_its_rules = question.matrix_s(), question.by_its_rules_s()
    model = files.model(LIMIT_MIN)
    points = files.points(model, LIMIT_MIN)

    def answer(found: Floats) -> Floats:
        same = close(found, by_its_rules)
        return np.where(same, expected, np.nan) if same.mean() >= SHARE else np.full_like(expected, np.inf)

    boardings = question.transit.timing.boardings
    return [
        Contender(
            _FERROBUS,
            f"model and points ready, all cores; {SHARE:.0%} of pairs within a minute by its rules",
            lambda: files.matrix_s(model, points, LEAVE_S, boardings),
            answer,
        ),
        Contender(
            _FERROBUS_NEW,
            "files read, walks, changes",
            lambda: files.anew(LIMIT_MIN, LEAVE_S, boardings),
            most_repeats=2,
        ),
    ]


def _window(options: Options) -> tuple[list[Row], float | None]:
    pack, mode = open_pack(AREA), mode_named("transit_adult")
    access = Access.of(pack, mode)
    sites = access.snap(pack.services_of(_SITES)[["easting", "northing"]].to_numpy(np.float64))
    sites = sites.take(np.flatnonzero(sites.edge >= 0)[:N_SITES])
    usual = Transit.of(pack, mode, access.streets)

    def anew() -> Transit:
        forget()
        return Transit.of(pack, mode, access.streets)

    minutes = f"every minute of two hours, {len(access.homes)} homes"
    work = f"Nearest of {len(sites)} by minute"
    rows = race(
        work,
        [
            Contender(_MINUTES, minutes, lambda: usual.by_minute(access.homes, sites)[0], lambda found: found),
            Contender(
                _MINUTES_NEW,
                f"{minutes}; stops tied, walks, changes",
                lambda: anew().by_minute(access.homes, sites)[0],
                lambda found: found,
            ),
            Contender(
                _JUNCTIONS,
                f"for the map, {pack.network.n_nodes:,} junctions, every minute; stops tied, walks, changes",
                lambda: anew().node_times_s(sites),
                most_repeats=3,
            ),
        ],
        options.repeats,
    )
    return rows, best(rows, work, _MINUTES_NEW)


def _size(question: Question) -> Row:
    pack = question.access.pack
    size, trips = (packs_folder() / AREA / "timetable.npz").stat().st_size, pack.timetable.n_trips
    return Row(
        "Timetable in the pack", "timetable.npz", f"{size:,} bytes, {trips} trips: {size / trips:.0f} bytes a trip"
    )


def _ours_task(_: Options) -> Callable[[], Any]:
    question = Question.of()
    return lambda: question.anew().matrix_s()


def _ferrobus_task(_: Options) -> Callable[[], Any]:
    question, folder = Question.of(), Path(tempfile.mkdtemp())
    files = Ferrobus.write(question.transit, question.places, sources() / FEED, folder)
    return lambda: files.anew(LIMIT_MIN, LEAVE_S, question.transit.timing.boardings)


# Memory is counted from files or arrays that are read to the finished matrix.
MEMORY_TASKS: Mapping[str, Callable[[Options], Callable[[], Any]]] = MappingProxyType(
    {_NEW: _ours_task, _FERROBUS_NEW: _ferrobus_task}
)
