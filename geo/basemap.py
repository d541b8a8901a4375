"""Compile a base map that is small enough to draw at once: coast, parks, water, railways, piers and names of towns.

The map is drawn on the colour of the sea: everything outside ``land`` is water. OpenStreetMap's extract has no
coastline, so land is worked out from the features that are on it (:mod:`geo.boundaries.coast`); inside the borough it
is exactly the published boundary, which is clipped to the coast.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundaries.coast import land_around, marsh_parts, tidal_parts, union
from geo.boundaries.load import polygons_of
from geo.errors import InputError

# In the order in which they are drawn, lowest first.
LAYERS = (
    "tidal", "land", "farmland", "builtup", "grounds", "green",
    "water", "runway", "waterway", "railway", "pier", "place",
)  # fmt: skip
_DRAWN_AS = {
    layer: ("LineString", "Polygon") if layer == "pier"
    else ("LineString",) if layer in ("waterway", "railway")
    else ("Polygon",)
    for layer in LAYERS
}  # fmt: skip

# Coordinates are kept to half a metre: less than a pixel at every zoom of the map.
_GRID_M = 0.5
# Polygons cut at tile edges are joined across gaps up to twice this.
_SEAM_M = 1.0
# Smaller pieces of land outside the borough are left over from clipping, or are banks in a creek.
_ISLAND_M2 = 20_000.0
# Names of small features (rides, rocks, greens of a golf course) lie close together; names of settlements do not.
_CLUSTER_M = 600.0
# A second track, siding or return line nearer than this to one already drawn adds nothing to the map.
_TWIN_M = 30.0
_STRAIGHT_ON = -0.8

_SETTLEMENT_RANK = {
    "city": 1, "town": 1, "suburb": 2, "village": 3,
    "hamlet": 4, "neighbourhood": 4, "quarter": 4, "island": 4, "locality": 5,
}  # fmt: skip


@dataclass(frozen=True)
class _Area:
    """How one kind of polygon is made: its source layer, and how much detail is kept."""

    layer: str
    kind: str
    source: str
    themes: tuple[str, ...]
    column: str = "cls"
    simplify_m: float = 2.0
    least_m2: float = 1_500.0
    close_m: float = 0.0


# Drawn in this order inside a layer, so that a playground lies on its park and a wood on its reserve.
_AREAS = (
    _Area("farmland", "farmland", "landcover", ("farmland",), simplify_m=6, least_m2=20_000, close_m=12),
    _Area("builtup", "residential", "landuse", ("residential",), simplify_m=5, least_m2=10_000, close_m=12),
    _Area("builtup", "business", "landuse", ("industrial", "commercial", "retail", "railway"), "cls", 4, 4_000),
    _Area("grounds", "school", "landuse", ("school", "college", "kindergarten", "university")),
    _Area("grounds", "hospital", "landuse", ("hospital",)),
    _Area("grounds", "cemetery", "landuse", ("cemetery",)),
    _Area("grounds", "airfield", "aeroway", ("aerodrome",), least_m2=20_000),
    _Area("green", "nature_reserve", "park", ("nature_reserve", "protected_area", "national_park")),
    _Area("green", "grass", "landcover", ("grass", "meadow", "grassland", "garden"), "sub", 4, 6_000, 2),
    _Area("green", "allotments", "landcover", ("allotments",), "sub"),
    _Area("green", "golf_course", "landcover", ("golf_course",), "sub"),
    _Area("green", "park", "landcover", ("park", "recreation_ground", "village_green"), "sub"),
    _Area("green", "wood", "landcover", ("wood",), "cls", 4, 5_000, 2),
    _Area("green", "pitch", "landuse", ("pitch", "stadium")),
    _Area("green", "playground", "landuse", ("playground",), least_m2=400, simplify_m=2),
    _Area("water", "lake", "water", ("lake", "reservoir", "pond", "basin")),
    _Area("runway", "apron", "aeroway", ("apron",), least_m2=2_000),
)  # fmt: skip
_RUNWAY_WIDTH_M = {"runway": 40.0, "taxiway": 15.0}
_RUNWAY_LEAST_M = {"runway": 600.0, "taxiway": 60.0}
_WATERWAY_LEAST_M = {"river": 100.0, "canal": 100.0, "stream": 250.0}


def compile_basemap(
    layers: Mapping[str, gpd.GeoDataFrame],
    borough: Any,
    streets: gpd.GeoSeries | None,
    margin_m: float,
    land_sides: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Compile the layers of a base map into one light frame.

    Parameters
    ----------
    layers
        What :func:`geo.sources.basemap.read_basemap` gives, all in one grid.
    borough
        Polygon or MultiPolygon in metres whose edge is the coast where there is one. All of it becomes land, to the
        half metre.
    streets
        Lines in metres, or none: they help to find the land outside the borough.
    margin_m
        How far past the borough's bounds the map reaches, metres.
    land_sides
        Sides (``north``, ``east``, ``south``, ``west``) of the area that are land as far as the map reaches, where the
        layers do not show it.

    Returns
    -------
    geopandas.GeoDataFrame
        In the grid of the layers, in drawing order, the same rows for the same input. Columns ``layer`` (of
        :data:`LAYERS`), ``kind``, ``name`` (``""`` if none), ``rank`` (int, 1 is the most important: draw 1 at every
        zoom, 3 and above only at a large scale) and ``geometry`` (multi-part for all but ``place``, the names of
        settlements). Shapes of one layer, kind, name and rank are one row.

    Raises
    ------
    InputError
        If a layer is missing or in another CRS, the borough has no area, or the margin is negative.
    """
    _check(layers, borough, margin_m)
    west, south, east, north = borough.bounds
    extent = shapely.box(west - margin_m, south - margin_m, east + margin_m, north + margin_m)
    whole_land = land_around(layers, borough, streets)
    if land_sides:
        whole_land = shapely.union_all([whole_land, *_sides(borough, extent, land_sides)])
    # Simplifying may move only the approximate coast, so the exact borough is added last.
    around = _drop_small(shapely.simplify(shapely.intersection(whole_land, extent), 5.0), _ISLAND_M2)
    land = polygons_of(shapely.union(around, borough))

    rows: list[dict[str, Any]] = []
    rows += _rows("land", "land", [land], least_m2=0)
    for kind, shape in _tidal(layers, whole_land).items():
        kept = shapely.intersection(shape.simplify(6.0), extent)
        rows += _rows("tidal", kind, [shapely.difference(kept, land)], least_m2=3_000)
    for area in _AREAS:
        rows += _area_rows(area, layers[area.source], land)
    rows += _runway_rows(layers["aeroway"], land)
    rows += _waterway_rows(layers["waterway"], land)
    rows += _railway_rows(layers["railway"], extent)
    rows += _pier_rows(layers["pier"], extent)
    rows += _settlement_rows(layers["place"], extent)
    return _gather(rows, layers["landcover"].crs)


