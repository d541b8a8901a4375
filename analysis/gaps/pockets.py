"""Pockets: clusters of neighbouring homes (demand points) beyond the threshold of the same service.

Two homes beyond the threshold belong to one cluster when a chain of such homes leads from one to the other with at
most `JOIN_M` metres of street between neighbours: single linkage under the distance along the streets. All pairs
need not be measured. By Mehlhorn 1988 (https://doi.org/10.1016/0020-0190(88)90066-X) a minimum spanning tree of the
homes under network distance is found among the street pieces at which the catchments of two homes meet, so one search
from all homes at once gives exactly the clusters. A cluster is divided where it crosses a ward line, so that each
pocket has one ward to answer for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from analysis.reach.quantiles import weighted_quantiles
from analysis.reach.survey import Survey
from analysis.shown import ROUND_TO, ShownFrame, shown_counts
from analysis.travel.access import Access
from geo.coordinates import to_lonlat
from geo.errors import InputError
from geo.network.network import ModeNetwork
from geo.network.snapping import Snapped
from geo.postcodes import street_postcodes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

JOIN_M = 250.0
FEWEST_SITES = 3
ANY_SERVICE = "basket"
CUT_OFF_FROM = 0.5
COLUMNS = (
    "name",
    "ward",
    "ward_name",
    "target",
    "service",
    "children",
    "children_in_poverty",
    "median_min",
    "nearest",
    "easting",
    "northing",
    "lon",
    "lat",
)


@dataclass(frozen=True, eq=False)
class HomesOnStreets:
    """The streets, as metres between points, with every home a point of its own on its street.

    Attributes
    ----------
    start, end
        ``(n_pieces,)`` points at the ends of each piece of street; junctions first, then homes.
    length_m
        ``(n_pieces,)`` metres.
    n_nodes, n_homes
        Number of junctions and of homes.
    placed
        ``(n_homes,)`` whether a home is on the network.
    """

    start: Ints
    end: Ints
    length_m: Floats
    n_nodes: int
    n_homes: int
    placed: Bools

    @classmethod
    def of(cls, streets: ModeNetwork, homes: Snapped) -> "HomesOnStreets":
        """Split each street at its homes; connectors to the door do not count."""
        network = streets.network
        on = np.flatnonzero(homes.edge >= 0)
        order = on[np.lexsort((homes.fraction[on], homes.edge[on]))]
        edge, fraction = homes.edge[order], homes.fraction[order]
        node = (network.n_nodes + order).astype(np.int32)
        first = np.diff(edge, prepend=-1) != 0
        last = np.diff(edge, append=-1) != 0
        length_m = network.edge_length_m[edge]
        before = np.where(first, network.edge_u[edge], np.roll(node, 1))
        since = np.where(first, 0.0, np.roll(fraction, 1))
        whole = streets.usable.copy()
        whole[edge] = False
        pieces = (
            (before, node, (fraction - since) * length_m),
            (node[last], network.edge_v[edge[last]], ((1.0 - fraction) * length_m)[last]),
            (network.edge_u[whole], network.edge_v[whole], network.edge_length_m[whole]),
        )
        start = np.concatenate([piece[0] for piece in pieces])
        end = np.concatenate([piece[1] for piece in pieces])
        metres = np.concatenate([piece[2] for piece in pieces])
        # SciPy adds up parallel pieces and may drop zeros: keep the shortest, and let none be nothing.
        low, high = np.minimum(start, end).astype(np.int32), np.maximum(start, end).astype(np.int32)
        keep = np.lexsort((metres, high, low))
        keep = keep[low[keep] != high[keep]]
        fresh = (np.diff(low[keep], prepend=-1) != 0) | (np.diff(high[keep], prepend=-1) != 0)
        keep = keep[fresh]
        return cls(low[keep], high[keep], np.maximum(metres[keep], 1e-6), network.n_nodes, len(homes), homes.edge >= 0)

    @cached_property
    def matrix(self) -> csr_array:
        """Sparse symmetric metres between neighbouring points."""
        size = self.n_nodes + self.n_homes
        rows, columns = np.concatenate([self.start, self.end]), np.concatenate([self.end, self.start])
        return csr_array((np.tile(self.length_m, 2), (rows, columns)), shape=(size, size))

    def clusters(self, chosen: Bools, join_m: float = JOIN_M) -> Ints:
        """Label the cluster of each chosen home, ``(n_homes,)``; -1 for the others.

        Parameters
        ----------
        chosen
            ``(n_homes,)`` which homes to join. One that is off the network is a cluster of its own.
        join_m
            Greatest distance along the streets between neighbours, metres.

        Raises
        ------
        InputError
            When `join_m` is negative or not a number.
        """
        if not join_m >= 0:
            raise InputError(f"a joining distance of {join_m} m makes no sense: give 0 or more")
        labels = np.full(self.n_homes, -1, dtype=np.int32)
        members = np.flatnonzero(chosen)
        on = np.flatnonzero(chosen & self.placed)
        links = csr_array((self.n_homes, self.n_homes), dtype=np.int8)
        if len(on):
            metres, _, nearest = dijkstra(
                self.matrix, indices=self.n_nodes + on, min_only=True, limit=join_m + 1e-3, return_predecessors=True
            )
            through_m = metres[self.start] + self.length_m + metres[self.end]
            one, other = nearest[self.start], nearest[self.end]
            # A millimetre of grace: coincident homes stand a hair apart.
            meet = (through_m <= join_m + 1e-3) & (one != other)
            pairs = (one[meet] - self.n_nodes, other[meet] - self.n_nodes)
            links = csr_array((np.ones(int(meet.sum()), dtype=np.int8), pairs), shape=links.shape)
        part = connected_components(links, directed=False)[1]
        labels[members] = np.unique(part[members], return_inverse=True)[1]
        return labels


def pockets(
    survey: Survey,
    *,
    measure: str,
    baseline: str,
    poverty_measure: str | None = "children_in_poverty",
    services: Sequence[str] | None = None,
    join_m: float = JOIN_M,
) -> ShownFrame:
    """List the pockets beyond the threshold of each service, and of half the basket.

    Parameters
    ----------
    survey
        Times and thresholds.
    measure, baseline
        Who is counted as ``children``.
    poverty_measure
        Who is counted as ``children_in_poverty``; None, or a measure that the baseline lacks, leaves it NaN.
    services
        Only these; `ANY_SERVICE` (``"basket"``) stands for the homes for which services with at least half the
        weight of the basket are beyond reach. When left out: it and the services of the basket with at least 3
        places; a service with one place for the whole borough cuts off wards, not pockets.
    join_m
        Greatest distance along the streets between neighbours, metres.

    Returns
    -------
    `COLUMNS`; one row a pocket of at least 5 children, those with most children in poverty first. Counts are as
    shown (:mod:`analysis.shown`), and the order uses them so. ``median_min`` and ``nearest`` (the name of the
    place that is nearest for most) are NaN and empty for the whole basket. The position is a home near the middle.
    ``attrs["homes"]`` holds for each row the rows of the demand table, for drawing.

    Raises
    ------
    UnknownNameError
        When a service is not in the basket, or the measure or baseline is unknown.
    """
    pack = survey.pack
    if services is None:
        many = [len(sites) >= FEWEST_SITES for sites in survey.sites]
        services = [*(name for name, ok in zip(survey.basket.services, many, strict=True) if ok), ANY_SERVICE]
    children = pack.measure(measure, baseline)
    known = poverty_measure is not None and poverty_measure in pack.measure_names(baseline)
    poor = pack.measure(str(poverty_measure), baseline) if known else np.full(len(children), np.nan)
    known_homes = _Homes.of(survey, children, poor)
    graph = HomesOnStreets.of(known_homes.streets.streets, known_homes.streets.homes)
    rows, homes = [], []
    for service in services:
        at = None if service == ANY_SERVICE else survey.row(service)
        beyond = survey.basket.weights @ survey.beyond >= CUT_OFF_FROM if at is None else survey.beyond[at]
        cluster = graph.clusters(beyond & (children > 0), join_m)
        for inside in known_homes.members(cluster):
            rows.append({"service": service, **known_homes.described(at, inside)})
            homes.append(inside)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in ("children", "children_in_poverty"):
        table[column] = shown_counts(table[column].to_numpy(np.float64))
    table["lon"], table["lat"] = to_lonlat(table["easting"], table["northing"], pack.crs)
    order = table.sort_values(
        ["children_in_poverty", "children", "median_min", "service", "name"],
        ascending=[False, False, False, True, True],
        kind="stable",
    ).index
    table = table.loc[order].reset_index(drop=True)
    table.attrs["homes"] = [homes[row] for row in order]
    return ShownFrame(table)


@dataclass(frozen=True, eq=False)
class _Homes:
    """Every home with what describes a set of them, as arrays over the demand points."""

    survey: Survey
    streets: Access
    children: Floats
    poor: Floats
    ward: npt.NDArray[np.intp]
    ward_codes: list[str]
    ward_rows: dict[str, tuple[str, bool]]
    postcode: npt.NDArray[np.object_]
    on_a_street: Bools
    site_names: tuple[npt.NDArray[np.object_], ...]

    @classmethod
    def of(cls, survey: Survey, children: Floats, poor: Floats) -> "_Homes":
        walking = [access for name, access in survey.access.items() if name.startswith("walk")]
        streets = walking[0] if walking else next(iter(survey.access.values()))
        ward, codes = pd.factorize(survey.pack.demand["ward"])
        wards = survey.pack.wards
        return cls(
            survey,
            streets,
            children,
            poor,
            ward,
            [str(code) for code in codes],
            {str(c): (str(n), bool(t)) for c, n, t in zip(wards.index, wards["name"], wards["target"], strict=True)},
            survey.pack.demand["postcode"].to_numpy(dtype=object),
            street_postcodes(survey.pack.demand["postcode"], survey.pack.demand_xy),
            tuple(sites["name"].to_numpy(dtype=object) for sites in survey.sites),
        )

    def members(self, cluster: Ints) -> list[npt.NDArray[np.intp]]:
        """Homes of each pocket of at least 5 children: one cluster in one ward."""
        homes = np.flatnonzero(cluster >= 0)
        key = cluster[homes].astype(np.int64) * len(self.ward_codes) + self.ward[homes]
        pocket = np.unique(key, return_inverse=True)[1]
        big = np.bincount(pocket, self.children[homes]) >= ROUND_TO
        order = np.argsort(pocket, kind="stable")
        split: list[npt.NDArray[np.intp]] = np.split(homes[order], np.flatnonzero(np.diff(pocket[order])) + 1)
        return [inside for inside, keep in zip(split, big, strict=False) if keep]

    def described(self, at: int | None, inside: npt.NDArray[np.intp]) -> dict[str, object]:
        pack, weight = self.survey.pack, self.children[inside]
        ward = self.ward_codes[self.ward[inside[0]]]
        xy = pack.demand_xy[inside]
        middle = weight @ xy / weight.sum()
        home = inside[int(np.argmin(np.hypot(*(xy - middle).T)))]
        # Where only PO boxes are known by a name, the nearest postcode of a street lends its own.
        named = inside if self.on_a_street[inside].any() else np.arange(len(self.postcode))
        away_m = np.where(self.on_a_street[named], np.hypot(*(pack.demand_xy[named] - middle).T), np.inf)
        by = named[int(np.argmin(away_m))]
        median_min, nearest = np.nan, ""
        if at is not None:
            median_min = float(weighted_quantiles(self.survey.seconds[at, inside], weight, (0.5,))[0]) / 60.0
            site = self.survey.site[at, inside]
            if (site >= 0).any():
                votes = np.bincount(site[site >= 0], weight[site >= 0])
                nearest = str(self.site_names[at][np.argmax(votes)])
        return {
            "name": street_name(self.streets, inside, weight, fallback=str(self.postcode[by])),
            "ward": ward,
            "ward_name": self.ward_rows[ward][0],
            "target": self.ward_rows[ward][1],
            "children": float(weight.sum()),
            "children_in_poverty": float(self.poor[inside].sum()),
            "median_min": median_min,
            "nearest": nearest,
            "easting": float(pack.demand_xy[home, 0]),
            "northing": float(pack.demand_xy[home, 1]),
        }


def street_name(access: Access, homes: npt.NDArray[np.intp], people: Floats, fallback: str) -> str:
    """Name a place by the one or two streets where most of its people live.

    Parameters
    ----------
    access
        Streets with the homes tied to them.
    homes
        ``(n,)`` rows of the demand table.
    people
        ``(n,)`` people at each.
    fallback
        What to call it when none of its streets has a name.
    """
    network = access.streets.network
    edge = access.homes.edge[homes]
    named, at = np.unique(np.where(edge >= 0, network.edge_name[edge], 0), return_inverse=True)
    votes = np.where(named > 0, np.bincount(at, people), 0.0)
    best = np.argsort(-votes, kind="stable")[:2]
    names = [network.street_names[named[at]] for at in best if votes[at] > 0]
    return "around " + " and ".join(names or [fallback])
