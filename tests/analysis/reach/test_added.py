"""What buses and trains add to walking."""

from dataclasses import replace

import pytest

from analysis.reach.added import added_by_service, most
from analysis.reach.basket import Basket, read_basket
from analysis.reach.reach import reach
from analysis.reach.survey import survey
from analysis.travel.access import Access
from geo.network.modes import mode_named
from geo.packs import open_pack
from tests.buses import with_buses, without_buses

WHO = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def buses():
    return with_buses(open_pack("southend"))


@pytest.fixture(scope="module")
def measured(buses):
    return survey(buses, Basket(tuple(read_basket().item(name) for name in ("hospital", "gp_practice"))))


@pytest.fixture(scope="module")
def added(measured):
    return added_by_service(measured, **WHO)


def test_each_service_has_the_figures_of_both_ways_asked_one_by_one(buses, measured, added):
    assert list(added) == measured.basket.services
    for service, found in added.items():
        within = measured.basket.item(service).threshold_min
        for mode, (count, minutes) in {
            "walk_pram": ("on_foot", "on_foot_min"),
            "transit_pram": ("riding", "riding_min"),
        }.items():
            seconds = Access.of(buses, mode_named(mode)).to_category(service).nearest_s
            alone = reach(buses, seconds, within_min=within, **WHO)
            for rows in (alone.rows, alone.groups):
                assert found.table[count][rows.index].tolist() == rows["reached"].tolist()
                assert found.table[minutes][rows.index].tolist() == rows["median_min"].tolist()
        assert (found.table["more"] >= 0).all(), "walking wins where it is quicker"
        assert found.more == found.table["more"]["borough"]


def test_buses_by_way_of_the_hospital_bring_more_to_it(added):
    assert added["hospital"].more > 100


def test_wards_that_gain_most_come_first_and_none_is_lost(buses, added):
    order = added["hospital"].wards_by_more
    assert order["more"].is_monotonic_decreasing
    assert sorted(order.index) == sorted(buses.wards.index)
    same = order.index[order["more"] == 0].tolist()
    assert same == [code for code in buses.wards.index if code in same], "their own order"


def test_the_service_with_most_is_chosen_and_the_first_of_equals(added):
    best = most(added.values())
    assert best is not None
    assert best.more == max(one.more for one in added.values())
    assert most([best, replace(best)]) is best
    assert most([]) is None


def test_nothing_is_added_where_nothing_rides_or_all_is_assumed(buses, measured):
    assert added_by_service(replace(measured, pack=without_buses(buses)), **WHO) == {}
    routes = tuple(replace(route, status="assumed") for route in buses.timetable.routes)
    files = {**buses.manifest.files, "timetable.npz": "all of it assumed"}
    assumed = replace(
        buses,
        timetable=replace(buses.timetable, routes=routes),
        manifest=replace(buses.manifest, files=files),
    )
    assert added_by_service(replace(measured, pack=assumed), **WHO) == {}
