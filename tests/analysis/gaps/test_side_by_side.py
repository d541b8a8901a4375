"""Wards side by side: the figures are the pack's own, the minutes those of the gaps, the widest by brute force."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.gaps.report import gap_report
from analysis.gaps.side_by_side import (
    indicator_figures,
    preferred_baseline,
    service_minutes,
    widest_indicator,
    widest_minutes,
)
from analysis.reach.basket import read_basket
from analysis.reach.need import INDICATORS, indicators_of
from analysis.reach.survey import survey
from geo.errors import UnknownNameError
from tests.samples import with_particulars

KURSAAL, LEIGH, WEST_LEIGH = "E05002216", "E05002217", "E05002227"
WARDS = [LEIGH, KURSAAL, WEST_LEIGH]
GROUPS = ["target", "rest", "borough"]


@pytest.fixture(scope="module")
def measured(pack):
    return survey(pack, read_basket())


def counted(pack, measure, baseline):
    """People by ward and group, summed from the homes themselves."""
    people = pd.Series(pack.measure(measure, baseline), index=pack.demand["ward"].to_numpy())
    wards = people.groupby(level=0).sum()
    target = pack.wards["target"].reindex(wards.index)
    return {**wards, "target": wards[target].sum(), "rest": wards[~target].sum(), "borough": wards.sum()}


@pytest.mark.parametrize("baseline", ["strategy", "mid_2020", ""])
def test_every_indicator_has_the_packs_own_figure_and_rank(pack, baseline):
    figures = indicator_figures(pack, WARDS, baseline)
    assert list(dict.fromkeys(figures["indicator"])) == list(indicators_of(pack))
    for name, rows in figures.groupby("indicator", sort=False):
        indicator = indicators_of(pack)[name]
        assert rows["code"].tolist() == [*WARDS, *GROUPS]
        if indicator.kind == "score":
            continue
        known = indicator.baselines(pack)
        (base,) = set(rows["baseline"])
        assert base == (baseline if baseline in known else known[0])
        values = counted(pack, indicator.measure, base)
        if indicator.per:
            under = counted(pack, indicator.per, base)
            values = {code: value / under[code] for code, value in values.items()}
        by_code = rows.set_index("code")
        # What we modelled is to the nearest 5; what is printed stands as it is.
        columns = [f"{base}.{measure}" for measure in (indicator.measure, indicator.per) if measure]
        modelled = any((pack.measures[column] % 1 != 0).any() for column in columns)
        away = {"rel": 0.02, "abs": 0.0 if indicator.per else 2.5} if modelled else {"rel": 1e-9}
        assert by_code["value"].to_dict() == pytest.approx({code: values[code] for code in by_code.index}, **away)
        every = [values[code] for code in pack.wards.index]
        assert rows["spread"].iloc[0] == pytest.approx(np.std(every), rel=0.02)
        for code in WARDS:
            above = 1 + sum(value > values[code] + 1e-9 for value in every)
            assert by_code.loc[code, "rank"] == pytest.approx(above, abs=1 if modelled else 0)
        assert by_code.loc[GROUPS, "rank"].isna().all()


def test_minutes_are_those_of_the_gaps_page(pack, measured):
    asked = {"measure": "children_0_3", "baseline": "strategy"}
    rows = service_minutes(measured, WARDS, **asked)
    shown = gap_report(measured, **asked).services
    assert rows["service"].drop_duplicates().tolist() == read_basket().services
    for _, row in rows.iterrows():
        there = shown.loc[(row["code"], row["service"])]
        assert row["median_min"] == there["median_min"]
        assert (np.isnan(row["rank"]) and row["code"] in GROUPS) or row["rank"] == there["rank"]


@pytest.mark.slow
def test_the_widest_indicator_is_found_by_looking_at_every_pair(pack):
    for wards in itertools.combinations([str(code) for code in pack.wards.index[:5]], 3):
        figures = indicator_figures(pack, wards, "strategy")
        most, expected = -1.0, ""
        for name, rows in figures[figures["kind"] != "count"].groupby("indicator"):
            values = rows.set_index("code")["value"]
            for one, other in itertools.combinations(wards, 2):
                apart = abs(values[one] - values[other]) / rows["spread"].iloc[0]
                if apart > most:
                    most, expected = apart, name
        found = widest_indicator(figures)
        assert set(found["indicator"]) == {expected}
        assert found["value"].is_monotonic_decreasing
        assert set(found["code"]) == set(wards)


def test_the_widest_journey_is_of_the_services_asked_for(pack, measured):
    rows = service_minutes(measured, WARDS, measure="children_0_3", baseline="strategy")
    wards = rows[rows["code"].isin(WARDS)].set_index(["service", "code"])["median_min"]
    for services in (["library", "dentist"], ["childrens_centre", "gp_practice", "pharmacy"], ["hospital"]):
        found = widest_minutes(rows, services)
        apart = {name: wards[name].max() - wards[name].min() for name in services}
        (service,) = set(found["service"])
        assert apart[service] == max(apart.values())
        assert found["median_min"].is_monotonic_decreasing


def test_wards_that_are_alike_have_no_widest(pack, measured):
    same = indicator_figures(pack, [KURSAAL], "strategy")
    assert widest_indicator(same).empty
    rows = service_minutes(measured, [KURSAAL], measure="children_0_3", baseline="strategy")
    assert widest_minutes(rows, ["library"]).empty
    unreached = rows.assign(median_min=np.inf)
    assert widest_minutes(unreached, ["library"]).empty


def test_an_unknown_ward_is_named(pack, measured):
    with pytest.raises(UnknownNameError, match="E99"):
        indicator_figures(pack, ["E99"], "strategy")
    with pytest.raises(UnknownNameError, match="E99"):
        service_minutes(measured, ["E99"], measure="children_0_3", baseline="strategy")


def test_an_indicator_that_a_pack_lacks_is_left_out(pack):
    manifest = with_particulars(pack.manifest, baselines=["census_2011"], indices=())
    few = replace(pack, manifest=manifest, measures=pack.measures.filter(like="census_2011."))
    figures = indicator_figures(few, [KURSAAL], "strategy")
    assert set(figures["baseline"]) == {"census_2011"}
    assert "children_in_poverty" not in set(figures["indicator"])
    assert "deprivation" not in set(figures["indicator"])
    assert preferred_baseline(few, INDICATORS["children_in_poverty"], "strategy") == ""
