"""The same streets in the form that each peer library searches.

The peers have only junctions, not points along a street. So the streets are really split at sites and homes; then each
library, called in its own best way, answers exactly our question. It is also an independent check
of :mod:`analysis.travel.times`, which never splits a street.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from benchmarks.timing import quiet
from geo.network.network import Floats, ModeNetwork
from geo.network.snapping import Snapped

Indices = npt.NDArray[np.int64]
_SHORTEST_S = 1e-6


@dataclass(frozen=True, eq=False)
class SplitStreets:
    """Two-way streets, split at sites and homes.

    Attributes
    ----------
    xy
        ``(n_nodes, 2)`` metres: the network's junctions first, in their order, then split points, then sites.
    u, v, seconds
        ``(n_links,)`` each link once, parallel links merged to the quickest, no loops.
    sites
        ``(m,)`` node of each site; a link with its connector's seconds joins it to its street.
    homes
        ``(n,)`` node of the street to which each home is snapped; add `home_connector_s`.
    home_connector_s
        ``(n,)`` seconds.
    """

    xy: Floats
    u: Indices
    v: Indices
    seconds: Floats
    sites: Indices
    homes: Indices
    home_connector_s: Floats

    @property
    def n_nodes(self) -> int:
        """Number of junctions, split points and sites."""
        return len(self.xy)

    def csr(self) -> csr_array:
        """Return a symmetric matrix for SciPy, with 32-bit indices as its searches use, so that no call converts it."""
        rows, cols = np.concatenate([self.u, self.v]), np.concatenate([self.v, self.u])
        links = (rows.astype(np.int32), cols.astype(np.int32))
        return csr_array((np.tile(self.seconds, 2), links), shape=(self.n_nodes, self.n_nodes))


def split(streets: ModeNetwork, sites: Snapped, homes: Snapped | None = None) -> SplitStreets:
    """Split the streets of a two-way mode at `sites`, and at `homes` if given; every point must be on the network."""
    network, m = streets.network, len(sites)
    homes = sites.take(np.array([], dtype=np.int64)) if homes is None else homes
    edge = np.concatenate([sites.edge, homes.edge]).astype(np.int64)
    fraction = np.concatenate([sites.fraction, homes.fraction])
    order = np.lexsort((fraction, edge))
    edge, fraction = edge[order], fraction[order]
    node = network.n_nodes + np.arange(len(edge))
    first = np.diff(edge, prepend=-1) != 0
    last = np.diff(edge, append=-1) != 0
    whole_s = streets.forward_s[edge]
    before = np.where(first, network.edge_u[edge], node - 1)
    before_fraction = np.where(first, 0.0, np.concatenate([[0.0], fraction[:-1]]))
    point = np.empty(len(edge), dtype=np.int64)
    point[order] = node
    whole = streets.usable.copy()
    whole[edge] = False
    hanging = network.n_nodes + len(edge) + np.arange(m)
    pace = 3.6 / streets.mode.connector_kmh
    u = np.concatenate([network.edge_u[whole], before, node[last], point[:m]]).astype(np.int64)
    v = np.concatenate([network.edge_v[whole], node, network.edge_v[edge[last]], hanging]).astype(np.int64)
    seconds = np.concatenate(
        [
            streets.forward_s[whole],
            (fraction - before_fraction) * whole_s,
            (1.0 - fraction[last]) * whole_s[last],
            sites.connector_m * pace,
        ]
    )
    u, v, seconds = _merged(u, v, np.maximum(seconds, _SHORTEST_S))
    snapped_xy = np.concatenate([sites.snapped_xy, homes.snapped_xy])[order]
    # A library that finds the node of a site by position must not find the junction beside it instead: so the sites get
    # positions far outside the map. Times come only from the links.
    aside = network.node_xy.max(axis=0) + 1e5 * (1 + np.arange(m))[:, None]
    xy = np.concatenate([network.node_xy, snapped_xy, aside])
    return SplitStreets(xy, u, v, seconds, hanging, point[m:], homes.connector_m * pace)


def _merged(u: Indices, v: Indices, seconds: Floats) -> tuple[Indices, Indices, Floats]:
    low, high = np.minimum(u, v), np.maximum(u, v)
    order = np.lexsort((seconds, high, low))
    low, high, seconds = low[order], high[order], seconds[order]
    keep = (np.diff(low, prepend=-1) != 0) | (np.diff(high, prepend=-1) != 0)
    keep &= low != high
    return low[keep], high[keep], seconds[keep]


def networkx_graph(streets: SplitStreets) -> Any:
    """Return a ``networkx.Graph`` with the weight ``s``."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(streets.n_nodes))
    links = zip(streets.u.tolist(), streets.v.tolist(), streets.seconds.tolist(), strict=True)
    graph.add_weighted_edges_from(links, weight="s")
    return graph


def networkx_multigraph(streets: SplitStreets) -> Any:
    """Return a ``networkx.MultiDiGraph`` with the weight ``s``, as osmnx makes it: each link in both directions."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(streets.n_nodes))
    for u, v, seconds in zip(streets.u.tolist(), streets.v.tolist(), streets.seconds.tolist(), strict=True):
        graph.add_edge(u, v, s=seconds)
        graph.add_edge(v, u, s=seconds)
    return graph


def igraph_graph(streets: SplitStreets, *, joined: bool = False) -> Any:
    """Return an ``igraph.Graph`` with the attribute ``s``; `joined` adds a last node with a free link to every site."""
    import igraph

    links, seconds = np.column_stack([streets.u, streets.v]), streets.seconds
    if joined:
        links = np.concatenate([links, np.column_stack([np.full(len(streets.sites), streets.n_nodes), streets.sites])])
        seconds = np.concatenate([seconds, np.zeros(len(streets.sites))])
    return igraph.Graph(n=streets.n_nodes + joined, edges=links, edge_attrs={"s": seconds.tolist()})


def pandana_network(streets: SplitStreets) -> Any:
    """Return a ``pandana.Network`` with the impedance ``s``; building it includes its contraction hierarchy."""
    import pandana
    import pandas as pd

    nodes = pd.DataFrame(streets.xy, columns=["x", "y"])
    links = pd.DataFrame({"u": streets.u, "v": streets.v, "s": streets.seconds})
    with quiet():
        return pandana.Network(nodes["x"], nodes["y"], links["u"], links["v"], links[["s"]], twoway=True)
