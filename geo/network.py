"""The street network as arrays, and its view for one mode.

A graph of Python objects takes seconds to build and tens of megabytes; the same streets as arrays open in
milliseconds. :class:`StreetNetwork` holds what is true of the streets, :class:`ModeNetwork` what one mode makes of
them: which edges it may use, how long each takes in either direction, and the sparse matrix on which SciPy
searches.
"""

import io
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.errors import PackError
from geo.modes import Mode

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

_CENTIMETRES = 100.0


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Streets and paths between junctions, in EPSG:27700.

    Attributes
    ----------
    node_xy
        ``(n_nodes, 2)`` metres.
    edge_u, edge_v
        ``(n_edges,)`` node at the start and the end of each edge. Each street stands once, whatever its direction.
    edge_length_m
        ``(n_edges,)`` length along the street, metres.
    edge_class
        ``(n_edges,)`` index into `class_names` (OpenStreetMap ``highway`` values).
    edge_name
        ``(n_edges,)`` index into `street_names`; 0 is "no name".
    edge_forward, edge_backward
        ``(n_edges,)`` whether a vehicle may go from `edge_u` to `edge_v`, and back.
    edge_bridge, edge_tunnel
        ``(n_edges,)``.
    edge_speed_kmh
        ``(n_edges,)`` free-flow speed of a car, km/h.
    vertex_xy, vertex_start
        ``(n_vertices, 2)`` metres, and ``(n_edges + 1,)``: edge ``i`` is drawn through
        ``vertex_xy[vertex_start[i]:vertex_start[i + 1]]``, from `edge_u` to `edge_v`.
    """

    node_xy: Floats
    edge_u: Ints
    edge_v: Ints
    edge_length_m: Floats
    edge_class: Ints
    edge_name: Ints
    edge_forward: Bools
    edge_backward: Bools
    edge_bridge: Bools
    edge_tunnel: Bools
    edge_speed_kmh: Floats
    vertex_xy: Floats
    vertex_start: Ints
    class_names: tuple[str, ...]
    street_names: tuple[str, ...]

    @property
    def n_nodes(self) -> int:
        """Number of junctions and ends."""
        return len(self.node_xy)

    @property
    def n_edges(self) -> int:
        """Number of street pieces between junctions."""
        return len(self.edge_u)

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """``(n_edges,)`` shapely lines, made on first use."""
        of_edge = np.repeat(np.arange(self.n_edges), np.diff(self.vertex_start))
        lines: npt.NDArray[np.object_] = shapely.linestrings(self.vertex_xy, indices=of_edge)
        return lines

    def subset(self, keep: Bools) -> "StreetNetwork":
        """Return the network of the edges in `keep` ``(n_edges,)``, with the nodes that they touch."""
        nodes = np.unique(np.concatenate([self.edge_u[keep], self.edge_v[keep]]))
        renumber = np.full(self.n_nodes, -1, dtype=np.int32)
        renumber[nodes] = np.arange(len(nodes), dtype=np.int32)
        counts = np.diff(self.vertex_start)
        values: dict[str, Any] = {
            f.name: getattr(self, f.name)[keep] for f in fields(self) if f.name.startswith("edge_")
        }
        values["edge_u"], values["edge_v"] = renumber[self.edge_u[keep]], renumber[self.edge_v[keep]]
        return StreetNetwork(
            **values,
            node_xy=self.node_xy[nodes],
            vertex_xy=self.vertex_xy[np.repeat(keep, counts)],
            vertex_start=np.concatenate([[0], np.cumsum(counts[keep])]).astype(np.int32),
            class_names=self.class_names,
            street_names=self.street_names,
        )

    def components(self, edges: Bools | None = None, *, strong: bool = False) -> Ints:
        """Label the connected part that each node lies in, the largest (by edge length) being 0.

        Parameters
        ----------
        edges
            ``(n_edges,)`` which edges count; all of them when left out.
        strong
            Whether a part must be connected in both directions under the one-way rules.

        Returns
        -------
        ``(n_nodes,)`` labels; a node that no counted edge touches is a part of its own.
        """
        chosen = np.ones(self.n_edges, dtype=bool) if edges is None else edges
        go, back = (self.edge_forward, self.edge_backward) if strong else (True, True)
        rows = np.concatenate([self.edge_u[chosen & go], self.edge_v[chosen & back]])
        cols = np.concatenate([self.edge_v[chosen & go], self.edge_u[chosen & back]])
        matrix = csr_array((np.ones(len(rows), dtype=np.int8), (rows, cols)), shape=(self.n_nodes, self.n_nodes))
        count, labels = connected_components(matrix, directed=strong, connection="strong")
        inside = chosen & (labels[self.edge_u] == labels[self.edge_v])
        length = np.bincount(labels[self.edge_u[inside]], self.edge_length_m[inside], minlength=count)
        order = np.argsort(-length, kind="stable")
        rank = np.empty(count, dtype=np.int32)
        rank[order] = np.arange(count, dtype=np.int32)
        ranked: Ints = rank[labels]
        return ranked

    def for_mode(self, mode: Mode) -> "ModeNetwork":
        """Return the network as `mode` sees it."""
        return ModeNetwork.build(self, mode)

    def save(self, path: Path) -> None:
        """Write the network to `path` (``.npz``); equal networks give equal bytes.

        Coordinates are kept as differences in whole centimetres, which is finer than any source and packs well.
        """
        np.savez_compressed(
            path,
            allow_pickle=False,
            node_xy=_pack_xy(self.node_xy),
            vertex_xy=_pack_xy(self.vertex_xy),
            vertex_count=np.diff(self.vertex_start).astype(np.int32),
            edge_u=self.edge_u,
            edge_v=self.edge_v,
            edge_class=self.edge_class.astype(np.uint8),
            edge_name=self.edge_name.astype(np.uint16),
            edge_flags=(
                self.edge_forward | self.edge_backward << 1 | self.edge_bridge << 2 | self.edge_tunnel << 3
            ).astype(np.uint8),
            edge_speed_kmh=self.edge_speed_kmh.astype(np.float32),
            class_names=np.array(self.class_names),
            street_names=np.frombuffer("\n".join(self.street_names).encode(), dtype=np.uint8),
        )

    @classmethod
    def load(cls, path: Path) -> "StreetNetwork":
        """Read a network that :meth:`save` wrote.

        Raises
        ------
        PackError
            When the file is missing, damaged or lacks an array.
        """
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            vertex_xy = _unpack_xy(arrays["vertex_xy"])
            start = np.concatenate([[0], np.cumsum(arrays["vertex_count"])]).astype(np.int32)
            flags = arrays["edge_flags"]
            return cls(
                node_xy=_unpack_xy(arrays["node_xy"]),
                edge_u=arrays["edge_u"],
                edge_v=arrays["edge_v"],
                edge_length_m=line_lengths(vertex_xy, start),
                edge_class=arrays["edge_class"].astype(np.int32),
                edge_name=arrays["edge_name"].astype(np.int32),
                edge_forward=(flags & 1) > 0,
                edge_backward=(flags & 2) > 0,
                edge_bridge=(flags & 4) > 0,
                edge_tunnel=(flags & 8) > 0,
                edge_speed_kmh=arrays["edge_speed_kmh"].astype(np.float64),
                vertex_xy=vertex_xy,
                vertex_start=start,
                class_names=tuple(str(name) for name in arrays["class_names"]),
                street_names=tuple(arrays["street_names"].tobytes().decode().split("\n")),
            )
        except (OSError, ValueError, KeyError, EOFError, IndexError) as error:
            raise PackError(f"the street network {path.name} cannot be read ({error}); build the pack again") from error
        except Exception as error:  # zipfile.BadZipFile and zlib.error share no root with the above
            raise PackError(f"the street network {path.name} is damaged ({error}); build the pack again") from error


def line_lengths(vertex_xy: Floats, vertex_start: Ints) -> Floats:
    """Return the length in metres of each line that `StreetNetwork` keeps as vertices, ``(n_edges,)``."""
    steps = np.hypot(*np.diff(vertex_xy, axis=0).T)
    steps[vertex_start[1:-1] - 1] = 0.0
    running = np.concatenate([[0.0], np.cumsum(steps)])
    lengths: Floats = running[vertex_start[1:] - 1] - running[vertex_start[:-1]]
    return lengths


def _pack_xy(xy: Floats) -> Ints:
    whole = np.rint(xy * _CENTIMETRES).astype(np.int32)
    return np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int32)).astype(np.int32)


def _unpack_xy(steps: Ints) -> Floats:
    xy: Floats = np.cumsum(steps, axis=0, dtype=np.int64) / _CENTIMETRES
    return xy


@dataclass(frozen=True, eq=False)
class ModeNetwork:
    """What one mode makes of a street network.

    Attributes
    ----------
    network, mode
        What it was made from.
    usable
        ``(n_edges,)`` edges that the mode may use and that lie in the largest part so connected.
    forward_s, backward_s
        ``(n_edges,)`` seconds from start to end and back; ``inf`` where the mode may not go.
    towards
        ``(n_nodes, n_nodes)`` sparse seconds, transposed: row = where a step ends, column = where it starts, so that
        a search from a site finds the time **to** that site. Parallel edges are merged to the quickest.
    towards_edge
        ``(towards.nnz,)`` the edge behind each stored step.
    flight
        ``(n_edges,)`` usable flights of steps, for a mode that avoids them: each joins two step-free parts. None for
        other modes.
    level_part
        ``(n_nodes,)`` the step-free part that each node lies in, for a mode that avoids steps; else 0.
    """

    network: StreetNetwork
    mode: Mode
    usable: Bools
    forward_s: Floats
    backward_s: Floats
    towards: csr_array
    towards_edge: Ints
    flight: Bools
    level_part: Ints

    @classmethod
    def build(cls, network: StreetNetwork, mode: Mode) -> "ModeNetwork":
        """Make the view of `network` for `mode`."""
        classes = np.array(network.class_names)
        allowed = ~np.isin(classes, list(mode.excluded_classes))[network.edge_class]
        flight, level_part = np.zeros(network.n_edges, dtype=bool), np.zeros(network.n_nodes, dtype=np.int32)
        if mode.steps_penalty_s is not None:
            flight, level_part = _flights(network, allowed, allowed & (classes == "steps")[network.edge_class])
            allowed &= flight | (classes != "steps")[network.edge_class]
        penalty_s = np.where(flight, mode.steps_penalty_s or 0.0, 0.0)
        part = network.components(allowed, strong=mode.obeys_oneway)
        usable = allowed & (part[network.edge_u] == 0) & (part[network.edge_v] == 0)
        speed_kmh = network.edge_speed_kmh / mode.congestion_factor if mode.speed_kmh is None else mode.speed_kmh
        # A stored zero would read as "no edge" in parts of SciPy, so a step always takes some time.
        seconds = np.maximum(network.edge_length_m * 3.6 / speed_kmh + penalty_s, 1e-6)
        closed_out = mode.obeys_oneway & ~network.edge_forward
        closed_back = mode.obeys_oneway & ~network.edge_backward
        forward_s = np.where(usable & ~closed_out, seconds, np.inf)
        backward_s = np.where(usable & ~closed_back, seconds, np.inf)
        towards, towards_edge = transposed(network, forward_s, backward_s)
        return cls(network, mode, usable, forward_s, backward_s, towards, towards_edge, flight & usable, level_part)

    def towards_part(self, part: int) -> tuple[csr_array, Ints]:
        """Return `towards` and `towards_edge` for sites in one step-free part: flights only where nothing else leads.

        Parameters
        ----------
        part
            A label of `level_part`.

        Notes
        -----
        To get from one step-free part to another takes some number of flights, at the least; a way with no more than
        that never comes back to a part that it has left. So of the flights just those are kept that bring one nearer
        to the sites' part, counted in flights. Then every way to a site there has the fewest flights that it can
        have, none where there is a level way, and a search finds the quickest of these.
        """
        kept = self._towards_part.get(part)
        if kept is None:
            kept = self._towards_part[part] = self._nearer_by_each_flight(part)
        return kept

    @cached_property
    def _towards_part(self) -> dict[int, tuple[csr_array, Ints]]:
        return {}

    def _nearer_by_each_flight(self, part: int) -> tuple[csr_array, Ints]:
        if not self.flight.any():
            return self.towards, self.towards_edge
        network, towards = self.network, self.towards
        ends = self.level_part[network.edge_u[self.flight]], self.level_part[network.edge_v[self.flight]]
        n_parts = int(self.level_part.max()) + 1
        joined = csr_array((np.ones(len(ends[0])), ends), shape=(n_parts, n_parts))
        flights_away = dijkstra(joined, directed=False, unweighted=True, indices=part)[self.level_part]
        nearer = np.repeat(np.arange(network.n_nodes), np.diff(towards.indptr))
        keep = ~self.flight[self.towards_edge] | (flights_away[towards.indices] == flights_away[nearer] + 1)
        indptr = np.concatenate([[0], np.cumsum(keep)])[towards.indptr].astype(np.int32)
        matrix = csr_array((towards.data[keep], towards.indices[keep], indptr), shape=towards.shape)
        return matrix, self.towards_edge[keep]

    @cached_property
    def usable_edges(self) -> Ints:
        """Indices of the usable edges, ``(n_usable,)``."""
        return np.flatnonzero(self.usable).astype(np.int32)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Search tree over the lines of the usable edges, in the order of `usable_edges`."""
        return shapely.STRtree(self.network.lines[self.usable_edges])


