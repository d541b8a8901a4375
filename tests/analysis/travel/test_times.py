"""Travel times against networkx, which splits the streets at every point and searches them in its own way."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.travel.access import Access
from analysis.travel.times import route, travel_times
from geo.errors import InputError
from geo.network.snapping import Reason, Snapped, snap
from geo.sources.osm import compile_network, read_graph
from tests.samples import ON_STREETS as MODES
from tests.samples import (
    ORIGIN,
    RULES,
    Oracle,
    network_of,
    random_network,
    streets_of_graph,
    streets_of_network,
    town_points,
    way_s,
)

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=20, deadline=None, derandomize=True)


def times(network, mode, homes, sites, **options):
    streets = network.for_mode(mode)
    return travel_times(streets, snap(streets, homes), snap(streets, sites), **options)


def assert_same(got, want, atol_s=0.05, rtol=1e-4):
    assert np.array_equal(np.isfinite(got), np.isfinite(want)), "not the same pairs are reached"
    both = np.isfinite(want)
    np.testing.assert_allclose(got[both], want[both], rtol=rtol, atol=atol_s)


def nearest_of(matrix_s):
    return matrix_s.min(axis=1)


# --- against networkx -------------------------------------------------------------------------------------------------


def test_town_times_equal_networkx(town_graph, town, mode):
    homes, sites = town_points(80, seed=1), town_points(20, seed=2)
    got = times(town, mode, homes, sites, matrix=True)
    want = Oracle.of(streets_of_graph(town_graph), mode.name).matrix_s(homes, sites)
    assert 0.8 < np.isfinite(want).mean() < 1
    assert_same(got.matrix_s, want)
    assert_same(got.nearest_s, nearest_of(want))
    reached = got.nearest_site >= 0
    chosen = want[np.flatnonzero(reached), got.nearest_site[reached]]
    np.testing.assert_allclose(chosen, nearest_of(want)[reached], atol=0.05)


def test_modes_differ_in_the_town_as_they_should(town):
    """The town would be no test if its one-way streets, steps and footways changed nothing."""
    homes, sites = town_points(80, seed=1), town_points(20, seed=2)
    by = {name: times(town, mode, homes, sites, matrix=True).matrix_s for name, mode in MODES.items()}
    level = by["walk_adult"] * np.float32(4.8 / 3.6)
    both, wheels = np.isfinite(level), np.isfinite(by["wheelchair"])
    assert (by["walk_pram"][both] > level[both] + 60).any(), "steps cost nobody anything"
    assert (both & ~wheels).any(), "wheels come everywhere"
    as_cars = replace(town, edge_cycle_forward=town.edge_forward, edge_cycle_backward=town.edge_backward)
    there = times(as_cars, MODES["cycle"], homes, sites, matrix=True).matrix_s
    assert (by["cycle"] < there - 5).any(), "no street lets cycles go against the cars"
    loops = times(town, MODES["drive"], homes, homes, matrix=True).matrix_s
    there, back = loops[np.isfinite(loops)], loops.T[np.isfinite(loops)]
    assert (np.abs(there - back) > 20).any(), "one-way streets change nothing"


@few
@given(seed=seeds)
@pytest.mark.parametrize("name", list(MODES))
def test_random_networks_equal_networkx(name, seed):
    network, rng = random_network(seed), np.random.default_rng(seed)
    homes, sites = (rng.uniform(-250, 1150, (count, 2)) + ORIGIN for count in (7, 4))
    homes[:2] = network.node_xy[rng.integers(0, network.n_nodes, 2)]
    sites[:1] = network.node_xy[rng.integers(0, network.n_nodes, 1)]
    homes[2], sites[1] = (line.interpolate(0.4, normalized=True).coords[0] for line in network.lines[:2])
    got = times(network, MODES[name], homes, sites, matrix=True)
    want = Oracle.of(streets_of_network(network), name).matrix_s(homes, sites)
    assert_same(got.matrix_s, want, atol_s=0.01, rtol=1e-6)
    assert_same(got.nearest_s, nearest_of(want), atol_s=0.01, rtol=1e-6)


@pytest.fixture(scope="module")
def pack_streets(pack):
    return streets_of_network(pack.network)


@pytest.mark.slow
def test_pack_times_equal_networkx(pack, pack_streets, mode):
    rng = np.random.default_rng(3)
    homes = pack.demand_xy[rng.choice(len(pack.demand), 50, replace=False)]
    clinics = pack.services_of("gp_practice")[["easting", "northing"]].to_numpy()
    sites = clinics[rng.choice(len(clinics), 5, replace=False)]
    got = times(pack.network, mode, homes, sites, matrix=True)
    want = Oracle.of(pack_streets, mode.name).matrix_s(homes, sites)
    assert np.isfinite(want).mean() > 0.95
    assert_same(got.matrix_s, want, atol_s=0.01, rtol=1e-6)
    assert_same(got.nearest_s, nearest_of(want), atol_s=0.01, rtol=1e-6)


@pytest.fixture(scope="module")
def southend(sources_dir):
    graph = read_graph(sources_dir / "southend" / "osm" / "southend-2021-08.osm.gz", "EPSG:27700")
    return streets_of_graph(graph), compile_network(graph)[0]


@pytest.mark.sources
def test_southend_times_equal_networkx(southend, pack, mode):
    streets, network = southend
    rng = np.random.default_rng(4)
    homes = pack.demand_xy[rng.choice(len(pack.demand), 60, replace=False)]
    services = pack.services[["easting", "northing"]].to_numpy()
    sites = services[rng.choice(len(services), 10, replace=False)]
    got = times(network, mode, homes, sites, matrix=True)
    want = Oracle.of(streets, mode.name).matrix_s(homes, sites)
    assert np.isfinite(want).mean() > 0.9
    assert_same(got.matrix_s, want)
    assert_same(got.nearest_s, nearest_of(want))


# --- direction, connectors and reasons, by hand -----------------------------------------------------------------------

SQUARE = {"a": (0.0, 0.0), "b": (400.0, 0.0), "c": (400.0, 300.0), "d": (0.0, 300.0)}


def one_way_square():
    """Round a block of 400 m by 300 m, one way only: a → b → c → d → a."""
    a, b, c, d = SQUARE.values()
    return network_of(*(([p, q], {"oneway": True, "speed_kmh": 36.0}) for p, q in ((a, b), (b, c), (c, d), (d, a))))


def test_time_runs_from_home_to_site():
    network = one_way_square()
    west, east = [[100.0, 0.0]], [[300.0, 0.0]]
    drive = MODES["drive"]  # 36 km/h is 10 m/s; congestion makes it 15 s for 100 m
    assert times(network, drive, west, east).nearest_s[0] == pytest.approx(30.0)
    assert times(network, drive, east, west).nearest_s[0] == pytest.approx(180.0)
    walk = MODES["walk_pram"]
    assert times(network, walk, west, east).nearest_s[0] == pytest.approx(200.0)
    assert times(network, walk, east, west).nearest_s[0] == pytest.approx(200.0)


def test_nearest_site_is_nearest_in_the_direction_of_travel():
    network = one_way_square()
    sites = [[150.0, 0.0], [400.0, 100.0]]  # 50 m behind the home, and 300 m ahead
    found = times(network, MODES["drive"], [[200.0, 0.0]], sites, matrix=True)
    assert found.nearest_site[0] == 1
    assert found.matrix_s[0].tolist() == pytest.approx([1350 / 10 * 1.5, 300 / 10 * 1.5])


def test_connectors_are_counted_at_both_ends_at_their_own_speed():
    network = network_of(([(0.0, 0.0), (600.0, 0.0)], {"speed_kmh": 36.0}))
    home, site = [[100.0, 48.0]], [[400.0, -24.0]]
    walk = times(network, MODES["walk_adult"], home, site, matrix=True)
    assert walk.nearest_s[0] == pytest.approx((48 + 300 + 24) * 3.6 / 4.8)
    drive = times(network, MODES["drive"], home, site, matrix=True)
    assert drive.nearest_s[0] == pytest.approx(300 / 10 * 1.5 + (48 + 24) * 3.6 / 4.8)
    assert drive.matrix_s[0, 0] == drive.nearest_s[0]


def test_same_street_goes_straight_or_round_whichever_is_quicker():
    hairpin = [(0.0, 0.0), (0.0, 500.0), (40.0, 500.0), (40.0, 0.0)]
    network = network_of(hairpin, [(0.0, 0.0), (40.0, 0.0)])
    low, high = [[0.0, 20.0]], [[40.0, 30.0]]
    assert times(network, MODES["walk_pram"], low, high).nearest_s[0] == pytest.approx(20 + 40 + 30)
    assert times(network, MODES["walk_pram"], [[0.0, 490.0]], [[40.0, 480.0]]).nearest_s[0] == pytest.approx(70)
    assert times(network, MODES["walk_pram"], low, low, matrix=True).matrix_s[0, 0] == 0


def test_a_flight_costs_its_walk_and_the_penalty():
    detour = [(0.0, 0.0), (0.0, 500.0), (100.0, 500.0), (100.0, 0.0)]
    ground, up, terrace = [(0.0, 0.0), (100.0, 0.0)], [(100.0, 0.0), (110.0, 0.0)], [(110.0, 0.0), (200.0, 0.0)]
    network = network_of(detour, (ground, {"highway": "steps"}), (up, {"highway": "steps"}), terrace)
    home, site = [[0.0, 0.0]], [[200.0, 0.0]]
    pram, adult = MODES["walk_pram"], MODES["walk_adult"]
    assert times(network, pram, home, site).nearest_s[0] == pytest.approx(200 + 2 * 120)
    assert times(network, pram.with_steps_penalty(0), home, site).nearest_s[0] == pytest.approx(200)
    assert times(network, adult, home, site).nearest_s[0] == pytest.approx(200 * 0.75)
    assert times(network, adult.with_steps_penalty(60), home, site).nearest_s[0] == pytest.approx(200 * 0.75 + 120)
    # 1,000 m further round is worth a flight that costs more than that, and no more is ever walked to save it.
    for penalty_s, first_flight_s in ((999.0, 1099), (1000.0, 1100), (3600.0, 1100)):
        found = times(network, pram.with_steps_penalty(penalty_s), home, [[100.0, 0.0]])
        assert found.nearest_s[0] == pytest.approx(first_flight_s)


STEPS = {"highway": "steps"}
BOTTOM, TOP = [(0.0, 0.0), (1000.0, 0.0)], [(1000.0, 100.0), (0.0, 100.0)]
RAMP = [(1000.0, 0.0), (1000.0, 100.0)]


def hill(*stairs):
    """A road at the bottom, one at the top, a level way between them 1 km off, and what is given of steps."""
    return network_of(BOTTOM, RAMP, TOP, *stairs)


def test_two_pieces_of_one_flight_cost_one_penalty_and_wheels_go_round():
    flights = ([(0.0, 0.0), (0.0, 50.0)], STEPS), ([(0.0, 50.0), (0.0, 100.0)], STEPS)
    for stairs in (flights, (([(0.0, 0.0), (0.0, 100.0)], STEPS),)):
        for name, metres, seconds in (("walk_pram", 102, 102 + 120), ("wheelchair", 2098, 2098)):
            found = times(hill(*stairs), MODES[name], [[1.0, 0.0]], [[1.0, 100.0]], matrix=True)
            assert found.nearest_s[0] == found.matrix_s[0, 0] == pytest.approx(seconds)
            streets = hill(*stairs).for_mode(MODES[name])
            way = route(streets, snap(streets, [[1.0, 0.0]]), snap(streets, [[1.0, 100.0]]))
            assert way.length_m == pytest.approx(metres)


def terraced():
    """A terrace halfway up the hill with a flight of steps to either road, 100 m apart."""
    terrace = ([(0.0, 50.0), (-40.0, 50.0), (-40.0, 60.0), (0.0, 60.0)], {"highway": "footway"})
    return hill(([(0.0, 0.0), (0.0, 50.0)], STEPS), terrace, ([(0.0, 60.0), (0.0, 100.0)], STEPS))


def test_a_terrace_that_only_steps_lead_to():
    points = [[1.0, 0.0], [1.0, 100.0], [-30.0, 50.0]]
    bottom, top, terrace = range(3)
    found = times(terraced(), MODES["walk_pram"], points, points, matrix=True).matrix_s
    assert found[bottom, top] == found[top, bottom] == pytest.approx(1 + 50 + 120 + 90 + 40 + 120 + 1)
    assert found[terrace, bottom] == found[bottom, terrace] == pytest.approx(30 + 50 + 120 + 1)
    assert found[terrace, top] == found[top, terrace] == pytest.approx(10 + 10 + 40 + 40 + 120 + 1)
    assert np.diag(found).tolist() == [0, 0, 0]
    wheels = times(terraced(), MODES["wheelchair"], points, points[:2], matrix=True)
    assert wheels.matrix_s[bottom, top] == wheels.matrix_s[top, bottom] == pytest.approx(999 + 100 + 999)
    assert np.isinf(wheels.matrix_s[terrace]).all()
    assert np.isinf(wheels.nearest_s[terrace])
    assert wheels.nearest_site.tolist() == [0, 1, -1]
    assert wheels.reason.tolist() == [Reason.REACHED, Reason.REACHED, Reason.BY_STEPS]
    assert Reason.BY_STEPS.words == "only steps lead to its street"
    nowhere = times(terraced(), MODES["wheelchair"], points, [[-20.0, 50.0]])
    assert nowhere.reason.tolist() == [Reason.NO_SITE, Reason.NO_SITE, Reason.BY_STEPS]


def test_a_site_on_a_terrace_lengthens_no_time_to_the_others():
    """The terrace's home is nearer to the road by steps than to a far site on its own level."""
    long_terrace = ([(0.0, 50.0), (-900.0, 50.0)], {"highway": "footway"})
    network = hill(([(0.0, 0.0), (0.0, 50.0)], STEPS), long_terrace)
    home, road, far_end = [[-10.0, 50.0]], [[1.0, 0.0]], [[-890.0, 50.0]]
    alone = times(network, MODES["walk_pram"], home, road)
    both = times(network, MODES["walk_pram"], home, far_end + road, matrix=True)
    assert alone.nearest_s[0] == both.nearest_s[0] == pytest.approx(10 + 50 + 120 + 1)
    assert both.nearest_site[0] == 1
    assert both.matrix_s[0].tolist() == pytest.approx([880, 181])


