"""A small made-up town, and an oracle for travel times that shares no code with the program.

The oracle works on a networkx graph: every point splits its street there and then, and networkx searches. It has its
own table of modes, its own nearest street and its own way of finding where a flight of steps begins and ends, so that
it disagrees wherever the program is wrong.
"""

import itertools
import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geo.network.modes import MODES
from geo.network.network import StreetNetwork, line_lengths
from geo.network.report import network_report
from geo.pack import AreaPack, Manifest
from geo.packs import FILES, SCHEMA_VERSION, file_digest, open_pack, packs_folder
from geo.particulars import Baseline, Group, Kind, Level, Particulars
from geo.timetable.timetable import Timetable

ORIGIN = (587_000.0, 186_000.0)
_MAIN = {"trunk", "primary", "secondary", "tertiary"}
_ROADS = frozenset(
    _MAIN | {f"{road}_link" for road in _MAIN} | {"unclassified", "residential", "living_street", "service", "road"}
)
_FOR_CYCLES: frozenset[str] = _ROADS | {"cycleway", "path", "bridleway", "track"}
_LEVEL: frozenset[str] = _FOR_CYCLES | {"footway", "pedestrian", "platform"}
TOO_FAR_M = 300.0


@dataclass(frozen=True)
class Rules:
    """What one mode is meant to do, written down a second time."""

    speed_kmh: float | None
    connector_kmh: float
    allowed: frozenset[str]
    oneway: str = ""
    steps_s: float = 0.0
    level: bool = False
    congestion: float = 1.0


ON_STREETS = {name: mode for name, mode in MODES.items() if mode.timing is None}
"""The modes that go by streets alone; those by timetable have tests of their own."""

RULES = {
    "walk_adult": Rules(4.8, 4.8, _LEVEL | {"steps"}),
    "walk_pram": Rules(3.6, 3.6, _LEVEL | {"steps"}, steps_s=120.0),
    "walk_toddler": Rules(3.2, 3.2, _LEVEL | {"steps"}),
    "wheelchair": Rules(3.6, 3.6, _LEVEL, level=True),
    "cycle": Rules(14.0, 14.0, _FOR_CYCLES, oneway="cycle"),
    "drive": Rules(None, 4.8, _ROADS | {"motorway", "motorway_link"}, oneway="vehicle", congestion=1.5),
}


@dataclass(frozen=True)
class Street:
    """A street between two junctions, drawn from `u` to `v`."""

    u: int
    v: int
    line: shapely.LineString
    highway: str
    forward: bool
    backward: bool
    cycle_forward: bool
    cycle_backward: bool
    speed_kmh: float

    def ways(self, oneway: str) -> tuple[bool, bool]:
        """Whether one may go along it, and back."""
        own = {"vehicle": (self.forward, self.backward), "cycle": (self.cycle_forward, self.cycle_backward)}
        return own.get(oneway, (True, True))


def streets_of_graph(graph: nx.MultiDiGraph) -> list[Street]:
    """The directed edges of osmnx's graph."""
    return [
        Street(
            u,
            v,
            data["geometry"],
            data["highway"],
            True,
            False,
            data["cycle_ahead"],
            data["cycle_astern"],
            data["speed_kph"],
        )
        for u, v, data in graph.edges(data=True)
    ]


def streets_of_network(network: StreetNetwork) -> list[Street]:
    """The edges of the program's arrays."""
    return [
        Street(
            int(network.edge_u[i]),
            int(network.edge_v[i]),
            shapely.LineString(network.vertex_xy[network.vertex_start[i] : network.vertex_start[i + 1]]),
            network.class_names[network.edge_class[i]],
            bool(network.edge_forward[i]),
            bool(network.edge_backward[i]),
            bool(network.edge_cycle_forward[i]),
            bool(network.edge_cycle_backward[i]),
            float(network.edge_speed_kmh[i]),
        )
        for i in range(network.n_edges)
    ]


