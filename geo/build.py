"""The builder: from publishers' files to the pack that the program runs on.

Nothing is half written: a pack is compiled into a folder beside the old one and takes its place only when it is
whole. The same sources give the same bytes, so a change in the committed pack is a change in its sources or in this
code. What is particular to an area stands in its recipe (:mod:`geo.recipe`), and nothing of it here.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.basemap import compile_basemap
from geo.builder.counts import add_people, read_baselines, read_indices, read_ward_series
from geo.builder.homes import outside_shares, read_homes, within
from geo.builder.levels import Levels, read_levels
from geo.builder.reading import Reading
from geo.builder.services import on_network, read_services
from geo.builder.timetables import read_timetables
from geo.builder.writing import plain, write_pack
from geo.errors import PackError, ReachError, UnknownNameError
from geo.licences import licence_text
from geo.measures import Compiled
from geo.network.network import StreetNetwork
from geo.network.report import network_report
from geo.packs import SCHEMA_VERSION, open_pack, packs_folder
from geo.particulars import Baseline, Group, Index, Level, Particulars, WardSeries
from geo.recipe import Recipe, read_recipe
from geo.sources.basemap import LAYERS as BASE_MAP_LAYERS
from geo.sources.basemap import empty_layer, read_basemap
from geo.sources.osm import Islands, compile_network, read_graph
from geo.sources.osm_file import read_osm_layers
from geo.sources.strategy import read_strategy

_STEPS = ("boundaries", "homes and counts", "services", "streets", "timetables", "base map", "writing")
_GEOPACKAGE = (".gpkg",)


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
        Its recipe's name.
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

    reading = Reading(recipe, sources)
    strategy = _strategy(reading)
    begin("boundaries")
    levels = read_levels(reading, list(strategy.get("target_wards", ())))
    begin("homes and counts")
    homes, postcodes = read_homes(reading, levels)
    scores = read_indices(reading, levels)
    measures = read_baselines(reading, levels, strategy, scores)
    scores = add_people(recipe.indices, scores, measures.table)
    ward_series = read_ward_series(reading, levels)
    begin("services")
    layers = _layers(reading, levels.outline)
    wards = levels.of("ward")
    services, unplaced = read_services(
        reading, postcodes, wards, levels.outline, layers["place"], _services_before(recipe.code, root)
    )
    begin("streets")
    network, islands, classes_left_out = _streets(reading, levels.outline)
    services, left_out = on_network(services, network)
    begin("timetables")
    timetable = read_timetables(reading, services, levels.outline)
    begin("base map")
    land = recipe.base_map.land if recipe.base_map is not None else ()
    lines = gpd.GeoSeries(network.lines, crs=recipe.crs)
    basemap = compile_basemap(layers, levels.outline, lines, recipe.network_margin_m, land)
    begin("writing")
    frames: dict[str, pd.DataFrame] = {
        "areas": levels.areas,
        "basemap": basemap,
        "demand": homes[["postcode", "easting", "northing", "quality", "oa", "lsoa", "ward", "share"]],
        "islands": islands.frame,
        "measures": measures.table.rename_axis("lsoa").reset_index().sort_values("lsoa", ignore_index=True),
        "postcodes": postcodes[within(postcodes, levels.outline, recipe.network_margin_m)].reset_index(drop=True),
        "scores": scores.rename_axis("lsoa").reset_index().sort_values("lsoa", ignore_index=True),
        "services": services,
        "ward_series": ward_series,
    }
    documents = {
        "provenance": {
            "sources": reading.provenance(),
            "measures": measures.records,
            "unplaced": unplaced,
            "remarks": reading.remarks,
        },
        "strategy": strategy,
    }
    report = network_report(network, islands.frame, homes, services, levels.outline, classes_left_out, left_out)
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "code": recipe.code,
        "name": recipe.name,
        "lad_code": recipe.lad_code,
        "crs": recipe.crs,
        "controls": _controls(recipe, strategy, measures),
        "network": plain(report),
        "particulars": plain(_particulars(recipe, levels, outside_shares(homes, levels))),
    }
    licences = licence_text(recipe, without=[key for key in recipe.sources if not reading.given(key)])
    return write_pack(root / recipe.code, manifest, frames, documents, network, timetable, licences)


def _strategy(reading: Reading) -> dict[str, Any]:
    key = reading.recipe.strategy
    if not key:
        return {}
    stated: dict[str, Any] = plain(read_strategy(reading.path(key)))
    reading.count(key, read=len(stated["targets"]), used=len(stated["targets"]))
    return stated


def _services_before(code: str, root: Path) -> pd.DataFrame | None:
    """Return the services of the pack that is to be replaced; None where there is none that can be opened."""
    try:
        return open_pack(code, root).services
    except (UnknownNameError, PackError, ReachError):
        return None


def _layers(reading: Reading, outline: Any) -> dict[str, gpd.GeoDataFrame]:
    """Return the features of the base map: from its GeoPackage, or from OpenStreetMap."""
    recipe = reading.recipe
    if recipe.base_map is None:
        return {layer: empty_layer(recipe.crs) for layer in BASE_MAP_LAYERS}
    path = reading.path(recipe.base_map.source)
    if path.suffix in _GEOPACKAGE:
        layers = read_basemap(path, recipe.crs)
    else:
        layers = read_osm_layers(path, outline.buffer(recipe.network_margin_m), recipe.crs)
    features = sum(len(frame) for frame in layers.values())
    if recipe.base_map.source != recipe.streets:
        reading.count(recipe.base_map.source, read=features, used=features)
    return layers


def _streets(reading: Reading, outline: Any) -> tuple[StreetNetwork, Islands, dict[str, float]]:
    """Return the streets, the islands, and the kilometres in the file of each class of street that no mode may use."""
    recipe = reading.recipe
    extent = outline.buffer(recipe.network_margin_m)
    graph = read_graph(reading.path(recipe.streets), recipe.crs, extent)
    network, islands = compile_network(graph, extent)
    pieces = network.n_edges + int(islands.frame["edges"].sum()) if len(islands.frame) else network.n_edges
    reading.count(
        recipe.streets,
        read=pieces,
        used=network.n_edges,
        left_out={"joined to nothing else": pieces - network.n_edges},
        rows_of="streets",
    )
    return network, islands, graph.graph["left_out"]


def _controls(recipe: Recipe, strategy: Mapping[str, Any], measures: Compiled) -> list[dict[str, Any]]:
    stated = {one.name for one in recipe.baselines if one.kind == "stated"}
    controls: list[dict[str, Any]] = []
    for record in measures.records:
        if record["baseline"] not in stated:
            continue
        common = {"baseline": record["baseline"], "measure": record["measure"], "stated_by": "strategy"}
        controls.append({**common, "group": "target", "value": strategy["targets"][record["measure"]]})
        controls += [{**common, "group": ward, "value": v} for ward, v in record.get("published_wards", {}).items()]
    return controls + [dict(control) for control in recipe.controls]


def _particulars(recipe: Recipe, levels: Levels, outside: Mapping[str, float]) -> Particulars:
    """Return what the pack says of the area, from its recipe and what was read."""
    roles = {"streets": recipe.streets, "homes": recipe.homes.source, "strategy": recipe.strategy}
    roles["base_map"] = recipe.base_map.source if recipe.base_map is not None else ""
    last = recipe.levels[-1].name
    return Particulars(
        levels=tuple(
            Level(one.name, one.label, one.plural, "" if one.name == last else one.nesting, outside.get(one.name, 0.0))
            for one in recipe.levels
        ),
        baselines=tuple(
            Baseline(
                one.name,
                one.label,
                one.kind,
                one.year,
                one.source,
                one.series,
                one.series_label,
                one.definition,
                one.caution,
            )
            for one in recipe.baselines
        ),
        groups=tuple(Group(one.name, one.label, levels.groups[one.name]) for one in recipe.groups),
        indices=tuple(
            Index(one.name, one.family, one.label, one.year, one.source, one.about, one.share, one.main)
            for one in recipe.indices
        ),
        ward_series=tuple(
            WardSeries(one.name, one.label, one.short, one.definition, one.source, one.caution)
            for one in recipe.ward_series
        ),
        sources={role: key for role, key in roles.items() if key},
        homes="postcode" if recipe.homes.source else recipe.levels[0].name,  # type: ignore[arg-type]
        currency=recipe.currency,
        language=recipe.language,
        credit=recipe.credit,
        whole=recipe.whole,
    )
