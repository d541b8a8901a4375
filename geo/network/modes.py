"""Modes of travel: speeds, the streets that each may use, and the extra time of steps (impedance of an edge).

Every number here is a parameter: :meth:`Mode.at_speed` and :meth:`Mode.with_steps_penalty` return the same mode with
another number, so that a band of speeds is a loop over modes without extra code. Sources are in ``docs/method.md``.

A mode lists the classes of street that it **may** use. A class that no mode lists (a road that is only planned, a lift,
an unknown word) is not used at all.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from geo.errors import InputError, UnknownNameError
from geo.timetable.timing import Timing, read_timing

STEPS = "steps"
MAX_STEPS_PENALTY_S = 3600.0
_TIMED = "@"
LOWEST_SPEED_KMH, HIGHEST_SPEED_KMH = 0.5, 130.0
"""Any other speed of a mode is a slip of the hand: half a kilometre an hour is a seventh of the pace with a pram."""
LONGEST_THRESHOLD_MIN = 240
"""No question is asked with a longer threshold, in minutes."""
LONGEST_NAME = 200
"""Characters of the name of a mode, its day, window and limits included."""
LONGEST_WALK_MIN = 60.0
"""A journey on foot of more minutes than this is drawn as not walkable; it still counts in every figure."""

_STREETS = frozenset(
    {
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
    }
)
_DRIVE = _STREETS | {"motorway", "motorway_link"}
_CYCLE = _STREETS | {"cycleway", "path", "bridleway", "track"}
_LEVEL = _CYCLE | {"footway", "pedestrian", "platform"}
_FOOT = _LEVEL | {STEPS}


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
    classes
        OpenStreetMap ``highway`` values that this mode may use, and no others.
    one_way
        The one-way rules that it obeys: ``"vehicle"``, ``"cycle"``, or ``""`` for none, as on foot.
    steps_penalty_s
        Seconds for each flight of steps, added to the time to walk it. A detour is taken only when it is quicker.
        :func:`geo.network.network.flights` defines what one flight is.
    level_only
        Whether a point is unreached, with that reason, when only steps lead to its street. Other modes snap it to the
        nearest street that they may use.
    congestion_factor
        Travel time over free-flow time on the street, for ``drive``; 1 on foot.
    timing
        Day, window and limits of a mode that rides by timetable; its speeds and streets are those of its walks. None
        for all other modes.
    """

    name: str
    label: str
    speed_kmh: float | None
    connector_kmh: float
    classes: frozenset[str]
    one_way: Literal["", "vehicle", "cycle"] = ""
    steps_penalty_s: float = 0.0
    level_only: bool = False
    congestion_factor: float = 1.0
    timing: Timing | None = None

    @property
    def on_foot(self) -> bool:
        """Whether it moves at walking pace, also on wheels, so that a journey can be too long to walk."""
        return not self.one_way and self.timing is None

    @property
    def kind(self) -> str:
        """Its name without the day and window: the word for it on the command line and in a list."""
        return self.name.partition(_TIMED)[0]

    @property
    def walking(self) -> "Mode":
        """The mode of its walks, where it rides by timetable; otherwise itself."""
        if self.timing is None:
            return self
        usual = MODES[_WALKS[self.kind]]
        return replace(
            usual,
            speed_kmh=self.speed_kmh,
            connector_kmh=self.connector_kmh,
            classes=self.classes,
            steps_penalty_s=self.steps_penalty_s,
        )

    def timed(self, timing: Timing) -> "Mode":
        """Return this mode at another time; `InputError` where it does not ride by timetable."""
        if self.timing is None:
            raise InputError(f"{self.kind} goes by no timetable, so it has no day or window")
        name = self.kind if timing == Timing() else f"{self.kind}{_TIMED}{timing.text()}"
        return replace(self, name=name, timing=timing)

    def at_speed(self, speed_kmh: float) -> "Mode":
        """Return this mode at another speed.

        Parameters
        ----------
        speed_kmh
            The new speed in km/h, from `LOWEST_SPEED_KMH` to `HIGHEST_SPEED_KMH`. On foot and by cycle the connector
            has the same speed.

        Raises
        ------
        InputError
            When the speed is out of range or the mode has a speed for each street.
        """
        if self.speed_kmh is None:
            raise InputError(f"{self.name} takes its speed from each street; set congestion_factor instead")
        if not LOWEST_SPEED_KMH <= speed_kmh <= HIGHEST_SPEED_KMH:
            raise InputError(
                f"a speed of {speed_kmh} km/h is out of range: give {LOWEST_SPEED_KMH:g} to {HIGHEST_SPEED_KMH:g}"
            )
        return replace(self, speed_kmh=speed_kmh, connector_kmh=speed_kmh)

    def with_steps_penalty(self, seconds: float) -> "Mode":
        """Return this mode with other extra seconds for a flight of steps.

        Parameters
        ----------
        seconds
            Seconds for each flight, added to the time to walk it, from 0 (steps are like any path) to
            `MAX_STEPS_PENALTY_S`.

        Raises
        ------
        InputError
            When the number is out of range, or the mode never uses steps.
        """
        if STEPS not in self.classes:
            raise InputError(f"{self.name} takes no steps, so they cannot cost it anything")
        if not (math.isfinite(seconds) and 0 <= seconds <= MAX_STEPS_PENALTY_S):
            raise InputError(
                f"{seconds} seconds for a flight of steps is out of range: give 0 to {MAX_STEPS_PENALTY_S:.0f}"
            )
        return replace(self, steps_penalty_s=float(seconds))


