"""What a reader of a pack must know of its street network: connected streets, islands, homes and services off it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.network.modes import MODES
from geo.network.network import ModeNetwork, StreetNetwork
from geo.network.snapping import MAX_CONNECTOR_M, Reason, snap


@dataclass(frozen=True)
class Connectors:
    """How far from the streets half of some places, 19 in 20 and the furthest lie, metres."""

    median: float
    p95: float
    max: float


@dataclass(frozen=True)
class Tied:
    """How homes, or services, are tied to the streets of one mode.

    Attributes
    ----------
    count
        How many there are.
    connector_m
        How far they lie from a street.
    off_network, by_steps
        Names of those too far from any street, and of those where only steps lead.
    """

    count: int
    connector_m: Connectors
    off_network: tuple[str, ...]
    by_steps: tuple[str, ...]


@dataclass(frozen=True)
class ModeReport:
    """What one mode may use, and how homes and services are tied to it."""

    usable_length_km: float
    homes: Tied
    services: Tied


@dataclass(frozen=True)
class NetworkReport:
    """The part ``network`` of ``pack.json``.

    Attributes
    ----------
    nodes, edges
        Number of junctions, and of street pieces between them.
    length_km, borough_length_km
        Length of all streets, and of those that touch the borough.
    connected_share_borough
        Their share, 0 to 1, of the length of all streets in the borough, islands too.
    islands, islands_in_borough
        Number of groups of streets that nothing joins to the rest.
    max_connector_m
        Further than this from a street nothing is tied to it.
    modes
        By name.
    classes_left_out
        Kilometres of each class of street in the file that no mode may use.
    services_left_out
        Ids of services that no walk can reach.
    """

    nodes: int
    edges: int
    length_km: float
    borough_length_km: float
    connected_share_borough: float
    islands: int
    islands_in_borough: int
    max_connector_m: float
    modes: Mapping[str, ModeReport]
    classes_left_out: Mapping[str, float]
    services_left_out: tuple[str, ...]


def network_report(
    network: StreetNetwork,
    islands: gpd.GeoDataFrame,
    homes: pd.DataFrame,
    services: pd.DataFrame,
    borough: Any,
    classes_left_out: Mapping[str, float],
    services_left_out: Sequence[str],
) -> NetworkReport:
    """Say how much of the network is connected, and how far homes and services lie from it.

    Parameters
    ----------
    network
        The streets.
    islands
        Streets that no walk joins to the rest, on the grid of the pack.
    homes, services
        ``easting, northing``, metres, and what each is called by: ``postcode``, and ``id``.
    borough
        The area, a shapely geometry.
    classes_left_out, services_left_out
        As for :class:`NetworkReport`.
    """
    in_borough = shapely.intersects(network.lines, borough)
    cut_off = islands.geometry.intersection(borough).length
    length_m = float(network.edge_length_m[in_borough].sum())
    modes = {}
    for mode in MODES.values():
        if mode.timing is not None:  # its walks are those of another mode, which is among these
            continue
        streets = network.for_mode(mode)
        modes[mode.name] = ModeReport(
            usable_length_km=round(float(network.edge_length_m[streets.usable].sum()) / 1000, 1),
            homes=_tied(streets, homes, "postcode"),
            services=_tied(streets, services, "id"),
        )
    return NetworkReport(
        nodes=network.n_nodes,
        edges=network.n_edges,
        length_km=round(float(network.edge_length_m.sum()) / 1000, 1),
        borough_length_km=round(length_m / 1000, 1),
        connected_share_borough=round(length_m / (length_m + float(cut_off.sum())), 5),
        islands=len(islands),
        islands_in_borough=int((cut_off > 0).sum()),
        max_connector_m=MAX_CONNECTOR_M,
        modes=modes,
        classes_left_out=classes_left_out,
        services_left_out=tuple(services_left_out),
    )


def _tied(streets: ModeNetwork, places: pd.DataFrame, key: str) -> Tied:
    snapped = snap(streets, places[["easting", "northing"]].to_numpy(np.float64))
    by_steps = snapped.reason == Reason.BY_STEPS
    far = (snapped.edge < 0) & ~by_steps
    quantiles = np.quantile(snapped.connector_m, [0.5, 0.95, 1.0])
    return Tied(
        count=len(places),
        connector_m=Connectors(*quantiles.round(1).tolist()),
        off_network=tuple(sorted(places.loc[far, key])),
        by_steps=tuple(sorted(places.loc[by_steps, key])),
    )
