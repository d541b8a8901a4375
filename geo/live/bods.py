"""Bus timetables of one region from the Bus Open Data Service.

Format: Department for Transport, *Bus Open Data Service, timetables*: ``…/gtfs-file/east_anglia/`` gives the region's
GTFS as a ZIP file, which is kept as it is.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, PublisherError, Session
from geo.live.settings import Publisher
from geo.values import made_of

_NEEDED = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")


@dataclass(frozen=True)
class Asked:
    """The region as the service writes it, such as ``"east_anglia"``."""

    region: str


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the timetables of a region."""
    region = made_of(Asked, asked, "what is asked of the Bus Open Data Service").region
    got = session.get(at, f"{at.address}/{region}/", kind="zip")
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        missing = [name for name in _NEEDED if name not in archive.namelist()]
    if missing:
        raise PublisherError(f"timetables of {region}: have no {', '.join(missing)}")
    return got
