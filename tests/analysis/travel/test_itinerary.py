"""One journey leg by leg: as quick as the search says, on trips that run, with walks as the streets say."""

from itertools import pairwise

import numpy as np
import pytest

from analysis.travel.access import Access
from analysis.travel.itinerary import itinerary
from analysis.travel.times import travel_times
from geo.errors import InputError
from geo.network.modes import MODES, mode_named
from geo.timetable.day import example_date
from tests.samples import ELSEWHERE
from tests.timetables import with_buses

PLACES = np.random.default_rng(5).uniform(0, 2000, (12, 2)) + ELSEWHERE


@pytest.fixture(scope="module", params=[None, 1, 2])
def access(request, tmp_path_factory):
    pack = with_buses(tmp_path_factory.mktemp("packs") / "elsewhere", seed=request.param)
    return Access.of(pack, mode_named("transit_pram@tuesday,08:30-09:30,assumed"))


@pytest.fixture(scope="module")
def asked(access):
    """Places, the sites, and the journey of each place and every third minute."""
    origins = access.snap(PLACES)
    sites = access.to_category("gp_practice").sites
    timing = access.transit.timing
    minutes = range(timing.start_min, timing.end_min + 1, 3)
    found = {
        (n, minute): itinerary(access, origins.take(np.array([n])), sites, 60.0 * minute)
        for n in range(len(origins))
        for minute in minutes
    }
    return origins, sites, found


def test_a_journey_takes_what_the_search_says_of_its_minute(access, asked):
    origins, sites, found = asked
    seconds, site = access.transit.by_minute(origins, sites)
    start = access.transit.timing.start_min
    for (n, minute), journey in found.items():
        assert journey.seconds == pytest.approx(seconds[n, minute - start], abs=0.01)
        assert journey.site == site[n, minute - start]
    assert any(len(journey.rides) > 1 for journey in found.values()), "some change"
    assert any(not journey.rides for journey in found.values()), "some walk all the way"


def test_each_ride_runs_at_these_times_and_each_walk_takes_what_the_streets_say(access, asked):
    origins, sites, found = asked
    timetable = access.pack.timetable
    running = timetable.calendar.runs(example_date(timetable, access.transit.timing))
    trips = [one for one in timetable.trips() if running[one.service]]
    stops = access.snap(timetable.stop_xy)
    names = list(timetable.stop_names)
    for (n, minute), journey in found.items():
        assert journey.legs[0].depart_s >= 60.0 * minute - 0.01
        for one, other in pairwise(journey.legs):
            assert other.depart_s >= one.arrive_s - 0.01, "no wait is negative"
            assert one.end == other.start
        for leg in journey.legs:
            if leg.kind == "ride":
                a, b = names.index(leg.start), names.index(leg.end)
                assert any(
                    timetable.routes[one.route] == leg.route
                    and (a, int(leg.depart_s)) in zip(one.stops, one.depart_s, strict=True)
                    and (b, int(leg.arrive_s)) in zip(one.stops, one.arrive_s, strict=True)
                    and one.stops.index(b) - one.stops.index(a) == leg.stops
                    and leg.towards == names[one.stops[-1]]
                    for one in trips
                )
                continue
            start = stops.take(np.array([names.index(leg.start)])) if leg.start else origins.take(np.array([n]))
            end = stops.take(np.array([names.index(leg.end)])) if leg.end else sites.take(np.array([journey.site]))
            walk_s = float(travel_times(access.streets, start, end).nearest_s[0])
            assert leg.arrive_s - leg.depart_s == pytest.approx(walk_s, abs=0.01)
            assert leg.length_m == pytest.approx(walk_s, abs=0.5), "3.6 km/h is one metre a second"


def test_limits_of_a_journey_hold(access, asked):
    timing = access.transit.timing
    for journey in asked[2].values():
        assert len(journey.rides) <= timing.boardings
        for one, other in pairwise(journey.rides):
            between = other.depart_s - one.arrive_s
            assert timing.change_s - 0.01 <= between <= 60 * (timing.longest_wait_min + timing.longest_change_min)
        for leg in journey.legs:
            if leg.kind == "walk" and journey.rides:
                longest = timing.longest_change_min if leg.start and leg.end else timing.longest_walk_min
                assert leg.arrive_s - leg.depart_s <= 60 * longest + 0.01


def test_a_mode_of_streets_alone_has_no_journey_by_timetable(access):
    walking = Access.of(access.pack, MODES["walk_pram"])
    sites = walking.snap(PLACES[:1])
    with pytest.raises(InputError, match="goes by no timetable"):
        itinerary(walking, walking.snap(PLACES[1:2]), sites, 0.0)
    with pytest.raises(InputError, match="starts at one place"):
        itinerary(access, access.snap(PLACES[:2]), sites, 0.0)
