"""Values made of what a JSON or TOML file holds, with each fault named by where it stands.

Pydantic compares the file with the fields of a dataclass: a missing key, a key too many and a value of another type
are faults, and nothing is turned into another type (a text is never read as a number). All faults are collected. Limits
of a single value stand in its type (``Annotated[float, Field(ge=0)]``). What values *mean* together is for the class
itself to refuse, in its ``__post_init__``; its error is told with the place as well.
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
_LONGEST_REASON = 200
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


def parse_json(text: str | bytes, what: str, *, most_bytes: int) -> object:
    """Return the plain values of a JSON text that anybody may have sent.

    Parameters
    ----------
    text
        JSON, UTF-8 when bytes.
    what
        What it is, for messages, such as ``"the scenario"``.
    most_bytes
        A longer text is refused unread.

    Raises
    ------
    InputError
        When it is too long, not UTF-8, not JSON, nested too deep, or holds a number that JSON does not know, half of a
        character, or a name twice in one object (which would hide what was meant first).
    """
    # A character takes one byte at least, so the cheap test spares encoding a text of any size.
    if len(text) > most_bytes or len(text if isinstance(text, bytes) else text.encode(errors="replace")) > most_bytes:
        raise InputError(f"{what} is larger than {most_bytes // 1000} kB: none of this program is")
    try:
        words = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        words.encode()
    except UnicodeError:
        raise InputError(f"{what} is not readable JSON: it is not text in UTF-8") from None
    try:
        content = json.loads(words, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
        json.dumps(content, ensure_ascii=False).encode()
    except RecursionError:
        raise InputError(f"{what} is not readable: its brackets are nested too deep") from None
    except ValueError as error:
        raise InputError(f"{what} is not readable JSON: {_short(str(error), _LONGEST_REASON)}") from None
    return cast(object, content)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number that JSON knows")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs, if each name stands once."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            shown = _short(repr(name), _LONGEST_VALUE)
            raise ValueError(f"the name {shown} stands twice in one object: take one of them out")
        found[name] = value
    return found


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
    except RecursionError:
        raise InputError(f"{where}: it is nested too deep") from None
    except ValidationError as error:
        # Only those that are told are put into words: a hostile file has hundreds of thousands. Each would also hold a
        # copy of its part of the file, which can be all of it.
        found = error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]
        faults = [_said(fault, content, where) for fault in found]
        more = f"; and {error.error_count() - _MOST_FAULTS} more" if error.error_count() > _MOST_FAULTS else ""
        raise InputError("; ".join(faults) + more) from error
    return made


@cache
def _reader(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def _said(fault: ErrorDetails, content: object, where: str) -> str:
    """Say where and what is wrong: ``basket.toml, service 1 (library): mode is missing``."""
    steps, here = [where], content
    path = fault["loc"]
    # What a class refuses is about all of its table, anything else about one key in it.
    key = path[-1] if path and isinstance(path[-1], str) and fault["type"] != "value_error" else None
    for step in path if key is None else path[:-1]:
        here = _inside(here, step)
        if isinstance(step, int):
            steps[-1] += f" {step + 1}{_name(here)}"
        else:
            steps.append(step)
    words = _words(fault, _given(content, path))
    return f"{', '.join(steps)}: {words if key is None else f'{key} {words}'}"


def _given(content: object, path: tuple[int | str, ...]) -> object:
    """Return what stands at a path; where a name itself is at fault, pydantic ends the path with ``[key]``."""
    if path[-1:] == ("[key]",):
        return path[-2]
    for step in path:
        content = _inside(content, step)
    return content


def _inside(value: object, step: int | str) -> object:
    """Return the part of a value that a step of a path leads to; None where there is none."""
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None


def _name(row: object) -> str:
    if isinstance(row, dict):
        for key in _NAMES:
            if isinstance(row.get(key), str):
                return f" ({row[key][:_LONGEST_VALUE]})"
    return ""


def _words(fault: ErrorDetails, given: object) -> str:
    kind, limits = fault["type"], fault.get("ctx", {})
    shown = _short(repr(given), _LONGEST_VALUE)
    match kind:
        case "missing":
            return "is missing"
        case "unexpected_keyword_argument" | "extra_forbidden":
            return "is not one of the keys that there are"
        case "value_error":
            return str(limits["error"])
        case "json_invalid":
            return "it is nested too deep, or a text in it holds half of a character"
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            bound = {"greater_than_equal": "at least", "greater_than": "more than", "less_than_equal": "at most"}
            return f"must be {bound.get(kind, 'less than')} {next(iter(limits.values())):,.15g}, not {shown}"
        case "finite_number":
            return f"must be a number, not {shown}"
        case "string_too_short" | "string_too_long" | "too_short" | "too_long":
            least = kind.endswith("short")
            limit = limits["min_length" if least else "max_length"]
            length = limits.get("actual_length") or len(cast(Any, given))
            things = "characters" if kind.startswith("string") else "entries"
            return f"has {length:,} {things} where at {'least' if least else 'most'} {limit:,} are allowed"
        case "string_pattern_mismatch":
            return f"is not written as it must be: {shown}"
    return f"must be {_KINDS[kind]}, not {shown}" if kind in _KINDS else f"{fault['msg']}: {shown}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
