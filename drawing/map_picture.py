"""A map of a page as SVG: its deck.gl layers over its base map, drawn on the server from what the browser is sent.

The layers come as plain values, as deck.gl's JSON has them; of its properties those are read that our own maps use.
Geometry is in degrees, in the layer or in a file that this program has published, and is drawn in the Mercator
projection of the map on screen. Pixels of the screen become millimetres on the sheet, 96 to an inch.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from drawing import static_files
from drawing.expression import reader
from drawing.svg import MM_PER_PX, Sheet
from geo.errors import InputError

_TILE_PX, _RADIUS_M = 512, 6_378_137.0
_FINEST_PX = 0.3
_POINTS_PER_PX = 0.75
_BARS_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
LayerValues = Mapping[str, Any]


@dataclass(frozen=True)
class Extent:
    """What a picture shows: centre in degrees, zoom as of the map on screen, and size in pixels of the screen."""

    longitude: float
    latitude: float
    zoom: float
    width_px: float
    height_px: float

    @property
    def m_per_px(self) -> float:
        """Metres at the equator, which are the units of the projection, for one pixel."""
        return 2 * math.pi * _RADIUS_M / (_TILE_PX * 2**self.zoom)

    def sheet(self) -> Sheet:
        """Return an empty sheet of this extent."""
        x, y = mercator([[self.longitude, self.latitude]])[0]
        across, down = self.width_px * self.m_per_px / 2, self.height_px * self.m_per_px / 2
        return Sheet(
            (x - across, y - down, x + across, y + down), self.width_px * MM_PER_PX, self.height_px * MM_PER_PX
        )


def mercator(lonlat: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Project degrees ``(n, 2)`` to metres at the equator ``(n, 2)``, as maps on screen are drawn (EPSG:3857)."""
    point = np.radians(np.asarray(lonlat, dtype=np.float64).reshape(-1, 2))
    return np.column_stack([point[:, 0], np.log(np.tan(np.pi / 4 + point[:, 1] / 2))]) * _RADIUS_M


def draw_map(layers: Sequence[LayerValues], extent: Extent, style_url: str = "") -> Sheet:
    """Draw layers over a base map, with a scale bar.

    Parameters
    ----------
    layers
        From the bottom up, each as deck.gl's JSON has it.
    extent
        What the picture shows.
    style_url
        Address of the published style of the base map; nothing is below the layers when empty.

    Raises
    ------
    InputError
        When a layer is of a kind, or has an expression, that the maps of this program do not have; or a file that it
        names is no longer there.
    """
    sheet = extent.sheet()
    if style_url:
        _draw_style(sheet, extent, style_url)
    for one in layers:
        kind = str(one.get("@@type"))
        if kind == "GeoJsonLayer":
            _draw_features(sheet, extent, one)
        elif kind == "LineLayer":
            _draw_parts(sheet, one)
        else:
            raise InputError(f"a picture cannot be made of a map layer of the kind {kind}")
    _scale_bar(sheet, extent)
    return sheet


def _scale_bar(sheet: Sheet, extent: Extent) -> None:
    stretch = 1 / math.cos(math.radians(extent.latitude))
    longest = extent.width_px * extent.m_per_px / stretch / 5
    metres = max((bar for bar in _BARS_M if bar <= longest), default=_BARS_M[0])
    sheet.scale_bar(metres * stretch, f"{metres // 1000} km" if metres >= 1000 else f"{metres} m")


def read_data(data: Any) -> Any:
    """Return the content of a layer's ``data``: what is given, or what a published file has."""
    if not isinstance(data, str):
        return data
    path = static_files.static_root() / data.removeprefix("app/static/")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("the map has changed since it was drawn: open the page again, then ask again") from error


class _Colour:
    """A colour of deck.gl in the form of SVG: ``#RRGGBB`` and an opacity from 0 to 1."""

    def __init__(self, rgba: Sequence[float]) -> None:
        red, green, blue, *alpha = (int(value) for value in rgba)
        self.hex = f"#{red:02X}{green:02X}{blue:02X}"
        self.opacity = round((alpha[0] if alpha else 255) / 255, 3)


