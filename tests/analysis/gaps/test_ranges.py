"""Ranges: against the variance of the Dirichlet distribution, plain sums by hand, and the pack's published figures."""

import numpy as np
import pandas as pd
import pytest

from analysis.gaps.gaps import ward_services
from analysis.gaps.ranges import SHAPE, against, area_ranges, overlap, reach_ranges, unequal_postcodes
from analysis.reach.basket import read_basket
from analysis.reach.need import INDICATORS, indicators_of
from analysis.reach.survey import survey
from geo.errors import UnknownNameError

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}
KURSAAL, VICTORIA, WEST_LEIGH, EASTWOOD_PARK = "E05002216", "E05002225", "E05002227", "E05002215"


@pytest.fixture(scope="module")
def measured(pack):
    return survey(pack, read_basket().changed(services=["childrens_centre", "gp_practice", "hospital"]))


def test_postcodes_of_an_output_area_keep_its_people_and_are_unequal():
    areas = ["a"] * 12 + ["b"] * 7 + ["c"]
    factor = unequal_postcodes(np.random.default_rng(1).permutation(areas), draws=4000)
    kept = np.random.default_rng(1).permutation(areas)
    for area in "abc":
        np.testing.assert_allclose(factor[:, kept == area].mean(axis=1), 1.0)
    np.testing.assert_allclose(factor[:, kept == "c"], 1.0, err_msg="a postcode alone has all of its output area")
    n = 12  # a share of a Dirichlet distribution with n equal parameters k has the variance (n - 1) / n² / (n k + 1)
    expected = np.sqrt(n**2 * (n - 1) / n**2 / (n * SHAPE + 1))
    assert factor[:, kept == "a"].std() == pytest.approx(expected, rel=0.02)
    assert (factor == unequal_postcodes(kept, draws=4000)).all(), "the same every time"


@pytest.mark.slow
def test_the_range_of_a_share_is_as_wide_as_the_distribution_says(pack, measured):
    """Without other vintages the simulated spread is that of sums of beta variables, worked out without drawing."""
    who = {"measure": "population", "baseline": "strategy"}  # so many that rounding to 5 does not matter
    shown = reach_ranges(measured, **who, services=["gp_practice"], vintages=[], draws=4000)
    homes = pd.DataFrame(
        {
            "oa": pack.demand["oa"].to_numpy(),
            "ward": pack.demand["ward"].to_numpy(),
            "people": pack.measure(**who),
            "reached": measured.seconds[measured.row("gp_practice")] <= 20 * 60,
        }
    )
    oas = homes.groupby(["ward", "oa"]).agg(n=("people", "size"), people=("people", "sum"), p=("reached", "mean"))
    variance = oas["people"] ** 2 * oas["p"] * (1 - oas["p"]) / (oas["n"] * SHAPE + 1)
    total = oas["people"].groupby(level="ward").sum()
    sd = np.sqrt(variance.groupby(level="ward").sum()) / total
    mean = (oas["people"] * oas["p"]).groupby(level="ward").sum() / total
    rows = shown.xs("gp_practice", level="service").loc[pack.wards.index]
    width = (rows["high"] - rows["low"]) / 2
    wide = sd[sd > 0.005].index
    assert len(wide) >= 8
    np.testing.assert_allclose(width[wide], 1.96 * sd[wide], rtol=0.1)
    np.testing.assert_allclose(rows["value"], mean.reindex(rows.index), atol=0.001)


def test_value_is_the_share_of_every_other_table_and_lies_in_its_range(measured):
    shown = reach_ranges(measured, **CHILDREN)
    table = ward_services(measured, **CHILDREN)["share_within"]
    np.testing.assert_allclose(shown["value"], table.reindex(shown.index), atol=0.012)  # of counts to 5
    assert (shown["low"] <= shown["value"]).all()
    assert (shown["value"] <= shown["high"]).all()
    gp = shown.xs("gp_practice", level="service")
    assert gp["high"]["borough"] - gp["low"]["borough"] < gp["high"][EASTWOOD_PARK] - gp["low"][EASTWOOD_PARK]
    with pytest.raises(UnknownNameError):
        reach_ranges(measured, **CHILDREN, services=["library"])


