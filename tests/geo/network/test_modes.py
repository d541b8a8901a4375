import pytest

from geo.errors import InputError, UnknownNameError
from geo.network.modes import KNOWN_CLASSES, MODES, mode_named
from geo.timetable.timing import Timing
from tests.samples import RULES


def test_modes_are_those_of_the_design():
    assert {name for name, mode in MODES.items() if mode.timing is None} == set(RULES)
    for name, rules in RULES.items():
        mode = MODES[name]
        assert mode.name == name
        assert mode.label
        assert (mode.speed_kmh, mode.connector_kmh) == (rules.speed_kmh, rules.connector_kmh)
        assert (mode.one_way, mode.steps_penalty_s, mode.level_only) == (rules.oneway, rules.steps_s, rules.level)
        assert mode.classes == rules.allowed
        assert mode.congestion_factor == rules.congestion


@pytest.mark.parametrize(("name", "walks"), [("transit_pram", "walk_pram"), ("transit_adult", "walk_adult")])
def test_a_mode_by_timetable_walks_as_another_mode(name, walks):
    mode = MODES[name]
    assert mode.walking == MODES[walks]
    assert not mode.on_foot
    assert mode.at_speed(2.5).walking == MODES[walks].at_speed(2.5)
    assert mode.with_steps_penalty(30).walking == MODES[walks].with_steps_penalty(30)


@pytest.mark.parametrize(
    "timing",
    [
        Timing(),
        Timing("saturday", 600, 720),
        Timing("2023-06-13", 0, 1440, "nine_in_ten", True),
        Timing("sunday", boardings=2, longest_walk_min=12.5, longest_change_min=5, longest_wait_min=45, change_s=120),
    ],
)
def test_the_name_of_a_timed_mode_says_when(timing):
    mode = MODES["transit_pram"].timed(timing)
    assert mode_named(mode.name) == mode
    assert mode.timing == timing
    assert mode.kind == "transit_pram"
    assert (mode.name == "transit_pram") == (timing == Timing())


@pytest.mark.parametrize("name", ["walk_pram@tuesday", "drive@09:00-10:00"])
def test_what_goes_by_no_timetable_has_no_day(name):
    with pytest.raises(InputError, match="no timetable"):
        mode_named(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("someday", "is no day"),
        ("2023-02-30", "is no day"),
        ("11:00-09:00", "is no window"),
        ("09:00-25:00", "no time of day"),
        ("boardings=9", "out of range"),
        ("walk=61", "out of range"),
        ("wait=181", "out of range"),
        ("colour=3", "is no day"),
    ],
)
def test_a_timing_that_makes_no_sense_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        mode_named(f"transit_pram@{text}")


def test_another_speed_keeps_the_rest():
    slow = MODES["walk_pram"].at_speed(3.0)
    assert (slow.speed_kmh, slow.connector_kmh) == (3.0, 3.0)
    assert (slow.name, slow.steps_penalty_s) == ("walk_pram", 120.0)
    assert MODES["walk_pram"].speed_kmh == 3.6


@pytest.mark.parametrize("speed_kmh", [0, -1, 1e-9, 131, float("nan"), float("inf")])
def test_impossible_speeds_are_refused(speed_kmh):
    with pytest.raises(InputError, match="out of range"):
        MODES["cycle"].at_speed(speed_kmh)


def test_a_car_has_no_one_speed():
    with pytest.raises(InputError, match="congestion_factor"):
        MODES["drive"].at_speed(30)


@pytest.mark.parametrize("highway", ["no", "elevator", "corridor", "construction", "proposed", "razed", "", "yes"])
def test_what_is_no_street_is_used_by_nobody(highway):
    assert highway not in KNOWN_CLASSES
    assert not any(highway in mode.classes for mode in MODES.values())


def test_steps_cost_what_is_asked():
    assert MODES["walk_pram"].with_steps_penalty(30).steps_penalty_s == 30
    assert MODES["walk_adult"].with_steps_penalty(30).at_speed(3).steps_penalty_s == 30
    assert MODES["walk_pram"].steps_penalty_s == 120


@pytest.mark.parametrize("seconds", [-1, 3601, float("nan"), float("inf")])
def test_impossible_costs_of_steps_are_refused(seconds):
    with pytest.raises(InputError, match="out of range"):
        MODES["walk_pram"].with_steps_penalty(seconds)


@pytest.mark.parametrize("name", ["wheelchair", "cycle", "drive"])
def test_modes_without_steps_have_no_cost_of_them(name):
    with pytest.raises(InputError, match=f"{name} takes no steps"):
        MODES[name].with_steps_penalty(60)


def test_unknown_mode_lists_the_valid_ones():
    assert mode_named("cycle") is MODES["cycle"]
    with pytest.raises(UnknownNameError) as caught:
        mode_named("horse")
    assert caught.value.valid == list(MODES)
    assert "walk_pram" in str(caught.value)
