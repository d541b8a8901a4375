"""The area of one site: on the map, in a sentence, and as a file that is the one that the command line writes."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from analysis.travel.access import Access
from cli import app
from geo.network.modes import mode_named
from geo.packs import open_pack
from wording.numbers import people

LATER = ("--day", "wednesday", "--between", "08:30-09:30", "--sure", "nine_in_ten")
ASKED = [
    pytest.param("newport", "gp_practice", "transit_pram@wednesday,08:30-09:30,nine_in_ten", LATER, id="bus"),
    pytest.param("southend", "childrens_centre", "walk_pram", (), id="pram"),
    pytest.param("southend", "library", "cycle", (), id="cycle"),
]


def of_command(tmp_path, area, name, mode, options, within, ending):
    file = tmp_path / f"command.{ending}"
    asked = ["near", name, "--area", area, "--mode", mode.partition("@")[0], "--within", within, *options]
    result = CliRunner().invoke(app, [str(word) for word in [*asked, "--out", file]])
    assert result.exit_code == 0, result.output
    return file


@pytest.mark.parametrize(("area", "service", "mode", "options"), ASKED)
def test_the_file_of_the_page_is_that_of_the_command(open_page, downloads, tmp_path, area, service, mode, options):
    pack = open_pack(area)
    places = pack.services_of(service)
    places = places[~places["name"].duplicated(keep=False) & (places["ward"] != "")]
    site, name = str(places.index[2]), str(places["name"].iloc[2])
    screen = open_page("travel_time", area=area, service=service, mode=mode, map="site", site=site, within="20")
    assert screen.chosen("site") == site
    files = {file.rpartition(".")[2]: make() for file, make in downloads.items() if site in file}
    assert sorted(files) == ["geojson", "gpkg"]
    assert all(file.startswith(f"{area}-{site}-{mode}-20min.") for file in downloads if site in file)
    command = of_command(tmp_path, area, name, mode, options, 20, "geojson")
    assert json.loads(files["geojson"]) == json.loads(command.read_text(encoding="utf-8"))

    (feature,) = json.loads(files["geojson"])["features"]
    about = feature["properties"]
    access = Access.of(pack, mode_named(mode))
    seconds = access.to_sites(pack.services.loc[[site]]).nearest_s
    inside = pack.measure("children_0_3", pack.baselines[0])[seconds <= 20 * 60].sum()
    assert about["people"] == pytest.approx(inside, abs=2.51)
    assert inside > 5
    assert f"{people(about['people'])} children aged 0–3 are within 20 minutes" in screen.text
    assert about["attribution"] == " | ".join(pack.attribution())
    assert pack.digest in about["pack"]

    theirs = gpd.read_file(of_command(tmp_path, area, name, mode, options, 20, "gpkg"))
    (tmp_path / "page.gpkg").write_bytes(files["gpkg"])
    ours = gpd.read_file(tmp_path / "page.gpkg")
    assert ours.crs.to_epsg() == 4326
    assert ours.drop(columns="geometry").equals(theirs.drop(columns="geometry"))
    assert ours.geometry.geom_equals(theirs.geometry).all()
    assert ours["people"][0] == str(about["people"])
    homes = shapely.points(pack.demand_xy[seconds <= 20 * 60])
    covered = shapely.contains(ours.to_crs(pack.crs).geometry[0].buffer(100), homes)
    assert np.mean(covered) > 0.95, "homes inside live along the streets of the shape"


def test_every_site_has_the_people_that_the_sentence_says(pack):
    """The sentence counts by the catchments of all sites, the file by one site's own times."""
    from analysis.reach.catchment import catchments
    from analysis.reach.isochrone import isochrone_of, people_inside

    access = Access.of(pack, mode_named("walk_pram"))
    counted = {"measure": "children_0_3", "baseline": pack.baselines[0]}
    shown = catchments(access, "library", **counted, within_min=15).shown()
    for site in shown.index:
        place = pack.services.loc[site, ["easting", "northing"]].to_numpy(float)
        assert people_inside(access, isochrone_of(access, place, 15), **counted) == shown.loc[site, "inside"]


def test_the_edge_is_on_the_map_and_a_site_off_the_streets_says_why(open_page, downloads, pack, monkeypatch):
    site = str(pack.services_of("library").index[0])
    screen = open_page("travel_time", service="library", map="site", site=site)
    assert "site-area" in screen.layers
    from geo.errors import InputError
    from ui.travel import sites

    def nowhere(*_):
        raise InputError("the place is too far from every street")

    monkeypatch.setattr(sites, "isochrone_of", nowhere)
    sites._area.clear()
    downloads.clear()
    screen = open_page("travel_time", service="library", map="site", site=site)
    sites._area.clear()
    name = pack.services.loc[site, "name"]
    assert f"No street is within 15 minutes of {name}" in screen.text
    assert not [file for file in downloads if site in file]
