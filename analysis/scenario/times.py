"""Travel-time matrix kept by column (site), so that an edit searches the network for the changed site alone.

The time to the nearest of several sites is the least of the times to each. So the times to one site, a *column*
``(n_demand,)``, are worked out once and kept; a site that is opened, moved or closed needs one new column at most, and
the nearest is the minimum over the columns. The result equals that of one search from all sites to the last bit:
floating-point addition and rounding never reverse an order, and the search gives for each node the least sum over all
paths, whichever site it starts from.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

from analysis.scenario.sites import Site
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.snapping import Reason, Snapped, snap

Seconds = npt.NDArray[np.float32]
Position = tuple[float, float]
_KEPT_COLUMNS = 4096


class SiteTimes:
    """Travel times from every home (origin) of an area to sites, kept site by site; safe to share between threads."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._islands = access.pack.islands.geometry.to_numpy()
        self._columns: OrderedDict[Position, Seconds] = OrderedDict()
        self._lock = Lock()

    def on_network(self, position: Position) -> bool:
        """Tell whether a position is near enough to the streets to be used."""
        with self._lock:
            if position in self._columns:
                return True
        return bool(self._snapped(position).reason[0] == Reason.REACHED)

    def _snapped(self, position: Position) -> Snapped:
        return snap(self.access.streets, np.array([position]), islands=self._islands)

    def column(self, position: Position) -> Seconds:
        """Return seconds from each home to one site, ``(n_demand,)`` float32; the array is read-only.

        Parameters
        ----------
        position
            Easting and northing, metres.

        Raises
        ------
        InputError
            When the position is off the network.
        """
        with self._lock:
            kept = self._columns.get(position)
            if kept is not None:
                self._columns.move_to_end(position)
                return kept
        snapped = self._snapped(position)
        if snapped.reason[0] != Reason.REACHED:
            raise InputError(
                f"the place at {position[0]:.0f}, {position[1]:.0f} cannot be used: "
                f"{Reason(int(snapped.reason[0])).words}"
            )
        made = self.access.between(self.access.homes, snapped).nearest_s
        made.setflags(write=False)
        with self._lock:
            self._columns[position] = made
            while len(self._columns) > _KEPT_COLUMNS:
                self._columns.popitem(last=False)
        return made

    def nearest(self, positions: Sequence[Position]) -> Seconds:
        """Seconds from each home to the nearest of the sites, ``(n_demand,)`` float32; ``inf`` where there is none.

        By timetable the nearest may be another site in another minute, so it is a search of its own.
        """
        if self.access.transit is not None and positions:
            return self.access.between(self.access.homes, self.access.snap(np.array(positions))).nearest_s
        nearest_s = np.full(len(self.access.homes), np.inf, dtype=np.float32)
        for position in positions:
            np.minimum(nearest_s, self.column(position), out=nearest_s)
        return nearest_s

    def of_site(self, site: Site) -> Seconds:
        """Seconds from each home to a site, as :meth:`column`; an error names the site."""
        try:
            return self.column((site.easting, site.northing))
        except InputError as error:
            raise InputError(f"{site.name}: {error}") from error

    def nearest_open(self, sites: Iterable[Site]) -> Seconds:
        """Seconds to the nearest of the sites that are open all week; those off the network are left out."""
        positions = [(site.easting, site.northing) for site in sites if site.session is None]
        return self.nearest([position for position in positions if self.on_network(position)])

    def matrix(self, positions: Sequence[Position]) -> Seconds:
        """Seconds from each home to each site, ``(n_demand, n_sites)`` float32."""
        columns = [self.column(position) for position in positions]
        return np.column_stack(columns) if columns else np.empty((len(self.access.homes), 0), dtype=np.float32)
