"""Which module asks which publisher."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from geo.errors import InputError, UnknownNameError
from geo.live import arcgis, bods, fsa, gias, naptan, nomis, ods, os_downloads, stat_xplore
from geo.live.http import Fetched, Session
from geo.live.settings import Publisher, Publishers

OVERPASS = "overpass"
FETCH: Mapping[str, Callable[[Session, Mapping[str, Any], Publisher], Fetched]] = MappingProxyType(
    {
        "arcgis": arcgis.fetch,
        "bods": bods.fetch,
        "fsa": fsa.fetch,
        "gias": gias.fetch,
        "naptan": naptan.fetch,
        "nomis": nomis.fetch,
        "ods": ods.fetch,
        "os_downloads": os_downloads.fetch,
        "stat_xplore": stat_xplore.fetch,
    }
)


def fetch_live(session: Session, live: Mapping[str, Any], publishers: Publishers) -> Fetched:
    """Fetch what the ``live`` table of a source asks for: its ``publisher``, and what that publisher must know.

    Raises
    ------
    InputError
        When the table names no publisher, or asks it for something that its module does not know.
    UnknownNameError
        When there is no such publisher.
    PublisherError
        When the publisher gave nothing usable.
    """
    name = live.get("publisher")
    if not isinstance(name, str):
        raise InputError("a live table of a source must name its publisher")
    if name != OVERPASS and name not in FETCH:
        raise UnknownNameError("publisher", name, sorted([OVERPASS, *FETCH]))
    asked = {key: value for key, value in live.items() if key != "publisher"}
    if name == OVERPASS:
        from geo.live import osm  # osmnx takes two seconds to import

        return osm.fetch(session, asked, publishers.named(OVERPASS), publishers.named("nominatim"))
    return FETCH[name](session, asked, publishers.named(name))
