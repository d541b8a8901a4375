"""What a plan does, in sentences; figures are as shown (:mod:`analysis.shown`)."""

import math
import re
from collections.abc import Mapping
from typing import Any

from analysis.placement.gap import SmallestGap
from analysis.placement.goals import GOALS
from analysis.placement.placement import Placement, Question
from analysis.placement.search import Proof
from analysis.placement.shown import shown_score
from analysis.reach.reach import main_group
from analysis.scenario.lab import Effect
from analysis.shown import ShownCount, ShownFrame, as_shown, plain_share, size_of
from geo.measures import MEASURES
from geo.pack import AreaPack
from wording.buses import not_counted_words
from wording.groups import area_words
from wording.languages import english
from wording.numbers import capital, no_figure, people, percent, small
from wording.rounding import digits, fixed, shortest
from wording.scenario import question, session_words


def goal_words(goal: str, pack: AreaPack) -> str:
    """Name a goal, with a capital."""
    return capital(english().say(f"lab.goals.{goal}.label", targets=area_words(pack).targets))


def template_words() -> Mapping[str, str]:
    """Return the names of the plans to start from, and what each does (``one_hub``, ``one_hub_help``, …)."""
    return english().named("lab.templates")


def axis_words(goal: str) -> str:
    """Say what the score of a goal counts, for the axis of a chart."""
    return english().say(f"lab.goals.{goal}.axis")


def line_words(goal: str, pack: AreaPack) -> str:
    """Say what the score of a goal counts, for a line in a terminal."""
    return english().say(f"lab.goals.{goal}.line", targets=area_words(pack).targets)


def row_of(table: ShownFrame, measure: str, code: str) -> dict[str, Any]:
    """Return the row of an area and measure, by column."""
    found = table[(table["measure"] == measure) & (table["code"] == code)].iloc[0]
    return {str(column): value for column, value in found.items()}


def headline(effect: Effect, measure: str) -> str:
    """Say in one sentence what the plan changes for the target wards, and whether anybody loses."""
    scenario, shown = effect.scenario, effect.shown("group")
    pack = effect.counts.pack
    main, words = main_group(pack), area_words(pack)
    target, borough = row_of(shown, measure, main), row_of(shown, measure, "borough")
    who = MEASURES[measure].counted
    say, total = english().say, people(target["total"])
    whose: dict[str, object] = {"area": pack.name} if main != "target" else {"targets": words.targets}
    of = say("lab.in_target" if main == "target" else "lab.in_area", total=total, who=who, **whose)
    asked: dict[str, object] = {"of": of, "question": question(scenario)}
    if not scenario.changes:
        return f"## {say('lab.today', reached=people(target['reached_before']), **asked)}"
    change = say("lab.as_many")
    if target["change"] != 0:
        change = say("lab.instead", before=people(target["reached_before"]), more=_more(target["change"]))
    rest = row_of(shown, measure, "rest")["change"] if main == "target" else as_shown(0.0)
    plan: dict[str, object] = {"reached": people(target["reached_after"]), "change": change, **asked}
    plan |= {"others": _more(rest), "other_wards": words.others} if rest else {}
    start = say("lab.plan_and_others" if rest else "lab.plan", **plan)
    elsewhere = main == "target" and target["near_session_only"] == 0 and borough["near_session_only"] != 0
    apart = session_words(effect, measure, "rest" if elsewhere else main)
    apart = say("lab.elsewhere", said=small(apart), other_wards=words.others) if elsewhere else apart
    apart = re.sub(say("lab.more", n=r"[\d,]+"), r"**\g<0>**", apart, count=1)
    return " ".join(part for part in (f"## {start}", apart, _losers(borough), not_counted_words(effect)) if part)


def _more(change: ShownCount) -> str:
    return english().say(f"lab.{'more' if change > 0 else 'fewer'}", n=people(size_of(change)))


