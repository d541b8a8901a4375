"""Tables beside a map: the same figures, with units and formats, sortable by any column."""

from collections.abc import Mapping
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from analysis.shown import ShownFrame, as_shown, said
from wording.columns import Column as Column
from wording.numbers import people
from wording.rounding import digits

_FORMATS: dict[str, str] = {
    "people": "localized",
    "percent": "%.0f%%",
    "minutes": "%.0f min",
    "distance": "%.0f m",
    "score": "%.2f",
    "rank": "%d",
}


_RIGHT, _ONE_LINE = ' class="n"', ' class="one-line"'
_SHORT = 10  # letters
_ONE_SHEET = 25
"""Rows of a table that is not divided between two sheets of paper."""


def column_config(columns: Mapping[str, Column], frame: pd.DataFrame) -> dict[str, Any]:
    """Return Streamlit's configuration for `columns`, keyed by frame column.

    `frame` is from :func:`shown_frame`. A column of :func:`with_words` that has words has no format here: Streamlit
    shows a number by its format and not by its words where it has both.
    """
    told = _told(frame, columns)
    return {
        name: st.column_config.TextColumn(c.label, help=c.help, pinned=c.pinned)
        if c.kind == "text"
        else st.column_config.NumberColumn(
            c.label, help=c.help, pinned=c.pinned, format=None if name in told else _FORMATS[c.kind]
        )
        for name, c in columns.items()
    }


def shown_frame(frame: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Return the frame for display in a table: wanted columns, shares as percentages, whole people, no infinity.

    Numbers stay numbers, so that sorting is by size. Where nothing is reached the cell is empty, which sorts last.
    """
    made: dict[str, Any] = {}
    for name, column in columns.items():
        values = frame[name]
        if column.kind != "text":
            numbers = values.astype(float).replace([np.inf, -np.inf], np.nan)
            if column.kind == "percent":
                numbers = _whole_percent(numbers)
            if column.kind in ("people", "rank"):
                # A count that is written in words keeps its number, so that it is sorted in the right order.
                numbers = numbers.where(numbers.map(said).notna(), (numbers + 0.5).floordiv(1))
            values = numbers
        made[name] = values
    return pd.DataFrame(made, index=frame.index)


def _whole_percent(shares: pd.Series) -> pd.Series:
    """Return shares in whole per cent: 0 only for nobody and 100 only for everybody, otherwise from 1 to 99."""
    whole = np.floor(100.0 * shares + 0.5)
    whole = whole.mask((shares > 0) & (whole < 1), 1.0)
    whole = whole.mask((shares < 1) & (whole > 99), 99.0)
    return pd.Series(whole, index=shares.index)


def with_words(frame: pd.DataFrame, columns: Mapping[str, Column]) -> "pd.DataFrame | Styler":
    """Show counts that are written in words ("fewer than 5") in words, but keep them sorted by size.

    Parameters
    ----------
    frame
        From :func:`shown_frame`.
    columns
        Its columns.
    """
    told = _told(frame, columns)
    if not told:
        return frame
    return frame.style.format({name: lambda value: people(as_shown(float(str(value)))) for name in told}, na_rep="–")


def _told(frame: pd.DataFrame, columns: Mapping[str, Column]) -> list[str]:
    """Return which columns have a count that is written in words."""
    return [name for name, column in columns.items() if column.kind == "people" and frame[name].map(said).notna().any()]


def show_table(
    frame: ShownFrame,
    columns: Mapping[str, Column],
    *,
    key: str,
    alt: str,
    height: int | Literal["auto", "content"] = "auto",
) -> None:
    """Draw a table.

    Parameters
    ----------
    frame
        Shares from 0 to 1, minutes, metres, people.
    columns
        The columns to show, in order.
    key
        Stable key.
    alt
        The content of the table, in a sentence.
    height
        In pixels; every row when ``"content"``.
    """
    shown = shown_frame(frame, columns)
    st.dataframe(
        with_words(shown, columns),
        column_config=column_config(columns, shown),
        hide_index=True,
        key=key,
        alt=alt,
        height=height,
        placeholder="–",
    )
    st.html(printed_html(shown, columns, alt))


def show_words(
    frame: pd.DataFrame, *, key: str, alt: str | None = None, height: int | Literal["auto", "content"] = "auto"
) -> None:
    """Draw a table whose cells are words already; its columns are named as they are shown."""
    st.dataframe(frame, hide_index=True, key=key, height=height, alt=alt)
    st.html(printed_html(frame, {name: Column(str(name)) for name in frame.columns}, alt or ""))


def printed_html(frame: pd.DataFrame, columns: Mapping[str, Column], alt: str) -> str:
    """Return a table as HTML that is seen on paper alone (:mod:`ui.kit.print_style`).

    The table on screen is a picture of the rows that are in sight: on paper it would end there.

    Parameters
    ----------
    frame
        From :func:`shown_frame`.
    columns
        Its columns.
    alt
        The content of the table, in a sentence.
    """
    head = "".join(f'<th scope="col">{escape(column.label)}</th>' for column in columns.values())
    cells = [
        [_printed_cell(column.kind, _cell(column.kind, value)) for value in frame[name]]
        for name, column in columns.items()
    ]
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    caption = f"<caption>{escape(alt)}</caption>" if alt else ""
    whole = " data-whole" if len(frame) <= _ONE_SHEET else ""
    return f'<table class="on-paper"{whole}>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _printed_cell(kind: str, text: str) -> str:
    if kind != "text":
        return f"<td{_RIGHT}>{escape(text)}</td>"
    # A date such as 2026-07-24 would be broken at its hyphens.
    return f"<td{_ONE_LINE if len(text) <= _SHORT else ''}>{escape(text)}</td>"


def _cell(kind: str, value: Any) -> str:
    """Write a cell as it is on screen."""
    if pd.isna(value):
        return "–"
    match kind:
        case "people":
            return people(as_shown(float(value)))
        case "percent":
            return f"{digits(value)}%"
        case "minutes":
            return f"{digits(value)} min"
        case "distance":
            return f"{digits(value)} m"
        case "score":
            return digits(value, 2)
        case "rank":
            return digits(value)
    return str(value)
