"""One's own counts on a map, by ward."""

import pandas as pd
import pydeck as pdk

from analysis.reach.own_counts import own_by_ward
from analysis.shown import ShownFrame, as_shown
from drawing.legend import Legend, classes_legend
from drawing.palette import class_breaks
from geo.pack import AreaPack
from ui.kit.legend import outline_of
from ui.kit.maps import area_labels, area_layer, outline_layers
from ui.kit.view import View
from wording.numbers import no_figure, people
from wording.own import count_tips

MOST_LISTED = 500
"""Places that a table lists."""


def count_layers(
    pack: AreaPack, rows: pd.DataFrame, measure: str, view: View
) -> tuple[ShownFrame, list[pdk.Layer], Legend]:
    """Draw counts by ward; return the figures as shown, the layers and the legend."""
    wards = own_by_ward(pack, rows, measure)
    values = wards["value"].reindex(pack.wards.index)
    classes = class_breaks(values, fmt=lambda value: people(as_shown(value)))
    tips = count_tips(wards, measure)
    layer = area_layer(pack.code, pack.wards, classes.index(values), classes.colours, tips=tips, private=True)
    missing = no_figure() if values.isna().any() else ""
    legend = classes_legend(classes, measure, missing=missing, outline=outline_of(pack))
    outlines = outline_layers(pack.code, pack.wards[pack.wards["target"]])
    return wards, [layer, *outlines, area_labels(pack.code, pack.wards, view)], legend
