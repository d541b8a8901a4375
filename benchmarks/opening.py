"""Benchmark of opening a pack and preparing its streets, compared with building a graph from the same arrays."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.memory import peak_mb
from benchmarks.peers import igraph_graph, networkx_graph, pandana_network, split
from benchmarks.setting import Budget, Options, Outcome, Setting, best
from benchmarks.timing import Contender, Row, race
from geo.network.network import StreetNetwork
from geo.packs import open_pack, packs_folder

TITLE = "Opening a pack and preparing a mode"

_OPEN, _FRESH, _PREPARE = "Open the pack", "Fresh Python to open pack", "Streets ready to search"
_OPEN_PACK, _LOAD = "open_pack", "StreetNetwork.load"
_FOR_MODE, _NETWORKX, _IGRAPH, _PANDANA = "for_mode", "networkx.Graph", "igraph.Graph", "pandana.Network"


def run(setting: Setting) -> Outcome:
    """Time opening in this process and in a new one, and the preparation of a mode compared with peers' graphs."""
    options = setting.options
    memory = peak_mb(
        "opening",
        {who: who for who in (_OPEN_PACK, _FOR_MODE)}
        | {who: who for who in (_NETWORKX, _IGRAPH, _PANDANA) if options.has(who.split(".")[0])},
        options,
    )
    streets_file = packs_folder() / options.area / "network.npz"
    rows = race(
        _OPEN,
        [
            Contender(
                _OPEN_PACK, "all twelve files, warm disk; areas, homes, services, base map, streets", _opening(options)
            ),
            Contender(_LOAD, "of which the streets alone", lambda: StreetNetwork.load(streets_file)),
        ],
        options.repeats,
        memory,
    )
    rows += _fresh(options)
    streets = split(setting.access.streets, setting.sites)
    contenders, skipped = setting.with_peers(
        [
            Contender(
                _FOR_MODE,
                "from the street arrays: which edges, seconds, connected parts, sparse matrix",
                lambda: setting.pack.network.for_mode(setting.access.streets.mode),
            )
        ],
        {
            "networkx": lambda: [_built(_NETWORKX, networkx_graph, streets)],
            "igraph": lambda: [_built(_IGRAPH, igraph_graph, streets)],
            "pandana": lambda: [_built(_PANDANA, pandana_network, streets, " and its contraction hierarchy")],
        },
    )
    rows += race(_PREPARE, contenders, min(options.repeats, 5), memory)
    seconds = best(rows, _OPEN, _OPEN_PACK)
    budgets = [] if seconds is None else [Budget("open the Southend pack", seconds, 1.0, True, "s")]
    return Outcome(rows, budgets, skipped)


def _built(who: str, make: Callable[[Any], Any], streets: Any, more: str = "") -> Contender:
    return Contender(who, f"from ready (u, v, seconds) arrays: the graph{more}", lambda: make(streets))


def _opening(options: Options) -> Callable[[], Any]:
    return lambda: open_pack(options.area)


def _fresh(options: Options) -> list[Row]:
    code = "import sys; from geo.packs import open_pack; open_pack(sys.argv[1])"
    command = [sys.executable, "-c", code, options.area]

    def start() -> None:
        subprocess.run(command, check=True, cwd=Path(__file__).parents[1])

    includes = "start of the interpreter, imports of pandas, geopandas and SciPy, and the pack"
    return race(_FRESH, [Contender("python -c …", includes, start)], min(options.repeats, 3))


def _open_task(options: Options) -> Callable[[], Any]:
    open_pack_again = _opening(options)
    import geopandas as gpd  # the readers import lazily on first use: load them, so that memory is the pack's own

    folder = packs_folder() / options.area
    gpd.read_parquet(folder / "areas.parquet")
    return open_pack_again


def _mode_task(options: Options) -> Callable[[], Any]:
    setting = Setting.of(options)
    return lambda: setting.pack.network.for_mode(setting.access.streets.mode)


def _graph_task(library: str, make: Callable[[Any], Any]) -> Callable[[Options], Callable[[], Any]]:
    def prepare(options: Options) -> Callable[[], Any]:
        __import__(library)
        setting = Setting.of(options)
        streets = split(setting.access.streets, setting.sites)
        return lambda: make(streets)

    return prepare


MEMORY_TASKS: Mapping[str, Callable[[Options], Callable[[], Any]]] = MappingProxyType(
    {
        _OPEN_PACK: _open_task,
        _FOR_MODE: _mode_task,
        _NETWORKX: _graph_task("networkx", networkx_graph),
        _IGRAPH: _graph_task("igraph", igraph_graph),
        _PANDANA: _graph_task("pandana", pandana_network),
    }
)
