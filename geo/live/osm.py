"""OpenStreetMap through osmnx: streets and family places from Overpass, the outline of a place from Nominatim.

Formats: *Overpass API, JSON output*, whose elements become an OSM XML file with all their tags, in order of their
ids, which :mod:`geo.sources.osm` reads; and osmnx's features, which become the table that
:mod:`geo.sources.osm_places` reads.

osmnx asks, divides a large area, and joins the answers. Its settings are global, so they are set for one request and
put back. It would wait for a busy server without an end and without a word, so a hook of `requests` looks at each
answer first and raises our own error, and the waiting is that of :meth:`geo.live.http.Session.tries`.
"""

import gzip
import json
import math
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import osmnx as ox
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError
from geo.live.contents import fault_of
from geo.live.http import Fetched, PublisherError, Session, TryAgainError
from geo.live.settings import Publisher
from geo.live.tables import csv_bytes
from geo.values import made_of

_METRES_OF_A_DEGREE = 111_320.0
_BITS = {"node": "n", "way": "w", "relation": "r"}
# What the readers of an OSM file look at besides streets, in base maps and services (`geo.sources.osm_file`).
_MAP_TAGS: Mapping[str, bool | str | list[str]] = {
    "aeroway": True,
    "amenity": True,
    "healthcare": True,
    "landuse": True,
    "leisure": True,
    "man_made": "pier",
    "natural": True,
    "place": True,
    "railway": ["rail", "station"],
    "tourism": "museum",
    "waterway": ["river", "canal", "stream"],
}
# What is asked for, as osmnx asks; then which of it is which of our places, the first that fits.
_TAGS: Mapping[str, bool | str | list[str]] = {
    "amenity": ["library", "toilets"],
    "leisure": ["playground", "park", "sports_centre", "swimming_pool", "indoor_play"],
    "tourism": "museum",
}
_PLACES: tuple[tuple[str, str, Callable[[Mapping[str, str]], bool]], ...] = (
    ("library", "", lambda tags: tags.get("amenity") == "library"),
    ("museum", "", lambda tags: tags.get("tourism") == "museum"),
    (
        "baby_change",
        "Toilets with baby change",
        lambda tags: tags.get("amenity") == "toilets" and tags.get("changing_table") in ("yes", "limited"),
    ),
    ("playground", "Playground", lambda tags: tags.get("leisure") == "playground"),
    ("park", "", lambda tags: tags.get("leisure") == "park"),
    ("soft_play", "", lambda tags: tags.get("leisure") == "indoor_play"),
    (
        "leisure_centre_pool",
        "",
        lambda tags: tags.get("leisure") == "sports_centre" and "swimming" in tags.get("sport", ""),
    ),
)


@dataclass(frozen=True)
class Asked:
    """What to fetch, and where.

    Attributes
    ----------
    what
        ``"streets"``; ``"all"``: streets, and what a base map and services are made of; or ``"places"``, a table of
        family places.
    bounds
        West, south, east, north, in degrees; or else:
    place, margin_m
        A place that Nominatim knows, such as ``"Some Town, Wales"``, and how far past its outline, metres.
    """

    what: Literal["streets", "all", "places"]
    bounds: tuple[float, float, float, float] | None = None
    place: str = ""
    margin_m: float = 4000.0

    def __post_init__(self) -> None:
        if (self.bounds is None) == (not self.place):
            raise InputError("give either bounds or a place")
        if self.bounds is not None and not (self.bounds[0] < self.bounds[2] and self.bounds[1] < self.bounds[3]):
            raise InputError("bounds are west, south, east, north")


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher, nominatim: Publisher) -> Fetched:
    """Fetch streets or everything (OSM XML, gzip) or family places (CSV) from Overpass."""
    want = made_of(Asked, asked, "what is asked of Overpass")
    area = shapely.box(*(want.bounds or _around(outline(session, want.place, nominatim), want.margin_m)))

    def once() -> Fetched:
        if want.what == "places":
            return Fetched(_places(session, at, area))
        return Fetched(_osm_file(session, at, area, everything=want.what == "all"))

    return session.tries(at, once)


def outline(session: Session, place: str, at: Publisher) -> BaseGeometry:
    """Return the outline of a place in degrees, from Nominatim.

    Raises
    ------
    PublisherError
        When nothing was found, or only a point.
    """
    found: list[BaseGeometry] = []

    def once() -> Fetched:
        with _osmnx(session, at, f"the outline of {place}"):
            found.append(ox.geocode_to_gdf(place).geometry.iloc[0])
        return Fetched(b"")

    session.pause(at)
    session.tries(at, once)
    if found[-1].geom_type not in ("Polygon", "MultiPolygon"):
        raise PublisherError(f"{place}: Nominatim knows a point, but no outline; name it more exactly")
    return found[-1]


def _around(shape: BaseGeometry, margin_m: float) -> tuple[float, float, float, float]:
    """Return the bounds of a shape in degrees with a margin, rounded outwards to hundredths of a degree."""
    west, south, east, north = shape.bounds
    up = margin_m / _METRES_OF_A_DEGREE
    across = up / math.cos(math.radians((south + north) / 2))
    low = [math.floor(value * 100) / 100 for value in (west - across, south - up)]
    high = [math.ceil(value * 100) / 100 for value in (east + across, north + up)]
    return low[0], low[1], high[0], high[1]