def parts_of_flights(streets: list[Street]) -> dict[int, float]:
    """By `id` of each street that is steps: what part of its flight it is. All streets may be used.

    A flight is followed from landing to landing, where nothing but one more piece of steps leads on.
    """
    one_each: dict[tuple[frozenset[int], bytes], list[Street]] = {}
    for street in streets:
        key = frozenset((street.u, street.v)), street.line.normalize().wkb
        one_each.setdefault(key, []).append(street)
    leading_off: dict[int, list[list[Street]]] = {}
    for same in one_each.values():
        leading_off.setdefault(same[0].u, []).append(same)
        leading_off.setdefault(same[0].v, []).append(same)
    parts: dict[int, float] = {}
    for same in one_each.values():
        if same[0].highway != "steps" or id(same[0]) in parts:
            continue
        flight = [same]
        for piece in flight:
            for node in (piece[0].u, piece[0].v):
                here = leading_off[node]
                if len(here) == 2 and all(other[0].highway == "steps" for other in here):
                    flight += [other for other in here if not any(other is known for known in flight)]
        whole_m = sum(piece[0].line.length for piece in flight)
        parts |= {id(street): piece[0].line.length / whole_m for piece in flight for street in piece}
    return parts


@dataclass
class Oracle:
    """Travel times of one mode by networkx."""

    rules: Rules
    steps: list[tuple[int, int, shapely.LineString, float]] = field(default_factory=list)
    only_by_steps: list[shapely.LineString] = field(default_factory=list)

    @classmethod
    def of(cls, streets: list[Street], mode: str) -> "Oracle":
        oracle = cls(RULES[mode])
        rules = oracle.rules
        may_use = [street for street in streets if street.highway in rules.allowed]
        parts = parts_of_flights(may_use)
        for u, v, street, line in _largest(may_use, rules):
            kmh = street.speed_kmh / rules.congestion if rules.speed_kmh is None else rules.speed_kmh
            seconds = line.length / (kmh / 3.6) + rules.steps_s * parts.get(id(street), 0.0)
            oracle.steps.append((u, v, line, seconds))
        if rules.level:
            level = {id(street) for _, _, street, _ in _largest(may_use, rules)}
            climbing = _largest([s for s in streets if s.highway in rules.allowed | {"steps"}], rules)
            oracle.only_by_steps = [
                line for _, _, street, line in climbing if street.highway != "steps" and id(street) not in level
            ]
        return oracle

    def matrix_s(self, homes: np.ndarray, sites: np.ndarray) -> np.ndarray:
        """Seconds from each home ``(n, 2)`` to each site ``(m, 2)``; inf where either is off the network."""
        graph = nx.MultiDiGraph()
        for u, v, _, seconds in self.steps:
            graph.add_edge(u, v, s=seconds)
        lines = np.array([line for _, _, line, _ in self.steps], dtype=object)
        tree = shapely.STRtree(lines)
        on_step: dict[int, list[tuple[float, str]]] = {}
        for kind, points in (("home", homes), ("site", sites)):
            for number, xy in enumerate(points):
                split, point = f"{kind} {number} on street", shapely.Point(xy)
                near = tree.query(point.buffer(TOO_FAR_M))
                far_m = shapely.distance(lines[near], point)
                if not len(near) or far_m.min() > TOO_FAR_M:
                    continue
                if any(line.distance(point) < far_m.min() - 1e-6 for line in self.only_by_steps):
                    continue
                nearest = lines[near[int(np.argmin(far_m))]]
                foot = nearest.interpolate(nearest.project(point))
                connector_s = far_m.min() / (self.rules.connector_kmh / 3.6)
                graph.add_edge(f"{kind} {number}", split, s=connector_s)
                graph.add_edge(split, f"{kind} {number}", s=connector_s)
                for i in near[shapely.distance(lines[near], foot) < 1e-6]:
                    for node, end in ((self.steps[i][0], 0), (self.steps[i][1], -1)):
                        if foot.distance(shapely.Point(lines[i].coords[end])) < 1e-6:
                            graph.add_edge(split, node, s=0.0)
                            graph.add_edge(node, split, s=0.0)
                    on_step.setdefault(int(i), []).append((lines[i].project(foot, normalized=True), split))
        for i, splits in on_step.items():
            u, v, _, seconds = self.steps[i]
            chain = [(0.0, u), *sorted(splits), (1.0, v)]
            for (a, one), (b, other) in itertools.pairwise(chain):
                graph.add_edge(one, other, s=(b - a) * seconds)
        result = np.full((len(homes), len(sites)), np.inf)
        backwards = graph.reverse(copy=False)
        for j in range(len(sites)):
            if f"site {j}" in backwards:
                from_site = nx.single_source_dijkstra_path_length(backwards, f"site {j}", weight="s")
                found = {i: from_site[f"home {i}"] for i in range(len(homes)) if f"home {i}" in from_site}
                result[list(found), j] = list(found.values())
            for i in range(len(homes)):
                if homes[i].tolist() == sites[j].tolist():
                    result[i, j] = 0.0
        return result


