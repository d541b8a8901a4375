"""What is shown of the gaps is what the analysis says, to the nearest 5, and its parts add up as shown."""

import numpy as np
import pytest

from analysis.gaps.gaps import ward_services
from analysis.gaps.report import (
    access_shown,
    bands_shown,
    curve_shown,
    fairness_shown,
    gap_report,
    supply_services,
    supply_shown,
    target_gaps_shown,
)
from analysis.gaps.severance import barriers_of
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from geo.errors import UnknownNameError

COUNTED = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def measured(pack):
    return survey(pack, read_basket())


@pytest.fixture(scope="module")
def report(measured):
    return gap_report(measured, **COUNTED)


def test_shown_parts_sum_to_the_shown_gap(report):
    parts = report.services[["distance_min", "detour_min", "speed_min"]].sum(axis=1)
    np.testing.assert_allclose(parts, report.services["gap_to_borough"], atol=1e-9)


def test_isolation_is_the_sum_of_its_parts_and_follows_from_what_is_shown(report, measured):
    true = ward_services(measured, **COUNTED)
    for code, row in report.isolation.areas.iterrows():
        share = report.services.loc[code, "share_within"]
        # To the nearest 5, and to a tenth of a per cent.
        assert (share - true.loc[code, "share_within"]).abs().max() <= 5 / report.totals.true[code] + 0.001
        assert row["isolation"] == pytest.approx(100 * measured.basket.weights @ (1 - share), abs=0.051)
        assert report.isolation.parts.loc[code].sum() == pytest.approx(row["isolation"], abs=0.6)


def test_ranks_follow_the_isolation_that_is_shown(report):
    wards = report.isolation.areas[report.isolation.areas["rank"].notna()]
    assert len(wards) == 17
    assert wards["isolation"].is_monotonic_decreasing
    assert wards["rank"].is_monotonic_increasing
    assert (wards["rank_low"] <= wards["rank"]).all()
    assert (wards["rank"] <= wards["rank_high"]).all()
    assert (report.isolation.areas["low"] <= report.isolation.areas["isolation"]).all()


def test_with_weight_on_one_service_isolation_is_what_its_shown_share_leaves(measured):
    basket = measured.basket
    alone = basket.changed(weights={name: float(name == "gp_practice") for name in basket.services})
    report = gap_report(measured.with_basket(alone), **COUNTED)
    shares = report.services["share_within"].xs("gp_practice", level="service")
    told = report.isolation.areas["isolation"].reindex(shares.index)
    np.testing.assert_allclose(told, 100 * (1 - shares), atol=1e-6)


def test_pockets_have_ids_of_their_own_and_rough_places(report):
    pockets = report.pockets
    assert pockets["id"].is_unique
    assert (pockets["easting"] % 10 == 0).all()
    np.testing.assert_allclose(pockets["lon"], pockets["lon"].round(4))
    assert (pockets["children"] % 5 == 0).all()
    first = report.pocket_homes(str(pockets["id"][0]))
    assert first.sum() == len(report.pocket_rows[0])
    assert not report.pocket_homes("nowhere").any()


def test_any_threshold_has_pockets(measured):
    odd = gap_report(measured.with_basket(measured.basket.changed(thresholds_min={"library": 17})), **COUNTED)
    assert "library" in set(odd.pockets["service"])


@pytest.mark.parametrize("place", ["ward", "pocket"])
def test_barriers_are_shares_of_shown_counts(report, pack, place):
    people = pack.measure(**COUNTED)
    inside = pack.demand["ward"].to_numpy() == "E05002222"
    if place == "pocket":
        inside = report.pocket_homes(str(report.pockets["id"][0]))
    true = barriers_of(report.met, people, inside).set_index(["kind", "name"], append=True)["share"]
    found = report.barriers(inside).set_index(["kind", "name"], append=True)["share"]
    assert len(found) > 3
    assert (found > 0).all()
    assert (found - true[found.index]).abs().max() <= 5 / people[inside].sum() + 0.026
    if place == "ward":
        assert "the railway" in set(found.loc["gp_practice"].index.get_level_values("name"))


def test_a_ward_as_a_place_says_what_the_table_says(report, pack):
    place = access_shown(report, pack.demand["ward"].to_numpy() == "E05002222")
    rows = report.services.xs("E05002222", level="code")
    np.testing.assert_allclose(place["median_min"], rows["median_min"])
    np.testing.assert_allclose(place["gap_to_borough"], rows["gap_to_borough"], atol=1e-9)
    sums = place[["distance_min", "detour_min", "speed_min"]].sum(axis=1)
    np.testing.assert_allclose(sums, place["gap_to_borough"], atol=1e-9)
    assert (place["nearest"] != "").all()


def test_bands_hold_the_share_and_every_reading(report):
    bands = bands_shown(report, "childrens_centre")
    readings = bands[["share", "slow", "fast", "sooner", "later", "reading_core"]]
    np.testing.assert_allclose(bands["low"], readings.min(axis=1))
    np.testing.assert_allclose(bands["high"], readings.max(axis=1))
    assert not any(name.startswith("reading") for name in bands_shown(report, "library"))
    with pytest.raises(UnknownNameError):
        bands_shown(report, "zoo")


def test_curve_never_falls(report):
    curve = curve_shown(report, "library")
    for _, one in curve.groupby("code"):
        assert one["share"].is_monotonic_increasing
    assert curve["share"].between(0, 1).all()


def test_fairness_supply_and_target_gaps_are_of_what_is_shown(report):
    found = fairness_shown(report)
    gaps = target_gaps_shown(report)
    np.testing.assert_allclose(found.summary["target_share"], gaps["target_share"], atol=1e-9)
    np.testing.assert_allclose(gaps["gap_share"], gaps["target_share"] - gaps["rest_share"], atol=1e-9)
    assert "hospital" not in supply_services(report)
    assert (supply_shown(report, "library")["to_borough"]["borough"]) == 1.0
