"""NHS organisations from the reports of the Organisation Data Service.

Format: NHS England, *ODS Data Search and Export, predefined reports*: ``getReport?report=epraccur`` gives the CSV of 27
columns without a header, of all England, which :mod:`geo.sources.nhs_ods` reads. Only the rows whose postcode (column
10) begins with one of the areas asked for are kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, PublisherError, Session
from geo.live.settings import Publisher
from geo.live.tables import csv_bytes, plain_rows
from geo.values import made_of

_COLUMNS = 27
_POSTCODE = 9


@dataclass(frozen=True)
class Asked:
    """The report, such as ``"epraccur"``, and the postcode areas to keep, such as ``["SS"]``; all when left out."""

    report: str
    postcode_areas: tuple[str, ...] = ()


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch a report."""
    want = made_of(Asked, asked, "what is asked of the Organisation Data Service")
    got = session.get(at, at.address, {"report": want.report}, kind="csv")
    rows = list(plain_rows(got.content))
    if any(len(row) != _COLUMNS for row in rows):
        raise PublisherError(f"{want.report}: has rows of {len(rows[0])} columns where {_COLUMNS} are expected")
    kept = [row for row in rows if not want.postcode_areas or _area(row[_POSTCODE]) in want.postcode_areas]
    return Fetched(csv_bytes(kept), got.dated)


def _area(postcode: str) -> str:
    found = re.match(r"\s*([A-Za-z]{1,2})\d", postcode)
    return found[1].upper() if found else ""
