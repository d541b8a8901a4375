"""The street network as arrays: saved and opened, cut, and seen by each mode."""

from dataclasses import fields, replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import PackError
from geo.network.network import StreetNetwork, line_lengths
from tests.samples import ON_STREETS as MODES
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


def test_a_line_break_in_a_name_stays_in_that_name(tmp_path):
    names = ["A\nB", "C", "tab\tand \r return", '"quoted" \\ slashed', "nul\0", "half a pair \ud800"]
    network = network_of(*(([(x, 0.0), (x + 1.0, 0.0)], {"name": name}) for x, name in enumerate(names)))
    network.save(tmp_path / "network.npz")
    opened = StreetNetwork.load(tmp_path / "network.npz")
    assert [opened.street_names[i] for i in opened.edge_name] == names


def test_more_classes_and_names_than_a_narrow_number_holds(tmp_path):
    """Classes used to start again at 256 and names at 65,536."""
    count = 70_000
    one = network_of([(0.0, 0.0), (1.0, 0.0)])
    everywhere = np.arange(count, dtype=np.int32)
    many = replace(
        one,
        **{f.name: np.repeat(getattr(one, f.name), count) for f in fields(one) if f.name.startswith("edge_")},
        vertex_xy=np.tile(one.vertex_xy, (count, 1)),
        vertex_start=np.arange(count + 1, dtype=np.int32) * 2,
        class_names=tuple(f"class {i}" for i in range(300)),
        street_names=tuple(f"Street {i}" for i in range(count)),
    )
    many = replace(many, edge_class=everywhere % 300, edge_name=everywhere)
    many.save(tmp_path / "network.npz")
    opened = StreetNetwork.load(tmp_path / "network.npz")
    assert np.array_equal(opened.edge_class, many.edge_class)
    assert np.array_equal(opened.edge_name, many.edge_name)
    assert (opened.class_names, opened.street_names) == (many.class_names, many.street_names)


