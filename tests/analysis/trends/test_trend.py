"""The vintages of a measure: figures are the pack's own, and no change spans two definitions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.reach.need import INDICATORS
from analysis.trends.trend import trend, trend_indicators
from geo.errors import UnknownNameError
from tests.samples import with_particulars

MID_YEARS = ["mid_2017", "mid_2019", "mid_2020"]


def summed(pack, column):
    """A column of the pack by ward and group, added up LSOA by LSOA."""
    sums = {}
    for lsoa, value in pack.measures[column].items():
        ward = pack.areas.loc[lsoa, "ward"]
        part = "target" if pack.areas.loc[ward, "target"] else "rest"
        for code in (ward, part, "borough"):
            sums[code] = sums.get(code, 0.0) + float(value)
    return sums


def given_by(found, series, period):
    """Value of each area in one vintage."""
    rows = found.points[(found.points["series"] == series) & (found.points["period"] == period)]
    assert rows["code"].is_unique
    return rows.set_index("code")["value"].to_dict()


@pytest.mark.parametrize("measure", ["children_0_3", "births_per_year", "population"])
def test_counts_are_the_columns_of_the_pack_added_up(pack, measure):
    found = trend(pack, measure)
    later = ["census_2021"] if measure == "population" else []
    assert [one.key for one in found.series] == ["census_2011", "strategy", "mid_year", *later]
    vintages = {
        **{(base, "2021"): base for base in later},
        ("census_2011", "2011"): "census_2011",
        ("strategy", "2014"): "strategy",
        **{("mid_year", base.replace("_", "-")): base for base in MID_YEARS},
    }
    assert len(found.points) == len(vintages) * (len(pack.wards) + 3)
    for (series, period), baseline in vintages.items():
        expected = summed(pack, f"{baseline}.{measure}")
        # What we modelled is to the nearest 5; what is printed stands as it is.
        assert given_by(found, series, period) == pytest.approx(
            expected, abs=2.5 if series in ("strategy", "idaci_2019", "idaci_2025") else 1e-6
        )


def test_a_rate_is_the_ratio_of_the_sums(pack):
    found = trend(pack, "no_car_rate")
    without, every = (
        summed(pack, f"census_2011.{name}") for name in ("households_no_car", INDICATORS["no_car_rate"].per)
    )
    assert given_by(found, "census_2011", "2011") == pytest.approx(
        {code: without[code] / every[code] for code in every}
    )
    assert not found.comparable
    assert found.changes().empty


def test_the_published_series_is_as_published_and_groups_are_sums_of_wards(pack):
    found = trend(pack, "children_low_income")
    (series,) = found.series
    assert found.periods(series.key) == [f"{year}/{year % 100 + 1}" for year in range(2014, 2022)]
    assert "caution" in series.caution
    target = set(pack.target_wards)
    for period, rows in pack.ward_series.groupby("period"):
        values = dict(zip(rows["ward"], rows["value"], strict=True))
        values["target"] = sum(value for ward, value in values.items() if ward in target)
        values["rest"] = sum(value for ward, value in values.items() if ward.startswith("E") and ward not in target)
        values["borough"] = values["target"] + values["rest"]
        assert given_by(found, series.key, period) == values
    unsure = found.points[found.points["provisional"]]
    assert set(unsure["period"]) == {"2021/22"}
    assert found.changes()["provisional"].all()


def test_wards_sum_to_groups_in_every_count(pack):
    for name, indicator in trend_indicators(pack).items():
        if indicator.kind != "count":
            continue
        found = trend(pack, name)
        wards = found.points[found.points["code"].isin(pack.wards.index)]
        for (series, period), rows in wards.groupby(["series", "period"]):
            shown = given_by(found, series, period)
            away = 2.5 * (len(rows) + 1) if series in ("strategy", "idaci_2019", "idaci_2025") else 1e-6
            for group in ("target", "rest"):
                of_wards = rows.loc[rows["group"] == group, "value"].sum()
                assert shown[group] == pytest.approx(of_wards, abs=away), (name, period)
            assert shown["borough"] == pytest.approx(rows["value"].sum(), abs=away), (name, period)


def test_the_change_is_last_minus_first_of_the_mid_year_estimates(pack):
    changes = trend(pack, "children_0_3").changes()
    assert set(changes["series"]) == {"mid_year"}
    first, last = summed(pack, "mid_2017.children_0_3"), summed(pack, "mid_2020.children_0_3")
    rows = changes.set_index("code")
    assert rows["change"].to_dict() == pytest.approx({code: last[code] - first[code] for code in first})
    assert rows["relative"].to_dict() == pytest.approx({code: last[code] / first[code] - 1 for code in first})
    assert set(changes["first_period"]) == {"mid-2017"}
    assert set(changes["last_period"]) == {"mid-2020"}


def test_each_edition_of_the_indices_stands_alone(pack):
    found = trend(pack, "deprivation")
    assert [found.periods(one.key) for one in found.series] == [["2010"], ["2015"], ["2019"], ["2025"]]
    assert not found.comparable
    assert "2019" not in found.indicator.label
    for year in ("2010", "2015", "2019", "2025"):
        weight = pack.scores[f"imd{year}_people"]
        borough = float((pack.scores[f"imd{year}_score"] * weight).sum() / weight.sum())
        assert given_by(found, f"imd{year}", year)["borough"] == pytest.approx(borough)


def test_breaks_lie_between_the_series(pack):
    for name in trend_indicators(pack):
        found = trend(pack, name)
        ends = found.points.groupby("series")["at"].agg(["min", "max"])
        assert len(found.breaks) == len(found.series) - 1
        for one in found.breaks:
            assert ends.loc[one.before, "max"] < one.at < ends.loc[one.after, "min"]


def with_vintages(pack, values):
    """A pack with the given baselines of one measure, ``{baseline: borough's count spread evenly}``."""
    lsoas = pack.measures.index
    measures = pd.DataFrame({f"{base}.children_0_3": value / len(lsoas) for base, value in values.items()}, index=lsoas)
    record = next(row for row in pack.provenance["measures"] if row["measure"] == "children_0_3")
    records = [{**record, "baseline": base, "year": base[-4:]} for base in values if base != "strategy"]
    records += [{**record, "baseline": "strategy", "year": "2014"}] * ("strategy" in values)
    return replace(
        pack,
        measures=measures,
        provenance={**pack.provenance, "measures": records},
        manifest=with_particulars(pack.manifest, baselines=list(values)),
    )


BASELINES = st.sampled_from(
    ["strategy", "census_2011", "census_2021", "mid_2012", "mid_2017", "mid_2018", "mid_2019", "mid_2022"]
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(BASELINES, st.floats(1, 1e6), min_size=1))
def test_no_change_ever_spans_two_series(pack, values):
    found = trend(with_vintages(pack, values), "children_0_3")
    borough = found.points[found.points["code"] == "borough"]
    expected = {base if base.startswith("m") else base[-4:] for base in values if base != "strategy"}
    expected = {base.replace("_", "-") for base in expected} | ({"2014"} if "strategy" in values else set())
    assert set(borough["period"]) == expected
    # What is an estimate for the middle of a year is one series; everything else is a series by itself.
    estimates = sorted(base for base in values if base.startswith("mid"))
    assert {one.key for one in found.series} == {base for base in values if base not in estimates} | (
        {"mid_year"} if estimates else set()
    )
    changes = found.changes()
    if len(estimates) < 2:
        assert changes.empty
        return
    assert set(changes["series"]) == {"mid_year"}
    row = changes.set_index("code").loc["borough"]
    assert (row["first_period"], row["last_period"]) == tuple(
        base.replace("_", "-") for base in (estimates[0], estimates[-1])
    )
    assert row["change"] == pytest.approx(values[estimates[-1]] - values[estimates[0]], abs=5)  # of two roundings
    periods = {one.key: set(found.periods(one.key)) for one in found.series}
    for _, one in changes.iterrows():
        assert {one["first_period"], one["last_period"]} <= periods[one["series"]]


def test_a_missing_ward_leaves_a_gap_and_no_other_years_figure(pack):
    series = pack.ward_series
    ward = str(pack.target_wards[0])
    lost = series[~((series["ward"] == ward) & (series["period"] == "2014/15"))]
    found = trend(replace(pack, ward_series=lost), "children_low_income")
    first = given_by(found, "children_low_income", "2014/15")
    assert np.isnan(first[ward])
    assert np.isnan(first["target"])
    assert np.isnan(first["borough"])
    assert first["rest"] == given_by(trend(pack, "children_low_income"), "children_low_income", "2014/15")["rest"]
    changes = found.changes().set_index("code")
    assert np.isnan(changes.loc[ward, "change"])
    assert np.isnan(changes.loc["target", "change"])
    assert changes.loc[ward, "first_period"] == "2014/15"


def test_a_pack_without_vintages_of_a_measure_says_so(pack):
    bare = replace(pack, ward_series=pack.ward_series.head(0))
    assert "children_low_income" not in trend_indicators(bare)
    with pytest.raises(UnknownNameError, match="children_low_income"):
        trend(bare, "children_low_income")
    with pytest.raises(UnknownNameError, match="series"):
        trend(pack, "children_0_3").periods("mid_2017")


def test_statuses_are_those_of_the_pack(pack):
    points = trend(pack, "children_in_poverty").points.set_index("code")
    kursaal = pack.wards.index[pack.wards["name"] == "Kursaal"][0]
    milton = pack.wards.index[pack.wards["name"] == "Milton"][0]
    assert points.loc[kursaal, "status"] == "published"
    assert points.loc["target", "status"] == "published"
    assert points.loc[milton, "status"] == "modelled"
    census = trend(pack, "children_0_3").points
    assert set(census.loc[census["series"] == "census_2011", "status"]) == {"census"}
