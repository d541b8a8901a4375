"""Packs that are damaged in every way that was thought of, with checksums that hold: each is refused by name."""

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from analysis.reach.reach import reach
from analysis.travel.access import Access
from cli import app
from geo import packs
from geo.errors import PackError
from geo.finder import Finder
from geo.network.modes import MODES
from geo.pack import AreaPack
from geo.packs import FILES, file_digest, open_pack, packs_folder

CHECKOUT = Path(__file__).resolve().parents[1]
COMMITTED = packs_folder() / "southend"
FRAMES = tuple(file for file in FILES if file.endswith(".parquet"))
ARRAYS = ("network.npz", "timetable.npz")
Damage = Callable[[Path], object]


def copy(folder: Path) -> Path:
    """A pack whose files are those of the committed one, until one of them is written anew."""
    folder.mkdir(parents=True)
    for file in (*FILES, "pack.json"):
        os.link(COMMITTED / file, folder / file) if COMMITTED.stat().st_dev == folder.stat().st_dev else shutil.copy(
            COMMITTED / file, folder / file
        )
    return folder


def put(path: Path, content: bytes) -> None:
    path.unlink()  # the committed file may be the same one
    path.write_bytes(content)


def sign(folder: Path) -> None:
    """Give the manifest the checksums that the files have now, where it still is one."""
    if not all((folder / file).is_file() for file in (*FILES, "pack.json")):
        return
    try:
        manifest = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
        files = {file: file_digest(folder / file) for file in FILES}
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(manifest, dict) and isinstance(manifest.get("files"), dict) and set(manifest["files"]) == set(FILES):
        put(folder / "pack.json", json.dumps({**manifest, "files": files}).encode())


def frame(file: str, change: Callable[[pd.DataFrame], object]) -> Damage:
    def damage(folder: Path) -> None:
        geo = file in ("areas.parquet", "basemap.parquet", "islands.parquet")
        read = (gpd if geo else pd).read_parquet(folder / file)
        changed = change(read)
        buffer = io.BytesIO()
        (read if changed is None else changed).to_parquet(buffer)
        put(folder / file, buffer.getvalue())

    return damage


