"""The legend of a map with two figures in one colour: a square of three by three, with words along its axes."""

from collections.abc import Sequence
from html import escape

_CELL = "width:1.35rem;height:1.35rem;border:1px solid #505A5F;flex:none"
_CORNERS = (8, 6, 2, 0)
"""Classes that are told in words as well: both, the figure across alone, the figure upwards alone, and neither."""


def grid_html(colours: Sequence[str], title: str, across: str, up: str, whole: str, cells: Sequence[str]) -> str:
    """Return the legend of nine classes.

    Parameters
    ----------
    colours
        Nine: colour 3 × (step across) + (step upwards).
    title
        What the map shows.
    across, up
        What grows to the right, and upwards.
    whole
        The key in a sentence, for people who cannot see it.
    cells
        What each of the nine classes is, in words.
    """
    rows = "".join(
        '<div style="display:flex">'
        + "".join(
            f'<span title="{escape(cells[3 * x + y])}" style="{_CELL};background:{colours[3 * x + y]}"></span>'
            for x in range(3)
        )
        + "</div>"
        for y in (2, 1, 0)
    )
    axis = "font-size:.8rem;line-height:1.2"
    square = (
        f'<div role="img" aria-label="{escape(whole)}" style="display:inline-grid;gap:.15rem .3rem;'
        'grid-template-columns:auto auto;align-items:center">'
        f'<span style="{axis};writing-mode:vertical-rl;transform:rotate(180deg)">{escape(up)} →</span>'
        f'<div>{rows}</div><span></span><span style="{axis}">{escape(across)} →</span></div>'
    )
    swatch = "width:1.1rem;height:1.1rem;border:1px solid #505A5F;flex:none"
    words = "".join(
        f'<span role="listitem" style="display:flex;gap:.4rem;align-items:center">'
        f'<span aria-hidden="true" style="{swatch};background:{colours[kind]}"></span>{escape(cells[kind])}</span>'
        for kind in _CORNERS
    )
    listed = f'<div role="list" aria-label="{escape(title)}" style="display:grid;gap:.2rem">{words}</div>'
    return (
        f'<div style="font-size:.875rem;line-height:1.4"><strong>{escape(title)}</strong>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;align-items:center">{square}{listed}</div></div>'
    )
