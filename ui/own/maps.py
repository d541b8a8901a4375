"""One's own data on a map: places as dots, rows in doubt at both their places, counts by ward."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk

from analysis.reach.own_counts import own_by_ward
from analysis.shown import ShownFrame, as_shown
from drawing.legend import Legend, Swatch, classes_legend
from drawing.palette import CATEGORICAL, class_breaks
from geo.own.places import Question
from geo.pack import AreaPack
from ui.kit.legend import outline_of
from ui.kit.maps import area_labels, area_layer, outline_layers
from ui.kit.points import point_layer
from ui.kit.view import View
from wording.numbers import no_figure, people
from wording.own import count_tips, own_words

MOST_DRAWN = 2_000
"""Places that are sent with the page; more would make each click wait."""
MOST_LISTED = 500
"""Places that a table lists."""
_OWN, _DOUBT = CATEGORICAL[2], CATEGORICAL[3]


def place_layers(pack: AreaPack, rows: pd.DataFrame, questions: Sequence[Question] = ()) -> list[pdk.Layer]:
    """Draw places, the first `MOST_DRAWN` of them, and above them the rows in doubt at both their places."""
    drawn = rows.head(MOST_DRAWN)
    layers = [
        point_layer(_points(pack, drawn, drawn["postcode"].tolist()), layer_id="own-places", colour=_OWN, radius_px=7)
    ]
    said = [
        (question.name, words, at)
        for question in questions[:MOST_DRAWN]
        for words, at in ((question.one, question.one_at), (question.other, question.other_at))
        if np.isfinite(at).all()
    ]
    if said:
        at = np.array([place for _, _, place in said])
        doubt = pd.DataFrame({"name": [name for name, _, _ in said], "easting": at[:, 0], "northing": at[:, 1]})
        tips = [f"{own_words()['in_doubt']}: {words}" for _, words, _ in said]
        layers.append(point_layer(_points(pack, doubt, tips), layer_id="own-doubt", colour=_DOUBT, radius_px=7))
    return layers


def _points(pack: AreaPack, rows: pd.DataFrame, tips: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": [str(number) for number in range(len(rows))], "title": rows["name"].to_numpy(), "tip": tips},
        geometry=gpd.points_from_xy(rows["easting"], rows["northing"], crs=pack.crs),
    )


def places_legend(name: str, *, doubt: bool = False) -> Legend:
    """Return the legend of places, and of rows in doubt."""
    entries = [Swatch("disc", _OWN, name)]
    if doubt:
        entries.append(Swatch("disc", _DOUBT, own_words()["in_doubt"]))
    return Legend("", tuple(entries))


def count_layers(
    pack: AreaPack, rows: pd.DataFrame, measure: str, view: View
) -> tuple[ShownFrame, list[pdk.Layer], Legend]:
    """Draw counts by ward; return the figures as shown, the layers and the legend."""
    wards = own_by_ward(pack, rows, measure)
    values = wards["value"].reindex(pack.wards.index)
    classes = class_breaks(values, fmt=lambda value: people(as_shown(value)))
    layer = area_layer(pack.code, pack.wards, classes.index(values), classes.colours, tips=count_tips(wards, measure))
    missing = no_figure() if values.isna().any() else ""
    legend = classes_legend(classes, measure, missing=missing, outline=outline_of(pack))
    outlines = outline_layers(pack.code, pack.wards[pack.wards["target"]])
    return wards, [layer, *outlines, area_labels(pack.code, pack.wards, view)], legend
