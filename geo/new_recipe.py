"""The first recipe of a new area: written from a few answers, and held against the files that there are."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo.errors import InputError, SourceError
from geo.packs import packs_folder
from geo.recipe import Recipe, read_recipe
from geo.values import read_toml

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_DEFAULTS = Path(__file__).resolve().parents[1] / "data" / "new_area.toml"
_SIDES = ("north", "east", "south", "west")
_TODO = "fill in"
_LEVELS = {
    "oa": ("output area", "output areas", "oas", "oa.geojson"),
    "lsoa": ("small area", "small areas", "lsoas", "lsoa.geojson"),
    "ward": ("ward", "wards", "wards", "wards.geojson"),
}


def check_name(area: str) -> None:
    """Check that a short name can be the name of a file and of a folder; `InputError` says what it may hold."""
    if not _NAME.fullmatch(area) or area in ("recipes", "words", "schemas", "assumed_routes"):
        raise InputError(f"{area!r} cannot be the short name of an area: it takes small letters, digits and hyphens")


def usual_answers(path: Path = _DEFAULTS) -> dict[str, str]:
    """Return the answers that are offered, by the name of the question, from ``data/new_area.toml``."""
    return {key: str(value) for key, value in read_toml(path, "the usual answers").items()}


def recipe_text(answers: Mapping[str, Any]) -> str:
    """Write a recipe, in which every part that was not asked for stands with a word to be filled in.

    Parameters
    ----------
    answers
        ``code, name, lad_code, crs, folder, has_oa, oa_code, lsoa_code, ward_code, ward_name, postcodes, counts_code,
        children_column, population_column, year, targets, land``.
    """
    folder = str(answers["folder"]).strip("/")
    parts = [
        f"# What the pack of {answers['name']} is compiled from. CONTRIBUTING has a table of every key.\n",
        *(f"{key} = {_quoted(answers[key])}" for key in ("code", "name", "lad_code", "crs")),
        'streets = "osm"',
    ]
    codes = {"oa": answers["oa_code"], "lsoa": answers["lsoa_code"], "ward": answers["ward_code"]}
    sources = [
        ("osm", "streets.osm.pbf", "OpenStreetMap contributors", "Streets", "ODbL-1.0", "© OpenStreetMap contributors")
    ]
    for level, (label, plural, source, file) in _LEVELS.items():
        if level == "oa" and not answers["has_oa"]:
            continue
        parts += [
            "\n[[levels]]",
            *(f"{key} = {_quoted(value)}" for key, value in (("name", level), ("label", label), ("plural", plural))),
            f"source = {_quoted(source)}",
            f"code = {_quoted(codes[level])}",
        ]
        if level == "ward":
            parts.append(f"title = {_quoted(answers['ward_name'])}")
        else:
            parts.append(f"nesting = {_quoted('best fit' if level == 'lsoa' else 'exact')}")
        sources.append((source, file, _TODO, f"Boundaries of {plural}", _TODO, _TODO))
    wards = [name.strip() for name in str(answers["targets"]).split(",") if name.strip()]
    if wards:
        listed = ", ".join(_quoted(name) for name in wards)
        parts += ["\n[[groups]]", 'name = "target"', 'label = "target wards"', f"wards = [{listed}]"]
    parts.append("\n[homes]")
    if answers["postcodes"]:
        parts += ['source = "postcodes"', 'reader = "code_point_open"']
        sources.append(("postcodes", "code_point_open.csv", "Ordnance Survey", "Code-Point Open", "OGL-UK-3.0", _TODO))
    year = str(answers["year"])
    parts += [
        "\n[[baselines]]",
        f"name = {_quoted(f'counts_{year}')}",
        f"label = {_quoted(f'Counts of {year}')}",
        'kind = "census"',
        f"year = {_quoted(year)}",
        'source = "counts"',
        'series = "counts"',
        'series_label = "Counts"',
        f"definition = {_quoted(_TODO)}",
        "\n[[baselines.tables]]",
        'source = "counts"',
        f"code = {_quoted(answers['counts_code'])}",
        "\n[baselines.tables.measures]",
        f"children_0_3 = {_quoted(answers['children_column'])}",
        f"population = {_quoted(answers['population_column'])}",
        "\n[[services]]",
        'source = "services"',
        'reader = "table"',
        "\n[base_map]",
        'source = "osm"',
        f"land = [{', '.join(_quoted(side) for side in _sides(str(answers['land'])))}]",
    ]
    sources.append(("counts", "counts.csv", _TODO, "Counts by small area", _TODO, _TODO))
    sources.append(("services", "services.csv", _TODO, "Services", _TODO, _TODO))
    for key, file, *about in sources:
        publisher, title, licence, attribution = about
        parts += [
            f"\n[sources.{key}]",
            f"file = {_quoted(f'{folder}/{file}')}",
            f"publisher = {_quoted(publisher)}",
            f"title = {_quoted(title)}",
            f"vintage = {_quoted(_TODO)}",
            f"licence = {_quoted(licence)}",
            f"attribution = {_quoted(attribution)}",
        ]
    return "\n".join(parts) + "\n"


def missing_parts(area: str, sources: Path | None, root: Path | None = None) -> list[str]:
    """List what a recipe still misses, each as one sentence that says what to do.

    Parameters
    ----------
    area
        Name of the recipe.
    sources
        Folder of the publishers' files; without it the files are not looked for.
    root
        Folder of packs and recipes.
    """
    try:
        recipe = read_recipe(area, packs_folder() if root is None else root)
    except SourceError as error:
        return [str(error)]
    found = [f"{what}: still to be filled in" for what in _unfilled(recipe)]
    if sources is None:
        return found
    for key, source in recipe.sources.items():
        path = sources / source.file
        if not path.is_file() and source.optional:
            continue
        if not path.is_file():
            found.append(f"{source.file}: put the file there ({key}: {source.title})")
        elif not path.stat().st_size:
            found.append(f"{source.file}: is empty; fetch it again ({key})")
    return found


def _unfilled(recipe: Recipe) -> list[str]:
    found = ["lad_code"] if not recipe.lad_code else []
    found += [f"definition of the baseline {one.name}" for one in recipe.baselines if one.definition == _TODO]
    for key, source in recipe.sources.items():
        wanted = ("publisher", "vintage", "licence", "attribution")
        empty = [name for name in wanted if getattr(source, name) == _TODO]
        if empty:
            found.append(f"source {key}: {', '.join(empty)}")
    return found


def _sides(text: str) -> list[str]:
    named = [word.strip().lower() for word in text.split(",") if word.strip()]
    unknown = [word for word in named if word not in _SIDES]
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a side of the map: {', '.join(_SIDES)}")
    return named


def _quoted(value: object) -> str:
    """Write a TOML string."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
