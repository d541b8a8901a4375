"""The recipe of an area pack: the publishers' files that it is compiled from, with licence and attribution."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import InputError, SourceError, UnknownNameError
from geo.pack import packs_folder
from geo.values import made_of, read_toml


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


@dataclass(frozen=True)
class Recipe:
    """What one area is compiled from.

    Attributes
    ----------
    code, name, lad_code
        Short name, name as people write it, and code of the local authority.
    network_margin_m, services_margin_m
        How far past the boundary streets and services are kept, metres.
    core_childrens_centres
        Beginnings of the names of the centres that the council counts as core.
    controls
        Published totals that the pack must equal exactly: ``baseline``, ``measure``, ``group`` (target, rest,
        borough or a ward code), ``value``, ``stated_by``.
    sources
        By key.
    """

    code: str
    name: str
    lad_code: str
    network_margin_m: float
    services_margin_m: float
    sources: Mapping[str, Source]
    core_childrens_centres: tuple[str, ...] = ()
    controls: tuple[Mapping[str, Any], ...] = ()


def read_recipe(name: str, root: Path | None = None) -> Recipe:
    """Read ``recipes/<name>.toml`` beside the packs.

    Raises
    ------
    UnknownNameError
        When there is no such recipe.
    SourceError
        When it is not TOML, lacks a key, has an unknown key, or a value has the wrong type; the message names it.
    """
    folder = (packs_folder() if root is None else root) / "recipes"
    path = folder / f"{name}.toml"
    if not path.is_file():
        raise UnknownNameError("area to build", name, sorted(p.stem for p in folder.glob("*.toml")))
    try:
        content = read_toml(path, "the recipe")
        sources = content.get("sources")
        if isinstance(sources, dict):
            named = {key: {**row, "key": key} if isinstance(row, dict) else row for key, row in sources.items()}
            content = {**content, "sources": named}
        return made_of(Recipe, content, f"recipe {path.name}")
    except InputError as error:
        raise SourceError(str(error)) from error
