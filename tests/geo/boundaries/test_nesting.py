import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.boundaries.load import read_boundaries
from geo.boundaries.nesting import check_nesting, read_lookup
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


def test_reads_a_lookup_with_repeated_children(write):
    path = write("lookup.csv", "OA,LSOA,WD\no1,l2,w1\no2,l1,w1\no3,l1,w1\n")
    assert read_lookup(path, "LSOA", "WD").to_dict() == {"l1": "w1", "l2": "w1"}
    assert list(read_lookup(path, "OA", "LSOA")) == ["l2", "l1", "l1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OA,WD\no1,w1\n", "no column 'LSOA'; it has: OA, WD"),
        ("OA,LSOA\no1,l1\no2,\n", "row 3: column 'LSOA' is blank"),
        ("OA,LSOA\no1,l1\no1,l2\n", "o1 in more than one LSOA"),
        ("", "cannot be read as CSV"),
    ],
)
def test_lookup_faults(write, text, said):
    with pytest.raises(SourceError, match=said):
        read_lookup(write("lookup.csv", text), "OA", "LSOA")


def test_missing_lookup(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_lookup(tmp_path / "none.csv", "OA", "LSOA")


@pytest.mark.sources
def test_southend_nests_exactly(sources_dir):
    folder = sources_dir / "southend"
    oas, lsoas, wards = (
        read_boundaries(folder / "boundaries" / f"{file}.geojson", code)
        for file, code in (("oa_2011", "OA11CD"), ("lsoa_2011", "LSOA11CD"), ("wards", "WD13CD"))
    )
    table = folder / "statistics" / "output_area_lookup.csv"
    upwards = check_nesting(oas, lsoas, read_lookup(table, "OA11CD", "LSOA11CD"))
    assert upwards.outside_share.max() < 1e-5
    assert upwards.area_change.abs().max() < 1e-6
    # Wards were generalised apart from the census areas, so their edges stray a little.
    nesting = check_nesting(lsoas, wards, read_lookup(table, "LSOA11CD", "WD15CD"))
    assert nesting.outside_share.max() < 0.05
    assert nesting.area_change.abs().max() < 0.01
