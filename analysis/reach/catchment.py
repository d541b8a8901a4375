"""Catchments (service areas, isochrones) of single sites: who lives inside each, and who would lose reach if it closed.

A home is *inside* the catchment of a site when the travel time to it is at most the threshold, as in
:mod:`analysis.reach.reach`. It is reached by that site *alone* when no other site of the same service is within the
threshold: these people would lose reach if the site closed, and nobody else would. What a site adds beyond all others
is its marginal coverage, as in the maximal covering problem (Church and ReVelle 1974,
https://doi.org/10.1007/BF01942293).

Catchments of neighbours overlap, so the people inside do not add up to the people reached; those reached alone, and
those who can reach several, do.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.quantiles import weighted_quantiles
from analysis.shown import ShownFrame, shown_counts, shown_parts, shown_totals
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.pack import AreaPack

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Catchments:
    """Catchments of all sites of a service, in unrounded figures: to calculate with, not to show.

    Attributes
    ----------
    pack, measure, baseline
        Who is counted.
    sites
        The ``m`` sites, index ``id``, with ``name``, ``ward``, ``easting`` and ``northing``.
    matrix_s
        ``(n_demand, m)`` seconds from every home to every site; ``inf`` where there is no way.
    within_min
        Threshold in minutes; a time equal to it counts.
    """

    pack: AreaPack
    measure: str
    baseline: str
    sites: pd.DataFrame
    matrix_s: Seconds
    within_min: float

    @cached_property
    def people(self) -> Floats:
        """``(n_demand,)`` people at each home."""
        return self.pack.measure(self.measure, self.baseline)

    @cached_property
    def inside(self) -> Bools:
        """``(n_demand, m)`` which homes are inside each catchment."""
        near: Bools = self.matrix_s.astype(np.float64) <= self.within_min * 60.0
        return near

    @cached_property
    def alone(self) -> Bools:
        """``(n_demand, m)`` which homes each site reaches alone."""
        only: Bools = self.inside & (self.inside.sum(axis=1) == 1)[:, None]
        return only

    @cached_property
    def shared(self) -> Bools:
        """``(n_demand,)`` which homes two sites or more reach."""
        several: Bools = self.inside.sum(axis=1) > 1
        return several

    def of_site(self, site: str) -> int:
        """Return the column of a site; `UnknownNameError` when there is no such site."""
        if site not in self.sites.index:
            raise UnknownNameError("site", site, [str(one) for one in self.sites.index])
        return [str(one) for one in self.sites.index].index(site)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row a site, index ``id``.

        Columns ``name``, ``ward``, ``inside`` and ``alone`` (people), and ``extra_min``: the median, over the people
        whom the site reaches alone, of the minutes by which the next site is further; ``inf`` where half of them have
        no way to another, NaN where there are no such people.
        """
        with_none = np.column_stack([self.matrix_s, np.full(len(self.people), np.inf)])  # there may be one site alone
        nearest_s = np.partition(with_none.astype(np.float64), 1, axis=1)
        # The site that reaches a home alone is also the nearest to it, so the second in order is the next one.
        with np.errstate(invalid="ignore"):
            extra_min = (nearest_s[:, 1] - nearest_s[:, 0]) / 60.0
        medians = [float(weighted_quantiles(extra_min[only], self.people[only], (0.5,))[0]) for only in self.alone.T]
        return self.sites[["name", "ward"]].assign(
            inside=self.people @ self.inside, alone=self.people @ self.alone, extra_min=medians
        )

    @property
    def reached(self) -> float:
        """People within the threshold of any site."""
        return float(self.people[self.inside.any(axis=1)].sum())

    def shown(self) -> ShownFrame:
        """Return the rows as pages, files and reports may carry them, most people reached alone first.

        Counts are those of :mod:`analysis.shown`, minutes to the tenth; ``rank_alone`` is the place in this order.
        Sites with the same shown count share the better place.
        """
        rows = self.rows
        total = float(self.people.sum())
        borough = shown_totals(self.pack, self.measure, self.baseline, pd.Series([total], index=["borough"]))
        inside = shown_parts(rows["inside"], total, float(borough.iloc[0]))
        alone = shown_parts(rows["alone"], rows["inside"], inside)
        shown = rows.assign(inside=inside, alone=alone, extra_min=rows["extra_min"].round(1))
        shown["rank_alone"] = shown["alone"].rank(ascending=False, method="min").astype(int)
        order = np.lexsort((shown["name"].astype(str).to_numpy(), -inside, -alone))
        return ShownFrame(shown.iloc[order])

    def shown_reached(self) -> ShownFrame:
        """Return one row with ``reached``, ``shared`` and ``total``: the people that all sites reach, as shown."""
        total = float(self.people.sum())
        shown = shown_totals(self.pack, self.measure, self.baseline, pd.Series([total], index=["borough"]))
        reached = shown_parts(self.reached, total, shown)
        shared = shown_parts(float(self.people[self.shared].sum()), self.reached, reached)
        return ShownFrame(pd.DataFrame({"reached": reached, "shared": shared, "total": shown.to_numpy()}, ["borough"]))

    def shown_by_ward(self, site: str) -> ShownFrame:
        """Return where the people of one catchment live: ``name``, ``inside`` and ``alone`` of each ward that has any.

        Counts are as shown, most people inside first; `UnknownNameError` when there is no such site.
        """
        column = self.of_site(site)
        wards = self.pack.demand["ward"].to_numpy()
        people = pd.DataFrame(
            {"inside": self.people * self.inside[:, column], "alone": self.people * self.alone[:, column]}
        )
        sums = people.groupby(wards).sum().reindex(self.pack.wards.index, fill_value=0.0)
        sums.insert(0, "name", self.pack.wards["name"].astype(str))
        inside = shown_counts(sums["inside"])
        shown = sums.assign(inside=inside, alone=shown_parts(sums["alone"], sums["inside"], inside))
        return ShownFrame(shown[shown["inside"] > 0].sort_values(["inside", "name"], ascending=[False, True]))


