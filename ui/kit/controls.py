"""Controls whose value is kept in the address, so that a link opens the same view.

Streamlit's own ``bind="query-params"`` was tried: it writes the label that is shown instead of a code, so that
every link breaks when a label changes, and it ignores a wrong value without a message. These controls write codes, say
which value they ignored, and remember the reader's choice from page to page.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from ui.kit.page import plain
from ui.kit.session import went_back
from ui.kit.slots import (
    LONGEST_ASKED,
    Linked,
    Slot,
    Written,
    asked_of_address,
    kept_controls,
    kept_of,
    linked,
    linked_controls,
)
from wording.rounding import shortest

Widget = Literal["select", "segmented", "radio", "pills"]
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
"""A number as this program writes it; Python itself would read ``1_0``, ``1e3`` and the digits of other scripts."""


def follow_history() -> None:
    """After a step back or forward, set each control again from the address; call it before all controls.

    At any other time, an address that differs from the controls was sent by the browser before it had the last change:
    it would undo what the reader has just chosen.
    """
    if went_back():
        for control in linked_controls():
            control.pop()


def _seed(key: str, parse: Callable[[str], Any], default: Any, control: Slot[Any] | None = None) -> str | None:
    """Set the control's value before it is drawn; return the text that had to be ignored, if any.

    The address is used on the first drawing and after a step in the history; otherwise the control keeps its own value.
    """
    control = control or linked(key)
    memory = linked(key).memory().get()
    if memory is None:
        memory = Written(None, default)
        linked(key).memory().put(memory)
    if control.held:
        return None
    raw = asked_of_address(key)
    if raw == memory.text or (raw is None and not went_back()):
        control.put(memory.value)
        return None
    try:
        if raw is not None and len(raw) > LONGEST_ASKED:
            raise ValueError("too long")
        control.put(default if raw is None else parse(raw))
    except ValueError:
        control.put(default)
        return raw
    return None


def coming(control: Linked[Any], default: Any) -> Any:
    """Return what a control is about to hold, not yet checked, so that its options can be made for it.

    It is the text of the address where the control is to take that; `default` where nothing asks for anything.
    """
    if control.held:
        return control.get()
    memory, raw = control.memory().get(), asked_of_address(control.key)
    if memory is not None and (raw == memory.text or (raw is None and not went_back())):
        return memory.value
    return default if raw is None else raw


def _keep(key: str, value: Any, text: str | None) -> None:
    """Write the control's value to the address; a default value is not written."""
    write(key, text)
    linked(key).memory().put(Written(text, value))


def write(key: str, text: str | None) -> None:
    """Write a text to the address, or remove `key` from it for None."""
    if st.query_params.get(key) != text:
        if text is None:
            del st.query_params[key]
        else:
            st.query_params[key] = text


def _note(label: str, ignored: str | None, shown: str) -> None:
    if ignored is not None:
        asked = f"The link asks for {label.lower()} “{ignored[:60]}”, which is not there: showing {shown}."
        st.caption(plain(asked))  # anybody can put anything in a link


def choice(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str | None = None,
    labels: Mapping[str, str] | None = None,
    widget: Widget = "select",
    help: str | None = None,  # noqa: A002  # Streamlit's word for it
    also: Mapping[str, str] | None = None,
    slot: Slot[Any] | None = None,
) -> str:
    """Let the reader choose one of `options`.

    Parameters
    ----------
    label
        What is chosen, in the reader's words.
    options
        Codes, as in the address.
    key
        Name in the address, and of the control.
    default
        The first option when None.
    labels
        What to show for each code.
    widget
        How to draw it.
    help
        Help text of the control.
    also
        Codes of older links, each with its present code.
    slot
        What the control holds, where that is not kept under `key`.

    Returns
    -------
    str
        One of `options`.
    """
    start = options[0] if default is None or default not in options else default
    words = labels or {}

    def parse(text: str) -> str:
        text = text if text in options else (also or {}).get(text, text)
        if text not in options:
            raise ValueError(text)
        return text

    def shown(option: str) -> str:
        return words.get(option, option)

    held = slot or linked(key)
    ignored = _seed(key, parse, start, held)
    if held.get() not in options:  # the remembered value is not among the present options
        held.put(start)
    common: dict[str, Any] = {"key": held.key, "format_func": shown, "help": help}
    if widget == "select":
        value = st.selectbox(label, options, **common)
    elif widget == "radio":
        value = st.radio(label, options, horizontal=True, **common)
    elif widget == "pills":
        value = st.pills(label, options, required=True, **common)
    else:
        value = st.segmented_control(label, options, required=True, **common)
    chosen = str(value) if value in options else start
    _keep(key, chosen, None if chosen == start else chosen)
    _note(label, ignored, shown(chosen))
    return chosen


