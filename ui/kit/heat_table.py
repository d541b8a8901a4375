"""Heat table of wards by services: every cell has its figure, and a colour that can be seen from a distance.

It is a plain HTML table, so that a screen reader can move through it by row and column; on a phone it scrolls sideways
inside its own box, while the names of the wards stay visible.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from analysis.shown import ShownShare
from drawing.palette import NO_FIGURE, readable_ink
from wording.numbers import no_figure, no_way_cell, share_words
from wording.rounding import digits, per_cent, signed, whole

GOOD, FAIR, POOR, BAD = "#E3EFF9", "#B5D3F0", "#F7A878", "#801650"
"""Far below the limit, within it, beyond it, far beyond: the colours of the streets on the travel page."""

CUT_OFF = ("#FBEDE2", "#F7C9A8", "#F7A878", "#D5581A", "#801650")
"""From a small to a large share beyond reach, for one figure a ward."""

_LEAD = ' class="lead"'

_CSS = """
<style>
.heat-box { overflow-x:auto; border:1px solid var(--reach-rule); max-width:100%; }
table.heat { border-collapse:separate; border-spacing:0; width:100%; font-size:.875rem; line-height:1.25;
  font-variant-numeric:tabular-nums; margin:0; }
table.heat caption { position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); }
table.heat th, table.heat td { padding:.22rem .4rem; border:0; border-bottom:1px solid var(--reach-ground);
  border-right:1px solid var(--reach-ground); text-align:right; }
table.heat thead th { background:var(--reach-raised); vertical-align:bottom; font-weight:600; text-align:center;
  border-bottom:2px solid var(--reach-ink); min-width:4.6rem; }
table.heat thead th small { display:block; font-weight:400; color:var(--reach-muted); white-space:nowrap;
  font-size:.8rem; }
table.heat th[scope=row] { text-align:left; font-weight:400; background:var(--reach-ground); position:sticky; left:0;
  z-index:1; white-space:nowrap; border-right:1px solid var(--reach-rule); }
table.heat thead th:first-child { position:sticky; left:0; z-index:2; text-align:left; }
table.heat tr.strong th[scope=row] { font-weight:700; border-left:5px solid var(--reach-strong); }
table.heat tr.plain th[scope=row] { border-left:5px solid var(--reach-ground); }
table.heat tr.total th, table.heat tr.total td { border-top:1px solid var(--reach-ink); font-weight:600; }
table.heat td.lead { font-weight:700; }
@media (max-width: 640px) { table.heat { font-size:.8rem; } table.heat thead th { min-width:4rem; }
  table.heat th[scope=row] { white-space:normal; max-width:6.6rem; } }
</style>
"""


@dataclass(frozen=True)
class HeatColumn:
    """A column: its heading, and the line below it."""

    label: str
    note: str = ""


@dataclass(frozen=True)
class HeatCell:
    """A cell: the shown figure, and its colour (none for ``""``)."""

    text: str
    colour: str = ""


@dataclass(frozen=True)
class HeatRow:
    """A row: its name, its cells, and its style.

    Attributes
    ----------
    kind
        ``strong`` for a target ward, ``plain`` for another, ``total`` for a group.
    """

    name: str
    cells: Sequence[HeatCell]
    kind: str = "plain"


def heat_html(
    title: str, corner: str, columns: Sequence[HeatColumn], rows: Sequence[HeatRow], *, lead: bool = False
) -> str:
    """Return the table as HTML.

    Parameters
    ----------
    title
        The content of the table; a screen reader reads it first.
    corner
        Heading of the column of names.
    columns, rows
        The figures.
    lead
        Whether the first column of figures is emphasised, as the sum of the others.
    """
    head = "".join(
        f'<th scope="col">{escape(column.label)}{f"<small>{escape(column.note)}</small>" if column.note else ""}</th>'
        for column in columns
    )
    body = "".join(
        f'<tr class="{row.kind}"><th scope="row">{escape(row.name)}</th>'
        + "".join(_cell(cell, lead=lead and at == 0) for at, cell in enumerate(row.cells))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="heat-box" tabindex="0" role="region" aria-label="{escape(title)}"><table class="heat">'
        f'<caption>{escape(title)}</caption><thead><tr><th scope="col">{escape(corner)}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(cell: HeatCell, *, lead: bool) -> str:
    colours = f' style="background:{cell.colour};color:{readable_ink(cell.colour)}"' if cell.colour else ""
    return f"<td{_LEAD if lead else ''}{colours}>{escape(cell.text)}</td>"


def show_heat_table(
    title: str, corner: str, columns: Sequence[HeatColumn], rows: Sequence[HeatRow], *, lead: bool = False
) -> None:
    """Draw the table; see :func:`heat_html`."""
    st.html(_CSS)
    st.html(heat_html(title, corner, columns, rows, lead=lead))


def minutes_cell(value: float, threshold_min: float) -> HeatCell:
    """Make a cell of minutes, coloured by the threshold: up to half of it, up to it, up to twice it, more."""
    if math.isnan(value):
        return HeatCell("–", NO_FIGURE)
    if math.isinf(value):
        return HeatCell(no_way_cell(), NO_FIGURE)
    limits = (threshold_min / 2, threshold_min, threshold_min * 2)
    # A time slightly beyond the limit must not be rounded to the limit.
    text = digits(value, 1) if value > threshold_min and whole(value) <= threshold_min else digits(value)
    return HeatCell(text, _class(value, limits))


def share_cell(share: ShownShare) -> HeatCell:
    """Make a cell of the share within the threshold, coloured from 80 %, from 50 %, from 20 %, and below.

    The colour follows the whole per cent that is shown; grey is only for no figure.
    """
    if math.isnan(share):
        return HeatCell(no_figure(), NO_FIGURE)
    shown = int(per_cent(share).removesuffix("%"))
    return HeatCell(share_words(share), _class(-shown, (-80, -50, -20)))


def gap_cell(value: float) -> HeatCell:
    """Make a cell of minutes more or less than the borough: at least 3 less, about the same, more, at least 10 more."""
    if not math.isfinite(value):
        return HeatCell("–", NO_FIGURE)
    return HeatCell(signed(value), FAIR if value <= -3 else "#F3F2F1" if value < 3 else POOR if value < 10 else BAD)


def _class(value: float, limits: tuple[float, float, float]) -> str:
    for limit, colour in zip(limits, (GOOD, FAIR, POOR), strict=True):
        if value <= limit:
            return colour
    return BAD


KEYS: Mapping[str, Sequence[tuple[str, str]]] = {
    "median": (
        (GOOD, "up to half the limit"),
        (FAIR, "within the limit"),
        (POOR, "up to twice the limit"),
        (BAD, "more than twice the limit"),
    ),
    "share": ((GOOD, "80% and more"), (FAIR, "50% to 80%"), (POOR, "20% to 50%"), (BAD, "under 20%")),
    "gap": (
        (FAIR, "3 minutes nearer or more"),
        ("#F3F2F1", "about the same"),
        (POOR, "3 to 10 minutes further"),
        (BAD, "10 minutes further or more"),
    ),
}
"""What the colours mean, by figure."""
