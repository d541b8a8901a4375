"""GeoDataFrames in and out: travel times, reach and the best sites for anybody's own points and areas.

Three plain functions for a notebook or another program. They bring points and areas from any coordinate reference
system to the metres of the network, call :mod:`analysis.travel`, :mod:`analysis.reach` and
:mod:`analysis.placement`, and return a frame with the index of the input. The figures are unrounded, to
calculate with: before they are shown, round them with :mod:`analysis.shown`, as the pages do.
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.placement import placement
from analysis.reach.reach import summaries
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from analysis.travel import times
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.network.network import ModeNetwork
from geo.network.snapping import Reason, snap
from geo.pack import AreaPack

USUAL_MODE = "walk_pram"
_CANDIDATE = "candidate-"


def homes_of(pack: AreaPack, baseline: str | None = None) -> gpd.GeoDataFrame:
    """Return the homes of an area pack (demand points, or origins), one row a postcode.

    Parameters
    ----------
    pack
        The area.
    baseline
        Whose counts; the first of the pack when left out.

    Returns
    -------
    Index ``postcode``; ``ward``, ``lsoa``, a column of people for each measure under the baseline, and points.

    Raises
    ------
    UnknownNameError
        When there is no such baseline.
    """
    baseline = pack.baselines[0] if baseline is None else baseline
    names = pack.measure_names(baseline) or pack.measure_names()
    people = {measure: pack.measure(measure, baseline) for measure in names}
    rows = pack.demand[["postcode", "ward", "lsoa"]].assign(**people)
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(*pack.demand_xy.T), crs=pack.crs).set_index("postcode")


def sites_of(pack: AreaPack, category: str) -> gpd.GeoDataFrame:
    """Return the open services of a category, index ``id``: ``name``, ``ward`` (empty outside the area) and points.

    Raises
    ------
    UnknownNameError
        When there is no such category.
    """
    rows = pack.services_of(category)
    points = gpd.points_from_xy(rows["easting"], rows["northing"])
    return gpd.GeoDataFrame(rows[["name", "ward"]], geometry=points, crs=pack.crs)


def travel_times(
    homes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    streets: AreaPack | ModeNetwork,
    *,
    mode: str | None = None,
    limit_min: float = np.inf,
    grid: str | None = None,
) -> pd.DataFrame:
    """Time the way from every home to the nearest site (origins to the closest facility), on real streets.

    Parameters
    ----------
    homes, sites
        Points, in any coordinate reference system.
    streets
        An area pack, or the network of one mode.
    mode
        How families travel, such as ``"walk_adult"``; ``"walk_pram"`` when left out. A network has its own already.
    limit_min
        Do not look further than this many minutes.
    grid
        The grid of a network, by its EPSG code; a pack names its own.

    Returns
    -------
    Index and order of `homes`: ``time_s`` (seconds, float32; ``inf`` where no site is reached), ``site`` (the label of
    that site in the index of `sites`; None where none is reached) and ``reason`` (``"reached"``, or in plain words
    why not).

    Raises
    ------
    InputError
        When a frame has no coordinate reference system or holds something else than points, the limit is negative, a
        mode is given with a network, or no grid.
    UnknownNameError
        When there is no such mode.

    Examples
    --------
    >>> from analysis.frames import homes_of, sites_of, travel_times
    >>> from geo.packs import default_area, open_pack
    >>> pack = open_pack(default_area())
    >>> found = travel_times(homes_of(pack), sites_of(pack, "library"), pack)
    >>> list(found.columns)
    ['time_s', 'site', 'reason']
    """
    metres = _grid(streets, grid)
    homes_xy, sites_xy = _points(homes, "homes", metres), _points(sites, "sites", metres)
    found = _times(homes_xy, sites_xy, streets, mode, limit_min)
    labels = np.array([*sites.index, None], dtype=object)  # -1, for none, is the last
    words = np.array([reason.words for reason in Reason], dtype=object)
    return pd.DataFrame(
        {
            "time_s": found.nearest_s,
            "site": pd.Series(labels[found.nearest_site], index=homes.index, dtype=object),
            "reason": pd.Series(words[found.reason], index=homes.index, dtype=object),
        },
        index=homes.index,
    )


def reach(
    areas: gpd.GeoDataFrame,
    homes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    streets: AreaPack | ModeNetwork,
    *,
    within_min: float,
    people: str | None = None,
    mode: str | None = None,
    grid: str | None = None,
) -> gpd.GeoDataFrame:
    """Count the people of each area who can reach a site within a threshold (cumulative opportunities).

    Parameters
    ----------
    areas
        Polygons, in any coordinate reference system. A home on a shared border counts in both areas.
    homes, sites, streets, mode, grid
        As for :func:`travel_times`.
    within_min
        Threshold in minutes; a time equal to it counts.
    people
        Column of `homes` with the people at each; every home counts as one when left out.

    Returns
    -------
    Index, order and geometry of `areas`: ``total`` and ``reached`` (people), ``share`` (of 1; NaN where nobody lives),
    ``median_min`` and ``p90_min`` (minutes within which half and nine in ten of the people live; ``inf`` where those
    reach none) and ``unreached`` (people who reach no site at all).

    Raises
    ------
    InputError
        As for :func:`travel_times`; when the areas are not polygons, the threshold is not 0 or more, or the people are
        not numbers of 0 or more.
    UnknownNameError
        When there is no such mode.

    Examples
    --------
    >>> from analysis.frames import homes_of, reach, sites_of
    >>> from geo.packs import default_area, open_pack
    >>> pack = open_pack(default_area())
    >>> libraries = sites_of(pack, "library")
    >>> found = reach(pack.wards, homes_of(pack), libraries, pack, within_min=15, people="children_0_3")
    >>> bool((found["reached"] <= found["total"]).all())
    True
    """
    metres = _grid(streets, grid)
    polygons = _geometry(areas, "areas", ("Polygon", "MultiPolygon"), metres)
    homes_xy, sites_xy = _points(homes, "homes", metres), _points(sites, "sites", metres)
    if not 0 <= within_min < np.inf:
        raise InputError(f"a threshold of {within_min} minutes makes no sense: give 0 or more")
    counted = _people(homes, people)
    found = _times(homes_xy, sites_xy, streets, mode, np.inf)
    inside = {number: np.zeros(len(homes), dtype=bool) for number in range(len(areas))}
    for area, home in shapely.STRtree(shapely.points(homes_xy)).query(polygons, predicate="intersects").T:
        inside[int(area)][home] = True
    rows = summaries(counted, found.nearest_s.astype(np.float64), within_min * 60.0, inside)
    return gpd.GeoDataFrame(rows.set_index(areas.index), geometry=areas.geometry.array, crs=areas.crs)


def place(
    candidates: gpd.GeoDataFrame,
    pack: AreaPack,
    *,
    hubs: int,
    within_min: float = 15.0,
    goal: str = "reach",
    measure: str = "children_0_3",
    baseline: str | None = None,
    sites: gpd.GeoDataFrame | None = None,
    service: str = "childrens_centre",
    mode: str = USUAL_MODE,
    time_limit_s: float = 120.0,
) -> gpd.GeoDataFrame:
    """Choose the best of the candidates, with the proof (facility location: MCLP, p-median, p-center, backup coverage).

    Parameters
    ----------
    candidates
        Points, in any coordinate reference system; columns ``cost`` and ``places`` are used where there are any.
    pack
        The area: its homes are those to be reached.
    hubs
        How many to choose.
    within_min
        Threshold in minutes.
    goal
        ``"reach"``, ``"time"``, ``"worst"``, ``"gap"`` or ``"backup"``; see :mod:`analysis.placement.problem`.
    measure, baseline
        Who counts; the first baseline of the pack when left out.
    sites
        Points of the sites that are open already; those of `service` in the pack when left out.
    service
        Kind of service that the hubs offer.
    mode
        How families travel.
    time_limit_s
        Seconds after which the search stops and the best choice found so far is returned.

    Returns
    -------
    Index, order and columns of `candidates`, with ``chosen``, and for the chosen ``adds`` (what the goal loses without
    it), ``only_here`` (people whom no other site has within the threshold) and ``nearest_for`` (people to whom it is
    the nearest), NaN for the others; ``reason`` says why a candidate cannot be used, and is empty where it can.
    ``attrs`` holds ``before``, ``objective``, ``bound`` (people, minutes or percentage points, as the goal counts) and
    ``status``: ``"optimal"`` is proven.

    Raises
    ------
    InputError
        When a frame has no coordinate reference system or holds something else than points, or no choice is allowed.
    UnknownNameError
        When a goal, measure, baseline, service or mode is unknown.

    Examples
    --------
    >>> from analysis.frames import place, sites_of
    >>> from geo.packs import default_area, open_pack
    >>> pack = open_pack(default_area())
    >>> found = place(sites_of(pack, "library"), pack, hubs=1)
    >>> int(found["chosen"].sum()), found.attrs["status"]
    (1, 'optimal')
    """
    baseline = pack.baselines[0] if baseline is None else baseline
    table = _service_rows(candidates, "candidates", _CANDIDATE, pack.crs)
    for column in ("cost", "places"):
        if column in candidates:
            table[column] = candidates[column].to_numpy()
    services = [pack.services, table.assign(category="")]
    if sites is not None:
        kept = pack.services[pack.services["category"] != service]
        services = [
            kept,
            table.assign(category=""),
            _service_rows(sites, "sites", "site-", pack.crs).assign(category=service),
        ]
    # A plan names venues of its area, so the candidates are added to the pack's services for this call.
    area = replace(pack, services=pd.concat(services)[list(pack.services.columns)])
    scenario = Scenario("Best sites", pack.code, service, mode, within_min, baseline)
    question = placement.Question(
        goal=goal, measures=((measure, 1.0),), hubs=hubs, alternatives=0, time_limit_s=time_limit_s
    )
    found = placement.place(Lab(area), scenario, table, question)
    why = found.sites.reindex(table.index)[["adds", "only_here", "nearest_for"]]
    result = candidates.assign(
        chosen=table.index.isin(found.sites.index),
        **{str(name): why[name].to_numpy(np.float64) for name in why},
        reason=[found.left_out.get(str(label), "") for label in table.index],
    )
    proof = found.proof
    result.attrs = {
        "before": found.before,
        "objective": proof.objective,
        "bound": proof.bound,
        "status": proof.status,
    }
    return result


def _times(
    homes_xy: npt.NDArray[np.float64],
    sites_xy: npt.NDArray[np.float64],
    streets: AreaPack | ModeNetwork,
    mode: str | None,
    limit_min: float,
) -> times.TravelTimes:
    if isinstance(streets, AreaPack):
        network = streets.network.for_mode(mode_named(mode or USUAL_MODE))
        islands = streets.islands.geometry.to_numpy()
    elif mode is None:
        network, islands = streets, None
    else:
        raise InputError(f"this network is already that of the mode {streets.mode.name}: leave mode out")
    homes, sites = (snap(network, xy, islands=islands) for xy in (homes_xy, sites_xy))
    return times.travel_times(network, homes, sites, limit_s=limit_min * 60.0)


def _grid(streets: AreaPack | ModeNetwork, grid: str | None) -> str:
    """Return the grid that the network is in."""
    if isinstance(streets, AreaPack):
        return streets.crs
    if grid is None:
        raise InputError("a network does not say which grid its metres are of: give the grid, by its EPSG code")
    return grid


def _geometry(frame: gpd.GeoDataFrame, what: str, kinds: tuple[str, ...], grid: str) -> npt.NDArray[np.object_]:
    """Return the geometry of `frame` in grid metres, after a check that it can be used."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise InputError(f"the {what} must be a GeoDataFrame with a geometry column")
    if frame.crs is None:
        raise InputError(f"the {what} have no coordinate reference system: say which with set_crs, such as 4326")
    wrong = np.flatnonzero(~frame.geom_type.isin(kinds).to_numpy() | frame.is_empty.to_numpy())
    if len(wrong):
        label, kind = frame.index[wrong[0]], frame.geom_type.iloc[wrong[0]]
        found = "nothing" if frame.geometry.iloc[wrong[0]] is None else f"an empty {kind}" if kind in kinds else kind
        raise InputError(f"row {label!r} of the {what} holds {found}, where a {' or '.join(kinds)} is needed")
    moved: npt.NDArray[np.object_] = frame.geometry.to_crs(grid).to_numpy()
    lost = np.flatnonzero(~np.isfinite(shapely.bounds(moved)).all(axis=1))
    if len(lost):
        raise InputError(f"row {frame.index[lost[0]]!r} of the {what} lies outside the grid {grid}")
    return moved


