"""The streets of one mode with an area's homes (origins) tied to them, and what rides there by timetable."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.travel.times import Route, TravelTimes, route, travel_times
from analysis.travel.transit import Transit
from geo.network.modes import MODES, Mode
from geo.network.network import ModeNetwork
from geo.network.snapping import Snapped, snap
from geo.pack import AreaPack


@dataclass(frozen=True, eq=False)
class Access:
    """The streets of an area for one mode, with the homes (origins) tied to them: what every travel time starts from.

    Attributes
    ----------
    pack
        The area.
    streets
        Its network for the mode.
    homes
        Its demand points, ``n_demand``, tied to the streets.
    transit
        The day of public transport, for a mode that goes by timetable; `streets` are then those of its walks.
    """

    pack: AreaPack
    streets: ModeNetwork
    homes: Snapped
    transit: Transit | None = None

    @classmethod
    def of(cls, pack: AreaPack, mode: Mode) -> "Access":
        """Prepare `pack` for `mode`: a few hundredths of a second, so keep the result where many questions follow.

        Raises
        ------
        InputError
            When the mode goes by timetable, and the area has none or none of that day.
        """
        if mode.timing is not None:
            walking = _walking(pack, mode.walking)
            return walking.by_timetable(mode)
        streets = pack.network.for_mode(mode)
        return cls(pack, streets, snap(streets, pack.demand_xy, islands=pack.islands.geometry.to_numpy()))

    def by_timetable(self, mode: Mode) -> "Access":
        """Return the same streets and homes with the public transport of a mode; errors as for :meth:`of`."""
        return Access(self.pack, self.streets, self.homes, Transit.of(self.pack, mode, self.streets))

    @property
    def mode(self) -> Mode:
        """How a family travels."""
        return self.streets.mode if self.transit is None else self.transit.mode

    def snap(self, xy: npt.ArrayLike) -> Snapped:
        """Tie other points, ``(n, 2)`` metres, to the same streets; errors as for :func:`geo.network.snapping.snap`."""
        return snap(self.streets, xy, islands=self.pack.islands.geometry.to_numpy())

    def to_sites(self, sites: pd.DataFrame, *, limit_s: float = np.inf, matrix: bool = False) -> TravelTimes:
        """Time every home to sites with ``easting`` and ``northing``; see :func:`travel_times`."""
        snapped = self.snap(sites[["easting", "northing"]].to_numpy(np.float64))
        return self.between(self.homes, snapped, limit_s=limit_s, matrix=matrix)

    def between(
        self, origins: Snapped, sites: Snapped, *, limit_s: float = np.inf, matrix: bool = False
    ) -> TravelTimes:
        """Time points to others that are tied to these streets; see :func:`travel_times`.

        By timetable, a time is that which stands for the window of leaving; see :mod:`analysis.travel.transit`.
        """
        if self.transit is not None:
            return self.transit.times(origins, sites, limit_s=limit_s, matrix=matrix)
        return travel_times(self.streets, origins, sites, limit_s=limit_s, matrix=matrix)

    def to_category(self, category: str) -> TravelTimes:
        """Time every home to the services of a category, those just outside the borough included."""
        return self.to_sites(self.pack.services_of(category))

    @cached_property
    def edge_length_s(self) -> npt.NDArray[np.float64]:
        """``(n_edges,)`` seconds along each street in its easier direction; ``inf`` where the mode may not go."""
        return np.minimum(self.streets.forward_s, self.streets.backward_s)


@lru_cache(maxsize=4)
def _walking(pack: AreaPack, mode: Mode) -> Access:
    """Keep the streets of the walks: every day and window starts from the same ones."""
    return Access.of(pack, mode)


def modes_of(pack: AreaPack) -> dict[str, Mode]:
    """Return the modes that an area can answer for, by name: without a timetable, none that goes by one."""
    return {name: mode for name, mode in MODES.items() if mode.timing is None or pack.timetable}


@dataclass(frozen=True, eq=False)
class Journey:
    """The route from one place to the nearest service of a category; `service_id` is empty when none is reached."""

    category: str
    service_id: str
    route: Route | None


def journeys(
    access: Access, xy: npt.ArrayLike, categories: list[str], *, own: Mapping[str, pd.DataFrame] | None = None
) -> list[Journey]:
    """Return the quickest route from a place (origin) to the nearest service (destination) of each category.

    Parameters
    ----------
    access
        The area and mode.
    xy
        ``(2,)`` metres.
    categories
        Categories of service, in the order wanted; or names of `own`.
    own
        Places that are not the area's, by a name that is no category's, with ``easting`` and ``northing``; the id of
        one is its index.

    Raises
    ------
    UnknownNameError
        When a category is unknown.
    """
    start = access.snap(np.asarray(xy, dtype=np.float64).reshape(1, 2))
    found = []
    for category in categories:
        services = own[category] if own and category in own else access.pack.services_of(category)
        sites = access.snap(services[["easting", "northing"]].to_numpy(np.float64))
        nearest = int(travel_times(access.streets, start, sites).nearest_site[0])
        if nearest < 0:
            found.append(Journey(category, "", None))
            continue
        way = route(access.streets, start, sites.take(np.array([nearest])))
        found.append(Journey(category, str(services.index[nearest]), way))
    return found
