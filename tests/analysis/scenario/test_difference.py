"""Two plans against each other: every person in one class, as a loop over homes finds it."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.scenario.difference import BOTH, CLASSES, NEITHER, ONLY_A, ONLY_B, difference
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddLink, AddSite, CloseSite, Point, Scenario, Venue
from analysis.travel.streets import street_pieces
from geo.errors import InputError

BASE = Scenario("Now", "southend")
HUB = replace(BASE, name="Hub").with_change(AddSite("hub", "Hub", Venue("lib-shoeburyness-library")))
CLOSED = replace(BASE, name="Closed").with_change(CloseSite("gias-22459"))


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


def by_hand(a, b, people, inside):
    found = dict.fromkeys(CLASSES, 0.0)
    limits = [one.scenario.within_min * 60 for one in (a, b)]
    for count, here, s_a, s_b in zip(people, inside, a.after_s.tolist(), b.after_s.tolist(), strict=True):
        in_a, in_b = s_a <= limits[0], s_b <= limits[1]
        name = "both" if in_a and in_b else "only_a" if in_a else "only_b" if in_b else "neither"
        found[name] += count if here else 0
    return found


@pytest.mark.parametrize("other", [CLOSED, replace(HUB, within_min=10.0), BASE])
def test_people_equal_a_loop_over_homes(pack, lab, other):
    a, b = lab.effect(HUB), lab.effect(other)
    found = difference(a, b)
    people = pack.measure("children_0_3", "strategy")
    wards = found.table("ward", "children_0_3")
    for code in wards.index:
        want = by_hand(a, b, people, pack.demand["ward"] == code)
        assert wards.loc[code, list(CLASSES)].astype(float).to_dict() == pytest.approx(want), code
    group = found.table("group", "children_0_3").loc["borough"]
    assert group[list(CLASSES)].astype(float).to_dict() == pytest.approx(by_hand(a, b, people, [True] * len(people)))
    np.testing.assert_allclose(wards[list(CLASSES)].sum(axis=1), wards["total"])


def test_turning_the_plans_round_turns_the_classes_round(lab):
    there, back = difference(lab.effect(HUB), lab.effect(CLOSED)), difference(lab.effect(CLOSED), lab.effect(HUB))
    turned = np.array([NEITHER, BOTH, ONLY_B, ONLY_A])
    assert (there.homes == turned[back.homes]).all()
    assert {ONLY_A, BOTH, NEITHER} <= set(there.homes)


def test_shown_figures_are_rounded(lab):
    shown = difference(lab.effect(HUB), lab.effect(CLOSED)).shown("ward", "children_in_poverty")
    true = difference(lab.effect(HUB), lab.effect(CLOSED)).table("ward", "children_in_poverty")
    for name in CLASSES:
        assert (abs(shown[name] - true[name]) <= 5).all()
        assert ((shown[name] % 5 == 0) | (shown[name] % 1 != 0) | (shown[name] == shown["total"])).all()
    np.testing.assert_allclose(shown["total"], true["total"], atol=3)


def test_streets_are_classed_as_the_homes_on_them(pack, lab):
    found = difference(lab.effect(HUB), lab.effect(CLOSED))
    access = lab.times(lab.effect(BASE).after.mode).access
    pieces = street_pieces(access)
    classes = found.streets(pieces, access)
    assert set(classes) == {NEITHER, BOTH, ONLY_A}
    of_edge = {}
    for edge, kind in zip(pieces.edge.tolist(), classes.tolist(), strict=True):
        of_edge.setdefault(edge, set()).add(kind)
    # A home on a street of one class alone, and no further from it than a few steps, is of that class.
    sure = [
        (home, kinds)
        for home, edge in enumerate(access.homes.edge.tolist())
        if len(kinds := of_edge.get(edge, set())) == 1 and access.homes.connector_m[home] < 20
    ]
    agree = sum({int(found.homes[home])} == kinds for home, kinds in sure)
    assert len(sure) > 500
    assert agree > 0.95 * len(sure)


def test_a_plan_with_a_path_of_its_own_is_drawn_on_the_same_streets(lab):
    path = AddLink("Path", Point(588_000.0, 186_500.0), Point(588_400.0, 186_500.0))
    with_path = lab.effect(replace(HUB, name="Path").with_change(path))
    access = lab.times(lab.effect(BASE).after.mode).access
    pieces = street_pieces(access)
    classes = difference(with_path, lab.effect(HUB)).streets(pieces, access)
    assert len(classes) == len(pieces.lines)
    assert (classes != ONLY_B).mean() > 0.999  # a path takes nobody out of reach


def test_plans_that_count_other_figures_are_not_compared(lab):
    with pytest.raises(InputError, match="counts people by strategy and “Hub” by census_2011"):
        difference(lab.effect(BASE), lab.effect(replace(HUB, baseline="census_2011")))
