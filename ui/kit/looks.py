"""How every page looks: colours by light and dark, focus, contrast, motion; and what only the browser knows.

Every colour of our own stands here once, for a light ground and for a dark one. Own HTML names it as a CSS variable,
``var(--reach-ink)``. The browser chooses between the two by ``light-dark()``, so that the reader's system decides, or
what the reader chose in the menu, and no page has to be drawn again.
"""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from wording.languages import Words, english

COLOURS: Mapping[str, tuple[str, str]] = {
    "ink": ("#0B0C0C", "#F3F2F1"),
    "muted": ("#3D3D3D", "#C4C7C9"),
    "strong": ("#12436D", "#A9D3F7"),
    "on-strong": ("#FFFFFF", "#10161C"),
    "out": ("#801650", "#E391BC"),
    "before": ("#4A8FCF", "#4F86B8"),
    "edge": ("#7C858A", "#78828A"),
    "rule": ("#B1B4B6", "#505A5F"),
    "track": ("#EEF0F2", "#1C252E"),
    "ground": ("#FFFFFF", "#10161C"),
    "raised": ("#F3F5F7", "#1C252E"),
}
"""What our own HTML is drawn in, on a light and on a dark ground. ``edge`` is for what must be seen, 3:1; ``rule`` and
``track`` for lines and bands that say nothing."""

CHART_COLOURS: Mapping[str, tuple[str, str]] = {
    "#0B0C0C": COLOURS["ink"],
    "#3D3D3D": COLOURS["muted"],
    "#505A5F": ("#505A5F", "#C4C7C9"),
    "#6F777B": ("#6F777B", "#9AA3A8"),
    "#12436D": COLOURS["strong"],
    "#6BACE6": COLOURS["before"],
    "#8FA3B5": ("#73879A", "#8FA3B5"),
    "#801650": COLOURS["out"],
}
"""What a colour that a chart is written in becomes on a light and on a dark ground; others are seen on both."""

_HIGHEST = dict.fromkeys(("ink", "muted", "strong", "edge", "rule"), ("#000000", "#FFFFFF"))


def _variables(colours: Mapping[str, tuple[str, str]]) -> str:
    return " ".join(f"--reach-{name}: light-dark({light}, {dark});" for name, (light, dark) in colours.items())


def _charts() -> str:
    """Return CSS that gives the shapes and words of charts, which are SVG, the colours of the reader's ground."""
    chart = '[data-testid="stVegaLiteChart"] svg'
    rules = [
        f'{chart} [{paint}="{written}" i] {{ {paint}: light-dark({light}, {dark}); }}'
        for written, (light, dark) in CHART_COLOURS.items()
        for paint in ("fill", "stroke")
    ]
    # A mark that is hollow on white is hollow on any ground.
    return "\n".join([*rules, f'{chart} .mark-symbol [fill="#FFFFFF" i] {{ fill: var(--reach-ground); }}'])


# Streamlit draws a box around a text field, and the field itself has no room for a ring of its own.
_BOXES = ", ".join(
    f"{box}:has({held}:focus-visible)"
    for box, held in (
        ('[data-baseweb="input"]', "input"),
        ('[data-baseweb="textarea"]', "textarea"),
        ('[data-baseweb="select"] > div', "input"),
        ('[data-testid="stNumberInputContainer"]', "input"),
        ('[data-testid="stTextInputRootElement"]', "input"),
        ('[data-testid="stCheckbox"] label', "input"),
        ('[data-testid="stRadio"] label', "input"),
        ('[data-testid="stFileUploaderDropzone"]', "input"),
    )
)

