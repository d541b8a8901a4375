"""Legends beside a map: swatches with words, so that colour is never the only sign."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from drawing.palette import INK, NO_FIGURE, Classes, TimeBands, symbol
from geo.pack import AreaPack

TARGET = "target ward"
_ROW = "display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;font-size:.875rem;line-height:1.4;margin:0"
_ITEM = "display:inline-flex;align-items:center;gap:.4rem;white-space:nowrap"


def _items(title: str, pairs: Sequence[tuple[str, str]]) -> str:
    head = f'<strong style="margin-right:.25rem">{escape(title)}</strong>' if title else ""
    items = "".join(f'<span role="listitem" style="{_ITEM}">{mark}{escape(words)}</span>' for mark, words in pairs)
    listed = f'<div role="list" aria-label="Key: {escape(title)}" style="{_ROW}">{items}</div>'
    return f'<div style="{_ROW}">{head}{listed}</div>'


def _square(colour: str, edge: str = "1px solid #505A5F") -> str:
    style = f"width:1.1rem;height:1.1rem;border:{edge};background:{colour};flex:none"
    return f'<span aria-hidden="true" style="{style}"></span>'


def _line(colour: str, width_px: float) -> str:
    style = f"width:1.6rem;height:0;border-top:{max(2.0, width_px * 1.8):.1f}px solid {colour};flex:none"
    return f'<span aria-hidden="true" style="{style}"></span>'


def _disc(colour: str, ink: str, letters: str) -> str:
    style = (
        f"width:1.35rem;height:1.35rem;border-radius:50%;background:{colour};color:{ink};font-size:.72rem;"
        "font-weight:700;display:inline-flex;align-items:center;justify-content:center;flex:none"
    )
    return f'<span aria-hidden="true" style="{style}">{escape(letters)}</span>'


def outline_of(pack: AreaPack) -> str:
    """Return words for the strong outline of a map; empty where there are no target wards."""
    return TARGET if pack.target_wards else ""


def classes_html(classes: Classes, title: str, *, missing: str = "", outline: str = TARGET) -> str:
    """Return the legend of a choropleth: its classes, and the meaning of the strong outline.

    `missing` is the reason why an area has no class, in the words of its tooltip; it is left out when empty.
    """
    pairs = [(_square(c), words) for c, words in zip(classes.colours, classes.labels, strict=True)]
    if missing:
        pairs.append((_square(NO_FIGURE), missing))
    if outline:
        pairs.append((_square("#FFFFFF", f"3px solid {INK}"), outline))
    return _items(title, pairs)


def bands_html(bands: TimeBands, title: str, *, outline: str = TARGET) -> str:
    """Return the legend of streets coloured by minutes."""
    rows = zip(bands.colours, bands.widths_px, bands.labels, strict=True)
    pairs = [(_line(colour, width), words) for colour, width, words in rows]
    if outline:
        pairs.append((_square("#FFFFFF", f"2px solid {INK}"), outline))
    return _items(title, pairs)


def path_html(words: str, title: str = "") -> str:
    """Return the legend of a path that is drawn on its own, such as a route."""
    return _items(title, [(_line(INK, 3), words)])


def services_html(categories: Sequence[str], title: str = "Services") -> str:
    """Return the legend of lettered discs; a bus stop is a dot."""
    signs = [(c, symbol(c)) for c in categories]
    pairs = [(_disc(s.colour, s.ink, "" if c == "bus_stop" else s.letters), s.label) for c, s in signs]
    return _items(title, pairs)


def show_legend(*parts: str) -> None:
    """Draw legends one below the other."""
    if parts:
        st.html(f'<div style="display:grid;gap:.4rem">{"".join(parts)}</div>')


def squares_html(pairs: Sequence[tuple[str, str]], title: str) -> str:
    """Return the legend of coloured cells: colour and words of each."""
    return _items(title, [(_square(colour), words) for colour, words in pairs])


def dots_html(colour: str, words: str, title: str) -> str:
    """Return the legend of dots of people: one dot, and how many people it is."""
    style = f"width:.4rem;height:.4rem;border-radius:50%;background:{colour};flex:none;margin:0 .35rem"
    return _items(title, [(f'<span aria-hidden="true" style="{style}"></span>', words)])
