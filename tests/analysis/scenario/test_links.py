"""New paths: they help or do nothing, and never shut the steps that families use today."""

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analysis.scenario.lab import Lab
from analysis.scenario.links import LinkedStreets
from analysis.scenario.scenario import AddLink, AtPostcode, Scenario
from analysis.scenario.sites import Link
from analysis.travel.times import travel_times
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.network.snapping import Reason, snap
from tests.samples import ORIGIN, network_of, random_network

PRAM = mode_named("walk_pram")
# Two level streets, 100 m apart, that steps alone join, at one end: 100 m at 1 m/s and 120 s more.
TERRACES = network_of([(0, 0), (1000, 0)], [(0, 100), (1000, 100)], ([(0, 0), (0, 100)], {"highway": "steps"}))


def seconds(streets, home, site) -> float:
    return float(travel_times(streets, snap(streets, [home]), snap(streets, [site])).nearest_s[0])


@pytest.mark.parametrize(
    ("at_m", "expected_s"),
    [
        (990, 232),  # a ramp at the far end: the steps are quicker, and stay open
        (20, 132),  # a ramp close by: 1 + 15 + 100 + 15 + 1 metres
    ],
)
def test_a_ramp_leaves_the_choice_of_the_steps(at_m, expected_s):
    streets = TERRACES.for_mode(PRAM)
    assert seconds(streets, (5, 1), (5, 99)) == pytest.approx(232)
    linked = LinkedStreets.of(streets, [Link("Ramp", (at_m, 0), (at_m, 100))], PRAM)
    assert seconds(linked, (5, 1), (5, 99)) == pytest.approx(expected_s)


def test_a_path_that_ends_on_steps_starts_at_their_nearer_end():
    streets = TERRACES.for_mode(PRAM)
    linked = LinkedStreets.of(streets, [Link("Path", (0, 40), (200, 0))], PRAM)
    assert linked.network.n_nodes == streets.network.n_nodes + 1  # where it meets the street, not halfway up
    assert seconds(linked, (5, 1), (5, 99)) == pytest.approx(232)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["walk_pram", "walk_adult", "wheelchair", "cycle", "drive"]))
def test_no_journey_gets_longer_by_new_paths(seed, name):
    mode, rng = mode_named(name), np.random.default_rng(seed)
    streets = random_network(seed).for_mode(mode)
    ends = rng.choice(streets.network.vertex_xy, (2, 2)) + rng.uniform(-20, 20, (2, 2, 2))
    links = [Link(str(i), tuple(one), tuple(other)) for i, (one, other) in enumerate(ends.tolist())]
    try:
        linked = LinkedStreets.of(streets, links, mode)
    except InputError:
        assume(False)
    xy = rng.uniform(-100, 1000, (40, 2)) + ORIGIN
    homes, sites = snap(streets, xy), snap(streets, xy[::8])
    again, sites_again = snap(linked, xy), snap(linked, xy[::8])
    before = travel_times(streets, homes, sites, matrix=True)
    after = travel_times(linked, again, sites_again, matrix=True)
    assert (after.matrix_s <= before.matrix_s + 1e-3).all()
    assert (after.nearest_s <= before.nearest_s + 1e-3).all()
    if name == "drive":
        np.testing.assert_allclose(after.matrix_s, before.matrix_s, atol=1e-3)


@pytest.fixture(scope="module")
def lab(pack) -> Lab:
    return Lab(pack)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_family_of_southend_loses_by_a_new_path(pack, lab, data):
    rows = st.integers(0, len(pack.postcodes) - 1)
    one, other = (AtPostcode(pack.postcodes["postcode"].iloc[data.draw(rows)]) for _ in range(2))
    link = AddLink("Path", one, other)
    try:
        effect = lab.effect(Scenario("A", "southend", service="nursery").with_change(link))
    except InputError:
        assume(False)
    assert (effect.after_s <= effect.before_s + 1e-2).all()


def test_a_path_to_a_landing_makes_no_two_flights_of_one():
    """Two pieces of steps, one flight: who walks past the landing pays for one flight with the path as without it."""
    pieces = ([(0, 0), (0, 40)], {"highway": "steps"}), ([(0, 40), (0, 100)], {"highway": "steps"})
    streets = network_of([(0, 0), (1000, 0)], [(0, 100), (1000, 100)], *pieces).for_mode(PRAM)
    assert seconds(streets, (5, 1), (5, 99)) == pytest.approx(232)
    linked = LinkedStreets.of(streets, [Link("Path", (0, 45), (900, 0))], PRAM)
    assert seconds(linked, (5, 1), (5, 99)) == pytest.approx(232)


def test_a_ramp_opens_a_terrace_to_wheels():
    """Nothing but steps led there; what was reached before keeps its time."""
    wheels = mode_named("wheelchair")
    streets = network_of(
        [(0, 0), (1000, 0)],
        ([(0, 0), (0, 100)], {"highway": "steps"}),
        ([(0, 100), (500, 100)], {"highway": "footway"}),
    ).for_mode(wheels)
    terrace, road = (300, 110), (800, -10)
    assert snap(streets, [terrace]).reason.tolist() == [Reason.BY_STEPS]
    linked = LinkedStreets.of(streets, [Link("Ramp", (400, 0), (400, 100))], wheels)
    assert snap(linked, [terrace]).reason.tolist() == [Reason.REACHED]
    assert seconds(linked, terrace, road) == pytest.approx(10 + 100 + 100 + 400 + 10)
    # One that ends short of the road opens nothing.
    blind = LinkedStreets.of(streets, [Link("Path", (400, 100), (200, 140))], wheels)
    assert snap(blind, [terrace]).reason.tolist() == [Reason.BY_STEPS]


@pytest.mark.slow
def test_a_ramp_to_what_only_steps_reach_helps_wheels_and_lengthens_nothing(pack, lab):
    """Each such part of Southend where families live is joined to the rest, far from its own steps."""
    wheels = mode_named("wheelchair")
    access = lab.times(wheels).access
    network, homes = access.streets.network, access.homes
    cut_off = np.flatnonzero(homes.reason == Reason.BY_STEPS)
    assert len(cut_off)
    by_steps, main = np.flatnonzero(access.streets.by_steps), np.flatnonzero(access.streets.usable)
    for home in cut_off.tolist():
        lines = network.lines
        near = by_steps[np.argmin(shapely.distance(lines[by_steps], shapely.Point(homes.xy[home])))]
        inside = network.node_xy[network.edge_u[near]]
        far_m = shapely.distance(lines[main], shapely.Point(inside))
        outside = network.node_xy[network.edge_u[main[np.argsort(far_m)[200]]]]
        link = Link("Ramp", tuple(inside.tolist()), tuple(outside.tolist()))
        for mode in (wheels, PRAM):
            times = lab.times(mode, (link,))
            for column in (tuple(row) for row in pack.services_of("nursery")[["easting", "northing"]].to_numpy()[:4]):
                assert (times.column(column) <= lab.times(mode).column(column) + 1e-2).all()
                assert np.isfinite(times.column(column)[home])
