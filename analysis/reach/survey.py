"""Travel times from every home (origin) to the nearest site of each service of a basket, network and straight line.

Everything on the Gaps page is worked out from one `Survey`. The shortest-path searches take nearly all of the time and
do not depend on thresholds or weights, so a change of those (:meth:`Survey.with_basket`) needs no new search.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from analysis.reach.basket import Basket
from analysis.reach.no_data import without_list, without_services
from analysis.reach.readings import Reading, contested, read_readings
from analysis.travel.access import Access
from analysis.travel.times import travel_times
from geo.errors import InputError
from geo.network.modes import Mode
from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class OtherTimes:
    """Times under another reading of which sites of a contested service count.

    Attributes
    ----------
    reading
        Which sites count.
    seconds
        ``(n_demand,)`` by the streets to the nearest of them; ``inf`` where none is reached.
    """

    reading: Reading
    seconds: Floats


@dataclass(frozen=True, eq=False)
class Survey:
    """Times from ``n_demand`` homes to the nearest of each of ``n_services`` services.

    Attributes
    ----------
    pack, basket
        What was measured.
    access
        The streets of each mode that the basket uses, by name of mode.
    sites
        For each service its sites: ``name, easting, northing, …``, index id.
    seconds
        ``(n_services, n_demand)`` by the streets to the nearest; ``inf`` where none is reached.
    site
        ``(n_services, n_demand)`` row in `sites` of that nearest; -1 where none is reached.
    reference_s
        ``(n_services, n_demand)`` the same streets, all at the reference speed. For a mode of one speed that is
        `seconds` itself; for one that goes by timetable it is walking all the way.
    straight_s
        ``(n_services, n_demand)`` in a straight line to the site nearest in a straight line, at the reference speed.
    straight_site
        ``(n_services, n_demand)`` row in `sites` of the nearest in a straight line; -1 where there is none.
    others
        Times under the other readings of contested services, in the order of the basket; `seconds` are of the default.
    left_out
        Services that were asked for, but of which the pack has no list; `basket` is without them.
    """

    pack: AreaPack
    basket: Basket
    access: Mapping[str, Access]
    sites: tuple[pd.DataFrame, ...]
    seconds: Floats
    site: Ints
    reference_s: Floats
    straight_s: Floats
    straight_site: Ints
    others: tuple[OtherTimes, ...] = ()
    left_out: tuple[str, ...] = ()

    def others_of(self, service: str) -> tuple[OtherTimes, ...]:
        """Return the times under the other readings of one service; none where its sites are not contested."""
        return tuple(other for other in self.others if other.reading.service == service)

    def row(self, service: str) -> int:
        """Return the row of a service; `UnknownNameError` lists those in the basket."""
        return self.basket.services.index(self.basket.item(service).service)

    def with_basket(self, basket: Basket) -> "Survey":
        """Return the same times under other thresholds and weights; services that were left out stay left out.

        Raises
        ------
        InputError
            When `basket` has other services or modes: their times are not known and must be measured.
        """
        if self.left_out and set(self.left_out) & set(basket.services):
            basket = basket.changed(services=[name for name in basket.services if name not in self.left_out])
        before = [(item.service, item.mode) for item in self.basket]
        if [(item.service, item.mode) for item in basket] != before:
            raise InputError("the basket has other services or modes than were measured; survey the area again")
        return replace(self, basket=basket)

    def pace(self, speeds_kmh: npt.ArrayLike) -> Floats:
        """Return factors to multiply thresholds by: walking speeds over the survey's speed; 1 for modes not on foot.

        A slower walk is the same as a shorter threshold: t·v₀/v ≤ T ⇔ t ≤ T·v/v₀.

        Parameters
        ----------
        speeds_kmh
            ``(n_speeds,)`` km/h, more than 0.

        Returns
        -------
        ``(n_services, n_speeds)``.
        """
        speeds = np.asarray(speeds_kmh, dtype=np.float64)
        pace = np.ones((len(self.basket), len(speeds)))
        for row, item in enumerate(self.basket):
            own = self.access[item.mode].mode.speed_kmh
            if own is not None and item.mode.startswith("walk"):
                pace[row] = speeds / own
        return pace

    @property
    def beyond(self) -> npt.NDArray[np.bool_]:
        """``(n_services, n_demand)`` whether a home is beyond the threshold: more seconds than it, unrounded."""
        beyond: npt.NDArray[np.bool_] = ~(self.seconds <= self.basket.thresholds_s[:, None])
        return beyond


def survey(
    pack: AreaPack,
    basket: Basket,
    *,
    access: Mapping[str, Access] | None = None,
    sites: Mapping[str, pd.DataFrame] | None = None,
) -> Survey:
    """Measure every home of an area against every service of a basket.

    Parameters
    ----------
    pack
        The area.
    basket
        The services and how a family travels to each.
    access
        Streets prepared before, by name of mode; modes that are not there are prepared.
    sites
        Sites to use instead of the pack's for a service, with ``name, easting, northing``, index id.

    Raises
    ------
    UnknownNameError
        When the pack does not know a category.
    InputError
        When a site has no position, or the pack lists none of the services.
    """
    missing = without_list(pack, [name for name in basket.services if name not in (sites or {})])
    basket = without_services(pack, basket, missing)
    given = access or {}
    ready = {mode.name: given.get(mode.name) or Access.of(pack, mode) for mode in basket.modes}
    found = tuple((sites or {}).get(item.service, pack.services_of(item.service)) for item in basket)
    shape = (len(basket), len(pack.demand))
    seconds, reference_s, straight_s = (np.full(shape, np.inf) for _ in range(3))
    site, straight_site = (np.full(shape, -1, dtype=np.int32) for _ in range(2))
    for mode in basket.modes:
        rows = [row for row, item in enumerate(basket) if item.mode == mode.name]
        streets = ready[mode.name]
        uniform, reference_kmh = _at_reference_speed(streets)
        counts = [len(found[row]) for row in rows]
        xy = np.concatenate([found[row][["easting", "northing"]].to_numpy(np.float64) for row in rows])
        snapped = streets.snap(xy)
        for row, start, count in zip(rows, np.cumsum([0, *counts[:-1]]), counts, strict=True):
            here = snapped.take(np.arange(start, start + count))
            times = streets.between(streets.homes, here)
            seconds[row], site[row] = times.nearest_s, times.nearest_site
            if uniform is streets:
                reference_s[row] = seconds[row]
            else:
                reference_s[row] = travel_times(uniform.streets, streets.homes, here).nearest_s
            on = np.flatnonzero(here.edge >= 0)
            if len(on):
                metres, nearest = cKDTree(here.xy[on]).query(pack.demand_xy)
                straight_s[row] = metres * 3.6 / reference_kmh
                straight_site[row] = on[nearest]
    others = _other_times(pack, basket, ready, set(sites or ()))
    return Survey(pack, basket, ready, found, seconds, site, reference_s, straight_s, straight_site, others, missing)


def _other_times(
    pack: AreaPack, basket: Basket, access: Mapping[str, Access], given: Collection[str]
) -> tuple[OtherTimes, ...]:
    """Time every home under each other reading; services whose sites are `given` are not contested."""
    known = read_readings()
    found = []
    for item in basket:
        if item.service not in given:
            for reading in contested(pack, item.service, known).others:
                seconds = access[item.mode].to_sites(reading.sites(pack)).nearest_s
                found.append(OtherTimes(reading, np.asarray(seconds, dtype=np.float64)))
    return tuple(found)


def _at_reference_speed(access: Access) -> tuple[Access, float]:
    """Return the same streets at one speed throughout, and that speed in km/h.

    On foot and by cycle that is the mode's own speed; by timetable it is that of its walks. For a mode with a speed for
    each street it is the mean over the mode's network, metres by hour: total length over total time.
    """
    if access.transit is not None:
        return Access(access.pack, access.streets, access.homes), float(access.streets.mode.speed_kmh or 0.0)
    mode = access.streets.mode
    if mode.speed_kmh is not None:
        return access, mode.speed_kmh
    used = access.streets.usable
    metres = access.streets.network.edge_length_m[used].sum()
    reference_kmh = float(metres * 3.6 / access.edge_length_s[used].sum())
    uniform: Mode = replace(mode, speed_kmh=reference_kmh, connector_kmh=reference_kmh)
    return Access(access.pack, access.pack.network.for_mode(uniform), access.homes), reference_kmh
