import numpy as np
import pytest

from analysis.gaps.isolation import home_isolation, isolation
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.modes import MODES

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


@pytest.fixture(scope="module")
def found(southend):
    return isolation(southend, **CHILDREN)


def test_parts_sum_to_the_figure(found):
    assert found.parts.sum(axis=1).tolist() == pytest.approx(found.areas["isolation"].tolist(), abs=1e-9)
    assert (found.parts >= 0).all(axis=None)
    assert found.areas["isolation"].between(0, 100).all()


def test_it_is_the_mean_over_children_of_the_weight_beyond_reach(pack, southend, found):
    people = pack.measure(**CHILDREN)
    figure = np.zeros(len(people))
    for home in range(len(people)):
        missed = [
            item.weight
            for row, item in enumerate(southend.basket)
            if southend.seconds[row, home] > item.threshold_min * 60
        ]
        figure[home] = 100 * sum(missed) / sum(item.weight for item in southend.basket)
    assert home_isolation(southend) == pytest.approx(figure)
    ward = pack.demand["ward"].to_numpy()
    for code in pack.wards.index:
        mean = np.average(figure[ward == code], weights=people[ward == code])
        assert found.areas.loc[code, "isolation"] == pytest.approx(mean)
    assert found.areas.loc["borough", "isolation"] == pytest.approx(np.average(figure, weights=people))


def test_ranks_run_from_the_most_isolated_and_their_band_is_honest(pack, found):
    wards = found.areas.loc[pack.wards.index].sort_values("rank")
    assert wards["isolation"].is_monotonic_decreasing
    assert wards["rank"].iloc[0] == 1
    assert (wards["rank_low"] <= wards["rank_high"]).all()
    assert wards["keeps_rank"].between(0, 1).all()
    assert wards["keeps_rank"].min() < 0.5, "some ranks do not hold, and that must show"
    assert found.areas.index[:17].tolist() == wards.index.tolist()


def test_draws_are_the_same_each_time(southend, found):
    again = isolation(southend, **CHILDREN)
    assert again.areas.equals(found.areas)


def test_without_any_band_every_rank_holds(southend):
    still = isolation(southend, **CHILDREN, draws=20, weight_band=0, speeds_kmh=(3.6, 3.6)).areas
    assert (still["keeps_rank"].dropna() == 1).all()
    assert still["low"].tolist() == pytest.approx(still["isolation"].tolist())
    none = isolation(southend, **CHILDREN, draws=0).areas
    assert none["high"].tolist() == none["isolation"].tolist()


def test_a_slower_walk_is_what_a_slower_mode_gives(pack, southend):
    """Rescaling the threshold stands for searching again at another speed, but for the penalty of steps."""
    slow = Access.of(pack, MODES["walk_pram"].at_speed(3.2))
    walked = isolation(survey(pack, southend.basket, access={"walk_pram": slow}), **CHILDREN, draws=0).areas
    drawn = isolation(southend, **CHILDREN, draws=2, weight_band=0, speeds_kmh=(3.2, 3.2)).areas
    assert drawn.loc[walked.index, "low"].tolist() == pytest.approx(walked["isolation"].tolist(), abs=0.2)


def test_higher_thresholds_never_isolate_more(southend, found):
    basket = southend.basket
    longer = basket.changed(thresholds_min={item.service: 1.5 * item.threshold_min for item in basket})
    after = isolation(southend.with_basket(longer), **CHILDREN, draws=0).areas["isolation"]
    assert (after <= found.areas["isolation"][after.index] + 1e-9).all()


@pytest.mark.parametrize("wrong", [{"draws": -1}, {"weight_band": 2}, {"speeds_kmh": (4, 3)}, {"speeds_kmh": (0, 3)}])
def test_senseless_bands_are_refused(southend, wrong):
    with pytest.raises(InputError):
        isolation(southend, **CHILDREN, **wrong)
