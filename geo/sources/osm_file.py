"""What an OpenStreetMap file has besides streets: services, and the features of a base map; and its cut to an area.

osmium (pyosmium) reads ``.osm``, ``.osm.gz``, ``.osm.bz2`` and ``.osm.pbf`` of any size, one object after the other, so
an extract of a whole country serves as well as one of a town.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import SourceError
from geo.services import CATEGORIES
from geo.sources.basemap import LAYERS, tidy_layer
from geo.sources.services import service_frame

_LONLAT = "OGC:CRS84"

# Which category an object is of, by its tags; the first that holds. Access for the public is asked below.
_SERVICE_TAGS: tuple[tuple[str, str, str], ...] = (
    ("amenity", "doctors", "gp_practice"),
    ("healthcare", "doctor", "gp_practice"),
    ("amenity", "clinic", "health_clinic"),
    ("healthcare", "clinic", "health_clinic"),
    ("amenity", "hospital", "hospital"),
    ("amenity", "pharmacy", "pharmacy"),
    ("healthcare", "pharmacy", "pharmacy"),
    ("amenity", "dentist", "dentist"),
    ("healthcare", "dentist", "dentist"),
    ("amenity", "kindergarten", "nursery"),
    ("amenity", "childcare", "nursery"),
    ("amenity", "library", "library"),
    ("amenity", "school", "school"),
    ("amenity", "community_centre", "community_hall"),
    ("leisure", "playground", "playground"),
    ("leisure", "park", "park"),
    ("leisure", "sports_centre", "leisure_centre"),
    ("tourism", "museum", "museum"),
    ("railway", "station", "rail_station"),
    ("highway", "bus_stop", "bus_stop"),
)
_NOT_PUBLIC = frozenset({"private", "no"})

# The layer, theme and finer theme of a feature of the base map, by its tags; the first that holds.
_AREA_THEMES: tuple[tuple[str, str, str, str, str], ...] = (
    ("landuse", "farmland", "landcover", "farmland", "farmland"),
    ("landuse", "orchard", "landcover", "farmland", "orchard"),
    ("natural", "wood", "landcover", "wood", "wood"),
    ("landuse", "forest", "landcover", "wood", "forest"),
    ("natural", "beach", "landcover", "sand", "beach"),
    ("natural", "sand", "landcover", "sand", "sand"),
    ("wetland", "tidalflat", "landcover", "wetland", "tidalflat"),
    ("natural", "wetland", "landcover", "wetland", "marsh"),
    ("leisure", "park", "landcover", "grass", "park"),
    ("leisure", "garden", "landcover", "grass", "garden"),
    ("leisure", "golf_course", "landcover", "grass", "golf_course"),
    ("landuse", "recreation_ground", "landcover", "grass", "recreation_ground"),
    ("landuse", "village_green", "landcover", "grass", "village_green"),
    ("landuse", "allotments", "landcover", "farmland", "allotments"),
    ("landuse", "grass", "landcover", "grass", "grass"),
    ("landuse", "meadow", "landcover", "grass", "meadow"),
    ("natural", "grassland", "landcover", "grass", "grassland"),
    ("leisure", "nature_reserve", "park", "nature_reserve", ""),
    ("landuse", "residential", "landuse", "residential", ""),
    ("landuse", "industrial", "landuse", "industrial", ""),
    ("landuse", "commercial", "landuse", "commercial", ""),
    ("landuse", "retail", "landuse", "retail", ""),
    ("landuse", "railway", "landuse", "railway", ""),
    ("landuse", "military", "landuse", "military", ""),
    ("amenity", "school", "landuse", "school", ""),
    ("amenity", "college", "landuse", "college", ""),
    ("amenity", "university", "landuse", "university", ""),
    ("amenity", "hospital", "landuse", "hospital", ""),
    ("landuse", "cemetery", "landuse", "cemetery", ""),
    ("leisure", "pitch", "landuse", "pitch", ""),
    ("leisure", "stadium", "landuse", "stadium", ""),
    ("water", "river", "water", "river", ""),
    ("natural", "water", "water", "lake", ""),
    ("landuse", "reservoir", "water", "reservoir", ""),
    ("aeroway", "aerodrome", "aeroway", "aerodrome", ""),
    ("aeroway", "apron", "aeroway", "apron", ""),
    ("man_made", "pier", "pier", "pier", ""),
)
_LINE_THEMES: tuple[tuple[str, str, str, str, str], ...] = (
    ("waterway", "river", "waterway", "river", ""),
    ("waterway", "canal", "waterway", "canal", ""),
    ("waterway", "stream", "waterway", "stream", ""),
    ("railway", "rail", "railway", "rail", ""),
    ("aeroway", "runway", "aeroway", "runway", ""),
    ("aeroway", "taxiway", "aeroway", "taxiway", ""),
    ("man_made", "pier", "pier", "pier", ""),
)
_PLACES = frozenset({"city", "town", "suburb", "village", "hamlet", "neighbourhood", "quarter", "island"})
_THEME_KEYS = tuple(dict.fromkeys(theme[0] for theme in (*_AREA_THEMES, *_LINE_THEMES)))
_SERVICE_KEYS = tuple(dict.fromkeys(key for key, _, _ in _SERVICE_TAGS))


@dataclass(frozen=True)
class _Object:
    """One object of the file: its tags, and its shape in degrees."""

    key: str
    tags: Mapping[str, str]
    shape: Any


def bounds_lonlat(extent: BaseGeometry, crs: str) -> tuple[float, float, float, float]:
    """Return west, south, east and north of an area of the grid, in degrees."""
    transformer = pyproj.Transformer.from_crs(crs, _LONLAT, always_xy=True)
    west, south, east, north = transformer.transform_bounds(*extent.bounds)
    return west, south, east, north


@contextmanager
def streets_within(path: Path, bounds: tuple[float, float, float, float]) -> Iterator[Path]:
    """Cut the streets of an OSM file to a box, whole ways with all their nodes, into an OSM XML file.

    Parameters
    ----------
    path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    bounds
        West, south, east, north, in degrees; a way is kept when a node of it lies inside.

    Yields
    ------
    The file, which is gone afterwards.

    Raises
    ------
    SourceError
        When the file is missing, damaged, or has no street in the box.
    """
    if not path.exists():
        raise SourceError(f"{path.name}: no such file; it should hold OpenStreetMap's streets of the area")
    inside = _ways_inside(path, bounds)
    if not inside:
        raise SourceError(
            f"{path.name}: no way with a highway tag lies within the area: is the street file of another place?"
        )
    with TemporaryDirectory(prefix="streets-") as folder:
        cut = Path(folder) / "streets.osm"
        ways = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(osmium.filter.IdFilter(inside))
        with osmium.BackReferenceWriter(str(cut), str(path), overwrite=True) as writer:
            for way in ways:
                writer.add(way)
        yield cut


def _ways_inside(path: Path, bounds: tuple[float, float, float, float]) -> list[int]:
    """Return the ids of the ways with a highway tag that have a node in the box."""
    west, south, east, north = bounds
    found = []
    try:
        processor = osmium.FileProcessor(str(path)).with_locations()
        processor = processor.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        for way in processor.with_filter(osmium.filter.KeyFilter("highway")):
            if isinstance(way, osmium.osm.Way):
                spots = (node.location for node in way.nodes if node.location.valid())
                if any(west <= spot.lon <= east and south <= spot.lat <= north for spot in spots):
                    found.append(way.id)
    except RuntimeError as error:
        raise SourceError(f"{path.name}: not readable as OpenStreetMap data: {error}") from error
    return found


def read_osm_services(path: Path, *, source: str, vintage: str, crs: str) -> pd.DataFrame:
    """Read the services that OpenStreetMap has, by their usual tags.

    Parameters
    ----------
    path
        As for :func:`streets_within`.
    source, vintage
        Source key and edition.
    crs
        The grid of the area.

    Returns
    -------
    pandas.DataFrame
        A service frame; precision ``building``. An object without a name is called by its category and street. What is
        tagged private is left out, and so is a node inside an area of the same category and name, unless for the area's
        opening hours where the area has none.

    Raises
    ------
    SourceError
        When the file is damaged.
    """
    rows = []
    for one in _objects(path, _SERVICE_KEYS, lines=False):
        found = next((c for key, value, c in _SERVICE_TAGS if one.tags.get(key) == value), "")
        if not found or one.tags.get("access") in _NOT_PUBLIC:
            continue
        spot = one.shape if one.shape.geom_type == "Point" else one.shape.representative_point()
        street = " ".join(part for part in (one.tags.get("addr:housenumber"), one.tags.get("addr:street")) if part)
        label = CATEGORIES[found].label
        name = one.tags.get("name") or f"{label[0].upper()}{label[1:]}" + (f", {street}" if street else "")
        postcode, hours = (one.tags.get(key, "") for key in ("addr:postcode", "opening_hours"))
        rows.append((f"osm-{one.key}", found, name, street, postcode, hours, spot.x, spot.y))
    columns = ["id", "category", "name", "address", "postcode", "opening_hours", "lon", "lat"]
    frame = pd.DataFrame(rows, columns=columns).sort_values("id", ignore_index=True)
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=_LONLAT).to_crs(crs)
    frame = frame.assign(easting=points.x.round(1), northing=points.y.round(1))
    # The same place is often drawn twice: its building, and a point in it. Areas come first, since "a" is before "n".
    cell = frame[["easting", "northing"]].round(-2)
    known = frame["opening_hours"].where(frame["opening_hours"] != "")
    drawn = frame.assign(x=cell["easting"], y=cell["northing"], opening_hours=known).groupby(
        ["category", "name", "x", "y"], sort=False
    )
    # Often only the point has the opening hours, and only the building is kept.
    known = drawn["opening_hours"].transform("first").fillna("")
    kept = frame.assign(opening_hours=known)[drawn.cumcount() == 0]
    return service_frame(
        {
            column: kept[column]
            for column in ("id", "category", "name", "address", "opening_hours", "easting", "northing")
        }
        | {"precision": "building"},
        source=source,
        vintage=vintage,
        rows_read=len(frame),
    )


def read_osm_layers(path: Path, extent: BaseGeometry, crs: str) -> dict[str, gpd.GeoDataFrame]:
    """Read the features of a base map, in the layers that :func:`geo.sources.basemap.read_basemap` gives.

    Parameters
    ----------
    path
        As for :func:`streets_within`.
    extent
        Area of the grid that the map reaches over; features that touch it are kept.
    crs
        The grid of the area.

    Raises
    ------
    SourceError
        When the file is damaged.
    """
    rows: dict[str, list[tuple[str, str, str, Any]]] = {layer: [] for layer in LAYERS}
    box = shapely.box(*bounds_lonlat(extent, crs))
    for one in _objects(path, (*_THEME_KEYS, "place", "building"), lines=True):
        if not one.shape.intersects(box):
            continue
        name = one.tags.get("name", "")
        kind = one.shape.geom_type
        if kind == "Point":
            if one.tags.get("place") in _PLACES and name:
                rows["place"].append((one.tags["place"], "", name, one.shape))
            continue
        themes = _LINE_THEMES if kind == "LineString" else _AREA_THEMES
        for key, value, layer, theme, finer in themes:
            if one.tags.get(key) == value:
                rows[layer].append((theme, finer, name, one.shape))
                break
        else:
            if kind != "LineString" and "building" in one.tags:
                rows["building"].append(("building", "", "", one.shape))
    layers = {}
    for layer, found in rows.items():
        table = {"cls": [row[0] for row in found], "sub": [row[1] for row in found], "name": [row[2] for row in found]}
        shapes = gpd.GeoSeries([row[3] for row in found], crs=_LONLAT).to_crs(crs)
        layers[layer] = tidy_layer(gpd.GeoDataFrame(table, geometry=shapes, crs=crs), layer)
    return layers


def _objects(path: Path, keys: Sequence[str], *, lines: bool) -> Iterator[_Object]:
    """Yield the nodes, areas and, if wanted, open ways that have one of the keys, in the order of the file."""
    points, wkb = osmium.geom.WKBFactory(), osmium.geom.WKBFactory()
    try:
        processor = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*keys))
        for found in processor.with_filter(osmium.filter.KeyFilter(*keys)):
            try:
                if isinstance(found, osmium.osm.Node):
                    yield _Object(f"n{found.id}", _tags(found), shapely.from_wkb(points.create_point(found)))
                elif isinstance(found, osmium.osm.Area):
                    letter = "w" if found.from_way() else "r"
                    key = f"a{letter}{found.orig_id()}"
                    yield _Object(key, _tags(found), shapely.from_wkb(wkb.create_multipolygon(found)))
                elif lines and isinstance(found, osmium.osm.Way) and not found.is_closed():
                    yield _Object(f"w{found.id}", _tags(found), shapely.from_wkb(wkb.create_linestring(found)))
            except (RuntimeError, osmium.InvalidLocationError):
                continue  # an object at the edge of the extract, some of whose nodes are not in it
    except RuntimeError as error:
        raise SourceError(f"{path.name}: not readable as OpenStreetMap data: {error}") from error


def _tags(found: Any) -> Mapping[str, str]:
    return MappingProxyType({tag.k: tag.v for tag in found.tags})
