"""The proven best choice: against brute force, against spopt, and under every kind of wish."""

import itertools
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.placement.candidates import candidate_sites, venue_categories
from analysis.placement.coverage import solve_coverage
from analysis.placement.gap import GAP_REACH, GAP_TOLERANCE
from analysis.placement.goals import GOALS, goal_named
from analysis.placement.heuristic import neighbours, quick_choice
from analysis.placement.placement import Question, hub_curve, place
from analysis.placement.problem import Problem
from analysis.placement.search import Solver, proof_of
from analysis.placement.watch import Watch
from analysis.scenario.assignment import assign
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, AtPostcode, Scenario, Venue
from geo.errors import InputError, UnknownNameError

BASE = Scenario("test", "southend")


def town(
    seed, n=30, m=9, *, goal="reach", hubs=3, existing=True, forced=(), budget=None, costs=None, places=None, far=0.0
):
    """A made-up town: homes and candidates at random on a plane, some pairs with no way between them."""
    random = np.random.default_rng(seed)
    homes, sites, old = random.uniform(0, 3000, (n, 2)), random.uniform(0, 3000, (m, 2)), random.uniform(0, 3000, 2)
    time_s = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1)).astype(np.float32)
    time_s[random.random((n, m)) < far] = np.inf
    existing_s = np.hypot(*(homes - old).T).astype(np.float32) if existing else np.full(n, np.inf, np.float32)
    flags = np.zeros(m, dtype=bool)
    flags[list(forced)] = True
    return Problem(
        goal=goal_named(goal),
        weight=random.integers(0, 8, n).astype(float) + 0.25,
        target=random.random(n) < 0.5,
        time_s=time_s,
        existing_s=existing_s,
        existing_within=(existing_s <= 900).astype(np.int32),
        within_s=900.0,
        hubs=hubs,
        budget=budget,
        cost=np.ones(m) if costs is None else np.asarray(costs, dtype=float),
        forced=flags,
        capacity=None if places is None else np.asarray(places, dtype=float),
    )


def plain_score(problem, chosen):
    """The goal's number straight from its definition."""
    times = problem.time_s[:, list(chosen)]
    nearest = np.minimum(problem.existing_s, times.min(axis=1, initial=np.inf)).astype(float)
    count = problem.existing_within + (times <= problem.within_s).sum(axis=1)
    people, total = problem.weight, problem.weight.sum()
    if problem.goal.name == "reach":
        return people[nearest <= problem.within_s].sum()
    if problem.goal.name == "backup":
        return people[count >= 2].sum()
    if problem.goal.name == "time":
        return sum(one * plain_minutes(problem, point, chosen) for point, one in enumerate(people))
    if problem.goal.name == "worst":
        return nearest[problem.counted].max()
    inside = nearest <= problem.within_s
    shares = [100 * people[inside & part].sum() / people[part].sum() for part in (problem.target, ~problem.target)]
    return max(abs(shares[0] - shares[1]), GAP_TOLERANCE) - GAP_REACH * 100 * people[inside].sum() / total


def plain_minutes(problem, point, chosen):
    """Seconds of one point in a sum, by its definition.

    A point that no site reaches yet counts with the longest way to any candidate that it has itself, as long as none
    chosen is nearer; a point that has none at all counts nothing.
    """
    ways = [float(s) for s in problem.time_s[point] if np.isfinite(s)]
    now = float(problem.existing_s[point])
    if not np.isfinite(now):
        now = max(ways, default=0.0)
    return min([now, *(float(problem.time_s[point, site]) for site in chosen)])


def every_choice(problem):
    numbers = range(problem.n_candidates + 1) if problem.hubs is None else [problem.hubs]
    choices = (c for k in numbers for c in itertools.combinations(range(problem.n_candidates), k))
    return [choice for choice in choices if problem.allowed(choice)]


def ranked(problem, score=None):
    judge = score or (lambda choice: plain_score(problem, choice))
    return sorted(problem.sign * judge(choice) for choice in every_choice(problem))


def close(goal):
    return {"rel": 1e-5, "abs": 1e-5 if goal == "gap" else 1e-3}


def check(problem, score=None):
    solver, watch = Solver(problem), Watch()
    solved = solver.solve(watch, ())
    best = ranked(problem, score)[0]
    assert watch.status == "optimal"
    assert problem.allowed(solved.chosen)
    judge = score or (lambda choice: plain_score(problem, choice))
    assert problem.sign * judge(solved.chosen) == pytest.approx(best, **close(problem.goal.name))
    assert problem.sign * solved.bound <= best + close(problem.goal.name)["abs"] + 1e-5 * abs(best)
    assert problem.sign * solved.bound == pytest.approx(best, **close(problem.goal.name))