def _sides(borough: Any, extent: Any, sides: Sequence[str]) -> list[Any]:
    """Return the part of the map on each side of the middle of an area."""
    west, south, east, north = extent.bounds
    x, y = borough.centroid.coords[0]
    halves = {
        "north": shapely.box(west, y, east, north),
        "east": shapely.box(x, south, east, north),
        "south": shapely.box(west, south, east, y),
        "west": shapely.box(west, south, x, north),
    }
    return [halves[side] for side in sides]


def _check(layers: Mapping[str, gpd.GeoDataFrame], borough: Any, margin_m: float) -> None:
    needed = sorted({area.source for area in _AREAS} | {"waterway", "railway", "pier", "place", "building"})
    for name in needed:
        if name not in layers:
            raise InputError(f"the base map has no layer {name!r}; it needs: {', '.join(needed)}")
        if layers[name].crs is None or layers[name].crs != layers[needed[0]].crs:
            raise InputError(f"base map layer {name!r} is not in the grid of layer {needed[0]!r}")
    if not getattr(borough, "area", 0.0) > 0:
        raise InputError("the borough has no area")
    if not margin_m >= 0:
        raise InputError(f"the margin must be at least 0 m, not {margin_m}")


def _drop_small(shape: Any, least_m2: float) -> Any:
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.area(parts) >= least_m2])


def _tidal(layers: Mapping[str, gpd.GeoDataFrame], land: Any) -> dict[str, Any]:
    cover = layers["landcover"]
    mud = _seamless(tidal_parts(cover, beaches=False).geometry)
    sand = _seamless(cover.geometry[(cover["cls"] == "sand")])
    marsh = _seamless(marsh_parts(cover).geometry)
    return {
        "mudflat": shapely.difference(mud, land),
        "sand": shapely.difference(sand, land),
        "saltmarsh": shapely.difference(marsh, land),
    }


def _seamless(shapes: Any, close_m: float = 0.0) -> Any:
    """Dissolve polygons that were cut at tile edges, and close the narrow gaps between them."""
    radius = max(close_m, _SEAM_M)
    parts = shapely.buffer(np.asarray(shapes, dtype=object), radius, join_style="mitre")
    return shapely.buffer(union(parts), -radius, join_style="mitre")