def _flights(network: StreetNetwork, allowed: Bools, steps: Bools) -> tuple[Bools, Ints]:
    """Tell which flights of steps join two step-free parts, ``(n_edges,)``, and the part of each node, ``(n_nodes,)``.

    A flight with both its ends in one part is of no use to anybody who avoids steps.
    """
    part = network.components(allowed & ~steps)
    return steps & (part[network.edge_u] != part[network.edge_v]), part


def transposed(network: StreetNetwork, forward_s: Floats, backward_s: Floats) -> tuple[csr_array, Ints]:
    """Return the transposed search matrix, the cheapest of parallel streets, and the street of each entry."""
    ends = np.concatenate([network.edge_v, network.edge_u])
    starts = np.concatenate([network.edge_u, network.edge_v])
    seconds = np.concatenate([forward_s, backward_s])
    edge = np.tile(np.arange(network.n_edges, dtype=np.int32), 2)
    open_ = np.isfinite(seconds) & (starts != ends)
    ends, starts, seconds, edge = ends[open_], starts[open_], seconds[open_], edge[open_]
    order = np.lexsort((edge, seconds, starts, ends))
    ends, starts, seconds, edge = ends[order], starts[order], seconds[order], edge[order]
    first = np.ones(len(ends), dtype=bool)
    first[1:] = (ends[1:] != ends[:-1]) | (starts[1:] != starts[:-1])
    row_count = np.bincount(ends[first], minlength=network.n_nodes)
    indptr = np.concatenate([[0], np.cumsum(row_count)]).astype(np.int32)
    shape = (network.n_nodes, network.n_nodes)
    return csr_array((seconds[first], starts[first].astype(np.int32), indptr), shape=shape), edge[first]