@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), hubs=st.integers(1, 4), existing=st.booleans(), far=st.sampled_from([0.0, 0.3]))
def test_the_optimum_is_that_of_brute_force(goal, seed, hubs, existing, far):
    check(town(seed, goal=goal, hubs=hubs, existing=existing, far=far))


@pytest.mark.slow
@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=10, deadline=None)
@example(seed=118494, budget=10, number=None)  # nothing is left to search once candidates are ruled out
@given(seed=st.integers(0, 10**6), budget=st.integers(4, 12), number=st.none() | st.integers(1, 3))
def test_the_optimum_within_a_budget_is_that_of_brute_force(goal, seed, budget, number):
    costs = np.random.default_rng(seed).integers(1, 6, 9)
    try:
        problem = town(seed, goal=goal, hubs=number, budget=budget, costs=costs)
    except InputError:
        return
    check(problem)


@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), forced=st.sets(st.integers(0, 8), max_size=3))
def test_sites_forced_in_are_in_and_the_rest_is_the_best(goal, seed, forced):
    check(town(seed, goal=goal, hubs=3, forced=forced))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), hubs=st.integers(1, 3), existing=st.booleans())
def test_the_optimum_with_places_is_that_of_brute_force(seed, hubs, existing):
    places = np.random.default_rng(seed).integers(1, 40, 9)
    problem = town(seed, hubs=hubs, existing=existing, places=places)

    def placed(choice):
        sure = problem.weight[problem.existing_s <= 900].sum()
        open_ = problem.existing_s > 900
        times = problem.time_s[np.ix_(open_, list(choice))]
        return sure + assign(problem.weight[open_], times, places[list(choice)], 900.0).total

    check(problem, placed)


@pytest.mark.slow
@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_runners_up_are_the_next_best(goal, seed):
    problem = town(seed, m=7, goal=goal, hubs=2)
    solver, known = Solver(problem), []
    for place_ in range(6):
        solved = solver.solve(Watch(), tuple(known))
        assert solved.chosen not in known
        known.append(solved.chosen)
        value = problem.sign * plain_score(problem, solved.chosen)
        assert value == pytest.approx(ranked(problem)[place_], **close(goal))


@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), existing=st.booleans())
def test_scores_in_one_pass_are_scores_one_by_one(goal, seed, existing):
    problem = town(seed, goal=goal, existing=existing)
    for chosen in ((), (0,), (2, 5)):
        assert problem.score(chosen) == pytest.approx(plain_score(problem, chosen), rel=1e-6)
        together = problem.scores_with(chosen)
        for site in set(range(problem.n_candidates)) - set(chosen):
            assert together[site] == pytest.approx(plain_score(problem, {*chosen, site}), rel=1e-6)


