"""Drawing a map: stable key, selection, legend, attribution and picture, over pydeck and Streamlit.

Three properties of the libraries are handled here, so that pages need not know them:

- pydeck turns plain strings into expressions and indents its JSON; :func:`layer` and :class:`CompactDeck` do neither.
- When something is selected, Streamlit fades every other object that has a ``getFillColor`` or ``getColor``: it reads
  the expression again for each (a third of a second for the streets), and removes the layer's update triggers. It does
  not change layers in a nested list, so layers that cannot be picked are put in one; the fill of the others is given to
  the sub-layers (``_subLayerProps``), and a page marks its selection with an outline of its own.
- When an expression changes, a layer is drawn again only if its update triggers change too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pydeck as pdk
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from drawing.basemap import Basemap
from drawing.legend import Legend
from ui.kit.legend import show_legend
from ui.kit.pictures import map_picture
from ui.kit.view import View, map_size

TOOLTIP = {
    "html": "<strong>{title}</strong><div>{tip}</div>",
    "style": {
        "backgroundColor": "#FFFFFF",
        "color": "#0B0C0C",
        "border": "1px solid #505A5F",
        "borderRadius": "4px",
        "padding": "6px 10px",
        "fontSize": "14px",
        "lineHeight": "1.35",
        "maxWidth": "260px",
        "whiteSpace": "pre-line",
        "boxShadow": "0 1px 4px rgba(0,0,0,.25)",
    },
}
"""Every pickable feature has the properties ``title`` and ``tip``; Streamlit escapes what it puts in."""


@dataclass(frozen=True)
class Selection:
    """What the reader clicked: the layer's id, the feature's position in it, and its properties."""

    layer: str
    index: int
    properties: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Area code of the feature, or an empty string."""
        return str(self.properties.get("code", ""))

    @property
    def id(self) -> str:
        """Identity of the feature (service, postcode …), or an empty string."""
        return str(self.properties.get("id", ""))


class CompactDeck(pdk.Deck):  # type: ignore[misc]  # pydeck has no types
    """A pydeck deck whose JSON has no white space: a third of the size when it is sent."""

    def to_json(self) -> str:
        """Write the deck as JSON."""
        return json.dumps(self, sort_keys=True, default=default_serialize, separators=(",", ":"))


def layer(kind: str, layer_id: str, data: Any, **props: Any) -> pdk.Layer:
    """Return a deck.gl layer whose properties are sent as written, in deck.gl's own spelling.

    Parameters
    ----------
    kind
        deck.gl class, such as ``"GeoJsonLayer"``.
    layer_id
        Stable id: selection and redrawing depend on it.
    data
        Address of a published file, or GeoJSON.
    **props
        deck.gl properties; a string that starts with ``@@=`` is an expression over a feature.
    """
    made = pdk.Layer(kind, data=data, id=layer_id)
    for name, value in props.items():
        setattr(made, name, value)
    return made


def read_selection(event: Any, among: Sequence[str] | None = None) -> Selection | None:
    """Return the single object in Streamlit's selection event, or None.

    Parameters
    ----------
    event
        What ``st.pydeck_chart`` returned.
    among
        Layer ids to look at; all when None.
    """
    chosen = event.get("selection") if isinstance(event, Mapping) else None
    if not chosen:
        return None
    for layer_id, objects in chosen.get("objects", {}).items():
        if objects and (among is None or layer_id in among):
            properties = objects[0].get("properties", objects[0])
            plain = {k: v for k, v in properties.items() if isinstance(v, str | int | float | bool)}
            index = (chosen.get("indices", {}).get(layer_id) or [plain.get("i", -1)])[0]
            return Selection(str(layer_id), int(index), plain)
    return None


def show_map(
    layers: Sequence[pdk.Layer],
    view: View,
    *,
    key: str,
    basemap: Basemap,
    alt: str,
    height: int | None = None,
    select: bool = False,
    tooltip: Mapping[str, Any] | bool = True,
    attribution: str | None = None,
    legends: Sequence[Legend | str] = (),
    title: str = "",
    on_paper: Sequence[Legend] | None = None,
) -> Selection | None:
    """Draw a map with its legend inside and its attribution below, and return what is selected in it.

    The reader's pan and zoom stay as long as `key` and `view` stay the same, even if the layers change. Call it inside
    ``st.fragment``, so that a click runs only the map's own part of the page again.

    Parameters
    ----------
    layers
        From the bottom up, each with a stable id.
    view
        The first view; give the same one on every run.
    key
        Stable key of the map.
    basemap
        The base map.
    alt
        What the map shows, in a sentence, for people who cannot see it.
    height
        In pixels; suited to this browser when None.
    select
        Whether a click selects and runs the part again.
    tooltip
        deck.gl tooltip; True for :data:`TOOLTIP`, False for none.
    attribution
        Attribution to print below instead of the base map's.
    legends
        At the foot of the map, or below it on a phone; one may be HTML.
    title
        What the map shows, in a sentence: the title of the picture that the reader can take; without it there is none.
    on_paper
        Legends of that picture where `legends` has HTML.
    """
    deck = CompactDeck(
        layers=[one if getattr(one, "pickable", False) else [one] for one in layers],
        initial_view_state=pdk.ViewState(
            longitude=view.longitude,
            latitude=view.latitude,
            zoom=view.zoom,
            min_zoom=9,
            max_zoom=18,
            pitch=0,
            bearing=0,
        ),
        map_provider="maplibre",
        map_style=basemap.style_url,
        tooltip=dict(TOOLTIP if tooltip is True else tooltip) if tooltip else False,
    )
    pixels = height or map_size()[1]
    with st.container(gap=None):
        with st.container(gap=None, key=f"framed-{key}"):
            if select:
                event = st.pydeck_chart(
                    deck, height=pixels, key=key, alt=alt, on_select="rerun", selection_mode="single-object"
                )
            else:
                event = None
                st.pydeck_chart(deck, height=pixels, key=key, alt=alt)
            show_legend(*legends)
        with st.container(horizontal=True, gap="small", key=f"credit-{key}"):
            st.caption(attribution or basemap.attribution, width="stretch")
            if title:
                drawn = [one for one in legends if isinstance(one, Legend)] if on_paper is None else on_paper
                map_picture(layers, view, basemap=basemap, title=title, legends=drawn, key=key)
    return read_selection(event) if select else None
