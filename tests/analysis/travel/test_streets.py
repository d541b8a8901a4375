"""Streets by minutes, on the network as it is and as a plan makes it; networkx walks it for comparison."""

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddLink, AtPostcode, Scenario, SetSpeed
from analysis.travel.access import Access
from analysis.travel.streets import piece_times_s, pieces_on, street_pieces
from geo.network.modes import mode_named

ENDS = (AtPostcode("SS3 9XX"), AtPostcode("SS3 9YD"))


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def access(pack):
    return Access.of(pack, mode_named("walk_pram"))


@pytest.fixture(scope="module")
def pieces(access):
    return street_pieces(access)


def times_of(pack, access):
    return access.to_category("childrens_centre")


def walked_s(pack, access):
    """Seconds from every junction to the nearest children's centre by networkx, sites tied to both ends of a street."""
    streets, network = access.streets, access.streets.network
    graph = nx.MultiGraph()
    for edge in np.flatnonzero(streets.usable):
        graph.add_edge(int(network.edge_u[edge]), int(network.edge_v[edge]), weight=float(streets.forward_s[edge]))
    sites = access.snap(pack.services_of("childrens_centre")[["easting", "northing"]].to_numpy(float))
    metre_s = 3.6 / streets.mode.connector_kmh
    for edge, along, off_m in zip(sites.edge, sites.fraction, sites.connector_m, strict=True):
        street_s = float(streets.forward_s[edge])
        graph.add_edge("site", int(network.edge_u[edge]), weight=off_m * metre_s + along * street_s)
        graph.add_edge("site", int(network.edge_v[edge]), weight=off_m * metre_s + (1 - along) * street_s)
    return nx.single_source_dijkstra_path_length(graph, "site")


@pytest.mark.slow
def test_a_new_path_shortens_the_streets_at_its_ends_and_lengthens_none(pack, lab, access, pieces):
    plan = Scenario("Path", pack.code).with_change(AddLink("Path", *ENDS))
    streets = lab.effect(plan).after_times.access.streets
    after = Access(pack, streets, access.homes).to_category("childrens_centre")
    moved = pieces_on(streets, pieces, access.streets)
    # Each piece is still where it was drawn: its middle, found on the other network, is the same place.
    one = shapely.line_interpolate_point(access.streets.network.lines[pieces.edge], pieces.middle, normalized=True)
    other = shapely.line_interpolate_point(streets.network.lines[moved.edge], moved.middle, normalized=True)
    assert shapely.distance(one, other).max() < 0.01
    before_s = piece_times_s(access, pieces, times_of(pack, access))
    after_s = piece_times_s(lab.effect(plan).after_times.access, moved, after)
    assert (after_s <= before_s + 0.5).all()
    assert (after_s < before_s - 60).sum() > 5
    # networkx on the network with the path agrees, for the pieces that changed most.
    found = walked_s(pack, lab.effect(plan).after_times.access)
    network = streets.network
    for row in np.argsort(after_s - before_s)[:40]:
        edge, middle = moved.edge[row], moved.middle[row]
        expected = min(
            middle * streets.forward_s[edge] + found[int(network.edge_u[edge])],
            (1 - middle) * streets.forward_s[edge] + found[int(network.edge_v[edge])],
        )
        assert after_s[row] == pytest.approx(expected, abs=0.5)


def test_another_speed_scales_the_minutes_of_streets(pack, lab, access, pieces):
    usual = mode_named("walk_pram").speed_kmh
    effect = lab.effect(Scenario("Faster", pack.code).with_change(SetSpeed(2 * usual)))
    faster = effect.after_times.access
    before_s = piece_times_s(access, pieces, times_of(pack, access))
    after_s = piece_times_s(faster, pieces, faster.to_category("childrens_centre"))
    ended = np.isfinite(before_s)
    assert np.array_equal(ended, np.isfinite(after_s))
    # The penalty of a flight of steps does not shrink with the speed: nowhere under half, mostly half.
    assert (after_s[ended] >= before_s[ended] / 2 - 0.5).all()
    assert np.median(after_s[ended] / np.maximum(before_s[ended], 1)) == pytest.approx(0.5, abs=0.01)
