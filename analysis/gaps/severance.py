r"""Severance (circuity, detour index): how much of a longer way is distance, detour or slow streets.

Three times are known for every home: in a straight line (`straight`), by the streets at one reference speed (`network`)
and by the streets at their own speeds (`actual`). Each is at least as long as the one before, except that the last may
be shorter where streets are faster than the reference. Taken one after the other, their medians split the difference
between a ward and the borough into three parts that sum to it exactly:

.. math::
    m^{actual}_w - m^{actual}_b =
    \underbrace{(m^{straight}_w - m^{straight}_b)}_{distance} +
    \underbrace{(d_w - d_b)}_{detour,\; d = m^{network} - m^{straight}} +
    \underbrace{(v_w - v_b)}_{speed,\; v = m^{actual} - m^{network}}

This is a sequential decomposition of a difference between two quantiles, as in Fortin, Lemieux and Firpo 2011,
section 2 (https://doi.org/10.1016/S0169-7218(11)00407-2); the order is from the straight line to the real journey. For
a mode of one speed, such as walking, the speed part is 0. For a mode that goes by timetable the network time is that of
walking all the way, and the speed part is what buses and trains save, waits counted: never more than 0 for a home, and
more than 0 for a ward where they save less than across the borough.

Severance is network over straight-line time; the field also calls it circuity, detour index or route directness.
Between junctions of a square grid it never exceeds √2 = 1.41 (Stangl 2019,
https://doi.org/10.1080/17549175.2017.1381143). Between points halfway along streets it can, by up to two half-blocks:
it reaches 2 in square blocks, and 2.67 in blocks of 200 m by 120 m. So a home counts at 1.5 or more only if the detour
is also long enough (3 minutes, 180 m with a pram), and false positives remain possible where blocks are long. The
barriers that its straight line crosses are then named. That a line is crossed does not prove that it is the cause, and
no page says so.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.reach.rollup import Roll, by_area
from analysis.reach.survey import Survey
from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SEVERED_RATIO = 1.5
SEVERED_MIN = 3.0
ROAD_CLASSES = ("trunk", "trunk_link", "primary", "primary_link")
_KINDS = {"railway": "the railway", "road": "a main road without a name", "water": "water"}


def why(survey: Survey, *, measure: str, baseline: str) -> pd.DataFrame:
    """Split the minutes above the borough's median into distance, detour and speed.

    Parameters
    ----------
    survey
        Times.
    measure, baseline
        Who is counted.

    Returns
    -------
    Index ``code, service`` as :func:`analysis.gaps.gaps.ward_services`; ``excess_min`` (median minus the borough's),
    ``distance_min``, ``detour_min``, ``speed_min``, which sum to it, and ``severance``: the median of the homes' own
    ratios of time by the streets to time in a straight line, weighted by people; and ``door_ratio``, the same of the
    real journeys: by timetable it is less than ``severance`` where buses and trains make up for the detour. NaN or
    ``inf`` where a median is not finite.

    Raises
    ------
    UnknownNameError
        When the measure or baseline is unknown.
    """
    roll = Roll.of(survey.pack, measure, baseline)
    straight, actual = (roll.quantiles(s, (0.5,))[:, :, 0] / 60.0 for s in (survey.straight_s, survey.seconds))
    network = actual.copy()
    differs = (survey.reference_s != survey.seconds).any(axis=1)
    network[differs] = roll.quantiles(survey.reference_s[differs], (0.5,))[:, :, 0] / 60.0
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "excess_min": _above_borough(actual),
            "distance_min": _above_borough(straight),
            "detour_min": _above_borough(network - straight),
            "speed_min": _above_borough(actual - network),
            "severance": roll.quantiles(_ratio(survey.reference_s, survey.straight_s), (0.5,))[:, :, 0],
            "door_ratio": roll.quantiles(_ratio(survey.seconds, survey.straight_s), (0.5,))[:, :, 0],
        }
    return by_area(roll, survey.basket.services, columns)


def _ratio(seconds: Floats, straight_s: Floats) -> Floats:
    """Return times over those in a straight line, ``(n_services, n_demand)``."""
    # A home at the position of the service has no detour; a home that reaches none has no finite ratio.
    ratio = np.where(straight_s > 0, seconds / straight_s, 1.0)
    return np.where(np.isfinite(seconds), ratio, np.inf)


def _above_borough(minutes: Floats) -> Floats:
    return minutes - minutes[:, -1:]


def severed(survey: Survey, *, ratio: float = SEVERED_RATIO, at_least_min: float = SEVERED_MIN) -> Bools:
    """Tell which homes have a long detour (high circuity) to a service, ``(n_services, n_demand)``.

    Parameters
    ----------
    survey
        Times.
    ratio
        Network over straight-line time from which a home counts.
    at_least_min
        Minutes that the detour must add: over a short distance a ratio means little, since half a block can double it.
    """
    detour_s = np.where(np.isfinite(survey.reference_s), survey.reference_s, 0.0) - survey.straight_s
    far_round = survey.reference_s >= ratio * survey.straight_s
    return np.asarray(far_round & (detour_s >= at_least_min * 60.0))


@dataclass(frozen=True, eq=False)
class Lines:
    """Barriers: lines that people can cross only at some points.

    Attributes
    ----------
    kind
        ``(n_lines,)`` ``railway``, ``road`` or ``water``.
    name
        ``(n_lines,)`` its everyday name.
    geometry
        ``(n_lines,)`` shapely geometry, metres of the area's grid.
    """

    kind: npt.NDArray[np.str_]
    name: npt.NDArray[np.str_]
    geometry: npt.NDArray[np.object_]


def barrier_lines(pack: AreaPack) -> Lines:
    """Collect railways, trunk and primary roads, lakes and watercourses of an area.

    Railways and water come from the base map (no light railways or cliff lifts), roads from the street network.
    """
    basemap = pack.basemap
    rows = basemap[
        ((basemap["layer"] == "railway") & (basemap["kind"] == "rail")) | basemap["layer"].isin(["water", "waterway"])
    ]
    parts, of_row = _pieces(rows.geometry.to_numpy())
    kind = np.where(rows["layer"].to_numpy() == "railway", "railway", "water")[of_row]
    name = rows["name"].fillna("").astype(str).to_numpy()[of_row]
    network = pack.network
    main = [at for at, road in enumerate(network.class_names) if road in ROAD_CLASSES]
    roads = np.flatnonzero(np.isin(network.edge_class, main) & ~network.edge_tunnel)
    kinds = np.concatenate([kind, np.full(len(roads), "road")])
    names = np.concatenate([name, np.array(network.street_names, dtype=object)[network.edge_name[roads]]])
    shown = [name or _KINDS[kind] for kind, name in zip(kinds, names, strict=True)]
    return Lines(kinds.astype(str), np.array(shown, dtype=str), np.concatenate([parts, network.lines[roads]]))


def _pieces(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
    """Cut shapes into straight pieces, and say which shape each is of.

    The box around a short piece is small, so that a search tree can pass over nearly all of them.
    """
    areas = shapely.get_dimensions(shapes) == 2
    outlines = np.where(areas, shapely.boundary(shapes), shapes)
    lines, of_shape = shapely.get_parts(outlines, return_index=True)
    xy, of_line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(of_line[1:] == of_line[:-1])
    pieces = shapely.linestrings(np.stack([xy[joined], xy[joined + 1]], axis=1))
    return pieces, of_shape[of_line[joined]]


def crossings(
    survey: Survey,
    *,
    lines: Lines | None = None,
    ratio: float = SEVERED_RATIO,
    at_least_min: float = SEVERED_MIN,
) -> pd.DataFrame:
    """Name the barriers that the straight line from a severed home to its nearest service crosses.

    Parameters
    ----------
    survey
        Times.
    lines
        From :func:`barrier_lines`; made when left out.
    ratio, at_least_min
        Which homes count, as :func:`severed`.

    Returns
    -------
    Long: ``service, home`` (row of the demand table), ``kind, name``, each once. A severed home whose straight line
    crosses no known barrier is not in it.
    """
    lines = barrier_lines(survey.pack) if lines is None else lines
    cut_off = severed(survey, ratio=ratio, at_least_min=at_least_min) & (survey.straight_site >= 0)
    row, home = np.nonzero(cut_off)
    to_xy = np.empty((len(row), 2))
    for at, sites in enumerate(survey.sites):
        here = row == at
        to_xy[here] = sites[["easting", "northing"]].to_numpy(np.float64)[survey.straight_site[at, home[here]]]
    ways = shapely.linestrings(np.stack([survey.pack.demand_xy[home], to_xy], axis=1))
    way, line = shapely.STRtree(lines.geometry).query(ways, predicate="intersects")
    services = np.array(survey.basket.services)
    found = {"service": services[row[way]], "home": home[way], "kind": lines.kind[line], "name": lines.name[line]}
    return pd.DataFrame(found).drop_duplicates(ignore_index=True)


def barriers_of(met: pd.DataFrame, people: Floats, inside: Bools, services: list[str] | None = None) -> pd.DataFrame:
    """Rank the barriers that lie across the way of some people, such as those of a ward or a pocket.

    Parameters
    ----------
    met
        From :func:`crossings`.
    people
        ``(n_demand,)`` people at each home.
    inside
        ``(n_demand,)`` which homes are theirs.
    services
        Only these; all when left out.

    Returns
    -------
    Index ``service``; ``kind, name, share``: the share of all these people who have a long detour and whose straight
    line crosses that barrier; largest share first within a service.
    """
    wanted = inside[met["home"].to_numpy()]
    if services is not None:
        wanted &= met["service"].isin(services).to_numpy()
    rows = met[wanted]
    total = float(people[inside].sum())
    share = pd.Series(people[rows["home"].to_numpy()], index=rows.index) / (total or np.nan)
    summed = share.groupby([rows["service"], rows["kind"], rows["name"]]).sum().rename("share").reset_index()
    ordered = summed.sort_values(["service", "share", "name"], ascending=[True, False, True])
    return ordered.set_index("service")
