"""Benchmark of snapping homes to streets, compared with ``osmnx.distance.nearest_edges`` on the same streets."""

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.setting import Outcome, Setting
from benchmarks.timing import Contender, Floats, race
from geo.network.network import ModeNetwork
from geo.network.snapping import Snapped, snap

TITLE = "Tying every home to its street"

_WORK = "Snap the homes"


def run(setting: Setting) -> Outcome:
    """Time snapping every demand point; all contenders must find the same distances to the street."""
    streets, xy = setting.access.streets, setting.pack.demand_xy
    islands = setting.pack.islands.geometry.to_numpy()
    does = "edge, fraction along it, connector, point on the street, reason"

    def first_time() -> Snapped:
        # A new view of the network, in which its lines and search tree are not made yet.
        network = streets.network.subset(np.ones(streets.network.n_edges, dtype=bool))
        fresh = replace(streets, network=network)
        return snap(fresh, xy, islands=islands)

    def osmnx() -> list[Contender]:
        import osmnx as ox

        graph = _osmnx_graph(streets, setting.pack.crs)
        return [
            Contender(
                "osmnx nearest_edges",
                "lines and tree, made anew at each call; edge and distance only: no fraction, point, reason or limit",
                lambda: ox.distance.nearest_edges(graph, xy[:, 0], xy[:, 1], return_dist=True),
                lambda found: np.asarray(found[1], dtype=np.float64),
                most_repeats=3,
            )
        ]

    contenders, skipped = setting.with_peers(
        [
            Contender(
                "snap, first of a mode", f"copy of the arrays, lines and search tree; {does}", first_time, _distance_m
            ),
            Contender(
                "snap, again", f"search tree kept; {does}", lambda: snap(streets, xy, islands=islands), _distance_m
            ),
        ],
        {"osmnx": osmnx},
    )
    work = f"{_WORK} ({len(xy):,})"
    return Outcome(race(work, contenders, min(setting.options.repeats, 10)), [], skipped)


def _distance_m(snapped: Snapped) -> Floats:
    return snapped.connector_m


def _osmnx_graph(streets: ModeNetwork, crs: str) -> Any:
    """Return the mode's edges in osmnx's form, each once (osmnx itself would have both directions, and be slower)."""
    import networkx as nx

    network = streets.network
    graph = nx.MultiDiGraph(crs=crs)
    graph.add_nodes_from((node, {"x": x, "y": y}) for node, (x, y) in enumerate(network.node_xy.tolist()))
    for edge in streets.usable_edges.tolist():
        u, v = int(network.edge_u[edge]), int(network.edge_v[edge])
        graph.add_edge(u, v, geometry=network.lines[edge], length=float(network.edge_length_m[edge]))
    return graph
