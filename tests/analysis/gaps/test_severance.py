from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.gaps.severance import Lines, barrier_lines, barriers_of, crossings, severed, why
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from analysis.travel.times import travel_times
from geo.network.modes import MODES
from geo.network.snapping import snap
from tests.samples import network_of

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


@pytest.mark.parametrize("mode", ["walk_pram", "cycle", "drive"])
def test_parts_sum_to_the_minutes_above_the_borough(pack, mode):
    measured = survey(pack, read_basket().changed(services=["gp_practice", "hospital", "library"], mode=mode))
    parts = why(measured, **CHILDREN)
    total = parts["distance_min"] + parts["detour_min"] + parts["speed_min"]
    assert np.isfinite(total).all()
    assert total.tolist() == pytest.approx(parts["excess_min"].tolist(), abs=1e-9)
    assert (parts.loc["borough", ["excess_min", "distance_min", "detour_min", "speed_min"]] == 0).all(axis=None)
    if mode == "walk_pram":
        assert (parts["speed_min"] == 0).all()
    if mode == "drive":
        assert (parts["speed_min"].abs() > 0.01).any()


def test_no_way_by_the_streets_is_shorter_than_a_straight_line(southend):
    assert (southend.seconds >= southend.straight_s * (1 - 1e-6)).all()
    assert (why(southend, **CHILDREN)["severance"] >= 1).all()


def test_severance_is_the_median_of_the_homes_own_ratios(pack, southend):
    found, people = why(southend, **CHILDREN)["severance"], pack.measure(**CHILDREN)
    for code in pack.wards.index[:4]:
        inside = (pack.demand["ward"] == code).to_numpy()
        for service in ("childrens_centre", "hospital"):
            row = southend.row(service)
            straight_s = southend.straight_s[row, inside]
            spot = straight_s == 0
            ratio = np.where(spot, 1.0, southend.seconds[row, inside] / np.where(spot, 1.0, straight_s))
            order = np.argsort(ratio)
            running = np.cumsum(people[inside][order])
            middle = ratio[order][np.searchsorted(running, running[-1] / 2 * (1 - 1e-12))]
            assert found[(code, service)] == pytest.approx(middle), (code, service)


@pytest.mark.parametrize(("height_m", "between_halves"), [(200.0, 2.0), (120.0, 1 + 200 / 120)])
def test_a_grid_can_pass_the_ratio_between_half_blocks_but_not_between_junctions(height_m, between_halves):
    """Why the text says that false positives are possible: there is nothing in the way here."""
    places = [[(200.0 * x, height_m * y) for y in range(4)] for x in range(4)]
    along = [[places[x][y], places[x + 1][y]] for x in range(3) for y in range(4)]
    across = [[places[x][y], places[x][y + 1]] for x in range(4) for y in range(3)]
    streets = network_of(*along, *across).for_mode(MODES["walk_adult"])
    halfway = [np.mean(street, axis=0) for street in along]
    worst = []
    for points in ([place for column in places for place in column], halfway):
        here = snap(streets, points)
        seconds = travel_times(streets, here, here, matrix=True).matrix_s
        straight_s = np.hypot(*(here.xy[:, None] - here.xy[None]).transpose(2, 0, 1)) * 0.75
        apart = straight_s > 0
        worst.append(float((seconds[apart] / straight_s[apart]).max()))
    assert worst[0] <= np.sqrt(2) + 1e-6
    assert worst[1] == pytest.approx(between_halves, rel=1e-6)


def test_straight_lines_are_to_the_place_nearest_so(pack, southend):
    row = southend.row("pharmacy")
    sites = southend.sites[row][["easting", "northing"]].to_numpy()
    for home in range(0, len(pack.demand), 300):
        metres = np.hypot(*(sites - pack.demand_xy[home]).T)
        assert southend.straight_s[row, home] == pytest.approx(metres.min() / 1.0)
        assert metres[southend.straight_site[row, home]] == metres.min()


def test_severed_needs_both_a_long_way_round_and_minutes(southend):
    cut_off = severed(southend)
    detour_min = (southend.reference_s - southend.straight_s) / 60
    assert cut_off.any()
    assert (southend.reference_s[cut_off] >= 1.5 * southend.straight_s[cut_off]).all()
    assert (detour_min[cut_off] >= 3).all()
    assert severed(southend, ratio=1.0, at_least_min=0).sum() > cut_off.sum()


def made_up():
    """Two homes: the railway lies between the first and its library; the second walks along the river."""
    pack = SimpleNamespace(demand_xy=np.array([[0.0, 0.0], [0.0, 1000.0]]))
    sites = (pd.DataFrame({"easting": [500.0], "northing": [0.0]}),)
    straight_s = np.array([[500.0, 1118.0]])
    return SimpleNamespace(
        pack=pack,
        basket=SimpleNamespace(services=["library"]),
        sites=sites,
        seconds=np.array([[1500.0, 1200.0]]),
        reference_s=np.array([[1500.0, 1200.0]]),
        straight_s=straight_s,
        straight_site=np.zeros((1, 2), dtype=np.int32),
    )


def test_only_lines_between_a_severed_home_and_its_service_are_named():
    lines = Lines(
        np.array(["railway", "water", "road"]),
        np.array(["the railway", "Long Brook", "Far Street"]),
        np.array(
            [
                shapely.LineString([(250, -100), (250, 100)]),
                shapely.LineString([(-10, 500), (600, 500)]),
                shapely.LineString([(900, -100), (900, 100)]),
            ]
        ),
    )
    met = crossings(made_up(), lines=lines)
    assert met.to_dict("records") == [{"service": "library", "home": 0, "kind": "railway", "name": "the railway"}]
    people = np.array([3.0, 1.0])
    shares = barriers_of(met, people, np.array([True, True]))
    assert shares.loc["library", "share"] == pytest.approx(0.75)
    assert barriers_of(met, people, np.array([False, True])).empty
    assert barriers_of(met, people, np.array([True, True]), services=["dentist"]).empty


def test_the_railway_and_main_roads_of_southend_are_found(pack, southend):
    lines = barrier_lines(pack)
    assert {"railway", "road", "water"} == set(lines.kind)
    assert "" not in set(lines.name)
    assert {"Queensway", "Prittle Brook", "the railway"} <= set(lines.name)
    met = crossings(southend, lines=lines)
    assert not met.duplicated().any()
    inside = (pack.demand["ward"] == "E05002222").to_numpy()
    shoebury = barriers_of(met, pack.measure(**CHILDREN), inside)
    gp = shoebury.loc[["gp_practice"]]
    assert gp["name"].iloc[0] == "the railway"
    assert (shoebury["share"] <= 1).all()


def test_a_detour_of_just_the_least_minutes_counts(southend):
    straight_s = np.full_like(southend.straight_s, 300.0)
    for more_s, found in ((300.0, True), (299.5, False)):
        one = replace(southend, straight_s=straight_s, reference_s=straight_s + more_s)
        assert (severed(one, ratio=1.5, at_least_min=5.0) == found).all()
