"""Counts by small area from Nomis.

Format: Office for National Statistics, *Nomis API, data in CSV*: ``/dataset/NM_2014_1.data.csv`` gives one row a
cell, at most 25,000 of them for a guest; ``recordoffset`` asks for the next ones and ``RECORD_COUNT`` says how many
there are. The cells become one row an area and a column for each name in the recipe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.live.http import Fetched, PublisherError, Session
from geo.live.settings import Publisher
from geo.live.tables import csv_bytes, named_rows
from geo.values import made_of


@dataclass(frozen=True)
class Asked:
    """A table of counts.

    Attributes
    ----------
    dataset
        Such as ``"NM_2014_1"``.
    query
        What Nomis must know besides: ``geography``, ``gender``, ``measures`` and so on.
    by
        The dimension whose codes are told apart, such as ``"c_age"``.
    columns
        Our columns; for each the codes of `by` whose counts are added up.
    dates
        Years; where there are several, each has its columns: ``age0_2019``, ``age0_2020``. The newest when left out,
        with no year in the name.
    code
        Our name of the column of area codes.
    """

    dataset: str
    query: Mapping[str, str]
    by: str
    columns: Mapping[str, tuple[str, ...]]
    code: str
    dates: tuple[str, ...] = field(default=())


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the cells of a table, page after page."""
    want = made_of(Asked, asked, "what is asked of Nomis")
    url = f"{at.address}/dataset/{want.dataset}.data.csv"
    names = ("DATE", "GEOGRAPHY_CODE", want.by.upper(), "OBS_VALUE", "RECORD_COUNT")
    codes = dict.fromkeys(code for group in want.columns.values() for code in group)
    question = {
        **want.query,
        "date": ",".join(want.dates) or "latest",
        want.by: ",".join(codes),
        "select": ",".join(name.lower() for name in names),
        "recordlimit": at.page,
    }
    cells: dict[tuple[str, str, str], float] = {}
    came, count = 0, 1
    while came < count:
        content = session.get(at, url, {**question, "recordoffset": came}, kind="csv").content
        rows = list(named_rows(content, names, url))
        if not rows:
            raise PublisherError(f"{url}: {came} cells came, {count} were announced")
        for row in rows:
            cells[row["GEOGRAPHY_CODE"], row["DATE"], row[want.by.upper()]] = _number(row["OBS_VALUE"], url)
        came, count = came + len(rows), int(_number(rows[0]["RECORD_COUNT"], url))
        session.tell(f"{came} of {count} cells")
    return Fetched(_table(want, cells, url), dated=None)


def _number(text: str, url: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise PublisherError(f"{url}: {text!r} is not a number") from None


def _table(want: Asked, cells: Mapping[tuple[str, str, str], float], url: str) -> bytes:
    dates = want.dates or tuple({date for _, date, _ in cells})
    named = [
        (column if not want.dates else f"{column}_{date}", date, codes)
        for date in dates
        for column, codes in want.columns.items()
    ]
    table: list[list[object]] = [[want.code, *(column for column, _, _ in named)]]
    for area in sorted({area for area, _, _ in cells}):
        row: list[object] = [area]
        for column, date, codes in named:
            missing = [code for code in codes if (area, date, code) not in cells]
            if missing:
                raise PublisherError(f"{url}: the area {area} has no count for {column} ({', '.join(missing)})")
            row.append(sum(cells[area, date, code] for code in codes))
        table.append(row)
    return csv_bytes(table)
