"""The recipe of an area pack: all that is particular to an area, and the files that its pack is compiled from.

A recipe is a TOML file in ``data/recipes``; CONTRIBUTING has a table of every key. Nothing of an area stands in code.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import InputError, SourceError, UnknownNameError
from geo.packs import packs_folder
from geo.particulars import Nesting
from geo.recipe_counts import BaselineRecipe, IndexRecipe, InNext, LevelName, WardSeriesRecipe
from geo.timetable.headways import Weekday
from geo.timetable.timing import minute_of
from geo.values import made_of, read_toml

_TIMETABLES = "timetables"


@dataclass(frozen=True)
class Source:
    """One publisher's file.

    Attributes
    ----------
    key
        Its name in the recipe and in the pack.
    file
        Path under the folder of sources.
    publisher, title, vintage, licence, attribution, note
        As shown to people; `licence` is an SPDX name where there is one.
    live
        Where a refresh fetches it from; empty for a file that is only ever given.
    optional
        Whether a pack may be built without the file; for timetables alone.
    """

    key: str
    file: str
    publisher: str
    title: str
    vintage: str
    licence: str
    attribution: str
    note: str = ""
    live: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True)
class LevelRecipe:
    """One level of areas, finest first; the names of the levels are those of :class:`geo.particulars.Level`.

    Attributes
    ----------
    name, label, plural
        ``oa``, ``lsoa`` or ``ward``, and what such an area is called inside a sentence.
    source, code, title
        Its boundaries, and the properties with the code and the name of an area (the code serves without a name).
    nesting
        ``exact``: each area lies in one of the next level. ``best fit``: it belongs to the one that has most of it.
    in_next
        The table that says so; without it the shapes decide.
    least_share
        With best fit, the smallest share of an area's ground (0 to 1) that may lie in the area that it belongs to.
    """

    name: LevelName
    label: str
    plural: str
    source: str
    code: str
    title: str = ""
    nesting: Nesting = "exact"
    in_next: InNext | None = None
    least_share: float = 0.5


@dataclass(frozen=True)
class GroupRecipe:
    """Wards that have a name together, by the names that their boundaries give them."""

    name: str
    label: str
    wards: tuple[str, ...]


@dataclass(frozen=True)
class HomesRecipe:
    """The demand points.

    Attributes
    ----------
    source
        A list of postcodes with positions; without it the areas of the finest level stand for homes.
    reader
        ``code_point_open`` for the publisher's own form, ``table`` for a table with a header.
    columns
        Of a table: ``postcode``, ``easting``, ``northing`` and ``authority``, where they have other names.
    weight_source, weight_code, weight
        A table with a count by area of the finest level, such as its households, by which postcodes are weighed.
    """

    source: str = ""
    reader: Literal["code_point_open", "table"] = "code_point_open"
    columns: Mapping[str, str] = field(default_factory=dict)
    weight_source: str = ""
    weight_code: str = ""
    weight: str = ""


@dataclass(frozen=True)
class ServicesRecipe:
    """Services of one file.

    Attributes
    ----------
    source, reader
        The file, and which adapter reads it (`geo.builder.services.READERS`).
    category, status
        For an adapter of one category: another one, and ``past`` for an edition of the past.
    core
        Beginnings of the names that get the tag ``core``.
    columns
        For a plain table: the file's names of ``category``, ``name``, ``postcode``, ``easting``, ``northing``, ``lon``,
        ``lat``, ``id``, ``date``, where they differ.
    categories
        Which categories of the file are taken; all without it.
    positions
        A source of mapped buildings, whose position replaces that of the postcode.
    may_be_empty
        Whether the area may have none; otherwise none is an error.
    """

    source: str
    reader: str
    category: str = ""
    status: Literal["", "open", "past"] = ""
    core: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    positions: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True)
class BaseMapRecipe:
    """The base map: a GeoPackage of layers, or OpenStreetMap; and the sides of the area that are land to the edge."""

    source: str
    land: tuple[Literal["north", "east", "south", "west"], ...] = ()


@dataclass(frozen=True)
class TownCentre:
    """The town centre as a service: where the base map names the town, or a stated position."""

    name: str
    label: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class TimetableRecipe:
    """A timetable of public transport.

    Attributes
    ----------
    source, reader
        The file, and how it is read: ``gtfs`` for a feed with times; ``rail_patterns`` for counts of weekday trains, of
        which times are made (:mod:`geo.timetable.headways`).
    speed_kmh
        With ``rail_patterns``: speed in a straight line from station to station, time at the stations included.
    first, last
        With ``rail_patterns``: beginning and end of the day in which trains leave, as ``05:30``.
    days
        With ``rail_patterns``: the weekdays that the counts are of.
    """

    source: str
    reader: Literal["gtfs", "rail_patterns"]
    speed_kmh: float = 0.0
    first: str = ""
    last: str = ""
    days: tuple[Weekday, ...] = ()

    def __post_init__(self) -> None:
        given = [key for key in ("speed_kmh", "first", "last", "days") if getattr(self, key)]
        if self.reader == "gtfs":
            if given:
                raise InputError(f"timetable {self.source!r}: the reader 'gtfs' takes no {', '.join(given)}")
            return
        if len(given) < 4:
            raise InputError(
                f"timetable {self.source!r}: the reader {self.reader!r} needs speed_kmh, first, last, days"
            )
        if not 5 <= self.speed_kmh <= 300:
            raise InputError(f"timetable {self.source!r}: speed_kmh {self.speed_kmh} is out of range: give 5 to 300")
        if minute_of(self.first) >= minute_of(self.last):
            raise InputError(f"timetable {self.source!r}: first {self.first} is not before last {self.last}")


@dataclass(frozen=True)
class Recipe:
    """What one area is compiled from; every class of this module says what its keys mean.

    Attributes
    ----------
    code, name, lad_code
        Short name, name as people write it, and code of the local authority.
    crs
        The metric grid of all positions, by its EPSG code.
    network_margin_m, services_margin_m
        How far past the boundary streets and services are kept, metres.
    streets
        The source of the streets: ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    strategy
        The source of what the local strategy states, if there is one.
    trains
        A table of weekday trains by station, if there is one.
    credit
        What stands beside every map of the area; without it the attributions of the sources do.
    whole
        What the whole area is called inside a sentence: "borough", "city", "district".
    controls
        Published totals that the pack must equal exactly: ``baseline``, ``measure``, ``group`` (target, rest,
        borough or a ward code), ``value``, ``stated_by``.
    sources
        By key.
    """

    code: str
    name: str
    lad_code: str
    crs: str
    levels: tuple[LevelRecipe, ...]
    homes: HomesRecipe
    baselines: tuple[BaselineRecipe, ...]
    services: tuple[ServicesRecipe, ...]
    sources: Mapping[str, Source]
    streets: str = "osm_streets"
    strategy: str = ""
    trains: str = ""
    currency: str = "GBP"
    language: str = "en-GB"
    credit: str = ""
    whole: str = "borough"
    network_margin_m: float = 4000.0
    services_margin_m: float = 3500.0
    groups: tuple[GroupRecipe, ...] = ()
    indices: tuple[IndexRecipe, ...] = ()
    ward_series: tuple[WardSeriesRecipe, ...] = ()
    base_map: BaseMapRecipe | None = None
    town_centre: TownCentre | None = None
    timetables: tuple[TimetableRecipe, ...] = ()
    controls: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        try:
            grid = CRS.from_user_input(self.crs)
        except CRSError:
            raise InputError(f"crs {self.crs!r} is not a coordinate system; write it as EPSG: and its number") from None
        if not grid.is_projected or {axis.unit_name for axis in grid.axis_info} != {"metre"}:
            raise InputError(f"crs {self.crs!r} ({grid.name}) is not a grid in metres")
        names = [level.name for level in self.levels]
        if names not in (["oa", "lsoa", "ward"], ["lsoa", "ward"]):
            raise InputError(f"levels are {', '.join(names)}; they must be lsoa and ward, or oa, lsoa and ward")
        for where, key in self.asked_sources():
            if key not in self.sources:
                known = ", ".join(self.sources)
                raise InputError(f"{where} names the source {key!r}, which the recipe does not have; it has: {known}")
            if self.sources[key].optional and where != _TIMETABLES:
                raise InputError(f"{where} needs the source {key!r}, so it cannot be optional: only timetables can")
        known_baselines = [one.name for one in self.baselines]
        for one in self.baselines:
            if one.kind == "stated" and one.pattern not in known_baselines:
                raise InputError(f"baseline {one.name!r} follows the pattern of {one.pattern!r}, which is not there")
            if one.kind == "stated" and not self.strategy:
                raise InputError(f"baseline {one.name!r} is stated, but the recipe names no strategy")

    def asked_sources(self) -> list[tuple[str, str]]:
        """Where a source is named, and its key."""
        asked = [("streets", self.streets), ("strategy", self.strategy), ("trains", self.trains)]
        asked += [("homes", self.homes.source), ("homes", self.homes.weight_source)]
        for level in self.levels:
            asked.append((f"level {level.name}", level.source))
            if level.in_next is not None:
                asked.append((f"level {level.name}", level.in_next.source))
        for one in self.baselines:
            asked.append((f"baseline {one.name}", one.source))
            for table in one.tables:
                asked.append((f"baseline {one.name}", table.source))
                asked.append((f"baseline {one.name}", table.via.source if table.via is not None else ""))
        asked += [(f"index {one.name}", one.source) for one in self.indices]
        asked += [(f"ward series {one.name}", one.source) for one in self.ward_series]
        for services in self.services:
            asked += [("services", services.source), ("services", services.positions)]
        if self.base_map is not None:
            asked.append(("base_map", self.base_map.source))
        asked += [(_TIMETABLES, one.source) for one in self.timetables]
        return [(where, key) for where, key in asked if key]


def recipe_path(name: str, root: Path | None = None) -> Path:
    """Return the file of a recipe, whether it exists or not."""
    return (packs_folder() if root is None else root) / "recipes" / f"{name}.toml"


def read_recipe(name: str, root: Path | None = None) -> Recipe:
    """Read ``recipes/<name>.toml`` beside the packs.

    Raises
    ------
    UnknownNameError
        When there is no such recipe.
    SourceError
        When it is not TOML, lacks a key, has an unknown key, or a value has the wrong type; the message names it.
    """
    path = recipe_path(name, root)
    if not path.is_file():
        raise UnknownNameError("area to build", name, sorted(p.stem for p in path.parent.glob("*.toml")))
    try:
        content = read_toml(path, "the recipe")
        sources = content.get("sources")
        if isinstance(sources, dict):
            named = {key: {**row, "key": key} if isinstance(row, dict) else row for key, row in sources.items()}
            content = {**content, "sources": named}
        recipe = made_of(Recipe, content, f"recipe {path.name}")
    except InputError as error:
        raise SourceError(str(error)) from error
    if recipe.code != name:
        raise SourceError(f"recipe {path.name}: code is {recipe.code!r}; it must be the name of the file, {name!r}")
    return recipe


def with_vintage(text: str, key: str, vintage: str) -> str:
    """Return the text of a recipe with another vintage in the table of one source."""
    table = re.compile(rf"(^\[sources\.{re.escape(key)}\]\s*$)(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
    line = f"vintage = {json.dumps(vintage, ensure_ascii=False)}"

    def dated(found: re.Match[str]) -> str:
        return found[1] + re.sub(r"(?m)^vintage\s*=.*$", lambda _: line, found[2], count=1)

    return table.sub(dated, text, count=1)
