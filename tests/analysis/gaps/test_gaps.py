from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.gaps.gaps import shown, totals_by_area, ward_services
from analysis.reach.basket import read_basket
from analysis.reach.reach import count_reach
from analysis.reach.rollup import Roll
from analysis.reach.survey import survey
from analysis.shown import FEW
from geo.errors import InputError, UnknownNameError

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


@pytest.fixture(scope="module")
def table(southend):
    return ward_services(southend, **CHILDREN)


def test_times_are_those_of_access_service_by_service(southend):
    access = southend.access["walk_pram"]
    for service in ("gp_practice", "hospital"):
        row, times = southend.row(service), access.to_category(service)
        assert np.array_equal(southend.seconds[row], times.nearest_s.astype(float))
        assert np.array_equal(southend.site[row], times.nearest_site)


def test_table_agrees_with_reach(pack, southend, table):
    for service in southend.basket.services:
        item, row = southend.basket.item(service), southend.row(service)
        within = count_reach(pack, southend.seconds[row], **CHILDREN, within_min=item.threshold_min)
        expected = pd.concat([within.rows, within.groups])
        mine = table.xs(service, level="service").loc[expected.index]
        for column, other in (("median_min", "median_min"), ("p90_min", "p90_min"), ("share_within", "share")):
            assert mine[column].tolist() == pytest.approx(expected[other].tolist(), abs=1e-12), (service, column)


def test_gaps_and_ranks(pack, table):
    gp = table.xs("gp_practice", level="service")
    assert gp.loc["borough", "gap_to_borough"] == 0
    wards = gp.loc[pack.wards.index]
    assert (wards["gap_to_borough"] + gp.loc["borough", "median_min"]).tolist() == pytest.approx(
        wards["median_min"].tolist()
    )
    for code, row in wards.iterrows():
        assert row["rank"] == 1 + (wards["median_min"] > row["median_min"]).sum(), code
    assert wards["rank"].between(1, 17).all()
    assert gp.loc[["target", "rest", "borough"], "rank"].isna().all()


def test_shown_gaps_are_differences_of_what_is_shown(southend, table):
    safe = shown(table, totals_by_area(southend.pack, **CHILDREN))
    for service, rows in safe.groupby(level="service"):
        own = rows.droplevel("service")
        assert np.allclose(own["gap_to_borough"], own["median_min"] - own.loc["borough", "median_min"]), service
        share_gap = own["share_within"] - own.loc["borough", "share_within"]
        assert np.allclose(own["share_gap"], share_gap, equal_nan=True), service


def test_one_second_across_the_threshold_moves_exactly_the_right_children(pack, southend):
    row = southend.row("library")
    times = southend.seconds[row]
    edge_s = float(np.sort(np.unique(times))[1500])
    people = pack.measure(**CHILDREN)
    crossing = people[times == edge_s].sum()
    assert crossing > 0
    shares = []
    for limit_s in (np.nextafter(edge_s, 0), edge_s):
        basket = southend.basket.changed(thresholds_min={"library": limit_s / 60})
        moved = ward_services(southend.with_basket(basket), **CHILDREN)
        shares.append(moved.loc[("borough", "library"), "share_within"] * people.sum())
    assert shares[1] - shares[0] == pytest.approx(crossing, abs=1e-6)


def test_rollup_equals_the_quantile_of_numpy_for_one_area():
    random = np.random.default_rng(3)
    values = np.concatenate([random.uniform(0, 1000, (3, 200)), np.full((3, 10), np.inf)], axis=1)
    people = random.choice([0.0, 1.0, 2.5], 210)
    inside = random.random((4, 210)) < 0.4
    inside[3] = False
    roll = Roll(("a", "b", "c", "d"), ("A", "B", "C", "D"), inside, people)
    quantiles, limits = roll.quantiles(values, (0.5, 0.9)), np.array([[100.0, 500.0]] * 3)
    within = roll.within(values, limits)
    for row in range(3):
        for area in range(3):
            chosen = inside[area] & (people > 0)
            expected = np.quantile(values[row, chosen], (0.5, 0.9), weights=people[chosen], method="inverted_cdf")
            assert quantiles[row, area].tolist() == expected.tolist()
            for at, limit in enumerate(limits[row]):
                share = people[chosen & (values[row] <= limit)].sum() / people[chosen].sum()
                assert within[row, area, at] == pytest.approx(share)
    assert np.isnan(quantiles[:, 3]).all()
    assert np.isnan(within[:, 3]).all()
    with pytest.raises(InputError, match="demand points"):
        roll.within(values[:, :5], limits)


def test_shown_shares_are_those_of_shown_counts(southend):
    first_min = float(southend.seconds[southend.row("library")].min()) / 60
    one_street = southend.basket.changed(thresholds_min={"library": np.nextafter(first_min, 100)})
    table = ward_services(southend.with_basket(one_street), **CHILDREN)
    people = totals_by_area(southend.pack, **CHILDREN)
    codes = table.index.get_level_values("code")
    part = table["share_within"] * people.true.reindex(codes).to_numpy()
    few = (part > 1e-6) & (part < 5)
    assert few.any()
    safe = shown(table, people)["share_within"]
    total = people.shown.reindex(codes).to_numpy()
    np.testing.assert_allclose(safe[few], np.maximum(np.round(FEW / total[few], 3), 0.001))
    counts = (safe * total)[~few]
    assert ((safe * total)[safe.isin([0, 1])] == part[safe.isin([0, 1])].round(6)).sum() > 10
    assert (np.abs(counts - part[~few]) <= 5 + 0.0006 * total[~few]).all()


def test_new_services_or_modes_must_be_measured(southend):
    with pytest.raises(InputError, match="survey the area again"):
        southend.with_basket(southend.basket.changed(mode="walk_adult"))
    with pytest.raises(UnknownNameError, match="museum"):
        southend.row("museum")


def test_driving_has_a_reference_speed_and_its_own_times(pack):
    measured = survey(pack, read_basket().changed(services=["hospital"], mode="drive"))
    assert not np.allclose(measured.reference_s, measured.seconds)
    reached = np.isfinite(measured.reference_s)
    assert (measured.reference_s >= measured.straight_s * (1 - 1e-6))[reached].all()


def test_a_time_equal_to_the_threshold_is_within(southend):
    at_limit = np.repeat(southend.basket.thresholds_s[:, None], southend.seconds.shape[1], axis=1)
    assert not replace(southend, seconds=at_limit).beyond.any()
    assert replace(southend, seconds=np.nextafter(at_limit, np.inf)).beyond.all()


def test_the_median_of_two_is_the_time_that_half_of_them_have():
    two = Roll(("a", "borough"), ("A", "B"), np.ones((2, 2), dtype=bool), np.array([1.0, 1.0]))
    assert two.quantiles(np.array([[600.0, 1200.0]]), (0.5, 0.51)).tolist() == [[[600.0, 1200.0]] * 2]
