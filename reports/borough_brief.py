"""The borough brief: the whole area on two pages of A4, the target wards beside the rest.

A third page says what buses and trains add, where the area has a timetable.
"""

import math
from datetime import date
from typing import Any

import numpy as np

from analysis.reach.reach import groups_of, main_group
from analysis.scenario.lab import Effect
from analysis.shown import row_of
from drawing.palette import DIVERGING, NO_FIGURE, readable_ink
from geo.services import category_named
from reports.brief import brief, common_content
from reports.facts import Facts
from reports.pictures import rides_pictures, streets_picture
from reports.rows import need_rows, pocket_rows
from wording.gaps import kind_of, service_label
from wording.groups import area_words, group_names
from wording.numbers import capital, listed, number_word, people, percent
from wording.reports import lead_words
from wording.rides import rides_heads, rides_message, rides_notes, rides_rows, rides_title, rides_words
from wording.rounding import digits, minutes_cell, per_cent, shortest
from wording.scenario import mode_words
from wording.transit import missing_words

MAX_POCKETS = 6
# Percentage points above or below the borough at which a cell's colour changes; the first colour is the worst.
_STEPS = (-0.25, -0.05, 0.05, 0.25)
_COLOURS = tuple(reversed(DIVERGING))
_WORDS = (
    "over 25 points worse than the {whole}",
    "5 to 25 worse",
    "about the same",
    "5 to 25 better",
    "over 25 points better",
)


def borough_brief(facts: Facts, made_on: date, effect: Effect | None = None) -> bytes:
    """Make the brief of the whole area.

    Parameters
    ----------
    facts
        The area.
    made_on
        Date that is printed on it.
    effect
        What the active scenario changes; left out of the brief when None.

    Returns
    -------
    PDF, tagged, two pages; three where the area has a timetable.

    Raises
    ------
    InputError
        When it cannot be typeset.
    """
    pictures = {"map": streets_picture(facts, width_mm=182, height_mm=84)}
    if facts.most_added is not None:
        pictures |= rides_pictures(facts, facts.most_added, width_mm=90, height_mm=56)
    return brief("borough", borough_content(facts, effect), pictures, made_on)


def borough_content(facts: Facts, effect: Effect | None = None) -> dict[str, Any]:
    """Return the content of the borough brief, as strings and colours; errors as for :func:`borough_brief`."""
    pack = facts.pack
    groups = groups_of(pack)
    n_target, n_rest = len(pack.target_wards), len(pack.wards) - len(pack.target_wards)
    called = area_words(pack)
    words = {
        "target": f"{number_word(n_target).capitalize()} {called.wards}",
        "rest": f"Other {number_word(n_rest)}",
        "borough": group_names(pack)["borough"],
    }
    heads = [words[group] for group in groups]
    apart = "target" in groups
    beside = f", {heads[0].lower()} beside the {heads[1].lower()}" if apart else ""
    pockets = facts.gaps.pockets.drop_duplicates("ward").head(MAX_POCKETS)
    return {
        "title": f"{pack.name}: {called.whole} brief",
        "name": pack.name,
        "kicker": f"{capital(called.whole)} brief",
        "sub": f"{len(pack.wards)} {called.wards}{beside}",
        "messages": _messages(facts, heads),
        "heads": heads,
        "need": need_rows(facts, list(groups)),
        "need_status": f"Status is that of the figure for the {called.targets if apart else called.whole}.",
        "heat_heads": [service_label(item.service) for item in facts.survey.basket],
        "heat_limits": [shortest(item.threshold_min) for item in facts.survey.basket],
        "heat": _heat(facts),
        "heat_key": [
            {"colour": colour, "words": words.format(whole=called.whole)}
            for colour, words in zip(_COLOURS, _WORDS, strict=True)
        ],
        "groups": _groups(facts, heads),
        "gaps": _gaps(facts),
        "pockets": pocket_rows(facts, pockets, ward_column=True),
        "apart": apart,
        "whole": called.whole,
        "a_target": called.a_target,
        "targets": capital(called.targets),
        "lead": lead_words(facts.survey),
        "planned": f"the {heads[0].lower()}" if apart else str(pack.name),
        "rides": _rides(facts),
        **common_content(facts, "borough", pack.name, effect, main_group(pack)),
    }


