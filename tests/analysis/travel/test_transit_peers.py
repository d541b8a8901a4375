"""The search by timetable against nigiri, a router of others, on real feeds.

nigiri is given the same walks: straight lines over the whole feed, and those with a pram along our own streets where
the pack has some. It counts in whole minutes, so both get a feed whose times have lost their seconds and
walks of whole minutes; and it walks from stop to stop by way of other stops, so both get the walks after that. Two
kinds of questions are left out, and counted:

- A journey that is no quicker than walking by way of stops: nigiri finds that walk first, keeps nothing that it beats,
  and does not report a journey without a vehicle. Ours compares with walking all the way afterwards, on the streets.
- An arrival later than 28 hours after midnight: our day ends there.

The feed is read here by a small reader of its own.
"""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall
from scipy.spatial import KDTree

from analysis.travel.access import Access
from analysis.travel.rides import Footpaths, Rides, label_of, seconds_of
from analysis.travel.times import travel_times
from analysis.travel.transit import catching
from geo.coordinates import to_grid
from geo.network.modes import MODES
from geo.network.snapping import snap
from geo.packs import open_pack
from geo.timetable.calendar import WEEKDAYS, Calendar
from geo.timetable.day import day_of
from geo.timetable.timetable import RouteLine, Timetable, Trip

ng = pytest.importorskip("pynigiri")

CHANGE_S = 60
LONGEST_CHANGE_MIN = 10
WALK_M_PER_MIN = 50.0
FAR_S, LAST_MIN, ZONE = 1e6, 28 * 60, "Europe/London"
N_STARTS, N_GOALS, N_TIMES = 30, 10, 5

Tables = dict[str, list[dict[str, str]]]
Walks = Callable[[np.ndarray, np.ndarray, float], np.ndarray]


@dataclass(frozen=True, eq=False)
class Feed:
    """A feed in whole minutes: its tables, and the timetable made of them."""

    tables: Tables
    timetable: Timetable

    @property
    def xy(self) -> np.ndarray:
        return self.timetable.stop_xy


def seconds(clock: str) -> int:
    """Seconds of ``25:10:48``, cut to whole minutes."""
    hours, minutes, _ = (int(part) for part in clock.split(":"))
    return 3600 * hours + 60 * minutes


def read_feed(path: Path) -> Feed:
    """Read a feed with a calendar of weekdays and no exceptions."""
    with zipfile.ZipFile(path) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(f"{name}.txt").decode("utf-8-sig"))))
            for name in ("agency", "stops", "routes", "trips", "calendar", "stop_times")
        }
    calls: dict[str, list[dict[str, str]]] = {}
    for row in tables["stop_times"]:
        row["arrival_time"], row["departure_time"] = row["arrival_time"][:-2] + "00", row["departure_time"][:-2] + "00"
        calls.setdefault(row["trip_id"], []).append(row)
    used = {row["stop_id"] for row in tables["stop_times"]}
    tables["stops"] = [row for row in tables["stops"] if row["stop_id"] in used]
    stop = {row["stop_id"]: number for number, row in enumerate(tables["stops"])}
    route = {row["route_id"]: number for number, row in enumerate(tables["routes"])}
    service = {row["service_id"]: number for number, row in enumerate(tables["calendar"])}
    trips = []
    for row in tables["trips"]:
        of_trip = sorted(calls.get(row["trip_id"], []), key=lambda call: int(call["stop_sequence"]))
        if len(of_trip) < 2:
            continue
        trips.append(
            Trip(
                route[row["route_id"]],
                tuple(stop[call["stop_id"]] for call in of_trip),
                tuple(seconds(call["arrival_time"]) for call in of_trip),
                tuple(seconds(call["departure_time"]) for call in of_trip),
                service[row["service_id"]],
                tuple(call["pickup_type"] != "1" for call in of_trip),
                tuple(call["drop_off_type"] != "1" for call in of_trip),
            )
        )
    first, last = (
        np.array([datetime.strptime(row[key], "%Y%m%d").date().toordinal() for row in tables["calendar"]], np.int32)
        for key in ("start_date", "end_date")
    )
    none = np.zeros(0, dtype=np.int32)
    weekdays = np.array([[row[day] == "1" for day in WEEKDAYS] for row in tables["calendar"]])
    everywhere = np.full_like(first, first.min()), np.full_like(last, last.max())
    lon, lat = (np.array([float(row[key]) for row in tables["stops"]]) for key in ("stop_lon", "stop_lat"))
    timetable = Timetable.of_trips(
        list(stop),
        [row["stop_name"] for row in tables["stops"]],
        np.column_stack(to_grid(lon, lat, "EPSG:27700")),
        [RouteLine(row["route_short_name"], "", "bus", "published", "feed") for row in tables["routes"]],
        trips,
        Calendar(weekdays, first, last, none, none, np.zeros(0, dtype=bool), *everywhere),
    )
    return Feed(tables, timetable)


