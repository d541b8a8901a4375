"""Scenario lab, the rarer changes: paths, speeds, what a site offers, files, and the curve of hubs."""

import json
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from analysis.placement.placement import hub_curve
from analysis.placement.shown import shown_score
from analysis.scenario.file import MAX_BYTES, to_dict, to_json
from analysis.scenario.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    ChangeOffer,
    CloseSite,
    MoveSite,
    SetSpeed,
    Venue,
)
from analysis.travel.streets import piece_times_s, pieces_on, street_pieces
from drawing.palette import time_bands
from geo.network.modes import mode_named
from store.scenarios import ScenarioStore
from tests.pages.lab import enter, go_to, plan, press, reached, sentence, told
from tests.people import boss
from ui.lab.state import encode

ENDS = ("SS3 9XX", "SS3 9YD")  # from a children's centre across the railway
LIBRARY = "lib-shoeburyness-library"


def bands(screen):
    """The band of every piece of street that the map draws."""
    code = re.search(r'\("([0-9a-z]+)"\)\[i\]', screen.layers["street-times"]["getColor"])
    assert code is not None
    return np.array([int(letter, 36) for letter in code.group(1)])


def expected_bands(pack, lab, scenario):
    """The same, worked out from the plan's own network."""
    plain = lab.times(mode_named(scenario.mode)).access
    pieces = street_pieces(plain)
    access = lab.effect(scenario).after_times.access
    times = access.to_category(scenario.service)
    if access.streets is not plain.streets:
        pieces = pieces_on(access.streets, pieces, plain.streets)
    classes = time_bands(scenario.within_min)
    return np.where(pieces.inside, classes.index(piece_times_s(access, pieces, times)), len(classes.colours))


@pytest.mark.slow
def test_a_typed_path_changes_the_figures_the_map_and_the_list(open_page, pack, lab, empty):
    screen = open_page("scenario_lab")
    without = bands(screen)
    press(screen, "lab-link")
    assert "Say where the path starts and where it ends" in told(screen)
    screen.choose("lab-from", ENDS[0])
    screen.choose("lab-to", "Nowhere-on-Sea")
    press(screen, "lab-link")
    assert "not clear yet where the path starts or ends" in told(screen)
    assert "was not found" in screen.at.warning[0].value
    assert not plan(screen).changes
    screen.choose("lab-to", ENDS[1])
    press(screen, "lab-link")
    wanted = empty.with_change(AddLink(" to ".join(ENDS), *map(AtPostcode, ENDS)))
    assert plan(screen) == wanted
    length_m = np.hypot(*np.subtract(*(lab.ground.position(AtPostcode(end)) for end in ENDS)))
    assert f"A straight path of {round(length_m / 10) * 10} m" in told(screen)
    assert sentence(screen).startswith(f"With this plan {reached(lab, wanted)} of 4,032")
    assert reached(lab, wanted) != reached(lab, empty)
    assert "**Make** a path from SS3 9XX to SS3 9YD" in screen.text
    assert "new path" in screen.text
    (drawn,) = screen.layers["new-paths"]["data"]["features"]
    assert len(drawn["geometry"]["coordinates"]) == 2
    assert (bands(screen) == expected_bands(pack, lab, wanted)).all()
    assert (bands(screen) != without).any()
    press(screen, "lab-undo")
    assert "new-paths" not in screen.layers
    assert (bands(screen) == without).all()


@pytest.mark.slow
def test_a_path_is_made_by_naming_its_ends_one_after_the_other(open_page, empty):
    screen = open_page("scenario_lab")
    screen.choose("lab-kind", "path")
    screen.choose("lab-typed", ENDS[0])
    assert f"The path starts at {ENDS[0]}" in told(screen)
    assert not plan(screen).changes
    screen.choose("lab-picked", LIBRARY)
    assert plan(screen).changes == (AddLink(f"{ENDS[0]} to Shoeburyness Library", AtPostcode(ENDS[0]), Venue(LIBRARY)),)


@pytest.mark.slow
def test_another_speed_changes_the_figures_and_the_map_and_goes_back(open_page, pack, lab, empty):
    screen = open_page("scenario_lab")
    without = bands(screen)
    enter(screen, "lab-speed", 5.4)
    wanted = empty.with_change(SetSpeed(5.4))
    assert plan(screen) == wanted
    assert sentence(screen).startswith(f"With this plan {reached(lab, wanted)} of 4,032")
    assert (bands(screen) == expected_bands(pack, lab, wanted)).all()
    assert (bands(screen) <= without).all()
    assert (bands(screen) < without).mean() > 0.2
    enter(screen, "lab-speed", 4.5)  # it replaces the other: a plan has one speed
    assert plan(screen) == empty.with_change(SetSpeed(4.5))
    enter(screen, "lab-speed", 3.6)
    assert not plan(screen).changes


