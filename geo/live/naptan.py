"""Bus stops and stations from NaPTAN, one area of its codes at a time.

Format: Department for Transport, *NaPTAN API*: ``/v1/access-nodes?dataFormat=csv&atcoAreaCodes=…`` gives the CSV of the
*NaPTAN guide for data managers*, which :mod:`geo.sources.naptan` reads as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, Session
from geo.live.settings import Publisher
from geo.values import made_of


@dataclass(frozen=True)
class Asked:
    """The code of the area: the first three digits of its stops, such as ``"158"``; ``"910"`` for the railway."""

    area: str


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the stops of one area."""
    area = made_of(Asked, asked, "what is asked of NaPTAN").area
    return session.get(at, at.address, {"dataFormat": "csv", "atcoAreaCodes": area}, kind="csv")