@pytest.mark.parametrize("goal", ["gap", "backup"])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), existing=st.booleans())
def test_scores_of_two_more_are_scores_one_by_one(goal, seed, existing):
    problem = town(seed, goal=goal, existing=existing)
    for chosen in ((), (0,), (2, 5)):
        together = problem.goal.scores_with_two(problem, chosen)
        for pair in itertools.combinations(sorted(set(range(problem.n_candidates)) - set(chosen)), 2):
            value = plain_score(problem, {*chosen, *pair})
            assert together[pair] == pytest.approx(value, rel=1e-5, abs=1e-4)
            assert together[pair[::-1]] == pytest.approx(value, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("goal", ["gap", "backup", "reach"])
@pytest.mark.parametrize("seed", range(3))
def test_where_the_relaxation_is_far_from_the_optimum_it_is_still_that_of_brute_force(goal, seed):
    # Close together, so that every home has several candidates and trials have something to rule out.
    check(town(seed, n=80, m=16, goal=goal, hubs=4))


@pytest.mark.parametrize(("goal", "homes", "hubs"), [("gap", 20, 2), ("backup", 60, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_put_anew_with_fewer_candidates_it_is_still_that_of_brute_force(goal, homes, hubs, seed, monkeypatch):
    """What is told on the way, and what is excluded or forced in, goes by the numbers of all candidates."""
    sizes, steps = [], []

    def seen(problem, watch, programme, **wishes):
        sizes.append(problem.n_candidates)
        return solve_coverage(problem, watch, programme, **wishes)

    monkeypatch.setattr("analysis.placement.coverage.solve_coverage", seen)
    problem = town(seed, n=homes, m=24, goal=goal, hubs=hubs, forced=[20])
    first, second = ranked(problem)[:2]
    solver = Solver(problem)
    best = solver.solve(Watch(progress=steps.append), ())
    assert len(sizes) > 1, "no candidate was ruled out: the test would say nothing"
    assert sizes == sorted(set(sizes), reverse=True), "fewer each time"
    assert problem.sign * problem.score(best.chosen) == pytest.approx(first, **close(goal))
    for step in steps:
        assert problem.allowed(step.chosen)
        assert problem.score(step.chosen) == pytest.approx(step.objective)
        assert problem.sign * step.bound <= first + close(goal)["abs"]
    other = solver.solve(Watch(), (best.chosen,))
    assert other.chosen != best.chosen
    assert problem.sign * problem.score(other.chosen) == pytest.approx(second, **close(goal))


@pytest.mark.parametrize("seed", range(6))
def test_to_choose_nothing_is_proven_best_where_every_site_does_harm(seed):
    problem = town(seed, goal="gap", hubs=None, budget=5, existing=False)
    time_s = problem.time_s.copy()
    time_s[~problem.target] = np.inf  # whatever is opened serves the target wards alone, and nobody is served now
    check(replace(problem, time_s=time_s))


@pytest.mark.parametrize("goal", ["gap", "backup", "reach"])
@settings(max_examples=25, deadline=None)
@example(seed=807940, m=6, budget=2, existing=True)  # with every site ruled out the search went on to its time limit
@example(seed=133605, m=2, budget=5, existing=True)
@example(seed=1211, m=4, budget=5, existing=False)  # HiGHS 1.16.0 took a choice of nothing for the next best
@given(seed=st.integers(0, 10**6), m=st.integers(2, 8), budget=st.integers(1, 5), existing=st.booleans())
def test_the_next_best_within_a_budget_may_be_to_choose_nothing(goal, seed, m, budget, existing):
    costs = np.random.default_rng(seed).integers(0, 4, m)
    problem = town(seed, n=12, m=m, goal=goal, hubs=None, budget=budget, existing=existing, far=0.3, costs=costs)
    solver, watch = Solver(problem), Watch(time_limit_s=20)
    best = solver.solve(Watch(), ()).chosen
    other = solver.solve(watch, (best,))
    assert watch.status == "optimal"
    scores = ranked(problem)
    if len(scores) == 1:
        assert other.chosen is None
    else:
        assert other.chosen != best
        assert problem.sign * problem.score(other.chosen) == pytest.approx(scores[1], **close(goal))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), goal=st.sampled_from(list(GOALS)), hubs=st.integers(1, 4))
def test_the_quick_choice_is_allowed_and_no_single_swap_improves_it(seed, goal, hubs):
    problem = town(seed, goal=goal, hubs=hubs)
    chosen = quick_choice(problem)
    assert problem.allowed(chosen)
    for score, choice in neighbours(problem, chosen):
        assert problem.allowed(choice)
        assert not problem.better(score, problem.score(chosen))
    assert quick_choice(problem, excluded=[chosen]) != chosen


# PuLP, which spopt builds its models with, is between two ways of making variables.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp")
@pytest.mark.filterwarnings("ignore:.*PuLP 4.0.*:DeprecationWarning")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("goal", ["reach", "time", "worst"])
def test_the_optimum_is_that_of_spopt(goal, seed):
    locate = pytest.importorskip("spopt.locate", reason="needs spopt, of the test extra")
    pulp = pytest.importorskip("pulp", reason="needs spopt, of the test extra")
    available = [name for name in ("HiGHS", "PULP_CBC_CMD") if name in pulp.listSolvers(onlyAvailable=True)]
    if not available:
        pytest.skip("spopt has no solver here: neither HiGHS nor CBC")
    problem = town(seed, n=60, m=15, goal=goal, hubs=4, existing=False)
    solver = pulp.getSolver(available[0], msg=False)
    matrix = problem.time_s.astype(float)
    if goal == "reach":
        model = locate.MCLP.from_cost_matrix(matrix, problem.weight, 900.0, p_facilities=4).solve(solver)
        theirs = pulp.value(model.problem.objective)
    elif goal == "time":
        model = locate.PMedian.from_cost_matrix(matrix, problem.weight, p_facilities=4).solve(solver)
        theirs = pulp.value(model.problem.objective)
    else:
        model = locate.PCenter.from_cost_matrix(matrix, p_facilities=4).solve(solver)
        theirs = pulp.value(model.problem.objective)
    solved = Solver(problem).solve(Watch(), ())
    assert problem.score(solved.chosen) == pytest.approx(theirs, rel=1e-5)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"goal": "joy"}, "unknown goal 'joy'; valid: reach, time, worst, gap, backup"),
        ({"hubs": 0}, "0 hubs cannot be chosen"),
        ({"hubs": 10}, "10 hubs cannot be chosen from 9"),
        ({"hubs": None}, "how many hubs"),
        ({"hubs": 1, "forced": (1, 2)}, "2 sites are forced in"),
        ({"budget": 2.0}, "less than the 3"),
        ({"costs": [-1.0] * 9}, "cost of a candidate"),
        ({"goal": "worst", "places": [1] * 9}, "places cannot be counted"),
    ],
)
def test_wishes_that_cannot_be_met(values, words):
    with pytest.raises((InputError, UnknownNameError), match=words):
        town(1, **values)