def test_a_door_on_a_flight_is_reached_by_its_part_of_it():
    network = hill(([(0.0, 0.0), (0.0, 50.0)], STEPS), ([(0.0, 50.0), (-80.0, 50.0)], {"highway": "footway"}))
    low, high, road, terrace = [0.0, 10.0], [0.0, 40.0], [30.0, 0.0], [-30.0, 50.0]
    found = times(network, MODES["walk_pram"], [low, high], [road, terrace, high], matrix=True).matrix_s
    fifth = (50 + 120) / 5
    np.testing.assert_allclose(
        found, [[fifth + 30, 4 * fifth + 30, 3 * fifth], [4 * fifth + 30, fifth + 30, 0]], rtol=1e-6
    )


# --- a place and itself -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_time_from_a_place_to_itself_is_nothing(town, pack, mode):
    """By the street, away from it, in the middle of a one-way street, on an island, out at sea."""
    for network, xy in ((town, town_points(40, 11)), (pack.network, pack.demand_xy[:400])):
        streets = network.for_mode(mode)
        places = snap(streets, xy)
        found = travel_times(streets, places, places, matrix=True)
        assert found.nearest_s.tolist() == [0] * len(xy)
        assert np.diag(found.matrix_s).tolist() == [0] * len(xy)
        assert (found.reason == Reason.REACHED).all()
        assert (xy[found.nearest_site] == xy).all()
        way = route(streets, places.take(np.array([0])), places.take(np.array([0])))
        assert (way.time_s, way.length_m, way.legs) == (0, 0, ())
        assert way.xy.tolist() == [xy[0].tolist()] * 2


