"""Snapping, by hand-made cases."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network.modes import MODES
from geo.network.snapping import MAX_CONNECTOR_M, Reason, snap
from tests.samples import ON_STREETS, network_of, random_network

STREET = [(0.0, 0.0), (400.0, 0.0)]
CROSS = [(400.0, 0.0), (400.0, 300.0)]


def on(*streets, mode="walk_pram"):
    return network_of(*streets).for_mode(MODES[mode])


def one(streets, xy, **options):
    found = snap(streets, [xy], **options)
    assert len(found) == 1
    return found


def test_beside_the_middle_of_a_street():
    found = one(on(STREET, CROSS), (100.0, 30.0))
    assert found.edge.tolist() == [0]
    assert found.fraction.tolist() == pytest.approx([0.25])
    assert found.connector_m.tolist() == pytest.approx([30])
    assert found.snapped_xy.tolist() == [[100, 0]]
    assert found.xy.tolist() == [[100, 30]]
    assert found.reason.tolist() == [Reason.REACHED]


def test_on_a_street_has_no_connector():
    found = one(on(STREET), (300.0, 0.0))
    assert (found.fraction[0], found.connector_m[0]) == (0.75, 0)


def test_at_a_junction_is_at_an_end_of_either_street():
    found = one(on(STREET, CROSS), (400.0, 0.0))
    assert found.connector_m.tolist() == [0]
    assert (int(found.edge[0]), float(found.fraction[0])) in {(0, 1.0), (1, 0.0)}


@pytest.mark.parametrize(("xy", "fraction", "end"), [((-40.0, 30.0), 0, (0, 0)), ((430.0, -40.0), 1, (400, 0))])
def test_beyond_an_end_is_tied_to_the_end(xy, fraction, end):
    found = one(on(STREET), xy)
    assert found.fraction.tolist() == [fraction]
    assert found.connector_m.tolist() == pytest.approx([50])
    assert tuple(found.snapped_xy[0]) == end


def test_fraction_is_along_a_bend_not_along_its_chord():
    bend = [(0.0, 0.0), (0.0, 300.0), (100.0, 300.0)]
    found = one(on(bend), (90.0, 310.0))
    assert found.fraction.tolist() == pytest.approx([390 / 400])
    assert found.snapped_xy.tolist() == [[90, 300]]


def test_nearest_street_not_nearest_junction():
    long_street = [(0.0, 0.0), (2000.0, 0.0)]
    beside = [(1000.0, 60.0), (1000.0, 200.0)]
    link = [(2000.0, 0.0), (2000.0, 200.0), (1000.0, 200.0)]
    found = one(on(long_street, beside, link), (990.0, 20.0))
    assert found.edge.tolist() == [0]
    assert found.connector_m.tolist() == pytest.approx([20])


@pytest.mark.parametrize(
    ("off_m", "reason"), [(299.99, Reason.REACHED), (300.0, Reason.REACHED), (300.01, Reason.OFF_NETWORK)]
)
def test_further_than_300_m_is_reported_not_moved(off_m, reason):
    found = one(on(STREET), (200.0, off_m))
    assert MAX_CONNECTOR_M == 300
    assert found.reason.tolist() == [reason]
    assert found.connector_m.tolist() == pytest.approx([off_m])
    if reason == Reason.OFF_NETWORK:
        assert found.edge.tolist() == [-1]
        assert found.snapped_xy.tolist() == [[200, off_m]]


def test_distance_limit_is_a_parameter():
    assert one(on(STREET), (200.0, 60.0), max_connector_m=50).edge.tolist() == [-1]
    assert one(on(STREET), (200.0, 900.0), max_connector_m=1000).edge.tolist() == [0]


def test_by_an_island_is_told_apart_from_nowhere():
    island = np.array([shapely.LineString([(0, 900), (400, 900)])], dtype=object)
    points = [(200.0, 880.0), (200.0, 1199.0), (200.0, 1201.0), (200.0, 280.0)]
    found = snap(on(STREET), points, islands=island)
    assert found.reason.tolist() == [Reason.ISLAND, Reason.ISLAND, Reason.OFF_NETWORK, Reason.REACHED]
    assert found.edge.tolist() == [-1, -1, -1, 0]
    assert one(on(STREET), (200.0, 880.0)).reason.tolist() == [Reason.OFF_NETWORK]


def test_only_streets_of_the_mode_are_snapped_to():
    streets = [(STREET, {"highway": "footway"}), CROSS, [(0.0, 0.0), (0.0, 300.0), (400.0, 300.0)]]
    home = (200.0, 10.0)
    assert one(on(*streets), home).connector_m.tolist() == pytest.approx([10])
    driven = one(on(*streets, mode="drive"), home)
    assert driven.connector_m.tolist() == pytest.approx([200])
    assert driven.edge[0] != 0


def test_cut_off_streets_are_not_snapped_to():
    found = one(on(STREET, [(0.0, 100.0), (50.0, 100.0)]), (20.0, 90.0))
    assert found.edge.tolist() == [0]
    assert found.connector_m.tolist() == pytest.approx([90])


HILL = (STREET, ([(0.0, 0.0), (0.0, 40.0)], {"highway": "steps"}), ([(0.0, 40.0), (-90.0, 40.0)], {"highway": "path"}))


def test_where_only_steps_lead_to_the_nearest_street_wheels_do_not_come():
    points = [(-50.0, 50.0), (0.0, 30.0), (-50.0, 15.0), (-80.0, 339.0), (-80.0, 341.0)]
    wheels = snap(on(*HILL, mode="wheelchair"), points)
    assert wheels.reason.tolist() == [
        Reason.BY_STEPS,  # on the terrace
        Reason.BY_STEPS,  # by the steps, but nearer to the terrace than to the road
        Reason.BY_STEPS,  # between the two, nearer to the terrace by the way there
        Reason.BY_STEPS,
        Reason.OFF_NETWORK,
    ]
    assert wheels.edge.tolist() == [-1] * 5
    assert np.array_equal(wheels.snapped_xy, wheels.xy)
    assert one(on(*HILL, mode="wheelchair"), (10.0, 10.0)).edge.tolist() == [0]
    # Beside the steps and nearer to the road: the steps themselves are no street for wheels.
    assert one(on(*HILL, mode="wheelchair"), (-1.0, 10.0)).edge.tolist() == [0]
    for name in ("walk_pram", "walk_adult"):
        assert snap(on(*HILL, mode=name), points).edge.tolist() == [2, 1, 2, 2, -1]


def test_at_the_foot_of_the_steps_wheels_are_on_the_road():
    landing = ([(0.0, 0.0), (0.0, 1e-9)], {"highway": "steps"}), ([(0.0, 1e-9), (-90.0, 40.0)], {"highway": "path"})
    assert one(on(STREET, *landing, mode="wheelchair"), (0.0, 0.0)).edge.tolist() == [0]


def test_a_street_that_no_way_at_all_leads_to_is_not_said_to_be_by_steps():
    motorway = ([(0.0, 0.0), (0.0, 500.0)], {"highway": "motorway"}), ([(0.0, 500.0), (50.0, 500.0)], {})
    found = one(on(STREET, *motorway, mode="wheelchair"), (20.0, 490.0))
    assert found.reason.tolist() == [Reason.OFF_NETWORK]


def test_no_points_give_no_points():
    for empty in (np.empty((0, 2)), []):
        found = snap(on(STREET), empty)
        assert len(found) == 0
        assert found.xy.shape == found.snapped_xy.shape == (0, 2)
        assert len(found.take(np.array([], dtype=int))) == 0


def test_no_street_at_all_is_off_the_network():
    found = one(on((STREET, {"highway": "footway"}), mode="drive"), (10.0, 0.0))
    assert found.edge.tolist() == [-1]
    assert found.reason.tolist() == [Reason.OFF_NETWORK]
    assert np.isinf(found.connector_m).all()


@pytest.mark.parametrize("bad", [(np.nan, 0.0), (0.0, np.inf), (np.nan, np.nan)])
def test_points_without_a_position_are_named(bad):
    with pytest.raises(InputError, match="point 2 has no usable position"):
        snap(on(STREET), [(0.0, 0.0), bad])


def test_take_keeps_everything_in_step():
    found = snap(on(STREET, CROSS), [(100.0, 5.0), (390.0, 200.0), (9000.0, 0.0)])
    last_first = found.take(np.array([2, 0]))
    assert last_first.xy.tolist() == [[9000, 0], [100, 5]]
    assert last_first.edge.tolist() == [-1, 0]
    assert last_first.reason.tolist() == [Reason.OFF_NETWORK, Reason.REACHED]
    assert len(found.take(found.edge >= 0)) == 2


def test_every_reason_has_words():
    assert next(reason.words for reason in Reason) == "reached"
    assert len({reason.words for reason in Reason}) == len(Reason)
    assert "300 m" in Reason.OFF_NETWORK.words


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("name", ["walk_pram", "drive"])
def test_nothing_is_nearer_than_what_was_found(name, seed):
    streets = random_network(seed).for_mode(MODES[name])
    lines = streets.network.lines
    xy = np.random.default_rng(seed).uniform(-500, 1500, (25, 2)) + streets.network.node_xy.mean(axis=0) - 500
    found = snap(streets, xy)
    far_m = np.array([[line.distance(shapely.Point(p)) for line in lines[streets.usable]] for p in xy]).min(axis=1)
    np.testing.assert_allclose(found.connector_m, far_m, atol=1e-9)
    assert np.array_equal(found.edge >= 0, far_m <= 300)
    for i in np.flatnonzero(found.edge >= 0):
        assert streets.usable[found.edge[i]]
        there = lines[found.edge[i]].interpolate(found.fraction[i], normalized=True)
        assert np.allclose(there.coords[0], found.snapped_xy[i], atol=1e-6)


def test_homes_of_the_pack_lie_by_streets(pack):
    """Half of them within 30 m, and none moved further than the limit."""
    for mode in ON_STREETS.values():
        found = snap(pack.network.for_mode(mode), pack.demand_xy)
        placed = found.edge >= 0
        assert placed.mean() > 0.999
        assert np.median(found.connector_m) < 30
        assert found.connector_m[placed].max() <= 300
        report = pack.manifest.network.modes[mode.name].homes
        by_steps = found.reason == Reason.BY_STEPS
        assert list(report.off_network) == sorted(pack.demand["postcode"][~placed & ~by_steps])
        assert list(report.by_steps) == sorted(pack.demand["postcode"][by_steps])
        assert by_steps.any() == mode.level_only
        assert report.connector_m.median == round(float(np.median(found.connector_m)), 1)
