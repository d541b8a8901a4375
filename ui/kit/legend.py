"""Legends beside a map, as HTML; :mod:`drawing.legend` makes them as values, which a picture of the map takes too."""

from html import escape

import streamlit as st

from drawing.legend import Legend, Swatch
from drawing.palette import INK, LAND
from geo.pack import AreaPack
from wording.groups import area_words

_ROW = "display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;font-size:.875rem;line-height:1.4;margin:0"
_ITEM = "display:inline-flex;align-items:center;gap:.4rem;white-space:nowrap"
_SQUARE = "width:1.1rem;height:1.1rem;flex:none;"
_DISC = (
    "width:1.35rem;height:1.35rem;border-radius:50%;font-size:.72rem;font-weight:700;display:inline-flex;"
    "align-items:center;justify-content:center;flex:none;"
)


def legend_html(legend: Legend) -> str:
    """Return a legend as HTML: its title, and a list of swatches with words."""
    head = f'<strong style="margin-right:.25rem">{escape(legend.title)}</strong>' if legend.title else ""
    items = "".join(
        f'<span role="listitem" style="{_ITEM}">{_mark(one)}{escape(one.words)}</span>' for one in legend.entries
    )
    listed = f'<div role="list" aria-label="Key: {escape(legend.title)}" style="{_ROW}">{items}</div>'
    return f'<div style="{_ROW}">{head}{listed}</div>'


def _mark(one: Swatch) -> str:
    match one.kind:
        case "area":
            style, inside = f"{_SQUARE}border:1px solid #505A5F;background:{one.colour}", ""
        case "outline":
            style, inside = f"{_SQUARE}border:{one.width_px:g}px solid {one.colour};background:#FFFFFF", ""
        case "line":
            thick = max(2.0, one.width_px * 1.8)
            style, inside = f"width:1.6rem;height:0;border-top:{thick:.1f}px solid {one.colour};flex:none", ""
        case "disc":
            style, inside = f"{_DISC}background:{one.colour};color:{one.ink}", escape(one.letters)
    return f'<span aria-hidden="true" class="keeps-colour" style="{style}">{inside}</span>'


def show_legend(*parts: Legend | str) -> None:
    """Draw legends one below the other; one may be HTML already."""
    if parts:
        drawn = "".join(part if isinstance(part, str) else legend_html(part) for part in parts)
        # Maps are light whatever the page is, so their legend is too: its signs look as they do on the map.
        style = f"display:grid;gap:.4rem;background:{LAND};color:{INK};padding:.3rem .4rem;border-radius:.25rem"
        st.html(f'<div class="map-legend" style="{style}">{drawn}</div>')


def outline_of(pack: AreaPack) -> str:
    """Return words for the strong outline of a map; empty where there are no target wards."""
    return area_words(pack).target if pack.target_wards else ""
