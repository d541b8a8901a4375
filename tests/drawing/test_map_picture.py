"""Maps as SVG: things stand where the Mercator projection has them, in their colours, and nothing is left out."""

import json
import math
import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from drawing.basemap import publish_basemap
from drawing.map_picture import Extent, draw_map, mercator
from drawing.static_files import publish
from geo.errors import InputError

HERE = Extent(0.7, 51.54, 12, 400, 300)
MM = 25.4 / 96


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("drawing.static_files.static_root", lambda: tmp_path)
    return tmp_path


def collection(*features):
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": properties}
            for shape, properties in features
        ],
    }


def points(*places, **props):
    made = collection(*((shapely.Point(place), properties) for place, properties in places))
    return {"@@type": "GeoJsonLayer", "data": made, "pointRadiusUnits": "pixels", **props}


def svg(*layers, extent=HERE, style=""):
    return draw_map(layers, extent, style).to_bytes().decode()


def circles(text):
    return [
        (float(x), float(y), float(r), fill)
        for x, y, r, fill in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)" fill="([^"]+)"', text)
    ]


def test_a_place_stands_where_the_map_on_screen_has_it():
    """The whole world is 512 pixels wide at zoom 0: one degree at zoom 12 is 512 × 4096 / 360 of them."""
    degree_px = 512 * 2**12 / 360
    text = svg(points(((0.7, 51.54), {}), ((0.71, 51.54), {}), ((0.7, 51.55), {}), getPointRadius=8))
    middle, east, north = circles(text)
    assert middle[:3] == pytest.approx((200 * MM, 150 * MM, 8 * MM), abs=0.01)
    assert east[0] - middle[0] == pytest.approx(0.01 * degree_px * MM, abs=0.02)
    # A degree to the north is longer by the secant of the latitude.
    assert middle[1] - north[1] == pytest.approx(0.01 * degree_px / math.cos(math.radians(51.545)) * MM, abs=0.02)


def test_the_same_place_as_by_pyproj():
    from pyproj import Transformer

    at = Transformer.from_crs(4326, 3857, always_xy=True).transform(0.71234, 51.54321)
    assert mercator([[0.71234, 51.54321]])[0].tolist() == pytest.approx(at, abs=0.01)


def test_a_point_outside_is_left_out_and_a_shape_is_cut():
    text = svg(points(((0.7, 51.54), {}), ((0.9, 51.54), {})))
    assert len(circles(text)) == 1
    land = {
        "@@type": "GeoJsonLayer",
        "data": collection((shapely.box(0, 51, 1, 52), {"c": 0})),
        "stroked": False,
        "_subLayerProps": {"polygons-fill": {"getFillColor": "@@=([[18,67,109,204]])[properties.c]"}},
    }
    (path,) = re.findall(r'<path fill="#12436D"[^>]*fill-opacity="0.8"[^>]* d="([^"]+)"', svg(land))
    xy = [float(value) for value in re.findall(r"-?[\d.]+", path)]
    assert -3 < min(xy) < 0
    assert max(xy) < 400 * MM + 3


def test_a_radius_in_metres_follows_the_scale_within_its_limits():
    metres_px = 40_075_016.7 * math.cos(math.radians(51.54)) / (512 * 2**12)
    home = points(((0.7, 51.54), {}), pointRadiusUnits="meters", getPointRadius=100)
    assert circles(svg(home))[0][2] == pytest.approx(100 / metres_px * MM, rel=0.01)
    assert circles(svg(home | {"pointRadiusMaxPixels": 2}))[0][2] == pytest.approx(2 * MM, abs=0.01)
    assert circles(svg(home | {"pointRadiusMinPixels": 50}))[0][2] == pytest.approx(50 * MM, abs=0.01)


def test_discs_have_colours_and_letters_by_feature_and_a_ring_has_no_fill():
    layer = points(
        ((0.7, 51.54), {"k": 0, "s": "C"}),
        ((0.71, 51.54), {"k": 1, "s": "L"}),
        pointType="circle+text",
        getText="@@=properties.s",
        getTextColor="@@=([[255,255,255,255],[11,12,12,255]])[properties.k]",
        _subLayerProps={"points-circle": {"getFillColor": "@@=([[128,22,80,255],[40,161,151,255]])[properties.k]"}},
    )
    text = svg(layer)
    assert [fill for *_, fill in circles(text)] == ["#801650", "#28A197"]
    assert re.findall(r'fill="(#\w+)">([CL])</text>', text) == [("#FFFFFF", "C"), ("#0B0C0C", "L")]
    ring = points(((0.7, 51.54), {}), filled=False, getLineColor=[128, 22, 80, 255])
    assert 'fill="none" stroke="#801650"' in svg(ring)
    assert not circles(svg(points(((0.7, 51.54), {}), filled=False, stroked=False)))


def test_names_are_written_with_a_halo_and_escaped():
    name = points(((0.7, 51.54), {"name": "<Milton>"}), pointType="text", getText="@@=properties.name", getTextSize=14)
    text = svg(name)
    assert text.count("&lt;Milton&gt;") == 2
    assert "<Milton>" not in text
    assert f'font-size="{14 * 0.75 / (72 / 25.4):.2f}"' in text


def test_streets_of_a_published_file_are_coloured_and_as_wide_as_their_band():
    parts = [
        {"i": 0, "a": [0.69, 51.54], "b": [0.70, 51.54]},
        {"i": 1, "a": [0.70, 51.54], "b": [0.71, 51.54]},
        {"i": 0, "a": [0.70, 51.54], "b": [0.70, 51.55]},
    ]
    layer = {
        "@@type": "LineLayer",
        "data": publish("s", "streets", parts),
        "getSourcePosition": "@@=a",
        "getTargetPosition": "@@=b",
        "getColor": '@@=([[18,67,109,255],[244,106,37,255]])[("01")[i]]',
        "getWidth": '@@=([1.5,0.1])[("01")[i]]',
        "widthMinPixels": 0.6,
    }
    found = re.findall(r'stroke="(#\w+)" stroke-width="([\d.]+)"[^>]* d="([^"]+)"', svg(layer))[:2]
    assert [(colour, float(width)) for colour, width, _ in found] == [
        ("#12436D", pytest.approx(1.5 * MM, abs=0.001)),
        ("#F46A25", pytest.approx(0.6 * MM, abs=0.001)),
    ]
    assert found[0][2].count("M") == 1  # two parts that meet are one line
    assert layer["data"].startswith("app/static/s/")


def test_what_is_clear_is_not_drawn():
    ground = {
        "@@type": "GeoJsonLayer",
        "data": collection((shapely.box(0.6, 51.5, 0.8, 51.6), {})),
        "stroked": False,
        "_subLayerProps": {"polygons-fill": {"getFillColor": [255, 255, 255, 0]}},
    }
    assert svg(ground) == svg()


def test_the_base_map_is_below():
    x, y = 587_000, 185_000
    ground = gpd.GeoDataFrame(
        {"layer": ["land", "green", "railway", "place"], "kind": ["", "park", "rail", "town"], "name": "", "rank": 0},
        geometry=[
            shapely.box(x, y, x + 700, y + 700),
            shapely.box(x, y, x + 500, y + 500),
            shapely.LineString([(x, y), (x + 900, y + 900)]),
            shapely.Point(x, y),
        ],
        crs=27700,
    )
    streets = gpd.GeoDataFrame(
        {"kind": ["primary", "residential"]},
        geometry=[shapely.LineString([(x, y + k), (x + 900, y + k)]) for k in (100, 200)],
        crs=27700,
    )
    style = publish_basemap("s", ground, streets).style_url
    lon, lat = gpd.GeoSeries([shapely.Point(x, y)], crs=27700).to_crs(4326)[0].coords[0]
    text = svg(extent=Extent(lon, lat, 13, 400, 300), style=style)
    drawn = re.findall(r'(?:fill|stroke)="(#\w+)"', text)
    order = [drawn.index(colour) for colour in ("#DCE8F0", "#E8F2E1", "#DEDFE0", "#C3C6CA", "#8F9499")]
    assert order == sorted(order)


def published(root, url):
    return json.loads((root / url.removeprefix("/").removeprefix("app/static/")).read_text(encoding="utf-8"))


def test_an_area_whose_data_draw_no_land_is_not_at_sea(tmp_path):
    park = gpd.GeoDataFrame(
        {"layer": ["green"], "kind": "", "name": "", "rank": 0}, geometry=[shapely.box(0, 0, 9, 9)], crs=27700
    )
    for ground, layers in ((park, ["green"]), (park.head(0), [])):
        style = published(tmp_path, publish_basemap("s", ground).style_url)
        made = published(tmp_path, style["sources"]["ground"]["data"])
        assert [one["properties"]["layer"] for one in made["features"]] == layers


def test_the_scale_bar_is_as_long_as_it_says():
    text = svg()
    (long_mm,) = re.findall(r'<path d="M3 [\d.]+V[\d.]+H([\d.]+)V', text)
    metres = {"500 m": 500, "1 km": 1000, "2 km": 2000}[re.findall(r">(\d+ k?m)<", text)[0]]
    metres_px = 40_075_016.7 * math.cos(math.radians(51.54)) / (512 * 2**12)
    assert (float(long_mm) - 3) / MM * metres_px == pytest.approx(metres, rel=0.01)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InputError, match="HexagonLayer"):
        svg({"@@type": "HexagonLayer", "data": []})
    with pytest.raises(InputError, match="open the page again"):
        svg({"@@type": "GeoJsonLayer", "data": "app/static/s/gone.json"})
