"""Map layers of the pages: each function takes frames and returns deck.gl layers, without drawing them.

Geometry is published once as a file that the browser keeps (:mod:`drawing.static_files`); for what changes with the
controls, only a class number for each feature is sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pydeck as pdk
import shapely

from drawing.geojson import feature_collection, feature_text
from drawing.labels import label_points
from drawing.palette import INK, NO_FIGURE, SELECTED_COLOUR, rgba, symbol
from drawing.static_files import publish
from geo.errors import InputError
from geo.pack import AreaPack
from ui.kit.deck import layer
from ui.kit.view import View, on_phone

FONT = "'Source Sans', 'Source Sans Pro', Arial, sans-serif"
_TEXT = {
    "pointType": "text",
    "textFontFamily": FONT,
    "textFontSettings": {"sdf": True, "fontSize": 64, "buffer": 12, "radius": 20, "cutoff": 0.2, "smoothing": 0.12},
    "textOutlineColor": [255, 255, 255, 235],
    "textOutlineWidth": 6,
    "textSizeUnits": "pixels",
    "textCharacterSet": "auto",
    "pickable": False,
}


def _text_layer(layer_id: str, data: Any, *, size_px: float, colour: str = INK, **props: Any) -> pdk.Layer:
    return layer(
        "GeoJsonLayer",
        layer_id,
        data,
        **_TEXT
        | {
            "getText": "@@=properties.name",
            "getTextSize": size_px,
            "getTextColor": list(rgba(colour)),
            "textFontWeight": 600,
        }
        | props,
    )


def fill(sublayer: str, colour: Any, trigger: Any = None) -> dict[str, Any]:
    """Return the fill of a sub-layer: see :mod:`ui.kit.deck` on why it is not ``getFillColor`` of the layer."""
    props: dict[str, Any] = {"getFillColor": colour}
    if trigger is not None:
        props["updateTriggers"] = {"getFillColor": trigger}
    return {"_subLayerProps": {sublayer: props}}


def settlement_labels(area: str, settlements: gpd.GeoDataFrame, *, max_rank: float = 10) -> pdk.Layer:
    """Draw the names of settlements; `settlements` has columns ``name``, ``rank`` (small is important) and points.

    A name that would lie on a more important one, or close to it, is left out until the reader looks closer.
    """
    chosen = settlements[settlements["rank"].fillna(99) <= max_rank]
    url = publish(area, "places", feature_text(chosen, ["name", "rank"]), keep=3)
    return _text_layer(
        "places",
        url,
        size_px=13,
        colour="#3F474C",
        textFontWeight=500,
        extensions=[{"@@type": "CollisionFilterExtension"}],
        getCollisionPriority="@@=-properties.rank",
        collisionTestProps={"sizeScale": 1.8},
    )


def area_layer(
    area: str,
    frame: gpd.GeoDataFrame,
    classes: npt.ArrayLike,
    colours: Sequence[str],
    *,
    tips: Sequence[str],
    layer_id: str = "wards",
    alpha: int = 205,
    pickable: bool = True,
    private: bool = False,
) -> pdk.Layer:
    """Draw a choropleth of wards or small areas.

    Parameters
    ----------
    area
        Area code.
    frame
        Indexed by code, with the column ``name``.
    classes
        Class of each row, shape ``(n,)``: an index into `colours`, or -1 for no figure.
    colours
        ``#RRGGBB`` for each class.
    tips
        Second line of each row's tooltip.
    layer_id
        Id of the layer, which identifies a selection in it.
    alpha
        Opacity, 0–255: some of the base map shows through.
    pickable
        Whether the pointer finds an area.
    private
        Whether it shows what a visitor has given: then it is sent with the page, and no file of it is published.

    Raises
    ------
    InputError
        When `classes` or `tips` does not have the length of `frame`.
    """
    index = np.asarray(classes, dtype=int)
    if len(index) != len(frame) or len(tips) != len(frame):
        raise InputError(f"{len(frame)} areas need as many classes and tips, not {len(index)} and {len(tips)}")
    palette = [list(rgba(c, alpha)) for c in (*colours, NO_FIGURE)]
    data = frame.assign(
        code=[str(c) for c in frame.index],
        title=frame["name"],
        tip=list(tips),
        c=np.where(index < 0, len(colours), index),
    )
    columns = ["code", "title", "tip", "c"]
    return layer(
        "GeoJsonLayer",
        layer_id,
        feature_collection(data, columns) if private else publish(area, layer_id, feature_text(data, columns)),
        filled=True,
        stroked=True,
        getLineColor=list(rgba("#FFFFFF", 255)),
        getLineWidth=1.2,
        lineWidthUnits="pixels",
        pickable=pickable,
        autoHighlight=pickable,
        highlightColor=[11, 12, 12, 50],
        **fill("polygons-fill", f"@@=({expression(palette)})[properties.c]", palette),
    )


def expression(value: Sequence[Sequence[int]]) -> str:
    """Write a list of colours as JavaScript does, for an expression of a layer."""
    return str([list(v) for v in value]).replace(" ", "")


def outline_layers(
    area: str,
    frame: gpd.GeoDataFrame,
    *,
    layer_id: str = "targets",
    colour: str = INK,
    width_px: float = 2.5,
) -> list[pdk.Layer]:
    """Draw a strong outline with a white edge, visible on light and dark fills: target wards, a selection."""
    url = publish(area, layer_id, feature_text(frame), keep=60)
    drawn = {"filled": False, "stroked": True, "lineWidthUnits": "pixels", "pickable": False, "lineJointRounded": True}
    return [
        layer(
            "GeoJsonLayer",
            f"{layer_id}-edge",
            url,
            **drawn,
            getLineWidth=width_px + 2.5,
            getLineColor=list(rgba("#FFFFFF", 230)),
        ),
        layer("GeoJsonLayer", layer_id, url, **drawn, getLineWidth=width_px, getLineColor=list(rgba(colour))),
    ]


def selected_layers(area: str, frame: gpd.GeoDataFrame) -> list[pdk.Layer]:
    """Draw the outline of what the reader has chosen: plum and thick."""
    return outline_layers(area, frame, layer_id="chosen", colour=SELECTED_COLOUR, width_px=4)


def area_labels(
    area: str,
    frame: gpd.GeoDataFrame,
    view: View,
    *,
    discs: pd.DataFrame | None = None,
    disc_px: float | None = None,
    layer_id: str = "ward-names",
    size_px: float | None = None,
) -> pdk.Layer:
    """Draw the names of areas, each at the point inside its area where it hides least; the layer belongs on top.

    Parameters
    ----------
    area
        Area code.
    frame
        Areas with the column ``name``.
    view
        Where the map opens.
    discs
        Points that the names should not cover, such as the services shown: columns ``easting`` and ``northing``.
    disc_px
        Radius of these points.
    layer_id
        Id of the layer.
    size_px
        Size of the type, smaller on a phone when None.
    """
    size_px = size_px or (10 if on_phone() else 14)
    xy = np.empty((0, 2)) if discs is None else discs[["easting", "northing"]].to_numpy(np.float64)
    points = label_points(
        frame["name"].tolist(),
        frame.geometry.to_numpy(),
        xy[np.isfinite(xy).all(axis=1)],
        size_px=size_px,
        disc_px=disc_px or _disc_px(),
        m_per_px=view.m_per_px,
    )
    named = gpd.GeoDataFrame({"name": frame["name"].to_numpy()}, geometry=shapely.points(points), crs=frame.crs)
    url = publish(area, layer_id, feature_text(named, ["name"]), keep=20)
    return _text_layer(layer_id, url, size_px=size_px)


def _disc_px() -> float:
    return 7 if on_phone() else 10


def service_layer(
    pack: AreaPack,
    services: pd.DataFrame,
    shown: Sequence[str],
    *,
    radius_px: float | None = None,
    tips: Sequence[str] | None = None,
    radius_of: Mapping[str, float] | None = None,
) -> pdk.Layer:
    """Draw services as lettered discs, all in one layer (``services``): each further layer makes every click slower.

    Parameters
    ----------
    pack
        The area.
    services
        Indexed by id, or with the column ``id``: columns ``category``, ``name``, ``address``, ``postcode``,
        ``easting`` and ``northing``. Rows without a position are left out.
    shown
        Categories to draw, from the bottom up.
    radius_px
        Of a disc, smaller on a phone when None; bus stops are dots without a letter.
    tips
        Rest of each row's tooltip; its kind and address when None.
    radius_of
        Radius of the discs of some categories, instead of `radius_px`.
    """
    radius_px = radius_px or _disc_px()
    radii = [(radius_of or {}).get(category, radius_px) for category in shown]
    frame = services if "id" not in services.columns else services.set_index("id")
    default = [
        "\n".join(t for t in (symbol(c).label, ", ".join(p for p in (a, z) if p)) if t)
        for c, a, z in zip(frame["category"], frame["address"], frame["postcode"], strict=True)
    ]
    frame = frame.assign(tip=default if tips is None else list(tips))
    located = np.isfinite(frame["easting"]) & np.isfinite(frame["northing"])
    frame = frame[located & frame["category"].isin(list(shown))]
    order = {category: position for position, category in enumerate(shown)}
    frame = frame.iloc[np.argsort(frame["category"].map(order).to_numpy(), kind="stable")]
    signs = [symbol(category) for category in shown]
    which = [order[c] for c in frame["category"]]
    dots = [c == "bus_stop" for c in frame["category"]]
    points = gpd.GeoDataFrame(
        {
            "id": [str(i) for i in frame.index],
            "title": frame["name"].to_numpy(),
            "tip": frame["tip"].to_numpy(),
            "category": frame["category"].to_numpy(),
            "k": which,
            "s": ["" if dot else signs[k].letters for k, dot in zip(which, dots, strict=True)],
            "r": [4.0 if dot else radii[k] for k, dot in zip(which, dots, strict=True)],
        },
        geometry=gpd.points_from_xy(frame["easting"], frame["northing"], crs=pack.crs),
    )
    url = publish(pack.code, "services", feature_text(points, ["id", "title", "tip", "category", "k", "s", "r"]))
    fills = [rgba(sign.colour) for sign in signs] or [rgba(INK)]
    inks = [rgba(sign.ink) for sign in signs] or [rgba(INK)]
    return lettered_layer(
        "services",
        url,
        radius="@@=properties.r",
        letters="@@=properties.s",
        size=radius_px * 1.2,
        ink=f"@@=({expression(inks)})[properties.k]",
        edge_px=1.5,
        colour=f"@@=({expression(fills)})[properties.k]",
        trigger=fills,
        updateTriggers={"getTextColor": inks},
    )


def lettered_layer(
    layer_id: str,
    data: Any,
    *,
    radius: float | str,
    letters: str,
    size: float | str,
    ink: Any,
    colour: Any,
    trigger: Any = None,
    edge_px: float = 2,
    **props: Any,
) -> pdk.Layer:
    """Draw discs with a white edge and letters in them; a click finds the disc and not its letters.

    Parameters
    ----------
    layer_id, data
        As for :func:`ui.kit.deck.layer`.
    radius, letters, size, ink, colour
        Of a disc in pixels, the text in it, its size in pixels and its colour, and the colour of the disc; each may be
        an expression.
    trigger
        What `colour` depends on, for :func:`fill`.
    edge_px
        Width of the edge.
    **props
        Further properties of the layer.
    """
    return layer(
        "GeoJsonLayer",
        layer_id,
        data,
        pointType="circle+text",
        filled=True,
        stroked=True,
        getPointRadius=radius,
        pointRadiusUnits="pixels",
        getLineColor=[255, 255, 255, 255],
        getLineWidth=edge_px,
        lineWidthUnits="pixels",
        getText=letters,
        getTextSize=size,
        getTextColor=ink,
        textSizeUnits="pixels",
        textFontFamily=FONT,
        textFontWeight=700,
        textCharacterSet="auto",
        pickable=True,
        _subLayerProps={**fill("points-circle", colour, trigger)["_subLayerProps"], "points-text": {"pickable": False}},
        **props,
    )
