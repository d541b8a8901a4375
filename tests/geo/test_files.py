"""Files written whole or not at all."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.files import write_whole, written_whole


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_what_stood_there_stands_until_all_is_written(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    with written_whole(path) as part:
        part.write_bytes(b"two")
        assert path.read_bytes() == b"one"
    assert path.read_bytes() == b"two"


def stop(*_):
    raise OSError("the disk is full")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_everything_as_it_was(tmp_path, monkeypatch, step):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    monkeypatch.setattr(os, step, stop)
    with pytest.raises(OSError, match="the disk is full"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_is_stopped_half_way_leaves_everything_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")

    def write_half():
        with written_whole(path) as part:
            part.write_bytes(b"t")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    path, seen = tmp_path / "a.txt", []
    flush = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (seen.append(path.exists()), flush(number)))
    write_whole(path, b"one")
    assert seen == [False]


def test_many_at_once_write_the_same_file(tmp_path):
    path = tmp_path / "a.txt"
    texts = [bytes([65 + number]) * 10_000 for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda text: write_whole(path, text), texts))
    assert path.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_bytes(b"one")
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("links cannot be made here")
    write_whole(link, b"two")
    assert link.is_symlink()
    assert path.read_bytes() == b"two"
