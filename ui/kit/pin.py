"""Placing on a map without a pointer: a pin that arrow keys move, and that chooses the postcode nearest to it.

The browser only turns keys into metres. Where the pin is, what is nearest to it and what choosing it does are known
here, so the pin is drawn as a layer of the map, and what is under it is told in words that a screen reader reads out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pydeck as pdk
import streamlit as st

from geo.coordinates import to_lonlat
from geo.pack import AreaPack
from geo.postcodes import street_postcodes
from ui.kit.points import point_layer
from ui.kit.session import Session, session
from wording.languages import Words, english
from wording.numbers import distance
from wording.particulars import by_postcode

STEP_M, FAR_STEP_M = 50, 500
"""How far an arrow key moves the pin, and how far with the Shift key."""

_HTML = """
<div id="pin">
  <div id="pad" role="application" tabindex="0" aria-describedby="how"></div>
  <div id="moves" role="group"></div>
  <p id="how"></p>
  <p id="said" aria-live="polite"></p>
</div>
"""
_CSS = """
#pin { display: flex; flex-wrap: wrap; gap: .35rem .6rem; align-items: center; font-size: .9rem; line-height: 1.35;
  color: var(--reach-ink); }
#pad, button { font: inherit; color: inherit; background: var(--reach-ground); border: 1px solid var(--reach-edge);
  border-radius: .25rem; min-height: 2.1rem; padding: .15rem .6rem; box-sizing: border-box; cursor: pointer; }
