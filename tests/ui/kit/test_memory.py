"""Memory is given back on a clock, and not after every drawing of a page."""

import gc
import tomllib
import weakref
from pathlib import Path

import pytest

from ui.kit import memory

SETTINGS = Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml"


class Visit:
    def __init__(self) -> None:
        self.itself = self


def test_what_a_visit_left_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) > 1:
            raise InterruptedError

    monkeypatch.setattr(memory.time, "sleep", sleep)
    gc.disable()
    try:
        visit = Visit()
        left = weakref.ref(visit)
        del visit
        assert left() is not None
        with pytest.raises(InterruptedError):
            memory._give_back()
        assert left() is None
    finally:
        gc.enable()
    assert waited == [memory.EVERY_S] * 2


def test_one_thread_a_process_does_it_and_streamlit_does_not() -> None:
    first = memory.tend_memory()
    assert memory.tend_memory() is first
    assert first.daemon
    assert first.is_alive()
    assert tomllib.loads(SETTINGS.read_text(encoding="utf-8"))["runner"]["postScriptGC"] is False
