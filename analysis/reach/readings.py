"""Readings: alternative definitions of which sites of a service count, where the sources do not settle it.

The readings are data, in ``data/readings.toml``: which sites a reading keeps or adds, what it is called, which one is
the default and why. No service is named in this code.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geo.errors import InputError, UnknownNameError
from geo.pack import AreaPack
from geo.services import category_named
from geo.values import made_of, read_toml

DEFAULT_READINGS = Path(__file__).resolve().parents[2] / "data" / "readings.toml"


@dataclass(frozen=True)
class Reading:
    """One answer to the question which sites of a service count.

    Attributes
    ----------
    service
        Category.
    name
        The word used in code, on the command line and in files.
    label
        Heading of a column.
    words
        What stands before a figure in a sentence, such as "counting the branch surgeries of 2017"; ``{year}`` in both
        is filled in from the area's own list.
    keep_tag
        Only sites with this tag count; those outside the area's wards stay. Empty keeps all.
    add
        Categories whose sites count as well, whatever their status.
    year
        Of the list of the sites that it adds; empty where it adds none.
    """

    service: str
    name: str
    label: str
    words: str
    keep_tag: str = ""
    add: tuple[str, ...] = ()
    year: str = ""

    def __post_init__(self) -> None:
        for category in (self.service, *self.add):
            category_named(category)

    @property
    def plain(self) -> bool:
        """Whether it takes the open sites of the service as they are."""
        return not self.keep_tag and not self.add

    def sites(self, pack: AreaPack) -> pd.DataFrame:
        """Return the sites that count under this reading, index ``id``, columns of ``pack.services``."""
        sites = pack.services_of(self.service)
        if self.keep_tag:
            tagged = sites["tags"].str.split(";").map(lambda tags: self.keep_tag in tags).astype(bool)
            sites = sites[tagged | (sites["ward"] == "")]
        return pd.concat([sites, *(pack.services_of(category) for category in self.add)]) if self.add else sites

    def known_in(self, pack: AreaPack) -> bool:
        """Whether the pack has what the reading asks for: sites with its tag, sites of the categories that it adds."""
        if self.add and not any(len(pack.services_of(category)) for category in self.add):
            return False
        if not self.keep_tag:
            return True
        tags = pack.services_of(self.service)["tags"].str.split(";")
        return any(self.keep_tag in own for own in tags)


@dataclass(frozen=True)
class Contested:
    """A service with its readings.

    Attributes
    ----------
    service
        Category.
    readings
        The default first.
    why
        Why that is the default.
    """

    service: str
    readings: tuple[Reading, ...]
    why: str

    @property
    def default(self) -> Reading:
        """The reading that every figure uses unless it says otherwise."""
        return self.readings[0]

    @property
    def others(self) -> tuple[Reading, ...]:
        """The readings besides the default."""
        return self.readings[1:]

    def reading(self, name: str) -> Reading:
        """Return the reading of that name; `UnknownNameError` lists those that there are."""
        for reading in self.readings:
            if reading.name == name:
                return reading
        raise UnknownNameError(f"reading of {self.service}", name, [one.name for one in self.readings])


def reading_column(name: str) -> str:
    """Name the column of a table that holds the figure under a reading."""
    return f"reading_{name}"


def read_readings(path: Path = DEFAULT_READINGS) -> tuple[Contested, ...]:
    """Read the contested services from a TOML file of ``[[service]]`` tables.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a key or has one too many, names a service or reading twice, or the
        default is not among the readings or does not take the sites as they are; it names the service.
    UnknownNameError
        When a category is unknown.
    """
    rows = made_of(_File, read_toml(path, "the readings"), path.name).service
    found = tuple(_contested(path.name, number, row) for number, row in enumerate(rows, start=1))
    names = [one.service for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{path.name} names a service twice: {', '.join(twice)}")
    return found


def contested(pack: AreaPack, service: str, known: tuple[Contested, ...] | None = None) -> Contested:
    """Return the readings of a service for which the area has the data; for most services only the plain one.

    Parameters
    ----------
    pack
        The area.
    service
        Category.
    known
        From :func:`read_readings`, which is called when left out.

    Raises
    ------
    UnknownNameError
        When there is no such category.
    """
    for one in read_readings() if known is None else known:
        if one.service == service:
            return replace(one, readings=(one.default, *(_dated(pack, r) for r in one.others if r.known_in(pack))))
    label = category_named(service).plural
    plain = Reading(service, "register", f"Every one of the {label}", f"with every one of the {label}")
    return Contested(service, (plain,), "The sources agree on which places count.")


def list_year(pack: AreaPack, category: str) -> str:
    """Return the year of the latest list of a category's sites, such as ``"2019"``; empty where none is stated.

    Raises
    ------
    UnknownNameError
        When there is no such category.
    """
    years = pack.services_of(category)["vintage"].astype(str).str.extract(r"(\d{4})")[0].dropna()
    return str(years.max()) if len(years) else ""


def _dated(pack: AreaPack, reading: Reading) -> Reading:
    year = max((list_year(pack, category) for category in reading.add), default="")
    words = {key: getattr(reading, key).replace("{year}", year or "an earlier year") for key in ("label", "words")}
    return replace(reading, year=year, **words)


@dataclass(frozen=True)
class _ReadingRow:
    """One reading as the file has it."""

    name: str
    label: str
    words: str
    keep_tag: str = ""
    add: tuple[str, ...] = ()


@dataclass(frozen=True)
class _ServiceRow:
    """One service as the file has it."""

    service: str
    default: str
    why: str
    reading: tuple[_ReadingRow, ...]


@dataclass(frozen=True)
class _File:
    """A whole file of readings."""

    service: tuple[_ServiceRow, ...] = ()


def _contested(file: str, number: int, row: _ServiceRow) -> Contested:
    where = f"{file}, service {number} ({row.service})"
    readings = [Reading(row.service, one.name, one.label, one.words, one.keep_tag, one.add) for one in row.reading]
    names = [reading.name for reading in readings]
    if len(set(names)) < len(names):
        raise InputError(f"{where}: names a reading twice")
    if row.default not in names:
        raise InputError(f"{where}: the default {row.default!r} is not one of its readings: {', '.join(names)}")
    first = readings.pop(names.index(row.default))
    if not first.plain:
        raise InputError(f"{where}: the default {first.name!r} must take the places as they are: no keep_tag, no add")
    return Contested(first.service, (first, *readings), row.why)
