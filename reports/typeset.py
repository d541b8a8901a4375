"""Typeset a report: its layout is a Typst template, its content plain values and pictures.

Typst writes tagged PDF/UA-1 with the fonts embedded, from one wheel that needs no system library, so that a report
looks the same on every machine. The text travels as JSON: whatever a name contains is text, never markup.
"""

import json
from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geo.errors import InputError

TEMPLATES = Path(__file__).resolve().parent / "templates"
_COMMON = "common.typ"
_FONTS = "font_source_sans_pro"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def typeset(template: str, content: Mapping[str, Any], pictures: Mapping[str, bytes], made_on: date) -> bytes:
    """Make a PDF.

    Parameters
    ----------
    template
        Name of a file in ``reports/templates``, without its ending.
    content
        What the template prints; must have ``title``.
    pictures
        SVG by the file name that the template asks for.
    made_on
        Date that the document carries; the only thing that may differ between two runs on the same input.

    Returns
    -------
    The bytes of a tagged PDF (PDF/UA-1).

    Raises
    ------
    InputError
        When the typesetter or its fonts are not installed, or the document cannot be made.
    """
    typst = _typesetter()
    dated = {**content, "date": [made_on.year, made_on.month, made_on.day], "date_words": date_words(made_on)}
    files = {
        "main.typ": (TEMPLATES / f"{template}.typ").read_bytes(),
        _COMMON: (TEMPLATES / _COMMON).read_bytes(),
        "content.json": json.dumps(dated, ensure_ascii=False, allow_nan=False).encode(),
        **pictures,
    }
    try:
        made = typst.compile(
            files,
            format="pdf",
            font_paths=[str(fonts_folder())],
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            timestamp=0,
        )
    except typst.TypstError as error:
        raise InputError(f"the report cannot be made: {error}") from error
    return bytes(made)


def fonts_folder() -> Path:
    """Return the folder of the report's fonts.

    Raises
    ------
    InputError
        When the package that holds them is not installed.
    """
    found = find_spec(_FONTS)
    places = list(found.submodule_search_locations or []) if found else []
    if not places:
        raise InputError("reports need the package font-source-sans-pro: install it")
    return Path(places[0]) / "files"


def date_words(day: date) -> str:
    """Write a date as people do: ``"3 May 2026"``; the same in every locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def to_png(svg: bytes, width_mm: float, height_mm: float, *, ppi: float = 150.0) -> bytes:
    """Turn a drawing into a picture of dots, for files that take no SVG; errors as for :func:`typeset`."""
    typst = _typesetter()
    page = f'#set page(width: {width_mm}mm, height: {height_mm}mm, margin: 0mm)\n#image("drawing.svg", width: 100%)\n'
    fonts = [str(fonts_folder())]
    try:
        files = {"main.typ": page.encode(), "drawing.svg": svg}
        made = typst.compile(files, format="png", ppi=ppi, font_paths=fonts, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise InputError(f"the picture cannot be made: {error}") from error
    return bytes(made)


def _typesetter() -> Any:
    try:
        import typst
    except ImportError as error:
        raise InputError(f"reports need the package typst, which cannot be loaded ({error}): install it") from error
    return typst
