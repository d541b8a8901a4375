"""Values made of what a JSON or TOML file holds, with each fault named by where it stands.

Pydantic compares the file with the fields of a dataclass: a missing key, a key too many and a value of another type
are faults, and nothing is turned into another type (a text is never read as a number). All faults are collected. What a
value *means* is for the class itself to refuse, in its ``__post_init__``; its error is told with the place as well.
"""

import json
import tomllib
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from geo.errors import InputError

_Made = TypeVar("_Made")
_MOST_FAULTS = 5
_LONGEST_VALUE = 60
_NAMES = ("name", "service")
_KINDS = {
    "string_type": "a text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "mapping_type": "a table",
    "dataclass_type": "a table",
}


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Read a TOML file.

    Parameters
    ----------
    path
        The file.
    what
        What it is, for messages, such as ``"the list of services"``.

    Raises
    ------
    InputError
        When it cannot be opened, or is not TOML; the reader of TOML names the line and column.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{what} {path.name} cannot be read, it is not TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} {path.name} cannot be read: {error}") from error


def made_of(kind: type[_Made], content: object, where: str) -> _Made:
    """Make a dataclass of the plain values of a file.

    Parameters
    ----------
    kind
        A dataclass; its fields, and those of the dataclasses in it, are the keys of the file.
    content
        Mappings, lists, texts, numbers, as from TOML.
    where
        Name of the file, for messages.

    Raises
    ------
    InputError
        When it does not fit: says where each fault stands, such as ``basket.toml, service 1 (library):
        threshold_min must be a number, not 'ten'``.
    """
    try:
        # Through JSON, because only there the strict reading takes a mapping for a dataclass and a list for a tuple.
        made: _Made = _reader(cast(Hashable, kind)).validate_json(
            json.dumps(content, default=str), strict=True, extra="forbid"
        )
    except ValidationError as error:
        faults = [_said(fault, content, where) for fault in error.errors(include_url=False)]
        more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        raise InputError("; ".join(faults[:_MOST_FAULTS]) + more) from error
    return made


@cache
def _reader(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def _said(fault: ErrorDetails, content: object, where: str) -> str:
    """Say where and what is wrong: ``basket.toml, service 1 (library): mode is missing``."""
    steps, here = [where], content
    path = fault["loc"]
    key = path[-1] if path and isinstance(path[-1], str) else None
    for step in path if key is None else path[:-1]:
        here = _inside(here, step)
        if isinstance(step, int):
            steps[-1] += f" {step + 1}{_name(here)}"
        else:
            steps.append(step)
    words = _words(fault)
    return f"{', '.join(steps)}: {words if key is None else f'{key} {words}'}"


def _inside(value: object, step: int | str) -> object:
    """Return the part of a value that a step of a path leads to; None where there is none."""
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) else None


def _name(row: object) -> str:
    if isinstance(row, dict):
        for key in _NAMES:
            if isinstance(row.get(key), str):
                return f" ({row[key][:_LONGEST_VALUE]})"
    return ""


def _words(fault: ErrorDetails) -> str:
    kind = fault["type"]
    if kind == "missing":
        return "is missing"
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return "is not one of the keys that there are"
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    shown = repr(fault["input"])
    shown = shown if len(shown) <= _LONGEST_VALUE else f"{shown[:_LONGEST_VALUE]}…"
    return f"must be {_KINDS[kind]}, not {shown}" if kind in _KINDS else f"{fault['msg']}: {shown}"
