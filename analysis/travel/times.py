"""Travel times (shortest paths) from homes (origins) to sites (destinations), and the route behind each.

One search runs from all sites at once over the transposed network, so that a single pass serves every home and
one-way streets are read in the direction of travel: **from** home **to** site. The search is SciPy's Dijkstra
(Dijkstra 1959, https://doi.org/10.1007/BF01386390). Our own addition ties points to the middle of streets:
a site becomes a new node, joined to both ends of its street, and a home takes the better of its street's
two ends, or goes straight along the street when the site stands on the same one. The times are exactly those of a
network in which every point splits its street in two.

**Steps** cost what :class:`geo.network.modes.Mode` says, as part of the time along their edge, so the search is the
same for every mode. From a position to itself the time is 0: nobody walks to the street and back to stay in one spot.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.errors import InputError
from geo.network.network import Floats, Ints, ModeNetwork
from geo.network.snapping import Reason, Snapped

Seconds = npt.NDArray[np.float32]
_SITES_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Times from ``n`` origins to ``m`` sites.

    Attributes
    ----------
    nearest_s
        ``(n,)`` seconds to the nearest site; ``inf`` where none is reached.
    nearest_site
        ``(n,)`` which site that is; -1 where none is reached.
    reason
        ``(n,)`` a `Reason` for each origin.
    node_s
        ``(n_nodes,)`` seconds from each junction to the nearest site, for drawing streets by time.
    matrix_s
        ``(n, m)`` seconds from every origin to every site, or None when it was not asked for.
    sites
        The sites, for what is worked out only when it is drawn.
    """

    nearest_s: Seconds
    nearest_site: Ints
    reason: npt.NDArray[np.uint8]
    node_s: Seconds
    matrix_s: Seconds | None = None
    sites: Snapped | None = None


@dataclass(frozen=True, eq=False)
class Route:
    """The quickest route (shortest path by time) from one origin to one site.

    Attributes
    ----------
    time_s, length_m
        Seconds and metres, both connectors included.
    xy
        ``(n, 2)`` points to draw, metres, from the origin to the site; at least two, which may be the same point.
    legs
        Street name (empty where it has none) and metres, in order; neighbouring pieces of one name joined.
    """

    time_s: float
    length_m: float
    xy: Floats
    legs: tuple[tuple[str, float], ...]


def travel_times(
    streets: ModeNetwork,
    origins: Snapped,
    sites: Snapped,
    *,
    limit_s: float = np.inf,
    matrix: bool = False,
) -> TravelTimes:
    """Time from every origin to the nearest site, and to each site if asked.

    Parameters
    ----------
    streets
        The network of one mode; both sets of points must have been snapped to it.
    origins
        ``n`` homes.
    sites
        ``m`` services. A site that is off the network is left out, except for a home at exactly the same position.
    limit_s
        Do not look further than this many seconds.
    matrix
        Whether to work out every pair as well.

    Raises
    ------
    InputError
        When `limit_s` is negative or not a number.
    """
    if not limit_s >= 0:
        raise InputError(f"a limit of {limit_s} seconds makes no sense: give 0 or more")
    placed = np.flatnonzero(sites.edge >= 0)
    on_network = sites.take(placed)
    count = len(origins)
    total, site = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    node_s = np.full(streets.network.n_nodes, np.inf)
    matrix_s = np.full((count, len(sites)), np.inf, dtype=np.float32) if matrix else None
    if len(placed):
        n_nodes = streets.network.n_nodes
        at_ends = _remembered_ends(streets, origins)
        search = _with_sites(streets, on_network)
        virtual = np.arange(n_nodes, n_nodes + len(placed))
        dist, _, source = dijkstra(search, indices=virtual, min_only=True, limit=limit_s, return_predecessors=True)
        total, end = at_ends.onward(dist)
        found = np.isfinite(total)  # only a source that was reached is the number of a site
        site[found] = placed[source[end[found]] - n_nodes]
        node_s = dist[:n_nodes]
        if matrix_s is not None:
            _fill(matrix_s, search, n_nodes, at_ends, placed, limit_s)
    pairs = [(home, int(placed[near]), s) for home, near, s in _same_street(streets, origins, on_network)]
    for home, near, seconds in pairs + _same_position(origins, sites):
        if seconds < total[home]:
            total[home], site[home] = seconds, near
        if matrix_s is not None:
            matrix_s[home, near] = min(matrix_s[home, near], np.float32(seconds))
    total[total > limit_s] = np.inf
    if matrix_s is not None:
        matrix_s[matrix_s > limit_s] = np.inf
    nearest_s = total.astype(np.float32)
    reached = np.isfinite(nearest_s)
    beyond = Reason.BEYOND_LIMIT if len(placed) else Reason.NO_SITE
    reason = np.where(reached, Reason.REACHED, np.where(origins.edge < 0, origins.reason, beyond))
    return TravelTimes(
        nearest_s=nearest_s,
        nearest_site=np.where(reached, site, -1).astype(np.int32),
        reason=reason.astype(np.uint8),
        node_s=node_s.astype(np.float32),
        matrix_s=matrix_s,
        sites=sites,
    )