def test_two_places_that_meet_the_street_in_one_point_are_not_one_place(mode):
    network = network_of([(0.0, 0.0), (600.0, 0.0)])
    across = times(network, mode, [[100.0, 24.0]], [[100.0, -12.0], [100.0, 24.01]], matrix=True).matrix_s[0]
    assert across.tolist() == pytest.approx([36 * 3.6 / mode.connector_kmh, 48.01 * 3.6 / mode.connector_kmh])
    same = times(network, mode, [[100.0, 24.0]], [[100.0, 24.004]], matrix=True)
    assert same.matrix_s.tolist() == [[0]]
    assert same.nearest_s.tolist() == [0]


def test_a_limit_of_nothing_reaches_the_place_itself(town, mode):
    xy = town_points(10, 12)[1:]
    found = times(town, mode, xy, xy[3:4], limit_s=0.0, matrix=True)
    assert np.flatnonzero(np.isfinite(found.nearest_s)).tolist() == [3]
    assert np.flatnonzero(np.isfinite(found.matrix_s[:, 0])).tolist() == [3]


# --- cycles -----------------------------------------------------------------------------------------------------------


def test_cycles_keep_off_pedestrian_streets():
    short, way_round = [(0.0, 0.0), (140.0, 0.0)], [(0.0, 0.0), (0.0, 210.0), (140.0, 210.0), (140.0, 0.0)]
    network = network_of((short, {"highway": "pedestrian"}), way_round)
    home, site = [[0.0, 0.0]], [[140.0, 0.0]]
    assert times(network, MODES["cycle"], home, site).nearest_s[0] == pytest.approx(560 * 3.6 / 14)
    assert times(network, MODES["walk_adult"], home, site).nearest_s[0] == pytest.approx(140 * 3.6 / 4.8)


