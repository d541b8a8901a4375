"""Isochrone (service area) as a shape: the streets from which a site is within so many minutes, and who lives there.

Every street is cut where the time equals the threshold, so the shape ends between two junctions where the time does.
The streets are then given a width and joined, and small holes between them are filled: the shape is for a map, and the
people inside are counted from the travel times of their homes, not from the shape.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.ops import substring

from analysis.shown import ShownCount, as_shown, shown_parts, shown_totals
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.network import ModeNetwork
from geo.network.snapping import Snapped

Floats = npt.NDArray[np.float64]
BUFFER_M = 50.0
"""Half the width that a street has in the shape, metres: about a house and its garden on either side."""
HOLE_M2 = 20_000.0
"""Holes smaller than this, square metres, are filled: the inside of a block of houses is one."""
_SHORTEST = 1e-9


@dataclass(frozen=True, eq=False)
class Isochrone:
    """Where a place is within so many minutes.

    Attributes
    ----------
    within_min
        Threshold in minutes; a time equal to it counts.
    shape
        Polygon or several, metres; empty where no street is within it.
    streets
        The parts of streets within it, metres.
    time_s
        ``(n_demand,)`` seconds from each home to the place; ``inf`` where there is no way.
    """

    within_min: float
    shape: shapely.Polygon | shapely.MultiPolygon
    streets: shapely.MultiLineString
    time_s: Floats

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """``(n_demand,)`` which homes are within the threshold."""
        near: npt.NDArray[np.bool_] = self.time_s <= self.within_min * 60.0
        return near


def isochrone_of(access: Access, xy: npt.ArrayLike, within_min: float, *, buffer_m: float = BUFFER_M) -> Isochrone:
    """Find where a place is within a number of minutes.

    Parameters
    ----------
    access
        The area and mode; by timetable a time is that which stands for the window of leaving.
    xy
        ``(2,)`` the place, metres.
    within_min
        Threshold in minutes, 0 or more.
    buffer_m
        Metres on either side of a street that the shape covers.

    Raises
    ------
    InputError
        When the threshold or the width is not a number of 0 or more, or the place is too far from every street.
    """
    if not (np.isfinite(within_min) and within_min >= 0 and np.isfinite(buffer_m) and buffer_m > 0):
        raise InputError(f"{within_min} minutes and {buffer_m} metres make no area: give 0 or more, and more than 0")
    site = access.snap(np.asarray(xy, dtype=np.float64).reshape(1, 2))
    if site.edge[0] < 0:
        raise InputError("the place is too far from every street of this mode, so there is nothing around it")
    limit_s = within_min * 60.0
    times = access.between(access.homes, site)
    node_s = times.node_s if access.transit is None else access.transit.node_times_s(site)
    pieces = near_parts(access.streets, node_s.astype(np.float64), site, limit_s)
    covered = shapely.union_all(shapely.buffer(pieces, buffer_m)) if len(pieces) else shapely.Polygon()
    streets = shapely.MultiLineString(list(pieces))
    return Isochrone(within_min, without_small_holes(covered), streets, times.nearest_s.astype(np.float64))


def near_parts(streets: ModeNetwork, node_s: Floats, site: Snapped, limit_s: float) -> npt.NDArray[np.object_]:
    """Return the parts of streets from which a site is within a time, as lines.

    Parameters
    ----------
    streets
        The network of the mode.
    node_s
        ``(n_nodes,)`` seconds from each junction.
    site
        The site, one point on these streets.
    limit_s
        The time, seconds.

    Returns
    -------
    ``(n,)`` lines, in the direction in which the street is drawn; the part beside the site may be on another, too.

    Notes
    -----
    From the fraction f of a street one goes back to its start or on to its end, so the near part is the first
    ``(limit - time of start) / seconds back`` of it and the last ``(limit - time of end) / seconds ahead``. On the
    street of the site one may also go to it straight. By timetable the time of a junction is one of a window, so
    the parts are never longer than they should be, and may be a little shorter.
    """
    network, edges = streets.network, streets.usable_edges
    back_s, ahead_s = streets.backward_s[edges], streets.forward_s[edges]
    from_start = _part(limit_s - node_s[network.edge_u[edges]], back_s)
    from_end = 1.0 - _part(limit_s - node_s[network.edge_v[edges]], ahead_s)
    whole = from_start >= from_end
    lines = network.lines[edges]
    spans = [(lines[whole], np.zeros(int(whole.sum())), np.ones(int(whole.sum())))]
    first, last = ~whole & (from_start > _SHORTEST), ~whole & (from_end < 1.0 - _SHORTEST)
    spans.append((lines[first], np.zeros(int(first.sum())), from_start[first]))
    spans.append((lines[last], from_end[last], np.ones(int(last.sum()))))
    spans.append(_beside(streets, site, limit_s))
    parts = [_between(*one) for lines, start, stop in spans for one in zip(lines, start, stop, strict=True)]
    return np.array(parts, dtype=object)


def _part(left_s: Floats, whole_s: Floats) -> Floats:
    """Return which share of a street one covers in the time that is left; none where one may not go."""
    may = np.isfinite(whole_s) & (left_s >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole_s > 0, left_s / whole_s, 1.0)
    return np.where(may, np.clip(share, 0.0, 1.0), 0.0)


def _beside(streets: ModeNetwork, site: Snapped, limit_s: float) -> tuple[npt.NDArray[np.object_], Floats, Floats]:
    """Return the near part of the site's own street: from before the site one goes ahead, from behind it back."""
    edge = site.edge[:1]
    left_s = np.array([limit_s - float(site.connector_m[0]) * 3.6 / streets.mode.connector_kmh])
    if left_s[0] < 0:
        return np.zeros(0, dtype=object), np.zeros(0), np.zeros(0)
    first = np.maximum(site.fraction[:1] - _part(left_s, streets.forward_s[edge]), 0.0)
    last = np.minimum(site.fraction[:1] + _part(left_s, streets.backward_s[edge]), 1.0)
    return streets.network.lines[edge], first, last


def _between(line: shapely.LineString, start: float, stop: float) -> shapely.LineString:
    if (start, stop) == (0.0, 1.0):
        return line
    part = substring(line, start, stop, normalized=True)
    # No time leaves the site's own place alone, which is a line too.
    return part if isinstance(part, shapely.LineString) else shapely.LineString([part, part])


def without_small_holes(shape: shapely.Geometry, hole_m2: float = HOLE_M2) -> shapely.Polygon | shapely.MultiPolygon:
    """Return a shape of which holes smaller than `hole_m2` square metres are filled."""
    filled = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area >= hole_m2])
        for part in shapely.get_parts(shape)
        if not part.is_empty
    ]
    # A part that lay in a hole of another is inside it now.
    joined = shapely.union_all(filled) if filled else shapely.Polygon()
    return joined if isinstance(joined, shapely.Polygon | shapely.MultiPolygon) else shapely.Polygon()


def people_inside(access: Access, found: Isochrone, *, measure: str, baseline: str) -> ShownCount:
    """Count the people whose homes are within the threshold, as shown."""
    people = access.pack.measure(measure, baseline)
    total = pd.Series([float(people.sum())], index=["borough"])
    shown = shown_totals(access.pack, measure, baseline, total)
    return as_shown(float(shown_parts(float(people[found.inside].sum()), total, shown)[0]))