CSS = f"""
<style>
:root {{ {_variables(COLOURS)} }}
{_charts()}

:focus-visible, {_BOXES} {{ outline: 3px solid var(--reach-ink) !important; outline-offset: 2px !important; }}
[data-baseweb] input:focus-visible, [data-testid="stTextInputRootElement"] input:focus-visible,
[data-baseweb] textarea:focus-visible {{ outline: none !important; }}
[data-testid="stMain"]:focus-visible {{ outline-offset: -3px !important; }}
[data-testid="stDeckGlJsonChart"]:has(canvas:focus-visible) {{ outline: 3px solid var(--reach-ink); }}

[data-testid="stBaseButton-primary"]:not(:disabled), [data-testid="stBaseButton-primary"]:not(:disabled) * {{
  color: var(--reach-on-strong) !important; }}

:root[data-no-maps] [data-testid="stDeckGlJsonChart"] {{ display: grid; place-content: center; padding: 1rem;
  border: 2px dashed var(--reach-edge); background: var(--reach-raised); }}
:root[data-no-maps] [data-testid="stDeckGlJsonChart"]::before {{ content: var(--reach-no-maps) " " attr(aria-label);
  color: var(--reach-ink); font-size: 1.1rem; line-height: 1.5; max-width: 34rem; text-align: center; }}
:root[data-no-maps] [data-testid="stDeckGlJsonChart"] > :not([data-testid="stElementToolbar"]) {{ display: none; }}

/* A map stays light on a dark page, and its credit with it. */
:is(.maplibregl-ctrl-attrib, .mapboxgl-ctrl-attrib), :is(.maplibregl-ctrl-attrib, .mapboxgl-ctrl-attrib) a {{
  color: #0B0C0C !important; }}

.st-key-looks, div:has(> .st-key-looks) {{ position: absolute; width: 0; height: 0; overflow: hidden; }}
[data-testid="stExpandSidebarButton"] {{ width: auto; padding: 0 .6rem; border: 1px solid var(--reach-edge);
  min-height: 2.5rem; }}
[data-testid="stExpandSidebarButton"] > span, [data-testid="stSidebarCollapseButton"] button > span {{ display: none; }}
[data-testid="stExpandSidebarButton"]::after {{ content: var(--reach-menu); color: var(--reach-ink);
  font-size: 1rem; }}
[data-testid="stSidebarCollapseButton"] {{ display: block !important; visibility: visible !important; }}
[data-testid="stSidebarCollapseButton"] button {{ width: auto; padding: 0 .6rem; min-height: 2.5rem;
  border: 1px solid var(--reach-edge); }}
[data-testid="stSidebarCollapseButton"] button::after {{ content: var(--reach-close); color: var(--reach-ink);
  font-size: 1rem; }}
:root:has([data-testid="stSidebarCollapseButton"] [aria-expanded="true"]) div:has(> .st-key-bookmarks) {{
  visibility: hidden; }}

@media (prefers-contrast: more) {{
  :root {{ {_variables(_HIGHEST)} }}
  .stApp, .stApp :is(p, li, label, small, th, td, span, h1, h2, h3) {{ opacity: 1; }}
  [data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{ color: var(--reach-ink) !important;
    opacity: 1 !important; }}
  .stApp :is([data-testid^="stBaseButton"], [data-testid="stPopoverButton"], [data-testid="stExpander"] details,
    div:has(> input[type="text"]), div:has(> textarea)) {{ border-color: var(--reach-ink) !important; }}
}}
@media (forced-colors: active) {{
  :focus-visible, {_BOXES} {{ outline-color: Highlight !important; }}
  [data-testid="stButtonGroup"] :is([aria-checked="true"], [data-testid$="Active"]) {{ forced-color-adjust: none;
    background: Highlight !important; color: HighlightText !important; }}
  [data-testid="stButtonGroup"] :is([aria-checked="true"], [data-testid$="Active"]) * {{
    color: HighlightText !important; }}
  .keeps-colour, table.heat td, .bars td div {{ forced-color-adjust: none; }}
}}
@media (prefers-reduced-motion: reduce) {{
  *, *::before, *::after {{ animation-duration: .01ms !important; animation-iteration-count: 1 !important;
    transition-duration: .01ms !important; scroll-behavior: auto !important; }}
}}
</style>
"""

# Four things only the browser can do: find out whether it can draw maps, give the button of the menu a name, close the
# menu after a choice, and tell what Streamlit puts beside the page (lists, dialogs) whether the page is light or dark.
_JS = """
export default function ({ data }) {
  const root = document.documentElement;
  const picture = document.createElement("canvas").getContext("webgl2");
  root.toggleAttribute("data-no-maps", !picture);
  picture?.getExtension("WEBGL_lose_context")?.loseContext();
  const names = { stExpandSidebarButton: data.menu, stSidebarCollapseButton: data.close };
  const name = () => {
    for (const [part, said] of Object.entries(names)) {
      const found = document.querySelector(`[data-testid=${part}]`);
      const button = found?.matches("button") ? found : found?.querySelector("button");
      if (button && button.getAttribute("aria-label") !== said) button.setAttribute("aria-label", said);
    }
    const app = document.querySelector("[data-testid=stApp]");
    const scheme = app ? getComputedStyle(app).colorScheme : "";
    if (scheme && root.style.colorScheme !== scheme) root.style.colorScheme = scheme;
  };
  const close = (event) => {
    if (!event.target.closest?.("[data-testid=stSidebarNavLink]")) return;
    const open = "[data-testid=stSidebarCollapseButton] [aria-expanded=true]";
    setTimeout(() => document.querySelector(open)?.click(), 400);
  };
  // What a popover holds comes last in the page: a reader who opens one by keyboard would have to go all the way.
  const enter = (event) => {
    if (event.key !== "Tab" || event.shiftKey) return;
    if (!document.activeElement?.matches("[data-testid=stPopoverButton][aria-expanded=true]")) return;
    const first = document.querySelector("[data-testid=stPopoverBody] :is(button, input, textarea, a[href])");
    if (!first) return;
    event.preventDefault();
    first.focus();
  };
  const drawn = new MutationObserver(name);
  drawn.observe(document.body, { childList: true, subtree: true });
  const app = document.querySelector("[data-testid=stApp]");
  if (app) drawn.observe(app, { attributes: true, attributeFilter: ["class"] });
  document.addEventListener("click", close);
  document.addEventListener("keydown", enter);
  name();
  return () => {
    drawn.disconnect();
    document.removeEventListener("click", close);
    document.removeEventListener("keydown", enter);
  };
}
"""


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("looks", js=_JS)


def show_looks() -> None:
    """Give every page its colours, focus ring and menu button; called once, before a page is drawn."""
    words = english()
    menu, close = words.say("looks.menu"), words.say("looks.close")
    st.html(f"{CSS}<style>:root {{ --reach-menu: {_css_text(menu)}; --reach-close: {_css_text(close)}; }}</style>")
    st.html(no_maps_html(words))
    with st.container(key="looks"):
        _component()(key="looks-browser", data={"menu": menu, "close": close})


def no_maps_html(words: Words) -> str:
    """Return the CSS that has a browser that cannot draw maps say so in a language, in the place of each map."""
    return f"<style>:root {{ --reach-no-maps: {_css_text(words.say('screen.no_maps'))}; }}</style>"


def _css_text(text: str) -> str:
    """Write a text as a string of CSS; its quotes and backslashes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