def test_driving_has_no_speed_to_set(open_page, empty):
    screen = open_page(
        "scenario_lab", plan=encode(replace(empty, mode="drive").with_change(AddSite("a", "A", Venue(LIBRARY))))
    )
    assert "it goes by each street's own" in screen.text
    assert not [box for box in screen.at.number_input if box.key == "lab-speed"]


@pytest.mark.slow
def test_a_session_is_added_and_its_days_are_set(open_page, lab, empty):
    screen = open_page("scenario_lab")
    screen.choose("lab-kind", "session")
    screen.choose("lab-picked", LIBRARY)
    (session,) = plan(screen).changes
    assert isinstance(session, AddOutreach)
    assert session.weekdays == ("tuesday",)
    assert sentence(screen).startswith(f"With this plan {reached(lab, plan(screen))} of 4,032")
    go_to(screen, "Cost")
    screen.choose("lab-in-weekdays-0", ["friday", "monday"])
    enter(screen, "lab-in-families-0", 10)
    enter(screen, "lab-in-weeks-0", 26)
    (session,) = plan(screen).changes
    assert session.weekdays == ("monday", "friday")
    assert session.places == 10 * 2 * 26 / 52
    screen.choose("lab-site", "new-1")
    assert "A session's places follow from its families" in screen.text


@pytest.mark.slow
def test_a_site_is_moved_and_closed(open_page, pack, lab, empty):
    site = str(pack.services_of("childrens_centre").index[0])
    screen = open_page("scenario_lab")
    screen.choose("lab-site", site)
    screen.choose("lab-move", "SS1 2PS")
    moved = empty.with_change(MoveSite(site, AtPostcode("SS1 2PS")))
    assert plan(screen) == moved
    assert sentence(screen).startswith(f"With this plan {reached(lab, moved)} of 4,032")
    press(screen, "lab-close")
    assert plan(screen) == moved.with_change(CloseSite(site))
    press(screen, "lab-undo")
    press(screen, "lab-undo")
    assert not plan(screen).changes


@pytest.mark.slow
def test_what_a_site_offers_and_holds_is_one_change_and_goes_back(open_page, pack, lab):
    site = str(pack.services_of("childrens_centre").index[0])
    everything = tuple(lab.ground.programmes)
    screen = open_page("scenario_lab")
    screen.choose("lab-site", site)
    enter(screen, "lab-places", 30)
    screen.choose("lab-programmes", list(everything[:2]))
    assert plan(screen).changes == (ChangeOffer(site, everything[:2], 30.0),)
    assert "30 places a week" in screen.text
    assert everything[0] in next(m.value for m in screen.at.markdown if m.value.startswith("1. "))
    screen.choose("lab-programmes", [])
    assert "has to offer something" in told(screen)
    assert plan(screen).changes == (ChangeOffer(site, everything[:2], 30.0),)
    go_to(screen, "Cost")
    assert "every site in reach is full" in screen.text
    screen.choose("lab-programmes", list(everything))
    assert plan(screen).changes == (ChangeOffer(site, None, 30.0),)
    press(screen, "lab-remove-0")
    screen.choose("lab-programmes", list(everything[:2]))
    assert plan(screen).changes == (ChangeOffer(site, everything[:2]),)
    screen.choose("lab-programmes", list(everything))
    assert not plan(screen).changes  # everything and no limit is how it is today
    # A hub of the plan's own is changed where it is opened.
    screen.choose("lab-picked", LIBRARY)
    screen.choose("lab-site", "new-1")
    enter(screen, "lab-places", 25)
    assert plan(screen).changes == (AddSite("new-1", "Shoeburyness Library", Venue(LIBRARY), None, 25.0),)


def upload(screen, name, content):
    screen.at.file_uploader(key="lab-file").set_value((name, content, "application/json")).run()
    screen.intact()


@pytest.mark.slow
def test_a_file_is_opened_and_undo_brings_the_old_plan_back(open_page, lab, empty):
    wanted = replace(empty, name="*Shoebury*").with_change(AddSite("hub", "Library", Venue(LIBRARY)))
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", ENDS[0])
    mine = plan(screen)
    go_to(screen, "Save")
    upload(screen, "plan.json", to_json(wanted).encode())
    assert plan(screen) == wanted
    assert "Opened \\*Shoebury\\* from plan.json" in told(screen)
    assert sentence(screen).startswith(f"With this plan {reached(lab, wanted)} of 4,032")
    press(screen, "lab-undo")
    assert plan(screen) == mine


