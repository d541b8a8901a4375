"""Plans that change buses and trains: what they do to journeys, and what of them stands in a file."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scenario.file import from_dict, from_json, to_dict, to_json
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import (
    AddLink,
    AddRoute,
    AtPostcode,
    Cost,
    CutRoute,
    History,
    LonLat,
    MoveStop,
    Point,
    RunRoute,
    Scenario,
    ShortenRoute,
    Stop,
    Venue,
)
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.packs import open_pack
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.changes import changed, route_keys
from geo.timetable.planned import Every, NewStop, RouteAdded, RouteCut
from geo.timetable.timetable import Timetable
from wording.lab import headline

PACK = open_pack("southend")
LAB = Lab(PACK)
RIDING = "transit_pram@tuesday,09:00-11:00,assumed"
BASE = Scenario("x", "southend", service="gp_practice", mode=RIDING, within_min=25.0)
OFTEN = Every(WEEKDAYS[:5], "07:00", "19:00", 15.0)
NEW = AddRoute("9X", (Stop("15800001"), Stop("15800019"), AtPostcode("SS3 9NS")), (OFTEN,), speed_kmh=20.0)
CHANGES = (
    NEW,
    AddRoute("N", (Venue("lib-shoeburyness-library"), LonLat(0.75, 51.54)), (OFTEN, OFTEN), "tram", 18.0, False),
    RunRoute("9", OFTEN, Cost(1.0, 2.0)),
    ShortenRoute("9", "15800460", "15800019", 2),
    CutRoute("9", Cost(0.0, -5.0)),
    MoveStop("15800001", AtPostcode("SS3 9NS")),
)
few = settings(max_examples=12, deadline=None)
stop_ids = st.sampled_from(PACK.timetable.stop_ids)


def no_later(one_s, other_s):
    """Whether no time of the first is longer than of the second; a hundredth of a second is rounding."""
    return bool((np.nan_to_num(one_s, posinf=1e9) <= np.nan_to_num(other_s, posinf=1e9) + 0.01).all())


@few
@given(st.lists(stop_ids, min_size=2, max_size=6, unique=True), st.integers(2, 60), st.integers(8, 60), st.booleans())
def test_a_new_route_makes_nobody_later(stops, minutes, speed, assumed):
    base = BASE if assumed else replace(BASE, mode="transit_pram")
    route = AddRoute("new", tuple(map(Stop, stops)), (replace(OFTEN, every_min=minutes),), speed_kmh=float(speed))
    effect = LAB.effect(base.with_change(route))
    assert no_later(effect.after_s, effect.before_s)


@few
@given(st.sets(st.sampled_from(sorted(route_keys(PACK.timetable))), min_size=1), st.sampled_from([25.0, 60.0]))
def test_a_cut_makes_nobody_earlier(routes, within):
    plan = replace(BASE, service="hospital", within_min=within, changes=tuple(map(CutRoute, sorted(routes))))
    effect = LAB.effect(plan)
    assert no_later(effect.before_s, effect.after_s)
    assert "9" not in routes or (effect.after_s > effect.before_s).any()


def test_what_a_plan_does_is_what_its_timetable_does():
    practices = PACK.services_of("gp_practice")[["easting", "northing"]].to_numpy()
    end = PACK.timetable.stop_xy[PACK.timetable.stop_ids.index("15800001")]
    x, y = (float(axis) for axis in practices[np.argmin(np.hypot(*(practices - end).T))])
    every = (replace(OFTEN, every_min=4.0),)
    for plan, timetable in (
        (BASE.with_change(CutRoute("9")), changed(PACK.timetable, [RouteCut("9")])),
        (
            BASE.with_change(AddRoute("n", (Stop("15800001"), Point(x, y)), every)),
            changed(
                PACK.timetable,
                [RouteAdded("n", "bus", ("15800001", NewStop("q", "", x, y)), every, 15.0)],
            ),
        ),
    ):
        access = Access.of(replace(PACK, timetable=timetable), mode_named(RIDING))
        effect = LAB.effect(plan)
        assert np.allclose(effect.after_s, access.to_category("gp_practice").nearest_s, atol=0.01)
        assert not np.allclose(effect.after_s, effect.before_s)


def test_without_any_vehicle_a_plan_is_a_walk():
    cuts = tuple(CutRoute(key) for key in route_keys(PACK.timetable))
    effect = LAB.effect(replace(BASE, changes=cuts))
    walking = Access.of(PACK, mode_named(RIDING).walking).to_category("gp_practice").nearest_s
    assert np.allclose(effect.after_s, walking, atol=0.01)


def test_a_change_that_is_undone_gives_what_was_there():
    start = History(BASE)
    before = LAB.effect(start.now)
    edited = start.edit(BASE.with_change(CutRoute("9")))
    after = LAB.effect(edited.now)
    assert LAB.effect(edited.undo().now) is before
    assert LAB.effect(edited.undo().redo().now) is after
    other = LAB.effect(replace(edited.now, service="library"))
    assert other.after_times is after.after_times
    assert after.before_times is before.before_times is before.after_times


def test_links_and_routes_go_together():
    link = AddLink("l", AtPostcode("SS3 9XX"), AtPostcode("SS3 9YD"))
    both = LAB.effect(replace(BASE, changes=(link, NEW)))
    for alone in (link, NEW):
        assert no_later(both.after_s, LAB.effect(BASE.with_change(alone)).after_s)


def test_a_plan_on_foot_says_that_its_buses_do_not_count():
    for mode, says in (("walk_pram", True), (RIDING, False)):
        effect = LAB.effect(replace(BASE, mode=mode, changes=(NEW,)))
        assert ("counts only for journeys by bus and train" in headline(effect, "children_0_3")) is says
        assert (effect.after_times is effect.before_times) is says


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_a_file_gives_back_the_change(change):
    plan = BASE.with_change(change)
    assert from_json(to_json(plan)) == plan
    assert from_json(to_json(plan)).cost == getattr(change, "cost", Cost())
    LAB.effect(plan)


def test_weekdays_of_a_file_come_into_the_order_of_a_week():
    content = to_dict(replace(BASE, changes=(NEW, RunRoute("9", OFTEN))))
    content["changes"][0]["every"][0]["weekdays"].reverse()
    content["changes"][1]["every"]["weekdays"].reverse()
    content["changes"][1]["route"] = "9"
    assert from_dict(content).changes == (NEW, RunRoute("9", OFTEN))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"change": "cut_route"}, "route"),
        ({"change": "cut_route", "route": ""}, "route"),
        ({"change": "shorten_route", "route": "9", "first": "a"}, "last"),
        ({"change": "shorten_route", "route": "9", "first": "a", "last": "b", "of_every": 0}, "of_every"),
        ({"change": "add_route", "name": "x", "stops": [{"stop": "a"}], "every": []}, "stops"),
        (
            {"change": "run_route", "route": "9", "every": {"weekdays": ["monday"], "starts": "7", "until": "9"}},
            "every",
        ),
        ({"change": "move_stop", "stop": "a", "at": {"stop": "b", "service": "c"}}, r"changes\[0\].at"),
    ],
)
def test_a_file_that_is_not_well_formed_is_refused(row, words):
    with pytest.raises(InputError, match=words):
        from_dict({**to_dict(BASE), "changes": [row]})


def test_a_window_that_ends_before_it_begins_is_refused_with_its_place():
    row = {"change": "run_route", "route": "9", "every": json.loads(json.dumps(vars(OFTEN))) | {"until": "06:00"}}
    with pytest.raises(InputError, match=r"changes\[0\].*not before until 06:00"):
        from_dict({**to_dict(BASE), "changes": [row]})


def test_what_the_area_does_not_have_is_refused():
    for change in (CutRoute("none"), MoveStop("none", Stop("15800001")), MoveStop("15800001", Stop("none"))):
        with pytest.raises(InputError, match=r"change 1 .*none"):
            LAB.effect(BASE.with_change(change))
    with pytest.raises(InputError, match="no timetable"):
        Lab(replace(PACK, timetable=Timetable.empty())).effect(replace(BASE, mode="walk_pram", changes=(NEW,)))
