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
from wording.groups import area_words
from wording.languages import english
from wording.numbers import capital, listed, minutes, number_word, ordinal, people, percent
from wording.rounding import digits, fixed, whole
from wording.scenario import travelling

_WORTH_A_LINE = 0.15
_REASONS = ("distance_min", "detour_min", "speed_min")


def gap_sentence(name: str, row: pd.Series, parts: pd.Series | None, service: str, who: str, whole: str) -> str:
    """Explain one service of one ward.

    Parameters
    ----------
    name
        Of the ward.
    row
        Of :func:`analysis.gaps.gaps.ward_services` (or `shown`).
    parts
        Of :func:`analysis.gaps.severance.why`, the same ward and service; None to leave the reasons to
        :func:`why_sentence`.
    service
        Category.
    who
        Who is counted, with their ages: :attr:`geo.measures.Measure.counted`.
    whole
        What the whole area is called: :attr:`wording.groups.AreaWords.whole`.
    """
    say, gap = english().say, float(row["gap_to_borough"])
    nearest = say("gaps.half.place", service=category_named(service).label)
    start = f"{_half_live(say('gaps.half.of', who=who, name=name), float(row['median_min']), nearest)}."
    if not math.isfinite(gap):
        return start
    if abs(gap) < NEAR_MIN:
        return f"{start} {say('gaps.compared.same', whole=whole)}"
    compared = say(f"gaps.compared.{'more' if gap > 0 else 'less'}", minutes=minutes(abs(gap)), whole=whole)
    why = "" if parts is None else why_sentence(row, parts)
    return f"{start} {compared} {why}".rstrip()


def away_sentence(row: pd.Series, whole: str) -> str:
    """Say in a few words how far half of a ward's people live from a service, below the sentence that names both.

    As for :func:`gap_sentence`, where the borough is nearer.
    """
    say, median = english().say, float(row["median_min"])
    if math.isinf(median):
        return say("gaps.half.no_way_there")
    start = say("gaps.half.away", minutes=minutes(median))
    gap = float(row["gap_to_borough"])
    if not math.isfinite(gap) or gap < NEAR_MIN:
        return f"{start}."
    return say("gaps.half.away_compared", start=start, minutes=minutes(gap), whole=whole)


def number_words() -> str:
    """Return what the numbered discs on the map are."""
    return english().say("gaps.numbered_streets")


def next_words() -> Mapping[str, str]:
    """Return the words of what one does next about a gap, by name."""
    return english().named("gaps.next")


def why_sentence(row: pd.Series, parts: pd.Series) -> str:
    """Say why a ward is further from a service than the borough; empty where it is not. As for :func:`gap_sentence`."""
    gap = float(row["gap_to_borough"])
    said = _reasons(parts) if math.isfinite(gap) and gap >= NEAR_MIN else ""
    return f"{said} {_severance_by_timetable(parts)}".strip()


def _severance_by_timetable(parts: pd.Series) -> str:
    """Say how many times the straight way on foot the journey takes by bus and train, and on foot; else nothing."""
    if not parts.get("by_timetable", False) or "door_ratio" not in parts:
        return ""
    ratios = [float(parts[key]) for key in ("door_ratio", "severance")]
    if not all(map(math.isfinite, ratios)) or fixed(ratios[0], 1) == fixed(ratios[1], 1):
        return ""
    return english().say("gaps.why.by_timetable", rides=fixed(ratios[0], 1), walks=fixed(ratios[1], 1))


def _half_live(whom: str, median_min: float, place: str) -> str:
    """Say how far half of them live from a place, without a full stop."""
    kind = "no_way" if math.isinf(median_min) else "near" if whole(median_min) < 1 else "far"
    return english().say(f"gaps.half.{kind}", whom=whom, place=place, minutes=minutes(median_min))


def _reasons(parts: pd.Series) -> str:
    say = english().say
    figures = {key: float(parts[key]) for key in _REASONS}
    if parts.get("by_timetable", False):  # what differs beyond the streets is then how much the vehicles help
        figures["timetable_min"] = figures.pop("speed_min")
    adds = [key for key in sorted(figures, key=figures.__getitem__, reverse=True) if figures[key] >= NEAR_MIN]
    saves = [key for key in figures if figures[key] <= -NEAR_MIN]
    reasons = listed([say(f"gaps.why.{key}", minutes=minutes(figures[key])) for key in adds])
    text = say("gaps.why.reasons", reasons=reasons) if reasons else say("gaps.why.mixed")
    if not saves:
        return text
    by = "timetable" if saves == ["timetable_min"] else "way" if "detour_min" in saves else "place"
    gained = listed([minutes(-figures[key]) for key in saves])
    return f"{text} {say(f'gaps.why.saved_by_{by}', minutes=gained)}"


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
    say, label = english().say, category_named(service).label
    said = [say("gaps.barrier.first", share=shares[0], who=who, line=names[0], service=label)]
    if len(rows) > 1:
        said.append(say("gaps.barrier.second", share=shares[1], line=names[1]))
    return " ".join([*said, say("gaps.barrier.further")])


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
    kind = "all" if 0 < total == count else "some" if count else "none"
    text = english().say(
        f"gaps.cut_off.{kind}",
        count=people(as_shown(total)) if kind == "all" else _counted(count),
        who=who,
        name=name,
        minutes=minutes(limit_min),
        place=with_article(category_named(service).label),
    )
    return capital(text)


