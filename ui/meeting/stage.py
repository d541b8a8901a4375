"""The stage of the meeting view: how the screen is laid out, full screen, and how large the window is.

Type is sized by the window, so that the back row of a hall can read it on any projector, and never under a plain page's
own size. Nothing scrolls on a wide screen. On a small one, or under zoom, everything goes beneath each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.kit.session import Session, session
from wording.languages import Words

CSS = """
<style>
[data-testid="stMainBlockContainer"] { max-width: none; padding: 4.2rem 2vw .4rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: .5rem; }
:root:fullscreen [data-testid="stHeader"] { display: none; }
:root:fullscreen [data-testid="stMainBlockContainer"] { padding-top: .8rem; }
@media (display-mode: fullscreen) {
  [data-testid="stHeader"] { display: none; }
  [data-testid="stMainBlockContainer"] { padding-top: .8rem; }
}
.st-key-meeting_keys, div:has(> .st-key-meeting_keys) { display: none; }
.st-key-meeting_tools { align-items: center; }
.st-key-meeting_going > :has(.stSelectbox) { flex: 1 1 15rem; min-width: min(15rem, 100%); }
.st-key-meeting_nav [data-testid="stWidgetLabel"],
.st-key-meeting_tools [data-testid="stWidgetLabel"] { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
.story h1 { font-size: clamp(1.25rem, 1.9vw, 3rem); color: var(--reach-strong); padding: 0; margin: 0;
  line-height: 1.2; }
.story p { margin: 0; color: var(--reach-ink); }
.story .sentence { font-size: calc(var(--fit) * clamp(1.5rem, min(3.3vw, 6vh), 6rem));
  font-weight: 600; line-height: 1.22; margin: .3em 0 .5em; text-wrap: pretty; }
.story .number { font-size: calc(var(--fit) * clamp(2.4rem, min(5.9vw, 12vh), 10rem));
  font-weight: 700; line-height: 1.05; color: var(--reach-strong); }
.story .means { font-size: clamp(1.15rem, min(2.1vw, 3.9vh), 3.6rem); line-height: 1.3; margin-top: .25em;
  text-wrap: balance; }
.story .review { font-size: clamp(.9rem, 1.1vw, 1.6rem); margin-top: .8em;
  border-inline-start: .3rem solid var(--reach-ink); padding-inline-start: .6rem; }
.behind { font-size: clamp(1.1rem, min(1.75vw, 3.3vh), 2.8rem); line-height: 1.4; overflow: auto; }
.behind h2 { font-size: 1.15em; padding: 0; margin: 0 0 .4em; }
.behind p { margin: 0 0 .7em; font-size: inherit; }
.behind table, .bars table { border-collapse: collapse; width: 100%; margin: 0; }
.behind th, .behind td { text-align: start; padding-block: .12em; padding-inline: 0 .6em;
  border: 0; border-bottom: 1px solid var(--reach-rule); font-weight: 400; }
.behind thead th { font-weight: 700; }
.bars th, .bars td { border: 0; padding-block: .16em; padding-inline: 0 .4em; font-weight: 400;
  text-align: start; line-height: 1.2; }
.bars th { white-space: nowrap; width: 1%; padding-inline-end: .8em; }
.bars td.say { white-space: nowrap; width: 1%; font-weight: 600; }
.bars caption, .questions h2 { caption-side: top; text-align: start; font-weight: 600; color: var(--reach-ink);
  font-size: clamp(1.1rem, 1.8vw, 2.8rem); padding: 0 0 .4em; }
.questions ol { list-style: none; padding: 0; margin: 0; display: grid; gap: 1.2vh; }
.questions li { display: flex; gap: .6em; align-items: center; font-size: clamp(1.4rem, min(3vw, 5.4vh), 4.6rem);
  line-height: 1.2; border: .14rem solid var(--reach-strong); border-radius: .4rem; padding: .5em .6em; margin: 0;
  font-weight: 600; }
.questions li::before { content: attr(data-n); flex: none; width: 1.7em; height: 1.7em; border-radius: 50%;
  background: var(--reach-strong); color: var(--reach-on-strong); display: grid; place-items: center; }
.hall-key { display: flex; flex-wrap: wrap; gap: .2em 1.1em; font-size: clamp(.95rem, min(1.42vw, 2.7vh), 2.4rem);
  line-height: 1.35; padding: 0 !important;
  margin: 0 !important; list-style: none; }
.hall-key.on-map { background: #FFFFFF; color: #0B0C0C; padding: .1em .5em !important; border-radius: .25rem; }
.hall-key li { display: inline-flex; align-items: center; gap: .4em; margin: 0; font-size: inherit; }
.st-key-meeting_picture [data-testid="stCaptionContainer"] p { font-size: .75rem; line-height: 1.25; }
.st-key-meeting_picture [data-testid="stVerticalBlock"] { gap: .35rem; }
.st-key-meeting_journeys [data-testid="stMarkdownContainer"] p,
.st-key-meeting_journeys [data-testid="stMarkdownContainer"] li { font-size: max(1rem, min(1.7vw, 3.2vh)); }
.st-key-meeting_journeys [data-testid="stWidgetLabel"] p { font-size: max(1rem, min(1.2vw, 2.2vh)); }
.st-key-meeting_tools button p, .st-key-meeting_nav button p { font-size: max(1rem, min(1.2vw, 2.2vh)); }
.st-key-meeting_tools [data-testid="stBidiComponentRegular"] { width: auto; }
@media (min-width: 801px) and (min-height: 500px) {
  .st-key-meeting_nav { position: fixed; bottom: .6rem; left: 2vw; width: 96vw; background: var(--reach-ground);
    justify-content: space-between !important; align-items: center; flex-wrap: nowrap; }
}
@media (max-width: 800px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
  .stHorizontalBlock:has(> .stColumn .st-key-meeting_picture) { flex-direction: column; }
  .stHorizontalBlock > .stColumn:has(.story, .st-key-meeting_journeys, .st-key-meeting_picture) { width: 100%;
    flex: none; }
  .story { --fit: 1 !important; }  /* it scrolls */
  .bars th { white-space: normal; }
  .st-key-meeting_tools { gap: .2rem .4rem; }
  .st-key-meeting_nav { position: sticky; bottom: 0; background: var(--reach-ground); gap: .4rem; padding: .4rem 0;
    justify-content: space-between !important; z-index: 5; }
  .st-key-meeting_nav > div:has([data-testid="stButtonGroup"]) { display: none; }
}
@media (min-width: 500px) and (max-width: 800px) {
  .story .sentence { font-size: 2.4rem; } .story .number { font-size: 4rem; } .story .means { font-size: 1.6rem; }
  .story h1 { font-size: 1.9rem; } .behind { font-size: 1.5rem; } .bars, .hall-key { font-size: 1.3rem; }
}
</style>
"""

_BUTTON = """
<button type="button" id="full" aria-pressed="false"></button>
<p id="live" aria-live="polite"></p>
"""
_BUTTON_CSS = """
button { font: inherit; font-size: max(1rem, min(1.2vw, 2.2vh)); color: var(--reach-ink); cursor: pointer;
  background: var(--reach-ground);
  border: 1px solid var(--reach-edge); border-radius: .25rem; min-height: 2.5rem; padding: .25rem .75rem;
  white-space: nowrap; }
button:hover { border-color: var(--reach-strong); color: var(--reach-strong); }
button:focus-visible { outline: 3px solid var(--reach-ink); outline-offset: 2px; }
p { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
"""
# The browser grants full screen only to a click that it sees itself, the server cannot see the window, what is to be
# read out must stand in a place that stays while the rest is drawn anew, and Streamlit cannot say which language its
# buttons are in: these four things, and nothing else, are done in the browser.
_BUTTON_JS = """
export default function ({ data, setStateValue, parentElement }) {
  const button = parentElement.querySelector("#full");
  const root = document.documentElement;
  button.hidden = !document.fullscreenEnabled;
  const draw = () => {
    const on = Boolean(document.fullscreenElement);
    button.textContent = on ? data.leave : data.enter;
    button.setAttribute("aria-pressed", String(on));
  };
  button.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  let timer;
  const report = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const header = document.querySelector('[data-testid="stHeader"]');
      const size = [window.innerWidth, window.innerHeight - (header ? header.offsetHeight : 0)];
      if (size[0] !== data.width || size[1] !== data.height) setStateValue("size", size);
    }, 150);
  };
  const name = (element, lang) => {
    if (element.lang !== lang) element.lang = lang;
    const dir = lang === data.lang ? data.dir : "ltr";
    if (element.dir !== dir) element.dir = dir;
  };
  const live = parentElement.querySelector("#live");
  name(live, data.lang);
  if (live.textContent !== data.say) live.textContent = data.say;
  const languages = () => {
    for (const part of ["tools", "nav", "picture", "journeys"]) {
      for (const found of document.querySelectorAll(`.st-key-meeting_${part}`)) {
        name(found, data.parts.includes(part) ? data.lang : "en");
        if (part !== "picture") continue;
        for (const credits of found.querySelectorAll('[data-testid="stCaptionContainer"]')) name(credits, "en");
      }
    }
  };
  const drawn = new MutationObserver(languages);
  drawn.observe(document.querySelector('[data-testid="stMain"]') || document.body, { childList: true, subtree: true });
  languages();
  const changed = () => { draw(); report(); };
  draw();
  report();
  document.addEventListener("fullscreenchange", changed);
  window.addEventListener("resize", report);
  return () => {
    clearTimeout(timer);
    drawn.disconnect();
    document.removeEventListener("fullscreenchange", changed);
    window.removeEventListener("resize", report);
  };
}
"""
_MIRRORED = """
[data-testid="stMainBlockContainer"] { direction: rtl; }
:is([data-testid="stDeckGlJsonChart"], [data-testid="stDataFrame"], .st-key-bookmarks,
  .st-key-welcome) { direction: ltr; }
