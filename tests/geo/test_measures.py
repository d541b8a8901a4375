import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.errors import SourceError, UnknownNameError
from geo.measures import MEASURES, measure_named, strategy_measures
from geo.packs import open_pack
from geo.recipe_counts import BaselineRecipe, Poverty

BASELINE = BaselineRecipe(
    name="plan",
    label="Plan",
    kind="stated",
    year="2014",
    source="plan",
    series="plan",
    series_label="Plan",
    definition="As planned",
    pattern="census",
    calibrated=("children_0_3", "births_per_year", "children_0_17", "population"),
    poverty=Poverty(index="young", rate="child_poverty_rate_under_16"),
)
AREAS = pd.DataFrame(
    {"ward": ["W1", "W1", "W2", "W3"], "target": [True, True, True, False]}, index=["L1", "L2", "L3", "L4"]
)
CODES = {"First": "W1", "Second": "W2", "Third": "W3"}


def census():
    return pd.DataFrame(
        {
            "population": [1000.0, 800.0, 600.0, 1200.0],
            "births_per_year": [20.0, 10.0, 15.0, 12.0],
            "children_0_3": [80.0, 40.0, 50.0, 60.0],
            "children_0_15": [250.0, 120.0, 90.0, 240.0],
            "children_0_17": [300.0, 150.0, 100.0, 280.0],
        },
        index=AREAS.index,
    )


def scores():
    return pd.DataFrame(
        {"young_score": [0.4, 0.2, 0.3, 0.05], "young_people": [250.0, 100.0, 100.0, 250.0]}, index=AREAS.index
    )


def strategy(**targets):
    figures = {
        "children_0_3": 204.0,
        "births_per_year": 90.0,
        "children_0_17": 605.0,
        "population": 2640.0,
        "children_in_poverty": 180.0,
    }
    return {
        "targets": {**figures, **targets},
        "wards": {"First": {"children_in_poverty": 130.0}, "Second": {"growth": 0.3}},
        "borough": {"child_poverty_rate_under_16": 0.3},
    }


def compiled(stated=None, baseline=BASELINE):
    return strategy_measures(baseline, census(), "Census", AREAS, scores(), stated or strategy(), CODES)


def test_strategy_takes_the_census_pattern_and_the_stated_totals():
    table = compiled().table
    assert table["children_0_3"].tolist() == pytest.approx([96, 48, 60, 72])
    assert table["births_per_year"].tolist() == pytest.approx([40, 20, 30, 24])
    assert table["children_0_17"].tolist() == pytest.approx([330, 165, 110, 308])
    assert table["population"].tolist() == pytest.approx([1100, 880, 660, 1320])
    assert table["children_in_poverty"].tolist()[:3] == pytest.approx([130 * 100 / 120, 130 * 20 / 120, 50])


def test_strategy_poverty_reaches_the_rate_of_the_whole_area():
    table, ward = compiled().table, AREAS["ward"]
    poverty = table["children_in_poverty"].groupby(ward).sum()
    children = table["children_0_17"].groupby(ward).sum()
    under_16 = census()["children_0_15"].groupby(ward).sum() * 605 / 550
    assert (poverty / children * under_16).sum() / under_16.sum() == pytest.approx(0.3)
    record = compiled().records[-1]
    assert record["published_wards"] == {"W1": 130.0}
    assert (record["baseline"], record["year"], record["status"]["target"]) == ("plan", "2014", "published")
    assert "YOUNG" in record["method"]


def test_stated_figures_that_contradict_each_other_are_refused():
    with pytest.raises(SourceError, match="less than nothing"):
        compiled(strategy(children_in_poverty=120.0))


def test_what_cannot_be_calibrated_is_named():
    with pytest.raises(SourceError, match=r"baseline plan: the counts of Census has no households"):
        compiled(baseline=replace(BASELINE, calibrated=("households",)))
    stated = strategy()
    del stated["borough"]["child_poverty_rate_under_16"]
    with pytest.raises(SourceError, match=r"child poverty needs the index 'young' and the strategy's 'child_poverty"):
        compiled(stated)


def test_without_a_rate_there_is_no_poverty():
    assert "children_in_poverty" not in compiled(baseline=replace(BASELINE, poverty=None)).table