def _points(frame: gpd.GeoDataFrame, what: str, grid: str) -> npt.NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(_geometry(frame, what, ("Point",), grid)), dtype=np.float64)


def _people(homes: gpd.GeoDataFrame, column: str | None) -> npt.NDArray[np.float64]:
    if column is None:
        return np.ones(len(homes))
    if column not in homes:
        raise InputError(f"the homes have no column {column!r}; there are {', '.join(map(str, homes.columns))}")
    counted: npt.NDArray[np.float64] = pd.to_numeric(homes[column], errors="coerce").to_numpy(np.float64)
    wrong = np.flatnonzero(~(np.isfinite(counted) & (counted >= 0)))
    if len(wrong):
        raise InputError(f"row {homes.index[wrong[0]]!r} of the homes has no number of people of 0 or more")
    return counted


def _service_rows(frame: gpd.GeoDataFrame, what: str, prefix: str, grid: str) -> pd.DataFrame:
    """Return points as rows of the services table, under new ids: labels may be of any kind, and may repeat."""
    xy = _points(frame, what, grid)
    names = frame["name"].astype(str) if "name" in frame else frame.index.astype(str)
    rows = pd.DataFrame({"name": np.asarray(names), "easting": xy[:, 0], "northing": xy[:, 1]})
    rows = rows.assign(status="open", tags="", ward="")
    return rows.set_index(pd.Index([f"{prefix}{number}" for number in range(len(rows))], name="id"))