def choices(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    widget: Literal["multiselect", "pills"] = "multiselect",
    help: str | None = None,  # noqa: A002
) -> list[str]:
    """Let the reader choose any number of `options`; codes in the address are joined with ``~``.

    Unknown codes are left out, with a note; ``none`` means that no option is chosen.
    """
    start = [d for d in default if d in options]
    words = labels or {}
    bad: list[str] = []

    def parse(text: str) -> list[str]:
        asked = [] if text == "none" else list(dict.fromkeys(text.split("~")))
        bad.extend(a for a in asked if a not in options)
        good = [a for a in asked if a in options]
        if asked and not good:
            raise ValueError(text)
        return good

    def shown(option: str) -> str:
        return words.get(option, option)

    ignored = _seed(key, parse, start)
    st.session_state[key] = [v for v in st.session_state[key] if v in options]
    if widget == "pills":
        value = st.pills(label, options, selection_mode="multi", key=key, format_func=shown, help=help)
    else:
        value = st.multiselect(label, options, key=key, format_func=shown, help=help)
    chosen = [o for o in options if o in value]
    same = chosen == [o for o in options if o in start]
    _keep(key, list(value), None if same else "~".join(chosen) or "none")
    _note(label, ", ".join(bad) if bad else ignored, ", ".join(shown(c) for c in chosen) or "none")
    return chosen


def number(
    label: str,
    low: float,
    high: float,
    default: float,
    *,
    key: str,
    step: float = 1,
    unit: str = "",
    help: str | None = None,  # noqa: A002
) -> float:
    """Let the reader set a number from `low` to `high` on a slider; whole when `step` is whole.

    A number in the address that is out of bounds or off the steps is ignored with a note.
    """
    whole = all(float(v).is_integer() for v in (low, high, default, step))
    kind: Callable[[float], float] = int if whole else float

    def parse(text: str) -> float:
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        value = float(text)
        steps = (value - low) / step
        if not low <= value <= high or abs(steps - round(steps)) > 1e-6:
            raise ValueError(text)
        return kind(value)

    ignored = _seed(key, parse, kind(default))
    value = st.slider(
        label,
        kind(low),
        kind(high),
        key=key,
        step=kind(step),
        format=f"%d {unit}".strip() if whole else f"%g {unit}".strip(),
        help=help,
    )
    chosen = kind(value)
    _keep(key, chosen, None if chosen == kind(default) else shortest(chosen))
    _note(label, ignored, f"{shortest(chosen)} {unit}".strip())
    return chosen


def text(
    label: str,
    *,
    key: str,
    default: str = "",
    pattern: str | None = None,
    max_chars: int = 80,
    placeholder: str | None = None,
    help: str | None = None,  # noqa: A002
) -> str:
    """Let the reader type a line, such as a postcode; blanks at both ends are removed.

    A text in the address that is too long, or that `pattern` does not match as a whole, is ignored with a note.
    What the reader types is not checked here: the page checks it and answers in its own words.
    """

    def parse(raw: str) -> str:
        if len(raw) > max_chars or (pattern is not None and not re.fullmatch(pattern, raw.strip())):
            raise ValueError(raw)
        return raw.strip()

    ignored = _seed(key, parse, default)
    value = st.text_input(label, key=key, max_chars=max_chars, placeholder=placeholder, help=help)
    chosen = (value or "")[:max_chars].strip()  # the browser alone holds to the length
    _keep(key, value, None if chosen == default else chosen)
    _note(label, ignored, f"“{chosen}”" if chosen else "none")
    return chosen


def switch(label: str, *, key: str, default: bool = False, help: str | None = None) -> bool:  # noqa: A002
    """Let the reader turn something on or off; ``1`` or ``0`` in the address."""

    def parse(raw: str) -> bool:
        if raw not in ("0", "1"):
            raise ValueError(raw)
        return raw == "1"

    ignored = _seed(key, parse, default)
    value = st.toggle(label, key=key, help=help)
    _keep(key, value, None if value == default else str(int(value)))
    _note(label, ignored, "on" if value else "off")
    return value


def kept(slot: Slot[Any], options: Sequence[Any] | None = None, *, default: Any = None) -> str:
    """Let a control keep the value that was entered in it, even if it has not been drawn in between.

    Streamlit drops the value of a control as soon as the page is drawn without it, which happens in a tab that is not
    open.

    Parameters
    ----------
    slot
        The control's. Give the control no value of its own.
    options
        The options, where the control has a list; of several chosen options, those that still exist stay chosen.
    default
        Its first value, used again when the entered value is no longer among the options; that of the slot when None.

    Returns
    -------
    The key.
    """
    first = slot.default if default is None else default
    first = list(first) if isinstance(first, tuple) else first
    over = kept_of(slot)
    value = entered(slot) if slot.held or over.held else first
    if options is not None:
        value = [one for one in value if one in options] if isinstance(value, list) else value
        value = value if isinstance(value, list) or value is None or value in options else first
    over.put(value)
    if not slot.held or slot.get() != value:  # must not overwrite what the reader is typing
        slot.put(value)
    return slot.key


def entered(slot: Slot[Any]) -> Any:
    """Return what was entered in a control that is `kept`, drawn or not."""
    over = kept_of(slot)
    return over.get() if over.held and not slot.held else slot.get()


def keep_entered() -> None:
    """Keep the values that were entered in kept controls just before their tab was left."""
    for slot in kept_controls():
        if slot.held:
            kept_of(slot).put(slot.get())


def seeded(slot: Slot[Any], value: Any) -> str:
    """Let a control show a value, whatever it held before; return its key."""
    slot.put(value)
    return slot.key
