"""From a drawing to a bitmap, with the fonts of this program and no other: it looks the same on every machine."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geo.errors import InputError

_FONTS = "font_source_sans_pro"


def to_png(svg: bytes, width_mm: float, height_mm: float, *, ppi: float = 150.0) -> bytes:
    """Turn a drawing into a bitmap, for files that cannot have SVG; errors as for :func:`typesetter`."""
    typst = typesetter()
    page = f'#set page(width: {width_mm}mm, height: {height_mm}mm, margin: 0mm)\n#image("drawing.svg", width: 100%)\n'
    fonts = [str(fonts_folder())]
    try:
        files = {"main.typ": page.encode(), "drawing.svg": svg}
        made = typst.compile(files, format="png", ppi=ppi, font_paths=fonts, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise InputError(f"the picture cannot be made: {error}") from error
    return bytes(made)


def fonts_folder() -> Path:
    """Return the folder of the report's fonts.

    Raises
    ------
    InputError
        When the package that holds them is not installed.
    """
    found = find_spec(_FONTS)
    folders = list(found.submodule_search_locations or []) if found else []
    if not folders:
        raise InputError('reports need the package font-source-sans-pro: pip install "service-reach[reports]"')
    return Path(folders[0]) / "files"


def typesetter() -> Any:
    """Return the module ``typst``, which sets reports and turns drawings into bitmaps.

    Raises
    ------
    InputError
        When it cannot be loaded.
    """
    try:
        import typst
    except ImportError as error:
        raise InputError(
            f'reports need the package typst, which cannot be loaded ({error}): pip install "service-reach[reports]"'
        ) from error
    return typst
