"""From metres to the GeoJSON that a map draws."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from drawing.geojson import feature_collection, feature_text, lonlat_bounds, merge_lines, merge_polygons
from drawing.static_files import compact_json
from geo.errors import InputError

PIER = (588_500.0, 185_000.0)


def frame(geometries: list[object], **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=geometries, crs=27700)


def test_degrees_with_five_decimals() -> None:
    made = feature_collection(frame([shapely.Point(PIER)], name=["Pier"]), ["name"])
    feature = made["features"][0]
    lon, lat = feature["geometry"]["coordinates"]
    assert 0.6 < lon < 0.8
    assert 51.5 < lat < 51.6
    assert lon == round(lon, 5)
    assert feature["properties"] == {"i": 0, "name": "Pier"}
    assert " " not in compact_json(made)


def test_figures_that_json_has_no_form_for() -> None:
    points = [shapely.Point(PIER)] * 3
    made = feature_collection(frame(points, v=[np.float32(1.5), np.nan, np.inf]), ["v"])
    assert [f["properties"]["v"] for f in made["features"]] == [1.5, None, "out of reach"]


def test_rows_without_shape_keep_the_position_of_others() -> None:
    made = feature_collection(frame([shapely.Point(PIER), None, shapely.Point(), shapely.Point(PIER)]))
    assert [f["properties"]["i"] for f in made["features"]] == [0, 3]


def test_unknown_column_and_no_crs() -> None:
    with pytest.raises(InputError, match="no column height"):
        feature_collection(frame([shapely.Point(PIER)]), ["height"])
    with pytest.raises(InputError, match="coordinate system"):
        lonlat_bounds(gpd.GeoDataFrame(geometry=[shapely.Point(PIER)]))


def test_lines_merge_by_class_and_join_end_to_end() -> None:
    lines = [
        shapely.LineString([(0, 0), (1, 0)]),
        shapely.LineString([(5, 5), (6, 5)]),
        shapely.MultiLineString([[(1, 0), (2, 0)], [(9, 9), (9, 8)]]),
    ]
    made = merge_lines(frame(lines, kind=["b", "a", "b"]), "kind")
    assert made["kind"].tolist() == ["a", "b"]
    assert shapely.get_num_geometries(made.geometry.iloc[1]) == 2
    assert made.length.sum() == pytest.approx(4)
    assert made.crs.to_epsg() == 27700


def test_seams_of_tiles_go() -> None:
    made = merge_polygons(frame([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], layer=["x", "x"]), ["layer"])
    assert len(made) == 1
    assert made.geometry.iloc[0].geom_type == "Polygon"
    assert made.area.iloc[0] == pytest.approx(2)


def test_text_says_what_the_collection_says() -> None:
    shapes = [shapely.Point(PIER), None, shapely.box(588_000, 185_000, 588_900.5, 186_000), shapely.Point()]
    made = frame(shapes, name=['"Pier"', "é", "Hill", ""], v=[1.234567891, np.nan, np.inf, 2])
    expected = compact_json(feature_collection(made, ["name", "v"]))
    assert feature_text(made, ["name", "v"]) == expected
    with pytest.raises(InputError, match="no column height"):
        feature_text(made, ["height"])


def test_the_same_numbers_on_another_grid_are_another_place() -> None:
    here = frame([shapely.Point(PIER)])
    there = gpd.GeoDataFrame(geometry=[shapely.Point(PIER)], crs=32631)
    assert feature_collection(here) != feature_collection(there)
    assert feature_text(here) != feature_text(there)
    assert feature_collection(here, decimals=2) != feature_collection(here)
