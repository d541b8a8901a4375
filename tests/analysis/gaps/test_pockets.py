import itertools
from dataclasses import replace
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from analysis.gaps.pockets import HomesOnStreets, _Homes, pockets, street_name
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from analysis.shown import FEW
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import MODES
from geo.network.snapping import snap
from geo.postcodes import street_postcodes

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


def all_pairs_m(streets, homes):
    """Metres along the streets between all homes: each splits its street, networkx searches from every one."""
    network = streets.network
    graph = nx.Graph()

    def join(one, other, metres):
        if metres < graph.get_edge_data(one, other, {"m": np.inf})["m"]:
            graph.add_edge(one, other, m=metres)

    for edge in np.flatnonzero(streets.usable):
        here = [home for home in np.argsort(homes.fraction, kind="stable") if homes.edge[home] == edge]
        stops = [("node", network.edge_u[edge]), *(("home", home) for home in here), ("node", network.edge_v[edge])]
        along = [0.0, *homes.fraction[here], 1.0]
        for at in range(len(stops) - 1):
            join(stops[at], stops[at + 1], (along[at + 1] - along[at]) * network.edge_length_m[edge])
    apart = np.full((len(homes), len(homes)), np.inf)
    for home in range(len(homes)):
        if ("home", home) in graph:
            found = nx.single_source_dijkstra_path_length(graph, ("home", home), weight="m")
            for (kind, other), metres in found.items():
                if kind == "home":
                    apart[home, other] = metres
    return apart


def brute_clusters(apart, chosen, join_m):
    """Clusters by joining every pair that is near enough, as sets of homes."""
    graph = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(chosen).tolist())
    for one, other in itertools.combinations(np.flatnonzero(chosen).tolist(), 2):
        if apart[one, other] <= join_m:
            graph.add_edge(one, other)
    return {frozenset(part) for part in nx.connected_components(graph)}


def as_sets(labels):
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels[labels >= 0])}


@pytest.mark.parametrize("seed", range(4))
def test_clusters_equal_joining_all_pairs_in_the_made_up_town(town, seed):
    random = np.random.default_rng(seed)
    streets = town.for_mode(MODES["walk_pram"])
    low, high = town.node_xy.min(axis=0), town.node_xy.max(axis=0)
    xy = random.uniform(low - 20, high + 20, (40, 2))
    xy[5] = xy[6]
    xy[7] = low - 5000.0
    homes = snap(streets, xy)
    graph = HomesOnStreets.of(streets, homes)
    apart = all_pairs_m(streets, homes)
    lone = np.flatnonzero(homes.edge < 0)
    assert 7 in lone
    apart[lone, lone] = 0.0
    for join_m in (0.0, 60.0, 150.0, 400.0):
        chosen = random.random(40) < 0.6
        chosen[7] = True
        assert as_sets(graph.clusters(chosen, join_m)) == brute_clusters(apart, chosen, join_m), join_m


@pytest.mark.slow
def test_clusters_equal_joining_all_pairs_on_the_streets_of_southend(pack):
    streets = pack.network.for_mode(MODES["walk_pram"])
    here = np.flatnonzero((pack.demand["ward"] == "E05002228").to_numpy())[:90]
    homes = snap(streets, pack.demand_xy[here])
    apart = all_pairs_m(streets, homes)
    chosen = np.random.default_rng(8).random(len(here)) < 0.5
    graph = HomesOnStreets.of(streets, homes)
    for join_m in (80.0, 250.0):
        found = as_sets(graph.clusters(chosen, join_m))
        assert found == brute_clusters(apart, chosen, join_m)
        assert len(found) > 1


def test_nobody_chosen_gives_no_cluster(pack):
    access = Access.of(pack, MODES["walk_pram"])
    graph = HomesOnStreets.of(access.streets, access.homes)
    assert (graph.clusters(np.zeros(len(pack.demand), dtype=bool)) == -1).all()
    with pytest.raises(InputError, match="joining distance"):
        graph.clusters(np.ones(len(pack.demand), dtype=bool), -1)


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


@pytest.fixture(scope="module")
def table(southend):
    return pockets(southend, **CHILDREN)


def test_every_pocket_lies_beyond_the_threshold_in_one_ward(pack, southend, table):
    people = pack.measure(**CHILDREN)
    ward = pack.demand["ward"].to_numpy()
    for (_, row), homes in zip(table.iterrows(), table.attrs["homes"], strict=True):
        assert set(ward[homes]) == {row["ward"]}
        assert people[homes].sum() >= 5
        if row["service"] == "basket":
            assert (southend.basket.weights @ southend.beyond[:, homes] >= 0.5).all()
        else:
            assert southend.beyond[southend.row(row["service"]), homes].all()
            assert row["median_min"] > southend.basket.item(row["service"]).threshold_min
        assert any((pack.demand_xy[homes] == [row["easting"], row["northing"]]).all(axis=1))


