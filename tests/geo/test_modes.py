import pytest

from geo.errors import InputError, UnknownNameError
from geo.modes import MODES, mode_named
from tests.samples import RULES


def test_modes_are_those_of_the_design():
    assert set(MODES) == set(RULES)
    for name, rules in RULES.items():
        mode = MODES[name]
        assert mode.name == name
        assert mode.label
        assert (mode.speed_kmh, mode.connector_kmh) == (rules.speed_kmh, rules.connector_kmh)
        assert (mode.obeys_oneway, mode.steps_penalty_s) == (rules.oneway, rules.steps_s)
        assert mode.excluded_classes == rules.banned
        assert mode.congestion_factor == rules.congestion


def test_another_speed_keeps_the_rest():
    slow = MODES["walk_pram"].at_speed(3.0)
    assert (slow.speed_kmh, slow.connector_kmh) == (3.0, 3.0)
    assert (slow.name, slow.steps_penalty_s) == ("walk_pram", 120.0)
    assert MODES["walk_pram"].speed_kmh == 3.6


@pytest.mark.parametrize("speed_kmh", [0, -1, 131, float("nan"), float("inf")])
def test_impossible_speeds_are_refused(speed_kmh):
    with pytest.raises(InputError, match="out of range"):
        MODES["cycle"].at_speed(speed_kmh)


def test_a_car_has_no_one_speed():
    with pytest.raises(InputError, match="congestion_factor"):
        MODES["drive"].at_speed(30)


def test_unknown_mode_lists_the_valid_ones():
    assert mode_named("cycle") is MODES["cycle"]
    with pytest.raises(UnknownNameError) as caught:
        mode_named("horse")
    assert caught.value.valid == list(MODES)
    assert "walk_pram" in str(caught.value)
