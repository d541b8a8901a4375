"""What scenarios do: the incremental answer is the answer from scratch, and figures add up."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.reach.reach import count_reach
from analysis.scenario.lab import Lab
from analysis.scenario.links import LinkedStreets
from analysis.scenario.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    ChangeOffer,
    CloseSite,
    Cost,
    History,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Venue,
)
from analysis.travel.access import Access
from geo.errors import InputError, ReachError, UnknownNameError
from geo.network.modes import mode_named
from geo.network.network import line_lengths

FRIARS, LIBRARY = "gias-22459", "lib-shoeburyness-library"
BASE = Scenario("test", "southend")


@pytest.fixture(scope="module")
def lab(pack) -> Lab:
    return Lab(pack)


def from_scratch(pack, applied) -> np.ndarray:
    """One search from all sites that are open all week, on a network made anew."""
    streets = pack.network.for_mode(applied.mode)
    if applied.links:
        streets = LinkedStreets.of(pack.network.for_mode(mode_named("walk_pram")), applied.links, applied.mode)
    plain = Access(pack, streets, None)
    access = Access(pack, plain.streets, plain.snap(pack.demand_xy))
    always = [(s.easting, s.northing) for s in applied.sites.values() if s.session is None]
    sites = pd.DataFrame(always, columns=["easting", "northing"])
    return access.to_sites(sites).nearest_s


def test_without_changes_nothing_changes(lab):
    table = lab.effect(BASE).table("ward")
    assert (table["reached_before"] == table["reached_after"]).all()
    assert (table[["change", "gain", "lose", "minutes_saved"]] == 0).all().all()


def test_the_tables_agree_with_reach(pack, lab):
    effect = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY))))
    for level, by in (("ward", "ward"), ("group", "ward")):
        for when, seconds in (("before", effect.before_s), ("after", effect.after_s)):
            for measure in effect.counts.measures:
                ours = effect.table(level).query("measure == @measure").set_index("code")
                theirs = count_reach(pack, seconds, measure=measure, baseline="strategy", within_min=15, by=by)
                rows = theirs.groups if level == "group" else theirs.rows
                np.testing.assert_allclose(ours[f"reached_{when}"].loc[rows.index], rows["reached"], rtol=1e-12)
                np.testing.assert_allclose(ours["total"].loc[rows.index], rows["total"], rtol=1e-12)


def test_an_equal_plan_is_worked_out_once_and_what_a_reader_does_to_a_table_stays_with_the_reader(lab):
    plan = BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY)))
    effect = lab.effect(plan)
    assert lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY)))) is effect
    assert lab.effect(plan.with_change(CloseSite(FRIARS))) is not effect
    table, shown = effect.table("ward"), effect.shown("ward")
    table["change"], shown["change"] = -1.0, -1.0
    assert (effect.table("ward")["change"] >= 0).all()
    assert (effect.shown("ward")["change"] >= 0).all()


def test_times_to_the_open_sites_are_those_of_the_homes(lab):
    session = AddOutreach("new-2", "Weekly", Venue(LIBRARY), ("monday",), "10:00", 90.0, 12, 40)
    effect = lab.effect(BASE.with_change(session).with_change(CloseSite(FRIARS)))
    np.testing.assert_array_equal(effect.to_open_sites.nearest_s, effect.after_s)
    assert effect.to_open_sites is lab.effect(effect.scenario).to_open_sites


def test_a_hub_in_shoebury_helps_there_and_harms_nobody(lab):
    table = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY)))).table("ward")
    rows = table[table["measure"] == "children_0_3"].set_index("name")
    assert rows.loc["West Shoebury", "change"] > 300
    assert (rows["lose"] == 0).all()
    assert (rows.drop(["West Shoebury", "Shoeburyness", "Thorpe", "Southchurch"])["gain"] == 0).all()


def test_closing_the_same_centre_and_opening_one_in_its_place_changes_nothing(pack, lab):
    xy = pack.services.loc[FRIARS, ["easting", "northing"]]
    scenario = BASE.with_change(CloseSite(FRIARS)).with_change(AddSite("new-1", "Again", Point(*map(float, xy))))
    effect = lab.effect(scenario)
    assert np.array_equal(effect.before_s, effect.after_s)


def test_who_loses_is_said(lab):
    table = lab.effect(BASE.with_change(CloseSite(FRIARS))).table("ward")
    row = table[(table["measure"] == "children_0_3") & (table["name"] == "Shoeburyness")].iloc[0]
    assert row["no_longer_reached"] == pytest.approx(row["reached_before"])
    assert row["lose"] > row["no_longer_reached"]
    assert row["minutes_saved_each"] < -5


def test_closing_every_centre_cuts_everybody_off(pack, lab):
    scenario = BASE
    for site in pack.services_of("childrens_centre").index:
        scenario = scenario.with_change(CloseSite(site))
    effect = lab.effect(scenario)
    table = effect.table("group")
    np.testing.assert_allclose(table["cut_off"], table["total"])
    np.testing.assert_allclose(table["lose"], table["total"])
    assert (table["minutes_saved"] == 0).all()
    assert table["minutes_saved_each"].isna().all()
    assert np.isneginf(effect.minutes_saved).all()
    again = lab.effect(scenario.with_change(AddSite("new-1", "One", Venue(LIBRARY))))
    assert (again.table("group")["cut_off"] == 0).all()


def test_a_session_is_told_apart_and_changes_nothing_of_the_sites_open_all_week(pack, lab):
    session = AddOutreach("new-1", "Session", Venue(LIBRARY), ("tuesday",), "10:00", 90.0, 12, 39)
    effect = lab.effect(BASE.with_change(session))
    table = effect.table("ward")
    same = ["change", "gain", "lose", "minutes_saved", "newly_reached", "no_longer_reached", "connected"]
    assert (table[same] == 0).all(axis=None)
    hub = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY)))).table("ward")
    np.testing.assert_allclose(table["near_session_only"], hub["newly_reached"], atol=1e-9)
    groups = effect.table("group").set_index(["measure", "code"])
    for measure in effect.counts.measures:
        assert groups.loc[(measure, "borough"), "by_session_only"] == pytest.approx(9.0)
    shown = effect.shown("group").set_index(["measure", "code"])
    assert shown.loc[("children_0_3", "borough"), "by_session_only"] == 9  # all are taken: the planner's own number
    assert shown.loc[("children_0_3", "borough"), "near_session_only"] > 300


def test_who_lives_near_a_hub_too_takes_no_place_of_a_session(lab):
    session = AddOutreach("new-2", "Session", Venue(LIBRARY), ("tuesday",), "10:00", 90.0, 12, 39)
    effect = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY))).with_change(session))
    assert (effect.table("ward")[["near_session_only", "by_session_only"]] == 0).all(axis=None)


def test_outcomes_follow_the_programmes(lab):
    diet, speech = "diet and nutrition", "communication and language development"
    scenario = BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY), ("HENRY",)))
    table = lab.effect(scenario).by_outcome("ward")
    rows = table[(table["name"] == "West Shoebury") & (table["measure"] == "children_0_3")].set_index("outcome")
    assert rows.loc[diet, "change"] > 300
    assert rows.loc[speech, "change"] == 0
    more = lab.effect(scenario.with_change(ChangeOffer("new-1", ("Elklan Let's Talk with Under 5s",))))
    rows = more.by_outcome("ward").query("name == 'West Shoebury' and measure == 'children_0_3'").set_index("outcome")
    assert rows.loc[diet, "change"] == 0
    assert rows.loc[speech, "change"] > 300


def test_a_slower_speed_scales_every_time_before_as_after(lab):
    usual, effect = lab.effect(BASE), lab.effect(BASE.with_change(SetSpeed(1.8)))
    # The way over steps has a fixed penalty, so a few homes are less than twice as far.
    for slow_s, usual_s in ((effect.after_s, usual.after_s), (effect.before_s, usual.before_s)):
        away = usual_s > 0  # a home at the very place of a centre is there at any speed
        assert np.array_equal(slow_s > 0, away)
        ratio = slow_s[away] / usual_s[away]
        assert ratio.max() <= 2.0 + 1e-5
        assert np.median(ratio) == pytest.approx(2.0, abs=1e-5)


def test_a_speed_is_an_assumption_and_gains_nobody(lab):
    alone = lab.effect(BASE.with_change(SetSpeed(4.8)))
    assert (alone.table("group")[["change", "gain", "lose", "minutes_saved"]] == 0).all().all()
    assert alone.by_outcome()["change"].eq(0).all()


def test_a_hub_at_another_speed_gains_what_it_gains_at_that_speed(pack, lab):
    """Before and after are both walked at 4.8 km/h: two counts of reach, with the library and without it."""
    plan = BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY))).with_change(SetSpeed(4.8))
    access = Access.of(pack, mode_named("walk_pram").at_speed(4.8))
    open_now = pack.services_of("childrens_centre")
    counted = [
        count_reach(pack, access.to_sites(sites).nearest_s, measure="children_0_3", baseline="strategy", within_min=15)
        for sites in (open_now, pd.concat([open_now, pack.services.loc[[LIBRARY]]]))
    ]
    before, after = (found.groups.loc["borough", "reached"] for found in counted)
    row = lab.effect(plan).table("group").set_index(["measure", "code"]).loc[("children_0_3", "borough")]
    assert row["reached_before"] == pytest.approx(before)
    assert row["change"] == pytest.approx(after - before)
    # Which speed is set first or last makes no difference to who is asked; the last one holds.
    again = lab.effect(BASE.with_change(SetSpeed(2.0)).with_change(SetSpeed(4.8)))
    assert np.array_equal(again.before_s, lab.effect(plan).before_s)


def test_a_link_only_helps_and_goes_the_way_it_is_drawn(pack, lab):
    xy = pack.services.loc[FRIARS, ["easting", "northing"]].to_numpy(float)
    far = AtPostcode("SS3 8AA") if "SS3 8AA" in set(pack.postcodes["postcode"]) else Point(592638.0, 185406.0)
    effect = lab.effect(BASE.with_change(AddLink("Footbridge", Point(*xy), far)))
    assert (effect.after_s <= effect.before_s + 1e-3).all()
    assert (effect.after_s < effect.before_s - 60).any()
    network = effect.after_times.access.streets.network
    assert "Footbridge" in network.street_names
    np.testing.assert_allclose(network.edge_length_m, line_lengths(network.vertex_xy, network.vertex_start))
    assert network.edge_length_m[:-1].sum() == pytest.approx(pack.network.edge_length_m.sum(), rel=1e-9)


@pytest.mark.parametrize("end", ["SS3 9DT", "SS3 9HL", "SS3 9YD"])
def test_a_link_past_many_homes_lengthens_no_way_and_leaves_doors_where_they_are(lab, end):
    # It runs straight over the streets between: those who live beside it must not be tied to it.
    effect = lab.effect(BASE.with_change(AddLink("Over the roofs", AtPostcode("SS3 0EJ"), AtPostcode(end))))
    assert (effect.after_s <= effect.before_s + 0.01).all()
    before, after = effect.before_times.access, effect.after_times.access
    np.testing.assert_allclose(after.homes.snapped_xy, before.homes.snapped_xy, atol=0.01)
    np.testing.assert_allclose(after.homes.connector_m, before.homes.connector_m, atol=0.01)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (MoveSite("nowhere", Venue(LIBRARY)), "unknown site 'nowhere'"),
        (CloseSite("lib-shoeburyness-library"), "unknown site"),
        (AddSite(FRIARS, "Twice", Venue(LIBRARY)), "there is a site"),
        (AddSite("n", "N", Venue("lib-shoeburyness-librery")), "unknown venue.*lib-shoeburyness-library"),
        (AddSite("n", "N", AtPostcode("SS99 9ZZ")), "unknown postcode"),
        (AddSite("n", "N", Venue(LIBRARY), ("Juggling",)), "unknown programme 'Juggling'; valid: Family Nurse"),
        (AddSite("n", "N", Point(590_000, 182_500)), "in the sea"),
        (AddSite("n", "N", Point(400_000, 400_000)), "outside the map"),
        (AddLink("L", Point(590_000, 182_500), Venue(LIBRARY)), "in the sea"),
        (AddLink("L", Venue(LIBRARY), Venue(LIBRARY)), "meet the same point"),
        (SetSpeed(500), "out of range"),
        (SetSpeed(float("nan")), "out of range"),
        (AddSite("n", "N", Point(float("inf"), 185_000)), "point inf, 185000 is nowhere: give its easting"),
        (AddSite("n", "N", Point(590_000, float("nan"))), "is nowhere"),
        (AddSite("n", "N", Point(1e308, -1e308)), "in the sea or outside the map"),
        (MoveSite(FRIARS, Point(float("-inf"), 185_000)), "is nowhere"),
        (AddLink("L", Venue(LIBRARY), Point(float("nan"), float("nan"))), "is nowhere"),
        (AddSite("n", "N", Venue(LIBRARY), cost=Cost(float("nan"), 0)), "its costs are nan once"),
        (CloseSite(FRIARS, Cost(0, float("inf"))), "its costs are 0 once and inf a year"),
        (AddSite("n", "N", Venue(LIBRARY), places=-5.0), "-5.0 places cannot be"),
        (ChangeOffer(FRIARS, places=float("nan")), "nan places cannot be"),
    ],
)
def test_a_change_that_cannot_be_made_is_named_and_changes_nothing(lab, change, words):
    before = lab.effect(BASE).table("ward")
    with pytest.raises(InputError, match=words):
        lab.effect(BASE.with_change(change))
    pd.testing.assert_frame_equal(lab.effect(BASE).table("ward"), before)


def test_a_place_far_from_any_street_is_refused(pack, lab):
    land = pack.basemap[pack.basemap["layer"] == "land"].union_all()
    access = lab.times(mode_named("walk_pram")).access
    grid = np.stack(np.meshgrid(np.arange(578_500, 599_000, 250.0), np.arange(182_000, 193_500, 250.0)), -1).reshape(
        -1, 2
    )
    snapped = access.snap(grid)
    lonely = grid[(snapped.edge < 0) & shapely.contains_xy(land, grid)]
    assert len(lonely)
    with pytest.raises(InputError, match=r"Field: .*cannot be used: (further than|its street)"):
        lab.effect(BASE.with_change(AddSite("n", "Field", Point(*map(float, lonely[0])))))


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        (Scenario("A", "blackpool"), InputError),
        (Scenario("A", "southend", service="zoo"), UnknownNameError),
        (Scenario("A", "southend", mode="pogo"), UnknownNameError),
        (Scenario("A", "southend", baseline="1066"), UnknownNameError),
        (Scenario("A", "southend", within_min=float("nan")), InputError),
    ],
)
def test_a_question_that_makes_no_sense(lab, scenario, error):
    with pytest.raises(error):
        lab.effect(scenario)


def test_an_unknown_level(lab):
    with pytest.raises(UnknownNameError, match="valid: ward, lsoa, group"):
        lab.effect(BASE).table("street")


VENUES = st.sampled_from([LIBRARY, "lib-leigh-library", "lib-southchurch-library", "ods-F81003", "gias-20338"])
SPOTS = st.builds(Venue, VENUES) | st.builds(
    Point, st.floats(583_000, 594_000).map(round).map(float), st.floats(185_500, 188_500).map(round).map(float)
)
IDS = st.sampled_from(["new-1", "new-2", FRIARS, "gias-20338", "gias-22975"])
EDITS = st.one_of(
    st.builds(AddSite, IDS, st.just("A"), SPOTS),
    st.builds(MoveSite, IDS, SPOTS),
    st.builds(CloseSite, IDS),
    st.builds(
        AddOutreach,
        IDS,
        st.just("S"),
        SPOTS,
        st.just(("monday",)),
        st.just("10:00"),
        st.just(60.0),
        st.just(10),
        st.just(40),
    ),
    st.sampled_from(["undo", "redo"]),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EDITS, min_size=1, max_size=8))
def test_any_sequence_of_edits_gives_the_answer_from_scratch(pack, lab, edits):
    history = History(BASE)
    for edit in edits:
        if isinstance(edit, str):
            history = history.undo() if edit == "undo" else history.redo()
        else:
            wanted = history.now.with_change(edit)
            try:
                lab.effect(wanted)
            except ReachError:
                continue
            history = history.edit(wanted)
        effect = lab.effect(history.now)
        assert np.array_equal(effect.after_s, from_scratch(pack, effect.after))
    fresh = Lab(pack).effect(history.now)
    pd.testing.assert_frame_equal(fresh.table("ward"), lab.effect(history.now).table("ward"))


@pytest.mark.parametrize(
    "change",
    [SetSpeed(3.1), AddLink("L", Venue(LIBRARY), Venue(FRIARS)), AddLink("M", Venue(LIBRARY), Point(592_700, 185_600))],
)
def test_speed_and_links_give_the_answer_from_scratch(pack, lab, change):
    effect = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY))).with_change(change))
    assert np.array_equal(effect.after_s, from_scratch(pack, effect.after))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPOTS, min_size=1, max_size=3))
def test_more_sites_never_lower_reach_and_parts_sum_to_the_whole(lab, spots):
    scenario = BASE
    for spot in spots:
        scenario = scenario.with_change(AddSite(scenario.new_site_id(), "N", spot))
    try:
        effect = lab.effect(scenario)
    except InputError:
        return
    wards, groups = effect.table("ward"), effect.table("group")
    assert (wards["change"] >= 0).all()
    assert (wards["lose"] == 0).all()
    sums = wards.groupby("measure")[["total", "reached_after", "gain", "minutes_saved"]].sum()
    borough = groups[groups["code"] == "borough"].set_index("measure")[sums.columns]
    pd.testing.assert_frame_equal(sums, borough.loc[sums.index], check_names=False)
    change = wards["newly_reached"] - wards["no_longer_reached"]
    np.testing.assert_allclose(change, wards["change"], atol=1e-6)
