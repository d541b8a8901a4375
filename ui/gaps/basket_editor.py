"""The editor of the basket: thresholds and weights to change, with the reason for each, kept in the address.

The address has only the differences from the default, as ``service-minutes-weight`` joined with ``~``.
"""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis.reach.basket import Basket
from geo.errors import ReachError
from geo.network.modes import mode_named
from geo.services import category_named
from ui.kit import controls
from ui.kit.keyed import basket_editor
from ui.kit.session import BasketMemory, Session, session, went_back
from wording.numbers import capital
from wording.rounding import shortest

_STEP_MIN = 5
LONGEST_MIN, HEAVIEST = 120, 10.0
_ENTRY = re.compile(r"([a-z_0-9]+)-(\d{1,3})-(\d{1,2}(?:\.\d{1,2})?)")


def basket_code(basket: Basket, default: Basket) -> str:
    """Write the differences from the default, such as ``gp_practice-15-2``; empty when there are none."""
    changed = [
        f"{item.service}-{shortest(item.threshold_min)}-{shortest(item.weight)}"
        for item, usual in zip(basket, default, strict=True)
        if (item.threshold_min, item.weight) != (usual.threshold_min, usual.weight)
    ]
    return "~".join(changed)


def read_code(code: str, default: Basket) -> Basket:
    """Return the basket of a code from the address.

    Raises
    ------
    ValueError
        When the code is malformed, has a service that is not in the basket, or a value that the editor does not allow.
    """
    thresholds: dict[str, float] = {}
    weights: dict[str, float] = {}
    for entry in filter(None, code.split("~")):
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError(f"{entry!r} is not service-minutes-weight")
        service, minutes, weight = match[1], int(match[2]), float(match[3])
        if minutes % _STEP_MIN or not _STEP_MIN <= minutes <= LONGEST_MIN or weight > HEAVIEST:
            raise ValueError(f"{entry!r} is out of range")
        thresholds[service], weights[service] = float(minutes), weight
    try:
        return default.changed(thresholds_min=thresholds, weights=weights)
    except ReachError as error:
        raise ValueError(str(error)) from error


def chosen_basket(default: Basket) -> tuple[Basket, str]:
    """Return the basket of this run, from the editor or else the address, and a message for the reader.

    Call it once, before :func:`edit_basket`. For an invalid basket (without any weight) the last valid one is returned.
    """
    memory, asked, told = session.basket_memory, Session.basket.asked, ""
    base, code, number = memory.base, memory.code, memory.number
    editor = basket_editor(number).get()
    if asked != code and (went_back() or (asked and editor is None)):
        try:
            read_code(asked, default)
            base = code = asked
        except ValueError as error:
            told = f"The link asks for another list of services, which cannot be used ({error}). This is the usual one."
            base = code = ""
        number += 1
    elif editor is None:
        base = code
    else:
        try:
            edited = _with_edits(read_code(base, default), editor.get("edited_rows", {}))
            code = basket_code(edited, default)
        except ReachError as error:
            told = f"That list of services cannot be used: {error}. This is the one before."
    session.basket_memory = BasketMemory(base, code, number)
    controls.write(Session.basket.key, code or None)
    return read_code(code, default), told


def edit_basket(basket: Basket, default: Basket) -> None:
    """Draw the table of thresholds and weights, and a button that restores the default."""
    memory = session.basket_memory
    start = read_code(memory.base, default)
    frame = pd.DataFrame(
        {
            "service": [capital(category_named(item.service).label) for item in start],
            "threshold": [int(item.threshold_min) for item in start],
            "weight": [item.weight for item in start],
            "mode": [mode_named(item.mode).label for item in basket],
            "reason": [item.reason for item in start],
        }
    )
    st.data_editor(
        frame,
        key=basket_editor(memory.number).key,
        hide_index=True,
        disabled=["service", "mode", "reason"],
        height=35 * (len(frame) + 1) + 3,
        column_config={
            "service": st.column_config.TextColumn("Service", pinned=True),
            # Not a number field: with a minimum of 5, Streamlit does not accept the "1" of 15 while it is typed.
            "threshold": st.column_config.SelectboxColumn(
                "Within (min)",
                options=list(range(_STEP_MIN, LONGEST_MIN + 1, _STEP_MIN)),
                required=True,
                help="In steps of five minutes.",
            ),
            "weight": st.column_config.NumberColumn(
                "Counts", min_value=0.0, max_value=HEAVIEST, step=0.25, format="%g", required=True
            ),
            "mode": st.column_config.TextColumn("Travelling by"),
            "reason": st.column_config.TextColumn("Why so many minutes", width="large"),
        },
        alt="How soon each service should be reached and how much it counts; you can change both",
    )
    st.button(
        "Back to the usual list",
        on_click=_reset,
        disabled=not memory.code,
        icon=":material/restart_alt:",
        key="basket-reset",
    )


def _reset() -> None:
    session.basket_memory = BasketMemory(number=session.basket_memory.number + 1)
    controls.write(Session.basket.key, None)


def _with_edits(basket: Basket, edits: Mapping[int, Mapping[str, Any]]) -> Basket:
    services = basket.services
    thresholds: dict[str, float] = {}
    weights: dict[str, float] = {}
    for row, cells in edits.items():
        service = services[int(row)]
        if cells.get("threshold") is not None:
            thresholds[service] = float(cells["threshold"])
        if cells.get("weight") is not None:
            weights[service] = round(min(max(float(cells["weight"]), 0.0), HEAVIEST), 2)
    return basket.changed(thresholds_min=thresholds, weights=weights)
