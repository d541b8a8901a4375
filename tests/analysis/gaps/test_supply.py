import access as pysal
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.gaps.supply import Decay, supply, two_step
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.modes import MODES

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


def by_hand(people, capacity, seconds, decay):
    """The two steps, one pair at a time."""

    def weight(time_s):
        for end, value in zip(decay.until_min, decay.weights, strict=True):
            if time_s <= end * 60:
                return value
        return 0.0

    ratios = []
    for site in range(len(capacity)):
        competing = sum(people[home] * weight(seconds[home][site]) for home in range(len(people)))
        ratios.append(capacity[site] / competing if competing > 0 else 0.0)
    return [
        sum(ratios[site] * weight(seconds[home][site]) for site in range(len(capacity))) for home in range(len(people))
    ]


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_equals_the_loop(seed):
    random = np.random.default_rng(seed)
    homes, sites = random.integers(1, 8), random.integers(1, 6)
    people = random.choice([0.0, 1.0, 3.5], homes)
    capacity = random.choice([0.0, 1.0, 40.0], sites)
    seconds = random.choice([0.0, 599.0, 600.0, 601.0, 1200.0, 1799.0, 1800.0, 1801.0, np.inf], (homes, sites))
    decay = Decay()
    assert two_step(people, capacity, seconds, decay).tolist() == pytest.approx(
        by_hand(people, capacity, seconds, decay)
    )


def test_a_known_case():
    """Two sites of 10 places: 20 children beside the first, 10 more in its second zone and beside the other."""
    people, capacity = np.array([20.0, 10.0]), np.array([10.0, 10.0])
    seconds = np.array([[300.0, 3000.0], [900.0, 300.0]])
    first = 10 / (20 + 0.68 * 10)
    assert two_step(people, capacity, seconds, Decay()).tolist() == pytest.approx([first, 0.68 * first + 1.0])


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_the_mean_is_all_the_capacity_that_can_be_reached(seed):
    random = np.random.default_rng(seed)
    people, capacity = random.uniform(0.1, 5, 12), random.uniform(0, 30, 4)
    seconds = random.uniform(0, 3000, (12, 4))
    reached = (seconds <= 1800).any(axis=0)
    found = two_step(people, capacity, seconds, Decay())
    assert people @ found == pytest.approx(capacity[reached].sum())


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_equals_pysal_access():
    random = np.random.default_rng(4)
    people, capacity = random.integers(1, 50, 15), random.integers(1, 9, 5)
    minutes = random.integers(1, 40, (15, 5)).astype(float)
    cost = pd.DataFrame(
        [(home, site, minutes[home, site]) for home in range(15) for site in range(5)],
        columns=["origin", "dest", "cost"],
    )
    theirs = pysal.Access(
        demand_df=pd.DataFrame({"id": range(15), "people": people}),
        demand_index="id",
        demand_value="people",
        supply_df=pd.DataFrame({"id": range(5), "places": capacity}),
        supply_index="id",
        supply_value="places",
        cost_df=cost,
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )
    zones = pysal.weights.step_fn({10: 1.0, 20: 0.68, 30: 0.22})
    found = theirs.enhanced_two_stage_fca(name="e2sfca", cost="cost", max_cost=30, weight_fn=zones)
    mine = two_step(people.astype(float), capacity.astype(float), minutes * 60, Decay())
    expected = found.iloc[:, 0].reindex(range(15)).fillna(0)
    assert mine.tolist() == pytest.approx(expected.tolist())


def test_southend_gp_practices(pack):
    access = Access.of(pack, MODES["walk_pram"])
    sites = pack.services_of("gp_practice")
    found = supply(access, sites, **CHILDREN)
    assert found.assumed == sites.index.tolist()
    people = pack.measure(**CHILDREN)
    reached = (access.to_sites(sites, limit_s=1800, matrix=True).matrix_s <= 1800).any(axis=0).sum()
    assert found.areas.loc["borough", "per_1000"] == pytest.approx(1000 * reached / people.sum())
    assert found.areas.loc["borough", "to_borough"] == 1
    assert found.areas["none_share"].between(0, 1).all()
    doubled = supply(access, sites, **CHILDREN, capacity=dict.fromkeys(sites.index, 2.0))
    assert doubled.per_1000 == pytest.approx(2 * found.per_1000)
    assert doubled.assumed == []


@pytest.mark.parametrize(
    ("until", "weights"),
    [((), ()), ((10, 5), (1, 0.5)), ((10, 20), (0.5, 1)), ((10,), (1, 0.5)), ((0, 5), (1, 1)), ((5,), (1.5,))],
)
def test_senseless_zones_are_refused(until, weights):
    with pytest.raises(InputError):
        Decay(until, weights)


def test_senseless_input_is_refused():
    with pytest.raises(InputError, match="do not fit"):
        two_step(np.ones(2), np.ones(3), np.ones((3, 2)), Decay())
    with pytest.raises(InputError, match="capacity"):
        two_step(np.ones(1), np.array([-1.0]), np.ones((1, 1)), Decay())