def cut_off(report: GapReport, code: str, service: str) -> str:
    """Say how many people of a ward live too far from a service: :func:`cut_off_sentence` of a report's figures."""
    row, item = report.services.loc[[(code, service)]].iloc[0], report.survey.basket.item(service)
    count, total = float(report.beyond.loc[[(code, service)]].iloc[0]), float(report.totals.shown[code])
    return cut_off_sentence(str(row["name"]), count, total, report.who, service, item.threshold_min)


def _counted(count: float) -> str:
    """Write a shown count: "1,020", "fewer than 5", "all but a few of the"."""
    words = people(as_shown(count))
    return english().say("gaps.count_left_out", count=words) if said(count) == ALL_BUT_A_FEW else words


def isolation_sentence(found: Isolation, code: str, basket: Basket, who: str, *, short: bool = False) -> str:
    """Say how much is too far away in one ward, its rank, how firm that is, and what it is made of.

    `short` leaves out how firm it is.
    """
    row, parts = found.areas.loc[[code]].iloc[0], found.parts.loc[[code]].iloc[0].sort_values(ascending=False)
    most = [category_named(str(service)).plural for service in parts.index[:3] if parts[service] > 0]
    say, isolation = english().say, digits(row["isolation"])
    text = [
        say("gaps.isolation.share", isolation=isolation, n=len(basket), who=who, name=row["name"]),
        *([] if short else [say("gaps.isolation.range", low=digits(row["low"]), high=digits(row["high"]))]),
    ]
    if not math.isnan(row["rank"]):
        rank, low, high = (int(row[key]) for key in ("rank", "rank_low", "rank_high"))
        n_wards = int(found.areas["rank"].notna().sum()) - len(found.unknown)
        text.append(say("gaps.isolation.rank", rank=ordinal(rank), n=n_wards))
        kind = "rank_between" if low != high else "rank_kept"
        if not short:
            text.append(say(f"gaps.isolation.{kind}", low=ordinal(low), high=ordinal(high)))
    text.append(say("gaps.isolation.most", services=listed(most)) if most else say("gaps.isolation.nothing"))
    return " ".join(text)


def pockets_by(report: GapReport) -> str:
    """Say by whom pockets are put in order: children in poverty, or all who are counted where none are known."""
    poverty = "children_in_poverty"
    return MEASURES[poverty].counted if poverty in report.survey.pack.measure_names(report.baseline) else report.who


def pocket_sentence(pocket: pd.Series, basket: Basket, who: str) -> str:
    """Explain a pocket: a row of :func:`analysis.gaps.pockets.pockets`, in which `who` are counted as ``children``."""
    say = english().say
    count = say("gaps.pocket.people", count=_counted(float(pocket["children"])), who=who)
    where = say("gaps.pocket.place", name=pocket["name"], ward=pocket["ward_name"])
    poor = float(pocket["children_in_poverty"])
    poverty = MEASURES["children_in_poverty"].counted
    after = "" if math.isnan(poor) else capital(say("gaps.pocket.poverty", count=_counted(poor), who=poverty))
    if pocket["service"] not in basket.services:
        return f"{say('gaps.pocket.half_of_list', people=count, place=where)} {after}".strip()
    item, median_min = basket.item(str(pocket["service"])), float(pocket["median_min"])
    label, limit = with_article(category_named(item.service).label), minutes(item.threshold_min)
    far = capital(say("gaps.pocket.service", people=count, place=where, minutes=limit, service=label))
    half = _half_live(say("gaps.half.of_them"), median_min, say("gaps.half.place_named_before"))
    if math.isfinite(median_min):
        half = say("gaps.pocket.nearest", half=half, nearest=pocket["nearest"])
    return f"{far} {half}. {after}".strip()


def closure_sentence(closure: pd.Series, who: str) -> str:
    """Explain what one closure cost: a row of :func:`analysis.trends.change.closures`, in which `who` are counted."""
    say = english().say
    before, now = (minutes(float(closure[key])) for key in ("before_min", "now_min"))
    served = _counted(float(closure["served"]))
    text = [
        say(f"gaps.closure.{'moved' if closure['fate'] == 'moved' else 'gone'}", name=closure["name"]),
        say("gaps.closure.served", count=served, who=who, before=before, now=now),
    ]
    if closure["lost"] > 0:
        text.append(capital(say("gaps.closure.lost", count=people(as_shown(float(closure["lost"]))))))
    return " ".join(text)


