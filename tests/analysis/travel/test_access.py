"""An area and a mode, asked together."""

import numpy as np
import pytest

from analysis.travel.access import Access, journeys
from analysis.travel.times import travel_times
from geo.errors import InputError, UnknownNameError
from geo.network.modes import MODES
from geo.network.snapping import Reason, snap


@pytest.fixture(scope="module")
def pram(pack):
    return Access.of(pack, MODES["walk_pram"])


def test_category_means_its_open_services(pack, pram):
    rows = pack.services[(pack.services["category"] == "gp_practice") & (pack.services["status"] == "open")]
    sites = snap(pram.streets, rows[["easting", "northing"]].to_numpy())
    by_hand = travel_times(pram.streets, snap(pram.streets, pack.demand_xy), sites)
    found = pram.to_category("gp_practice")
    assert np.array_equal(found.nearest_s, by_hand.nearest_s)
    assert np.array_equal(found.nearest_site, by_hand.nearest_site)


def test_services_across_the_boundary_are_used(pack, pram):
    """Leaving out the practices outside the borough makes some family's way longer, and nobody's shorter."""
    all_of_them = pack.services_of("gp_practice")
    inside = all_of_them[all_of_them["ward"] != ""]
    assert len(inside) < len(all_of_them)
    with_them, without = pram.to_category("gp_practice").nearest_s, pram.to_sites(inside).nearest_s
    assert (with_them <= without).all()
    assert (with_them < without - 1).any()


def test_every_home_is_reached_with_a_pram(pram):
    found = pram.to_category("childrens_centre")
    assert found.nearest_s.shape == (3642,)
    assert (found.reason == Reason.REACHED).all()
    assert 0 < found.nearest_s.max() < 3 * 3600


def test_homes_in_the_very_place_of_a_service_are_there(pack, pram):
    """Postcodes and services share positions where a service is known by its postcode only."""
    centres = pack.services_of("childrens_centre")[["easting", "northing"]].to_numpy()
    there = (pack.demand_xy[:, None] == centres).all(axis=2).any(axis=1)
    assert there.any()
    assert np.array_equal(pram.to_category("childrens_centre").nearest_s == 0, there)


def test_time_is_never_less_than_the_straight_line(pack, pram):
    centres = pack.services_of("childrens_centre")
    xy = centres[["easting", "northing"]].to_numpy()
    matrix_s = pram.to_sites(centres, matrix=True).matrix_s
    straight_s = np.hypot(*(pack.demand_xy[:, None, :] - xy).transpose(2, 0, 1)) * 3.6 / 3.6
    assert (matrix_s >= straight_s - 0.05).all()


def test_unknown_category_lists_the_valid_ones(pram):
    with pytest.raises(UnknownNameError, match=r"unknown service 'pub'; valid: childrens_centre, gp_practice"):
        pram.to_category("pub")


def test_sites_without_a_position_are_refused(pack, pram):
    sites = pack.services_of("library").copy()
    sites.iloc[1, sites.columns.get_loc("easting")] = np.nan
    with pytest.raises(InputError, match="point 2"):
        pram.to_sites(sites)


def test_street_seconds_are_those_of_the_easier_direction(pack):
    drive = Access.of(pack, MODES["drive"])
    network = pack.network
    seconds = network.edge_length_m * 3.6 / network.edge_speed_kmh * 1.5
    open_ = np.isfinite(drive.edge_length_s)
    np.testing.assert_allclose(drive.edge_length_s[open_], seconds[open_], atol=1e-5)
    assert np.array_equal(open_, drive.streets.usable)
    footway = np.isin(np.array(network.class_names)[network.edge_class], ["footway", "steps", "path", "cycleway"])
    assert not open_[footway].any()


def test_journeys_go_to_the_nearest_of_each_category(pack, pram):
    homes = np.random.default_rng(2).choice(len(pack.demand), 4, replace=False)
    wanted = ["childrens_centre", "gp_practice", "hospital"]
    tables = {category: pram.to_category(category) for category in wanted}
    for home in homes:
        found = journeys(pram, pack.demand_xy[home], wanted)
        assert [journey.category for journey in found] == wanted
        for journey in found:
            times = tables[journey.category]
            services = pack.services_of(journey.category)
            assert journey.service_id == services.index[times.nearest_site[home]]
            assert journey.route.time_s == pytest.approx(times.nearest_s[home], rel=1e-5)
            assert np.allclose(journey.route.xy[0], pack.demand_xy[home], atol=0.02)
            end = services.loc[journey.service_id, ["easting", "northing"]].astype(float)
            assert np.allclose(journey.route.xy[-1], end, atol=0.02)


def test_journey_from_nowhere_reaches_nothing(pram):
    (journey,) = journeys(pram, [580_000.0, 170_000.0], ["library"])
    assert (journey.service_id, journey.route) == ("", None)
