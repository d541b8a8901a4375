"""Derive the coastline from land cover, because no publisher has a coastline that we may use.

OpenStreetMap's extract has the features on the ground and the flats that are dry at low tide, but not where the sea
begins. Land is the ground under these features and between them.
"""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

# The land: gaps between streets, fields and houses narrower than twice this are land as well.
_CLOSE_M = 150.0
_STREET_M = 25.0
# Channels in the flats, and the strips of "land" that closing leaves in them, up to twice this wide.
_CHANNEL_M = 60.0
_SPIT_M = 20.0
_ISLAND_M2 = 20_000.0
# Ground enclosed by flats and marsh, with no river through it, is an unmapped field behind its sea wall.
_POCKET_M = 60.0


def land_around(layers: Mapping[str, gpd.GeoDataFrame], borough: Any, streets: gpd.GeoSeries | None) -> Any:
    """Derive the land from the features that are on it.

    Fields, woods, houses, streets, railways and lakes are land; so is the ground between them (a morphological
    closing) and any hole that has no tidal flat in it. Flats, salt marsh and beaches are not, nor are the channels
    through them. All of the borough is land; where the closing reaches over its foreshore, the flats there are taken
    away again.

    Parameters
    ----------
    layers, borough, streets
        As for :func:`geo.basemap.compile_basemap`.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        Metres, over all that ``layers`` cover.
    """
    cover = layers["landcover"]
    flats = union(tidal_parts(cover, beaches=True).geometry)
    marsh = union(marsh_parts(cover).geometry)
    piers = shapely.union_all(layers["pier"].geometry.to_numpy()).buffer(_STREET_M)

    lines = [layers["railway"].geometry[layers["railway"]["cls"] == "rail"]]
    lines += [streets] if streets is not None else []
    corridors = [shapely.simplify(part.to_numpy(), 5.0) for part in lines]
    # A path along a pier, or across the sands to an island, is not land.
    strips = shapely.difference(union(np.concatenate(corridors), _STREET_M), shapely.union(piers, flats))
    solid = [
        cover.geometry[~cover["cls"].isin(["wetland", "sand"])],
        layers["landuse"].geometry[layers["landuse"]["cls"] != "military"],
        layers["water"].geometry,
        layers["building"].geometry,
    ]
    stands = shapely.union_all(
        [shapely.difference(union(pd.concat(solid)), shapely.union(flats, piers)), strips, borough]
    )
    # Training areas include sea: the parts that are not flat or marsh are land only if they are wide and not the mouth
    # of a river.
    ranges = union(layers["landuse"].geometry[layers["landuse"]["cls"] == "military"])
    tidal = shapely.union(flats, marsh)
    rivers = _tidal_rivers(layers["waterway"], tidal)
    dry = shapely.get_parts(_open(shapely.difference(ranges, tidal.buffer(5)), 100.0))
    stands = shapely.union_all([stands, *dry[~shapely.intersects(dry, rivers)]])

    closed = _close(stands, _CLOSE_M)
    channels = _close(shapely.union(tidal, rivers.buffer(_CHANNEL_M, quad_segs=4)), _CHANNEL_M)
    sea = shapely.difference(shapely.union(channels, tidal), stands)
    parts = shapely.get_parts(_open(shapely.difference(closed, sea), _SPIT_M))
    # The closing also fills channels: a piece is an island only if enough of it is under features.
    built_on = shapely.area(shapely.intersection(parts, stands)) > 0.05 * shapely.area(parts)
    islands = parts[(shapely.area(parts) >= _ISLAND_M2) & built_on]
    land = _fill_inland(shapely.union_all([*islands, borough]), tidal)
    return shapely.union_all([land, *_pockets(land, tidal, rivers)])


def union(shapes: Any, buffer_m: float = 0.0) -> Any:
    """Unite shapes, each first widened by ``buffer_m`` metres; without shapes the result is an empty polygon."""
    parts = np.asarray(shapes, dtype=object)
    if buffer_m:
        parts = shapely.buffer(parts, buffer_m, quad_segs=2)
    return shapely.union_all(parts) if len(parts) else shapely.MultiPolygon()


def _close(shape: Any, radius_m: float) -> Any:
    return shape.buffer(radius_m, quad_segs=4).buffer(-radius_m, quad_segs=4)


def _open(shape: Any, radius_m: float) -> Any:
    return shape.buffer(-radius_m, quad_segs=4).buffer(radius_m, quad_segs=4)


def tidal_parts(cover: gpd.GeoDataFrame, *, beaches: bool) -> gpd.GeoDataFrame:
    """Return the rows of the land cover that are dry at low tide: mudflats, and with `beaches` also beaches."""
    wanted = cover["sub"] == "tidalflat"
    if beaches:
        # Large areas of sand are shore; the many small ones are golf bunkers.
        wanted |= (cover["cls"] == "sand") & (cover.geometry.area > 4_000)
    return cover[wanted]


def marsh_parts(cover: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of the land cover that are marsh."""
    return cover[(cover["cls"] == "wetland") & (cover["sub"] != "tidalflat")]


def _tidal_rivers(waterway: gpd.GeoDataFrame, tidal: Any) -> Any:
    rivers = waterway.geometry[waterway["cls"] == "river"]
    near = tidal.buffer(2 * _CHANNEL_M, quad_segs=2)
    return shapely.intersection(shapely.union_all(rivers.to_numpy()), near)


def _pockets(land: Any, tidal: Any, rivers: Any) -> list[Any]:
    """Find ground that is separated from the land around it only by flats and marsh."""
    bounds = shapely.box(*land.bounds)
    unknown = shapely.get_parts(_open(shapely.difference(shapely.difference(bounds, land), tidal), _SPIT_M))
    found = []
    for part in unknown:
        rim = part.buffer(2 * _SPIT_M, quad_segs=2).difference(part)
        enclosed = not part.intersects(rivers) and not part.intersects(bounds.exterior)
        compact = _open(part, _POCKET_M).area > 0.6 * part.area
        # Water on the flats is a pool, not a field.
        if enclosed and compact and rim.intersection(tidal).area < 0.8 * rim.area:
            found.append(shapely.difference(part.buffer(2 * _SPIT_M, quad_segs=4), tidal))
    return found


def _fill_inland(land: Any, tidal: Any) -> Any:
    filled = []
    for part in shapely.get_parts(land):
        holes = [shapely.Polygon(ring) for ring in part.interiors]
        wet = [shapely.intersection(hole, tidal).area > 0.05 * hole.area for hole in holes]
        kept = [hole.exterior for hole, tidal_hole in zip(holes, wet, strict=True) if tidal_hole]
        filled.append(shapely.Polygon(part.exterior, kept))
    return shapely.union_all(filled)
