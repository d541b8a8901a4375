"""Places against children: who can have a place when sites fill up, worked out by a solver.

Distance alone says that everybody near a hub is served, however small the hub. Here each child in reach takes one
place at one site within the threshold, no site takes more than it has, as many children as possible have a place, and
among all such ways the one with the least travel is taken. That is a transport problem (Hitchcock 1941; Koopmans
1949), solved as a linear programme by HiGHS: children are shares of small-area counts, so they are not whole numbers
anyway.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from analysis.scenario_lab import Effect
from analysis.scenario_sites import Site
from analysis.shown import ShownFrame, shown_counts, shown_parts, shown_totals
from geo.errors import InputError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who has a place where.

    Attributes
    ----------
    placed
        ``(n, k)`` sparse: people of each point with a place at each site.
    in_reach
        ``(n,)`` people within the threshold of a site, with a place or not.
    """

    placed: csr_array
    in_reach: Floats

    @property
    def total(self) -> float:
        """People with a place."""
        return float(self.placed.sum())

    @property
    def by_point(self) -> Floats:
        """``(n,)`` people with a place."""
        return np.asarray(self.placed.sum(axis=1), dtype=np.float64).ravel()

    @property
    def by_site(self) -> Floats:
        """``(k,)`` places taken."""
        return np.asarray(self.placed.sum(axis=0), dtype=np.float64).ravel()


def assign(people: npt.ArrayLike, time_s: npt.ArrayLike, places: npt.ArrayLike, within_s: float) -> Assignment:
    """Give places to as many people as possible, with the least travel.

    Parameters
    ----------
    people
        ``(n,)`` people at each point, 0 or more.
    time_s
        ``(n, k)`` seconds to each site; ``inf`` where there is no way.
    places
        ``(k,)`` places at each site, 0 or more; ``inf`` is no limit.
    within_s
        A site further away than this many seconds cannot be used.

    Raises
    ------
    InputError
        When shapes do not fit, or a number is negative or not a number.
    """
    person, seconds, room = (np.asarray(values, dtype=np.float64) for values in (people, time_s, places))
    if person.ndim != 1 or seconds.shape != (len(person), room.size) or room.ndim != 1:
        raise InputError(f"{person.shape} people, {seconds.shape} times and {room.shape} places do not fit together")
    if not (np.isfinite(person).all() and (person >= 0).all() and (room >= 0).all() and not np.isnan(seconds).any()):
        raise InputError("people and places must be 0 or more, and times must be numbers")
    inside = seconds <= within_s
    in_reach = np.where(inside.any(axis=1), person, 0.0)
    point, site = np.nonzero(inside & (person > 0)[:, None] & (room > 0)[None, :])
    if not len(point):
        return Assignment(csr_array(seconds.shape, dtype=np.float64), in_reach)
    pair, ones = np.arange(len(point)), np.ones(len(point))
    limited = np.flatnonzero(np.isfinite(room))
    row_of_site = np.full(len(room), -1)
    row_of_site[limited] = np.arange(len(limited))
    capped = row_of_site[site] >= 0
    rows = np.concatenate([point, len(person) + row_of_site[site[capped]]])
    columns = np.concatenate([pair, pair[capped]])
    limits = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(person) + len(limited), len(point)))
    # A child who gets a place may push others along a chain of sites, once at each; a reward greater than all that
    # travel makes the number of children come first.
    reward = within_s * (len(room) + 1) + 1.0
    found = linprog(
        seconds[point, site] - reward * ones,
        A_ub=limits.tocsr(),
        b_ub=np.concatenate([person, room[limited]]),
        bounds=(0, None),
        method="highs",
    )
    if found.x is None:
        raise InputError(f"places could not be assigned: {found.message}")
    # The solver works to a tolerance: trim what is a hair over, so that no site is ever over-full.
    placed = csr_array((np.maximum(found.x, 0.0), (point, site)), shape=seconds.shape)
    for axis, most in ((0, room), (1, person)):
        taken = np.asarray(placed.sum(axis=axis)).ravel()
        scale = np.where(taken > most, most / np.where(taken > 0, taken, 1.0), 1.0)
        placed = placed * (scale[None, :] if axis == 0 else scale[:, None])
    return Assignment(csr_array(placed), in_reach)


@dataclass(frozen=True, eq=False)
class PlacesView:
    """Places against children after a scenario.

    Attributes
    ----------
    sites
        Index ``site``: ``name``, ``places`` a week (``inf`` where no limit is stated), ``taken``, ``share_taken``.
    areas
        Index ``code`` (wards, then ``target``, ``rest``, ``borough``): ``name``, ``children``, ``in_reach``,
        ``with_place``, ``without_place`` (in reach of a site, but all are full).
    effect, measure
        What was asked.
    """

    sites: pd.DataFrame
    areas: pd.DataFrame
    effect: Effect
    measure: str

    def shown(self) -> "PlacesShown":
        """Return the figures as pages and files may carry them; no more are taken than there are places."""
        pack, baseline = self.effect.counts.pack, self.effect.counts.baseline
        areas = self.areas.copy()
        areas["children"] = shown_totals(pack, self.measure, baseline, self.areas["children"])
        for column in ("in_reach", "with_place", "without_place"):
            areas[column] = shown_parts(self.areas[column], self.areas["children"], areas["children"])
        taken = shown_counts(self.sites["taken"], np.floor(self.sites["places"] + 0.5))
        return PlacesShown(ShownFrame(self.sites.assign(taken=taken)), ShownFrame(areas))


@dataclass(frozen=True, eq=False)
class PlacesShown:
    """Places against children as shown: the tables of :class:`PlacesView`."""

    sites: ShownFrame
    areas: ShownFrame


def places_view(effect: Effect, measure: str = "children_0_3") -> PlacesView:
    """Set the places of a scenario's sites against the children in their reach.

    One child takes one place, and a place is a child who can come once a week; a session that does not run every week
    gives the places of its average week.

    Parameters
    ----------
    effect
        From :meth:`analysis.scenario_lab.Lab.effect`.
    measure
        Who needs a place.

    Raises
    ------
    InputError
        When the scenario's baseline does not count `measure`.
    """
    counts = effect.counts
    if measure not in counts.measures:
        raise InputError(
            f"the baseline {counts.baseline!r} does not count {measure!r}; it has {', '.join(counts.measures)}"
        )
    people = counts.people[:, counts.measures.index(measure)]
    sites = [
        site for site in effect.after.sites.values() if effect.after_times.on_network((site.easting, site.northing))
    ]
    time_s = effect.after_times.matrix([(site.easting, site.northing) for site in sites])
    found = assign(people, time_s, [_places(site) for site in sites], effect.scenario.within_min * 60.0)
    taken = found.by_site
    of_sites = pd.DataFrame(
        {
            "name": [site.name for site in sites],
            "places": [_places(site) for site in sites],
            "taken": taken,
        },
        index=pd.Index([site.site for site in sites], name="site"),
    )
    of_sites["share_taken"] = np.where(of_sites["places"] > 0, of_sites["taken"] / of_sites["places"], np.nan)
    columns = np.column_stack([people, found.in_reach, found.by_point])
    parts = []
    for level in ("ward", "group"):
        sums = counts.membership(level) @ columns
        part = counts.areas(level)[["name"]].copy()
        part[["children", "in_reach", "with_place"]] = sums
        parts.append(part)
    areas = pd.concat(parts)
    areas["without_place"] = areas["in_reach"] - areas["with_place"]
    return PlacesView(of_sites, areas, effect, measure)


def _places(site: Site) -> float:
    return np.inf if site.places is None else site.places