def route(streets: ModeNetwork, origin: Snapped, site: Snapped) -> Route | None:
    """Return the quickest route from one origin to one site, or None when there is none.

    Parameters
    ----------
    streets
        The network of one mode.
    origin, site
        One snapped point each.

    Raises
    ------
    InputError
        When either holds more or fewer points than one.
    """
    if len(origin) != 1 or len(site) != 1:
        raise InputError("a route runs between one origin and one site")
    if _same_position(origin, site):
        return Route(0.0, 0.0, np.concatenate([origin.xy, site.xy]), ())
    if origin.edge[0] < 0 or site.edge[0] < 0:
        return None
    n_nodes = streets.network.n_nodes
    search = _with_sites(streets, site)
    dist, previous = dijkstra(search, indices=n_nodes, return_predecessors=True)
    total, end = _Ends.of(streets, origin).onward(dist)
    along = [(seconds, None) for _, _, seconds in _same_street(streets, origin, site)]
    time_s, node = min([(float(total[0]), int(end[0])), *along], key=lambda way: way[0])
    if not np.isfinite(time_s):
        return None
    if node is None:
        pieces = [(int(origin.edge[0]), float(origin.fraction[0]), float(site.fraction[0]))]
    else:
        pieces = _pieces(streets, origin, site, node, previous)
    return _drawn(streets, origin, site, time_s, pieces)


@dataclass(frozen=True, eq=False)
class _Ends:
    """Both ends of each origin's street: node ``(n,)`` and seconds to get there, connector included."""

    node_u: Ints
    node_v: Ints
    to_u_s: Floats
    to_v_s: Floats

    @classmethod
    def of(cls, streets: ModeNetwork, points: Snapped) -> "_Ends":
        network, on = streets.network, points.edge >= 0
        edge = np.where(on, points.edge, 0)
        connector_s = np.where(on, _connector_s(streets, points), np.inf)
        to_u_s = connector_s + _part(points.fraction, streets.backward_s[edge])
        to_v_s = connector_s + _part(1.0 - points.fraction, streets.forward_s[edge])
        return cls(network.edge_u[edge], network.edge_v[edge], to_u_s, to_v_s)

    def onward(self, node_s: Floats) -> tuple[Floats, Ints]:
        """Return seconds by the better end, from the seconds that remain at each node; and which end that is."""
        by_u, by_v = self.to_u_s + node_s[self.node_u], self.to_v_s + node_s[self.node_v]
        return np.minimum(by_u, by_v), np.where(by_u <= by_v, self.node_u, self.node_v)


@lru_cache(maxsize=4)
def _remembered_ends(streets: ModeNetwork, origins: Snapped) -> _Ends:
    """Return both ends of every origin's street: the same homes come with every new set of sites."""
    return _Ends.of(streets, origins)


