"""The basket's code in the address: short, complete, and refused when it cannot be."""

import pytest

from analysis.reach.basket import read_basket
from ui.gaps.basket_editor import basket_code, read_code


@pytest.fixture(scope="module")
def basket():
    return read_basket()


def test_usual_basket_leaves_no_trace(basket):
    assert basket_code(basket, basket) == ""
    assert read_code("", basket) == basket


def test_code_holds_what_differs_and_comes_back(basket):
    changed = basket.changed(thresholds_min={"library": 20}, weights={"gp_practice": 0.25})
    code = basket_code(changed, basket)
    assert code == "gp_practice-20-0.25~library-20-1"
    assert read_code(code, basket) == changed


@pytest.mark.parametrize(
    "code",
    [
        "library",
        "library-20",
        "nope-20-1",
        "library-21-1",
        "library-0-1",
        "library-125-1",
        "library-20-11",
        "library-20-nan",
        "library--20-1",
    ],
)
def test_bad_codes_are_refused(code, basket):
    with pytest.raises(ValueError, match=r".+"):
        read_code(code, basket)


def test_a_basket_without_weight_is_refused(basket):
    code = "~".join(f"{item.service}-{item.threshold_min:g}-0" for item in basket)
    with pytest.raises(ValueError, match="add up to nothing"):
        read_code(code, basket)