# On the committed pack.


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def venues(pack):
    return candidate_sites(pack, ["library", "community_hall"])


def test_candidates_are_venues_of_the_borough_each_position_once(pack):
    sites = candidate_sites(pack, venue_categories())
    assert sites["ward"].isin(pack.wards.index).all()
    assert not sites.duplicated(["easting", "northing"]).any()
    kursaal = candidate_sites(pack, ["school"], wards=["E05002216"], postcodes=["ss39ns"])
    assert set(kursaal["ward"]) == {"E05002216", ""}
    assert "postcode-SS3 9NS" in kursaal.index
    assert "lib-leigh-library" not in candidate_sites(pack, ["library"], already=["lib-leigh-library"]).index


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"categories": ["bus_stop"]}, UnknownNameError),
        ({"wards": ["Narnia"]}, UnknownNameError),
        ({"postcodes": ["SS99 9ZZ"]}, InputError),
        ({"categories": []}, InputError),
    ],
)
def test_candidates_that_do_not_exist(pack, values, error):
    with pytest.raises(error):
        candidate_sites(pack, **values)


@pytest.mark.slow
@pytest.mark.parametrize("goal", GOALS)
def test_an_answer_agrees_with_its_scenario(lab, venues, goal):
    more = 0 if goal == "gap" else 1
    question = Question(goal, (("children_in_poverty", 1.0),), hubs=2, alternatives=more, time_limit_s=60)
    found = place(lab, BASE, venues, question)
    assert found.proof.status == "optimal"
    assert found.proof.gap < 1e-4 if goal == "gap" else found.proof.gap < 1e-5
    assert len(found.sites) == 2
    assert [change.kind for change in found.adopted.changes] == ["add", "add"]
    if goal == "reach":
        rows = found.effect.table("group").query("measure == 'children_in_poverty' and code == 'borough'")
        assert rows["reached_after"].iloc[0] == pytest.approx(found.proof.objective)
        assert rows["reached_before"].iloc[0] == pytest.approx(found.before)
        assert found.sites["adds"].sum() <= found.after - found.before + 1e-6
    if goal == "time":
        people = lab.pack.measure("children_in_poverty", "strategy")
        assert float(people @ found.effect.after_s) / 60 == pytest.approx(found.proof.objective, rel=1e-6)
    if goal == "worst":
        people = lab.pack.measure("children_in_poverty", "strategy")
        assert found.effect.after_s[people > 0].max() / 60 == pytest.approx(found.proof.objective, rel=1e-6)
    assert len(found.alternatives) == more
    for alternative in found.alternatives:
        assert set(alternative.sites) != set(found.sites.index)
        sign = -1 if goal in ("reach", "backup") else 1
        assert sign * alternative.proof.objective >= sign * found.proof.objective * (1 - sign * 1e-5)


@pytest.mark.parametrize("goal", ["reach", "time"])
def test_why_here_counts_everybody_whose_nearest_it_is(lab, venues, goal):
    found = place(lab, BASE, venues, Question(goal, hubs=3, alternatives=0))
    access = lab.effect(BASE).after_times.access
    people = lab.pack.measure("children_0_3", "strategy")
    now = lab.effect(BASE).after_s
    times = {site: access.to_sites(found.sites.loc[[site]]).nearest_s for site in found.sites.index}
    for site in found.sites.index:
        nearest, only = 0.0, 0.0
        for home in range(len(people)):
            others = [times[other][home] for other in times if other != site]
            if times[site][home] < now[home] and times[site][home] <= min(others):
                nearest += people[home]
            if times[site][home] <= 900 < min([now[home], *others]):
                only += people[home]
        assert found.sites.loc[site, "nearest_for"] == pytest.approx(nearest, rel=1e-6)
        assert found.sites.loc[site, "only_here"] == pytest.approx(only, rel=1e-6)


