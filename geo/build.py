"""The builder: from publishers' files to the pack that the program runs on.

Nothing is half written: a pack is compiled into a folder beside the old one and takes its place only when it is
whole. The same sources give the same bytes, so a change in the committed pack is a change in its sources or in this
code.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.basemap import compile_basemap
from geo.boundaries.generalise import generalise
from geo.boundaries.load import read_boundaries
from geo.boundaries.lookup import locate
from geo.boundaries.nesting import check_nesting
from geo.demand import postcode_shares
from geo.errors import SourceError
from geo.licences import licence_text
from geo.measures import Compiled, strategy_measures, vintage_measures
from geo.network.modes import MODES
from geo.network.network import StreetNetwork
from geo.network.report import network_report
from geo.network.snapping import snap
from geo.pack import FILES, SCHEMA_VERSION, file_digest, packs_folder
from geo.recipe import Recipe, Source, read_recipe
from geo.services import join_services, use_building_positions
from geo.sources.basemap import read_basemap
from geo.sources.census import read_census
from geo.sources.code_point_open import read_code_point_open
from geo.sources.deprivation import read_deprivation
from geo.sources.food_hygiene import read_food_hygiene
from geo.sources.gias import read_childrens_centres
from geo.sources.hospitals import read_hospitals
from geo.sources.libraries import read_libraries
from geo.sources.low_income import read_low_income
from geo.sources.mid_year import read_mid_year
from geo.sources.naptan import read_naptan
from geo.sources.nhs_ods import read_dentists, read_gp_branches, read_gp_practices, read_health_clinics, read_pharmacies
from geo.sources.osm import Islands, compile_network, read_graph
from geo.sources.osm_places import read_osm_libraries, read_osm_places
from geo.sources.output_areas import read_output_areas
from geo.sources.rail_patterns import read_rail_patterns, station_key
from geo.sources.services import service_frame
from geo.sources.strategy import read_strategy

GRID = "EPSG:27700"
# The generalised coast leaves some seafront homes a little out to sea.
_SHORE_M = 500.0
_STEPS = ("boundaries", "homes and counts", "services", "streets", "base map", "writing")


def build_pack(
    name: str,
    sources: Path,
    *,
    root: Path | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Path:
    """Compile the pack of an area.

    Parameters
    ----------
    name
        Its recipe's name, such as ``"southend"``.
    sources
        Folder that the recipe's files are relative to.
    root
        Folder of packs and recipes; ``data`` beside the code when left out.
    progress
        Called before each step with its name, its number from 1, and how many there are.

    Returns
    -------
    The folder of the pack.

    Raises
    ------
    UnknownNameError
        When there is no such recipe.
    SourceError
        When a publisher's file is missing or wrong.
    """
    root = packs_folder() if root is None else root
    recipe = read_recipe(name, root)
    steps = {step: number for number, step in enumerate(_STEPS, start=1)}

    def begin(step: str) -> None:
        progress(step, steps[step], len(steps))

    reading = _Reading(recipe, sources)
    begin("boundaries")
    areas, target = _boundaries(reading)
    wards = areas[areas["level"] == "ward"]
    borough = wards.union_all()
    begin("homes and counts")
    homes, postcodes = _homes(reading, areas, borough)
    measures = _measures(reading, target)
    begin("services")
    layers = read_basemap(reading.path("osm_basemap"))
    services = _services(reading, postcodes, wards, borough, _town_centre(reading, layers["place"]))
    begin("streets")
    network, islands, classes_left_out = _streets(reading, borough)
    services, left_out = _on_network(services, network)
    begin("base map")
    basemap = compile_basemap(
        layers,
        borough,
        gpd.GeoSeries(network.lines, crs=GRID),
        recipe.network_margin_m,
    )
    begin("writing")
    scores = read_deprivation(reading.path("deprivation"), **reading.labels("deprivation"))
    reading.count("deprivation", len(scores))
    frames = {
        "areas": areas,
        "basemap": basemap,
        "demand": homes,
        "islands": islands.frame,
        "measures": measures.table.rename_axis("lsoa").reset_index().sort_values("lsoa", ignore_index=True),
        "postcodes": postcodes,
        "scores": scores.sort_values("lsoa", ignore_index=True),
        "services": services,
        "ward_series": _ward_series(reading),
    }
    documents = {
        "provenance": {"sources": reading.provenance(), "measures": measures.records},
        "strategy": reading.strategy,
    }
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "code": recipe.code,
        "name": recipe.name,
        "lad_code": recipe.lad_code,
        "crs": GRID,
        "controls": _controls(recipe, reading.strategy, measures),
        "network": _plain(network_report(network, islands.frame, homes, services, borough, classes_left_out, left_out)),
    }
    return _write(root / recipe.code, manifest, frames, documents, network, licence_text(recipe))


class _Reading:
    """The recipe's files: where each lies, how it is labelled, and what was counted in it."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.recipe, self.folder = recipe, folder
        if not folder.is_dir():
            raise SourceError(f"the folder of sources {folder} does not exist")
        self.rows: dict[str, int] = {}
        self.strategy: dict[str, Any] = {}
        if "strategy" in recipe.sources:
            self.strategy = _plain(read_strategy(self.path("strategy")))
            self.count("strategy", len(self.strategy["targets"]))

    def has(self, key: str) -> bool:
        return key in self.recipe.sources

    def source(self, key: str) -> Source:
        try:
            return self.recipe.sources[key]
        except KeyError:
            raise SourceError(f"the recipe {self.recipe.code} has no source {key!r}, which every pack needs") from None

    def path(self, key: str) -> Path:
        path = self.folder / self.source(key).file
        if not path.is_file():
            raise SourceError(f"{self.source(key).file}: no such file under the folder of sources ({key})")
        return path

    def labels(self, key: str) -> dict[str, str]:
        return {"source": key, "vintage": self.source(key).vintage}

    def count(self, key: str, rows: int) -> None:
        self.rows[key] = self.rows.get(key, 0) + rows

    def frame(self, key: str, read: Callable[..., pd.DataFrame], **options: Any) -> pd.DataFrame:
        table = read(self.path(key), **self.labels(key), **options)
        self.count(key, len(table))
        return table

    def provenance(self) -> list[dict[str, Any]]:
        return [
            {**asdict(source), "sha256": file_digest(self.path(key)), "rows": self.rows.get(key, 0)}
            for key, source in self.recipe.sources.items()
        ]


