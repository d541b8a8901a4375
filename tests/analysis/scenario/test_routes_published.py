"""Changes of routes on a published timetable: each against the changed timetable written out by hand, trip by trip."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import CutRoute, MoveStop, Point, RunRoute, Scenario, ShortenRoute
from analysis.travel.access import Access
from geo.network.modes import mode_named
from geo.packs import open_pack
from geo.timetable.calendar import Calendar
from geo.timetable.day import example_date
from geo.timetable.planned import OPPOSITE_M, Every
from geo.timetable.timetable import Timetable
from geo.timetable.timing import Timing

MODE = "transit_pram@tuesday,09:00-11:00"
ROUTE = "56"  # runs both ways, and some homes are nearer to a doctor by it
OFTEN = Every(("tuesday",), "06:00", "13:00", 12.0)


@pytest.fixture(scope="module")
def pack():
    return open_pack("newport")


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def today(pack):
    """The trips of the Tuesday that stands for all, all of one service."""
    table = pack.timetable
    runs = table.calendar.runs(example_date(table, Timing()))
    return [replace(trip, service=0) for trip in table.trips() if runs[trip.service]]


def of_route(pack, trip):
    return pack.timetable.routes[trip.route].name == ROUTE


def by_hand(pack, trips, xy=None):
    """Seconds from every home to the nearest doctor with a timetable of these trips alone."""
    table = pack.timetable
    xy = table.stop_xy if xy is None else xy
    everyday = Calendar.always([[True] * 7])
    made = Timetable.of_trips(table.stop_ids, table.stop_names, xy, table.routes, trips, everyday)
    access = Access.of(replace(pack, timetable=made), mode_named(MODE))
    return access.to_category("gp_practice").nearest_s


def effect_of(lab, *changes):
    plan = Scenario("x", "newport", service="gp_practice", mode=MODE, within_min=35.0, baseline="mid_2020")
    return lab.effect(replace(plan, changes=changes))


def reached(effect):
    rows = effect.shown("group")
    row = rows[(rows["measure"] == "children_0_3") & (rows["code"] == "borough")].iloc[0]
    return float(row["reached_before"]), float(row["reached_after"])


def test_without_a_change_the_trips_by_hand_are_the_timetable(pack, lab, today):
    effect = effect_of(lab)
    np.testing.assert_allclose(by_hand(pack, today), effect.before_s, atol=0.01)
    assert sum(of_route(pack, trip) for trip in today) > 20


def test_a_route_cut_is_a_timetable_without_its_trips(pack, lab, today):
    effect = effect_of(lab, CutRoute(ROUTE))
    np.testing.assert_allclose(
        effect.after_s, by_hand(pack, [trip for trip in today if not of_route(pack, trip)]), atol=0.01
    )
    assert (effect.after_s >= effect.before_s - 0.01).all(), "nobody is earlier"
    assert (effect.after_s > effect.before_s + 60).sum() > 5
    before, after = reached(effect)
    assert after <= before


def part_of(pack, trip, ends):
    """The calls of a trip between two stops, or those of the other side of the road; None where it lacks one."""
    xy, places = pack.timetable.stop_xy, []
    for end in ends:
        away_m = np.hypot(*(xy[list(trip.stops)] - xy[pack.timetable.stop_ids.index(end)]).T)
        if away_m.min() > OPPOSITE_M:
            return None
        places.append(int(np.argmin(away_m)))
    return slice(min(places), max(places) + 1)


def test_a_route_shortened_has_only_the_calls_between_two_stops(pack, lab, today):
    mine = [trip for trip in today if of_route(pack, trip)]
    longest = max(mine, key=lambda trip: len(trip.stops))
    ends = [pack.timetable.stop_ids[longest.stops[place]] for place in (0, len(longest.stops) - 9)]
    trips = []
    for trip in today:
        part = part_of(pack, trip, ends) if of_route(pack, trip) else slice(0, len(trip.stops))
        assert part is not None, "each trip of this route passes both"
        names = ("stops", "arrive_s", "depart_s", "board", "alight")
        trips.append(replace(trip, **{name: getattr(trip, name)[part] for name in names}))
    assert sum(len(one.stops) < len(other.stops) for one, other in zip(trips, today, strict=True)) > 20
    effect = effect_of(lab, ShortenRoute(ROUTE, *ends))
    np.testing.assert_allclose(effect.after_s, by_hand(pack, trips), atol=0.01)
    assert (effect.after_s >= effect.before_s - 0.01).all(), "nobody is earlier"
    assert (effect.after_s > effect.before_s + 60).any()
    cut = effect_of(lab, CutRoute(ROUTE))
    assert (effect.after_s <= cut.after_s + 0.01).all(), "a part of a route is no worse than none"
    assert (effect.after_s < cut.after_s - 60).any()


def test_a_route_that_runs_more_often_has_its_departures_at_the_minutes_that_are_said(pack, lab, today):
    xy = pack.timetable.stop_xy
    mine = [trip for trip in today if of_route(pack, trip)]
    (east, north) = xy[mine[0].stops[-1]] - xy[mine[0].stops[0]]
    ways = {True: [], False: []}
    for trip in mine:
        along = (xy[trip.stops[-1]] - xy[trip.stops[0]]) @ (east, north)
        ways[bool(along > 0)].append(trip)
    assert all(ways.values())
    kept = [trip for trip in today if not of_route(pack, trip) or not 6 * 3600 <= trip.depart_s[0] < 13 * 3600]
    for way in ways.values():
        for start in range(6 * 3600, 13 * 3600, 12 * 60):
            like = min(way, key=lambda trip: abs(trip.depart_s[0] - start))
            later = start - like.depart_s[0]
            times = {name: tuple(time + later for time in getattr(like, name)) for name in ("arrive_s", "depart_s")}
            kept.append(replace(like, **times))
    effect = effect_of(lab, RunRoute(ROUTE, OFTEN))
    np.testing.assert_allclose(effect.after_s, by_hand(pack, kept), atol=0.01)
    there = np.isfinite(effect.before_s)
    quicker = effect.before_s[there] - effect.after_s[there]
    assert (quicker > 60).sum() > 5
    assert quicker.sum() > 0
    before, after = reached(effect)
    assert after >= before


def moved(lab, pack, stop, north_m):
    x, y = (float(axis) for axis in pack.timetable.stop_xy[stop] + (0, north_m))
    return effect_of(lab, MoveStop(pack.timetable.stop_ids[stop], Point(x, y)))


def test_a_stop_moved_is_at_its_new_place_at_the_same_times(pack, lab, today):
    """The stop of this route that most homes miss when it is 5 km away, moved 300 m."""
    stops = sorted({stop for trip in today if of_route(pack, trip) for stop in trip.stops})
    away = {stop: moved(lab, pack, stop, 5000) for stop in stops}
    stop = max(stops, key=lambda one: (away[one].after_s > away[one].before_s + 5).sum())
    xy = pack.timetable.stop_xy.copy()
    xy[stop] += (0, 300)
    effect = moved(lab, pack, stop, 300)
    np.testing.assert_allclose(effect.after_s, by_hand(pack, today, xy), atol=0.01)
    assert (effect.after_s > effect.before_s + 5).any(), "some who used it have a longer walk"
    assert (effect.after_s < away[stop].after_s - 5).any(), "it is used at its new place"
