"""Read an earlier pack that a user uploads or names: its folder, the folder as a .zip, or its summary as JSON.

The input may be broken, or made to do harm. The names inside a .zip are never used as paths: only the files that a pack
has are read, up to a size, and written under fixed names to a temporary folder. They must then have the checksums that
their manifest states and pass the same checks as in ``reach data check``.
"""

import io
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

import pyarrow.parquet as pq

from analysis.trends.pack_summary import MAX_BYTES, PackSummary, from_json, summarise
from geo.errors import InputError, ReachError
from geo.packs import FILES
from geo.reconcile import check_pack

MAX_ZIP_BYTES = 50_000_000
"""Largest .zip that is read, bytes; the pack of a town of 180,000 people is a tenth of this."""

_MAX_UNPACKED_BYTES, _MAX_ENTRIES, _MAX_ROWS = 200_000_000, 1_000, 2_000_000
_MANIFEST = "pack.json"
_NOT_A_PACK = "give the pack's folder (as a .zip on a page), or the JSON file that reach data summary writes"


def read_earlier(path: Path) -> PackSummary:
    """Summarise the earlier pack at `path`: a folder, a .zip of one, or a summary.

    Raises
    ------
    InputError
        When it is none of these, or is broken.
    """
    if path.is_dir():
        return _summary_of(path.name, path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_ZIP_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror or error}") from error
    return earlier_of_file(path.name, content)


def earlier_of_file(name: str, content: bytes) -> PackSummary:
    """Summarise the earlier pack in a file, a .zip or a summary; `name` is used only in messages.

    Raises
    ------
    InputError
        When it is neither, is too large, or is broken.
    """
    called = name[:80]
    if not content.startswith(b"PK"):
        if len(content) > MAX_BYTES:
            raise InputError(f"{called} is larger than {MAX_BYTES // 1_000_000} MB: {_NOT_A_PACK}")
        try:
            return from_json(content)
        except ReachError as error:
            raise InputError(f"{called} cannot be used: {error}") from error
    if len(content) > MAX_ZIP_BYTES:
        raise InputError(f"{called} is larger than {MAX_ZIP_BYTES // 1_000_000} MB: no pack of this program is")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "pack"
        folder.mkdir()
        try:
            _unpack(content, folder)
        except InputError as error:
            raise InputError(f"{called} cannot be used: {error}") from error
        except Exception as error:  # a damaged .zip raises errors that have no common class
            raise InputError(f"{called} is a damaged .zip: {_short(error)}") from error
        return _summary_of(called, folder)


def _unpack(content: bytes, folder: Path) -> None:
    """Take the files of a pack out of a .zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > _MAX_ENTRIES:
            raise InputError(f"it holds {len(entries):,} files: no pack does")
        manifests = [PurePosixPath(entry.filename) for entry in entries if _name(entry.filename) == _MANIFEST]
        if len(manifests) != 1:
            raise InputError(f"it holds {len(manifests)} files {_MANIFEST} where a pack has one: {_NOT_A_PACK}")
        left = _MAX_UNPACKED_BYTES
        for entry in entries:
            path = PurePosixPath(entry.filename)
            if path.parent != manifests[0].parent or path.name not in (*FILES, _MANIFEST):
                continue
            with archive.open(entry) as stored:
                data = stored.read(left + 1)
            left -= len(data)
            if left < 0:
                raise InputError(f"it unpacks to more than {_MAX_UNPACKED_BYTES // 1_000_000} MB: no pack does")
            (folder / path.name).write_bytes(data)


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _summary_of(called: str, folder: Path) -> PackSummary:
    """Check and summarise the pack in a folder."""
    try:
        if not (folder / _MANIFEST).is_file():
            raise InputError(f"there is no {_MANIFEST} in it: {_NOT_A_PACK}")
        _check_sizes(folder)
        where = folder.resolve()
        pack, _ = check_pack(where.name, where.parent)
        return summarise(pack)
    except ReachError as error:
        raise InputError(f"{called} cannot be used: {error}") from error
    except Exception as error:  # tables that were made to do harm can fail in any function
        raise InputError(f"{called} is not a pack of this program: {_short(error)}") from error


def _check_sizes(folder: Path) -> None:
    """Refuse tables that are far larger unpacked than in the file."""
    for file in FILES:
        path = folder / file
        if file.endswith(".parquet") and path.is_file():
            about = pq.read_metadata(path)
            size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
            if about.num_rows > _MAX_ROWS or size > _MAX_UNPACKED_BYTES:
                raise InputError(f"{file} unpacks to more than a pack's does")
        elif file.endswith(".npz") and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as arrays:
                if sum(entry.file_size for entry in arrays.infolist()) > _MAX_UNPACKED_BYTES:
                    raise InputError(f"{file} unpacks to more than a pack's does")


def _short(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