def walks_min(a: np.ndarray, b: np.ndarray, longest_min: float) -> np.ndarray:
    """Whole minutes on foot in a straight line, ``(n, m)``; ``inf`` where it is further."""
    near = KDTree(a).sparse_distance_matrix(KDTree(b), longest_min * WALK_M_PER_MIN, output_type="coo_matrix")
    minutes = np.full(near.shape, np.inf)
    minutes[near.row, near.col] = np.ceil(near.data / WALK_M_PER_MIN)
    return minutes


def street_walks_min(a: np.ndarray, b: np.ndarray, longest_min: float) -> np.ndarray:
    """Whole minutes with a pram along the streets of the pack, ``(n, m)``; ``inf`` where it is further."""
    streets = Access.of(open_pack("newport"), MODES["walk_pram"]).streets
    points = snap(streets, a), snap(streets, b)
    found = travel_times(streets, *points, limit_s=60.0 * longest_min, matrix=True).matrix_s
    return np.ceil(np.asarray(found, dtype=np.float64) / 60.0)


WALKS: dict[str, Walks] = {"straight": walks_min, "streets": street_walks_min}


def changes_min(xy: np.ndarray, walks: Walks) -> np.ndarray:
    """Minutes from getting off to the next departure, ``(n_stops, n_stops)``, walks by way of other stops included."""
    direct = walks(xy, xy, LONGEST_CHANGE_MIN) + CHANGE_S / 60
    np.fill_diagonal(direct, 0.0)
    found = floyd_warshall(direct)
    found[found > LONGEST_CHANGE_MIN + CHANGE_S / 60] = np.inf
    np.fill_diagonal(found, CHANGE_S / 60)
    return np.asarray(found)


def nigiri_of(feed: Feed, changes: np.ndarray, folder: Path, first: date, last: date) -> "ng.Timetable":
    """Give a feed to nigiri, with these changes and no others."""
    a, b = np.nonzero(np.isfinite(changes))
    ids = feed.timetable.stop_ids
    transfers = [
        {
            "from_stop_id": ids[i],
            "to_stop_id": ids[j],
            "transfer_type": "2",
            "min_transfer_time": int(60 * changes[i, j]),
        }
        for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]
    for name, rows in {**feed.tables, "transfers": transfers}.items():
        with (folder / f"{name}.txt").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    loader, options = ng.LoaderConfig(), ng.FinalizeOptions()
    loader.link_stop_distance, loader.default_tz = 0, ZONE
    options.adjust_footpaths = False
    options.max_footpath_length = LONGEST_CHANGE_MIN + CHANGE_S // 60 + 1  # a walk of the limit itself is left out
    options.merge_dupes_intra_src = False
    return ng.load_timetable([ng.TimetableSource("feed", str(folder), loader)], str(first), str(last), options)