def catchments(access: Access, service: str, *, measure: str, baseline: str, within_min: float) -> Catchments:
    """Time every home to every site of a service, those just outside the area included; see :func:`catchments_of`.

    Raises
    ------
    InputError
        When the threshold is negative or not a number, or the area has no site of the service.
    UnknownNameError
        When the service, measure or baseline is unknown.
    """
    sites = access.pack.services_of(service)
    return catchments_of(access, sites, measure=measure, baseline=baseline, within_min=within_min)


def catchments_of(access: Access, sites: pd.DataFrame, *, measure: str, baseline: str, within_min: float) -> Catchments:
    """Time every home to every one of some sites.

    Parameters
    ----------
    access
        The area and mode.
    sites
        The ``m`` sites, index a unique id, with ``name``, ``ward``, ``easting`` and ``northing``.
    measure, baseline
        Who is counted.
    within_min
        Threshold in minutes, 0 or more.

    Raises
    ------
    InputError
        When the threshold is negative or not a number, there is no site, or two sites have the same id.
    UnknownNameError
        When the measure or baseline is unknown.
    """
    if not 0 <= within_min < np.inf:
        raise InputError(f"a threshold of {within_min} minutes makes no sense: give 0 or more")
    if sites.empty:
        raise InputError("a catchment needs a site: there is none of this service here")
    if not sites.index.is_unique:
        raise InputError("two sites have the same id, so their catchments cannot be told apart")
    access.pack.lsoa_counts(measure, baseline)
    matrix_s = np.asarray(access.to_sites(sites, matrix=True).matrix_s, dtype=np.float32)
    return Catchments(access.pack, measure, baseline, sites, matrix_s, float(within_min))
