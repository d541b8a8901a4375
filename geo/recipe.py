"""The recipe of an area pack: which publishers' files it is compiled from, and what each must be credited with."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import SourceError, UnknownNameError
from geo.pack import packs_folder


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
    """

    key: str
    file: str
    publisher: str
    title: str
    vintage: str
    licence: str
    attribution: str
    note: str = ""


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
        Published totals that the pack must give back exactly: ``baseline``, ``measure``, ``group`` (target, rest,
        borough or a ward code), ``value``, ``stated_by``.
    sources
        By key.
    """

    code: str
    name: str
    lad_code: str
    network_margin_m: float
    services_margin_m: float
    core_childrens_centres: tuple[str, ...]
    controls: tuple[Mapping[str, Any], ...]
    sources: Mapping[str, Source]


def read_recipe(name: str, root: Path | None = None) -> Recipe:
    """Read ``recipes/<name>.toml`` beside the packs.

    Raises
    ------
    UnknownNameError
        When there is no such recipe.
    SourceError
        When it is not TOML or lacks a key; names it.
    """
    folder = (packs_folder() if root is None else root) / "recipes"
    path = folder / f"{name}.toml"
    if not path.is_file():
        raise UnknownNameError("area to build", name, sorted(p.stem for p in folder.glob("*.toml")))
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        sources = {key: Source(key=key, **fields) for key, fields in content["sources"].items()}
        return Recipe(
            code=content["code"],
            name=content["name"],
            lad_code=content["lad_code"],
            network_margin_m=float(content["network_margin_m"]),
            services_margin_m=float(content["services_margin_m"]),
            core_childrens_centres=tuple(content.get("core_childrens_centres", ())),
            controls=tuple(content.get("controls", ())),
            sources=sources,
        )
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"recipe {path.name}: not TOML: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"recipe {path.name}: a key is missing or unknown: {error}") from error
    except ValueError as error:
        raise SourceError(f"recipe {path.name}: a figure is not a number: {error}") from error