def _losers(borough: dict[str, Any]) -> str:
    lost, longer = borough["no_longer_reached"], borough["lose"]
    if lost == 0 and longer == 0:
        return english().say("lab.losers.none")
    kind, count = ("longer", longer) if lost == 0 else ("lost", lost)
    return english().say(f"lab.losers.{kind}", count=capital(people(count)))


def who_loses(effect: Effect, measure: str) -> str:
    """Name the wards where people lose reach or have a longer journey."""
    wards = effect.shown("ward")
    wards = wards[wards["measure"] == measure]
    out = wards[wards["no_longer_reached"] > 0]
    slower = wards[(wards["lose"] > 0) & ~wards["code"].isin(out["code"])]
    parts, say = [], english().say
    if len(out):
        counts = zip(out["name"], out["no_longer_reached"], strict=True)
        named = [say("lab.losers.ward", name=name, count=people(count)) for name, count in counts]
        parts.append(say("lab.losers.wards_lost", wards=", ".join(named)))
    if len(slower):
        parts.append(say("lab.losers.wards_longer", wards=", ".join(slower["name"])))
    return " ".join(parts) or say("lab.losers.none_at_all")


def score_words(goal: str, value: float, *, unit: str = "") -> str:
    """Write a score of a goal with its unit, as shown; or with the `unit` that is given."""
    if not math.isfinite(value):
        return no_figure()
    unit = unit or english().say(f"lab.goals.{goal}.end")
    return english().say("lab.placement.score", value=_bare(goal, value), unit=unit)


def worth_words(goal: str, adds: float) -> str:
    """Say what a site adds."""
    unit = english().find(f"lab.goals.{goal}.worth_end")
    return english().say(f"lab.goals.{goal}.worth", adds=score_words(goal, adds, unit=str(unit or "")))


def proof_words(goal: str, proof: Proof) -> str:
    """Say how good the answer is known to be."""
    say = english().say
    took, bound = say("lab.proof.took", seconds=fixed(proof.seconds, 1)), score_words(goal, proof.bound)
    if proof.status == "optimal":
        return say("lab.proof.best", bound=bound, took=took)
    gap = percent(plain_share(min(proof.gap, 1.0)), decimals=1)
    why = say("lab.proof.stopped" if proof.status == "stopped" else "lab.proof.out_of_time")
    return f"{why} {say('lab.proof.left', bound=bound, gap=gap, took=took)}"


def counted_words(asked: Question) -> str:
    """Say what one person of each measure counts, where several are weighed together; empty for one alone."""
    if len(asked.measures) < 2:
        return ""
    say = english().say
    each = [
        say("lab.placement.weight", measure=MEASURES[name].label, weight=shortest(weight))
        for name, weight in asked.measures
    ]
    return say("lab.placement.weighted", measures="; ".join(each))


def _who(asked: Question) -> str:
    several = len(asked.measures) > 1
    return small(english().say("lab.placement.weighted_people") if several else MEASURES[asked.measures[0][0]].label)


def placement_sentence(found: Placement) -> str:
    """Say what the chosen sites achieve."""
    asked, count, say = found.question, len(found.sites), english().say
    goal = asked.goal
    if count == 0:
        return say("lab.placement.none", score=score_words(goal, found.after))
    within = say(
        f"lab.placement.{'within_and_placed' if 'places' in found.sites else 'within'}",
        within=shortest(found.scenario.within_min),
    )
    known = math.isfinite(found.before)
    result = say(
        f"lab.goals.{goal}.result",
        after=_bare(goal, found.after),
        who=_who(asked),
        within=within,
        targets=area_words(found.effect.counts.pack).targets,
        instead=say("lab.placement.instead", before=_bare(goal, found.before)) if known else "",
    )
    return english().counted("lab.placement.sites", count, result=result)


def _bare(goal: str, value: float) -> str:
    """Write a score without its unit."""
    if not math.isfinite(value):
        return no_figure()
    shown = shown_score(goal, value)
    if GOALS[goal].counts_people:
        return people(as_shown(shown))
    return digits(shown, 1 if goal == SmallestGap.name else 0)