def _shapes(features: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.object_]:
    """Return the geometries of features, projected."""
    found = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    return np.atleast_1d(shapely.transform(found, mercator))


def _simple(shapes: npt.NDArray[np.object_], extent: Extent) -> npt.NDArray[np.object_]:
    """Leave out what is finer than the picture shows."""
    return np.asarray(shapely.simplify(shapes, _FINEST_PX * extent.m_per_px))


def _draw_features(sheet: Sheet, extent: Extent, one: LayerValues) -> None:
    features = read_data(one["data"])["features"]
    if not features:
        return
    shapes = _shapes(features)
    kinds = shapely.get_type_id(shapes)
    points = np.isin(kinds, (0, 4))
    drawn = _simple(shapes, extent)
    if one.get("filled", True):
        fill = _colours(features, _of(one, "polygons-fill", "getFillColor", [0, 0, 0, 255]))
        for (colour, opacity), at in _grouped(fill, np.isin(kinds, (3, 6))):
            sheet.areas(drawn[at], colour, opacity=opacity)
    if one.get("stroked", True):
        line = _colours(features, _of(one, "linestrings", "getLineColor", [0, 0, 0, 255]))
        width = reader(one.get("getLineWidth", 1))
        edges = np.where(np.isin(kinds, (3, 6)), shapely.boundary(drawn), drawn)
        keys = [(*look, float(width(feature)) * MM_PER_PX) for look, feature in zip(line, features, strict=True)]
        for (colour, opacity, width_mm), at in _grouped(keys, ~points):
            sheet.lines(edges[at], colour, round(width_mm, 3), opacity=opacity)
    if points.any():
        _draw_points(sheet, extent, one, [f for f, is_point in zip(features, points, strict=True) if is_point])


def _of(one: LayerValues, sublayer: str, name: str, default: Any) -> Any:
    """Return a property as a sub-layer has it, or else the layer."""
    own = one.get("_subLayerProps", {}).get(sublayer, {})
    return own.get(name, one.get(name, default))


def _colours(features: Iterable[Mapping[str, Any]], value: Any) -> list[tuple[str, float]]:
    read = reader(value)
    looks = (_Colour(read(feature)) for feature in features)
    return [(look.hex, look.opacity) for look in looks]


