"""What a plan asks and changes, in words."""

import typing

import pytest
from typer.testing import CliRunner

from analysis.scenario.file import to_json
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import (
    AddLink,
    AddOutreach,
    AddRoute,
    AddSite,
    AtPostcode,
    Change,
    ChangeOffer,
    CloseSite,
    CutRoute,
    MoveSite,
    MoveStop,
    Point,
    RunRoute,
    Scenario,
    SetSpeed,
    ShortenRoute,
    Stop,
    Venue,
)
from cli import app
from geo.errors import UnknownNameError
from geo.network.modes import MODES
from geo.packs import open_pack
from geo.services import with_article
from geo.timetable.planned import Every
from wording.scenario import change_words, question, site_names, spot_words, travelling

NAMES = {"a": "Avro Centre"}
OFTEN = Every(("monday", "friday"), "07:00", "19:00", 15.0)
SENTENCES = {
    AddSite("n", "Hub", Venue("lib-shoeburyness-library"), ("Talk",), 1040.0): (
        "Open “Hub” at Shoeburyness Library (Talk; 1,040 places a week)."
    ),
    MoveSite("a", AtPostcode("SS3 9NS")): "Move Avro Centre to SS3 9NS.",
    CloseSite("gone"): "Close gone.",
    ChangeOffer("a", (), 12.0): "Change what Avro Centre offers (no programme; 12 places a week).",
    AddOutreach("n", "Play", Point(588000.4, 185000.0), ("monday", "tuesday"), "10:00", 90.0, 12, 40): (
        "Run sessions “Play” at a place near Western Esplanade, Milton: Mondays and Tuesdays from 10:00 for 90 "
        "minutes, 12 families each, 40 weeks a year."
    ),
    AddLink("Gate", AtPostcode("SS3 9NS"), Venue("unknown")): "Make a path “Gate” from SS3 9NS to unknown.",
    AddRoute("9X", (Stop("15800001"), Venue("lib-shoeburyness-library")), (OFTEN,), speed_kmh=14.5): (
        "Run a new bus 9X from East Beach (SW-bound) to Shoeburyness Library and back (2 stops, 14.5 km/h in a "
        "straight line): every 15 minutes from 07:00 until 19:00 on Mondays and Fridays."
    ),
    RunRoute(
        "9", OFTEN
    ): "Run route 9 every 15 minutes from 07:00 until 19:00 on Mondays and Fridays, in each direction.",
    ShortenRoute("9", "15800460", "15800019", 2): (
        "Run one of every 2 departures of route 9 only from Rayleigh Avenue (adj) to Shoebury Asda (o/s)."
    ),
    CutRoute("9"): "Cut route 9.",
    MoveStop("gone", AtPostcode("SS3 9NS")): "Move the stop gone to SS3 9NS.",
    SetSpeed(3.2): "Families travel at 3.2 km/h, now as with the plan.",
}


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def test_every_kind_of_change_has_its_sentence(pack):
    assert {type(change) for change in SENTENCES} == set(typing.get_args(Change))
    assert {change: change_words(pack, change, NAMES) for change in SENTENCES} == SENTENCES


@pytest.mark.parametrize(
    ("noun", "words"),
    [("library", "a library"), ("NHS hospital", "an NHS hospital"), ("GP practice", "a GP practice"), ("hub", "a hub")],
)
def test_the_article_is_the_spoken_one(noun, words):
    assert with_article(noun) == words


def test_the_question_names_service_limit_and_way():
    assert question(Scenario("x", "southend")) == "a children's centre within 15 minutes walking with a pram"
    slow = Scenario("x", "southend").with_change(SetSpeed(3.0)).with_change(SetSpeed(2.4))
    assert question(slow) == "a children's centre within 15 minutes walking with a pram at 2.4 km/h"
    asked = question(Scenario("x", "southend", service="hospital", mode="drive", within_min=20.0))
    assert asked == "an NHS hospital within 20 minutes driving"


def test_every_mode_has_words_and_an_unknown_one_is_refused():
    assert all(travelling(mode) and travelling(mode) == travelling(mode).strip() for mode in MODES)
    with pytest.raises(UnknownNameError, match="sledge"):
        travelling("sledge")


def test_names_of_sites_hold_the_new_and_the_closed(pack):
    plan = Scenario("x", "southend", changes=(AddSite("new", "Hub", AtPostcode("SS3 9NS")), CloseSite("gias-22422")))
    names = site_names(Lab(pack).effect(plan))
    assert names["new"] == "Hub"
    assert names["gias-22422"] == pack.services["name"]["gias-22422"]
    assert spot_words(pack, Venue("gias-22422")) == names["gias-22422"]


@pytest.mark.slow
def test_plans_that_ask_at_different_speeds_are_said_to_ask_different_questions(tmp_path):
    """“Now” is another number at another speed, so it stands beside the other plan only with a note."""
    paths = [tmp_path / "usual.json", tmp_path / "fast.json"]
    for path, speeds in zip(paths, ((), (SetSpeed(4.8),)), strict=True):
        path.write_text(to_json(Scenario(path.stem, "southend", changes=speeds)), encoding="utf-8")
    said = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["scenario", "compare", *map(str, paths)])
    assert said.exit_code == 0
    assert "fast asks another question" in said.stdout
    assert "pram at 4.8 km/h" in said.stdout
