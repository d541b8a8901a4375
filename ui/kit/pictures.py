"""A quiet button beside a map or chart: take it along as a picture, with title, legend, date and credit.

Pictures are drawn on the server, when they are asked for and not before, so that a browser that cannot draw the map can
still save it.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from textwrap import shorten
from typing import Any

import pydeck as pdk
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from drawing.basemap import Basemap
from drawing.bitmap import to_png
from drawing.chart_picture import chart_title, draw_chart
from drawing.framed import Picture, framed
from drawing.legend import Legend
from drawing.map_picture import Extent, draw_map
from ui.kit.copying import copy_button
from ui.kit.view import View, map_size
from wording.take import made_on, take_words

_WIDTH_PX, _HEIGHT_PX = 1010, 710
_NAME_LETTERS = 70  # enough to tell one from another
_MARKS = re.compile(r"[^\w\s.,;()%'’–-]|_")


def map_picture(
    layers: Sequence[pdk.Layer], view: View, *, basemap: Basemap, title: str, legends: Sequence[Legend], key: str
) -> None:
    """Draw the button that saves a map as a picture.

    Parameters
    ----------
    layers, view, basemap
        As :func:`ui.kit.deck.show_map` takes them.
    title
        What the map shows, in a sentence.
    legends
        What its colours and signs mean.
    key
        Stable start of the buttons' keys, and name of the file.
    """
    # The size is asked for now: when the file is made, there is no browser to ask.
    make = partial(picture_of_map, list(layers), wider(view), basemap, title, tuple(legends))
    picture_button(make, title=title, key=key)


def wider(view: View) -> Extent:
    """Return what a picture of a view shows: the same on a larger sheet, so that names and discs have more room.

    A view fits the map of this browser (:func:`ui.kit.view.map_size`), and is enlarged as much as the sheet is wider.
    """
    closer = math.log2(_WIDTH_PX / map_size()[0])
    return Extent(view.longitude, view.latitude, view.zoom + closer, _WIDTH_PX, _HEIGHT_PX)


def picture_of_map(
    layers: Sequence[pdk.Layer], extent: Extent, basemap: Basemap, title: str, legends: Sequence[Legend]
) -> Picture:
    """Draw a map of a page; `InputError` as for :func:`drawing.map_picture.draw_map`."""
    values = json.loads(json.dumps(list(layers), default=default_serialize))
    sheet = draw_map(values, extent, basemap.style_url)
    return framed(
        sheet.to_bytes(),
        sheet.width_mm,
        sheet.height_mm,
        title=title,
        legends=legends,
        notes=(made_on(date.today()), basemap.attribution),
    )


def picture_of_chart(spec: Mapping[str, Any], credit: str) -> Picture:
    """Draw a chart of a page; `InputError` as for :func:`drawing.chart_picture.draw_chart`."""
    svg, width_mm, height_mm = draw_chart(spec)
    return framed(svg, width_mm, height_mm, title=chart_title(spec), notes=(made_on(date.today()), credit))


def picture_button(make: Callable[[], Picture], *, key: str, title: str = "") -> None:
    """Draw the button; `make` is called when a picture is asked for.

    On a page with several, each button has a name of its own: what the picture shows follows the word that is seen, for
    a screen reader and on hover.

    Parameters
    ----------
    make
        Draws the picture.
    key
        Stable start of the buttons' keys, and name of the file.
    title
        What the picture shows.
    """
    words = take_words()
    name = words["picture"]
    if title:  # a name in it that somebody gave must not be read as markdown
        name += f" *({shorten(_MARKS.sub('', title), _NAME_LETTERS, placeholder=' …')})*"
    with st.popover(name, icon=":material/image:", type="tertiary", width="content", key=f"{key}-picture"):
        copy_button(lambda: _bitmap(make()), key=key)
        st.download_button(
            words["bitmap"],
            lambda: _bitmap(make()),
            file_name=f"{key}.png",
            mime="image/png",
            key=f"{key}-png",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            words["drawing"],
            lambda: make().svg,
            file_name=f"{key}.svg",
            mime="image/svg+xml",
            key=f"{key}-svg",
            on_click="ignore",
            icon=":material/download:",
        )


def _bitmap(picture: Picture) -> bytes:
    return to_png(picture.svg, picture.width_mm, picture.height_mm)
