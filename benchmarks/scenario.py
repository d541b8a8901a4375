"""Benchmark of an edit, from a new hub to a new ward table: incremental, everything again, and with networkx."""

from collections.abc import Callable
from itertools import chain, cycle

import numpy as np
import pandas as pd

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, Point, Scenario
from analysis.scenario.tables import change_table
from analysis.travel.access import Access
from benchmarks.peers import networkx_graph, split
from benchmarks.setting import Budget, Outcome, Setting, best
from benchmarks.timing import Contender, Floats, race

TITLE = "A new hub to a new ward table"

_WORK = "One edit"
_OURS, _ALL, _NETWORKX = "Lab.effect and its ward table", "everything anew", "networkx, one search"
_CATEGORY = "childrens_centre"


def run(setting: Setting) -> Outcome:
    """Time an edit that opens a hub; all contenders must find the same seconds from every home."""
    pack, mode = setting.pack, setting.access.streets.mode
    lab = Lab(pack)
    base = Scenario("benchmark", pack.code, service=_CATEGORY, mode=mode.name)
    before = lab.effect(base)
    # Each call opens a hub at another position, as people do, so that no result of an earlier call can be used.
    venues = pack.services[(pack.services["ward"] != "") & (pack.services["category"] != _CATEGORY)]
    spots = venues[["easting", "northing"]].drop_duplicates().to_numpy(np.float64)[: 4 * setting.options.repeats + 8]

    def incremental() -> Callable[[], Floats]:
        # Before the timing starts, our own call runs twice, and that of every other contender once.
        turns = chain(spots[:1], cycle(spots))

        def call() -> Floats:
            hub = AddSite("new-1", "Hub", Point(*map(float, next(turns))))
            effect = lab.effect(base.with_change(hub))
            effect.table("ward")
            return effect.after_s

        return call

    def anew() -> Callable[[], Floats]:
        turns = cycle(spots)

        def call() -> Floats:
            sites = pd.DataFrame([*old, next(turns)], columns=["easting", "northing"])
            after_s = Access.of(pack, mode).to_sites(sites).nearest_s
            change_table(before.counts, "ward", before.before_s, after_s, base.within_min)
            return after_s

        old = [(site.easting, site.northing) for site in before.before.sites.values()]
        return call

    def networkx() -> list[Contender]:
        import networkx as nx

        streets = split(setting.access.streets, setting.access.snap(spots), setting.access.homes)
        graph, turns = networkx_graph(streets), cycle(streets.sites.tolist())

        def call() -> Floats:
            found = nx.single_source_dijkstra_path_length(graph, next(turns), weight="s")
            seconds = np.full(streets.n_nodes, np.inf)
            seconds[list(found)] = list(found.values())
            after_s = np.minimum(before.before_s, seconds[streets.homes] + streets.home_connector_s)
            change_table(before.counts, "ward", before.before_s, after_s.astype(np.float32), base.within_min)
            return after_s

        return [
            Contender(
                _NETWORKX,
                "single_source_dijkstra_path_length from the hub, graph ready with every hub in it, and our ward table",
                call,
                lambda found: found,
                most_repeats=setting.options.repeats,
            )
        ]

    contenders, skipped = setting.with_peers(
        [
            Contender(
                _OURS,
                f"tying the hub to its street, one search, {len(setting.access.homes):,} homes, the ward table",
                incremental(),
                lambda found: found.astype(np.float64),
            ),
            Contender(
                _ALL,
                "the mode's network, tying every home, one search from all sites, and the ward table",
                anew(),
                lambda found: found.astype(np.float64),
            ),
        ],
        {"networkx": networkx},
    )
    rows = race(_WORK, contenders, 2 * setting.options.repeats)
    budgets = []
    ours = best(rows, _WORK, _OURS)
    if ours is not None:
        budgets.append(Budget("one edit, new hub to new ward table", ours, 0.015, True, "s"))
    return Outcome(rows, budgets, skipped)
