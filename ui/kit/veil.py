"""What veils a map: an old one while a new one is on its way, and what is drawn over a base map that is not there yet.

Streamlit marks each part of a page that is drawn again with ``data-stale``, and fades it until hardly anything is left;
a map is only veiled, so that one still sees where one is.

On a computer without a graphics card the base map comes seconds after the layers over it, so that streets and discs
would float on nothing. They stay hidden until the base map has been painted. Only the map itself knows when that is;
it is found among what React keeps for its element, and asked by its own published functions (``getMap``, ``loaded``,
``once``). Where no map is found that way, or it takes too long, all is shown.

A map that is drawn before its own style sheet is there asks a host on the internet for one. It looks whether the class
of a map has a position, so the page gives it one.
"""

from typing import Any

import streamlit as st

LIMIT_S = 20
"""After so many seconds all is shown, even without the base map; it is for what was not foreseen."""

CSS = f"""
<style>
.stElementContainer[data-stale=true]:has([data-testid=stDeckGlJsonChart]) {{
  opacity: .45; transition: opacity .3s ease .25s; }}
@keyframes reach-over-the-base-map {{ from {{ opacity: 0; }} }}
[data-testid=stDeckGlJsonChart]:not([data-base-map]) canvas#deckgl-overlay {{
  animation: reach-over-the-base-map 1ms {LIMIT_S}s backwards; }}
@media (prefers-reduced-motion: reduce) {{ .stElementContainer[data-stale=true] {{ transition: none; }} }}
.mapboxgl-map {{ position: relative; }}
.st-key-veil, div:has(> .st-key-veil) {{ position: absolute; width: 0; height: 0; overflow: hidden; }}
</style>
"""

SCRIPT = """
export default function () {
  const mapOf = (ground, place) => {
    const key = Object.keys(ground).find((name) => name.startsWith("__reactFiber$"));
    for (let part = ground[key]; part && part.stateNode !== place; part = part.return)
      for (let hook = part.memoizedState; hook; hook = hook.next) {
        const held = hook.memoizedState?.current;
        if (typeof held?.getMap === "function") return held.getMap();
      }
  };
  const known = new WeakSet();
  const look = () => {
    for (const ground of document.querySelectorAll("[data-testid=stDeckGlJsonChart] .mapboxgl-map")) {
      if (known.has(ground)) continue;
      known.add(ground);
      const place = ground.closest("[data-testid=stDeckGlJsonChart]");
      const show = (how) => place.setAttribute("data-base-map", how);
      const map = mapOf(ground, place);
      if (!map) { show("not known"); continue; }
      if (map.loaded()) { show("painted"); continue; }
      map.once("idle", () => show("painted"));
      map.once("error", () => show("failed"));
    }
  };
  const drawn = new MutationObserver(look);
  drawn.observe(document.body, { childList: true, subtree: true });
  look();
  return () => drawn.disconnect();
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("veil", js=SCRIPT)


def veil_maps() -> None:
    """Veil the maps of every page; called once, before a page is drawn."""
    st.html(CSS)
    with st.container(key="veil"):
        _component()(key="veil-browser")