def test_network_of_another_format_is_refused(town, tmp_path):
    path = tmp_path / "network.npz"
    town.save(path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(path, **{**arrays, "format": np.array(1)})
    with pytest.raises(PackError, match=r"format 1, this version reads 2\); build the pack again"):
        StreetNetwork.load(path)
    del arrays["format"]  # as the first version wrote it
    np.savez(path, **arrays)
    with pytest.raises(PackError, match="build the pack again"):
        StreetNetwork.load(path)


@pytest.mark.parametrize("names", ['{"a": 1}', '["", 7]', '"ab"', "[", "null"])
@pytest.mark.parametrize("array", ["street_names", "class_names"])
def test_names_that_are_no_list_of_texts_are_a_damaged_file(town, tmp_path, array, names):
    path = tmp_path / "network.npz"
    town.save(path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(path, **{**arrays, array: np.frombuffer(names.encode(), dtype=np.uint8)})
    with pytest.raises(PackError, match=r"network\.npz cannot be read \(.*\); build the pack again"):
        StreetNetwork.load(path)


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
    np.savez(path, node_xy=town.node_xy, format=2)
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
    for name in {field.name for field in fields(part) if field.name.startswith("edge_")} - {"edge_u", "edge_v"}:
        assert np.array_equal(getattr(part, name), getattr(network, name)[keep])


@few
@given(seed=seeds, one_way=st.sampled_from(["", "vehicle", "cycle"]))
def test_components_are_those_of_networkx(seed, one_way):
    network = random_network(seed)
    keep = np.random.default_rng(seed).random(network.n_edges) < 0.5
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for i in np.flatnonzero(keep):
        u, v = int(network.edge_u[i]), int(network.edge_v[i])
        along = {"vehicle": network.edge_forward, "cycle": network.edge_cycle_forward}
        back = {"vehicle": network.edge_backward, "cycle": network.edge_cycle_backward}
        if not one_way or along[one_way][i]:
            graph.add_edge(u, v)
        if not one_way or back[one_way][i]:
            graph.add_edge(v, u)
    label = network.components(keep, one_way=one_way)
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
@pytest.mark.parametrize("name", ["walk_pram", "wheelchair", "cycle", "drive"])
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


def test_steps_cost_a_pram_their_penalty_and_wheels_cannot_take_them():
    street, steps = [(0.0, 0.0), (0.0, 90.0), (60.0, 90.0), (60.0, 0.0)], [(0.0, 0.0), (60.0, 0.0)]
    up, upper = [(60.0, 0.0), (60.0, -36.0)], [(60.0, -36.0), (200.0, -36.0)]
    network = network_of(street, (steps, {"highway": "steps"}), (up, {"highway": "steps"}), upper)
    pram = network.for_mode(MODES["walk_pram"])
    assert pram.forward_s.tolist() == pytest.approx([240, 60 + 120, 36 + 120, 140])
    wheels = network.for_mode(MODES["wheelchair"])
    assert wheels.usable.tolist() == [True, False, False, False]
    assert wheels.by_steps.tolist() == [False, False, False, True]
    assert wheels.forward_s.tolist() == pytest.approx([240, np.inf, np.inf, np.inf])
    for name in ("walk_adult", "walk_toddler", "walk_pram"):
        assert network.for_mode(MODES[name]).usable.all()


def test_pieces_of_one_flight_are_charged_once():
    """Three pieces up a hill, with landings between them: one flight, until a path leads off a landing."""
    steps = {"highway": "steps"}
    road, top = [(0.0, -500.0), (0.0, 0.0)], [(0.0, 60.0), (0.0, 500.0)]
    pieces = [([(0.0, y), (0.0, y + length)], steps) for y, length in ((0.0, 10.0), (10.0, 20.0), (30.0, 30.0))]
    one = network_of(road, *pieces, top).for_mode(MODES["walk_pram"])
    assert one.forward_s.tolist() == pytest.approx([500, 10 + 20, 20 + 40, 30 + 60, 440])
    path = ([(0.0, 30.0), (50.0, 30.0)], {"highway": "footway"})
    two = network_of(road, *pieces, top, path).for_mode(MODES["walk_pram"])
    assert two.forward_s.tolist() == pytest.approx([500, 10 + 40, 20 + 80, 30 + 120, 440, 50])
    # What nobody may use leads off nothing.
    planned = network_of(road, *pieces, top, (path[0], {"highway": "proposed"})).for_mode(MODES["walk_pram"])
    assert planned.forward_s[:5].tolist() == pytest.approx(one.forward_s.tolist())


def test_steps_without_length_are_a_flight_all_the_same():
    steps = ([(9.0, 0.0), (8.0, 0.0), (9.0, 0.0)], {"highway": "steps"})
    network = network_of([(0.0, 0.0), (9.0, 0.0)], steps, [(9.0, 0.0), (99.0, 0.0)])
    flat = replace(network, edge_length_m=np.array([9.0, 0.0, 90.0]))
    assert flat.for_mode(MODES["walk_pram"]).forward_s.tolist() == pytest.approx([9, 120, 90])


def test_on_foot_one_way_means_nothing(town):
    for name in ("walk_pram", "walk_adult", "walk_toddler", "wheelchair"):
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


def test_the_least_time_of_a_step_is_a_millionth_of_a_second():
    network = network_of(*([(x, 0.0), (x + 1.0, 0.0)] for x in (0.0, 1.0, 2.0)))
    short = replace(network, edge_length_m=np.array([0.0, 0.9e-6, 1.1e-6]))
    assert short.for_mode(MODES["walk_pram"]).forward_s.tolist() == pytest.approx([1e-6, 1e-6, 1.1e-6], rel=1e-9)


def test_pack_network_reaches_past_the_boundary(pack):
    wards = shapely.union_all(pack.wards.geometry.to_numpy())
    far_m = shapely.distance(shapely.points(pack.network.node_xy), wards)
    assert far_m.max() > 2000
    assert pack.network.components().max() == 0
