"""The few expressions that the layers of our maps have, worked out for one feature.

deck.gl reads a property that starts with ``@@=`` as an expression over a feature. Ours name a property, take an entry
of a list or a letter of a text by a property, or choose between two values; nothing is ever run.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from geo.errors import InputError

SIGN = "@@="
Feature = Mapping[str, Any]
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_ENTRY = re.compile(r"\((\[.*?\]|\"[^\"]*\")\)\[(.+)\]", re.DOTALL)
_CHOICE = re.compile(r"([\w.]+)\s*\?\s*(.+?)\s*:\s*(.+)", re.DOTALL)


def reader(value: Any) -> Callable[[Feature], Any]:
    """Return a function that gives the value of a layer's property for a feature.

    Parameters
    ----------
    value
        As the layer has it: a constant, or an expression.

    Raises
    ------
    InputError
        When it is an expression of another kind.
    """
    if not (isinstance(value, str) and value.startswith(SIGN)):
        return lambda _: value
    return _read(value.removeprefix(SIGN).strip())


def _read(text: str) -> Callable[[Feature], Any]:
    if _PATH.fullmatch(text):
        names = text.split(".")
        return lambda feature: _found(feature, names)
    if chosen := _CHOICE.fullmatch(text):
        met, one, other = (_read(part) for part in chosen.groups())
        return lambda feature: one(feature) if met(feature) else other(feature)
    if entry := _ENTRY.fullmatch(text):
        listed, at = json.loads(entry[1]), _read(entry[2])
        return lambda feature: listed[int(at(feature))]
    try:
        constant = json.loads(text)
    except ValueError:
        raise InputError(f"a picture cannot be made of a map with the expression {text[:80]!r}") from None
    return lambda _: constant


def _found(feature: Feature, names: list[str]) -> Any:
    for name in names:
        feature = feature[name]
    return feature
