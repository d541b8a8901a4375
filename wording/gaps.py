"""Say in plain sentences what the figures of a ward or a pocket mean.

Strings only: pages and the command line show them.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.gaps.gaps import NEAR_MIN
from analysis.gaps.isolation import Isolation
from analysis.gaps.pockets import ANY_SERVICE
from analysis.gaps.report import GapReport
from analysis.reach.basket import Basket
from analysis.shown import ALL_BUT_A_FEW, as_shown, plain_share, said
from geo.measures import MEASURES
from geo.services import category_named, with_article
from wording.numbers import capital, listed, minutes_on_foot, number_word, ordinal, people, percent
from wording.rounding import digits, whole
from wording.scenario import travelling

HALF = "half of the services"
"""What a pocket is cut off from for which services of half the weight of the list, or more, are too far away."""

_WORTH_A_LINE = 0.15


def gap_sentence(name: str, row: pd.Series, parts: pd.Series, service: str, who: str) -> str:
    """Explain one service of one ward.

    Parameters
    ----------
    name
        Of the ward.
    row
        Of :func:`analysis.gaps.gaps.ward_services` (or `shown`).
    parts
        Of :func:`analysis.gaps.severance.why`, the same ward and service.
    service
        Category.
    who
        Who is counted, with their ages: :attr:`geo.measures.Measure.counted`.
    """
    label, gap = category_named(service).label, float(row["gap_to_borough"])
    start = f"Half of the {who} in {name} {_live(float(row['median_min']))} the nearest {label}."
    if not math.isfinite(gap):
        return start
    if abs(gap) < NEAR_MIN:
        return f"{start} That is about the same as across the borough."
    compared = f"That is {minutes_on_foot(abs(gap))} {'more' if gap > 0 else 'less'} than across the borough"
    return f"{start} {compared}.{f' {_reasons(parts)}' if gap > 0 else ''}"


def _live(median_min: float) -> str:
    """Say how far half of them live from the nearest: it takes the name of a place after it."""
    if math.isinf(median_min):
        return "have no way to get to"
    if whole(median_min) < 1:
        return "live less than a minute from"
    return f"live {minutes_on_foot(median_min)} or more from"


def _reasons(parts: pd.Series) -> str:
    words = {
        "distance_min": "because there is none closer",
        "detour_min": "because the way there goes round something",
        "speed_min": "because the streets are slower",
    }
    adds = [(float(parts[key]), text) for key, text in words.items() if float(parts[key]) >= NEAR_MIN]
    saves = [key for key in words if float(parts[key]) <= -NEAR_MIN]
    said = listed([f"{minutes_on_foot(value)} {text}" for value, text in sorted(adds, reverse=True)])
    text = f"It is {said}." if said else "It is a little of everything."
    if not saves:
        return text
    gained = listed([minutes_on_foot(-float(parts[key])) for key in saves])
    return f"{text} {'A straighter way' if 'detour_min' in saves else 'A closer place'} saves {gained}."


def barrier_sentence(barriers: pd.DataFrame, service: str, who: str) -> str:
    """Name the lines in the way to one service; empty when none matters.

    Parameters
    ----------
    barriers
        From :func:`analysis.gaps.severance.barriers_of`.
    service
        Category.
    who
        Who is counted, with their ages.
    """
    if service not in barriers.index:
        return ""
    rows = barriers.loc[[service]]
    rows = rows[rows["share"] >= _WORTH_A_LINE].head(2)
    if rows.empty:
        return ""
    shares = [percent(plain_share(float(share))) for share in rows["share"]]
    names = [str(name) for name in rows["name"]]
    second = f" For {shares[1]} it is {names[1]}." if len(rows) > 1 else ""
    return (
        f"For {shares[0]} of the {who} here, {names[0]} lies between home and the {category_named(service).label} "
        f"that is closest on the map.{second} They go at least half as far again as the straight line."
    )


def cut_off_sentence(name: str, count: float, total: float, who: str, service: str, limit_min: float) -> str:
    """Say how many people of a ward live too far from a service.

    Parameters
    ----------
    name
        Of the ward.
    count
        People beyond the limit, as shown.
    total
        All of them who live there, as shown.
    who
        Who is counted, with their ages.
    service, limit_min
        Category, and how soon it should be reached.
    """
    label = with_article(category_named(service).label)
    some = f"{_counted(count)} {who}" if count else f"No {who}"
    start = f"All {people(as_shown(total))} {who}" if 0 < total == count else some
    return f"{capital(start)} in {name} live more than {minutes_on_foot(limit_min)} from {label}."


def cut_off(report: GapReport, code: str, service: str) -> str:
    """Say how many people of a ward live too far from a service: :func:`cut_off_sentence` of a report's figures."""
    row, item = report.services.loc[[(code, service)]].iloc[0], report.survey.basket.item(service)
    count, total = float(report.beyond.loc[[(code, service)]].iloc[0]), float(report.totals.shown[code])
    return cut_off_sentence(str(row["name"]), count, total, report.who, service, item.threshold_min)


