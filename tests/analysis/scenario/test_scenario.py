"""Scenarios as values: edits, undo, and files that are read with suspicion."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from analysis.scenario.file import MAX_BYTES, from_dict, from_json, read_scenario, schema_path, to_dict, to_json
from analysis.scenario.scenario import (
    WEEKDAYS,
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    ChangeOffer,
    CloseSite,
    Cost,
    History,
    LonLat,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Venue,
)
from geo.errors import InputError

SCHEMA = json.loads(schema_path().read_text(encoding="utf-8"))
WORDS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), max_size=40
).filter(lambda words: not words or words.strip() != "")
NAMES = WORDS.filter(bool)
NUMBERS = st.floats(0, 90_000, allow_nan=False)
SPOTS = st.one_of(
    st.builds(Venue, NAMES),
    st.builds(AtPostcode, st.sampled_from(["SS3 9NS", "SS1 1AA"])),
    st.builds(Point, st.floats(0, 700_000), st.floats(0, 1_300_000)),
)
COSTS = st.builds(Cost, st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
PROGRAMMES = st.none() | st.lists(WORDS, max_size=4, unique=True).map(tuple)
DAYS = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(lambda days: tuple(d for d in WEEKDAYS if d in days))
CHANGES = st.one_of(
    st.builds(AddSite, NAMES, WORDS, SPOTS, PROGRAMMES, st.none() | NUMBERS, COSTS),
    st.builds(MoveSite, NAMES, SPOTS, COSTS),
    st.builds(CloseSite, NAMES, COSTS),
    st.builds(ChangeOffer, NAMES, PROGRAMMES, NUMBERS, COSTS),
    st.builds(
        AddOutreach,
        NAMES,
        WORDS,
        SPOTS,
        DAYS,
        st.sampled_from(["00:00", "09:30", "23:59"]),
        st.floats(1, 1440),
        st.integers(1, 100),
        st.integers(1, 52),
        PROGRAMMES,
        COSTS,
    ),
    st.builds(AddLink, WORDS, SPOTS, SPOTS, COSTS),
    st.builds(SetSpeed, st.floats(0.5, 130)),
)
SCENARIOS = st.builds(
    Scenario,
    NAMES,
    NAMES,
    within_min=st.floats(0, 240),
    changes=st.lists(CHANGES, max_size=6).map(tuple),
    version=st.integers(1, 1000),
    note=WORDS,
)


def file(**changed):
    return {"schema_version": 1, "name": "A", "area": "southend", "changes": []} | changed


def change(**values):
    return file(changes=[values])


@settings(deadline=None)
@given(SCENARIOS)
def test_a_written_scenario_reads_back_equal(scenario):
    assert from_json(to_json(scenario)) == scenario
    assert from_json(to_json(scenario).encode()) == scenario


@settings(deadline=None)
@given(SCENARIOS)
def test_the_published_schema_alone_accepts_what_is_written(scenario):
    Draft202012Validator(SCHEMA).validate(json.loads(to_json(scenario)))


def test_the_published_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_longitude_and_latitude_stand_as_they_were_given():
    read = from_dict(change(change="close", site="x") | {"changes": [
        {"change": "move", "site": "x", "at": {"lon": 0.7936, "lat": 51.5312}}
    ]})  # fmt: skip
    assert read.changes[0].at == LonLat(0.7936, 51.5312)
    assert from_json(to_json(read)) == read


def test_a_whole_number_may_carry_a_decimal_point_as_json_schema_says():
    session = {"change": "outreach", "site": "x", "name": "n", "at": {"postcode": "ss39ns"}, "starts": "10:00",
               "weekdays": ["friday", "monday"], "length_min": 60, "families": 12.0, "weeks": 40.0}  # fmt: skip
    read = from_dict(file(version=2.0, changes=[session]))
    assert repr(read.changes) == repr(
        (AddOutreach("x", "n", AtPostcode("SS3 9NS"), ("monday", "friday"), "10:00", 60.0, 12, 40),)
    )
    assert repr(read.version) == "2"


def test_costs_add_up_and_a_speed_has_none():
    scenario = Scenario("A", "southend").with_change(CloseSite("x", Cost(10, -5))).with_change(SetSpeed(3))
    assert scenario.with_change(CloseSite("y", Cost(1, 2))).cost == Cost(11, -3)


def test_places_and_hours_of_a_session():
    session = AddOutreach("s", "S", Venue("v"), ("monday", "friday"), "10:00", 90.0, 12, 39)
    assert session.places == 12 * 2 * 39 / 52
    assert session.hours_a_year == 1.5 * 2 * 39


def test_ids_of_new_sites_are_not_used_twice():
    scenario = Scenario("A", "southend")
    for number in (1, 2, 3):
        assert scenario.new_site_id() == f"new-{number}"
        scenario = scenario.with_change(AddSite(scenario.new_site_id(), "N", Venue("v")))
    assert scenario.without_change(1).new_site_id() == "new-2"


def test_taking_out_a_change_that_is_not_there():
    with pytest.raises(InputError, match="no change 1"):
        Scenario("A", "southend").without_change(0)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=30))
def test_undo_and_redo_walk_along_the_edits(steps):
    history, line, at = History(Scenario("0", "a")), ["0"], 0
    for number, step in enumerate(steps, start=1):
        if step == "edit":
            history = history.edit(replace(history.now, name=str(number)))
            line, at = [*line[: at + 1], str(number)], at + 1
        elif step == "undo":
            history, at = history.undo(), max(at - 1, 0)
        else:
            history, at = history.redo(), min(at + 1, len(line) - 1)
        assert history.now.name == line[at]


def test_an_edit_that_changes_nothing_is_no_step():
    history = History(Scenario("0", "a"))
    assert history.edit(Scenario("0", "a")) is history


HOSTILE = {
    "not an object": ("[]", "not a JSON object"),
    "cut off": ('{"name": "A"', "not readable JSON"),
    "deep": ("[" * 50_000, "nested too deep|not readable"),
    "not a number": ('{"schema_version": NaN}', "NaN is not a number"),
    "half a character": ('{"schema_version": 1, "name": "\\ud800", "area": "a", "changes": []}', "not readable"),
    "not text": (b"\xff\xfe\x00", "not readable"),
    "newer": (json.dumps(file(schema_version=2)), "newer version.*schema 2"),
    "much newer": (json.dumps(file(schema_version=10**60)), "newer version"),
    "no schema": (json.dumps({"name": "A", "area": "a", "changes": []}), "'schema_version' is a required"),
    "true for one": (json.dumps(file(schema_version="1")), "schema_version"),
    "boundless": ('{"schema_version": 1, "name": "A", "area": "a", "within_min": 1e999, "changes": []}', "within_min"),
    "unknown key": (json.dumps(file(extra=1)), "extra"),
    "number for name": (json.dumps(file(name=3)), "name: not of the type string: 3"),
    "empty name": (json.dumps(file(name="")), "name: 0 characters where at least 1 are allowed"),
    "blanks for name": (json.dumps(file(name="   ")), "name: nothing but blanks"),
    "blanks for a site": (
        json.dumps(change(change="add", site="x", name=" ", at={"service": "a"})),
        "name: nothing but blanks",
    ),
    "C1 control characters": (json.dumps(file(name="a\x9bb")), "name: a control character stands in it"),
    "a key twice": (
        '{"schema_version": 1, "name": "A", "name": "B", "area": "a", "changes": []}',
        "'name' stands twice in one",
    ),
    "control characters": (json.dumps(file(name="a\x00b")), "name: a control character stands in it"),
    "long name": (
        json.dumps(file(name="a" * 10_000)),
        "valid: name: 10,000 characters where at most 200 are allowed: 'a{59}…",
    ),
    "changes of another kind": (json.dumps(file(changes={"0": 1})), "changes"),
    "too many changes": (
        json.dumps(file(changes=[{"change": "close", "site": "x"}] * 201)),
        "valid: changes: 201 changes where at most 200 are allowed$",
    ),
    "a change that is a number": (json.dumps(file(changes=[3])), r"changes\[0\]"),
    "unknown change": (json.dumps(change(change="bomb")), r"changes\[0\].change: not one of add, move, .*: 'bomb'"),
    "nameless change": (json.dumps(change(site="x")), "'change' is a required"),
    "missing place": (json.dumps(change(change="move", site="x")), r"changes\[0\]: 'at' is a required"),
    "half a place": (json.dumps(change(change="move", site="x", at={"lon": 0.7})), r"\[0\].at: give exactly one"),
    "two places": (
        json.dumps(change(change="move", site="x", at={"service": "a", "postcode": "SS1 1AA"})),
        "give exactly one",
    ),
    "place off the grid": (
        json.dumps(change(change="move", site="x", at={"lon": 170, "lat": 51})),
        "lon: out of range, at most 3 is allowed: 170",
    ),
    "not a postcode": (json.dumps(change(change="move", site="x", at={"postcode": "HELLO"})), "not a postcode"),
    "bad day": (
        json.dumps(
            change(change="outreach", site="x", name="n", at={"service": "a"}, weekdays=["funday"], starts="10:00",
                   length_min=60, families=5, weeks=40)
        ),
        r"changes\[0\].weekdays\[0\]: not one of monday, .*: 'funday'",
    ),
    "bad time": (
        json.dumps(
            change(change="outreach", site="x", name="n", at={"service": "a"}, weekdays=["monday"], starts="25:00",
                   length_min=60, families=5, weeks=40)
        ),
        "starts",
    ),
    "empty offer": (json.dumps(change(change="offer", site="x")), "programmes, places or both"),
    "negative speed": (json.dumps(change(change="speed", speed_kmh=-1)), "speed_kmh"),
    "boolean speed": (json.dumps(change(change="speed", speed_kmh=True)), "speed_kmh"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_clear_message(name):
    text, words = HOSTILE[name]
    with pytest.raises(InputError, match=words) as caught:
        from_json(text)
    assert len(str(caught.value)) < 2_000


@pytest.mark.parametrize("text", ["x" * (MAX_BYTES + 1), b"x" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1)])
def test_a_huge_file_is_refused_unread(text):
    with pytest.raises(InputError, match="larger than 1000 kB"):
        from_json(text)


@pytest.mark.slow
@settings(deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from([*file(), "change", "site", "at", "weekdays", "cost", "lon"]), inner, max_size=6
    ),
    max_leaves=25,
))  # fmt: skip
def test_any_values_at_all_make_a_scenario_or_a_clear_error(content):
    try:
        read = from_dict(content)
    except InputError:
        return
    assert to_dict(read)["name"] == read.name


def test_a_file_is_read_and_a_missing_one_is_named(tmp_path):
    path = tmp_path / "a.json"
    with pytest.raises(InputError, match=r"a\.json cannot be opened"):
        read_scenario(path)
    path.write_text("\ufeff" + to_json(Scenario("A", "southend")), encoding="utf-8")
    assert read_scenario(path) == Scenario("A", "southend")
