"""GeoDataFrames in and out give what the functions behind them give, in the order and under the index of the input."""

import doctest
from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import frames
from analysis.frames import homes_of, place, reach, sites_of, travel_times
from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question
from analysis.placement.placement import place as place_of
from analysis.reach.reach import count_reach
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named
from geo.network.network import ModeNetwork
from geo.pack import AreaPack
from geo.packs import open_pack

WEB, DEGREES, GRID = 3857, 4326, 27700
BRITAIN = "EPSG:27700"


@cache
def southend() -> AreaPack:
    return open_pack("southend")


@cache
def walk() -> ModeNetwork:
    return southend().network.for_mode(mode_named("walk_pram"))


def points(*xy: tuple[float, float], crs: int | None = GRID, index: list[object] | None = None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({}, geometry=gpd.points_from_xy(*np.array(xy).reshape(-1, 2).T), crs=crs, index=index)


@pytest.mark.slow
def test_examples_of_the_documentation_hold() -> None:
    assert doctest.testmod(frames).attempted > 10
    assert doctest.testmod(frames).failed == 0


@pytest.mark.parametrize("mode", ["walk_pram", "drive", "wheelchair"])
def test_times_are_those_of_the_area(pack: AreaPack, mode: str) -> None:
    services = pack.services_of("library")
    expected = Access.of(pack, mode_named(mode)).to_category("library")
    found = travel_times(homes_of(pack), sites_of(pack, "library"), pack, mode=mode)
    np.testing.assert_array_equal(found["time_s"], expected.nearest_s)
    assert found["time_s"].dtype == np.float32
    assert list(found.index) == list(pack.demand["postcode"])
    reached = expected.nearest_site >= 0
    assert list(found["site"][reached]) == list(services.index[expected.nearest_site[reached]])
    assert found["site"][~reached].isna().all()
    assert (found["reason"].eq("reached").to_numpy() == reached).all()


def test_a_network_gives_the_times_of_its_mode(pack: AreaPack) -> None:
    homes, sites = homes_of(pack), sites_of(pack, "hospital")
    pd.testing.assert_frame_equal(travel_times(homes, sites, walk(), grid=BRITAIN), travel_times(homes, sites, pack))
    with pytest.raises(InputError, match="already that of the mode walk_pram: leave mode out"):
        travel_times(homes, sites, walk(), mode="walk_adult", grid=BRITAIN)
    with pytest.raises(InputError, match="does not say which grid its metres are of"):
        travel_times(homes, sites, walk())


def test_what_is_not_reached_is_inf_with_a_reason(pack: AreaPack) -> None:
    home = pack.demand_xy[0]
    homes = points(tuple(home), (home[0], home[1] + 90_000), index=["near", "far"])
    sites = sites_of(pack, "library")
    found = travel_times(homes, sites, pack)
    assert np.isfinite(found["time_s"]["near"])
    assert found.loc["far"].tolist() == [np.inf, None, "further than 300 m from any street"]
    short = travel_times(homes, sites, pack, limit_min=0.01)
    assert short.loc["near"].tolist() == [np.inf, None, "further away than the search looked"]
    none = travel_times(homes, sites.head(0), pack)
    assert none.loc["near"].tolist() == [np.inf, None, "no service of this kind is on the network"]


@settings(max_examples=25)
@given(
    rows=st.lists(st.integers(0, 3641), min_size=0, max_size=12),
    labels=st.lists(st.sampled_from(["a", "b", "ä", "1"]), min_size=12, max_size=12),
    crs=st.sampled_from([DEGREES, WEB, GRID]),
)
def test_rows_keep_their_order_and_index_whatever_the_crs(rows: list[int], labels: list[str], crs: int) -> None:
    """Each row stands for itself: the same one gives the same time, whatever stands about it."""
    every = homes_of(southend())
    sites = sites_of(southend(), "gp_practice")
    chosen = every.iloc[rows].set_index(pd.Index(labels[: len(rows)], dtype=object, name="mine"))
    found = travel_times(chosen.to_crs(crs), sites.to_crs(WEB), walk(), grid=BRITAIN)
    assert found.index.equals(chosen.index)
    assert found.index.name == "mine"
    expected = alone().iloc[rows]
    np.testing.assert_allclose(found["time_s"], expected["time_s"], atol=0.5)  # a round trip moves points a little
    if crs == GRID:
        assert list(found["site"]) == list(expected["site"])


@cache
def alone() -> pd.DataFrame:
    return travel_times(homes_of(southend()), sites_of(southend(), "gp_practice"), walk(), grid=BRITAIN)


def test_reach_of_the_wards_is_that_of_the_pack(pack: AreaPack) -> None:
    times = Access.of(pack, mode_named("walk_pram")).to_category("library")
    people = {"measure": "children_0_3", "baseline": "strategy"}
    expected = count_reach(pack, times.nearest_s, **people, within_min=15)
    wards = pack.wards.iloc[::-1]
    libraries = sites_of(pack, "library")
    found = reach(wards, homes_of(pack), libraries, pack, within_min=15, people="children_0_3")
    assert found.index.equals(wards.index)
    assert found.crs == wards.crs
    assert found.geometry.geom_equals(wards.geometry).all()
    figures = ["total", "reached", "share", "median_min", "p90_min", "unreached"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[figures]), expected.rows.loc[wards.index, figures], check_index_type=False
    )
    in_degrees = reach(wards.to_crs(DEGREES), homes_of(pack).to_crs(WEB), libraries, pack, within_min=15)
    assert in_degrees.crs.to_epsg() == DEGREES
    assert in_degrees["total"].sum() == len(pack.demand)  # every home counts as one


