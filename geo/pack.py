"""The area pack: everything compiled for one place, as one frozen object; `geo.packs` finds and opens it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import PackError, UnknownNameError
from geo.network.named_streets import NamedStreets
from geo.network.network import StreetNetwork
from geo.network.report import NetworkReport
from geo.particulars import About, Baseline, Index, Level, Particulars, WardSeries
from geo.services import CATEGORIES, category_named
from geo.timetable.timetable import Timetable

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Control:
    """A published total that the pack must give back exactly.

    Attributes
    ----------
    baseline, measure
        What is counted.
    group
        ``target``, ``rest``, ``borough`` or the code of a ward.
    value, stated_by
        The total, and who states it.
    """

    baseline: str
    measure: str
    group: str
    value: float
    stated_by: str


@dataclass(frozen=True)
class Manifest:
    """What ``pack.json`` holds.

    Attributes
    ----------
    schema_version
        Of the pack; `SCHEMA_VERSION` of the program that made it.
    code, name
        Short name of the area, and its name as people write it.
    network
        What a reader must know of the streets.
    files
        SHA-256 of each file of the pack, by its name.
    controls
        Totals that the pack must give back.
    lad_code, crs
        Code of the local authority, and the grid of all positions.
    particulars
        Levels, groups, baselines, indices and series of this area.
    """

    schema_version: int
    code: str
    name: str
    network: NetworkReport
    files: Mapping[str, str]
    controls: tuple[Control, ...]
    lad_code: str
    crs: str
    particulars: Particulars


@dataclass(frozen=True, eq=False)
class AreaPack:
    """Everything compiled for one place; positions in metres of its own grid, ``crs``.

    Attributes
    ----------
    manifest
        Code and name of the area, totals to give back, report of the network, and checksums of the files.
    provenance
        ``sources`` and ``measures``: where every figure comes from and how it was made.
    strategy
        Figures that the local strategy states; empty where there is none.
    areas
        Index ``code``; ``level`` (ward, lsoa, oa), ``name``, ``ward``, ``lsoa``, ``target``, geometry.
    demand
        One row a postcode: ``postcode, easting, northing, oa, lsoa, ward, share``.
    measures
        Index LSOA; one column ``baseline.measure`` for each counted thing.
    scores
        Index LSOA; columns of :class:`geo.particulars.Index`.
    ward_series
        Long: ``ward, measure, period, value, status, source``.
    services
        Index ``id``; see :mod:`geo.services`; ``ward`` is empty outside the borough.
    postcodes
        ``postcode, easting, northing`` in and just outside the borough, for finding places.
    basemap, islands
        Drawn geometry; streets that no walk joins to the rest.
    network
        The streets.
    timetable
        What rides by timetable; empty where nothing is known of it.
    """

    manifest: Manifest
    provenance: dict[str, Any]
    strategy: dict[str, Any]
    areas: gpd.GeoDataFrame
    demand: pd.DataFrame
    measures: pd.DataFrame
    scores: pd.DataFrame
    ward_series: pd.DataFrame
    services: pd.DataFrame
    postcodes: pd.DataFrame
    basemap: gpd.GeoDataFrame
    islands: gpd.GeoDataFrame
    network: StreetNetwork
    timetable: Timetable = field(default_factory=Timetable.empty)
    assumed_sha256: str = ""

    @property
    def code(self) -> str:
        """Short name of the area, as on the command line."""
        return self.manifest.code

    @property
    def name(self) -> str:
        """Name of the area as people write it."""
        return self.manifest.name

    @property
    def crs(self) -> str:
        """The grid of all positions, as pyproj names it."""
        return self.manifest.crs

    @property
    def levels(self) -> tuple[Level, ...]:
        """Levels of areas, finest first."""
        return self.manifest.particulars.levels

    def level(self, name: str) -> Level:
        """Return a level by its name: ``oa``, ``lsoa`` or ``ward``; `UnknownNameError` lists those that there are."""
        for level in self.levels:
            if level.name == name:
                return level
        raise UnknownNameError("level", name, [level.name for level in self.levels])

    @property
    def indices(self) -> tuple[Index, ...]:
        """Editions of the indices of deprivation that the area has scores of, earliest first."""
        return self.manifest.particulars.indices

    def main_index(self, about: About = "everyone") -> Index | None:
        """Return the edition that pages use of the index about everyone, or about children; None without one."""
        found = [index for index in self.indices if index.about == about and index.main]
        return found[-1] if found else None

    def baseline_named(self, name: str) -> Baseline:
        """Return what a baseline is; `UnknownNameError` lists those that there are."""
        for baseline in self.manifest.particulars.baselines:
            if baseline.name == name:
                return baseline
        raise UnknownNameError("baseline", name, self.baselines)

    def baseline_of(self, kind: str) -> Baseline | None:
        """Return the first baseline of a kind (``stated``, ``census`` …); None where there is none."""
        found = [one for one in self.manifest.particulars.baselines if one.kind == kind]
        return found[0] if found else None

    def ward_series_named(self, name: str) -> WardSeries | None:
        """Return what a series of the publisher's ward figures is; None for one that the recipe does not describe."""
        found = [one for one in self.manifest.particulars.ward_series if one.name == name]
        return found[0] if found else None

    def source_of(self, role: str) -> dict[str, Any] | None:
        """Return the source of ``streets``, ``homes``, ``strategy`` or ``base_map``; None where the area has none."""
        key = self.manifest.particulars.sources.get(role)
        found = [source for source in self.provenance["sources"] if source["key"] == key]
        return found[0] if found else None

    @cached_property
    def digest(self) -> str:
        """Checksum that changes with any file of the pack, its code and its name; names what is derived from it.

        It changes with the table of assumed routes, too, which is no file of the pack.
        """
        about: dict[str, Any] = {"code": self.code, "name": self.name, "files": dict(self.manifest.files)}
        if self.assumed_sha256:
            about["assumed"] = self.assumed_sha256
        return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources that the pack was built from, as ``provenance`` has them; not those that were not there."""
        return [source for source in self.provenance["sources"] if source.get("given", True)]

    @property
    def missing_timetables(self) -> tuple[str, ...]:
        """Titles of the timetables that the recipe asks for, and that were not there when the pack was built."""
        return tuple(str(source["title"]) for source in self.provenance["sources"] if not source.get("given", True))

    @cached_property
    def wards(self) -> gpd.GeoDataFrame:
        """Wards, index ``code``: ``name``, ``target``, geometry; target wards first, then by name.

        Where every ward is a target ward there is none to tell them apart from, and none is marked as one.
        """
        wards = self._marked("ward")
        return wards.sort_values(["target", "name"], ascending=[False, True])[["name", "target", "geometry"]]

    @cached_property
    def lsoas(self) -> gpd.GeoDataFrame:
        """LSOAs, index ``code``: ``name``, ``ward``, ``target``, geometry."""
        return self._marked("lsoa")[["name", "ward", "target", "geometry"]]

    def _marked(self, level: str) -> gpd.GeoDataFrame:
        areas = self.areas[self.areas["level"] == level]
        return areas.assign(target=areas["target"] & ~areas["target"].all())

    @property
    def target_wards(self) -> list[str]:
        """Codes of the target wards."""
        return [str(code) for code in self.wards.index[self.wards["target"]]]

    @cached_property
    def demand_xy(self) -> Floats:
        """``(n_demand, 2)`` positions of the demand points, metres."""
        return self.demand[["easting", "northing"]].to_numpy(np.float64)

    @cached_property
    def named_streets(self) -> NamedStreets:
        """The streets that have a name, to name a position by."""
        return NamedStreets.of(self.network)

    @property
    def baselines(self) -> list[str]:
        """Names of the baselines, the usual one first."""
        return [baseline.name for baseline in self.manifest.particulars.baselines]

    def measure_names(self, baseline: str | None = None) -> list[str]:
        """Measures under a baseline, or under any."""
        return list(dict.fromkeys(measure for base, measure in self._measure_pairs if baseline in (None, base)))

    @cached_property
    def _measure_pairs(self) -> list[tuple[str, str]]:
        return [(base, measure) for base, measure in (column.split(".") for column in self.measures.columns)]

    def lsoa_counts(self, measure: str, baseline: str) -> pd.Series:
        """Count of each LSOA.

        Raises
        ------
        UnknownNameError
            When there is no such baseline, or no such measure under it.
        """
        if baseline not in self.baselines:
            raise UnknownNameError("baseline", baseline, self.baselines)
        if f"{baseline}.{measure}" not in self.measures.columns:
            raise UnknownNameError(f"measure under baseline {baseline!r}", measure, self.measure_names(baseline))
        return self.measures[f"{baseline}.{measure}"]

    def measure(self, measure: str, baseline: str) -> Floats:
        """Count at each demand point, ``(n_demand,)``, not to be changed; errors as for :meth:`lsoa_counts`."""
        counts, kept = self.lsoa_counts(measure, baseline), self._at_homes
        if (measure, baseline) not in kept:
            people = (self.demand["lsoa"].map(counts) * self.demand["share"]).to_numpy(np.float64, copy=True)
            people.setflags(write=False)
            kept[measure, baseline] = people
        return kept[measure, baseline]

    @cached_property
    def _at_homes(self) -> dict[tuple[str, str], Floats]:
        return {}

    def homes_in(self, level: str) -> Mapping[str, Bools]:
        """Which demand points, ``(n_demand,)``, each ward or LSOA has, by its code; not to be changed."""
        if level not in self._homes_in:
            codes = self.demand[level].to_numpy(object)
            areas = self.wards if level == "ward" else self.lsoas
            self._homes_in[level] = {str(code): codes == code for code in areas.index}
        return self._homes_in[level]

    @cached_property
    def _homes_in(self) -> dict[str, dict[str, Bools]]:
        return {}

    def measure_record(self, measure: str, baseline: str) -> dict[str, Any]:
        """Return unit, year, source, status and method of a measure; errors as for :meth:`lsoa_counts`."""
        self.lsoa_counts(measure, baseline)
        for record in self.provenance["measures"]:
            if record["measure"] == measure and record["baseline"] == baseline:
                return dict(record)
        raise PackError(f"the pack of {self.name} does not say where {baseline}.{measure} comes from; build it again")

    def services_of(self, category: str) -> pd.DataFrame:
        """Return the open services of a category (the past ones, for a category of the past), index ``id``.

        Raises
        ------
        UnknownNameError
            When there is no such category.
        """
        category_named(category)
        # A copy that shares the values, so that nobody changes the table that others are given.
        found = self._services_of.get(category)
        return self.services.iloc[:0] if found is None else found.copy(deep=False)

    @cached_property
    def _services_of(self) -> dict[str, pd.DataFrame]:
        """Services of each category, divided once: the lists of many controls ask for all categories."""
        kept = {True: ["open"], False: ["open", "past"]}
        return {
            str(name): rows[rows["status"].isin(kept[CATEGORIES[str(name)].shown])]
            for name, rows in self.services.groupby("category", sort=False)
            if name in CATEGORIES
        }

    def attribution(self) -> list[str]:
        """Every attribution that a map or export of this pack must carry, each once."""
        return list(dict.fromkeys(source["attribution"] for source in self.sources))
