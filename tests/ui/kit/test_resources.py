"""What the pages of all visitors share is made anew when the pack is."""

from pathlib import Path

import pytest

from tests.samples import write_pack
from ui.kit import resources


def test_a_pack_that_was_built_again_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    name = write_pack(tmp_path / "again").name
    monkeypatch.setenv("REACH_DATA", str(tmp_path))
    first = resources.area_pack("again")
    assert resources.area_pack("again") is first
    manifest = tmp_path / "again" / "pack.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(name, "Anothershire"), encoding="utf-8")
    assert resources.area_pack("again").name == "Anothershire"
