"""Write a pack: into a folder beside the old one, which it replaces only when it is whole."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo.files import process_runs
from geo.network.network import StreetNetwork
from geo.packs import FILES, file_digest
from geo.timetable.timetable import Timetable


def write_pack(
    target: Path,
    manifest: Mapping[str, Any],
    frames: Mapping[str, pd.DataFrame],
    documents: Mapping[str, Any],
    network: StreetNetwork,
    timetable: Timetable,
    licences: str,
) -> Path:
    """Write the files of a pack and put them in the place of the old ones.

    Parameters
    ----------
    target
        Folder of the pack.
    manifest
        Content of ``pack.json`` but the checksums.
    frames, documents
        Content of the Parquet and JSON files, by name without ending.
    network, timetable
        The streets, and what runs on a day.
    licences
        Text of ``LICENCES.md``.

    Returns
    -------
    The folder. Until it is whole the old pack stays as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=_prefix(target, os.getpid())) as scratch:
        folder = Path(scratch) / "new"
        folder.mkdir()
        for name, frame in frames.items():
            frame.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        for name, content in documents.items():
            write_json(folder / f"{name}.json", content)
        network.save(folder / "network.npz")
        timetable.save(folder / "timetable.npz")
        (folder / "LICENCES.md").write_text(licences, encoding="utf-8", newline="\n")
        write_json(folder / "pack.json", {**manifest, "files": {file: file_digest(folder / file) for file in FILES}})
        if target.exists():
            target.rename(Path(scratch) / "old")
        folder.rename(target)
    return target


def sweep(target: Path) -> None:
    """Remove what builds of this pack left behind that were killed; those of processes that still run stay.

    A build that was killed between taking the old pack away and putting the new one in its place left the old one in
    its scratch folder: it is put back.
    """
    for scratch in target.parent.glob(f".{target.name}-*"):
        number = scratch.name.removeprefix(f".{target.name}-").partition("-")[0]
        if not scratch.is_dir() or not number.isdigit() or process_runs(int(number)):
            continue
        if not target.exists():
            for name in ("new", "old"):
                if (scratch / name / "pack.json").is_file():
                    (scratch / name).rename(target)
                    break
        shutil.rmtree(scratch, ignore_errors=True)


def _prefix(target: Path, process: int) -> str:
    return f".{target.name}-{process}-"


def plain(value: Any) -> Any:
    """Turn dataclasses, mappings and tuples into what JSON has."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def write_json(path: Path, content: object) -> None:
    """Write JSON in one order and form, so that the same content gives the same bytes."""
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