def _largest(streets: list[Street], rules: Rules) -> list[tuple[int, int, Street, shapely.LineString]]:
    """Each direction of each street of the longest part in which one gets from everywhere to everywhere."""
    one_way = nx.MultiDiGraph()
    for street in streets:
        along, back = street.ways(rules.oneway)
        if along:
            one_way.add_edge(street.u, street.v, street=street, line=street.line)
        if back:
            one_way.add_edge(street.v, street.u, street=street, line=street.line.reverse())
    side = {node: i for i, nodes in enumerate(nx.strongly_connected_components(one_way)) for node in nodes}
    inside = [(u, v, data) for u, v, data in one_way.edges(data=True) if side[u] == side[v]]
    length_m = dict.fromkeys(side.values(), 0.0)
    for u, _, data in inside:
        length_m[side[u]] += data["line"].length
    largest = max(length_m, key=lambda part: length_m[part])
    return [(u, v, data["street"], data["line"]) for u, v, data in inside if side[u] == largest]


def way_s(streets: list[Street], mode: str, xy: np.ndarray) -> float:
    """Seconds along a drawn way ``(n, 2)`` that must lie on streets and run only where the mode may go."""
    rules, total = RULES[mode], 0.0
    parts = parts_of_flights([street for street in streets if street.highway in rules.allowed])
    lines = np.array([street.line for street in streets], dtype=object)
    tree = shapely.STRtree(lines)
    for start, end in itertools.pairwise(xy):
        piece = shapely.LineString([start, end])
        options = []
        for i in tree.query(piece, predicate="dwithin", distance=0.02):
            street, line = streets[i], lines[i]
            if street.highway not in rules.allowed:
                continue
            ends = shapely.points([start, (start + end) / 2, end])
            if shapely.distance(line, ends).max() > 0.02:
                continue
            a, b = line.project(ends[0]), line.project(ends[2])
            # A loop's first point is also its last, where `project` may give either.
            ahead = [b > a] if line.coords[0] != line.coords[-1] else [True, False]
            if not any(street.ways(rules.oneway)[0 if way else 1] for way in ahead):
                continue
            kmh = street.speed_kmh / rules.congestion if rules.speed_kmh is None else rules.speed_kmh
            penalty = rules.steps_s * parts.get(id(street), 0.0)
            options.append(piece.length * 3.6 / kmh + penalty * piece.length / line.length)
        assert options, f"the way from {start} to {end} does not follow a street that {mode} may use"
        total += min(options)
    return total


