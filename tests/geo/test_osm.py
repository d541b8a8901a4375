"""From OSM XML to arrays: every awkward kind of street, in files made here."""

import gzip

import numpy as np
import osmnx as ox
import pytest
import shapely

from analysis.travel.times import travel_times
from geo.errors import SourceError
from geo.network.modes import KNOWN_CLASSES, MODES
from geo.network.network import StreetNetwork
from geo.network.snapping import snap
from geo.sources.osm import CLASS_SPEEDS_KMH, compile_network, read_graph
from tests.samples import ORIGIN, write_osm, write_town

X, Y = ORIGIN


def street(network, name):
    """Indices of the edges of that name."""
    return np.flatnonzero(network.edge_name == network.street_names.index(name))


def compiled(tmp_path, places, ways):
    nodes = {ref: (X + x, Y + y) for ref, (x, y) in places.items()}
    return compile_network(read_graph(write_osm(tmp_path / "streets.osm", nodes, ways), "EPSG:27700"))


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
        compile_network(read_graph(path, "EPSG:27700"))[0].save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_zipped_file_is_read_too(tmp_path, town):
    plain = write_town(tmp_path / "town.osm")
    packed = tmp_path / "packed.osm.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    network = compile_network(read_graph(packed, "EPSG:27700"))[0]
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


# --- what is a street, and what is not --------------------------------------------------------------------------------

BLOCK = {1: (0, 0), 2: (400, 0), 3: (400, 300), 4: (0, 300)}


def seconds(network, mode, there, back):
    """Time from one place to another on the compiled streets."""
    streets = network.for_mode(MODES[mode])
    start, end = (snap(streets, [(X + x, Y + y)]) for x, y in (there, back))
    return float(travel_times(streets, start, end).nearest_s[0])


@pytest.mark.parametrize(
    "highway", ["no", "elevator", "corridor", "construction", "proposed", "razed", "yes", "Residential"]
)
def test_what_nobody_may_use_is_left_out_and_counted(tmp_path, highway):
    """A planned bridge neither shortens a way nor joins an island."""
    places = {**BLOCK, 5: (200, 800), 6: (300, 800)}
    ways = [
        ([1, 2, 3, 4], {"highway": "residential"}),
        ([4, 1], {"highway": highway}),
        ([4, 5], {"highway": highway}),
        ([5, 6], {"highway": "residential", "name": "Beyond"}),
        ([1, 3], {"railway": "rail"}),
    ]
    graph = read_graph(
        write_osm(tmp_path / "s.osm", {ref: (X + x, Y + y) for ref, (x, y) in places.items()}, ways), "EPSG:27700"
    )
    network, islands = compile_network(graph)
    assert set(network.class_names) == {"residential"}
    assert network.edge_length_m.tolist() == pytest.approx([1100], abs=0.2), "what is left out makes no junctions"
    assert islands.frame["name"].tolist() == ["Beyond"]
    assert graph.graph["left_out"] == {highway: pytest.approx(0.3 + np.hypot(200, 500) / 1000, abs=0.005)}
    for mode in MODES.values():
        assert network.for_mode(mode).usable.all()
    assert seconds(network, "walk_adult", (0, 0), (0, 300)) == pytest.approx(1100 * 0.75, abs=0.2)


def test_a_file_of_planned_streets_says_so(tmp_path):
    with pytest.raises(SourceError, match=r"streets\.osm: holds no way .* that anybody may use: only proposed, razed"):
        compiled(tmp_path, BLOCK, [([1, 2], {"highway": "proposed"}), ([2, 3], {"highway": "razed"})])


def test_every_class_that_a_mode_may_use_is_kept(tmp_path):
    """Each on a street of its own, one after the other."""
    classes = sorted(KNOWN_CLASSES)
    places = {i: (100 * i, 0) for i in range(len(classes) + 1)}
    network, _ = compiled(tmp_path, places, [([i, i + 1], {"highway": name}) for i, name in enumerate(classes)])
    assert network.class_names == tuple(classes)
    assert {"trunk", "secondary_link", "living_street", "road", "platform"} <= set(classes)


