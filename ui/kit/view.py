"""The first view of a map: the whole area, on a phone, a laptop and a wide screen.

The server draws the first view of a map and cannot know the window. It takes a phone's width or a laptop's by the
browser's name; a small script in the page tells the true width where it is another one, and the page is drawn again.
"""

import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.kit.session import Session, embedded, session
from ui.kit.slots import linked_controls

Bounds = tuple[float, float, float, float]
_LEGEND_PX = 84
# The whole world at zoom 0, as deck.gl has it.
_TILE_PX, _EQUATOR_M = 512, 40_075_016.7

PHONE_PX, LAPTOP_PX = 390, 1366
NARROW_PX = 900
"""Narrower windows have the panel below the map, not beside it."""
BESIDE = (0.62, 0.38)
"""Shares of the width that the map and the panel beside it have."""
WIDEST_PX = 1880
"""Content is never wider than this."""
_ENOUGH_PX = 60  # a smaller difference does not change how a map looks

_SCRIPT = f"""
export default function({{data, setStateValue}}) {{
  const width = window.innerWidth;
  if (Math.abs(width - data.taken) > {_ENOUGH_PX}) setStateValue("width", width);
}}
"""


@dataclass(frozen=True)
class View:
    """The first view of a map: centre in degrees, and zoom."""

    longitude: float
    latitude: float
    zoom: float

    @property
    def m_per_px(self) -> float:
        """Metres on the ground for one pixel of the map."""
        return _EQUATOR_M * math.cos(math.radians(self.latitude)) / (_TILE_PX * 2**self.zoom)


def on_phone() -> bool:
    """Tell whether the window is a phone's: by its width, or by the name of the browser before that is known."""
    return window_width() <= 640


def panel_below() -> bool:
    """Tell whether the window is too narrow for the panel beside the map: it is below the map."""
    return window_width() <= NARROW_PX


def window_width() -> int:
    """Return the width of the window in pixels, as far as it is known."""
    known = session.window_width
    if known:
        return known
    try:
        named = "Mobi" in (st.context.headers.get("User-Agent") or "")
    except (AttributeError, RuntimeError):  # this run has no browser
        named = False
    return PHONE_PX if named else LAPTOP_PX


def map_size() -> tuple[int, int]:
    """Return the width and height in pixels that the map of a page has in this window.

    They follow the style of :mod:`ui.kit.page`: beside the map is a panel of two fifths, and above it are the menu,
    the title, the controls and the answer.
    """
    width = window_width()
    if embedded():  # the map alone
        return width - 24, 520
    if width <= 640:
        return width - 24, 200
    content = min(width, WIDEST_PX) - 64
    if width <= NARROW_PX:
        return content, 420
    return round((content - 16) * BESIDE[0]), 520 if width < 1600 else 640


def panel_view(bounds: Bounds, height_px: int) -> View:
    """Return the view that fits `bounds` in a map of that height in the panel beside the map of a page."""
    width = window_width()
    content = min(width, WIDEST_PX) - 64
    across = map_size()[0] if width <= NARROW_PX else round((content - 16) * BESIDE[1])
    return fit_view(bounds, width_px=across, height_px=height_px, padding_px=8)


def fit_view(
    bounds: Bounds, *, width_px: float = 1000, height_px: float = 520, padding_px: float = 24, below_px: float = 0
) -> View:
    """Return the view that shows all of `bounds` (west, south, east, north in degrees) in a map of the given size.

    `below_px` of the height are left free at the bottom, for the legend.
    """
    west, south, east, north = bounds

    def mercator(latitude: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))

    top, bottom = mercator(north), mercator(south)
    across = max((east - west) / 360, 1e-9)
    down = max((top - bottom) / (2 * math.pi), 1e-9)
    room = (max(width_px - 2 * padding_px, 50), max(height_px - below_px - 2 * padding_px, 50))
    zoom = min(math.log2(room[0] / (_TILE_PX * across)), math.log2(room[1] / (_TILE_PX * down)))
    zoom = round(min(zoom, 17.0), 2)
    middle = (top + bottom) / 2 - below_px / 2 * 2 * math.pi / (_TILE_PX * 2**zoom)
    latitude = math.degrees(2 * math.atan(math.exp(middle)) - math.pi / 2)
    return View(round((west + east) / 2, 5), round(latitude, 5), zoom)


def area_view(bounds: Bounds) -> View:
    """Return the view that fits `bounds` in a map of this browser, above its legend."""
    width, height = map_size()
    if on_phone():  # the legend is below the map
        return fit_view(bounds, width_px=width, height_px=height, padding_px=6)
    return fit_view(bounds, width_px=width, height_px=height, padding_px=12, below_px=_LEGEND_PX)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("reach_window", js=_SCRIPT)


def follow_window() -> None:
    """Ask the browser for the width of its window; call it before anything that is drawn to it."""
    with st.container(key="window"):
        _component()(data={"taken": window_width()}, key=Session.window_told.key, on_width_change=_take)


def _take() -> None:
    told = session.window_told
    width = getattr(told, "width", None)
    if isinstance(width, int | float) and 200 <= width <= 10_000:
        session.window_width = int(width)
    # The browser may not have drawn the controls yet, and a control of the second drawing says nothing of the value
    # that the first one gave it: so each is given its value again.
    for control in linked_controls():
        if control.held:
            control.put(control.get())
