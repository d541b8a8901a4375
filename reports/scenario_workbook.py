"""The scenario report as a workbook: a cover sheet, and a sheet for each of its tables."""

from datetime import date

import pandas as pd

from analysis.reach.reach import GROUPS, groups_of
from analysis.scenario.costs import YEARS
from analysis.scenario.lab import Effect
from analysis.shown import ShownFrame, made_of_shown, nobody_counted
from drawing.sheets import Sheet, workbook_bytes
from geo.measures import MEASURES
from geo.pack import AreaPack
from reports.office import steady
from reports.scenario_effect import changes
from reports.scenario_report import assumptions, bands, capacity, cost_words, message, shown_outcomes
from wording.columns import Column, licence_note
from wording.dates import date_words
from wording.groups import area_words, group_names, whole_area
from wording.numbers import capital, currency_sign
from wording.reports import licence_words, pack_words
from wording.scenario import question

_CHANGES = {
    "number": Column("No", "rank"),
    "change": Column("Change"),
}
_AREAS = {
    "who": Column("Who"),
    "name": Column("Area"),
    "group": Column("Group"),
    "total": Column("In all", "people"),
    "reached_before": Column("Within reach now", "people"),
    "reached_after": Column("Within reach with the plan", "people"),
    "change": Column("Change", "people"),
    "share_before": Column("Share now", "percent"),
    "share_after": Column("Share with the plan", "percent"),
    "newly_reached": Column("Newly within reach", "people"),
    "no_longer_reached": Column("No longer within reach", "people"),
    "gain": Column("Shorter way", "people"),
    "lose": Column("Longer way", "people"),
    "minutes_saved_each": Column("Saved each", "minutes"),
    "near_session_only": Column("Near a session only", "people"),
    "by_session_only": Column("Near a session only, with a place", "people"),
}
_CAPACITY = {
    "site": Column("Site"),
    "places": Column("Places a week", "people"),
    "taken": Column("Taken, at most", "people"),
}


def scenario_workbook(effect: Effect, made_on: date) -> bytes:
    """Make the workbook of a scenario.

    Parameters
    ----------
    effect
        The effect of the scenario.
    made_on
        Date that is written in it.

    Returns
    -------
    An ``.xlsx``, with shown figures only (:mod:`analysis.shown`).
    """
    return steady(workbook_bytes(scenario_sheets(effect), _notes(effect, made_on)), made_on)


def scenario_sheets(effect: Effect) -> list[Sheet]:
    """Return the sheets of a scenario's tables; tables without rows are left out."""
    wards = effect.by_area.reset_index()
    groups = wards["code"].isin(list(GROUPS))
    outcomes = shown_outcomes(effect)
    sign = currency_sign(effect.counts.pack.manifest.particulars.currency)
    sheets = [
        Sheet(
            "Changes",
            "What the plan changes, in order, with the costs as entered.",
            nobody_counted(changes(effect)),
            {**_CHANGES, "one_off": Column(f"Once, {sign}", "people"), "yearly": Column(f"A year, {sign}", "people")},
        ),
        Sheet("Wards", "Each ward, now and with the plan.", _labelled(wards[~groups]), _AREAS),
        Sheet("Groups", _groups_about(effect), _named(effect, wards[groups]), _AREAS),
        Sheet("Small areas", "Each small area (LSOA), to the nearest 5.", _labelled(effect.shown("lsoa")), _AREAS),
        Sheet(
            "Outcomes",
            "Reach of a site that serves each outcome of the strategy.",
            _named(effect, outcomes) if len(outcomes) else outcomes,
            {"outcome": Column("Outcome"), **_AREAS},
        ),
        Sheet(
            "Places",
            "Sites with a stated number of places, and how many would be taken.",
            made_of_shown(capacity(effect)),
            _CAPACITY,
        ),
        Sheet(
            "How sure",
            "The same for a slower and a faster walk.",
            made_of_shown(bands(effect)),
            _bands_columns(effect.counts.pack),
        ),
    ]
    # A table may lack a column, as that of outcomes does; then its heading is left out too.
    return [
        Sheet(s.title, s.about, s.frame, {name: c for name, c in s.columns.items() if name in s.frame})
        for s in sheets
        if len(s.frame)
    ]


def _bands_columns(pack: AreaPack) -> dict[str, Column]:
    words = area_words(pack)
    targets, whole = capital(words.targets), capital(words.whole)
    return {
        "speed": Column("Walking speed"),
        "share_before_target": Column(f"{targets} now", "percent"),
        "share_after_target": Column(f"{targets} with the plan", "percent"),
        "change_target": Column(f"Change in {words.targets}", "people"),
        "share_before_borough": Column(f"{whole} now", "percent"),
        "share_after_borough": Column(f"{whole} with the plan", "percent"),
        "change_borough": Column(f"Change in the {words.whole}", "people"),
    }


def _groups_about(effect: Effect) -> str:
    apart, words = "target" in groups_of(effect.counts.pack), area_words(effect.counts.pack)
    whom = f"{capital(words.targets)}, {words.others} and {words.whole}" if apart else whole_area(effect.counts.pack)
    return f"{whom}, now and with the plan."


def _labelled(rows: pd.DataFrame) -> ShownFrame:
    return made_of_shown(rows.assign(who=rows["measure"].map(lambda name: MEASURES[name].label)))


def _named(effect: Effect, rows: pd.DataFrame) -> ShownFrame:
    return made_of_shown(_labelled(rows).assign(name=rows["code"].map(group_names(effect.counts.pack))))


def _notes(effect: Effect, made_on: date) -> dict[str, str]:
    scenario, pack = effect.scenario, effect.counts.pack
    notes = {
        "title": scenario.name,
        "area": pack.name,
        "version": str(scenario.version),
        "note": scenario.note,
        "question": f"Who could reach {question(effect.scenario)}",
        "in short": message(effect),
        "costs": "\n".join(cost_words(effect)),
        "assumptions": "\n".join(assumptions(effect)),
        "costs are spread over": f"{YEARS} years",
        "pack": pack_words(pack),
        "written": date_words(made_on),
        "licence": licence_note(pack),
        "attribution": licence_words(pack),
    }
    return {heading: text for heading, text in notes.items() if text}
