"""Benchmark of the nearest site (closest facility): time from every junction to the nearest of 25 sites."""

from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from analysis.travel.access import Access
from analysis.travel.times import TravelTimes, travel_times
from benchmarks.peers import SplitStreets, igraph_graph, networkx_graph, networkx_multigraph, pandana_network, split
from benchmarks.setting import Budget, Outcome, Setting, best
from benchmarks.timing import Contender, Floats, Row, quiet, race
from geo.network.modes import mode_named

TITLE = "Nearest of 25 sites for every junction"

_OURS, _SCIPY, _PANDANA = "travel_times", "scipy dijkstra, bare", "pandana nearest_pois"
_JUNCTIONS, _PRAM = "travel_times, no homes", "travel_times, no homes, with a pram"
_NETWORKX, _OSMNX_KIND = "networkx, plain Graph", "networkx, MultiDiGraph"
_PANDANA_ROUNDS_S = 0.5  # pandana keeps times as whole thousandths, link by link


def run(setting: Setting) -> Outcome:
    """Time the nearest-site search; all contenders must give our seconds at every junction."""
    access, sites = setting.access, setting.sites
    streets = split(access.streets, sites)
    n_junctions, matrix = access.pack.network.n_nodes, streets.csr()

    nobody = access.homes.take(np.array([], dtype=np.int64))
    pram = Access.of(access.pack, mode_named("walk_pram"))
    pram_sites = pram.snap(sites.xy)

    def ours() -> TravelTimes:
        return travel_times(access.streets, access.homes, sites)

    work = f"Nearest of {len(sites)} ({n_junctions:,} junctions)"
    furthest_s = float(np.ceil(_finite(ours().node_s).max())) + 1
    setup: list[Row] = []

    def networkx() -> list[Contender]:
        import networkx as nx

        sources = set(streets.sites.tolist())

        def searching(who: str, graph: Any, kind: str) -> Contender:
            return Contender(
                who,
                f"multi_source_dijkstra_path_length, graph ready; {kind}",
                lambda: nx.multi_source_dijkstra_path_length(graph, sources, weight="s"),
                lambda found: _by_node(found, streets.n_nodes)[:n_junctions],
                most_repeats=setting.options.repeats,
            )

        return [
            searching(_NETWORKX, networkx_graph(streets), "the leanest kind"),
            searching(_OSMNX_KIND, networkx_multigraph(streets), "the kind that osmnx makes"),
        ]

    def igraph() -> list[Contender]:
        graph, joined = igraph_graph(streets), igraph_graph(streets, joined=True)
        return [
            Contender(
                "igraph, 25 searches",
                "distances from each site, then the least; graph ready",
                lambda: np.asarray(graph.distances(source=streets.sites.tolist(), weights="s")).min(axis=0),
                lambda found: found[:n_junctions],
            ),
            Contender(
                "igraph, sites joined",
                "one search from an added node with free links to the sites; which site is nearest not known",
                lambda: np.asarray(joined.distances(source=[streets.n_nodes], weights="s"))[0],
                lambda found: found[:n_junctions],
            ),
        ]

    def pandana() -> list[Contender]:
        network, rows = _pandana_ready(streets, furthest_s, min(setting.options.repeats, 3))
        setup.extend(rows)
        return [
            Contender(
                _PANDANA,
                "query only (hierarchy and places ready), bound just past the furthest junction; one thread",
                lambda: network.nearest_pois(furthest_s, "sites", num_pois=1, max_distance=np.inf),
                lambda found: found[1].to_numpy(np.float64)[:n_junctions],
                tolerance=_PANDANA_ROUNDS_S,
            )
        ]

    contenders, skipped = setting.with_peers(
        [
            Contender(
                _OURS,
                f"adding the sites mid-street, the search, which site is nearest, and all {len(access.homes):,} homes",
                ours,
                lambda found: found.node_s.astype(np.float64),
            ),
            Contender(
                _JUNCTIONS,
                "the same without homes: what the other rows do, and which site is nearest",
                lambda: travel_times(access.streets, nobody, sites),
                lambda found: found.node_s.astype(np.float64),
            ),
            Contender(
                _PRAM,
                "the same with a pram: a flight of steps costs more, which makes no other search of it",
                lambda: travel_times(pram.streets, nobody, pram_sites),
                None,
            ),
            Contender(
                _SCIPY,
                "dijkstra(min_only=True) on a ready matrix: seconds at junctions only",
                lambda: dijkstra(matrix, indices=streets.sites, min_only=True),
                lambda found: found[:n_junctions],
            ),
            Contender(
                "scipy dijkstra, which site",
                "the same with return_predecessors=True: also which site is nearest",
                lambda: dijkstra(matrix, indices=streets.sites, min_only=True, return_predecessors=True),
                lambda found: found[0][:n_junctions],
            ),
        ],
        {"pandana": pandana, "igraph": igraph, "networkx": networkx},
    )
    rows = race(work, contenders, 2 * setting.options.repeats)
    return Outcome(rows + setup, _budgets(rows, work), skipped)


def _budgets(rows: list[Row], work: str) -> list[Budget]:
    """Return the budgets: our search alone beside the same work of SciPy, our whole call with homes, and the peers."""
    limits = (
        ("nearest of 25, junctions: time ÷ bare SciPy", _JUNCTIONS, _SCIPY, 1.5, True),
        ("nearest of 25, junctions, with a pram: time ÷ bare SciPy on foot", _PRAM, _SCIPY, 1.5, True),
        ("nearest of 25, homes as well: time ÷ bare SciPy", _OURS, _SCIPY, 1.5, True),
        ("nearest of 25, homes as well: faster than pandana's query", _OURS, _PANDANA, 5.0, False),
        ("nearest of 25, homes as well: faster than networkx, as osmnx makes it", _OURS, _OSMNX_KIND, 20.0, False),
        ("nearest of 25, homes as well: faster than networkx, leanest graph", _OURS, _NETWORKX, 20.0, False),
    )
    found = []
    for words, who, peer, limit, at_most in limits:
        ours, theirs = best(rows, work, who), best(rows, work, peer)
        if ours is not None and theirs is not None:
            found.append(Budget(words, ours / theirs if at_most else theirs / ours, limit, at_most, "×"))
    return found


def _pandana_ready(streets: SplitStreets, furthest_s: float, repeats: int) -> tuple[Any, list[Row]]:
    """Build pandana's network, give it the sites, and time both."""
    x, y = streets.xy[streets.sites].T
    network = pandana_network(streets)

    def give_sites() -> None:
        import pandas as pd

        with quiet():
            network.set_pois("sites", furthest_s, 1, pd.Series(x), pd.Series(y))

    build = Contender("pandana.Network", "contraction hierarchy, once for a network", lambda: pandana_network(streets))
    with_sites = Contender("pandana set_pois", "once for each set of sites", give_sites)
    rows = race("pandana's preparation", [build], repeats) + race("pandana's preparation", [with_sites], repeats)
    return network, [Row(r.work, r.who, r.includes, r.best_s, r.median_s, r.repeats) for r in rows]


def _by_node(found: dict[int, float], n_nodes: int) -> Floats:
    seconds = np.full(n_nodes, np.inf)
    seconds[list(found)] = list(found.values())
    return seconds


def _finite(seconds: Floats) -> Floats:
    return seconds[np.isfinite(seconds)]
