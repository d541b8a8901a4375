"""The street network as arrays, and its view for one mode.

A graph of Python objects takes seconds to build and tens of megabytes; the same streets as arrays open in
milliseconds. :class:`StreetNetwork` holds what is true of the streets, :class:`ModeNetwork` what one mode makes of
them: which edges it may use, how long each takes in either direction, and the sparse matrix on which SciPy
searches.
"""

import io
import json
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.errors import PackError
from geo.network.modes import STEPS, Mode

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

_CENTIMETRES = 100.0
# Of the file that `StreetNetwork.save` writes; raise it, and `geo.packs.SCHEMA_VERSION`, with every change.
_FORMAT = 2


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Streets and paths between junctions, in metres of the grid of the pack.

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
    edge_cycle_forward, edge_cycle_backward
        ``(n_edges,)`` the same for a cycle, which may go both ways on some streets that are one-way for cars.
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
    edge_cycle_forward: Bools
    edge_cycle_backward: Bools
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

    def directions(self, one_way: str) -> tuple[Bools, Bools]:
        """Return whether one may go from start to end of each edge, and back, under the one-way rules of a `Mode`."""
        if one_way == "vehicle":
            return self.edge_forward, self.edge_backward
        if one_way == "cycle":
            return self.edge_cycle_forward, self.edge_cycle_backward
        both = np.ones(self.n_edges, dtype=bool)
        return both, both

    def components(self, edges: Bools | None = None, *, one_way: str = "") -> Ints:
        """Label the connected part that each node lies in, the largest (by edge length) being 0.

        Parameters
        ----------
        edges
            ``(n_edges,)`` which edges count; all of them when left out.
        one_way
            Whose one-way rules count, as in `Mode`. If any, one must get from everywhere in a part to everywhere in it.

        Returns
        -------
        ``(n_nodes,)`` labels; a node that no counted edge touches is a part of its own.
        """
        chosen = np.ones(self.n_edges, dtype=bool) if edges is None else edges
        go, back = self.directions(one_way)
        rows = np.concatenate([self.edge_u[chosen & go], self.edge_v[chosen & back]])
        cols = np.concatenate([self.edge_v[chosen & go], self.edge_u[chosen & back]])
        matrix = csr_array((np.ones(len(rows), dtype=np.int8), (rows, cols)), shape=(self.n_nodes, self.n_nodes))
        count, labels = connected_components(matrix, directed=bool(one_way), connection="strong")
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
            format=np.array(_FORMAT),
            # The narrowest type that holds every number: an index too large for its type would start again at 0.
            edge_class=self.edge_class.astype(np.min_scalar_type(len(self.class_names))),
            edge_name=self.edge_name.astype(np.min_scalar_type(len(self.street_names))),
            edge_flags=np.packbits([getattr(self, name) for name in _FLAGS], axis=0, bitorder="little")[0],
            edge_speed_kmh=self.edge_speed_kmh.astype(np.float32),
            class_names=_pack_texts(self.class_names),
            street_names=_pack_texts(self.street_names),
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
            if int(arrays["format"]) != _FORMAT:
                raise ValueError(f"it is of format {arrays['format']}, this version reads {_FORMAT}")
            vertex_xy = _unpack_xy(arrays["vertex_xy"])
            start = np.concatenate([[0], np.cumsum(arrays["vertex_count"])]).astype(np.int32)
            flags = np.unpackbits(arrays["edge_flags"][None], axis=0, count=len(_FLAGS), bitorder="little").astype(bool)
            return cls(
                node_xy=_unpack_xy(arrays["node_xy"]),
                edge_u=arrays["edge_u"],
                edge_v=arrays["edge_v"],
                edge_length_m=line_lengths(vertex_xy, start),
                edge_class=arrays["edge_class"].astype(np.int32),
                edge_name=arrays["edge_name"].astype(np.int32),
                **dict(zip(_FLAGS, flags, strict=True)),
                edge_speed_kmh=arrays["edge_speed_kmh"].astype(np.float64),
                vertex_xy=vertex_xy,
                vertex_start=start,
                class_names=_unpack_texts(arrays["class_names"]),
                street_names=_unpack_texts(arrays["street_names"]),
            )
        except (OSError, ValueError, KeyError, EOFError, IndexError) as error:
            raise PackError(f"the street network {path.name} cannot be read ({error}); build the pack again") from error
        except Exception as error:  # zipfile.BadZipFile and zlib.error share no root with the above
            raise PackError(f"the street network {path.name} is damaged ({error}); build the pack again") from error


_FLAGS = ("edge_forward", "edge_backward", "edge_cycle_forward", "edge_cycle_backward", "edge_bridge", "edge_tunnel")


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