def _osm_file(session: Session, at: Publisher, area: BaseGeometry, *, everything: bool) -> bytes:
    session.pause(at)
    with _osmnx(session, at, "the streets") as kept:
        # The graph itself is not used: its ways have lost the direction in which they were drawn, and most tags.
        ox.graph_from_polygon(area, network_type="all", simplify=False, retain_all=True)
        if everything:
            ox.features_from_polygon(area, dict(_MAP_TAGS))
        elements = [
            element
            for path in kept.glob("*.json")
            for element in json.loads(path.read_text(encoding="utf-8"))["elements"]
        ]
    return gzip.compress(_osm_xml(elements), mtime=0)


def _places(session: Session, at: Publisher, area: BaseGeometry) -> bytes:
    session.pause(at)
    with _osmnx(session, at, "family places"):
        found = ox.features_from_polygon(area, dict(_TAGS))
    rows: list[tuple[str, ...]] = []
    for (kind, ref), row in zip(found.index, found.to_dict("records"), strict=True):
        tags = {key: str(value) for key, value in row.items() if key != "geometry" and not pd.isna(value)}
        category, unnamed = next(((ours, name) for ours, name, fits in _PLACES if fits(tags)), ("", ""))
        name = tags.get("name", unnamed)
        if category and name:
            middle = shapely.centroid(row["geometry"])
            note = "24/7" if tags.get("opening_hours") == "24/7" else ""
            rows.append((f"{_BITS[kind]}{ref}", name, category, f"{middle.y:.5f}", f"{middle.x:.5f}", note))
    if not rows:
        raise PublisherError(f"{at.address}: knows no family place there")
    order = sorted(rows, key=lambda row: (row[0][0], int(row[0][1:])))
    return csv_bytes([("osm_id", "name", "category", "lat", "lon", "note"), *order])


def _osm_xml(elements: list[dict[str, Any]]) -> bytes:
    """Write nodes, then ways, then relations as OSM XML, each once, in order of their ids."""
    root = ElementTree.Element("osm", version="0.6")
    found = {(list(_BITS).index(element["type"]), int(element["id"])): element for element in elements}
    for _, element in sorted(found.items()):
        kind = element["type"]
        place = {"lat": repr(element["lat"]), "lon": repr(element["lon"])} if kind == "node" else {}
        made = ElementTree.SubElement(root, kind, {"id": str(element["id"]), "version": "1", **place})
        for node in element.get("nodes", ()):
            ElementTree.SubElement(made, "nd", ref=str(node))
        for member in element.get("members", ()):
            about = {"type": str(member["type"]), "ref": str(member["ref"]), "role": str(member.get("role", ""))}
            ElementTree.SubElement(made, "member", about)
        for key, value in sorted(element.get("tags", {}).items()):
            ElementTree.SubElement(made, "tag", k=key, v=value)
    ElementTree.indent(root, space="")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _check_answer(address: str, content: bytes) -> None:
    """Refuse what is not whole; Overpass says in a ``remark`` that it ran out of time or memory halfway."""
    fault = fault_of(content, "json")
    if fault:
        raise TryAgainError(f"{address}: the answer {fault}")
    told = json.loads(content)
    if isinstance(told, dict) and told.get("remark"):
        raise TryAgainError(f"{address}: half an answer: {told['remark']}")


@contextmanager
def _osmnx(session: Session, at: Publisher, what: str) -> Iterator[Path]:
    """Point osmnx at a publisher; yield the folder where it keeps the answers, which is removed at the end."""

    def look(response: Any, *_: object, **__: object) -> None:
        try:
            session.refuse(response.url, response.status_code, response.headers)
            _check_answer(at.address, response.content)
        except PublisherError:
            response.close()
            raise

    with tempfile.TemporaryDirectory() as folder:
        ours = {
            "overpass_url": at.address,
            "nominatim_url": at.address,
            "http_user_agent": session.agent,
            "http_referer": session.agent,
            "requests_timeout": int(at.timeout_s),
            "requests_kwargs": {"hooks": {"response": look}},
            # Its own waiting for a free slot has no end; a server without one says so (429), and we wait.
            "overpass_rate_limit": False,
            "use_cache": True,
            "cache_folder": folder,
            "doh_url_template": None,
        }
        theirs = {name: getattr(ox.settings, name) for name in ours}
        resolve = socket.getaddrinfo  # osmnx replaces it by one that has the address of its server
        try:
            for name, value in ours.items():
                setattr(ox.settings, name, value)
            yield Path(folder)
        except (PublisherError, InputError):
            raise
        except OSError as error:  # all that `requests` raises
            raise TryAgainError(f"{at.address}: {what}: cannot be reached ({type(error).__name__})") from error
        except Exception as error:  # osmnx, networkx and shapely each raise errors of their own
            raise PublisherError(f"{at.address}: {what} could not be fetched: {error}") from error
        finally:
            socket.getaddrinfo = resolve
            for name, value in theirs.items():
                setattr(ox.settings, name, value)