def test_other_vintages_widen_the_range(pack, measured):
    shown = reach_ranges(measured, **CHILDREN, services=["gp_practice"]).xs("gp_practice", level="service")
    reached = measured.seconds[measured.row("gp_practice")] <= 20 * 60
    ward = pack.demand["ward"].to_numpy()
    for base in ("census_2011", "mid_2017", "mid_2019", "mid_2020"):
        people = pack.measure("children_0_3", base)
        for code in pack.wards.index:
            share = people[(ward == code) & reached].sum() / people[ward == code].sum()
            assert shown["low"][code] - 0.012 <= share <= shown["high"][code] + 0.012, (base, code)


def test_children_are_spread_by_every_vintage_to_the_same_total(pack):
    shown = area_ranges(pack, INDICATORS["children_0_3"], "strategy")
    target = pack.wards["target"]
    ways = []
    for base in ("census_2011", "mid_2017", "mid_2019", "mid_2020"):
        counts = pack.lsoa_counts("children_0_3", base).groupby(pack.lsoas["ward"]).sum()
        ways.append(counts * 4032 / counts[target[target].index].sum())
    ways = pd.DataFrame(ways)[pack.wards.index]
    rows = shown.loc[pack.wards.index]
    np.testing.assert_allclose(rows["low"], ways.min(), atol=2.6)
    np.testing.assert_allclose(rows["high"], ways.max(), atol=2.6)
    assert shown.loc["target", ["value", "low", "high"]].tolist() == [4032] * 3, "stated, so without a range"


def test_what_is_published_has_no_range_and_victoria_is_too_close_to_kursaal(pack):
    shown = area_ranges(pack, INDICATORS["children_in_poverty"], "strategy")
    assert shown.loc[KURSAAL, ["value", "low", "high"]].tolist() == [1026] * 3
    assert shown["value"][VICTORIA] == 1045
    assert overlap(*(shown[end][code] for code in (KURSAAL, VICTORIA) for end in ("low", "high")))
    assert not overlap(*(shown[end][code] for code in (KURSAAL, WEST_LEIGH) for end in ("low", "high")))
    census = area_ranges(pack, INDICATORS["no_car_rate"], "census_2011")
    assert (census["low"] == census["high"]).all()


def test_poverty_follows_the_low_income_counts_of_each_year(pack):
    """The five wards share what is left of 4,712 in the proportions of DWP's counts, to be found inside the range."""
    shown = area_ranges(pack, INDICATORS["children_in_poverty"], "strategy")
    counted = pack.ward_series[pack.ward_series["measure"] == "children_low_income"]
    five = [code for code in pack.target_wards if code != KURSAAL]
    shares = counted.pivot_table(index="period", columns="ward", values="value")[five]
    ways = shares.div(shares.sum(axis=1), axis=0) * (4712 - 1026)
    for code in five:
        assert shown["low"][code] <= ways[code].min() + 2.6
        assert shown["high"][code] >= ways[code].max() - 2.6


def test_a_rate_is_similar_to_the_boroughs_where_ranges_overlap(pack):
    shown = area_ranges(pack, INDICATORS["child_poverty_rate"], "strategy")
    said = against(shown)
    assert said[KURSAAL] == "higher"
    assert said[WEST_LEIGH] == "lower"
    assert said["borough"] == ""
    for code in pack.wards.index:
        apart = shown["low"][code] > shown["high"]["borough"] or shown["high"][code] < shown["low"]["borough"]
        assert (said[code] != "similar") == apart


def test_touching_ranges_overlap():
    assert overlap(1, 2, 2, 3)
    assert overlap(1, 5, 2, 3)
    assert not overlap(1, 2, 2.1, 3)


@pytest.mark.parametrize("name", [*INDICATORS, "deprivation"])
@pytest.mark.parametrize("level", ["ward", "lsoa"])
def test_every_indicator_has_its_value_in_its_range_at_every_level(pack, name, level):
    indicator = indicators_of(pack)[name]
    for baseline in indicator.baselines(pack) or [""]:
        shown = area_ranges(pack, indicator, baseline, level)
        assert len(shown) == (20 if level == "ward" else len(pack.lsoas))
        filled = shown.dropna()
        assert (filled["low"] <= filled["value"]).all()
        assert (filled["value"] <= filled["high"]).all()
        assert len(filled) == len(shown)


def test_ranges_that_touch_overlap():
    assert overlap([1.0, 5.0], [2.0, 6.0], [2.0, 2.0], [5.0, 5.0]).tolist() == [True, True]
    assert overlap([1.0, 5.1], [1.9, 6.0], [2.0, 2.0], [5.0, 5.0]).tolist() == [False, False]
