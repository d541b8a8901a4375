"""The area within so many minutes: points on streets are inside it when a search from that very point says so."""

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.reach.isochrone import BUFFER_M, isochrone_of, near_parts, people_inside, without_small_holes
from analysis.travel.access import Access
from analysis.travel.times import travel_times
from geo.errors import InputError
from geo.network.modes import MODES, mode_named
from geo.network.snapping import snap
from tests.samples import ELSEWHERE, ON_STREETS, random_network
from tests.timetables import with_buses

CORNER = np.array(ELSEWHERE)


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return with_buses(tmp_path_factory.mktemp("packs") / "elsewhere")


def points_on(streets, rng, each=4):
    """Points on every street, as ``(n, 2)``, and the edge and fraction of each."""
    edges = np.repeat(streets.usable_edges, each)
    fraction = rng.uniform(0.02, 0.98, len(edges))
    lines = streets.network.lines[edges]
    return edges, fraction, shapely.line_interpolate_point(lines, fraction, normalized=True)


def seconds_by_networkx(streets, site, edges, fractions):
    """Seconds from places on streets to a site, by splitting the streets in a graph."""
    network, graph = streets.network, nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for edge in streets.usable_edges.tolist():
        u, v = int(network.edge_u[edge]), int(network.edge_v[edge])
        for a, b, seconds in ((u, v, streets.forward_s[edge]), (v, u, streets.backward_s[edge])):
            if np.isfinite(seconds):
                graph.add_edge(a, b, s=float(seconds))
    edge, at = int(site.edge[0]), float(site.fraction[0])
    straight_s = float(site.connector_m[0]) * 3.6 / streets.mode.connector_kmh
    ahead, back = float(streets.forward_s[edge]), float(streets.backward_s[edge])
    for node, share, whole in ((network.edge_u[edge], at, ahead), (network.edge_v[edge], 1 - at, back)):
        if np.isfinite(whole):
            graph.add_edge(int(node), "site", s=straight_s + share * whole)
    to_site = nx.single_source_dijkstra_path_length(graph.reverse(), "site", weight="s")
    found = []
    for one, fraction in zip(edges.tolist(), fractions.tolist(), strict=True):
        ways = [
            (fraction, streets.backward_s[one], network.edge_u[one]),
            (1 - fraction, streets.forward_s[one], network.edge_v[one]),
        ]
        best = [share * whole + to_site.get(int(node), np.inf) for share, whole, node in ways if np.isfinite(whole)]
        if one == edge:
            whole = ahead if fraction < at else back
            best.append(straight_s + abs(at - fraction) * whole if np.isfinite(whole) else np.inf)
        found.append(min(best, default=np.inf))
    return np.array(found)


@pytest.mark.parametrize("mode", list(ON_STREETS))
@pytest.mark.parametrize("seed", range(12))
def test_a_point_of_a_street_is_near_when_a_search_from_it_says_so(mode, seed):
    streets = random_network(seed).for_mode(MODES[mode])
    if not len(streets.usable_edges):
        return
    rng = np.random.default_rng(seed)
    site = snap(streets, shapely.get_coordinates(points_on(streets, rng)[2])[rng.integers(0, 4, 1)] + 5.0)
    edges, fractions, points = points_on(streets, rng)
    seconds = seconds_by_networkx(streets, site, edges, fractions)
    node_s = travel_times(streets, site, site).node_s.astype(float)
    for share in (0.2, 0.6):
        limit_s = float(np.quantile(seconds[np.isfinite(seconds)], share))
        parts = near_parts(streets, node_s, site, limit_s)
        # Streets may cross or lie on each other without a junction, so near parts are looked for on their own street.
        near = np.array([_on_own(parts, streets.network.lines[e], p) for e, p in zip(edges, points, strict=True)])
        clear = np.abs(seconds - limit_s) > 0.5
        lonely = _on_one_street(streets, points)
        assert near[clear & (seconds < limit_s)].all()
        assert not near[clear & lonely & (seconds > limit_s)].any()


def _on_own(parts, line, point):
    own = parts[shapely.dwithin(parts, point, 0.01)] if len(parts) else parts
    return any(line.buffer(0.02).covers(part) for part in own)


def _on_one_street(streets, points):
    lines = streets.network.lines[streets.usable_edges]
    return np.array([int(shapely.dwithin(lines, point, 0.05).sum()) == 1 for point in points])


