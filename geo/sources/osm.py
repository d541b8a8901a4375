"""OpenStreetMap streets through osmnx: from a file, or live, to a :class:`~geo.network.network.StreetNetwork`.

osmnx parses, projects and simplifies (Boeing 2025, https://doi.org/10.1111/gean.70009); this module turns the directed
graph into arrays in which each street is one edge, with flags for both directions, of vehicles and of cycles.

osmnx keeps only one direction of a street that is one-way for cars, and does not keep the direction in which it was
drawn, on which the tags for cycles depend. So osmnx returns every way in the direction in which it was drawn, and
:func:`prepare_graph` adds the other direction, by osmnx's own rule for vehicles.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import numpy.typing as npt
import osmnx as ox
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import SourceError
from geo.network.modes import KNOWN_CLASSES
from geo.network.network import StreetNetwork, line_lengths
from geo.sources.osm_file import bounds_lonlat, streets_within

# Free-flow speeds of a car where the map states none, in km/h, for osmnx's imputation: the usual limits in English
# towns (20 and 30 mph streets, 40 mph distributors, 50 mph main roads), less on service roads.
CLASS_SPEEDS_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 96.0,
        "trunk": 72.0,
        "trunk_link": 56.0,
        "primary": 52.0,
        "primary_link": 44.0,
        "secondary": 48.0,
        "tertiary": 44.0,
        "unclassified": 40.0,
        "residential": 34.0,
        "living_street": 16.0,
        "service": 16.0,
    }
)
# Ways are read this far past the area, so that streets at its edge end where they do on the ground.
_PAST_M = 1_000.0
_SAME_ALONG_AN_EDGE = ["highway", "name", "bridge", "tunnel", "oneway", "service", "cycle_ahead", "cycle_astern"]
_ONE_WAY = frozenset({"yes", "true", "1", "-1", "reverse", "T", "F"})
_AGAINST = frozenset({"-1", "reverse", "T"})
_CYCLEWAYS = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
_CYCLE_TAGS = ("oneway:bicycle", *_CYCLEWAYS)


@dataclass(frozen=True)
class Islands:
    """Streets that are not connected to the rest on foot (small components of the network).

    Attributes
    ----------
    frame
        One row an island: ``island`` (1 = longest), ``name``, ``edges``, ``length_m``, geometry (lines, metres).
    kept_share
        Share of the street length that lies in the largest part, which the pack keeps.
    """

    frame: gpd.GeoDataFrame
    kept_share: float


@dataclass
class _Street:
    """One street between two junctions while the arrays are made; `whole_cm` is ``(n, 2)`` centimetres."""

    data: dict[str, Any]
    whole_cm: npt.NDArray[np.int64]
    forward: bool = False
    backward: bool = False
    cycle_forward: bool = False
    cycle_backward: bool = False

    def text(self, tag: str) -> str:
        """Return a tag as text."""
        return _text(self.data, tag)


def _text(data: Mapping[str, Any], tag: str) -> str:
    """Return a tag as text; osmnx has a list where ways with different values were merged."""
    value = data.get(tag)
    if isinstance(value, list):
        return " / ".join(sorted(str(item) for item in value))
    return "" if value is None else str(value)


def read_graph(path: Path, crs: str, extent: BaseGeometry | None = None) -> nx.MultiDiGraph:
    """Read an OpenStreetMap file as osmnx's simplified, projected graph.

    Parameters
    ----------
    path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    crs
        The grid of the area.
    extent
        Polygon of the grid: only ways within its bounds, and a little past them, are read. The whole file when left
        out, which then must be XML.

    Returns
    -------
    A MultiDiGraph in `crs` whose edges have one ``highway`` value each, ``length`` in metres on the grid, and
    ``speed_kph`` imputed by class.

    Raises
    ------
    SourceError
        When the file is missing, is not OpenStreetMap data, or has no street that any mode may use.
    """
    if not path.exists():
        raise SourceError(f"{path.name}: no such file; it should hold OpenStreetMap's streets of the area")
    whole = nullcontext(path)
    with whole if extent is None else streets_within(path, bounds_lonlat(extent.buffer(_PAST_M), crs)) as file:
        try:
            with _as_drawn():
                graph = ox.graph_from_xml(file, simplify=False, retain_all=True)
        except Exception as error:  # SAX, gzip, osmnx and networkx each raise errors of their own
            raise SourceError(f"{path.name}: not readable as OSM XML: {error}") from error
    return prepare_graph(graph, path.name, crs)


def fetch_graph(area_lonlat: BaseGeometry, crs: str) -> nx.MultiDiGraph:
    """Fetch the streets within a lon/lat polygon from Overpass (``osmnx.settings.overpass_url``), as `read_graph`.

    Raises
    ------
    SourceError
        When the server cannot be reached or has no street there.
    """
    try:
        with _as_drawn():
            graph = ox.graph_from_polygon(area_lonlat, network_type="all", simplify=False, retain_all=True)
    except Exception as error:  # requests, osmnx and networkx each raise errors of their own
        raise SourceError(f"Overpass: the streets could not be fetched: {error}") from error
    return prepare_graph(graph, "Overpass", crs)


@contextmanager
def _as_drawn() -> Iterator[None]:
    """Make osmnx return each way only in the direction in which it is drawn (or driven), with the tags for cycles."""
    tags, one_way = ox.settings.useful_tags_way, ox.settings.all_oneway
    ox.settings.useful_tags_way, ox.settings.all_oneway = [*tags, *_CYCLE_TAGS], True
    try:
        yield
    finally:
        ox.settings.useful_tags_way, ox.settings.all_oneway = tags, one_way


def prepare_graph(graph: nx.MultiDiGraph, origin: str, crs: str) -> nx.MultiDiGraph:
    """Remove ways that are not streets, add the other directions, project, simplify, and add length and speed.

    Parameters
    ----------
    graph
        osmnx's graph, not simplified, each way in one direction (its setting ``all_oneway``).
    origin
        Name of the source, for errors.
    crs
        The grid of the area.

    Returns
    -------
    The graph; its attribute ``left_out`` gives the kilometres of each class of street that no mode may use.

    Raises
    ------
    SourceError
        When no street is left.
    """
    left_out = _drop_unknown(graph)
    if not len(graph.edges):
        found = f": only {', '.join(sorted(left_out))}" if left_out else ""
        raise SourceError(f"{origin}: holds no way with a highway tag that anybody may use{found}")
    _add_directions(graph)
    graph = ox.project_graph(graph, to_crs=crs)
    # A ring without a junction is a street too, but osmnx would remove it, or leave an empty graph.
    graph = ox.simplify_graph(graph, edge_attrs_differ=_SAME_ALONG_AN_EDGE, remove_rings=False)
    graph.graph["left_out"] = left_out
    for u, v, data in graph.edges(data=True):
        if "geometry" not in data:
            a, b = graph.nodes[u], graph.nodes[v]
            data["geometry"] = shapely.LineString([(a["x"], a["y"]), (b["x"], b["y"])])
        data["length"] = data["geometry"].length
    with warnings.catch_warnings():
        # osmnx averages an all-missing maxspeed column before it imputes by class
        warnings.simplefilter("ignore", RuntimeWarning)
        return ox.add_edge_speeds(graph, hwy_speeds=dict(CLASS_SPEEDS_KMH), fallback=10.0)


def _drop_unknown(graph: nx.MultiDiGraph) -> dict[str, float]:
    """Remove classes that no mode may use (planned streets, lifts, unknown words); return kilometres by class."""
    gone, metres = [], dict[str, float]()
    for u, v, key, data in graph.edges(keys=True, data=True):
        highway = _text(data, "highway")
        if highway not in KNOWN_CLASSES:
            gone.append((u, v, key))
            if highway:  # ways without this tag are not streets, but railways, rivers and others
                metres[highway] = metres.get(highway, 0.0) + float(data["length"])
    graph.remove_edges_from(gone)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return {highway: round(metres[highway] / 1000, 3) for highway in sorted(metres)}


def _add_directions(graph: nx.MultiDiGraph) -> None:
    """Give each edge `oneway` (vehicles), `cycle_ahead` and `cycle_astern`, and a two-way street its other edge."""
    for u, v, data in list(graph.edges(data=True)):
        tag = _text(data, "oneway")
        one_way = tag in _ONE_WAY or _text(data, "junction") == "roundabout"
        ahead, astern = _cycle_directions(data, one_way, runs_against_drawing=tag in _AGAINST)
        data.update(oneway=one_way, cycle_ahead=ahead, cycle_astern=astern)
        if not one_way:
            graph.add_edge(v, u, **{**data, "reversed": True, "cycle_ahead": astern, "cycle_astern": ahead})


def _cycle_directions(data: Mapping[str, Any], one_way: bool, *, runs_against_drawing: bool) -> tuple[bool, bool]:
    """Tell whether a cycle may go along an edge, and against it.

    ``oneway:bicycle`` refers to the direction in which the way is drawn; ``cycleway=opposite…`` means that cycles may
    go against the direction of cars.
    """
    own = _text(data, "oneway:bicycle")
    if own in _AGAINST:
        return runs_against_drawing, not runs_against_drawing
    if own in _ONE_WAY:
        return not runs_against_drawing, runs_against_drawing
    both = own in {"no", "false", "0"} or any(_text(data, tag).startswith("opposite") for tag in _CYCLEWAYS)
    return True, both or not one_way


def compile_network(graph: nx.MultiDiGraph, extent: BaseGeometry | None = None) -> tuple[StreetNetwork, Islands]:
    """Turn osmnx's graph into arrays: each street once, only the largest walkable part, and a list of the islands.

    Parameters
    ----------
    graph
        From :func:`read_graph` or :func:`fetch_graph`.
    extent
        Polygon of the graph's grid; an edge is kept when it touches it. The whole graph when left out.

    Raises
    ------
    SourceError
        When no street lies within `extent`.
    """
    # Two ways may run through the same points (a footway drawn over a street): their tags distinguish them.
    streets: dict[tuple[int, int, bytes, tuple[str, ...]], _Street] = {}
    for u, v, data in graph.edges(data=True):
        whole = np.rint(shapely.get_coordinates(data["geometry"]) * 100).astype(np.int64)
        tags = tuple(_text(data, tag) for tag in ("highway", "name", "bridge", "tunnel"))
        ahead, astern = (u, v, whole.tobytes(), tags), (v, u, whole[::-1].tobytes(), tags)
        street = streets.setdefault(min(ahead, astern), _Street(data, whole if ahead <= astern else whole[::-1]))
        street.forward |= ahead <= astern
        street.backward |= astern < ahead
        along, against = data["cycle_ahead"], data["cycle_astern"]
        street.cycle_forward |= along if ahead <= astern else against
        street.cycle_backward |= against if ahead <= astern else along
    if not streets:
        raise SourceError("the street graph is empty")
    keys = sorted(streets)  # a fixed order, so that the same file always gives the same arrays
    ordered = [streets[key] for key in keys]
    nodes = sorted({node for u, v, _, _ in keys for node in (u, v)})
    number = {node: i for i, node in enumerate(nodes)}
    classes = sorted({street.text("highway") for street in ordered})
    names = sorted({"", *(street.text("name") for street in ordered)})
    class_index, name_index = ({text: i for i, text in enumerate(texts)} for texts in (classes, names))
    vertex_xy = np.concatenate([street.whole_cm for street in ordered]) / 100.0
    vertex_start = np.concatenate([[0], np.cumsum([len(street.whole_cm) for street in ordered])]).astype(np.int32)
    network = StreetNetwork(
        node_xy=np.rint(np.array([(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in nodes]) * 100) / 100,
        edge_u=np.array([number[u] for u, *_ in keys], np.int32),
        edge_v=np.array([number[v] for _, v, *_ in keys], np.int32),
        edge_length_m=line_lengths(vertex_xy, vertex_start),
        edge_class=np.array([class_index[street.text("highway")] for street in ordered], np.int32),
        edge_name=np.array([name_index[street.text("name")] for street in ordered], np.int32),
        edge_forward=np.array([street.forward for street in ordered], bool),
        edge_backward=np.array([street.backward for street in ordered], bool),
        edge_cycle_forward=np.array([street.cycle_forward for street in ordered], bool),
        edge_cycle_backward=np.array([street.cycle_backward for street in ordered], bool),
        edge_bridge=np.array([bool(street.text("bridge")) for street in ordered], bool),
        edge_tunnel=np.array([bool(street.text("tunnel")) for street in ordered], bool),
        edge_speed_kmh=np.array([street.data["speed_kph"] for street in ordered], np.float64),
        vertex_xy=vertex_xy,
        vertex_start=vertex_start,
        class_names=tuple(classes),
        street_names=tuple(names),
    )
    if extent is not None:
        inside = shapely.intersects(network.lines, extent)
        if not inside.any():
            raise SourceError("no street lies within the area: is the street file of another place?")
        network = network.subset(inside)
    return _keep_largest(network, graph.graph["crs"])


def _keep_largest(network: StreetNetwork, crs: Any) -> tuple[StreetNetwork, Islands]:
    part = network.components()[network.edge_u]
    kept_share = float(network.edge_length_m[part == 0].sum() / network.edge_length_m.sum())
    rows = []
    for number in range(1, int(part.max()) + 1):
        edges = np.flatnonzero(part == number)
        names = [name for i in edges if (name := network.street_names[network.edge_name[i]])]
        rows.append(
            {
                "island": number,
                "name": max(sorted(set(names)), key=names.count) if names else "",
                "edges": len(edges),
                "length_m": round(float(network.edge_length_m[edges].sum()), 1),
                "geometry": shapely.multilinestrings(network.lines[edges]),
            }
        )
    columns = ["island", "name", "edges", "length_m", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=crs)
    return network.subset(part == 0), Islands(frame, kept_share)
