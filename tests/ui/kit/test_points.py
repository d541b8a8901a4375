"""Quiet venues, rings and dots, as the browser gets them."""

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.reach.dots import PER, dots
from drawing.geojson import feature_text
from drawing.static_files import static_root
from geo.packs import open_pack
from ui.kit import points
from ui.kit.deck import CompactDeck
from ui.kit.dots import dots_layer, dots_legend
from ui.kit.maps import service_layer
from ui.kit.points import point_layer, ring_layer, venue_layer

KINDS = ["library", "school", "childrens_centre"]


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def drawn(made):
    return json.loads(CompactDeck(layers=[made], map_provider=None).to_json())["layers"][0]


def features(made):
    return json.loads((static_root() / str(made.data).removeprefix("app/static/")).read_text())["features"]


@pytest.fixture(scope="module")
def venues(pack):
    return pack.services[(pack.services["status"] == "open") & pack.services["category"].isin(KINDS)]


def test_a_venue_is_a_small_dot_and_the_main_service_a_disc(pack, venues):
    made = venue_layer(pack, venues, KINDS, main="childrens_centre")
    sizes = {}
    for one in features(made):
        sizes.setdefault(one["properties"]["category"], set()).add(one["properties"]["r"])
    at_town_m_per_px = 24
    assert {kind: len(found) for kind, found in sizes.items()} == dict.fromkeys(KINDS, 1)
    layer = drawn(made)
    for kind, low, high in (("library", 0, 4), ("school", 0, 4), ("childrens_centre", 6, 10)):
        px = max(sizes[kind].pop() / at_town_m_per_px, layer["pointRadiusMinPixels"])
        assert low < px < high, kind
    assert layer["pointRadiusUnits"] == layer["textSizeUnits"] == "meters"
    assert layer["textSizeMinPixels"] == 0


def test_venues_are_hovered_and_clicked_as_services_are(pack, venues):
    quiet, usual = venue_layer(pack, venues, KINDS, main="school"), service_layer(pack, venues, KINDS)
    assert quiet.id == usual.id == "services"
    assert quiet.pickable is True

    def told(made):
        return [{k: one["properties"][k] for k in ("id", "title", "tip", "s")} for one in features(made)]

    assert told(quiet) == told(usual)
    assert {one["properties"]["r"] for one in features(usual)} == {10}


def test_rings_carry_numbers_and_let_clicks_through(pack):
    sites = pack.services_of("library").iloc[:3].assign(number=[1, 2, 3])
    ring = drawn(ring_layer(sites, crs=pack.crs, layer_id="suggested", numbered=True))
    assert [one["properties"]["name"] for one in ring["data"]["features"]] == ["1", "2", "3"]
    assert not ring["pickable"]
    plain = drawn(ring_layer(sites, crs=pack.crs, layer_id="site-ring"))
    assert not plain["filled"]
    assert len(plain["data"]["features"]) == 3


def test_an_empty_ring_layer_is_drawn_too():
    none = pd.DataFrame({"easting": [], "northing": [], "number": []})
    assert drawn(ring_layer(none, crs="EPSG:27700", layer_id="suggested", numbered=True))["data"]["features"] == []


@pytest.mark.slow
def test_the_dots_on_the_map_are_those_of_the_analysis(pack):
    made = dots_layer(pack, "children_0_3", "strategy")
    (shape,) = features(made)
    found = dots(pack, measure="children_0_3", baseline="strategy")
    assert len(shape["geometry"]["coordinates"]) == len(found.xy) > 400
    assert shape["properties"] == {"i": 0}
    assert made.pickable is False
    assert f"one dot = {PER} children aged 0–3" in dots_legend("children_0_3").entries[0].words


def test_a_place_is_clicked_unless_it_only_marks():
    point = gpd.GeoDataFrame(
        {"id": ["p"], "title": ["SS1 2AB"], "tip": [""]}, geometry=[shapely.Point(588_000, 186_000)], crs=27700
    )
    assert drawn(point_layer(point, layer_id="here"))["pickable"] is True
    assert drawn(point_layer(point, layer_id="pin", pickable=False))["pickable"] is False


def test_the_dots_of_homes_are_written_once_for_all_visitors(pack, monkeypatch):
    made = []
    monkeypatch.setattr(points, "feature_text", lambda *given: made.append(given) or feature_text(*given))
    points._homes.clear()
    first, again = points.homes_layer(pack), points.homes_layer(pack)
    other = points.homes_layer(pack, tip="click to open a hub")
    assert len(made) == 2
    assert first.data == again.data != other.data
    assert len(features(first)) == len(pack.demand)
    assert features(other)[0]["properties"]["tip"] == "click to open a hub"


def test_the_dots_come_back_when_newer_files_have_replaced_theirs(pack):
    made = points.homes_layer(pack)
    (static_root() / str(made.data).removeprefix("app/static/")).unlink()
    assert features(points.homes_layer(pack))
