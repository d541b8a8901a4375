"""Sessions apart: nobody near a site open all week counts, and no more people than there are places."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.reach.reach import count_reach
from analysis.scenario.assignment import shown_placed, whole_capacity
from analysis.scenario.capacity import capacity_view
from analysis.scenario.costs import cost_view
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddOutreach, AddSite, AtPostcode, CloseSite, MoveSite, Scenario, Venue
from analysis.scenario.sessions import session_reach
from analysis.shown import FEW, ROUND_TO
from analysis.travel.access import Access
from geo.network.modes import mode_named
from wording.scenario import session_words

LIBRARY, FRIARS = "lib-shoeburyness-library", "gias-22459"
BASE = Scenario("test", "southend")
TIMES = st.sampled_from([0.0, 300.0, 900.0, 901.0, np.inf])


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


def weekly(site, at, families, weeks=39):
    return AddOutreach(site, "Session", at, ("tuesday",), "10:00", 90.0, families, weeks)


def test_three_streets_counted_by_hand():
    """Ten have a centre near, 4 a session 5 minutes off, 6 the same session 15 minutes off; it has 7 places."""
    people = np.array([[10.0], [4.0], [6.0], [8.0]])
    found = session_reach(people, [900, 901, np.inf, np.inf], [[60], [300], [900], [901]], [7.0], 900)
    assert found.near.ravel().tolist() == [0, 4, 6, 0]
    np.testing.assert_allclose(found.placed.ravel(), [0, 4, 3, 0], atol=1e-9)
    assert found.capacity == 7


@settings(deadline=None)
@given(st.data())
def test_as_many_as_there_are_places_for_and_no_more(data):
    n, k = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 3))
    people = data.draw(hnp.arrays(float, (n, 2), elements=st.integers(0, 9).map(float)))
    open_s = data.draw(hnp.arrays(float, n, elements=TIMES))
    seconds = data.draw(hnp.arrays(float, (n, k), elements=TIMES))
    places = data.draw(hnp.arrays(float, k, elements=st.sampled_from([0.0, 0.75, 2.5, 9.0])))
    found = session_reach(people, open_s, seconds, list(places), 900.0)
    for row in range(n):
        alone = open_s[row] > 900 and min(seconds[row]) <= 900
        assert found.near[row].tolist() == (people[row].tolist() if alone else [0.0, 0.0])
    assert (found.placed <= found.near + 1e-9).all()
    for column in range(2):
        graph = nx.DiGraph()
        graph.add_nodes_from(["from", "to"])
        for row in np.flatnonzero(open_s > 900):
            graph.add_edge("from", ("p", row), capacity=people[row, column])
            for at in np.flatnonzero(seconds[row] <= 900):
                graph.add_edge(("p", row), ("s", at), capacity=1e9)
        for at, room in enumerate(places):
            graph.add_edge(("s", at), "to", capacity=room)
        placed = found.placed[:, column].sum()
        assert placed == pytest.approx(nx.maximum_flow_value(graph, "from", "to"), abs=1e-6)
        assert placed <= places.sum() + 1e-9


SPOTS = st.sampled_from(
    [Venue(LIBRARY), Venue("lib-leigh-library"), Venue(FRIARS), AtPostcode("SS3 9PD"), AtPostcode("SS9 2ES")]
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("session"), SPOTS, st.integers(1, 60), st.integers(1, 52)),
        st.tuples(st.just("hub"), SPOTS, st.sampled_from([None, 0.0, 9.0, 40.0]), st.just(0)),
        st.just(("close", None, 0, 0)),
        st.tuples(st.just("move"), SPOTS, st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=4,
)


def plan_of(edits):
    plan, closed = BASE, False
    for number, (kind, at, size, weeks) in enumerate(edits):
        if kind == "session":
            plan = plan.with_change(weekly(f"s-{number}", at, size, weeks))
        elif kind == "hub":
            plan = plan.with_change(AddSite(f"h-{number}", "Hub", at, places=size))
        elif not closed:
            plan = plan.with_change(CloseSite(FRIARS) if kind == "close" else MoveSite(FRIARS, at))
            closed = kind == "close"
    return plan


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_no_plan_shows_more_people_than_places_and_parts_make_the_whole(pack, lab, edits):
    effect = lab.effect(plan_of(edits))
    places = whole_capacity(sum(s.capacity for s in effect.after.sites.values() if s.session is not None))
    for level in ("ward", "group", "lsoa"):
        shown = effect.shown(level)
        counted = shown["by_session_only"]
        assert not ((counted > places) & (counted != FEW)).any()
        assert not (counted > shown["near_session_only"] + ROUND_TO).any()
    wards = effect.table("ward")
    wards = wards[wards["measure"] == "children_0_3"]
    assert wards["by_session_only"].sum() <= places + 1
    assert (wards["by_session_only"] <= wards["near_session_only"] + 1e-6).all()
    # Everybody within reach of anything, counted anew in one search over all sites, sessions among them.
    rows = [(s.easting, s.northing) for s in effect.after.sites.values()]
    seconds = Access.of(pack, mode_named("walk_pram")).to_sites(pd.DataFrame(rows, columns=["easting", "northing"]))
    all_in = count_reach(pack, seconds.nearest_s, measure="children_0_3", baseline="strategy", within_min=15)
    together = (wards["reached_after"] + wards["near_session_only"]).to_numpy(float)
    np.testing.assert_allclose(together, all_in.rows.loc[wards["code"], "reached"], atol=1e-6)
    view = capacity_view(effect)
    limited = np.isfinite(view.sites["places"])
    assert (view.sites["taken"] <= view.sites["places"] + 1e-9).all()
    taken = view.shown().sites["taken"].to_numpy(float)
    assert (taken <= view.sites["places"].to_numpy(float))[limited & (taken != FEW)].all()
    if {kind for kind, *_ in edits} == {"session"}:
        gained = cost_view(effect).additional
        assert gained <= places or gained == FEW


def test_what_is_shown_of_places():
    shown, placed, places = [10.0, 5.0, FEW, FEW, 0.0, FEW], [9.0, 7.0, 4.0, 3.0, 0.0, 1.0], [9.23, 9.23, 4.0, 9, 0, 2]
    np.testing.assert_array_equal(shown_placed(shown, placed, places), [9, 5, 4, FEW, 0, FEW])
    assert shown_placed(10.0, 9.23, 9.23) == 9


def test_sessions_in_words(lab):
    one = lab.effect(BASE.with_change(weekly("s", Venue(LIBRARY), 12)))
    near = one.shown("group").set_index(["measure", "code"]).loc[("children_0_3", "target"), "near_session_only"]
    assert session_words(one, "children_0_3", "target") == (
        f"{near:,.0f} more can reach only a weekly session with 9 places; 9 of them can have a place there."
    )
    two = lab.effect(one.scenario.with_change(weekly("t", Venue(FRIARS), 4, 13)))
    assert "one of 2 weekly sessions with 10 places in all" in session_words(two, "children_0_3", "borough")
    kursaal = one.shown("ward").set_index("name")["code"].loc["Kursaal"].iloc[0]
    assert session_words(one, "children_0_3", kursaal) == "Nobody more can reach a weekly session with 9 places."
    roomy = lab.effect(BASE.with_change(replace(weekly("s", Venue(LIBRARY), 500), weeks=52)))
    assert session_words(roomy, "children_0_3", "target").endswith("with 500 places.")
    assert session_words(lab.effect(BASE), "children_0_3", "target") == ""