#pad { display: inline-flex; align-items: center; }
#moves { display: inline-flex; gap: .3rem; direction: ltr; }
#moves button { min-width: 2.1rem; }
#pad:focus-visible, button:focus-visible { outline: 3px solid var(--reach-ink); outline-offset: 2px; }
p { margin: 0; }
#how { flex-basis: 100%; color: var(--reach-muted); }
#pin:not(:focus-within) #how { display: none; }
#said:not(:empty) { flex-basis: 100%; font-weight: 600; }
"""
# The keys are the browser's, and the pin moves at once in it; the server is told when the keys rest, so that a key held
# down does not ask for a drawing of the map for each step.
_JS = """
export default function ({ data, setStateValue, setTriggerValue, parentElement }) {
  const find = (id) => parentElement.querySelector(`#${id}`);
  const pad = find("pad"), moves = find("moves");
  pad.textContent = data.words.label;
  pad.setAttribute("aria-label", data.words.label);
  moves.setAttribute("aria-label", data.words.label);
  find("how").textContent = data.words.how;
  const said = find("said");
  if (said.textContent !== data.said) said.textContent = data.said;
  if (!pad.moved) pad.at = data.at;
  const [west, south, east, north] = data.bounds;
  const tell = () => {
    clearTimeout(pad.timer);
    pad.timer = setTimeout(() => { pad.moved = false; setStateValue("at", pad.at); }, 150);
  };
  const move = (x, y, far) => {
    const by = far ? data.far : data.step;
    const from = pad.at || data.start;
    pad.at = [Math.min(east, Math.max(west, from[0] + x * by)), Math.min(north, Math.max(south, from[1] + y * by))];
    pad.moved = true;
    tell();
  };
  const choose = () => {
    clearTimeout(pad.timer);
    pad.moved = false;
    setTriggerValue("chosen", pad.at || data.start);
  };
  const remove = () => { pad.at = null; pad.moved = true; tell(); };
  const ways = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  pad.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (ways[event.key]) move(...ways[event.key], event.shiftKey);
    else if (event.key === "Enter") choose();
    else if (event.key === "Escape") remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  pad.onclick = () => pad.focus();
  pad.onfocus = () => find("pin").scrollIntoView({ block: "end" });  // the map above it stays in sight
  if (!moves.children.length) {
    for (const key of ["west", "north", "south", "east", "choose"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.does = key;
      moves.append(button);
    }
  }
  const signs = { west: ["←", -1, 0], north: ["↑", 0, 1], south: ["↓", 0, -1], east: ["→", 1, 0] };
  for (const button of moves.children) {
    const sign = signs[button.dataset.does], word = data.words[button.dataset.does];
    button.textContent = sign ? sign[0] : word;
    if (sign) button.setAttribute("aria-label", word);
    button.onclick = sign ? (event) => move(sign[1], sign[2], event.shiftKey) : choose;
  }
}
"""


@dataclass(frozen=True)
class Pin:
    """Where the pin is, and what is nearest to it.

    Attributes
    ----------
    easting, northing
        Metres of the area's grid.
    postcode, street
        The nearest postcode of a street, and the name of the street there.
    off_m
        How far that postcode is from the pin.
    """

    easting: float
    northing: float
    postcode: str
    street: str
    off_m: float


def pin_at(pack: AreaPack, easting: float, northing: float) -> Pin:
    """Return the pin at a position, with the postcode that a click there chooses: the nearest one of a street."""
    xy = pack.demand_xy
    metres = np.where(street_postcodes(pack.demand["postcode"], xy), np.hypot(*(xy - (easting, northing)).T), np.inf)
    nearest = int(metres.argmin())
    street = str(pack.named_streets.nearest(xy[[nearest]])[0])
    return Pin(easting, northing, str(pack.demand["postcode"].iloc[nearest]), street, float(metres[nearest]))


def pin_layers(pack: AreaPack, words: Words | None = None) -> list[pdk.Layer]:
    """Return the layer of the pin, to draw on top of a map; none while nobody uses it."""
    at = _told("at", pack)
    if at is None:
        return []
    tip = (words or english()).say("pin.tip")
    point = gpd.GeoDataFrame(
        {"id": ["pin"], "title": [tip], "tip": [""]}, geometry=gpd.points_from_xy([at[0]], [at[1]], crs=pack.crs)
    )
    return [
        point_layer(point, layer_id="pin-ring", radius_px=14, colour="#0B0C0C", pickable=False),
        point_layer(point, layer_id="pin", radius_px=6, colour="#F46A25", pickable=False),
    ]


def pin_control(pack: AreaPack, take: Callable[[str], None], words: Words | None = None) -> None:
    """Draw the control that moves the pin, below its map.

    Parameters
    ----------
    pack
        The area; the pin starts in its middle and stays within its bounds.
    take
        Called with the postcode when the reader chooses it, before the page is drawn again, as for a click there.
    words
        The language; English when None.
    """
    words = words or english()
    west, south, east, north = (float(side) for side in pack.wards.total_bounds)
    at = _told("at", pack)

    def chosen() -> None:
        there = _told("chosen", pack)
        if there is not None:
            take(pin_at(pack, *there).postcode)

    _component()(
        key=Session.pin.key,
        data={
            "at": at,
            "start": [(west + east) / 2, (south + north) / 2],
            "bounds": [west, south, east, north],
            "step": STEP_M,
            "far": FAR_STEP_M,
            "said": "" if at is None else _said(pack, pin_at(pack, *at), words),
            "words": {
                "how": words.say("pin.how", step=distance(STEP_M, words), far=distance(FAR_STEP_M, words)),
                **{name: words.say(f"pin.{name}") for name in ("label", "north", "south", "east", "west", "choose")},
            },
        },
        default={"at": None},
        on_at_change=lambda: None,
        on_chosen_change=chosen,
    )


def _said(pack: AreaPack, pin: Pin, words: Words) -> str:
    if not by_postcode(pack):
        return words.say("pin.said_without", street=pin.street, distance=distance(pin.off_m, words))
    return words.say("pin.said", street=pin.street, postcode=pin.postcode, distance=distance(pin.off_m, words))


def _told(name: str, pack: AreaPack) -> tuple[float, float] | None:
    """Return a position that the browser told of; None where it told of none, or of no position on the grid."""
    told: Any = session.pin
    at = told.get(name) if isinstance(told, Mapping) else None
    if isinstance(at, list | tuple) and len(at) == 2 and all(isinstance(one, int | float) for one in at):
        there = float(at[0]), float(at[1])
        return there if np.isfinite(to_lonlat(*there, pack.crs)).all() else None
    return None


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("pin", html=_HTML, css=_CSS, js=_JS)