def test_the_streets_of_southend_are_all_used(pack):
    """No class of the real file is lost, and walkers use them all."""
    assert pack.manifest.network.classes_left_out == {}
    assert set(pack.network.class_names) <= MODES["walk_adult"].classes
    assert pack.network.for_mode(MODES["walk_adult"]).usable.all()


# --- cycles -----------------------------------------------------------------------------------------------------------

ROUND = ([2, 3, 4, 1], {"highway": "residential", "name": "Way Round"})
# Cycling from 1 to 2 and back, in metres: 400 along Cross Street, 1,000 the way round.
DIRECTIONS = {
    "a street for both": ({}, 400, 400),
    "one-way": ({"oneway": "yes"}, 400, 1000),
    "one-way, drawn against the cars": ({"oneway": "-1"}, 1000, 400),
    "cycles go both ways": ({"oneway": "yes", "oneway:bicycle": "no"}, 400, 400),
    "both ways, drawn against the cars": ({"oneway": "-1", "oneway:bicycle": "no"}, 400, 400),
    "opposite": ({"oneway": "yes", "cycleway": "opposite"}, 400, 400),
    "opposite lane": ({"oneway": "yes", "cycleway": "opposite_lane"}, 400, 400),
    "opposite on the left": ({"oneway": "yes", "cycleway:left": "opposite_track"}, 400, 400),
    "opposite on the right": ({"oneway": "-1", "cycleway:right": "opposite_lane"}, 400, 400),
    "opposite on both": ({"oneway": "yes", "cycleway:both": "opposite_share_busway"}, 400, 400),
    "a lane that goes with the cars": ({"oneway": "yes", "cycleway": "lane"}, 400, 1000),
    "one-way for cycles only": ({"oneway:bicycle": "yes"}, 400, 1000),
    "one-way for cycles only, against the drawing": ({"oneway:bicycle": "-1"}, 1000, 400),
    "cycles against the cars and never with them": ({"oneway": "yes", "oneway:bicycle": "-1"}, 1000, 400),
    "one-way for all, said twice": ({"oneway": "-1", "oneway:bicycle": "-1"}, 1000, 400),
    "own one-way rule before the lane": ({"oneway": "yes", "oneway:bicycle": "yes", "cycleway": "opposite"}, 400, 1000),
}


@pytest.mark.parametrize("drawn", [[1, 2], [1, 5, 2]], ids=["straight", "bent"])
@pytest.mark.parametrize("case", list(DIRECTIONS))
def test_cycles_go_where_their_own_tags_let_them(tmp_path, case, drawn):
    tags, there_m, back_m = DIRECTIONS[case]
    street = (drawn, {"highway": "residential", "name": "Cross Street", **tags})
    network, _ = compiled(tmp_path, {**BLOCK, 5: (200, 0)}, [street, ROUND])
    ends = (0, 0), (400, 0)
    assert seconds(network, "cycle", *ends) == pytest.approx(there_m * 3.6 / 14, abs=0.1)
    assert seconds(network, "cycle", *ends[::-1]) == pytest.approx(back_m * 3.6 / 14, abs=0.1)
    assert seconds(network, "walk_adult", *ends) == seconds(network, "walk_adult", *ends[::-1])
    kmh = CLASS_SPEEDS_KMH["residential"] / 1.5
    car_there, car_back = {"yes": (400, 1000), "-1": (1000, 400)}.get(tags.get("oneway"), (400, 400))
    assert seconds(network, "drive", *ends) == pytest.approx(car_there * 3.6 / kmh, abs=0.2)
    assert seconds(network, "drive", *ends[::-1]) == pytest.approx(car_back * 3.6 / kmh, abs=0.2)


def test_osmnx_is_left_as_it_was(tmp_path):
    before = list(ox.settings.useful_tags_way), ox.settings.all_oneway
    compiled(tmp_path, BLOCK, [ROUND])
    with pytest.raises(SourceError):
        read_graph(write_osm(tmp_path / "none.osm", {}, []), "EPSG:27700")
    assert (ox.settings.useful_tags_way, ox.settings.all_oneway) == before