def network_of(
    *streets: tuple[list[tuple[float, ...]], dict[str, object]] | list[tuple[float, ...]],
) -> StreetNetwork:
    """A network from drawn lines; lines that end in the same place meet there.

    Each street is its line, or its line and any of ``highway``, ``name``, ``oneway``, ``speed_kmh``, ``cycle`` (whether
    a cycle may go along it, and back; as cars when left out).
    """
    drawn = [street if isinstance(street, tuple) else (street, {}) for street in streets]
    ends = sorted({line[i] for line, _ in drawn for i in (0, -1)})
    classes = sorted({str(tags.get("highway", "residential")) for _, tags in drawn})
    names = sorted({"", *(str(tags.get("name", "")) for _, tags in drawn)})
    vertex_xy = np.array([xy for line, _ in drawn for xy in line], dtype=np.float64)
    start = np.concatenate([[0], np.cumsum([len(line) for line, _ in drawn])]).astype(np.int32)
    flags = np.zeros(len(drawn), dtype=bool)
    return StreetNetwork(
        node_xy=np.array(ends, dtype=np.float64),
        edge_u=np.array([ends.index(line[0]) for line, _ in drawn], np.int32),
        edge_v=np.array([ends.index(line[-1]) for line, _ in drawn], np.int32),
        edge_length_m=line_lengths(vertex_xy, start),
        edge_class=np.array([classes.index(str(tags.get("highway", "residential"))) for _, tags in drawn], np.int32),
        edge_name=np.array([names.index(str(tags.get("name", ""))) for _, tags in drawn], np.int32),
        edge_forward=~flags,
        edge_backward=np.array([not tags.get("oneway") for _, tags in drawn]),
        edge_cycle_forward=np.array([_for_cycles(tags)[0] for _, tags in drawn]),
        edge_cycle_backward=np.array([_for_cycles(tags)[1] for _, tags in drawn]),
        edge_bridge=flags,
        edge_tunnel=flags,
        edge_speed_kmh=np.array([tags.get("speed_kmh", 30.0) for _, tags in drawn], np.float64),
        vertex_xy=vertex_xy,
        vertex_start=start,
        class_names=tuple(classes),
        street_names=tuple(names),
    )


def _for_cycles(tags: dict[str, Any]) -> tuple[bool, bool]:
    along, back = tags.get("cycle", (True, not tags.get("oneway")))
    return bool(along), bool(back)


