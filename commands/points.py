"""Parts that commands with travel times share: the mode of travel, and points too far from its streets."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from commands.console import name_some, note
from commands.options import Leaving
from geo.errors import InputError, UnknownNameError
from geo.network.modes import MODES, Mode, mode_named
from geo.timetable.timing import Sure, Timing

if TYPE_CHECKING:
    from geo.network.snapping import Snapped
    from geo.pack import AreaPack


SURE_WORDS: Mapping[str, Sure] = MappingProxyType({"half": "median", "nine_in_ten": "nine_in_ten"})
"""What ``--sure`` may say, in plain words, and what that is in `Timing`."""


def mode_at(
    name: str,
    speed_kmh: float | None = None,
    steps_penalty_s: float | None = None,
    leaving: Leaving = Leaving(),  # noqa: B008 - it is frozen
) -> Mode:
    """Return the mode of that name, at another speed, with other extra seconds for steps, and at another time.

    Raises
    ------
    UnknownNameError
        When there is no such mode.
    InputError
        When the speed is out of range, or the mode has a speed for each street; the same for the seconds for steps.
        When a day, a window or how sure is given and makes no sense, or the mode goes by no timetable.
    """
    mode = mode_named(name)
    if leaving.given:
        mode = mode.timed(_timing(mode, leaving))
    if steps_penalty_s is not None:
        mode = mode.with_steps_penalty(steps_penalty_s)
    if speed_kmh is None:
        return mode
    if mode.speed_kmh is None:
        raise InputError(f"--speed does not go with the mode {name}: each street has its own speed")
    return mode.at_speed(speed_kmh)


def _timing(mode: Mode, leaving: Leaving) -> Timing:
    if mode.timing is None:
        raise InputError(
            f"{' and '.join(leaving.given)} cannot go with the mode {mode.kind}, which goes by no timetable; "
            f"modes that do: {', '.join(by_timetable())}"
        )
    timing = mode.timing
    if leaving.day is not None:
        timing = replace(timing, day=leaving.day.strip().lower())
    if leaving.between is not None:
        timing = timing.between(leaving.between)
    if leaving.sure is not None:
        if leaving.sure not in SURE_WORDS:
            raise UnknownNameError("certainty", leaving.sure, list(SURE_WORDS))
        timing = replace(timing, sure=SURE_WORDS[leaving.sure])
    return replace(timing, assumed=True) if leaving.assumed else timing


def by_timetable() -> list[str]:
    """Return the names of the modes that go by timetable."""
    return [name for name, mode in MODES.items() if mode.timing is not None]


def asked_time(pack: "AreaPack", mode: Mode) -> dict[str, Any]:
    """Return the day, date and window of a mode by timetable as plain values; nothing of any other mode.

    Raises
    ------
    InputError
        When the area has no timetable, or none of that day.
    """
    from geo.timetable.day import as_asked

    return as_asked(pack.timetable, mode.timing)


def dated(pack: "AreaPack", timing: Timing) -> bool:
    """Whether a date stands for the day; where nothing is tied to dates, a weekday is of any week."""
    return timing.date is not None or pack.timetable.calendar.known() is not None


def way_words(mode: Mode, *, leaving: bool = True) -> str:
    """Say how families travel, at which speed, and with `leaving` when: what a heading says of a mode."""
    from wording.scenario import pace
    from wording.transit import in_minutes

    way = f"{mode.label.lower()} ({pace(mode.walking)})"
    return way if mode.timing is None or not leaving else in_minutes(way, mode.timing)


def note_timetable(pack: "AreaPack", mode: Mode, *, named: bool = False) -> None:
    """Print on standard error what is known of the times of a mode by timetable, and what is not.

    With `named` it is said of which area, for an answer about several.
    """
    if mode.timing is not None:
        from wording.transit import timetable_notes

        for said in timetable_notes(pack, mode.timing):
            note(f"Note: {pack.name}: {said}" if named else f"Note: {said}")


def name_off_network(kind: str, names: Iterable[str], snapped: "Snapped") -> None:
    """Print on standard error the points that are too far from every street of the mode; it is not an error.

    Parameters
    ----------
    kind
        What one of them is, such as ``"site"``.
    names, snapped
        ``n`` each, in one order.
    """
    from geo.network.snapping import Reason

    every = list(names)
    for reason in (Reason.OFF_NETWORK, Reason.ISLAND, Reason.BY_STEPS):
        far = [name for name, why in zip(every, snapped.reason, strict=True) if why == reason]
        if far:
            plural = kind if len(far) == 1 else f"{kind}s"
            note(f"Note: {len(far)} {plural} of {len(every)} cannot be reached, {reason.words}: {name_some(far)}")


def note_off_streets(pack: "AreaPack", mode: str) -> None:
    """Print on standard error that many homes lie far from every street of the data, where they do."""
    from wording.particulars import off_streets

    said = off_streets(pack, mode).replace("**", "")
    if said:
        note(f"Note: {said}")


def name_boxes(pack: "AreaPack", postcodes: Iterable[str]) -> None:
    """Print on standard error which postcodes are PO boxes or large users, or just outside; it is not an error."""
    from geo.postcodes import Postcodes

    every = [postcode for postcode in postcodes if postcode]
    if every:
        known = Postcodes.of(pack)
        for said in filter(None, map(known.note, dict.fromkeys(every))):
            note(f"Note: {said}")
