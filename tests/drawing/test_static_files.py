"""Files that the browser keeps."""

import json
import os
from pathlib import Path

import pytest

from drawing.static_files import compact_json, publish, published_file
from geo.errors import InputError, PackError


def test_address_holds_the_content(tmp_path: Path) -> None:
    url = publish("southend", "wards", {"a": [1, 0.1234567]}, root=tmp_path)
    file = tmp_path / "southend" / url.rsplit("/", 1)[1]
    assert url.startswith("app/static/southend/wards.")
    assert file.read_text() == '{"a":[1,0.12346]}'
    assert publish("southend", "wards", {"a": [1, 0.1234567]}, root=tmp_path) == url
    assert publish("southend", "wards", {"a": [2]}, root=tmp_path) != url


def test_nothing_but_whole_files_is_left(tmp_path: Path) -> None:
    publish("southend", "wards", [1], root=tmp_path)
    assert [p.suffix for p in (tmp_path / "southend").iterdir()] == [".json"]


def test_old_versions_go_and_other_names_stay(tmp_path: Path) -> None:
    publish("a", "wards-other", [0], root=tmp_path)
    urls = []
    for n in range(6):
        urls.append(publish("a", "wards", [n], keep=3, root=tmp_path))
        file = tmp_path / "a" / urls[-1].rsplit("/", 1)[1]
        os.utime(file, (1_000_000 + n, 1_000_000 + n))
    left = {p.name for p in (tmp_path / "a").glob("wards.*")}
    assert len(left) == 3
    assert urls[-1].rsplit("/", 1)[1] in left
    assert len(list((tmp_path / "a").glob("wards-other.*"))) == 1


def test_a_used_version_stays(tmp_path: Path) -> None:
    first = publish("a", "x", [0], root=tmp_path)
    for n in range(1, 4):
        url = publish("a", "x", [n], keep=2, root=tmp_path)
        os.utime(tmp_path / "a" / url.rsplit("/", 1)[1], (1_000_000 + n, 1_000_000 + n))
        publish("a", "x", [0], keep=2, root=tmp_path)
    assert (tmp_path / "a" / first.rsplit("/", 1)[1]).exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(PackError, match=r"cannot write map files.*Give this account"):
        publish("southend", "wards", [1], root=tmp_path / "taken")


@pytest.mark.parametrize("name", ["../up", "a/b", "", "Ä", ".hidden"])
def test_names_that_could_leave_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="file name"):
        publish(name, "wards", [1], root=tmp_path)
    with pytest.raises(InputError, match="file name"):
        publish("southend", name, [1], root=tmp_path)


def test_json_without_nan() -> None:
    with pytest.raises(InputError, match="cannot be written"):
        compact_json({"a": float("nan")})
    assert json.loads(compact_json({"b": (1, 2.0)})) == {"b": [1, 2.0]}


def test_only_what_was_published_is_known_again(tmp_path: Path) -> None:
    name = publish("southend", "wards", {"a": 1}, root=tmp_path).removeprefix("app/static/")
    file = tmp_path / name
    assert published_file(name, tmp_path)
    os.utime(file)
    assert published_file(name, tmp_path), "used once more"
    file.write_text('{"a":2}')
    assert not published_file(name, tmp_path), "changed by somebody else"
    for other in (".gitignore", "notes.json", "southend/notes.json", "southend/notes.0123456789abcdef.json"):
        (tmp_path / other).write_text("{}")
        assert not published_file(other, tmp_path)
    file.write_text('{"a":1}')
    assert published_file(name, tmp_path)
    file.rename(tmp_path / "kept")
    file.symlink_to(tmp_path / "kept")
    assert not published_file(name, tmp_path), "a link to elsewhere"
    file.unlink()
    assert not published_file(name, tmp_path)
