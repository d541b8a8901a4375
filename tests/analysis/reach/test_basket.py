import numpy as np
import pytest

from analysis.reach.basket import Basket, BasketItem, read_basket
from geo.errors import InputError, UnknownNameError

ROW = """
[[service]]
service = "library"
threshold_min = {minutes}
mode = "walk_pram"
weight = {weight}
reason = "Ours."
"""


def test_the_default_names_every_service_of_the_brief_with_a_reason():
    basket = read_basket()
    assert set(basket.services) == {
        "childrens_centre",
        "gp_practice",
        "health_clinic",
        "hospital",
        "nursery",
        "library",
        "pharmacy",
        "dentist",
        "playground",
        "town_centre",
        "rail_station",
    }
    assert all(len(item.reason) > 20 for item in basket)
    assert basket.weights.sum() == pytest.approx(1)


def test_changes_leave_the_rest_alone():
    basket = read_basket()
    other = basket.changed(thresholds_min={"library": 10}, weights={"dentist": 0}, mode="walk_adult")
    assert other.item("library").threshold_min == 10
    assert other.item("dentist").weight == 0
    assert {item.mode for item in other} == {"walk_adult"}
    assert basket == read_basket()
    assert other.item("nursery").threshold_min == basket.item("nursery").threshold_min
    assert basket.changed(services=["nursery", "library"]).services == ["nursery", "library"]
    assert np.array_equal(other.thresholds_s, [item.threshold_min * 60 for item in other])


def test_only_ratios_of_weights_matter():
    basket = read_basket()
    doubled = basket.changed(weights={item.service: 2 * item.weight for item in basket})
    assert doubled.weights == pytest.approx(basket.weights)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no \\[\\[service\\]\\] table"),
        ("[[service]\n", "cannot be read"),
        (ROW.format(minutes=0, weight=1), "threshold of 0"),
        (ROW.format(minutes="nan", weight=1), "threshold of nan"),
        (ROW.format(minutes='"ten"', weight=1), "service 1 \\(library\\): threshold_min must be a number"),
        (ROW.format(minutes=10, weight=-1), "weight of -1"),
        (ROW.format(minutes=10, weight=0), "add up to nothing"),
        (ROW.format(minutes=10, weight=1) * 2, "twice: library"),
        (
            ROW.format(minutes=10, weight=1).replace("reason", "why"),
            "library.: reason is missing; .*: why is not one",
        ),
    ],
)
def test_a_bad_table_says_what_is_wrong(write, text, words):
    with pytest.raises(InputError, match=words):
        read_basket(write("basket.toml", text))


def test_unknown_names_list_the_valid_ones(write):
    with pytest.raises(UnknownNameError, match="valid: childrens_centre"):
        read_basket(write("basket.toml", ROW.format(minutes=10, weight=1).replace("library", "pub")))
    with pytest.raises(UnknownNameError, match="walk_pram"):
        BasketItem("library", 10, "hop", 1, "Ours.")
    with pytest.raises(UnknownNameError, match="service of the list"):
        read_basket().changed(weights={"museum": 1})


def test_a_basket_of_nothing_is_refused():
    with pytest.raises(InputError, match="nothing"):
        Basket(())
