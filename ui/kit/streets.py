"""Streets on a map, coloured by minutes or by class, and the ways along them."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pydeck as pdk
import shapely

from drawing.geojson import feature_collection
from drawing.palette import INK, TimeBands, rgba
from drawing.static_files import DECIMALS, publish
from geo.errors import InputError
from ui.kit.deck import layer
from ui.kit.maps import expression
from ui.kit.view import on_phone

AROUND = "#B4BABE"
"""Streets around the area, which its figures do not count."""
_BANDS = "0123456789abcdefghijklmnopqrstuvwxyz"


def publish_streets(area: str, lines: gpd.GeoSeries) -> str:
    """Publish street pieces once, in the order of `lines`; :func:`street_time_layer` colours them by position.

    They are sent as straight parts, ``{"i": position, "a": [lon, lat], "b": [lon, lat]}``: without a graphics card,
    drawing these takes half the time of drawing paths, and lines of a few pixels look the same.
    """
    xy, of = shapely.get_coordinates(lines.to_crs(4326).array, return_index=True)
    starts = np.flatnonzero(np.diff(of) == 0)
    positions, points = of.tolist(), np.round(xy, DECIMALS).tolist()
    parts = [{"i": positions[k], "a": points[k], "b": points[k + 1]} for k in starts]
    return publish(area, "streets", parts, keep=6)


def street_time_layer(
    streets_url: str,
    bands: npt.ArrayLike,
    classes: TimeBands,
    *,
    inside: npt.NDArray[np.bool_] | None = None,
    layer_id: str = "street-times",
    min_width_px: float = 0.6,
) -> pdk.Layer:
    """Draw the streets coloured by minutes (isochrones on the network).

    Parameters
    ----------
    streets_url
        From :func:`publish_streets`.
    bands
        Band of each piece, shape ``(n_streets,)``, from :meth:`drawing.palette.TimeBands.index`. One character for each
        piece is sent, so a new service or speed needs only kilobytes.
    classes
        Colours and widths of the bands.
    inside
        ``(n_streets,)`` which pieces lie in the area; the others are grey. All of them when None.
    """
    index = np.asarray(bands, dtype=int)
    if len(index) and not 0 <= int(index.min()) <= int(index.max()) < len(classes.colours):
        raise InputError(f"bands must be from 0 to {len(classes.colours) - 1}")
    around = len(classes.colours)
    letters = np.array(list(_BANDS))[index if inside is None else np.where(inside, index, around)]
    code = "".join(letters.tolist())
    colours = expression([rgba(c) for c in (*classes.colours, AROUND)])
    scale = 0.65 if on_phone() else 1.0  # a phone shows the whole area at half the size
    widths = str([round(w * scale, 2) for w in (*classes.widths_px, 0.9)]).replace(" ", "")
    return layer(
        "LineLayer",
        layer_id,
        streets_url,
        getSourcePosition="@@=a",
        getTargetPosition="@@=b",
        getColor=f'@@=({colours})[("{code}")[i]]',
        getWidth=f'@@=({widths})[("{code}")[i]]',
        widthUnits="pixels",
        widthMinPixels=min_width_px,
        widthMaxPixels=8,
        pickable=False,
        updateTriggers={"getColor": code, "getWidth": code},
    )


def route_layers(lines: gpd.GeoSeries, *, layer_id: str = "route") -> list[pdk.Layer]:
    """Draw a route, a dark line with a white edge; `lines` are sent with the page, since it is short."""
    data = feature_collection(gpd.GeoDataFrame(geometry=lines))
    drawn = {"stroked": True, "filled": False, "lineWidthUnits": "pixels", "pickable": False}
    rounded = {"lineCapRounded": True, "lineJointRounded": True}
    return [
        layer("GeoJsonLayer", f"{layer_id}-edge", data, **drawn, **rounded, getLineWidth=8, getLineColor=[255] * 4),
        layer("GeoJsonLayer", layer_id, data, **drawn, **rounded, getLineWidth=4.5, getLineColor=list(rgba(INK))),
    ]