def ask_nigiri(
    timetable: "ng.Timetable", start: list["ng.Offset"], goal: list["ng.Offset"], leave_min: int, boardings: int
) -> float:
    """Minutes since 1970 of the earliest arrival; ``inf`` where there is none."""
    query = ng.Query()
    query.start, query.destination = start, goal
    query.start_match_mode = query.dest_match_mode = ng.LocationMatchMode.INTERMODAL
    query.start_time, query.max_transfers = leave_min, boardings - 1
    return min((journey.arrival_time() for journey in ng.route(timetable, query)), default=np.inf)


def on_foot_min(to_stop: np.ndarray, changes: np.ndarray, to_goal: np.ndarray) -> np.ndarray:
    """Minutes of walking from start to goal by way of one stop or two, ``(n_starts, n_goals)``."""
    free = changes.copy()
    np.fill_diagonal(free, 0.0)
    onward = np.stack([(free + goal).min(axis=1) for goal in to_goal.T], axis=1)
    return np.stack([(start[:, None] + onward).min(axis=0) for start in to_stop])


@pytest.mark.slow
@pytest.mark.parametrize("along", WALKS)
@pytest.mark.parametrize("day", [date(2023, 6, 13), date(2023, 6, 17)], ids=["tuesday", "saturday"])
def test_arrivals_equal_those_of_nigiri(day, along, sources_dir, tmp_path):
    walks = WALKS[along]
    feed = read_feed(sources_dir / "newport" / "gtfs_2023-06-13.zip")
    ids, rng = feed.timetable.stop_ids, np.random.default_rng(day.day)
    changes = changes_min(feed.xy, walks)
    network = nigiri_of(feed, changes, tmp_path, day - timedelta(days=2), day + timedelta(days=3))
    places = [network.find_location(stop) for stop in ids]
    served = np.unique(day_of(feed.timetable, day).stop)
    near = served[np.isfinite(changes[served]).sum(axis=1) > 1]  # elsewhere there are no streets
    starts, goals = (
        feed.xy[rng.choice(near, count)] + rng.uniform(-400, 400, (count, 2)) for count in (N_STARTS, N_GOALS)
    )
    to_stop, to_goal = walks(starts, feed.xy, 15), walks(feed.xy, goals, 15)
    on_foot = on_foot_min(to_stop, changes, to_goal)
    begin = [[ng.Offset(places[s], int(row[s]), 0) for s in np.flatnonzero(np.isfinite(row))] for row in to_stop]
    end = [[ng.Offset(places[s], int(row[s]), 0) for s in np.flatnonzero(np.isfinite(row))] for row in to_goal.T]
    footpaths = Footpaths.of_matrix(60.0 * changes - CHANGE_S, FAR_S)
    rides = Rides.of(day_of(feed.timetable, day), footpaths, change_s=CHANGE_S, longest_wait_s=1e5)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp()) // 60
    compared, reached, walked, late, wrong = 0, 0, 0, 0, []
    for boardings, leave in product((1, 2, 3, 4), rng.integers(5 * 60, 21 * 60, N_TIMES).tolist()):
        aboard = rides.labels(label_of(60.0 * to_goal), boardings)
        caught = catching(rides, Footpaths.of_matrix(60.0 * to_stop, FAR_S), 60.0 * leave, 1)
        ours = np.full((N_STARTS, N_GOALS), np.inf)
        ours[caught.slot] = seconds_of(np.minimum.reduceat(aboard[caught.call], caught.start, axis=0)) / 60
        for i, j in product(range(N_STARTS), range(N_GOALS)):
            theirs = ask_nigiri(network, begin[i], end[j], midnight + leave, boardings) - midnight
            if np.isinf(theirs) and on_foot[i, j] <= ours[i, j] - leave < np.inf:
                walked += 1
            elif np.isinf(ours[i, j]) and LAST_MIN <= theirs < np.inf:
                late += 1
            else:
                compared, reached = compared + 1, reached + bool(np.isfinite(theirs))
                if theirs != ours[i, j]:
                    wrong.append((i, j, leave, boardings, theirs, ours[i, j], on_foot[i, j]))
    assert compared >= 2_000
    assert reached > compared / 4
    assert walked < compared / 2  # the streets of the pack are those of one town, where walking often wins
    assert not wrong