def random_network(seed: int) -> StreetNetwork:
    """A small network by chance: a ring of streets, so that it holds together, and others of every kind across it.

    Beside it stand landings and terraces, which nothing but steps joins to it or to each other.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 12))
    places = [tuple(xy) for xy in (rng.uniform(0, 900, (n, 2)).round(2) + ORIGIN).tolist()]

    def bent(a: tuple[float, ...], b: tuple[float, ...]) -> list[tuple[float, ...]]:
        # A loop with one bend would lie on itself, where a point has two places.
        middle = (np.array(a) + b) / 2 + rng.uniform(-80, 80, (int(rng.integers(1 + (a == b), 4)), 2))
        return [a, *(tuple(xy) for xy in middle.round(2).tolist()), b]

    kinds = ["residential", "footway", "steps", "steps", "cycleway", "primary", "pedestrian", "path", "proposed"]
    ways = [(True, True), (True, False), (False, True)]
    streets: list[tuple[list[tuple[float, ...]], dict[str, object]]] = []
    for a, b in zip(places, places[1:] + places[:1], strict=True):
        streets.append((bent(a, b), {"oneway": bool(rng.random() < 0.5), "speed_kmh": float(rng.integers(16, 60))}))
    for _ in range(int(rng.integers(2, 14))):
        a, b = (places[int(i)] for i in rng.integers(0, n, 2))
        tags = {
            "highway": str(rng.choice(kinds)),
            "oneway": bool(rng.random() < 0.3),
            "speed_kmh": float(rng.integers(16, 60)),
            "cycle": ways[int(rng.integers(0, 3))],
        }
        streets.append((bent(a, b), tags))
    for _ in range(int(rng.integers(0, 4))):
        terrace = [
            tuple(xy) for xy in (rng.uniform(-100, 1000, (int(rng.integers(1, 4)), 2)).round(2) + ORIGIN).tolist()
        ]
        streets += [(bent(a, b), {"highway": "footway"}) for a, b in itertools.pairwise(terrace)]
        for _ in range(int(rng.integers(1, 4))):
            ends = terrace[int(rng.integers(0, len(terrace)))], places[int(rng.integers(0, len(places)))]
            # Every other flight is drawn in two pieces, with a landing between them.
            landings = (rng.uniform(0, 900, (int(rng.integers(0, 2)), 2)).round(2) + ORIGIN).tolist()
            line = [ends[0], *(tuple(xy) for xy in landings), ends[1]]
            streets += [(bent(a, b), {"highway": "steps"}) for a, b in itertools.pairwise(line)]
        places += terrace
    return network_of(*streets)


# The town: a grid of junctions with everything that makes real streets awkward.
_COLUMNS, _ROWS = 7, 6


def _town() -> tuple[dict[int, tuple[float, float]], list[tuple[list[int], dict[str, str]]]]:
    rng = np.random.default_rng(20)
    nodes: dict[int, tuple[float, float]] = {}
    ways: list[tuple[list[int], dict[str, str]]] = []

    def node(x: float, y: float) -> int:
        nodes[len(nodes) + 1] = (ORIGIN[0] + x, ORIGIN[1] + y)
        return len(nodes)

    def way(refs: list[int], highway: str, **tags: str) -> None:
        ways.append((refs, {"highway": highway, **tags}))

    grid = [
        [node(*(np.array([100.0 * column, 90.0 * row]) + rng.uniform(-25, 25, 2))) for column in range(_COLUMNS)]
        for row in range(_ROWS)
    ]
    for row, refs in enumerate(grid):
        if row == 1:
            way(refs, "residential", name="Eastbound Road", oneway="yes", **{"oneway:bicycle": "no"})
        elif row == 2:
            way(refs, "residential", name="Westbound Road", oneway="-1")
        elif row == 3:
            way(refs, "primary", name="High Street", maxspeed="30 mph")
        else:
            way(refs, "residential", name=f"Row {row} Road")
    for column in range(_COLUMNS):
        refs = [grid[row][column] for row in range(_ROWS)]
        if column == 2:
            way(refs, "residential", name="Northbound Road", oneway="yes")
        elif column == 5:
            way(refs[:3], "footway")
            way(refs[2:], "residential", name="Short Road")
        else:
            way(refs, "residential", name=f"Column {column} Road")
    # A crescent beside a straight street: parallel edges.
    bow = [node(*xy) for xy in ((330, 480), (350, 510), (380, 490))]
    way([grid[5][3], *bow, grid[5][4]], "residential", name="The Crescent")
    # Loops, in both directions and in one.
    way(
        [grid[5][6], *(node(*xy) for xy in ((660, 470), (700, 520), (620, 540))), grid[5][6]],
        "residential",
        name="Loop",
    )
    ring = [node(*xy) for xy in ((-60, -30), (-80, -90), (-10, -100))]
    way([grid[0][0], *ring, grid[0][0]], "residential", name="One-way Loop", oneway="yes")
    # A dead end, and one that cars may enter but not leave.
    way([grid[0][6], node(690, -60), node(760, -90)], "residential", name="Cul-de-sac")
    way([grid[4][6], node(700, 380), node(760, 400)], "service", oneway="yes")
    # Steps that save a corner, and a terrace that only steps lead to, from two sides.
    way([grid[4][0], node(30, 390), grid[5][1]], "steps")
    terrace = [node(*xy) for xy in ((-180, 300), (-190, 350), (-170, 420))]
    way(terrace, "footway", name="Hill Terrace")
    way([grid[3][0], node(-90, 290), terrace[0]], "steps")
    way([grid[5][0], terrace[2]], "steps")
    # A footbridge, a subway, a cycle track, a path and a bridleway.
    far_side = [node(*xy) for xy in ((150, 640), (300, 660), (420, 650), (560, 640))]
    way(far_side, "residential", name="Far Side")
    way([grid[5][1], far_side[0]], "footway", bridge="yes", name="Footbridge")
    way([grid[5][4], far_side[2]], "secondary", bridge="yes", name="Road Bridge")
    way([grid[5][5], far_side[3]], "secondary", tunnel="yes", name="Road Tunnel")
    way([grid[1][1], node(150, 130), grid[2][2]], "cycleway")
    way([grid[0][4], node(470, 50), grid[1][5]], "path")
    way([grid[0][5], grid[1][6]], "bridleway")
    # What only walkers may use, and what nobody may.
    way([grid[3][1], grid[4][2]], "pedestrian")
    way([grid[3][4], grid[4][5]], "proposed")
    # A motorway past the town, and an island.
    way([grid[0][6], node(800, 100), grid[3][6]], "motorway", oneway="no")
    shore = [node(*xy) for xy in ((1500, 100), (1600, 130), (1650, 200))]
    way(shore, "residential", name="Island Road")
    return nodes, ways


def write_osm(path: Path, nodes: dict[int, tuple[float, float]], ways: list[tuple[list[int], dict[str, str]]]) -> Path:
    """Write places (grid metres) and ways as an OSM XML file."""
    to_degrees = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for ref, (x, y) in nodes.items():
        lon, lat = to_degrees.transform(x, y)
        rows.append(f'<node id="{ref}" lat="{lat:.10f}" lon="{lon:.10f}" version="1"/>')
    for number, (refs, tags) in enumerate(ways, start=1):
        inside = [*(f'<nd ref="{ref}"/>' for ref in refs), *(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())]
        rows.append(f'<way id="{number}" version="1">{"".join(inside)}</way>')
    path.write_text("\n".join([*rows, "</osm>"]), encoding="utf-8")
    return path


def write_town(path: Path) -> Path:
    """Write the made-up town as an OSM XML file."""
    return write_osm(path, *_town())


def town_points(count: int, seed: int) -> np.ndarray:
    """Places in and around the town, ``(count, 2)``: the first on the island, the rest by streets or out of reach.

    None stands on a junction itself: the program keeps positions to the centimetre, and which side of a junction a
    point lies on changes where a one-way street lets it go.
    """
    rng = np.random.default_rng(seed)
    xy = rng.uniform((-300, -250), (900, 800), (count, 2)) + ORIGIN
    xy[0] = (ORIGIN[0] + 1600, ORIGIN[1] + 140)
    return xy


def baseline_of(name: str) -> Baseline:
    """Make a baseline by its name: those of the middle of a year are one series, every other is its own."""
    kinds: dict[str, Kind] = {"mid": "estimate", "strategy": "stated"}
    kind = kinds.get(name.partition("_")[0], "census")
    series = "mid_year" if kind == "estimate" else name
    year = name[-4:] if name[-4:].isdecimal() else "2014"
    return Baseline(name, name, kind, year, "a source", series, series, "A definition")


def with_particulars(manifest: Manifest, **changes: object) -> Manifest:
    """Return a manifest with other particulars; `baselines` may be a list of names."""
    if "baselines" in changes:
        changes["baselines"] = tuple(baseline_of(name) for name in cast("list[str]", changes["baselines"]))
    return replace(manifest, particulars=replace(manifest.particulars, **changes))  # type: ignore[arg-type]


def write_pack(
    folder: Path,
    *,
    targets: Collection[str] | None = None,
    strategy: bool = True,
    without: Collection[str] = (),
) -> AreaPack:
    """Write a pack like that of Southend, but of an area with other data, into `folder`, and open it.

    Parameters
    ----------
    folder
        A folder whose name is the area's code; its parent is what ``REACH_DATA`` names.
    targets
        Codes of the target wards; those of Southend when left out.
    strategy
        Whether the area has a local strategy: without one there are neither its figures nor its baseline.
    without
        Categories of services that no source of this area lists.
    """
    shutil.copytree(packs_folder() / "southend", folder)

    def replaced(file: str, change: Callable[[Any], Any]) -> None:
        read = gpd.read_parquet if file == "areas.parquet" else pd.read_parquet
        change(read(folder / file)).to_parquet(folder / file)

    def rewritten(file: str, change: Callable[[dict[str, Any]], None]) -> None:
        content = json.loads((folder / file).read_text(encoding="utf-8"))
        change(content)
        (folder / file).write_text(json.dumps(content), encoding="utf-8")

    if targets is not None:
        replaced("areas.parquet", lambda areas: areas.assign(target=areas["ward"].isin(list(targets))))
    if not strategy:
        (folder / "strategy.json").write_text("{}", encoding="utf-8")
        replaced(
            "measures.parquet",
            lambda counts: counts[[name for name in counts.columns if not name.startswith("strategy.")]],
        )

        def unstated(content: dict[str, Any]) -> None:
            content["measures"] = [record for record in content["measures"] if record["baseline"] != "strategy"]
            content["sources"] = [source for source in content["sources"] if source["key"] != "strategy"]

        rewritten("provenance.json", unstated)
    replaced("services.parquet", lambda services: services[~services["category"].isin(list(without))])

    def named(content: dict[str, Any]) -> None:
        content.update(code=folder.name, name="Plainshire")
        content["controls"] = [
            control
            for control in content["controls"]
            if (strategy or control["baseline"] != "strategy") and (targets is None or control["group"] == "borough")
        ]
        own = content["particulars"]
        if not strategy:
            own["baselines"] = [one for one in own["baselines"] if one["kind"] != "stated"]
            own["sources"].pop("strategy")
        if targets is not None:
            own["groups"] = [{"name": "target", "label": "target wards", "wards": list(targets)}] if targets else []
        content["files"] = {file: file_digest(folder / file) for file in content["files"]}

    rewritten("pack.json", named)
    return open_pack(folder.name, folder.parent)


ELSEWHERE = (430_000.0, 5_900_000.0)
"""South-west corner of the area that :func:`write_elsewhere` makes, metres of UTM zone 30 north (EPSG:32630)."""
_BLOCK_M, _BLOCKS = 250.0, 8


def write_elsewhere(folder: Path, targets: tuple[str, ...] = ()) -> AreaPack:
    """Write a pack of a small area that has nothing but what every area must have, into `folder`, and open it.

    It has a grid of its own (EPSG:32630), two levels of areas, the counts of one census, no postcodes (its homes are
    small areas), no index of deprivation, no target wards, no strategy, no past services, no base map, and euros. Its
    streets are a square of 8 by 8 blocks; one home lies far from all of them. The wards of `targets` (of ``W1``, ``W2``
    and ``W3``) are its "priority districts".
    """
    x0, y0, side = *ELSEWHERE, _BLOCK_M * _BLOCKS
    lines = [[(x0, y0 + _BLOCK_M * k), (x0 + side, y0 + _BLOCK_M * k)] for k in range(_BLOCKS + 1)]
    lines += [[(x0 + _BLOCK_M * k, y0), (x0 + _BLOCK_M * k, y0 + side)] for k in range(_BLOCKS + 1)]
    crossed = shapely.get_parts(shapely.node(shapely.multilinestrings(lines)))
    streets: list[tuple[list[tuple[float, ...]], dict[str, object]]] = []
    for line in crossed:
        flat = line.bounds[1] == line.bounds[3]
        streets.append(([tuple(xy) for xy in line.coords], {"name": "Row Street" if flat else "Line Street"}))
    network = network_of(*streets)
    wards = {"W1": ("North", 0, 4), "W2": ("South", 0, 0), "W3": ("East", 4, 2)}
    rows, small = [], []
    for code, (name, east, north) in wards.items():
        parts = []
        for number, (dx, dy) in enumerate(itertools.product((0, 2), (0, 2)), start=1):
            corner = x0 + (east + dx) * _BLOCK_M, y0 + (north + dy) * _BLOCK_M
            shape = shapely.box(*corner, corner[0] + 2 * _BLOCK_M, corner[1] + 2 * _BLOCK_M)
            parts.append(shape)
            lsoa = f"L{code[1]}{number}"
            rows.append((lsoa, "lsoa", f"{name} {number}", code, lsoa, code in targets, shape))
            small.append((lsoa, code, *(float(axis) for axis in shapely.get_coordinates(shape.centroid)[0])))
        rows.append((code, "ward", name, code, "", code in targets, shapely.union_all(parts)))
    columns = ["code", "level", "name", "ward", "lsoa", "target", "geometry"]
    areas = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), crs="EPSG:32630")
    demand = pd.DataFrame(small, columns=["postcode", "ward", "easting", "northing"])
    demand["easting"] += np.where(demand.index == len(demand) - 1, 5_000.0, 0.0)
    demand = demand.assign(lsoa=demand["postcode"], oa="", quality=10, share=1.0)
    counts = pd.DataFrame(
        {
            "lsoa": demand["lsoa"],
            "count.children_0_3": [10.0 + 7 * k for k in range(len(demand))],
            "count.population": 400.0,
        }
    )
    services = pd.DataFrame(
        [
            ("gp-1", "gp_practice", "First Surgery", x0 + 300.0, y0 + 260.0, "W2"),
            ("gp-2", "gp_practice", "Second Surgery", x0 + 1700.0, y0 + 1260.0, "W3"),
            ("ph-1", "pharmacy", "Corner Pharmacy", x0 + 510.0, y0 + 1490.0, "W1"),
        ],
        columns=["id", "category", "name", "easting", "northing", "ward"],
    ).assign(
        subtype="", address="", postcode="", precision="exact", status="open", tags="", source="services",
        vintage="2024", trains_per_weekday=np.nan,
    )  # fmt: skip
    nowhere = gpd.GeoDataFrame(geometry=[], crs="EPSG:32630")
    text = pd.Series(dtype=str)
    tables = {
        "areas": areas,
        "demand": demand,
        "measures": counts,
        "scores": demand[["lsoa"]],
        "ward_series": pd.DataFrame(dict.fromkeys(("ward", "measure", "period", "status", "source"), text)).assign(
            value=0.0, provisional=False
        ),
        "services": services,
        "postcodes": pd.DataFrame(
            {"postcode": text, "easting": pd.Series(dtype=float), "northing": pd.Series(dtype=float)}
        ),
        "basemap": nowhere.assign(layer=text, kind=text, name=text, rank=pd.Series(dtype=int)),
        "islands": nowhere.assign(island=pd.Series(dtype=int), name=text, edges=pd.Series(dtype=int), length_m=0.0),
    }
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet")
    network.save(folder / "network.npz")
    Timetable.empty().save(folder / "timetable.npz")
    census = Baseline("count", "Count of 2023", "census", "2023", "count", "count", "Count of 2023", "Counted")
    levels = (Level("lsoa", "quarter", "quarters", "exact"), Level("ward", "district", "districts"))
    source = {
        "publisher": "A publisher", "licence": "CC0-1.0", "attribution": "A publisher", "note": "", "rows": 1,
        "sha256": "0" * 64, "file": "a.csv",
    }  # fmt: skip
    record = {"baseline": "count", "unit": "people", "year": "2023", "source": "count", "method": "Counted"}
    status = {"status": dict.fromkeys(("lsoa", "ward", "target", "point"), "census")}
    provenance = {
        "sources": [
            {"key": key, "title": title, "vintage": "2023", **source}
            for key, title in (("streets", "Streets"), ("count", "Count of people"), ("services", "Services"))
        ],
        "measures": [
            {"measure": "children_0_3", "label": "Children aged 0–3", **record, **status},
            {"measure": "population", "label": "People", **record, **status},
        ],
        "unplaced": {},
    }
    (folder / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")
    (folder / "strategy.json").write_text("{}", encoding="utf-8")
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        code=folder.name,
        name="Elsewhere",
        files={file: file_digest(folder / file) for file in FILES},
        network=network_report(network, tables["islands"], demand, services, areas.geometry.union_all(), {}, ()),
        controls=(),
        lad_code="X1",
        crs="EPSG:32630",
        particulars=Particulars(
            levels,
            (census,),
            groups=(Group("target", "priority districts", targets),) if targets else (),
            sources={"streets": "streets", "homes": "count"},
            homes="lsoa",
            currency="EUR",
            whole="city",
        ),
    )
    (folder / "pack.json").write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    return open_pack(folder.name, folder.parent)
