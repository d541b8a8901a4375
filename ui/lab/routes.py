"""Changing buses and trains: cut, shorten or run a route more or less often, run a new one, and move a stop."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analysis.scenario.lab import Lab
from analysis.scenario.routes import planned_timetable
from analysis.scenario.scenario import (
    AddRoute,
    CutRoute,
    MoveStop,
    RouteChange,
    RunRoute,
    ShortenRoute,
    Spot,
    Stop,
)
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.timetable.calendar import WEEKDAYS
from geo.timetable.changes import route_keys, stops_along
from geo.timetable.planned import Every
from geo.timetable.timetable import Timetable
from geo.timetable.timing import clock, minute_of
from ui.kit import plan
from ui.kit.page import plainly
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.lab import state as lab_state
from ui.lab.edit import make
from ui.lab.place import ask_panel, take_typed
from wording.lab import headline
from wording.languages import english
from wording.numbers import capital
from wording.particulars import typed_words
from wording.steps import step_words

_EXISTING = (Session.lab_days, Session.lab_starts, Session.lab_until, Session.lab_every)
_NEW = (Session.lab_new_days, Session.lab_new_starts, Session.lab_new_until, Session.lab_new_every)
Asked = tuple[Slot[Sequence[str]], Slot[str], Slot[str], Slot[int]]
_DEPARTURES = {1: "every", 2: "second", 3: "third"}


def route_controls(pack: AreaPack, lab: Lab) -> None:
    """Draw the changes of buses and trains; nothing where none is known or the plan's families do not ride."""
    if not pack.timetable or mode_named(plan.history().now.mode).timing is None:
        return
    timetable = planned_timetable(pack, lab.effect(plan.history().now).after.routes)
    with st.expander(say("lab.routes.title"), icon=":material/directions_bus:"):
        keys, names = _routes(timetable), _stop_names(timetable)
        running, new, stops = st.tabs([say(f"lab.routes.tabs.{name}") for name in ("running", "new", "stops")])
        with running:
            if keys:
                _one_route(lab, timetable, keys)
            else:
                st.caption(say("lab.routes.nothing_runs"))
            lab_state.show_told("running")
        with new:
            _new_route(lab, names)
            lab_state.show_told("new")
        with stops:
            _stop_controls(pack, lab, names)
            lab_state.show_told("stops")


def say(place: str, /, **values: object) -> str:
    """Say a sentence of these controls."""
    return english().say(place, **values)


def _routes(timetable: Timetable) -> list[str]:
    """Return the routes whose change would count: not those that are assumed, where the plan does not count these."""
    timing = mode_named(plan.history().now.mode).timing
    assumed = timing is not None and timing.assumed
    keys = route_keys(timetable)
    return [key for key, number in keys.items() if assumed or timetable.routes[number].status != "assumed"]


def _stop_names(timetable: Timetable) -> dict[str, str]:
    """Return the names of stops by id, in the order of names; two stops of one name are told apart by their id."""
    names = list(timetable.stop_names)
    named = {
        stop: name if names.count(name) == 1 else f"{name} ({stop})"
        for stop, name in zip(timetable.stop_ids, names, strict=True)
    }
    return dict(sorted(named.items(), key=lambda one: one[1]))


def _try(lab: Lab, change: RouteChange | InputError, near: str) -> None:
    """Make a change and say what it does, or why it cannot be made, beside the button: the answer is out of sight."""
    if isinstance(change, InputError):
        lab_state.tell(f"{capital(str(change))}.", near=near)
        return
    before = plan.history().now
    if make(lab, change, near=near):
        effect = lab_state.effect(lab)
        measures = effect.counts.measures
        measure = session.lab_measure if session.lab_measure in measures else measures[0]
        done = capital(step_words(lab.pack, before, plan.history().now))
        lab_state.tell(say("lab.routes.done", done=done, said=plainly(headline(effect, measure))), near=near)


