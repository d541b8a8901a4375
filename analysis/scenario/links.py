"""New links (edges) in the street network: a path or crossing whose ends split the streets that they meet.

A new link changes the network itself, so everything made from it (the search matrix, the snapping of homes, every
travel time) is made again; that takes tenths of a second, where other edits take milliseconds.

A new path can be entered only at its ends. Homes and sites stay snapped to their streets: a home beside the middle
of a path would otherwise be snapped to the path instead of its own street, and could have a longer way than before.

A new path never closes a street or makes one slower. A flight of steps stays one flight: a path that is drawn to the
middle of it is tied to its nearer end, so that the flight does not become two, each with the time for a whole flight.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from analysis.scenario.sites import Link
from geo.errors import InputError
from geo.network.modes import STEPS, Mode
from geo.network.network import Floats, Ints, ModeNetwork, StreetNetwork, line_lengths, of_classes, transposed
from geo.network.snapping import snap

# A link must start at a street: an end further away than this is no link between streets.
MAX_GAP_M = 50.0
LINK_CLASS = "path"
_END = 1e-9


@dataclass(frozen=True, eq=False)
class LinkedStreets(ModeNetwork):
    """The street network of one mode with new paths (edges) added.

    Attributes
    ----------
    n_links
        How many of the last edges are new paths; no home or site is snapped to these.
    """

    n_links: int = 0

    @classmethod
    def of(cls, streets: ModeNetwork, links: Sequence[Link], mode: Mode) -> "LinkedStreets":
        """Add links to `streets` (see :func:`with_links`) and make the view of the result for `mode`."""
        network, count = with_links(streets, links), len(links)
        old = np.arange(network.n_edges) < network.n_edges - count
        if mode.level_only:  # a ramp may join what only steps lead to, and then homes there are reached
            view = ModeNetwork.build(network, mode)
            own = {field.name: getattr(view, field.name) for field in fields(view)}
            return cls(**{**own, "by_steps": view.by_steps & old}, n_links=count)
        before = ModeNetwork.build(_first_edges(network, network.n_edges - count), mode)
        # A mode without a speed of its own uses those of the streets, and a path has no such speed.
        pace_kmh = mode.speed_kmh if LINK_CLASS in mode.classes else None
        link_s = np.full(count, np.inf) if pace_kmh is None else network.edge_length_m[-count:] * 3.6 / pace_kmh
        forward_s, backward_s = np.append(before.forward_s, link_s), np.append(before.backward_s, link_s)
        towards, towards_edge = transposed(network, forward_s, backward_s)
        return cls(
            network=network,
            mode=mode,
            usable=np.append(before.usable, np.isfinite(link_s)),
            by_steps=np.zeros(network.n_edges, dtype=bool),
            forward_s=forward_s,
            backward_s=backward_s,
            towards=towards,
            towards_edge=towards_edge,
            n_links=count,
        )

    @cached_property
    def usable_edges(self) -> Ints:
        """Edges that points may be snapped to: the usable ones without the new paths."""
        old = np.flatnonzero(self.usable)
        edges: Ints = old[old < self.network.n_edges - self.n_links].astype(np.int32)
        return edges


def with_links(streets: ModeNetwork, links: Sequence[Link]) -> StreetNetwork:
    """Return the network with each link added as a path between the nearest points of two streets.

    Parameters
    ----------
    streets
        The network of one mode: links join streets that it may use, or could use if they had no steps.
    links
        The new paths; each runs straight between its two points. Where steps take the mode extra time, an end on them
        is tied to the nearer end of that edge.

    Raises
    ------
    InputError
        When an end is further than `MAX_GAP_M` from any street, or both ends meet at one point.
    """
    network = streets.network
    ends = np.array([end for link in links for end in (link.one_end, link.other_end)], dtype=np.float64)
    if streets.by_steps.any():
        both = streets.usable | streets.by_steps
        streets = replace(streets, usable=both, by_steps=streets.by_steps & ~both)
    snapped = snap(streets, ends, max_connector_m=MAX_GAP_M)
    costly = of_classes(network, {STEPS}) & (streets.mode.steps_penalty_s > 0)
    on_flight = (snapped.edge >= 0) & costly[snapped.edge]
    fraction = np.where(on_flight, snapped.fraction > 0.5, snapped.fraction)
    by_node = np.where(fraction > 0.5, network.edge_v[snapped.edge], network.edge_u[snapped.edge])
    tied_xy = np.where(on_flight[:, None], network.node_xy[by_node], snapped.snapped_xy)
    for number, link in enumerate(links):
        if (snapped.edge[2 * number : 2 * number + 2] < 0).any():
            raise InputError(f"an end of the link {link.name!r} is further than {MAX_GAP_M:.0f} m from any street")
        if np.hypot(*(tied_xy[2 * number] - tied_xy[2 * number + 1])) < 1.0:
            raise InputError(f"both ends of the link {link.name!r} meet the same point of a street")
    split, node_of_end = _split(network, snapped.edge, fraction)
    lines = [np.vstack([tied_xy[i], ends[i], ends[i + 1], tied_xy[i + 1]]) for i in range(0, len(ends), 2)]
    return _with_edges(split, node_of_end[0::2], node_of_end[1::2], lines, [link.name for link in links])


def _first_edges(network: StreetNetwork, count: int) -> StreetNetwork:
    """Return the network without its last edges; nodes keep their numbers."""
    names = [field.name for field in fields(network) if field.name.startswith("edge_")]
    return replace(
        network,
        **{name: getattr(network, name)[:count] for name in names},
        vertex_xy=network.vertex_xy[: network.vertex_start[count]],
        vertex_start=network.vertex_start[: count + 1],
    )


def _split(network: StreetNetwork, edges: Ints, fractions: Floats) -> tuple[StreetNetwork, Ints]:
    """Cut edges at fractions of their length; return the network and the node at each cut, in the order given."""
    node_at = np.zeros(len(edges), dtype=np.int32)
    node_xy = [network.node_xy]
    n_nodes = network.n_nodes
    pieces: dict[int, list[tuple[int, int, Floats]]] = {}
    for edge in np.unique(edges):
        line = network.vertex_xy[slice(*network.vertex_start[edge : edge + 2])]
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        here = np.flatnonzero(edges == edge)
        cuts: list[tuple[float, int]] = []
        for fraction in np.unique(fractions[here]):
            of_cut = here[fractions[here] == fraction]
            if fraction <= _END:
                node = int(network.edge_u[edge])
            elif fraction >= 1.0 - _END:
                node = int(network.edge_v[edge])
            else:
                node, n_nodes = n_nodes, n_nodes + 1
                at_m = fraction * along[-1]
                node_xy.append(np.array([[np.interp(at_m, along, line[:, axis]) for axis in (0, 1)]]))
                cuts.append((at_m, node))
            node_at[of_cut] = node
        stops = [(0.0, int(network.edge_u[edge])), *cuts, (float(along[-1]), int(network.edge_v[edge]))]
        pieces[int(edge)] = [
            (one[1], other[1], _between(line, along, one[0], other[0])) for one, other in pairwise(stops)
        ]
    keep = np.ones(network.n_edges, dtype=bool)
    keep[list(pieces)] = False
    source = np.concatenate([np.flatnonzero(keep), np.repeat(list(pieces), [len(part) for part in pieces.values()])])
    parts = [part for cut in pieces.values() for part in cut]
    counts = np.diff(network.vertex_start)
    vertex_xy = np.concatenate([network.vertex_xy[np.repeat(keep, counts)], *(part[2] for part in parts)])
    vertex_count = np.concatenate([counts[keep], [len(part[2]) for part in parts]])
    vertex_start = np.concatenate([[0], np.cumsum(vertex_count)]).astype(np.int32)
    made = replace(
        network,
        node_xy=np.concatenate(node_xy),
        edge_u=np.concatenate([network.edge_u[keep], [part[0] for part in parts]]).astype(np.int32),
        edge_v=np.concatenate([network.edge_v[keep], [part[1] for part in parts]]).astype(np.int32),
        edge_length_m=line_lengths(vertex_xy, vertex_start),
        vertex_xy=vertex_xy,
        vertex_start=vertex_start,
        **{name: getattr(network, name)[source] for name in _CARRIED},
    )
    return made, node_at


_CARRIED = (
    "edge_class",
    "edge_name",
    "edge_forward",
    "edge_backward",
    "edge_cycle_forward",
    "edge_cycle_backward",
    "edge_bridge",
    "edge_tunnel",
    "edge_speed_kmh",
)


def _between(line: Floats, along: Floats, start_m: float, stop_m: float) -> Floats:
    inside = (along > start_m) & (along < stop_m)
    ends = np.array([[np.interp(at, along, line[:, axis]) for axis in (0, 1)] for at in (start_m, stop_m)])
    return np.vstack([ends[:1], line[inside], ends[1:]])


def _with_edges(
    network: StreetNetwork, starts: Ints, stops: Ints, lines: Sequence[Floats], names: Sequence[str]
) -> StreetNetwork:
    count = len(lines)
    class_names, street_names = list(network.class_names), list(network.street_names)
    if LINK_CLASS not in class_names:
        class_names.append(LINK_CLASS)
    named = np.arange(len(street_names), len(street_names) + count)
    vertex_xy = np.concatenate([network.vertex_xy, *lines])
    ends = network.vertex_start[-1] + np.cumsum([len(line) for line in lines])
    vertex_start = np.concatenate([network.vertex_start, ends]).astype(np.int32)
    yes, no = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    return replace(
        network,
        edge_u=np.concatenate([network.edge_u, starts]).astype(np.int32),
        edge_v=np.concatenate([network.edge_v, stops]).astype(np.int32),
        edge_length_m=line_lengths(vertex_xy, vertex_start),
        edge_class=np.append(network.edge_class, np.full(count, class_names.index(LINK_CLASS))).astype(np.int32),
        edge_name=np.append(network.edge_name, named).astype(np.int32),
        edge_forward=np.append(network.edge_forward, yes),
        edge_backward=np.append(network.edge_backward, yes),
        edge_cycle_forward=np.append(network.edge_cycle_forward, yes),
        edge_cycle_backward=np.append(network.edge_cycle_backward, yes),
        edge_bridge=np.append(network.edge_bridge, no),
        edge_tunnel=np.append(network.edge_tunnel, no),
        # Cars may not use a path; the value only fills the array.
        edge_speed_kmh=np.append(network.edge_speed_kmh, np.full(count, 10.0)),
        vertex_xy=vertex_xy,
        vertex_start=vertex_start,
        class_names=tuple(class_names),
        street_names=(*street_names, *names),
    )
