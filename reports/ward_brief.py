"""The ward brief: one ward on two pages of A4."""

import math
from datetime import date
from typing import Any

from analysis.gaps.pockets import ANY_SERVICE
from analysis.reach.reach import groups_of
from analysis.scenario.lab import Effect
from analysis.shown import ShownFrame, row_of, rows_of
from analysis.travel.transit import timing_of
from geo.services import category_named
from reports.brief import brief, common_content
from reports.facts import Facts
from reports.pictures import locator_picture, ward_picture
from reports.rows import need_rows, pocket_rows
from wording.gaps import barriers_words, cut_off, gap_sentence, kind_of, service_label
from wording.groups import area_words, group_names
from wording.numbers import listed, number_word, ordinal, people, percent, rank
from wording.reports import lead_words
from wording.rounding import digits, minutes_cell, shortest
from wording.scenario import mode_words
from wording.transit import share_by_timetable, status_notes

MAX_POCKETS = 9
_WORTH_SAYING_MIN = 2.0


def ward_brief(facts: Facts, ward: str, made_on: date, effect: Effect | None = None) -> bytes:
    """Make the brief of a ward.

    Parameters
    ----------
    facts
        The area.
    ward
        Code.
    made_on
        Date that is printed on it.
    effect
        What the active scenario changes; left out of the brief when None.

    Returns
    -------
    PDF, tagged, two pages.

    Raises
    ------
    InputError
        When it cannot be typeset.
    """
    pictures = {
        "map": ward_picture(facts, ward, width_mm=182, height_mm=124),
        "locator": locator_picture(facts.pack, ward, width_mm=52, height_mm=23),
    }
    return brief("ward", ward_content(facts, ward, effect), pictures, made_on)


def ward_content(facts: Facts, ward: str, effect: Effect | None = None) -> dict[str, Any]:
    """Return the content of a ward brief, as strings and figures for its bars; errors as for :func:`ward_brief`."""
    pack = facts.pack
    name, target = str(pack.wards["name"][ward]), bool(pack.wards["target"][ward])
    n_target = number_word(len(pack.target_wards))
    strategy = str(pack.strategy.get("name", "")).removesuffix(f" {pack.name.split('-')[0]}")
    called = area_words(pack)
    if "target" not in groups_of(pack):
        group = f"One of the {len(pack.wards)} {called.wards}"
    elif target:
        group = f"One of the {n_target} {f'{strategy} {called.wards}' if strategy else called.targets}"
    else:
        group = f"Not one of the {n_target} {called.targets}"
    services, borough = (rows_of(facts.gaps.services, code, "code") for code in (ward, "borough"))
    added = facts.added.get(facts.lead)
    pockets, left_out = _pockets(facts, ward, MAX_POCKETS if effect is None else MAX_POCKETS - 4)
    return {
        "title": f"{name}: ward brief",
        "ward": name,
        "kicker": f"Ward brief · {pack.name}",
        "group": group,
        "messages": _messages(facts, ward, services, borough, people(facts.gaps.totals.shown[ward]), name),
        "whole": group_names(facts.pack)["borough"],
        "whole_inside": called.whole,
        "need": need_rows(facts, [ward, "borough"], ward),
        "n_wards": len(pack.wards),
        "lead": lead_words(facts.survey),
        "services": _services(facts, services, borough),
        "why": _why(facts, ward, services, name),
        "pockets": pockets,
        "pockets_note": left_out,
        "isolation": _isolation(facts, ward, name),
        **(common := common_content(facts, ward, name, effect, ward)),
        "method": [*common["method"], *(status_notes(pack, timing_of(added.mode)) if added is not None else [])],
    }


