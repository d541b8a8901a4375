"""The setting of every benchmark group: one pack, one mode and one set of sites, the same for all contenders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from analysis.travel.access import Access
from benchmarks.timing import Contender, Row
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.network.snapping import Snapped
from geo.pack import AreaPack
from geo.packs import open_pack

SITE_CATEGORY = "gp_practice"
N_SITES = 25


@dataclass(frozen=True)
class Options:
    """The options of the command line; `without` names peers to leave out even if they are installed."""

    area: str = "southend"
    mode: str = "walk_adult"
    repeats: int = 15
    without: frozenset[str] = frozenset()

    def has(self, peer: str) -> bool:
        """Whether a peer library is installed and wanted."""
        return peer not in self.without and find_spec(peer) is not None


@dataclass(frozen=True)
class Budget:
    """A limit of the design and the measured value: `unit` is ``s`` or ``×``."""

    work: str
    measured: float
    limit: float
    at_most: bool
    unit: str

    @property
    def met(self) -> bool:
        """Whether the measured value is within the limit."""
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit


@dataclass(frozen=True)
class Outcome:
    """The results of a group, its budgets, and a line for each contender that could not take part."""

    rows: list[Row]
    budgets: list[Budget]
    skipped: list[str]


@dataclass(frozen=True, eq=False)
class Setting:
    """The pack and mode, 25 sites snapped to the streets, and the options."""

    options: Options
    access: Access
    sites: Snapped

    @classmethod
    def of(cls, options: Options) -> "Setting":
        """Open the pack and snap homes and sites to the streets.

        Raises
        ------
        UnknownNameError
            When the area or mode is unknown.
        InputError
            When the pack has too few sites on its network, or the mode obeys one-way rules, which the peers' two-way
            graphs do not have.
        """
        mode = mode_named(options.mode)
        if mode.one_way:
            raise InputError(
                f"the peers are given two-way streets, but {mode.name} obeys one-way rules: use walk_adult"
            )
        access = Access.of(open_pack(options.area), mode)
        services = access.pack.services_of(SITE_CATEGORY)
        sites = access.snap(services[["easting", "northing"]].to_numpy(np.float64))
        placed = np.flatnonzero(sites.edge >= 0)[:N_SITES]
        if len(placed) < N_SITES:
            raise InputError(
                f"the pack has {len(placed)} sites of {SITE_CATEGORY} on its network; {N_SITES} are needed"
            )
        return cls(options, access, sites.take(placed))

    @property
    def pack(self) -> AreaPack:
        """The area."""
        return self.access.pack

    def with_peers(
        self, ours: list[Contender], peers: Mapping[str, Callable[[], list[Contender]]]
    ) -> tuple[list[Contender], list[str]]:
        """Add the contenders of each peer that is installed; also return a line for each that is left out."""
        contenders, skipped = list(ours), []
        for peer, make in peers.items():
            if self.options.has(peer):
                contenders += make()
            else:
                why = (
                    "left out as asked" if peer in self.options.without else "not installed: pip install '.[benchmark]'"
                )
                skipped.append(f"{peer}: {why}")
        return contenders, skipped


def best(rows: list[Row], work: str, who: str) -> float | None:
    """Return the best seconds of a contender at a piece of work, or None when it was not timed."""
    return next((row.best_s for row in rows if row.work == work and row.who == who), None)
