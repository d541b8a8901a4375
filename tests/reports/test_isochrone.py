"""The area of a place as a file: what it holds, and that it opens in other programs."""

import io
import json

import geopandas as gpd
import pytest

from analysis.reach.isochrone import isochrone_of
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.modes import mode_named
from reports.isochrone import check_shape, isochrone_file
from tests.timetables import with_buses


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return with_buses(tmp_path_factory.mktemp("packs") / "elsewhere")


def found(pack, mode, within):
    access = Access.of(pack, mode_named(mode))
    place = pack.services.loc["gp-1", ["easting", "northing"]].to_numpy(float)
    return access, isochrone_of(access, place, within)


@pytest.mark.parametrize("mode", ["walk_pram", "cycle", "transit_pram@friday,08:30-09:30,assumed"])
def test_both_files_hold_the_same_shape_and_say_what_it_is_of(pack, mode, tmp_path):
    access, shape = found(pack, mode, 12.5)
    asked = {"name": "First Surgery", "measure": "children_0_3", "baseline": "count"}
    written = isochrone_file(".geojson", access, shape, **asked)
    about = json.loads(written)["features"][0]["properties"]
    assert about["place"] == "First Surgery"
    assert about["minutes"] == 12.5
    assert about["mode"] == access.mode.kind
    timed = [about.get(key) for key in ("day", "date", "between", "sure", "assumed")]
    assert timed == (["friday", None, "08:30-09:30", "median", True] if "@" in mode else [None] * 5)
    people = pack.measure("children_0_3", "count")[shape.time_s <= 750].sum()
    assert about["people"] == pytest.approx(people, abs=2.5)
    (tmp_path / "area.gpkg").write_bytes(isochrone_file(".gpkg", access, shape, **asked))
    one, other = gpd.read_file(io.BytesIO(written)), gpd.read_file(tmp_path / "area.gpkg")
    assert one.crs.to_epsg() == other.crs.to_epsg() == 4326
    for read in (one, other):
        back = read.to_crs(pack.crs).geometry[0]
        assert back.symmetric_difference(shape.shape).area < 0.001 * shape.shape.area
        assert read["attribution"][0] == " | ".join(pack.attribution())
    assert dict(other.drop(columns="geometry").iloc[0]) == {
        key: value if key == "minutes" else "" if value is None else str(value) for key, value in about.items()
    }


def test_what_has_no_street_has_no_file(pack):
    _, shape = found(pack, "walk_pram", 0)
    with pytest.raises(InputError, match="no street is within 0 minutes of First Surgery: give more minutes"):
        check_shape(shape, "First Surgery")
