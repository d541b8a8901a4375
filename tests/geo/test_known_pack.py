"""A pack by name and checksum: the same one is opened, and one that was built again is told."""

import pickle
import shutil
from dataclasses import replace

import pytest

from geo import errors
from geo.known_pack import KnownPack
from geo.packs import open_pack, packs_folder


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def test_the_same_pack_is_opened_from_where_it_lay(pack, tmp_path, monkeypatch):
    shutil.copytree(packs_folder() / "southend", tmp_path / "southend")
    apart = open_pack("southend", tmp_path)
    with monkeypatch.context() as patch:
        patch.setenv("REACH_DATA", str(tmp_path))
        known = KnownPack.of(apart)
    sent = pickle.loads(pickle.dumps(known))
    assert sent == known
    assert sent.open().digest == apart.digest
    assert len(pickle.dumps(known)) < 1000


def test_a_pack_that_was_built_again_is_told(pack):
    known = replace(KnownPack.of(pack), digest="before")
    with pytest.raises(errors.PackError, match=r"built again since .*: load the page again"):
        known.open()


@pytest.mark.parametrize(
    "error",
    [
        errors.InputError("no"),
        errors.PackError("no"),
        errors.SourceError("no"),
        errors.NewerFileError("no"),
        errors.UnknownNameError("ward", "Atlantis", ["Kursaal"]),
    ],
)
def test_errors_survive_the_way_between_processes(error):
    sent = pickle.loads(pickle.dumps(error))
    assert (type(sent), str(sent), vars(sent)) == (type(error), str(error), vars(error))
