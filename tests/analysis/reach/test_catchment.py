"""Catchments against a plain loop, against networkx on the same streets, and against plans that close a site."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reach.catchment import Catchments, catchments, catchments_of
from analysis.reach.reach import count_reach
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import CloseSite, Scenario
from analysis.shown import FEW
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import MODES
from tests.samples import Oracle, streets_of_network

few = settings(max_examples=15, deadline=None, derandomize=True)
CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}
PRAM = MODES["walk_pram"]


@pytest.fixture(scope="module")
def access(pack):
    return Access.of(pack, PRAM)


@pytest.fixture(scope="module")
def centres(access):
    return catchments(access, "childrens_centre", **CHILDREN, within_min=15)


def by_chance(pack, seed, n_sites, within_min=15.0):
    """Catchments of sites whose times are by chance, some of them infinite."""
    rng = np.random.default_rng(seed)
    seconds = rng.gamma(3.0, 300.0, (len(pack.demand), n_sites)).astype(np.float32)
    seconds[rng.random(seconds.shape) < 0.1] = np.inf
    names = [f"Site {number}" for number in range(n_sites)]
    sites = pd.DataFrame({"name": names, "ward": "", "easting": 0.0, "northing": 0.0}, index=names)
    return Catchments(pack, **CHILDREN, sites=sites, matrix_s=seconds, within_min=within_min)


def by_hand(found):
    """Inside, alone and median of the extra minutes of each site, home by home."""
    limit = found.within_min * 60
    people = found.pack.measure(found.measure, found.baseline).tolist()
    inside, alone = dict.fromkeys(found.sites.index, 0.0), dict.fromkeys(found.sites.index, 0.0)
    extra = {site: [] for site in found.sites.index}
    for count, row in zip(people, found.matrix_s.tolist(), strict=True):
        near = [site for site, seconds in zip(found.sites.index, row, strict=True) if seconds <= limit]
        for site in near:
            inside[site] += count
        if len(near) == 1:
            own = row[list(found.sites.index).index(near[0])]
            others = [s for site, s in zip(found.sites.index, row, strict=True) if site != near[0]]
            alone[near[0]] += count
            extra[near[0]].append((min(others, default=np.inf) - own, count))
    medians = {}
    for site, pairs in extra.items():
        running, medians[site] = 0.0, np.nan
        for seconds, count in sorted(pair for pair in pairs if pair[1] > 0):
            running += count
            if running >= alone[site] / 2 * (1 - 1e-12):
                medians[site] = seconds / 60
                break
    return [[inside[site], alone[site], medians[site]] for site in found.sites.index]


@pytest.mark.parametrize(("seed", "n_sites"), [(1, 1), (2, 2), (3, 5), (4, 12)])
def test_rows_equal_a_loop(pack, seed, n_sites):
    found = by_chance(pack, seed, n_sites)
    got = found.rows[["inside", "alone", "extra_min"]].to_numpy(float)
    np.testing.assert_allclose(got, by_hand(found), rtol=1e-9)


@pytest.mark.slow
def test_homes_inside_are_those_of_networkx(pack, centres):
    homes = np.arange(0, len(pack.demand), 29)
    sites = centres.sites[["easting", "northing"]].to_numpy(float)
    seconds = Oracle.of(streets_of_network(pack.network), PRAM.name).matrix_s(pack.demand_xy[homes], sites)
    limit = 900.0
    clear = np.abs(seconds - limit) > 0.01  # the program keeps float32
    np.testing.assert_array_equal(centres.inside[homes][clear], (seconds <= limit)[clear])
    known = clear.all(axis=1)
    alone = (seconds <= limit) & ((seconds <= limit).sum(axis=1) == 1)[:, None]
    assert alone[known].any(axis=0).sum() > 3
    np.testing.assert_array_equal(centres.alone[homes][known], alone[known])


@few
@given(seed=st.integers(0, 10_000), n_sites=st.integers(1, 9), within=st.sampled_from([0.0, 5.0, 15.0, 40.0]))
def test_those_reached_alone_and_those_who_reach_several_are_all_who_are_reached(pack, seed, n_sites, within):
    found = by_chance(pack, seed, n_sites, within)
    rows = found.rows
    assert (rows["alone"] <= rows["inside"] + 1e-9).all()
    nearest_s = found.matrix_s.min(axis=1)
    reached = count_reach(pack, nearest_s, **CHILDREN, within_min=within).groups.loc["borough", "reached"]
    shared = found.people[found.shared].sum()
    assert rows["alone"].sum() + shared == pytest.approx(reached, abs=1e-6)
    assert found.reached == pytest.approx(reached, abs=1e-6)
    assert not (found.alone & found.shared[:, None]).any()


@few
@given(seed=st.integers(0, 10_000), n_sites=st.integers(2, 6))
def test_closing_a_site_loses_those_it_reaches_alone(pack, seed, n_sites):
    found = by_chance(pack, seed, n_sites)
    for column, site in enumerate(found.sites.index):
        rest_s = np.delete(found.matrix_s, column, axis=1).min(axis=1)
        left = count_reach(pack, rest_s, **CHILDREN, within_min=15).groups.loc["borough", "reached"]
        assert found.reached - left == pytest.approx(found.rows.loc[site, "alone"], abs=1e-6)


def test_a_plan_that_closes_a_centre_says_the_same(pack, centres):
    lab = Lab(pack)
    for site in list(centres.sites.index)[:4]:
        plan = Scenario("Close", "southend", service="childrens_centre", changes=(CloseSite(site),))
        table = lab.effect(plan).table("group")
        borough = table[(table["measure"] == "children_0_3") & (table["code"] == "borough")].iloc[0]
        assert borough["no_longer_reached"] == pytest.approx(centres.rows.loc[site, "alone"], abs=1e-3)


def test_two_sites_at_one_place_reach_nobody_alone(access):
    pair = access.pack.services_of("childrens_centre").iloc[[0, 0]].set_axis(["a", "b"])
    found = catchments_of(access, pair, **CHILDREN, within_min=15)
    assert (found.rows["inside"] > 0).all()
    assert (found.rows["alone"] == 0).all()
    assert found.rows["extra_min"].isna().all()


def test_the_only_site_leaves_no_way_to_another(access):
    one = access.pack.services_of("childrens_centre").iloc[[0]]
    rows = catchments_of(access, one, **CHILDREN, within_min=15).rows
    assert rows["alone"].iloc[0] == rows["inside"].iloc[0] > 0
    assert rows["extra_min"].iloc[0] == np.inf


def test_shown_figures_are_rounded_and_in_order(centres):
    shown = centres.shown()
    for column in ("inside", "alone"):
        counts = shown[column].to_numpy(float)
        inside = shown["inside"].to_numpy(float)
        worded = (counts == FEW) | (counts == inside - FEW)
        assert (worded | (counts % 5 == 0)).all()
    assert (shown["alone"] <= shown["inside"]).all()
    assert shown["alone"].is_monotonic_decreasing
    assert shown["rank_alone"].iloc[0] == 1
    np.testing.assert_allclose(shown["inside"].sort_index(), centres.rows["inside"].sort_index(), atol=5)
    reached = centres.shown_reached().loc["borough"]
    assert reached["shared"] <= reached["reached"] <= reached["total"]


def test_a_few_people_are_never_counted_out(pack):
    found = by_chance(pack, 5, 2)
    seconds = np.full_like(found.matrix_s, 2000.0)
    seconds[np.flatnonzero((found.people > 0) & (found.people < 4))[0], 0] = 10.0
    found = dataclasses.replace(found, matrix_s=seconds)
    assert 0 < found.rows["inside"].iloc[0] < 4
    assert found.shown()[["inside", "alone"]].to_numpy().tolist() == [[FEW, FEW], [0.0, 0.0]]
    assert found.shown_by_ward("Site 0")["inside"].tolist() == [FEW]


def test_the_people_of_a_catchment_by_ward_add_up(centres):
    site = centres.shown().index[0]
    shown = centres.shown_by_ward(site)
    assert shown["inside"].is_monotonic_decreasing
    assert (shown["inside"] > 0).all()
    assert shown["inside"].sum() == pytest.approx(centres.rows.loc[site, "inside"], abs=5 * len(shown))


def test_what_cannot_be_asked_is_refused(access, centres):
    with pytest.raises(InputError, match="threshold"):
        catchments(access, "childrens_centre", **CHILDREN, within_min=-1)
    with pytest.raises(InputError, match="threshold"):
        catchments(access, "childrens_centre", **CHILDREN, within_min=float("nan"))
    with pytest.raises(InputError, match="there is none"):
        catchments_of(access, centres.sites.head(0), **CHILDREN, within_min=15)
    with pytest.raises(InputError, match="same id"):
        catchments_of(access, centres.sites.iloc[[0, 0]], **CHILDREN, within_min=15)
    with pytest.raises(UnknownNameError):
        catchments(access, "castle", **CHILDREN, within_min=15)
    with pytest.raises(UnknownNameError):
        centres.shown_by_ward("nowhere")
    with pytest.raises(UnknownNameError):
        catchments(access, "childrens_centre", measure="dragons", baseline="strategy", within_min=15)
    with pytest.raises(dataclasses.FrozenInstanceError):
        centres.within_min = 20
