"""Areas side by side: every figure is what the area gives by itself, and what cannot be compared is not."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.areas.definitions import common_baselines, facts, own_baselines
from analysis.areas.side_by_side import ABSENT, OTHER, services_of_any, side_by_side
from analysis.reach.need import INDICATORS, group_values, index_of
from analysis.reach.reach import reach
from analysis.shown import ROUND_TO
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import MODES
from geo.pack import AreaPack
from geo.packs import open_pack
from tests.samples import write_pack


@pytest.fixture(scope="module")
def town() -> AreaPack:
    return open_pack("southend")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> AreaPack:
    """An area without a strategy, dentists or anything outside its border."""
    made = write_pack(tmp_path_factory.mktemp("packs") / "plain", targets=[], strategy=False, without=["dentist"])
    services = made.services[made.services["ward"] != ""]
    half = made.demand.assign(share=made.demand["share"] / 2)  # so that no figure of it is that of the town
    return replace(made, services=services, demand=half)


def value(found, part, name, area):
    rows = found.rows
    (row,) = rows[(rows["part"] == part) & (rows["name"] == name) & (rows["area"] == area)].to_dict("records")
    return row


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "mode", "within"), [("children_0_3", "walk_pram", 15.0), ("population", "walk_adult", 10.0)]
)
def test_each_area_has_the_figures_that_it_has_by_itself(town, other, measure, mode, within):
    kinds = ["library", "gp_practice"]
    found = side_by_side([town, other], measure=measure, mode=mode, within_min=within, services=kinds)
    # The latest that both have: the census of 2021 counts people, but no single years of age.
    baseline = "census_2021" if measure == "population" else "mid_2020"
    assert dict(found.baselines) == {"southend": baseline, "plain": baseline}
    for pack in (town, other):
        access = Access.of(pack, MODES[mode])
        for service in kinds:
            times = access.to_category(service).nearest_s
            alone = reach(pack, times, measure=measure, baseline=baseline, within_min=within).groups.loc["borough"]
            assert value(found, "reach", service, pack.code)["value"] == alone["share"]
            assert value(found, "minutes", service, pack.code)["value"] == alone["median_min"]
            inside = int((pack.services_of(service)["ward"] != "").sum())
            assert value(found, "places", service, pack.code)["value"] == inside
            per = value(found, "supply", service, pack.code)["value"]
            assert per == pytest.approx(1000 * inside / alone["total"], abs=0.051)
        people = group_values(pack, INDICATORS["children_0_3"], "mid_2020")["borough"]
        assert value(found, "people", "children_0_3", pack.code)["value"] == people
        index = index_of(pack)
        score = group_values(pack, index, "")["borough"]
        assert value(found, "need", index.index.name, pack.code)["value"] == round(score, 1)
    shares = [value(found, "reach", "library", pack.code)["value"] for pack in (town, other)]
    assert 0 < min(shares) <= max(shares) < 1


def test_what_one_area_lacks_has_no_figure_and_says_so(town, other):
    found = side_by_side([town, other], services=["dentist"])
    for part in ("reach", "minutes", "places", "supply"):
        row = value(found, part, "dentist", "plain")
        assert (np.isnan(row["value"]), row["why"]) == (True, ABSENT)
        assert value(found, part, "dentist", "southend")["why"] == ""
    # Poverty is stated by the strategy of the one area alone.
    assert value(found, "need", "child_poverty_rate", "plain")["why"] == ABSENT
    assert value(found, "need", "child_poverty_rate", "southend")["counts"] == "Strategy"
    kinds = services_of_any([town, other])
    assert kinds.index("dentist") > kinds.index("rail_station"), "first what both list"
    assert "bus_stop" not in kinds


def redefined(pack: AreaPack, code: str, **changes: str) -> AreaPack:
    """The same area, with counts of another definition."""
    stated = pack.manifest.particulars
    baselines = tuple(replace(one, **changes) for one in stated.baselines)
    indices = tuple(replace(one, name=f"other_{one.name}") for one in stated.indices)
    scores = pack.scores.rename(columns=lambda column: f"other_{column}")
    manifest = replace(pack.manifest, code=code, particulars=replace(stated, baselines=baselines, indices=indices))
    return replace(pack, manifest=manifest, scores=scores)


def test_figures_of_other_definitions_do_not_stand_side_by_side(town):
    stranger = redefined(town, "stranger", definition="Counted by another office")
    found = side_by_side([town, stranger], services=["library"])
    rows = found.rows[found.rows["part"] == "need"]
    differing = rows[rows["why"] == OTHER]
    assert {"lone_parent_rate", "no_car_rate"} <= set(differing["name"])
    # Of an index each area shows its own edition alone.
    assert value(found, "need", "imd2019", "southend")["why"] == ""
    assert value(found, "need", "imd2019", "stranger")["why"] == OTHER
    assert value(found, "need", "other_imd2019", "southend")["why"] == OTHER
    # Those who are counted have to be somebody: each area has its own first counts, and the facts say so.
    assert dict(found.baselines) == {"southend": "strategy", "stranger": "strategy"}
    assert not next(fact for fact in found.facts if fact.what == "counts").same


def test_a_stated_baseline_is_common_to_nobody(town, other):
    assert common_baselines([town, other], ["children_0_3"]) == {"southend": "mid_2020", "plain": "mid_2020"}
    assert common_baselines([town, other], ["households"]) == {"southend": "census_2021", "plain": "census_2021"}
    twin = replace(town, manifest=replace(town.manifest, code="twin"))
    assert common_baselines([town, twin], ["children_in_poverty"]) is None
    assert common_baselines([town, other], ["children_in_poverty"]) == {"southend": "strategy"}
    assert common_baselines([town, other], ["cats"]) == {}
    assert own_baselines([town, other], ["children_0_3"]) == {"southend": "strategy", "plain": "census_2011"}


def test_facts_tell_what_differs(town, other):
    found = {(fact.what, fact.service): fact for fact in facts([town, other], {"southend": "mid_2020"}, ["dentist"])}
    assert found["streets", ""].same
    assert found["homes", ""].values == {"southend": "postcode", "plain": "postcode"}
    assert not found["around", ""].same
    assert found["around", ""].values == {"southend": True, "plain": False}
    assert not found["counts", ""].same
    assert found["counts", ""].values["plain"] is None
    assert found["service", "dentist"].values == {"southend": ("2024-05",), "plain": None}
    assert not found["service", "dentist"].same
    assert found["nesting", ""].values["southend"] == (("output areas", None), ("small areas", None))


def test_best_fit_says_how_many_homes_lie_outside(town):
    levels = tuple(
        replace(level, nesting="best fit", outside_share=0.02) if level.name == "lsoa" else level
        for level in town.levels
    )
    stated = replace(town.manifest.particulars, levels=levels)
    fitted = replace(town, manifest=replace(town.manifest, code="fitted", particulars=stated))
    nesting = next(fact for fact in facts([town, fitted], {}, []) if fact.what == "nesting")
    assert not nesting.same
    assert nesting.values["fitted"] == (("output areas", None), ("small areas", 0.02))


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_areas_are_no_comparison(town, count):
    with pytest.raises(InputError, match="two areas or more"):
        side_by_side([town] * count)
    with pytest.raises(InputError, match="each of them once"):
        side_by_side([town, town])


def test_unknown_names_list_the_valid_ones(town, other):
    for kind, name in (("measure", "cats"), ("baseline", "1066"), ("mode", "fly")):
        with pytest.raises(UnknownNameError, match=f"unknown .*{kind}"):
            side_by_side([town, other], **{kind: name})
    with pytest.raises(UnknownNameError, match="unknown service"):
        side_by_side([town, other], services=["casino"])


def test_counts_that_are_modelled_are_to_the_nearest_5(town):
    twin = replace(town, manifest=replace(town.manifest, code="twin"))
    found = side_by_side([town, twin], baseline="strategy", services=["library"])
    total = value(found, "people", "children_0_3", "twin")["value"]
    assert total % ROUND_TO == 0
    assert dict(found.baselines) == {"southend": "strategy", "twin": "strategy"}
