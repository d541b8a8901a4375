"""What a reader of a pack must know of its street network: connected streets, islands, homes and services off it."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.network.modes import MODES
from geo.network.network import StreetNetwork
from geo.network.snapping import MAX_CONNECTOR_M, Reason, snap


def network_report(
    network: StreetNetwork, islands: gpd.GeoDataFrame, homes: pd.DataFrame, services: pd.DataFrame, borough: Any
) -> dict[str, Any]:
    """Say how much of the network is connected, and how far homes and services lie from it.

    Parameters
    ----------
    network
        The streets.
    islands
        Streets that no walk joins to the rest, EPSG:27700.
    homes, services
        ``easting, northing``, metres, and what each is called by: ``postcode``, and ``id``.
    borough
        The area, a shapely geometry.

    Returns
    -------
    The part ``network`` of ``pack.json``: plain values, lengths in kilometres, distances in metres.
    """
    in_borough = shapely.intersects(network.lines, borough)
    cut_off = islands.geometry.intersection(borough).length
    length_m = float(network.edge_length_m[in_borough].sum())
    report: dict[str, Any] = {
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "length_km": round(float(network.edge_length_m.sum()) / 1000, 1),
        "borough_length_km": round(length_m / 1000, 1),
        "connected_share_borough": round(length_m / (length_m + float(cut_off.sum())), 5),
        "islands": len(islands),
        "islands_in_borough": int((cut_off > 0).sum()),
        "max_connector_m": MAX_CONNECTOR_M,
        "modes": {},
    }
    for mode in MODES.values():
        streets = network.for_mode(mode)
        entry: dict[str, Any] = {
            "usable_length_km": round(float(network.edge_length_m[streets.usable].sum()) / 1000, 1)
        }
        for kind, frame, key in (("homes", homes, "postcode"), ("services", services, "id")):
            snapped = snap(streets, frame[["easting", "northing"]].to_numpy(np.float64))
            by_steps = snapped.reason == Reason.BY_STEPS
            far = (snapped.edge < 0) & ~by_steps
            quantiles = np.quantile(snapped.connector_m, [0.5, 0.95, 1.0])
            entry[kind] = {
                "count": len(frame),
                "connector_m": dict(zip(("median", "p95", "max"), quantiles.round(1).tolist(), strict=True)),
                "off_network": sorted(frame.loc[far, key]),
                "by_steps": sorted(frame.loc[by_steps, key]),
            }
        report["modes"][mode.name] = entry
    return report