def test_cycles_obey_their_own_one_way_rules():
    """One-way for cars from west to east; cycles may go back, and only back on the second block."""
    block = [(0.0, 0.0), (0.0, 100.0), (140.0, 100.0), (140.0, 0.0)]
    ends, cars = [(0.0, 0.0), (140.0, 0.0)], {"oneway": True, "speed_kmh": 36.0}
    west, east = [[0.0, 0.0]], [[140.0, 0.0]]
    for cycle, there_m, back_m in (
        ((True, True), 140, 140),
        ((True, False), 140, 340),
        ((False, True), 340, 140),
    ):
        network = network_of(block, (ends, {**cars, "cycle": cycle}))
        assert times(network, MODES["cycle"], west, east).nearest_s[0] == pytest.approx(there_m * 3.6 / 14)
        assert times(network, MODES["cycle"], east, west).nearest_s[0] == pytest.approx(back_m * 3.6 / 14)
        assert times(network, MODES["drive"], west, east).nearest_s[0] == pytest.approx(21)
        assert times(network, MODES["drive"], east, west).nearest_s[0] == pytest.approx(340 * 1.5 * 3.6 / 30)


def test_cars_and_cycles_keep_off_footways():
    short, way_round = [(0.0, 0.0), (100.0, 0.0)], [(0.0, 0.0), (0.0, 200.0), (100.0, 200.0), (100.0, 0.0)]
    network = network_of((short, {"highway": "footway"}), (way_round, {"speed_kmh": 36.0}))
    home, site = [[0.0, 0.0]], [[100.0, 0.0]]
    assert times(network, MODES["walk_pram"], home, site).nearest_s[0] == pytest.approx(100)
    assert times(network, MODES["cycle"], home, site).nearest_s[0] == pytest.approx(500 * 3.6 / 14)
    assert times(network, MODES["drive"], home, site).nearest_s[0] == pytest.approx(75)