def compare_sentence(table: pd.DataFrame, isolation_of: Mapping[str, float], one: str, other: str) -> str:
    """Set two wards against each other in one line: to how many services each is nearer.

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
    say, shares = english().say, [digits(isolation_of[code]) for code in (one, other)]
    pair: dict[str, object] = {"one": names[0], "other": names[1]}
    way, other_way = (minutes(float(ward[widest])) for ward in medians)
    text = [
        say("gaps.compare.nearer", nearer=nearer, further=further, n=len(gap), **pair),
        say("gaps.compare.widest", service=category_named(widest).label, way=way, other_way=other_way),
        say("gaps.compare.isolation", share=shares[0], other_share=shares[1], **pair),
    ]
    return " ".join(text)


def left_out_sentence(missing: Iterable[str]) -> str:
    """Say which services are left out for want of a list; nothing when none is."""
    names = [category_named(name).plural for name in missing]
    if not names:
        return ""
    return english().say("gaps.left_out", services=english().listed(names, "words.or"))


def worst_ward(report: GapReport) -> str:
    """Code of the most isolated ward whose streets are in the data."""
    return next(iter(_known_wards(report)))


def _known_wards(report: GapReport) -> list[str]:
    """Return the ranked wards, the most isolated first, without those whose streets are missing."""
    areas, unknown = report.isolation.areas, report.isolation.unknown
    return [str(code) for code in areas.index[areas["rank"].notna()] if code not in unknown]


def headline(report: GapReport) -> str:
    """Say which ward is the most cut off, by how much, how firm that is, and what makes it so."""
    areas, basket = report.isolation.areas, report.survey.basket
    code = worst_ward(report)
    row = areas.loc[[code]].iloc[0]
    say, n_wards, isolation = english().say, len(_known_wards(report)), digits(row["isolation"])
    worst = say("gaps.headline.worst", name=row["name"], n=n_wards, isolation=isolation, who=report.who)
    text = f"## {worst}\n\n{say('gaps.headline.range', low=digits(row['low']), high=digits(row['high']))}"
    service = worst_service(report, code)
    figures = report.services.loc[[(code, service)]].iloc[0]
    if math.isfinite(figures["gap_to_borough"]) and figures["gap_to_borough"] >= 1:
        way = say(
            "gaps.headline.way",
            minutes=minutes(figures["median_min"]),
            service=category_named(service).label,
            way=travelling(basket.item(service).mode),
            more=minutes(figures["gap_to_borough"]),
            whole=area_words(report.survey.pack).whole,
        )
        text = f"{text} {way}"
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
    kind = "same" if abs(target - rest) < 1 else "more" if target > rest else "less"
    n_target, n_rest = (number_word(int(counts.get(key, 0))) for key in ("target", "rest"))
    shares, words = {"target": digits(target), "rest": digits(rest)}, area_words(report.survey.pack)
    text = english().say(f"gaps.balance.{kind}", n_target=n_target, n_rest=n_rest, targets=words.targets, **shares)
    others = [str(name) for name in wards.loc[wards["group"] == "rest", "name"] if name in set(wards["name"].head(5))]
    if others:
        named = {"names": listed(others), "targets": words.targets, "a_target": words.a_target}
        text = f"{text} {english().counted('gaps.balance.others', len(others), **named)}"
    return text


def firmness(report: GapReport, code: str) -> str:
    """Say in how many of the other ways that were tried a ward keeps its rank."""
    row, draws = report.isolation.areas.loc[[code]].iloc[0], report.isolation.draws
    if math.isnan(row["rank"]) or not draws:
        return ""
    rank, keeps = ordinal(int(row["rank"])), float(row["keeps_rank"])
    kind = "all" if keeps == 1 else "none" if keeps == 0 else "some"
    say, share = english().say, percent(plain_share(keeps))
    return f"{say('gaps.firmness.tried', draws=draws)} {say(f'gaps.firmness.{kind}', rank=rank, share=share)}"


def kind_of(service: str) -> str:
    """Name a service, or what stands for the basket: "a GP practice", "half of the services"."""
    if service == ANY_SERVICE:
        return english().say("gaps.half_of_services")
    return with_article(category_named(service).label)


def service_label(service: str) -> str:
    """Name a service, or what stands for the basket, with a capital: "GP practice", "Half of the services"."""
    return capital(kind_of(service) if service == ANY_SERVICE else category_named(service).label)


def barriers_words(rows: pd.DataFrame, service: str, least: float = _WORTH_A_LINE) -> str:
    """Name the lines in the way to a service for at least that share of the children, or nothing."""
    if service not in rows.index:
        return ""
    found = rows.loc[[service]]
    return listed([str(name) for name in found.loc[found["share"] >= least, "name"].drop_duplicates().head(2)])