def test_sites_already_there_count(lab, venues):
    question = Question(hubs=1, alternatives=0)
    first = place(lab, BASE, venues, question)
    second = place(lab, first.adopted, venues, question)
    assert second.before == pytest.approx(first.after)
    assert list(second.sites.index) != list(first.sites.index)
    assert len(second.adopted.changes) == 2


def test_forced_and_banned(lab, venues):
    best = place(lab, BASE, venues, Question(hubs=2, alternatives=0)).sites.index
    found = place(
        lab, BASE, venues, Question(hubs=2, alternatives=0, forced=("lib-leigh-library",), banned=tuple(best))
    )
    assert "lib-leigh-library" in found.sites.index
    assert not set(best) & set(found.sites.index) - {"lib-leigh-library"}
    with pytest.raises(UnknownNameError, match="candidate 'atlantis'"):
        place(lab, BASE, venues, Question(forced=("atlantis",)))
    with pytest.raises(InputError, match="both forced in and banned"):
        place(lab, BASE, venues, Question(forced=tuple(best), banned=tuple(best)))


def test_several_measures_are_weighted_together(lab, venues):
    both = (("children_0_3", 1.0), ("births_per_year", 2.0))
    found = place(lab, BASE, venues, Question(measures=both, hubs=2, alternatives=0))
    rows = found.effect.table("group").query("code == 'borough'").set_index("measure")["reached_after"]
    assert found.proof.objective == pytest.approx(rows["children_0_3"] + 2 * rows["births_per_year"])
    for measures in ((), (("children_0_3", -1.0),), (("children_0_3", 0.0),), (("children_0_3", np.nan),)):
        with pytest.raises(InputError):
            place(lab, BASE, venues, Question(measures=measures))
    with pytest.raises(UnknownNameError):
        place(lab, BASE, venues, Question(measures=(("dogs", 1.0),)))


def test_places_and_costs_come_from_the_candidates(lab, venues):
    small = venues.assign(places=30.0, cost=1000.0)
    found = place(lab, BASE, small, Question(hubs=None, budget=2500, alternatives=0))
    assert len(found.sites) == 2
    assert found.proof.objective == pytest.approx(found.before + 60, rel=1e-6)
    assert found.adopted.cost.one_off == 2000
    assert {change.places for change in found.adopted.changes} == {30.0}


def test_a_candidate_off_the_network_is_left_out_and_said(lab, pack, venues):
    lost = venues.head(1).assign(easting=590_000.0, northing=180_000.0, name="Buoy").rename(index=lambda _: "buoy")
    found = place(lab, BASE, pd.concat([venues, lost]), Question(hubs=1, alternatives=0))
    assert "further than 300 m" in found.left_out["buoy"]
    with pytest.raises(InputError, match="'buoy' cannot be used"):
        place(lab, BASE, pd.concat([venues, lost]), Question(hubs=1, forced=("buoy",)))


def test_a_postcode_may_be_chosen_and_adopted(lab, pack):
    sites = candidate_sites(pack, [], postcodes=["SS3 9NS"])
    found = place(lab, BASE, sites, Question(hubs=1, alternatives=0))
    assert found.adopted.changes == (AddSite("new-1", "SS3 9NS", AtPostcode("SS3 9NS")),)


def test_a_venue_is_adopted_by_its_id(lab, pack):
    sites = candidate_sites(pack, ["library"])
    found = place(lab, BASE, sites, Question(hubs=1, alternatives=0))
    assert isinstance(found.adopted.changes[0].at, Venue)


@pytest.mark.slow
@pytest.mark.parametrize("goal", GOALS)
def test_stop_keeps_the_best_so_far(lab, pack, goal):
    sites = candidate_sites(pack, venue_categories())
    pressed = threading.Event()

    def progress(report):
        assert report.gap >= 0
        assert len(report.chosen) == 5
        pressed.set()

    found = place(lab, BASE, sites, Question(goal, hubs=5), progress=progress, stop=pressed.is_set)
    assert len(found.sites) == 5
    sign = -1 if goal in ("reach", "backup") else 1
    assert sign * found.proof.bound <= sign * found.proof.objective
    assert found.proof.status == "stopped"


