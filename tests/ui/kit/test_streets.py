"""Streets and ways, as the browser gets them."""

import json
import math

import geopandas as gpd
import pytest
import shapely

from drawing import palette
from geo.errors import InputError
from ui.kit import streets
from ui.kit.deck import CompactDeck


def test_streets_send_a_character_a_piece() -> None:
    bands = palette.time_bands(15)
    made = streets.street_time_layer("app/static/s/streets.json", bands.index([60, 1e9, math.inf]), bands)
    (sent,) = json.loads(CompactDeck(layers=[made], map_provider=None).to_json())["layers"]
    assert '("056")[i]' in str(sent["getColor"])
    assert sent["updateTriggers"] == {"getColor": "056", "getWidth": "056"}
    with pytest.raises(InputError, match="bands must be"):
        streets.street_time_layer("x", [9], bands)


def test_a_way_is_a_dark_line_over_a_white_edge() -> None:
    route = gpd.GeoSeries([shapely.LineString([(588_000, 186_000), (588_100, 186_000)])], crs=27700)
    assert [made.id for made in streets.route_layers(route)] == ["route-edge", "route"]