def _messages(facts: Facts, heads: list[str]) -> list[str]:
    table, item = facts.gaps.services, facts.survey.basket.item(facts.lead)
    groups = groups_of(facts.pack)
    shares = [row_of(table, (group, facts.lead))["share_within"] for group in groups]
    where = f"the {heads[0].lower()}" if len(groups) > 1 else str(facts.pack.name)
    beside = f"; in the {heads[1].lower()} {percent(shares[1])}" if len(groups) > 1 else ""
    first = (
        f"In {where} {percent(shares[0])} of {people(facts.gaps.totals.shown[groups[0]])} children aged "
        f"0–3 can reach {kind_of(facts.lead)} within {shortest(item.threshold_min)} minutes "
        f"{mode_words(item.mode)}{beside}."
    )
    areas = facts.gaps.isolation.areas
    worst = areas[areas["rank"].notna()].head(3)
    names = listed([f"{row['name']} ({digits(row['isolation'])}%)" for _, row in worst.iterrows()])
    second = (
        f"Most is too far away in {names}. That is the share of {len(facts.survey.basket)} services that are too far "
        f"away for {facts.gaps.who}, on average. Across the {area_words(facts.pack).whole} it is "
        f"{digits(row_of(areas, 'borough')['isolation'])}%."
    )
    return [first, second]


def _rides(facts: Facts) -> dict[str, Any] | None:
    """Return what buses and trains add, for the page about them; None without a timetable."""
    added = facts.most_added
    if added is None:
        return None
    rows, groups = rides_rows(facts.pack, added)
    return {
        "title": rides_title(facts.pack, added),
        "message": " ".join([rides_message(facts.pack, added, facts.measure), *missing_words(facts.pack)]),
        "words": rides_words(facts.added, added),
        "service": category_named(added.item.service).label,
        "within": shortest(added.item.threshold_min),
        "heads": rides_heads(facts.pack, added),
        "rows": rows,
        "groups": groups,
        "notes": rides_notes(facts.pack, added),
    }


def _heat(facts: Facts) -> list[dict[str, Any]]:
    areas, apart = facts.gaps.isolation.areas, "target" in groups_of(facts.pack)
    rows = []
    for code in areas.index:
        area = row_of(areas, code)
        own = [row_of(facts.gaps.services, (code, item.service)) for item in facts.survey.basket]
        rows.append(
            {
                "name": str(area["name"]),
                "target": bool(apart and area["group"] == "target" and code in facts.pack.wards.index),
                "group": code not in facts.pack.wards.index,
                "isolation": digits(area["isolation"]),
                "cells": [_cell(float(row["share_within"]), float(row["share_gap"])) for row in own],
            }
        )
    return rows


def _cell(share: float, gap: float) -> dict[str, str]:
    if math.isnan(share) or math.isnan(gap):
        return {"words": "*", "fill": NO_FIGURE, "ink": readable_ink(NO_FIGURE)}
    fill = _COLOURS[int(np.searchsorted(_STEPS, round(gap, 2), side="right"))]
    return {"words": per_cent(share).removesuffix("%"), "fill": fill, "ink": readable_ink(fill)}


def _groups(facts: Facts, heads: list[str]) -> list[str]:
    """Return sentences with the number of services that are nearer to, or further from, the target wards."""
    gaps = facts.target_gaps
    further = [str(service) for service in gaps.index[gaps["gap_min"] >= 1]]
    nearer = [str(service) for service in gaps.index[gaps["gap_min"] <= -1]]
    said = []
    if nearer:
        names = listed([category_named(service).plural for service in nearer])
        said.append(
            f"In the {heads[0].lower()}, half of the {facts.gaps.who} have a shorter way than half of those in the "
            f"{heads[1].lower()} to {names}."
        )
    if further:
        names = listed([category_named(service).plural for service in further])
        said.append(f"A longer way to {names}.")
    return said


def _gaps(facts: Facts) -> list[list[str]]:
    rows = []
    for item in facts.survey.basket if len(facts.target_gaps) else ():
        row = row_of(facts.target_gaps, item.service)
        minutes = [minutes_cell(float(row[key]), 1) for key in ("target_min", "rest_min")]
        shares = [percent(row[key]) for key in ("target_share", "rest_share")]
        rows.append([service_label(item.service), shortest(item.threshold_min), *shares, *minutes])
    return rows