def test_out_of_time_is_said(lab, pack):
    sites = candidate_sites(pack, venue_categories())
    found = place(lab, BASE, sites, Question("time", hubs=5, time_limit_s=0.0))
    assert found.proof.status == "time limit"
    assert len(found.sites) == 5
    assert found.alternatives == ()


def test_the_curve_ends_where_the_budget_does(lab, venues):
    question = Question(hubs=None, budget=2500.0, alternatives=0)
    assert list(hub_curve(lab, BASE, venues.assign(cost=1000.0), question, up_to=4)["hubs"]) == [1, 2]


def test_the_curve_rises_less_and_less_sharply_on_the_whole(lab, venues):
    curve = hub_curve(lab, BASE, venues, Question(hubs=1), up_to=4)
    assert curve["hubs"].tolist() == [1, 2, 3, 4]
    assert (curve["status"] == "optimal").all()
    assert (np.diff(curve["objective"]) >= 0).all()
    assert [len(sites) for sites in curve["sites"]] == [1, 2, 3, 4]
    assert hub_curve(lab, BASE, venues, Question(hubs=1), up_to=4, stop=lambda: True).empty


@pytest.mark.parametrize(
    ("goal", "candidate"),
    [
        ("gap", "lib-westcliff-library"),
        ("reach", "gias-143334"),
        ("worst", "gias-143334"),
        ("backup", "lib-leigh-library"),
    ],
)
def test_where_nothing_helps_the_answer_is_to_open_nothing(lab, pack, goal, candidate):
    one = candidate_sites(pack).loc[[candidate]].assign(cost=10.0)
    found = place(lab, BASE, one, Question(goal, hubs=None, budget=15.0, alternatives=2))
    assert found.sites.empty
    assert {"adds", "only_here", "nearest_for"} <= set(found.sites)
    assert (found.after, found.proof.status) == (found.before, "optimal")
    forced = place(lab, BASE, one, Question(goal, hubs=1, alternatives=0))
    worse_by = (forced.after - found.after) * (1 if goal in ("gap", "worst") else -1)
    assert worse_by >= 0
    assert [other.sites for other in found.alternatives] == [(candidate,)]


@pytest.mark.parametrize("goal", GOALS)
def test_a_budget_that_pays_for_no_site_is_said_with_the_least_that_it_takes(lab, venues, goal):
    costs = np.linspace(20_000, 30_000, len(venues))
    with pytest.raises(InputError, match=r"100 pays for none of the \d+ candidates: the cheapest costs 20,000"):
        place(lab, Scenario("p", "southend"), venues.assign(cost=costs), Question(goal, hubs=None, budget=100.0))


@pytest.mark.slow
@pytest.mark.parametrize("goal", GOALS)
def test_the_bound_of_a_stopped_search_holds_for_the_best_choice_that_it_did_not_find(goal):
    missed = 0
    for seed in range(40):
        problem = town(seed, n=40, m=12, goal=goal, hubs=3, existing=seed % 2 == 0, far=0.2)
        watch = Watch(stop=lambda: True)
        solver = Solver(problem)
        # The worst choice to start with stands for a search that was stopped long before its end.
        worst = max(every_choice(problem), key=lambda choice: problem.sign * plain_score(problem, choice))
        proof = proof_of(solver, solver.solve(watch, (), worst), watch)
        scale = 1 / 60 if goal in ("time", "worst") else 1.0
        best = min(problem.sign * plain_score(problem, choice) for choice in every_choice(problem)) * scale
        found = problem.sign * proof.objective
        assert proof.status == "stopped"
        assert problem.sign * proof.bound <= best + 1e-6 * max(1.0, abs(best))
        assert best <= found + 1e-6 * max(1.0, abs(found))
        missed += found > best + 1e-3
        if found > best + 1e-3:
            assert proof.gap > 0
    assert missed > 5


def test_a_point_without_a_site_counts_with_its_own_longest_way():
    problem = replace(
        town(1, n=3, m=2, goal="time", hubs=1),
        weight=np.array([1.0, 2.0, 4.0]),
        time_s=np.array([[100, 300], [5000, np.inf], [np.inf, np.inf]], np.float32),
        existing_s=np.array([np.inf, np.inf, np.inf], np.float32),
    )
    assert problem.start_s.tolist() == [300.0, 5000.0, 0.0]
    assert problem.score(()) == 300 + 2 * 5000
    assert problem.score((0,)) == 100 + 2 * 5000
    assert problem.score((1,)) == 300 + 2 * 5000
