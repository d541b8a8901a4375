"""What must stay secret: from a variable or a file, and in no message."""

import pytest

from geo.errors import InputError
from geo.secret import secret

HIDDEN = "mirabilis-9271"


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in ("REACH_TRIED", "REACH_TRIED_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_it_comes_from_the_variable_or_from_a_file(tmp_path, monkeypatch):
    assert secret("REACH_TRIED") is None
    monkeypatch.setenv("REACH_TRIED", f" {HIDDEN} ")
    assert secret("REACH_TRIED") == HIDDEN
    monkeypatch.delenv("REACH_TRIED")
    (tmp_path / "kept").write_text(f"{HIDDEN}\n", encoding="utf-8")
    monkeypatch.setenv("REACH_TRIED_FILE", str(tmp_path / "kept"))
    assert secret("REACH_TRIED") == HIDDEN
    (tmp_path / "kept").write_text("\n", encoding="utf-8")
    assert secret("REACH_TRIED") is None


def test_what_cannot_be_read_is_told_without_what_it_holds(tmp_path, monkeypatch):
    monkeypatch.setenv("REACH_TRIED_FILE", str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"REACH_TRIED_FILE: .*none cannot be read: No such file"):
        secret("REACH_TRIED")
    (tmp_path / "none").write_bytes(HIDDEN.encode() + b"\xff")
    with pytest.raises(InputError, match="not a text file") as told:
        secret("REACH_TRIED")
    assert HIDDEN not in str(told.value)
    monkeypatch.setenv("REACH_TRIED", HIDDEN)
    with pytest.raises(InputError, match="are both set") as told:
        secret("REACH_TRIED")
    assert HIDDEN not in str(told.value)