def _area_rows(area: _Area, frame: gpd.GeoDataFrame, land: Any) -> list[dict[str, Any]]:
    chosen = frame[frame[area.column].isin(area.themes) & (frame.geometry.geom_type == "Polygon")]
    rows: list[dict[str, Any]] = []
    for name, group in chosen.groupby("name", sort=True):
        shape = shapely.intersection(_seamless(group.geometry, area.close_m), land)
        shape = shapely.simplify(_drop_small(shape, area.least_m2), area.simplify_m)
        rows += _rows(area.layer, area.kind, [shape], name=str(name), least_m2=area.least_m2)
    return rows


def _runway_rows(aeroway: gpd.GeoDataFrame, land: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for kind, width in _RUNWAY_WIDTH_M.items():
        chosen = aeroway[(aeroway["cls"] == kind) & (aeroway.geometry.geom_type == "LineString")]
        lines = [line for line in _merged(chosen.geometry) if line.length >= _RUNWAY_LEAST_M[kind]]
        strips = shapely.buffer(np.array(lines, dtype=object), width / 2, cap_style="flat", join_style="mitre")
        shape = shapely.simplify(shapely.intersection(union(strips), land), 1.0)
        rows += _rows("runway", kind, [shape], least_m2=500, rank=1 if kind == "runway" else 3)
    return rows


def _waterway_rows(waterway: gpd.GeoDataFrame, land: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for (kind, name), group in waterway.groupby(["cls", "name"], sort=True):
        if kind not in _WATERWAY_LEAST_M:
            continue  # ditches and drains would cover the marshes with lines
        # At sea a river's line is only the channel for ships.
        dry = shapely.intersection(shapely.union_all(group.geometry.to_numpy()), land)
        least = 100.0 if name else _WATERWAY_LEAST_M[str(kind)]
        lines = [line for line in _merged([dry]) if line.length >= least]
        rank = 1 if kind == "river" else 2 if name else 3
        rows += _rows("waterway", str(kind), shapely.simplify(lines, 3.0), name=str(name), rank=rank)
    return rows


def _railway_rows(railway: gpd.GeoDataFrame, extent: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for kind, group in railway.groupby("cls", sort=True):
        lines = _without_twins(_strokes(_merged(group.geometry)), 300.0 if kind == "rail" else 20.0)
        inside = [shapely.intersection(line, extent) for line in lines]
        rank = 1 if kind == "rail" else 2
        rows += _rows("railway", str(kind), shapely.simplify(inside, 2.0), rank=rank)
    return rows


def _pier_rows(pier: gpd.GeoDataFrame, extent: Any) -> list[dict[str, Any]]:
    flat = pier.geometry.geom_type == "Polygon"
    decks = shapely.simplify(_seamless(pier.geometry[flat]), 1.0)
    lines = [shapely.intersection(line, extent) for line in _merged(pier.geometry[~flat])]
    long = [line for line in lines if line.length >= 60.0]
    rows = _rows("pier", "deck", [shapely.intersection(decks, extent)], least_m2=300, rank=1)
    for rank, chosen in (
        (1, [x for x in long if x.length >= 500.0]),
        (3, [x for x in long if x.length < 500.0]),
    ):
        rows += _rows("pier", "pier", shapely.simplify(chosen, 2.0), rank=rank)
    return rows


def _settlement_rows(layer: gpd.GeoDataFrame, extent: Any) -> list[dict[str, Any]]:
    named = layer[layer["cls"].isin(list(_SETTLEMENT_RANK)) & (layer["name"] != "")]
    local = named[named["cls"] == "locality"]
    spots = local.geometry.to_numpy()
    left, right = shapely.STRtree(spots).query(spots, predicate="dwithin", distance=_CLUSTER_M)
    crowded = np.unique(left[left != right])
    named = named.drop(index=local.index[crowded])
    named = named[shapely.intersects(named.geometry.to_numpy(), extent)]
    return [
        {
            "layer": "place",
            "kind": row.cls,
            "name": row.name,
            "rank": _SETTLEMENT_RANK[row.cls],
            "geometry": row.geometry,
        }
        for row in named.itertuples(index=False)
    ]


def _merged(lines: Any) -> list[Any]:
    return _longest_first(_line_parts(lines))


def _line_parts(lines: Any) -> list[Any]:
    whole = shapely.line_merge(shapely.union_all(np.asarray(lines, dtype=object)))
    return [part for part in shapely.get_parts(whole) if part.geom_type == "LineString"]


def _longest_first(lines: list[Any]) -> list[Any]:
    return sorted(lines, key=lambda line: (-round(line.length, 1), shapely.to_wkb(shapely.normalize(line))))


def _without_twins(lines: list[Any], least_m: float) -> list[Any]:
    """Keep the longest lines, and the parts of the others that do not run beside one already kept."""
    kept: list[Any] = []
    beside: Any = shapely.Polygon()
    for line in lines:
        rest = shapely.get_parts(shapely.line_merge(shapely.difference(line, beside)))
        new = [part for part in rest if part.length >= least_m]
        if new and len(kept):
            # Extend a branch to the line from which it starts.
            reach = shapely.union_all(new).buffer(1.6 * _TWIN_M)
            new = [part for part in shapely.get_parts(shapely.intersection(line, reach)) if part.length >= least_m]
        kept += new
        beside = shapely.union_all([beside, *(part.buffer(_TWIN_M, quad_segs=2) for part in new)])
    return kept


def _strokes(lines: list[Any]) -> list[Any]:
    """Join lines at the points where they branch, each to the one that continues in the straightest direction.

    The "strokes" of map generalisation (Thomson and Richardson, 1999): a main line becomes one long line, and a
    siding a short one.
    """
    ends: dict[tuple[float, float], list[tuple[int, complex]]] = {}
    for index, line in enumerate(lines):
        xy = shapely.get_coordinates(line) @ (1, 1j)
        for start, towards in ((xy[0], xy[1]), (xy[-1], xy[-2])):
            spot = (round(start.real, 1), round(start.imag, 1))
            ends.setdefault(spot, []).append((index, (towards - start) / abs(towards - start)))
    group = list(range(len(lines)))
    for spot in sorted(ends):
        here = ends[spot]
        # The cosine of the angle between the two lines at a point: -1 is straight on.
        pairs = sorted(
            (round((out * other.conjugate()).real, 6), i, j)
            for i, (_, out) in enumerate(here)
            for j, (_, other) in enumerate(here[:i])
        )
        joined: set[int] = set()
        for cosine, i, j in pairs:
            if cosine < _STRAIGHT_ON and not {i, j} & joined:
                joined |= {i, j}
                old, new = group[here[i][0]], group[here[j][0]]
                group = [new if at == old else at for at in group]
    strokes = [[line for line, at in zip(lines, group, strict=True) if at == one] for one in sorted(set(group))]
    return _longest_first([part for stroke in strokes for part in _line_parts(stroke)])


def _rows(
    layer: str, kind: str, shapes: Any, *, name: str = "", least_m2: float = 0.0, rank: int | None = None
) -> list[dict[str, Any]]:
    """Return one row for each part, on the half-metre grid, without polygons smaller than ``least_m2``."""
    snapped = shapely.set_precision(np.asarray(shapes, dtype=object), _GRID_M)
    rows = []
    for part in shapely.get_parts(shapely.get_parts(snapped)):
        size = part.area
        # Where two edges coincide, an overlay also returns lines and points.
        if part.geom_type not in _DRAWN_AS[layer] or part.is_empty or (size and size < least_m2):
            continue
        own = rank or (1 if size >= 200_000 else 2 if size >= 20_000 else 3)
        rows.append({"layer": layer, "kind": kind, "name": name, "rank": own, "geometry": part})
    return rows


def _gather(rows: list[dict[str, Any]], crs: Any) -> gpd.GeoDataFrame:
    """Put parts that are drawn in the same way into one row, in an order that depends only on the input."""
    kinds = [area.kind for area in _AREAS]
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        shape = row["geometry"]
        at = (LAYERS.index(row["layer"]), row["layer"] == "place" and row["rank"])
        order = kinds.index(row["kind"]) if row["kind"] in kinds else len(kinds)
        spot = (shape.x, shape.y) if row["layer"] == "place" else (0.0, 0.0)
        key = (*at, order, row["kind"], row["name"], row["rank"], shape.geom_type, spot)
        groups.setdefault(key, []).append(shapely.normalize(shape))
    multi: dict[str, Callable[[list[Any]], Any]] = {
        "Polygon": shapely.MultiPolygon, "LineString": shapely.MultiLineString, "Point": lambda points: points[0],
    }  # fmt: skip
    table, shapes = [], []
    for key in sorted(groups):
        _, _, _, kind, name, rank, geom_type, _ = key
        table.append((LAYERS[key[0]], kind, name, rank))
        shapes.append(shapely.normalize(multi[geom_type](groups[key])))
    frame = pd.DataFrame(table, columns=["layer", "kind", "name", "rank"]).astype({"rank": np.int64})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
