"""Scenarios as JSON: read with suspicion, written so that people can read them.

The published schema (``data/schemas/scenario.schema.json``, JSON Schema 2020-12) is the one truth about what a file may
hold: it is what is checked here, and what anybody else may check against (why it is not pydantic that checks is in
``docs/decisions/0009-scenario-schema.md``). A file that passes is well formed, and its values are made like those of
any other file; whether its places and names exist is asked of an area by :func:`analysis.scenario.sites.apply`.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from analysis.scenario.scenario import (
    CHANGES,
    FREE,
    SCHEMA_VERSION,
    WEEKDAYS,
    AtPostcode,
    Change,
    LonLat,
    Point,
    Scenario,
    Spot,
    Stop,
    Venue,
)
from geo.errors import InputError, NewerFileError
from geo.places import tidy_postcode
from geo.timetable.planned import Every
from geo.values import made_of, parse_json

MAX_BYTES = 1_000_000
"""Bytes of a file."""
MOST_VALUES = 20_000
"""Values of a whole plan, lists and objects counted too: 200 sessions with all that can be said of each have half."""
LONGEST_LIST = 200
"""Entries of one list, and names in one object; the schema allows no more anywhere."""
DEEPEST = 8
"""Levels of lists and objects inside each other; a plan has 6."""
_SHOWN_ERRORS = 5
_SHOWN_LENGTH = 200
_SHOWN_VALUE = 60
_SPOTS = ("at", "one_end", "other_end")
_WHOLE = ("version", "families", "weeks", "of_every")


def schema_path() -> Path:
    """Where the published schema of a scenario file is."""
    return Path(__file__).resolve().parents[2] / "data" / "schemas" / "scenario.schema.json"


def to_dict(scenario: Scenario) -> dict[str, Any]:
    """Return `scenario` as the plain values of its file; what has its default and is optional is left out."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": scenario.name,
        "version": scenario.version,
        **({"note": scenario.note} if scenario.note else {}),
        "area": scenario.area,
        "service": scenario.service,
        "mode": scenario.mode,
        "within_min": scenario.within_min,
        **({"baseline": scenario.baseline} if scenario.baseline else {}),
        "changes": [_change_out(change) for change in scenario.changes],
    }


def to_json(scenario: Scenario) -> str:
    """Return `scenario` as the text of its file; reading it back gives an equal scenario."""
    return json.dumps(to_dict(scenario), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises
    ------
    InputError
        When it cannot be opened, is larger than `MAX_BYTES`, or is not a scenario; see :func:`from_json`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"the scenario file {path.name} cannot be opened: {error.strerror or error}") from error
    return from_json(content)


def from_json(text: str | bytes) -> Scenario:
    """Make a scenario from the text of a file.

    Parameters
    ----------
    text
        JSON, UTF-8 when bytes.

    Raises
    ------
    InputError
        When it is too large, not JSON, or not what the schema asks for: each fault is named by where it stands, such
        as ``changes[2].weekdays[0]``.
    NewerFileError
        When it is of a newer schema.
    """
    return from_dict(parse_json(text, "the scenario", most_bytes=MAX_BYTES))


def from_dict(content: object) -> Scenario:
    """Make a scenario from the plain values of a file; errors as for :func:`from_json`."""
    if not isinstance(content, dict):
        raise InputError('the scenario is not a JSON object, such as { "schema_version": 1, … }')
    version = content.get("schema_version")
    if isinstance(version, int) and not isinstance(version, bool) and version > SCHEMA_VERSION:
        raise NewerFileError(
            f"the scenario was written by a newer version of this program (schema {_short(str(version))}; this one "
            f"reads {SCHEMA_VERSION}): update the program to open it"
        )
    _check_size(content)
    # One more than is told, and no further: a file of faults alone would have the checker at work for minutes.
    faults = [_words(error) for error in islice(_validator().iter_errors(content), _SHOWN_ERRORS + 1)]
    if faults:
        more = "; and more" if len(faults) > _SHOWN_ERRORS else ""
        raise InputError(f"the scenario is not valid: {'; '.join(faults[:_SHOWN_ERRORS])}{more}")
    question = {key: value for key, value in content.items() if key not in ("schema_version", "changes")}
    changes = tuple(_change_in(row, f"changes[{number}]") for number, row in enumerate(content["changes"]))
    return replace(made_of(Scenario, _whole(question), "the scenario"), changes=changes)


def _check_size(content: object) -> None:
    """Refuse what is far larger than any plan, before anything looks at what it says."""
    count, level = 0, [("", content)]
    for _ in range(DEEPEST + 1):
        inner: list[tuple[str, object]] = []
        for place, value in level:
            if not isinstance(value, dict | list):
                continue
            if len(value) > LONGEST_LIST:
                things = place.rpartition(".")[2] if place and not place.endswith("]") else "entries"
                where = f"{place}: " if place else ""
                reason = f"{len(value):,} {things} where at most {LONGEST_LIST} are allowed"
                raise InputError(f"the scenario is not valid: {where}{reason}")
            count += len(value)
            if count > MOST_VALUES:
                raise InputError(
                    f"the scenario is not valid: it holds more than {MOST_VALUES:,} values, so divide it into several"
                )
            steps = value.items() if isinstance(value, dict) else enumerate(value)
            inner += [(_step(place, step), one) for step, one in steps]
        level = inner
    if level:
        raise InputError("the scenario is not readable: its brackets are nested too deep")


