"""Children in low-income families from the Department for Work and Pensions.

Format: DWP, *Stat-Xplore Open Data API*: a question in JSON is posted to ``/table`` with the user's key in
``APIKey``; the answer has ``fields`` (each with ``items`` that have ``labels`` and ``uris``) and ``cubes`` of values
in the same order. The file that DWP publishes besides is a spreadsheet whose address changes with each edition, so
this asks the tables. They become one row an area with a column for each year (``2021/22p``), which
:mod:`geo.sources.low_income` reads.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, PublisherError, Session, secret
from geo.live.settings import Publisher
from geo.live.tables import csv_bytes
from geo.values import made_of

_YEARS = re.compile(r"(\d{4})/(\d{2})")
_YEAR_ENDING = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Field:
    """Values of one field; names as the service's own.

    Attributes
    ----------
    field
        Such as ``"str:field:CILIF_REL:V_F_CILIF_REL:WARD_CODE"``.
    begin, codes
        How the names of its values begin, and what follows in each.
    """

    field: str
    begin: str
    codes: tuple[str, ...]

    @property
    def values(self) -> list[str]:
        """Names of the values."""
        return [self.begin + code for code in self.codes]


@dataclass(frozen=True)
class Asked:
    """A table of counts by area and year; names as the service's own.

    Attributes
    ----------
    database, measure
        What is counted.
    areas
        The areas, by their codes.
    period_field
        The field of years; all of them come.
    added
        Other fields, whose values are added up: children's ages, for one.
    code_column, name_column
        Our names of the columns of areas.
    """

    database: str
    measure: str
    areas: Field
    period_field: str
    added: tuple[Field, ...] = ()
    code_column: str = "WD11CD"
    name_column: str = "WD11NM"


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch a table."""
    want = made_of(Asked, asked, "what is asked of Stat-Xplore")
    recodes = {want.areas.field: {"map": [[value] for value in want.areas.values], "total": False}}
    recodes |= {one.field: {"map": [one.values], "total": False} for one in want.added}
    question = {
        "database": want.database,
        "measures": [want.measure],
        "recodes": recodes,
        "dimensions": [[want.areas.field], [want.period_field], *([one.field] for one in want.added)],
    }
    url = f"{at.address}/table"
    got = session.post(at, url, question, headers={"APIKey": secret(at)}, kind="json")
    try:
        return _table(want, json.loads(got.content))
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise PublisherError(f"{url}: the answer is not in the form that is expected ({error})") from error


def _table(want: Asked, content: dict[str, Any]) -> Fetched:
    areas, periods = content["fields"][0]["items"], content["fields"][1]["items"]
    values = content["cubes"][want.measure]["values"]
    codes = [str(area["uris"][0]).rsplit(":", 1)[-1] for area in areas]
    if sorted(codes) != sorted(want.areas.codes):
        raise ValueError(f"{len(codes)} areas came, {len(want.areas.codes)} were asked for")
    if len(values) != len(areas) or any(len(row) != len(periods) for row in values):
        raise ValueError("the cube has another size than its fields")
    rows = [
        [code, str(area["labels"][0]), *(_single(value) for value in line)]
        for code, area, line in sorted(zip(codes, areas, values, strict=True), key=lambda row: row[0])
    ]
    years = [_years(item["labels"][0]) for item in periods]
    table = csv_bytes([[want.code_column, want.name_column, *years], *rows])
    return Fetched(table, f"{years[0]} to {years[-1].replace('p', ' (provisional)')}")


def _single(value: Any) -> float:
    """Return the one value under an area and a year, however many added fields lie between."""
    while isinstance(value, list):
        (value,) = value
    return float(value)


def _years(label: str) -> str:
    """Write a financial year as ``2021/22``, with ``p`` where it is provisional."""
    mark = "p" if re.search(r"\bp(?:rovisional)?\b|\dp", label) else ""
    found = _YEARS.search(label)
    if found:
        return f"{found[1]}/{found[2]}{mark}"
    ending = _YEAR_ENDING.search(label)
    if ending is None:
        raise ValueError(f"{label!r} is not a year")
    return f"{int(ending[0]) - 1}/{ending[0][2:]}{mark}"
