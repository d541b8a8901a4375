"""Layers of the Gaps map: isolation of wards and homes, severance (detours), and pockets as numbered markers.

Homes are drawn only by class, never with a count.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pydeck as pdk

from analysis.gaps.isolation import home_isolation
from analysis.gaps.pockets import ANY_SERVICE
from analysis.gaps.report import GapReport
from analysis.gaps.severance import SEVERED_MIN, SEVERED_RATIO, severed
from drawing.geojson import feature_collection, feature_text
from drawing.palette import INK, SELECTED_COLOUR, Classes, rgba
from drawing.static_files import publish
from geo.pack import AreaPack
from ui.kit.deck import layer
from ui.kit.heat_table import CUT_OFF
from ui.kit.maps import area_layer, expression, fill, lettered_layer
from ui.kit.view import on_phone
from wording.numbers import ordinal
from wording.rounding import digits

ISOLATION = Classes(
    (0.0, 20.0, 35.0, 50.0, 65.0, 100.0),
    CUT_OFF,
    ("under 20%", "20% to 35%", "35% to 50%", "50% to 65%", "65% and more"),
)
"""Classes of isolation, for wards and homes."""

_ROUND = ("#B5D3F0", "#6BACE6", "#F46A25", "#801650")
ROUND_ONE = Classes((0, 1, 2, 3, 4), _ROUND, ("nearly straight", "as streets go", "half as far again", "twice as far"))
"""Detours to one service: under 1.2 times the straight line, up to 1.5, up to 2, more."""

ROUND_ALL = Classes(
    (0, 1, 2, 3, 4), _ROUND, ("none of the services", "up to a quarter", "up to a half", "more than half of them")
)
"""Share of the basket, by weight, with a long detour."""


def ward_layer(report: GapReport) -> pdk.Layer:
    """Draw the wards by isolation (layer ``wards``)."""
    wards = report.survey.pack.wards
    areas = report.isolation.areas.loc[wards.index]
    tips = [
        f"{digits(row.isolation)}% of services too far away ({digits(row.low)}% to {digits(row.high)}%), "
        f"{ordinal(int(row.rank))} of {len(wards)} wards"
        for row in areas.itertuples()
    ]
    classes = ISOLATION.index(areas["isolation"].to_numpy(np.float64))
    return area_layer(report.survey.pack.code, wards, classes, ISOLATION.colours, tips=tips, alpha=190)


def clear_wards(report: GapReport) -> pdk.Layer:
    """Draw the wards without a fill, so that they can be clicked where homes are coloured (layer ``wards``)."""
    wards = report.survey.pack.wards
    tips = ["" for _ in wards.index]
    return area_layer(report.survey.pack.code, wards, np.zeros(len(wards), dtype=int), ("#FFFFFF",), tips=tips, alpha=1)


def home_classes(report: GapReport, what: str, service: str) -> npt.NDArray[np.int64]:
    """Class of each home, ``(n_demand,)``.

    Parameters
    ----------
    report
        The gaps.
    what
        ``"homes"``: isolation, classes of `ISOLATION`. ``"severance"``: detours, classes of `ROUND_ONE` for a service,
        of `ROUND_ALL` for the basket.
    service
        Category, or ``"basket"``.
    """
    survey = report.survey
    if what == "homes":
        return ISOLATION.index(home_isolation(survey))
    if service == ANY_SERVICE:
        share = survey.basket.weights @ severed(survey)
        return np.searchsorted(np.array([0.0, 0.25, 0.5]), np.round(share, 6), side="left").astype(np.int64)
    row = survey.row(service)
    straight, streets = survey.straight_s[row], survey.reference_s[row]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(straight > 0, streets / straight, 1.0)
        long = (ratio >= SEVERED_RATIO) & (streets - straight >= SEVERED_MIN * 60.0)
    return np.where(long, np.where(ratio >= 2.0, 3, 2), np.where(ratio < 1.2, 0, 1)).astype(np.int64)


def homes_layer(report: GapReport, classes: npt.NDArray[np.int64], colours: Sequence[str]) -> pdk.Layer:
    """Draw the homes by class (layer ``home-classes``); they cannot be clicked."""
    pack = report.survey.pack
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(pack.demand["easting"], pack.demand["northing"], crs=pack.crs),
    )
    url = publish(pack.code, "home-points", feature_text(points), keep=3)
    code = "".join(str(value) for value in classes.tolist())
    palette = expression([rgba(colour, 235) for colour in colours])
    return layer(
        "GeoJsonLayer",
        "home-classes",
        url,
        pointType="circle",
        filled=True,
        stroked=True,
        getLineColor=[255, 255, 255, 140],
        getLineWidth=0.4,
        lineWidthUnits="pixels",
        getPointRadius=34,
        pointRadiusUnits="meters",
        pointRadiusMinPixels=1.4,
        pointRadiusMaxPixels=8,
        pickable=False,
        **fill("points-circle", f'@@=({palette})[("{code}")[properties.i]]', code),
    )


def chosen_homes_layer(report: GapReport, inside: npt.NDArray[np.bool_]) -> pdk.Layer:
    """Draw rings around the homes of the chosen pocket (layer ``chosen-homes``), without counts of people."""
    pack = report.survey.pack
    xy = pack.demand_xy[inside]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1], crs=pack.crs))
    return layer(
        "GeoJsonLayer",
        "chosen-homes",
        feature_collection(points),
        pointType="circle",
        filled=False,
        stroked=True,
        getPointRadius=45,
        pointRadiusUnits="meters",
        pointRadiusMinPixels=2.5,
        getLineColor=list(rgba(SELECTED_COLOUR)),
        getLineWidth=2,
        lineWidthUnits="pixels",
        pickable=False,
    )


def pocket_layer(pack: AreaPack, pockets: pd.DataFrame, chosen: str) -> pdk.Layer:
    """Draw pockets as numbered discs (layer ``pockets``), the first on top; the chosen one is plum.

    Parameters
    ----------
    pockets
        Columns ``id, number, name, tip, easting, northing``.
    chosen
        Id of the chosen pocket.
    """
    rows = pockets.iloc[::-1]
    points = gpd.GeoDataFrame(
        {
            "id": rows["id"].to_numpy(),
            "title": rows["name"].to_numpy(),
            "tip": rows["tip"].to_numpy(),
            "s": [str(number) for number in rows["number"]],
            "c": (rows["id"] == chosen).astype(int).to_numpy(),
        },
        geometry=gpd.points_from_xy(rows["easting"], rows["northing"], crs=pack.crs),
    )
    fills = [rgba(INK), rgba(SELECTED_COLOUR)]
    radius = 8 if on_phone() else 10
    return lettered_layer(
        "pockets",
        feature_collection(points, ["id", "title", "tip", "s", "c"]),
        radius=f"@@=properties.c ? {radius + 3} : {radius}",
        letters="@@=properties.s",
        size=radius * 1.15,
        ink=[255, 255, 255, 255],
        colour=f"@@=({expression(fills)})[properties.c]",
        trigger=chosen,
        updateTriggers={"getPointRadius": chosen},
    )
