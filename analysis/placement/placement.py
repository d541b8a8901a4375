"""Placement (facility location): the best choice of sites with its proof, the runners-up, and what each site adds.

A :class:`Question` says what is to be optimised; the candidates come from :mod:`analysis.placement.candidates`; the
sites already there are those of a scenario. The goals and their mathematics are in :mod:`analysis.placement.goals`
and the modules of its classes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.placement.candidates import spot_of_candidate
from analysis.placement.goals import goal_named
from analysis.placement.problem import Problem
from analysis.placement.search import Proof, Solver, in_units, proof_of, runners_up
from analysis.placement.watch import Choice, Progress, Watch
from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import AddSite, Cost, Scenario
from analysis.travel.access import Access
from analysis.travel.times import TravelTimes
from geo.errors import InputError, UnknownNameError
from geo.network.snapping import Reason


@dataclass(frozen=True)
class Question:
    """What a placement is to optimise: goal, people, number of hubs, budget.

    Attributes
    ----------
    goal
        A name of :data:`analysis.placement.goals.GOALS`.
    measures
        Who counts: measures and the weight of one person of each.
    hubs, budget
        How many, or None; most to spend, or None. One of them is needed.
    forced
        Candidates that must be chosen.
    banned
        Candidates that must not be chosen.
    alternatives
        How many runners-up to find.
    time_limit_s
        Seconds after which the best choice found so far is returned.
    """

    goal: str = "reach"
    measures: tuple[tuple[str, float], ...] = (("children_0_3", 1.0),)
    hubs: int | None = 5
    budget: float | None = None
    forced: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    alternatives: int = 5
    time_limit_s: float = 120.0


@dataclass(frozen=True)
class Alternative:
    """A runner-up: ids of its sites, and its proof."""

    sites: tuple[str, ...]
    proof: Proof


@dataclass(frozen=True, eq=False)
class Placement:
    """The best choice of sites for a question.

    Attributes
    ----------
    question, scenario
        The question, and the scenario that has the sites already there.
    sites
        The chosen sites, index ``id``: the candidates' columns, and the reasons: ``adds`` (what the objective loses
        without the site), ``only_here`` (weighted people who have no other site, chosen or there already, within the
        threshold), ``nearest_for`` (weighted people to whom it is the nearest).
    before, after
        Objective without any choice (NaN where it does not exist) and with the best choice.
    proof
        Objective, bound and how it ended.
    alternatives
        Runners-up, best first.
    effect
        The effect of the chosen sites on reach.
    left_out
        Candidates that could not be used, with the reason.
    """

    question: Question
    scenario: Scenario
    sites: pd.DataFrame
    before: float
    after: float
    proof: Proof
    alternatives: tuple[Alternative, ...]
    effect: Effect
    left_out: dict[str, str]

    @property
    def adopted(self) -> Scenario:
        """The scenario with the chosen sites added."""
        return self.effect.scenario


@dataclass(frozen=True, eq=False)
class _Setting:
    problem: Problem
    candidates: pd.DataFrame
    left_out: dict[str, str]
    access: Access


def place(
    lab: Lab,
    scenario: Scenario,
    candidates: pd.DataFrame,
    question: Question,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Placement:
    """Choose the best sites (facility location) and prove that no other choice is better.

    Parameters
    ----------
    lab
        The area.
    scenario
        Service, mode, threshold and baseline; the sites that its changes leave count as already there.
    candidates
        Index ``id``; ``name``, ``easting``, ``northing``, and if wanted ``cost`` (once) and ``places``
        (people it has room for, goal ``reach``); from :func:`analysis.placement.candidates.candidate_sites`.
    question
        What is to be optimised.
    progress, stop
        Called from time to time while the solver runs; when `stop` returns True, the best choice so far is returned.
        The score in a `Progress` is in seconds where the proof's is in minutes.

    Raises
    ------
    InputError
        When no choice is allowed, or weights, costs or places make no sense.
    UnknownNameError
        For an unknown goal, measure, or forced or banned candidate.
    """
    scenario = lab.settled(scenario)
    setting = _setting(lab, scenario, candidates, question)
    problem = setting.problem
    if question.budget is not None and not problem.affordable(()).any():
        raise InputError(
            f"the budget of {question.budget:,.0f} pays for none of the {problem.n_candidates} candidates: the "
            f"cheapest costs {problem.cost.min():,.0f}"
        )
    watch = Watch(progress=progress, stop=stop, time_limit_s=question.time_limit_s)
    solver = Solver(problem)
    solved = solver.solve(watch, ())
    if solved.chosen is None:
        raise InputError("no choice of sites is allowed by the number of hubs, the budget and the sites forced in")
    proof = proof_of(solver, solved, watch)
    chosen = solved.chosen
    others = runners_up(solver, chosen, watch, question.alternatives)
    ids = setting.candidates.index
    return Placement(
        question=question,
        scenario=scenario,
        sites=_why_here(setting, solver, chosen),
        before=in_units(problem, solver.score(())),
        after=proof.objective,
        proof=proof,
        alternatives=tuple(Alternative(tuple(ids[list(choice)]), found) for choice, found in others),
        effect=lab.effect(adopt(scenario, setting.candidates.iloc[list(chosen)])),
        left_out=setting.left_out,
    )


def hub_curve(
    lab: Lab,
    scenario: Scenario,
    candidates: pd.DataFrame,
    question: Question,
    up_to: int = 10,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> pd.DataFrame:
    """Solve for every number of hubs from the forced ones (one at least) to `up_to`.

    Returns
    -------
    ``hubs, objective, bound, gap, seconds, status, sites`` (ids), one row a number; fewer rows when stopped,
    or when the budget is too small for more. Parameters and errors as for :func:`place`.
    """
    rows = []
    scenario = lab.settled(scenario)
    setting = _setting(lab, scenario, candidates, replace(question, hubs=max(1, len(question.forced))))
    for hubs in range(max(1, len(question.forced)), min(up_to, len(setting.candidates)) + 1):
        try:
            problem = replace(setting.problem, hubs=hubs)
        except InputError:  # the budget is too small for more
            break
        watch = Watch(stop=stop, time_limit_s=question.time_limit_s)
        solver = Solver(problem)
        solved = solver.solve(watch, ())
        if solved.chosen is None or watch.stopped:
            break
        proof = proof_of(solver, solved, watch)
        sites = tuple(setting.candidates.index[list(solved.chosen)])
        rows.append((hubs, proof.objective, proof.bound, proof.gap, proof.seconds, proof.status, sites))
    return pd.DataFrame(rows, columns=["hubs", "objective", "bound", "gap", "seconds", "status", "sites"])


def _setting(lab: Lab, scenario: Scenario, candidates: pd.DataFrame, question: Question) -> _Setting:
    goal = goal_named(question.goal)
    effect = lab.effect(scenario)
    access = effect.after_times.access
    within_s = scenario.within_min * 60.0
    both = sorted(set(question.forced) & set(question.banned))
    if both:
        raise InputError(f"the candidate {both[0]!r} is both forced in and banned: choose one")
    wanted = set(question.forced) | set(question.banned)
    unknown = sorted(wanted - set(candidates.index))
    if unknown:
        raise UnknownNameError("candidate", unknown[0], [str(name) for name in candidates.index[:50]])
    usable = candidates[~candidates.index.isin(list(question.banned))]
    snapped = access.snap(usable[["easting", "northing"]].to_numpy(np.float64))
    on_network = snapped.reason == Reason.REACHED
    left_out = {
        str(name): Reason(int(reason)).words
        for name, reason in zip(usable.index[~on_network], snapped.reason[~on_network], strict=True)
    }
    lost = sorted(set(left_out) & set(question.forced))
    if lost:
        raise InputError(f"the candidate {lost[0]!r} cannot be used: {left_out[lost[0]]}")
    usable = usable[on_network]
    if usable.empty:
        raise InputError("none of the candidates is on the street network")
    limit_s = np.inf if goal.any_distance else within_s
    times: TravelTimes = access.to_sites(usable, limit_s=limit_s, matrix=True)
    existing_within = np.zeros(len(access.homes), dtype=np.int32)
    for site in effect.after.sites.values():
        position = (site.easting, site.northing)
        # People near a weekly session only do not count as reached, so a hub at the same venue can still reach them.
        if site.session is None and effect.after_times.on_network(position):
            existing_within += effect.after_times.column(position) <= within_s
    if times.matrix_s is None:
        raise InputError("travel times to the candidates could not be worked out")
    problem = Problem(
        goal=goal,
        weight=_weight(lab, scenario, question),
        target=lab.pack.demand["ward"].isin(lab.pack.target_wards).to_numpy(),
        time_s=times.matrix_s,
        existing_s=effect.after_s,
        existing_within=existing_within,
        within_s=within_s,
        hubs=question.hubs,
        budget=question.budget,
        cost=usable["cost"].to_numpy(np.float64) if "cost" in usable else np.zeros(len(usable)),
        forced=usable.index.isin(list(question.forced)),
        capacity=usable["places"].to_numpy(np.float64) if "places" in usable else None,
    )
    return _Setting(problem, usable, left_out, access)


def _weight(lab: Lab, scenario: Scenario, question: Question) -> np.ndarray:
    if not question.measures or any(not (weight >= 0 and np.isfinite(weight)) for _, weight in question.measures):
        raise InputError("give at least one measure, each with a weight of 0 or more")
    total = np.zeros(len(lab.pack.demand))
    for measure, weight in question.measures:
        total += weight * lab.pack.measure(measure, scenario.baseline)
    if not total.sum() > 0:
        raise InputError("with these weights nobody counts: give one measure a weight above 0")
    return total


def _why_here(setting: _Setting, solver: Solver, chosen: Choice) -> pd.DataFrame:
    problem = solver.problem
    sites = setting.candidates.iloc[list(chosen)].copy()
    if not chosen:  # the best choice can be to open nothing, where no candidate helps
        return sites.assign(adds=0.0, only_here=0.0, nearest_for=0.0)
    whole = solver.score(chosen)
    without = [solver.score(tuple(site for site in chosen if site != out)) for out in chosen]
    sites["adds"] = [in_units(problem, problem.sign * (other - whole)) for other in without]
    inside = problem.within[:, list(chosen)]
    count = problem.existing_within + inside.sum(axis=1)
    sites["only_here"] = problem.weight @ (inside & (count == 1)[:, None])
    # The problem's own times may end at the threshold, but the nearest site may be further away.
    times = np.column_stack([setting.access.to_sites(sites.iloc[[one]]).nearest_s for one in range(len(sites))])
    first = np.argmin(times, axis=1)
    nearer = times[np.arange(len(first)), first] < problem.existing_s
    sites["nearest_for"] = np.bincount(first[nearer], problem.weight[nearer], minlength=len(chosen))
    return sites


def adopt(scenario: Scenario, sites: pd.DataFrame) -> Scenario:
    """Add candidates to a scenario as sites, with their cost and capacity; `sites` are rows of the candidates."""
    ids = [str(site) for site in sites.index]
    costs = sites["cost"].to_numpy(np.float64) if "cost" in sites else np.zeros(len(sites))
    rooms = sites["places"].to_numpy(np.float64) if "places" in sites else np.full(len(sites), np.inf)
    spots = [
        spot_of_candidate(identity, float(easting), float(northing))
        for identity, easting, northing in zip(ids, sites["easting"], sites["northing"], strict=True)
    ]
    for at, name, cost, room in zip(spots, sites["name"], costs, rooms, strict=True):
        scenario = scenario.with_change(
            AddSite(
                site=scenario.new_site_id(),
                name=str(name),
                at=at,
                places=float(room) if np.isfinite(room) else None,
                cost=Cost(one_off=float(cost)),
            )
        )
    return scenario
