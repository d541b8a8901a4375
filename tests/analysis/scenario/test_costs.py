"""Costs against gains, and what 13,000 births would mean."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.scenario.costs import (
    births_over,
    births_view,
    cost_view,
    implied_growth,
    strategy_births,
    strategy_costs,
    without_cost,
)
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import (
    AddOutreach,
    AddSite,
    ChangeOffer,
    CloseSite,
    Cost,
    MoveSite,
    Scenario,
    SetSpeed,
    Venue,
)
from analysis.shown import FEW
from geo.errors import InputError
from wording.scenario import without_cost_words

HUB = AddSite("new-1", "Hub", Venue("lib-shoeburyness-library"), cost=Cost(100_000, 60_000))


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def of_the_hub(lab):
    """What one hub changes."""
    return lab.effect(Scenario("A", "southend").with_change(HUB))


def test_cost_for_each_additional_child(of_the_hub):
    view = cost_view(of_the_hub)
    assert view.per_year == 70_000
    assert view.per_additional == 70_000 / view.additional
    assert view.per_minute == 70_000 / view.minutes_saved
    assert cost_view(of_the_hub, years=1).per_year == 160_000
    assert cost_view(of_the_hub, group="target").additional < view.additional


@pytest.mark.parametrize("group", ["target", "rest", "borough"])
@pytest.mark.parametrize("measure", ["children_0_3", "births_per_year", "children_in_poverty"])
def test_a_price_is_worked_out_from_what_is_shown(of_the_hub, measure, group):
    """Whoever divides one figure on the page by the other finds the third."""
    exact, shown = (
        table.set_index(["measure", "code"]).loc[(measure, group)]
        for table in (of_the_hub.table("group"), of_the_hub.shown("group"))
    )
    view = cost_view(of_the_hub, measure, group=group)
    assert view.minutes_saved == shown["minutes_saved"]
    assert view.minutes_saved % 100 == 0
    # A hub without a stated number of places has one for everybody whom it newly reaches.
    if exact["change"] < 5:
        assert view.additional == FEW
        assert view.per_additional is None
    else:
        assert view.additional % 5 == 0
        assert view.additional == pytest.approx(exact["change"], abs=2.5)
    assert view.minutes_saved == pytest.approx(exact["minutes_saved"], abs=50)


def test_a_few_more_have_no_price(of_the_hub):
    few = replace(of_the_hub, counts=replace(of_the_hub.counts, people=of_the_hub.counts.people / 5_000))
    assert 0 < few.table("group")["change"].max() < 5
    view = cost_view(few)
    assert view.additional == FEW
    assert view.per_additional is None


@pytest.mark.slow
def test_a_faster_walk_makes_no_hub_cheaper(lab):
    """A speed is an assumption: set alone it gains nobody, and has no price."""
    fast = Scenario("A", "southend").with_change(SetSpeed(4.8))
    assert cost_view(lab.effect(fast.with_change(CloseSite("gias-22459", Cost(0, 1))))).per_additional is None
    assert cost_view(lab.effect(fast)).additional == 0


@pytest.mark.slow
def test_a_price_is_for_each_child_with_a_place(lab):
    """365 children come within reach of the library; with 40 places it is 40 of them whom the money helps."""
    plan = Scenario("A", "southend")
    small = cost_view(lab.effect(plan.with_change(replace(HUB, places=40.0))))
    assert small.additional == 40
    assert small.per_additional == 70_000 / 40
    session = AddOutreach("new-1", "S", HUB.at, ("tuesday",), "10:00", 90, 12, 39, cost=Cost(2000, 12_000))
    weekly = cost_view(lab.effect(plan.with_change(session)))
    assert weekly.additional == 9  # 12 families in 39 weeks of 52
    assert weekly.per_additional == pytest.approx(12_200 / 9)
    assert weekly.per_minute is None


@pytest.mark.slow
def test_room_where_a_centre_is_full_is_a_gain_too(lab):
    """No child is newly within reach of a hub beside Friars, but 30 more have a place; to state places takes none."""
    full = Scenario("A", "southend").with_change(ChangeOffer("gias-22459", places=50.0))
    assert cost_view(lab.effect(full)).additional == 0
    beside = AddSite("new-1", "Beside", Venue("gias-22459"), places=30.0)
    assert cost_view(lab.effect(full.with_change(beside))).additional == 30


@pytest.mark.slow
def test_changes_without_a_cost_are_named(lab):
    plan = Scenario("A", "southend").with_change(replace(HUB, cost=Cost())).with_change(SetSpeed(4.0))
    assert without_cost(plan) == (1,)
    assert without_cost_words(plan) == "No cost has been entered yet."
    more = replace(plan, changes=(HUB, *plan.changes[1:], CloseSite("gias-22459"), MoveSite("gias-20338", HUB.at)))
    assert cost_view(lab.effect(more)).without_cost == (3, 4)
    assert without_cost_words(more) == "Changes 3 and 4 have no cost yet, so this is not the whole price."
    assert without_cost_words(Scenario("A", "southend").with_change(HUB)) == ""


@pytest.mark.slow
def test_no_gain_has_no_price(lab):
    view = cost_view(lab.effect(Scenario("A", "southend").with_change(CloseSite("gias-22459", Cost(0, -1000)))))
    assert view.additional < 0
    assert view.per_additional is None
    assert view.per_minute is None


@pytest.mark.parametrize("arguments", [{"measure": "dogs"}, {"group": "moon"}, {"years": 0}])
def test_a_question_that_makes_no_sense(lab, arguments):
    with pytest.raises(InputError):
        cost_view(lab.effect(Scenario("A", "southend")), **arguments)


def test_the_strategy_s_own_figures(pack):
    assert strategy_costs(pack) == {"now": 2356.0, "extra": 800.0}


def test_thirteen_thousand_births_need_almost_five_per_cent_growth_a_year(pack):
    births = strategy_births(pack)
    assert births["without_growth"] == 10_400
    assert births["implied_growth"] == pytest.approx(0.0487, abs=5e-5)
    assert births_over(1040, births["implied_growth"]) == pytest.approx(13_000)


@given(st.floats(1, 1e5), st.floats(-0.2, 0.5), st.integers(2, 30))
def test_implied_growth_undoes_births_over(first, growth, years):
    total = births_over(first, growth, years)
    if first * (1 + 1e-9) < total < births_over(first, 1.0, years):
        assert births_over(first, implied_growth(first, total, years), years) == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize(("first", "total", "years"), [(0, 10, 10), (10, 5, 10), (10, 1e9, 3), (10, 20, 1)])
def test_a_total_that_no_growth_gives(first, total, years):
    with pytest.raises(InputError):
        implied_growth(first, total, years)


@pytest.mark.parametrize(("first", "growth", "years"), [(-1, 0, 1), (1, -1, 1), (1, np.nan, 1), (1, 0, 0)])
def test_births_that_make_no_sense(first, growth, years):
    with pytest.raises(InputError):
        births_over(first, growth, years)


def test_the_view_over_ten_years(lab):
    table = births_view(lab.effect(Scenario("A", "southend").with_change(HUB)), 0.02)
    assert len(table) == 10
    assert table["births"].iloc[0] == pytest.approx(1040)
    assert table["births"].sum() == pytest.approx(births_over(1040, 0.02))
    assert (table["within_reach_after"] > table["within_reach_before"]).all()
    assert (table["within_reach_after"] < table["births"]).all()
    share = table["within_reach_after"] / table["births"]
    assert share.tolist() == pytest.approx(share.round(2).tolist(), abs=1e-12)  # in whole per cents, as shown