def test_an_area_counts_the_homes_inside_it_and_a_time_equal_to_the_threshold() -> None:
    homes = homes_of(southend()).iloc[:40]
    libraries = sites_of(southend(), "library")
    times = travel_times(homes, libraries, walk(), grid=BRITAIN)["time_s"].to_numpy(np.float64)
    west, south, east, north = homes.total_bounds
    middle = float(np.sort(homes.geometry.x)[20])  # a home stands on the border of the two
    areas = gpd.GeoDataFrame(
        geometry=[shapely.box(west, south, middle, north), shapely.box(middle, south, east, north),
                  shapely.box(east + 10, north + 10, east + 20, north + 20)],
        index=["west", "east", "nobody"], crs=GRID,
    )  # fmt: skip
    limit = float(times[3])
    found = reach(areas, homes, libraries, walk(), grid=BRITAIN, within_min=limit / 60)
    sides = {"west": homes.geometry.x <= middle, "east": homes.geometry.x >= middle}
    for name, inside in sides.items():
        assert found["total"][name] == inside.sum()
        assert found["reached"][name] == (times[inside.to_numpy()] <= limit).sum()
    assert found["total"][["west", "east"]].sum() > len(homes)  # the one on the border is in both
    assert found["total"]["nobody"] == 0
    assert np.isnan(found["share"]["nobody"])


def test_place_chooses_what_the_command_chooses(pack: AreaPack) -> None:
    candidates = candidate_sites(pack, ["library", "community_hall"])
    expected = place_of(
        Lab(pack), Scenario("x", pack.code, baseline="strategy"), candidates, Question(hubs=3, alternatives=0)
    )
    frame = gpd.GeoDataFrame(
        candidates[["name"]], geometry=gpd.points_from_xy(candidates["easting"], candidates["northing"]), crs=GRID
    )
    found = place(frame, pack, hubs=3)
    assert found.index.equals(frame.index)
    assert found.attrs["objective"] == pytest.approx(expected.proof.objective)
    assert found.attrs["before"] == pytest.approx(expected.before)
    assert found.attrs["status"] == "optimal"
    assert set(found.index[found["chosen"]]) == set(expected.sites.index)
    for column in ("adds", "only_here", "nearest_for"):
        np.testing.assert_allclose(found[column][expected.sites.index], expected.sites[column])
        assert found[column][~found["chosen"]].isna().all()
    assert (pack.services["category"] != "").all()  # the area itself is as it was