def _part(share: Floats | float, whole_s: Floats) -> Floats:
    """Take a share of an edge's seconds; a point at the end of the edge costs nothing, even where the way is closed."""
    with np.errstate(invalid="ignore"):
        return np.where(share > 0, share * whole_s, 0.0)


def _connector_s(streets: ModeNetwork, points: Snapped) -> Floats:
    seconds: Floats = points.connector_m * 3.6 / streets.mode.connector_kmh
    return seconds


def _with_sites(streets: ModeNetwork, sites: Snapped) -> csr_array:
    """Return the transposed network with a node added for each site, a step from it to either end of its street."""
    network, base = streets.network, streets.towards
    connector_s = _connector_s(streets, sites)
    from_u = connector_s + _part(sites.fraction, streets.forward_s[sites.edge])
    from_v = connector_s + _part(1.0 - sites.fraction, streets.backward_s[sites.edge])
    seconds = np.maximum(np.column_stack([from_u, from_v]), 1e-9)
    ends = np.column_stack([network.edge_u[sites.edge], network.edge_v[sites.edge]])
    open_ = np.isfinite(seconds)
    # SciPy adds up repeated entries, so a loop (both ends one node) keeps the quicker way in only.
    loop = ends[:, 0] == ends[:, 1]
    open_[loop, 0] &= seconds[loop, 0] <= seconds[loop, 1]
    open_[loop, 1] &= ~open_[loop, 0]
    size = network.n_nodes + len(sites)
    indptr = np.concatenate([base.indptr, base.indptr[-1] + np.cumsum(open_.sum(axis=1), dtype=np.int32)])
    indices = np.concatenate([base.indices, ends[open_]])
    return csr_array((np.concatenate([base.data, seconds[open_]]), indices, indptr), shape=(size, size))


def _same_street(streets: ModeNetwork, origins: Snapped, sites: Snapped) -> list[tuple[int, int, float]]:
    """(origin, site, seconds) for each pair on one street with the way between them open."""
    has_site = np.zeros(streets.network.n_edges + 1, dtype=bool)  # the last one stands for -1, "on no street"
    has_site[sites.edge] = True
    has_site[-1] = False
    shared = np.flatnonzero(has_site[origins.edge])
    if not len(shared):
        return []
    of_edge: dict[int, list[int]] = {}
    for site, edge in enumerate(sites.edge.tolist()):
        of_edge.setdefault(edge, []).append(site)
    origin_s, site_s = _connector_s(streets, origins.take(shared)), _connector_s(streets, sites)
    pairs = []
    for row, home in enumerate(shared.tolist()):
        edge = int(origins.edge[home])
        for site in of_edge[edge]:
            ahead = float(sites.fraction[site] - origins.fraction[home])
            whole_s = streets.forward_s[edge] if ahead > 0 else streets.backward_s[edge]
            along_s = abs(ahead) * whole_s if ahead else 0.0
            pairs.append((home, site, float(origin_s[row] + along_s + site_s[site])))
    return pairs


def _same_position(origins: Snapped, sites: Snapped) -> list[tuple[int, int, float]]:
    """(origin, site, 0.0) for each pair at the same position to the centimetre, on a street or off the network."""
    if not len(sites):
        return []
    here, there = _centimetres(origins), _centimetres(sites)
    order = np.argsort(there, kind="stable")
    first = np.minimum(np.searchsorted(there, here, sorter=order), len(sites) - 1)
    shared = np.flatnonzero(there[order[first]] == here).tolist()
    return [(home, site, 0.0) for home in shared for site in np.flatnonzero(there == here[home]).tolist()]


def _centimetres(points: Snapped) -> npt.NDArray[np.int64]:
    """``(n,)`` one number for each position to the centimetre, so that equal positions have equal numbers."""
    east, north = np.rint(points.xy * 100).astype(np.int64).T
    both: npt.NDArray[np.int64] = (east << 32) + north
    return both


