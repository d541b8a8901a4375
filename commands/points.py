"""Parts that commands with travel times share: the mode of travel, and points too far from its streets."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from commands.console import name_some, note
from geo.errors import InputError
from geo.network.modes import Mode, mode_named

if TYPE_CHECKING:
    from geo.network.snapping import Snapped
    from geo.pack import AreaPack


def mode_at(name: str, speed_kmh: float | None, steps_penalty_s: float | None = None) -> Mode:
    """Return the mode of that name, at another speed and with other extra seconds for steps if they are given.

    Raises
    ------
    UnknownNameError
        When there is no such mode.
    InputError
        When the speed is out of range, or the mode has a speed for each street; the same for the seconds for steps.
    """
    mode = mode_named(name)
    if steps_penalty_s is not None:
        mode = mode.with_steps_penalty(steps_penalty_s)
    if speed_kmh is None:
        return mode
    if mode.speed_kmh is None:
        raise InputError(f"--speed does not go with the mode {name}: each street has its own speed")
    return mode.at_speed(speed_kmh)


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