def test_quickest_of_parallel_streets_counts():
    ends = [(0.0, 0.0), (400.0, 0.0)]
    network = network_of(
        ([ends[0], (200.0, 100.0), ends[1]], {"speed_kmh": 72.0}),
        (ends, {"speed_kmh": 10.0}),
        (ends[::-1], {"speed_kmh": 90.0, "oneway": True}),
    )
    bow_m = 2 * np.hypot(200, 100)
    streets = network.for_mode(MODES["drive"])
    ahead = travel_times(streets, snap(streets, [ends[0]]), snap(streets, [ends[1]])).nearest_s[0]
    astern = travel_times(streets, snap(streets, [ends[1]]), snap(streets, [ends[0]])).nearest_s[0]
    assert ahead == pytest.approx(bow_m / 20 * 1.5)
    assert astern == pytest.approx(400 / 25 * 1.5)


def placed(streets, edge, fraction):
    """A point in a chosen place of a chosen street."""
    xy = shapely.get_coordinates(shapely.line_interpolate_point(streets.network.lines[edge], fraction, normalized=True))
    return Snapped(
        xy, np.array([edge], np.int32), np.array([fraction]), np.zeros(1), xy, np.array([Reason.REACHED], np.uint8)
    )


@pytest.mark.parametrize("fraction", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("drawn_backwards", [False, True])
def test_one_way_loop_is_gone_round_from_its_junction(fraction, drawn_backwards):
    loop = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)]
    approach = ([(-200.0, 0.0), (0.0, 0.0)], {"speed_kmh": 36.0})
    network = network_of((loop, {"oneway": True, "speed_kmh": 36.0}), approach)
    if drawn_backwards:
        network = replace(network, edge_forward=network.edge_backward, edge_backward=network.edge_forward)
    streets = network.for_mode(MODES["drive"])
    home, site = placed(streets, 1, 0.0), placed(streets, 0, fraction)
    from_junction_m = 400 * ((-fraction if drawn_backwards else fraction) % 1)
    there_m, back_m = 200 + from_junction_m, 200 + -from_junction_m % 400
    assert travel_times(streets, home, site).nearest_s[0] == pytest.approx(there_m / 10 * 1.5)
    assert travel_times(streets, site, home).nearest_s[0] == pytest.approx(back_m / 10 * 1.5)
    for way, length_m in ((route(streets, home, site), there_m), (route(streets, site, home), back_m)):
        assert way.length_m == pytest.approx(length_m)
        assert np.hypot(*np.diff(way.xy, axis=0).T).sum() == pytest.approx(length_m)


