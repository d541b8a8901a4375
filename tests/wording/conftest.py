"""The committed pack, opened once for all tests of words."""

import pytest

from geo.pack import AreaPack
from geo.packs import open_pack


@pytest.fixture(scope="session")
def pack() -> AreaPack:
    """The committed pack of Southend."""
    return open_pack("southend")