def cell(file: str, column: str, value: object) -> Damage:
    def change(read: pd.DataFrame) -> None:
        read.loc[read.index[len(read) // 2], column] = value

    return frame(file, change)


def arrays(file: str, name: str, change: Callable[[np.ndarray], np.ndarray | None]) -> Damage:
    def damage(folder: Path) -> None:
        with np.load(folder / file) as stored:
            found = {key: stored[key].copy() for key in stored.files}
        changed = change(found[name])
        found = {**found, name: found[name] if changed is None else changed}
        buffer = io.BytesIO()
        np.savez(buffer, **found)
        put(folder / file, buffer.getvalue())

    return damage


def document(file: str, *path: str | int, to: object = ...) -> Damage:
    """Put another value at a place in a JSON file, or take it out."""

    def damage(folder: Path) -> None:
        content = json.loads((folder / file).read_text(encoding="utf-8"))
        here = content
        for step in path[:-1]:
            here = here[step]
        if to is ...:
            del here[path[-1]]
        else:
            here[path[-1]] = to
        put(folder / file, json.dumps(content).encode())

    return damage


def raw(file: str, change: Callable[[bytes], bytes]) -> Damage:
    return lambda folder: put(folder / file, change((folder / file).read_bytes()))


def in_place(file: str, make: Callable[[Path], object]) -> Damage:
    def damage(folder: Path) -> None:
        (folder / file).unlink()
        make(folder / file)

    return damage


def first(value: object) -> Callable[[np.ndarray], None]:
    def change(values: np.ndarray) -> None:
        values[0] = value

    return change


def bomb(path: Path) -> None:
    """A small file that unpacks to a gigabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts, parts.open("node_xy.npy", "w") as part:
        for _ in range(1000):
            part.write(bytes(1_000_000))


def huge_array(path: Path) -> None:
    """An array whose head promises more numbers than any machine holds."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**13,)})
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("node_xy.npy", head.getvalue())


def damages() -> Iterator[tuple[str, str, Damage]]:
    """Return a name, the file that is named, and what is done to the pack."""
    every = (*FILES, "pack.json")
    for file in every:
        for name, make in (
            ("missing", lambda path: None),
            ("a folder", Path.mkdir),
            ("a link to itself", lambda path: path.symlink_to(path)),
            ("a pipe", os.mkfifo),
            ("a device without end", lambda path: path.symlink_to("/dev/zero")),
        ):
            yield name, file, in_place(file, make)
        yield "empty", file, raw(file, lambda content: b"")
        for share in (0.01, 0.3, 0.9, 0.999):
            yield f"{share} of it", file, raw(file, lambda content, share=share: content[: int(len(content) * share)])
        yield "zeros", file, raw(file, lambda content: bytes(len(content)))
        yield "text", file, raw(file, lambda content: b"<html>Not found</html>")
        other = "provenance.json" if file.endswith((".parquet", ".npz")) else "demand.parquet"
        yield f"that of {other}", file, raw(file, lambda content, other=other: (COMMITTED / other).read_bytes())
    for file in FRAMES:
        other = "measures.parquet" if file != "measures.parquet" else "services.parquet"
        yield f"that of {other}", file, raw(file, lambda content, other=other: (COMMITTED / other).read_bytes())
        yield "no column", file, frame(file, lambda read: pd.DataFrame(index=range(3)))
        if file not in ("basemap.parquet", "islands.parquet", "postcodes.parquet", "services.parquet"):
            for column in pd.read_parquet(COMMITTED / file).columns[:1]:
                yield f"no {column}", file, frame(file, lambda read, column=column: read.drop(columns=column))
    for file, column in (
        ("demand", "easting"),
        ("services", "northing"),
        ("postcodes", "easting"),
        ("demand", "share"),
    ):
        for value in (np.nan, np.inf, -1e300):
            yield f"{column} {value}", f"{file}.parquet", cell(f"{file}.parquet", column, value)
        yield (
            f"{column} in words", f"{file}.parquet",
            frame(f"{file}.parquet", lambda read, column=column: read.assign(**{column: "far"})),
        )  # fmt: skip
    for file, column, value in (
        ("areas", "ward", "nowhere"), ("areas", "level", "planet"), ("areas", "name", None),
        ("areas", "geometry", None),
        ("areas", "geometry", shapely.Polygon()), ("basemap", "geometry", shapely.Point()),
        ("islands", "geometry", None), ("demand", "lsoa", "nowhere"), ("demand", "ward", ""),
        ("demand", "postcode", None),
        ("measures", "strategy.population", np.nan), ("measures", "strategy.population", -5.0),
        ("measures", "strategy.population", np.inf), ("scores", "imd2019_score", np.inf),
        ("ward_series", "ward", "nowhere"), ("ward_series", "value", np.inf), ("services", "category", None),
        ("services", "trains_per_weekday", np.inf),
    ):  # fmt: skip
        if file == "areas" and column == "level":
            change = frame("areas.parquet", lambda read: read.assign(level="planet"))
        else:
            change = cell(f"{file}.parquet", column, value)
        yield f"{column} {value}", f"{file}.parquet", change
    for file, key in (("areas", "code"), ("measures", "lsoa"), ("scores", "lsoa"), ("services", "id")):
        twice = frame(f"{file}.parquet", lambda read: pd.concat([read, read.head(1)]))
        yield f"a {key} twice", f"{file}.parquet", twice
        less = frame(f"{file}.parquet", lambda read: read.head(0))
        if file != "services":
            yield "no rows", f"{file}.parquet", less
    yield "no rows", "demand.parquet", frame("demand.parquet", lambda read: read.head(0))
    yield "numbers for codes", "areas.parquet", frame("areas.parquet", lambda read: read.assign(code=range(len(read))))
    yield "another grid", "areas.parquet", frame("areas.parquet", lambda read: read.to_crs("EPSG:4326"))
    yield (
        "a column of no baseline",
        "measures.parquet",
        frame("measures.parquet", lambda read: read.assign(**{"x.y": 1.0})),
    )
    yield from array_damages()
    yield from document_damages()


def array_damages() -> Iterator[tuple[str, str, Damage]]:
    """What is done to the arrays of streets and timetable."""
    for file in ARRAYS:
        with np.load(COMMITTED / file) as stored:
            names = stored.files
            shapes = {name: stored[name] for name in names}
        for name in names:
            if name == "format":
                continue
            if shapes[name].size:
                yield f"{name} cut", file, arrays(file, name, lambda values: values[:-1])
            yield f"{name} in words", file, arrays(file, name, lambda values: np.full(values.shape, "far"))
            yield f"{name} without shape", file, arrays(file, name, lambda values: np.array(7))
            if np.issubdtype(shapes[name].dtype, np.integer) and name.startswith(
                ("edge_u", "edge_v", "pattern", "call_s")
            ):
                for value in (-1, 2**30):
                    wide = arrays(file, name, lambda values, value=value: _with(values.astype(np.int64), value))
                    yield f"{name} {value}", file, wide
        yield "unpacks to a gigabyte", file, in_place(file, bomb)
        yield "promises 10 trillion numbers", file, in_place(file, huge_array)
        yield "objects of Python", file, arrays(file, names[0], lambda values: np.array([{}], dtype=object))
    yield "another format", "network.npz", arrays("network.npz", "format", lambda values: np.array(99))
    for value in (0.0, -3.0, np.nan, np.inf):
        yield f"speed {value}", "network.npz", arrays("network.npz", "edge_speed_kmh", first(value))
    for name in ("edge_class", "edge_name"):
        yield (
            f"{name} of none",
            "network.npz",
            arrays("network.npz", name, lambda v: np.full(len(v), 60_000, np.uint16)),
        )
    yield "vertex count 0", "network.npz", arrays("network.npz", "vertex_count", first(0))
    yield "vertex count 2 billion", "network.npz", arrays("network.npz", "vertex_count", first(2**31 - 1))
    yield "vertex count -7", "network.npz", arrays("network.npz", "vertex_count", first(-7))
    for texts in (
        {},
        {"stop_ids": [1], "stop_names": [], "routes": []},
        {"stop_ids": [], "stop_names": [], "routes": [[1]]},
    ):
        stored = np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)
        yield f"texts {texts}", "timetable.npz", arrays("timetable.npz", "texts", lambda _, stored=stored: stored)


def _with(values: np.ndarray, value: int) -> np.ndarray:
    values[len(values) // 2] = value
    return values


def document_damages() -> Iterator[tuple[str, str, Damage]]:
    """What is done to the manifest and the documents."""
    manifest = json.loads((COMMITTED / "pack.json").read_text(encoding="utf-8"))
    for key in manifest:
        yield f"no {key}", "pack.json" if key != "schema_version" else "schema", document("pack.json", key)
        for value in (None, [], {}, 7, "x" * 1_000_000, 1e300):
            if key == "crs" or not isinstance(value, type(manifest[key])):
                named = "pack.json" if key != "schema_version" else "schema"
                yield f"{key} {str(value)[:9]}", named, document("pack.json", key, to=value)
    for version in (0, 3, 5, 10**40, "4"):
        yield f"version {version}", "schema", document("pack.json", "schema_version", to=version)
    yield "no baselines", "pack.json", document("pack.json", "particulars", "baselines", to=[])
    yield "no levels", "pack.json", document("pack.json", "particulars", "levels", to=[])
    yield "nested too deep", "pack.json", raw("pack.json", lambda content: b"[" * 200_000)
    yield "a number of 9,000 digits", "pack.json", raw("pack.json", lambda content: b'{"x": ' + b"9" * 9000 + b"}")
    yield "degrees for a grid", "pack.json", document("pack.json", "crs", to="EPSG:4326")
    yield "not UTF-8", "pack.json", raw("pack.json", lambda content: b"\xff\xfe{}")
    yield "larger than any", "provenance.json", raw("provenance.json", lambda content: content + b" " * 60_000_000)
    for part in ("sources", "measures"):
        yield f"no {part}", "provenance.json", document("provenance.json", part)
        for value in (None, {}, "x", [7]):
            yield f"{part} {value}", "provenance.json", document("provenance.json", part, to=value)
        record = json.loads((COMMITTED / "provenance.json").read_text(encoding="utf-8"))[part][0]
        for key in set(record) & {"key", "title", "attribution", "baseline", "measure", "status", "method"}:
            yield f"{part} without {key}", "provenance.json", document("provenance.json", part, 0, key)
            yield f"{part}: {key} 7", "provenance.json", document("provenance.json", part, 0, key, to=7)
    for file in ("provenance.json", "strategy.json"):
        yield "nested too deep", file, raw(file, lambda content: b"[" * 200_000)
        for text in (b"[]", b"null", b"7", b'"x"', b"{"):
            yield text.decode(), file, raw(file, lambda content, text=text: text)
    for key in ("borough", "targets", "programmes", "outcomes", "spend_per_year"):
        yield f"{key} 7", "strategy.json", document("strategy.json", key, to=7)
    yield "programmes [7]", "strategy.json", document("strategy.json", "programmes", to=[7])


DAMAGES = list(damages())


def use(pack: AreaPack) -> None:
    """Ask of a pack what the first pages ask."""
    access = Access.of(pack, MODES["walk_pram"])
    sites = access.snap(pack.services_of("library")[["easting", "northing"]].to_numpy(float))
    times = access.between(access.homes, sites)
    reach(pack, times.nearest_s, measure="children_0_3", baseline=pack.baselines[0], within_min=15.0)
    pack.timetable.trips()
    Finder.of(pack).find("SS1 1AA")
    pack.attribution()
    pack.wards.total_bounds  # noqa: B018


def test_there_are_many_ways() -> None:
    assert len(DAMAGES) > 88 * 3
    assert {file for _, file, _ in DAMAGES} == {*FILES, "pack.json", "schema"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read each file that is as committed once: only what was damaged is read anew, and all of it is checked anew."""
    kept: dict[str, Any] = {}

    def once(read: Callable[..., Any], place: int) -> Callable[..., Any]:
        def reading(*arguments: Any) -> Any:
            folder, file = arguments[place : place + 2]
            if not (folder / file).is_file() or not (folder / file).samefile(COMMITTED / file):
                return read(*arguments)
            if file not in kept:
                kept[file] = read(*arguments)
            return kept[file]

        return reading

    monkeypatch.setattr(packs, "_read", once(packs._read, 1))
    monkeypatch.setattr(packs, "_read_arrays", once(packs._read_arrays, 1))


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_every_damage_is_refused_and_its_file_named(tmp_path: Path) -> None:
    wrong = []
    for number, (name, file, damage) in enumerate(DAMAGES):
        folder = copy(tmp_path / str(number) / "southend")
        damage(folder)
        sign(folder)
        try:
            open_pack("southend", folder.parent)
        except PackError as error:
            said = str(error)
            told = file in said and "build" in said
            told |= file == "pack.json" and "no area packs were found" in said  # then it is no pack
            if not told or "\n" in said or len(said) > 600:
                wrong.append(f"{file} {name}: said {said[:200]}")
        except Exception as error:
            wrong.append(f"{file} {name}: {type(error).__name__}: {str(error)[:200]}")
        else:
            wrong.append(f"{file} {name}: opens")
        shutil.rmtree(folder.parent)
    assert not wrong, f"{len(wrong)} of {len(DAMAGES)}:\n" + "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_a_flipped_bit_is_refused_or_does_no_harm(file: str, tmp_path: Path) -> None:
    """With a checksum that holds, what still can be read may open, if all that is asked of it then has an answer."""
    size = (COMMITTED / file).stat().st_size
    for number, place in enumerate((size // 7, size - size // 5)):
        folder = copy(tmp_path / str(number) / "southend")
        content = bytearray((folder / file).read_bytes())
        content[place] ^= 0x10
        put(folder / file, bytes(content))
        sign(folder)
        with suppress(PackError):
            use(open_pack("southend", folder.parent))


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("demand.parquet", cell("demand.parquet", "ward", "nowhere")),
        ("network.npz", arrays("network.npz", "edge_u", lambda values: _with(values, -1))),
        ("provenance.json", raw("provenance.json", lambda content: b"[" * 200_000)),
    ],
)
def test_a_page_and_a_command_say_it_in_one_sentence(
    file: str, damage: Damage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy(tmp_path / "southend")
    damage(folder)
    sign(folder)
    monkeypatch.setenv("REACH_DATA", str(tmp_path))
    result = CliRunner().invoke(app, ["access", "--service", "library"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: the file {file} of the pack 'southend' is damaged")
    assert result.stderr.count("\n") == 1
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")
    page = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60).run()
    assert not page.exception
    assert [file in error.value for error in page.error] == [True]


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy(tmp_path / "southend")

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(packs, "file_digest", refuse)
    with pytest.raises(PackError, match=r"areas\.parquet of .* is damaged \(Permission denied\); build it"):
        open_pack("southend", tmp_path)