def test_reasons_keep_apart_why_nobody_gets_there(town_graph, mode):
    network, islands = compile_network(town_graph)
    streets = network.for_mode(mode)
    x, y = ORIGIN
    points = [[x + 50, y + 270], [x + 1600, y + 140], [x + 5000, y + 5000]]
    homes = snap(streets, points, islands=islands.frame.geometry.to_numpy())
    reached = travel_times(streets, homes, homes.take(np.array([0])))
    assert reached.reason.tolist() == [Reason.REACHED, Reason.ISLAND, Reason.OFF_NETWORK]
    assert reached.nearest_site.tolist() == [0, -1, -1]
    assert reached.nearest_s[0] < np.inf
    assert np.isinf(reached.nearest_s[1:]).all()
    gone = snap(streets, [[x + 1610, y + 140], [x + 5000, y + 5010]])
    nowhere = travel_times(streets, homes, gone, matrix=True)
    assert nowhere.reason.tolist() == [Reason.NO_SITE, Reason.ISLAND, Reason.OFF_NETWORK]
    assert nowhere.matrix_s.shape == (3, 2)
    assert np.isinf(nowhere.matrix_s).all()
    assert np.isinf(nowhere.node_s).all()


def test_no_sites_at_all_is_a_reason_not_an_error(town):
    found = times(town, MODES["walk_pram"], town_points(10, 1)[3:], np.empty((0, 2)), matrix=True)
    assert np.isinf(found.nearest_s).all()
    assert set(found.reason) <= {Reason.NO_SITE, Reason.OFF_NETWORK}
    assert Reason.NO_SITE in found.reason
    assert found.matrix_s.shape == (7, 0)


def test_no_homes_at_all_gives_empty_times(town):
    found = times(town, MODES["walk_pram"], np.empty((0, 2)), town_points(5, 1), matrix=True)
    assert found.nearest_s.shape == found.nearest_site.shape == found.reason.shape == (0,)
    assert found.matrix_s.shape == (0, 5)


@pytest.mark.parametrize("limit_s", [-1.0, float("nan")])
def test_senseless_limit_is_refused(town, limit_s):
    with pytest.raises(InputError, match="limit"):
        times(town, MODES["walk_pram"], [ORIGIN], [ORIGIN], limit_s=limit_s)


# --- properties -------------------------------------------------------------------------------------------------------


@few
@given(seed=seeds)
@pytest.mark.parametrize("name", list(MODES))
def test_more_sites_never_raise_a_time(name, town, seed):
    homes, sites = town_points(40, seed), town_points(12, seed + 1)[1:]
    fewer = times(town, MODES[name], homes, sites[:5])
    more = times(town, MODES[name], homes, sites)
    assert (more.nearest_s <= fewer.nearest_s).all()
    assert (more.node_s <= fewer.node_s).all()


@few
@given(seed=seeds)
@pytest.mark.parametrize("name", ["walk_pram", "wheelchair"])
def test_more_sites_never_raise_a_time_where_steps_part_a_town(name, seed):
    network, rng = random_network(seed), np.random.default_rng(seed)
    homes, sites = (rng.uniform(-100, 1000, (count, 2)) + ORIGIN for count in (30, 8))
    sites[4:] = network.node_xy[-4:]
    fewer, more = (times(network, MODES[name], homes, some, matrix=True) for some in (sites[:4], sites))
    assert (more.nearest_s <= fewer.nearest_s).all()
    assert (more.node_s <= fewer.node_s).all()
    assert np.array_equal(more.nearest_s, more.matrix_s.min(axis=1))
    assert np.array_equal(more.matrix_s[:, :4], fewer.matrix_s)


@few
@given(seed=seeds)
@pytest.mark.parametrize("name", ["walk_pram", "walk_adult", "walk_toddler", "wheelchair"])
def test_on_foot_there_is_as_far_as_back(name, town, seed):
    here, there = town_points(15, seed), town_points(12, seed + 1)
    ahead = times(town, MODES[name], here, there, matrix=True).matrix_s
    astern = times(town, MODES[name], there, here, matrix=True).matrix_s
    assert np.array_equal(np.isinf(ahead), np.isinf(astern.T))
    np.testing.assert_allclose(ahead, astern.T, rtol=1e-6)


