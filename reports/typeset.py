"""Typeset a report: its layout is a Typst template, its content is plain values and pictures.

Typst writes tagged PDF/UA-1 with embedded fonts, and its wheel needs no system library, so that a report looks the same
on every machine. The text is given to it as JSON, so that a name is always text and never markup.
"""

import json
from collections.abc import Mapping, Set
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import category

from drawing.bitmap import fonts_folder, typesetter
from geo.errors import InputError
from wording.dates import date_words

TEMPLATES = Path(__file__).resolve().parent / "templates"
_COMMON = "common.typ"
# The typesetter's message about a letter that no font has, and the sign that replaces it in a tagged document.
_BOX = "□"
_PROBE = '#set document(title: "Letters")\n#set text(font: "Source Sans Pro")\n#json("signs.json").join(parbreak())\n'
_MOST_SIGNS = 400


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
        Date in the document; the only thing that may differ between two runs with the same input.

    Returns
    -------
    The bytes of a tagged PDF (PDF/UA-1). A letter that no font has, such as an emoji in the name of a plan, is printed
    as a box.

    Raises
    ------
    InputError
        When the typesetter or its fonts are not installed, or the document cannot be made.
    """
    typst = typesetter()
    dated = {**content, "date": [made_on.year, made_on.month, made_on.day], "date_words": date_words(made_on)}
    try:
        return _compiled(typst, template, dated, pictures)
    except typst.TypstError as error:
        missing = _undrawable(typst, sorted(_signs(dated)))
        if not missing:
            raise InputError(f"the report cannot be made: {error}") from error
    drawn = {name: _boxed(svg.decode(), missing).encode() for name, svg in pictures.items()}
    try:
        return _compiled(typst, template, _boxed(dated, missing), drawn)
    except typst.TypstError as error:
        raise InputError(f"the report cannot be made: {error}") from error


def _compiled(typst: Any, template: str, content: Any, pictures: Mapping[str, bytes]) -> bytes:
    files = {
        "main.typ": (TEMPLATES / f"{template}.typ").read_bytes(),
        _COMMON: (TEMPLATES / _COMMON).read_bytes(),
        "content.json": json.dumps(content, ensure_ascii=False, allow_nan=False).encode(),
        **pictures,
    }
    return _tagged_pdf(typst, files)


def _tagged_pdf(typst: Any, files: Mapping[str, bytes]) -> bytes:
    made = typst.compile(
        files,
        format="pdf",
        font_paths=[str(fonts_folder())],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        timestamp=0,
    )
    return bytes(made)


def _split(text: str) -> list[str]:
    """Split a text into letters, each with its combining marks, since a font must draw them together."""
    signs: list[str] = []
    for letter in text:
        if signs and category(letter).startswith("M"):
            signs[-1] += letter
        else:
            signs.append(letter)
    return signs


def _signs(value: Any) -> set[str]:
    """Return every sign of all texts in a value, without printable ASCII."""
    match value:
        case str():
            return {sign for sign in _split(value) if not " " <= sign <= "~" or len(sign) > 1}
        case Mapping():
            return set().union(*(_signs(one) for one in value.values()))
        case list() | tuple():
            return set().union(*(_signs(one) for one in value))
    return set()


def _undrawable(typst: Any, signs: list[str]) -> set[str]:
    """Return the signs that no font of the reports has; found by halves: if half of them can be set, skip that half."""
    if len(signs) > _MOST_SIGNS:  # no real plan has such a name, and the search would take a minute
        return set(signs)
    try:
        text = json.dumps(signs, ensure_ascii=False).encode()
        _tagged_pdf(typst, {"main.typ": _PROBE.encode(), "signs.json": text})
    except typst.TypstError:
        half = len(signs) // 2
        return (_undrawable(typst, signs[:half]) | _undrawable(typst, signs[half:])) if half else set(signs)
    return set()


def _boxed(value: Any, missing: Set[str]) -> Any:
    """Return a value with a box for each missing sign in its texts."""
    match value:
        case str():
            return "".join(_BOX if sign in missing else sign for sign in _split(value))
        case Mapping():
            return {key: _boxed(one, missing) for key, one in value.items()}
        case list() | tuple():
            return [_boxed(one, missing) for one in value]
    return value