def _boundaries(reading: _Reading) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Areas of all levels in one frame, and whether each ward (by code) is a target."""
    lookup = reading.frame("oa_lookup", read_output_areas)
    oas = read_boundaries(reading.path("oas"), "OA11CD")
    lsoas = read_boundaries(reading.path("lsoas"), "LSOA11CD", "LSOA11NM")
    wards = read_boundaries(reading.path("wards"), "WD13CD", "WD13NM")
    for key, frame in (("oas", oas), ("lsoas", lsoas), ("wards", wards)):
        reading.count(key, len(frame))
    lsoa_of = lookup.set_index("oa")["lsoa"]
    ward_of = lookup.drop_duplicates("lsoa").set_index("lsoa")["ward"]
    check_nesting(oas, lsoas, lsoa_of)
    check_nesting(lsoas, wards, ward_of)
    levels = generalise([oas, lsoas, wards], [lsoa_of, ward_of]).levels
    frames = []
    for level, frame in zip(("oa", "lsoa", "ward"), levels, strict=True):
        lsoa = frame["code"].map(lsoa_of) if level == "oa" else frame["code"] if level == "lsoa" else ""
        ward = frame["code"] if level == "ward" else pd.Series(lsoa).map(ward_of)
        frames.append(frame.assign(level=level, lsoa=lsoa, ward=ward))
    areas = pd.concat(frames, ignore_index=True)
    names = set(reading.strategy.get("target_wards", ()))
    unknown = names - set(wards["name"])
    if unknown:
        raise SourceError(f"target wards of the strategy that have no boundary: {', '.join(sorted(unknown))}")
    target = wards.set_index("code")["name"].isin(names)
    areas["target"] = areas["ward"].map(target).astype(bool)
    order = {"ward": 0, "lsoa": 1, "oa": 2}
    areas = areas.sort_values(["level", "code"], key=lambda c: c.map(order) if c.name == "level" else c)
    columns = ["level", "code", "name", "ward", "lsoa", "target", "geometry"]
    return gpd.GeoDataFrame(areas[columns].reset_index(drop=True), geometry="geometry", crs=GRID), target


def _homes(reading: _Reading, areas: gpd.GeoDataFrame, borough: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Demand points of the borough with their share of the LSOA; and the postcodes in and around it, for finding."""
    postcodes = reading.frame("code_point_open", read_code_point_open)
    oas = areas[areas["level"] == "oa"]
    inside = postcodes[postcodes["district"] == reading.recipe.lad_code].sort_values("postcode", ignore_index=True)
    located = locate(inside[["easting", "northing"]].to_numpy(), oas, within_m=_SHORE_M)
    adrift = inside.loc[located.codes == "", "postcode"].tolist()
    if adrift:
        raise SourceError(
            f"{reading.source('code_point_open').file}: postcodes of the borough lie further than {_SHORE_M:.0f} m "
            f"from its output areas: {', '.join(adrift[:5])}"
        )
    by_code = oas.set_index("code")
    homes = inside[["postcode", "easting", "northing", "quality"]].assign(oa=located.codes)
    homes["lsoa"] = homes["oa"].map(by_code["lsoa"])
    homes["ward"] = homes["oa"].map(by_code["ward"])
    lookup = read_output_areas(reading.path("oa_lookup"), **reading.labels("oa_lookup"))
    homes["share"] = postcode_shares(homes, lookup.rename(columns={"households_2021": "households"}))
    near = _within(postcodes, borough, reading.recipe.network_margin_m)
    columns = ["postcode", "easting", "northing"]
    return homes, postcodes.loc[near, columns].sort_values("postcode", ignore_index=True)


