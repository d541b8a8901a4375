"""What a plan does, in sentences; figures are as shown (:mod:`analysis.shown`)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from analysis.placement.center import PCenter
from analysis.placement.coverage import BackupCoverage, MaximalCovering
from analysis.placement.gap import SmallestGap
from analysis.placement.goals import GOALS
from analysis.placement.median import PMedian
from analysis.placement.placement import Placement, Question
from analysis.placement.search import Proof
from analysis.placement.shown import shown_score
from analysis.reach.reach import main_group
from analysis.scenario.lab import Effect
from analysis.shown import ShownCount, ShownFrame, as_shown, plain_share, size_of
from geo.measures import MEASURES
from wording.numbers import capital, people, percent, small
from wording.rounding import digits, fixed, shortest
from wording.scenario import question, session_words


@dataclass(frozen=True)
class GoalWords:
    """What is said about a goal.

    Attributes
    ----------
    label
        What it wants.
    axis, line
        What its score counts, on the axis of a chart and in a terminal.
    end
        Unit after a score.
    worth
        What a site adds, with ``{adds}`` for the score as `score_words` writes it less the ending in `cut`.
    result
        What a choice achieves, after "With these sites", with ``{after}``, ``{instead}``, ``{who}`` and ``{within}``.
    decimals
        Decimals of its score in a sentence.
    """

    label: str
    axis: str
    line: str
    end: str
    worth: str
    result: str
    cut: str = ""
    decimals: int = 0


GOAL_WORDS: Mapping[str, GoalWords] = MappingProxyType(
    {
        MaximalCovering.name: GoalWords(
            label="most people within reach",
            axis="people within reach",
            line="people within reach",
            end="people",
            worth="Adds {adds}.",
            result="{after} {who} {within}{instead}.",
        ),
        PMedian.name: GoalWords(
            label="least walking in all",
            axis="minutes of travel in all",
            line="minutes in all",
            end="minutes of travel in all",
            worth="Without it: {adds} more.",
            result="the journeys of all {who} add up to {after} minutes, one way{instead}.",
            cut=" in all",
        ),
        PCenter.name: GoalWords(
            label="shortest worst journey",
            axis="minutes for the furthest",
            line="minutes for the furthest",
            end="minutes for the furthest",
            worth="Without it the longest journey is {adds} longer.",
            result="the longest journey is {after} minutes{instead} ({who}).",
            cut=" for the furthest",
        ),
        SmallestGap.name: GoalWords(
            label="smallest gap between target wards and the rest",
            axis="percentage points apart",
            line="percentage points between target wards and rest",
            end="percentage points",
            worth="Without it the gap is {adds} wider.",
            result="the target wards and the rest are {after} percentage points apart{instead} ({who}).",
            decimals=1,
        ),
        BackupCoverage.name: GoalWords(
            label="most people who can reach two",
            axis="people who can reach two",
            line="people who reach two",
            end="people",
            worth="Adds {adds}.",
            result="{after} {who} can reach two{instead}.",
        ),
    }
)


def goal_words(goal: str) -> str:
    """Name a goal, with a capital."""
    return capital(GOAL_WORDS[goal].label)


def row_of(table: ShownFrame, measure: str, code: str) -> dict[str, Any]:
    """Return the row of an area and measure, by column."""
    found = table[(table["measure"] == measure) & (table["code"] == code)].iloc[0]
    return {str(column): value for column, value in found.items()}


def headline(effect: Effect, measure: str) -> str:
    """Say in one sentence what the plan changes for the target wards, and whether anybody loses."""
    scenario, shown = effect.scenario, effect.shown("group")
    main = main_group(effect.counts.pack)
    target, borough = row_of(shown, measure, main), row_of(shown, measure, "borough")
    who = MEASURES[measure].counted
    of = f"{people(target['total'])} {who} in {'the target wards' if main == 'target' else effect.counts.pack.name}"
    if not scenario.changes:
        return (
            f"## Today **{people(target['reached_before'])}** of {of} can reach {question(scenario)}. "
            "Open a hub below to see what changes."
        )
    start = f"## With this plan **{people(target['reached_after'])}** of {of} can reach {question(scenario)}"
    if target["change"] == 0:
        start += ", as many as today"
    else:
        start += f", instead of {people(target['reached_before'])}. That is **{_more(target['change'])}**"
    rest = row_of(shown, measure, "rest")["change"] if main == "target" else as_shown(0.0)
    other = f", and {_more(rest)} in the other wards" if rest else ""
    elsewhere = main == "target" and target["near_session_only"] == 0 and borough["near_session_only"] != 0
    apart = session_words(effect, measure, "rest" if elsewhere else main)
    apart = f"In the other wards {small(apart)}" if elsewhere else apart
    apart = re.sub(r"[\d,]+ more", r"**\g<0>**", apart, count=1)
    return " ".join(part for part in (f"{start}{other}.", apart, _losers(borough)) if part)


def _more(change: ShownCount) -> str:
    if not change:
        return "no more and no fewer"
    return f"{people(size_of(change))} {'more' if change > 0 else 'fewer'}"


def _losers(borough: dict[str, Any]) -> str:
    lost, longer = borough["no_longer_reached"], borough["lose"]
    if lost == 0 and longer == 0:
        return "Nobody loses."
    if lost == 0:
        return f"Nobody drops out of reach; {_few(longer)} would have a longer journey."
    return f"**{_few(lost)} would no longer be within reach.**"


def _few(count: ShownCount) -> str:
    return capital(people(count))


def who_loses(effect: Effect, measure: str) -> str:
    """Name the wards where people lose reach or have a longer journey."""
    wards = effect.shown("ward")
    wards = wards[wards["measure"] == measure]
    out = wards[wards["no_longer_reached"] > 0]
    slower = wards[(wards["lose"] > 0) & ~wards["code"].isin(out["code"])]
    parts = []
    if len(out):
        named = ", ".join(
            f"{name} ({people(count)})" for name, count in zip(out["name"], out["no_longer_reached"], strict=True)
        )
        parts.append(f"No longer within reach: {named}.")
    if len(slower):
        parts.append(f"A longer journey for some in {', '.join(slower['name'])}.")
    return " ".join(parts) or "Nobody loses: no journey gets longer by a minute or more, and nobody drops out of reach."


def score_words(goal: str, value: float) -> str:
    """Write a score of a goal with its unit, as shown."""
    if math.isnan(value) or math.isinf(value):
        return "no figure"
    return f"{_bare(goal, value)} {GOAL_WORDS[goal].end}"


def worth_words(goal: str, adds: float) -> str:
    """Say what a site adds."""
    words = GOAL_WORDS[goal]
    return words.worth.format(adds=score_words(goal, adds).removesuffix(words.cut))


def proof_words(goal: str, proof: Proof) -> str:
    """Say how good the answer is known to be."""
    took = f"found in {fixed(proof.seconds, 1)} seconds"
    if proof.status == "optimal":
        bound = score_words(goal, proof.bound)
        return f"**Proven best**: no choice can do better than {bound} (gap {fixed(100 * proof.gap, 1)}%; {took})."
    why = "Stopped" if proof.status == "stopped" else "Out of time"
    return (
        f"**{why}: this is the best so far.** No choice can do better than {score_words(goal, proof.bound)}: at most "
        f"{percent(plain_share(min(proof.gap, 1.0)), decimals=1)} is left to gain ({took})."
    )


def counted_words(asked: Question) -> str:
    """Say what one person of each measure counts, where several are weighed together; empty for one alone."""
    if len(asked.measures) < 2:
        return ""
    each = (f"{MEASURES[name].label} × {shortest(weight)}" for name, weight in asked.measures)
    return f"Weighted: {'; '.join(each)}."


def _who(asked: Question) -> str:
    label = "Weighted people" if len(asked.measures) > 1 else MEASURES[asked.measures[0][0]].label
    return small(label)


def placement_sentence(found: Placement) -> str:
    """Say what the chosen sites achieve."""
    question, scenario = found.question, found.scenario
    who = _who(question)
    count = len(found.sites)
    sites = f"With {'this site' if count == 1 else f'these {count} sites'}"
    goal = question.goal
    known = not (math.isnan(found.before) or math.isinf(found.before))
    instead = f", instead of {_bare(goal, found.before)}" if known else ""
    if count == 0:
        return f"No candidate makes this better, so none is chosen: it stays at {score_words(goal, found.after)}."
    within = f"are within {shortest(scenario.within_min)} minutes"
    within += " and find a place" if "places" in found.sites else ""
    said = GOAL_WORDS[goal].result.format(after=_bare(goal, found.after), who=who, within=within, instead=instead)
    return f"{sites} {said}"


def _bare(goal: str, value: float) -> str:
    """Write a score without its unit."""
    if math.isnan(value) or math.isinf(value):
        return "no figure"
    shown = shown_score(goal, value)
    if GOALS[goal].counts_people:
        return people(as_shown(shown))
    return digits(shown, GOAL_WORDS[goal].decimals)
