"""Finding the packs of areas, which of them is the usual one, and opening one with all its files checked."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd
from pyarrow import parquet

from geo.errors import InputError, PackError, UnknownNameError
from geo.network.network import StreetNetwork
from geo.pack import AreaPack, Manifest
from geo.soundness import UnsoundError, check_size, check_sound
from geo.timetable.assumed import assumed_path, assumed_timetable, read_assumed
from geo.timetable.timetable import Timetable, joined
from geo.values import made_of, read_toml

SCHEMA_VERSION = 4
_Read = TypeVar("_Read")
_MOST_JSON = 50_000_000  # bytes
_MOST_ROWS = 20_000_000
_LONGEST_REASON = 300
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
            f"the pack {name!r} has schema {str(content.get('schema_version'))[:20]}, "
            f"this version reads {SCHEMA_VERSION}; build it again: reach data build {name}"
        )
    try:
        manifest = made_of(Manifest, content, "pack.json")
    except InputError as error:
        raise PackError(_damaged(folder, "pack.json", error)) from error
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise PackError(f"the pack {name!r} lacks {', '.join(missing)}; build it again: reach data build {name}")
    for file in FILES:
        if _digest(folder, file) != manifest.files.get(file):
            raise PackError(
                f"the file {file} of the pack {name!r} was changed or damaged since it was built; "
                f"build it again: reach data build {name}"
            )
    services = _read_frame(folder, "services.parquet", index="id")
    own = _read_arrays(Timetable.load, folder, "timetable.npz")
    pack = AreaPack(
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
        network=_read_arrays(StreetNetwork.load, folder, "network.npz"),
        timetable=own,
    )
    try:
        check_sound(pack, own)
    except UnsoundError as error:
        raise PackError(_damaged(folder, error.file, error)) from error
    timetable, assumed_sha256 = _with_assumed(own, folder, services)
    return replace(pack, timetable=timetable, assumed_sha256=assumed_sha256)


def _with_assumed(timetable: Timetable, folder: Path, services: pd.DataFrame) -> tuple[Timetable, str]:
    """Return the timetable of a pack with the assumed routes of its area, and the checksum of their table."""
    path = assumed_path(folder.name, folder.parent)
    if not path.is_file():
        return timetable, ""
    assumed = assumed_timetable(read_assumed(path), services, f"the table of assumed routes {path.name}")
    return joined([timetable, assumed]), file_digest(path)


def _digest(folder: Path, file: str) -> str:
    try:
        return file_digest(folder / file)
    except OSError as error:
        raise PackError(_damaged(folder, file, error.strerror or error)) from error


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def _read_json(folder: Path, file: str) -> dict[str, Any]:
    path = folder / file
    try:
        if not path.is_file():  # what is no file may have no end
            raise PackError(_damaged(folder, file, "it is not a file"))
        if path.stat().st_size > _MOST_JSON:
            raise PackError(_damaged(folder, file, f"it is larger than {_MOST_JSON / 1e6:.0f} MB"))
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, PackError):
            raise
        raise PackError(_damaged(folder, file, error)) from error
    if not isinstance(content, dict):
        raise PackError(_damaged(folder, file, "not an object"))
    return content


def _read_frame(folder: Path, file: str, index: str | None = None) -> pd.DataFrame:
    frame: pd.DataFrame = _read(pd.read_parquet, folder, file, index)
    return frame


def _read_geo(folder: Path, file: str, index: str | None = None) -> gpd.GeoDataFrame:
    return _read(gpd.read_parquet, folder, file, index)


def _read(reader: Callable[[Path], Any], folder: Path, file: str, index: str | None) -> Any:
    try:
        rows = parquet.read_metadata(folder / file).num_rows
        if rows > _MOST_ROWS:
            raise ValueError(f"it has {rows:,} rows, at most {_MOST_ROWS:,} are read")
        frame = reader(folder / file)
        return frame if index is None else frame.set_index(index)
    except Exception as error:  # of pyarrow, pandas and shapely, which share no root
        raise PackError(_damaged(folder, file, error)) from error


def _read_arrays(reader: Callable[[Path], _Read], folder: Path, file: str) -> _Read:
    try:
        check_size(folder / file)
    except Exception as error:  # of zipfile, which has many
        raise PackError(_damaged(folder, file, error)) from error
    return reader(folder / file)


def _damaged(folder: Path, file: str, error: object) -> str:
    why = " ".join(str(error).split())  # some readers write several lines
    return (
        f"the file {file} of the pack {folder.name!r} is damaged ({why[:_LONGEST_REASON]}); "
        f"build it again: reach data build {folder.name}"
    )