def test_a_roundabout_is_one_way(tmp_path):
    ring = ([1, 2, 3, 4, 1], {"highway": "residential", "junction": "roundabout"})
    arms = [([1, 5], {"highway": "residential"}), ([3, 6], {"highway": "residential"})]
    network, _ = compiled(tmp_path, {**BLOCK, 5: (-100, 0), 6: (500, 300)}, [ring, *arms])
    kmh = CLASS_SPEEDS_KMH["residential"] / 1.5
    assert seconds(network, "drive", (0, 0), (400, 300)) == pytest.approx(700 * 3.6 / kmh, abs=0.2)
    assert seconds(network, "drive", (400, 0), (0, 0)) == pytest.approx(1000 * 3.6 / kmh, abs=0.2)
    assert seconds(network, "cycle", (400, 0), (0, 0)) == pytest.approx(1000 * 3.6 / 14, abs=0.1)


# --- rings and names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("oneway", ["yes", "no", "-1"])
def test_a_ring_without_a_junction_is_a_network_or_an_island(tmp_path, oneway):
    ring = ([1, 2, 3, 4, 1], {"highway": "residential", "name": "Ring", "oneway": oneway})
    alone, none = compiled(tmp_path, BLOCK, [ring])
    assert alone.edge_length_m.sum() == pytest.approx(1400, abs=0.3)
    assert none.frame.empty
    assert seconds(alone, "walk_pram", (0, 0), (0, 300)) == pytest.approx(300, abs=0.1)
    kmh = CLASS_SPEEDS_KMH["residential"] / 1.5
    driven_m = 1100 if oneway == "yes" else 300
    assert seconds(alone, "drive", (0, 0), (0, 300)) == pytest.approx(driven_m * 3.6 / kmh, abs=0.2)
    line = ([5, 6], {"highway": "residential", "name": "Long Road"})
    network, islands = compiled(tmp_path, {**BLOCK, 5: (1000, 0), 6: (1000, 3000)}, [ring, line])
    assert network.edge_length_m.tolist() == pytest.approx([3000], abs=0.5)
    assert islands.frame["name"].tolist() == ["Ring"]
    assert islands.frame["length_m"].tolist() == pytest.approx([1400], abs=0.3)
    assert islands.kept_share == pytest.approx(3000 / 4400, abs=1e-4)


def test_a_ring_that_a_street_meets_is_no_island(tmp_path):
    ring = ([1, 2, 3, 4, 1], {"highway": "residential", "name": "Ring"})
    network, islands = compiled(tmp_path, {**BLOCK, 5: (-500, 0)}, [ring, ([5, 1], {"highway": "residential"})])
    assert islands.frame.empty
    assert network.edge_length_m.sum() == pytest.approx(1900, abs=0.4)


def test_a_line_break_in_a_name_leaves_the_others_theirs(tmp_path):
    places = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0)}
    ways = [([i, i + 1], {"highway": "residential", "name": name}) for i, name in ((1, "A&#10;B"), (2, "C"), (3, "D"))]
    network, _ = compiled(tmp_path, places, ways)
    network.save(tmp_path / "network.npz")
    opened = StreetNetwork.load(tmp_path / "network.npz")
    by_x = np.argsort([line.centroid.x for line in opened.lines])
    assert [opened.street_names[i] for i in opened.edge_name[by_x]] == ["A\nB", "C", "D"]


def test_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.osm"):
        read_graph(tmp_path / "nowhere.osm", "EPSG:27700")


@pytest.mark.parametrize(
    "text",
    ["this is not XML", "<osm><way id='1'>", "", "<?xml version='1.0'?><osm version='0.6'></osm>"],
    ids=["prose", "cut off", "empty", "no street"],
)
def test_unreadable_file_is_named(tmp_path, text):
    path = tmp_path / "bad.osm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.osm"):
        read_graph(path, "EPSG:27700")


def test_file_without_streets_is_refused(tmp_path):
    path = write_osm(tmp_path / "river.osm", {1: (X, Y), 2: (X + 50, Y)}, [([1, 2], {"waterway": "river"})])
    with pytest.raises(SourceError, match=r"river\.osm"):
        read_graph(path, "EPSG:27700")