def _measures(reading: _Reading, target: pd.Series) -> Compiled:
    census = reading.frame("census_2011", read_census)
    vintages = vintage_measures(census, reading.frame("mid_year", read_mid_year))
    if not reading.strategy:
        return vintages
    deprivation = read_deprivation(reading.path("deprivation"), **reading.labels("deprivation"))
    stated = strategy_measures(census, deprivation, reading.strategy, target)
    return Compiled(stated.table.join(vintages.table), stated.records + vintages.records)


def _ward_series(reading: _Reading) -> pd.DataFrame:
    series = reading.frame("low_income", read_low_income)
    series = series.assign(measure="children_low_income", status="modelled", source="low_income")
    columns = ["ward", "measure", "period", "value", "provisional", "status", "source"]
    return series[columns].sort_values(["measure", "ward", "period"], ignore_index=True)


def _town_centre(reading: _Reading, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the town centre as a service: where the map writes the name of the town."""
    town = places[places["name"] == reading.recipe.name]
    columns = {
        "id": "osm-town-centre",
        "category": "town_centre",
        "subtype": "town centre",
        "name": town["name"] + " town centre",
        "easting": town.geometry.x,
        "northing": town.geometry.y,
        "precision": "geocode",
    }
    return service_frame(columns, **reading.labels("osm_basemap"))


def _services(
    reading: _Reading, postcodes: pd.DataFrame, wards: gpd.GeoDataFrame, borough: Any, town_centre: pd.DataFrame
) -> pd.DataFrame:
    core = reading.recipe.core_childrens_centres
    readers: list[tuple[str, Callable[..., pd.DataFrame], dict[str, Any]]] = [
        ("gias", read_childrens_centres, {"core": core}),
        ("ods_gp_2025", read_gp_practices, {}),
        ("ods_gp_2025", read_health_clinics, {}),
        ("ods_gp_2019", read_gp_practices, {"category": "gp_practice_before", "status": "past"}),
        ("ods_branch_2017", read_gp_branches, {}),
        ("ods_pharmacy", read_pharmacies, {}),
        ("ods_dentist", read_dentists, {}),
        ("hospitals", read_hospitals, {}),
        ("food_hygiene", read_food_hygiene, {}),
        ("osm_places", read_osm_places, {}),
        ("naptan_bus", read_naptan, {}),
        ("naptan_rail", read_naptan, {}),
    ]
    tables = [reading.frame(key, read, **options) for key, read, options in readers if reading.has(key)]
    tables.append(town_centre)
    if reading.has("libraries"):
        libraries = reading.frame("libraries", read_libraries)
        if reading.has("osm_places"):
            buildings = read_osm_libraries(reading.path("osm_places"), **reading.labels("osm_places"))
            libraries = use_building_positions(
                join_services([libraries], postcodes), buildings[buildings["tags"] != "check"]
            )
        tables.append(libraries)
    services = join_services(tables, postcodes)
    services = services[_within(services, borough, reading.recipe.services_margin_m)].reset_index(drop=True)
    services["ward"] = locate(services[["easting", "northing"]].to_numpy(), wards, within_m=50.0).codes
    services["trains_per_weekday"] = np.nan
    if reading.has("rail_patterns"):
        trains = reading.frame("rail_patterns", read_rail_patterns).set_index("key")["trains_per_weekday"]
        is_station = services["category"] == "rail_station"
        services.loc[is_station, "trains_per_weekday"] = services.loc[is_station, "name"].map(station_key).map(trains)
    return services


def _streets(reading: _Reading, borough: Any) -> tuple[StreetNetwork, Islands, dict[str, float]]:
    """Return the streets, the islands, and the kilometres in the file of each class of street that no mode may use."""
    graph = read_graph(reading.path("osm_streets"))
    network, islands = compile_network(graph, borough.buffer(reading.recipe.network_margin_m))
    reading.count("osm_streets", network.n_edges)
    reading.count("osm_basemap", 0)
    return network, islands, graph.graph["left_out"]


def _on_network(services: pd.DataFrame, network: StreetNetwork) -> tuple[pd.DataFrame, list[str]]:
    """Keep the services that a walk can reach; those across a creek or past the streets of the pack are named."""
    snapped = snap(network.for_mode(MODES["walk_adult"]), services[["easting", "northing"]].to_numpy(np.float64))
    reachable = snapped.edge >= 0
    return services[reachable].reset_index(drop=True), sorted(services.loc[~reachable, "id"])


def _controls(recipe: Recipe, strategy: Mapping[str, Any], measures: Compiled) -> list[dict[str, Any]]:
    controls: list[dict[str, Any]] = []
    for record in measures.records:
        if record["baseline"] != "strategy":
            continue
        common = {"baseline": "strategy", "measure": record["measure"], "stated_by": "strategy"}
        controls.append({**common, "group": "target", "value": strategy["targets"][record["measure"]]})
        controls += [{**common, "group": ward, "value": v} for ward, v in record.get("published_wards", {}).items()]
    return controls + [dict(control) for control in recipe.controls]


def _within(frame: pd.DataFrame, borough: Any, margin_m: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    shapely.prepare(borough)
    points = shapely.points(frame[["easting", "northing"]].to_numpy(np.float64))
    return np.asarray(shapely.dwithin(points, borough, margin_m), dtype=bool)


def _write(
    target: Path,
    manifest: dict[str, Any],
    frames: Mapping[str, pd.DataFrame],
    documents: Mapping[str, Any],
    network: StreetNetwork,
    licences: str,
) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        folder = Path(scratch) / "new"
        folder.mkdir()
        for name, frame in frames.items():
            frame.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        for name, content in documents.items():
            _write_json(folder / f"{name}.json", content)
        network.save(folder / "network.npz")
        (folder / "LICENCES.md").write_text(licences, encoding="utf-8", newline="\n")
        _write_json(folder / "pack.json", {**manifest, "files": {file: file_digest(folder / file) for file in FILES}})
        if target.exists():
            target.rename(Path(scratch) / "old")
        folder.rename(target)
    return target


def _plain(value: Any) -> Any:
    """Turn dataclasses, mappings and tuples into what JSON has."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
