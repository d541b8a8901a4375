"""Finding the packs of areas, which of them is the usual one, and opening one with all its files checked."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import InputError, PackError, UnknownNameError
from geo.network.network import StreetNetwork
from geo.pack import AreaPack, Manifest
from geo.timetable.assumed import assumed_path, assumed_timetable, read_assumed
from geo.timetable.timetable import Timetable, joined
from geo.values import made_of, read_toml

SCHEMA_VERSION = 4
FILES = (
    "areas.parquet",
    "basemap.parquet",
    "demand.parquet",
    "islands.parquet",
    "measures.parquet",
    "network.npz",
    "postcodes.parquet",
    "provenance.json",
    "scores.parquet",
    "services.parquet",
    "strategy.json",
    "timetable.npz",
    "ward_series.parquet",
)


def packs_folder() -> Path:
    """Folder of the compiled packs: ``REACH_DATA``, or ``data`` beside the code."""
    return Path(os.environ.get("REACH_DATA") or Path(__file__).resolve().parent.parent / "data")


def list_packs(root: Path | None = None) -> list[str]:
    """Names of the packs that can be opened."""
    folder = packs_folder() if root is None else root
    return sorted(path.parent.name for path in folder.glob("*/pack.json"))


def area_names(root: Path | None = None) -> dict[str, str]:
    """Return the name of each area by its code, in the order of the names, without opening the packs.

    A pack that cannot be read has its code for a name: opening it says what is wrong.
    """
    folder = packs_folder() if root is None else root
    names = {}
    for code in list_packs(folder):
        try:
            names[code] = str(_read_json(folder / code, "pack.json").get("name", code))
        except PackError:
            names[code] = code
    return dict(sorted(names.items(), key=lambda one: one[1]))


def check_area(name: str, root: Path | None = None) -> None:
    """Check that there is a pack of this name, before a path is made of it; parameters as for :func:`open_pack`.

    Raises
    ------
    UnknownNameError
        When there is no such pack.
    PackError
        When there is no pack at all, as in a copy that was installed without its data.
    """
    folder = packs_folder() if root is None else root
    packs = list_packs(folder)
    if not packs:
        raise PackError(
            f"no area packs were found in {folder}: set REACH_DATA to the folder that has them, or run "
            "from a checkout of the project, whose data folder has them"
        )
    if name not in packs:
        raise UnknownNameError("area", name, packs)


def default_area(root: Path | None = None) -> str:
    """Return the area that is meant where none is named.

    It is that of ``REACH_AREA``, or the usual one that ``areas.toml`` beside the packs names, or the only pack.

    Parameters
    ----------
    root
        Folder of the packs; see :func:`packs_folder`.

    Raises
    ------
    UnknownNameError
        When ``REACH_AREA`` names an area that has no pack.
    InputError
        When there are several packs, and nothing says which is meant; or ``areas.toml`` is not in its form.
    PackError
        When there is no pack at all.
    """
    named, packs = os.environ.get("REACH_AREA", "").strip(), list_packs(root)
    if named and packs and named not in packs:
        raise UnknownNameError("area in the setting REACH_AREA", named, packs)
    named = named or _usual_area(packs_folder() if root is None else root, packs)
    if not named and len(packs) > 1:
        raise InputError(f"say which area, with --area or the setting REACH_AREA; there are: {', '.join(packs)}")
    area = named or (packs[0] if packs else "")
    check_area(area, root)
    return area


def _usual_area(folder: Path, packs: list[str]) -> str:
    """Return the usual area of a folder of packs; empty where it names none that is there."""
    path = folder / "areas.toml"
    usual = str(read_toml(path, "the list of areas").get("usual", "")) if path.is_file() else ""
    return usual if usual in packs else ""


def open_pack(name: str, root: Path | None = None) -> AreaPack:
    """Open the compiled pack of an area.

    Parameters
    ----------
    name
        Name of its folder, as :func:`list_packs` gives it.
    root
        Folder of the packs; see :func:`packs_folder`.

    Raises
    ------
    UnknownNameError
        When there is no such pack.
    PackError
        When there is no pack at all, a file is missing or damaged, or the pack is of another schema.
    InputError
        When the table of assumed routes beside the packs is not in its form, or names a stop that the pack lacks.
    """
    root = packs_folder() if root is None else root
    folder = root / name
    check_area(name, root)
    content = _read_json(folder, "pack.json")
    if content.get("schema_version") != SCHEMA_VERSION:
        raise PackError(
            f"the pack {name!r} has schema {content.get('schema_version')}, this version reads {SCHEMA_VERSION}; "
            f"build it again: reach data build {name}"
        )
    try:
        manifest = made_of(Manifest, content, "pack.json")
    except InputError as error:
        raise PackError(_damaged(folder, "pack.json", error)) from error
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise PackError(f"the pack {name!r} lacks {', '.join(missing)}; build it again: reach data build {name}")
    for file in FILES:
        if file_digest(folder / file) != manifest.files.get(file):
            raise PackError(
                f"the file {file} of the pack {name!r} was changed or damaged since it was built; "
                f"build it again: reach data build {name}"
            )
    services = _read_frame(folder, "services.parquet", index="id")
    timetable, assumed_sha256 = _timetable(folder, services)
    return AreaPack(
        manifest=manifest,
        provenance=_read_json(folder, "provenance.json"),
        strategy=_read_json(folder, "strategy.json"),
        areas=_read_geo(folder, "areas.parquet", index="code"),
        demand=_read_frame(folder, "demand.parquet"),
        measures=_read_frame(folder, "measures.parquet", index="lsoa"),
        scores=_read_frame(folder, "scores.parquet", index="lsoa"),
        ward_series=_read_frame(folder, "ward_series.parquet"),
        services=services,
        postcodes=_read_frame(folder, "postcodes.parquet"),
        basemap=_read_geo(folder, "basemap.parquet"),
        islands=_read_geo(folder, "islands.parquet"),
        network=StreetNetwork.load(folder / "network.npz"),
        timetable=timetable,
        assumed_sha256=assumed_sha256,
    )


def _timetable(folder: Path, services: pd.DataFrame) -> tuple[Timetable, str]:
    """Return the timetable of a pack with the assumed routes of its area, and the checksum of their table."""
    timetable, path = Timetable.load(folder / "timetable.npz"), assumed_path(folder.name, folder.parent)
    if not path.is_file():
        return timetable, ""
    assumed = assumed_timetable(read_assumed(path), services, f"the table of assumed routes {path.name}")
    return joined([timetable, assumed]), file_digest(path)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def _read_json(folder: Path, file: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PackError(_damaged(folder, file, error)) from error
    if not isinstance(content, dict):
        raise PackError(_damaged(folder, file, "not an object"))
    return content


def _read_frame(folder: Path, file: str, index: str | None = None) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(folder / file)
        return frame if index is None else frame.set_index(index)
    except (OSError, ValueError, KeyError) as error:
        raise PackError(_damaged(folder, file, error)) from error


def _read_geo(folder: Path, file: str, index: str | None = None) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_parquet(folder / file)
        return frame if index is None else frame.set_index(index)
    except (OSError, ValueError, KeyError, shapely.errors.ShapelyError) as error:
        raise PackError(_damaged(folder, file, error)) from error


def _damaged(folder: Path, file: str, error: object) -> str:
    return (
        f"the file {file} of the pack {folder.name!r} is damaged ({error}); "
        f"build it again: reach data build {folder.name}"
    )
