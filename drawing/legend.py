"""Legends as values: swatches with words, from which a page makes HTML and a picture makes SVG.

Colour is never the only sign, so every swatch has words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drawing.palette import INK, NO_FIGURE, Classes, TimeBands, symbol


@dataclass(frozen=True)
class Swatch:
    """One entry of a legend.

    Attributes
    ----------
    kind
        ``area`` (a filled square), ``outline`` (an empty square with a thick edge), ``line`` or ``disc``.
    colour, words
        Its colour as ``#RRGGBB``, and what it means.
    letters, ink
        What stands in a disc, and in which colour.
    width_px
        Of a line or an outline, on a map.
    """

    kind: Literal["area", "outline", "line", "disc"]
    colour: str
    words: str
    letters: str = ""
    ink: str = "#FFFFFF"
    width_px: float = 3.0

    def plain(self) -> dict[str, str]:
        """Return it as plain values for a template."""
        return {
            "kind": self.kind,
            "colour": self.colour,
            "words": self.words,
            "letters": self.letters,
            "ink": self.ink,
        }


@dataclass(frozen=True)
class Legend:
    """What the colours and signs of a map mean: a title, which may be empty, and the swatches in order."""

    title: str
    entries: tuple[Swatch, ...]


def classes_legend(classes: Classes, title: str, *, missing: str = "", outline: str = "") -> Legend:
    """Return the legend of a choropleth: its classes, and the meaning of the strong outline.

    `missing` is the reason why an area has no class, in the words of its tooltip; it is left out when empty.
    """
    entries = [Swatch("area", colour, words) for colour, words in zip(classes.colours, classes.labels, strict=True)]
    if missing:
        entries.append(Swatch("area", NO_FIGURE, missing))
    if outline:
        entries.append(Swatch("outline", INK, outline))
    return Legend(title, tuple(entries))


def bands_legend(bands: TimeBands, title: str, *, outline: str = "") -> Legend:
    """Return the legend of streets coloured by minutes."""
    rows = zip(bands.colours, bands.labels, bands.widths_px, strict=True)
    entries = [Swatch("line", colour, words, width_px=width) for colour, words, width in rows]
    if outline:
        entries.append(Swatch("outline", INK, outline, width_px=2.0))
    return Legend(title, tuple(entries))


def path_legend(words: str, title: str = "") -> Legend:
    """Return the legend of a path that is drawn on its own, such as a route."""
    return Legend(title, (Swatch("line", INK, words),))


def services_legend(categories: Sequence[str], title: str = "Services") -> Legend:
    """Return the legend of lettered discs; a bus stop is a dot."""
    signs = [(category, symbol(category)) for category in categories]
    return Legend(
        title,
        tuple(Swatch("disc", s.colour, s.label, "" if c == "bus_stop" else s.letters, s.ink) for c, s in signs),
    )


def number_legend(words: str) -> Legend:
    """Return the legend of dark discs with numbers that stand in a table."""
    return Legend("", (Swatch("disc", INK, words, "1"),))


def squares_legend(pairs: Sequence[tuple[str, str]], title: str) -> Legend:
    """Return the legend of coloured cells: colour and words of each."""
    return Legend(title, tuple(Swatch("area", colour, words) for colour, words in pairs))
