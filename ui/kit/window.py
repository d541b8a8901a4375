"""The width of the reader's window, so that a map opens on the whole area on a phone, a laptop and a wide screen.

The server draws the first view of a map and cannot know the window. It takes a phone's width or a laptop's by the
browser's name; a small script in the page tells the true width where it is another one, and the page is drawn again.
"""

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui.kit.session import Session, session

PHONE_PX, LAPTOP_PX = 390, 1366
NARROW_PX = 900
"""Narrower windows have the panel below the map, not beside it."""
WIDEST_PX = 1880
"""Content is never wider than this."""
_ENOUGH_PX = 60  # a smaller difference does not change how a map looks

_SCRIPT = f"""
export default function({{data, setStateValue}}) {{
  const width = window.innerWidth;
  if (Math.abs(width - data.taken) > {_ENOUGH_PX}) setStateValue("width", width);
}}
"""


def on_phone() -> bool:
    """Tell whether the window is a phone's: by its width, or by the name of the browser before that is known."""
    return window_width() <= 640


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
    if width <= 640:
        return width - 24, 250
    content = min(width, WIDEST_PX) - 64
    if width <= NARROW_PX:
        return content, 420
    return round((content - 16) * 0.62), 520 if width < 1600 else 640


def follow_window() -> None:
    """Ask the browser for the width of its window; call it before anything that is drawn to it."""
    try:
        measure = st.components.v2.component("reach_window", js=_SCRIPT)
    except StreamlitAPIException:  # there is no server, as in a test of a page
        return
    with st.container(key="window"):
        measure(data={"taken": window_width()}, key=Session.window_told.key, on_width_change=_take)


def _take() -> None:
    told = session.window_told
    width = getattr(told, "width", None)
    if isinstance(width, int | float) and 200 <= width <= 10_000:
        session.window_width = int(width)
