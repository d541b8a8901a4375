"""Travel time along streets, for maps: an isochrone drawn on the network itself."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from analysis.travel.access import Access
from analysis.travel.times import TravelTimes
from geo.network.network import ModeNetwork
from geo.network.snapping import snap

_PIECE_M = 150.0
_MARGIN_M = 1500.0


@dataclass(frozen=True, eq=False)
class StreetPieces:
    """Streets cut into pieces short enough to have one colour each.

    Attributes
    ----------
    edge
        ``(n,)`` the street that each piece is cut from.
    middle
        ``(n,)`` how far along it the piece's middle lies, from 0 to 1.
    lines
        ``(n,)`` shapely lines, metres.
    inside
        ``(n,)`` whether any of the piece lies in the area itself, and not around it.
    """

    edge: npt.NDArray[np.int32]
    middle: npt.NDArray[np.float64]
    lines: npt.NDArray[np.object_]
    inside: npt.NDArray[np.bool_]


def street_pieces(
    access: Access, *, margin_m: float = _MARGIN_M, piece_m: float = _PIECE_M, simplify_m: float = 1.0
) -> StreetPieces:
    """Cut the usable streets within `margin_m` of the area into equal pieces of at most `piece_m` metres.

    They are drawn to within `simplify_m`.
    """
    network = access.streets.network
    wards = access.pack.wards.union_all()
    area = wards.buffer(margin_m)
    shapely.prepare([area, wards])
    usable = access.streets.usable_edges
    edges = usable[shapely.intersects(area, network.lines[usable])]
    count = np.maximum(np.ceil(network.edge_length_m[edges] / piece_m), 1).astype(int)
    whole = count == 1
    edge, middle, lines = [edges[whole]], [np.full(int(whole.sum()), 0.5)], [network.lines[edges[whole]]]
    for street, parts in zip(edges[~whole], count[~whole], strict=True):
        xy = network.vertex_xy[slice(*network.vertex_start[street : street + 2])]
        edge.append(np.full(parts, street, dtype=np.int32))
        middle.append((np.arange(parts) + 0.5) / parts)
        lines.append(_cut(xy, parts))
    drawn = shapely.simplify(np.concatenate(lines), simplify_m)
    return StreetPieces(np.concatenate(edge), np.concatenate(middle), drawn, shapely.intersects(wards, drawn))


def pieces_on(streets: ModeNetwork, pieces: StreetPieces, drawn_on: ModeNetwork) -> StreetPieces:
    """Return the same pieces on another network of the same streets, such as one with a new path.

    A new path cuts the streets that it meets, so the edges have other numbers; the middle of a piece stays where it is.

    Parameters
    ----------
    streets
        The network whose travel times the pieces are to show.
    pieces
        Pieces of `drawn_on`.
    drawn_on
        The network that the pieces are cut from.
    """
    middle = shapely.line_interpolate_point(drawn_on.network.lines[pieces.edge], pieces.middle, normalized=True)
    found = snap(streets, shapely.get_coordinates(middle))
    return replace(pieces, edge=found.edge, middle=found.fraction)


def piece_times_s(access: Access, pieces: StreetPieces, times: TravelTimes) -> npt.NDArray[np.float64]:
    """Seconds from the middle of each piece to the nearest site, ``(n,)``; ``inf`` where there is none."""
    network, streets = access.streets.network, access.streets
    if access.transit is not None and times.sites is not None:
        node_s = access.transit.node_times_s(times.sites).astype(np.float64)
    else:
        node_s = times.node_s.astype(np.float64)
    back_s, ahead_s = streets.backward_s[pieces.edge], streets.forward_s[pieces.edge]
    by_start = pieces.middle * back_s + node_s[network.edge_u[pieces.edge]]
    by_end = (1.0 - pieces.middle) * ahead_s + node_s[network.edge_v[pieces.edge]]
    return np.minimum(by_start, by_end)


def _cut(xy: npt.NDArray[np.float64], parts: int) -> npt.NDArray[np.object_]:
    """Cut a line, ``(n, 2)``, into equal parts."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    cuts = np.linspace(0.0, along[-1], parts + 1)[1:-1]
    stations = np.concatenate([along, cuts])
    order = np.argsort(stations, kind="stable")
    x, y = (np.interp(stations[order], along, xy[:, axis]) for axis in (0, 1))
    points = np.column_stack([x, y])
    ends = [0, *(int(np.flatnonzero(order == len(along) + i)[0]) for i in range(parts - 1)), len(points) - 1]
    return np.array([shapely.LineString(points[a : b + 1]) for a, b in pairwise(ends)])
