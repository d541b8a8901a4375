import json
from pathlib import Path

import pytest

from geo.boundaries.load import read_boundaries
from geo.errors import SourceError

GRID = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def square(x, y, size=100.0):
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code, geometry, **more):
    return {"type": "Feature", "properties": {"CD": code, "NM": f"Name of {code}", **more}, "geometry": geometry}


def collection(tmp_path: Path, *features, crs=GRID) -> Path:
    path = tmp_path / "areas.geojson"
    content = {"type": "FeatureCollection", "features": list(features)}
    if crs is not None:
        content["crs"] = crs
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_reads_codes_names_and_sorts(tmp_path):
    path = collection(tmp_path, feature("B", square(588_100, 185_000)), feature("A", square(588_000, 185_000)))
    frame = read_boundaries(path, "CD", "NM", grid="EPSG:27700")
    assert list(frame.columns) == ["code", "name", "repaired", "geometry"]
    assert list(frame["code"]) == ["A", "B"]
    assert list(frame["name"]) == ["Name of A", "Name of B"]
    assert list(frame["repaired"]) == ["", ""]
    assert frame.crs.to_epsg() == 27700
    assert frame.geometry.area.tolist() == [10_000.0, 10_000.0]


def test_without_a_name_property_the_code_is_the_name(tmp_path):
    frame = read_boundaries(collection(tmp_path, feature("A", square(588_000, 185_000))), "CD", grid="EPSG:27700")
    assert list(frame["name"]) == ["A"]


def test_without_a_stated_crs_it_is_longitude_and_latitude(tmp_path):
    frame = read_boundaries(
        collection(tmp_path, feature("A", square(0.70, 51.53, 0.01)), crs=None), "CD", grid="EPSG:27700"
    )
    west, south, east, north = frame.total_bounds
    assert 587_000 < west < east < 589_000
    assert 184_000 < south < north < 187_000


def test_repairs_a_bow_tie_and_says_so(tmp_path):
    x, y = 588_000.0, 185_000.0
    ring = [[x, y], [x + 100, y + 100], [x + 100, y], [x, y + 100], [x, y]]
    frame = read_boundaries(
        collection(tmp_path, feature("A", {"type": "Polygon", "coordinates": [ring]})), "CD", grid="EPSG:27700"
    )
    assert frame.geometry.is_valid.all()
    assert frame.geometry.iloc[0].area == pytest.approx(5_000)
    assert "Self-intersection" in frame["repaired"].iloc[0]


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([feature("A", square(0.7, 51.5, 0.01))], "look like degrees"),
        ([feature("A", square(588_000, 185_000)), feature("A", square(0, 0))], "'A' comes twice, at features 0 and 1"),
        ([feature("A", square(588_000, 185_000)), feature("B", None)], "feature 1 has no geometry"),
        ([feature("A", {"type": "Polygon", "coordinates": []})], "feature 0 has an empty geometry"),
        ([feature("A", {"type": "Point", "coordinates": [588_000, 185_000]})], "feature 0 is a Point"),
        ([feature("A", {"type": "Polygon", "coordinates": "x"})], "feature 0: geometry cannot be read"),
        ([feature(7, square(588_000, 185_000))], "feature 0: property 'CD' is 7"),
        ([{"type": "Feature", "properties": {"X": "A"}, "geometry": None}], "no property 'CD'; it has: X"),
        (["nothing"], "feature 0 is not an object"),
        ([], "has no features"),
    ],
)
def test_names_the_file_and_what_is_wrong(tmp_path, features, said):
    path = collection(tmp_path, *features)
    with pytest.raises(SourceError, match=said) as caught:
        read_boundaries(path, "CD", grid="EPSG:27700")
    assert str(path) in str(caught.value)


def test_a_shape_without_area_cannot_be_repaired(tmp_path):
    x, y = 588_000.0, 185_000.0
    flat = {"type": "Polygon", "coordinates": [[[x, y], [x + 100, y], [x, y], [x, y]]]}
    with pytest.raises(SourceError, match="no area left after repair"):
        read_boundaries(collection(tmp_path, feature("A", flat)), "CD", grid="EPSG:27700")


def test_metres_that_claim_to_be_degrees(tmp_path):
    path = collection(tmp_path, feature("A", square(588_000, 185_000)), crs=None)
    with pytest.raises(SourceError, match="are not degrees"):
        read_boundaries(path, "CD", grid="EPSG:27700")


def test_latitude_before_longitude_falls_outside_great_britain(tmp_path):
    path = collection(tmp_path, feature("A", square(51.5, 0.7, 0.01)), crs=None)
    with pytest.raises(SourceError, match="x comes before y"):
        read_boundaries(path, "CD", grid="EPSG:27700")


def test_unknown_crs(tmp_path):
    crs = {"type": "name", "properties": {"name": "the usual"}}
    with pytest.raises(SourceError, match="the usual"):
        read_boundaries(collection(tmp_path, feature("A", square(0, 0)), crs=crs), "CD", grid="EPSG:27700")


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "line 1, column 2: not JSON"), ("[]", "not a GeoJSON FeatureCollection"), ('"x"', "FeatureCollection")],
)
def test_a_file_that_is_not_geojson(write, text, said):
    with pytest.raises(SourceError, match=said):
        read_boundaries(write("areas.geojson", text), "CD", grid="EPSG:27700")


def test_missing_file(tmp_path):
    with pytest.raises(SourceError, match=r"none\.geojson: cannot be read"):
        read_boundaries(tmp_path / "none.geojson", "CD", grid="EPSG:27700")


@pytest.mark.sources
@pytest.mark.parametrize(
    ("file", "code", "count"), [("wards", "WD13CD", 17), ("lsoa_2011", "LSOA11CD", 107), ("oa_2011", "OA11CD", 575)]
)
def test_southend(sources_dir, file, code, count):
    frame = read_boundaries(sources_dir / "southend" / "boundaries" / f"{file}.geojson", code, grid="EPSG:27700")
    assert len(frame) == count
    assert frame.geometry.is_valid.all()
    assert (frame["repaired"] == "").all()
    # Southend is 41.8 km² down to the high-water mark.
    assert frame.geometry.area.sum() == pytest.approx(41.77e6, rel=0.001)