def _pack_texts(texts: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    # As JSON: whatever stands in a name, a line break included, stays inside that name.
    return np.frombuffer(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _unpack_texts(stored: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    # Not by `geo.values`: a name may be half of a character, as somebody typed it, and pydantic refuses that.
    texts = json.loads(stored.tobytes().decode("utf-8", "surrogatepass"))
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("names of streets or classes are not a list of texts")
    return tuple(texts)


@dataclass(frozen=True, eq=False)
class ModeNetwork:
    """What one mode makes of a street network.

    Attributes
    ----------
    network, mode
        What it was made from.
    usable
        ``(n_edges,)`` edges that the mode may use and that lie in the largest part so connected.
    by_steps
        ``(n_edges,)`` edges that a mode which needs a level way may use, if only steps did not lie between them and the
        largest part. None for other modes.
    forward_s, backward_s
        ``(n_edges,)`` seconds from start to end and back; ``inf`` where the mode may not go.
    towards
        ``(n_nodes, n_nodes)`` sparse seconds, transposed: row = where a step ends, column = where it starts, so that
        a search from a site finds the time **to** that site. Parallel edges are merged to the quickest.
    towards_edge
        ``(towards.nnz,)`` the edge behind each stored step.
    """

    network: StreetNetwork
    mode: Mode
    usable: Bools
    by_steps: Bools
    forward_s: Floats
    backward_s: Floats
    towards: csr_array
    towards_edge: Ints

    @classmethod
    def build(cls, network: StreetNetwork, mode: Mode) -> "ModeNetwork":
        """Make the view of `network` for `mode`."""
        allowed, steps = of_classes(network, mode.classes), of_classes(network, {STEPS})
        usable = _largest_part(network, allowed, mode.one_way)
        by_steps = np.zeros(network.n_edges, dtype=bool)
        if mode.level_only:
            by_steps = _largest_part(network, allowed | steps, mode.one_way) & allowed & ~usable
        speed_kmh = network.edge_speed_kmh / mode.congestion_factor if mode.speed_kmh is None else mode.speed_kmh
        seconds = network.edge_length_m * 3.6 / speed_kmh
        if mode.steps_penalty_s:
            seconds = seconds + mode.steps_penalty_s * flights(network, allowed & steps, allowed)
        # A stored zero would read as "no edge" in parts of SciPy, so a step always takes some time.
        seconds = np.maximum(seconds, 1e-6)
        go, back = network.directions(mode.one_way)
        forward_s, backward_s = (np.where(usable & open_, seconds, np.inf) for open_ in (go, back))
        return cls(network, mode, usable, by_steps, forward_s, backward_s, *transposed(network, forward_s, backward_s))

    @cached_property
    def usable_edges(self) -> Ints:
        """Indices of the usable edges, ``(n_usable,)``."""
        return np.flatnonzero(self.usable).astype(np.int32)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Search tree over the lines of the usable edges, in the order of `usable_edges`."""
        return shapely.STRtree(self.network.lines[self.usable_edges])

    @cached_property
    def by_steps_tree(self) -> shapely.STRtree:
        """Search tree over the lines of the edges in `by_steps`."""
        return shapely.STRtree(self.network.lines[self.by_steps])


def of_classes(network: StreetNetwork, classes: Collection[str]) -> Bools:
    """Tell which edges are of one of the classes, ``(n_edges,)``."""
    chosen: Bools = np.isin(np.array(network.class_names), list(classes))[network.edge_class]
    return chosen


def _largest_part(network: StreetNetwork, allowed: Bools, one_way: str) -> Bools:
    part = network.components(allowed, one_way=one_way)
    largest: Bools = allowed & (part[network.edge_u] == 0) & (part[network.edge_v] == 0)
    return largest


def flights(network: StreetNetwork, steps: Bools, allowed: Bools) -> Floats:
    """Return the share of a flight of steps that each edge is, ``(n_edges,)``; 0 for all that are no steps.

    A flight runs from one place where one can leave the steps to the next. Pieces of steps that meet at a landing from
    which nothing else leads are one flight, however many pieces the map draws; each counts by its length. Where a
    street or path leads off the landing, the flight ends and another begins. Who uses a part of a flight, to a door
    beside it, goes that part of it.

    Parameters
    ----------
    network
        The streets.
    steps
        ``(n_edges,)`` which edges are steps.
    allowed
        ``(n_edges,)`` which edges count as leading off a landing; the steps among them.
    """
    which = np.flatnonzero(steps)
    ends = np.concatenate([network.edge_u[which], network.edge_v[which]])
    leading_off = np.bincount(
        np.concatenate([network.edge_u[allowed], network.edge_v[allowed]]), minlength=network.n_nodes
    )
    landing = (leading_off == 2) & (np.bincount(ends, minlength=network.n_nodes) == 2)
    joined = landing[ends]
    size = len(which) + network.n_nodes
    piece = np.tile(np.arange(len(which)), 2)[joined]
    links = csr_array((np.ones(len(piece)), (piece, len(which) + ends[joined])), shape=(size, size))
    flight = connected_components(links, directed=False)[1][: len(which)]
    length_m = np.maximum(network.edge_length_m[which], 1e-3)  # steps drawn with no length are a flight all the same
    share = np.zeros(network.n_edges)
    share[which] = length_m / np.bincount(flight, length_m)[flight] if len(which) else 0.0
    return share


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