def _messages(facts: Facts, ward: str, own: ShownFrame, borough: ShownFrame, total: str, name: str) -> list[str]:
    """Say how many can reach the lead service, and what the ward is far behind or ahead of the borough for."""
    item = facts.survey.basket.item(facts.lead)
    share = row_of(own, facts.lead)["share_within"]
    said = {0.0: "None", 1.0: "All"}.get(share, percent(share))
    first = (
        f"{said} of the {total} children aged 0–3 in {name} can reach {kind_of(facts.lead)} within "
        f"{shortest(item.threshold_min)} minutes {mode_words(item.mode)}. Across {facts.pack.name} it is "
        f"{percent(row_of(borough, facts.lead)['share_within'])}."
    )
    if (added := facts.added.get(facts.lead)) is not None:
        shares = added.riding.rows["share"][ward], row_of(own, facts.lead)["share_within"]
        first += f" {share_by_timetable(facts.pack, *shares, timing_of(added.mode))}".replace("**", "")
    behind = own[own["share_gap"] <= -0.1].sort_values("share_gap").index[:3]
    ahead = own[own["share_gap"] >= 0.1].sort_values("share_gap", ascending=False).index[:3]
    worse = listed([category_named(str(service)).plural for service in behind])
    better = listed([category_named(str(service)).plural for service in ahead])
    second = f"{name} is worse off than the {area_words(facts.pack).whole} for {worse}. " if worse else ""
    second += f"It is better off for {better}." if better else ""
    return [first, *([second.strip()] if second else [])]


def _isolation(facts: Facts, ward: str, name: str) -> str:
    found, borough = (row_of(facts.gaps.isolation.areas, code) for code in (ward, "borough"))
    n_wards, whole = len(facts.pack.wards), area_words(facts.pack).whole
    own = int(found["rank"])
    low, high = int(found["rank_low"]), int(found["rank_high"])
    firm = "keeps that place" if low == high == own else f"comes between {ordinal(low)} and {ordinal(high)}"
    return (
        f"On average, {digits(found['isolation'])}% of the {len(facts.survey.basket)} services below are too far "
        f"away for {facts.gaps.who} in {name} ({digits(borough['isolation'])}% in the {whole}). Those that matter more "
        f"count more. {name} is {rank(own, n_wards)} wards, where the 1st is the most cut off. In 9 of 10 ways we "
        f"tried it, with other speeds and weights, it {firm}."
    )


def _services(facts: Facts, own: ShownFrame, borough: ShownFrame) -> list[dict[str, Any]]:
    rows = []
    for item in facts.survey.basket:
        here, all_over = row_of(own, item.service), row_of(borough, item.service)
        share, share_borough = here["share_within"], all_over["share_within"]
        gap = float(here["gap_to_borough"])
        rows.append(
            {
                "service": service_label(item.service),
                "within": shortest(item.threshold_min),
                "share": percent(share),
                "bar": None if math.isnan(share) else share,
                "borough": percent(share_borough),
                "mark": None if math.isnan(share_borough) else share_borough,
                "median": minutes_cell(float(here["median_min"]), 1),
                "median_borough": minutes_cell(float(all_over["median_min"]), 1),
                "p90": minutes_cell(float(here["p90_min"]), 1),
                "rank": f"{int(here['rank'])}" if math.isfinite(here["rank"]) else "–",
                "behind": bool(gap >= _WORTH_SAYING_MIN),
            }
        )
    return rows


def _why(facts: Facts, ward: str, own: ShownFrame, name: str) -> list[str]:
    """Return up to two sentences on the services with the ward's widest gaps, and the barriers in the way."""
    behind = own[own["share_gap"] <= -0.05].sort_values("share_gap")
    worst = [str(s) for s in behind.index if row_of(own, s)["gap_to_borough"] >= _WORTH_SAYING_MIN][:2]
    barriers = facts.gaps.barriers(facts.inside([ward]))
    sentences: list[str] = []
    for service in worst:
        row = own.loc[[service]].iloc[0]
        how_far = gap_sentence(name, row, row, service, facts.gaps.who, area_words(facts.pack).whole)
        text = f"{cut_off(facts.gaps, ward, service)} {how_far}"
        lines = barriers_words(barriers, service)
        text += f" On a straight line many families would have to cross {lines}." if lines else ""
        sentences.append(text)
    return sentences


def _pockets(facts: Facts, ward: str, most: int) -> tuple[list[list[str]], str]:
    found = facts.gaps.pockets[facts.gaps.pockets["ward"] == ward]
    # The whole basket first: it shows where several services are missing together.
    first = found[found["service"] == ANY_SERVICE].head(2)
    others = found[found["service"] != ANY_SERVICE].drop_duplicates("service")
    chosen = found.loc[[*first.index, *others.index[: most - len(first)]]]
    return pocket_rows(facts, chosen), (
        f"{len(found)} pockets in all; the largest for each service is shown. A child can be in several."
        if len(found) > len(chosen)
        else ""
    )
