import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.boundaries.load import read_boundaries
from geo.boundaries.nesting import check_nesting
from geo.errors import SourceError


def frame(**shapes):
    return gpd.GeoDataFrame({"code": list(shapes), "name": list(shapes)}, geometry=list(shapes.values()), crs=27700)


SMALL = frame(
    a1=shapely.box(0, 0, 10, 10),
    a2=shapely.box(10, 0, 20, 10),
    b1=shapely.box(20, 0, 30, 10),
    b2=shapely.box(30, 0, 40, 10),
)
LARGE = frame(A=shapely.box(0, 0, 20, 10), B=shapely.box(20, 0, 40, 10))
PARENT = pd.Series({"a1": "A", "a2": "A", "b1": "B", "b2": "B"})


def test_exact_nesting():
    nesting = check_nesting(SMALL, LARGE, PARENT)
    assert nesting.outside_share.to_dict() == {"a1": 0, "a2": 0, "b1": 0, "b2": 0}
    assert nesting.area_change.to_dict() == {"A": 0, "B": 0}


def test_edges_may_stray_when_levels_were_generalised_apart():
    strayed = frame(A=shapely.box(0, 0, 19, 10), B=shapely.box(19, 0, 40, 10))
    nesting = check_nesting(SMALL, strayed, PARENT)
    assert nesting.outside_share["a2"] == pytest.approx(0.1)
    assert nesting.area_change["A"] == pytest.approx(20 / 19 - 1)


@pytest.mark.parametrize(
    ("parent_of", "said"),
    [
        (PARENT.drop("a2"), "no parent for a2"),
        (PARENT.replace({"B": "C"}), "no boundary: C"),
        (PARENT.replace({"B": "A"}), "no smaller area belongs to B"),
        (pd.Series({**PARENT, "b1": "A"}), r"b1 \(look-up A, map B\)"),
    ],
)
def test_faults_are_named(parent_of, said):
    with pytest.raises(SourceError, match=said):
        check_nesting(SMALL, LARGE, parent_of)


@pytest.mark.sources
def test_southend_nests_exactly(sources_dir):
    folder = sources_dir / "southend"
    oas, lsoas, wards = (
        read_boundaries(folder / "boundaries" / f"{file}.geojson", code, grid="EPSG:27700")
        for file, code in (("oa_2011", "OA11CD"), ("lsoa_2011", "LSOA11CD"), ("wards", "WD13CD"))
    )
    table = pd.read_csv(folder / "statistics" / "output_area_lookup.csv", dtype=str)
    upwards = check_nesting(oas, lsoas, table.set_index("OA11CD")["LSOA11CD"])
    assert upwards.outside_share.max() < 1e-5
    assert upwards.area_change.abs().max() < 1e-6
    # Wards were generalised apart from the census areas, so their edges stray a little.
    nesting = check_nesting(lsoas, wards, table.drop_duplicates("LSOA11CD").set_index("LSOA11CD")["WD15CD"])
    assert nesting.outside_share.max() < 0.05
    assert nesting.area_change.abs().max() < 0.01
