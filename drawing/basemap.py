"""The base map: land, water, parks, railway and streets, drawn from the pack alone.

It is a MapLibre style that the app itself serves, with its GeoJSON sources beside it: the browser keeps both, the
map gets MapLibre's zoom buttons and attribution, and a selection in the layers above does not fade it. The style has
no text, since that would need glyph files; place names are a deck.gl layer (see :mod:`ui.kit.maps`).
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from drawing.geojson import feature_collection, merge_lines, merge_polygons
from drawing.palette import LAND, SEA
from drawing.static_files import publish

OSM_ATTRIBUTION = "© OpenStreetMap contributors"

AREAS = {
    "sea": SEA,
    "tidal": "#E6ECEC",
    "land": LAND,
    "farmland": "#FBFBF6",
    "builtup": "#FAFAFA",
    "grounds": "#F4F4F2",
    "green": "#E8F2E1",
    "water": SEA,
    "runway": "#E3E3E6",
    "pier": "#8A8F94",
}
"""Layers that are drawn as polygons, from the bottom up, with their colours."""

BEYOND = "#F2F3F4"
"""Where the base map has nothing, or has not been drawn yet."""

LINES = {"waterway": ("#BFD6E6", 1.0), "pier": ("#8A8F94", 1.4), "runway": ("#D5D5DA", 3.0)}

_STREETS = {  # kind: colour, width in pixels at zoom 11 and at zoom 16
    "path": ("#E6E6E6", 0.2, 1.2),
    "service": ("#E6E6E6", 0.2, 1.6),
    "residential": ("#DEDFE0", 0.5, 4.0),
    "tertiary": ("#D3D5D7", 0.9, 6.0),
    "secondary": ("#C9CCCF", 1.2, 7.0),
    "primary": ("#C3C6CA", 1.5, 8.0),
    "trunk": ("#BBBFC4", 1.9, 9.0),
}

_KINDS = {
    "motorway": "trunk",
    "unclassified": "residential",
    "living_street": "residential",
    "road": "residential",
    "footway": "path",
    "cycleway": "path",
    "pedestrian": "path",
    "steps": "path",
    "track": "path",
    "bridleway": "path",
    "corridor": "path",
}


@dataclass(frozen=True)
class Basemap:
    """A published base map: address of its style, place names, and what to print beside it."""

    style_url: str
    places: gpd.GeoDataFrame
    attribution: str


def street_kind(kind: str) -> str:
    """Return the drawing class of a street: its OpenStreetMap kind without ``_link``, rare ones under a common one."""
    plain = kind.removesuffix("_link")
    plain = _KINDS.get(plain, plain)
    return plain if plain in _STREETS else "path"


def _street_layers() -> list[dict[str, Any]]:
    return [
        {
            "id": f"street-{kind}",
            "type": "line",
            "source": "streets",
            "filter": ["==", ["get", "class"], kind],
            "layout": {"line-cap": "round", "line-join": "round"},
            "paint": {
                "line-color": colour,
                "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 11, narrow, 16, wide],
            },
        }
        for kind, (colour, narrow, wide) in _STREETS.items()
    ]


def style(ground_url: str, streets_url: str | None = None, *, attribution: str = OSM_ATTRIBUTION) -> dict[str, Any]:
    """Return the MapLibre style over published sources.

    Parameters
    ----------
    ground_url
        GeoJSON whose features have the property ``layer``.
    streets_url
        GeoJSON whose features have the property ``class``, one of the classes of :func:`street_kind`.
    """
    # MapLibre marks its credits up as a list, and leaves it to the source to make them items of it.
    credit = f'<span role="listitem">{attribution}</span>'
    sources = {"ground": {"type": "geojson", "data": ground_url, "attribution": credit}}
    # What is not drawn yet, and what lies beyond the base map, must not look like the sea.
    layers: list[dict[str, Any]] = [{"id": "beyond", "type": "background", "paint": {"background-color": BEYOND}}]
    layers += [
        {
            "id": name,
            "type": "fill",
            "source": "ground",
            "filter": ["all", ["==", ["get", "layer"], name], ["==", ["geometry-type"], "Polygon"]],
            "paint": {"fill-color": colour, "fill-antialias": name != "green"},
        }
        for name, colour in AREAS.items()
    ]
    layers += [
        {
            "id": f"{name}-line",
            "type": "line",
            "source": "ground",
            "filter": ["all", ["==", ["get", "layer"], name], ["==", ["geometry-type"], "LineString"]],
            "paint": {"line-color": colour, "line-width": width},
        }
        for name, (colour, width) in LINES.items()
    ]
    if streets_url is not None:
        sources["streets"] = {"type": "geojson", "data": streets_url}
        layers += _street_layers()
    rail = ["==", ["get", "layer"], "railway"]
    layers += [
        {
            "id": "railway",
            "type": "line",
            "source": "ground",
            "filter": rail,
            "paint": {"line-color": "#8F9499", "line-width": 2.2},
        },
        {
            "id": "railway-ties",
            "type": "line",
            "source": "ground",
            "filter": rail,
            "paint": {"line-color": "#FFFFFF", "line-width": 1.2, "line-dasharray": [4, 4]},
        },
    ]
    return {"version": 8, "name": "Base map", "sources": sources, "layers": layers}


def _ground(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    drawn = frame[frame["layer"].isin({*AREAS, *LINES, "railway"})]
    polygon = drawn.geom_type.isin(["Polygon", "MultiPolygon"])
    parts = []
    if polygon.any():
        merged = merge_polygons(drawn[polygon], ["layer"])
        land = merged.loc[merged["layer"] == "land", "geometry"].union_all()
        if not land.is_empty:  # an area whose data draw no land is not at sea
            sea = shapely.box(*frame.total_bounds).difference(land)
            parts.append(gpd.GeoDataFrame({"layer": ["sea"]}, geometry=[sea], crs=frame.crs))
        parts.append(merged)
    if (~polygon).any():
        parts.append(merge_lines(drawn[~polygon & drawn.geom_type.str.endswith("LineString")], "layer"))
    return (
        gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=frame.crs) if parts else drawn[["layer", "geometry"]]
    )


def publish_basemap(
    area: str,
    basemap: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
    *,
    attribution: str = OSM_ATTRIBUTION,
    credit: str = OSM_ATTRIBUTION,
) -> Basemap:
    """Publish an area's base map; call it once and keep the result in a resource cache.

    Parameters
    ----------
    area
        Area code, as in the address of a page.
    basemap
        Columns ``layer``, ``kind``, ``name``, ``rank`` and geometry.
    streets
        Columns ``kind`` (OpenStreetMap's ``highway``) and geometry (lines).
    attribution
        What MapLibre prints in the corner of the map.
    credit
        What is printed beside the map and in its pictures.

    Raises
    ------
    PackError
        When the static folder cannot be written.
    """
    ground_url = publish(area, "ground", feature_collection(_ground(basemap), ["layer"]), keep=3)
    streets_url = None
    if streets is not None and len(streets):
        merged = merge_lines(streets.assign(**{"class": streets["kind"].map(street_kind)}), "class")
        streets_url = publish(area, "streets-drawn", feature_collection(merged, ["class"]), keep=3)
    url = publish(area, "style", style(ground_url, streets_url, attribution=attribution), keep=3)
    places = basemap.loc[basemap["layer"] == "place", ["name", "rank", "geometry"]].reset_index(drop=True)
    return Basemap(url, places, credit)
