"""A chart as SVG, made on the server by Vega itself, with nothing from the internet."""

import re
from collections.abc import Mapping
from typing import Any

from drawing.bitmap import fonts_folder
from drawing.svg import FONT, MM_PER_PX
from geo.errors import InputError

_WIDTH_PX = 640
_VERSION = "6.4"
_SIZE = re.compile(r'<svg[^>]*?\swidth="([\d.]+)"[^>]*?\sheight="([\d.]+)"')


def draw_chart(spec: Mapping[str, Any]) -> tuple[bytes, float, float]:
    """Draw a chart without its title.

    Parameters
    ----------
    spec
        The chart in Vega-Lite, as Altair gives it; it holds its own data.

    Returns
    -------
    The drawing as SVG, and its width and height in millimetres.

    Raises
    ------
    InputError
        When Vega is not installed, or the chart cannot be drawn.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise InputError(
            "a picture of a chart needs the package vl-convert-python, which cannot be loaded "
            f'({error}): pip install "service-reach[app]"'
        ) from error
    drawn = {name: value for name, value in spec.items() if name not in ("title", "usermeta")}
    if "layer" in drawn or "mark" in drawn:  # on a page such a chart takes the width that there is
        drawn.setdefault("width", _WIDTH_PX)
    vl_convert.register_font_directory(str(fonts_folder()))
    try:
        # No address is allowed, so that a chart can ask nobody for data.
        svg = vl_convert.vegalite_to_svg(
            drawn, vl_version=_VERSION, config={"font": FONT, "background": "#FFFFFF"}, allowed_base_urls=[]
        )
    except ValueError as error:
        raise InputError(f"the picture of the chart cannot be made: {error}") from error
    size = _SIZE.search(svg)
    if size is None:
        raise InputError("the picture of the chart cannot be made: it has no size")
    return svg.encode(), float(size[1]) * MM_PER_PX, float(size[2]) * MM_PER_PX


def chart_title(spec: Mapping[str, Any]) -> str:
    """Return the title of a chart in Vega-Lite; empty when it has none."""
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, Mapping) else title
    return " ".join(text) if isinstance(text, list) else str(text)
