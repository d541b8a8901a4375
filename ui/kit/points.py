"""Points on a map: one place, homes, homes by class, quiet venues, rings, dots of people and what is chosen."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pydeck as pdk
import streamlit as st

from drawing.geojson import feature_collection, feature_text
from drawing.palette import SELECTED_COLOUR, rgba
from drawing.static_files import publish
from geo.pack import AreaPack
from ui.kit.deck import layer
from ui.kit.maps import FONT, expression, fill, service_layer
from ui.kit.view import on_phone

_VENUE_M, _MAIN_M = 40.0, 170.0
"""Radius of a venue on the ground, and of a service that the page is about."""


def point_layer(
    frame: gpd.GeoDataFrame,
    *,
    layer_id: str,
    colour: str = SELECTED_COLOUR,
    radius_px: float = 8,
    pickable: bool = True,
) -> pdk.Layer:
    """Draw points such as a postcode or a click; `frame` has the columns ``id``, ``title`` and ``tip``."""
    return layer(
        "GeoJsonLayer",
        layer_id,
        feature_collection(frame, ["id", "title", "tip"]),
        pointType="circle",
        filled=True,
        stroked=True,
        getPointRadius=radius_px,
        pointRadiusUnits="pixels",
        getLineColor=[255, 255, 255, 255],
        getLineWidth=2.5,
        lineWidthUnits="pixels",
        pickable=pickable,
        **fill("points-circle", list(rgba(colour))),
    )


def homes_layer(pack: AreaPack, *, tip: str = "click to see the way from here", keep: int = 3) -> pdk.Layer:
    """Draw every postcode as a faint dot to click (layer ``homes``).

    `tip` says what a click does, and `keep` is the number of files with such dots that stay on the disk.

    A dot shows where a postcode is, and nothing about the people who live there.
    """
    return layer(
        "GeoJsonLayer",
        "homes",
        publish(pack.code, "homes", _homes(pack, tip), keep=keep),
        pointType="circle",
        filled=True,
        stroked=False,
        getPointRadius=14,
        pointRadiusUnits="meters",
        pointRadiusMinPixels=0.5,
        pointRadiusMaxPixels=9,
        pickable=True,
        autoHighlight=True,
        highlightColor=[128, 22, 80, 200],
        **fill("points-circle", [11, 12, 12, 40]),
    )


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={AreaPack: lambda pack: pack.digest})
def _homes(pack: AreaPack, tip: str) -> str:
    """Write the dots as JSON once for all visitors: there are thousands, and every drawing of a map has them."""
    points = gpd.GeoDataFrame(
        {"title": pack.demand["postcode"].to_numpy(), "tip": tip},
        geometry=gpd.points_from_xy(*pack.demand_xy.T, crs=pack.crs),
    )
    return feature_text(points, ["title", "tip"])


def class_points_layer(
    frame: gpd.GeoDataFrame, colours: Sequence[str], *, layer_id: str, radius_m: float = 20
) -> pdk.Layer:
    """Draw points coloured by class, such as homes; they grow with the zoom, and a click goes through them.

    `frame` has the column ``c``, an index into `colours`; it is sent with the page.
    """
    palette = [list(rgba(colour, 230)) for colour in colours]
    return layer(
        "GeoJsonLayer",
        layer_id,
        feature_collection(frame, ["c"]),
        pointType="circle",
        filled=True,
        stroked=False,
        getPointRadius=radius_m,
        pointRadiusUnits="meters",
        pointRadiusMinPixels=1.5,
        pointRadiusMaxPixels=9,
        pickable=False,
        **fill("points-circle", f"@@=({expression(palette)})[properties.c]", palette),
    )


def venue_layer(
    pack: AreaPack, services: pd.DataFrame, shown: Sequence[str], *, main: str, tips: Sequence[str] | None = None
) -> pdk.Layer:
    """Draw venues as quiet dots that grow with the zoom, and the services of one category larger (layer ``services``).

    Sizes are metres on the ground between two sizes in pixels, so that at the zoom of a whole town a venue is a dot of
    four pixels without a letter that can be read, and between the houses a lettered disc. Hovering and clicking are as
    in :func:`ui.kit.maps.service_layer`, whose other parameters these are.

    Parameters
    ----------
    main
        Category whose discs are as large as ever.
    """
    made = service_layer(pack, services, shown, tips=tips, radius_of={main: _MAIN_M}, radius_px=_VENUE_M)
    phone = 0.65 if on_phone() else 1.0
    sizes = {
        "pointRadiusUnits": "meters",
        "pointRadiusMinPixels": 1.6 if on_phone() else 2.6,
        "pointRadiusMaxPixels": 10.0 * phone,
        "lineWidthUnits": "meters",
        "getLineWidth": 6,
        "lineWidthMinPixels": 0.4,
        "lineWidthMaxPixels": 1.5,
        "textSizeUnits": "meters",
        "getTextSize": "@@=properties.r*1.2",
        "textSizeMinPixels": 0,
        "textSizeMaxPixels": 12.0 * phone,
    }
    for name, value in sizes.items():
        setattr(made, name, value)
    return made


def ring_layer(
    sites: pd.DataFrame, *, crs: str, layer_id: str, colour: str = SELECTED_COLOUR, numbered: bool = False
) -> pdk.Layer:
    """Draw rings at sites; a click goes through to what is beneath.

    `sites` has the columns ``easting`` and ``northing``, on the grid `crs`. A plain ring is thick and goes around the
    disc of a site that is chosen. A `numbered` one is filled, with the text of the column ``number``: a place that is
    proposed and not chosen.
    """
    points = gpd.GeoDataFrame(
        {"name": [str(number) for number in sites["number"]] if numbered else [""] * len(sites)},
        geometry=gpd.points_from_xy(sites["easting"], sites["northing"], crs=crs),
    )
    radius, width = ((9 if on_phone() else 12), 3.5) if numbered else (12, 2.5) if on_phone() else (16, 4)
    number = {
        "getText": "@@=properties.name",
        "getTextSize": radius * 1.3,
        "getTextColor": list(rgba(colour)),
        "textSizeUnits": "pixels",
        "textFontFamily": FONT,
        "textFontWeight": 700,
        "textCharacterSet": "auto",
        "getFillColor": [255, 255, 255, 235],
    }
    return layer(
        "GeoJsonLayer",
        layer_id,
        feature_collection(points, ["name"] if numbered else []),
        pointType="circle+text" if numbered else "circle",
        filled=numbered,
        stroked=True,
        pickable=False,
        getPointRadius=radius,
        pointRadiusUnits="pixels",
        getLineColor=list(rgba(colour)),
        getLineWidth=width,
        lineWidthUnits="pixels",
        **(number if numbered else {}),
    )
