"""From OSM XML to arrays: every awkward kind of street, in files made here."""

import gzip

import numpy as np
import pytest
import shapely

from geo.errors import SourceError
from geo.modes import MODES
from geo.sources.osm import CLASS_SPEEDS_KMH, compile_network, read_graph
from tests.samples import ORIGIN, write_osm, write_town

X, Y = ORIGIN


def street(network, name):
    """Indices of the edges of that name."""
    return np.flatnonzero(network.edge_name == network.street_names.index(name))


def compiled(tmp_path, places, ways):
    nodes = {ref: (X + x, Y + y) for ref, (x, y) in places.items()}
    return compile_network(read_graph(write_osm(tmp_path / "streets.osm", nodes, ways)))


def test_each_street_stands_once(town, town_graph):
    directed = {(u, v, shapely.get_coordinates(data["geometry"]).tobytes()) for u, v, data in _edges(town_graph)}
    once = {min((u, v, c), (v, u, _reversed(c))) for u, v, c in directed}
    kept = [key for key in once if town_graph.nodes[key[0]]["x"] < X + 1400]
    assert town.n_edges == len(kept)
    assert len(set(zip(town.edge_u, town.edge_v, [line.wkb for line in town.lines], strict=True))) == town.n_edges


def _edges(graph):
    return graph.edges(data=True)


def _reversed(coordinates):
    return np.frombuffer(coordinates).reshape(-1, 2)[::-1].tobytes()


def test_lines_run_from_start_to_end_node(town):
    for i, line in enumerate(town.lines):
        assert line.coords[0] == tuple(town.node_xy[town.edge_u[i]])
        assert line.coords[-1] == tuple(town.node_xy[town.edge_v[i]])
        assert line.length == pytest.approx(town.edge_length_m[i], abs=1e-6)


def test_positions_are_those_of_the_file(tmp_path):
    network, _ = compiled(tmp_path, {1: (0, 0), 2: (120, 160)}, [([1, 2], {"highway": "residential"})])
    assert sorted(np.round(network.node_xy, 1).tolist()) == [[X, Y], [X + 120, Y + 160]]
    assert network.edge_length_m.tolist() == pytest.approx([200], abs=0.02)


def test_one_way_streets_point_as_they_are_driven(town):
    for name, ahead in (("Eastbound Road", (1, 0)), ("Westbound Road", (-1, 0)), ("Northbound Road", (0, 1))):
        for i in street(town, name):
            assert town.edge_forward[i] != town.edge_backward[i], name
            move = town.node_xy[town.edge_v[i]] - town.node_xy[town.edge_u[i]]
            assert (move @ ahead > 0) == town.edge_forward[i], name
    for name in ("High Street", "Loop", "Cul-de-sac", "The Crescent"):
        assert (town.edge_forward & town.edge_backward)[street(town, name)].all(), name


def test_loops_parallels_bridges_and_tunnels_are_kept(town):
    (loop,), (one_way,) = street(town, "Loop"), street(town, "One-way Loop")
    assert town.edge_u[loop] == town.edge_v[loop]
    assert town.edge_u[one_way] == town.edge_v[one_way]
    assert town.edge_forward[one_way] != town.edge_backward[one_way]
    (crescent,) = street(town, "The Crescent")
    ends = {town.edge_u[crescent], town.edge_v[crescent]}
    beside = [i for i in range(town.n_edges) if {town.edge_u[i], town.edge_v[i]} == ends]
    assert len(beside) == 2
    bridges = {town.street_names[i] for i in town.edge_name[town.edge_bridge]}
    tunnels = {town.street_names[i] for i in town.edge_name[town.edge_tunnel]}
    assert (bridges, tunnels) == ({"Footbridge", "Road Bridge"}, {"Road Tunnel"})


def test_one_way_loop_keeps_its_sense(town):
    (i,) = street(town, "One-way Loop")
    ring = shapely.get_coordinates(town.lines[i])
    # The file runs it west, south, east and back north: anticlockwise.
    assert shapely.is_ccw(shapely.linearrings(ring)) == town.edge_forward[i]