@pytest.mark.slow
def test_broken_and_hostile_files_are_refused_and_change_nothing(open_page, empty):
    good = to_dict(empty.with_change(AddSite("hub", "Hub", Venue(LIBRARY))))

    def altered(**change):
        return json.dumps({**good, **change}).encode()

    def at(spot):
        return altered(changes=[{**good["changes"][0], "at": spot}])

    screen = open_page("scenario_lab")
    screen.choose("lab-typed", ENDS[0])
    go_to(screen, "Save")
    before = plan(screen), sentence(screen), screen.address
    for name, content, words in (
        ("notes.json", b"{ not json", "not readable JSON"),
        ("picture.json", bytes(range(256)), "not text in UTF-8"),
        ("nothing.json", b"", "not readable JSON"),
        ("list.json", b"[1, 2]", "not a JSON object"),
        ("huge.json", b" " * (MAX_BYTES + 1), f"larger than {MAX_BYTES // 1000} kB"),
        ("deep.json", b"[" * 100_000, "nested too deep"),
        ("types.json", altered(within_min="soon"), "within"),
        ("newer.json", altered(schema_version=99), "newer version of this program"),
        ("area.json", altered(area="../../etc"), "not for 'southend'"),
        ("sea.json", at({"lon": 0.9, "lat": 51.3}), "in the sea or outside the map"),
        ("unknown.json", at({"service": "*x* [a](javascript:1) $z$"}), "\\*x\\* \\[a\\]\\(javascript:1\\) \\$z\\$"),
    ):
        upload(screen, name, content)
        assert f"{name} was not opened, and nothing has changed" in told(screen)
        assert words in told(screen).replace("\\_", "_"), told(screen)
        assert (plan(screen), sentence(screen), screen.address) == before


@pytest.mark.slow
def test_places_are_counted_in_the_search_for_most_people_only(open_page, pack):
    screen = open_page("scenario_lab")
    go_to(screen, "Best sites")
    screen.choose("lab-goal", "time")
    assert screen.at.number_input(key="lab-room").disabled
    assert "Places are not counted with this goal" in screen.text
    screen.choose("lab-goal", "reach")
    assert not screen.at.number_input(key="lab-room").disabled
    assert "Places are not counted" not in screen.text
    screen.choose("lab-kinds", ["library"])
    enter(screen, "lab-hubs", 2)
    enter(screen, "lab-room", 40)
    press(screen, "lab-best")
    screen.finish()
    job = screen.at.session_state["lab_job"]
    # Two hubs with 40 places each: 80 people more than those whom the sites of today reach, and no more.
    assert job.found.after == pytest.approx(job.found.before + 80)
    assert "and find a place" in screen.text
    press(screen, "lab-adopt-best")
    assert [change.places for change in plan(screen).changes] == [40.0, 40.0]
    assert "The 2 sites are in the plan" in " ".join(done.value for done in screen.at.success)


def arrow_bytes_to_frame(proto):
    """The data that a chart was sent with."""
    (sent,) = [part.data.data for part in proto.datasets] or [proto.data.data]
    return pa.ipc.open_stream(sent).read_pandas()


@pytest.mark.slow
def test_the_curve_of_hubs_has_the_figures_of_the_analysis(open_page, pack, lab):
    screen = open_page("scenario_lab")
    go_to(screen, "Best sites")
    screen.choose("lab-kinds", ["library"])
    enter(screen, "lab-hubs", 1)
    press(screen, "lab-best")
    screen.finish()
    job = screen.at.session_state["lab_job"]
    press(screen, "lab-curve")
    screen.finish()
    wanted = hub_curve(lab, job.found.scenario, job.candidates, job.found.question, len(job.candidates))
    assert list(wanted["status"].unique()) == ["optimal"]
    table = screen.table("hubs", "words", "proof")
    assert table["hubs"].tolist() == wanted["hubs"].tolist()
    shown = [f"{shown_score('reach', value):,.0f} people" for value in wanted["objective"]]
    assert table["words"].tolist() == shown
    assert set(table["proof"]) == {"proven best"}
    (chart,) = [c for c in screen.at.get("vega_lite_chart") if "by number of hubs" in c.proto.spec]
    assert '"people within reach"' in chart.proto.spec
    drawn = arrow_bytes_to_frame(chart.proto)
    assert (drawn["objective"] % 5 == 0).all()  # no exact count behind the words


@pytest.mark.slow
def test_undo_after_opening_a_saved_plan_saves_into_the_right_one(open_page, database, pack, empty):
    store = ScenarioStore.open(database)
    other = store.save(replace(empty, name="Other"), boss("Grace"), scenario_id=None, based_on=None).version
    screen = open_page("scenario_lab")
    screen.choose("lab-typed", ENDS[0])
    go_to(screen, "Save")
    screen.choose("lab-who", "Ada")
    press(screen, "lab-open")
    assert plan(screen).name == "Other"
    assert screen.at.button(key="lab-save").label == "Save as version 2"
    press(screen, "lab-undo")
    assert screen.at.button(key="lab-save").label == "Save"  # the plan of before has never been saved
    press(screen, "lab-save")
    assert store.latest(other.scenario_id).number == 1
    assert {version.name for version in store.list(pack.code)} == {"My plan", "Other"}
    press(screen, "lab-undo")
    assert screen.at.button(key="lab-save").label == "Save as version 2"  # undo does not forget what was saved
    store.close()