@few
@given(seed=seeds, factor=st.floats(0.3, 3.0))
@pytest.mark.parametrize("name", ["walk_adult", "walk_toddler", "wheelchair", "cycle"])
def test_speed_rescales_time_connectors_included(name, town, seed, factor):
    homes, sites, mode = town_points(20, seed), town_points(6, seed + 1), MODES[name]
    usual = times(town, mode, homes, sites, matrix=True)
    faster = times(town, mode.at_speed(mode.speed_kmh * factor), homes, sites, matrix=True)
    np.testing.assert_allclose(faster.matrix_s * np.float32(factor), usual.matrix_s, rtol=1e-6)


def test_twice_the_speed_is_half_the_time_exactly(pack):
    mode = MODES["walk_adult"]
    halls = pack.services_of("community_hall")
    usual = Access.of(pack, mode).to_sites(halls, matrix=True).matrix_s
    double = Access.of(pack, mode.at_speed(9.6)).to_sites(halls, matrix=True).matrix_s
    assert np.array_equal(double * 2, usual)


def test_steps_penalty_does_not_shrink_with_speed():
    network = network_of(([(0.0, 0.0), (36.0, 0.0)], {"highway": "steps"}), [(36.0, 0.0), (100.0, 0.0)])
    fast = times(network, MODES["walk_pram"].at_speed(7.2), [[0.0, 0.0]], [[100.0, 0.0]])
    assert fast.nearest_s[0] == pytest.approx(100 / 2 + 120)


@few
@given(seed=seeds, limit_s=st.floats(0, 900))
def test_limit_only_turns_longer_times_into_inf(town, seed, limit_s):
    homes, sites = town_points(40, seed), town_points(8, seed + 1)
    free = times(town, MODES["walk_pram"], homes, sites, matrix=True)
    tied = times(town, MODES["walk_pram"], homes, sites, matrix=True, limit_s=limit_s)
    for got, want in ((tied.nearest_s, free.nearest_s), (tied.matrix_s, free.matrix_s)):
        close = np.abs(want - limit_s) < 1e-3  # float32 cannot tell which side it is
        assert np.array_equal(got[~close], np.where(want > limit_s, np.inf, want)[~close].astype(np.float32))
    stopped = np.isinf(tied.nearest_s) & np.isfinite(free.nearest_s)
    assert (tied.reason[stopped] == Reason.BEYOND_LIMIT).all()
    assert (tied.nearest_site[stopped] == -1).all()


def test_limit_of_exactly_the_time_still_reaches():
    network = network_of([(0.0, 0.0), (600.0, 0.0)])
    for limit_s, reached in ((512.0, True), (511.999, False)):
        found = times(network, MODES["walk_pram"], [[0.0, 0.0]], [[512.0, 0.0]], limit_s=limit_s, matrix=True)
        assert np.isfinite(found.nearest_s[0]) == np.isfinite(found.matrix_s[0, 0]) == reached


@few
@given(seed=seeds)
def test_site_off_the_network_is_passed_over(town, seed):
    homes, sites = town_points(30, seed), town_points(6, seed + 1)[1:]
    far = np.array([[ORIGIN[0] + 9000.0, ORIGIN[1]]])
    alone = times(town, MODES["walk_pram"], homes, sites, matrix=True)
    joined = times(town, MODES["walk_pram"], homes, np.concatenate([far, sites]), matrix=True)
    assert np.array_equal(joined.nearest_s, alone.nearest_s)
    assert np.array_equal(joined.nearest_site, np.where(alone.nearest_site >= 0, alone.nearest_site + 1, -1))
    assert np.isinf(joined.matrix_s[:, 0]).all()
    assert np.array_equal(joined.matrix_s[:, 1:], alone.matrix_s)


@few
@given(seed=seeds)
def test_order_of_sites_does_not_matter(town, seed):
    homes, sites = town_points(30, seed), town_points(9, seed + 1)
    order = np.random.default_rng(seed).permutation(9)
    usual = times(town, MODES["drive"], homes, sites, matrix=True)
    mixed = times(town, MODES["drive"], homes, sites[order], matrix=True)
    assert np.array_equal(mixed.matrix_s, usual.matrix_s[:, order])
    assert np.array_equal(mixed.nearest_s, usual.nearest_s)


