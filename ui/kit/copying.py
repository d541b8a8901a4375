"""A button that copies a picture, as one pastes it into a letter or a slide.

A browser lets a page write to the clipboard only while it answers a click. So the click itself begins the writing, with
the promise of a picture, which is drawn on the server then and not before.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from geo.errors import ReachError
from ui.kit.keyed import copy_asked
from wording.take import take_words

_WAIT_S = 60

_HTML = '<button id="copy" type="button"></button><p id="said" role="status"></p>'
_CSS = """
button { font: inherit; font-size: .875rem; color: var(--reach-ink); background: var(--reach-ground);
  border: 1px solid var(--reach-rule); border-radius: .5rem; min-height: 2.5rem;
  padding: .25rem .75rem; box-sizing: border-box; cursor: pointer; }
button:hover { border-color: var(--reach-ink); }
button:focus-visible { outline: 3px solid var(--reach-ink); outline-offset: 2px; }
p { margin: .4rem 0 0; max-width: 18rem; color: var(--reach-ink);
  font-size: .875rem; line-height: 1.4; }
p:empty { display: none; }
"""
# Safari takes a picture that comes later only as a promise inside the click, and the others take that, too. Without
# https there is no clipboard at all, except on this machine.
_JS = """
export default function ({ data, setTriggerValue, parentElement }) {
  const button = parentElement.querySelector("#copy"), said = parentElement.querySelector("#said");
  button.textContent = data.words.copy;
  const held = button.held;
  if (held && data.number === held.number) {
    if (data.png) held.give(new Blob([Uint8Array.from(atob(data.png), (one) => one.charCodeAt(0))],
      { type: "image/png" }));
    else held.fail(new Error(data.fault));
  }
  button.onclick = async () => {
    if (button.held) return;
    if (!navigator.clipboard?.write || typeof ClipboardItem === "undefined") {
      said.textContent = data.words.no_clipboard;
      return;
    }
    said.textContent = data.words.copying;
    const number = Date.now();
    const picture = new Promise((give, fail) => { button.held = { number, give, fail }; });
    let fault = "";
    picture.catch((error) => { fault = error.message; });
    const late = setTimeout(() => button.held?.fail(new Error("")), data.wait_ms);
    setTriggerValue("asked", number);
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      said.textContent = data.words.copied;
    } catch {
      said.textContent = fault || data.words.not_copied;
    }
    clearTimeout(late);
    button.held = null;
  };
}
"""


def copy_button(make: Callable[[], bytes], *, key: str) -> None:
    """Draw the button; `make` is called when it is clicked, and returns a PNG.

    Only the button is drawn again then. Where the browser does not let it copy, it says so and points to the download.

    Parameters
    ----------
    make
        Draws the picture.
    key
        Stable start of the button's key.
    """

    @st.fragment
    def draw() -> None:
        words = take_words()
        asked = copy_asked(key)
        told: Any = asked.get()
        number = told.get("asked") if isinstance(told, Mapping) else None
        _component()(
            key=asked.key,
            data={
                **picture_for(number, make),
                "wait_ms": _WAIT_S * 1000,
                "words": {name: words[name] for name in ("copy", "copying", "copied", "not_copied", "no_clipboard")},
            },
            on_asked_change=lambda: None,
        )

    draw()


def picture_for(number: object, make: Callable[[], bytes]) -> dict[str, object]:
    """Return what the browser is sent: the picture that it asked for under a number, or why there is none.

    Nothing is drawn when it asked for none.
    """
    if not isinstance(number, int | float) or isinstance(number, bool):
        return {"number": 0, "png": "", "fault": ""}
    try:
        return {"number": number, "png": base64.b64encode(make()).decode("ascii"), "fault": ""}
    except ReachError as error:
        return {"number": number, "png": "", "fault": str(error)}


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("copy_picture", html=_HTML, css=_CSS, js=_JS)
