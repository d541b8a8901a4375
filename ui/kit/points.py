"""Points on a map: homes by class, quiet venues, rings, dots of people and what is chosen."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pydeck as pdk

from drawing.geojson import feature_collection
from drawing.palette import SELECTED_COLOUR, rgba
from ui.kit.deck import layer, on_phone
from ui.kit.maps import expression, fill

GRID = "EPSG:27700"


def class_points_layer(
    frame: gpd.GeoDataFrame, colours: Sequence[str], *, layer_id: str, radius_m: float = 20, pickable: bool = False
) -> pdk.Layer:
    """Draw points coloured by class, such as homes; they grow with the zoom between 1.5 and 9 pixels.

    `frame` has the columns ``title``, ``tip`` and ``c``, an index into `colours`; it is sent with the page.
    """
    palette = [list(rgba(colour, 230)) for colour in colours]
    return layer(
        "GeoJsonLayer",
        layer_id,
        feature_collection(frame, ["title", "tip", "c"]),
        pointType="circle",
        filled=True,
        stroked=False,
        getPointRadius=radius_m,
        pointRadiusUnits="meters",
        pointRadiusMinPixels=1.5,
        pointRadiusMaxPixels=9,
        pickable=pickable,
        **fill("points-circle", f"@@=({expression(palette)})[properties.c]", palette),
    )


def ring_layer(
    sites: pd.DataFrame, *, layer_id: str, colour: str = SELECTED_COLOUR, radius_px: float | None = None
) -> pdk.Layer:
    """Draw a thick ring around sites, ``easting`` and ``northing``; the disc inside stays as it is, to click.

    `radius_px` is smaller on a phone when None.
    """
    rings = gpd.GeoDataFrame(geometry=gpd.points_from_xy(sites["easting"], sites["northing"], crs=GRID))
    return layer(
        "GeoJsonLayer",
        layer_id,
        feature_collection(rings),
        pointType="circle",
        filled=False,
        stroked=True,
        pickable=False,
        getPointRadius=radius_px or (12 if on_phone() else 16),
        pointRadiusUnits="pixels",
        getLineColor=list(rgba(colour)),
        getLineWidth=4,
        lineWidthUnits="pixels",
    )
