"""Benchmark of the travel-time matrix: from every home (origin) to each of 25 sites (destinations)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from analysis.travel.times import TravelTimes, travel_times
from benchmarks.memory import peak_mb
from benchmarks.peers import SplitStreets, igraph_graph, networkx_graph, pandana_network, split
from benchmarks.setting import Options, Outcome, Setting
from benchmarks.timing import Contender, Floats, race

TITLE = "Every home to every one of 25 sites"

_OURS, _SCIPY, _NETWORKX = "travel_times(matrix=True)", "scipy dijkstra, bare", "networkx"
_IGRAPH, _PANDANA = "igraph distances", "pandana shortest_path_lengths"
_NETWORKX_SITES = 3
_PANDANA_ROUNDS_S = 0.5
_READY = "graph split at homes and sites, ready"


def run(setting: Setting) -> Outcome:
    """Measure time and memory of the full matrix; all contenders must give our seconds for every pair."""
    access, sites, options = setting.access, setting.sites, setting.options
    streets = split(access.streets, sites, access.homes)
    matrix = streets.csr()

    def networkx() -> list[Contender]:
        graph = networkx_graph(streets)
        share = len(sites) / _NETWORKX_SITES
        return [
            Contender(
                _NETWORKX,
                f"plain Graph, from {_NETWORKX_SITES} sites, time × {share:.1f} (extrapolated); {_READY}",
                lambda: _networkx_times(graph, streets, _NETWORKX_SITES),
                lambda found: np.column_stack([found, np.full((len(found), len(sites) - _NETWORKX_SITES), np.nan)]),
                most_repeats=2,
                times=share,
            )
        ]

    def igraph() -> list[Contender]:
        graph = igraph_graph(streets)
        return [Contender(_IGRAPH, f"one call, sites to homes; {_READY}", lambda: _igraph_times(graph, streets), _same)]

    def pandana() -> list[Contender]:
        network = pandana_network(streets)
        return [
            Contender(
                _PANDANA,
                f"one call, {len(access.homes) * len(sites):,} pairs; contraction hierarchy ready; {_READY}",
                lambda: _pandana_times(network, streets),
                _same,
                tolerance=_PANDANA_ROUNDS_S,
                most_repeats=5,
            )
        ]

    contenders, skipped = setting.with_peers(
        [
            Contender(
                _OURS,
                "sites and homes mid-street, nearest site as well, every pair",
                lambda: _ours(setting),
                lambda found: found.matrix_s.astype(np.float64),
            ),
            Contender(_SCIPY, f"dijkstra from 25 nodes; {_READY}", lambda: _scipy_times(matrix, streets), _same),
        ],
        {"igraph": igraph, "pandana": pandana, "networkx": networkx},
    )
    wanted = {one.who: one.who for one in contenders if one.who in MEMORY_TASKS}
    work = f"Matrix ({len(access.homes):,} homes × {len(sites)} sites)"
    return Outcome(race(work, contenders, options.repeats, peak_mb("matrix", wanted, options)), [], skipped)


def _same(found: Floats) -> Floats:
    return found


def _ours(setting: Setting) -> TravelTimes:
    return travel_times(setting.access.streets, setting.access.homes, setting.sites, matrix=True)


def _scipy_times(matrix: Any, streets: SplitStreets) -> Floats:
    seconds = dijkstra(matrix, indices=streets.sites)[:, streets.homes].T
    return np.asarray(seconds + streets.home_connector_s[:, None])


def _igraph_times(graph: Any, streets: SplitStreets) -> Floats:
    found = graph.distances(source=streets.sites.tolist(), target=streets.homes.tolist(), weights="s")
    return np.asarray(np.array(found).T + streets.home_connector_s[:, None])


def _pandana_times(network: Any, streets: SplitStreets) -> Floats:
    m, n = len(streets.sites), len(streets.homes)
    found = network.shortest_path_lengths(np.repeat(streets.homes, m), np.tile(streets.sites, n))
    return np.asarray(np.array(found).reshape(n, m) + streets.home_connector_s[:, None])


def _networkx_times(graph: Any, streets: SplitStreets, n_sites: int) -> Floats:
    import networkx as nx

    columns = []
    for site in streets.sites[:n_sites].tolist():
        found = nx.single_source_dijkstra_path_length(graph, site, weight="s")
        columns.append([found.get(home, np.inf) for home in streets.homes.tolist()])
    return np.asarray(np.array(columns).T + streets.home_connector_s[:, None])


def _ours_task(options: Options) -> Callable[[], Any]:
    setting = Setting.of(options)

    def work() -> Any:
        setting.pack.network.for_mode(setting.access.streets.mode)
        return _ours(setting)

    return work


def _peer_task(library: str, work: Callable[[SplitStreets], Any]) -> Callable[[Options], Callable[[], Any]]:
    def prepare(options: Options) -> Callable[[], Any]:
        __import__(library)
        setting = Setting.of(options)
        streets = split(setting.access.streets, setting.sites, setting.access.homes)
        return lambda: work(streets)

    return prepare


# Memory is counted from plain arrays to the finished matrix: each library's graph and its search.
MEMORY_TASKS: Mapping[str, Callable[[Options], Callable[[], Any]]] = MappingProxyType(
    {
        _OURS: _ours_task,
        _SCIPY: _peer_task("scipy", lambda streets: _scipy_times(streets.csr(), streets)),
        _IGRAPH: _peer_task("igraph", lambda streets: _igraph_times(igraph_graph(streets), streets)),
        _PANDANA: _peer_task("pandana", lambda streets: _pandana_times(pandana_network(streets), streets)),
        _NETWORKX: _peer_task("networkx", lambda s: _networkx_times(networkx_graph(s), s, len(s.sites))),
    }
)
