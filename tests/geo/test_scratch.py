"""Scratch folders, the swap of a pack, and what killed runs leave."""

import signal
import subprocess
import sys
import textwrap

import pytest

from geo import scratch
from geo.errors import PackError
from geo.scratch import OLD, put_in_place, scratch_folder


def make(folder, content):
    folder.mkdir(parents=True)
    (folder / "pack.json").write_text(content, encoding="utf-8")
    return folder


def swept(root, area="town"):
    with scratch_folder(root, area) as (_, names):
        return names


def test_a_scratch_folder_goes_at_the_end_and_nobody_else_may_have_one_before(tmp_path):
    with scratch_folder(tmp_path, "town") as (folder, _):
        (folder / "half").mkdir()
        with pytest.raises(PackError, match="another refresh"), scratch_folder(tmp_path, "town"):
            pass
        assert swept(tmp_path, "village") == (), "another area is free"
        assert folder.is_dir()
    assert not folder.exists()


def test_what_a_killed_process_left_is_swept(tmp_path):
    code = f"""
        import time
        from pathlib import Path
        from geo.scratch import scratch_folder
        with scratch_folder(Path({str(tmp_path)!r}), "town") as (folder, _):
            (folder / "half").mkdir()
            print(folder.name, flush=True)
            time.sleep(60)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True) as run:
        name = run.stdout.readline().strip()
        with pytest.raises(PackError, match="is running"):
            swept(tmp_path)
        run.send_signal(signal.SIGKILL)
        run.wait(timeout=10)
    assert swept(tmp_path) == (name,)
    assert [path.name for path in tmp_path.iterdir()] == [".town.lock"]


def test_folders_of_another_area_are_left_alone(tmp_path):
    other = make(tmp_path / ".town-end-refresh-abcd1234" / OLD, "x").parent
    assert swept(tmp_path) == ()
    assert not (tmp_path / "town").exists()
    assert swept(tmp_path, "town-end") == (other.name,)
    assert (tmp_path / "town-end" / "pack.json").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_new_pack_takes_the_place_of_the_old_one(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr(scratch, "_exchange", lambda *_: False)
    new, target = make(tmp_path / "scratch" / "new", "new"), make(tmp_path / "town", "old")
    put_in_place(new, target, tmp_path / "scratch")
    assert (target / "pack.json").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "scratch" / OLD / "pack.json").read_text(encoding="utf-8") == "old"
    assert not new.exists()


def test_the_first_pack_needs_no_old_one(tmp_path):
    put_in_place(make(tmp_path / "scratch" / "new", "new"), tmp_path / "packs" / "town", tmp_path / "scratch")
    assert (tmp_path / "packs" / "town" / "pack.json").is_file()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems take two steps")
def test_on_linux_there_is_no_moment_without_a_pack(tmp_path):
    new, target = make(tmp_path / "new", "new"), make(tmp_path / "town", "old")
    assert scratch._exchange(new, target)
    assert [(path / "pack.json").read_text(encoding="utf-8") for path in (new, target)] == ["old", "new"]


def test_a_pack_that_a_killed_run_had_moved_away_comes_back(tmp_path):
    make(tmp_path / ".town-refresh-abcd1234" / OLD, "old")
    swept(tmp_path)
    assert (tmp_path / "town" / "pack.json").read_text(encoding="utf-8") == "old"
