"""What a plan does, in sentences; figures are those under disclosure control."""

import math
import re

import pandas as pd

from analysis.placement import Placement, Proof
from analysis.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    Change,
    ChangeOffer,
    CloseSite,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Spot,
    Venue,
)
from analysis.scenario_lab import Effect
from geo.measures import MEASURES
from geo.modes import mode_named
from geo.pack import AreaPack
from geo.services import category_named
from ui.format import people, percent
from ui.sentences import how, with_article

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~$])")
GROUPS = {"target": "Target wards", "rest": "Other wards", "borough": "Whole borough"}
GOALS = {
    "reach": "most people within reach",
    "time": "least walking in all",
    "worst": "shortest worst journey",
    "gap": "smallest gap between target wards and the rest",
    "backup": "most people who can reach two",
}


def row_of(table: pd.DataFrame, measure: str, code: str) -> "pd.Series[float]":
    """Return the row of an area and measure."""
    found: pd.Series[float] = table[(table["measure"] == measure) & (table["code"] == code)].iloc[0]
    return found


def question(scenario: Scenario) -> str:
    """Say what is asked: "a children's centre within 15 minutes walking with a pram"."""
    service, mode = category_named(scenario.service), mode_named(scenario.mode)
    return f"{with_article(service.label)} within {scenario.within_min:g} minutes {how(mode)}"


def headline(effect: Effect, measure: str) -> str:
    """Say in one sentence what the plan changes for the target wards, and whether anybody loses."""
    scenario, shown = effect.scenario, effect.shown("group")
    target, borough = row_of(shown, measure, "target"), row_of(shown, measure, "borough")
    who = MEASURES[measure].label[0].lower() + MEASURES[measure].label[1:]
    of = f"{people(target['total'])} {who} in the target wards"
    if not scenario.changes:
        return (
            f"## Today **{people(target['reached_before'])}** of {of} can reach {question(scenario)}. "
            "Open a hub below to see what changes."
        )
    start = (
        f"## With this plan **{people(target['reached_after'])}** of {of} can reach {question(scenario)}, instead of "
        f"{people(target['reached_before'])}: **{_more(target['change'])}**"
    )
    rest = row_of(shown, measure, "rest")["change"]
    other = f", and {_more(rest)} in the other wards" if rest else ""
    return f"{start}{other}. {_losers(borough)}"


def _more(change: float) -> str:
    if math.isnan(change):
        return "too few to show"
    if change == 0:
        return "no more and no fewer"
    return f"{people(abs(change))} {'more' if change > 0 else 'fewer'}"


def _losers(borough: "pd.Series[float]") -> str:
    lost, longer = borough["no_longer_reached"], borough["lose"]
    if lost == 0 and longer == 0:
        return "Nobody loses."
    if lost == 0:
        return f"Nobody drops out of reach; {_few(longer)} would have a longer journey."
    return f"**{_few(lost)} would no longer be within reach.**"


def _few(count: float) -> str:
    return "Fewer than 5" if math.isnan(count) else people(count)


def who_loses(effect: Effect, measure: str) -> str:
    """Name the wards where people lose reach or have a longer journey."""
    wards = effect.shown("ward")
    wards = wards[wards["measure"] == measure]
    out = wards[wards["no_longer_reached"].fillna(1) > 0]
    slower = wards[(wards["lose"].fillna(1) > 0) & ~wards["code"].isin(out["code"])]
    parts = []
    if len(out):
        named = ", ".join(
            f"{name} ({_few(count)[0].lower()}{_few(count)[1:]})"
            for name, count in zip(out["name"], out["no_longer_reached"], strict=True)
        )
        parts.append(f"No longer within reach: {named}.")
    if len(slower):
        parts.append(f"A longer journey for some in {', '.join(slower['name'])}.")
    return " ".join(parts) or "Nobody loses: no journey gets longer by a minute or more, and nobody drops out of reach."


def spot_words(pack: AreaPack, spot: Spot) -> str:
    """Name a spot."""
    match spot:
        case Venue(service):
            return str(pack.services.loc[service, "name"]) if service in pack.services.index else service
        case AtPostcode(postcode):
            return postcode
    return f"point {spot.easting:.0f}, {spot.northing:.0f}"


def plain(text: str) -> str:
    """Return a text that markdown shows as it stands: a name from a file or link must not become a link or picture."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def change_words(pack: AreaPack, change: Change, names: dict[str, str]) -> str:
    """Say what one change does; `names` are the names of sites by id."""

    def named(site: str) -> str:
        return plain(names.get(site, site))

    match change:
        case AddSite(_, name, at):
            place = spot_words(pack, at)
            where = "" if place == name or isinstance(at, Point) else f" ({plain(place)})"
            return f"**Open** a hub at {plain(name)}{where}"
        case AddOutreach(_, name, _, weekdays, starts):
            days = ", ".join(day.capitalize() for day in weekdays)
            return f"**Session** at {plain(name)}: {days} {starts}"
        case MoveSite(site, at):
            return f"**Move** {named(site)} to {plain(spot_words(pack, at))}"
        case CloseSite(site):
            return f"**Close** {named(site)}"
        case ChangeOffer(site):
            return f"**Change what is offered** at {named(site)}"
        case AddLink(name):
            return f"**New path**: {plain(name)}"
        case SetSpeed(speed_kmh):
            return f"**Speed** {speed_kmh:g} km/h"


def score_words(goal: str, value: float) -> str:
    """Write a score of a goal with its unit."""
    if math.isnan(value) or math.isinf(value):
        return "no figure"
    match goal:
        case "time":
            return f"{value:,.0f} minutes of travel in all"
        case "worst":
            return f"{value:.0f} minutes for the furthest"
        case "gap":
            return f"{value:.1f} percentage points"
    return f"{people(value, to_nearest=5)} people"


def proof_words(goal: str, proof: Proof) -> str:
    """Say how good the answer is known to be."""
    took = f"found in {proof.seconds:.1f} seconds"
    if proof.status == "optimal":
        bound = score_words(goal, proof.bound)
        return f"**Proven best**: no choice can do better than {bound} (gap {proof.gap:.1%}; {took})."
    why = "Stopped" if proof.status == "stopped" else "Out of time"
    return (
        f"**{why}: this is the best so far.** No choice can do better than {score_words(goal, proof.bound)}: at most "
        f"{percent(min(proof.gap, 1.0), decimals=1)} is left to gain ({took})."
    )


def placement_sentence(found: Placement) -> str:
    """Say what the chosen sites achieve."""
    question, scenario = found.question, found.scenario
    who = MEASURES[question.measures[0][0]].label
    who = who[0].lower() + who[1:]
    count = len(found.sites)
    sites = f"With {'this site' if count == 1 else f'these {count} sites'}"
    now = "" if math.isnan(found.before) or math.isinf(found.before) else score_words(question.goal, found.before)
    instead = f", instead of {now.removesuffix(' people')}" if now else ""
    after = score_words(question.goal, found.after)
    match question.goal:
        case "reach":
            return f"{sites} {after.removesuffix(' people')} {who} are within {scenario.within_min:g} minutes{instead}."
        case "backup":
            return f"{sites} {after.removesuffix(' people')} {who} can reach two{instead}."
        case "gap":
            return f"{sites} the target wards and the rest are {after} apart{instead}, {who}."
    return f"{sites} it is {after}{instead}, {who}."
