"""How a family travels: speeds, which streets each mode may use, and what steps cost.

Every number here is a parameter: :meth:`Mode.at_speed` gives the same mode at another speed, so that a band of
speeds is a loop over modes and never a second code path. Sources are in ``docs/method.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from geo.errors import InputError, UnknownNameError

_FOOT_ONLY = frozenset({"footway", "steps", "pedestrian", "path", "bridleway", "track", "corridor", "platform"})


@dataclass(frozen=True)
class Mode:
    """One way of travelling.

    Attributes
    ----------
    name
        The word used in code, on the command line and in the address of a page.
    label
        The words shown to people.
    speed_kmh
        Speed on every street, in km/h; ``None`` when each street has its own (``drive``).
    connector_kmh
        Speed between a point and the street it is snapped to, in km/h.
    excluded_classes
        OpenStreetMap ``highway`` values that this mode may not use.
    obeys_oneway
        Whether one-way streets are one-way for it; on foot they never are.
    steps_penalty_s
        ``None``: steps are like any path. A number: no flight of steps is taken where there is a level way; where there
        is none, as few as can be, each costing this many seconds more.
    congestion_factor
        Travel time over free-flow time on the street, for ``drive``; 1 on foot.
    """

    name: str
    label: str
    speed_kmh: float | None
    connector_kmh: float
    excluded_classes: frozenset[str] = frozenset()
    obeys_oneway: bool = False
    steps_penalty_s: float | None = None
    congestion_factor: float = 1.0

    def at_speed(self, speed_kmh: float) -> "Mode":
        """Return this mode at another speed.

        Parameters
        ----------
        speed_kmh
            The new speed in km/h; more than 0 and at most 130. The connector keeps pace on foot and by cycle.

        Raises
        ------
        InputError
            When the speed is out of range or the mode has a speed for each street.
        """
        if self.speed_kmh is None:
            raise InputError(f"{self.name} takes its speed from each street; set congestion_factor instead")
        if not 0 < speed_kmh <= 130:
            raise InputError(f"a speed of {speed_kmh} km/h is out of range: give more than 0 and at most 130")
        return replace(self, speed_kmh=speed_kmh, connector_kmh=speed_kmh)


MODES: Mapping[str, Mode] = MappingProxyType(
    {
        mode.name: mode
        for mode in (
            Mode(
                "walk_pram",
                "Walking with a pram",
                3.6,
                3.6,
                frozenset({"motorway", "motorway_link"}),
                False,
                120.0,
            ),
            Mode("walk_adult", "Walking, adult alone", 4.8, 4.8, frozenset({"motorway", "motorway_link"})),
            Mode("walk_toddler", "Walking with a toddler", 3.2, 3.2, frozenset({"motorway", "motorway_link"})),
            Mode(
                "cycle",
                "Cycling",
                14.0,
                14.0,
                frozenset({"motorway", "motorway_link", "footway", "steps", "corridor", "platform"}),
                True,
            ),
            Mode("drive", "Driving", None, 4.8, _FOOT_ONLY | {"cycleway"}, True, None, 1.5),
        )
    }
)


def mode_named(name: str) -> Mode:
    """Return the mode of that name; `UnknownNameError` lists the valid ones."""
    try:
        return MODES[name]
    except KeyError:
        raise UnknownNameError("mode", name, list(MODES)) from None
