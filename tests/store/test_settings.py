"""Whom to write to about accessibility: asked once, kept in the configuration folder, and the environment wins."""

import pytest

from store.errors import StoreError
from store.settings import keep_contact, read_contact, settings_file


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("REACH_CONTACT", raising=False)
    monkeypatch.setattr("store.settings.user_config_path", lambda name, **_: tmp_path / "config" / name)
    return tmp_path / "config" / "service-reach"


@pytest.mark.parametrize("contact", ["access@southend.example", 'The "Hall", C:\\x', "Łódź 5 😀", ""])
def test_what_is_kept_is_read(contact, folder):
    assert read_contact() is None, "nobody was asked"
    assert keep_contact(contact) == settings_file() == folder / "settings.toml"
    assert read_contact() == contact


def test_it_is_one_line(monkeypatch):
    keep_contact(" Civic Centre,\nVictoria Avenue ")
    assert read_contact() == "Civic Centre, Victoria Avenue"
    monkeypatch.setenv("REACH_CONTACT", "01702 555 000")
    assert read_contact() == "01702 555 000", "the environment wins"
    monkeypatch.setenv("REACH_CONTACT", "  ")
    assert read_contact() == "Civic Centre, Victoria Avenue"


@pytest.mark.parametrize("text", ["contact = ", "contact = 7", "", "\xff"])
def test_a_file_that_is_spoilt_says_nothing_and_stops_nobody(text, folder):
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_bytes(text.encode("latin-1"))
    assert read_contact() == ""


def test_a_folder_that_cannot_be_made_is_named(folder):
    folder.parent.write_text("a file in the place of the folder", encoding="utf-8")
    with pytest.raises(StoreError, match=r"settings\.toml cannot be written"):
        keep_contact("x")