def test_matrix_agrees_with_nearest_over_more_sites_than_one_batch(pack):
    stops = pack.services_of("bus_stop").iloc[:150]
    found = Access.of(pack, MODES["walk_pram"]).to_sites(stops, matrix=True)
    np.testing.assert_allclose(found.matrix_s.min(axis=1), found.nearest_s, rtol=1e-6)
    chosen = found.matrix_s[np.arange(len(found.nearest_s)), found.nearest_site]
    np.testing.assert_allclose(chosen, found.nearest_s, rtol=1e-6)


# --- routes -----------------------------------------------------------------------------------------------------------


def check_route(way, streets, mode, network_streets, time_s):
    rules = RULES[mode.name]
    assert way.time_s == pytest.approx(time_s, rel=1e-5, abs=0.01)
    drawn_m = np.hypot(*np.diff(way.xy, axis=0).T)
    assert drawn_m.sum() == pytest.approx(way.length_m, abs=0.1)
    home, site = streets
    connectors_m = home.connector_m[0] + site.connector_m[0]
    assert sum(length for _, length in way.legs) + connectors_m == pytest.approx(way.length_m, abs=0.01)
    assert np.allclose(way.xy[0], home.xy[0], atol=0.02)
    assert np.allclose(way.xy[-1], site.xy[0], atol=0.02)
    on_street = way.xy
    if home.connector_m[0] > 0.02:
        on_street = on_street[1:]
    if site.connector_m[0] > 0.02:
        on_street = on_street[:-1]
    seconds = way_s(network_streets, mode.name, on_street) + connectors_m * 3.6 / rules.connector_kmh
    assert seconds == pytest.approx(way.time_s, abs=0.3)
    assert all(a != b for (a, _), (b, _) in zip(way.legs, way.legs[1:], strict=False)), "one street in two legs"


def test_town_routes_follow_streets_and_take_their_time(town, mode):
    streets, drawn = town.for_mode(mode), streets_of_network(town)
    homes, sites = snap(streets, town_points(40, seed=5)), snap(streets, town_points(40, seed=6))
    matrix_s = travel_times(streets, homes, sites, matrix=True).matrix_s
    for i in range(1, 40):  # the first of both is one and the same place
        home, site = homes.take(np.array([i])), sites.take(np.array([i]))
        way = route(streets, home, site)
        assert (way is None) == np.isinf(matrix_s[i, i])
        if way is not None:
            check_route(way, (home, site), mode, drawn, matrix_s[i, i])


@pytest.mark.slow
def test_pack_routes_follow_streets_and_take_their_time(pack, pack_streets, mode):
    streets = pack.network.for_mode(mode)
    rng = np.random.default_rng(8)
    homes = snap(streets, pack.demand_xy[rng.choice(len(pack.demand), 12, replace=False)])
    sites = snap(streets, pack.services_of("nursery")[["easting", "northing"]].to_numpy())
    found = travel_times(streets, homes, sites)
    assert (found.nearest_site >= 0).all()
    for i, nearest in enumerate(found.nearest_site):
        home, site = homes.take(np.array([i])), sites.take(np.array([nearest]))
        check_route(route(streets, home, site), (home, site), mode, pack_streets, found.nearest_s[i])


def test_route_names_the_streets_in_order():
    network = network_of(
        ([(0.0, 0.0), (100.0, 0.0)], {"name": "First Road"}),
        ([(100.0, 0.0), (200.0, 0.0)], {"name": "First Road"}),
        ([(200.0, 0.0), (200.0, 300.0)], {"name": "Second Road"}),
        [(200.0, 300.0), (300.0, 300.0)],
    )
    streets = network.for_mode(MODES["walk_pram"])
    way = route(streets, snap(streets, [[50.0, 10.0]]), snap(streets, [[260.0, 300.0]]))
    assert way.legs == (("First Road", 150.0), ("Second Road", 300.0), ("", 60.0))
    assert way.length_m == pytest.approx(520.0)
    assert way.time_s == pytest.approx(520.0)
    want = [[50, 10], [50, 0], [100, 0], [200, 0], [200, 300], [260, 300]]
    assert way.xy.tolist() == want


def test_route_runs_between_one_and_one(town):
    streets = town.for_mode(MODES["walk_pram"])
    two = snap(streets, town_points(9, 1)[3:5])
    with pytest.raises(InputError, match="one origin and one site"):
        route(streets, two, two.take(np.array([0])))


def test_route_off_the_network_is_none(town):
    streets = town.for_mode(MODES["walk_pram"])
    here, gone = snap(streets, [ORIGIN]), snap(streets, [[0.0, 0.0]])
    assert route(streets, here, gone) is None
    assert route(streets, gone, here) is None
