from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundaries.generalise import clean_coverage, generalise
from geo.boundaries.load import read_boundaries
from geo.errors import InputError, SourceError

CODES = ["A1", "A2", "B1", "B2"]
PARENT = pd.Series(["A", "A", "B", "B"], index=CODES)


def frame(codes, shapes):
    return gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=list(shapes), crs="EPSG:27700")


def wavy_squares(size=1000.0, wave=8.0, points=101):
    """Four squares in a row whose upright edges wave, each edge vertex for vertex the same on both sides."""
    along = np.linspace(0, size, points)
    edges = [np.column_stack([i * size + wave * np.sin(along / 37.0 + i), along]) for i in range(5)]
    return [shapely.Polygon(np.vstack([left, right[::-1]])) for left, right in pairwise(edges)]


def two_levels():
    small = wavy_squares()
    large = [shapely.union_all(small[:2]), shapely.union_all(small[2:])]
    return frame(CODES, small), frame(["A", "B"], large)


def test_neighbours_still_meet_and_areas_hold():
    small, large = two_levels()
    result = generalise([small, large], [PARENT])
    finest, dissolved = (level.geometry.to_numpy() for level in result.levels)
    assert shapely.get_num_coordinates(finest).sum() < shapely.get_num_coordinates(small.geometry).sum() / 2
    assert shapely.coverage_is_valid(finest, gap_width=5.0)
    assert shapely.coverage_is_valid(dissolved, gap_width=5.0)
    for level, source in zip(result.levels, (small, large), strict=True):
        assert (np.abs(level.area / source.area - 1) <= 0.01).all()
    shared = shapely.intersection(finest[0], finest[1])
    assert shapely.length(shared) >= 1000


def test_larger_areas_are_exactly_their_parts():
    small, large = two_levels()
    result = generalise([small, large], [PARENT])
    parts, whole = (level.set_index("code").geometry for level in result.levels)
    for code in ("A", "B"):
        own = shapely.union_all(parts[PARENT.index[PARENT.eq(code)]].to_numpy())
        assert shapely.area(shapely.symmetric_difference(own, whole[code])) == pytest.approx(0, abs=1e-6)


def test_order_of_the_input_does_not_matter():
    small, large = two_levels()
    one = generalise([small, large], [PARENT])
    other = generalise([small.iloc[::-1], large.iloc[::-1]], [PARENT.iloc[::-1]])
    for left, right in zip(one.levels, other.levels, strict=True):
        assert list(left["code"]) == sorted(left["code"]) == list(right["code"])
        assert shapely.equals(left.geometry.to_numpy(), right.geometry.to_numpy()).all()


def test_a_small_area_lowers_the_tolerance():
    big, tiny = shapely.box(0, 0, 1000, 1000), shapely.Point(1010, 500).buffer(9, quad_segs=8)
    squares = frame(["A", "B"], [big, tiny])
    result = generalise([squares], [], tolerance_m=50)
    assert 0 < result.tolerance_m < 50
    assert result.worst_area_change[0] <= 0.01


def test_slivers_and_gaps_are_closed():
    left = shapely.Polygon([(0, 0), (100, 0), (100.3, 50), (100, 100), (0, 100)])  # bulges over its neighbour
    right = shapely.box(100, 0, 200, 100)
    apart = shapely.box(200.4, 0, 300, 100)
    areas = frame(["A", "B", "C"], [left, right, apart])
    assert not shapely.coverage_is_valid(areas.geometry.to_numpy(), gap_width=1.0)
    shapes, cleaned = clean_coverage(areas)
    assert cleaned
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapely.intersection(shapes[0], shapes[1])) == 0
    result = generalise([areas], [])
    assert result.cleaned
    assert shapely.coverage_is_valid(result.levels[0].geometry.to_numpy())


def test_an_enclosed_gap_is_filled():
    ring = shapely.box(0, 0, 300, 300).difference(shapely.box(100, 100, 200, 200))
    inner = shapely.box(100.5, 100, 200, 200)
    shapes, cleaned = clean_coverage(frame(["A", "B"], [ring, inner]))
    assert cleaned
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(90_000, abs=1)


def test_an_area_that_lies_elsewhere_than_its_parts_is_refused():
    small, large = two_levels()
    shrunk = frame(["A", "B"], [large.geometry[0].buffer(-20), large.geometry[1]])
    with pytest.raises(SourceError, match=r"A by \d+\.\d%"):
        generalise([small, shrunk], [PARENT])


def test_arguments_must_fit():
    small, large = two_levels()
    with pytest.raises(InputError, match="2 levels need 1 look-ups, got 0"):
        generalise([small, large], [])
    with pytest.raises(InputError, match="no parent for B2"):
        generalise([small, large], [PARENT.iloc[:-1]])
    with pytest.raises(InputError, match="do not name the same areas: B, C"):
        generalise([small, large], [PARENT.replace("B", "C")])
    with pytest.raises(InputError, match="tolerance"):
        generalise([small], [], tolerance_m=-1)


@pytest.mark.sources
def test_southend(sources_dir):
    folder = sources_dir / "southend"
    levels = [
        read_boundaries(folder / "boundaries" / f"{file}.geojson", code, grid="EPSG:27700")
        for file, code in (("oa_2011", "OA11CD"), ("lsoa_2011", "LSOA11CD"), ("wards", "WD13CD"))
    ]
    table = pd.read_csv(folder / "statistics" / "output_area_lookup.csv", dtype=str)
    of_lsoa = table.drop_duplicates("LSOA11CD").set_index("LSOA11CD")["WD15CD"]
    parents = [table.set_index("OA11CD")["LSOA11CD"], of_lsoa]
    result = generalise(levels, parents)
    assert [len(level) for level in result.levels] == [575, 107, 17]
    assert result.tolerance_m > 5
    for level, source in zip(result.levels, levels, strict=True):
        assert list(level["code"]) == list(source["code"])
        assert level.geometry.is_valid.all()
        assert shapely.coverage_is_valid(level.geometry.to_numpy())
        assert (np.abs(level.area / source.area - 1) <= 0.01).all()


@pytest.mark.sources
def test_lsoas_alone_do_not_meet_until_cleaned(sources_dir):
    lsoas = read_boundaries(
        sources_dir / "blackpool" / "boundaries" / "lsoa_2011.geojson", "LSOA11CD", grid="EPSG:27700"
    )
    assert not shapely.coverage_is_valid(lsoas.geometry.to_numpy())
    result = generalise([lsoas], [])
    assert result.cleaned
    assert shapely.coverage_is_valid(result.levels[0].geometry.to_numpy())