MODES: Mapping[str, Mode] = MappingProxyType(
    {
        mode.name: mode
        for mode in (
            Mode("walk_pram", "Walking with a pram", 3.6, 3.6, _FOOT, steps_penalty_s=120.0),
            Mode("walk_adult", "Walking, adult alone", 4.8, 4.8, _FOOT),
            Mode("walk_toddler", "Walking with a toddler", 3.2, 3.2, _FOOT),
            Mode("wheelchair", "Wheels that cannot take a step", 3.6, 3.6, _LEVEL, level_only=True),
            Mode("cycle", "Cycling", 14.0, 14.0, _CYCLE, one_way="cycle"),
            Mode("drive", "Driving", None, 4.8, _DRIVE, one_way="vehicle", congestion_factor=1.5),
            Mode("transit_pram", "Bus and train with a pram", 3.6, 3.6, _FOOT, steps_penalty_s=120.0, timing=Timing()),
            Mode("transit_adult", "Bus and train, adult alone", 4.8, 4.8, _FOOT, timing=Timing()),
        )
    }
)
_WALKS = MappingProxyType({"transit_pram": "walk_pram", "transit_adult": "walk_adult"})
# Streets of any other class are not part of a network: no mode would use them.
KNOWN_CLASSES = frozenset[str]().union(*(mode.classes for mode in MODES.values()))


def riding_mode(walking: str) -> Mode | None:
    """Return the mode by timetable that walks as a mode does; None where there is none."""
    return next((mode for mode in MODES.values() if mode.timing and mode.walking.name == walking), None)


def mode_named(name: str) -> Mode:
    """Return the mode of a name, which may have a day and a window: ``transit_pram@saturday,10:00-12:00``.

    Raises
    ------
    UnknownNameError
        When there is no such mode; it lists the valid ones.
    InputError
        When what stands after the ``@`` is no day, window, certainty or limit, the mode goes by no timetable, or the
        name is longer than `LONGEST_NAME`.
    """
    if len(name) > LONGEST_NAME:
        raise InputError(f"no mode has a name of {len(name):,} characters: give one such as {next(iter(MODES))}")
    kind, timed, timing = name.partition(_TIMED)
    try:
        mode = MODES[kind]
    except KeyError:
        raise UnknownNameError("mode", name, list(MODES)) from None
    return mode.timed(read_timing(timing)) if timed else mode