[data-testid="stButtonGroup"] button { border-radius: 0 !important; border: 1px solid var(--reach-edge) !important;
  margin: 0 0 0 -1px !important; }
[data-testid="stMarkdownContainer"] { text-align: start; }
[data-testid="InputInstructions"] { right: auto; left: .5rem; }
.bars td[aria-hidden] { min-width: 5em; }
"""
_TOOLS_PX, _NAV_PX, _GAPS_PX = 42, 42, 46
_STACKED_PX = 800


def mirrored_html(words: Words) -> str:
    """Return the CSS that lays the page out in the direction of a language: columns, buttons and steps alike.

    Maps keep their own direction, because their software reckons from the left.
    """
    if words.direction == "ltr":
        return "<style></style>"
    return f"<style>{_MIRRORED}</style>"


@dataclass(frozen=True)
class Stage:
    """Size of the window in CSS pixels, the header left out; as of a small laptop until the browser has told.

    Attributes
    ----------
    width_px, height_px
        What there is for the story.
    """

    width_px: int = 1280
    height_px: int = 660

    @property
    def stacked(self) -> bool:
        """Whether things go beneath each other."""
        return self.width_px <= _STACKED_PX

    @property
    def scale(self) -> float:
        """How much larger than on the smallest projector things are drawn on a map."""
        if self.stacked:
            return 0.6 if self.width_px < 500 else 0.8
        return max(1.0, min(self.width_px / 1280, self.height_px / 660))

    def picture_px(self, beneath: float = 0) -> tuple[int, int]:
        """Width and height for a picture that has `beneath` pixels of lines under it."""
        if self.stacked:
            width = self.width_px - 32
            return width, max(240, min(420, round(width * 0.8)))
        height = self.height_px - _TOOLS_PX - _NAV_PX - _GAPS_PX - beneath
        return round(self.width_px * 0.54), max(220, round(height))


def read_stage() -> Stage:
    """Return the size that the browser told of last."""
    told = session.meeting_stage
    size = told.get("size") if isinstance(told, Mapping) else None
    if isinstance(size, list | tuple) and len(size) == 2 and all(isinstance(side, int | float) for side in size):
        return Stage(max(200, min(int(size[0]), 8000)), max(200, min(int(size[1]), 8000)))
    return Stage()


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("meeting_full_screen", html=_BUTTON, css=_BUTTON_CSS, js=_BUTTON_JS)


def full_screen_button(
    enter: str, leave: str, stage: Stage, *, say: str, words: Words, parts: Sequence[str] = ("tools", "nav", "picture")
) -> None:
    """Draw the full-screen button; the browser tells the window's size with it, and reads out what has changed.

    Parameters
    ----------
    enter, leave
        Its words.
    stage
        The size that is known already.
    say
        What is read out to those who do not see it, whenever it changes.
    words
        The language of `say`, and of `parts`.
    parts
        Which containers (``meeting_…``) are in that language; the others are in English.
    """
    _component()(
        key=Session.meeting_stage.key,
        data={"enter": enter, "leave": leave, "width": stage.width_px, "height": stage.height_px}
        | {"say": say, "lang": words.code, "dir": words.direction, "parts": list(parts)},
        default={"size": None},
        on_size_change=lambda: None,
        width="content",
    )
