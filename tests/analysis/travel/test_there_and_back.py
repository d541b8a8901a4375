"""There and back in the free time: as a search through every pair of departures finds it."""

import itertools

import numpy as np
import pytest

from analysis.travel.access import Access
from analysis.travel.there_and_back import ALL_DAY, FreeTime, outings
from analysis.travel.times import travel_times
from geo.errors import InputError
from geo.network.modes import MODES, mode_named
from geo.packs import open_pack
from geo.timetable.day import example_date
from tests.samples import ELSEWHERE
from tests.timetables import with_buses

HOMES = np.random.default_rng(3).uniform(0, 2000, (9, 2)) + ELSEWHERE
SITES = np.random.default_rng(4).uniform(0, 2000, (4, 2)) + ELSEWHERE
HOURS = [ALL_DAY, ((9.5 * 3600, 9.75 * 3600),), ((7 * 3600, 8 * 3600), (9 * 3600, 11 * 3600)), ()]
FREE = [FreeTime(8 * 60 + 15, 10 * 60, 15), FreeTime(8 * 60 + 40, 9 * 60 + 40, 10), FreeTime(8 * 60, 11 * 60, 45)]
ONE_VEHICLE = "transit_pram@tuesday,08:00-11:00,assumed,boardings=1"


@pytest.fixture(scope="module", params=[None, 7])
def pack(request, tmp_path_factory):
    return with_buses(tmp_path_factory.mktemp("packs") / "elsewhere", seed=request.param)


def walks_s(access, a, b):
    return np.asarray(travel_times(access.streets, a, b, matrix=True).matrix_s, dtype=float)


def direct_trips(pack, access):
    """Every ride from stop to stop without a change: stops, departure and arrival."""
    timetable = pack.timetable
    running = timetable.calendar.runs(example_date(timetable, access.transit.timing))
    for trip in timetable.trips():
        if running[trip.service]:
            for i, j in itertools.combinations(range(len(trip.stops)), 2):
                yield trip.stops[i], trip.stops[j], trip.depart_s[i], trip.arrive_s[j]


@pytest.mark.parametrize("free", FREE)
def test_with_one_vehicle_each_way_it_is_what_every_pair_of_departures_gives(pack, free):
    access = Access.of(pack, mode_named(ONE_VEHICLE))
    homes, sites, stops = access.snap(HOMES), access.snap(SITES), access.snap(pack.timetable.stop_xy)
    found = outings(access, homes, sites, HOURS, free)
    rides = list(direct_trips(pack, access))
    start_s, end_s, visit_s = free.start_min * 60, free.end_min * 60, free.visit_min * 60
    longest_s = access.transit.timing.longest_walk_min * 60
    home_stop, stop_site = walks_s(access, homes, stops), walks_s(access, stops, sites)
    direct = walks_s(access, homes, sites)
    by_bus = 0
    for home, site in itertools.product(range(len(HOMES)), range(len(SITES))):
        there = [start_s + direct[home, site]]
        back = [end_s - direct[home, site]]
        for a, b, depart_s, arrive_s in rides:
            first, last = home_stop[home, a], stop_site[b, site]
            if first <= longest_s and last <= longest_s and start_s + first <= depart_s:
                there.append(arrive_s + last)
            first, last = stop_site[a, site], home_stop[home, b]
            if first <= longest_s and last <= longest_s and arrive_s + last <= end_s:
                back.append(depart_s - first)
        can = any(
            max(at_s, open_s) + visit_s <= min(leave_s, close_s)
            for at_s in there
            for leave_s in back
            for open_s, close_s in HOURS[site]
        )
        assert found.can_go[home, site] == can
        assert found.arrive_s[home, site] == pytest.approx(min(there), abs=0.01)
        assert found.leave_s[home, site] == pytest.approx(max(back), abs=0.01)
        by_bus += min(there) < there[0] and max(back) > back[0]
    assert by_bus, "some go by bus"
    assert found.can_go.any()
    assert not found.can_go.all()


def test_a_site_that_is_closed_lets_nobody_go_and_more_time_never_keeps_anybody_at_home(pack):
    access = Access.of(pack, mode_named("transit_pram@tuesday,08:00-11:00"))
    homes, sites = access.snap(HOMES), access.snap(SITES)
    few, more = (
        outings(access, homes, sites, HOURS, FreeTime(8 * 60 + 30 - extra, 9 * 60 + 45 + extra, 15))
        for extra in (0, 30)
    )
    assert not few.can_go[:, 3].any()
    assert (more.can_go | ~few.can_go).all()
    assert few.can_go.any()
    assert more.can_go.sum() > few.can_go.sum()
    assert (few.spare_s[few.can_go] >= 0).all()
    assert np.isneginf(few.spare_s[~few.can_go]).all()


@pytest.mark.parametrize("mode", ["walk_pram", "walk_adult"])
def test_on_foot_it_is_twice_the_walk_and_the_visit(pack, mode):
    access = Access.of(pack, MODES[mode])
    homes, sites = access.snap(HOMES), access.snap(SITES)
    free = FreeTime(9 * 60, 10 * 60, 20)
    found = outings(access, homes, sites, [ALL_DAY] * len(SITES), free)
    # A walk takes the same time both ways.
    assert (found.can_go == (2 * walks_s(access, homes, sites) + 1200 <= 3600)).all()
    assert found.can_go.any()
    assert not found.can_go.all()


def test_going_by_bus_is_possible_wherever_walking_is(pack):
    free = FreeTime(8 * 60 + 30, 9 * 60 + 30, 10)
    can = {}
    for mode in ("walk_pram", "transit_pram@tuesday,08:00-11:00"):
        access = Access.of(pack, mode_named(mode))
        can[mode] = outings(access, access.snap(HOMES), access.snap(SITES), [ALL_DAY] * 4, free).can_go
    walk, bus = can.values()
    assert (bus | ~walk).all()
    assert bus.sum() > walk.sum()


def test_what_makes_no_sense_is_refused(pack):
    with pytest.raises(InputError, match="must start before it ends"):
        FreeTime(600, 540)
    with pytest.raises(InputError, match="does not fit into the 30 minutes"):
        FreeTime(540, 570, 40)
    access = Access.of(pack, MODES["walk_pram"])
    with pytest.raises(InputError, match="hours of 1 sites were given for 4"):
        outings(access, access.snap(HOMES), access.snap(SITES), [ALL_DAY], FreeTime())


@pytest.mark.parametrize("mode", ["walk_pram", "cycle", "drive"])
def test_the_way_back_is_the_way_from_the_site_home_also_where_streets_are_one_way(mode):
    town = open_pack("southend")
    access = Access.of(town, MODES[mode])
    some = np.random.default_rng(5).choice(len(town.demand), 40, replace=False)
    homes = access.snap(town.demand_xy[some])
    sites = access.snap(town.services_of("gp_practice")[["easting", "northing"]].to_numpy(float)[:6])
    found = outings(access, homes, sites, [ALL_DAY] * 6, FreeTime())
    there_s, back_s = walks_s(access, homes, sites), walks_s(access, sites, homes).T
    np.testing.assert_allclose(found.leave_s, FreeTime().end_min * 60 - back_s, atol=0.02)
    np.testing.assert_allclose(found.arrive_s, FreeTime().start_min * 60 + there_s, atol=0.02)
    assert (np.abs(there_s - back_s).max() > 5) == (mode != "walk_pram"), "there are one-way streets"