def _fill(
    matrix_s: Seconds, search: csr_array, n_nodes: int, at_ends: _Ends, placed: npt.NDArray[np.intp], limit_s: float
) -> None:
    """Write the seconds to each of the sites in `placed`, by the streets, into their columns."""
    for start in range(0, len(placed), _SITES_AT_ONCE):
        columns = placed[start : start + _SITES_AT_ONCE]
        dist = dijkstra(search, indices=n_nodes + start + np.arange(len(columns)), limit=limit_s)
        for row, column in enumerate(columns):
            matrix_s[:, column] = at_ends.onward(dist[row])[0]


def _pieces(
    streets: ModeNetwork, origin: Snapped, site: Snapped, node: int, previous: Ints
) -> list[tuple[int, float, float]]:
    """(edge, from, to) for each piece of the way, as fractions along the edge."""
    network, site_node = streets.network, streets.network.n_nodes
    towards, towards_edge = streets.towards, streets.towards_edge
    edge = int(origin.edge[0])
    leaves_by_start = node == network.edge_u[edge] and (
        node != network.edge_v[edge] or _leaves_by_start(streets, origin)
    )
    pieces = [(edge, float(origin.fraction[0]), 0.0 if leaves_by_start else 1.0)]
    while previous[node] != site_node:
        onward = int(previous[node])
        row = slice(towards.indptr[onward], towards.indptr[onward + 1])
        edge = int(towards_edge[row][towards.indices[row] == node][0])
        forward = network.edge_u[edge] == node
        pieces.append((edge, 0.0, 1.0) if forward else (edge, 1.0, 0.0))
        node = onward
    edge, fraction = int(site.edge[0]), float(site.fraction[0])
    enters_at_start = node == network.edge_u[edge] and (
        node != network.edge_v[edge]
        or _part(fraction, streets.forward_s[edge]) <= _part(1 - fraction, streets.backward_s[edge])
    )
    pieces.append((edge, 0.0 if enters_at_start else 1.0, fraction))
    return pieces


def _leaves_by_start(streets: ModeNetwork, origin: Snapped) -> bool:
    ends = _Ends.of(streets, origin)
    return bool(ends.to_u_s[0] <= ends.to_v_s[0])


def _drawn(
    streets: ModeNetwork,
    origin: Snapped,
    site: Snapped,
    time_s: float,
    pieces: list[tuple[int, float, float]],
) -> Route:
    network = streets.network
    points = [origin.xy[:1], origin.snapped_xy[:1]]
    legs: list[tuple[str, float]] = []
    for edge, start, stop in pieces:
        length_m = float(abs(stop - start) * network.edge_length_m[edge])
        points.append(_along(network.vertex_xy[slice(*network.vertex_start[edge : edge + 2])], start, stop))
        name = network.street_names[network.edge_name[edge]]
        if legs and legs[-1][0] == name:
            legs[-1] = (name, legs[-1][1] + length_m)
        elif length_m > 0:
            legs.append((name, length_m))
    points += [site.snapped_xy[:1], site.xy[:1]]
    length_m = sum(leg[1] for leg in legs) + float(origin.connector_m[0] + site.connector_m[0])
    xy = np.concatenate(points)
    moved = np.ones(len(xy), dtype=bool)
    moved[1:] = np.abs(np.diff(xy, axis=0)).sum(axis=1) > 0.01
    return Route(time_s, length_m, xy[moved], tuple(legs))


def _along(vertices: Floats, start: float, stop: float) -> Floats:
    """Cut out the part of a line between two fractions of its length, in the direction from `start` to `stop`."""
    if start > stop:
        return _along(vertices[::-1], 1.0 - start, 1.0 - stop)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(vertices, axis=0).T))])
    cuts = np.array([start, stop]) * along[-1]
    inside = (along > cuts[0]) & (along < cuts[1])
    ends = np.column_stack([np.interp(cuts, along, vertices[:, axis]) for axis in (0, 1)])
    return np.concatenate([ends[:1], vertices[inside], ends[1:]])