def _grouped(keys: Sequence[Any], wanted: npt.NDArray[np.bool_]) -> Iterable[tuple[Any, list[int]]]:
    """Return the positions of each key, in the order of their first place: what looks alike becomes one path."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for at in np.flatnonzero(wanted).tolist():
        groups[keys[at]].append(at)
    return [(key, at) for key, at in groups.items() if key[1] > 0]


def _draw_points(sheet: Sheet, extent: Extent, one: LayerValues, features: Sequence[Mapping[str, Any]]) -> None:
    kind = str(one.get("pointType", "circle"))
    xy = shapely.get_coordinates(shapely.centroid(_shapes(features)))
    letters = reader(one.get("getText", "")) if "text" in kind else lambda _: ""
    inks = _colours(features, one.get("getTextColor", [0, 0, 0, 255]))
    if "circle" not in kind:
        size = reader(one.get("getTextSize", 12))
        weight = 600 if int(one.get("textFontWeight", 400)) > 500 else 400
        for point, feature, (ink, _) in zip(xy, features, inks, strict=True):
            sheet.label(
                point,
                str(letters(feature)),
                size_pt=float(size(feature)) * _POINTS_PER_PX,
                ink=ink,
                weight=weight,
            )
        return
    fills = _colours(features, _of(one, "points-circle", "getFillColor", [0, 0, 0, 255]))
    edges = _colours(features, one.get("getLineColor", [0, 0, 0, 255]))
    radius, width = reader(one.get("getPointRadius", 1)), reader(one.get("getLineWidth", 1))
    filled, stroked = one.get("filled", True), one.get("stroked", True)
    for at, feature in enumerate(features):
        (fill, opacity), (edge, edge_opacity) = fills[at], edges[at]
        if not (filled and opacity) and not (stroked and edge_opacity):
            continue
        sheet.disc(
            xy[at],
            round(_radius_px(one, extent, float(radius(feature))) * MM_PER_PX, 3),
            fill if filled and opacity else "none",
            inks[at][0],
            str(letters(feature) or ""),
            edge=edge if stroked and edge_opacity else "none",
            width_mm=round(float(width(feature)) * MM_PER_PX, 3),
            opacity=opacity if filled and opacity else edge_opacity,
        )


def _radius_px(one: LayerValues, extent: Extent, radius: float) -> float:
    if one.get("pointRadiusUnits", "meters") != "pixels":
        radius /= extent.m_per_px * math.cos(math.radians(extent.latitude))
    return min(max(radius, float(one.get("pointRadiusMinPixels", 0))), float(one.get("pointRadiusMaxPixels", math.inf)))


def _draw_parts(sheet: Sheet, one: LayerValues) -> None:
    """Draw straight parts of streets."""
    parts = read_data(one["data"])
    if not parts:
        return
    start, end = reader(one["getSourcePosition"]), reader(one["getTargetPosition"])
    ends = mercator([[start(part), end(part)] for part in parts]).reshape(-1, 2, 2)
    width = reader(one.get("getWidth", 1))
    least, most = float(one.get("widthMinPixels", 0)), float(one.get("widthMaxPixels", math.inf))
    looks = _colours(parts, one.get("getColor", [0, 0, 0, 255]))
    keys = [
        (*look, min(max(float(width(part)), least), most) * MM_PER_PX) for look, part in zip(looks, parts, strict=True)
    ]
    for (colour, opacity, width_mm), at in _grouped(keys, np.ones(len(parts), dtype=bool)):
        joined = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends[at])))
        sheet.lines([joined], colour, round(width_mm, 3), opacity=opacity)


def _draw_style(sheet: Sheet, extent: Extent, style_url: str) -> None:
    """Draw a base map of :mod:`drawing.basemap`."""
    style = read_data(style_url)
    folder = Path(style_url).parent
    features = {
        name: read_data(f"{folder}/{Path(source['data']).name}")["features"]
        for name, source in style["sources"].items()
    }
    shapes = {name: _simple(_shapes(found), extent) for name, found in features.items()}
    for one in style["layers"]:
        paint = one["paint"]
        if one["type"] == "background":
            sheet.background(paint["background-color"])
            continue
        met = _filter(one["filter"])
        chosen = shapes[one["source"]][[met(feature) for feature in features[one["source"]]]]
        if one["type"] == "fill":
            sheet.areas(chosen, paint["fill-color"])
        else:
            width = _width_px(paint["line-width"], extent.zoom)
            dash = " ".join(str(round(part * width * MM_PER_PX, 2)) for part in paint.get("line-dasharray", ()))
            sheet.lines(chosen, paint["line-color"], round(width * MM_PER_PX, 3), dash=dash)


def _filter(asked: Sequence[Any]) -> Callable[[Mapping[str, Any]], bool]:
    match asked:
        case ["all", *parts]:
            met = [_filter(part) for part in parts]
            return lambda feature: all(one(feature) for one in met)
        case ["==", ["get", name], value]:
            return lambda feature: feature["properties"].get(name) == value
        case ["==", ["geometry-type"], value]:
            return lambda feature: str(feature["geometry"]["type"]).removeprefix("Multi") == value
    raise InputError(f"a picture cannot be made of a base map with the filter {asked}")


def _width_px(width: Any, zoom: float) -> float:
    """Return the width of a line at a zoom: a number, or MapLibre's exponential steps between two zooms."""
    if not isinstance(width, list):
        return float(width)
    _, (_, base), _, low, narrow, high, wide = width
    at = min(max(zoom, low), high)
    share = (base ** (at - low) - 1) / (base ** (high - low) - 1)
    return float(narrow + (wide - narrow) * share)