def _one_route(lab: Lab, timetable: Timetable, keys: list[str]) -> None:
    """Draw what can be done to a route that runs."""
    if Session.lab_route.get() not in keys:
        Session.lab_route.put(keys[0])
    route = str(st.selectbox(say("lab.routes.route"), keys, key=Session.lab_route.key))
    status = timetable.routes[route_keys(timetable)[route]].status
    if status != "published":
        st.caption(english().named("lab.routes.status")[status])
    st.button(
        say("lab.routes.cut"),
        key="lab-route-cut",
        icon=":material/block:",
        on_click=lambda: _try(lab, CutRoute(route), "running"),
    )
    _how_often(_EXISTING)
    st.button(say("lab.routes.run"), key="lab-route-run", on_click=lambda: _try(lab, _run(route), "running"))
    along = stops_along(timetable, route)
    names = {timetable.stop_ids[stop]: timetable.stop_names[stop] for stop in along}
    ids = list(names)
    for slot, usual in ((Session.lab_first, ids[0]), (Session.lab_last, ids[-1])):
        if slot.get() not in names:
            slot.put(usual)
    one, other = st.columns(2)
    one.selectbox(say("lab.routes.first"), ids, key=Session.lab_first.key, format_func=names.__getitem__)
    other.selectbox(say("lab.routes.last"), ids, key=Session.lab_last.key, format_func=names.__getitem__)
    st.selectbox(
        say("lab.routes.of_every"),
        list(_DEPARTURES),
        key=Session.lab_of_every.key,
        format_func=lambda n: say(f"lab.routes.departures.{_DEPARTURES[n]}"),
    )
    st.button(
        say("lab.routes.shorten"),
        key="lab-route-shorten",
        on_click=lambda: _try(
            lab,
            ShortenRoute(route, Session.lab_first.get(), Session.lab_last.get(), Session.lab_of_every.get()),
            "running",
        ),
    )


def _how_often(asked: Asked) -> None:
    """Draw days, times and minutes between two departures."""
    days, starts, until, every = asked
    st.multiselect(
        say("lab.routes.days"),
        list(WEEKDAYS),
        key=_begun(days),
        format_func=lambda day: english().say(f"scenario.days.{day}"),
    )
    first, last, minutes = st.columns(3)
    first.text_input(say("lab.routes.starts"), key=_begun(starts), max_chars=5)
    last.text_input(say("lab.routes.until"), key=_begun(until), max_chars=5)
    minutes.number_input(say("lab.routes.every"), 1, 720, step=5, key=_begun(every))


def _begun(slot: Slot[Any]) -> str:
    """Let a control begin with what its slot has while nothing is kept; return its key."""
    if not slot.held:
        slot.put(list(slot.default) if isinstance(slot.default, tuple) else slot.default)
    return slot.key


def _every(asked: Asked) -> Every:
    """Return what is entered; `InputError` where that cannot be."""
    days, starts, until, every = asked
    chosen = tuple(day for day in WEEKDAYS if day in days.get())
    return Every(chosen, clock(minute_of(starts.get())), clock(minute_of(until.get())), float(every.get()))


def _run(route: str) -> RouteChange | InputError:
    try:
        return RunRoute(route, _every(_EXISTING))
    except InputError as error:
        return error


def _new_route(lab: Lab, names: Mapping[str, str]) -> None:
    """Draw the form of a new route."""
    left, right = st.columns(2)
    left.text_input(say("lab.routes.name"), key=Session.lab_route_name.key, max_chars=20)
    right.number_input(say("lab.routes.speed"), 3.0, 300.0, step=1.0, key=_begun(Session.lab_route_speed))
    st.multiselect(
        say("lab.routes.stops"),
        list(names),
        key=Session.lab_route_stops.key,
        format_func=lambda stop: names.get(stop, stop),
    )
    _how_often(_NEW)

    def add() -> None:
        name = Session.lab_route_name.get().strip()
        if not name or len(Session.lab_route_stops.get()) < 2:
            lab_state.tell(say("lab.routes.unfinished"), near="new")
            return
        try:
            every = _every(_NEW)
        except InputError as error:
            _try(lab, error, "new")
            return
        stops = tuple(Stop(stop) for stop in Session.lab_route_stops.get())
        before = plan.history().now
        _try(lab, AddRoute(name, stops, (every,), speed_kmh=float(Session.lab_route_speed.get())), "new")
        if plan.history().now != before:
            Session.lab_route_name.put("")
            Session.lab_route_stops.put([])

    st.button(say("lab.routes.add"), key="lab-route-add", icon=":material/add_road:", on_click=add)


def _stop_controls(pack: AreaPack, lab: Lab, names: Mapping[str, str]) -> None:
    """Draw how a stop is moved."""
    if not names:
        return
    stop = str(
        st.selectbox(
            say("lab.routes.stop"), list(names), key=Session.lab_stop.key, format_func=lambda one: names.get(one, one)
        )
    )

    def take(at: Spot, _: str) -> None:
        _try(lab, MoveStop(stop, at), "stops")

    st.text_input(
        say("lab.routes.move", typed=typed_words(pack)),
        key=Session.lab_stop_move.key,
        max_chars=80,
        on_change=lambda: take_typed(pack, Session.lab_stop_move, take),
    )
    question = names[stop].replace("{", "").replace("}", "")
    ask_panel(pack, Session.lab_stop_move, say("lab.routes.move_question", stop=question, place="{}"), take)
