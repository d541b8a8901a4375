"""Scenario lab, buses and trains: each control makes its change, undo takes it back, and faults are told."""

from dataclasses import replace

import pytest

from analysis.scenario.scenario import AddRoute, AtPostcode, CutRoute, MoveStop, RunRoute, ShortenRoute, Stop
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.planned import Every
from tests.pages.lab import plan, press, reached, sentence, told
from ui.lab.state import encode

RIDING = "transit_pram@tuesday,09:00-11:00,assumed"


@pytest.fixture
def riding(empty):
    """A plan whose families ride, the assumed route too."""
    return replace(empty, service="gp_practice", mode=RIDING, within_min=25.0)


def labels(screen):
    return [one.label for one in screen.at.expander]


def test_there_is_nothing_to_change_for_families_who_walk(open_page):
    assert "Buses and trains" not in labels(open_page("scenario_lab"))


@pytest.mark.slow
def test_a_route_is_cut_undone_shortened_and_run_less_often(open_page, lab, riding):
    screen = open_page("scenario_lab", plan=encode(riding))
    assert "Buses and trains" in labels(screen)
    screen.choose("lab-route", "9")
    assert "Its times are assumed" in screen.text
    press(screen, "lab-route-cut")
    cut = riding.with_change(CutRoute("9"))
    assert plan(screen).changes == cut.changes
    assert reached(lab, cut) in sentence(screen)
    assert reached(lab, cut) != reached(lab, riding)
    assert "1. **Cut** route 9" in screen.text
    assert "9" not in screen.at.selectbox(key="lab-route").options
    press(screen, "lab-undo")
    assert plan(screen).changes == ()
    assert reached(lab, riding) in sentence(screen)

    screen.choose("lab-route", "9")
    screen.choose("lab-route-first", "15800020")  # the longest way begins at the beach
    screen.choose("lab-route-of-every", 2)
    press(screen, "lab-route-shorten")
    assert plan(screen).changes == (ShortenRoute("9", "15800020", "15800461", 2),)

    screen.at.text_input(key="lab-route-starts").set_value("9:30").run()
    screen.at.number_input(key="lab-route-every").set_value(45).run()
    press(screen, "lab-route-run")
    often = Every(WEEKDAYS[:5], "09:30", "19:00", 45.0)
    assert plan(screen).changes[1:] == (RunRoute("9", often),)
    assert reached(lab, plan(screen)) in sentence(screen)


@pytest.mark.slow
def test_a_new_route_and_a_stop_that_moves(open_page, lab, riding):
    screen = open_page("scenario_lab", plan=encode(riding))
    press(screen, "lab-route-add")
    assert "Give the new route a name" in told(screen)
    stops = ["15800001", "15800019", "15800737"]
    screen.at.text_input(key="lab-route-name").set_value("9X").run()
    screen.choose("lab-route-stops", stops)
    screen.at.text_input(key="lab-new-route-until").set_value("06:00").run()
    press(screen, "lab-route-add")
    assert "From 07:00 is not before until 06" in told(screen)
    assert plan(screen).changes == ()
    screen.at.text_input(key="lab-new-route-until").set_value("20:00").run()
    screen.at.number_input(key="lab-new-route-every").set_value(10).run()
    press(screen, "lab-route-add")
    every = (Every(WEEKDAYS[:5], "07:00", "20:00", 10.0),)
    assert plan(screen).changes == (AddRoute("9X", tuple(map(Stop, stops)), every),)
    assert reached(lab, plan(screen)) in sentence(screen)
    assert screen.chosen("lab-route-stops") == []

    screen.choose("lab-stop", "15800001")
    screen.choose("lab-stop-move", "SS3 9NS")
    assert plan(screen).changes[1:] == (MoveStop("15800001", AtPostcode("SS3 9NS")),)
    assert reached(lab, plan(screen)) in sentence(screen)


@pytest.mark.slow
def test_an_assumed_route_is_not_offered_where_it_does_not_count(open_page, riding):
    screen = open_page("scenario_lab", plan=encode(replace(riding, mode="transit_pram")))
    assert "c2c" in screen.at.selectbox(key="lab-route").options
    assert "9" not in screen.at.selectbox(key="lab-route").options