def test_counts_are_to_the_nearest_five_and_the_order_follows_what_is_shown(table):
    assert (table["children"] % 5 == 0).all()
    assert (table["children"] >= 5).all()
    poor = table["children_in_poverty"]
    assert ((poor % 5 == 0) | (poor == FEW)).all()
    assert (poor == FEW).any()
    assert poor.is_monotonic_decreasing
    assert table["lon"].between(0.6, 0.9).all()
    assert table["lat"].between(51.4, 51.7).all()


def test_pockets_of_one_service_hold_all_who_are_beyond_it_but_the_small_ones(pack, southend, table):
    people = pack.measure(**CHILDREN)
    beyond = southend.beyond[southend.row("nursery")] & (people > 0)
    mine = [homes for homes, name in zip(table.attrs["homes"], table["service"], strict=True) if name == "nursery"]
    held = np.concatenate(mine)
    assert len(held) == len(set(held))
    assert beyond[held].all()
    assert people[held].sum() > 0.9 * people[beyond].sum()


def test_services_can_be_chosen_and_poverty_left_out(southend):
    some = pockets(southend, **CHILDREN, services=["hospital"], poverty_measure=None)
    assert set(some["service"]) == {"hospital"}
    assert some["children_in_poverty"].isna().all()
    census = pockets(southend, measure="children_0_3", baseline="census_2011", services=["library"])
    assert census["children_in_poverty"].isna().all()
    with pytest.raises(UnknownNameError):
        pockets(southend, **CHILDREN, services=["museum"])


def test_no_service_out_of_reach_means_no_pocket(southend):
    near = southend.basket.changed(thresholds_min=dict.fromkeys(southend.basket.services, 240.0))
    none = pockets(southend.with_basket(near), **CHILDREN)
    assert none.empty
    assert none.attrs["homes"] == []


def test_names_come_from_the_streets_of_most_people():
    network = SimpleNamespace(edge_name=np.array([0, 1, 2, 3]), street_names=("", "Ness Road", "High Street", "Mews"))
    homes = SimpleNamespace(edge=np.array([0, 1, 2, 2, 3, -1]))
    access = SimpleNamespace(streets=SimpleNamespace(network=network), homes=homes)
    people = np.array([90.0, 5.0, 2.0, 2.0, 1.0, 50.0])
    assert street_name(access, np.arange(6), people, "SS3 9AA") == "around Ness Road and High Street"
    assert street_name(access, np.array([1]), people[1:2], "SS3 9AA") == "around Ness Road"
    assert street_name(access, np.array([0, 5]), people[[0, 5]], "SS3 9AA") == "around SS3 9AA"


def test_post_office_boxes_are_told_from_streets():
    crowd = [f"SS1 9A{letter}" for letter in "ABCDEFGHJ"]  # nine at one point: a sorting office
    boxes = ["SS99 1AA", "SS99 1AB", "SS99 1AD"]  # a district with one point
    streets = ["SS1 2AA", "SS1 2AB", "SS1 2AD", "SS1 2AE", *(f"SS1 3A{letter}" for letter in "ABCDEFGHJLN")]
    xy = [(0.0, 0.0)] * 9 + [(5.0, 5.0)] * 3 + [(9.0, 9.0)] * 4 + [(float(n), 20.0) for n in range(11)]
    postcodes = pd.Series([*crowd, *boxes, *streets])
    assert postcodes[street_postcodes(postcodes, np.array(xy))].tolist() == streets
    only = pd.Series(boxes)
    assert street_postcodes(only, np.zeros((3, 2))).all()


@pytest.mark.slow
def test_no_pocket_is_named_by_a_post_office_box(pack, southend, table):
    # SS22 and SS99 are the two districts that Royal Mail keeps for PO boxes in Southend.
    street = street_postcodes(pack.demand["postcode"], pack.demand_xy)
    district = pack.demand["postcode"].str.split().str[0]
    assert not street[district.isin(["SS22", "SS99"])].any()
    assert street[~district.isin(["SS22", "SS99"])].mean() > 0.95
    named = [name.removeprefix("around ") for name in table["name"]]
    by_postcode = [name for name in named if name in set(pack.demand["postcode"])]
    assert set(by_postcode) <= set(pack.demand["postcode"][street])
    # Whatever streets it lies on: a pocket of boxes alone takes the name of the nearest street's postcode.
    boxes = np.flatnonzero(district == "SS99")
    row = next(iter(boxes))
    lone = _Homes.of(southend, pack.measure(**CHILDREN), np.zeros(len(pack.demand)))
    nameless = SimpleNamespace(
        streets=SimpleNamespace(network=SimpleNamespace(edge_name=np.zeros(10**6, dtype=int), street_names=("",))),
        homes=lone.streets.homes,
    )
    told = replace(lone, streets=nameless).described(None, np.array([row]))["name"].removeprefix("around ")
    gap_m = np.hypot(*(pack.demand_xy - pack.demand_xy[row]).T)
    assert gap_m[(pack.demand["postcode"] == told).to_numpy()] == gap_m[street].min()