@pytest.mark.parametrize("mode", ["walk_pram", "drive", "transit_pram@tuesday,09:00-09:30"])
def test_streets_far_inside_are_in_the_shape_and_streets_far_outside_are_not(pack, mode):
    access = Access.of(pack, mode_named(mode))
    xy = CORNER + np.array([1000, 260])
    minutes = 4.0 if mode == "drive" else 12.0
    found = isochrone_of(access, xy, minutes)
    edges, fractions, points = points_on(access.streets, np.random.default_rng(1))
    if access.transit is None:
        seconds = seconds_by_networkx(access.streets, access.snap([xy]), edges, fractions)
    else:
        seconds = access.between(access.snap(shapely.get_coordinates(points)), access.snap([xy])).nearest_s.astype(
            float
        )
    metres_a_second = 30 / 3.6 if mode == "drive" else 1.0
    buffer_s = 2 * BUFFER_M / metres_a_second
    inside = shapely.covers(found.shape, points)
    if access.transit is None:
        assert inside[seconds <= minutes * 60].all()
    else:  # between two junctions the shape may be a little shorter
        assert inside[seconds <= minutes * 60].mean() > 0.97
    # A street that nears another at a corner is covered by its width.
    outside = seconds > minutes * 60 + buffer_s
    far = shapely.distance(found.streets, points) > BUFFER_M + 0.5
    assert not inside[outside & far].any()
    assert (outside & far).sum() > 20
    if access.transit is None:
        assert not inside[seconds > minutes * 60 + buffer_s].any()


@pytest.mark.parametrize("mode", ["walk_pram", "walk_adult"])
def test_homes_within_the_time_are_no_further_from_the_shape_than_their_way_to_the_street(pack, mode):
    access = Access.of(pack, mode_named(mode))
    found = isochrone_of(access, CORNER + np.array([1000, 800]), 14)
    homes = shapely.points(access.homes.xy)
    assert found.inside.any()
    assert not found.inside.all()
    assert (
        shapely.distance(found.shape, homes)[found.inside] <= np.maximum(access.homes.connector_m[found.inside], 0.1)
    ).all()


def test_people_inside_are_those_of_homes_within_the_time_to_the_nearest_five(pack):
    access = Access.of(pack, MODES["walk_pram"])
    xy = CORNER + np.array([510, 1490])
    found = isochrone_of(access, xy, 15)
    times = access.to_category("pharmacy").nearest_s
    people = pack.measure("children_0_3", "count")
    true = sum(people[n] for n in range(len(people)) if times[n] <= 900)
    shown = people_inside(access, found, measure="children_0_3", baseline="count")
    assert shown % 5 == 0
    assert abs(shown - true) <= 2.5
    assert shown > 0


def test_more_time_makes_it_larger_and_no_time_leaves_the_place_itself(pack):
    access = Access.of(pack, MODES["walk_pram"])
    xy = access.snap([CORNER + np.array([300, 250])]).snapped_xy[0]
    shapes = [isochrone_of(access, xy, minutes).shape for minutes in (0, 5, 10)]
    assert shapes[0].area < 4 * BUFFER_M**2
    assert shapes[1].buffer(0.01).covers(shapes[0])
    assert shapes[2].buffer(0.01).covers(shapes[1])
    assert shapes[2].area > shapes[1].area > shapes[0].area


def test_small_holes_are_filled_and_large_ones_stay():
    square = shapely.box(0, 0, 1000, 1000)
    holes = shapely.union(shapely.box(100, 100, 200, 200), shapely.box(400, 400, 800, 800))
    island = shapely.box(140, 140, 160, 160)
    filled = without_small_holes(shapely.union(square.difference(holes), island))
    assert filled.area == pytest.approx(1000**2 - 400**2)
    assert without_small_holes(shapely.Polygon()).is_empty


def test_what_makes_no_area_is_refused(pack):
    access = Access.of(pack, MODES["walk_pram"])
    for minutes in (-1.0, np.nan, np.inf):
        with pytest.raises(InputError, match="make no area"):
            isochrone_of(access, ELSEWHERE, minutes)
    with pytest.raises(InputError, match="too far from every street"):
        isochrone_of(access, CORNER - 5000, 10)
