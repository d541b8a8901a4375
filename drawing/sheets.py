"""A workbook to take away: a cover sheet that says what it is, and one sheet for each table.

Cells hold figures, not text, so that they can be worked with; headings say the unit. An empty cell is a figure that
is too small to show or that there is none of, and ``no way`` stands where a place cannot be reached. Pages and reports
write theirs here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from analysis.shown import ShownFrame, said
from geo.errors import InputError
from wording.columns import Column
from wording.numbers import no_way_cell

Notes = Mapping[str, str]
"""Heading and text of each note: title, area, baseline, status, sources, licence …"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COVER = "About"
_LONGEST_TITLE = 31
_WIDEST = 60
_COVER_WIDTHS = (26, 110)
_LINE_PT = 15.0
_FORBIDDEN = set("[]:*?/\\'")
_FORMATS = {
    "people": "#,##0",
    "percent": "0%",
    "minutes": "0.0",
    "distance": "#,##0",
    "score": "0.00",
    "rank": "0",
}
_HEADINGS = {
    "title": "What",
    "area": "Area",
    "figures": "Whose figures",
    "written": "When",
    "pack": "From which pack",
    "licence": "Licence",
    "attribution": "Attribution",
}
_FORMULA_STARTS = ("=", "+", "-", "@")
_TYPE = "Calibri"
_INK, _PAPER = "12436D", "FFFFFF"


@dataclass(frozen=True, eq=False)
class Sheet:
    r"""One table of a workbook.

    Attributes
    ----------
    title
        Name of the sheet: at most 31 characters, none of ``[]:*?/\'``.
    about
        What the table holds, in a sentence, for the cover.
    frame
        The figures: shares from 0 to 1, minutes, metres, people.
    columns
        The columns to write, in order, keyed by column of the frame.
    """

    title: str
    about: str
    frame: ShownFrame
    columns: Mapping[str, Column]


def workbook_bytes(sheets: Sequence[Sheet], notes: Notes) -> bytes:
    """Write sheets as an XLSX file behind a cover.

    Parameters
    ----------
    sheets
        The tables, in order.
    notes
        What must travel with the file (see :func:`wording.columns.notes_of`).

    Raises
    ------
    InputError
        When there is no sheet, a title cannot be one or stands twice, or a frame lacks a column.
    """
    if not sheets:
        raise InputError("there is nothing to write: give at least one sheet")
    titles = [COVER.casefold()]
    for sheet in sheets:
        if not 0 < len(sheet.title) <= _LONGEST_TITLE or _FORBIDDEN & set(sheet.title):
            raise InputError(f"{sheet.title!r} cannot be the name of a sheet: 1 to 31 characters, none of []:*?/\\'")
        if sheet.title.casefold() in titles:
            raise InputError(f"two sheets would be called {sheet.title!r}")
        titles.append(sheet.title.casefold())
        missing = [name for name in sheet.columns if name not in sheet.frame.columns]
        if missing:
            raise InputError(f"the table {sheet.title!r} has no column {', '.join(missing)}")
    book = Workbook()
    book.properties.title, book.properties.creator = notes.get("title", "Service Reach"), "Service Reach"
    cover = book.active
    if isinstance(cover, Worksheet):  # a new workbook has one, and it is active
        _write_cover(cover, sheets, notes)
    for sheet in sheets:
        _write_sheet(book.create_sheet(sheet.title), sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_cover(page: Worksheet, sheets: Sequence[Sheet], notes: Mapping[str, str]) -> None:
    page.title = COVER
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = _COVER_WIDTHS
    _fit_paper(page)
    _put(page.cell(1, 1), notes.get("title", "Service Reach"))
    page.cell(1, 1).font = _font(size=16, color=_INK)
    page.row_dimensions[1].height = 2 * _LINE_PT
    order = [*(key for key in _HEADINGS if key in notes), *(key for key in notes if key not in _HEADINGS)]
    row = 3
    for key in order:
        _cover_line(page, row, _HEADINGS.get(key, key[:1].upper() + key[1:]), notes[key])
        row += 1
    row += 1
    _cover_line(page, row, "Sheet", "What it holds")
    page.cell(row, 2).font = _font()
    for line, sheet in enumerate(sheets, start=row + 1):
        _cover_line(page, line, sheet.title, sheet.about)
        page.cell(line, 1).hyperlink = f"#'{sheet.title}'!A1"
        page.cell(line, 1).font = Font(name=_TYPE, underline="single", color=_INK)
    _cover_line(
        page,
        row + len(sheets) + 2,
        "How to read it",
        f"An empty cell: no figure. People are to the nearest 5. “{no_way_cell()}”: not reached on the network. Can "
        "reach means within a travel time on the streets. It does not mean that a family is registered or comes.",
    )


def _cover_line(page: Worksheet, row: int, heading: str, text: str) -> None:
    _put(page.cell(row, 1), heading)
    _put(page.cell(row, 2), text)
    page.cell(row, 1).font = _font()
    page.row_dimensions[row].height = _LINE_PT * max(_lines(heading, _COVER_WIDTHS[0]), _lines(text, _COVER_WIDTHS[1]))
    for column in (1, 2):
        page.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")


def _write_sheet(page: Worksheet, sheet: Sheet) -> None:
    lines = [1] * (len(sheet.frame) + 2)
    for at, (name, column) in enumerate(sheet.columns.items(), start=1):
        unit = " (minutes)" if column.kind == "minutes" else " (metres)" if column.kind == "distance" else ""
        heading, values = f"{column.label}{unit}", sheet.frame[name].tolist()
        longest = max((len(str(value)) for value in values if isinstance(value, str)), default=0)
        width = min(max(12, longest + 2), _WIDEST)
        page.column_dimensions[get_column_letter(at)].width = width
        head = page.cell(1, at)
        _put(head, heading)
        head.font, head.fill = _font(color=_PAPER), PatternFill("solid", fgColor=_INK)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        lines[1] = max(lines[1], _lines(heading, width - 2))  # the button of the filter takes its place
        for row, value in enumerate(values, start=2):
            cell = page.cell(row, at)
            _put(cell, value)
            if column.kind in _FORMATS and isinstance(cell.value, int | float):
                cell.number_format = _FORMATS[column.kind]
            if isinstance(value, str) and len(value) > _WIDEST:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                lines[row] = max(lines[row], _lines(value, width))
    for row, count in enumerate(lines):
        if count > 1:
            page.row_dimensions[row].height = _LINE_PT * count
            for cell in page[row]:
                cell.alignment = Alignment(wrap_text=cell.alignment.wrap_text, vertical="top")
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions
    page.print_title_rows = "1:1"
    _fit_paper(page)


def _fit_paper(page: Worksheet) -> None:
    page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight = "landscape", 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _font(size: int = 11, color: str | None = None) -> Font:
    """Bold type of the same face as the cells; without a name each program takes another one."""
    return Font(name=_TYPE, bold=True, size=size, color=color)


def _lines(text: str, width: float) -> int:
    """Count the lines that a text takes in a column: not every program works out the height of a row."""
    return sum(max(1, math.ceil(1.1 * len(line) / width)) for line in text.splitlines() or [""])


def _put(cell: Cell | MergedCell, value: object) -> None:
    """Set a cell: no figure is empty, infinity is in words, and a text is never taken for a formula."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, float) and math.isinf(value):
        value = no_way_cell()
    if isinstance(value, float):
        value = said(value) or value
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, int | float):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell.data_type = "s"
    # It is text in the file; this keeps it text when somebody edits the cell.
    cell.quotePrefix = str(cell.value)[:1] in _FORMULA_STARTS
