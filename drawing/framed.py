"""A picture to hand on: a drawing under its title, with its legends, date and credit below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from drawing.legend import Legend, Swatch
from drawing.palette import INK, MUTED_INK
from drawing.svg import FONT

_EDGE, _TITLE, _TEXT, _SMALL = 5.0, 5.6, 3.7, 3.0
# Width of a letter of the fonts in proportion to its size: the mean, and of bold type.
_LETTER, _BOLD = 0.5, 0.54
_LINE = 1.35


@dataclass(frozen=True)
class Picture:
    """A picture as SVG, and its size in millimetres."""

    svg: bytes
    width_mm: float
    height_mm: float


def framed(
    body: bytes,
    width_mm: float,
    height_mm: float,
    *,
    title: str,
    legends: Sequence[Legend] = (),
    notes: Sequence[str] = (),
) -> Picture:
    """Set a drawing between its title and its legends and notes.

    Parameters
    ----------
    body
        The drawing, as SVG.
    width_mm, height_mm
        Its size.
    title
        What it shows.
    legends
        What its colours and signs mean.
    notes
        Lines in small type below, such as date and credit.
    """
    page = _Page(width_mm)
    page.text(title, _TITLE, INK, 600)
    page.y += 1.5
    top = page.y
    page.y += height_mm + 2.5
    for legend in legends:
        page.legend(legend)
    page.y += 0.8
    for note in notes:
        page.text(note, _SMALL, MUTED_INK, 400)
    wide, tall = width_mm + 2 * _EDGE, page.y + _EDGE
    inner = _placed(body.decode(), f'x="{_EDGE:g}" y="{top:.2f}" width="{width_mm:g}" height="{height_mm:g}"')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}mm" height="{tall:.2f}mm" '
        f'viewBox="0 0 {wide:g} {tall:.2f}" role="img" aria-label="{escape(title)}">'
        f'<title>{escape(title)}</title><rect width="100%" height="100%" fill="#FFFFFF"/>{inner}{"".join(page.parts)}'
        "</svg>"
    )
    return Picture(svg.encode(), wide, tall)


def _placed(svg: str, place: str) -> str:
    """Return a drawing with another place and size; it keeps the coordinates inside (``viewBox``)."""
    head = svg[svg.index("<svg") : svg.index(">", svg.index("<svg")) + 1]
    kept = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    return svg[svg.index("<svg") :].replace(head, kept.replace("<svg", f"<svg {place}", 1), 1)


class _Page:
    """What stands around the drawing, from the top down."""

    def __init__(self, width_mm: float) -> None:
        self.width = width_mm
        self.y = _EDGE
        self.parts: list[str] = []

    def text(self, words: str, size: float, ink: str, weight: int) -> None:
        """Write words in as many lines as they need."""
        letter = _BOLD if weight > 500 else _LETTER
        for line in wrap(words, max(10, int(self.width / (size * letter)))):
            self.y += size * _LINE
            self._write(_EDGE, self.y - size * 0.3, line, size, ink, weight)

    def legend(self, legend: Legend) -> None:
        """Draw a legend: its title, then its swatches, in as many rows as they need."""
        x, high = _EDGE, _TEXT * 1.75
        self.y += high
        if legend.title:
            self._write(x, self.y - high * 0.3, legend.title, _TEXT, INK, 600)
            x += len(legend.title) * _TEXT * _BOLD + 4
        for one in legend.entries:
            need = 7.5 + len(one.words) * _TEXT * _LETTER
            if x + need > _EDGE + self.width and x > _EDGE:
                x, self.y = _EDGE, self.y + high
            self._mark(one, x, self.y - high * 0.3 - _TEXT * 0.34)
            self._write(x + 7.5, self.y - high * 0.3, one.words, _TEXT, INK, 400)
            x += need + 4

    def _mark(self, one: Swatch, x: float, middle: float) -> None:
        if one.kind == "line":
            thick = max(0.5, one.width_px * 0.5)
            self.parts.append(
                f'<path d="M{x:.2f} {middle:.2f}h6" stroke="{one.colour}" stroke-width="{thick:g}" fill="none"/>'
            )
        elif one.kind == "disc":
            self.parts.append(f'<circle cx="{x + 3:.2f}" cy="{middle:.2f}" r="2.5" fill="{one.colour}"/>')
            if one.letters:
                self._write(x + 3, middle + 0.9, one.letters, 2.7, one.ink, 600, anchor="middle")
        else:
            empty = one.kind == "outline"
            look = (
                f'fill="#FFFFFF" stroke="{one.colour}" stroke-width="0.8"'
                if empty
                else f'fill="{one.colour}" stroke="{MUTED_INK}" stroke-width="0.25"'
            )
            self.parts.append(f'<rect x="{x + 0.9:.2f}" y="{middle - 2.1:.2f}" width="4.2" height="4.2" {look}/>')

    def _write(
        self, x: float, y: float, words: str, size: float, ink: str, weight: int, *, anchor: str = "start"
    ) -> None:
        self.parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-family="{FONT}" font-size="{size:g}" font-weight="{weight}" '
            f'text-anchor="{anchor}" fill="{ink}">{escape(words)}</text>'
        )