def _counted(count: float) -> str:
    """Write a shown count: "1,020", "fewer than 5", "all but a few of the"."""
    words = said(count)
    return f"{words} of the" if words == ALL_BUT_A_FEW else people(as_shown(count))


def isolation_sentence(found: Isolation, code: str, basket: Basket, who: str) -> str:
    """Say how much is too far away in one ward, its rank, how firm that is, and what it is made of."""
    row, parts = found.areas.loc[[code]].iloc[0], found.parts.loc[[code]].iloc[0].sort_values(ascending=False)
    most = [category_named(str(service)).plural for service in parts.index[:3] if parts[service] > 0]
    n_wards = int(found.areas["rank"].notna().sum())
    text = (
        f"On average, {digits(row['isolation'])}% of the {len(basket)} services on our list are too far away for the "
        f"{who} in {row['name']}. By how fast people walk and what counts most, it could be {digits(row['low'])}% to "
        f"{digits(row['high'])}%."
    )
    if not math.isnan(row["rank"]):
        rank, low, high = (int(row[key]) for key in ("rank", "rank_low", "rank_high"))
        band = f"comes between {ordinal(low)} and {ordinal(high)}" if low != high else "keeps that place"
        text += (
            f" That makes it {ordinal(rank)} of {n_wards} wards, where the 1st is the most cut off. In 9 of 10 ways we "
            f"tried it, it {band}."
        )
    return f"{text} {f'Most of it comes from {listed(most)}.' if most else 'Nothing is too far away.'}"


def pocket_sentence(pocket: pd.Series, basket: Basket, who: str) -> str:
    """Explain a pocket: a row of :func:`analysis.gaps.pockets.pockets`, in which `who` are counted as ``children``."""
    count = f"{_counted(float(pocket['children']))} {who}"
    where = f"{pocket['name']} in {pocket['ward_name']}"
    poor = pocket["children_in_poverty"]
    poverty = MEASURES["children_in_poverty"].counted
    after = "" if math.isnan(poor) else f" {capital(_counted(float(poor)))} {poverty} live here."
    if pocket["service"] not in basket.services:
        return f"For {count} {where}, half of our list of services or more is too far away.{after}"
    item = basket.item(str(pocket["service"]))
    label = with_article(category_named(item.service).label)
    half = f"Half of them {_live(float(pocket['median_min']))} the nearest"
    if math.isfinite(pocket["median_min"]):
        half += f", for most {pocket['nearest']}"
    return f"{capital(count)} {where} live more than {minutes_on_foot(item.threshold_min)} from {label}. {half}.{after}"


def closure_sentence(closure: pd.Series, who: str) -> str:
    """Explain what one closure cost: a row of :func:`analysis.trends.change.closures`, in which `who` are counted."""
    served = f"{_counted(float(closure['served']))} {who}"
    verb = "has moved" if closure["fate"] == "moved" else "is no longer on the list of practices"
    before, now = (minutes_on_foot(float(closure[key])) for key in ("before_min", "now_min"))
    text = (
        f"{closure['name']} {verb}. It was the nearest for {served}. Half of them had {before} or more to go, and now "
        f"have {now} or more."
    )
    if closure["lost"] > 0:
        lost = people(as_shown(float(closure["lost"])))
        return f"{text} {capital(lost)} of them have no practice near enough any more."
    return text


def compare_sentence(table: pd.DataFrame, isolation_of: Mapping[str, float], one: str, other: str) -> str:
    """Set two wards against each other in one line, such as Kursaal against West Leigh.

    Parameters
    ----------
    table
        From :func:`analysis.gaps.gaps.ward_services`.
    isolation_of
        Isolation by ward code.
    one, other
        Ward codes.
    """
    rows = [table.xs(code, level="code") for code in (one, other)]
    names, medians = [str(row["name"].iloc[0]) for row in rows], [row["median_min"] for row in rows]
    with np.errstate(invalid="ignore"):
        gap = medians[0] - medians[1]
    nearer, further = int((gap < -NEAR_MIN).sum()), int((gap > NEAR_MIN).sum())
    widest = str(gap.abs().replace(np.inf, np.nan).idxmax())
    label = category_named(widest).label
    ways = [minutes_on_foot(float(ward[widest])) for ward in medians]
    return (
        f"{names[0]} is nearer than {names[1]} to {nearer} of {len(gap)} services and further from {further}. "
        f"They differ most in the way to the {label}: {ways[0]} against {ways[1]}. "
        f"{digits(isolation_of[one])}% of the services on our list are too far "
        f"away in {names[0]}, {digits(isolation_of[other])}% in {names[1]}."
    )