def test_speeds_come_from_the_tag_or_the_class(town):
    assert town.edge_speed_kmh[street(town, "High Street")] == pytest.approx(30 * 1.609344, abs=0.1)
    assert (town.edge_speed_kmh[street(town, "Loop")] == CLASS_SPEEDS_KMH["residential"]).all()
    footways = np.array(town.class_names)[town.edge_class] == "footway"
    assert (town.edge_speed_kmh[footways] > 0).all()


def test_island_is_listed_and_left_out(town_graph):
    network, islands = compile_network(town_graph)
    assert islands.frame[["island", "name", "edges"]].to_numpy().tolist() == [[1, "Island Road", 1]]
    length_m = np.hypot(100, 30) + np.hypot(50, 70)
    assert islands.frame["length_m"].tolist() == pytest.approx([length_m], abs=0.1)
    assert islands.kept_share == pytest.approx(1 - length_m / (network.edge_length_m.sum() + length_m), abs=1e-6)
    assert network.node_xy[:, 0].max() < X + 1400
    assert network.components().max() == 0
    assert islands.frame.crs.to_epsg() == 27700


def test_extent_keeps_what_touches_it(town_graph, town):
    network, _ = compile_network(town_graph, shapely.box(X - 10, Y + 180, X + 320, Y + 340))
    assert 0 < network.n_edges < town.n_edges
    assert "Cul-de-sac" not in {network.street_names[i] for i in network.edge_name}
    assert shapely.intersects(network.lines, shapely.box(X - 10, Y + 180, X + 320, Y + 340)).all()
    with pytest.raises(SourceError, match="another place"):
        compile_network(town_graph, shapely.box(0, 0, 10, 10))


def test_same_file_gives_the_same_bytes(tmp_path):
    path = write_town(tmp_path / "town.osm")
    for name in ("a.npz", "b.npz"):
        compile_network(read_graph(path))[0].save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_zipped_file_is_read_too(tmp_path, town):
    plain = write_town(tmp_path / "town.osm")
    packed = tmp_path / "packed.osm.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    network = compile_network(read_graph(packed))[0]
    assert np.array_equal(network.vertex_xy, town.vertex_xy)
    assert np.array_equal(network.edge_forward, town.edge_forward)


def test_a_footway_drawn_over_a_one_way_street_stays_a_street_of_its_own(tmp_path):
    """Two ways through the same two places: what holds for one must not leak into the other."""
    places = {1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200)}
    ways = [
        ([1, 2], {"highway": "residential", "oneway": "yes", "name": "Car Street"}),
        ([1, 2], {"highway": "footway", "name": "Pavement"}),
        ([2, 3, 4, 1], {"highway": "residential", "name": "Way Round"}),
    ]
    network, _ = compiled(tmp_path, places, ways)
    drive = network.for_mode(MODES["drive"])
    on_it = [i for i in range(network.n_edges) if network.edge_length_m[i] == pytest.approx(200, abs=0.1)]
    open_ways = [(bool(np.isfinite(drive.forward_s[i])), bool(np.isfinite(drive.backward_s[i]))) for i in on_it]
    assert sum(ahead + astern for ahead, astern in open_ways) == 1, "a car goes one way along Car Street, no more"
    assert {network.street_names[network.edge_name[i]] for i in on_it} == {"Car Street", "Pavement"}


def test_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.osm"):
        read_graph(tmp_path / "nowhere.osm")


@pytest.mark.parametrize(
    "text",
    ["this is not XML", "<osm><way id='1'>", "", "<?xml version='1.0'?><osm version='0.6'></osm>"],
    ids=["prose", "cut off", "empty", "no street"],
)
def test_unreadable_file_is_named(tmp_path, text):
    path = tmp_path / "bad.osm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.osm"):
        read_graph(path)


def test_file_without_streets_is_refused(tmp_path):
    path = write_osm(tmp_path / "river.osm", {1: (X, Y), 2: (X + 50, Y)}, [([1, 2], {"waterway": "river"})])
    with pytest.raises(SourceError, match=r"river\.osm"):
        read_graph(path)
