"""Pictures of maps and charts: of every layer that the pages have, made when they are asked for."""

import base64
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from drawing.basemap import publish_basemap
from drawing.legend import classes_legend
from drawing.map_picture import mercator
from drawing.palette import class_breaks, time_bands
from geo.errors import InputError
from geo.pack import AreaPack
from ui.kit import charts, copying, maps, pictures, points, streets
from ui.kit.view import View, fit_view
from wording.groups import AreaWords

HOMES = pd.DataFrame({"postcode": ["SS1 1AA"], "easting": [588_600], "northing": [186_600]})
AREA = cast(
    AreaPack,
    SimpleNamespace(code="s", crs="EPSG:27700", demand=HOMES, demand_xy=HOMES[["easting", "northing"]].to_numpy()),
)


@pytest.fixture
def wards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gpd.GeoDataFrame:
    monkeypatch.setattr("drawing.static_files.static_root", lambda: tmp_path)
    x, y = 588_000, 186_000
    return gpd.GeoDataFrame(
        {"name": ["West", "East"], "target": [True, False]},
        index=["E1", "E2"],
        geometry=[shapely.box(x, y, x + 1000, y + 1000), shapely.box(x + 1000, y, x + 2000, y + 1000)],
        crs=27700,
    )


def test_every_layer_of_the_kit_is_on_the_picture(wards):
    lon, lat = wards.to_crs(4326).geometry.union_all().centroid.coords[0]
    view = View(lon, lat, 13)
    classes, bands = class_breaks([210, 480]), time_bands(15)
    services = pd.DataFrame(
        {
            "category": ["library"],
            "name": "Kent Elms",
            "address": "",
            "postcode": "",
            "easting": 588_500,
            "northing": 186_500,
        },
        index=["a"],
    )
    spot = gpd.GeoDataFrame(
        {"id": ["p"], "title": "", "tip": ""}, geometry=[shapely.Point(588_700, 186_700)], crs=27700
    )
    lines = gpd.GeoSeries([shapely.LineString([(588_000, 186_000), (588_900, 186_900)])], crs=27700)
    ground = gpd.GeoDataFrame(
        {"layer": ["green", "place"], "kind": "", "name": ["", "Leigh"], "rank": 0},
        geometry=[wards.geometry.iloc[0], shapely.Point(588_100, 186_100)],
        crs=27700,
    )
    basemap = publish_basemap("s", ground)
    layers = [
        maps.area_layer("s", wards, [0, 1], ["#12436D", "#6BACE6"], tips=["", ""]),
        *maps.outline_layers("s", wards),
        *maps.selected_layers("s", wards),
        streets.street_time_layer(streets.publish_streets("s", lines), [0], bands),
        *streets.route_layers(lines),
        points.homes_layer(AREA),
        points.point_layer(spot, layer_id="spot", colour="#28A197"),
        maps.service_layer(AREA, services, ["library"]),
        maps.settlement_labels("s", basemap.places),
        maps.area_labels("s", wards, view),
    ]
    picture = pictures.picture_of_map(
        layers, pictures.wider(view), basemap, "Where help is", [classes_legend(classes, "Children")]
    )
    text = picture.svg.decode()
    for wanted in (
        "Where help is", "Children", classes.labels[0], "Made on ", "© OpenStreetMap contributors", "West", "East",
        "Leigh", ">L</text>", 'fill="#12436D"', 'stroke="#801650"', f'stroke="{bands.colours[0]}"',
        'fill="#28A197"', "E8F2E1",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert pictures.picture_of_map(layers[:1], pictures.wider(view), basemap, "", []).svg.count(b">West</text>") == 0


@pytest.mark.parametrize("size", [(740, 520), (358, 400)])
def test_a_picture_shows_the_whole_area_whatever_the_screen_it_is_asked_on(monkeypatch, size):
    monkeypatch.setattr("ui.kit.pictures.map_size", lambda: size)
    west, east = 0.62, 0.82
    extent = pictures.wider(fit_view((west, 51.51, east, 51.58), width_px=size[0], height_px=size[1], padding_px=8))
    across = (east - west) / 360 * 512 * 2**extent.zoom
    assert 0.9 * extent.width_px < across < extent.width_px
    # The sheet is lower than a phone is high, and the area must still be on it.
    sheet = extent.sheet()
    _, south, _, north = sheet.window
    low, high = mercator([[west, 51.51], [east, 51.58]])[:, 1]
    assert south < low < high < north


def test_a_chart_has_title_date_and_credit():
    frame = pd.DataFrame({"name": ["Kursaal", "Milton"], "target": [True, False], "share": [0.4, 0.5]})
    words = AreaWords("borough", "ward", "wards", "target ward", "target wards")
    chart = charts.ward_bars(frame, "share", title="Who can reach one", axis_title="share", fmt=".0%", words=words)
    text = pictures.picture_of_chart(chart.to_dict(), "© Somebody").svg.decode()
    for wanted in ("Who can reach one", "▶ Kursaal", "40%", "Made on ", "© Somebody"):
        assert wanted in text


def page():
    import streamlit as st

    from ui.kit.pictures import picture_button

    def make():
        st.session_state["made"] = True

    picture_button(make, title="Children, by *ward* :red[now] https://evil.example", key="bars")
    picture_button(make, title="Minutes to the nearest children's centre. " * 5, key="map")


def test_nothing_is_drawn_before_it_is_asked_for():
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert "made" not in at.session_state
    assert [button.proto.label for button in at.get("download_button")] == [
        "As a picture (PNG)",
        "As a drawing (SVG)",
    ] * 2


def test_each_button_has_a_name_of_its_own_and_a_title_is_not_read_as_markdown():
    at = AppTest.from_function(page).run()
    assert [found.proto.popover.label for found in at.get("popover")] == [
        "Picture *(Children, by ward rednow httpsevil.example)*",
        "Picture *(Minutes to the nearest children's centre. Minutes to the nearest …)*",
    ]


def test_a_picture_to_copy_is_sent_under_the_number_that_it_was_asked_for_by():
    made: list[bytes] = []

    def make() -> bytes:
        made.append(b"a picture")
        return made[-1]

    for nothing in (None, "", True, {}):
        assert copying.picture_for(nothing, make) == {"number": 0, "png": "", "fault": ""}
    assert made == []
    assert copying.picture_for(17, make) == {"number": 17, "png": base64.b64encode(b"a picture").decode(), "fault": ""}

    def fails() -> bytes:
        raise InputError("the picture cannot be made: no typesetter")

    assert copying.picture_for(18, fails)["fault"] == "the picture cannot be made: no typesetter"