def _step(place: str, step: object) -> str:
    shown = f"[{step}]" if isinstance(step, int) else f".{_short(str(step), _SHOWN_VALUE)}"
    return f"{place}{shown}".lstrip(".")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_path().read_text(encoding="utf-8")))


def _short(text: str, most: int = _SHOWN_LENGTH) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _words(error: ValidationError) -> str:
    """Say where and what is wrong, without repeating a hostile value at length."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    if error.validator == "oneOf":
        valid = "one of a service, a postcode, easting and northing, lon and lat, or a stop"
        return f"{place}: give exactly {valid}"
    reason = _reason(error)
    return f"{place}: {reason}" if place else reason


def _reason(error: ValidationError) -> str:
    """Say what is wrong first, and then the value, shortened: a long one must not push the reason out of sight."""
    value: Any = error.instance
    limit: Any = error.validator_value
    kind = str(error.validator)
    shown = _short(repr(value), _SHOWN_VALUE)
    if kind in ("maxItems", "minItems"):
        last = error.absolute_path[-1] if error.absolute_path else "entries"
        things = last if isinstance(last, str) else "entries"
        return f"{len(value)} {things} where at {'most' if kind == 'maxItems' else 'least'} {limit} are allowed"
    if kind in ("maxLength", "minLength"):
        bound = "most" if kind == "maxLength" else "least"
        return f"{len(value):,} characters where at {bound} {limit:,} are allowed: {shown}"
    if kind in ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"):
        bound = {"maximum": "at most", "minimum": "at least", "exclusiveMaximum": "less than"}.get(kind, "more than")
        return f"out of range, {bound} {limit} is allowed: {shown}"
    match kind:
        case "pattern" if not str(value).strip():
            return f"nothing but blanks: {shown}"
        case "pattern" if any(unicodedata.category(character) == "Cc" for character in str(value)):
            return f"a control character stands in it: {shown}"
        case "pattern":
            return f"not written as it must be: {shown}"
        case "type":
            return f"not of the type {' or '.join(limit if isinstance(limit, list) else [str(limit)])}: {shown}"
        case "enum":
            return f"not one of {', '.join(map(str, limit))}: {shown}"
    # Of the other rules the schema's own words name no value, or a short one.
    return _short(error.message)


def _change_out(change: Change) -> dict[str, Any]:
    row: dict[str, Any] = {"change": change.kind}
    for field in fields(change):
        value = getattr(change, field.name)
        if field.name in _SPOTS:
            row[field.name] = _spot_out(value)
        elif field.name == "stops":
            row["stops"] = [_spot_out(spot) for spot in value]
        elif field.name == "every":
            row["every"] = _every_out(value) if isinstance(value, Every) else [_every_out(one) for one in value]
        elif field.name == "cost":
            if value != FREE:
                row["cost"] = {"one_off": value.one_off, "yearly": value.yearly}
        elif value is not None:
            row[field.name] = list(value) if isinstance(value, tuple) else value
    return row


def _spot_out(spot: Spot) -> dict[str, Any]:
    match spot:
        case Venue(service):
            return {"service": service}
        case AtPostcode(postcode):
            return {"postcode": postcode}
        case Point(easting, northing):
            return {"easting": easting, "northing": northing}
        case LonLat(lon, lat):
            return {"lon": lon, "lat": lat}
        case Stop(stop):
            return {"stop": stop}


def _every_out(every: Every) -> dict[str, Any]:
    return {**vars(every), "weekdays": list(every.weekdays)}


def _change_in(row: Mapping[str, Any], place: str) -> Change:
    kind = next(kind for kind in CHANGES if kind.kind == row["change"])
    values = {key: value for key, value in _whole(row).items() if key != "change"}
    for spot in _SPOTS:
        if spot in values:
            values[spot] = _spot_in(values[spot], f"{place}.{spot}")
    if "stops" in values:
        values["stops"] = [_spot_in(spot, f"{place}.stops[{n}]") for n, spot in enumerate(values["stops"])]
    if "every" in values:
        every = values["every"]
        values["every"] = _in_order(every) if isinstance(every, Mapping) else [_in_order(one) for one in every]
    values = _in_order(values)
    if kind.kind == "offer" and values.get("programmes") is None and values.get("places") is None:
        raise InputError(f"the scenario is not valid: {place}: give programmes, places or both")
    return made_of(kind, values, f"the scenario is not valid: {place}")


def _in_order(row: Mapping[str, Any]) -> dict[str, Any]:
    """Put weekdays into the order of a week, so that equal plans are equal."""
    days = {"weekdays": [day for day in WEEKDAYS if day in row["weekdays"]]} if "weekdays" in row else {}
    return {**row, **days}


def _whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write whole numbers without a decimal point: to JSON Schema 12.0 is a whole number, to Python it is not."""
    return {key: int(value) if key in _WHOLE else value for key, value in row.items()}


def _spot_in(row: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Return a position in the form in which it is kept: a tidy postcode."""
    if "postcode" in row:
        postcode = tidy_postcode(row["postcode"])
        if postcode is None:
            raise InputError(f"the scenario is not valid: {place}: {row['postcode']!r} is not a postcode")
        return {"postcode": postcode}
    return row
