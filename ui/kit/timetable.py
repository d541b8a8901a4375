"""The choice of how to travel, and beside it the day and hours of what goes by timetable: the same on every page.

The timing stands in the name of the mode, ``transit_pram@saturday,10:00-12:00``, so that links, caches and files of
plans have it without more ado.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.travel.access import modes_of
from geo.errors import ReachError
from geo.network.modes import MODES, Mode, mode_named
from geo.pack import AreaPack
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.day import example_date
from geo.timetable.timing import LONGEST_WINDOW_MIN, SURES, Timing, clock
from ui.kit import controls
from ui.kit.keyed import timing_input
from ui.kit.page import plain
from ui.kit.session import session
from ui.kit.slots import Linked
from wording.languages import english
from wording.scenario import pace
from wording.transit import day_name, no_timetable, timetable_notes, window_words

_STEP_MIN = 15
_A_DATE = "date"


def answers(pack: AreaPack, mode: Mode) -> bool:
    """Whether an area can answer for a mode: by timetable, whether it has one that covers the day."""
    if mode.timing is None:
        return True
    if not pack.timetable:
        return False
    try:
        day = example_date(pack.timetable, mode.timing)
    except ReachError:
        return False
    known = pack.timetable.calendar.known()
    return known is None or known[0] <= day <= known[1]


def offered(packs: Sequence[AreaPack]) -> dict[str, Mode]:
    """Return the modes that all of some areas can answer for, by kind; one by timetable at a time that they know."""
    found = {}
    for kind, mode in MODES.items():
        if all(kind in modes_of(pack) for pack in packs):
            days = _days(packs, mode)
            if mode.timing is None or mode.timing.day in days:
                found[kind] = mode
            elif days:
                found[kind] = mode.timed(replace(mode.timing, day=days[0]))
    return found


def offered_at(packs: Sequence[AreaPack], asked: str) -> list[Mode]:
    """Return the modes of areas, those by timetable at the day and hours of a mode that is asked for, or else the last.

    Parameters
    ----------
    packs
        The areas.
    asked
        Name of a mode, such as from a link; where it is none, or its timing cannot be answered, it counts for nothing.
    """
    known, timing = offered(packs), _timing_of(packs, asked) or _timing_of(packs, _last())
    return [mode if mode.timing is None or timing is None else mode.timed(timing) for mode in known.values()]


def usable(packs: Sequence[AreaPack], name: str) -> str:
    """Return the name of a mode as this program writes it; the empty text where the areas cannot answer for it."""
    try:
        mode = mode_named(name)
    except ReachError:
        return ""
    if mode.timing is not None and mode.timing.assumed and not _assumed(packs):
        mode = mode.timed(replace(mode.timing, assumed=False))
    return mode.name if all(answers(pack, mode) for pack in packs) else ""


def mode_choice(
    label: str,
    packs: Sequence[AreaPack],
    control: Linked[str],
    *,
    default: str | None = None,
    only: Sequence[str] = (),
    kinds: Sequence[str] = (),
    explained: bool = True,
    when: DeltaGenerator | None = None,
) -> str:
    """Let the reader choose how to travel, and the day and hours where that goes by timetable.

    Parameters
    ----------
    label
        What is chosen, in the reader's words.
    packs
        The areas that have to answer for it.
    control
        What holds the name of the mode, timing and all.
    default
        The usual mode; the first one when None.
    only
        Names of modes to choose from; all when empty.
    kinds
        Kinds of modes to choose from, each at the day and hours that are asked for; all when empty.
    explained
        Whether the help of the control says what is assumed of each mode.
    when
        Where the button goes that opens the day and hours, such as beside a popover that this stands in; right after
        the choice when None.

    Returns
    -------
    The name of the mode.
    """
    asked = str(controls.coming(control, default or ""))
    modes = [mode_named(name) for name in only] or offered_at(packs, asked)
    modes = [mode for mode in modes if not kinds or mode.kind in kinds]
    written = usable(packs, asked)
    chosen = controls.choice(
        label,
        [mode.name for mode in modes],
        key=control.key,
        default=default,
        labels={mode.name: mode.label for mode in modes},
        help="\n".join(f"- {mode.label}: {pace(mode)}" for mode in modes) if explained else None,
        also={asked: written} if written else None,
    )
    without = [pack.name for pack in packs if not pack.timetable]
    if len(without) < len(packs) and without:
        st.caption(plain(no_timetable(without)))
    if not only:
        time_controls(packs, chosen, control.put, key=control.key, when=when)
    return chosen


def time_controls(
    packs: Sequence[AreaPack], mode: str, put: Callable[[str], object], *, key: str, when: DeltaGenerator | None = None
) -> None:
    """Draw a button that says the day and hours of a mode by timetable, and opens them; nothing for any other mode.

    Parameters
    ----------
    packs
        The areas that have to answer for it.
    mode
        Name of the mode.
    put
        Takes the name of the mode at another time, before anything is drawn.
    key
        Tells these controls from those of another choice of a mode.
    when
        Where the button goes; here when None.
    """
    travel = mode_named(mode)
    if travel.timing is None:
        return
    session.timing = travel.timing.text()
    timing = travel.timing
    if when is None:
        # In the line of controls, the longer names of these modes would be cut off.
        wide = f".st-key-controls.st-key-controls > :is(.st-key-{key}, :has(.st-key-{key}))"
        st.html(f"<style>{wide} {{ flex-basis: 22rem; }}</style>")
    holder = (when or st).popover(window_words(timing), icon=":material/schedule:")

    def changed(**new: Any) -> None:
        _put(replace(timing, **new))

    def _put(new: Timing) -> None:
        session.timing = new.text()
        put(travel.timed(new).name)

    with holder:
        _day(packs, travel, timing, key, changed)
        _hours(timing, key, changed)
        _counts(packs, timing, key, changed)
        st.caption(plain(" ".join(dict.fromkeys(note for pack in packs for note in timetable_notes(pack, timing)))))


def _day(packs: Sequence[AreaPack], mode: Mode, timing: Timing, key: str, changed: Callable[..., None]) -> None:
    """Draw the day of the week, or a date among those that are known."""
    days, dates = _days(packs, mode), _dates(packs)
    slot, dated = timing_input("day", key), timing_input("date", key)
    options = [*days, *([_A_DATE] if dates else [])]
    names = {day: day_name(replace(timing, day=day)) for day in days} | {
        _A_DATE: english().say("transit.controls.a_date")
    }
    slot.put(timing.day if timing.date is None else _A_DATE)

    def day() -> None:
        first = example_date(packs[0].timetable, timing).isoformat()
        changed(day=first if slot.get() == _A_DATE else slot.get())

    st.selectbox(
        english().say("transit.controls.day"), options, key=slot.key, format_func=names.__getitem__, on_change=day
    )
    if timing.date is not None and dates:

        def a_date() -> None:
            if isinstance(dated.get(), date):
                changed(day=dated.get().isoformat())

        dated.put(timing.date)
        st.date_input(
            english().say("transit.controls.date"),
            min_value=dates[0],
            max_value=dates[1],
            key=dated.key,
            on_change=a_date,
        )


def _hours(timing: Timing, key: str, changed: Callable[..., None]) -> None:
    """Draw the first and the last time of leaving, in steps of a quarter of an hour; one moves the other on."""
    first, last = timing_input("from", key), timing_input("until", key)
    first.put(timing.start_min)
    last.put(timing.end_min)
    length = timing.end_min - timing.start_min
    steps = range(0, LONGEST_WINDOW_MIN + 1, _STEP_MIN)
    starts = sorted({*steps, timing.start_min})
    ends = sorted({step for step in (*steps, timing.end_min) if step >= timing.start_min})
    left, right = st.columns(2)
    left.selectbox(
        english().say("transit.controls.start"),
        starts,
        key=first.key,
        format_func=clock,
        on_change=lambda: changed(start_min=first.get(), end_min=min(first.get() + length, LONGEST_WINDOW_MIN)),
    )
    right.selectbox(
        english().say("transit.controls.end"),
        ends,
        key=last.key,
        format_func=clock,
        on_change=lambda: changed(end_min=last.get()),
    )


def _counts(packs: Sequence[AreaPack], timing: Timing, key: str, changed: Callable[..., None]) -> None:
    """Draw which share of the minutes has to be good enough, and whether assumed routes count."""
    sure, assumed = timing_input("sure", key), timing_input("assumed", key)
    sure.put(timing.sure)
    say = english().say
    names = {"median": say("transit.controls.median"), "nine_in_ten": say("transit.controls.nine_in_ten")}
    st.segmented_control(
        english().say("transit.controls.counts"),
        SURES,
        key=sure.key,
        format_func=names.__getitem__,
        required=True,
        help=english().say("transit.controls.counts_help"),
        on_change=lambda: changed(sure=sure.get()),
    )
    if _assumed(packs):
        assumed.put(timing.assumed)
        st.toggle(
            english().say("transit.controls.assumed"),
            key=assumed.key,
            help=english().say("transit.controls.assumed_help"),
            on_change=lambda: changed(assumed=bool(assumed.get())),
        )


def _timing_of(packs: Sequence[AreaPack], name: str) -> Timing | None:
    """Return the timing of a mode by its name, where the areas can answer for it."""
    written = usable(packs, name)
    return mode_named(written).timing if written else None


def _last() -> str:
    """Name a mode at the day and hours that were chosen last, on whichever page."""
    kind = next(mode.kind for mode in MODES.values() if mode.timing is not None)
    return f"{kind}@{session.timing}" if session.timing else ""


def _days(packs: Sequence[AreaPack], mode: Mode) -> list[str]:
    """Return the days of the week of which the timetables of all areas speak; none for a mode without one."""
    if mode.timing is None:
        return []
    at = partial(replace, mode.timing)
    return [day for day in WEEKDAYS if all(answers(pack, mode.timed(at(day=day))) for pack in packs)]


def _dates(packs: Sequence[AreaPack]) -> tuple[date, date] | None:
    """Return the first and last date of which the timetables of all areas speak; None where none is tied to dates."""
    known = [days for pack in packs if (days := pack.timetable.calendar.known()) is not None]
    if not known:
        return None
    first, last = max(days[0] for days in known), min(days[1] for days in known)
    return (first, last) if first <= last else None


def _assumed(packs: Sequence[AreaPack]) -> bool:
    return any(route.status == "assumed" for pack in packs for route in pack.timetable.routes)
