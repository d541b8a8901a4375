import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundaries.load import read_boundaries
from geo.boundaries.lookup import locate
from geo.errors import InputError

SQUARES = gpd.GeoDataFrame(
    {"code": ["B", "A"]}, geometry=[shapely.box(100, 0, 200, 100), shapely.box(0, 0, 100, 100)], crs="EPSG:27700"
)


def test_inside_edge_and_outside():
    points = [(50, 50), (150, 50), (100, 50), (200, 100), (50, -30), (50, -101), (230, 140)]
    found = locate(points, SQUARES, within_m=100)
    assert list(found.codes) == ["A", "B", "A", "B", "A", "", "B"]
    assert found.distance_m.tolist() == [0, 0, 0, 0, 30, np.inf, 50]


def test_exactly_at_the_limit_counts():
    assert list(locate([(50, -100)], SQUARES, within_m=100).codes) == ["A"]


def test_as_near_to_two_takes_the_lowest_code():
    found = locate([(100, -10)], SQUARES)
    assert list(found.codes) == ["A"]
    assert list(locate([(100, -10)], SQUARES.iloc[::-1]).codes) == ["A"]


def test_no_distance_means_inside_or_on_the_edge_only():
    found = locate([(50, 50), (0, 0), (50, -1)], SQUARES, within_m=0)
    assert list(found.codes) == ["A", "A", ""]


def test_no_points_and_no_areas():
    assert locate([], SQUARES).codes.shape == (0,)
    assert list(locate([(1, 1)], SQUARES.iloc[:0]).codes) == [""]


@pytest.mark.parametrize(
    ("points", "within_m", "said"),
    [
        ([(1, 1), (np.nan, 2)], 10, "point 1 has no position"),
        ([1, 2, 3], 10, r"shape \(n, 2\)"),
        ([(1, 1)], -1, "at least 0 m"),
    ],
)
def test_refuses_what_is_no_point(points, within_m, said):
    with pytest.raises(InputError, match=said):
        locate(points, SQUARES, within_m=within_m)


@pytest.mark.sources
def test_postcodes_lie_in_the_ward_that_their_publisher_gives(sources_dir):
    folder = sources_dir / "southend"
    wards = read_boundaries(folder / "boundaries" / "wards.geojson", "WD13CD", grid="EPSG:27700")
    table = pd.read_csv(sources_dir / "southend/publishers/code_point_open_ss_2025-10.csv", header=None, dtype=str)
    inside = table[table[9].isin(wards["code"])]
    found = locate(inside[[2, 3]].to_numpy(dtype=float), wards)
    assert len(inside) == 3642
    # Generalised ward edges put a few postcodes over the line.
    assert (found.codes == inside[9].to_numpy()).mean() > 0.98
    assert found.distance_m.max() < 100
