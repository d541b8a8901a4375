"""A map layer to click anywhere: a click selects the nearest postcode of a street, described by its street."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st

from drawing.geojson import feature_text
from drawing.static_files import publish, static_root
from geo.pack import AreaPack
from geo.postcodes import street_postcodes
from ui.kit.deck import layer

LAYER = "anywhere"


def ground_layer(pack: AreaPack, tip: str) -> pdk.Layer:
    """Return the lowest layer of a map: its features have the postcode as ``id`` and the street as ``title``.

    Parameters
    ----------
    pack
        The area; a click outside its wards selects nothing.
    tip
        What a click does.
    """
    made = _made(pack, tip)
    if not (static_root() / str(made.data).removeprefix("app/static/")).is_file():  # newer files replaced it
        _made.clear()
        made = _made(pack, tip)
    return made


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={AreaPack: lambda pack: pack.digest})
def _made(pack: AreaPack, tip: str) -> pdk.Layer:
    cells = nearest_cells(pack)
    url = publish(pack.code, LAYER, feature_text(cells.assign(tip=tip), ["id", "title", "tip"]), keep=12)
    return layer(
        "GeoJsonLayer",
        LAYER,
        url,
        filled=True,
        stroked=False,
        pickable=True,
        _subLayerProps={"polygons-fill": {"getFillColor": [255, 255, 255, 0]}},
    )


def nearest_cells(pack: AreaPack) -> gpd.GeoDataFrame:
    """Divide the area among the postcodes of its streets: each gets the ground nearest to it (Voronoi cells).

    Returns
    -------
    ``id`` (postcode), ``title`` (its street) and polygons: Voronoi cells, clipped to the wards. PO boxes
    and large users have no cell, and of several postcodes at one point only the first has one.
    """
    homes = pack.demand[street_postcodes(pack.demand["postcode"], pack.demand_xy)]
    homes = homes.drop_duplicates(["easting", "northing"]).reset_index(drop=True)
    xy = homes[["easting", "northing"]].to_numpy(np.float64)
    points = shapely.points(xy)
    land = pack.wards.geometry.union_all()
    cells = np.asarray(
        shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land.envelope))
    )
    point, cell = shapely.STRtree(cells).query(points, predicate="intersects")
    shapes = pd.Series(cells[cell], index=point).groupby(level=0).first().reindex(range(len(homes)))
    shapely.prepare(land)
    whole = shapely.contains_properly(land, shapes.to_numpy())
    cut = np.where(whole, shapes.to_numpy(), shapely.intersection(shapes.to_numpy(), land))
    frame = gpd.GeoDataFrame(
        {"id": homes["postcode"], "title": pack.named_streets.nearest(xy)}, geometry=cut, crs=pack.crs
    )
    return frame[~frame.geometry.is_empty]