def test_place_takes_points_of_ones_own(pack: AreaPack) -> None:
    """Open sites that serve everybody near them leave nothing to gain there; far from any street none can open."""
    home, other = pack.demand_xy[0], pack.demand_xy[-1]
    candidates = points(tuple(home), tuple(other), (home[0], home[1] + 90_000), index=[7, 7, "far"]).to_crs(DEGREES)
    open_now = points(tuple(home))
    found = place(candidates, pack, hubs=1, sites=open_now)
    assert list(found.index) == [7, 7, "far"]
    assert found["chosen"].tolist() == [False, True, False]
    assert found["reason"].tolist() == ["", "", "further than 300 m from any street"]
    times = travel_times(homes_of(pack), pd.concat([open_now, points(tuple(other))]), pack)["time_s"]
    reached = pack.measure("children_0_3", "strategy")[times.to_numpy() <= 900].sum()
    assert found.attrs["objective"] == pytest.approx(reached)
    from_nothing = place(candidates, pack, hubs=2, sites=open_now.head(0))
    assert from_nothing.attrs["before"] == 0
    assert from_nothing["chosen"].tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (points((1, 2), crs=None), "the homes have no coordinate reference system"),
        (points((1, 2)).set_geometry(shapely.buffer(points((1, 2)).geometry, 5)), "row 0 of the homes holds Polygon"),
        (gpd.GeoDataFrame(geometry=[shapely.Point(), None], crs=GRID), "row 0 of the homes holds an empty Point"),
        (gpd.GeoDataFrame(geometry=[None], index=["x"], crs=GRID), "row 'x' of the homes holds nothing"),
        (points((0, 95), crs=DEGREES), "row 0 of the homes lies outside the grid EPSG:27700"),
        (pd.DataFrame({"lon": [1]}), "the homes must be a GeoDataFrame with a geometry column"),
    ],
)
def test_frames_that_cannot_be_used_are_refused(frame: gpd.GeoDataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        travel_times(frame, sites_of(southend(), "library"), walk(), grid=BRITAIN)


def test_other_wrong_values_are_refused() -> None:
    homes, sites, wards = homes_of(southend()).head(5), sites_of(southend(), "library"), southend().wards
    with pytest.raises(InputError, match=r"row '\w+' of the areas holds Point, where a Polygon or MultiPolygon"):
        reach(wards.set_geometry(wards.centroid), homes, sites, walk(), grid=BRITAIN, within_min=15)
    with pytest.raises(InputError, match="a threshold of -1 minutes makes no sense"):
        reach(wards, homes, sites, walk(), grid=BRITAIN, within_min=-1)
    with pytest.raises(InputError, match="the homes have no column 'babies'; there are ward, lsoa"):
        reach(wards, homes, sites, walk(), grid=BRITAIN, within_min=15, people="babies")
    with pytest.raises(InputError, match="row 'SS0 0AA' of the homes has no number of people"):
        reach(wards, homes.assign(babies=-1), sites, walk(), grid=BRITAIN, within_min=15, people="babies")
    with pytest.raises(UnknownNameError, match="unknown mode 'fly'"):
        travel_times(homes, sites, southend(), mode="fly")
    with pytest.raises(UnknownNameError, match="unknown goal 'most'"):
        place(sites, southend(), hubs=1, goal="most")
    with pytest.raises(UnknownNameError, match="unknown baseline 'census_1911'"):
        homes_of(southend(), "census_1911")


def test_homes_carry_the_measures_of_their_baseline(pack: AreaPack) -> None:
    homes = homes_of(pack, "census_2011")
    for measure in pack.measure_names("census_2011"):
        np.testing.assert_array_equal(homes[measure], pack.measure(measure, "census_2011"))
    assert set(homes) == {"ward", "lsoa", "geometry", *pack.measure_names("census_2011")}
    np.testing.assert_array_equal(shapely.get_coordinates(homes.geometry), pack.demand_xy)
    none = replace(pack, services=pack.services.head(0))
    assert sites_of(none, "library").empty
