"""Layers, views and selections, as the browser gets them."""

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import geopandas as gpd
import pandas as pd
import pydeck as pdk
import pytest
import shapely

from drawing import basemap
from geo.errors import InputError
from geo.pack import AreaPack
from ui.kit import deck, maps
from ui.kit.view import fit_view

AREA = cast(AreaPack, SimpleNamespace(code="s", crs="EPSG:27700"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("drawing.static_files.static_root", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def wards() -> gpd.GeoDataFrame:
    x, y = 588_000, 186_000
    return gpd.GeoDataFrame(
        {"name": ["West", "East"], "target": [True, False]},
        index=["E1", "E2"],
        geometry=[shapely.box(x, y, x + 1000, y + 1000), shapely.box(x + 1000, y, x + 2000, y + 1000)],
        crs=27700,
    )


def drawn(made: pdk.Layer) -> dict[str, object]:
    return dict(json.loads(deck.CompactDeck(layers=[made], map_provider=None).to_json())["layers"][0])


def published(root: Path, url: object) -> dict[str, object]:
    return dict(json.loads((root / str(url).removeprefix("app/static/")).read_text()))


def test_area_layer(root: Path, wards: gpd.GeoDataFrame) -> None:
    made = drawn(maps.area_layer("s", wards, [0, -1], ["#12436D"], tips=["10 children", "too few"]))
    features = published(root, made["data"])["features"]
    assert [f["properties"]["c"] for f in features] == [0, 1]  # type: ignore[attr-defined]
    assert features[1]["properties"]["title"] == "East"  # type: ignore[index]
    assert "getFillColor" not in made  # Streamlit would fade what is not selected
    fill = made["_subLayerProps"]["polygons-fill"]["getFillColor"]  # type: ignore[index]
    assert fill.startswith("@@=([[18,67,109,205],")


def test_area_layer_of_wrong_length(root: Path, wards: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="2 areas need"):
        maps.area_layer("s", wards, [0], ["#12436D"], tips=["a", "b"])


def test_services(root: Path) -> None:
    services = pd.DataFrame(
        {
            "category": ["bus_stop", "childrens_centre", "museum", "childrens_centre"],
            "name": ["Stop", "Centre", "Museum", "Nowhere"],
            "address": ["", "Hornby Avenue", "", ""],
            "postcode": ["", "SS0 0LG", "", ""],
            "easting": [586_000.0, 586_500.0, 587_000.0, math.nan],
            "northing": [186_000.0, 186_500.0, 187_000.0, math.nan],
        },
        index=pd.Index(["n1", "g1", "m1", "g2"], name="id"),
    )
    made = maps.service_layer(AREA, services, ["childrens_centre", "bus_stop"])
    features = published(root, drawn(made)["data"])["features"]
    properties = [f["properties"] for f in features]  # type: ignore[attr-defined]
    assert [(p["id"], p["s"], p["k"]) for p in properties] == [("g1", "C", 0), ("n1", "", 1)]
    assert properties[0]["tip"] == "Children's centre\nHornby Avenue, SS0 0LG"
    assert published(root, drawn(maps.service_layer(AREA, services, []))["data"])["features"] == []


def test_outline_and_labels(root: Path, wards: gpd.GeoDataFrame) -> None:
    assert [made.id for made in maps.outline_layers("s", wards)] == ["targets-edge", "targets"]
    assert drawn(maps.area_labels("s", wards, deck.View(0.7, 51.5, 12.0)))["getText"] == "@@=properties.name"


def test_basemap_names_no_other_host(root: Path, wards: gpd.GeoDataFrame) -> None:
    frame = gpd.GeoDataFrame(
        {
            "layer": ["land", "railway", "place", "pier"],
            "kind": ["", "rail", "town", "pier"],
            "name": ["", "", "Southend-on-Sea", ""],
            "rank": [None, None, 1, None],
        },
        geometry=[
            wards.union_all(),
            shapely.LineString([(588_000, 186_500), (590_000, 186_500)]),
            shapely.Point(588_500, 186_500),
            shapely.LineString([(588_500, 186_000), (588_600, 184_000)]),
        ],
        crs=27700,
    )
    streets = gpd.GeoDataFrame(
        {"kind": ["residential", "primary_link", "odd"]},
        geometry=[shapely.LineString([(588_000 + i, 186_000), (589_000, 186_900)]) for i in range(3)],
        crs=27700,
    )
    made = basemap.publish_basemap("s", frame, streets)
    style = published(root, made.style_url)
    assert "http" not in json.dumps(style)
    assert "glyphs" not in style
    assert all(s["data"].startswith("app/static/s/") for s in style["sources"].values())  # type: ignore[attr-defined]
    assert made.places["name"].tolist() == ["Southend-on-Sea"]
    assert "OpenStreetMap" in made.attribution


@pytest.mark.parametrize(
    ("kind", "drawn_as"),
    [("trunk_link", "trunk"), ("unclassified", "residential"), ("steps", "path"), ("odd", "path")],
)
def test_street_kind(kind: str, drawn_as: str) -> None:
    assert basemap.street_kind(kind) == drawn_as


def test_view_fits_its_bounds() -> None:
    bounds = (0.623, 51.521, 0.821, 51.577)
    view = fit_view(bounds, width_px=1000, height_px=520, padding_px=0)
    across = (bounds[2] - bounds[0]) / 360 * 512 * 2**view.zoom
    assert across == pytest.approx(1000, rel=0.01)
    assert fit_view(bounds, width_px=360, height_px=400).zoom < view.zoom
    assert bounds[1] < view.latitude < bounds[3]
    above = fit_view(bounds, width_px=1000, height_px=520, padding_px=0, below_px=60)
    assert above.zoom == view.zoom
    moved_px = (view.latitude - above.latitude) * 111_200 / view.m_per_px
    assert moved_px == pytest.approx(30, abs=1)


def test_selection() -> None:
    feature = {"type": "Feature", "properties": {"code": "E1", "id": "x", "i": 3, "none": None}, "geometry": {}}
    event = {"selection": {"indices": {"wards": [3]}, "objects": {"wards": [feature]}}}
    found = deck.read_selection(event)
    assert found == deck.Selection("wards", 3, {"code": "E1", "id": "x", "i": 3})
    assert found is not None
    assert (found.code, found.id) == ("E1", "x")
    assert deck.read_selection(event, among=["services"]) is None
    assert deck.read_selection({"selection": {"indices": {}, "objects": {}}}) is None
    assert deck.read_selection(None) is None
