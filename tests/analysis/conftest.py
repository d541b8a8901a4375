"""The town and the committed pack, each made once for all tests of the analysis."""

import networkx as nx
import pytest

from geo.network.modes import Mode
from geo.network.network import StreetNetwork
from geo.pack import AreaPack
from geo.packs import open_pack
from geo.sources.osm import compile_network, read_graph
from tests.samples import ON_STREETS, write_town


@pytest.fixture(scope="session")
def pack() -> AreaPack:
    """The committed pack of Southend."""
    return open_pack("southend")


@pytest.fixture(scope="session")
def town_graph(tmp_path_factory: pytest.TempPathFactory) -> nx.MultiDiGraph:
    """osmnx's graph of the made-up town."""
    return read_graph(write_town(tmp_path_factory.mktemp("town") / "town.osm"), "EPSG:27700")


@pytest.fixture(scope="session")
def town(town_graph: nx.MultiDiGraph) -> StreetNetwork:
    """The made-up town as the program's arrays."""
    return compile_network(town_graph)[0]


@pytest.fixture(params=list(ON_STREETS))
def mode(request: pytest.FixtureRequest) -> Mode:
    """Each mode in turn."""
    made: Mode = ON_STREETS[request.param]
    return made
