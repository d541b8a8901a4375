"""Which module asks which publisher."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from geo.errors import InputError, UnknownNameError
from geo.live import arcgis, bods, fsa, gias, naptan, nomis, ods, os_downloads, stat_xplore
from geo.live.http import Fetched, Session
from geo.live.settings import Publisher, Publishers


def _overpass(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch through osmnx, which takes two seconds to import."""
    from geo.live import osm

    return osm.fetch(session, asked, at)


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
        "overpass": _overpass,
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
    if name not in FETCH:
        raise UnknownNameError("publisher", name, sorted(FETCH))
    asked = {key: value for key, value in live.items() if key != "publisher"}
    return FETCH[name](session, asked, publishers.named(name))
