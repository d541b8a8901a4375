"""The scenario report as a workbook: a cover, and one sheet a table; figures are numbers, not text."""

import io
import math
from collections.abc import Sequence
from datetime import date

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.costs import YEARS
from geo.measures import MEASURES
from reports import wording
from reports.office import steady
from reports.scenario_effect import EffectWords
from reports.scenario_report import assumptions, band_rows, cost_words, message, place_rows, shown_outcomes
from reports.typeset import date_words

_INK = "12436D"
Cell = str | float | int | None
COLUMNS = {
    "measure_label": "Who",
    "name": "Area",
    "group": "Group",
    "total": "In all",
    "reached_before": "Within reach now",
    "reached_after": "Within reach with the plan",
    "change": "Change",
    "share_before": "Share now",
    "share_after": "Share with the plan",
    "newly_reached": "Newly within reach",
    "no_longer_reached": "No longer within reach",
    "by_session_only": "Within reach by sessions only",
    "gain": "Shorter way",
    "lose": "Longer way",
    "minutes_saved_each": "Minutes saved each",
}


def scenario_workbook(effect: EffectWords, made_on: date) -> bytes:
    """Make the workbook of a scenario.

    Parameters
    ----------
    effect
        What it does.
    made_on
        Date that it carries.

    Returns
    -------
    An ``.xlsx``. Everything in it is under disclosure control; an empty cell is a figure that is not shown.
    """
    book = Workbook()
    cover = book.active
    if not isinstance(cover, Worksheet):  # openpyxl makes one sheet
        cover = book.create_sheet()
    _cover(cover, effect, made_on)
    changes: list[Sequence[Cell]] = [
        (int(number), words, change_cost[0], change_cost[1])
        for (number, words, *_), change_cost in zip(effect.change_rows(), _costs(effect), strict=True)
    ]
    _sheet(book, "Changes", ("No", "Change", "Once, £", "A year, £"), changes)
    wards = effect.wards.reset_index()
    for title, rows in (
        ("Wards", wards[~wards["code"].isin(["target", "rest", "borough"])]),
        ("Groups", wards[wards["code"].isin(["target", "rest", "borough"])]),
        ("Small areas", effect.small_areas),
    ):
        if len(rows):
            _frame(book, title, rows)
    outcomes = shown_outcomes(effect)
    if len(outcomes):
        _frame(book, "Outcomes", outcomes, {"outcome": "Outcome"})
    places = place_rows(effect)
    if places:
        _sheet(book, "Places", ("Site", "Places a week", "Taken, at most"), places)
    bands = band_rows(effect)
    if bands:
        heads = (
            "Walking speed",
            "Target now",
            "Target with the plan",
            "Change",
            "Borough now",
            "Borough with",
            "Change ",
        )
        _sheet(book, "How sure", heads, bands)
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), made_on)


def _cover(sheet: Worksheet, effect: EffectWords, made_on: date) -> None:
    scenario, pack = effect.scenario, effect.effect.counts.pack
    sheet.title = "About"
    rows: list[tuple[str, str]] = [
        ("Scenario", scenario.name),
        ("Version", str(scenario.version)),
        ("Note", scenario.note),
        ("Area", pack.name),
        ("Question", f"Who could reach {effect.question}"),
        ("In short", message(effect)),
        *(("Costs", words) for words in cost_words(effect)),
        *(("Assumption", words) for words in assumptions(effect)),
        ("Empty cells", "The figure is not shown: under 5, or one from which such a figure would follow."),
        ("Costs are spread over", f"{YEARS} years"),
        ("From which pack", wording.pack_words(pack)),
        ("When", date_words(made_on)),
        ("Licence", "Open Government Licence v3.0; parts from OpenStreetMap under the Open Database Licence 1.0"),
        ("Attribution", wording.licence_words(pack)),
    ]
    for number, (head, words) in enumerate(rows, start=1):
        sheet.cell(number, 1, head).font = Font(bold=True, color=_INK)
        sheet.cell(number, 2, _safe(words)).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100


def _costs(effect: EffectWords) -> list[tuple[float, float]]:
    found = []
    for change in effect.scenario.changes:
        cost = getattr(change, "cost", None)
        found.append((cost.one_off, cost.yearly) if cost is not None else (0.0, 0.0))
    return found


def _frame(book: Workbook, title: str, table: pd.DataFrame, more: dict[str, str] | None = None) -> None:
    labelled = table.assign(measure_label=table["measure"].map(lambda name: MEASURES[name].label))
    columns = {**(more or {}), **{key: head for key, head in COLUMNS.items() if key in labelled}}
    rows = [[_plain(row[key]) for key in columns] for _, row in labelled.iterrows()]
    _sheet(book, title, list(columns.values()), rows)


def _plain(value: object) -> Cell:
    """Return a value as a cell holds it: empty where there is no figure to show."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    for column, head in enumerate(heads, start=1):
        cell = sheet.cell(1, column, head.strip())
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_INK)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, _safe(value) if isinstance(value, str) else value)
            if heads[column - 1].startswith("Share"):
                cell.number_format = "0%"
    for column, head in enumerate(heads, start=1):
        longest = max([len(head) // 2, *(len(str(row[column - 1])) for row in rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(max(10, longest + 2), 80)
    sheet.freeze_panes = "B2"


def _safe(text: str) -> str:
    """Keep a text from being taken for a formula, and drop characters that a workbook cannot hold."""
    kept = str(ILLEGAL_CHARACTERS_RE.sub("", text))
    return f"'{kept}" if kept[:1] in ("=", "+", "-", "@", "\t", "\r") else kept
