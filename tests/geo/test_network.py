"""The street network as arrays: saved and opened, cut, and seen by each mode."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import PackError
from geo.modes import MODES
from geo.network import StreetNetwork, line_lengths
from tests.samples import Oracle, network_of, random_network, streets_of_network

few = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def same(a: StreetNetwork, b: StreetNetwork) -> bool:
    arrays = [name for name in vars(a) if isinstance(getattr(a, name), np.ndarray) and name != "lines"]
    equal = all(np.allclose(getattr(a, name), getattr(b, name), atol=1e-5) for name in arrays)
    return equal and a.class_names == b.class_names and a.street_names == b.street_names


def test_saved_network_comes_back(town, tmp_path):
    town.save(tmp_path / "network.npz")
    opened = StreetNetwork.load(tmp_path / "network.npz")
    assert same(opened, town)
    assert opened.edge_bridge.dtype == bool
    assert opened.edge_bridge.sum() == town.edge_bridge.sum() > 0


@few
@given(seed=seeds)
def test_any_network_comes_back(tmp_path_factory, seed):
    path = tmp_path_factory.mktemp("network") / "network.npz"
    network = random_network(seed)
    network.save(path)
    assert same(StreetNetwork.load(path), network)


def test_street_names_of_any_script_come_back(tmp_path):
    network = network_of(([(0.0, 0.0), (10.0, 0.0)], {"name": "Straße des Étoiles ’7’"}))
    network.save(tmp_path / "network.npz")
    assert StreetNetwork.load(tmp_path / "network.npz").street_names == ("", "Straße des Étoiles ’7’")


def test_network_file_missing_damaged_or_incomplete_is_one_error(town, tmp_path):
    path = tmp_path / "network.npz"
    with pytest.raises(PackError, match=r"network\.npz"):
        StreetNetwork.load(path)
    town.save(path)
    whole = path.read_bytes()
    for broken in (
        whole[: len(whole) // 2],
        whole[:10],
        b"",
        b"not a zip file",
        whole[:200] + b"\0" * 50 + whole[250:],
    ):
        path.write_bytes(broken)
        with pytest.raises(PackError, match=r"network\.npz"):
            StreetNetwork.load(path)
    np.savez(path, node_xy=town.node_xy)
    with pytest.raises(PackError, match="vertex_xy"):
        StreetNetwork.load(path)


@few
@given(seed=seeds)
def test_lengths_are_those_of_the_lines(seed):
    network = random_network(seed)
    got = line_lengths(network.vertex_xy, network.vertex_start)
    np.testing.assert_allclose(got, shapely.length(network.lines), atol=1e-9)


@few
@given(seed=seeds)
def test_subset_keeps_the_chosen_streets_whole(seed):
    network = random_network(seed)
    keep = np.random.default_rng(seed).random(network.n_edges) < 0.6
    keep[0] = True
    part = network.subset(keep)
    assert part.n_edges == keep.sum()
    assert [line.wkb for line in part.lines] == [line.wkb for line in network.lines[keep]]
    for ends, whole_ends in ((part.edge_u, network.edge_u), (part.edge_v, network.edge_v)):
        assert np.array_equal(part.node_xy[ends], network.node_xy[whole_ends[keep]])
    assert set(part.edge_u) | set(part.edge_v) == set(range(part.n_nodes))
    for name in ("edge_class", "edge_name", "edge_forward", "edge_backward", "edge_speed_kmh", "edge_length_m"):
        assert np.array_equal(getattr(part, name), getattr(network, name)[keep])


@few
@given(seed=seeds, strong=st.booleans())
def test_components_are_those_of_networkx(seed, strong):
    network = random_network(seed)
    keep = np.random.default_rng(seed).random(network.n_edges) < 0.5
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for i in np.flatnonzero(keep):
        u, v = int(network.edge_u[i]), int(network.edge_v[i])
        if network.edge_forward[i] or not strong:
            graph.add_edge(u, v)
        if network.edge_backward[i] or not strong:
            graph.add_edge(v, u)
    label = network.components(keep, strong=strong)
    want = {frozenset(nodes) for nodes in nx.strongly_connected_components(graph)}
    assert {frozenset(np.flatnonzero(label == part)) for part in set(label)} == want
    inside = keep & (label[network.edge_u] == label[network.edge_v])
    length_m = np.bincount(label[network.edge_u[inside]], network.edge_length_m[inside], minlength=label.max() + 1)
    assert (np.diff(length_m) <= 1e-9).all(), "the longest part comes first"


@few
@given(seed=seeds)
@pytest.mark.parametrize("name", list(MODES))
def test_mode_may_use_what_its_rules_say(name, seed):
    network = random_network(seed)
    streets = network.for_mode(MODES[name])
    want = {(u, v, round(seconds, 6)) for u, v, _, seconds in Oracle.of(streets_of_network(network), name).steps}
    got = set()
    for i in range(network.n_edges):
        u, v = int(network.edge_u[i]), int(network.edge_v[i])
        assert streets.usable[i] == (np.isfinite(streets.forward_s[i]) or np.isfinite(streets.backward_s[i]))
        got |= {(u, v, round(streets.forward_s[i], 6)), (v, u, round(streets.backward_s[i], 6))}
    assert {step for step in got if np.isfinite(step[2])} == want


@few
@given(seed=seeds)
@pytest.mark.parametrize("name", ["walk_pram", "drive"])
def test_search_matrix_is_transposed_and_keeps_the_quickest(name, seed):
    streets = random_network(seed).for_mode(MODES[name])
    quickest: dict[tuple[int, int], float] = {}
    for i in np.flatnonzero(streets.usable):
        u, v = int(streets.network.edge_u[i]), int(streets.network.edge_v[i])
        for start, end, seconds in ((u, v, streets.forward_s[i]), (v, u, streets.backward_s[i])):
            if start != end and np.isfinite(seconds):
                quickest[end, start] = min(seconds, quickest.get((end, start), np.inf))
    stored = streets.towards.tocoo()
    got = dict(zip(zip(stored.row.tolist(), stored.col.tolist(), strict=True), stored.data, strict=True))
    assert streets.towards.nnz == len(got), "an entry that stands twice would be added up"
    assert got == quickest
    for (end, start), seconds, edge in zip(got, stored.data, streets.towards_edge, strict=True):
        ends = (streets.network.edge_u[edge], streets.network.edge_v[edge])
        assert {start, end} == set(ends)
        assert seconds == (streets.forward_s if ends == (start, end) else streets.backward_s)[edge]


def test_pram_keeps_to_streets_without_steps_where_it_can():
    street, steps = [(0.0, 0.0), (0.0, 90.0), (60.0, 90.0), (60.0, 0.0)], [(0.0, 0.0), (60.0, 0.0)]
    up, upper = [(60.0, 0.0), (60.0, -36.0)], [(60.0, -36.0), (200.0, -36.0)]
    network = network_of(street, (steps, {"highway": "steps"}), (up, {"highway": "steps"}), upper)
    pram = network.for_mode(MODES["walk_pram"])
    assert pram.usable.tolist() == [True, False, True, True]
    assert pram.forward_s[[0, 2, 3]].tolist() == pytest.approx([240, 36 + 120, 140])
    for name in ("walk_adult", "walk_toddler"):
        assert network.for_mode(MODES[name]).usable.all()


def test_on_foot_one_way_means_nothing(town):
    for name in ("walk_pram", "walk_adult", "walk_toddler"):
        streets = town.for_mode(MODES[name])
        assert np.array_equal(streets.forward_s, streets.backward_s)


def test_street_that_cars_may_enter_but_not_leave_is_no_place_for_a_car(town):
    trap = np.array(town.class_names)[town.edge_class] == "service"
    assert trap.any()
    assert not town.for_mode(MODES["drive"]).usable[trap].any()
    assert town.for_mode(MODES["walk_pram"]).usable[trap].all()


def test_zero_length_street_still_counts_as_a_step():
    network = network_of(
        [(0.0, 0.0), (100.0, 0.0)], [(100.0, 0.0), (100.0, 0.0), (100.0, 0.0)], [(100.0, 0.0), (200.0, 0.0)]
    )
    assert (network.for_mode(MODES["walk_pram"]).towards.data > 0).all()


def test_pack_network_reaches_past_the_boundary(pack):
    wards = shapely.union_all(pack.wards.geometry.to_numpy())
    far_m = shapely.distance(shapely.points(pack.network.node_xy), wards)
    assert far_m.max() > 2000
    assert pack.network.components().max() == 0