def test_baselines_say_what_they_are(pack):
    records = pack.provenance["measures"]
    status = {record["baseline"]: record["status"] for record in records}
    assert status["census_2011"] == {"target": "census", "ward": "census", "lsoa": "census", "point": "modelled"}
    assert set(status["mid_2019"].values()) == {"modelled"}
    assert status["strategy"] == {
        "target": "published",
        "ward": "modelled",
        "lsoa": "modelled",
        "point": "modelled",
    }
    for record in records:
        assert (record["label"], record["unit"]) == (
            MEASURES[record["measure"]].label,
            MEASURES[record["measure"]].unit,
        )
        assert record["method"].endswith(".")
    assert {f"{record['baseline']}.{record['measure']}" for record in records} == set(pack.measures.columns)


def test_unknown_measure_lists_the_valid_ones():
    assert measure_named("population").unit == "people"
    with pytest.raises(UnknownNameError, match="children_0_3, births_per_year"):
        measure_named("cats")


def test_every_measure_of_the_pack_has_its_record():
    pack = open_pack("southend")
    for baseline in pack.baselines:
        for measure in pack.measure_names(baseline):
            record = pack.measure_record(measure, baseline)
            assert {"unit", "year", "source", "status", "method", "label"} <= set(record)
            keys = {source["key"] for source in pack.provenance["sources"]}
            assert record["source"] in keys


@pytest.mark.sources
def test_measures_of_the_pack_are_those_of_the_publishers(pack, sources_dir):
    """The publishers' own tables, read with pandas alone."""
    folder = sources_dir / "southend" / "statistics"
    counted = pd.read_csv(folder / "census2011_lsoa.csv").set_index("LSOA11CD").loc[pack.measures.index]
    columns = {
        "children_0_3": "age0_3_2011",
        "births_per_year": "age0_2011",
        "children_0_17": "age0_17_2011",
        "children_0_15": "age0_15_2011",
        "population": "pop_2011",
        "households": "hh_2011",
        "households_no_car": "hh_no_car",
        "lone_parent_households": "hh_lone_parent_depchild",
    }
    for measure, column in columns.items():
        assert pack.measures[f"census_2011.{measure}"].tolist() == counted[column].tolist(), measure
    targets = counted["WD15NM"].isin(pack.strategy["target_wards"])
    stated = {"children_0_3": 4032, "births_per_year": 1040, "children_0_17": 15142, "population": 66312}
    for measure, total in stated.items():
        source = counted[columns[measure]]
        want = source * total / source[targets].sum()
        np.testing.assert_allclose(pack.measures[f"strategy.{measure}"], want, rtol=1e-12)


@pytest.mark.sources
def test_child_poverty_of_the_pack_solves_its_equations(pack, sources_dir):
    """IDACI and census read with pandas alone; the ward figures are the solution of a linear system."""
    folder = sources_dir / "southend" / "statistics"
    counted = pd.read_csv(folder / "census2011_lsoa.csv").set_index("LSOA11CD")
    idaci = pd.read_csv(folder / "deprivation_lsoa.csv").set_index("LSOA11CD")
    counted["idaci"] = idaci["idaci2019_score"] * idaci["children0_15_mid2015"]
    wards = counted.groupby("WD15NM")[["age0_15_2011", "age0_17_2011", "idaci"]].sum()
    targets = pack.strategy["target_wards"]
    factor = 15142 / wards.loc[targets, "age0_17_2011"].sum()
    others = [name for name in targets if name != "Kursaal"]
    rest = [name for name in wards.index if name not in targets]
    names = ["Kursaal", *others, *rest]
    rows, right = [], []

    def equation(weights, value):
        rows.append([weights.get(name, 0.0) for name in names])
        right.append(value)

    equation({"Kursaal": 1.0}, 1026.0)
    equation(dict.fromkeys(targets, 1.0), 4712.0)
    for group in (others, rest):
        for a, b in itertools.pairwise(group):
            equation({a: wards.loc[b, "idaci"], b: -wards.loc[a, "idaci"]}, 0.0)
    under_16_share = wards["age0_15_2011"] / wards["age0_17_2011"]
    equation(under_16_share.to_dict(), 0.233 * wards["age0_15_2011"].sum() * factor)
    solved = dict(zip(names, np.linalg.solve(rows, right), strict=True))
    poverty = pack.measures["strategy.children_in_poverty"].groupby(pack.lsoas["ward"]).sum()
    got = {pack.wards.loc[code, "name"]: value for code, value in poverty.items()}
    assert got == pytest.approx(solved, rel=1e-9)
    inside = counted["idaci"] / counted.groupby("WD15NM")["idaci"].transform("sum")
    want = (inside * counted["WD15NM"].map(solved)).loc[pack.measures.index]
    np.testing.assert_allclose(pack.measures["strategy.children_in_poverty"], want, rtol=1e-9)
