"""Places against children: a solver may never overfill a site, and leaves nobody out who could have a place."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.scenario.assignment import assign
from analysis.scenario.capacity import capacity_view
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddOutreach, AddSite, ChangeOffer, Scenario, Venue
from geo.errors import InputError

LIBRARY = "lib-shoeburyness-library"
SHAPES = st.tuples(st.integers(1, 8), st.integers(1, 4))
CASES = SHAPES.flatmap(
    lambda shape: st.tuples(
        hnp.arrays(float, shape[0], elements=st.integers(0, 9).map(float)),
        hnp.arrays(float, shape, elements=st.sampled_from([0.0, 60.0, 300.0, 900.0, 901.0, np.inf])),
        hnp.arrays(float, shape[1], elements=st.sampled_from([0.0, 1.0, 5.0, 20.0, np.inf])),
    )
)


def most_possible(people, time_s, places, within_s) -> float:
    """Maximum flow by another library, as the number of people with a place."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["from", "to"])
    for i, person in enumerate(people):
        graph.add_edge("from", ("p", i), capacity=float(person))
        for j in np.flatnonzero(time_s[i] <= within_s):
            graph.add_edge(("p", i), ("s", int(j)), capacity=1e9)
    for j, room in enumerate(places):
        graph.add_edge(("s", j), "to", capacity=min(float(room), 1e9))
    return nx.maximum_flow_value(graph, "from", "to")


@settings(deadline=None)
@given(CASES)
def test_never_over_full_and_as_many_as_possible(case):
    people, time_s, places = case
    found = assign(people, time_s, places, 900.0)
    assert (found.by_site <= places + 1e-9).all()
    assert (found.by_point <= people + 1e-9).all()
    assert (found.by_point <= found.in_reach + 1e-9).all()
    pairs = found.placed.tocoo()
    assert (time_s[pairs.row[pairs.data > 0], pairs.col[pairs.data > 0]] <= 900.0).all()
    assert found.total == pytest.approx(most_possible(people, time_s, places, 900.0), abs=1e-6)
    assert found.total <= min(people.sum(), places.sum()) + 1e-9


@settings(deadline=None)
@given(CASES, st.integers(0, 3))
def test_more_places_never_leave_fewer_children_with_one(case, site):
    people, time_s, places = case
    more = places.copy()
    more[site % len(more)] += 3
    assert assign(people, time_s, more, 900.0).total >= assign(people, time_s, places, 900.0).total - 1e-6


@settings(deadline=None)
@given(CASES)
def test_with_room_for_all_everybody_in_reach_goes_to_the_nearest(case):
    people, time_s, places = case
    found = assign(people, time_s, np.full(len(places), np.inf), 900.0)
    assert found.total == pytest.approx(found.in_reach.sum())
    seconds = np.where(np.isfinite(time_s), time_s, 0.0)
    nearest = np.where(found.in_reach > 0, time_s.min(axis=1), 0.0)
    assert float((found.placed.toarray() * seconds).sum()) == pytest.approx(float(people @ nearest), abs=1e-6)


def test_a_full_site_pushes_the_nearer_child_on_so_that_both_have_a_place():
    # The first child reaches both sites, the second one only the near one.
    found = assign([1, 1], [[10, 800], [20, np.inf]], [1, 1], 900)
    np.testing.assert_allclose(found.placed.toarray(), [[0, 1], [1, 0]], atol=1e-9)


@pytest.mark.parametrize(
    ("people", "time_s", "places"),
    [([-1], [[1]], [1]), ([1], [[np.nan]], [1]), ([1], [[1]], [-1]), ([1, 1], [[1]], [1]), ([np.inf], [[1]], [1])],
)
def test_numbers_that_make_no_sense(people, time_s, places):
    with pytest.raises(InputError):
        assign(people, time_s, places, 900.0)


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.mark.slow
def test_a_small_session_has_fewer_places_than_children_in_reach(lab):
    scenario = Scenario("A", "southend").with_change(
        AddOutreach("new-1", "Session", Venue(LIBRARY), ("tuesday",), "10:00", 90, 12, 52)
    )
    view = capacity_view(lab.effect(scenario))
    assert view.sites.loc["new-1", "places"] == 12
    assert view.sites.loc["new-1", "taken"] == pytest.approx(12)
    west = view.areas[view.areas["name"] == "West Shoebury"].iloc[0]
    assert west["with_place"] <= 12 + 1e-6
    assert west["without_place"] > 300
    assert view.areas.loc["borough", "in_reach"] > view.areas.loc["borough", "with_place"]


@pytest.mark.slow
def test_places_add_up(lab):
    scenario = Scenario("A", "southend").with_change(AddSite("new-1", "Hub", Venue(LIBRARY), places=100))
    for site in ("gias-22459", "gias-20338"):
        scenario = scenario.with_change(ChangeOffer(site, places=50))
    view = capacity_view(lab.effect(scenario))
    assert (view.sites["taken"] <= view.sites["places"] + 1e-9).all()
    wards = view.areas.loc[[code for code in view.areas.index if code.startswith("E05")]]
    assert wards["with_place"].sum() == pytest.approx(view.sites["taken"].sum())
    assert wards["children"].sum() == pytest.approx(view.areas.loc["borough", "children"])


def test_a_measure_that_is_not_counted(lab):
    with pytest.raises(InputError, match="does not count 'dogs'"):
        capacity_view(lab.effect(Scenario("A", "southend")), "dogs")
