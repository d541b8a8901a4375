"""Capacity and demand: how many children a scenario's sites have room for, and how many are within their reach.

Children are assigned to sites as in :mod:`analysis.scenario.assignment`: as many as possible, with the least travel.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.scenario.assignment import Assignment, Floats, assign, shown_placed
from analysis.scenario.lab import Effect
from analysis.scenario.scenario import ChangeOffer
from analysis.scenario.sites import Site
from analysis.scenario.times import SiteTimes
from analysis.shown import ShownFrame, shown_counts, shown_parts, shown_totals
from geo.errors import InputError


@dataclass(frozen=True, eq=False)
class CapacityView:
    """Capacity and children within reach after a scenario.

    Attributes
    ----------
    sites
        Index ``site``: ``name``, ``places`` (capacity a week; ``inf`` where no limit is stated), ``taken`` (children
        assigned), ``share_taken``.
    areas
        Index ``code`` (wards, then ``target``, ``rest``, ``borough``): ``name``, ``children``, ``in_reach``,
        ``with_place`` (assigned), ``without_place`` (in reach of a site or session, but all are full),
        ``with_place_before`` (assigned without the plan).
    effect, measure
        The effect of the scenario, and who is counted.
    """

    sites: pd.DataFrame
    areas: pd.DataFrame
    effect: Effect
    measure: str

    def shown(self) -> "CapacityShown":
        """Return the figures as pages and files may show them; no site takes more children than its capacity."""
        pack, baseline = self.effect.counts.pack, self.effect.counts.baseline
        areas = self.areas.copy()
        areas["children"] = shown_totals(pack, self.measure, baseline, self.areas["children"])
        for column in ("in_reach", "with_place", "without_place", "with_place_before"):
            areas[column] = shown_parts(self.areas[column], self.areas["children"], areas["children"])
        counted = self.sites["taken"]
        taken = shown_placed(shown_counts(counted), counted, self.sites["places"])
        return CapacityShown(ShownFrame(self.sites.assign(taken=taken)), ShownFrame(areas))


@dataclass(frozen=True, eq=False)
class CapacityShown:
    """Capacity and children as shown: the tables of :class:`CapacityView`."""

    sites: ShownFrame
    areas: ShownFrame


def capacity_view(effect: Effect, measure: str = "children_0_3") -> CapacityView:
    """Compare the capacity of a scenario's sites with the children within their reach.

    Capacity is the number of children who can come once a week; a session that does not run every week has the capacity
    of its average week.

    Parameters
    ----------
    effect
        From :meth:`analysis.scenario.lab.Lab.effect`.
    measure
        Who is counted.

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
    within_s = effect.scenario.within_min * 60.0
    sites = _usable(effect.after.sites.values(), effect.after_times)
    found = _assigned(people, sites, effect.after_times, within_s)
    before = _assigned(people, _as_they_are(effect), effect.before_times, within_s)
    of_sites = pd.DataFrame(
        {
            "name": [site.name for site in sites],
            "places": [_capacity(site) for site in sites],
            "taken": found.by_site,
        },
        index=pd.Index([site.site for site in sites], name="site"),
    )
    of_sites["share_taken"] = np.where(of_sites["places"] > 0, of_sites["taken"] / of_sites["places"], np.nan)
    columns = np.column_stack([people, found.in_reach, found.by_point, before.by_point])
    parts = []
    for level in ("ward", "group"):
        sums = counts.membership(level) @ columns
        part = counts.areas(level)[["name"]].copy()
        part[["children", "in_reach", "with_place", "with_place_before"]] = sums
        parts.append(part)
    areas = pd.concat(parts)
    areas["without_place"] = areas["in_reach"] - areas["with_place"]
    return CapacityView(of_sites, areas, effect, measure)


def _as_they_are(effect: Effect) -> list[Site]:
    """Return the sites without the plan.

    No source gives the capacity of today's sites. A capacity that the plan states for one is taken to hold today as
    well: otherwise the plan would seem to reduce capacity only because it states it.
    """
    stated = {
        change.site: change.places
        for change in effect.scenario.changes
        if isinstance(change, ChangeOffer) and change.places is not None
    }
    sites = [replace(site, capacity=stated.get(key)) for key, site in effect.before.sites.items()]
    return _usable(sites, effect.before_times)


def _usable(sites: Iterable[Site], times: SiteTimes) -> list[Site]:
    return [site for site in sites if times.on_network((site.easting, site.northing))]


def _assigned(people: Floats, sites: Sequence[Site], times: SiteTimes, within_s: float) -> Assignment:
    time_s = times.matrix([(site.easting, site.northing) for site in sites])
    return assign(people, time_s, [_capacity(site) for site in sites], within_s)


def _capacity(site: Site) -> float:
    return np.inf if site.capacity is None else site.capacity