def left_out_sentence(missing: Iterable[str]) -> str:
    """Say which services are left out for want of a list; nothing when none is."""
    names = [category_named(name).plural for name in missing]
    if not names:
        return ""
    either = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"No list of {either} is in this area's data, so they are left out."


def worst_ward(report: GapReport) -> str:
    """Code of the most isolated ward."""
    return str(report.isolation.areas.index[0])


def headline(report: GapReport) -> str:
    """Say which ward is the most cut off, by how much, how firm that is, and what makes it so."""
    areas, basket = report.isolation.areas, report.survey.basket
    code = worst_ward(report)
    row = areas.loc[[code]].iloc[0]
    n_wards = int(areas["rank"].notna().sum())
    text = (
        f"## {row['name']} is the most cut off of the {n_wards} wards. On average, **{digits(row['isolation'])}%** of "
        f"the services on our list are too far away for its {report.who}."
        f"\n\nIt could be {digits(row['low'])}% to {digits(row['high'])}%, by how fast people walk and what counts "
        "most."
    )
    service = worst_service(report, code)
    figures = report.services.loc[[(code, service)]].iloc[0]
    if math.isfinite(figures["gap_to_borough"]) and figures["gap_to_borough"] >= 1:
        text += (
            f" Half of them have {minutes_on_foot(figures['median_min'])} or more to go to the nearest "
            f"{category_named(service).label}, {travelling(basket.item(service).mode)}. "
            f"That is {minutes_on_foot(figures['gap_to_borough'])} more than across the borough."
        )
    said = balance(report)
    return f"{text}\n\n{said}" if said else text


def worst_service(report: GapReport, code: str) -> str:
    """Service of several places that adds most to the isolation of a ward, of those further than in the borough."""
    parts = report.isolation.parts.loc[[code]].iloc[0]
    further = report.services["gap_to_borough"].xs(code, level="code").reindex(parts.index) > 1
    many = np.array([len(places) > 1 for places in report.survey.sites])
    for chosen in (parts[further & many], parts[further], parts):
        if len(chosen):
            return str(chosen.idxmax())
    return str(parts.index[0])


def balance(report: GapReport) -> str:
    """Set the target wards against the others, and say how many of the worst five are no target wards.

    Nothing where there are no target wards, or no others.
    """
    areas = report.isolation.areas
    if "target" not in areas.index:
        return ""
    wards = areas[areas["rank"].notna()]
    counts = wards["group"].value_counts()
    target, rest = (float(areas["isolation"][key]) for key in ("target", "rest"))
    word = "as cut off as" if abs(target - rest) < 1 else "more cut off than" if target > rest else "less cut off than"
    six = number_word(int(counts.get("target", 0)))
    text = (
        f"Taken together, the {six} target wards are {word} the other {number_word(int(counts.get('rest', 0)))}: "
        f"{digits(target)}% against {digits(rest)}%."
    )
    others = [str(name) for name in wards.loc[wards["group"] == "rest", "name"] if name in set(wards["name"].head(5))]
    if others:
        verb = "is not a target ward" if len(others) == 1 else "are not target wards"
        text += f" Of the five most cut off, {listed(others)} {verb}."
    return text


def firmness(report: GapReport, code: str) -> str:
    """Say in how many of the other ways that were tried a ward keeps its rank."""
    row, draws = report.isolation.areas.loc[[code]].iloc[0], report.isolation.draws
    if math.isnan(row["rank"]) or not draws:
        return ""
    rank, keeps = ordinal(int(row["rank"])), float(row["keeps_rank"])
    times = "all of them" if keeps == 1 else "none of them" if keeps == 0 else f"{percent(plain_share(keeps))} of them"
    return (
        f"We tried {draws} other ways: people walk faster or slower, and other services count more. The ward is {rank} "
        f"in {times}."
    )


def kind_of(service: str) -> str:
    """Name a service, or what stands for the basket: "a GP practice", "half of the services"."""
    return HALF if service == ANY_SERVICE else with_article(category_named(service).label)


def service_label(service: str) -> str:
    """Name a service, or what stands for the basket, with a capital: "GP practice", "Half of the services"."""
    return capital(HALF if service == ANY_SERVICE else category_named(service).label)


def barriers_words(rows: pd.DataFrame, service: str, least: float = _WORTH_A_LINE) -> str:
    """Name the lines in the way to a service for at least that share of the children, or nothing."""
    if service not in rows.index:
        return ""
    found = rows.loc[[service]]
    return listed([str(name) for name in found.loc[found["share"] >= least, "name"].drop_duplicates().head(2)])
