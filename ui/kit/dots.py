"""Dots of people among the streets of a map: one dot for so many people, none at a home."""

import geopandas as gpd
import pydeck as pdk
import shapely
import streamlit as st

from analysis.reach.dots import PER, Dots, dots
from drawing.geojson import feature_text
from drawing.legend import Legend, Swatch
from drawing.palette import DOT_COLOUR, rgba
from drawing.static_files import publish
from geo.pack import AreaPack
from ui.kit import controls
from ui.kit.deck import layer
from ui.kit.session import Session
from wording.dots import dot_words


def dots_switch(measure: str) -> bool:
    """Draw the switch for the dots; return whether they are wanted."""
    *_, note, label = dot_words(measure, PER)
    return controls.switch(label, key=Session.dots.key, help=note)


def dots_layer(pack: AreaPack, measure: str, baseline: str) -> pdk.Layer:
    """Draw the dots (layer ``dots``), with a white edge so that they are seen among streets; none can be clicked."""
    found = _dots(pack, measure, baseline)
    shapes = gpd.GeoDataFrame(geometry=[shapely.MultiPoint(found.xy)], crs=pack.crs)
    return layer(
        "GeoJsonLayer",
        "dots",
        publish(pack.code, "dots", feature_text(shapes), keep=12),
        pointType="circle",
        filled=True,
        stroked=True,
        getFillColor=list(rgba(DOT_COLOUR)),
        getLineColor=[255, 255, 255, 255],
        getLineWidth=1,
        lineWidthUnits="pixels",
        getPointRadius=28,
        pointRadiusUnits="meters",
        pointRadiusMinPixels=2.2,
        pointRadiusMaxPixels=5,
        pickable=False,
    )


def dots_legend(measure: str) -> Legend:
    """Return the legend: how many people one dot is."""
    title, one, *_ = dot_words(measure, PER)
    return Legend(title, (Swatch("disc", DOT_COLOUR, one),))


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={AreaPack: lambda pack: pack.digest})
def _dots(pack: AreaPack, measure: str, baseline: str) -> Dots:
    """Place the dots once for all visitors."""
    return dots(pack, measure=measure, baseline=baseline)
