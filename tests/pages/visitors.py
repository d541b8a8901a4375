"""Let a page believe that somebody has signed in, whatever a browser would have said."""

import pkgutil
import sys
from importlib import import_module
from types import SimpleNamespace

import pytest
import streamlit as st

import ui
from store.person import Person
from ui.kit import visitor as module
from ui.kit.visitor import Access


def come_as(monkeypatch: pytest.MonkeyPatch, person: Person) -> None:
    """Put somebody before every page that is opened or drawn again from now on in this test."""
    for found in pkgutil.walk_packages(ui.__path__, "ui."):
        import_module(found.name)  # now, so that none keeps what is put in its place below
    original, asked = module.visitor, module.access

    def they(name: str = "") -> Person:  # as where it is asked
        return person

    for one in [one for name, one in sys.modules.items() if name.startswith("ui.")]:
        if getattr(one, "visitor", None) is original:
            monkeypatch.setattr(one, "visitor", they)
        if getattr(one, "access", None) is asked and one is not module and one.__name__ != "ui.kit.sign_in":
            monkeypatch.setattr(one, "access", lambda: Access.SIGNED_IN)


def come_openly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be those of a server that everybody can reach; no browser is there to bring a cookie."""
    monkeypatch.setenv("REACH_ACCESS", Access.OPEN)
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies={}, ip_address="198.51.100.7", url="", headers={}))
